"""Searches that are kept on disk, one file a display, so that a killed experiment goes on."""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import torch

from neurosim.datasets.location import roots
from neurosim.model import Searcher
from stimuli import Stimulus
from stimuli.files.whole_files import write_whole


@dataclass(frozen=True)
class Found:
    """What is kept of a search: whether it ended on the target, and after how many saccades.

    Examples
    --------
    >>> Found(found=True, n_saccades=3).n_saccades
    3
    """

    found: bool
    n_saccades: int


class KeptSearches:
    """Searches displays, unless the same searcher has searched the same display before.

    "The same" means equal pixels of the display and, of the searcher, equal class, configuration,
    weights, and source files in the folder of its class: after a change of the program everything
    is searched anew. A searcher without a configuration (the baselines, which are quick), or whose
    class has no source file, is not kept.

    Parameters
    ----------
    searcher
        Anything that searches.
    folder
        Where results are kept; default ``searches`` in the user's cache.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search import ChanceSearcher
    >>> display = stimuli.search_array(task="homo_t0", set_size=12, seed=3)
    >>> KeptSearches(ChanceSearcher(seed=0, over="items")).search(display)
    Found(found=True, n_saccades=4)
    """

    def __init__(self, searcher: Searcher, folder: Path | None = None) -> None:
        self._searcher = searcher
        key = _key(searcher)
        self._folder = None if key is None else (folder or roots()[-1] / "searches") / key

    def search(self, display: Stimulus) -> Found:
        """Return what was found in a display, and keep it."""
        if self._folder is None:
            return self._searched(display)
        file = self._folder / f"{_digest(display.checksum().encode())}.json"
        if file.is_file():
            return Found(**json.loads(file.read_text("utf-8")))
        found = self._searched(display)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(file, lambda stream: stream.write(json.dumps(asdict(found)).encode()))
        return found

    def _searched(self, display: Stimulus) -> Found:
        path = self._searcher.search(display)
        return Found(bool(path.found), int(path.n_saccades))


def _key(searcher: Searcher) -> str | None:
    """Return a name of all that a search depends on besides the display, or None."""
    config = getattr(searcher, "config", None)
    if not is_dataclass(config):
        return None
    try:
        source = Path(inspect.getfile(type(searcher)))
    except (OSError, TypeError):  # a class that was typed in
        return None
    if not source.is_file():
        return None
    made_of: dict[str, Any] = {
        "class": type(searcher).__qualname__,
        "config": asdict(config),
        "source": {file.name: _digest(file.read_bytes()) for file in source.parent.glob("*.py")},
        "weights": _weights(getattr(searcher, "network", None)),
    }
    return _digest(json.dumps(made_of, sort_keys=True).encode())


def _weights(network: object) -> str | None:
    if not isinstance(network, torch.nn.Module):
        return None
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]
