"""The harmonic code of a place: phases that turn with position, one feature for each frequency.

phi_k(x) = exp(i omega_k . x) / sqrt(D). The mathematics is that of random Fourier features and of
spatial semantic pointers; that an agent plans with it as it does here is a reconstruction, since
the code of Baranski & Tani (arXiv 2410.01349) is described in public only by its abstract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import checked_seed, refusal
from neurosim.models.harmonic_search.code_checks import (
    above,
    finite_codes,
    finite_points,
    listed_points,
    positive,
    whole,
)
from neurosim.models.harmonic_search.refinement import refined

_TRIAD = np.radians([0.0, 120.0, 240.0])


@dataclass(frozen=True, eq=False)
class HarmonicCode:
    """Frequencies, and what is coded with them; a reconstruction.

    Parameters
    ----------
    frequencies
        (D, d) omega, rad per unit of length; one row a feature.

    Raises
    ------
    ValueError
        If there is no frequency or one is not finite.
    TypeError
        If they are not real numbers.

    Examples
    --------
    >>> code = HarmonicCode.gaussian(256, sigma=0.05)
    >>> near, far = code.kernel([[0.05, 0.0], [0.5, 0.0]])
    >>> round(float(near), 2), bool(abs(far) < 0.2)
    (0.61, True)
    """

    frequencies: NDArray[np.float64]

    def __post_init__(self) -> None:
        given = np.asarray(self.frequencies)
        if given.ndim != 2 or 0 in given.shape:
            raise ValueError(
                refusal(
                    "HarmonicCode",
                    "frequencies",
                    given,
                    f"has the shape {given.shape}",
                    "(D, d) with D >= 1 and d >= 1",
                    "Give one row for each feature",
                )
            )
        frequencies = finite_points("HarmonicCode", "frequencies", given, given.shape[1])
        frequencies.setflags(write=False)
        object.__setattr__(self, "frequencies", frequencies)

    @classmethod
    def gaussian(
        cls, n_features: int, sigma: float, n_dimensions: int = 2, seed: int = 0
    ) -> HarmonicCode:
        """Return a code of random frequencies, omega ~ N(0, I / sigma^2).

        The expected kernel is exp(-|dx|^2 / 2 sigma^2). Of one code it differs by chance, with the
        variance (1 + K(2 dx) - 2 K(dx)^2) / 2D, far away 1 / 2D.

        Parameters
        ----------
        n_features
            D.
        sigma
            Width of the kernel, units of length.
        n_dimensions
            d, of the places.
        seed
            Of the draw.

        Raises
        ------
        ValueError
            If ``n_features`` or ``n_dimensions`` is below 1, or ``sigma`` not above 0.
        TypeError
            If a value is of the wrong kind.

        Examples
        --------
        >>> HarmonicCode.gaussian(64, 0.1).frequencies.shape
        (64, 2)
        """
        n_features = whole("gaussian", "n_features", n_features)
        n_dimensions = whole("gaussian", "n_dimensions", n_dimensions)
        sigma = positive("gaussian", "sigma", sigma)
        draw = np.random.default_rng(checked_seed("gaussian", seed))
        return cls(draw.standard_normal((n_features, n_dimensions)) / sigma)

    @classmethod
    def hexagonal(
        cls, scale: float, ratio: float, n_modules: int, n_rotations: int, seed: int = 0
    ) -> HarmonicCode:
        """Return a code of modules, each of triads of waves 120 degrees apart, as in grid cells.

        Module m has the scale lambda_m = scale ratio^-m and waves of the length
        4 pi / (sqrt(3) lambda_m), so that the three waves of a triad peak together on a triangular
        lattice of side lambda_m. D = 3 n_modules n_rotations; features are ordered by module,
        rotation and wave. Rotations divide 60 degrees, since the kernel of a triad comes back
        after 60; each module is turned as a whole by a random angle.

        Parameters
        ----------
        scale
            lambda_0, of the coarsest module, units of length.
        ratio
            Of the scales of successive modules.
        n_modules, n_rotations
            How many.
        seed
            Of the angles of the modules.

        Raises
        ------
        ValueError
            If ``scale`` is not above 0, ``ratio`` not above 1, or a number below 1.
        TypeError
            If a value is of the wrong kind.

        Examples
        --------
        >>> HarmonicCode.hexagonal(1.6, 1.42, n_modules=5, n_rotations=3).n_features
        45
        """
        scale = positive("hexagonal", "scale", scale)
        ratio = above("hexagonal", "ratio", ratio, 1.0)
        n_modules = whole("hexagonal", "n_modules", n_modules)
        n_rotations = whole("hexagonal", "n_rotations", n_rotations)
        draw = np.random.default_rng(checked_seed("hexagonal", seed))
        module = draw.uniform(0.0, np.pi / 3, n_modules)
        turn = np.pi / 3 * np.arange(n_rotations) / n_rotations
        heading = module[:, None, None] + turn[:, None] + _TRIAD
        length = 4 * np.pi / (np.sqrt(3) * scale * ratio ** -np.arange(n_modules))
        waves = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
        return cls((length[:, None, None, None] * waves).reshape(-1, 2))

    @property
    def n_features(self) -> int:
        """D, complex features of a code."""
        return self.frequencies.shape[0]

    @property
    def n_dimensions(self) -> int:
        """d, coordinates of a place."""
        return self.frequencies.shape[1]

    def encode(self, position: ArrayLike) -> NDArray[np.complex128]:
        """Return phi(x) = exp(i Omega x) / sqrt(D), (..., D), of places (..., d).

        Raises
        ------
        ValueError
            If the places have another number of coordinates, or one that is not finite.
        TypeError
            If they are not real numbers.

        Examples
        --------
        >>> code = HarmonicCode.gaussian(16, 0.1)
        >>> round(float(np.linalg.norm(code.encode([0.2, 0.7]))), 12)
        1.0
        """
        position = finite_points("encode", "position", position, self.n_dimensions)
        return self._turns(position) / np.sqrt(self.n_features)

    def shift(self, codes: ArrayLike, displacement: ArrayLike) -> NDArray[np.complex128]:
        """Return codes (..., D) moved by (..., d): every feature turns by omega_k . d, exactly.

        Raises
        ------
        ValueError
            If the shapes do not fit the frequencies, or a value is not finite.
        TypeError
            If a value is of the wrong kind.

        Examples
        --------
        >>> code = HarmonicCode.gaussian(16, 0.1)
        >>> moved = code.shift(code.encode([0.2, 0.7]), [0.1, -0.1])
        >>> np.allclose(moved, code.encode([0.3, 0.6]))
        True
        """
        codes = finite_codes("shift", "codes", codes, self.n_features)
        displacement = finite_points("shift", "displacement", displacement, self.n_dimensions)
        return codes * self._turns(displacement)

    def similarity(self, a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
        """Return S = Re a^H b of codes (..., D): of two places K(x - y), 1 for the same place.

        Raises
        ------
        ValueError
            If a code is of another length, or not finite.
        TypeError
            If a code is not of numbers.

        Examples
        --------
        >>> code = HarmonicCode.gaussian(16, 0.1)
        >>> here = code.encode([0.2, 0.7])
        >>> round(float(code.similarity(here, here)), 12)
        1.0
        """
        a = finite_codes("similarity", "a", a, self.n_features)
        b = finite_codes("similarity", "b", b, self.n_features)
        return np.einsum("...k,...k->...", a.conj(), b).real

    def kernel(self, displacement: ArrayLike) -> NDArray[np.float64]:
        """Return K(d) = mean over k of cos(omega_k . d) for displacements (..., d).

        Raises
        ------
        ValueError
            If the displacements do not fit the frequencies, or one is not finite.
        TypeError
            If they are not real numbers.

        Examples
        --------
        >>> float(HarmonicCode.gaussian(16, 0.1).kernel([0.0, 0.0]))
        1.0
        """
        displacement = finite_points("kernel", "displacement", displacement, self.n_dimensions)
        return np.cos(displacement @ self.frequencies.T).mean(axis=-1)

    def decode(
        self, codes: ArrayLike, candidates: ArrayLike, refine: bool = False
    ) -> NDArray[np.float64]:
        """Return the places whose codes are most similar to ``codes``.

        Parameters
        ----------
        codes
            (..., D), of any length above 0.
        candidates
            (m, d) places to choose from; of equally similar ones the first is taken.
        refine
            Whether to climb from the candidate to the next peak of the similarity, at most half
            the width of the kernel away along each axis: 1 / (2 rms of omega), for the Gaussian
            law sigma / 2. Farther away the kernel is not concave.

        Returns
        -------
        position
            (..., d).

        Raises
        ------
        ValueError
            If a shape does not fit, a value is not finite, there is no candidate, or a code is 0.
        TypeError
            If a value is of the wrong kind.

        Examples
        --------
        >>> code = HarmonicCode.gaussian(256, 0.1)
        >>> here = code.encode([0.23, 0.70])
        >>> code.decode(here, [[0.2, 0.7], [0.5, 0.5]])
        array([0.2, 0.7])
        >>> code.decode(here, [[0.2, 0.7], [0.5, 0.5]], refine=True).round(4)
        array([0.23, 0.7 ])
        """
        codes = finite_codes("decode", "codes", codes, self.n_features)
        candidates = listed_points("decode", "candidates", candidates, self.n_dimensions)
        if not np.abs(codes).any(axis=-1).all():
            problem, expected = "holds a code of length 0", "codes that say something"
            raise ValueError(refusal("decode", "codes", codes, problem, expected, "Remove it"))
        flat = codes.reshape(-1, self.n_features)
        similarity = (flat @ self.encode(candidates).conj().T).real
        found = candidates[similarity.argmax(axis=1)]
        if refine:
            reach = 0.5 / np.sqrt((self.frequencies**2).mean(axis=0))
            pairs = zip(flat, found, strict=True)
            found = np.array([refined(self.frequencies, c, x, reach) for c, x in pairs])
        return found.reshape(*codes.shape[:-1], self.n_dimensions)

    def _turns(self, displacement: NDArray[np.float64]) -> NDArray[np.complex128]:
        return np.exp(1j * (displacement @ self.frequencies.T))
