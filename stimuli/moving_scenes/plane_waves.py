"""Textures that are sums of plane waves, so that any shift, turn or zoom of them is exact.

m(q) = sum_k a_k cos(2 pi f_k . q + p_k). On a surface that lies at c, turned by R and scaled by s,
q = R^-1 (x - c) / s, and each wave is again a plane wave on the screen, of frequency R f_k / s. A
plane wave on a grid is a product of a row and a column, so that the sum is one matrix product.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.screen import Screen

TEXTURES = ("1f", "flat", "grating", "sinusoids")
N_WAVES = 128  # of a 1/f texture
N_SINUSOIDS = 5
FINEST = 0.2  # cycles/px of a 1/f texture: what cubic interpolation still follows

Pattern = NDArray[np.float32]


def _cos_sin(cycles: NDArray[np.float64]) -> tuple[Pattern, Pattern]:
    """Return cosine and sine; whole cycles are taken off before the cast to float32."""
    radians = (2 * np.pi * (cycles - np.rint(cycles))).astype(np.float32)
    return np.cos(radians), np.sin(radians)


@dataclass(frozen=True)
class Waves:
    """A sum of plane waves.

    Parameters
    ----------
    frequencies
        (K, 2) cycles/deg, x right and y up.
    amplitudes, phases
        (K,), phases in radians.
    limited
        Whether m is tanh(sum / 2) instead of the sum: a sum of many waves has no useful bound, and
        a smooth limit moves with the texture as a clip of the light would not.

    Examples
    --------
    >>> Waves(np.zeros((1, 2)), np.ones(1), np.zeros(1)).finest
    0.0
    """

    frequencies: NDArray[np.float64]
    amplitudes: NDArray[np.float64]
    phases: NDArray[np.float64]
    limited: bool = False

    @property
    def finest(self) -> float:
        """Highest frequency, cycles/deg."""
        return float(np.hypot(*self.frequencies.T).max(initial=0.0))

    def _tables(
        self, x: NDArray[np.float64], y: NDArray[np.float64], angle: float, scale: float
    ) -> tuple[NDArray[np.complex64], NDArray[np.float32], NDArray[np.float64]]:
        """Return a exp(i (2 pi fy y + p)) (h, K), cos and -sin of 2 pi fx x (2 K, w), f."""
        turned = (self.frequencies @ (1.0, 1j)) * (np.exp(1j * angle) / scale)  # cycles/deg
        rows = np.empty((len(y), len(turned)), np.complex64)
        rows.real, rows.imag = _cos_sin(y[:, None] * turned.imag + self.phases / (2 * np.pi))
        rows *= self.amplitudes.astype(np.float32)
        pairs = np.empty((len(turned), 2, len(x)), np.float32)
        pairs[:, 0], pairs[:, 1] = _cos_sin(turned.real[:, None] * -x)
        return rows, pairs.reshape(-1, len(x)), turned

    def sampler(
        self,
        screen: Screen,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        angle: NDArray[np.float64],
        scale: NDArray[np.float64],
    ) -> Callable[[int, slice, slice], Pattern]:
        """Return the texture as it moves over the screen.

        Parameters
        ----------
        screen
            The pixels.
        x, y, angle, scale
            (T,) where the origin of the texture is, deg; how it is turned, radians
            counter-clockwise; and how it is scaled.

        Returns
        -------
        sample
            ``sample(t, rows, columns)`` is m at these pixels in frame t, (h, w) in [-1, 1].
        """
        still = (angle == angle[0]).all() and (scale == scale[0]).all()
        limit = np.tanh if self.limited else None
        tables = self._tables(screen.x, screen.y, angle[0], scale[0]) if still else None

        def sample(t: int, rows: slice, columns: slice) -> Pattern:
            if tables is None:
                left, right, _ = self._tables(
                    screen.x[columns] - x[t], screen.y[rows] - y[t], angle[t], scale[t]
                )
            else:
                turned = tables[2]
                shift = np.exp(-2j * np.pi * (turned.real * x[t] + turned.imag * y[t]))
                left = tables[0][rows] * shift.astype(np.complex64)
                right = tables[1][:, columns]
            # Re(left exp(i 2 pi fx x)): real part times cos, imaginary part times -sin
            pattern = left.view(np.float32) @ right
            return pattern if limit is None else limit(pattern / 2)

        return sample


def drawn_waves(
    kind: str, sf: float, coarsest: float, screen: Screen, generator: np.random.Generator
) -> Waves | None:
    """Return a texture of one of `TEXTURES` with random orientations and phases.

    For "1f", frequencies are uniform on a logarithmic axis and amplitudes equal: the power per
    octave is then constant, which in two dimensions is an amplitude that falls as 1/f.

    Parameters
    ----------
    kind
        The word.
    sf
        Frequency of a grating, and middle of the octave of five sinusoids, cycles/deg.
    coarsest
        Lowest frequency of "1f", cycles/deg; the highest is 0.2 cycles/px.
    screen
        The pixels.
    generator
        Gives orientations, frequencies and phases.

    Returns
    -------
    waves
        With m in [-1, 1], or None for "flat".

    Examples
    --------
    >>> from stimuli.screen import TINY
    >>> drawn_waves("grating", 2.0, 0.5, TINY, np.random.default_rng(0)).finest.__round__(9)
    2.0
    """
    if kind == "flat":
        return None
    n = {"1f": N_WAVES, "grating": 1, "sinusoids": N_SINUSOIDS}[kind]
    low, high = {
        "1f": (min(coarsest, FINEST * screen.ppd / 2), FINEST * screen.ppd),
        "grating": (sf, sf),
        "sinusoids": (sf / 2**0.5, sf * 2**0.5),
    }[kind]
    angles, exponents, phases = generator.uniform(0.0, 1.0, (n, 3)).T
    sizes = low * (high / low) ** exponents
    angles = 2 * np.pi * angles
    frequencies = sizes[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    amplitude = np.sqrt(2.0 / n) if kind == "1f" else 1.0 / n
    return Waves(frequencies, np.full(n, amplitude), 2 * np.pi * phases, limited=kind == "1f")
