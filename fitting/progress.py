"""A progress bar for whatever takes longer than a breath."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["counted"]


@contextmanager
def counted(total: int, shown: bool, what: str, unit: str) -> Iterator[Callable[[], None]]:
    """A progress bar, or nothing.

    Parameters
    ----------
    total
        Number of steps.
    shown
        Whether to show it.
    what, unit
        Its name, and that of a step.

    Yields
    ------
    callable
        To be called after each step.

    Examples
    --------
    >>> with counted(1, False, "BandedRidgeCV", "mix") as tick:
    ...     tick()
    """
    if not shown:
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit=unit) as bar:
        yield lambda: bar.update() and None
