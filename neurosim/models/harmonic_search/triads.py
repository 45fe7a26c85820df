"""Units that sum three successive features of a code: grid cells, where these make a triad."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import finite_points
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode


def triad_rates(
    code: HarmonicCode, position: ArrayLike, phases: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Return (3 + sum over a triad of cos(omega_k . (x - phase))) / 6, one unit for three features.

    One feature alone is a plane wave, which makes stripes. Three waves of a hexagonal code peak
    together on a triangular lattice; three of a Gaussian code do not, and are the control.

    Parameters
    ----------
    code
        D frequencies in 2 dimensions, D a multiple of 3.
    position
        (T, 2) places.
    phases
        (D / 3, 2) a place where each unit peaks; None takes the origin for all.

    Returns
    -------
    rates
        (T, D / 3) in [0, 1].

    Raises
    ------
    ValueError
        If D is no multiple of 3, a shape does not fit, or a value is not finite.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> code = HarmonicCode.hexagonal(0.3, 1.42, n_modules=1, n_rotations=1)
    >>> triad_rates(code, [[0.0, 0.0], [0.05, 0.0]]).round(2)[:, 0].tolist()
    [1.0, 0.83]
    """
    n_units, left = divmod(code.n_features, 3)
    if left or code.n_dimensions != 2:
        problem = f"has frequencies of the shape {code.frequencies.shape}"
        expected = "(D, 2), D a multiple of 3"
        raise ValueError(
            refusal("triad_rates", "code", code, problem, expected, "Change n_features")
        )
    position = finite_points("triad_rates", "position", position, 2)
    phases = np.zeros((n_units, 2)) if phases is None else phases
    phases = finite_points("triad_rates", "phases", phases, 2)
    if position.ndim != 2 or phases.shape != (n_units, 2):
        problem = f"has the shape {phases.shape}, position {position.shape}"
        expected = f"({n_units}, 2) and (T, 2)"
        raise ValueError(
            refusal("triad_rates", "phases", phases, problem, expected, "Give one for each unit")
        )
    waves = code.frequencies.reshape(n_units, 3, 2)
    offset = position[:, None] - phases
    return (np.cos(np.einsum("tud,uwd->tuw", offset, waves)).sum(axis=-1) + 3.0) / 6.0
