"""Still arrays of Gabor elements: crowding, contours among distractors."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from stimuli.dots.dot_display import FieldShape, FieldSize
from stimuli.drift import check_sf
from stimuli.errors import invalid
from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    Array,
    Choice,
    Contrast,
    Duration,
    Integer,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

from .element_places import LAYOUTS, place_elements
from .gabor_patches import GaborPatches

ELEMENT = np.dtype(
    [
        ("element", "i4"),
        ("x", "f8"),
        ("y", "f8"),
        ("orientation", "f8"),
        ("phase", "f8"),
        ("target", "?"),
        ("contour", "?"),
    ]
)


@generator(
    reference="Field, Hayes & Hess (1993), Vision Res. 33, 173-193; Pelli, Palomares & Majaj "
    "(2004), J. Vision 4(12):12",
    family="element arrays",
    examples=(
        {"screen": TINY, "aperture_size": 1.4, "sigma": 0.1, "n_elements": 4, "orientation": 90.0},
        {
            "screen": TINY,
            "aperture_size": 1.6,
            "sigma": 0.08,
            "sf": 5.0,
            "layout": "random",
            "n_elements": 8,
            "min_distance": 0.25,
            "contour": ((-0.5, 0.0), (-0.1, 0.1), (0.3, 0.4)),
            "contour_jitter": 10.0,
            "target_orientation": None,
            "contrast": 0.9,
        },
        {
            "screen": TINY,
            "aperture_size": 1.2,
            "sigma": 0.08,
            "layout": "grid",
            "n_elements": 9,
            "jitter": 0.1,
            "target_orientation": None,
            "duration": 0.1,
        },
    ),
    picture={
        "screen": Screen(size=12, ppd=32),
        "aperture_size": 11.0,
        "layout": "random",
        "n_elements": 150,
        "min_distance": 0.62,
        "sigma": 0.13,
        "sf": 3.0,
        "target_orientation": None,
        "contour": [[3 * np.cos(a), 3 * np.sin(a)] for a in np.arange(0.3, 5.5, 0.25).tolist()],
    },
)
def element_array(
    *,
    layout: Annotated[str, Choice("Where the elements are", options=LAYOUTS)] = "ring",
    n_elements: Annotated[
        int, Integer("Elements, target and contour not counted", "", at_least=1)
    ] = 6,
    min_distance: Annotated[
        float, Number("Smallest distance of two centres", "deg", at_least=0)
    ] = 0.0,
    jitter: Annotated[
        float, Number("Largest random shift of a ring or grid, along x and y", "deg", at_least=0)
    ] = 0.0,
    first_direction: Annotated[
        float, Number("Where the first element of a ring is", "degrees")
    ] = 0.0,
    orientation: Annotated[
        float | None, Number("Orientation of the bars; None: each at random", "degrees", True)
    ] = None,
    target_orientation: Annotated[
        float | None,
        Number("Orientation of a target in the centre; None for no target", "degrees", True),
    ] = 45.0,
    contour: Annotated[
        Any, Array("Places x, y of elements along a path, in its order", "deg", True, (None, 2))
    ] = None,
    contour_jitter: Annotated[
        float,
        Number(
            "Largest random turn of a contour's element away from the path", "degrees", at_least=0
        ),
    ] = 0.0,
    sf: SF = 3.0,
    sigma: Annotated[float, Number("Standard deviation of an envelope", "deg", above=0)] = 0.2,
    phase: Annotated[float, Number("Phase at the centre of each element", "degrees")] = 0.0,
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 3.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = None,
    seed: Seed = 0,
) -> Drawing:
    """Array of still Gabor elements, with a target among flankers or a contour among distractors.

    The elements are placed by `place_elements`: on a ring of diameter ``aperture_size``, on a
    square grid, or at random in the field. A contour's elements lie along the path, turned from it
    by up to ``contour_jitter``. All centres keep ``min_distance``.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``elements``, table of element, x, y (deg), orientation of the
        bars (degrees, 0 <= a < 180), phase (degrees), target, contour; ``envelope`` (H, W);
        ``n_elements`` of all kinds.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, an element is outside the screen, a contour has
        less than two places, there is no room for the elements, or overlapping elements leave the
        range of light.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    place_elements : the places alone.

    Examples
    --------
    >>> s = element_array(n_elements=6, target_orientation=30.0)
    >>> s.shape, s.truth["n_elements"], float(s.truth["elements"]["orientation"][0])
    ((1, 256, 256), 7, 30.0)
    """
    check_sf("element_array", sf, screen)
    n_frames = screen.n_frames(duration, function="element_array")
    target = np.zeros((0 if target_orientation is None else 1, 2))
    path = np.empty((0, 2)) if contour is None else contour
    _check_fixed(np.concatenate([target, path]), contour, min_distance)
    places = place_elements(
        layout,
        n_elements,
        aperture=aperture,
        aperture_size=aperture_size,
        min_distance=min_distance,
        jitter=jitter,
        first_direction=first_direction,
        taken=np.concatenate([target, path]),
        seed=seed,
        function="element_array",
    )
    all_places = np.concatenate([target, path, places])
    _check_on_screen(screen, all_places)
    table = np.zeros(len(all_places), ELEMENT)
    table["element"] = np.arange(len(table))
    table["x"], table["y"] = all_places.T
    table["target"][: len(target)] = True
    table["contour"][len(target) : len(target) + len(path)] = True
    others = 180.0 * stream(seed, "element orientations").random(n_elements)
    if orientation is not None:
        others[:] = orientation
    turn = contour_jitter * (2 * stream(seed, "contour jitter").random(len(path)) - 1)
    angles = [np.full(len(target), target_orientation or 0.0), _tangents(path) + turn, others]
    table["orientation"] = np.concatenate(angles) % 180.0 % 180.0  # twice: -1e-17 % 180 is 180
    table["phase"] = phase
    patches = GaborPatches(screen, all_places, table["orientation"] + 90.0, sf, sigma)
    pattern = np.empty(screen.shape, np.float32)
    patches.write(pattern, table["phase"], 1.0)
    check_range("element_array", mean_luminance, contrast, max(1.0, float(np.abs(pattern).max())))

    def write(t: int, out: Frame) -> None:
        np.multiply(pattern, contrast, out=out)

    truth = {"elements": table, "envelope": patches.envelopes, "n_elements": len(table)}
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance), truth)


def _tangents(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (K,) directions of a path at its places, degrees, by central differences."""
    if len(path) == 0:
        return np.empty(0)
    along = np.gradient(path, axis=0)
    return np.degrees(np.arctan2(along[:, 1], along[:, 0]))


def _check_fixed(
    places: NDArray[np.float64], contour: NDArray[np.float64] | None, min_distance: float
) -> None:
    """Raise if a contour has no direction, or given places are too near to each other."""
    if contour is not None and len(contour) < 2:
        raise invalid(
            "element_array", "contour", contour, "has one place", "two or more", "Add places"
        )
    gaps = np.hypot(*(places[:, None] - places).T)[np.triu_indices(len(places), 1)]
    if len(gaps) and gaps.min() < max(min_distance, 1e-9):
        raise invalid(
            "element_array",
            "contour",
            contour,
            f"has places {gaps.min():.3g} deg apart, or as near to the target",
            f"at least min_distance = {min_distance:g} deg",
            "Space the contour more widely, or lower min_distance",
        )


def _check_on_screen(screen: Screen, places: NDArray[np.float64]) -> None:
    height, width = screen.size
    outside = (np.abs(places) > (width / 2, height / 2)).any(axis=1)
    if outside.any():
        x, y = places[outside][0]
        raise invalid(
            "element_array",
            "aperture_size",
            (float(x), float(y)),
            "is the centre of an element outside the screen",
            f"|x| <= {width / 2:g}, |y| <= {height / 2:g} deg",
            "Lower aperture_size or jitter, move the contour, or enlarge the screen",
        )
