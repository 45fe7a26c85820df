"""Files that are whole or not there at all."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from stimuli.errors import sentence


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise FileNotFoundError(
            sentence(
                "save",
                "path",
                str(path),
                "lies in a folder that does not exist",
                "an existing folder",
                f"Make {path.parent} first",
            )
        )


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def write_whole(path: Path, write: Callable[[BinaryIO], Any]) -> Path:
    """Write a file under a temporary name, then give it its own.

    Parameters
    ----------
    path
        The name in the end.
    write
        Called with the open binary file.

    Returns
    -------
    path
        As given.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a.txt", lambda file: file.write(b"abc")).stat().st_size
    3
    """
    _check_folder(path)
    temporary = _temporary(path)
    try:
        with temporary.open("wb") as file:
            write(file)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def fill_whole(path: Path, fill: Callable[[Path], Any]) -> Path:
    """Let something write a file or a folder under a temporary name, then give it its own.

    Parameters
    ----------
    path
        The name in the end; what is there already is replaced.
    fill
        Called with the temporary name, of the same suffix.

    Returns
    -------
    path
        As given.

    Raises
    ------
    FileNotFoundError
        If the folder that it lies in does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fill_whole(Path(folder) / "a.txt", lambda name: name.write_text("abc")).read_text()
    'abc'
    """
    _check_folder(path)
    temporary = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        fill(temporary)
        _remove(path)
        temporary.replace(path)
    finally:
        _remove(temporary)
    return path


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
