"""The limits of a drift on a screen of pixels and frames, and what is true of it."""

import math

from .errors import invalid
from .screen import Screen
from .truth import LazyTruth, uniform_flow

DEFAULT_TF = 4.0  # Hz, where neither tf nor speed is given


def check_sf(function: str, sf: float, screen: Screen, *, name: str = "sf") -> None:
    """Raise if a spatial frequency is at or above the Nyquist limit of the screen.

    Parameters
    ----------
    function, name
        Where the value was given.
    sf
        Spatial frequency, cycles/deg.
    screen
        The limit is ppd/2.

    Raises
    ------
    ValueError
        If sf >= ppd/2.

    Examples
    --------
    >>> check_sf("grating", 2.0, Screen())
    """
    if sf >= screen.ppd / 2:
        raise invalid(
            function,
            name,
            sf,
            "is at or above the Nyquist limit",
            f"0 < sf < ppd/2 = {screen.ppd / 2:g} cyc/deg",
            "Raise ppd or lower sf",
        )


def check_tf(
    function: str, tf: float, screen: Screen, *, allow_alias: bool = False, name: str = "tf"
) -> None:
    """Raise if a temporal frequency is at or above the Nyquist limit of the frame rate.

    Parameters
    ----------
    function, name
        Where the value was given.
    tf
        Temporal frequency, Hz.
    screen
        The limit is fps/2.
    allow_alias
        Whether that is wanted.

    Raises
    ------
    ValueError
        If |tf| >= fps/2 and it is not.

    Examples
    --------
    >>> check_tf("grating", 4.0, Screen())
    """
    if abs(tf) >= screen.fps / 2 and not allow_alias:
        raise invalid(
            function,
            name,
            tf,
            "would alias: it is at or above half the frame rate",
            f"|tf| < fps/2 = {screen.fps / 2:g} Hz",
            "Raise fps, lower tf or speed, or use allow_alias=True where it is offered",
        )


def apparent_frequency(tf: float, fps: float) -> float:
    """Return the temporal frequency that samples of a drift show, between -fps/2 and fps/2.

    Parameters
    ----------
    tf
        Temporal frequency of the drift, Hz.
    fps
        Frames per second, Hz.

    Returns
    -------
    tf
        Hz; of the other sign where the drift seems reversed.

    Examples
    --------
    >>> apparent_frequency(45.0, 60.0)
    -15.0
    """
    return (tf + fps / 2) % fps - fps / 2


def drift_truth(
    screen: Screen, n_frames: int, *, sf: float, direction: float, tf: float
) -> LazyTruth:
    """Return what is true of a drifting grating.

    Parameters
    ----------
    screen, n_frames
        Grid and number of frames T.
    sf, direction, tf
        Of the grating; a negative tf drifts the other way.

    Returns
    -------
    truth
        ``flow`` (T-1, H, W, 2) px/frame along the normal; ``speed`` deg/s and ``direction`` of the
        drift; ``period_px``; ``aliased``, and ``apparent_tf`` Hz, what the samples show.

    Examples
    --------
    >>> drift_truth(Screen(), 2, sf=2, direction=0, tf=4)["speed"]
    2.0
    """
    return {
        "flow": lambda: uniform_flow(screen, n_frames, screen.flow(direction, tf / sf)),
        "speed": abs(tf / sf),
        "direction": direction % 360.0 if tf >= 0 else (direction + 180.0) % 360.0,
        "period_px": screen.ppd / sf,
        "aliased": bool(abs(tf) >= screen.fps / 2),
        "apparent_tf": apparent_frequency(tf, screen.fps),
    }


def shutter_gain(tf: float, screen: Screen, exposure: float) -> float:
    """Return what an open shutter leaves of the contrast of a drifting sine, sinc(tf exposure/fps).

    Parameters
    ----------
    tf
        Temporal frequency, Hz.
    screen
        Gives the frame rate.
    exposure
        Part of the frame that the shutter is open.

    Returns
    -------
    gain
        1 for a shutter that opens for an instant; sinc(x) = sin(pi x)/(pi x).

    Examples
    --------
    >>> round(shutter_gain(30.0, Screen(fps=60), 1.0), 4)
    0.6366
    """
    angle = math.pi * tf * exposure / screen.fps
    return math.sin(angle) / angle if angle else 1.0


def temporal_frequency(tf: float | None, speed: float | None, sf: float) -> float:
    """Return the temporal frequency of a drift that is given by it, or by its speed.

    Parameters
    ----------
    tf
        Temporal frequency, Hz, or None.
    speed
        Speed, deg/s, or None.
    sf
        Spatial frequency, cycles/deg.

    Returns
    -------
    tf
        Hz; 4 if neither is given.

    Examples
    --------
    >>> temporal_frequency(None, 3.0, 2.0)
    6.0
    """
    if speed is not None:
        return speed * sf
    return DEFAULT_TF if tf is None else tf
