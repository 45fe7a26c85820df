"""What is looked at in a picture: the whole of it, a subject, an object, and both together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

from neurosim.errors import refusal
from stimuli import Stimulus

#: A window is seen at this many pixels a side; around a box as much more of it is seen.
SIDE, MARGIN = 24, 0.2


@dataclass(frozen=True)
class PicturePairs:
    """Pairs of objects of pictures, and what is true of them.

    ``picture``, ``subject``, ``predicate``, ``object`` (n,) int64, the entities by number and the
    relation that was arranged; ``windows`` (n, 4, 3, 24, 24) luminance in [0, 1]; ``true`` (n, 5)
    bool, every relation that holds.
    """

    picture: NDArray[np.int64]
    subject: NDArray[np.int64]
    predicate: NDArray[np.int64]
    object: NDArray[np.int64]
    windows: Tensor
    true: NDArray[np.bool_]


def picture_windows(picture: Tensor, subject: Tensor, object_: Tensor) -> Tensor:
    """Cut out what is seen of n pairs of boxes in a picture.

    Parameters
    ----------
    picture
        (3, H, W).
    subject, object_
        (n, 4) boxes x0, y0, x1, y1 in pixels, ends excluded, y downwards.

    Returns
    -------
    windows
        (n, 4, 3, 24, 24): the picture, the subject, the object, and the box of both, which is the
        predicate's window; boxes with a margin of a fifth. Interpolation is bilinear.

    Examples
    --------
    >>> box = torch.tensor([[0, 0, 24, 24]])
    >>> picture_windows(torch.ones(3, 48, 48), box, box + 24).shape
    torch.Size([1, 4, 3, 24, 24])
    """
    low = torch.minimum(subject[:, :2], object_[:, :2])
    both = torch.cat([low, torch.maximum(subject[:, 2:], object_[:, 2:])], dim=1)
    height, width = picture.shape[-2:]
    whole = torch.tensor([[0, 0, width, height]]).expand(len(subject), -1)
    boxes = torch.stack([whole, subject, object_, both], dim=1).float()
    centre = (boxes[..., :2] + boxes[..., 2:]) / 2
    half = (boxes[..., 2:] - boxes[..., :2]) / 2
    half[:, 1:] *= 1 + MARGIN
    across = (torch.arange(SIDE) + 0.5) / SIDE * 2 - 1
    x, y = (
        (centre[..., k, None] + across * half[..., k, None]) / size * 2 - 1
        for k, size in ((0, width), (1, height))
    )
    grid = torch.stack(
        [x[..., None, :].expand(*y.shape, SIDE), y[..., :, None].expand(*y.shape, SIDE)], dim=-1
    ).flatten(0, 1)
    seen = grid_sample(
        picture.expand(len(grid), -1, -1, -1), grid, align_corners=False, padding_mode="border"
    )
    return seen.unflatten(0, (-1, 4))


def picture_pairs(pictures: list[Stimulus], function: str = "decode") -> PicturePairs:
    """Return the pairs that were arranged in pictures of `stimuli.scene_image`.

    As in studies of visual relations, where the boxes are given, the boxes are those of the truth.

    Raises
    ------
    ValueError
        If a stimulus is no such picture.

    Examples
    --------
    >>> import stimuli
    >>> picture_pairs([stimuli.scene_image(n_objects=3)]).windows.shape
    torch.Size([2, 4, 3, 24, 24])
    """
    columns: list[tuple] = []
    windows, true = [], []
    for number, stimulus in enumerate(pictures):
        truth = stimulus.truth
        if not {"boxes", "intended", "items", "relations"} <= set(truth):
            raise ValueError(
                refusal(
                    function,
                    "stimuli",
                    stimulus,
                    "has no boxes of objects",
                    "a picture of stimuli.scene_image",
                    "Make one, or show scene vectors to a brain that sees those",
                )
            )
        pairs, entity = truth["intended"], truth["items"]["entity"]
        boxes = np.asarray(truth["boxes"])
        picture = torch.as_tensor(np.array(stimulus.frames[0], dtype=np.float32)).movedim(-1, 0)
        s, p, o = (np.asarray(pairs[name]) for name in ("s", "p", "o"))
        windows.append(picture_windows(picture, *(torch.from_numpy(boxes[k]) for k in (s, o))))
        true.append(np.asarray(truth["relations"])[s, :, o])
        columns += zip([number] * len(s), entity[s], p, entity[o], strict=True)
    table = np.array(columns, dtype=np.int64).T
    return PicturePairs(*table, torch.cat(windows), np.concatenate(true))
