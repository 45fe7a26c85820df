"""From a pattern m in [-1, 1] to light: L = L0 (1 + C A m), and the check that it is light."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .carriers import Carrier
from .errors import invalid
from .movie import Frame
from .parameters import Aperture
from .rendering import aperture_weights
from .screen import Screen
from .truth import LazyTruth, everywhere

ROUNDING = 1e-9


def check_range(
    function: str,
    mean_luminance: float,
    contrast: float,
    peak: float = 1.0,
    *,
    name: str = "contrast",
) -> None:
    """Raise if L0 (1 + C m) leaves [0, 1] for some |m| <= peak: light is never clipped.

    Parameters
    ----------
    function
        Name that the error message begins with.
    mean_luminance, contrast
        L0 and C.
    peak
        Largest |m|; above 1 for band-limited edges.
    name
        Parameter that the message names.

    Raises
    ------
    ValueError
        If it does.

    Examples
    --------
    >>> check_range("grating", 0.5, 1.0)
    """
    largest = min(1.0, 1.0 / mean_luminance - 1.0) / peak
    if contrast > largest + ROUNDING:
        raise invalid(
            function,
            name,
            contrast,
            f"takes mean_luminance={mean_luminance:g} outside [0, 1]",
            f"at most {largest:.6g}",
            "Lower the contrast, or bring mean_luminance nearer to 0.5",
        )


def lit(
    write: Callable[[int, Frame], None],
    *,
    mean_luminance: float,
    weights: NDArray[np.float32] | None = None,
) -> Callable[[int, Frame], None]:
    """Return a drawing function that turns contrast into light.

    Parameters
    ----------
    write
        ``write(t, out)`` sets ``out``, (H, W), to contrast times pattern.
    mean_luminance
        L0.
    weights
        (H, W) aperture A, or None.

    Returns
    -------
    draw
        Sets ``out`` to L0 (1 + A C m).

    Examples
    --------
    >>> out = np.empty((1, 1), np.float32)
    >>> lit(lambda t, out: out.fill(0.5), mean_luminance=0.5)(0, out)
    >>> float(out[0, 0])
    0.75
    """
    scaled = mean_luminance if weights is None else weights * np.float32(mean_luminance)

    def draw(t: int, out: Frame) -> None:
        write(t, out)
        np.multiply(out, scaled, out=out)
        np.add(out, mean_luminance, out=out)
        np.clip(out, 0.0, 1.0, out=out)  # float32 rounding alone: the range was checked before

    return draw


def lit_carrier(
    carrier: Carrier,
    state: Callable[[int], tuple[float, float]],
    *,
    mean_luminance: float,
    weights: NDArray[np.float32] | None = None,
) -> Callable[[int, Frame], None]:
    """Return a drawing function that shows a carrier as light, in one pass where nothing hides it.

    Parameters
    ----------
    carrier
        The pattern m.
    state
        ``state(t)`` gives the phase of frame t in cycles, and its contrast (negative: reversed).
    mean_luminance, weights
        As in `lit`.

    Returns
    -------
    draw
        Sets ``out`` to L0 (1 + A C m).

    Examples
    --------
    >>> from .carriers import sine_carrier
    >>> out = np.empty((1, 1), np.float32)
    >>> wave = sine_carrier(Screen(size=1 / 32), sf=2, direction=0)
    >>> lit_carrier(wave, lambda t: (0.0, 0.5), mean_luminance=0.5)(0, out)
    >>> float(out[0, 0])
    0.75
    """
    if weights is not None:
        return lit(
            lambda t, out: carrier.write(out, *state(t)),
            mean_luminance=mean_luminance,
            weights=weights,
        )

    def draw(t: int, out: Frame) -> None:
        cycles, contrast = state(t)
        carrier.write(out, cycles, contrast * mean_luminance, mean_luminance)
        np.clip(out, 0.0, 1.0, out=out)  # float32 rounding alone: the range was checked before

    return draw


def window(
    function: str,
    screen: Screen,
    n_frames: int,
    aperture: Aperture,
    aperture_size: float | None,
    edge: float,
) -> tuple[NDArray[np.float32] | None, LazyTruth]:
    """Return the weights of an aperture and what is true of it.

    Parameters
    ----------
    function
        Name that an error message begins with.
    screen, aperture, aperture_size, edge
        As in `rendering.aperture_weights`.
    n_frames
        T.

    Returns
    -------
    weights
        (H, W) float32 or None.
    truth
        ``aperture`` (H, W) float32, and ``valid`` (T-1, H, W): where the pattern is seen at all;
        functions that make them when asked.

    Examples
    --------
    >>> weights, truth = window("f", Screen(size=1), 3, "circle", None, 0.0)
    >>> truth["valid"]().shape
    (2, 32, 32)
    """
    weights = aperture_weights(screen, aperture, aperture_size, edge, function=function)
    if weights is None:
        return None, {
            "aperture": lambda: np.broadcast_to(np.float32(1.0), screen.shape),
            "valid": lambda: everywhere(screen, n_frames),
        }
    return weights, {
        "aperture": weights,
        "valid": lambda: everywhere(screen, n_frames, weights > 0),
    }
