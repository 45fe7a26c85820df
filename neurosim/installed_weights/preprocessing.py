"""How pixels become what a network was trained on; it belongs to the weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import torch

from neurosim.errors import refusal, unknown_name


@dataclass(frozen=True)
class Preprocessing:
    """Grey levels 0..255 in RGB become ``(level - mean) * scale`` in the order of the network.

    Parameters
    ----------
    order
        ``"RGB"`` or ``"BGR"``: the order of the channels that the first kernel expects.
    mean, scale
        A number a channel, grey levels and 1 / grey level, in that same order.

    Raises
    ------
    UnknownNameError
        If ``order`` is another.
    ValueError
        If there are not three finite means and three finite scales above 0.

    Examples
    --------
    >>> caffe = Preprocessing("BGR", (103.939, 116.779, 123.68), (1.0, 1.0, 1.0))
    >>> red = np.zeros((1, 1, 3), np.float32)
    >>> red[..., 0] = 255
    >>> [round(v, 2) for v in caffe.apply(red).flatten().tolist()]
    [-103.94, -116.78, 131.32]
    """

    order: Literal["RGB", "BGR"]
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.order not in ("RGB", "BGR"):
            raise unknown_name("Preprocessing", "order", self.order, ("RGB", "BGR"))
        for name in ("mean", "scale"):
            values = tuple(float(v) for v in getattr(self, name))
            object.__setattr__(self, name, values)
            if len(values) != 3 or not np.isfinite(values).all():
                raise _wrong(name, values, "is not three finite numbers", "one a channel")
        if min(self.scale) <= 0:
            raise _wrong("scale", self.scale, "is not positive", "numbers above 0")

    def apply(self, images: np.ndarray | torch.Tensor) -> torch.Tensor:
        """Return the input of the network (..., 3, h, w), float32, of images (..., h, w, 3).

        Parameters
        ----------
        images
            Grey levels 0..255, channels last in the order RGB.

        Raises
        ------
        ValueError
            If the last axis is not of three channels.
        """
        levels = torch.as_tensor(images, dtype=torch.float32)
        if levels.ndim < 3 or levels.shape[-1] != 3:
            raise _wrong("images", tuple(levels.shape), "has another shape", "(..., h, w, 3)")
        if self.order == "BGR":
            levels = levels.flip(-1)
        found = (levels - torch.tensor(self.mean)) * torch.tensor(self.scale)
        return found.movedim(-1, -3).contiguous()

    def record(self) -> dict[str, Any]:
        """Return JSON values that ``Preprocessing(**record)`` is built from."""
        return asdict(self)


def _wrong(parameter: str, value: object, problem: str, expected: str) -> ValueError:
    return ValueError(refusal("Preprocessing", parameter, value, problem, expected, "Correct it"))
