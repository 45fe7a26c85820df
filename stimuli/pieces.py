"""Dividing a movie into pieces."""

from collections.abc import Iterator

from .errors import invalid, wrong_kind


def spans(n_frames: int, n: int) -> Iterator[tuple[int, int]]:
    """Yield the first frame and the end of each piece.

    Parameters
    ----------
    n_frames
        Frames of the movie.
    n
        Frames of a piece; the last is shorter.

    Yields
    ------
    start, stop
        Frames start to stop - 1.

    Raises
    ------
    TypeError
        If n is not an int.
    ValueError
        If n is less than 1.

    Examples
    --------
    >>> list(spans(5, 2))
    [(0, 2), (2, 4), (4, 5)]
    """
    if not isinstance(n, int):
        raise wrong_kind("chunks", "n", n, "an int", "Give a number of frames")
    if n < 1:
        raise invalid("chunks", "n", n, "is less than 1", "n >= 1 frames", "Give n=1 or more")
    return ((start, min(start + n, n_frames)) for start in range(0, n_frames, n))
