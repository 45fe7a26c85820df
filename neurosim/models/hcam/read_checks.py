"""Checks of what a memory is made of, and of what it is asked."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NoReturn

import torch
from torch import Tensor

from neurosim.errors import refusal


def wrong_value(
    function: str, name: str, value: Any, problem: str, expected: str, remedy: str
) -> ValueError:
    """Return the error for a value or a shape; a tensor is told by its shape and type."""
    return ValueError(refusal(function, name, _told(value), problem, expected, remedy))


def wrong_kind(function: str, name: str, value: Any, expected: str, remedy: str) -> TypeError:
    """Return the error for a value of the wrong kind."""
    kind = value.dtype if isinstance(value, Tensor) else type(value).__name__
    problem = f"is of {kind}"
    return TypeError(refusal(function, name, _told(value), problem, expected, remedy))


def check_whole(function: str, **sizes: Any) -> None:
    """Refuse sizes that are no ints of 1 or more."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise wrong_kind(function, name, value, "an int of 1 or more", "Use int()")
        if value < 1:
            raise wrong_value(function, name, value, "is too small", "1 or more", "Raise it")


def check_sizes(
    function: str, *, dim: Any, feature_size: Any, heads: Any, k: Any, positions: Any
) -> None:
    """Refuse sizes that are no ints of 1 or more, or do not go together."""
    check_whole(function, dim=dim, feature_size=feature_size, heads=heads, k=k)
    if feature_size % heads:
        problem = f"does not divide feature_size={feature_size}"
        raise wrong_value(function, "heads", heads, problem, "a divisor", "Change one of them")
    if positions and dim % 2:
        expected, remedy = "an even number with positions", "Use positions=False"
        raise wrong_value(function, "dim", dim, "is odd", expected, remedy)


def check_contents(function: str, contents: Any) -> None:
    """Refuse what is no (B, M, C, D) floating-point tensor with C of 1 or more."""
    _check_floating(function, "contents", contents, 4)
    if contents.shape[2] < 1:
        problem = "has chunks without steps"
        raise wrong_value(function, "contents", contents, problem, "C >= 1", "Add steps")


def check_step_mask(function: str, step_mask: Any, contents: Tensor) -> None:
    """Refuse what is no (B, M, C) bool."""
    _check_mask(function, "step_mask", step_mask, tuple(contents.shape[:3]))


def check_places(
    function: str, name: str, places: Any, shape: tuple[int, ...], n_places: int
) -> None:
    """Refuse what is no int64 tensor of a shape with numbers 0..n_places-1."""
    if not isinstance(places, Tensor) or places.dtype != torch.int64:
        raise wrong_kind(function, name, places, "int64", "Convert it")
    if tuple(places.shape) != shape:
        problem = f"has the shape {tuple(places.shape)}"
        raise wrong_value(function, name, places, problem, f"{shape}", "Make them agree")
    if places.numel() and not (places.min() >= 0 and places.max() < n_places):
        problem = f"has numbers {int(places.min())}..{int(places.max())}"
        raise wrong_value(function, name, places, problem, f"0..{n_places - 1}", "Renumber them")


def check_read(
    weight: Tensor,
    queries: Tensor,
    contents: Tensor,
    keys: Tensor | None,
    mask: Tensor | None,
    step_mask: Tensor | None,
) -> None:
    """Refuse tensors whose shapes, kinds or devices disagree with each other or with a weight."""
    function = "HCAMAttention"
    _check_floating(function, "queries", queries, 3)
    check_contents(function, contents)
    batch, n_queries = queries.shape[:2]
    n_chunks, size = contents.shape[1:3]
    dim = weight.shape[1]
    _check_shape(function, "queries", queries, (batch, n_queries, dim))
    _check_shape(function, "contents", contents, (batch, n_chunks, size, dim))
    if keys is not None:
        _check_floating(function, "keys", keys, 3)
        _check_shape(function, "keys", keys, (batch, n_chunks, dim))
    if mask is not None:
        _check_mask(function, "mask", mask, (batch, n_queries, n_chunks))
    if step_mask is not None:
        check_step_mask(function, step_mask, contents)
    tensors = {"queries": queries, "contents": contents, "keys": keys}
    for name, value in (tensors | {"mask": mask, "step_mask": step_mask}).items():
        if value is None:
            continue
        if value.device != weight.device:
            problem, expected = f"is on {value.device}", f"{weight.device}, where the weights are"
            raise wrong_value(function, name, value, problem, expected, "Move one of them")
        if name in tensors and value.dtype != weight.dtype and not torch.is_autocast_enabled():
            expected = f"{weight.dtype}, as the weights"
            raise wrong_kind(function, name, value, expected, "Convert one of them")


def refuse_not_finite(read: dict[str, Tensor]) -> NoReturn:
    """Say which of the tensors that were read made the result NaN or infinite."""
    expected = "finite numbers wherever they may be read"
    for name, value in read.items():
        if not torch.isfinite(value).all():
            problem, remedy = "is not finite", "Look at its source, or mask it"
            raise wrong_value("HCAMAttention", name, value, problem, expected, remedy)
    problem, remedy = "leads to a result that is not finite", "Use numbers of ordinary size"
    name, value = next(iter(read.items()))
    raise wrong_value("HCAMAttention", name, value, problem, expected, remedy)


def _check_floating(function: str, name: str, value: Any, n_axes: int) -> None:
    if not isinstance(value, Tensor) or not value.is_floating_point():
        raise wrong_kind(function, name, value, "floating point", "Convert it")
    if value.ndim != n_axes:
        problem = f"has {value.ndim} axes"
        raise wrong_value(function, name, value, problem, f"{n_axes}", "Reshape it")


def _check_mask(function: str, name: str, value: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(value, Tensor) or value.dtype != torch.bool:
        raise wrong_kind(function, name, value, "bool", "Compare, as in mask > 0")
    _check_shape(function, name, value, shape)


def _check_shape(function: str, name: str, value: Tensor, shape: tuple[int, ...]) -> None:
    if tuple(value.shape) != shape:
        problem = f"has the shape {tuple(value.shape)}"
        raise wrong_value(function, name, value, problem, f"{shape}", "Make them agree")


def _told(value: Any) -> Any:
    """A short stand-in for a tensor, whose own text has many lines."""
    if isinstance(value, Tensor):
        return _TensorName(value)
    return value


class _TensorName:
    def __init__(self, value: Tensor) -> None:
        self._text = f"tensor(shape={tuple(value.shape)}, dtype={value.dtype})"

    def __repr__(self) -> str:
        return self._text
