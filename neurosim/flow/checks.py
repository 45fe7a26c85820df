"""What a flow is checked for before anything is computed with it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal


def checked_field(field: object) -> NDArray[np.float32]:
    """Return a flow field (S, N, H, W, 2) as a read-only float32 array."""
    if not isinstance(field, np.ndarray) or not np.issubdtype(field.dtype, np.floating):
        raise TypeError(
            refusal(
                "Flow",
                "field",
                field,
                "is not an array of floats",
                "(S, N, H, W, 2) float32 px/frame",
                "Convert it with numpy, e.g. tensor.numpy()",
            )
        )
    if field.ndim != 5 or field.shape[-1] != 2 or field.size == 0:
        raise ValueError(
            refusal(
                "Flow",
                "field",
                field,
                "has the wrong shape",
                "(S, N, H, W, 2), none of them 0",
                "Move the axis of u and v to the end, and add missing axes with field[None]",
            )
        )
    if not np.isfinite([field.min(), field.max()]).all():
        raise ValueError(
            refusal(
                "Flow",
                "field",
                field,
                f"holds {(~np.isfinite(field)).sum()} NaN or infinite values",
                "finite px/frame",
                "Look for the model's error; a flow is not masked with NaN",
            )
        )
    if field.dtype != np.float32:
        field = field.astype(np.float32)
    elif field.flags.writeable:
        field = field.copy()
    field.setflags(write=False)
    return field


def checked_frames(frames: Iterable[int] | NDArray[np.integer], n: int) -> NDArray[np.int64]:
    """Return n frame numbers, ascending, as a read-only array."""
    numbers = np.array(frames)
    if not np.issubdtype(numbers.dtype, np.integer):
        raise TypeError(
            refusal(
                "Flow", "frames", frames, "holds no integers", "(N,) int", "Count frames from 0"
            )
        )
    if numbers.shape != (n,):
        raise ValueError(
            refusal(
                "Flow",
                "frames",
                frames,
                f"has the shape {numbers.shape}",
                f"({n},), one a moment of the field",
                "Give the number of the first frame of each motion",
            )
        )
    if numbers.min() < 0 or (np.diff(numbers) <= 0).any():
        raise ValueError(
            refusal(
                "Flow",
                "frames",
                numbers.tolist(),
                "is negative or out of order",
                "ascending frame numbers of 0 or more",
                "Sort the field and its frames together",
            )
        )
    numbers = numbers.astype(np.int64)
    numbers.setflags(write=False)
    return numbers


def checked_rate(name: str, value: float | None, function: str = "Flow") -> float | None:
    """Return ppd or fps, positive or None."""
    if value is None:
        return None
    if not (np.isfinite(value) and value > 0):
        unit = "px/deg" if name == "ppd" else "Hz"
        raise ValueError(
            refusal(
                function,
                name,
                value,
                "is not positive",
                f"{unit} > 0, or None",
                "Take the screen's",
            )
        )
    return float(value)


def checked_mask(
    function: str, parameter: str, mask: object, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return a mask of one of the frames, checked to be of bools and to hold a pixel."""
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            refusal(
                function,
                parameter,
                mask,
                "does not hold bools",
                f"{shape} bool",
                "Compare, e.g. a > 0.5",
            )
        )
    if mask.shape != shape:
        raise ValueError(
            refusal(
                function, parameter, mask, "has another shape", f"{shape} bool", "Cut it to size"
            )
        )
    if not mask.any():
        raise ValueError(
            refusal(
                function, parameter, mask, "holds no pixel", "one True or more", "Widen the mask"
            )
        )
    return mask
