"""The global motion that a flow-estimating model sees, pooled over what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurosim.experiments.perceived import angular_error, physical_direction
from neurosim.model import FlowEstimator, Model
from stimuli import Screen, Stimulus, StimulusSet

if TYPE_CHECKING:
    import pandas as pd

FPS = 25  # a frame of the model is 40 ms
DURATION = 0.44  # eleven frames
PPD = 16
SCREEN = Screen(size=8.0, ppd=PPD, fps=FPS)  # 128 x 128 px
PIXEL_PER_FRAME = FPS / PPD  # deg/s
STILL = 1e-3  # px/frame; a pooled flow that is slower has no direction
RIGHT = 22.5  # deg; half the step between eight directions


def pooled_flow(
    model: FlowEstimator, movies: Sequence[Stimulus], masks: Sequence[NDArray] | None = None
) -> pd.DataFrame:
    """Average the flow of each movie over the pixels where it shows something.

    Parameters
    ----------
    model
        Reports the flow.
    movies
        (n,) of equal shape.
    masks
        (n,) masks (H, W) bool; default ``seen_pixels`` of each movie.

    Returns
    -------
    table
        One row a movie: ``vx``, ``vy`` deg/s (x right, y up), ``speed`` deg/s and ``direction``
        deg, NaN below 0.001 px/frame.
    """
    import pandas as pd

    flow = model.flow(StimulusSet(list(movies)))
    if masks is None:
        masks = [seen_pixels(movie) for movie in movies]
    pairs = zip(flow.field, masks, strict=True)
    u, v = np.array([field[:, mask].mean((0, 1), dtype=np.float64) for field, mask in pairs]).T
    speed = np.hypot(u, v)
    direction = np.degrees(np.arctan2(-v, u)) % 360.0
    scale = np.array([movie.fps / movie.ppd for movie in movies])
    return pd.DataFrame(
        {
            "vx": u * scale,
            "vy": -v * scale,
            "speed": speed * scale,
            "direction": np.where(speed < STILL, np.nan, direction),
        }
    )


def reports_trained_flow(model: Model) -> bool:
    """Return whether ``model`` can be asked for a flow; with ``trained`` False it cannot.

    Examples
    --------
    >>> import neurosim
    >>> reports_trained_flow(neurosim.load("pixels"))
    False
    """
    return isinstance(model, FlowEstimator) and getattr(model, "trained", True)


def reported_flow(
    model: FlowEstimator, condition: str, movies: Sequence[Stimulus], expected: Sequence[float]
) -> pd.DataFrame:
    """Ask the flow of ``model`` for the direction of each movie, in the rows of ``reported``."""
    pooled = pooled_flow(model, movies)
    pooled = pooled.rename(columns={"direction": "reported"})[["reported", "speed"]]
    pooled.insert(0, "expected", np.asarray(expected, dtype=np.float64) % 360.0)
    pooled.insert(0, "physical", [physical_direction(movie) for movie in movies])
    pooled.insert(0, "condition", condition)
    pooled["error"] = angular_error(pooled["reported"].to_numpy(), pooled["expected"].to_numpy())
    pooled["readout"] = "flow"
    return pooled


def seen_pixels(movie: Stimulus) -> NDArray[np.bool_]:
    """Return (H, W) where the aperture, or the elements, exceed half of their peak.

    Examples
    --------
    >>> import stimuli
    >>> movie = stimuli.grating(aperture="circle", screen=SCREEN, duration=DURATION)
    >>> round(float(seen_pixels(movie).mean()), 2)
    0.79
    """
    weights = movie.truth["aperture" if "aperture" in movie.truth else "envelope"]
    return np.asarray(weights) > 0.5 * np.max(weights)


def signed_turn(direction: NDArray, origin: NDArray | float) -> NDArray[np.float64]:
    """Return by how much ``direction`` is counter-clockwise of ``origin``, deg, -180 to 180.

    Examples
    --------
    >>> float(signed_turn(np.array(350.0), 10.0))
    -20.0
    """
    return (np.asarray(direction, dtype=np.float64) - origin + 180.0) % 360.0 - 180.0


def is_right(direction: NDArray, expected: NDArray) -> NDArray[np.bool_]:
    """Return whether the answer is right among eight: the error is less than 22.5 deg.

    Examples
    --------
    >>> is_right(np.array([350.0, 40.0, np.nan]), np.array([0.0, 0.0, 0.0])).tolist()
    [True, False, False]
    """
    return angular_error(direction, expected) < RIGHT


def rank_correlation(x: NDArray, y: NDArray) -> float:
    """Return Spearman's correlation; NaN if a value is NaN or one side does not vary.

    Examples
    --------
    >>> round(rank_correlation(np.array([1, 2, 3]), np.array([0.1, 0.4, 0.3])), 3)
    0.5
    """
    from scipy.stats import rankdata

    x, y = (np.asarray(values, dtype=np.float64).round(9) for values in (x, y))
    if np.isnan(x).any() or np.isnan(y).any() or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    # Rounded, so that 0.9 is not 0.9 less a bit.
    return round(float(np.corrcoef(rankdata(x), rankdata(y))[0, 1]), 9)


def binomial_intervals(n_right: NDArray, n: NDArray) -> tuple[NDArray, NDArray]:
    """Return the lower and upper ends of the exact 95 % intervals (Clopper & Pearson 1934).

    Examples
    --------
    >>> low, high = binomial_intervals(np.array([2]), np.array([16]))
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.016, 0.383)
    """
    from scipy.stats import binomtest

    pairs = zip(np.asarray(n_right), np.asarray(n), strict=True)
    found = [binomtest(int(k), int(m)).proportion_ci(method="exact") for k, m in pairs]
    return np.array([f.low for f in found]), np.array([f.high for f in found])
