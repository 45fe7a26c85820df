"""Figures as files and as text that a page can hold."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from neurosim.errors import refusal
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def png(figure: Figure, dpi: int = 110) -> bytes:
    """Return a figure as the bytes of a PNG and close it."""
    import matplotlib.pyplot as plt

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    plt.close(figure)
    return buffer.getvalue()


def data_uri(figure: Figure) -> str:
    """Return a figure as a ``data:`` address, so that the page needs no other file."""
    return "data:image/png;base64," + base64.b64encode(png(figure)).decode()


def check_png_name(path: Path) -> None:
    """Refuse a name that does not end in ``.png``, before anything is computed for it.

    Raises
    ------
    ValueError
        If it does not.
    """
    if path.suffix.lower() != ".png":
        raise ValueError(
            refusal("run", "figure", str(path), "has an unknown ending", ".png", "Rename it")
        )


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    data = png(figure)
    write_whole(path, lambda file: file.write(data))
