"""Colours of motion: direction is hue, speed is how far a colour is from white."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal

# The colours of the top speed lie on a circle about the grey axis of CIELAB. At a lightness of 64,
# sRGB holds circles of a chroma of up to 35.7; towards white, the cone on this circle stays inside.
_LIGHTNESS, _CHROMA = 64.0, 35.0
_WHITE = 100.0


def flow_colors(field: NDArray[np.floating], top_speed: float | None = None) -> NDArray[np.float64]:
    """Return the colours of a flow, evenly spaced for the eye.

    The plane of velocities is laid on the colour plane of CIELAB (CIE 1976, D65). With s the top
    speed and r = min(|f| / s, 1), along (u, v) / |f|:

        L* = 100 - 36 r,    a* = -35 r v / |f|,    b* = -35 r u / |f|.

    No motion is white, the top speed has the lightness 64 in every direction, and equal steps of
    speed or direction are equal steps in CIELAB. Right is blue, left is ochre, up is red, down is
    green: left and right differ along b*, which red-green colour blindness leaves intact. Up and
    down differ along a*, which it does not: draw arrows too, as `Flow.plot` does.

    Parameters
    ----------
    field
        (H, W, 2) px/frame, u right, v down; any axes may precede the last.
    top_speed
        Speed that gets the full colour, in the units of the field; what is faster gets that colour
        too. None is the fastest of the field.

    Returns
    -------
    colors
        (H, W, 3) sRGB signal in [0, 1], ready for ``imshow``.

    Raises
    ------
    TypeError
        If the field does not hold floats.
    ValueError
        If its last axis is not 2, it is empty or not finite, or the top speed is not positive.

    Examples
    --------
    >>> flow_colors(np.array([[[0.0, 0.0], [2.0, 0.0]]])).round(2).tolist()
    [[[1.0, 1.0, 1.0], [0.43, 0.62, 0.85]]]
    """
    from skimage.color import lab2rgb

    field = np.asarray(field)
    if not np.issubdtype(field.dtype, np.floating):
        raise TypeError(
            refusal(
                "flow_colors",
                "field",
                field,
                "is not an array of floats",
                "(H, W, 2) px/frame",
                "Take one moment of a flow, such as flow.field[0, 0]",
            )
        )
    if field.ndim < 1 or field.shape[-1] != 2 or field.size == 0 or not np.isfinite(field).all():
        raise ValueError(
            refusal(
                "flow_colors",
                "field",
                field,
                "has the wrong shape, or is not finite",
                "finite (H, W, 2) px/frame",
                "Take one moment of a flow, such as flow.field[0, 0]",
            )
        )
    velocity = field.astype(np.float64)
    speed = np.hypot(velocity[..., 0], velocity[..., 1])
    top = (float(speed.max()) or 1.0) if top_speed is None else checked_top_speed(top_speed)
    # Along the direction, and of length r: |f| / s up to the top speed, 1 beyond it.
    u, v = np.moveaxis(velocity / np.maximum(speed, top)[..., None], -1, 0)
    lightness = _WHITE - (_WHITE - _LIGHTNESS) * np.hypot(u, v)
    return lab2rgb(np.stack([lightness, -_CHROMA * v, -_CHROMA * u], axis=-1)).clip(0, 1)


def checked_top_speed(top_speed: float, function: str = "flow_colors") -> float:
    """Return a top speed that is positive and finite.

    Examples
    --------
    >>> checked_top_speed(2)
    2.0
    """
    if not (np.isfinite(top_speed) and top_speed > 0):
        raise ValueError(
            refusal(
                function,
                "top_speed",
                top_speed,
                "is not positive",
                "px/frame > 0, or None",
                "Use None for the fastest that is shown",
            )
        )
    return float(top_speed)
