"""Visual search: reaction time against set size, and how two searches differ."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitting.errors import describe
from fitting.inputs import check_count, check_equal_length

__all__ = ["SearchSlope", "asymmetry_index", "rt_from_saccades", "search_slope"]

#: A slope (ms/item) below this is a flat line up to rounding.
FLAT = 1e-9


def rt_from_saccades(
    n_saccades: Any, *, slope: float = 252.359, intercept: float = 376.271
) -> np.ndarray:
    """Reaction time that a number of saccades to the target stands for.

    The constants come from one study of human eye movements over arrays of objects; they serve to
    compare slopes, and do not predict absolute times.

    Parameters
    ----------
    n_saccades
        Saccades until the target was found, any shape; means are allowed.
    slope
        Milliseconds a saccade; the default is that of the model eccNET.
    intercept
        Milliseconds without a saccade; the default is that of the model eccNET.

    Returns
    -------
    numpy.ndarray
        Reaction times in ms, same shape.

    Raises
    ------
    ValueError
        If a number is negative or not finite (targets not found have no reaction time).

    Notes
    -----
    Source: code of Gupta, Zhang, Wu, Wolfe and Kreiman (2021), NeurIPS 34.

    Examples
    --------
    >>> rt_from_saccades([1.0, 2.0])
    array([628.63 , 880.989])
    """
    n = np.asarray(n_saccades, dtype=np.float64)
    bad = n[~(np.isfinite(n) & (n >= 0))]
    if bad.size:
        remedy = "Leave out searches without success, or count them as the largest set size"
        raise ValueError(
            describe("rt_from_saccades", "n_saccades", bad.flat[0], "is no number", ">= 0", remedy)
        )
    return slope * n + intercept


@dataclass(frozen=True, eq=False)
class SearchSlope:
    """Line of mean reaction time over set size.

    Parameters
    ----------
    slope
        Milliseconds an item.
    intercept
        Milliseconds at set size 0.
    set_sizes
        (n_sizes,) distinct set sizes, ascending, in items.
    mean_rt
        (n_sizes,) mean reaction time at each, in ms.
    slopes_bootstrap
        (n_bootstrap,) slopes of resampled trials; None where there is one trial a set size.

    Examples
    --------
    >>> SearchSlope(10.0, 400.0, np.array([1.0, 5.0]), np.array([410.0, 450.0]))
    SearchSlope(10.00 ms/item, intercept 400.0 ms, set sizes 1 to 5)
    """

    slope: float
    intercept: float
    set_sizes: np.ndarray
    mean_rt: np.ndarray
    slopes_bootstrap: np.ndarray | None = None

    def confidence_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Percentile bootstrap interval of the slope.

        Parameters
        ----------
        confidence
            Probability that the interval covers, between 0 and 1.

        Returns
        -------
        tuple of float
            Lower and upper end, ms/item.

        Raises
        ------
        ValueError
            If there was one trial a set size only, or `confidence` is not between 0 and 1.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> size = np.repeat([4, 8, 16], 50)
        >>> line = search_slope(size, 400 + 20 * size + 80 * rng.standard_normal(150))
        >>> low, high = line.confidence_interval()
        >>> low < 20 < high
        True
        """
        if self.slopes_bootstrap is None:
            expected, remedy = "trials to resample", "Give single trials to search_slope"
            problem = "has one trial a set size"
            raise ValueError(
                describe("confidence_interval", "rt", "mean", problem, expected, remedy)
            )
        return percentile_interval(self.slopes_bootstrap, confidence)

    def __repr__(self) -> str:
        interval = ""
        if self.slopes_bootstrap is not None:
            low, high = self.confidence_interval()
            interval = f" [{low:.2f}, {high:.2f}]"
        return (
            f"SearchSlope({self.slope:.2f}{interval} ms/item, intercept {self.intercept:.1f} ms, "
            f"set sizes {self.set_sizes[0]:g} to {self.set_sizes[-1]:g})"
        )


def percentile_interval(draws: np.ndarray, confidence: float) -> tuple[float, float]:
    """Central interval of bootstrap draws that holds a fraction of them.

    Parameters
    ----------
    draws
        (n_bootstrap,) values.
    confidence
        The fraction, between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper end.

    Raises
    ------
    ValueError
        If `confidence` is not between 0 and 1.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    if not 0 < confidence < 1:
        remedy = "Pass 0.95 for 95 %"
        raise ValueError(
            describe(
                "confidence_interval",
                "confidence",
                confidence,
                "is no probability",
                "between 0 and 1",
                remedy,
            )
        )
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def search_slope(set_sizes: Any, rt: Any, *, n_bootstrap: int = 1000, seed: int = 0) -> SearchSlope:
    """Least-squares line of the mean reaction time at each set size.

    Set sizes count alike, however many trials they have. The bootstrap draws trials with
    replacement within each set size.

    Parameters
    ----------
    set_sizes
        (n_trials,) number of items on the display of each trial.
    rt
        (n_trials,) reaction times in ms; or one mean a set size, and then without an interval.
    n_bootstrap
        Number of resamples.
    seed
        Seed of the resamples.

    Returns
    -------
    SearchSlope
        Slope in ms/item with its interval, and intercept.

    Raises
    ------
    ValueError
        If lengths differ, values are not finite, or there are fewer than two set sizes.

    Examples
    --------
    >>> search_slope([3, 6, 9], [541, 583, 625])
    SearchSlope(14.00 ms/item, intercept 499.0 ms, set sizes 3 to 9)
    """
    n_bootstrap = check_count("search_slope", "n_bootstrap", n_bootstrap)
    size, rt = (np.asarray(v, dtype=np.float64) for v in (set_sizes, rt))
    for name, values in (("set_sizes", size), ("rt", rt)):
        if values.ndim != 1 or not np.isfinite(values).all():
            expected, remedy = "(n_trials,) finite numbers", "Drop trials without a response"
            what, problem = f"array{values.shape}", "is no list of finite numbers"
            raise ValueError(describe("search_slope", name, what, problem, expected, remedy))
    check_equal_length("search_slope", set_sizes=size, rt=rt)
    distinct = np.unique(size)
    if len(distinct) < 2:
        problem = f"holds {len(distinct)} distinct set size(s)"
        remedy = "A slope needs displays of different size"
        raise ValueError(
            describe(
                "search_slope", "set_sizes", f"array{size.shape}", problem, "2 or more", remedy
            )
        )
    trials = [rt[size == s] for s in distinct]
    mean_rt = np.array([t.mean() for t in trials])
    slope, intercept = _line(distinct, mean_rt)
    draws = None
    if max(map(len, trials)) > 1:
        rng = np.random.default_rng(seed)
        means = [t[rng.integers(len(t), size=(n_bootstrap, len(t)))].mean(axis=1) for t in trials]
        draws = _line(distinct, np.stack(means, axis=1))[0]
    return SearchSlope(float(slope), float(intercept), distinct, mean_rt, draws)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept of least squares over the last axis of y."""
    centred = x - x.mean()
    slope = y @ centred / (centred @ centred)
    return slope, y.mean(axis=-1) - slope * x.mean()


def asymmetry_index(slope_easy: Any, slope_hard: Any) -> np.ndarray:
    """Search asymmetry (hard - easy) / (hard + easy) of two slopes, negative slopes set to 0.

    "Hard" is the search that is hard for humans: an index above 0 has the human sign. Where both
    slopes are 0 the index is 0. It reaches +-1 as soon as one slope is 0, so report the slopes too.

    Parameters
    ----------
    slope_easy, slope_hard
        Slopes in ms/item, of matching shapes: numbers, or bootstrap draws of both.

    Returns
    -------
    numpy.ndarray
        Index in [-1, 1].

    Raises
    ------
    ValueError
        If a slope is not finite, or shapes do not match.

    Notes
    -----
    Source: Gupta, Zhang, Wu, Wolfe and Kreiman (2021), NeurIPS 34. Slopes within 1e-9 of 0 are 0:
    rounding would otherwise turn a flat condition into an index of +-1.

    Examples
    --------
    >>> asymmetry_index([14.0, 0.0, 5.0], [33.0, 0.0, -2.0]).round(3)
    array([ 0.404,  0.   , -1.   ])
    """
    slopes = []
    for name, value in (("slope_easy", slope_easy), ("slope_hard", slope_hard)):
        array = np.asarray(value, dtype=np.float64)
        bad = array[~np.isfinite(array)]
        if bad.size:
            remedy = "Leave this pair of searches out"
            raise ValueError(
                describe("asymmetry_index", name, bad.flat[0], "is no slope", "a number", remedy)
            )
        slopes.append(np.where(array > FLAT, array, 0.0))
    easy, hard = slopes
    try:
        total = easy + hard
    except ValueError:
        what, problem = f"array{hard.shape}", f"does not match slope_easy of shape {easy.shape}"
        expected, remedy = "matching shapes", "Give pairs of slopes"
        raise ValueError(
            describe("asymmetry_index", "slope_hard", what, problem, expected, remedy)
        ) from None
    return np.where(total > 0, (hard - easy) / np.where(total > 0, total, 1), 0.0)
