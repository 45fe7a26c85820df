"""Sharpening of the attention map by differences of Gaussians, as OpenCV filters them.

Gupta, Zhang, Wu, Wolfe & Kreiman (2021), NeurIPS 34.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal

Kernels = tuple[tuple[int, float], tuple[int, float]]  # (size px, sigma px) of center and surround

N_SHARPENINGS = 3
# (size, sigma) of the two Gaussians, by the task of the display, as published.
_LINES: Kernels = ((3, 1.0), (5, 3.0))  # bars, lines and curves
_LETTERS: Kernels = ((5, 3.0), (7, 5.0))  # crosses, Ts and Ls
_LIT: Kernels = ((3, 0.0), (5, 1.0))  # lit discs
SHARPENING: dict[str, Kernels] = {
    "curve_in_lines": _LINES,
    "line_in_curves": _LINES,
    "homo_t0": _LINES,
    "homo_t20": _LINES,
    "hetero_t0": _LINES,
    "hetero_t20": _LINES,
    "cross": _LETTERS,
    "non_cross": _LETTERS,
    "Ls": _LETTERS,
    "Ts": _LETTERS,
    "top_down": _LIT,
    "left_right": _LIT,
}
# For displays of other tasks: the kernels that were published for most tasks. Our choice.
DEFAULT_SHARPENING = _LINES
_BINOMIAL = np.array([0.25, 0.5, 0.25])  # what OpenCV takes for size 3 where sigma is 0


def gaussian(size: int, sigma: float) -> NDArray[np.float64]:
    """Return the Gaussian kernel of one axis, as OpenCV makes it.

    ``g_i ~ exp(-(i - (size - 1) / 2)^2 / (2 sigma^2))``, sum 1. With ``sigma=0`` and size 3 it is
    the fixed table [1, 2, 1] / 4, not a Gaussian of an automatic width.

    Parameters
    ----------
    size
        Pixels, odd.
    sigma
        Pixels, above 0; or 0 for size 3.

    Returns
    -------
    kernel
        (size,).

    Raises
    ------
    ValueError
        If the size is not odd, sigma is negative, or sigma is 0 for another size than 3.

    Examples
    --------
    >>> gaussian(3, 0.0).tolist(), gaussian(3, 1.0).round(4).tolist()
    ([0.25, 0.5, 0.25], [0.2741, 0.4519, 0.2741])
    """
    if size < 1 or size % 2 == 0:
        raise ValueError(
            refusal("gaussian", "size", size, "is not odd", "an odd number of px", "Add one")
        )
    if sigma == 0 and size == len(_BINOMIAL):
        return _BINOMIAL.copy()
    if not 0 < sigma < np.inf:
        raise ValueError(
            refusal(
                "gaussian",
                "sigma",
                sigma,
                f"is no width for size={size}",
                "a width above 0 px, or 0 for size 3",
                "Give the width",
            )
        )
    kernel = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return kernel / kernel.sum()


def blur(image: NDArray, size: int, sigma: float) -> NDArray[np.float64]:
    """Blur along both axes; the border is mirrored about its last pixel ("reflect 101").

    Parameters
    ----------
    image
        (h, w), each side larger than ``size // 2``.
    size, sigma
        As in `gaussian`.

    Returns
    -------
    image
        (h, w) float64.

    Raises
    ------
    ValueError
        If the image is too small to be mirrored, or as in `gaussian`.

    Examples
    --------
    >>> blur(np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), 3, 0.0)[0].tolist()
    [0.5, 0.5, 0.5]
    """
    kernel = gaussian(size, sigma)
    border = size // 2
    if min(image.shape) <= border:
        raise ValueError(
            refusal(
                "blur",
                "image",
                image,
                f"is too small for a kernel of {size} px",
                f"sides of {border + 1} px or more",
                "Use a larger display",
            )
        )
    padded = np.pad(np.asarray(image, np.float64), border, mode="reflect")
    high, wide = image.shape
    rows = sum(k * padded[i : i + high] for i, k in enumerate(kernel))
    return sum(k * rows[:, i : i + wide] for i, k in enumerate(kernel))


def sharpen(attention: NDArray, kernels: Kernels = DEFAULT_SHARPENING) -> NDArray[np.float64]:
    """Add the difference of two Gaussians of the map to the map, three times.

    ``A <- A + G1 * A - G2 * A``.

    Parameters
    ----------
    attention
        (m, m).
    kernels
        ((size, sigma), (size, sigma)) of G1 and G2, px of the map.

    Returns
    -------
    map
        (m, m) float64.

    Raises
    ------
    ValueError
        As in `blur`.

    Examples
    --------
    >>> spot = np.zeros((9, 9))
    >>> spot[4, 4] = 1.0
    >>> float(sharpen(spot)[4, 4].round(3))
    1.714
    """
    center, surround = kernels
    for _ in range(N_SHARPENINGS):
        attention = attention + blur(attention, *center) - blur(attention, *surround)
    return np.asarray(attention, np.float64)
