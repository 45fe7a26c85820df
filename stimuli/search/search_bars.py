"""Search for a bar that differs by one feature, or only by a conjunction of two."""

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import ScreenLike, Seed
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, Screen

from .search_classic import (
    Heterogeneity,
    ItemSize,
    Jitter,
    Light,
    MinDistance,
    Orientation,
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
from .search_items import Item

RED = (0.8, 0.05, 0.05)
GREEN = (0.05, 0.45, 0.05)
SAME = 1e-9  # degrees
_SMALL = {"screen": Screen(size=4.0, ppd=16.0), "set_size": 4}


def _apart(first: float, second: float) -> float:
    """Return the angle between two orientations, degrees in [0, 90]."""
    turn = (first - second) % 180.0
    return min(turn, 180.0 - turn)


def _check_heterogeneity(function: str, heterogeneity: float, apart: float) -> None:
    """Raise if a distractor of the target's colour may turn into the target."""
    if heterogeneity >= apart:
        raise invalid(
            function,
            "heterogeneity",
            heterogeneity,
            "lets a distractor of the target's color have its orientation",
            f"0 <= heterogeneity < {apart:g} degrees",
            "Lower it, or set the orientations further apart",
        )


def _bar(
    screen: Screen, size: float, stroke: float, orientation: float, light: tuple[float, ...]
) -> Item:
    return Item(
        kind="bar",
        side=box_side(screen, size, stroke),
        length=size * screen.ppd,
        stroke=stroke * screen.ppd,
        orientation=orientation % 360.0,
        light=light,
    )


@generator(
    reference="Treisman & Gelade (1980), Cogn. Psychol. 12, 97-136: in the style of",
    family="visual search",
    examples=(_SMALL, {**_SMALL, "distractor_color": RED, "distractor_orientation": 0.0}),
    picture={"set_size": 24},
)
def feature_search(
    *,
    set_size: SetSize = 12,
    present: Present = True,
    target_color: Light = RED,
    distractor_color: Light = GREEN,
    target_orientation: Orientation = 90.0,
    distractor_orientation: Orientation = 90.0,
    heterogeneity: Heterogeneity = 0.0,
    size: ItemSize = 0.6,
    stroke: Stroke = 0.15,
    target_eccentricity: TargetEccentricity = None,
    min_distance: MinDistance = None,
    jitter: Jitter = None,
    background: Light = 0.2,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Bar that pops out by its color, its orientation, or both, among equal bars.

    The target differs from all distractors in ``target_color``, ``target_orientation``, or both.
    Items lie in cells of a grid in the middle of the screen, jittered by whole pixels.

    Returns
    -------
    stimulus
        Frames (1, H, W, 3), or (1, H, W) if all lights are grey. Truth: that of `search_array`
        without ``task``, and ``features``, the list of what tells the target.

    Raises
    ------
    ValueError
        If a value is out of its range, target and distractors are alike or may become so, items
        are invisible or would overlap, there are more items than cells, or no place has the
        target's eccentricity.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = feature_search(set_size=20, target_eccentricity=2.4)
    >>> s.shape, s.truth["features"], len(s.truth["items"])
    ((1, 256, 256, 3), ['color'], 20)
    """
    check_strokes("feature_search", screen, size, stroke, 1.0)
    target_light, other_light, back = lights(target_color, distractor_color, background)
    check_seen("feature_search", "target_color", target_light, back)
    check_seen("feature_search", "distractor_color", other_light, back)
    apart = _apart(target_orientation, distractor_orientation)
    features = ["color"] if target_light != other_light else []
    features += ["orientation"] if apart > SAME else []
    if not features:
        raise invalid(
            "feature_search",
            "target_color",
            target_color,
            "is that of the distractors, as is the orientation",
            "another color or orientation than the distractors'",
            "Change target_color or target_orientation",
        )
    if "color" not in features:
        _check_heterogeneity("feature_search", heterogeneity, apart)
    return one_among(
        "feature_search",
        screen,
        _bar(screen, size, stroke, target_orientation, target_light),
        [_bar(screen, size, stroke, distractor_orientation, other_light)],
        size=size,
        set_size=set_size,
        present=present,
        heterogeneity=heterogeneity,
        target_eccentricity=target_eccentricity,
        min_distance=min_distance,
        jitter=jitter,
        background=back,
        seed=seed,
        facts={"features": features},
    )


@generator(
    reference="Treisman & Gelade (1980), Cogn. Psychol. 12, 97-136: in the style of",
    family="visual search",
    examples=(_SMALL, {**_SMALL, "present": False, "heterogeneity": 20.0}),
    picture={"set_size": 24},
)
def conjunction_search(
    *,
    set_size: SetSize = 12,
    present: Present = True,
    target_color: Light = RED,
    distractor_color: Light = GREEN,
    target_orientation: Orientation = 90.0,
    distractor_orientation: Orientation = 0.0,
    heterogeneity: Heterogeneity = 0.0,
    size: ItemSize = 0.6,
    stroke: Stroke = 0.15,
    target_eccentricity: TargetEccentricity = None,
    min_distance: MinDistance = None,
    jitter: Jitter = None,
    background: Light = 0.2,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Bar that shares its color with half of the distractors, its orientation with the others.

    Distractors are (``target_color``, ``distractor_orientation``) and (``distractor_color``,
    ``target_orientation``), as many of one as of the other (one more of either if odd).

    Returns
    -------
    stimulus
        Frames (1, H, W, 3), or (1, H, W) if all lights are grey. Truth: that of `search_array`
        without ``task``.

    Raises
    ------
    ValueError
        If a value is out of its range, the two colors or orientations are the same, a distractor
        may become the target, items are invisible or would overlap, there are more items than
        cells, or no place has the target's eccentricity.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> items = conjunction_search(set_size=21).truth["items"]
    >>> sum(items["orientation"] == 0), sum(items["red"] > items["green"])
    (np.int64(10), np.int64(11))
    """
    check_strokes("conjunction_search", screen, size, stroke, 1.0)
    target_light, other_light, back = lights(target_color, distractor_color, background)
    check_seen("conjunction_search", "target_color", target_light, back)
    check_seen("conjunction_search", "distractor_color", other_light, back)
    apart = _apart(target_orientation, distractor_orientation)
    pairs = {
        "distractor_color": (distractor_color, other_light == target_light),
        "distractor_orientation": (distractor_orientation, apart <= SAME),
    }
    for key, (value, same) in pairs.items():
        if same:
            raise invalid(
                "conjunction_search",
                key,
                value,
                "is the target's too",
                "another one than the target's",
                "Change one of them, or use feature_search",
            )
    _check_heterogeneity("conjunction_search", heterogeneity, apart)
    return one_among(
        "conjunction_search",
        screen,
        _bar(screen, size, stroke, target_orientation, target_light),
        [
            _bar(screen, size, stroke, distractor_orientation, target_light),
            _bar(screen, size, stroke, target_orientation, other_light),
        ],
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
