"""Ways to change what is inside a region, anew in each frame, so that only the region moves.

Each takes the texture n (H, W) of mean 0 and variance 1 on a torus, and returns a function that
gives the changed texture of one frame from the frame's own random numbers and the region's centre
(column + i row, px). Nothing inside goes along with the region.
"""

from collections.abc import Callable

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .periodic_leaves import UNIT_UNIFORM

Texture = NDArray[np.float64]
Change = Callable[[np.random.Generator, complex], Texture]


def sampled(texture: Texture, rows: Texture, columns: Texture) -> Texture:
    """Return a texture on a torus at places between its pixels, linearly interpolated.

    Parameters
    ----------
    texture
        (H, W).
    rows, columns
        Places, px, of any one shape.

    Returns
    -------
    values
        Of that shape.

    Examples
    --------
    >>> sampled(np.array([[0.0, 1.0]]), np.zeros(1), np.array([0.25])).tolist()
    [0.25]
    """
    height, width = texture.shape
    top, left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    down, right = rows - top, columns - left
    top, left = top % height, left % width
    below, beside = (top + 1) % height, (left + 1) % width
    upper = texture[top, left] * (1 - right) + texture[top, beside] * right
    lower = texture[below, left] * (1 - right) + texture[below, beside] * right
    return upper * (1 - down) + lower * down


def water_wave(texture: Texture, amplitude: float, length: float) -> Change:
    """Displace pixels by ripples of that amplitude and wavelength, px, of random phase.

    Examples
    --------
    >>> change = water_wave(np.eye(4), 0.0, 8.0)
    >>> float(change(np.random.default_rng(0), 0j)[1, 1])
    1.0
    """
    rows, columns = np.indices(texture.shape, float)
    wave = 2 * np.pi / length

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        down, right = generator.uniform(0, 2 * np.pi, 2)
        return sampled(
            texture,
            rows + amplitude * np.sin(wave * columns + down),
            columns + amplitude * np.sin(wave * rows + right),
        )

    return change


def swirl(texture: Texture, strength: float, radius: float) -> Change:
    """Turn the texture around the centre by a exp(-r / radius), a uniform in +-strength, radians.

    Examples
    --------
    >>> change = swirl(np.eye(4), 0.0, 8.0)
    >>> float(change(np.random.default_rng(0), 1 + 1j)[1, 1])
    1.0
    """
    rows, columns = np.indices(texture.shape, float)
    places = columns + 1j * rows

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        apart = places - centre
        turn = generator.uniform(-strength, strength) * np.exp(-np.abs(apart) / radius)
        turned = centre + apart * np.exp(1j * turn)
        return sampled(texture, turned.imag, turned.real)

    return change


def blur(texture: Texture, sd: float) -> Change:
    """Blur with a Gaussian of that sd, px; nothing is random.

    Examples
    --------
    >>> change = blur(np.ones((4, 4)), 0.5)
    >>> float(change(np.random.default_rng(0), 0j)[1, 1])
    1.0
    """
    height, width = texture.shape
    squared = fft.rfftfreq(width) ** 2 + fft.fftfreq(height)[:, None] ** 2
    blurred = fft.irfft2(
        fft.rfft2(texture) * np.exp(-2 * (np.pi * sd) ** 2 * squared), s=texture.shape
    )
    return lambda generator, centre: blurred


def noise(texture: Texture, level: float) -> Change:
    """Mix with white noise: (1 - level) n + level w, w uniform of variance 1.

    Examples
    --------
    >>> change = noise(np.ones((4, 4)), 0.0)
    >>> float(change(np.random.default_rng(0), 0j)[1, 1])
    1.0
    """

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        white = generator.uniform(-UNIT_UNIFORM, UNIT_UNIFORM, texture.shape)
        return (1.0 - level) * texture + level * white

    return change


def fourier_phase(texture: Texture) -> Change:
    """Keep the amplitude spectrum and draw all phases at random.

    Examples
    --------
    >>> changed = fourier_phase(np.eye(4))(np.random.default_rng(0), 0j)
    >>> bool(np.allclose(np.abs(fft.fft2(changed)), np.abs(fft.fft2(np.eye(4)))))
    True
    """
    amplitude = np.abs(fft.rfft2(texture))

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        white = fft.rfft2(generator.standard_normal(texture.shape))  # its phases make a real image
        return fft.irfft2(amplitude * white / np.abs(white), s=texture.shape)

    return change


def shuffled_phase(texture: Texture) -> Change:
    """Keep the amplitude spectrum and exchange the phases among the frequencies.

    The two columns of the half spectrum that hold their own conjugates keep their phases.

    Examples
    --------
    >>> changed = shuffled_phase(np.eye(4))(np.random.default_rng(0), 0j)
    >>> bool(np.allclose(np.abs(fft.fft2(changed)), np.abs(fft.fft2(np.eye(4)))))
    True
    """
    spectrum = fft.rfft2(texture)
    free = spectrum[:, 1 : (texture.shape[1] + 1) // 2]
    amplitude, turns = np.abs(free), np.exp(1j * np.angle(free))

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        mixed = spectrum.copy()
        shuffled = generator.permutation(turns.ravel()).reshape(turns.shape)
        mixed[:, 1 : 1 + turns.shape[1]] = amplitude * shuffled
        return fft.irfft2(mixed, s=texture.shape)

    return change


def texture_swap(other: Texture) -> Change:
    """Show another texture, each time from another place of it.

    Examples
    --------
    >>> changed = texture_swap(np.eye(4))(np.random.default_rng(0), 0j)
    >>> float(changed.sum())
    4.0
    """

    def change(generator: np.random.Generator, centre: complex) -> Texture:
        return np.roll(other, generator.integers(other.shape), axis=(0, 1))

    return change
