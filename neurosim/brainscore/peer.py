"""The package ``brainscore_vision``: set up before its import, and named where it is missing."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

from neurosim.datasets.location import user_cache

HOMES = ("BRAINSCORE_HOME", "BRAINIO_HOME", "RESULTCACHING_HOME")


def set_environment() -> None:
    """Set what Brain-Score reads from the environment; what the user has set is kept.

    Left alone it runs ``pip install`` whenever a metric is loaded, with the first ``pip`` on the
    path; it keeps results on disk under names that do not tell what was in the pictures, so that
    changed data give old scores; and it keeps all that in the home folder.

    Examples
    --------
    >>> set_environment()
    >>> os.environ["BS_INSTALL_DEPENDENCIES"]
    'no'
    """
    os.environ.setdefault("BS_INSTALL_DEPENDENCIES", "no")
    os.environ.setdefault("RESULTCACHING_DISABLE", "1")
    if any(home not in os.environ for home in HOMES):
        cache = str(user_cache() / "brainscore")
        for home in HOMES:
            os.environ.setdefault(home, cache)


def peer(function: str, module: str = "brainscore_vision") -> ModuleType:
    """Return a module of Brain-Score.

    Parameters
    ----------
    function
        Who asks, for the text of the error.
    module
        ``brainscore_vision``, ``brainscore_core`` or a part of one.

    Raises
    ------
    ImportError
        If Brain-Score is not installed.

    Examples
    --------
    >>> peer("to_benchmark", "json").__name__
    'json'
    """
    set_environment()
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("brainscore_vision", "brainscore_core"):
            raise
        raise ImportError(
            f"{function}: brainscore_vision is not installed; expected the extra 'brainscore' "
            "(Python 3.11 or 3.12). Install neurosim-toolkit[brainscore] into an environment of "
            "its own, since Brain-Score needs numpy below 2.",
            name="brainscore_vision",
        ) from error
