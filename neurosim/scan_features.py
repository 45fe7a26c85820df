"""What a model answered to a movie, at the times of a scan: from frames to volumes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from neurosim.errors import refusal, unknown_name
from neurosim.responses import Responses

POOLS = ("channel", "unit")


def scan_features(
    responses: Responses | Sequence[Responses],
    layer: str,
    *,
    tr: float,
    n_samples: int | Sequence[int] | None = None,
    start: float = 0.0,
    pool: str | Callable[[np.ndarray], np.ndarray] = "channel",
) -> tuple[np.ndarray, np.ndarray]:
    """Return the responses of a layer to movies at the times of a scan, one movie a run.

    What changes faster than the scan can follow is filtered out (Lanczos, cut-off 1 / (2 tr)).

    Parameters
    ----------
    responses
        Responses to one movie a run, or several ``Responses`` where movies differ in length. Their
        times have to be seconds: show stimuli with a frame rate.
    layer
        A layer name.
    tr
        Time from volume to volume, s.
    n_samples
        Volumes of each run; default as many as begin while the movie is shown.
    start
        Time of the first volume after the first frame, s.
    pool
        ``"channel"`` averages over the places of each channel (over nothing where a layer has no
        channels), ``"unit"`` keeps every unit, and a callable takes (n_frames, n_units) to
        (n_frames, n_features).

    Returns
    -------
    features
        (n_runs * n_samples, n_features) float32, all runs below each other.
    groups
        (n_runs * n_samples,) run of each sample, from 0.

    Raises
    ------
    UnknownNameError
        If the layer was not recorded, or ``pool`` is another word.
    ValueError
        If frames are further apart than volumes, a run lasts longer than its movie, or there is not
        one number of samples a run.

    Examples
    --------
    >>> import numpy as np
    >>> wave = np.sin(np.arange(400) / 50)[None, :, None]
    >>> seen = Responses.from_arrays({"V1": wave}, time=np.arange(400) / 10)
    >>> features, groups = scan_features(seen, "V1", tr=2.0)
    >>> features.shape, abs(float(features[8, 0] - wave[0, 160, 0])) < 0.01
    ((20, 1), True)
    """
    import fitting

    if isinstance(pool, str) and pool not in POOLS:
        raise unknown_name("scan_features", "pool", pool, POOLS)
    runs = [
        (np.asarray(shown[layer][movie]), shown[layer])
        for shown in ([responses] if isinstance(responses, Responses) else responses)
        for movie in range(shown[layer].sizes["stimulus"])
    ]
    counts = _numbers_of_samples(n_samples, [array for _, array in runs], tr, start)
    parts = []
    for (values, array), count in zip(runs, counts, strict=True):
        frames = _pooled(values, array, pool)
        parts.append(
            fitting.lanczos_downsample(
                frames, array["time"].to_numpy(), tr=tr, n_samples=count, start=start
            )
        )
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), counts)


def _pooled(values: np.ndarray, array: object, pool: object) -> np.ndarray:
    """(n_frames, n_features) of one movie."""
    if callable(pool):
        return np.asarray(pool(values))
    if pool == "unit" or "channel" not in array.coords:
        return values
    channel, column = np.unique(array["channel"].to_numpy(), return_inverse=True)
    mean = np.zeros((len(column), len(channel)), dtype=values.dtype)
    mean[np.arange(len(column)), column] = 1.0
    return values @ (mean / mean.sum(axis=0))


def _numbers_of_samples(
    n_samples: int | Sequence[int] | None, arrays: list, tr: float, start: float
) -> list[int]:
    """Volumes of each run."""
    if n_samples is None:
        ends = [float(array["time"][-1]) for array in arrays]
        return [math.floor((end - start) / tr + 1e-9) + 1 for end in ends]
    counts = [n_samples] * len(arrays) if isinstance(n_samples, int) else list(n_samples)
    if len(counts) != len(arrays):
        raise ValueError(
            refusal(
                "scan_features",
                "n_samples",
                counts,
                f"is not one number a run: there are {len(arrays)} movies",
                "one number a movie",
                "Pass one movie a run, in the order of the runs",
            )
        )
    return counts
