"""Search for an arrangement of strokes: T among Ls, 2 among 5s."""

from typing import Annotated

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import Choice, Number, ScreenLike, Seed
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, Screen

from .search_classic import (
    Heterogeneity,
    ItemSize,
    Jitter,
    Light,
    MinDistance,
    Present,
    SetSize,
    Stroke,
    TargetEccentricity,
    box_side,
    check_seen,
    check_strokes,
    lights,
    one_among,
)
from .search_items import DIGIT_WIDTH, Item

WHITE = 1.0
_SMALL = {"screen": Screen(size=4.0, ppd=16.0), "set_size": 4, "stroke": 0.125}


@generator(
    reference="Wolfe & DiMase (2003), Perception 32; Chun & Jiang (1998), Cogn. Psychol. 36: "
    "in the style of",
    family="visual search",
    examples=(_SMALL, {**_SMALL, "target": "L", "present": False, "offset": 0.0625}),
    picture={"set_size": 16},
)
def t_vs_l(
    *,
    set_size: SetSize = 12,
    present: Present = True,
    target: Annotated[str, Choice("What is searched for", options=("T", "L"))] = "T",
    offset: Annotated[
        float,
        Number("From the end of an L's foot to its upright; more is more like a T", "deg", False),
    ] = 0.0,
    heterogeneity: Heterogeneity = 0.0,
    size: ItemSize = 0.5,
    stroke: Stroke = 0.1,
    target_eccentricity: TargetEccentricity = None,
    min_distance: MinDistance = None,
    jitter: Jitter = None,
    item_color: Light = WHITE,
    background: Light = 0.2,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """T among Ls or L among Ts, each turned by a random multiple of 90 degrees.

    Both are two strokes of the same lengths. They join in the middle of one of them in a T, at its
    end in an L, or ``offset`` from its end.

    Returns
    -------
    stimulus
        Frames (1, H, W), or (1, H, W, 3) if a light is a color. Truth: that of `search_array`
        without ``task``, and ``offset``.

    Raises
    ------
    ValueError
        If a value is out of its range, the offset makes an L a T, items are invisible or would
        overlap, there are more items than cells, or no place has the target's eccentricity.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = t_vs_l(set_size=16, offset=0.05)
    >>> s.shape, sorted(set(s.truth["items"]["kind"].tolist()))
    ((1, 256, 256), ['L', 'T'])
    """
    check_strokes("t_vs_l", screen, size, stroke, 1 / 3)
    middle = (size - stroke) / 2
    if not 0 <= offset < middle:
        raise invalid(
            "t_vs_l",
            "offset",
            offset,
            f"is not between the end of the foot and its middle, {middle:g} deg",
            f"0 <= offset < {middle:g} deg",
            "Choose offset in that range",
        )
    kinds = ("T", "L") if target == "T" else ("L", "T")
    light, back = lights(item_color, background)
    check_seen("t_vs_l", "item_color", light, back)
    items = {
        kind: Item(
            kind=kind,
            side=box_side(screen, size, size),
            length=size * screen.ppd,
            stroke=stroke * screen.ppd,
            offset=offset * screen.ppd if kind == "L" else 0.0,
            light=light,
        )
        for kind in kinds
    }
    return one_among(
        "t_vs_l",
        screen,
        items[kinds[0]],
        [items[kinds[1]]],
        size=size,
        set_size=set_size,
        present=present,
        heterogeneity=heterogeneity,
        target_eccentricity=target_eccentricity,
        min_distance=min_distance,
        jitter=jitter,
        background=back,
        seed=seed,
        quarter_turns=True,
        facts={"offset": offset},
    )


@generator(
    reference="Wolfe, Palmer & Horowitz (2010), Vision Res. 50, 1304-1311: in the style of",
    family="visual search",
    examples=(_SMALL, {**_SMALL, "target": "5", "heterogeneity": 10.0}),
    picture={"set_size": 16},
)
def two_vs_five(
    *,
    set_size: SetSize = 12,
    present: Present = True,
    target: Annotated[str, Choice("What is searched for", options=("2", "5"))] = "2",
    heterogeneity: Heterogeneity = 0.0,
    size: ItemSize = 0.6,
    stroke: Stroke = 0.1,
    target_eccentricity: TargetEccentricity = None,
    min_distance: MinDistance = None,
    jitter: Jitter = None,
    item_color: Light = WHITE,
    background: Light = 0.2,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Digit 2 among 5s, or 5 among 2s, of five strokes each: a spatial configuration search.

    Block digits, 0.6 as wide as high; one is the mirror image of the other, so that no single
    stroke tells them apart.

    Returns
    -------
    stimulus
        Frames (1, H, W), or (1, H, W, 3) if a light is a color. Truth: that of `search_array`
        without ``task``.

    Raises
    ------
    ValueError
        If a value is out of its range, items are invisible or would overlap, there are more items
        than cells, or no place has the target's eccentricity.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = two_vs_five(set_size=9, target="5")
    >>> s.truth["items"]["kind"].tolist().count("5")
    1
    """
    check_strokes("two_vs_five", screen, size, stroke, 0.25)
    light, back = lights(item_color, background)
    check_seen("two_vs_five", "item_color", light, back)
    found, other = (
        Item(
            kind=kind,
            side=box_side(screen, DIGIT_WIDTH * size, size),
            length=size * screen.ppd,
            stroke=stroke * screen.ppd,
            light=light,
        )
        for kind in (("2", "5") if target == "2" else ("5", "2"))
    )
    return one_among(
        "two_vs_five",
        screen,
        found,
        [other],
        size=size,
        set_size=set_size,
        present=present,
        heterogeneity=heterogeneity,
        target_eccentricity=target_eccentricity,
        min_distance=min_distance,
        jitter=jitter,
        background=back,
        seed=seed,
        facts={},
    )
