"""Ranks of many values: from one sort of integers, and again when values count several times."""

from dataclasses import dataclass

import numpy as np

__all__ = ["SortedValues", "ranks"]


def _order(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the values in ascending order, and where a value differs from the one before.

    The bits of a float, seen as an integer, order like the float. The lowest bits, which hardly
    ever decide, make room for the position, so that one sort of integers gives the order: several
    times faster than sorting positions by the values they point at.
    """
    n = len(values)
    low = np.int64((1 << n.bit_length()) - 1)
    bits = (values + 0.0).view(np.int64)  # the sum makes -0.0 and 0.0 one value
    keys = bits ^ ((bits >> 63) & np.int64(0x7FFFFFFFFFFFFFFF))
    keys &= ~low
    keys |= np.arange(n)
    keys.sort()
    order = keys & low
    keys >>= n.bit_length()
    new = np.empty(n, dtype=bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    if not new.all():
        # runs that agree in their high bits are put in order by the whole values
        undecided = ~new
        undecided[:-1] |= undecided[1:]
        members = np.flatnonzero(undecided)
        run = order[members]
        run = run[np.argsort(values[run], kind="stable")]
        order[members] = run
        follows = np.flatnonzero(members[1:] == members[:-1] + 1) + 1
        in_order = values[run]
        new[members[follows]] = in_order[follows] != in_order[follows - 1]
    return order, new


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, averaged over ties.

    Parameters
    ----------
    values
        (n_values,) finite float64.

    Returns
    -------
    numpy.ndarray
        (n_values,) float64.

    Examples
    --------
    >>> ranks(np.array([0.3, 0.1, 0.3]))
    array([2.5, 1. , 2.5])
    """
    order, new = _order(values)
    result = np.empty(len(values))
    if new.all():
        result[order] = np.arange(1.0, len(values) + 1)
        return result
    first = np.append(np.flatnonzero(new), len(values))
    result[order] = np.repeat((first[:-1] + first[1:] + 1) / 2, np.diff(first))
    return result


@dataclass(frozen=True)
class SortedValues:
    """Values sorted once, whose ranks follow for any number of times that each one counts.

    Parameters
    ----------
    order
        (n_values,) positions in ascending order.
    last
        (n_distinct,) place in `order` of the last of each run of ties.
    run
        (n_values,) the run that each value belongs to.

    Examples
    --------
    >>> SortedValues.of(np.array([0.3, 0.1, 0.2])).ranks(np.array([[1.0], [2.0], [0.0]])).T
    array([[3. , 1.5, 2.5]])
    """

    order: np.ndarray
    last: np.ndarray
    run: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "SortedValues":
        """Sort (n_values,) finite float64."""
        order, new = _order(values)
        run = np.empty(len(values), dtype=np.intp)
        run[order] = np.cumsum(new) - 1
        return cls(order, np.append(np.flatnonzero(new)[1:], len(values)) - 1, run)

    def ranks(self, counts: np.ndarray) -> np.ndarray:
        """(n_values, n_draws) ranks in samples in which each value appears `counts` times."""
        up_to = np.cumsum(counts[self.order], axis=0)[self.last]
        tied = np.diff(up_to, axis=0, prepend=0.0)
        return (up_to - (tied - 1) / 2)[self.run]
