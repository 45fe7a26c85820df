"""How different the patterns of any two samples are: representational dissimilarity matrices."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from .arrays import as_tensor_like, is_torch_array, namespace, to_numpy
from .errors import check_choice, describe
from .inputs import check_samples
from .noise_covariance import shrunk_covariance

__all__ = ["DISTANCES", "rdm"]

#: Expectation of every rate before it is seen, and how many observations that is worth (as
#: in rsatoolbox), so that a count of zero has a logarithm.
PRIOR_RATE, PRIOR_WEIGHT = 1.0, 0.1
#: Rows that are worked on at a time where a second matrix would be needed.
STRIP = 256


def _row_lengths(Z: Any) -> Any:
    """Squared lengths of the rows; for numpy without a temporary."""
    if is_torch_array(Z):
        return namespace(Z).sum(Z * Z, axis=1)
    return np.einsum("ij,ij->i", Z, Z)


def _correlation_distance(X: Any) -> Any:
    """1 - Pearson r between rows."""
    xp = namespace(X)
    Z = X - xp.mean(X, axis=1)[:, None]
    norm = xp.sqrt(_row_lengths(Z))
    # of equal values the rounding errors would be correlated
    constant = np.flatnonzero(to_numpy(xp.all(X[:, :1] == X, axis=1) | (norm == 0)))
    if constant.size:
        raise ValueError(
            describe(
                "rdm",
                "X",
                f"sample {int(constant[0])}",
                "is the same in all columns, so it has no correlation",
                "a pattern that varies",
                f"Leave out these {constant.size} sample(s), or use distance='squared_euclidean'",
            )
        )
    # in place only where no gradient needs what was there
    Z = Z / norm[:, None] if is_torch_array(Z) else np.divide(Z, norm[:, None], out=Z)
    D = Z @ Z.T
    return np.subtract(1, D, out=D) if isinstance(D, np.ndarray) else 1 - D


def _from_products(D: Any) -> Any:
    """|x_i|^2 + |x_j|^2 - 2 x_i'x_j, in the place of the products x_i'x_j."""
    own = namespace(D).linalg.diagonal(D) + 0
    D *= -2
    for start in range(0, D.shape[0], STRIP):
        # both lengths are summed first, so that D is symmetric to the last bit
        D[start : start + STRIP] += own[start : start + STRIP, None] + own[None, :]
    return D


def _squared_euclidean(X: Any) -> Any:
    """Squared distance between rows, over the number of columns."""
    xp = namespace(X)
    Z = X - xp.mean(X, axis=0)
    Z /= X.shape[1] ** 0.5
    D = _from_products(Z @ Z.T)
    # a squared length cannot be negative: what is below zero is rounding
    return np.maximum(D, 0, out=D) if isinstance(D, np.ndarray) else xp.where(D > 0, D, 0 * D)


def _poisson(X: Any) -> Any:
    """Symmetrised Kullback-Leibler divergence of Poisson rates, over the number of columns.

    sum_k (a_k - b_k) (log a_k - log b_k) = a'log a + b'log b - a'log b - b'log a.
    """
    xp = namespace(X)
    if bool(xp.any(X < 0)):
        raise ValueError(
            describe(
                "rdm",
                "X",
                f"array{tuple(X.shape)}",
                f"holds {int(to_numpy(xp.sum(X < 0)))} negative value(s)",
                "rates or counts >= 0 for distance='poisson'",
                "Give raw spike counts, not z-scores",
            )
        )
    rate = (X + PRIOR_RATE * PRIOR_WEIGHT) / (1 + PRIOR_WEIGHT)
    mixed = rate @ xp.log(rate).T
    own = xp.linalg.diagonal(mixed)
    D = own[:, None] + own[None, :] - (mixed + mixed.T)
    return xp.where(D > 0, D, 0 * D) / X.shape[1]


def _whitened(Z: Any, covariance: Any) -> Any:
    """Rows z -> L^-1 z with S = LL', so that |L^-1 z|^2 = z'S^-1 z."""
    p = Z.shape[-1]
    S = check_samples("rdm", "noise_covariance", to_numpy(covariance))
    problem = None
    if S.shape != (p, p):
        problem = f"does not fit {p} features"
    elif np.abs(S - S.T).max() > 1e-6 * np.abs(S).max():
        problem = "is not symmetric"
    else:
        try:
            L = linalg.cholesky(S, lower=True)
        except linalg.LinAlgError:
            problem = "is not positive definite"
    if problem is not None:
        expected = f"a symmetric positive definite ({p}, {p}) matrix"
        remedy = "Estimate it with fitting.shrunk_covariance"
        raise ValueError(
            describe("rdm", "noise_covariance", f"array{S.shape}", problem, expected, remedy)
        )
    xp = namespace(Z)
    rows = xp.reshape(Z, (-1, p))
    if is_torch_array(Z):
        factor = as_tensor_like(L, Z)
        white = xp.linalg.solve_triangular(factor, rows.T, upper=False).T
    else:
        white = linalg.solve_triangular(L, rows.T, lower=True).T.astype(Z.dtype, copy=False)
    return xp.reshape(white, Z.shape)


def _mahalanobis(X: Any, covariance: Any) -> Any:
    """Squared Euclidean distance after the noise is made white, over the number of columns."""
    if covariance is None:
        expected, remedy = "the covariance of the noise", "Make it with fitting.shrunk_covariance"
        raise ValueError(describe("rdm", "noise_covariance", None, "is missing", expected, remedy))
    return _squared_euclidean(_whitened(X, covariance))


def _crossnobis(X: Any, covariance: Any) -> Any:
    """Mean over pairs of runs m != l of (x_mi - x_mj)'S^-1(x_li - x_lj), over the columns.

    Sum over m != l of X_m X_l' = (sum X_m)(sum X_m)' - sum X_m X_m': two products, for any number
    of runs.
    """
    xp = namespace(X)
    n_runs, n, p = X.shape
    Z = X - xp.mean(X, axis=1, keepdims=True)
    if covariance is None:
        residuals = xp.reshape(Z - xp.mean(Z, axis=0), (n_runs * n, p))
        # each run lost its mean, and the samples their mean over runs
        covariance = shrunk_covariance(residuals, n_means=n + n_runs - 1)
    Z = _whitened(Z, covariance)
    Z = Z / (p * n_runs * (n_runs - 1)) ** 0.5
    total = xp.sum(Z, axis=0)
    by_sample = xp.reshape(xp.permute_dims(Z, (1, 0, 2)), (n, n_runs * p))
    return _from_products(total @ total.T - by_sample @ by_sample.T)


#: Distances between the rows of one matrix, by name.
PLAIN: dict[str, Callable[[Any], Any]] = {
    "correlation": _correlation_distance,
    "squared_euclidean": _squared_euclidean,
    "poisson": _poisson,
}
#: Distances that see the covariance of the noise.
WITH_NOISE: dict[str, Callable[[Any, Any], Any]] = {
    "mahalanobis": _mahalanobis,
    "crossnobis": _crossnobis,
}
#: Names of all distances.
DISTANCES = (*PLAIN, *WITH_NOISE)


def rdm(X: Any, distance: str = "correlation", *, noise_covariance: Any = None) -> Any:
    """Representational dissimilarity matrix: how different the patterns of any two samples are.

    Parameters
    ----------
    X
        (n_samples, n_features) patterns (voxels, neurons, model units), one sample a row; for
        "crossnobis" (n_runs, n_samples, n_features), the same samples measured in each run.
    distance
        "correlation", 1 - Pearson r; "squared_euclidean"; "mahalanobis", the same with white noise;
        "crossnobis", the same across runs, so that noise does not make distances (0 on average for
        equal patterns, can be negative); or "poisson", the symmetrised Kullback-Leibler divergence
        of rates with a prior of 1 worth 0.1 observations. All but the first are means over
        features.
    noise_covariance
        (n_features, n_features) for "mahalanobis" and "crossnobis", see
        :func:`fitting.shrunk_covariance`. None: crossnobis estimates it from the differences
        between runs.

    Returns
    -------
    array
        (n_samples, n_samples) symmetric, zero diagonal, in the dtype of `X`.

    Raises
    ------
    ValueError
        If there are fewer than two samples or runs, values are not finite, a pattern is constant
        (correlation), a rate is negative (poisson), or the covariance is missing, does not fit or
        is not positive definite.
    TypeError
        If `X` holds no real numbers.
    UnknownNameError
        If the distance is not known.

    Notes
    -----
    Source: Kriegeskorte, Mur, Bandettini (2008), Frontiers in Systems Neuroscience 2:4; crossnobis:
    Walther et al. (2016), NeuroImage 137:188-200; poisson: Schuett et al. (2023), eLife 12.

    Examples
    --------
    >>> rdm([[0.0, 1.0, 2.0], [0.0, 1.0, 3.0], [2.0, 1.0, 0.0]]).round(3)[0]
    array([0.   , 0.018, 2.   ])
    """
    check_choice("rdm", "distance", distance, DISTANCES)
    if distance in PLAIN and noise_covariance is not None:
        expected = "None: this distance sees no noise"
        remedy = "Use distance='mahalanobis' or 'crossnobis'"
        problem = f"is not used by distance={distance!r}"
        raise ValueError(describe("rdm", "noise_covariance", "array", problem, expected, remedy))
    X = _runs(X) if distance == "crossnobis" else check_samples("rdm", "X", X, n_min=2)
    D = PLAIN[distance](X) if distance in PLAIN else WITH_NOISE[distance](X, noise_covariance)
    diagonal = range(D.shape[0])
    D[diagonal, diagonal] = 0
    return D


def _runs(X: Any) -> Any:
    """(n_runs, n_samples, n_features) finite floats, two runs or more."""
    X = X if is_torch_array(X) else np.asarray(X)
    if X.ndim != 3 or X.shape[0] < 2 or X.shape[1] < 2:
        raise ValueError(
            describe(
                "rdm",
                "X",
                f"array{tuple(X.shape)}",
                "is no set of runs",
                "(n_runs, n_samples, n_features) with two runs and samples or more, for "
                "distance='crossnobis'",
                "Stack the patterns of each run, in the same order of samples",
            )
        )
    xp = namespace(X)
    flat = check_samples("rdm", "X", xp.reshape(X, (X.shape[0] * X.shape[1], X.shape[2])))
    return xp.reshape(flat, X.shape)
