"""Pictures of linear light: integers, the sRGB curve, PNG and GIF."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, unknown

GIF_TICK = 0.01  # s; the format counts time in hundredths
GIF_SHORTEST = 0.02  # s; viewers slow down frames that are shorter than this
SRGB_KNEE = 0.0031308  # IEC 61966-2-1: linear below, power law of exponent 2.4 above


def encode_srgb(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the sRGB signal of linear light (IEC 61966-2-1).

    Parameters
    ----------
    linear
        Any shape, linear light in [0, 1].

    Returns
    -------
    signal
        Same shape, in [0, 1].

    Examples
    --------
    >>> float(encode_srgb(np.array(0.5)).round(4))
    0.7354
    """
    power = 1.055 * np.maximum(linear, SRGB_KNEE) ** (1 / 2.4) - 0.055
    return np.where(linear <= SRGB_KNEE, 12.92 * linear, power)


def decode_srgb(signal: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the linear light of an sRGB signal, the inverse of `encode_srgb`.

    Parameters
    ----------
    signal
        Any shape, in [0, 1].

    Returns
    -------
    linear
        Same shape, linear light in [0, 1].

    Examples
    --------
    >>> float(decode_srgb(np.array(0.7354)).round(3))
    0.5
    """
    knee = 12.92 * SRGB_KNEE
    return np.where(signal <= knee, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def quantise(
    frames: NDArray[np.float32], *, bits: int = 8, encoding: str = "linear"
) -> NDArray[np.unsignedinteger]:
    """Return linear light as unsigned integers.

    Parameters
    ----------
    frames
        Any shape, linear light in [0, 1].
    bits
        8 or 16.
    encoding
        "linear" keeps the values, "srgb" applies `encode_srgb` first.

    Returns
    -------
    integers
        Same shape, uint8 or uint16, rounded to the nearest.

    Raises
    ------
    ValueError
        If bits or encoding are not one of these.

    Examples
    --------
    >>> quantise(np.float32([0, 0.5, 1])).tolist()
    [0, 128, 255]
    """
    if bits not in (8, 16):
        raise invalid("save", "bits", bits, "is not offered", "8 or 16", "Use bits=16")
    if encoding not in ("linear", "srgb"):
        raise unknown("save", "encoding", encoding, "an encoding", ("linear", "srgb"))
    light = np.clip(
        frames, 0, 1
    )  # only rounding errors are outside, as generators and Stimulus check
    signal = light if encoding == "linear" else encode_srgb(light)
    return np.rint(signal * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def png_bytes(image: NDArray[np.unsignedinteger]) -> bytes:
    """Return an image as the bytes of a PNG file.

    Parameters
    ----------
    image
        (H, W) or (H, W, 3), uint8 or uint16.

    Returns
    -------
    data
        The file.

    Examples
    --------
    >>> png_bytes(np.zeros((2, 2), np.uint8))[1:4]
    b'PNG'
    """
    height, width = image.shape[:2]
    depth, kind = 8 * image.dtype.itemsize, 2 if image.ndim == 3 else 0
    rows = np.ascontiguousarray(image, image.dtype.newbyteorder(">")).view(np.uint8)
    rows = rows.reshape(height, -1)
    scanlines = np.hstack([np.zeros((height, 1), np.uint8), rows])  # filter type 0 on every line

    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(scanlines.tobytes(), 6))
        + chunk(b"IEND", b"")
    )


def gif_bytes(images: NDArray[np.uint8], fps: float) -> bytes:
    """Return a movie as the bytes of an endless GIF that runs at the right speed.

    GIF counts time in 1/100 s and viewers slow down what is faster than 50 Hz, so frames of a
    faster movie are left out, never stretched.

    Parameters
    ----------
    images
        (T, H, W) or (T, H, W, 3) uint8.
    fps
        Frames per second, Hz.

    Returns
    -------
    data
        The file.

    Examples
    --------
    >>> gif_bytes(np.zeros((2, 4, 4), np.uint8), fps=10)[:6]
    b'GIF89a'
    """
    from PIL import Image

    keep = max(1, int(np.ceil(GIF_SHORTEST * fps - 1e-9)))
    shown = images[::keep]
    ends = np.rint(np.append(np.arange(0, len(images), keep), len(images)) / fps / GIF_TICK)
    durations = np.maximum(np.diff(ends), GIF_SHORTEST / GIF_TICK) * GIF_TICK * 1000
    pages = [Image.fromarray(page) for page in shown]
    buffer = io.BytesIO()
    pages[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pages[1:],
        duration=[round(value) for value in durations.tolist()],
        loop=0,
    )
    return buffer.getvalue()
