"""From support and familiarity to the chance to win: expansivity eta and win weight mu.

mu is what a unit weighs in the draw of its module, rho = mu / sum(mu). A novel input (G <= g_min)
has eta = 1 and mu = 1 everywhere: the draw is pure noise. The more familiar the input, the more the
draw follows the support.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from neurosim.models.sparsey.config import WIN_WEIGHTS, SparseyConfig

LOGISTIC, R14, SPARSEYCORE, R10 = range(4)

#: SparseyCore: slope, first and last inflection, steps between them, least mean V that counts.
CORE_SLOPE, CORE_FIRST, CORE_LAST, CORE_STEPS, CORE_LEAST = 4.0, 0.5, 0.9, 100, 0.3
#: Places in the array of parameters.
G_MIN, GAMMA, CHI_K, FIRST = 0, 1, 2, 3


def parameters(config: SparseyConfig, n_units: int) -> tuple[int, np.ndarray]:
    """Return the number of the win weight's form, and its parameters (7,) float64."""
    form = WIN_WEIGHTS.index(config.win_weight)
    own = {
        LOGISTIC: (config.lam, config.phi, 0.0, 0.0),
        R14: config.r14,
        SPARSEYCORE: (CORE_SLOPE, CORE_FIRST, 0.0, 0.0),
        R10: (0.0, 0.0, 0.0, 0.0),
    }[form]
    return form, np.array([config.g_min, config.gamma, config.chi * n_units, *own])


@njit(cache=True)
def expansivity(familiarity: float, p: np.ndarray) -> float:
    """Return eta = 1 + ([(G - g_min) / (1 - g_min)]_+)**gamma * chi * K."""
    above = max(0.0, (familiarity - p[G_MIN]) / (1.0 - p[G_MIN]))
    return 1.0 + above ** p[GAMMA] * p[CHI_K]


@njit(cache=True)
def fill_win_weights(
    support: np.ndarray, familiarity: float, form: int, p: np.ndarray, mu: np.ndarray
) -> None:
    """Write the win weight of every V in ``support`` into ``mu``, both (n,) float64."""
    eta = expansivity(familiarity, p)
    a, b, c, d = p[FIRST], p[FIRST + 1], p[FIRST + 2], p[FIRST + 3]
    for i in range(support.shape[0]):
        v = support[i]
        if form == LOGISTIC:
            mu[i] = (eta - 1.0) / (1.0 + math.exp(-(a * v - b))) + 1.0
        elif form == R14:
            mu[i] = (eta - 1.0) / (1.0 + a * math.exp(-b * (v - c))) ** d + 1.0
        elif form == SPARSEYCORE:
            mu[i] = max(eta / (1.0 + math.exp(-a * (v - b))), 1.0)
        else:
            mu[i] = 1e4 * familiarity**7 / (1.0 + math.exp(-(26.0 * v - 13.0))) + 1.0


def win_weights(
    support: np.ndarray, familiarity: float, config: SparseyConfig, n_units: int | None = None
) -> np.ndarray:
    """Return the win weight mu of every support V at familiarity G.

    Parameters
    ----------
    support
        V, any shape, in [0, 1].
    familiarity
        G of the mac, in [0, 1].
    config
        Form and parameters.
    n_units
        K, which scales the expansivity; default that of level 1.

    Returns
    -------
    mu
        Of the shape of ``support``; divided by its sum over a module it is the chance rho.

    Examples
    --------
    >>> config = SparseyConfig(n_units=4, lam=10, phi=7, chi=5)
    >>> win_weights(np.array([1, 0.6, 0.3, 0]), 0.8, config).round(5).tolist()
    [12.52497, 4.25386, 1.21761, 1.01102]
    """
    form, p = parameters(config, n_units or config.level(1).n_units)
    flat = np.ascontiguousarray(support, dtype=np.float64).reshape(-1)
    mu = np.empty_like(flat)
    fill_win_weights(flat, float(familiarity), form, p, mu)
    return mu.reshape(np.shape(support))
