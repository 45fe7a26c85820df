"""Named tensors and one JSON note in one safetensors file, written whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from neurosim.errors import refusal
from stimuli.files.whole_files import write_whole

_NOTE = "neurosim"  # safetensors keeps text only: the note is JSON under this one key


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor], note: Mapping[str, Any]) -> Path:
    """Write ``tensors`` and ``note`` to ``path``; there is never half a file.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.safetensors"
    >>> path = write_tensors(path, {"w": torch.ones(2)}, {"step": 3})
    >>> read_tensors("example", path)
    ({'w': tensor([1., 1.])}, {'step': 3})
    """
    # Copies, since safetensors refuses tensors that share memory (tied weights).
    own = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    content = save(own, {_NOTE: json.dumps(note)})
    return write_whole(Path(path), lambda file: file.write(content))


def read_tensors(function: str, path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors and the note of a file; ``function`` is the caller that errors name.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a whole safetensors file with our note.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            refusal(function, "path", str(path), "does not exist", "a file", "Check the path")
        )
    try:
        with safe_open(path, framework="pt") as file:
            note = json.loads((file.metadata() or {})[_NOTE])
            # In name order; the file has its own.
            return {name: file.get_tensor(name) for name in sorted(file.keys())}, note
    except (SafetensorError, KeyError, json.JSONDecodeError) as error:
        cause = "has no note of ours" if isinstance(error, KeyError) else "is not whole"
        raise ValueError(
            refusal(function, "path", str(path), cause, "a file that neurosim wrote", "Make anew")
        ) from error


def check_fits(
    function: str, path: Path, tensors: Mapping[str, torch.Tensor], module: torch.nn.Module
) -> None:
    """Raise one error that lists every name, shape and type that ``module`` has otherwise.

    Raises
    ------
    ValueError
        If the tensors are not those of the module.

    Examples
    --------
    >>> check_fits("f", Path("a"), {"weight": torch.ones(2, 3)}, torch.nn.Linear(3, 3, bias=False))
    Traceback (most recent call last):
    ValueError: f: path='a' does not fit the Linear: weight is (2, 3) and not (3, 3); expected ...
    """
    wanted = module.state_dict()
    wrong = [f"{name} is missing" for name in wanted if name not in tensors]
    wrong += [f"{name} is unknown" for name in tensors if name not in wanted]
    for name in wanted:
        if name not in tensors:
            continue
        found, due = tensors[name], wanted[name]
        if found.shape != due.shape:
            wrong.append(f"{name} is {tuple(found.shape)} and not {tuple(due.shape)}")
        elif found.dtype != due.dtype:
            wrong.append(f"{name} is {found.dtype} and not {due.dtype}")
    if wrong:
        raise ValueError(
            refusal(
                function,
                "path",
                str(path),
                f"does not fit the {type(module).__name__}: " + ", ".join(wrong),
                "the tensors of the module",
                "Build the module with the configuration that the file was made with",
            )
        )
