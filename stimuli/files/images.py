"""Images from files and arrays: reading, checking, and stills made one at a time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, unknown, wrong_kind
from stimuli.stimulus import Stimulus

from .pictures import decode_srgb

ENCODINGS = ("linear", "srgb")


class Stills(Sequence[Stimulus]):
    """Stills made one at a time from pixels that stay in the type they came in.

    Parameters
    ----------
    pixels
        (N, H, W) or (N, H, W, 3), from `checked_pixels`.
    names
        N different names.
    degrees
        Width of an image, degrees.
    encoding
        "linear" or "srgb".

    Raises
    ------
    ValueError
        If the names are not N different ones, or degrees or encoding are wrong.
    TypeError
        If degrees is not a number.

    Examples
    --------
    >>> stills = Stills(np.zeros((2, 8, 8), np.uint8), ["a", "b"], 1.0, "linear")
    >>> len(stills), stills[1].ppd
    (2, 8.0)
    """

    def __init__(
        self, pixels: NDArray, names: Sequence[str], degrees: float, encoding: str
    ) -> None:
        if len(names) != len(pixels) or len(set(names)) != len(names):
            raise invalid(
                "StimulusSet",
                "ids",
                list(names),
                f"does not name {len(pixels)} images",
                f"{len(pixels)} different names",
                "Give ids=, one name per image",
            )
        if isinstance(degrees, bool) or not isinstance(degrees, (int, float)):
            raise wrong_kind("StimulusSet", "degrees", degrees, "a number", "Give the width")
        if not (np.isfinite(degrees) and degrees > 0):
            raise invalid(
                "StimulusSet",
                "degrees",
                degrees,
                "is out of range",
                "degrees > 0",
                "Give the width in degrees",
            )
        if encoding not in ENCODINGS:
            raise unknown("StimulusSet", "encoding", encoding, "an encoding", ENCODINGS)
        self._pixels, self._names, self._degrees = pixels, names, float(degrees)
        self._encoding = encoding

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns of the set's table: id, width in degrees, encoding."""
        return {
            "stimulus_id": list(self._names),
            "degrees": [self._degrees] * len(self),
            "encoding": [self._encoding] * len(self),
        }

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, i: Any) -> Stimulus:
        pixels = self._pixels[i]
        scale = 1.0 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max
        signal = (pixels / np.float64(scale)).astype(np.float32)
        linear = signal if self._encoding == "linear" else decode_srgb(signal)
        frames = linear.astype(np.float32)[None]
        frames.setflags(write=False)
        params = {
            "name": "image",
            "stimulus_id": self._names[i],
            "degrees": self._degrees,
            "encoding": self._encoding,
        }
        ppd = pixels.shape[1] / self._degrees
        return Stimulus(frames, ppd=ppd, params=params, name="image")


def checked_pixels(pixels: NDArray) -> NDArray:
    """Return pixels that can be stills: unsigned integers as they are, floats as float32.

    Parameters
    ----------
    pixels
        (N, H, W) or (N, H, W, 3), unsigned integers or floats in [0, 1].

    Returns
    -------
    pixels
        A copy, float32 if they were floats.

    Raises
    ------
    ValueError
        If the shape is another, or a value is outside [0, 1].
    TypeError
        If they are neither floats nor unsigned integers.

    Examples
    --------
    >>> checked_pixels(np.zeros((2, 8, 8))).dtype
    dtype('float32')
    """
    if pixels.dtype.kind not in "fu":
        raise wrong_kind(
            "StimulusSet",
            "images",
            pixels,
            "floats in [0, 1] or unsigned integers",
            "Convert with astype(np.uint8)",
        )
    color = pixels.ndim == 4 and pixels.shape[3] == 3
    if not (pixels.ndim == 3 or color) or pixels.size == 0:
        raise invalid(
            "StimulusSet",
            "images",
            pixels,
            "has the wrong shape",
            "(N, H, W) or (N, H, W, 3), none of them 0",
            "Move the channels last",
        )
    if pixels.dtype.kind == "f" and not (pixels.min() >= 0 and pixels.max() <= 1):
        raise invalid(
            "StimulusSet",
            "images",
            pixels,
            "has values outside [0, 1] or not finite",
            "floats in [0, 1]",
            "Divide by the largest possible value",
        )
    return np.array(pixels, np.float32 if pixels.dtype.kind == "f" else pixels.dtype)


def read_image(path: Path) -> NDArray:
    """Return the pixels of an image file.

    Parameters
    ----------
    path
        A file that Pillow reads.

    Returns
    -------
    pixels
        (H, W) or (H, W, 3) uint8, or (H, W) uint16; an alpha channel is left out.

    Raises
    ------
    ValueError
        If the file is missing or cannot be read.

    Examples
    --------
    >>> import stimuli, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = stimuli.gabor(seed=0, duration=None).save(f"{folder}/gabor.png")
    ...     read_image(path).shape
    (256, 256)
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.mode.startswith("I;16"):
                return np.asarray(image).astype(np.uint16)
            grey = image.mode in ("1", "L", "LA")
            return np.asarray(image.convert("L" if grey else "RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise invalid(
            "StimulusSet.from_images",
            "paths",
            str(path),
            f"cannot be read ({type(error).__name__})",
            "an image file",
            "Check that the file is there and whole",
        ) from error


def stack_images(images: Sequence[NDArray], files: Sequence[Path]) -> NDArray:
    """Return images of one size as one array.

    Parameters
    ----------
    images
        Each (H, W) or (H, W, 3); grey among colour becomes three equal channels.
    files
        Their names, for the message.

    Returns
    -------
    pixels
        (N, H, W) or (N, H, W, 3).

    Raises
    ------
    ValueError
        If there is none, or size or bit depth differ.

    Examples
    --------
    >>> grey, color = np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint8)
    >>> stack_images([grey, color], [Path("a.png"), Path("b.png")]).shape
    (2, 4, 4, 3)
    """
    if not images:
        raise invalid(
            "StimulusSet.from_images",
            "paths",
            files,
            "is empty",
            "one or more files",
            "Give a file",
        )
    sizes = [image.shape[:2] for image in images]
    depths = {image.dtype for image in images}
    for path, size in zip(files, sizes, strict=True):
        if size != sizes[0] or len(depths) > 1:
            raise invalid(
                "StimulusSet.from_images",
                "paths",
                str(path),
                f"is {size[1]} x {size[0]} px",
                f"{sizes[0][1]} x {sizes[0][0]} px and one bit depth, as {files[0].name}",
                "Resize the files to one size",
            )
    if len({image.ndim for image in images}) > 1:  # grey among colour: three equal channels
        images = [np.stack([i] * 3, axis=-1) if i.ndim == 2 else i for i in images]
    return np.stack(images)
