"""A file that says which pieces of a long computation are done, and for what they were done."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .errors import describe

__all__ = ["Ledger", "digest", "write_whole"]


class Ledger:
    """Finished chunks of one computation, on disk after each of them.

    The file is replaced as a whole, so a process that is killed leaves the old or the new one. It
    carries a digest of everything the results depend on; for anything else it is refused.

    Parameters
    ----------
    function
        Who keeps it, for errors.
    path
        The file.
    identity
        Digests of the inputs and settings, by name.
    n_chunks
        Number of chunks in all.
    resume
        False forgets what an existing file says.

    Raises
    ------
    ValueError
        If the file is damaged, or was made for other inputs or settings.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ledger.json"
    >>> Ledger("fit", path, {"X": "ab"}, 3, resume=True).mark(1)
    >>> Ledger("fit", path, {"X": "ab"}, 3, resume=True).missing()
    [0, 2]
    """

    def __init__(
        self, function: str, path: Path, identity: dict[str, str], n_chunks: int, *, resume: bool
    ) -> None:
        self._path, self._identity, self._n_chunks = path, identity, n_chunks
        self._finished: set[int] = set()
        self.is_new = not (resume and path.exists())
        if not self.is_new:
            self._finished = self._read(function)

    def _read(self, function: str) -> set[int]:
        """Finished chunks that the file names."""
        remedy = "Use another folder, or resume=False to begin anew and lose what is there"
        try:
            kept = json.loads(self._path.read_text())
            known, finished = dict(kept["identity"]), {int(chunk) for chunk in kept["finished"]}
        except (ValueError, KeyError, TypeError) as error:
            problem, expected = "is no ledger", "a file written by an earlier fit"
            raise ValueError(
                describe(function, "folder", self._path, problem, expected, remedy)
            ) from error
        other = [name for name, value in self._identity.items() if known.get(name) != value]
        if other or kept["n_chunks"] != self._n_chunks:
            problem = f"holds a fit with another {' and another '.join(other or ['chunk size'])}"
            expected = "a new folder, or that of the same fit"
            raise ValueError(
                describe(function, "folder", self._path.parent, problem, expected, remedy)
            )
        return finished

    def begin(self) -> None:
        """Write the file with no chunk finished.

        Examples
        --------
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "ledger.json"
        >>> Ledger("fit", path, {}, 2, resume=True).begin()
        >>> path.exists()
        True
        """
        self._finished = set()
        self._write()

    def missing(self) -> list[int]:
        """Numbers of the chunks that are not finished, ascending.

        Returns
        -------
        list of int
            Chunk numbers.

        Examples
        --------
        >>> Ledger("fit", Path("nowhere.json"), {}, 2, resume=True).missing()
        [0, 1]
        """
        return [chunk for chunk in range(self._n_chunks) if chunk not in self._finished]

    def mark(self, chunk: int) -> None:
        """Record that a chunk is finished; its results must be on disk before.

        Parameters
        ----------
        chunk
            Its number.

        Examples
        --------
        >>> import tempfile
        >>> ledger = Ledger("fit", Path(tempfile.mkdtemp()) / "ledger.json", {}, 2, resume=True)
        >>> ledger.mark(0)
        >>> ledger.missing()
        [1]
        """
        self._finished.add(chunk)
        self._write()

    def _write(self) -> None:
        content = {
            "identity": self._identity,
            "n_chunks": self._n_chunks,
            "finished": sorted(self._finished),
        }
        write_whole(self._path, json.dumps(content, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that at any moment the old or the new one is there, never a part.

    Parameters
    ----------
    path
        The file.
    text
        What it is to hold.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_whole(path, "done")
    >>> path.read_text()
    'done'
    """
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def digest(value: Any) -> str:
    """SHA-256 of a setting: of the bytes of arrays, of the parameters of estimators, else of repr.

    Parameters
    ----------
    value
        Array, estimator, number, text, splitter, or lists, tuples and dicts of these.

    Returns
    -------
    str
        Hexadecimal digits.

    Examples
    --------
    >>> digest([1, np.ones(2)]) == digest([1, np.ones(2)]), digest(1) == digest(1.0)
    (True, False)
    """
    state = hashlib.sha256()
    _feed(state, value)
    return state.hexdigest()


def _feed(state: Any, value: Any) -> None:
    """Add a value to a running digest, its kind first."""
    if isinstance(value, np.ndarray):
        state.update(f"array {value.dtype.str} {value.shape}".encode())
        state.update(np.ascontiguousarray(value).view(np.uint8).data)
    elif isinstance(value, list | tuple):
        state.update(f"list {len(value)}".encode())
        for each in value:
            _feed(state, each)
    elif isinstance(value, dict):
        state.update(f"dict {len(value)}".encode())
        for key in sorted(value):
            state.update(str(key).encode())
            _feed(state, value[key])
    elif hasattr(value, "get_params") and not isinstance(value, type):
        state.update(f"{type(value).__module__}.{type(value).__qualname__}".encode())
        # whether a bar is shown changes no result
        shown = value.get_params(deep=False)
        _feed(state, {name: shown[name] for name in shown if name != "progress"})
    else:
        state.update(f"{type(value).__name__} {value!r}".encode())
