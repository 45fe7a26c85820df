"""What kind of file was given: told by its first bytes, never by its ending."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from neurosim.errors import refusal

from .weight_set import Kind

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the number that torch pickled first
_ONNX = b"\x08"  # protobuf: field 1, ir_version, a varint
_KNOWN = "an ONNX file, a Keras .h5, a torch .pth, a .safetensors, or a wheel or zip with one"


@dataclass(frozen=True)
class Content:
    """An open file of weights: its kind, its bytes and its name (within the wheel, if in one)."""

    kind: Kind
    stream: BinaryIO
    name: str

    def sha256(self) -> str:
        """Return the SHA-256 of the whole file; the stream is at its start again after it."""
        self.stream.seek(0)
        found = hashlib.file_digest(self.stream, "sha256").hexdigest()
        self.stream.seek(0)
        return found


@contextmanager
def open_content(path: Path) -> Iterator[Content]:
    """Open a file of weights, or the only one in a wheel or zip.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is of no known kind, or a zip with no or several files of weights.
    """
    if not path.is_file():
        raise FileNotFoundError(_refusal(path, "does not exist", "a file", "Check the path"))
    with path.open("rb") as stream:
        kind = _kind(stream)
        if kind is not None:
            yield Content(kind, stream, path.name)
            return
        if stream.read(len(_ZIP)) != _ZIP:
            raise ValueError(_refusal(path, "is of no known kind", _KNOWN, "Use another file"))
        yield _only_member(path)


def _kind(stream: BinaryIO) -> Kind | None:
    """Return the kind, None for a zip or what is unknown; the stream is at its start again."""
    head = stream.read(len(_OLD_TORCH))
    stream.seek(0)
    if head.startswith(_HDF5):
        return "keras"
    if head == _OLD_TORCH or (head.startswith(_ZIP) and _is_torch_zip(stream)):
        return "torch"
    if head[5:9] == b"\0\0\0{":  # the length of the header in 8 bytes, then the header
        return "safetensors"
    return "onnx" if head.startswith(_ONNX) else None


def _is_torch_zip(stream: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False
    finally:
        stream.seek(0)


_ENDINGS = (".onnx", ".h5", ".hdf5", ".pth", ".pt", ".safetensors")


def _only_member(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.endswith(_ENDINGS)]
            if len(members) != 1:
                problem = f"holds {len(members)} files of weights"
                raise ValueError(_refusal(path, problem, "one", "Give the file itself"))
            stream = io.BytesIO(archive.read(members[0]))  # readers seek, which is slow in a zip
    except zipfile.BadZipFile as error:
        problem = f"cannot be read ({error})"
        raise ValueError(_refusal(path, problem, "a whole file", "Download it again")) from error
    kind = _kind(stream)
    if kind is None:
        problem = f"holds {members[0]}, which is of no known kind"
        raise ValueError(_refusal(path, problem, _KNOWN, "Use another file"))
    return Content(kind, stream, members[0])


def _refusal(path: Path, problem: str, expected: str, remedy: str) -> str:
    return refusal("install_weights", "source", str(path), problem, expected, remedy)
