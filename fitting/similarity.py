"""How similar two dissimilarity matrices are, and how well any model can do."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from scipy.spatial.distance import squareform

from .arrays import to_numpy
from .errors import check_choice, describe
from .ranking import ranks

__all__ = [
    "COMPARISONS",
    "POOLS",
    "ceiling_of_pairs",
    "compare_rdms",
    "pairs_of_rdm",
    "rdm_ceiling",
    "similarity_of_pairs",
]

#: Relative asymmetry and diagonal below which a matrix counts as an RDM.
RDM_TOLERANCE = 1e-6
#: Side of the tiles in which a matrix is compared with its transpose: two fit into the cache.
TILE = 256


def _same(pairs: np.ndarray) -> np.ndarray:
    return pairs


def _centred(pairs: np.ndarray) -> np.ndarray:
    return pairs - pairs.mean()


def _centred_ranks(pairs: np.ndarray) -> np.ndarray:
    result = ranks(pairs)
    result -= (len(pairs) + 1) / 2
    return result


def _whitened(pairs: np.ndarray) -> np.ndarray:
    """Entries of -1/2 J D J, with J = I - 1/n: pairs (which count twice) and diagonal.

    Dissimilarities that share a sample have correlated noise. For equal and independent noise of
    the patterns this matrix has none; Diedrichsen et al. (2021).
    """
    G = squareform(pairs)
    G -= G.mean(axis=0)
    G -= G.mean(axis=1)[:, None]
    return np.concatenate([2**-0.5 * G[np.triu_indices(len(G), 1)], -0.5 * np.diagonal(G)])


#: What becomes of the dissimilarities before their cosine is taken, by name of the comparison.
TRANSFORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "spearman": _centred_ranks,
    "pearson": _centred,
    "cosine": _same,
    "rho_a": _centred_ranks,
    "whitened_cosine": _whitened,
}
#: Names of all comparisons.
COMPARISONS = (*TRANSFORMS, "tau_a")
#: How RDMs of subjects are made one.
POOLS = ("mean", "rank")


def _directions(function: str, parameter: str, table: np.ndarray, method: str) -> np.ndarray:
    """Each row so transformed and scaled that an inner product of two rows is their similarity."""
    rows = []
    for number, pairs in enumerate(table):
        row = TRANSFORMS[method](pairs)
        if method == "rho_a":
            # Spearman's rho expected with ties broken at random; Schuett et al. (2023), eLife 12
            scale = np.sqrt((len(row) ** 3.0 - len(row)) / 12)
        else:
            scale = np.sqrt(row @ row)
            # equal values may leave rounding errors after their mean is taken out
            if scale <= 1e-14 * np.sqrt(pairs @ pairs):
                label = parameter if len(table) == 1 else f"{parameter}[{number}]"
                expected, remedy = "dissimilarities that vary", "Leave it out"
                raise ValueError(
                    describe(function, label, "RDM", "does not vary", expected, remedy)
                )
        row = row / scale if row is pairs else np.divide(row, scale, out=row)
        rows.append(row)
    return np.stack(rows) if len(rows) > 1 else rows[0][None]


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


def similarity_of_pairs(function: str, method: str, **tables: np.ndarray) -> np.ndarray:
    """Similarity of every row of one table of dissimilarities with every row of another.

    Parameters
    ----------
    function
        Who asks, for errors.
    method
        As in :func:`compare_rdms`.
    **tables
        Two (n_rdms, n_pairs) float64 tables, each under the name of its parameter.

    Returns
    -------
    numpy.ndarray
        (n_rdms of the first, n_rdms of the second).

    Raises
    ------
    ValueError
        If an RDM does not vary.

    Examples
    --------
    >>> similarity_of_pairs("f", "spearman", a=np.array([[1.0, 2.0, 3.0]]),
    ...                     b=np.array([[1.0, 2.0, 9.0], [3.0, 2.0, 1.0]]))
    array([[ 1., -1.]])
    """
    (name_a, a), (name_b, b) = tables.items()
    if method == "tau_a":
        return np.array([[_tau_a(x, y) for y in b] for x in a])
    left = _directions(function, name_a, a, method)
    return left @ (left if b is a else _directions(function, name_b, b, method)).T


def pairs_of_rdm(function: str, parameter: str, matrix: Any) -> np.ndarray:
    """Dissimilarities of all pairs, from a square symmetric matrix with zero diagonal.

    Parameters
    ----------
    function, parameter
        Where the matrix was given.
    matrix
        (n_samples, n_samples) RDM.

    Returns
    -------
    numpy.ndarray
        (n_samples (n_samples - 1) / 2,) float64, row by row of the upper triangle.

    Raises
    ------
    ValueError
        If the matrix is no RDM.
    TypeError
        If it holds no real numbers.

    Examples
    --------
    >>> pairs_of_rdm("f", "a", [[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    array([1., 2., 3.])
    """
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


def _is_exact(D: np.ndarray) -> bool:
    """Whether a matrix equals its transpose, and its diagonal zero, to the last bit."""
    starts = range(0, len(D), TILE)
    return not np.diagonal(D).any() and all(
        np.array_equal(D[i : i + TILE, j : j + TILE], D[j : j + TILE, i : i + TILE].T)
        for i in starts
        for j in starts[i // TILE :]
    )


def _asymmetry(D: np.ndarray) -> str | None:
    """What keeps a square matrix from being symmetric with zero diagonal, if anything does."""
    if _is_exact(D):
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
        expectation), "tau_a" (Kendall), or "whitened_cosine", the cosine after the correlation
        between dissimilarities that share a sample is taken out (of crossnobis RDMs it is
        unbiased).

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
    Source: Nili et al. (2014), PLoS Computational Biology 10:e1003553; whitened: Diedrichsen et
    al. (2021), Neurons, Behavior, Data analysis, and Theory 5(3).

    Examples
    --------
    >>> a = np.abs(np.subtract.outer([0.0, 1.0, 4.0], [0.0, 1.0, 4.0]))
    >>> round(compare_rdms(a, a**2), 3), round(compare_rdms(a, a**2, "pearson"), 3)
    (1.0, 0.989)
    """
    check_choice("compare_rdms", "method", method, COMPARISONS)
    x, y = pairs_of_rdm("compare_rdms", "a", a), pairs_of_rdm("compare_rdms", "b", b)
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
    if missing.any():
        if method == "whitened_cosine":
            expected, remedy = "complete RDMs", "Leave out samples, or use method='cosine'"
            problem = "cannot be had with missing pairs"
            raise ValueError(
                describe("compare_rdms", "method", repr(method), problem, expected, remedy)
            )
        x, y = x[~missing], y[~missing]
    return float(similarity_of_pairs("compare_rdms", method, a=x[None], b=y[None])[0, 0])


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
    >>> noisy = (shared + rng.standard_normal((8, 20)) for _ in range(5))
    >>> subjects = [1 - np.corrcoef(patterns) for patterns in noisy]
    >>> [round(bound, 2) for bound in rdm_ceiling(subjects)]
    [0.3, 0.57]
    """
    check_choice("rdm_ceiling", "method", method, COMPARISONS)
    check_choice("rdm_ceiling", "pool", pool, POOLS)
    vectors = [pairs_of_rdm("rdm_ceiling", "subject_rdms", each) for each in subject_rdms]
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
    return ceiling_of_pairs("rdm_ceiling", "subject_rdms", np.stack(vectors), method, pool)


def ceiling_of_pairs(
    function: str, parameter: str, table: np.ndarray, method: str, pool: str
) -> tuple[float, float]:
    """As :func:`rdm_ceiling`, from checked dissimilarities.

    Parameters
    ----------
    function, parameter
        Where the RDMs were given, for errors.
    table
        (n_subjects, n_pairs) float64.
    method, pool
        As in :func:`rdm_ceiling`.

    Returns
    -------
    lower, upper
        Means over subjects.

    Examples
    --------
    >>> table = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]])
    >>> [round(bound, 3) for bound in ceiling_of_pairs("f", "a", table, "spearman", "mean")]
    [1.0, 1.0]
    """
    pooled = np.stack([ranks(v) for v in table]) if pool == "rank" else table
    total, n = pooled.sum(axis=0), len(table)
    if method == "tau_a":
        upper = [_tau_a(v, total / n) for v in table]
        lower = [_tau_a(v, (total - p) / (n - 1)) for v, p in zip(table, pooled, strict=True)]
        return float(np.mean(lower)), float(np.mean(upper))
    own = _directions(function, parameter, table, method)
    everyone = _directions(function, "their mean", total[None] / n, method)
    others = _directions(function, "the mean of the others", (total - pooled) / (n - 1), method)
    return float(np.einsum("ij,ij->", own, others) / n), float(np.mean(own @ everyone[0]))
