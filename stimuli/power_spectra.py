"""Where the energy of a stimulus lies: over spatial frequencies, or over space and time."""

from typing import TYPE_CHECKING

import numpy as np
from numpy import fft
from numpy.typing import NDArray

from .errors import invalid, unknown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .stimulus import Stimulus

PLANES = ("xy", "xt")
DECADES = 4  # of power that a picture shows
SAME = 1e-4  # px/frame: flows that differ less are one motion
MARGIN = 1.5  # axes reach this much further than the energy


def power_spectrum(
    stimulus: "Stimulus", plane: str = "xt"
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the power of a stimulus over two of its frequencies, its mean left out.

    A pattern that moves with velocity V has its energy on the plane ft = -(fx Vx + fy Vy), so that
    motion to the right lies in the quadrants where fx and ft have opposite signs.

    Parameters
    ----------
    stimulus
        A picture or a movie; colour is averaged.
    plane
        "xt": horizontal spatial frequency by temporal frequency, summed over fy. "xy": the two
        spatial frequencies, summed over ft.

    Returns
    -------
    across
        (N,) horizontal frequencies fx, cycles/deg, ascending.
    up
        (M,) temporal frequencies, Hz, or vertical ones fy (up positive), cycles/deg; ascending.
    power
        (M, N), as parts of the whole: it sums to 1, or is 0 everywhere for a uniform field.

    Raises
    ------
    ValueError
        If the plane is unknown, the stimulus is no picture, or a still is asked for its "xt".

    Examples
    --------
    >>> import stimuli
    >>> fx, ft, power = power_spectrum(stimuli.grating(sf=2, tf=4))
    >>> row, column = np.unravel_index(power.argmax(), power.shape)
    >>> abs(float(fx[column])), abs(float(ft[row])), bool(fx[column] * ft[row] < 0)
    (2.0, 4.0, True)
    """
    if plane not in PLANES:
        raise unknown("power_spectrum", "plane", plane, "a pair of axes", PLANES)
    if stimulus.ppd is None or (plane == "xt" and stimulus.n_frames < 2):
        raise invalid(
            "power_spectrum",
            "plane",
            plane,
            f"does not exist in {stimulus.name}",
            "a movie for 'xt', a picture for 'xy'",
            "Give a duration, or use plane='xy'",
        )
    frames = stimulus.frames if stimulus.frames.ndim == 3 else stimulus.frames.mean(axis=3)
    n_frames, height, width = frames.shape
    spectrum = np.abs(fft.fftn(frames - frames.mean())) ** 2
    total = spectrum.sum() or 1.0
    across = fft.fftshift(fft.fftfreq(width, 1 / stimulus.ppd))
    if plane == "xt":
        power = fft.fftshift(spectrum.sum(axis=1)) / total
        return across, fft.fftshift(fft.fftfreq(n_frames, 1 / stimulus.fps)), power
    power = fft.fftshift(spectrum.sum(axis=0)) / total
    return across, np.sort(-fft.fftfreq(height, 1 / stimulus.ppd)), power[::-1]  # rows go down


def plot_spectrum(stimulus: "Stimulus", plane: str = "xt", *, ax: "Axes | None" = None) -> "Axes":
    """Draw the power spectrum, and in "xt" the line on which the true motion puts it.

    Parameters
    ----------
    stimulus, plane
        As in `power_spectrum`.
    ax
        Matplotlib axes; None makes new ones.

    Returns
    -------
    ax
        Power in decades below the largest.

    Raises
    ------
    ValueError
        As `power_spectrum`.

    Examples
    --------
    >>> import stimuli
    >>> plot_spectrum(stimuli.grating(), "xt").get_ylabel()
    'temporal frequency (Hz)'
    """
    import matplotlib.pyplot as plt

    across, up, power = power_spectrum(stimulus, plane)
    if ax is None:
        _, ax = plt.subplots(figsize=(4, 4), layout="constrained")
    floor = power.max() * 10.0**-DECADES
    shown = np.log10(np.maximum(power, floor) / power.max())
    half = (across[1] - across[0]) / 2, (up[1] - up[0]) / 2
    extent = (across[0] - half[0], across[-1] + half[0], up[0] - half[1], up[-1] + half[1])
    image = ax.imshow(shown, origin="lower", extent=extent, cmap="magma", vmin=-DECADES, vmax=0)
    ax.set_aspect("auto" if plane == "xt" else "equal")
    ax.figure.colorbar(image, ax=ax, label="power (log10, largest = 0)")
    ax.set(xlabel="horizontal spatial frequency (cyc/deg)", title=stimulus.name)
    ax.set_ylabel("temporal frequency (Hz)" if plane == "xt" else "vertical sf (cyc/deg)")
    velocity = _velocity(stimulus)
    if plane == "xt" and velocity is not None:
        ax.plot(across, -across * velocity, "--", color="white", linewidth=1, label="true motion")
        ax.legend(loc="upper right", fontsize=7)
    rows, columns = np.nonzero(shown > -DECADES)
    for limit, axis, at in ((ax.set_xlim, across, columns), (ax.set_ylim, up, rows)):
        reach = MARGIN * np.abs(axis[at]).max(initial=2 * (axis[1] - axis[0]))
        limit(-min(reach, -axis[0]), min(reach, -axis[0]))
    return ax


def _velocity(stimulus: "Stimulus") -> float | None:
    """Return the velocity, deg/s, of a motion that is horizontal and the same everywhere.

    A vertical part would move each fy to another line, of which the sum over fy shows none.
    """
    if "flow" not in stimulus.truth:
        return None
    way = stimulus.truth["flow"][stimulus.truth["valid"]]
    if len(way) == 0 or np.abs(way - (way[0, 0], 0.0)).max() > SAME:
        return None
    return float(way[0, 0]) * stimulus.fps / stimulus.ppd
