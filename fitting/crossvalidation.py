"""Which samples are fitted and which are predicted: folds of whole runs, and Brain-Score's."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .errors import describe
from .inputs import check_count, check_equal_length

__all__ = ["RunFold", "brainscore_splits", "names_runs", "resolve_folds"]

Folds = list[tuple[np.ndarray, np.ndarray]]


class RunFold:
    """Folds made of whole runs, with a gap of unused samples around each test block.

    Samples of a run share slow noise, so a run is either fitted or predicted, never both. Samples
    within `embargo` rows of a tested one are left out of the training set, because a haemodynamic
    response smears neighbours into each other.

    Parameters
    ----------
    n_splits
        Number of folds; None leaves out one run at a time. Runs are dealt to folds in order of
        appearance, as evenly as possible.
    embargo
        Number of rows next to a test block that are not fitted; at least the longest delay of the
        features, in samples.

    Raises
    ------
    TypeError
        If `n_splits` or `embargo` is no whole number.
    ValueError
        If `n_splits` < 2 or `embargo` < 0; in `split`, if there are no groups, fewer runs than
        folds, nothing left to fit, or (with an embargo) the rows of a run are not neighbours.

    Examples
    --------
    >>> runs = [1, 1, 1, 2, 2, 2, 3, 3, 3]
    >>> [train.tolist() for train, test in RunFold(embargo=1).split(runs, groups=runs)]
    [[4, 5, 6, 7, 8], [0, 1, 7, 8], [0, 1, 2, 3, 4]]
    """

    def __init__(self, n_splits: int | None = None, embargo: int = 0) -> None:
        if n_splits is not None:
            check_count("RunFold", "n_splits", n_splits, n_min=2)
        self.n_splits = n_splits
        self.embargo = check_count("RunFold", "embargo", embargo, n_min=0)

    def __repr__(self) -> str:
        return f"RunFold(n_splits={self.n_splits}, embargo={self.embargo})"

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds for these runs.

        Parameters
        ----------
        X, y
            Not used; they are here for scikit-learn.
        groups
            (n_samples,) run of each sample; needed where `n_splits` is None.

        Returns
        -------
        int
            Number of folds.

        Examples
        --------
        >>> RunFold().get_n_splits(groups=["a", "a", "b", "c"])
        3
        """
        return self.n_splits or len(np.unique(self._runs(groups)))

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Training and test rows of each fold.

        Parameters
        ----------
        X
            (n_samples, ...) anything with a length.
        y
            Not used; it is here for scikit-learn.
        groups
            (n_samples,) run of each sample.

        Yields
        ------
        train, test
            Row numbers, ascending.

        Examples
        --------
        >>> [test.tolist() for _, test in RunFold(2).split(range(4), groups=[0, 0, 1, 2])]
        [[0, 1, 2], [3]]
        """
        runs = self._runs(groups)
        check_equal_length("RunFold", X=X, groups=runs)
        _, first, run_of_row = np.unique(runs, return_index=True, return_inverse=True)
        n_runs, n_splits = len(first), self.get_n_splits(groups=runs)
        if n_runs < max(2, n_splits):
            raise ValueError(
                describe(
                    "RunFold",
                    "groups",
                    f"{n_runs} run(s)",
                    f"are too few for {max(2, n_splits)} folds",
                    "at least as many runs as folds, and two",
                    "Lower n_splits, or give the run of each sample",
                )
            )
        self._check_contiguous(runs, n_runs)
        order = np.argsort(np.argsort(first))[run_of_row]  # runs numbered by appearance
        for tested in np.array_split(np.arange(n_runs), n_splits):
            is_test = np.isin(order, tested)
            is_train = ~self._widen(is_test)
            if not is_train.any():
                remedy = "Lower embargo, or use fewer samples a fold"
                raise ValueError(
                    describe(
                        "RunFold",
                        "embargo",
                        self.embargo,
                        "leaves nothing to fit",
                        "a gap shorter than the training runs",
                        remedy,
                    )
                )
            yield np.flatnonzero(is_train), np.flatnonzero(is_test)

    def _widen(self, is_test: np.ndarray) -> np.ndarray:
        """Mark all rows within `embargo` rows of a marked one."""
        if self.embargo == 0:
            return is_test
        window = np.ones(2 * self.embargo + 1)
        return np.convolve(is_test, window)[self.embargo : -self.embargo] > 0.5

    def _check_contiguous(self, runs: np.ndarray, n_runs: int) -> None:
        n_stretches = 1 + int(np.sum(runs[1:] != runs[:-1]))
        if self.embargo and n_stretches > n_runs:
            raise ValueError(
                describe(
                    "RunFold",
                    "groups",
                    f"{n_runs} runs in {n_stretches} stretches",
                    "are not in time order, which an embargo needs",
                    "the rows of a run side by side",
                    "Sort the samples by run and time, or use embargo=0",
                )
            )

    @staticmethod
    def _runs(groups: Any) -> np.ndarray:
        if groups is None:
            remedy = "Pass groups=, the run of each sample"
            raise ValueError(
                describe("RunFold", "groups", None, "is missing", "one label a sample", remedy)
            )
        return np.asarray(groups)


def brainscore_splits(
    n_stimuli: int,
    *,
    stratify: Any = None,
    n_splits: int = 10,
    train_size: float = 0.9,
    seed: int = 1,
) -> Folds:
    """The random splits of Brain-Score's cross-validated metrics.

    Parameters
    ----------
    n_stimuli
        Number of stimuli, in the order of the neural data.
    stratify
        (n_stimuli,) category of each (Brain-Score's `object_name`), kept in equal parts; None draws
        without regard to categories.
    n_splits
        Number of splits; Brain-Score uses 10.
    train_size
        Fraction of stimuli that are fitted; Brain-Score uses 0.9.
    seed
        Brain-Score uses 1.

    Returns
    -------
    list of (train, test)
        Row numbers, in the order in which they were drawn.

    Raises
    ------
    ValueError
        If `stratify` has another length than `n_stimuli`, or (from scikit-learn) the split is
        impossible.

    Notes
    -----
    Source: brainscore-vision 2.4.2, `CrossValidation`; scikit-learn's StratifiedShuffleSplit, or
    ShuffleSplit without categories.

    Examples
    --------
    >>> train, test = brainscore_splits(20, n_splits=1)[0]
    >>> len(train), test.tolist()
    (18, [3, 16])
    """
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    options = {"n_splits": n_splits, "train_size": train_size, "random_state": seed}
    blank = np.zeros(n_stimuli)
    if stratify is None:
        return list(ShuffleSplit(**options).split(blank))
    labels = np.asarray(stratify)
    check_equal_length("brainscore_splits", stimuli=blank, stratify=labels)
    return list(StratifiedShuffleSplit(**options).split(blank, labels))


def names_runs(cv: Any) -> bool:
    """Whether `cv` is an array or series with one label a sample.

    Parameters
    ----------
    cv
        Whatever was given for folds.

    Returns
    -------
    bool
        True for a one-dimensional array; False for a number, a splitter or a list of folds.

    Examples
    --------
    >>> names_runs(np.array([1, 1, 2, 2])), names_runs([([0], [1])]), names_runs(5)
    (True, False, False)
    """
    return hasattr(cv, "dtype") and np.ndim(cv) == 1


def resolve_folds(function: str, cv: Any, X: Any, groups: Any = None) -> Folds:
    """The folds that a `cv` argument stands for.

    Parameters
    ----------
    function
        Where the argument was given.
    cv
        Number of folds (whole runs if `groups` is given, else contiguous blocks of samples), a
        scikit-learn splitter, a list of (train, test) row numbers, or an array (n_samples,) that
        names the run of each sample, to leave out one run at a time.
    X
        (n_samples, ...) anything with a length.
    groups
        (n_samples,) run of each sample, or None.

    Returns
    -------
    list of (train, test)
        Row numbers, distinct within each set.

    Raises
    ------
    TypeError
        If `cv` is none of these.
    ValueError
        If there are no folds, more folds than samples, or a fold is empty, repeats a row, or tests
        a row that it fits.

    Examples
    --------
    >>> [test.tolist() for _, test in resolve_folds("fit", 2, [0, 0, 0, 0])]
    [[0, 1], [2, 3]]
    """
    n_samples = len(X)
    if isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        check_count(function, "cv", cv, n_min=2)
        folds = _numbered_folds(function, int(cv), n_samples, groups)
    elif names_runs(cv):
        folds = list(RunFold().split(np.zeros(n_samples), groups=cv))
    elif hasattr(cv, "split") and not isinstance(cv, str):
        folds = list(cv.split(np.zeros(n_samples), np.zeros(n_samples), groups))
    elif np.iterable(cv) and not isinstance(cv, str):
        folds = [(np.asarray(train), np.asarray(test)) for train, test in cv]
    else:
        expected = "a number of folds, a splitter, a list of (train, test), or an array of runs"
        remedy = "Pass cv=5, or cv=runs with the run of each sample"
        raise TypeError(describe(function, "cv", repr(cv), "makes no folds", expected, remedy))
    if not folds:
        raise ValueError(
            describe(function, "cv", repr(cv), "has no folds", "one or more", "Add a split")
        )
    for number, (train, test) in enumerate(folds):
        _check_fold(function, number, train, test, n_samples)
    return folds


def _numbered_folds(function: str, n_splits: int, n_samples: int, groups: Any) -> Folds:
    """Contiguous blocks of samples, or of whole runs."""
    if groups is not None:
        return list(RunFold(n_splits).split(np.zeros(n_samples), groups=groups))
    if n_splits > n_samples:
        problem = f"is more than there are samples (n_samples={n_samples})"
        remedy = "Use fewer folds or more data"
        expected = f"a number of folds from 2 to {n_samples}"
        raise ValueError(describe(function, "cv", n_splits, problem, expected, remedy))
    every = np.arange(n_samples)
    return [(np.setdiff1d(every, test), test) for test in np.array_split(every, n_splits)]


def _check_fold(
    function: str, number: int, train: np.ndarray, test: np.ndarray, n_samples: int
) -> None:
    """Refuse a fold that is empty, out of range, repeats a row, or tests what it fits."""
    problem = None
    both = np.concatenate([train, test])
    if len(train) == 0 or len(test) == 0:
        problem = f"has {len(train)} training and {len(test)} test samples"
    elif both.min() < 0 or both.max() >= n_samples:
        problem = f"names a row outside 0..{n_samples - 1}"
    elif len(np.unique(both)) < len(both):
        problem = "names a row twice, or fits a row that it tests"
    if problem is not None:
        expected = "two sets of distinct rows without overlap"
        raise ValueError(
            describe(function, "cv", f"fold {number}", problem, expected, "Mend the split")
        )
