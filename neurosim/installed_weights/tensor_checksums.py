"""SHA-256 of tensors: how it is taken, and the tables of those measured on published files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np


def tensor_sha256(values: np.ndarray) -> str:
    """Return the SHA-256 of the values in C order, little-endian.

    Examples
    --------
    >>> tensor_sha256(np.ones((2, 2), np.float32))[:12]
    'f6bb1294da2f'
    """
    array = np.asarray(values)
    ordered = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return hashlib.sha256(ordered).hexdigest()


def measured_checksums(name: str) -> dict[str, str]:
    """Return the table of weights ``name``: name of each tensor to its SHA-256.

    Examples
    --------
    >>> measured_checksums("vgg16")["block5_conv3.weight"][:12]
    '7518c45f7683'
    """
    table = Path(__file__).parent / "checksums" / f"{name}.sha256"
    lines = [line.split() for line in table.read_text().splitlines() if not line.startswith("#")]
    return {tensor: sha256 for sha256, tensor in lines}
