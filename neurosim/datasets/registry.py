"""Which data sets there are, and how each is opened."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neurosim.datasets.dataset import RDMDataset, ResponseDataset
from neurosim.datasets.flow_dataset import FlowDataset
from neurosim.datasets.scanpath_dataset import ScanpathDataset
from neurosim.discovery import import_members
from neurosim.errors import unknown_name

_OWN = ("dataset", "flow_dataset", "location", "registry", "scanpath_dataset")
Dataset = ResponseDataset | RDMDataset | FlowDataset | ScanpathDataset


@dataclass(frozen=True)
class DatasetInfo:
    """What ``neurosim list`` says of a data set."""

    name: str
    kind: str
    summary: str
    citation: str
    open: Callable[..., Dataset]
    embedded: bool = False

    def available(self) -> bool:
        """Whether its files are where ``load`` looks."""
        if self.embedded:
            return True
        from neurosim.datasets.location import find_folder

        try:
            return find_folder(self.name) is not None
        except FileNotFoundError:
            return False


_REGISTER: dict[str, DatasetInfo] = {}


def dataset(
    name: str, *, kind: str, summary: str, citation: str, embedded: bool = False
) -> Callable[[Callable], Callable]:
    """Register the function below as the way to open ``name``."""

    def keep(function: Callable) -> Callable:
        _REGISTER[name] = DatasetInfo(name, kind, summary, citation, function, embedded)
        return function

    return keep


def _known() -> dict[str, DatasetInfo]:
    import_members("neurosim.datasets", leave_out=_OWN)
    return _REGISTER


def names() -> tuple[str, ...]:
    """Return the names that ``load`` knows.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.datasets.names()
    ('cichy92', 'cowley_v4', 'huperflow', 'kriegeskorte92', 'search_scanpaths',
    'second_order_human', 'simulated_mt', 'sintel_perceived')
    """
    return tuple(sorted(_known()))


def info(name: str) -> DatasetInfo:
    """Return what is known of a data set without opening it.

    Raises
    ------
    UnknownNameError
        If there is no such data set.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.datasets.info("simulated_mt").embedded
    True
    """
    known = _known()
    if name not in known:
        raise unknown_name("datasets.load", "name", name, known)
    return known[name]


def load(name: str, path: str | os.PathLike | None = None, **options: Any) -> Dataset:
    """Open a data set.

    Third-party recordings are never shipped. They are looked for in ``path``, then in the folder
    that the environment variable ``NEUROSIM_DATA`` names, then in the user's cache.

    Parameters
    ----------
    name
        A name from ``neurosim.datasets.names()``.
    path
        Folder that holds the files of this data set.
    **options
        What the data set itself takes (for instance ``region``, ``n_repeats``).

    Returns
    -------
    dataset
        A ``ResponseDataset``, an ``RDMDataset``, a ``FlowDataset`` or a ``ScanpathDataset``.

    Raises
    ------
    UnknownNameError
        If there is no such data set, or it has no such option.
    FileNotFoundError
        If its files are absent; the text says what to put where.
    ValueError
        If a file is empty, truncated, or not what it should be.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.datasets.load("simulated_mt")
    ResponseDataset(simulated_mt: simulated macaque MT, 96 stimuli x 32 units x 8 repeats,
    spikes / clip)
    """
    found = info(name)
    known = [k for k in inspect.signature(found.open).parameters if k != "path"]
    for option in options:
        if option not in known:
            raise unknown_name(f"datasets.load({name!r})", "option", option, known)
    if found.embedded:
        return found.open(**options)
    return found.open(path=None if path is None else Path(path), **options)
