"""What a searcher did: where it looked, and whether it found the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.palette import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Scanpath:
    """Fixations of one search, in the order of looking.

    Parameters
    ----------
    fixations
        (n_saccades + 1, 2) int, row and column px of the display; the start is the first.
    found
        Whether the last fixation is on the target.
    n_saccades
        Saccades made, also where the target was not found. The published tables count a search
        without success as the largest set size of its task instead.
    items
        (n_saccades,) int, the cell (or, without a grid, the item) that each saccade went to; -1 for
        none. None where a scene without cells was searched.
    maps
        (n_saccades, H, W) float32, the attention map that each saccade followed: above its
        minimum, and 0 where no fixation was allowed; None unless they were kept.
    image
        (H, W) or (H, W, 3) in [0, 1], what was searched.
    target_box
        (left, top, right, bottom) px, ends excluded, around what counts as the target; None if it
        is absent.

    Examples
    --------
    >>> path = Scanpath(np.array([[5, 5], [2, 8]]), True, 1, items=np.array([3]))
    >>> path
    Scanpath(found after 1 saccade: (5, 5) -> (2, 8))
    """

    fixations: NDArray[np.intp]
    found: bool
    n_saccades: int
    items: NDArray[np.intp] | None = None
    maps: NDArray[np.float32] | None = None
    image: NDArray[np.floating] | None = None
    target_box: tuple[int, int, int, int] | None = None

    def __repr__(self) -> str:
        places = [f"({row}, {column})" for row, column in self.fixations.tolist()]
        if len(places) > 6:
            places[3:-2] = ["..."]
        saccades = "saccade" if self.n_saccades == 1 else "saccades"
        end = "found" if self.found else "not found"
        return f"Scanpath({end} after {self.n_saccades} {saccades}: {' -> '.join(places)})"

    def plot(self, ax: Axes | None = None, *, saccade: int | None = None) -> Axes:
        """Draw the display with the path on it: fixation 0 is the start, the target is framed.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        saccade
            Draw instead the attention map that this saccade (from 1) followed, and the path up to
            where it went.

        Returns
        -------
        ax
            The axes.

        Raises
        ------
        ValueError
            If the path has no image, or a map is asked for that was not kept.

        Examples
        --------
        >>> path = Scanpath(np.array([[5, 5], [2, 8]]), True, 1, image=np.zeros((10, 10)))
        >>> path.plot().get_title()
        'found after 1 saccade'
        """
        import matplotlib.pyplot as plt

        self._check_drawable(saccade)
        if ax is None:
            _, ax = plt.subplots(figsize=(5.6 if saccade else 4.8, 4.8), layout="constrained")
        last = self.n_saccades if saccade is None else saccade
        if saccade is None:
            ax.imshow(self.image, cmap="gray", vmin=0, vmax=1)
        else:
            shown = ax.imshow(self.maps[saccade - 1], cmap="cividis")
            ax.figure.colorbar(shown, ax=ax, label="attention above its minimum", shrink=0.8)
        self._frame_target(ax)
        _draw_path(ax, self.fixations[: last + 1])
        ax.set(xlabel="column (px)", ylabel="row (px)", title=self._title(saccade))
        return ax

    def _check_drawable(self, saccade: int | None) -> None:
        if saccade is None and self.image is None:
            raise ValueError(
                refusal("plot", "image", None, "was not kept", "an image", "Set Scanpath.image")
            )
        if saccade is None:
            return
        if self.maps is None:
            raise ValueError(
                refusal(
                    "plot",
                    "saccade",
                    saccade,
                    "has no map, since maps were not kept",
                    "a search with keep_maps=True",
                    "Search again with keep_maps=True",
                )
            )
        if not 1 <= saccade <= self.n_saccades:
            raise ValueError(
                refusal(
                    "plot",
                    "saccade",
                    saccade,
                    "was not made",
                    f"1 <= saccade <= {self.n_saccades}",
                    "Count the first saccade as 1",
                )
            )

    def _title(self, saccade: int | None) -> str:
        if saccade is not None:
            return f"attention before saccade {saccade} of {self.n_saccades}"
        return repr(self).removeprefix("Scanpath(").split(":")[0]

    def _frame_target(self, ax: Axes) -> None:
        from matplotlib.patches import Rectangle

        if self.target_box is not None:
            left, top, right, bottom = self.target_box
            corner = (left - 0.5, top - 0.5)
            frame = Rectangle(
                corner, right - left, bottom - top, fill=False, edgecolor=BLUE, linewidth=2
            )
            frame.set_path_effects(_light_edge())
            ax.add_patch(frame)


def _draw_path(ax: Axes, fixations: NDArray[np.intp]) -> None:
    """Draw numbered fixations."""
    rows, columns = fixations.T
    ax.plot(columns, rows, "-", color=ORANGE, linewidth=1.8, path_effects=_light_edge())
    ax.plot(columns, rows, "o", color=ORANGE, markeredgecolor="white", markersize=15)
    for number, (row, column) in enumerate(fixations.tolist()):
        ax.text(
            column, row, str(number), color="white", ha="center", va="center", fontweight="bold"
        )


def _light_edge() -> list[Any]:
    """Return what makes a line show on black and on white."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=4, foreground="white")]
