"""Path integration in the harmonic code: every step turns the phases, and noise adds up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import checked_seed, refusal
from neurosim.models.harmonic_search.code_checks import finite_codes, finite_points, in_range
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode


def integrate_path(
    code: HarmonicCode,
    start: ArrayLike,
    displacements: ArrayLike,
    *,
    phase_noise: float = 0.0,
    seed: int = 0,
) -> NDArray[np.complex128]:
    """Return the code along a path, from the code of its start and the steps alone.

    phi_t = phi_(t-1) exp(i (Omega d_t + noise)). The noise of each feature and step is independent
    and normal, so that phases make a random walk, and the expected similarity with the true place
    after t steps is exp(-t phase_noise^2 / 2).

    Parameters
    ----------
    code
        D frequencies in d dimensions.
    start
        (D,) code of the first place.
    displacements
        (T, d) steps, units of length.
    phase_noise
        Standard deviation of the error of one step, rad.
    seed
        Of the noise.

    Returns
    -------
    codes
        (T + 1, D), from the start on.

    Raises
    ------
    ValueError
        If a shape does not fit the frequencies, a value is not finite, or the noise is negative.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> code = HarmonicCode.gaussian(64, 0.1)
    >>> steps = np.full((5, 2), 0.02)
    >>> along = integrate_path(code, code.encode([0.2, 0.7]), steps)
    >>> np.allclose(along[-1], code.encode([0.3, 0.8]))
    True
    """
    start = finite_codes("integrate_path", "start", start, code.n_features)
    if start.ndim != 1:
        problem, expected = f"has the shape {start.shape}", f"({code.n_features},)"
        raise ValueError(
            refusal("integrate_path", "start", start, problem, expected, "Give one code")
        )
    steps = finite_points("integrate_path", "displacements", displacements, code.n_dimensions)
    if steps.ndim != 2:
        problem, expected = f"has the shape {steps.shape}", f"(T, {code.n_dimensions})"
        raise ValueError(
            refusal("integrate_path", "displacements", steps, problem, expected, "Give one path")
        )
    phase_noise = in_range("integrate_path", "phase_noise", phase_noise, 0.0, np.pi)
    turns = steps @ code.frequencies.T
    draw = np.random.default_rng(checked_seed("integrate_path", seed))
    turns = turns + phase_noise * draw.standard_normal(turns.shape)
    along = np.concatenate([np.zeros((1, code.n_features)), turns.cumsum(axis=0)])
    return start * np.exp(1j * along)
