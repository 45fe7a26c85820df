"""Transparent motion: dot sets that slide over each other, or cancel in pairs."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Contrast,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.randomness import frame_stream, stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector
from stimuli.truth import uniform_flow

from .dot_display import (
    DENSE,
    DenseDots,
    DotDiameter,
    FieldShape,
    FieldSize,
    Lifetime,
    NDots,
    Polarity,
    check_dot_size,
    check_step,
    count_dots,
    field_weights,
    life_steps,
)
from .dot_motion import TRACK, Region, Rules, polarities, tracks
from .dot_painting import DotPainter

LAYERED = np.dtype([*TRACK.descr, ("layer", "i4")])
BALANCED = 1e-9  # deg/s; a sum of two velocities this small is none
WHOLE = 1e-6  # fractions add up to one within this


@generator(
    reference="Qian, Andersen & Adelson (1994), J. Neurosci. 14, 7357-7366",
    family="dots",
    examples=(
        {"screen": TINY, "duration": 0.25, "n_dots": 20, "aperture_size": 1.5},
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "paired": True,
            "polarity": "mixed",
        },
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 21,
            "aperture_size": 1.5,
            "directions": (0, 90, 200),
            "fractions": (0.2, 0.3, 0.5),
            "speeds": (1, 2, 3),
            "lifetime": 0.1,
        },
    ),
    picture={"n_dots": 200, "paired": True, "polarity": "mixed"},
)
def rdk_transparent(
    *,
    directions: Annotated[
        tuple[float, ...],
        Numbers("Directions of the dot sets, two or more", "degrees", one_for_all=False),
    ] = (0.0, 180.0),
    speeds: Annotated[
        tuple[float, ...] | float, Numbers("Speeds of the sets", "deg/s", at_least=0)
    ] = 2.0,
    fractions: Annotated[
        tuple[float, ...] | None,
        Numbers("Part of the dots in each set; None: equal", "", True, above=0, one_for_all=False),
    ] = None,
    paired: Annotated[
        bool,
        Flag("Whether each dot crosses a dot of the other set, so that motion cancels locally"),
    ] = False,
    pair_distance: Annotated[
        float, Number("Largest distance of the two dots of a pair", "deg", above=0)
    ] = 0.25,
    n_dots: NDots = None,
    density: DenseDots = None,
    dot_diameter: DotDiameter = 0.1,
    lifetime: Lifetime = None,
    polarity: Polarity = "light",
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 5.0,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Two or more sets of dots that move through each other.

    Unpaired, the sets are independent. Paired, two sets of opposite velocity are bound: each dot
    starts at one side of a place and passes its partner there, so that their mean velocity is zero
    wherever it is taken over a pair; then both go to a new place. A pair lives as long as its dots
    are within ``pair_distance``, or shorter with ``lifetime``. Dots live on a torus around the
    field.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow_layers`` (K, T-1, H, W, 2) px/frame, the flow of each set;
        ``flow`` and ``valid`` at the pixels of moving dots; ``dots``, as of `rdk`, and ``layer``,
        the dot's set (dot k is paired with dot k + N/2); ``mean_velocity`` (2,) deg/s of all dots,
        x right, y up; ``local_average``, [0, 0] if paired, else None; ``speeds``, ``directions``,
        ``n_dots`` (K,) of each set; ``lifetime`` s; ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, the lengths differ, the fractions do not add up to 1, pairs
        are asked for of other than two equal sets of opposite velocity, a pair would be further
        apart than pair_distance, a dot is smaller than a pixel, or a step is larger than half the
        field.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = rdk_transparent(n_dots=100, paired=True, duration=0.25)
    >>> s.truth["local_average"], round(s.truth["lifetime"], 3)
    ([0.0, 0.0], 0.133)
    """
    check_range("rdk_transparent", mean_luminance, contrast)
    check_dot_size("rdk_transparent", dot_diameter, screen)
    n_frames = screen.n_frames(duration, function="rdk_transparent")
    speeds, fractions = _per_set(directions, speeds, fractions)
    for speed in speeds:
        check_step("rdk_transparent", speed, speed / screen.fps, aperture_size, name="speeds")
    velocities = np.multiply(np.array([unit_vector(a) for a in directions]).T, speeds).T
    region = Region(aperture, aperture_size, dot_diameter / 2, wrap=True)
    total = count_dots("rdk_transparent", n_dots, density, region.area, screen, DENSE)
    life = life_steps("rdk_transparent", lifetime, screen)
    if paired:
        total = _check_pairs(velocities, directions, fractions, total, n_dots)
        life = _pair_life(velocities, pair_distance, life, lifetime, screen)
        counts = [total // 2, total // 2]
        table = _paired_tracks(
            velocities / screen.fps, region, total // 2, n_frames, life, polarity, seed
        )
    else:
        counts = _shares(fractions, total)
        table = _free_tracks(
            directions, speeds, counts, region, n_frames, life, polarity, seed, screen
        )
    painter = DotPainter(screen, table, dot_diameter)
    weights = field_weights(screen, aperture, aperture_size, edge)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    def flow_layers() -> NDArray[np.float32]:
        one = [screen.flow(a, s) for a, s in zip(directions, speeds, strict=True)]
        wide = np.array(one, np.float32).reshape(-1, 1, 1, 1, 2)
        return np.broadcast_to(wide, (len(one), *uniform_flow(screen, n_frames, (0, 0)).shape))

    truth = painter.flow_truth() | {
        "flow_layers": flow_layers,
        "dots": table.reshape(-1),
        "mean_velocity": np.average(velocities, axis=0, weights=counts),
        "local_average": [0.0, 0.0] if paired else None,
        "speeds": list(speeds),
        "directions": [a % 360.0 for a in directions],
        "n_dots": counts,
        "lifetime": None if life is None else life / screen.fps,
        "aperture": weights,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _per_set(
    directions: tuple[float, ...],
    speeds: tuple[float, ...] | float,
    fractions: tuple[float, ...] | None,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the speeds and fractions of every set, checked."""
    n = len(directions)
    if n < 2:
        raise invalid(
            "rdk_transparent", "directions", directions, "is one set", "two or more", "Use rdk"
        )
    speeds = (speeds,) * n if isinstance(speeds, float) else speeds
    fractions = (1.0 / n,) * n if fractions is None else fractions
    for name, values in (("speeds", speeds), ("fractions", fractions)):
        if len(values) != n:
            raise invalid(
                "rdk_transparent",
                name,
                values,
                f"has {len(values)} numbers",
                f"{n}, one per direction",
                "Give as many as directions",
            )
    if abs(sum(fractions) - 1.0) > WHOLE:
        raise invalid(
            "rdk_transparent",
            "fractions",
            fractions,
            f"adds up to {sum(fractions):g}",
            "a sum of 1",
            "Divide them by their sum",
        )
    return speeds, fractions


def _shares(fractions: tuple[float, ...], total: int) -> list[int]:
    """Return whole numbers near fractions of a total that add up to it."""
    ends = np.rint(np.cumsum(fractions) * total).astype(int)
    counts = np.diff(ends, prepend=0)
    if counts.min() < 1:
        raise invalid(
            "rdk_transparent",
            "fractions",
            fractions,
            f"leaves a set without any of the {total} dots",
            "at least one dot in each set",
            "Raise n_dots or density",
        )
    return counts.tolist()


def _free_tracks(
    directions: tuple[float, ...],
    speeds: tuple[float, ...],
    counts: list[int],
    region: Region,
    n_frames: int,
    life: int | None,
    polarity: str,
    seed: int,
    screen: Screen,
) -> NDArray[np.void]:
    """Return the (T, N) table of sets that know nothing of each other."""
    table = np.zeros((n_frames, sum(counts)), LAYERED)
    start = 0
    for k, n in enumerate(counts):
        rules = Rules(
            signal="same",
            noise="direction",
            n_dots=n,
            coherence=1.0,
            exact=True,
            step=speeds[k] / screen.fps,
            direction=directions[k],
            direction_sd=0.0,
            lifetime=life,
            polarity=polarity,
            seed=seed,
            name=f"layer {k}",
        )
        part = table[:, start : start + n]
        rows = tracks(rules, region, n_frames)
        for name in TRACK.names:
            part[name] = rows[name]
        part["dot"] += start
        part["layer"] = k
        start += n
    return table


def _check_pairs(
    velocities: NDArray[np.float64],
    directions: tuple[float, ...],
    fractions: tuple[float, ...],
    total: int,
    n_dots: int | None,
) -> int:
    """Return the number of dots, even; raise if the sets cannot be paired."""
    equal = len(fractions) == 2 and abs(fractions[0] - fractions[1]) < WHOLE
    if not equal or np.abs(velocities.sum(axis=0)).max() > BALANCED or not velocities.any():
        raise invalid(
            "rdk_transparent",
            "directions",
            directions,
            "does not cancel in pairs",
            "two sets of equal size and speed, their directions 180 degrees apart",
            "Use such sets, or paired=False",
        )
    if total % 2 and n_dots is not None:
        raise invalid(
            "rdk_transparent", "n_dots", n_dots, "is odd", "an even number for pairs", "Add one"
        )
    return max(total - total % 2, 2)


def _pair_life(
    velocities: NDArray[np.float64],
    pair_distance: float,
    life: int | None,
    lifetime: float | None,
    screen: Screen,
) -> int:
    """Return the steps that a pair lives: |v1 - v2| (L - 1) / 2 fps <= pair_distance."""
    apart = float(np.hypot(*(velocities[0] - velocities[1])))
    longest = int(np.floor(2 * pair_distance * screen.fps / apart + WHOLE)) + 1
    if longest < 2:
        raise invalid(
            "rdk_transparent",
            "pair_distance",
            pair_distance,
            "is less than the dots of a pair move apart in one frame",
            f"at least {apart / (2 * screen.fps):.6g} deg",
            "Raise it, or lower the speeds",
        )
    if life is not None and life > longest:
        raise invalid(
            "rdk_transparent",
            "lifetime",
            lifetime,
            f"takes the dots of a pair further apart than pair_distance={pair_distance:g}",
            f"at most {longest / screen.fps:.6g} s",
            "Shorten it, or raise pair_distance",
        )
    return longest if life is None else life


def _paired_tracks(
    steps: NDArray[np.float64],
    region: Region,
    n_pairs: int,
    n_frames: int,
    life: int,
    polarity: str,
    seed: int,
) -> NDArray[np.void]:
    """Return the (T, 2 n) table of pairs; a dot is at c + v (age - (L - 1)/2)."""
    table = np.zeros((n_frames, 2 * n_pairs), LAYERED)
    table["frame"] = np.arange(n_frames)[:, None]
    table["dot"] = np.arange(2 * n_pairs)
    table["layer"] = np.arange(2 * n_pairs) // n_pairs
    table["signal"] = True
    table["polarity"] = np.tile(polarities(polarity, n_pairs, stream(seed, "pair polarity")), 2)
    centres = region.random_places(stream(seed, "pair positions"), n_pairs)
    ages = stream(seed, "pair ages").integers(0, life, n_pairs)
    for t in range(n_frames):
        old = ages + 1 >= life
        fresh = region.random_places(frame_stream(seed, "pair positions", t), n_pairs)
        next_centres = np.where(old[:, None], fresh, centres)
        next_ages = np.where(old, 0, ages + 1)
        for k in range(2):
            row = table[t, k * n_pairs : (k + 1) * n_pairs]
            here = region.returned(centres + np.outer(ages - (life - 1) / 2, steps[k]))
            there = next_centres + np.outer(next_ages - (life - 1) / 2, steps[k])
            way = np.where(old[:, None], region.returned(there) - here, steps[k])
            row["x"], row["y"] = here.T
            row["dx"], row["dy"] = way.T
            row["replotted"], row["age"] = old, ages
            row["visible"] = region.contains(here)
        centres, ages = next_centres, next_ages
    return table
