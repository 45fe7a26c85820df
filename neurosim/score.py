"""The link: one call from a model and a data set to neural predictivity with its ceiling."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim import datasets
from neurosim.datasets import FlowDataset, RDMDataset, ResponseDataset, ScanpathDataset
from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.model import Model, chosen_layers, entry, load, names
from neurosim.responses import Responses
from neurosim.score_notes import noted

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RESPONSE_METRICS = ("pls", "ridge", "ridgecv", "neuron_to_neuron")
SIMILARITY_METRICS = ("rdm", "cka")
COLUMNS = (
    "model",
    "layer",
    "dataset",
    "region",
    "metric",
    "raw",
    "ceiling",
    "ceiled",
    "error",
    "n_units",
    "n_undefined",
    "n_stimuli",
    "control",
)


class ScoreTable:
    """Rows of scores, one a layer.

    Attributes
    ----------
    table
        Tidy ``DataFrame``: model, layer, dataset, region, metric, raw, ceiling, ceiled, error,
        n_units, n_undefined (of them without a correlation in some split, where they are left
        out), n_stimuli, control.
    per_unit
        Layer to (n_units,) raw score of each unit (or subject, for dissimilarities), without the
        control.
    seconds
        What it took.
    notes
        What the reader has to know about how single rows came about.

    Examples
    --------
    >>> import neurosim
    >>> scores = neurosim.score("pixels", "simulated_mt", metric="ridge")
    >>> len(scores), scores.per_unit["pixels"].shape
    (1, (32,))
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        per_unit: dict[str, np.ndarray],
        seconds: float,
        notes: Sequence[str] = (),
    ) -> None:
        import pandas as pd

        self.table: pd.DataFrame = pd.DataFrame(list(rows), columns=list(COLUMNS))
        self.per_unit = per_unit
        self.seconds = seconds
        self.notes = tuple(notes)

    def best(self) -> pd.Series:
        """Return the row with the largest raw score; controls are left out."""
        return self.table.loc[self.table.loc[self.table["control"] == "", "raw"].idxmax()]

    def controls(self) -> pd.DataFrame:
        """Return the rows with shuffled stimuli; empty unless ``control=True`` was asked for."""
        return self.table[self.table["control"] != ""]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as plain JSON values; what is undefined is None."""
        rows = self.table.to_dict("records")
        return [{k: _plain(v) for k, v in row.items()} for row in rows]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the distribution over units behind every row, its centre and its ceiling."""
        from neurosim.plotting import draw_scores

        return draw_scores(self, ax)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        table = self.table.to_string(index=False, float_format=lambda v: f"{v:.4f}")
        return "\n".join(
            [f"ScoreTable({len(self)} rows, {self.seconds:.1f} s)", table, *self.notes]
        )

    def _repr_html_(self) -> str:
        table = self.table.to_html(index=False, float_format=lambda v: f"{v:.4f}", border=0)
        return table + "".join(f"<p>{escape(note)}</p>" for note in self.notes)


def _plain(value: object) -> object:
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def score(
    model: Model | str,
    dataset: ResponseDataset | RDMDataset | str,
    layers: Sequence[str] | str | None = None,
    metric: object = "pls",
    *,
    region: str | None = None,
    pool: Any = "mean",
    clips: Mapping[str, float] | bool | None = None,
    control: bool = False,
    seed: int = 0,
    batch_size: int | None = None,
    progress: bool = False,
) -> ScoreTable:
    """Score how well a model's layers predict a recording.

    Parameters
    ----------
    model
        A model, or the name of one.
    dataset
        A data set, or the name of one.
    layers
        Layers to score; default all.
    metric
        ``"pls"``, ``"ridge"``, ``"ridgecv"``, ``"neuron_to_neuron"``, ``"rdm"``, ``"cka"``:
        Brain-Score's numbers, computed natively; or any scikit-learn regressor, cross-validated on
        the same splits.
    region
        Which region of a data set that has several.
    pool
        How time becomes features; see ``Responses.features``.
    clips
        How a photograph is shown to a video model: arguments of ``StimulusSet.as_clips``.
        ``None`` does so where the model takes video and the data set has stills, with a grey margin
        up to the model's grid; ``False`` never does.
    control
        Add a row for each layer in which the stimuli are shuffled against the responses, marked
        ``"permuted"``. A sound score falls to 0 there.
    seed
        Of the shuffle.
    batch_size
        Stimuli that the model is shown at a time.
    progress
        Draw a bar.

    Returns
    -------
    scores
        Rows of raw score (median correlation over units, mean over splits; mean over subjects for
        dissimilarities), its ceiling, the ceiled score (raw squared / ceiling for regression, with
        the sign of raw; raw / ceiling for dissimilarities), the error over splits (or subjects),
        and n.

    Raises
    ------
    UnknownNameError
        If a model, layer, data set, region or metric is not known.
    TypeError
        If the data set holds perceived motion; see ``score_flow``.
    ValueError
        If the metric does not fit the kind of data.

    Examples
    --------
    >>> import neurosim
    >>> table = neurosim.score("pixels", "simulated_mt", metric="ridge")
    >>> table.table[["layer", "n_units", "n_stimuli"]].values.tolist()
    [['pixels', 32, 96]]
    """
    started = time.perf_counter()
    seed = checked_seed("score", seed)
    model = load(model) if isinstance(model, str) else model
    if isinstance(dataset, str):
        options = {} if region is None else {"region": region}
        dataset = datasets.load(dataset, **options)
    _check_metric(metric, dataset)
    layers = chosen_layers(model, layers)
    responses = _responses_to(model, dataset, layers, clips, batch_size, progress)
    shuffled = np.random.default_rng(seed).permutation(len(dataset.stimuli))
    common = {
        "model": model.name,
        "dataset": dataset.name,
        "region": dataset.region,
        "metric": metric if isinstance(metric, str) else type(metric).__name__,
        "n_stimuli": len(shuffled),
    }
    rows, per_unit, notes = [], {}, []
    for layer in layers:
        features = responses.features(layer, pool)
        with noted(layer, notes):
            row, per_unit[layer] = _score(features, dataset, metric)
        rows.append({**common, "layer": layer, "control": "", **row})
        if control:
            with noted(f"{layer}, permuted", notes):
                row, _ = _score(features[shuffled], dataset, metric)
            rows.append({**common, "layer": layer, "control": "permuted", **row})
    return ScoreTable(rows, per_unit, time.perf_counter() - started, notes)


def _check_metric(metric: object, dataset: ResponseDataset | RDMDataset) -> None:
    for kind, holds, remedy in (
        (FlowDataset, "perceived motion", "neurosim.score_flow, which takes predicted vectors"),
        (ScanpathDataset, "scanpaths", "neurosim.run('search_natural')"),
    ):
        if isinstance(dataset, kind):
            raise TypeError(
                refusal(
                    "score",
                    "dataset",
                    dataset,
                    f"holds {holds}",
                    "recorded responses or dissimilarities",
                    f"Use {remedy}",
                )
            )
    if not isinstance(metric, str):
        if not (hasattr(metric, "fit") and hasattr(metric, "predict")):
            raise TypeError(
                refusal(
                    "score",
                    "metric",
                    metric,
                    f"is a {type(metric).__name__}",
                    "a name or a regressor with fit and predict",
                    "Use metric='pls'",
                )
            )
        known: tuple[str, ...] = ()
    else:
        known = (*RESPONSE_METRICS, *SIMILARITY_METRICS)
        if metric not in known:
            raise unknown_name("score", "metric", metric, known)
    if isinstance(dataset, RDMDataset) and metric != "rdm":
        raise ValueError(
            refusal(
                "score",
                "metric",
                metric,
                f"needs recorded responses, and {dataset.name} has dissimilarities",
                "'rdm'",
                "Use metric='rdm'",
            )
        )


def _responses_to(
    model: Model,
    dataset: ResponseDataset | RDMDataset,
    layers: Sequence[str],
    clips: Mapping[str, float] | bool | None,
    batch_size: int | None,
    progress: bool,
) -> Responses:
    stimuli = dataset.stimuli
    still = len(stimuli[0].frames) == 1
    if clips is None:
        known = entry(model.name) if model.name in names() else None
        flashed = known is not None and known.inputs == "video" and still
        clips = {"multiple": known.grid} if flashed else False
    if clips is not False:
        stimuli = stimuli.as_clips(**({} if clips is True else clips))
    return model.respond(stimuli, layers=layers, batch_size=batch_size, progress=progress)


def _score(
    features: np.ndarray, dataset: ResponseDataset | RDMDataset, metric: object
) -> tuple[dict[str, Any], np.ndarray]:
    if isinstance(dataset, RDMDataset):
        return _score_rdms(features, dataset)
    return _score_responses(features, dataset, metric)


def _score_responses(
    features: np.ndarray, dataset: ResponseDataset, metric: object
) -> tuple[dict[str, Any], np.ndarray]:
    from fitting import brainscore_metrics
    from fitting.metric_score import cross_regressed

    target = dataset.responses
    if not isinstance(metric, str):
        found = cross_regressed(
            "score",
            features,
            target,
            _predictor_of(metric),
            stimulus_ids=None,
            source_ids=None,
            stratify=dataset.stratify,
        )
    elif metric in SIMILARITY_METRICS:
        found = brainscore_metrics.METRICS[metric](features, target)
        row = {"raw": found.raw, "n_units": dataset.n_units, "n_undefined": 0}
        return row, np.array([found.raw])
    else:
        found = brainscore_metrics.METRICS[metric](features, target, stratify=dataset.stratify)
    ceiling = brainscore_metrics.internal_consistency(dataset.repeats)
    row = {
        "raw": found.raw,
        "ceiling": ceiling.raw,
        "ceiled": brainscore_metrics.ceiled_score(found, ceiling),
        "error": found.error,
        "n_units": dataset.n_units,
        "n_undefined": found.n_undefined,
    }
    return row, found.per_unit


def _predictor_of(regressor: Any) -> Callable:
    """Return what fits a fresh copy of ``regressor`` on training rows and predicts test rows."""
    from sklearn.base import clone

    def prepare(X: np.ndarray, Y: np.ndarray) -> Callable:
        return lambda train, test: clone(regressor).fit(X[train], Y[train]).predict(X[test])

    return prepare


def _score_rdms(features: np.ndarray, dataset: RDMDataset) -> tuple[dict[str, Any], np.ndarray]:
    from fitting import compare_rdms, rdm, rdm_ceiling

    ours = rdm(features)
    per_subject = np.array([compare_rdms(ours, theirs) for theirs in dataset.rdms])
    n = len(per_subject)
    raw, row = float(per_subject.mean()), {}
    if n > 1:
        _, upper = rdm_ceiling(dataset.rdms)
        row = {"ceiling": upper, "ceiled": raw / upper, "error": per_subject.std() / np.sqrt(n)}
    return {"raw": raw, "n_units": n, "n_undefined": 0, **row}, per_subject
