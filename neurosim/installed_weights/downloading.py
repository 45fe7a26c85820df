"""One file from the network, whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any, BinaryIO
from urllib.request import urlopen

from neurosim.errors import refusal
from neurosim.progress import bar
from stimuli.files.whole_files import write_whole

from .weight_set import WeightSet

_CHUNK = 1 << 20
_TIMEOUT = 30.0  # seconds without a byte


def download(weights: WeightSet, folder: Path, *, progress: bool = False) -> Path:
    """Fetch the file at ``weights.url`` into ``folder`` and return its path.

    Raises
    ------
    ConnectionError
        If there is no such place or no connection; the text says how to do it by hand.
    """
    if weights.url is None:
        raise _failed(weights, "has no file to download")
    try:
        with urlopen(weights.url, timeout=_TIMEOUT) as response:
            path = folder / weights.url.rpartition("/")[2]
            return write_whole(path, lambda file: _copy(response, file, progress, path.name))
    except (OSError, HTTPException) as error:
        raise _failed(weights, f"cannot be downloaded from {weights.url} ({error})") from error


def _copy(response: Any, file: BinaryIO, progress: bool, name: str) -> None:
    due = int(response.headers.get("Content-Length") or 0)
    for piece in bar(_pieces(response), math.ceil(due / _CHUNK), progress, f"{name} (MB)"):
        file.write(piece)
    if due and file.tell() != due:
        raise ConnectionError(f"{file.tell()} of {due} bytes came")


def _pieces(response: Any) -> Iterator[bytes]:
    while piece := response.read(_CHUNK):
        yield piece


def _failed(weights: WeightSet, problem: str) -> ConnectionError:
    expected = "a file that is here or can be downloaded"
    return ConnectionError(
        refusal("install_weights", "name", weights.name, problem, expected, weights.by_hand())
    )
