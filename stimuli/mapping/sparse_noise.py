"""Sparse noise: a few light and dark checks at a time, each exactly equally often."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range
from stimuli.movie import Drawing
from stimuli.parameters import Choice, Contrast, Integer, MeanLuminance, Numbers, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import TINY, Screen

from .checks import CheckGrid, CheckMovie, FrameHold

SPARSE_SCREEN = Screen(size=(8.0, 14.0), ppd=8.0)
SIGNS = {"light": (1,), "dark": (-1,), "both": (1, -1)}
CANDIDATES = 64  # events tried at a time as partners of an exchange
PASSES = 60  # over all events that are too near each other
SPOT = np.dtype([("frame", "i4"), ("row", "i2"), ("column", "i2"), ("sign", "i1")])


@generator(
    reference="Jones & Palmer (1987), J. Neurophysiol. 58, 1187-1211",
    family="mapping",
    examples=(
        {"screen": TINY, "grid": (4, 4), "n_on": 2, "exclusion": 0, "frame_hold": 1},
        {"screen": TINY, "grid": (8, 8), "n_on": 1, "polarity": "dark", "frame_hold": 2},
    ),
    picture={},
)
def sparse_noise(
    *,
    grid: Annotated[
        tuple[int, int],
        Numbers("Rows and columns of checks", at_least=1, length=2, one_for_all=False),
    ] = (8, 14),
    n_on: Annotated[int, Integer("Checks shown at a time", at_least=1)] = 4,
    exclusion: Annotated[
        int, Integer("Grey checks that lie at least between two shown", at_least=0)
    ] = 2,
    polarity: Annotated[
        str, Choice("Lighter or darker than the grey, or both", options=("both", "light", "dark"))
    ] = "both",
    n_repeats: Annotated[
        int, Integer("How often each check is shown in each polarity", at_least=1)
    ] = 1,
    frame_hold: FrameHold = 6,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = SPARSE_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """A few checks on grey at a time, lighter or darker, each check exactly equally often.

    L = L0 (1 + C m), m = +-1 at the shown checks and 0 elsewhere. Two checks shown together are
    more than ``exclusion`` rows or columns apart. The order is random: a random arrangement, in
    which checks that came too near are exchanged with others until none is. The duration follows:
    rows x columns x polarities x ``n_repeats`` / ``n_on`` updates of ``frame_hold`` frames.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``spots``, table of frame (the first that shows it), row, column,
        sign; ``checks``, m of each frame, (T, rows, columns) int8; ``check_x`` (columns,) and
        ``check_y`` (rows,) deg.

    Raises
    ------
    ValueError
        If a value is out of its range, checks are not square or not whole pixels, the checks cannot
        be dealt out evenly, or they cannot keep the distance.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = sparse_noise(grid=(4, 7), n_on=2, exclusion=1, seed=1)
    >>> s.shape, len(s.truth["spots"]), int(s.truth["spots"]["sign"].sum())
    ((168, 64, 112), 56, 0)
    """
    check_range("sparse_noise", mean_luminance, contrast)
    layout = _layout(grid, screen)
    shape = layout.shape
    signs = SIGNS[polarity]
    _check_counts(shape, n_on, exclusion, len(signs) * n_repeats)
    n_checks = shape[0] * shape[1]
    place = np.tile(np.arange(n_checks), len(signs) * n_repeats)
    sign = np.repeat(np.array(signs, np.int8), n_checks * n_repeats)
    order = stream(seed, "order").permutation(len(place)).reshape(-1, n_on)
    order = _separated(order, np.divmod(place, shape[1]), exclusion, stream(seed, "exchange"))
    spots = np.empty(order.shape, SPOT)
    spots["frame"] = np.arange(len(order))[:, None] * frame_hold
    spots["row"], spots["column"] = np.divmod(place[order], shape[1])
    spots["sign"] = sign[order]

    def values(update: int) -> NDArray[np.int8]:
        m = np.zeros(shape, np.int8)
        shown = spots[update]
        m[shown["row"], shown["column"]] = shown["sign"]
        return m

    n_frames = len(order) * frame_hold
    movie = CheckMovie(layout, values, n_frames, frame_hold)
    truth = {"spots": spots.reshape(-1), "checks": movie.table, **layout.centres()}
    return Drawing(n_frames, movie.drawn(contrast=contrast, mean_luminance=mean_luminance), truth)


def _layout(grid: tuple[float, float], screen: Screen) -> CheckGrid:
    """Return square checks, so many rows and columns of them on the whole screen."""
    rows, columns = (round(n) for n in grid)
    if (rows, columns) != grid:
        raise invalid(
            "sparse_noise",
            "grid",
            grid,
            "has parts of a row or column",
            "whole numbers of rows and columns",
            f"Use grid={(rows, columns)}",
        )
    height, width = screen.shape
    if height * columns != width * rows or height % rows:
        raise invalid(
            "sparse_noise",
            "grid",
            (rows, columns),
            f"makes checks of {height / rows:.6g} x {width / columns:.6g} px",
            "checks that are squares of whole pixels",
            f"Use a screen of that form, such as Screen(size={(float(rows), float(columns))}, "
            "ppd=8), or another grid",
        )
    return CheckGrid(screen, height // rows)


def _check_counts(shape: tuple[int, int], n_on: int, exclusion: int, times: int) -> None:
    """Raise if checks cannot be dealt out evenly, or not that far from each other."""
    n_checks = shape[0] * shape[1]
    if (n_checks * times) % n_on:
        raise invalid(
            "sparse_noise",
            "n_on",
            n_on,
            f"does not divide the {n_checks * times} times that checks are shown",
            "a divisor of rows x columns x polarities x n_repeats",
            f"Use n_repeats={n_on}, or another n_on",
        )
    # a block of (exclusion + 1)^2 checks can show one of its own at a time
    block = min(exclusion + 1, shape[0]) * min(exclusion + 1, shape[1])
    if n_on * block > n_checks:
        raise invalid(
            "sparse_noise",
            "n_on",
            n_on,
            f"is too many with exclusion={exclusion} on {shape[0]} x {shape[1]} checks",
            f"at most {n_checks // block}",
            "Lower n_on or exclusion",
        )


def _separated(
    order: NDArray[np.intp],
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
    exclusion: int,
    random: np.random.Generator,
) -> NDArray[np.intp]:
    """Return (updates, n_on) events, exchanged until none of an update are too near each other.

    An event in trouble is offered to several others at random places; it changes places with the
    one that leaves the fewest pairs too near, if they are no more than before.
    """
    row, column = places

    def near(one: NDArray, other: NDArray) -> NDArray[np.bool_]:
        apart = np.maximum(np.abs(row[one] - row[other]), np.abs(column[one] - column[other]))
        return apart <= exclusion

    n_updates, n_on = order.shape
    others = ~np.eye(n_on, dtype=bool)
    for _ in range(PASSES):
        clashes = (near(order[:, :, None], order[:, None, :]) & others).sum(axis=2)
        crowded = np.argwhere(clashes)
        if not len(crowded):
            return order
        for u, i in crowded:
            mine = order[u, others[i]]
            cost = near(mine, order[u, i]).sum()
            if not cost:  # mended by an earlier exchange
                continue
            v = random.integers(n_updates, size=CANDIDATES)
            j = random.integers(n_on, size=CANDIDATES)
            theirs = order[v[:, None], np.nonzero(others[j])[1].reshape(CANDIDATES, n_on - 1)]
            offer = order[v, j]
            after = near(offer[:, None], mine).sum(axis=1)
            after += near(theirs, order[u, i]).sum(axis=1)
            after -= near(theirs, offer[:, None]).sum(axis=1)
            after[v == u] = cost + 1  # an exchange within an update changes nothing
            best = after.argmin()
            if after[best] <= cost:
                order[u, i], order[v[best], j[best]] = offer[best], order[u, i]
    raise invalid(
        "sparse_noise",
        "n_on",
        n_on,
        f"found no arrangement with exclusion={exclusion}",
        "checks that find their places",
        "Lower n_on or exclusion",
    )
