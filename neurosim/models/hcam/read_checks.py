"""Checks of what a memory is made of, and of what it is asked."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from neurosim.errors import refusal

if TYPE_CHECKING:
    from neurosim.models.hcam.attention import HCAMAttention


def checked_sizes(*, dim: int, feature_size: int, heads: int, k: int, positions: bool) -> None:
    """Refuse sizes that are no ints of 1 or more, or do not go together."""
    for name, value in (("dim", dim), ("feature_size", feature_size), ("heads", heads), ("k", k)):
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(
                refusal("HCAMAttention", name, value, "is no int", "an int of 1 or more", "Use int")
            )
        if value < 1:
            raise _wrong(name, value, "is too small", "1 or more", "Raise it")
    if feature_size % heads:
        raise _wrong("heads", heads, f"does not divide feature_size={feature_size}", "a divisor",
                     "Change one of them")  # fmt: skip
    if positions and dim % 2:
        raise _wrong("dim", dim, "is odd", "an even number with positions", "Use positions=False")


def check_read(
    module: HCAMAttention,
    queries: Tensor,
    contents: Tensor,
    keys: Tensor | None,
    mask: Tensor | None,
    step_mask: Tensor | None,
) -> None:
    """Refuse tensors whose shapes or kinds disagree, or with values that are not finite."""
    _check_floating("queries", queries, 3)
    _check_floating("contents", contents, 4)
    batch, n_queries, dim = queries.shape
    n_chunks, size = contents.shape[1:3]
    _check_shape("queries", queries, (batch, n_queries, module.dim))
    _check_shape("contents", contents, (batch, n_chunks, size, dim))
    if keys is not None:
        _check_floating("keys", keys, 3)
        _check_shape("keys", keys, (batch, n_chunks, dim))
    if size < 1:
        raise _wrong("contents", contents, "has chunks without steps", "C >= 1", "Add steps")
    for name, value, shape in (
        ("mask", mask, (batch, n_queries, n_chunks)),
        ("step_mask", step_mask, (batch, n_chunks, size)),
    ):
        if value is None:
            continue
        if value.dtype != torch.bool:
            raise TypeError(
                refusal(
                    "HCAMAttention", name, value, f"is of {value.dtype}", "bool",
                    "Compare, as in mask > 0",
                )
            )  # fmt: skip
        _check_shape(name, value, shape)


def _check_floating(name: str, value: Tensor, ndim: int) -> None:
    if not isinstance(value, Tensor) or not value.is_floating_point():
        kind = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(
            refusal("HCAMAttention", name, value, f"is of {kind}", "floating point", "Convert it")
        )
    if value.ndim != ndim:
        raise _wrong(name, value, f"has {value.ndim} axes", f"{ndim}", "Reshape it")


def _check_shape(name: str, value: Tensor, shape: tuple[int, ...]) -> None:
    if tuple(value.shape) != shape:
        found = tuple(value.shape)
        raise _wrong(name, value, f"has the shape {found}", f"{shape}", "Make them agree")


def _wrong(name: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("HCAMAttention", name, value, problem, expected, remedy))
