"""How well a response could be predicted at best, from how well it repeats itself.

Repeats are arrays (n_repeats, n_samples, n_targets) with NaN where a repeat was not shown. Two
normalisations of a score by a ceiling are in use, and they are not the same number:

* :func:`r2_over_rsb`, Brain-Score's: r squared over the reliability, r^2 / r_sb;
* :func:`r_over_sqrt`: r over the largest r that noise allows, r / sqrt(r_sb).
"""

from typing import Any

import numpy as np

from .arrays import to_numpy
from .crossvalidation import brainscore_splits
from .errors import describe
from .scores import pearson_r

__all__ = [
    "ncsnr",
    "nsd_noise_ceiling",
    "r2_over_rsb",
    "r_over_sqrt",
    "reliability_ceiling",
    "spearman_brown",
    "split_half",
]

#: Below this reliability a normalised score is noise over noise, and is not given.
LEAST_RELIABILITY = 0.1
#: Repeats whose variance is below this fraction of the total differ by rounding only.
IDENTICAL_BELOW = 1e-28


def spearman_brown(r: Any) -> np.ndarray:
    """Reliability of all repeats from the correlation of two halves, 2 r / (1 + r).

    Parameters
    ----------
    r
        Correlations between halves, any shape, each in (-1, 1].

    Returns
    -------
    numpy.ndarray
        Reliabilities, same shape.

    Raises
    ------
    ValueError
        If a value lies outside (-1, 1].

    Notes
    -----
    Source: Spearman (1910), Brown (1910).

    Examples
    --------
    >>> spearman_brown([0.5, 1.0]).round(3)
    array([0.667, 1.   ])
    """
    r = np.asarray(r, dtype=np.float64)
    bad = r[~np.isnan(r) & ~((r > -1) & (r <= 1 + 1e-12))]
    if bad.size:
        remedy = "Pass the correlation of two halves of the repeats"
        raise ValueError(
            describe("spearman_brown", "r", bad[0], "is no such correlation", "-1 < r <= 1", remedy)
        )
    return 2 * r / (1 + r)


def _check_repeats(function: str, repeats: Any) -> np.ndarray:
    """(n_repeats, n_samples, n_targets) float64, two repeats or more; NaN marks missing ones."""
    array = np.asarray(to_numpy(repeats), dtype=np.float64)
    expected = "(n_repeats >= 2, n_samples >= 2, n_targets)"
    if array.ndim != 3 or array.shape[0] < 2 or array.shape[1] < 2:
        remedy = "Put repeats on the first axis, NaN where one is missing"
        problem = "does not hold repeats"
        raise ValueError(
            describe(function, "repeats", f"array{array.shape}", problem, expected, remedy)
        )
    if np.isinf(array).any():
        first = tuple(int(i[0]) for i in np.nonzero(np.isinf(array)))
        raise ValueError(
            describe(
                function,
                "repeats",
                f"array{array.shape}",
                f"holds {int(np.isinf(array).sum())} infinite value(s), the first at {first}",
                "finite numbers, or NaN for a missing repeat",
                "Mark them as NaN",
            )
        )
    return array


def _mean_of(function: str, half: np.ndarray) -> np.ndarray:
    """Mean over the repeats that were shown; every sample needs one in each half."""
    shown = ~np.isnan(half)
    count = shown.sum(axis=0)
    if np.any(count == 0):
        sample, target = (int(i[0]) for i in np.nonzero(count == 0))
        raise ValueError(
            describe(
                function,
                "repeats",
                f"sample {sample} of target {target}",
                "has no value in one half of the repeats",
                "one or more in each half",
                "Use only repeats that all samples have, or drop this sample",
            )
        )
    return np.where(shown, half, 0).sum(axis=0) / count


def split_half(repeats: Any, *, n_splits: int = 10, seed: int = 1) -> np.ndarray:
    """Reliability of the mean response: random halves of the repeats, correlated and corrected.

    Each half is averaged over its repeats; the Pearson correlation of the two over samples is
    stepped up by Spearman-Brown to that of all repeats.

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) responses; NaN marks a repeat that was not shown.
    n_splits
        Number of random divisions; Brain-Score uses 10.
    seed
        Brain-Score uses 1.

    Returns
    -------
    numpy.ndarray
        (n_splits, n_targets) reliabilities r_sb; NaN where a half does not vary.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, values are infinite, or a sample has no
        value in one half.

    Notes
    -----
    Source: `internal_consistency` of brainscore-vision 2.4.2. Its ceiling is the mean over splits
    of the median over targets.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = rng.standard_normal((1, 1000, 1)) + rng.standard_normal((6, 1000, 1))
    >>> round(float(split_half(repeats).mean()), 2)
    0.85
    """
    array = _check_repeats("split_half", repeats)
    halves = brainscore_splits(len(array), n_splits=n_splits, train_size=0.5, seed=seed)
    return np.stack(
        [
            spearman_brown(
                pearson_r(
                    _mean_of("split_half", array[a]),
                    _mean_of("split_half", array[b]),
                    undefined=np.nan,
                )
            )
            for a, b in halves
        ]
    )


def reliability_ceiling(r_sb: Any) -> np.ndarray:
    """Largest correlation that a perfect model can reach, the square root of the reliability.

    Parameters
    ----------
    r_sb
        (n_targets,) reliabilities of the mean response, for instance from :func:`split_half`.

    Returns
    -------
    numpy.ndarray
        (n_targets,) in [0, 1]; NaN where the reliability is not above 0.

    Raises
    ------
    ValueError
        If a reliability is above 1.

    Examples
    --------
    >>> reliability_ceiling([0.81, -0.1])
    array([0.9, nan])
    """
    r_sb = _check_reliability("reliability_ceiling", r_sb)
    return np.sqrt(np.where(r_sb > 0, r_sb, np.nan))


def _check_reliability(function: str, r_sb: Any) -> np.ndarray:
    r_sb = np.asarray(to_numpy(r_sb), dtype=np.float64)
    above = r_sb[r_sb > 1 + 1e-12]
    if above.size:
        remedy = "Pass the Spearman-Brown corrected reliability, not a percentage"
        raise ValueError(
            describe(function, "r_sb", above[0], "is no reliability", "at most 1", remedy)
        )
    return r_sb


def _usable(function: str, r: Any, r_sb: Any) -> tuple[np.ndarray, np.ndarray]:
    """Scores as given, and reliabilities with NaN where they are too small to divide by."""
    r, r_sb = np.asarray(to_numpy(r), dtype=np.float64), _check_reliability(function, r_sb)
    try:
        np.broadcast_shapes(r.shape, r_sb.shape)
    except ValueError:
        raise ValueError(
            describe(
                function,
                "r_sb",
                f"array{r_sb.shape}",
                f"does not match r of shape {r.shape}",
                "one reliability a target",
                "Give both for the same targets",
            )
        ) from None
    return r, np.where(r_sb > LEAST_RELIABILITY, r_sb, np.nan)


def r2_over_rsb(r: Any, r_sb: Any) -> np.ndarray:
    """Brain-Score's normalisation: squared correlation over reliability, r^2 / r_sb.

    Parameters
    ----------
    r
        (n_targets,) correlations of prediction and mean response.
    r_sb
        (n_targets,) reliabilities of the mean response.

    Returns
    -------
    numpy.ndarray
        (n_targets,) fraction of the explainable variance; not clipped. NaN where r_sb <= 0.1.

    Raises
    ------
    ValueError
        If shapes do not match, or a reliability is above 1.

    Examples
    --------
    >>> r2_over_rsb([0.6, 0.6], [0.72, 0.05])
    array([0.5, nan])
    """
    r, r_sb = _usable("r2_over_rsb", r, r_sb)
    return r**2 / r_sb


def r_over_sqrt(r: Any, r_sb: Any) -> np.ndarray:
    """Correlation over the largest that noise allows, r / sqrt(r_sb); keeps the sign.

    Parameters
    ----------
    r
        (n_targets,) correlations of prediction and mean response.
    r_sb
        (n_targets,) reliabilities of the mean response.

    Returns
    -------
    numpy.ndarray
        (n_targets,) correlation with the noise-free response; not clipped. NaN where r_sb <= 0.1.

    Raises
    ------
    ValueError
        If shapes do not match, or a reliability is above 1.

    Examples
    --------
    >>> r_over_sqrt([0.6, 0.6], [0.64, 0.05])
    array([0.75,  nan])
    """
    r, r_sb = _usable("r_over_sqrt", r, r_sb)
    return r / np.sqrt(r_sb)


def ncsnr(repeats: Any) -> np.ndarray:
    """Noise-ceiling signal-to-noise ratio of the Natural Scenes Dataset, sigma_s / sigma_n.

    The noise variance is the mean over samples of the variance over repeats; the signal variance is
    the variance of all trials minus it, and 0 if that is negative.

    Parameters
    ----------
    repeats
        (n_repeats, n_samples, n_targets) single trials (z-scored in each session, in the dataset);
        NaN marks a repeat that was not shown.

    Returns
    -------
    numpy.ndarray
        (n_targets,) >= 0; infinite where repeats are identical.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or samples, values are infinite, no sample was repeated,
        or a target does not vary.

    Notes
    -----
    Source: Allen et al. (2022), Nature Neuroscience 25:116-126, methods, "noise ceiling".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = 2 * rng.standard_normal((1, 2000, 1)) + rng.standard_normal((3, 2000, 1))
    >>> ncsnr(repeats).round(1)
    array([2.])
    """
    array = _check_repeats("ncsnr", repeats)
    count = (~np.isnan(array)).sum(axis=0)
    repeated = (count >= 2).any(axis=0)
    if not repeated.all():
        target = int(np.flatnonzero(~repeated)[0])
        raise ValueError(
            describe(
                "ncsnr",
                "repeats",
                f"target {target}",
                "has no sample with two repeats",
                "at least one",
                "Give single trials, not their mean",
            )
        )
    mean = np.where(np.isnan(array), 0, array).sum(axis=0) / np.maximum(count, 1)
    squared = np.where(np.isnan(array), 0, array - mean) ** 2
    variance = squared.sum(axis=0) / np.maximum(count - 1, 1)
    noise = np.where(count >= 2, variance, 0).sum(axis=0) / (count >= 2).sum(axis=0)
    total = np.nanvar(array, axis=(0, 1), ddof=1)
    if np.any(total == 0):
        target = int(np.flatnonzero(total == 0)[0])
        remedy = "Leave this target out"
        raise ValueError(
            describe("ncsnr", "repeats", f"target {target}", "does not vary", "variance", remedy)
        )
    noise = np.where(noise > IDENTICAL_BELOW * total, noise, 0)
    signal = np.maximum(0, total - noise)
    return np.sqrt(np.divide(signal, noise, out=np.full_like(noise, np.inf), where=noise > 0))


def nsd_noise_ceiling(ncsnr: Any, n_repeats: Any) -> np.ndarray:
    """Percentage of the mean response's variance that is signal, 100 ncsnr^2 / (ncsnr^2 + 1/n).

    Parameters
    ----------
    ncsnr
        (n_targets,) signal-to-noise ratios from :func:`ncsnr`.
    n_repeats
        Number of repeats averaged, or the number of each sample: (n_samples,). Then 1/n is its mean
        over samples, (A/3 + B/2 + C) / (A + B + C) for A samples with three repeats, B with two and
        C with one.

    Returns
    -------
    numpy.ndarray
        (n_targets,) noise ceiling of R2, percent.

    Raises
    ------
    ValueError
        If a ratio is negative or NaN, or a number of repeats is below 1.

    Notes
    -----
    Source: Allen et al. (2022), Nature Neuroscience 25:116-126, methods, "noise ceiling".

    Examples
    --------
    >>> nsd_noise_ceiling([1.0], 3), nsd_noise_ceiling([1.0], [3, 2, 1]).round(1)
    (array([75.]), array([62.1]))
    """
    ratio = np.asarray(to_numpy(ncsnr), dtype=np.float64)
    bad = ratio[~(ratio >= 0)]
    if bad.size:
        remedy = "Use the result of ncsnr"
        raise ValueError(
            describe("nsd_noise_ceiling", "ncsnr", bad.flat[0], "is no ratio", ">= 0", remedy)
        )
    counts = np.asarray(n_repeats, dtype=np.float64)
    if not np.all(counts >= 1):
        remedy = "Leave out samples that were not shown"
        raise ValueError(
            describe("nsd_noise_ceiling", "n_repeats", counts.min(), "is too small", ">= 1", remedy)
        )
    squared = np.where(np.isinf(ratio), 0, ratio) ** 2
    return 100 * np.where(np.isinf(ratio), 1, squared / (squared + np.mean(1 / counts)))
