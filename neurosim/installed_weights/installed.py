"""Installed weights, verified each time they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from neurosim.errors import refusal
from neurosim.tensor_file import read_tensors

from .location import weights_folder
from .named_sets import WEIGHT_SETS, weight_set
from .preprocessing import Preprocessing
from .tensor_checksums import tensor_sha256
from .weight_set import WeightSet


def installed_weights(
    name: str, *, verify: bool = True
) -> tuple[dict[str, torch.Tensor], Preprocessing]:
    """Read installed weights and what they were trained with.

    Parameters
    ----------
    name
        ``"vgg16"``: ``block{1..5}_conv{1..3}.weight`` (out, in, row, column) and ``.bias``;
        ``"squeezenet"``: ``conv1`` and ``fire{2..9}.squeeze1x1|expand1x1|expand3x3``, likewise;
        ``"efficientnet_lite0"``: ``stem`` and ``stage{1..7}_block{1..}.expand|depthwise|project``,
        each with ``.conv.weight`` and ``.norm.weight|bias|running_mean|running_var``.
    verify
        Compare the checksum of every tensor. Names and shapes are always compared.

    Returns
    -------
    tensors
        Name to tensor, float32, on the CPU.
    preprocessing
        ``preprocessing.apply(images)`` makes the input of the network; it differs between the
        files that weights can be installed from.

    Raises
    ------
    UnknownNameError
        If there are no weights of that name.
    FileNotFoundError
        If they are not installed; one line says how.
    ValueError
        If the installed file is damaged, or has other tensors, shapes or checksums.

    Examples
    --------
    >>> installed_weights("vgg61")
    Traceback (most recent call last):
    stimuli.errors.UnknownNameError: installed_weights: name='vgg61' is unknown; ...
    """
    tensors, note = load_set(weight_set("installed_weights", name), weights_folder(), verify=verify)
    return tensors, Preprocessing(**note["preprocessing"])


def is_installed(name: str) -> bool:
    """Return whether weights are installed; they are not read.

    Raises
    ------
    UnknownNameError
        If there are no weights of that name.

    Examples
    --------
    >>> is_installed("vgg16") in (True, False)
    True
    """
    return _path(weight_set("is_installed", name), weights_folder()).is_file()


def load_set(
    wanted: WeightSet, folder: Path, *, verify: bool = True
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors and the note of ``wanted`` in ``folder``; see ``installed_weights``."""
    path = _path(wanted, folder)
    if not path.is_file():
        raise FileNotFoundError(
            refusal(
                "installed_weights",
                "name",
                wanted.name,
                f"is not installed in {folder}",
                path.name,
                f"Run `neurosim weights install {wanted.name}`",
            )
        )
    tensors, note = read_tensors("installed_weights", path)
    wrong = [f"{name} is missing" for name in wanted.shapes if name not in tensors]
    wrong += [
        f"{name} is {tuple(tensors[name].shape)} {tensors[name].dtype} and not {due} torch.float32"
        for name, due in wanted.shapes.items()
        if name in tensors
        and (tuple(tensors[name].shape) != due or tensors[name].dtype != torch.float32)
    ]
    if wrong:
        raise _damaged(wanted, path, ", ".join(wrong))
    if verify:
        due = _checksums_due(wanted, note)
        changed = [n for n in wanted.shapes if tensor_sha256(tensors[n].numpy()) != due.get(n)]
        if changed:
            raise _damaged(wanted, path, f"{', '.join(changed)} changed")
    return {name: tensors[name] for name in wanted.shapes}, note


def table_of_installed() -> list[dict[str, Any]]:
    """Return a row for each name that can be installed; what is installed is verified.

    Examples
    --------
    >>> [row["credit"] for row in table_of_installed() if row["name"] == "vgg16"]
    ['Simonyan & Zisserman, CC BY 4.0']
    """
    folder = weights_folder()
    return [_row(wanted, _path(wanted, folder)) for wanted in WEIGHT_SETS.values()]


def _row(wanted: WeightSet, path: Path) -> dict[str, Any]:
    installed = path.is_file()
    row = {"name": wanted.name, "installed": installed, "bytes": None, "checksum": None}
    row |= {"source": None, "statement": None, "credit": wanted.credit, "path": str(path)}
    if installed:
        row["bytes"] = path.stat().st_size
        try:
            _, note = load_set(wanted, path.parent)
        except ValueError as error:
            return row | {"checksum": "wrong", "statement": str(error)}
        row["checksum"] = "ok" if note["verified"] else "not verified"
        row |= {"source": note["source"], "statement": note["statement"]}
    return row


def _checksums_due(wanted: WeightSet, note: dict[str, Any]) -> dict[str, str]:
    """Return the published checksums, or those at installation where none are published."""
    for source in wanted.sources:
        if source.key == note["source"] and source.checksums is not None and note["verified"]:
            return dict(source.checksums)
    return note["checksums"]


def _path(wanted: WeightSet, folder: Path) -> Path:
    return folder / f"{wanted.name}.safetensors"


def _damaged(wanted: WeightSet, path: Path, problem: str) -> ValueError:
    return ValueError(
        refusal(
            "installed_weights",
            "name",
            wanted.name,
            f"is damaged ({path}): {problem}",
            "the file as it was installed",
            f"Install it again: `neurosim weights install {wanted.name}`",
        )
    )
