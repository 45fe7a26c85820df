"""A model's configuration from plain values, as files and command lines hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from neurosim.errors import unknown_name

_Config = TypeVar("_Config")


def from_fields(kind: type[_Config], values: Mapping[str, Any]) -> _Config:
    """Build a dataclass from its fields; fields that are not given keep their defaults.

    Parameters
    ----------
    kind
        The dataclass; errors are those of its ``from_dict``.
    values
        Field to value.

    Raises
    ------
    UnknownNameError
        If a key is not a field.

    Examples
    --------
    >>> from neurosim.models.hcam import RecallConfig
    >>> from_fields(RecallConfig, {"k": 2}).k
    2
    """
    known = [field.name for field in fields(kind)]
    for name in values:
        if name not in known:
            raise unknown_name(f"{kind.__name__}.from_dict", "values", name, known)
    return kind(**values)
