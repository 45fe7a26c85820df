"""Geometry on the pixel grid: coverage of shapes, apertures, discs at sub-pixel places."""

import numpy as np
from numpy.typing import NDArray

from .errors import invalid
from .screen import Screen

ANNULUS_INNER = 0.5  # inner over outer diameter of the "annulus"
GAUSS_SDS = 6.0  # diameter of the "gauss" aperture in standard deviations


def coverage(distance: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return how much of a pixel a shape covers, from the signed distance to its border.

    Parameters
    ----------
    distance
        Pixels from the pixel centre to the border, negative inside; any shape.

    Returns
    -------
    covered
        Same shape, in [0, 1]: a border one pixel wide, exact where the border is parallel to it.

    Examples
    --------
    >>> coverage(np.array([-2.0, -0.25, 0.0, 2.0])).tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    return np.clip(0.5 - distance, 0.0, 1.0)


def border_weights(distance: NDArray[np.floating], edge: float) -> NDArray[np.floating]:
    """Return the weight inside a border: raised cosine over ``edge`` px inside, or coverage.

    Parameters
    ----------
    distance
        As in `coverage`.
    edge
        Pixels.

    Returns
    -------
    weights
        Same shape as ``distance``, in [0, 1].

    Examples
    --------
    >>> border_weights(np.array([1.0, 0.0, -2.0, -4.0]), 4.0).round(2).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    if edge == 0.0:
        return coverage(distance)
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(-distance / edge, 0.0, 1.0))


def aperture_weights(
    screen: Screen,
    aperture: str | NDArray[np.float32] | None,
    aperture_size: float | None = None,
    edge: float = 0.0,
    *,
    function: str = "aperture",
) -> NDArray[np.float32] | None:
    """Return the weights that an aperture gives to the contrast of the pattern.

    Parameters
    ----------
    screen
        Where it is.
    aperture
        None, "circle", "annulus" (its inner diameter is half the outer one), "gauss", or (H, W)
        weights in [0, 1].
    aperture_size
        Outer diameter, degrees; six standard deviations for "gauss"; None: the shorter side.
    edge
        Degrees of raised cosine inside the border; 0 for a border one pixel wide.
    function
        Name that an error message begins with.

    Returns
    -------
    weights
        (H, W) float32 in [0, 1], or None without an aperture.

    Raises
    ------
    ValueError
        If given weights are not of the screen's shape.

    Examples
    --------
    >>> weights = aperture_weights(Screen(size=2), "circle", 2.0)
    >>> float(weights.sum() / weights.size) # pi / 4
    0.785...
    """
    if aperture is None:
        return None
    if not isinstance(aperture, str):
        if aperture.shape != screen.shape:
            raise invalid(
                function,
                "aperture",
                aperture,
                "does not fit the screen",
                f"shape (H, W) = {screen.shape}",
                "Make it on the screen's grid",
            )
        return aperture
    diameter = min(screen.size) if aperture_size is None else aperture_size
    radius = np.hypot(screen.x, screen.y[:, None])  # deg
    if aperture == "gauss":
        return np.exp(-0.5 * (radius * GAUSS_SDS / diameter) ** 2).astype(np.float32)
    weights = border_weights((radius - diameter / 2) * screen.ppd, edge * screen.ppd)
    if aperture == "annulus":
        inner = (ANNULUS_INNER * diameter / 2 - radius) * screen.ppd
        weights = weights * border_weights(inner, edge * screen.ppd)
    return weights.astype(np.float32)


def disc_patches(
    centres: NDArray[np.float64], diameter: float
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return discs as small squares of coverage, each on the pixels around its centre.

    Parameters
    ----------
    centres
        (N, 2) row and column, pixels; may lie between pixels.
    diameter
        Pixels.

    Returns
    -------
    corners
        (N, 2) row and column of each square's first pixel.
    covered
        (N, P, P) float32 in [0, 1].

    Examples
    --------
    >>> corners, covered = disc_patches(np.array([[5.0, 5.25]]), 4.0)
    >>> corners.tolist(), round(float(covered.sum()), 2)
    ([[2, 2]], 12.82)
    """
    reach = int(np.ceil(diameter / 2 + 0.5))
    nearest = np.rint(centres).astype(np.intp)
    offset = np.arange(-reach, reach + 1)
    to_centre = nearest - centres  # (N, 2), from the true centre to the middle pixel
    rows = (to_centre[:, 0, None] + offset)[:, :, None]
    columns = (to_centre[:, 1, None] + offset)[:, None, :]
    distance = np.hypot(rows, columns) - diameter / 2
    return nearest - reach, coverage(distance).astype(np.float32)


def square_patches(
    centres: NDArray[np.float64], side: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return full squares on whole pixels, as dots are drawn on many displays.

    Parameters
    ----------
    centres
        (N, 2) row and column, pixels.
    side
        Pixels.

    Returns
    -------
    corners, covered
        As from `disc_patches`; every weight is 1.

    Examples
    --------
    >>> square_patches(np.array([[5.0, 5.5]]), 2)[0].tolist()
    [[5, 5]]
    """
    corners = np.floor(centres - (side - 1) / 2 + 0.5).astype(np.intp)
    return corners, np.ones((len(centres), side, side), np.float32)


class Canvas:
    """A frame with a margin, so that patches at the border need no special case.

    Parameters
    ----------
    shape
        (H, W) of the frame.
    margin
        Pixels around it; patches that lie outside that margin are left out.

    Examples
    --------
    >>> canvas = Canvas((4, 4), margin=2)
    >>> canvas.lay_brightest(np.array([[3, 3]]), np.ones((1, 2, 2), np.float32))
    >>> float(canvas.frame.sum())
    1.0
    """

    def __init__(self, shape: tuple[int, int], margin: int) -> None:
        self._padded = np.zeros((shape[0] + 2 * margin, shape[1] + 2 * margin), np.float32)
        self._margin = margin
        self.frame = self._padded[margin : margin + shape[0], margin : margin + shape[1]]

    def clear(self) -> None:
        """Set every pixel to zero."""
        self._padded.fill(0.0)

    def _inside(self, corners: NDArray[np.intp], side: int) -> NDArray[np.bool_]:
        places = corners + self._margin
        return ((places >= 0) & (places + side <= self._padded.shape)).all(axis=1)

    def lay_brightest(self, corners: NDArray[np.intp], covered: NDArray[np.float32]) -> None:
        """Lay patches where the larger weight wins: overlap does not add up.

        Parameters
        ----------
        corners, covered
            As from `disc_patches`.
        """
        side = covered.shape[1]
        keep = self._inside(corners, side)
        rows, columns = (corners[keep] + self._margin).T
        step = np.arange(side)
        index = (rows[:, None, None] + step[:, None], columns[:, None, None] + step)
        np.maximum.at(self._padded, index, covered[keep])

    def lay_sum(self, corners: NDArray[np.intp], patches: NDArray[np.float32]) -> None:
        """Add patches to what is there.

        Parameters
        ----------
        corners
            (N, 2) row and column of each patch's first pixel.
        patches
            (N, P, P) what they add.
        """
        side = patches.shape[1]
        for i in np.flatnonzero(self._inside(corners, side)):
            row, column = corners[i] + self._margin
            self._padded[row : row + side, column : column + side] += patches[i]

    def lay_in_order(
        self,
        corners: NDArray[np.intp],
        covered: NDArray[np.float32],
        values: NDArray[np.float32],
    ) -> None:
        """Lay patches one over the other, the last on top.

        Parameters
        ----------
        corners, covered
            As from `disc_patches`.
        values
            (N,) what each patch shows where it covers fully.
        """
        side = covered.shape[1]
        for i in np.flatnonzero(self._inside(corners, side)):
            row, column = corners[i] + self._margin
            below = self._padded[row : row + side, column : column + side]
            below += covered[i] * (values[i] - below)
