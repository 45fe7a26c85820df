"""Binary maximum-length sequences, and the noise whose checks each show one of them."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, wrong_kind
from stimuli.luminance import check_range
from stimuli.movie import Drawing
from stimuli.parameters import Contrast, Duration, Integer, MeanLuminance, ScreenLike, Seed
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

from .checks import Check, CheckMovie, FrameHold, check_grid

# Feedback taps: exponents of a primitive polynomial over GF(2) for each order. These are facts of
# algebra; the tests walk the full period of each.
TAPS = {
    3: (3, 2),
    4: (4, 3),
    5: (5, 3),
    6: (6, 5),
    7: (7, 6),
    8: (8, 6, 5, 4),
    9: (9, 5),
    10: (10, 7),
    11: (11, 9),
    12: (12, 6, 4, 1),
    13: (13, 4, 3, 1),
    14: (14, 5, 3, 1),
    15: (15, 14),
    16: (16, 15, 13, 4),
}
LOWEST, HIGHEST = min(TAPS), max(TAPS)

Order = Annotated[
    int, Integer("Order n of the m-sequence of 2^n - 1 steps", at_least=LOWEST, at_most=HIGHEST)
]
NLags = Annotated[
    int,
    Integer("Steps after its own in which no other place repeats a place's sequence", at_least=1),
]


def m_sequence(order: int) -> NDArray[np.int8]:
    """Return one period of a binary m-sequence.

    a_t is the sum modulo 2 of the earlier values that the taps name, from a start of ones. Its 2^n
    - 1 steps hold 2^(n-1) ones; with ones and zeros taken as +1 and -1, its circular
    autocorrelation is 2^n - 1 at lag 0 and -1 at every other lag.

    Parameters
    ----------
    order
        n, from 3 to 16.

    Returns
    -------
    sequence
        (2^n - 1,) of 0 and 1.

    Raises
    ------
    ValueError
        If there are no taps of this order.
    TypeError
        If it is not an int.

    Examples
    --------
    >>> m_sequence(3).tolist()
    [1, 1, 1, 0, 0, 1, 0]
    """
    if isinstance(order, bool) or not isinstance(order, int | np.integer):
        raise wrong_kind("m_sequence", "order", order, "a whole number", "Give it as an int")
    if order not in TAPS:
        raise invalid(
            "m_sequence",
            "order",
            order,
            "has no taps",
            f"{LOWEST} <= order <= {HIGHEST}",
            "Choose order in that range",
        )
    length = 2**order - 1
    bits = [1] * order
    for t in range(order, length):
        bits.append(sum(bits[t - tap] for tap in TAPS[order]) & 1)
    return np.array(bits, np.int8)


def shifted_starts(function: str, order: int, n_places: int, n_lags: int) -> NDArray[np.int32]:
    """Return where in the sequence each place starts, so that no two meet within some lags.

    Parameters
    ----------
    function
        Name that an error message begins with.
    order
        Of the m-sequence.
    n_places
        How many places share it, K.
    n_lags
        Steps that a response may last.

    Returns
    -------
    starts
        (K,), place k starts at k floor((2^n - 1)/K).

    Raises
    ------
    ValueError
        If 2^n - 1 < K n_lags: the sequence is too short.

    Examples
    --------
    >>> shifted_starts("f", 5, 3, 10).tolist()
    [0, 10, 20]
    """
    length = 2**order - 1
    if length < n_places * n_lags:
        enough = int(n_places * n_lags).bit_length()
        remedy = f"Use order={enough}" if enough <= HIGHEST else "Use fewer and larger places"
        raise invalid(
            function,
            "order",
            order,
            f"is too short: {length} steps for {n_places} places",
            f"2^order - 1 >= {n_places} x n_lags = {n_places * n_lags} steps",
            f"{remedy}, or fewer n_lags",
        )
    return np.arange(n_places, dtype=np.int32) * (length // n_places)


@generator(
    reference="Reid, Victor & Shapley (1997), Vis. Neurosci. 14, 1015-1027",
    family="mapping",
    examples=(
        {"screen": TINY, "duration": 0.25, "check": 0.5, "order": 8, "n_lags": 8},
        {"screen": TINY, "duration": 0.25, "check": 0.5, "order": 9, "frame_hold": 2},
    ),
    picture={},
    seeded=False,
)
def msequence_noise(
    *,
    order: Order = 15,
    n_lags: NLags = 16,
    check: Check = 0.25,
    frame_hold: FrameHold = 1,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Binary checks that all show one m-sequence, each from another start.

    L = L0 (1 + C m), m = +1 where the sequence has a 1, else -1. Check k, counted along the rows
    from the upper left, starts at k floor((2^n - 1)/K). Over a whole period (``period`` in truth,
    546 s by default: stream it) every check is uncorrelated with every other and with its own past,
    but for the -1 of the sequence, within floor((2^n - 1)/K) steps. That holds for pairs: the
    product of two checks is again the sequence from some start, so that triangles are seen, and
    responses to pairs of checks can fall on those to single ones. Nothing is random.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``checks``, m of each frame, (T, rows, columns) int8; ``sequence``
        (2^n - 1,) of +-1; ``starts`` (rows, columns), the step that each check starts at;
        ``period`` s; ``check_x`` (columns,) and ``check_y`` (rows,) deg.

    Raises
    ------
    ValueError
        If a value is out of its range, the sequence is too short (2^n - 1 < K n_lags), a check is
        not a whole number of pixels, the checks do not tile the screen, or the luminance would
        leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = msequence_noise(check=1, order=12, duration=0.5)
    >>> s.truth["period"], s.truth["starts"][0, :3].tolist()
    (68.25, [0, 63, 126])
    """
    check_range("msequence_noise", mean_luminance, contrast)
    grid = check_grid("msequence_noise", check, screen)
    rows, columns = grid.shape
    starts = shifted_starts("msequence_noise", order, rows * columns, n_lags).reshape(rows, columns)
    n_frames = screen.n_frames(duration, function="msequence_noise")
    sequence = 2 * m_sequence(order) - 1

    def values(update: int) -> NDArray[np.int8]:
        return sequence[(starts + update) % len(sequence)]

    movie = CheckMovie(grid, values, n_frames, frame_hold)
    truth = {
        "checks": movie.table,
        "sequence": sequence,
        "starts": starts,
        "period": len(sequence) * frame_hold / screen.fps,
        **grid.centres(),
    }
    return Drawing(n_frames, movie.drawn(contrast=contrast, mean_luminance=mean_luminance), truth)
