"""Tensors by name out of the files of four toolkits; nothing in the files is ever run."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection
from typing import Any, BinaryIO

import numpy as np

from neurosim.errors import refusal

from .containers import Content

Tensors = dict[str, np.ndarray]


def read_tensors(content: Content, wanted: Collection[str]) -> Tensors:
    """Return those of the ``wanted`` tensors that the file holds; kernels (out, in, row, column).

    Raises
    ------
    ImportError
        If the package that reads such a file is not installed.
    ValueError
        If the file is damaged.
    """
    read = _READERS[content.kind]
    try:
        return read(content.stream, wanted)
    except ImportError:
        raise
    except Exception as error:  # each toolkit raises errors of its own for a damaged file
        remedy = "Download it again"
        raise ValueError(
            _refusal(content.name, f"cannot be read ({error})", "a whole file", remedy)
        ) from error


def _read_onnx(stream: BinaryIO, wanted: Collection[str]) -> Tensors:
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as error:
        raise _needs("onnx") from error
    initialisers = onnx.load(stream, load_external_data=False).graph.initializer
    return {t.name: numpy_helper.to_array(t) for t in initialisers if t.name in wanted}


def _read_keras(stream: BinaryIO, wanted: Collection[str]) -> Tensors:
    """Read ``layer.weight`` and ``layer.bias``, whatever the file calls the two of a layer."""
    try:
        import h5py
    except ImportError as error:
        raise _needs("h5py") from error
    found = {}
    with h5py.File(stream, "r") as file:
        root = file.get("model_weights", file)  # a whole model keeps them one level lower
        for name in wanted:
            layer, _, part = name.rpartition(".")
            if layer in root:
                for values in _arrays_of(root[layer], 4 if part == "weight" else 1):
                    found[name] = values
    return found


def _arrays_of(group: Any, n_axes: int) -> list[np.ndarray]:
    arrays: list[np.ndarray] = []

    def visit(_: str, member: Any) -> None:
        if getattr(member, "ndim", None) == n_axes:
            values = member[()]
            # Keras keeps kernels as (row, column, in, out).
            arrays.append(values.transpose(3, 2, 0, 1) if n_axes == 4 else values)

    group.visititems(visit)
    if len(arrays) > 1:
        raise ValueError(f"{group.name} holds {len(arrays)} arrays of {n_axes} axes")
    return arrays


def _read_torch(stream: BinaryIO, wanted: Collection[str]) -> Tensors:
    import torch

    try:
        state = torch.load(stream, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # Its own text advises to switch the safety off, which we never do.
        raise ValueError("it holds more than tensors, or is not whole") from error
    return {name: state[name].detach().numpy() for name in wanted if name in state}


def _read_safetensors(stream: BinaryIO, wanted: Collection[str]) -> Tensors:
    from safetensors.numpy import load

    tensors = load(stream.read())
    return {name: tensors[name] for name in wanted if name in tensors}


_READERS: dict[str, Callable[[BinaryIO, Collection[str]], Tensors]] = {
    "onnx": _read_onnx,
    "keras": _read_keras,
    "torch": _read_torch,
    "safetensors": _read_safetensors,
}


def _needs(package: str) -> ImportError:
    return ImportError(
        refusal(
            "install_weights",
            "source",
            f"a file for {package}",
            f"cannot be read without the package {package}",
            "it installed",
            'Run `pip install "neurosim-toolkit[weights]"`',
        )
    )


def _refusal(name: str, problem: str, expected: str, remedy: str) -> str:
    return refusal("install_weights", "source", name, problem, expected, remedy)
