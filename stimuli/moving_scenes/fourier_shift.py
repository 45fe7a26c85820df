"""Shifts of a periodic texture by any part of a pixel, without interpolation error."""

from numbers import Real

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from stimuli.errors import invalid, wrong_kind


def _ramp(frequencies: NDArray[np.float64], size: int, shift: float) -> NDArray[np.complex128]:
    """Return exp(-2 pi i f s), and cos(pi s) at the Nyquist frequency of an even size.

    The samples do not tell the phase of the component at Nyquist: it stands for +1/2 and -1/2
    cycles/px alike. Half of it at each sign keeps the picture real and left as good as right.
    """
    factor = np.exp(-2j * np.pi * frequencies * (shift % size))
    if size % 2 == 0:
        factor[size // 2] = np.cos(np.pi * shift)
    return factor


def shifted(
    spectrum: NDArray[np.complex128], shape: tuple[int, int], u: float, v: float
) -> NDArray[np.float64]:
    """Return the shifted texture from its spectrum, for many shifts of one texture.

    Parameters
    ----------
    spectrum
        ``numpy.fft.rfft2`` of the texture.
    shape
        (H, W) of the texture.
    u, v
        Pixels to the right and down.

    Returns
    -------
    image
        (H, W).

    Examples
    --------
    >>> int(shifted(fft.rfft2(np.eye(4)), (4, 4), 1.0, 0.0)[0].argmax())
    1
    """
    height, width = shape
    down = _ramp(fft.fftfreq(height), height, v)
    right = _ramp(fft.rfftfreq(width), width, u)
    return fft.irfft2(spectrum * down[:, None] * right, s=shape)


def fourier_shift(image: NDArray[np.floating], shift: tuple[float, float]) -> NDArray[np.float64]:
    """Return a periodic texture moved by any part of a pixel.

    Every Fourier component is turned by exp(-2 pi i (fx u + fy v)), which is exact for a texture
    that repeats at its borders and has nothing above the Nyquist frequency. Sharp edges ring.

    Parameters
    ----------
    image
        (H, W) texture on a torus.
    shift
        (u, v), pixels to the right and down.

    Returns
    -------
    image
        (H, W) float64.

    Raises
    ------
    TypeError
        If the image has not two axes of finite numbers, or the shift is not two numbers.
    ValueError
        If the shift is not finite.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 8)[None].repeat(4, axis=0)
    >>> fourier_shift(wave, (0.5, 0))[0, :2].round(4).tolist()
    [0.9239, 0.9239]
    """
    image = np.asarray(image)
    if image.ndim != 2 or image.dtype.kind not in "fiub" or not np.isfinite(image).all():
        raise wrong_kind(
            "fourier_shift", "image", image, "an (H, W) array of finite numbers", "Convert it"
        )
    if len(shift) != 2 or not all(isinstance(side, Real) for side in shift):
        raise wrong_kind("fourier_shift", "shift", shift, "two numbers (u, v)", "Give pixels")
    if not np.isfinite(shift).all():
        raise invalid(
            "fourier_shift", "shift", shift, "is not finite", "two finite numbers", "Give pixels"
        )
    return shifted(fft.rfft2(image), image.shape, *shift)
