"""Where elements lie: on a ring, on a grid or at random, never nearer than allowed."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.dots.dot_motion import Region
from stimuli.errors import invalid, unknown
from stimuli.randomness import stream
from stimuli.screen import unit_vector

LAYOUTS = ("ring", "grid", "random")
MOST_REJECTIONS = 10_000


def place_elements(
    layout: str,
    n_elements: int,
    *,
    aperture: str = "circle",
    aperture_size: float = 7.0,
    min_distance: float = 0.0,
    jitter: float = 0.0,
    first_direction: float = 0.0,
    taken: ArrayLike = (),
    seed: int = 0,
    function: str = "place_elements",
) -> NDArray[np.float64]:
    """Return places of elements, no two nearer than a distance.

    Each element is drawn until it is far enough from all before it; the test is exact.

    Parameters
    ----------
    layout
        "ring": at equal angles on a circle. "grid": a square of sqrt(n) by sqrt(n), its corners
        in the corners of the field. "random": anywhere in the field.
    n_elements
        How many.
    aperture, aperture_size
        Field of the random layout, "circle" or "square", and its diameter or side, degrees; also
        the diameter of the ring and the side of the grid.
    min_distance
        Smallest distance of two centres, degrees.
    jitter
        Largest random shift of a ring's or grid's element along x and y, degrees.
    first_direction
        Where the first element of a ring is, degrees.
    taken
        (K, 2) places to keep away from, degrees.
    seed
        For jitter and the random layout.
    function
        Name that an error message begins with.

    Returns
    -------
    places
        (N, 2) x, y, degrees.

    Raises
    ------
    ValueError
        If the layout is unknown, a grid has no square number of elements, or there is no room
        after 10 000 rejections (at once where nothing is random).

    Examples
    --------
    >>> place_elements("ring", 4, aperture_size=2.0).round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
    """
    if layout not in LAYOUTS:
        raise unknown(function, "layout", layout, "a layout", LAYOUTS)
    taken = np.asarray(taken, float).reshape(-1, 2)
    fixed = _fixed(layout, n_elements, aperture_size, first_direction, function)
    region = Region(aperture, aperture_size, 0.0, wrap=False)
    generator = stream(seed, "element places")
    is_random = fixed is None or jitter > 0
    kept = np.concatenate([taken, np.empty((n_elements, 2))])
    rejections = 0
    i = 0
    while i < n_elements:
        if fixed is None:
            place = region.random_places(generator, 1)[0]
        else:
            shift = generator.random(2) if is_random else 0.5
            place = fixed[i] + jitter * (2 * shift - 1)
        before = kept[: len(taken) + i]
        if (np.hypot(*(before - place).T) < min_distance).any():
            rejections += 1
            if rejections > MOST_REJECTIONS or not is_random:
                raise _no_room(function, n_elements, min_distance, region, i)
            continue
        kept[len(taken) + i] = place
        i += 1
    return kept[len(taken) :]


def _fixed(
    layout: str, n_elements: int, size: float, first_direction: float, function: str
) -> NDArray[np.float64] | None:
    """Return (N, 2) places of a ring or grid before jitter; None for the random layout."""
    if layout == "random":
        return None
    if layout == "ring":
        turns = first_direction + np.arange(n_elements) * 360.0 / n_elements
        return size / 2 * np.array([unit_vector(turn) for turn in turns])
    side = math.isqrt(n_elements)
    if side**2 != n_elements:
        raise invalid(
            function,
            "n_elements",
            n_elements,
            "does not make a square grid",
            "a square number",
            f"Use {side**2} or {(side + 1) ** 2}",
        )
    axis = np.linspace(-size / 2, size / 2, side) if side > 1 else np.zeros(1)
    return np.stack(np.meshgrid(axis, -axis), axis=-1).reshape(-1, 2)


def _no_room(
    function: str, n_elements: int, min_distance: float, region: Region, n_placed: int
) -> ValueError:
    density = n_elements / region.area
    return invalid(
        function,
        "min_distance",
        min_distance,
        f"left no room after {n_placed} of {n_elements} elements, a density of {density:.3g} "
        "elements/deg^2",
        "fewer or nearer elements",
        "Lower the density (n_elements, or a larger aperture_size) or min_distance",
    )
