"""Patterns that jump in steps - a grating, noise, an image - and what is true of the jumps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.carriers import wave_carrier
from stimuli.drift import apparent_frequency, check_sf
from stimuli.errors import invalid
from stimuli.movie import Frame
from stimuli.parameters import Array
from stimuli.randomness import stream
from stimuli.screen import PIXEL_TOLERANCE, Screen
from stimuli.truth import LazyTruth, uniform_flow

JUMPING = ("grating", "noise", "image")
AMBIGUOUS = 1e-9  # cycles; a step this near to 0 or 1/2 has no direction

JumpingImage = Annotated[
    ArrayLike | None,
    Array("Image for carrier='image', of the screen's shape", "", True, at_least=0, at_most=1),
]


@dataclass(frozen=True)
class Jumping:
    """A pattern m in [-1, 1] that can be shown after any number of jumps.

    Parameters
    ----------
    place
        ``place(out, k, gain)`` sets ``out``, (H, W), to gain times the pattern after k jumps.
    length
        Degrees of one jump.
    direction
        Direction of the jumps, degrees.
    cycles
        One jump in cycles of the grating; None if the pattern has no period.

    Examples
    --------
    >>> pattern = Jumping(lambda out, k, gain: None, 0.25, 0.0, cycles=0.25)
    >>> pattern.fourier_direction(True), pattern.fourier_direction(False)
    (180.0, 0.0)
    """

    place: Callable[[Frame, int, float], None]
    length: float
    direction: float
    cycles: float | None = None

    def fourier_direction(self, reverse: bool) -> float | None:
        """Return where the motion energy of a jump goes; None if it has no direction.

        Parameters
        ----------
        reverse
            Whether the contrast flips with the jump: that adds half a cycle to every component.
        """
        if self.cycles is not None:
            return seen_direction(self.direction, self.cycles + (0.5 if reverse else 0.0))
        if not self.length:
            return None
        backwards = (self.length < 0) != reverse
        return (self.direction + 180.0 * backwards) % 360.0


def seen_direction(direction: float, cycles: float) -> float | None:
    """Return where a component goes that jumps by ``cycles``: the shorter way round.

    Parameters
    ----------
    direction
        Direction of the jump, degrees.
    cycles
        Length of the jump in cycles of the component.

    Returns
    -------
    direction
        Degrees in [0, 360), or None for a jump of nothing or of half a cycle.

    Examples
    --------
    >>> seen_direction(0.0, 0.25), seen_direction(0.0, 0.75)
    (0.0, 180.0)
    """
    shift = apparent_frequency(cycles, 1.0)
    if min(abs(shift), 0.5 - abs(shift)) < AMBIGUOUS:
        return None
    return direction % 360.0 if shift > 0 else (direction + 180.0) % 360.0


def step_truth(
    screen: Screen, n_frames: int, *, direction: float, step: float, step_frames: int
) -> LazyTruth:
    """Return flow, speed and physical direction of jumps that come every few frames.

    Parameters
    ----------
    screen, n_frames
        Grid and number of frames T.
    direction
        Direction of the jumps, degrees.
    step
        Length of one jump, degrees.
    step_frames
        Frames from one jump to the next.

    Returns
    -------
    truth
        ``flow`` (T-1, H, W, 2) px/frame; ``speed`` deg/s on average; ``physical_direction``.

    Examples
    --------
    >>> step_truth(Screen(), 3, direction=0, step=0.25, step_frames=1)["speed"]
    15.0
    """
    jumps = (np.arange(1, n_frames) % step_frames == 0).astype(np.float64)  # into frame t + 1
    vector = np.array(screen.flow(direction, step * screen.fps))
    return {
        "flow": uniform_flow(screen, n_frames, jumps[:, None] * vector),
        "speed": abs(step) * screen.fps / step_frames,
        "physical_direction": direction % 360.0 if step >= 0 else (direction + 180.0) % 360.0,
    }


def jumping(
    function: str,
    screen: Screen,
    carrier: str,
    *,
    direction: float,
    sf: float,
    step_cycles: float,
    phase: float,
    element: float,
    image: NDArray[np.float64] | None,
    step: float,
    seed: int,
) -> Jumping:
    """Return the pattern that a generator's parameters describe.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen
        The pixel grid.
    carrier
        One of `JUMPING`.
    direction
        Direction of the jumps, degrees.
    sf, step_cycles, phase
        Of the grating: cycles/deg, cycles, degrees.
    element
        Side of a noise element, whole pixels, degrees.
    image
        (H, W) in [0, 1], the pattern 2 I - 1.
    step
        Jump of noise or image, whole pixels, degrees.
    seed
        Of the noise.

    Returns
    -------
    pattern
        Noise and image live on a torus: what leaves the screen enters at the other side.

    Raises
    ------
    ValueError
        If the grating is too fine, lengths are not whole pixels, or the image is missing, not
        wanted or of another shape.

    Examples
    --------
    >>> params = dict(sf=1, step_cycles=0.25, phase=0, element=0.25, image=None, step=0.25, seed=0)
    >>> jumping("f", Screen(), "noise", direction=0, **params).length
    0.25
    """
    if (image is None) == (carrier == "image"):
        raise invalid(
            function,
            "image",
            image,
            f"does not go with carrier={carrier!r}",
            "an image with carrier='image', and with no other",
            "Give both or neither",
        )
    if carrier == "grating":
        check_sf(function, sf, screen)
        wave, _ = wave_carrier(function, screen, sf=sf, direction=direction, waveform="sine")

        def place_grating(out: Frame, k: int, gain: float) -> None:
            wave.write(out, phase / 360.0 - (k * step_cycles) % 1.0, gain)

        return Jumping(place_grating, step_cycles / sf, direction, step_cycles)
    across, down = (
        _whole_pixels(function, "step", step, pixels)
        for pixels in screen.flow(direction, step * screen.fps)
    )
    height, width = screen.shape
    torus = _noise(function, screen, element, seed) if carrier == "noise" else 2 * image - 1
    if carrier == "image" and image.shape != screen.shape:
        raise invalid(
            function,
            "image",
            image,
            "does not fit the screen",
            f"shape (H, W) = {screen.shape}",
            "Crop it, or use a Screen of its shape",
        )
    torus = torus.astype(np.float32)

    def place_torus(out: Frame, k: int, gain: float) -> None:
        shifted = np.roll(torus, (k * down, k * across), axis=(0, 1))
        np.multiply(shifted[:height, :width], np.float32(gain), out=out)

    return Jumping(place_torus, step, direction)


def _whole_pixels(function: str, name: str, value: float, pixels: float) -> int:
    if abs(pixels - round(pixels)) > PIXEL_TOLERANCE or (name == "element" and round(pixels) < 1):
        raise invalid(
            function,
            name,
            value,
            f"is {pixels:g} px along an axis",
            "whole pixels",
            "Use a multiple of 1/ppd, and directions that are multiples of 90",
        )
    return round(pixels)


def _noise(function: str, screen: Screen, element: float, seed: int) -> NDArray[np.float64]:
    """Return binary noise of -1 and 1, whole elements that cover the screen."""
    side = _whole_pixels(function, "element", element, element * screen.ppd)
    height, width = screen.shape
    cells = stream(seed, "noise").integers(0, 2, (-(-height // side), -(-width // side)))
    return np.kron(2 * cells - 1, np.ones((side, side)))
