"""What the classic search displays share: their parameters, and one target among distractors."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from numpy.typing import ArrayLike

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import Flag, Integer, Number, Numbers
from stimuli.randomness import stream
from stimuli.screen import Screen

from .search_display import deal, search_display
from .search_items import Item
from .search_layout import lay_out, spread_grid

Light = Annotated[
    float | ArrayLike,
    Numbers("Linear light, one value or (red, green, blue)", at_least=0, at_most=1, length=3),
]
SetSize = Annotated[int, Integer("Items, the target included", "items", at_least=1)]
Present = Annotated[bool, Flag("Whether the target is there; else a distractor is in its place")]
ItemSize = Annotated[
    float, Number("Length of a bar, side of a letter, height of a digit", "deg", above=0)
]
Stroke = Annotated[float, Number("Width of the strokes", "deg", above=0)]
Heterogeneity = Annotated[
    float,
    Number("Distractors turn by up to this, either way, at random", "degrees", at_least=0),
]
TargetEccentricity = Annotated[
    float | None,
    Number(
        "From the screen's middle to the target's place, within a pixel; None: anywhere",
        "deg",
        True,
        at_least=0,
    ),
]
MinDistance = Annotated[
    float | None,
    Number("Least distance of two centres; None: 1.5 boxes of an item", "deg", True, above=0),
]
Jitter = Annotated[
    float | None,
    Number(
        "Largest shift along each axis from the middle of a cell, cut to whole pixels; None: an "
        "eighth of the distance",
        "deg",
        True,
        at_least=0,
    ),
]
Orientation = Annotated[
    float, Number("How a bar lies, counter-clockwise, 0 horizontal, 90 upright", "degrees")
]


def lights(*values: float | tuple[float, ...]) -> list[tuple[float, ...]]:
    """Return each light as one value if all of them are grey, else as three.

    Parameters
    ----------
    values
        One number, or (red, green, blue).

    Returns
    -------
    lights
        One tuple each, all of one length.

    Examples
    --------
    >>> lights(0.5, (1.0, 0.0, 0.0))
    [(0.5, 0.5, 0.5), (1.0, 0.0, 0.0)]
    """
    if all(isinstance(value, float) for value in values):
        return [(value,) for value in values]
    return [(value,) * 3 if isinstance(value, float) else value for value in values]


def check_seen(function: str, name: str, light: Sequence[float], background: Any) -> None:
    """Raise if items have the light of the background.

    Parameters
    ----------
    function, name
        Where the light was given.
    light, background
        As from `lights`.

    Raises
    ------
    ValueError
        If they are equal.

    Examples
    --------
    >>> check_seen("f", "color", (1.0,), (0.5,))
    """
    if tuple(light) == tuple(background):
        raise invalid(
            function,
            name,
            light,
            "is the background's, so that nothing is seen",
            f"another light than background={background}",
            "Change one of them",
        )


def check_strokes(function: str, screen: Screen, size: float, stroke: float, most: float) -> None:
    """Raise if a stroke is thinner than a pixel, or too wide for the item.

    Parameters
    ----------
    function, screen
        Where the stroke is drawn.
    size, stroke
        Degrees.
    most
        Largest part of the size that a stroke may take.

    Raises
    ------
    ValueError
        If it is.

    Examples
    --------
    >>> check_strokes("f", Screen(), 0.6, 0.15, 0.5)
    """
    if not 1 / screen.ppd <= stroke <= most * size:
        raise invalid(
            function,
            "stroke",
            stroke,
            f"is {stroke * screen.ppd:.3g} px and {stroke / size:.3g} of size={size:g}",
            f"{1 / screen.ppd:.4g} (one pixel) <= stroke <= {most * size:.4g} deg",
            "Choose stroke in that range, or a larger size",
        )


def box_side(screen: Screen, width: float, height: float) -> int:
    """Return the pixels of a box that holds an item in any orientation, with its soft border.

    Parameters
    ----------
    screen
        Gives pixels per degree.
    width, height
        Of the item, degrees.

    Returns
    -------
    side
        Pixels.

    Examples
    --------
    >>> box_side(Screen(ppd=32), 0.3, 0.4)
    17
    """
    return math.ceil(math.hypot(width, height) * screen.ppd + 1)


def one_among(
    function: str,
    screen: Screen,
    target: Item,
    distractors: Sequence[Item],
    *,
    size: float,
    set_size: int,
    present: bool,
    heterogeneity: float,
    target_eccentricity: float | None,
    min_distance: float | None,
    jitter: float | None,
    background: tuple[float, ...],
    seed: int,
    quarter_turns: bool = False,
    facts: Mapping[str, Any],
) -> Drawing:
    """Return a display of one target among distractors of which each kind is equally frequent.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen, size, set_size, present, heterogeneity, target_eccentricity, min_distance, jitter, seed
        As the user gave them.
    target, distractors
        The items there are.
    background
        As from `lights`.
    quarter_turns
        Whether each item is turned by a random multiple of 90 degrees.
    facts
        More entries for truth.

    Returns
    -------
    drawing
        A still.

    Raises
    ------
    ValueError
        If the items cannot be placed.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.t_vs_l(set_size=9).truth["items"]["kind"].tolist().count("T")
    1
    """
    grid = spread_grid(
        function, screen, target.side, size=size, min_distance=min_distance, jitter=jitter
    )
    layout = lay_out(
        function,
        grid,
        screen,
        set_size=set_size,
        seed=seed,
        target_eccentricity=target_eccentricity,
    )
    dealt = deal(distractors, set_size, layout.target, seed)
    turns = heterogeneity * stream(seed, "heterogeneity").uniform(-1, 1, set_size)
    quarters = stream(seed, "quarter turns").integers(4, size=set_size) * 90.0 * quarter_turns
    return search_display(
        screen,
        layout,
        target=_turned(target, quarters[layout.target]),
        distractors=[
            _turned(item, quarter + turn)
            for item, quarter, turn in zip(dealt, quarters, turns, strict=True)
        ],
        present=present,
        background=background,
        facts=facts,
    )


def _turned(item: Item, by: float) -> Item:
    return replace(item, orientation=float((item.orientation + by) % 360.0))
