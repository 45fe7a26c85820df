"""The peak of a code's similarity near a place: the last step of decoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def refined(
    frequencies: NDArray[np.float64],
    code: NDArray[np.complex128],
    start: NDArray[np.float64],
    reach: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the place of the highest similarity within ``reach`` of ``start``, by L-BFGS-B.

    S(x) = Re sum_k conj(phi_k(x)) c_k has the gradient sum_k omega_k Im(conj(phi_k(x)) c_k).

    Parameters
    ----------
    frequencies
        (D, d) omega.
    code
        (D,) c.
    start
        (d,) where to begin.
    reach
        (d,) how far to go along each axis; inf along an axis that no frequency varies on.

    Returns
    -------
    position
        (d,).

    Examples
    --------
    >>> omega = np.array([[2.0], [3.0]])
    >>> there = np.exp(1j * omega[:, 0] * 0.3)
    >>> refined(omega, there, np.array([0.2]), np.array([0.2])).round(5)
    array([0.3])
    """
    from scipy.optimize import minimize

    scale = 1.0 / np.sqrt((np.abs(code) ** 2).sum())  # of the code's length, so that S is near 1
    unit = np.where(np.isfinite(reach), reach, 1.0)

    def loss(steps: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        position = start + steps * unit
        product = np.exp(-1j * (frequencies @ position)) * code * scale / np.sqrt(len(code))
        return -float(product.real.sum()), -(frequencies.T @ product.imag) * unit

    bounds = [(-1.0, 1.0)] * len(start)
    found = minimize(
        loss,
        np.zeros(len(start)),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    return start + found.x * unit
