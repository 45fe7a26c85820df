"""The twelve visual search tasks with which search asymmetry was modelled (eccNET)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import Choice, Number, Seed
from stimuli.randomness import SEED_BITS, realise_seed, stream
from stimuli.registry import generator, make
from stimuli.screen import PIXEL_TOLERANCE, Screen
from stimuli.stimulus import Stimulus
from stimuli.stimulus_set import StimulusSet

from .search_classic import Present, SetSize
from .search_display import deal, search_display
from .search_items import Item
from .search_layout import Grid, lay_out

PPD = 30.0
GREY = 255.0  # the published grey levels over this are linear light here
TURNS = (315.0, 270.0, 225.0, 180.0)  # of curves and lines, in turn over the items
N_VARIANTS = 4  # of crosses, Ts and Ls, at random


@dataclass(frozen=True)
class Design:
    """One kind of display, as published: degrees, and the pixels that follow at 30 px/deg.

    Parameters
    ----------
    field
        Side of the display, degrees.
    grid
        Rows and columns.
    cell, side, jitter
        Pixels: side of a cell, side of an item's box, places of a box along each axis.
    background, light
        Grey level out of 255, linear light of the items.
    set_sizes, n_displays
        Published set sizes, and displays of each.
    variants
        Whether items come in four variants.

    Examples
    --------
    >>> DESIGNS["curvature"].grid * DESIGNS["curvature"].cell
    336
    """

    field: float
    grid: int
    cell: int
    side: int
    jitter: int
    background: float
    light: float
    set_sizes: tuple[int, ...]
    n_displays: int
    variants: bool = False


DESIGNS = {
    "curvature": Design(11.3, 6, 56, 48, 8, 0, 1.0, (8, 16, 32), 30),
    "orientation": Design(11.3, 4, 84, 69, 15, 255, 0.0, (1, 4, 8, 12), 30),
    "intersection": Design(20.5, 3, 205, 177, 27, 255, 0.0, (3, 6, 9), 36, variants=True),
    "lighting": Design(6.6, 4, 49, 31, 18, 27, 1.0, (1, 6, 12), 30),
}
LENGTHS = {  # kind: length and stroke, degrees
    "curve": (1.0, 1 / 6),  # radius
    "line": (1.2, 0.2),
    "bar": (2.0, 0.3),
    "cross": (5.5, 0.55),
    "non_cross": (5.5, 0.55),
    "T": (5.5, 0.55),
    "L": (5.5, 0.55),
    "disc": (1.0, 0.0),
}
STANDING, TILTED = ("bar", 90.0), ("bar", 70.0)  # 20 degrees clockwise
OBLIQUE = tuple(("bar", 90.0 + angle) for angle in (-80, -60, -40, 20, 40, 60, 80))
Look = tuple[str, float | None]  # kind and orientation; None: `TURNS`
TASKS: dict[str, tuple[str, Look, tuple[Look, ...]]] = {  # design, target, distractors
    "curve_in_lines": ("curvature", ("curve", None), (("line", None),)),
    "line_in_curves": ("curvature", ("line", None), (("curve", None),)),
    "homo_t0": ("orientation", STANDING, (TILTED,)),
    "homo_t20": ("orientation", TILTED, (STANDING,)),
    "hetero_t0": ("orientation", STANDING, (*OBLIQUE, TILTED)),
    "hetero_t20": ("orientation", TILTED, (*OBLIQUE, STANDING)),
    "cross": ("intersection", ("cross", 0.0), (("non_cross", 0.0),)),
    "non_cross": ("intersection", ("non_cross", 0.0), (("cross", 0.0),)),
    "Ls": ("intersection", ("L", 0.0), (("T", 0.0),)),
    "Ts": ("intersection", ("T", 0.0), (("L", 0.0),)),
    "top_down": ("lighting", ("disc", 90.0), (("disc", 270.0),)),
    "left_right": ("lighting", ("disc", 180.0), (("disc", 0.0),)),
}
SEARCH_TASKS = tuple(TASKS)

Task = Annotated[str, Choice("What is searched for, and among what", options=SEARCH_TASKS)]
Style = Annotated[
    str,
    Choice(
        "Cells, jitter and whole-pixel items as published, or a grid in the middle of the display, "
        "items jittered about the cells' middles, and smooth edges",
        options=("eccnet", "spread"),
    ),
]


def _grid(design: Design, screen: Screen, style: str, min_distance: float | None) -> Grid:
    sides = {"rows": design.grid, "columns": design.grid, "cell": design.cell, "side": design.side}
    if style == "eccnet":
        if min_distance is not None:
            raise invalid(
                "search_array",
                "min_distance",
                min_distance,
                "has no meaning for style='eccnet', whose jitter is fixed",
                "None",
                "Use style='spread'",
            )
        return Grid(**sides, n_offsets=design.jitter)
    least, most = design.side / PPD, design.cell / PPD
    distance = least if min_distance is None else min_distance
    if not least - PIXEL_TOLERANCE <= distance <= most + PIXEL_TOLERANCE:
        raise invalid(
            "search_array",
            "min_distance",
            distance,
            "is less than an item's box or more than a cell",
            f"{least:.6g} <= min_distance <= {most:.6g} deg",
            "Choose min_distance in that range",
        )
    shift = (design.cell - int(np.ceil(distance * PPD - PIXEL_TOLERANCE))) // 2
    margin = (screen.shape[0] - design.grid * design.cell) // 2
    return Grid(
        **sides,
        n_offsets=2 * shift + 1,
        low=(design.cell - design.side) // 2 - shift,
        top=margin,
        left=margin,
    )


def _item(design: Design, look: Look, i: int, variant: int, style: str) -> Item:
    kind, orientation = look
    length, stroke = LENGTHS[kind]
    return Item(
        kind=kind,
        side=design.side,
        length=length * PPD,
        stroke=stroke * PPD,
        orientation=TURNS[i % len(TURNS)] if orientation is None else orientation % 360.0,
        variant=variant,
        light=(design.light,),
        raster=style == "eccnet",
    )


@generator(
    reference="Gupta, Zhang, Wu, Wolfe & Kreiman (2021), NeurIPS 34: visual search asymmetry",
    family="visual search",
    examples=(
        {},
        {"task": "Ls", "set_size": 3, "style": "spread"},
        {"task": "left_right", "set_size": 6, "present": False},
    ),
    picture={"task": "line_in_curves", "set_size": 32},
)
def search_array(
    *,
    task: Task = "curve_in_lines",
    set_size: SetSize = 8,
    style: Style = "eccnet",
    present: Present = True,
    min_distance: Annotated[
        float | None,
        Number("Least distance of centres in style='spread'; None: an item's box", "deg", True, 0),
    ] = None,
    seed: Seed = 0,
) -> Drawing:
    """One display of a search asymmetry task: items in the cells of a grid.

    A task is named by its target. Curves among lines and lines among curves; bars at 0 (standing)
    or 20 degrees (clockwise) among the other (homo) or among eight orientations (hetero); crosses,
    broken crosses, Ts and Ls in four variants each; discs lit from the top or from the left among
    discs lit from the opposite side. 30 px/deg; the display's size follows from the task. Distinct
    cells are drawn at random, then one of their items to be the target. Published grey levels g are
    linear light g/255, since models take them as they are.

    "eccnet" draws the tiles of the published code to 9 grey levels, but for 19 border pixels of a
    curve. The published masks of lit discs move with the disc; ``gt_cells`` is the cell in every
    task. "spread" has strokes of their nominal width, so that curves are 5 px wide instead of 7.

    Returns
    -------
    stimulus
        Frames (1, H, W). Truth: ``items``, (N,) table of id, kind, x, y (deg, centres),
        orientation (degrees: how bars and lines lie, curves 0 bulging down, discs where the light
        is), variant (0, 1 upside down, 2 transposed, 3 transposed and mirrored), is_target, cell,
        row, column, left, top, right, bottom (px, ends excluded), red, green, blue; ``boxes``
        (N, 4) left, top, right, bottom px; ``boxes_deg`` (N, 4) left, bottom, right, top deg;
        ``cells`` (n_cells, 4) left, top, right, bottom px of all cells of the grid, row by row;
        ``gt_cells`` (H, W) bool, the target's cell; ``target`` (side, side), what is searched for;
        ``target_cell`` or None; ``set_size``, ``present``, ``task``; ``min_distance`` of two
        centres, deg; ``display``, which `render_search_items` draws again.

    Raises
    ------
    ValueError
        If a value is out of its range, there are more items than cells, or min_distance is given
        with style="eccnet", is less than an item or more than a cell.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = search_array(task="hetero_t20", set_size=12)
    >>> s.shape, s.truth["target"].shape, int(s.truth["items"]["is_target"].sum())
    ((1, 339, 339), (69, 69), 1)
    """
    name, sought, others = TASKS[task]
    design = DESIGNS[name]
    screen = Screen(size=design.field, ppd=PPD)
    grid = _grid(design, screen, style, min_distance)
    layout = lay_out("search_array", grid, screen, set_size=set_size, seed=seed)
    variants = np.zeros(set_size, int)
    if design.variants:
        variants = stream(seed, "variants").integers(N_VARIANTS, size=set_size)
    looks = deal(others, set_size, layout.target, seed)
    distractors = [
        _item(design, look, i, int(variant), style)
        for i, (look, variant) in enumerate(zip(looks, variants, strict=True))
    ]
    target = _item(design, sought, layout.target, int(variants[layout.target]), style)
    return search_display(
        screen,
        layout,
        target=target,
        distractors=distractors,
        present=present,
        background=(design.background / GREY,),
        facts={"task": task},
    )


class _Displays(Sequence[Stimulus]):
    """Displays made one at a time from their parameters."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: Any) -> Stimulus:
        return make("search_array", **self._rows[i])


def search_set(task: str, *, style: str = "eccnet", seed: int | None = 0) -> StimulusSet:
    """Return the displays of one task: the published set sizes, and as many of each as published.

    30 displays of each set size (36 of crosses, Ts and Ls), target always present; 1272 over all of
    `SEARCH_TASKS`. A display is drawn when it is asked for.

    Parameters
    ----------
    task
        One of `SEARCH_TASKS`.
    style
        "eccnet" or "spread", as in `search_array`.
    seed
        Of the set; each display has a seed of its own that follows from it.

    Returns
    -------
    set
        Its table has stimulus_id, task, set_size, style and seed, ordered by set size.

    Raises
    ------
    ValueError
        If there is no such task or style, or the seed is negative.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> displays = search_set("cross")
    >>> len(displays), displays[107].truth["set_size"]
    (108, 9)
    >>> sum(len(search_set(task)) for task in SEARCH_TASKS)
    1272
    """
    _check("task", task, Task)
    _check("style", style, Style)
    seed = realise_seed(seed, function="search_set")
    design = DESIGNS[TASKS[task][0]]
    rows = []
    for set_size in design.set_sizes:
        seeds = stream(seed, f"{task} {set_size}").integers(2**SEED_BITS, size=design.n_displays)
        rows += [
            {"task": task, "set_size": set_size, "style": style, "seed": int(one)} for one in seeds
        ]
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    ids = [f"{task}_{row['set_size']}_{i % design.n_displays}" for i, row in enumerate(rows)]
    return StimulusSet(_Displays(rows), columns={"stimulus_id": ids, **columns})


def _check(key: str, value: str, annotation: Any) -> None:
    annotation.__metadata__[0].check("search_set", key, value)
