"""Vernier: two bars end to end, one of them shifted sideways."""

from typing import Annotated

import numpy as np

from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Contrast, Duration, MeanLuminance, Number, ScreenLike, Seed
from stimuli.registry import generator
from stimuli.rendering import coverage
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen, unit_vector


@generator(
    reference="Westheimer & McKee (1977), Vision Res. 17, 941-947",
    family="element arrays",
    examples=(
        {"screen": TINY, "bar_length": 0.5},
        {"screen": TINY, "bar_length": 0.5, "orientation": 20.0, "vernier_offset": -0.01},
    ),
    picture={"screen": Screen(size=2, ppd=128)},
    seeded=False,
)
def vernier(
    *,
    vernier_offset: Annotated[
        float, Number("Shift of the second bar against the first; > 0 is clockwise", "deg")
    ] = 0.02,
    orientation: Annotated[float, Number("Orientation of the bars", "degrees")] = 90.0,
    bar_length: Annotated[float, Number("Length of each bar", "deg", above=0)] = 0.6,
    bar_width: Annotated[float, Number("Width of each bar", "deg", above=0)] = 0.05,
    gap: Annotated[float, Number("Between the ends of the bars", "deg", at_least=0)] = 0.1,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = None,
    seed: Seed = 0,
) -> Drawing:
    """Vernier of two light bars; the offset may be a small part of a pixel.

    The second bar is the upper one of vertical bars, and to the right for a positive offset. Each
    is half the offset from the middle. Edges are the part of a pixel that is covered: exact for
    bars along the axes.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``offset_px``, ``places`` (2, 2) centres x, y of the first and
        second bar, degrees.

    Raises
    ------
    ValueError
        If a value is out of its range, a bar is narrower or shorter than a pixel, or the bars do
        not fit the screen.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = vernier(vernier_offset=0.01)
    >>> s.shape, round(s.truth["offset_px"], 6)
    ((1, 256, 256), 0.32)
    """
    check_range("vernier", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="vernier")
    for name, value in (("bar_length", bar_length), ("bar_width", bar_width)):
        if value * screen.ppd < 1:
            raise invalid(
                "vernier",
                name,
                value,
                f"is {value * screen.ppd:.3g} px",
                f"at least one pixel, {1 / screen.ppd:g} deg",
                "Enlarge it, or raise ppd",
            )
    reach = np.hypot(bar_length + gap / 2, abs(vernier_offset) / 2 + bar_width / 2)
    if 2 * reach > min(screen.size):
        raise invalid(
            "vernier",
            "bar_length",
            bar_length,
            f"makes a display of {2 * reach:.4g} deg",
            f"at most {min(screen.size):g} deg, the shorter side of the screen",
            "Shorten the bars, or enlarge the screen",
        )
    along = np.array(unit_vector(orientation))
    aside = np.array([along[1], -along[0]])  # clockwise from the orientation
    half_way = along * (gap + bar_length) / 2 + aside * vernier_offset / 2
    places = np.stack([-half_way, half_way])

    def write(t: int, out: Frame) -> None:
        out.fill(0.0)
        for x, y in places:
            dx, dy = screen.x - x, screen.y[:, None] - y
            covered = 1.0
            for axis, side in ((along, bar_length), (aside, bar_width)):
                distance = np.abs(dx * axis[0] + dy * axis[1]) - side / 2
                covered = covered * coverage(distance * screen.ppd)
            np.maximum(out, covered * contrast, out=out)

    truth = {"offset_px": vernier_offset * screen.ppd, "places": places}
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)
