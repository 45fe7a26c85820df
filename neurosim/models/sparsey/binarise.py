"""Images as bits: what is bright, where edges are, or the skeleton of a figure."""

from __future__ import annotations

import numpy as np

from neurosim.errors import refusal, unknown_name
from stimuli import Stimulus

METHODS = ("threshold", "edges", "skeleton")


def binarise(
    images: np.ndarray | Stimulus,
    method: str = "threshold",
    *,
    threshold: float = 0.5,
    sigma: float = 1.0,
) -> np.ndarray:
    """Turn grey images into binary frames for a memory.

    Sparse frames are remembered better: a mac that sees a third of its pixels on fills at once. So
    outlines or skeletons serve better than whole figures.

    Parameters
    ----------
    images
        (N, H, W) or (H, W) grey in [0, 1], or a ``Stimulus`` of grey frames.
    method
        ``"threshold"``: what is brighter than ``threshold``. ``"edges"``: Canny's edges (1986, as
        in scikit-image), smoothed by ``sigma``. ``"skeleton"``: the bright figure thinned to lines
        one pixel wide (Zhang & Suen 1984, as in scikit-image).
    threshold
        Luminance above which a pixel belongs to the figure; not used by ``"edges"``.
    sigma
        Standard deviation of the smoothing before edges are sought, px.

    Returns
    -------
    bits
        Bool, of the shape of ``images``.

    Raises
    ------
    ValueError
        If images are not grey frames of finite values in [0, 1], a parameter is out of its range,
        or the method is not known.

    Examples
    --------
    >>> square = np.zeros((9, 9))
    >>> square[2:7, 2:7] = 1
    >>> [int(binarise(square, m).sum()) for m in ("threshold", "edges", "skeleton")]
    [25, 16, 4]
    """
    grey = np.asarray(images.frames if isinstance(images, Stimulus) else images, dtype=float)
    if grey.ndim not in (2, 3) or grey.size == 0:
        raise _wrong("images", grey, "is no stack of grey images", "(N, H, W) or (H, W)")
    if not (np.isfinite(grey).all() and grey.min() >= 0 and grey.max() <= 1):
        raise _wrong("images", grey, "has values out of range", "finite luminance in [0, 1]")
    if not 0 <= threshold < 1:
        raise _wrong("threshold", threshold, "is out of range", "0 <= threshold < 1")
    if not (np.isfinite(sigma) and sigma > 0):
        raise _wrong("sigma", sigma, "is out of range", "sigma > 0 px")
    if method not in METHODS:
        raise unknown_name("binarise", "method", method, METHODS)
    if method == "threshold":
        return grey > threshold
    stack = grey.reshape(-1, *grey.shape[-2:])
    bits = np.stack([_lines(image, method, threshold, sigma) for image in stack])
    return bits.reshape(grey.shape)


def _lines(image: np.ndarray, method: str, threshold: float, sigma: float) -> np.ndarray:
    if method == "edges":
        from skimage.feature import canny

        return canny(image, sigma=sigma)
    from skimage.morphology import skeletonize

    return skeletonize(image > threshold)


def _wrong(name: str, value: object, problem: str, expected: str) -> ValueError:
    return ValueError(refusal("binarise", name, value, problem, expected, "Rescale or reshape it"))
