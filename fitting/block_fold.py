"""Folds of one long recording: blocks of neighbouring samples with a gap around each."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .crossvalidation import RunFold
from .errors import describe
from .inputs import check_count

__all__ = ["BlockFold"]


class BlockFold:
    """Contiguous blocks of a time series, each tested once, with unused samples around it.

    For a single run; for several, :class:`fitting.RunFold` leaves out whole runs.

    Parameters
    ----------
    n_splits
        Number of blocks, of equal length as nearly as possible.
    embargo
        Number of rows on each side of the tested block that are not fitted: at least the longest
        delay of the features. The default is that of :class:`fitting.Delayer`.

    Raises
    ------
    TypeError
        If `n_splits` or `embargo` is no whole number.
    ValueError
        If `n_splits` < 2 or `embargo` < 0; in `split`, if there are fewer samples than blocks, or
        nothing is left to fit.

    Examples
    --------
    >>> [train.tolist() for train, test in BlockFold(2, embargo=1).split(range(6))]
    [[4, 5], [0, 1]]
    """

    def __init__(self, n_splits: int = 5, embargo: int = 4) -> None:
        self.n_splits = check_count("BlockFold", "n_splits", n_splits, n_min=2)
        self.embargo = check_count("BlockFold", "embargo", embargo, n_min=0)

    def __repr__(self) -> str:
        return f"BlockFold(n_splits={self.n_splits}, embargo={self.embargo})"

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds.

        Parameters
        ----------
        X, y, groups
            Not used; they are here for scikit-learn.

        Returns
        -------
        int
            Number of folds.

        Examples
        --------
        >>> BlockFold(4).get_n_splits()
        4
        """
        return self.n_splits

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Training and test rows of each fold.

        Parameters
        ----------
        X
            (n_samples, ...) anything with a length, in time order.
        y, groups
            Not used; they are here for scikit-learn.

        Yields
        ------
        train, test
            Row numbers, ascending.

        Examples
        --------
        >>> [test.tolist() for _, test in BlockFold(2, embargo=0).split(range(5))]
        [[0, 1, 2], [3, 4]]
        """
        n_samples = len(X)
        if n_samples < self.n_splits:
            problem = f"is more than there are samples (n_samples={n_samples})"
            expected, remedy = f"at most {n_samples} blocks", "Use fewer blocks"
            raise ValueError(
                describe("BlockFold", "n_splits", self.n_splits, problem, expected, remedy)
            )
        blocks = np.array_split(np.arange(n_samples), self.n_splits)
        block_of_row = np.repeat(np.arange(self.n_splits), [len(block) for block in blocks])
        yield from RunFold(embargo=self.embargo).split(X, groups=block_of_row)
