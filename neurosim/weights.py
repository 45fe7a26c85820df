"""Weights on disk: what they were made with is in the file, and their checksum is verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from neurosim.errors import refusal
from neurosim.model import entry, names
from neurosim.tensor_file import check_fits, read_tensors, write_tensors

_MADE_BY = ("command", "seed")  # without these nobody can make the weights again


def checksum(tensors: Mapping[str, torch.Tensor]) -> str:
    """Return the SHA-256 over name, type, shape and bytes of the tensors, in name order.

    Examples
    --------
    >>> import torch
    >>> checksum({"b": torch.zeros(2), "a": torch.ones(1)})[:12]
    '0151c8542821'
    """
    found = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        found.update(json.dumps([name, str(tensor.dtype), list(tensor.shape)]).encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


def save_weights(
    module: torch.nn.Module,
    path: Path | str,
    config: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> Path:
    """Write the weights of ``module``, with how they came to be, to a ``.safetensors`` file.

    Parameters
    ----------
    module
        Its ``state_dict`` is kept.
    path
        Written whole or not at all; the folder has to exist.
    config
        JSON values that the module is built with.
    provenance
        JSON values: ``command`` and ``seed`` at least, and what else is known
        (``TrainingLog.summary()``: steps, loss, seconds, the last validation).

    Returns
    -------
    path
        As given.

    Raises
    ------
    ValueError
        If the ending is another, ``provenance`` lacks the command or the seed, a tensor is not
        finite, or a value is no JSON.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> module = torch.nn.Linear(2, 1)
    >>> made_by = {"command": "neurosim train toy", "seed": 0}
    >>> path = save_weights(module, Path(tempfile.mkdtemp()) / "a.safetensors", {}, made_by)
    >>> tensors, metadata = load_weights(path)
    >>> list(tensors), metadata["command"]
    (['bias', 'weight'], 'neurosim train toy')
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise _wrong("save_weights", "path", str(path), "has another ending", ".safetensors")
    for name in _MADE_BY:
        if name not in provenance:
            raise _wrong(
                "save_weights", "provenance", dict(provenance), f"lacks {name!r}", "what made them"
            )
    tensors = module.state_dict()
    broken = [n for n, t in tensors.items() if not torch.isfinite(t).all()]
    if broken:
        raise _wrong("save_weights", "module", broken, "is NaN or infinite", "finite weights")
    note = {"config": dict(config), **provenance, "checksum": checksum(tensors)}
    try:
        json.dumps(note, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise _wrong("save_weights", "config", note, f"is no JSON ({error})", "JSON") from error
    return write_tensors(path, tensors, note)


def load_weights(
    path: Path | str, module: torch.nn.Module | None = None
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read weights and verify their checksum; with ``module``, put them into it.

    Parameters
    ----------
    path
        A file that ``save_weights`` wrote.
    module
        Has to have exactly these names, shapes and types.

    Returns
    -------
    tensors
        Name to tensor, on the CPU.
    metadata
        ``config``, ``checksum``, and the provenance: ``command``, ``seed`` and so on.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not whole or not ours, the checksum differs, or the module does: then the
        error lists every difference, and the module is as it was.

    Examples
    --------
    >>> load_weights("none.safetensors")
    Traceback (most recent call last):
    FileNotFoundError: load_weights: path='none.safetensors' does not exist; expected a file. ...
    """
    path = Path(path)
    tensors, note = read_tensors("load_weights", path)
    found = checksum(tensors)
    if note.get("checksum") != found:
        raise _wrong(
            "load_weights", "path", str(path), f"has checksum {found[:12]}", note.get("checksum")
        )
    if module is not None:
        check_fits("load_weights", path, tensors, module)
        module.load_state_dict(tensors)
    return tensors, note


def _wrong(
    function: str, parameter: str, value: object, problem: str, expected: object
) -> ValueError:
    remedies = {"path": "Use another file", "module": "Train it again"}
    remedy = remedies.get(parameter, "Put it in")
    return ValueError(refusal(function, parameter, value, problem, str(expected), remedy))


def shipped_weights(model: str) -> dict[str, Path]:
    """Return the weights that come with a model: name to file, empty where there are none.

    Raises
    ------
    UnknownNameError
        If no such model is registered.

    Examples
    --------
    >>> shipped_weights("pixels")
    {}
    """
    entry(model)
    folder = Path(__file__).parent / "models" / model / "weights"
    return {path.stem: path for path in sorted(folder.glob("*.safetensors"))}


def table_of_weights() -> list[dict[str, Any]]:
    """Return a row for each file of shipped weights, each verified as it is read.

    Examples
    --------
    >>> all(len(row["checksum"]) == 64 for row in table_of_weights())
    True
    """
    rows = []
    for model in names():
        for name, path in shipped_weights(model).items():
            _, metadata = load_weights(path)
            rows.append(
                {
                    "model": model,
                    "name": name,
                    "bytes": path.stat().st_size,
                    "checksum": metadata["checksum"],
                    "command": metadata["command"],
                    "path": str(path),
                }
            )
    return rows
