"""Any picture as a scene: no cells, and a square around each fixation that is not looked at again.

Gupta et al. (2021), searches in natural scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.visual_search.scene import GREY, SearchScene, grey_levels


def image_scene(
    image: ArrayLike,
    target: ArrayLike,
    *,
    start: Sequence[int] | None,
    ior: int,
    n_fixations: int,
    target_box: Sequence[int] | None,
    background: float,
) -> tuple[SearchScene, tuple[int, int]]:
    """Return the scene of a picture, in the middle of a square, and where its corner is there.

    Parameters
    ----------
    image
        (H, W) or (H, W, 3), uint8 or floats in [0, 1].
    target
        (h, w) or (h, w, 3), likewise.
    start
        Row and column of the first fixation; None: the middle.
    ior
        Side of the square around a fixation that is not looked at again, px.
    n_fixations
        Most fixations, the start included.
    target_box
        Left, top, right, bottom px of where the target is; None if nobody knows.
    background
        Linear light of what surrounds the picture.

    Returns
    -------
    scene
        Of side max(H, W).
    corner
        (top, left) of the picture in it, px.

    Raises
    ------
    ValueError
        If a picture has another shape or values out of range, the target is larger than the
        picture, the start or the box lies outside, or a number is out of its range.
    TypeError
        If a picture is neither uint8 nor floating-point.

    Examples
    --------
    >>> scene, corner = image_scene(
    ...     np.zeros((4, 8)), np.ones((2, 2)), start=None, ior=2, n_fixations=3,
    ...     target_box=(6, 0, 8, 2), background=0.5)
    >>> scene.image.shape, corner, scene.start, int(scene.sought.sum())
    ((8, 8, 3), (2, 0), (4, 4), 4)
    """
    shown, tile = _picture("image", image), _picture("target", target)
    high, wide = shown.shape[:2]
    if tile.shape[0] > high or tile.shape[1] > wide:
        raise _refused("target", tile, "is larger than the image", f"at most {high} x {wide} px")
    for name, value in (("ior", ior), ("n_fixations", n_fixations)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise _refused(name, value, "is no count", "a whole number of 1 or more")
    if not 0 <= background <= 1:
        raise _refused("background", background, "is no light", "a number in [0, 1]")
    row, column = (high // 2, wide // 2) if start is None else _whole("start", start, 2)
    if not (0 <= row < high and 0 <= column < wide):
        raise _refused("start", start, "is outside the image", f"within {high} x {wide} px")
    side = max(high, wide)
    top, left = (side - high) // 2, (side - wide) // 2
    inside = (slice(top, top + high), slice(left, left + wide))
    grey = float(np.float32(background) * GREY)
    square = np.full((side, side, 3), grey, np.float32)
    square[inside] = grey_levels(shown)
    allowed, sought = np.zeros((2, side, side), bool)
    allowed[inside] = True
    sought[inside] = _box_mask(target_box, high, wide)
    scene = SearchScene(
        image=square,
        target=grey_levels(tile),
        background=(grey, grey, grey),
        sought=sought,
        start=(row + top, column + left),
        n_saccades=n_fixations - 1,
        ior=int(ior),
        allowed=allowed,
        shown=shown,
    )
    return scene, (top, left)


def _refused(name: str, value: object, problem: str, expected: str) -> ValueError:
    remedy = "Change it"
    return ValueError(refusal("search_image", name, value, problem, expected, remedy))


def _picture(name: str, given: ArrayLike) -> NDArray[np.float32]:
    """Return linear light in [0, 1]."""
    picture = np.asarray(given)
    expected = "(H, W) or (H, W, 3), uint8 or finite floats in [0, 1]"
    if picture.dtype != np.uint8 and not np.issubdtype(picture.dtype, np.floating):
        text = refusal("search_image", name, picture, "is of another kind", expected, "Convert it")
        raise TypeError(text)
    if picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] != 3):
        raise _refused(name, picture, "has the wrong shape", expected)
    if not picture.size or not np.isfinite(picture).all():
        raise _refused(name, picture, "is empty or not finite", expected)
    if picture.dtype == np.uint8:
        return picture.astype(np.float32) / GREY
    if picture.min() < 0 or picture.max() > 1:
        raise _refused(name, picture, "has values out of range", expected)
    return picture.astype(np.float32)


def _whole(name: str, values: Sequence[int], length: int) -> list[int]:
    array = np.asarray(values)
    if array.shape != (length,) or not (array == np.floor(array)).all():
        raise _refused(name, values, "is no place", f"{length} whole numbers, px")
    return [int(value) for value in array]


def _box_mask(target_box: Any, high: int, wide: int) -> NDArray[np.bool_]:
    mask = np.zeros((high, wide), bool)
    if target_box is not None:
        left, top, right, bottom = _whole("target_box", target_box, 4)
        if not (0 <= left < right <= wide and 0 <= top < bottom <= high):
            raise _refused(
                "target_box",
                target_box,
                "is empty or leaves the image",
                f"left < right <= {wide}, top < bottom <= {high}",
            )
        mask[top:bottom, left:right] = True
    return mask
