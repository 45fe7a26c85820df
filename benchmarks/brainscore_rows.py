"""Whole Brain-Score scores, splits and all, from the same arrays.

The peer pins numpy below 2, so these rows are run in the environment that `make test-brainscore`
makes: ``.venv-brainscore/bin/python -W ignore -m benchmarks brainscore_pls --json``.
"""

import importlib.util
import os

import numpy as np

from fitting import brainscore_metrics

from .fitting_rows import _problem
from .harness import Prepared, row

PEER = "brainscore-vision 2.4.2"
N_STIMULI, N_FEATURES, N_UNITS = 2560, 1000, 168


def _difference(ours: tuple, theirs: tuple) -> float:
    """Largest difference of the score and of its error."""
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def _whole_score(metric: str) -> Prepared:
    X, Y = _problem(N_STIMULI, N_FEATURES, N_UNITS)
    categories = np.arange(N_STIMULI) % 8

    def ours() -> tuple[float, float]:
        score = getattr(brainscore_metrics, metric)(X, Y, stratify=categories)
        return score.raw, score.error

    if importlib.util.find_spec("brainscore_vision") is None:
        return ours, None, _difference
    # else it runs pip by itself, at every call
    os.environ["BS_INSTALL_DEPENDENCIES"] = "no"
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
    from brainscore_vision import load_metric

    def assembly(values: np.ndarray) -> NeuroidAssembly:
        stimuli = {
            "stimulus_id": ("presentation", [f"s{i:04d}" for i in range(N_STIMULI)]),
            "object_name": ("presentation", [f"o{c}" for c in categories]),
        }
        units = np.arange(values.shape[1])
        neuroids = {"neuroid_id": ("neuroid", units), "region": ("neuroid", ["IT"] * len(units))}
        return NeuroidAssembly(values, coords=stimuli | neuroids, dims=["presentation", "neuroid"])

    source, target = assembly(X), assembly(Y)

    def theirs() -> tuple[float, float]:
        score = load_metric(metric)(source, target)
        return float(score), float(score.attrs["error"])

    return ours, theirs, _difference


WHAT = f"whole score, 10 splits, {N_STIMULI}x{N_FEATURES} -> {N_UNITS}, float64"


@row("brainscore_pls", what=f"`pls`, {WHAT}", peer=PEER)
def brainscore_pls() -> Prepared:
    return _whole_score("pls")


@row("brainscore_ridge", what=f"`ridge`, {WHAT}", peer=PEER)
def brainscore_ridge() -> Prepared:
    return _whole_score("ridge")


@row("brainscore_neuron_to_neuron", what=f"`neuron_to_neuron`, {WHAT}", peer=PEER)
def brainscore_neuron_to_neuron() -> Prepared:
    return _whole_score("neuron_to_neuron")
