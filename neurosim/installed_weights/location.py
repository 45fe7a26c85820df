"""The folder of installed weights."""

from __future__ import annotations

import os
from pathlib import Path

from neurosim.datasets.location import user_cache


def weights_folder() -> Path:
    """Return ``NEUROSIM_WEIGHTS``, or ``weights`` in the user's cache; it need not exist.

    Examples
    --------
    >>> weights_folder().is_absolute()
    True
    """
    chosen = os.environ.get("NEUROSIM_WEIGHTS")
    return Path(chosen).absolute() if chosen else user_cache() / "weights"
