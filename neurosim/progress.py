"""One progress bar with a time estimate, silent unless asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def bar(items: Iterable[T], total: int, show: bool, what: str = "responding") -> Iterator[T]:
    """Yield ``items`` and, with ``show``, draw a bar with the time left on the error stream.

    Examples
    --------
    >>> list(bar(range(3), 3, show=False))
    [0, 1, 2]
    """
    if not show:
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, desc=what, leave=False)
