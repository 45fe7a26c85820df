"""Comparing scanpaths: as sequences of fixated items, and as fixations on a screen."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fitting.errors import describe
from fitting.inputs import check_count

__all__ = [
    "behaviour_delta",
    "behaviour_profile",
    "cumulative_performance",
    "edit_distance",
    "scanmatch",
    "sequence_score",
]


def sequence_score(a: Any, b: Any) -> float:
    """Longest common subsequence of two sequences of fixated items, over the longer length.

    Equal to the Needleman-Wunsch score with match 1, mismatch 0 and gap 0.

    Parameters
    ----------
    a, b
        (n_fixations,) items in the order of fixation: whole numbers >= 0, of any length.

    Returns
    -------
    float
        In [0, 1]; 1 for equal sequences.

    Raises
    ------
    ValueError
        If a sequence is empty or holds no items.

    Notes
    -----
    Source: Needleman and Wunsch (1970), Journal of Molecular Biology 48:443-453.

    Examples
    --------
    >>> sequence_score([1, 2, 3, 4], [1, 3, 4])
    0.75
    """
    a, b = _check_items("sequence_score", "a", a), _check_items("sequence_score", "b", b)
    return _align(np.equal.outer(a, b).astype(np.float64)) / max(len(a), len(b))


def edit_distance(a: Any, b: Any) -> int:
    """Fewest insertions, deletions and replacements that turn one sequence into the other.

    Parameters
    ----------
    a, b
        (n_fixations,) items in the order of fixation: whole numbers >= 0, of any length.

    Returns
    -------
    int
        Levenshtein distance, in edits.

    Raises
    ------
    ValueError
        If a sequence is empty or holds no items.

    Notes
    -----
    Source: Levenshtein (1966), Soviet Physics Doklady 10:707-710.

    Examples
    --------
    >>> edit_distance([1, 2, 3, 4], [1, 3, 4])
    1
    """
    a, b = _check_items("edit_distance", "a", a), _check_items("edit_distance", "b", b)
    differs = np.not_equal.outer(a, b)
    columns = np.arange(len(b) + 1)
    row = columns.copy()
    for i in range(len(a)):
        step = np.concatenate([[i + 1], np.minimum(row[:-1] + differs[i], row[1:] + 1)])
        # insertions run along the row: min over earlier columns of step + their distance
        row = np.minimum.accumulate(step - columns) + columns
    return int(row[-1])


def _align(gain: np.ndarray) -> float:
    """Largest sum of gains along an alignment (global, gap 0) of two sequences."""
    row = np.zeros(gain.shape[1] + 1)
    for i in range(len(gain)):
        diagonal = np.concatenate([[0.0], row[:-1] + gain[i]])
        row = np.maximum.accumulate(np.maximum(diagonal, row))
    return float(row[-1])


def behaviour_profile(paths: Sequence[Any], targets: Any) -> dict[str, float]:
    """Five numbers that describe searches over items: how they end, how long, and what they do.

    A fixation is a refixation if it is on the same item as the one before, a revisit if it starts a
    run on an item that was left before, and search if it starts the first run on an item.

    Parameters
    ----------
    paths
        One sequence of fixated items (whole numbers >= 0) a search.
    targets
        (n_paths,) the target item of each search.

    Returns
    -------
    dict
        Means over searches: ``found`` (the last fixation is on the target), ``length`` (number of
        fixations), and the fractions ``search``, ``refixation`` and ``revisit``, which sum to 1.

    Raises
    ------
    ValueError
        If there is no path, a path is empty or holds no items, or targets do not match the paths.

    Examples
    --------
    >>> profile = behaviour_profile([[1, 2, 2, 1]], [1])
    >>> profile["search"], profile["refixation"], profile["revisit"]
    (0.5, 0.25, 0.25)
    """
    name = "behaviour_profile"
    checked = [_check_items(name, f"paths[{i}]", path) for i, path in enumerate(paths)]
    targets = np.asarray(targets)
    if not checked or targets.shape != (len(checked),):
        problem, expected = f"does not match {len(checked)} path(s)", "one target a path"
        remedy = "Give the target of each search"
        raise ValueError(
            describe(name, "targets", f"array{targets.shape}", problem, expected, remedy)
        )
    rows = []
    for path, target in zip(checked, targets, strict=True):
        same = np.concatenate([[False], path[1:] == path[:-1]])
        first = np.zeros(len(path), dtype=bool)
        first[np.unique(path, return_index=True)[1]] = True
        parts = [first, same, ~first & ~same]
        rows.append([path[-1] == target, len(path), *(part.mean() for part in parts)])
    names = ("found", "length", "search", "refixation", "revisit")
    return dict(zip(names, map(float, np.mean(rows, axis=0)), strict=True))


def behaviour_delta(model: dict[str, float], reference: dict[str, float]) -> float:
    """Mean relative difference of two behaviour profiles, |model - reference| / reference.

    Parameters
    ----------
    model, reference
        Results of :func:`behaviour_profile`; the reference is that of the human observers.

    Returns
    -------
    float
        0 for equal behaviour.

    Raises
    ------
    ValueError
        If the profiles have different entries, or a reference entry is not above 0.

    Examples
    --------
    >>> human = behaviour_profile([[1, 2, 2, 1]], [1])
    >>> behaviour_delta(human, human)
    0.0
    """
    name = "behaviour_delta"
    if set(model) != set(reference) or not reference:
        expected = f"entries {sorted(reference)}"
        problem, remedy = "does not match reference", "Use behaviour_profile for both"
        raise ValueError(describe(name, "model", sorted(model), problem, expected, remedy))
    for entry, value in reference.items():
        if not value > 0:
            remedy = "Pool more searches, until each kind of fixation occurs"
            problem = "cannot be divided by"
            raise ValueError(
                describe(name, f"reference[{entry!r}]", value, problem, "above 0", remedy)
            )
    return float(np.mean([abs(model[k] - v) / v for k, v in reference.items()]))


def cumulative_performance(n_saccades: Any, *, n_max: int) -> np.ndarray:
    """Fraction of searches that found the target within 1, 2, ... saccades.

    Parameters
    ----------
    n_saccades
        (n_searches,) saccades until the target was found; -1 where it was not.
    n_max
        Largest number of saccades to look at.

    Returns
    -------
    numpy.ndarray
        (n_max,) fractions, ascending.

    Raises
    ------
    ValueError
        If there is no search, a number is neither -1 nor whole and above 0, or `n_max` is below 1.
    TypeError
        If `n_max` is no whole number.

    Examples
    --------
    >>> cumulative_performance([1, 3, 3, -1], n_max=4)
    array([0.25, 0.25, 0.75, 0.75])
    """
    n_max = check_count("cumulative_performance", "n_max", n_max)
    n = np.asarray(n_saccades, dtype=np.float64)
    bad = n[~((n == -1) | ((n >= 1) & (n == np.round(n))))]
    if n.ndim != 1 or not n.size or bad.size:
        value = bad.flat[0] if bad.size else f"array{n.shape}"
        expected, remedy = "(n_searches,) whole numbers >= 1, or -1", "Count the first saccade as 1"
        problem = "does not count saccades"
        raise ValueError(
            describe("cumulative_performance", "n_saccades", value, problem, expected, remedy)
        )
    found = np.where(n == -1, np.inf, n)
    return (found[:, None] <= np.arange(1, n_max + 1)).mean(axis=0)


def scanmatch(
    a: Any,
    b: Any,
    *,
    screen_size: tuple[float, float],
    bins: tuple[int, int] = (12, 8),
    threshold: float = 3.5,
) -> float:
    """Similarity of two scanpaths on a screen, by ScanMatch without fixation durations.

    Fixations are put into bins of the screen. Two bins at distance d (in bins) are worth
    ``threshold - d``; the best alignment of the two paths (Needleman-Wunsch, gaps cost 0) is
    divided by that of equal paths of the longer length.

    Parameters
    ----------
    a, b
        (n_fixations, 2) fixations (x, y) in px from the corner of the screen.
    screen_size
        Width and height of the screen in px.
    bins
        Bins across and down; ScanMatch uses 12 x 8.
    threshold
        Distance in bins at which two fixations are worth nothing; ScanMatch uses 3.5.

    Returns
    -------
    float
        In [0, 1]; 1 for equal paths.

    Raises
    ------
    ValueError
        If a path is empty, holds other than finite (x, y), or leaves the screen, or a size, a
        number of bins or the threshold is not above 0.
    TypeError
        If a number of bins is no whole number.

    Notes
    -----
    Source: Cristino, Mathot, Theeuwes and Gilchrist (2010), Behavior Research Methods 42:692-700.

    Examples
    --------
    >>> a = [[100, 100], [500, 400]]
    >>> scanmatch(a, a, screen_size=(1280, 1024)), scanmatch(a, a[:1], screen_size=(1280, 1024))
    (1.0, 0.5)
    """
    n_bins = [check_count("scanmatch", "bins", n) for n in bins]
    for name, value in (("threshold", threshold), ("screen_size", min(screen_size))):
        if not value > 0:
            expected, remedy = "above 0", "Give sizes in px, and the threshold in bins"
            raise ValueError(
                describe("scanmatch", name, value, "is not positive", expected, remedy)
            )
    scale = np.array(n_bins) / np.asarray(screen_size, dtype=np.float64)
    cells = [
        np.floor(_check_fixations("scanmatch", name, path, screen_size) * scale)
        for name, path in (("a", a), ("b", b))
    ]
    apart = np.linalg.norm(cells[0][:, None] - cells[1][None], axis=-1)
    longer = max(len(cells[0]), len(cells[1]))
    return _align(threshold - apart) / (threshold * longer)


def _check_items(function: str, parameter: str, path: Any) -> np.ndarray:
    """(n_fixations,) whole numbers >= 0, one or more."""
    items = np.asarray(path)
    expected = "(n_fixations >= 1,) whole numbers >= 0"
    if items.ndim != 1 or not items.size:
        remedy = "Leave out empty scanpaths; give items, not positions"
        what, problem = f"array{items.shape}", "is no sequence of items"
        raise ValueError(describe(function, parameter, what, problem, expected, remedy))
    if items.dtype.kind not in "iu" or items.min() < 0:
        remedy = "Number the items from 0 and cut off padding"
        value = items.min() if items.dtype.kind == "i" else f"array of dtype {items.dtype}"
        raise ValueError(describe(function, parameter, value, "names no item", expected, remedy))
    return items


def _check_fixations(
    function: str, parameter: str, path: Any, screen_size: tuple[float, float]
) -> np.ndarray:
    """(n_fixations, 2) positions on the screen, one or more."""
    array = np.asarray(path, dtype=np.float64)
    expected = "(n_fixations >= 1, 2) finite positions (x, y)"
    if array.ndim != 2 or array.shape[1] != 2 or not len(array) or not np.isfinite(array).all():
        remedy = "Leave out empty scanpaths and lost samples"
        what, problem = f"array{array.shape}", "is no scanpath"
        raise ValueError(describe(function, parameter, what, problem, expected, remedy))
    outside = ~((array >= 0) & (array < np.asarray(screen_size))).all(axis=1)
    if outside.any():
        first = tuple(array[outside][0].tolist())
        problem = f"leaves the screen ({int(outside.sum())} fixation(s))"
        expected = f"0 <= x < {screen_size[0]}, 0 <= y < {screen_size[1]}"
        remedy = "Drop these fixations; check that x comes first"
        raise ValueError(describe(function, parameter, first, problem, expected, remedy))
    return array
