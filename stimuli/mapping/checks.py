"""Movies of square checks: a small grid of values per update, enlarged to whole pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Frame
from stimuli.parameters import Integer, Number
from stimuli.screen import Screen
from stimuli.truth import LazyTruth
from stimuli.whole_units import whole_pixels

Check = Annotated[float, Number("Side of a check, a whole number of pixels", "deg", above=0)]
FrameHold = Annotated[int, Integer("Frames that the same checks are shown", "frames", at_least=1)]


@dataclass(frozen=True)
class CheckGrid:
    """Checks that tile a screen.

    Parameters
    ----------
    screen
        The pixel grid.
    side
        Pixels of a check's side, which divides both sides of the screen.

    Examples
    --------
    >>> CheckGrid(Screen(size=8), side=8).shape
    (32, 32)
    """

    screen: Screen
    side: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        height, width = self.screen.shape
        return height // self.side, width // self.side

    def centres(self) -> LazyTruth:
        """Return ``check_x`` (columns,) and ``check_y`` (rows,): centres of the checks, degrees."""
        rows, columns = self.shape
        step = self.side / self.screen.ppd
        return {
            "check_x": (np.arange(columns) - (columns - 1) / 2) * step,
            "check_y": ((rows - 1) / 2 - np.arange(rows)) * step,
        }


def check_grid(function: str, check: float, screen: Screen) -> CheckGrid:
    """Return the grid of checks of a given size.

    Parameters
    ----------
    function
        Name that an error message begins with.
    check
        Side of a check, degrees.
    screen
        What they tile.

    Returns
    -------
    grid
        Rows from the top, columns from the left.

    Raises
    ------
    ValueError
        If a check is not a whole number of pixels, or the screen not a whole number of checks.

    Examples
    --------
    >>> check_grid("white_noise", 0.5, Screen(size=(4, 8))).shape
    (8, 16)
    """
    side = whole_pixels(function, "check", check, screen)
    for pixels in screen.shape:
        if pixels % side:
            raise invalid(
                function,
                "check",
                check,
                f"is {side} px, of which the screen's {pixels} px are no whole number",
                f"a divisor of the screen's sides, {screen.size[0]:g} x {screen.size[1]:g} deg",
                "Choose another check, or another size of the screen",
            )
    return CheckGrid(screen, side)


@dataclass(frozen=True)
class CheckMovie:
    """Checks over time: which value each has in each update, and how that becomes light.

    Parameters
    ----------
    grid
        Where the checks are.
    values
        ``values(u)`` gives the checks of update u, (rows, columns) or (rows, columns, 3), in
        [-1, 1]; it depends on u alone.
    n_frames
        T.
    frame_hold
        Frames per update.

    Examples
    --------
    >>> grid = CheckGrid(Screen(size=1), side=16)
    >>> movie = CheckMovie(grid, lambda u: np.full((2, 2), (-1) ** u, np.int8), 5, frame_hold=2)
    >>> movie.table()[:, 0, 0].tolist()
    [1, 1, -1, -1, 1]
    """

    grid: CheckGrid
    values: Callable[[int], NDArray]
    n_frames: int
    frame_hold: int = 1

    @property
    def n_updates(self) -> int:
        """Number of updates; the last may be cut short."""
        return -(-self.n_frames // self.frame_hold)

    def table(self) -> NDArray:
        """Return (T, rows, columns) or (T, rows, columns, 3), the checks of every frame."""
        first = self.values(0)
        table = np.empty((self.n_frames, *first.shape), first.dtype)
        for u in range(self.n_updates):
            table[u * self.frame_hold : (u + 1) * self.frame_hold] = self.values(u)
        return table

    def drawn(self, *, contrast: float, mean_luminance: float) -> Callable[[int, Frame], None]:
        """Return the drawing function, L = L0 (1 + C m) on every pixel of a check."""
        side = self.grid.side

        def draw(t: int, out: Frame) -> None:
            light = self.values(t // self.frame_hold) * np.float32(contrast * mean_luminance)
            light += np.float32(mean_luminance)
            np.clip(light, 0.0, 1.0, out=light)  # float32 rounding alone
            if side == 1:
                out[...] = light
                return
            wide = np.repeat(light, side, axis=1)
            out.reshape(len(light), side, *wide.shape[1:])[...] = wide[:, None]

        return draw
