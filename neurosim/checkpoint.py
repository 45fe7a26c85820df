"""All that a training run needs to go on: module, AdamW state and place, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from neurosim.tensor_file import check_fits, read_tensors, write_tensors

_MODULE, _ADAMW = "module/", "adamw/"
_PARTS = ("exp_avg", "exp_avg_sq", "step")


def save_checkpoint(
    path: Path,
    module: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    note: Mapping[str, Any],
) -> None:
    """Write module state, ``exp_avg exp_avg_sq step`` of every parameter, and ``note``.

    Examples
    --------
    >>> import tempfile
    >>> module = torch.nn.Linear(2, 1)
    >>> optimizer = torch.optim.AdamW(module.parameters())
    >>> path = Path(tempfile.mkdtemp()) / "checkpoint.safetensors"
    >>> save_checkpoint(path, module, optimizer, {"step": 5})
    >>> tensors, note = read_checkpoint(path)
    >>> note, list(tensors)
    ({'step': 5}, ['module/bias', 'module/weight'])
    """
    tensors = {_MODULE + name: tensor for name, tensor in module.state_dict().items()}
    for name, parameter in module.named_parameters():
        held = optimizer.state.get(parameter, {})  # empty before the first gradient
        tensors |= {f"{_ADAMW}{part}/{name}": held[part] for part in _PARTS if part in held}
    write_tensors(path, tensors, note)


def read_checkpoint(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Return the tensors and the note of a checkpoint, for `restore`."""
    return read_tensors("train", path)


def restore(
    path: Path,
    tensors: Mapping[str, torch.Tensor],
    module: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    """Put the tensors of a checkpoint into ``module`` and ``optimizer``.

    Raises
    ------
    ValueError
        If they are those of another module; then nothing is changed.
    """
    state = {k.removeprefix(_MODULE): v for k, v in tensors.items() if k.startswith(_MODULE)}
    check_fits("train", path, state, module)
    module.load_state_dict(state)
    trained = [p for group in optimizer.param_groups for p in group["params"]]
    place = {parameter: i for i, parameter in enumerate(trained)}
    adamw: dict[int, dict[str, torch.Tensor]] = {}
    for name, parameter in module.named_parameters():
        for part in _PARTS:
            key = f"{_ADAMW}{part}/{name}"
            if key in tensors:
                adamw.setdefault(place[parameter], {})[part] = tensors[key]
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": adamw, "param_groups": groups})
