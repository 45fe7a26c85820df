"""A recording as a neural benchmark that runs here, without Brain-Score's servers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from neurosim import datasets
from neurosim.brainscore.assemblies import neuroid_assembly, neuroid_ids
from neurosim.brainscore.peer import peer
from neurosim.brainscore.time_bins import parsed_bins
from neurosim.datasets import ResponseDataset
from neurosim.errors import refusal, unknown_name
from stimuli import StimulusSet

#: Metrics that compare recordings with recordings; the first are cross-validated.
CROSS_VALIDATED = ("pls", "ridge", "neuron_to_neuron")
METRICS = (*CROSS_VALIDATED, "rdm", "cka")


def to_benchmark(
    dataset: ResponseDataset | str,
    *,
    metric: str = "pls",
    time_bin: tuple[float, float] = (0, 100),
    identifier: str | None = None,
    folder: str | Path | None = None,
) -> Any:
    """Return a recording as a ``NeuralBenchmark`` of Brain-Score.

    Called with a subject it shows the stimuli, compares, and divides the squared score by the
    ceiling; ``score.raw`` is what ``neurosim.score`` calls raw.

    Parameters
    ----------
    dataset
        Responses to pictures or movies, or the name of such a data set.
    metric
        ``"pls"``, ``"ridge"``, ``"neuron_to_neuron"``, ``"rdm"`` or ``"cka"``.
    time_bin
        When the responses were recorded, ms from the onset.
    identifier
        Name of the benchmark; default ``<data set>.<region>-<metric>``.
    folder
        Where the stimuli are written; None keeps them for as long as the benchmark. 8-bit pictures
        become PNG, everything else ``.npz``, both without loss.

    Returns
    -------
    benchmark
        Its ``ceiling`` is Brain-Score's internal consistency over repeats. Splits are balanced
        over ``dataset.stratify`` where there is one.

    Raises
    ------
    ImportError
        If Brain-Score is not installed.
    UnknownNameError
        If the data set or the metric is not known.
    TypeError
        If the data set holds no recorded responses.
    ValueError
        If some repeats are missing.

    Examples
    --------
    >>> benchmark = to_benchmark("simulated_mt", metric="ridge")  # doctest: +SKIP
    >>> benchmark.identifier, benchmark.region  # doctest: +SKIP
    ('simulated_mt.MT-ridge', 'MT')
    """
    dataset = datasets.load(dataset) if isinstance(dataset, str) else dataset
    _check(dataset, metric)
    vision = peer("to_benchmark")
    neural = peer("to_benchmark", "brainscore_vision.benchmark_helpers.neural_common")
    bins = parsed_bins("to_benchmark", [time_bin])
    place = None if folder is not None else tempfile.TemporaryDirectory(prefix="neurosim_")
    path = Path(place.name if place else folder)
    stimulus_set = _written(dataset, path)
    identifier = identifier or f"{dataset.name}.{dataset.region}-{metric}"
    target = _assembly(dataset, dataset.responses[None], bins).squeeze("time_bin")
    target.attrs["stimulus_set"] = stimulus_set
    together = _assembly(dataset, dataset.repeats, bins).squeeze("time_bin")
    options = {}
    if metric in CROSS_VALIDATED and dataset.stratify is None:
        options = {"crossvalidation_kwargs": {"stratification_coord": None}}
    benchmark = neural.NeuralBenchmark(
        identifier=identifier,
        version=1,
        assembly=target,
        similarity_metric=vision.load_metric(metric, **options),
        visual_degrees=width_of(dataset.stimuli),
        number_of_trials=len(dataset.repeats),
        ceiling_func=lambda: vision.load_ceiling("internal_consistency")(together),
        parent=dataset.region,
        bibtex=dataset.citation,
    )
    benchmark.stimulus_folder = place or path  # the files live as long as the benchmark
    return benchmark


def width_of(stimuli: StimulusSet) -> float:
    """Return the width of the stimuli, degrees.

    Examples
    --------
    >>> import numpy as np
    >>> width_of(StimulusSet.from_arrays(np.zeros((1, 8, 16)), degrees=4))
    4.0
    """
    first = stimuli[0]
    return round(first.shape[2] / first.ppd, 9)


def _check(dataset: ResponseDataset, metric: str) -> None:
    if metric not in METRICS:
        raise unknown_name("to_benchmark", "metric", metric, METRICS)
    if not isinstance(dataset, ResponseDataset):
        raise TypeError(
            refusal(
                "to_benchmark",
                "dataset",
                dataset,
                "holds no recorded responses",
                "a ResponseDataset",
                "Use neurosim.score",
            )
        )
    missing = int(np.isnan(dataset.repeats).any(axis=2).sum())
    if missing:
        raise ValueError(
            refusal(
                "to_benchmark",
                "dataset",
                dataset.name,
                f"lacks {missing} of its {dataset.repeats[..., 0].size} repeats",
                "every stimulus in every repeat",
                "Load it with fewer repeats",
            )
        )


def _written(dataset: ResponseDataset, folder: Path) -> Any:
    """Write the stimuli, and return Brain-Score's table of them."""
    import pandas as pd

    kind = peer("to_benchmark", "brainscore_core.supported_data_standards.brainio.stimuli")
    table = {"stimulus_id": _ids(dataset), "object_name": _categories(dataset)}
    for name, column in dataset.stimuli.table.items():
        # A column of degrees would contradict those of the benchmark.
        plain = pd.api.types.is_numeric_dtype(column) or column.map(type).eq(str).all()
        if name not in (*table, "degrees") and plain:
            table[str(name)] = column.tolist()
    exact = all(_is_eight_bit(stimulus.frames) for stimulus in dataset.stimuli)
    suffix = ".png" if exact else ".npz"
    paths = {}
    for number, (name, stimulus) in enumerate(
        zip(table["stimulus_id"], dataset.stimuli, strict=True)
    ):
        paths[name] = str(stimulus.save(folder / f"{number:05d}{suffix}"))
    stimulus_set = kind.StimulusSet(table)
    stimulus_set.stimulus_paths = paths
    stimulus_set.identifier = dataset.name
    return stimulus_set


def _is_eight_bit(frames: np.ndarray) -> bool:
    levels = np.rint(frames * np.float32(255))
    return len(frames) == 1 and np.array_equal((levels / 255.0).astype(np.float32), frames)


def _ids(dataset: ResponseDataset) -> list[str]:
    return [str(name) for name in dataset.stimuli.table["stimulus_id"]]


def _categories(dataset: ResponseDataset) -> list[str]:
    if dataset.stratify is None:
        return ["none"] * len(dataset.stimuli)
    return [str(category) for category in dataset.stratify]


def _assembly(dataset: ResponseDataset, repeats: np.ndarray, bins: list) -> Any:
    """(n_repeats, n_stimuli, n_units) as presentations, repeat by repeat."""
    n_repeats, n_stimuli, n_units = repeats.shape
    presentation = {
        "stimulus_id": _ids(dataset) * n_repeats,
        "object_name": _categories(dataset) * n_repeats,
        "repetition": np.repeat(np.arange(n_repeats), n_stimuli).tolist(),
    }
    neuroid = {
        "neuroid_id": neuroid_ids(dataset.name, n_units),
        "region": [dataset.region] * n_units,
    }
    values = repeats.reshape(-1, 1, n_units).astype(np.float64)
    return neuroid_assembly("to_benchmark", values, presentation, neuroid, bins)
