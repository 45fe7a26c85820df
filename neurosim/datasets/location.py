"""Where the files of a data set are, and one clear sentence when they are not."""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from neurosim.errors import refusal

# Folders inside NEUROSIM_DATA or the cache in which a data set may lie.
_SHELVES = (".", "neural", "motion", "visual_search")
_FOLDERS = {
    "cichy92": "cichy92_fmri",
    "search_scanpaths": "visual_search",
    "sintel_perceived": "sintel_slow_human",
}


def user_cache() -> Path:
    """Return the toolkit's folder in the user's cache; it need not exist."""
    with warnings.catch_warnings():
        # pooch imports a progress bar that warns in notebooks without ipywidgets.
        warnings.filterwarnings("ignore", message="IProgress not found")
        import pooch

    return Path(pooch.os_cache("neurosim"))


def roots() -> tuple[Path, ...]:
    """Return the folders that are searched: ``NEUROSIM_DATA``, then the user's cache."""
    chosen = os.environ.get("NEUROSIM_DATA")
    return (*((Path(chosen),) if chosen else ()), user_cache())


def find_folder(name: str, path: Path | None = None) -> Path:
    """Return the folder of data set ``name``.

    Raises
    ------
    FileNotFoundError
        If there is none; the text names the places that were searched.
    """
    folder = _FOLDERS.get(name, name)
    if path is not None:
        candidates = [path]
    else:
        candidates = [root / shelf / folder for root in roots() for shelf in _SHELVES]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    places = str(path) if path is not None else " or ".join(str(r) for r in roots())
    raise FileNotFoundError(
        refusal(
            "datasets.load",
            "name",
            name,
            f"is not in {places}",
            f"a folder {folder}/ there",
            f"Put the files of {name} into it, or name its parent in NEUROSIM_DATA; "
            "datasets.info(name).citation says where they are published",
        )
    )


def find_file(folder: Path, file: str, name: str) -> Path:
    """Return ``folder/file``.

    Raises
    ------
    FileNotFoundError
        If the folder does not hold the file.
    ValueError
        If the file is empty.
    """
    found = folder / file
    if not found.is_file():
        raise FileNotFoundError(
            refusal(
                "datasets.load",
                "name",
                name,
                f"lacks {file} in {folder}",
                f"the file {file}",
                "Copy it there again",
            )
        )
    if found.stat().st_size == 0:
        raise ValueError(_damaged(name, found, "is empty"))
    return found


def open_npz(folder: Path, file: str, name: str, keys: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the arrays ``keys`` of a ``.npz`` file that holds no pickled objects.

    Raises
    ------
    FileNotFoundError
        If the file is absent.
    ValueError
        If it is empty, truncated, holds pickled objects, or lacks an array.
    """
    found = find_file(folder, file, name)
    try:
        with found.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            missing = sorted(set(keys) - set(arrays.files))
            if not missing:
                return {key: arrays[key] for key in keys}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        problem = "holds pickled objects" if "pickle" in str(error) else "cannot be read"
        raise ValueError(_damaged(name, found, problem)) from error
    raise ValueError(_damaged(name, found, f"lacks the array {missing[0]!r}"))


def open_mat(folder: Path, file: str, name: str, key: str) -> np.ndarray:
    """Return the array ``key`` of a MATLAB file (version 5 to 7).

    Raises
    ------
    FileNotFoundError
        If the file is absent.
    ValueError
        If it is empty, truncated, or lacks the array.
    """
    from scipy.io import loadmat

    found = find_file(folder, file, name)
    try:
        arrays = loadmat(found)
    except Exception as error:  # a damaged file raises errors of many kinds
        raise ValueError(_damaged(name, found, "cannot be read")) from error
    if key not in arrays:
        raise ValueError(_damaged(name, found, f"lacks the array {key!r}"))
    return np.asarray(arrays[key], dtype=np.float64)


def open_csv(folder: Path, file: str, name: str, columns: Sequence[str]) -> np.ndarray:
    """Return the numbers (n_rows, n_columns) in ``columns`` of a table; empty cells are NaN.

    Raises
    ------
    FileNotFoundError
        If the file is absent.
    ValueError
        If it is empty, holds something that is no number, or lacks a column.
    """
    import pandas as pd

    found = find_file(folder, file, name)
    try:
        table = pd.read_csv(found)
        missing = [column for column in columns if column not in table]
        if not missing:
            return table[list(columns)].to_numpy(dtype=np.float64)
    except (OSError, ValueError) as error:
        raise ValueError(_damaged(name, found, "cannot be read")) from error
    raise ValueError(_damaged(name, found, f"lacks the column {missing[0]!r}"))


def open_images(folder: Path, file: str, name: str) -> tuple[list[str], np.ndarray]:
    """Return names and pixels (n, H, W, 3) uint8 of the images in a zip archive, sorted by name.

    Raises
    ------
    FileNotFoundError
        If the archive is absent.
    ValueError
        If it is empty or truncated, or holds something that is not an image.
    """
    from PIL import Image, UnidentifiedImageError

    found = find_file(folder, file, name)
    try:
        with zipfile.ZipFile(found) as archive:
            members = sorted(n for n in archive.namelist() if not n.endswith("/"))
            images = []
            for member in members:
                with archive.open(member) as stream, Image.open(stream) as image:
                    images.append(np.asarray(image.convert("RGB")))
    except (OSError, zipfile.BadZipFile, UnidentifiedImageError, EOFError) as error:
        raise ValueError(_damaged(name, found, "cannot be read")) from error
    if not images:
        raise ValueError(_damaged(name, found, "holds no image"))
    return members, np.stack(images)


def check_shape(name: str, key: str, array: np.ndarray, expected: tuple[int | None, ...]) -> None:
    """Refuse an array whose shape is not ``expected`` (None matches any length).

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if array.ndim != len(expected) or any(
        want is not None and want != got for want, got in zip(expected, array.shape, strict=True)
    ):
        raise ValueError(
            refusal(
                "datasets.load",
                "name",
                name,
                f"has {key} of shape {array.shape}",
                f"{expected}",
                "Copy the file again",
            )
        )


def _damaged(name: str, file: Path, problem: str) -> str:
    return refusal(
        "datasets.load",
        "name",
        name,
        f"cannot be opened: {file} {problem}",
        "the whole file as published",
        "Copy it there again",
    )
