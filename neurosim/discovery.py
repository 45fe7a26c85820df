"""Models, experiments and data sets register themselves when their file is imported."""

from __future__ import annotations

import importlib
import pkgutil


def import_members(package: str, leave_out: tuple[str, ...] = ()) -> None:
    """Import every module or folder of ``package`` but those in ``leave_out``.

    Examples
    --------
    >>> import sys
    >>> import_members("neurosim.models")
    >>> "neurosim.models.pixels" in sys.modules
    True
    """
    for member in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if member.name not in leave_out:
            importlib.import_module(f"{package}.{member.name}")
