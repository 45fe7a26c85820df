"""The mixture: which families there are, how often each is drawn, and batches of clips."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.models.motion_energy.diet.example import Example
from neurosim.models.motion_energy.diet.gratings import grating, plaid
from neurosim.models.motion_energy.diet.holes import behind_holes, patches
from neurosim.models.motion_energy.diet.shapes import flat_shapes, textured_shapes
from neurosim.models.motion_energy.diet.textures import dots, texture
from stimuli.randomness import stream

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DIET", "SIZES", "Batch", "Family", "draw_batch", "draw_example", "held_out"]

_FAMILIES: Mapping[str, Callable[[np.random.Generator, int], Example]] = {
    "grating": grating,
    "plaid": plaid,
    "flat_shapes": flat_shapes,
    "textured_shapes": textured_shapes,
    "texture": texture,
    "dots": dots,
    "behind_holes": behind_holes,
    "patches": patches,
}
_CLIP_SEEDS = 2**51  # of training clips they are even, of held-out clips odd

#: A family that is not in `DIET`: a function of size (px) and seed, such as `movie_family` returns.
Family = Callable[[int, int], Example]

#: Part of each family in the training clips; the parts sum to 1.
DIET: Mapping[str, float] = MappingProxyType(
    {
        "grating": 0.16,
        "plaid": 0.12,
        "flat_shapes": 0.20,
        "textured_shapes": 0.12,
        "texture": 0.10,
        "dots": 0.06,
        "behind_holes": 0.15,
        "patches": 0.09,
    }
)

#: Side of the clips of a batch, px, and how often it is drawn.
SIZES: Mapping[int, float] = MappingProxyType({64: 0.6, 96: 0.2, 128: 0.2})


class Batch(NamedTuple):
    """Clips of one size, as tensors.

    Parameters
    ----------
    video
        (B, 11, H, W) float32, linear light in [0, 1].
    flow
        (B, H, W, 2) float32 px/frame from frame 5 to frame 6, u right, v down.
    valid
        (B, H, W) bool, where the flow is known.
    families
        B names.

    Examples
    --------
    >>> batch = draw_batch(0, seed=1)
    >>> batch.video.shape, batch.families[:2]
    (torch.Size([8, 11, 64, 64]), ('behind_holes', 'flat_shapes'))
    """

    video: Tensor
    flow: Tensor
    valid: Tensor
    families: tuple[str, ...]


def draw_example(family: str | Family, size: int, seed: int) -> Example:
    """Return one clip; the same arguments give the same bytes.

    Parameters
    ----------
    family
        A name of `DIET`, or a function of size and seed.
    size
        Side of the clip, px: a multiple of 8, at least 64.
    seed
        Gives all that is random.

    Returns
    -------
    example
        Video, flow, valid and family.

    Raises
    ------
    UnknownNameError
        If there is no such family.
    ValueError
        If the size cannot be shown to the model, or the seed is negative.
    TypeError
        If size or seed is no int.

    Examples
    --------
    >>> example = draw_example("texture", 64, seed=3)
    >>> example.video.shape, bool(example.valid.all())
    ((11, 64, 64), True)
    """
    _check_size("draw_example", size)
    seed = checked_seed("draw_example", seed)
    if not isinstance(family, str):
        return family(size, seed)
    if family not in _FAMILIES:
        raise unknown_name("draw_example", "family", family, _FAMILIES)
    return _FAMILIES[family](stream(seed, f"{family} {size}"), size)


def draw_batch(
    step: int, *, n: int = 8, seed: int = 0, diet: Mapping[str | Family, float] = DIET
) -> Batch:
    """Return the clips of one training step.

    Size, families and clips are drawn from a stream that ``seed`` and ``step`` name, so that a
    step has the same clips whichever steps were drawn before. Clips have a side of 64 px in six
    of ten steps, and of 96 or 128 px in two each; of larger clips there are fewer, so that a
    batch has about as many pixels.

    Parameters
    ----------
    step
        Number of the step, from 0.
    n
        Clips of 64 x 64 px in a batch; n = 8 means 4 of 96 px and 2 of 128 px.
    seed
        Names the stream.
    diet
        Families and their weights, which need not sum to 1.

    Returns
    -------
    batch
        Its clips are never those of `held_out`.

    Raises
    ------
    ValueError
        If step, n or seed is out of its range, or the diet is empty or has weights that are not
        positive and finite.
    TypeError
        If step, n or seed is no int.
    UnknownNameError
        If the diet names an unknown family.

    Examples
    --------
    >>> batch = draw_batch(2, n=2, seed=5)
    >>> batch.video.shape, batch.families
    (torch.Size([2, 11, 64, 64]), ('flat_shapes', 'grating'))
    """
    size, families, seeds = _plan(step, n, seed, diet)
    pairs = zip(families, seeds, strict=True)
    return _stacked(draw_example(family, size, clip) for family, clip in pairs)


def _plan(
    step: int, n: int, seed: int, diet: Mapping[str | Family, float]
) -> tuple[int, list[str | Family], list[int]]:
    """Return the size of the clips of a step, their families and their seeds."""
    step, n = _count("draw_batch", "step", step, 0), _count("draw_batch", "n", n, 1)
    _check_diet(diet)
    generator = stream(checked_seed("draw_batch", seed), f"training step {step}")
    size = int(generator.choice(list(SIZES), p=list(SIZES.values())))
    n_clips = max(1, round(n * (min(SIZES) / size) ** 2))
    weights = np.array(list(diet.values()), float)
    drawn = generator.choice(len(diet), n_clips, p=weights / weights.sum())
    seeds = 2 * generator.integers(_CLIP_SEEDS, size=n_clips)
    known = list(diet)
    return size, [known[k] for k in drawn], seeds.tolist()


def held_out(family: str | Family, n: int, size: int = 64) -> Batch:
    """Return the first n validation clips of a family, which no training step shows.

    Parameters
    ----------
    family
        A name of `DIET`, or a function of size and seed.
    n
        Clips.
    size
        Their side, px.

    Returns
    -------
    batch
        Always the same; more clips begin with the same clips.

    Raises
    ------
    UnknownNameError
        If there is no such family.
    ValueError
        If n or size is out of its range.
    TypeError
        If n or size is no int.

    Examples
    --------
    >>> held_out("plaid", 3).video.shape
    torch.Size([3, 11, 64, 64])
    """
    n = _count("held_out", "n", n, 1)
    return _stacked(draw_example(family, size, 2 * k + 1) for k in range(n))


def _stacked(examples: Iterable[Example]) -> Batch:
    import torch

    videos, flows, valids, families = zip(*examples, strict=True)
    arrays = (torch.from_numpy(np.stack(each)) for each in (videos, flows, valids))
    return Batch(*arrays, families)


def _count(function: str, name: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(refusal(function, name, value, "is no whole number", "an int", "Use int()"))
    if value < least:
        raise ValueError(
            refusal(function, name, value, "is too small", f"{name} >= {least}", "Raise it")
        )
    return int(value)


def _check_size(function: str, size: object) -> None:
    size = _count(function, "size", size, 64)
    if size % 8:
        raise ValueError(
            refusal(
                function, "size", size, "is off the model's grid", "a multiple of 8", "Round it"
            )
        )


def _check_diet(diet: Mapping[str | Family, float]) -> None:
    good = bool(diet) and all(math.isfinite(part) and part > 0 for part in diet.values())
    if not good:
        raise ValueError(
            refusal(
                "draw_batch",
                "diet",
                dict(diet),
                "cannot be drawn from",
                "families with positive, finite weights",
                "Leave out families of weight 0",
            )
        )
    for family in diet:
        if isinstance(family, str) and family not in _FAMILIES:
            raise unknown_name("draw_batch", "diet", family, _FAMILIES)
