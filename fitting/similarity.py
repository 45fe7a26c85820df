"""Dissimilarity matrices: how they are made, how two compare, and how well any model can do."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from .arrays import namespace, to_numpy
from .errors import check_choice, describe
from .inputs import check_samples
from .kernel_alignment import cka

__all__ = ["COMPARISONS", "DISTANCES", "cka", "compare_rdms", "rdm", "rdm_ceiling"]

#: Relative asymmetry and diagonal below which a matrix counts as an RDM.
RDM_TOLERANCE = 1e-6


def _correlation_distance(X: Any) -> Any:
    """1 - Pearson r between rows."""
    xp = namespace(X)
    Z = X - xp.mean(X, axis=1)[:, None]
    norm = xp.sqrt(xp.sum(Z * Z, axis=1))
    constant = np.flatnonzero(to_numpy(norm) == 0)
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
    Z /= norm[:, None]
    D = Z @ Z.T
    D *= -1
    D += 1
    return D


def _squared_euclidean(X: Any) -> Any:
    """Squared distance between rows, over the number of columns."""
    xp = namespace(X)
    Z = X - xp.mean(X, axis=0)
    squared = xp.sum(Z * Z, axis=1)
    D = Z @ Z.T
    D *= -2
    D += squared[:, None]
    D += squared[None, :]
    # a squared length cannot be negative: what is below zero is rounding
    return xp.where(D > 0, D, xp.zeros_like(D)) / X.shape[1]


#: Distances between rows by name.
DISTANCES: dict[str, Callable[[Any], Any]] = {
    "correlation": _correlation_distance,
    "squared_euclidean": _squared_euclidean,
}


def rdm(X: Any, distance: str = "correlation") -> Any:
    """Representational dissimilarity matrix: how different the patterns of any two samples are.

    Parameters
    ----------
    X
        (n_samples, n_features) patterns (voxels, neurons, model units), one sample a row.
    distance
        "correlation", 1 - Pearson r; or "squared_euclidean", squared distance over n_features.

    Returns
    -------
    array
        (n_samples, n_samples) symmetric, zero diagonal, in the dtype of `X`.

    Raises
    ------
    ValueError
        If there are fewer than two samples, values are not finite, or a pattern is constant
        (correlation).
    TypeError
        If `X` holds no real numbers.
    UnknownNameError
        If the distance is not known.

    Notes
    -----
    Source: Kriegeskorte, Mur, Bandettini (2008), Frontiers in Systems Neuroscience 2:4.

    Examples
    --------
    >>> rdm([[0.0, 1.0, 2.0], [0.0, 1.0, 3.0], [2.0, 1.0, 0.0]]).round(3)[0]
    array([0.   , 0.018, 2.   ])
    """
    check_choice("rdm", "distance", distance, DISTANCES)
    X = check_samples("rdm", "X", X, n_min=2)
    D = DISTANCES[distance](X)
    diagonal = range(D.shape[0])
    D[diagonal, diagonal] = 0
    return D


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, averaged over ties; one sort."""
    order = np.argsort(values)
    in_order = values[order]
    new = np.empty(len(values), dtype=bool)
    new[:1] = True
    np.not_equal(in_order[1:], in_order[:-1], out=new[1:])
    ranks = np.empty(len(values))
    if new.all():
        ranks[order] = np.arange(1.0, len(values) + 1)
        return ranks
    first = np.append(np.flatnonzero(new), len(values))
    ranks[order] = np.repeat((first[:-1] + first[1:] + 1) / 2, np.diff(first))
    return ranks


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    norm = np.sqrt((a @ a) * (b @ b))
    if norm == 0:
        expected, remedy = "dissimilarities that vary", "Leave it out"
        raise ValueError(
            describe("compare_rdms", "a or b", "RDM", "does not vary", expected, remedy)
        )
    return float((a @ b) / norm)


def _pearson(a: np.ndarray, b: np.ndarray) -> float:
    return _cosine(a - a.mean(), b - b.mean())


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    return _pearson(_ranks(a), _ranks(b))


def _rho_a(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rho expected with ties broken at random; Schuett et al. (2023), eLife 12."""
    n = len(a)
    return float(12 * ((_ranks(a) - (n + 1) / 2) @ (_ranks(b) - (n + 1) / 2)) / (n**3 - n))


def _tau_a(a: np.ndarray, b: np.ndarray) -> float:
    """Kendall's tau-a: concordant minus discordant pairs over all pairs, from scipy's tau-b."""
    n_pairs = len(a) * (len(a) - 1) / 2
    untied = [
        n_pairs - sum(c * (c - 1) / 2 for c in np.unique(x, return_counts=True)[1]) for x in (a, b)
    ]
    if min(untied) == 0:
        return 0.0
    tau_b = stats.kendalltau(a, b).statistic
    return float(tau_b * np.sqrt(untied[0] * untied[1]) / n_pairs)


#: Comparisons of two vectors of dissimilarities by name.
COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "spearman": _spearman,
    "pearson": _pearson,
    "cosine": _cosine,
    "rho_a": _rho_a,
    "tau_a": _tau_a,
}


def _upper_triangle(function: str, parameter: str, matrix: Any) -> np.ndarray:
    """Dissimilarities of all pairs, from a square symmetric matrix with zero diagonal."""
    D = to_numpy(matrix)
    if D.dtype.kind not in "fiub":
        expected, remedy = "real numbers", "Convert it with .astype(float)"
        raise TypeError(
            describe(function, parameter, f"dtype {D.dtype}", "is no number", expected, remedy)
        )
    problem = None
    if D.ndim != 2 or D.shape[0] != D.shape[1]:
        problem = "is not square"
    elif D.shape[0] < 3:
        problem = "has fewer than three samples"
    elif np.isinf(D).any():
        problem = "holds infinite values"
    else:
        problem = _asymmetry(D)
    if problem is not None:
        expected = "an RDM: square, symmetric, zero diagonal, three samples or more"
        remedy = "Make it with rdm, or scipy.spatial.distance.squareform"
        raise ValueError(
            describe(function, parameter, f"array{D.shape}", problem, expected, remedy)
        )
    pairs = np.concatenate([D[i, i + 1 :] for i in range(len(D) - 1)])
    return pairs.astype(np.float64, copy=False)


def _asymmetry(D: np.ndarray) -> str | None:
    """What keeps a square matrix from being symmetric with zero diagonal, if anything does."""
    if np.array_equal(D, D.T) and not np.diagonal(D).any():
        return None
    scale = RDM_TOLERANCE * max(float(np.nanmax(np.abs(D), initial=0.0)), 1e-300)
    if np.any(np.abs(np.nan_to_num(np.diagonal(D))) > scale):
        return "does not have a zero diagonal"
    if np.any(np.isnan(D) != np.isnan(D.T)) or np.nanmax(np.abs(D - D.T), initial=0) > scale:
        return "is not symmetric"
    return None


def compare_rdms(a: Any, b: Any, method: str = "spearman") -> float:
    """Similarity of two dissimilarity matrices, over all pairs of samples.

    Parameters
    ----------
    a, b
        (n_samples, n_samples) RDMs; pairs that are NaN must be NaN in both and are left out.
    method
        "spearman", "pearson", "cosine", "rho_a" (Spearman with ties broken at random, in
        expectation) or "tau_a" (Kendall).

    Returns
    -------
    float
        In [-1, 1] up to rounding.

    Raises
    ------
    ValueError
        If a matrix is no RDM, sizes differ, missing pairs differ, or one does not vary.
    TypeError
        If a matrix holds no real numbers.
    UnknownNameError
        If the method is not known.

    Notes
    -----
    Source: Nili et al. (2014), PLoS Computational Biology 10:e1003553.

    Examples
    --------
    >>> a, b = rdm(np.eye(4)[:, :3] + 0.1), rdm(np.arange(12.0).reshape(4, 3) ** 2 % 7)
    >>> round(compare_rdms(b, b**2), 3), round(compare_rdms(b, b**2, "pearson"), 3)
    (1.0, 0.972)
    """
    check_choice("compare_rdms", "method", method, COMPARISONS)
    x, y = _upper_triangle("compare_rdms", "a", a), _upper_triangle("compare_rdms", "b", b)
    if len(x) != len(y):
        problem = f"is not of the size of a, {to_numpy(a).shape}"
        raise ValueError(
            describe(
                "compare_rdms",
                "b",
                f"array{to_numpy(b).shape}",
                problem,
                "two RDMs of one size",
                "Compare RDMs of the same samples",
            )
        )
    missing = np.isnan(x)
    if np.any(missing != np.isnan(y)):
        n_differ = int(np.sum(missing != np.isnan(y)))
        raise ValueError(
            describe(
                "compare_rdms",
                "b",
                f"RDM with {int(np.isnan(y).sum())} missing pairs",
                f"lacks other pairs than a ({n_differ} differ)",
                "the same missing pairs",
                "Set these pairs to NaN in both",
            )
        )
    return COMPARISONS[method](x[~missing], y[~missing])


def rdm_ceiling(
    subject_rdms: Any, method: str = "spearman", pool: str = "mean"
) -> tuple[float, float]:
    """Bounds of the score that a perfect model would reach, from how well subjects agree.

    Upper: each subject with the mean of all, itself included. Lower: with the mean of the others.

    Parameters
    ----------
    subject_rdms
        (n_subjects, n_samples, n_samples) RDMs.
    method
        As in :func:`compare_rdms`.
    pool
        "mean" averages dissimilarities (Brain-Score); "rank" averages their ranks (rsatoolbox, for
        Spearman and rho-a).

    Returns
    -------
    lower, upper
        Means over subjects.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, a matrix is no RDM, or pairs are missing.
    UnknownNameError
        If the method or the pooling is not known.

    Notes
    -----
    Source: Nili et al. (2014), PLoS Computational Biology 10:e1003553.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shared = rng.standard_normal((8, 20))
    >>> subjects = [rdm(shared + rng.standard_normal((8, 20))) for _ in range(5)]
    >>> [round(bound, 2) for bound in rdm_ceiling(subjects)]
    [0.3, 0.57]
    """
    check_choice("rdm_ceiling", "method", method, COMPARISONS)
    check_choice("rdm_ceiling", "pool", pool, ["mean", "rank"])
    vectors = [_upper_triangle("rdm_ceiling", "subject_rdms", each) for each in subject_rdms]
    sizes = {len(v) for v in vectors}
    if len(vectors) < 2 or len(sizes) > 1 or any(np.isnan(v).any() for v in vectors):
        raise ValueError(
            describe(
                "rdm_ceiling",
                "subject_rdms",
                f"{len(vectors)} RDM(s)",
                "are too few, of different sizes, or incomplete",
                "two or more complete RDMs of the same samples",
                "Leave out what is missing",
            )
        )
    table = np.stack(vectors)
    compare = COMPARISONS[method]
    pooled = np.stack([_ranks(v) for v in vectors]) if pool == "rank" else table
    total, n = pooled.sum(axis=0), len(table)
    upper = [compare(v, total / n) for v in table]
    lower = [compare(v, (total - p) / (n - 1)) for v, p in zip(table, pooled, strict=True)]
    return float(np.mean(lower)), float(np.mean(upper))
