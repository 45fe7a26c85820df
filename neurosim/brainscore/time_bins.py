"""Time bins of a recording, in ms from the onset of the image, and a layer averaged in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import refusal

if TYPE_CHECKING:
    import xarray

Bins = list[tuple[float, float]]


def parsed_bins(function: str, time_bins: Any) -> Bins:
    """Return bins as pairs (start, end) in ms.

    Brain-Score gives a list of pairs, an array of pairs, an object array of pairs, or a list with
    one object array that holds a single pair (what is left of a squeezed dimension).

    Raises
    ------
    ValueError
        If there is none, or one is no pair of numbers with start < end.

    Examples
    --------
    >>> parsed_bins("start_recording", [(70, 170)])
    [(70, 170)]
    """
    try:
        pairs = [_pair(item) for item in time_bins]
    except (TypeError, ValueError):
        pairs = []
    if not pairs or not all(np.isfinite(pair).all() and pair[0] < pair[1] for pair in pairs):
        raise ValueError(
            refusal(
                function,
                "time_bins",
                time_bins,
                "is no list of time bins",
                "pairs (start, end) in ms with start < end",
                "Use [(70, 170)]",
            )
        )
    return pairs


def _pair(item: Any) -> tuple[float, float]:
    start, end = item.item() if isinstance(item, np.ndarray) and item.ndim == 0 else item
    return _plain(start), _plain(end)


def _plain(number: Any) -> float:
    return number.item() if isinstance(number, np.generic) else number + 0


def sample_edges(
    layer: xarray.DataArray, n_frames: int, fps: float | None
) -> tuple[np.ndarray, float] | None:
    """Return when each sample of a layer starts, and how long it lasts, s from the first frame.

    None for a still and for a layer without time: its one sample holds at all times. A layer with
    times in seconds has a sample a frame; one that only counts its samples spreads them evenly
    over the movie.
    """
    n_samples, times = layer.sizes["time"], layer["time"].values
    counted = np.issubdtype(times.dtype, np.integer)
    if n_frames == 1 or fps is None or (n_samples == 1 and counted):
        return None
    if counted:
        step = n_frames / fps / n_samples
        return times * step, step
    return times.astype(np.float64), 1 / fps


def bin_averages(
    values: np.ndarray, edges: tuple[np.ndarray, float] | None, bins: Sequence, onset: float
) -> np.ndarray:
    """Return the mean of a layer over each bin.

    A sample weighs as much as the time that it shares with the bin. Where a model says nothing of
    a part of the bin (a window needs frames before and after), the mean is over the rest.

    Parameters
    ----------
    values
        (n_stimuli, n_time, n_units).
    edges
        From `sample_edges`; None repeats the one sample in every bin.
    bins
        Pairs (start, end), ms from the onset.
    onset
        When the image appears, s from the first frame.

    Returns
    -------
    averages
        (n_stimuli, n_bins, n_units) float64.

    Raises
    ------
    ValueError
        If the model says nothing at all of a bin, or holds several samples without a time.

    Examples
    --------
    >>> values = np.arange(4.0).reshape(1, 4, 1)
    >>> edges = (np.arange(4) * 0.04, 0.04)
    >>> bin_averages(values, edges, [(0, 40), (60, 120)], onset=0.04).ravel().round(3).tolist()
    [1.0, 2.667]
    """
    values = np.asarray(values, dtype=np.float64)
    if edges is None:
        if values.shape[1] != 1:
            raise ValueError(
                refusal(
                    "look_at",
                    "stimuli",
                    values,
                    "has several samples without a frame rate",
                    "movies with fps",
                    "Make the movies with a Screen",
                )
            )
        return np.repeat(values, len(bins), axis=1)
    starts, step = edges
    first, last = 1000 * (starts[0] - onset), 1000 * (starts[-1] + step - onset)
    weights = np.empty((len(bins), len(starts)))
    for row, (start, end) in zip(weights, bins, strict=True):
        shared = np.minimum(starts + step, onset + end / 1000) - np.maximum(
            starts, onset + start / 1000
        )
        shared[shared < 1e-9] = 0.0  # s; touching ends are no time
        if not shared.any():
            raise ValueError(
                refusal(
                    "look_at",
                    "time_bins",
                    (start, end),
                    "is a time of which the model says nothing",
                    f"bins between {first:.0f} and {last:.0f} ms",
                    "Ask for these, or show longer movies",
                )
            )
        row[:] = shared / shared.sum()
    return np.einsum("bt,ntu->nbu", weights, values)
