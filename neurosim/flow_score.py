"""Predicted motion held against motion that people saw: one call, one table, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from neurosim import datasets
from neurosim.datasets import FlowDataset
from neurosim.errors import checked_seed, refusal

if TYPE_CHECKING:
    import pandas as pd

MEASURES = (
    "epe_human",
    "epe_truth",
    "r_uv",
    "r_speed",
    "r_direction",
    "partial_uv",
    "partial_speed",
    "partial_direction",
    "rci",
)


def score_flow(
    predictions: np.ndarray | Mapping[str, np.ndarray],
    dataset: FlowDataset | str,
    *,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold predicted motion vectors against perceived ones, with and without the true motion.

    Parameters
    ----------
    predictions
        (n, 2) vectors (u, v) at the points of the data set, px/frame, v positive DOWN; or several
        by name, for instance ``dataset.predictions``. ``neurosim.flow_at_points`` makes them from
        a model and the frames of the movies.
    dataset
        Perceived and true vectors, or the name of such a data set.
    n_bootstrap
        Resamplings of the points behind each interval; 0 leaves the intervals out.
    seed
        Of the resampling.

    Returns
    -------
    table
        One row a prediction and measure: ``dataset, prediction, measure, value, low, high, n``.
        ``epe_human`` and ``epe_truth`` are mean end-point errors in px/frame; ``r_*`` correlations
        with people; ``partial_*`` the same with the truth taken out of both; ``rci`` the index of
        ``fitting.rci``. ``low`` and ``high`` are the 2.5 and 97.5 % points of the bootstrap over
        points. Points of one movie are not independent, so read the intervals as lower limits of
        the uncertainty. ``n`` is how many points the measure is defined at. A measure that is not
        defined, such as a partial correlation of the truth itself, is NaN.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    TypeError
        If the data set holds something else than perceived motion.
    ValueError
        If a prediction is not (n, 2) and finite, or ``n_bootstrap`` or ``seed`` is negative.

    Examples
    --------
    >>> import neurosim
    >>> true = np.random.default_rng(0).normal(size=(40, 2))
    >>> seen = 0.8 * true + [0.1, 0.0]
    >>> data = neurosim.datasets.FlowDataset("toy", seen, true, {}, "none", "none")
    >>> table = neurosim.score_flow(0.5 * (seen + true), data, n_bootstrap=0)
    >>> table.set_index("measure")["value"].round(3)["partial_uv"].item()
    1.0
    """
    import pandas as pd

    seed = checked_seed("score_flow", seed)
    if isinstance(n_bootstrap, bool) or not isinstance(n_bootstrap, int) or n_bootstrap < 0:
        raise ValueError(
            refusal(
                "score_flow",
                "n_bootstrap",
                n_bootstrap,
                "is no number of resamplings",
                "an int of 0 or more",
                "Use n_bootstrap=1000",
            )
        )
    if isinstance(dataset, str):
        dataset = datasets.load(dataset)
    if not isinstance(dataset, FlowDataset):
        raise TypeError(
            refusal(
                "score_flow",
                "dataset",
                dataset,
                "holds no perceived motion",
                "a FlowDataset",
                "Use neurosim.score for recordings of the brain",
            )
        )
    if not isinstance(predictions, Mapping):
        predictions = {"prediction": predictions}
    rows = []
    for name, flow in predictions.items():
        for row in _rows(np.asarray(flow), dataset, n_bootstrap, seed):
            rows.append({"dataset": dataset.name, "prediction": name, **row})
    return pd.DataFrame(rows)


def _rows(
    flow: np.ndarray, dataset: FlowDataset, n_bootstrap: int, seed: int
) -> list[dict[str, object]]:
    human, truth = dataset.human, dataset.truth
    with warnings.catch_warnings():
        # What is not defined is NaN in the table; one warning a resampling would say it again.
        warnings.filterwarnings("ignore", message=r"flow_.*so NaN is returned")
        values, counts = _measured(flow, human, truth)
        generator = np.random.default_rng(seed)
        draws = np.full((max(n_bootstrap, 1), len(MEASURES)), np.nan)
        for i in range(n_bootstrap):
            drawn = generator.integers(0, len(human), len(human))
            draws[i] = _measured(flow[drawn], human[drawn], truth[drawn])[0]
    rows = []
    for k, measure in enumerate(MEASURES):
        found = draws[np.isfinite(draws[:, k]), k]
        defined = np.isfinite(values[k]) and len(found)
        low, high = np.quantile(found, (0.025, 0.975)) if defined else (np.nan, np.nan)
        rows.append(
            {"measure": measure, "value": values[k], "low": low, "high": high, "n": counts[k]}
        )
    return rows


def _measured(
    flow: np.ndarray, human: np.ndarray, truth: np.ndarray
) -> tuple[list[float], list[int]]:
    """Return the values of ``MEASURES`` and how many points each stands on."""
    import fitting

    r = fitting.flow_correlation(flow, human, truth)
    partial = fitting.flow_partial_correlation(flow, human, truth)
    index = fitting.rci(flow, human, truth)
    values = [
        float(fitting.endpoint_error(flow, human).mean()),
        float(fitting.endpoint_error(flow, truth).mean()),
        *(r.uv, r.speed, r.direction),
        *(partial.uv, partial.speed, partial.direction),
        index.value,
    ]
    n = len(human)
    moving = n - r.n_still, n - partial.n_still
    return values, [n, n, n, n, moving[0], n, n, moving[1], n - index.n_skipped]
