"""Binary images of digits: scikit-learn's, and MNIST where the user has its files."""

from __future__ import annotations

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neurosim.datasets.location import open_npz, roots
from neurosim.errors import refusal
from neurosim.models.sparsey import binarise

#: Pixels above it are on; scikit-learn's digits have values 0 to 16.
_SMALL_THRESHOLD, _SMALL_MOST = 7, 16
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_SIDE, _N_CLASSES = 28, 10


@dataclass(frozen=True, eq=False)
class DigitImages:
    """Images of digits as bits (n, H, W) bool with labels (n,) int, split in two."""

    name: str
    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def small_digits() -> DigitImages:
    """Return scikit-learn's 8 x 8 digits in stratified halves of 898 and 899; on above 7 of 16."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    grey = data.images / _SMALL_MOST
    train, test, train_labels, test_labels = train_test_split(
        grey, data.target, test_size=0.5, stratify=data.target, random_state=0
    )
    limit = _SMALL_THRESHOLD / _SMALL_MOST
    return DigitImages(
        "digits, 8 x 8",
        binarise(train, threshold=limit),
        train_labels,
        binarise(test, threshold=limit),
        test_labels,
    )


def users_mnist(*, n_of_class: int = 200, n_test: int = 1000) -> DigitImages | None:
    """Return the skeletons of MNIST's digits where the user has the files, else None.

    Looked for in a folder ``mnist`` of NEUROSIM_DATA or of the user's cache: ``mnist.npz`` with
    ``x_train y_train x_test y_test``, or the four files ``*-ubyte`` as published, zipped or not.

    Parameters
    ----------
    n_of_class
        The first so many images of each class are for training.
    n_test
        The first so many test images are taken.

    Raises
    ------
    ValueError
        If a file is damaged, or the images are not (n, 28, 28) from 0 to 255 with labels 0 to 9.
    """
    folder = next((root / "mnist" for root in roots() if (root / "mnist").is_dir()), None)
    if folder is None:
        return None
    if (folder / "mnist.npz").is_file():
        arrays = open_npz(folder, "mnist.npz", "mnist", _ARRAYS)
        x_train, y_train, x_test, y_test = (arrays[key] for key in _ARRAYS)
    else:
        x_train, y_train, x_test, y_test = (_idx_array(folder, file) for file in _IDX_FILES)
    _check(folder, x_train, y_train)
    _check(folder, x_test, y_test)
    chosen = np.sort(
        np.concatenate([np.flatnonzero(y_train == c)[:n_of_class] for c in range(_N_CLASSES)])
    )
    train, test = x_train[chosen] / 255.0, x_test[:n_test] / 255.0
    return DigitImages(
        "MNIST, skeletons",
        binarise(train, "skeleton"),
        y_train[chosen].astype(int),
        binarise(test, "skeleton"),
        y_test[:n_test].astype(int),
    )


def _idx_array(folder: Path, file: str) -> np.ndarray:
    """Read an array of bytes: 0, 0, 8, the number of axes, their lengths, the values."""
    found = next((p for p in (folder / file, folder / f"{file}.gz") if p.is_file()), None)
    if found is None:
        raise _damaged(folder / file, "is not there", "mnist.npz, or the four published files")
    try:
        data = found.read_bytes()
        data = gzip.decompress(data) if found.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(found, f"cannot be read ({error})", "the file as published") from error
    n_axes = data[3] if len(data) >= 4 and data[:3] == b"\0\0\x08" else 0
    start = 4 + 4 * n_axes
    shape = np.frombuffer(data[4:start], dtype=">u4") if len(data) >= start > 4 else []
    if len(shape) == 0 or len(data) - start != math.prod(int(n) for n in shape):
        raise _damaged(found, "is no whole array of bytes", "the file as published")
    return np.frombuffer(data, dtype=np.uint8, offset=start).reshape(shape)


def _check(folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    if images.ndim != 3 or images.shape[1:] != (_SIDE, _SIDE) or images.dtype != np.uint8:
        raise _damaged(
            folder, f"has images {images.shape} {images.dtype}", "(n, 28, 28) uint8, 0 to 255"
        )
    if labels.shape != images.shape[:1] or not np.isin(labels, range(_N_CLASSES)).all():
        raise _damaged(folder, f"has labels {labels.shape}", "one of 0 to 9 for each image")


def _damaged(path: Path, problem: str, expected: str) -> ValueError:
    return ValueError(
        refusal("sdr_classes", "mnist", str(path), problem, expected, "Copy the files again")
    )
