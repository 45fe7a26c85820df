"""The aperture of a mapping stimulus, checked, in degrees, and no finer than it needs to be."""

from typing import Any

import numpy as np

from .arrays import to_numpy
from .errors import describe
from .inputs import check_finite
from .prf_solvers import Drive

__all__ = ["read_aperture"]


def read_aperture(
    function: str, aperture: Any, ppd: float, max_pixels: int | None, dtype: Any
) -> tuple[Drive, np.ndarray]:
    """The distinct frames of an aperture on a grid of degrees, and which of them is shown when.

    Parameters
    ----------
    function
        Where the aperture was given.
    aperture
        (n_samples, H, W) coverage in [0, 1], or boolean; row 0 is the top.
    ppd
        Pixels per degree.
    max_pixels
        Longer side after averaging in square blocks; None averages nothing.
    dtype
        Precision of the frames.

    Returns
    -------
    drive
        The distinct frames.
    frame
        (n_samples,) which one each volume shows.

    Raises
    ------
    ValueError
        If it is not three-dimensional, not finite, not in [0, 1], covers nothing or never changes.
    TypeError
        If it holds no real numbers.

    Examples
    --------
    >>> bars = np.eye(4)[[0, 1, 2, 3, 0]][:, None].repeat(4, axis=1)
    >>> drive, frame = read_aperture("PRF", bars, 2.0, None, float)
    >>> drive.x.tolist(), drive.y.tolist(), frame.tolist()
    ([-0.75, -0.25, 0.25, 0.75], [0.75, 0.25, -0.25, -0.75], [3, 2, 1, 0, 3])
    """
    covered = _coverage(function, aperture)
    _, height, width = covered.shape
    block = 1 if max_pixels is None else -(-max(height, width) // max_pixels)
    n_y, n_x = -(-height // block), -(-width // block)
    # beyond the screen there is no stimulus, so the last blocks may be filled up with nothing
    full = np.zeros((len(covered), n_y * block, n_x * block), dtype=np.float32)
    full[:, :height, :width] = covered
    means = full.reshape(-1, n_y, block, n_x, block).mean(axis=(2, 4), dtype=np.float64)
    frames, frame = np.unique(means.reshape(len(means), -1), axis=0, return_inverse=True)
    if not frames.any() or len(frames) == 1:
        problem = "covers no pixel at any time" if not frames.any() else "never changes"
        expected, remedy = "a stimulus that moves over the screen", "Check the axes: (time, H, W)"
        raise ValueError(
            describe(function, "aperture", f"array{covered.shape}", problem, expected, remedy)
        )
    middle = (np.arange(max(n_x, n_y)) + 0.5) * block
    drive = Drive(
        frames=np.ascontiguousarray(frames, dtype=dtype),
        x=(middle[:n_x] - width / 2) / ppd,
        y=(height / 2 - middle[:n_y]) / ppd,
        area=(block / ppd) ** 2,
    )
    return drive, frame.reshape(-1)


def _coverage(function: str, aperture: Any) -> np.ndarray:
    """A three-dimensional array of numbers in [0, 1]."""
    covered = to_numpy(aperture)
    if covered.dtype.kind not in "fiub":
        raise TypeError(
            describe(
                function,
                "aperture",
                f"array of dtype {covered.dtype}",
                "does not hold real numbers",
                "coverage in [0, 1], or booleans",
                "Convert it first",
            )
        )
    if covered.ndim != 3 or 0 in covered.shape:
        remedy = "Give one picture a volume, time first"
        raise ValueError(
            describe(
                function,
                "aperture",
                f"array{covered.shape}",
                f"has {covered.ndim} dimension(s)",
                "a filled (n_samples, H, W)",
                remedy,
            )
        )
    if covered.dtype.kind == "f":
        check_finite(function, "aperture", covered)
    if covered.min() < 0 or covered.max() > 1:
        found = f"array with values in [{covered.min():.3g}, {covered.max():.3g}]"
        expected, remedy = "values in [0, 1]", "Give the aperture, not the picture; divide bytes"
        raise ValueError(
            describe(function, "aperture", found, "is no coverage", expected, remedy + " by 255")
        )
    return covered
