"""Our recordings as Brain-Score's benchmarks, and our models as its subjects.

Run by `make test-brainscore`, in an environment of its own.
"""

import dataclasses
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import neurosim
from fitting import brainscore_metrics
from neurosim.brainscore import to_assembly, to_benchmark, to_brain_model, to_dataset
from neurosim.models.pixels import Pixels, PixelsConfig
from stimuli import StimulusSet

pytestmark = [
    pytest.mark.brainscore,
    # the peer's own, and those of the old libraries that it pins
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("brainscore"),
]

#: Brain-Score's own numbers for the toy model below on session 210325 (its version 2.4.2).
GOLDEN = {
    "pls": (0.207766703705061, 0.0592273324973),
    "ridge": (0.13776835882355035, 0.026041694734586958),
}
GOLDEN_CEILING = 0.7288358490634754


@pytest.fixture(scope="module")
def recording():
    """The folder of session 210325; the test is skipped where it is absent."""
    folder = Path(os.environ.get("NEUROSIM_DATA", "recordings")) / "neural" / "cowley_v4"
    if not folder.is_dir():
        pytest.skip("NEUROSIM_DATA is not set to a folder with the reference data")
    return folder


@pytest.fixture(scope="module")
def v4(recording):
    return neurosim.datasets.load("cowley_v4", path=recording)


@pytest.fixture(scope="module")
def few(v4):
    """The first 64 pictures and 12 units, not stratified, so that a test is quick."""
    return dataclasses.replace(
        v4,
        name="few",
        stimuli=v4.stimuli[:64],
        repeats=v4.repeats[:, :64, :12],
        stratify=None,
    )


def shrunk(image):
    """The toy model: 32 x 32 grey levels, by Pillow."""
    return np.asarray(image.convert("L").resize((32, 32)), dtype=np.float64).ravel() / 255


class Toy:
    """A subject that is not ours: it reads the files that it is shown by itself."""

    identifier = "toy"

    def visual_degrees(self):
        return 8

    def start_recording(self, recording_target, time_bins):
        self.region = recording_target

    def look_at(self, stimuli, number_of_trials=1):
        ids = stimuli["stimulus_id"].tolist()
        features = np.stack([shrunk(Image.open(stimuli.get_stimulus(i))) for i in ids])
        names = {"object_name": stimuli["object_name"].tolist()}
        return to_assembly(features, ids, self.region, columns=names)


def toy_features(recording):
    with zipfile.ZipFile(recording / "session_210325_images.zip") as images:
        names = sorted(name for name in images.namelist() if not name.endswith("/"))
        return np.stack([shrunk(Image.open(images.open(name))) for name in names])


@pytest.mark.parametrize("metric", GOLDEN)
def test_golden_values_of_the_local_benchmark(v4, recording, metric):
    """Acceptance 3: the benchmark that `to_benchmark` builds gives the reference values, and so
    do the native metrics on the files of the archive."""
    raw, ceiled = GOLDEN[metric]
    data = v4 if metric == "pls" else dataclasses.replace(v4, stratify=None)
    score = to_benchmark(data, metric=metric)(Toy())
    np.testing.assert_allclose(float(score.raw), raw, rtol=0, atol=1e-10)
    np.testing.assert_allclose(float(score.ceiling), GOLDEN_CEILING, rtol=0, atol=1e-10)
    np.testing.assert_allclose(float(score), ceiled, rtol=0, atol=1e-10)
    native = brainscore_metrics.METRICS[metric](
        toy_features(recording), v4.responses, stratify=data.stratify
    )
    np.testing.assert_allclose(native.raw, raw, rtol=0, atol=1e-10)


def test_golden_value_of_neuron_to_neuron(brainscore, v4, recording):
    """Acceptance 3: two splits, as in the reference."""
    features = toy_features(recording)
    native = brainscore_metrics.neuron_to_neuron(features, v4.responses, n_splits=2)
    np.testing.assert_allclose(native.raw, 0.08472516287637405, rtol=0, atol=1e-10)
    splits = {"splits": 2, "stratification_coord": None}
    metric = brainscore.load_metric("neuron_to_neuron", crossvalidation_kwargs=splits)
    ids = v4.stimuli.table["stimulus_id"].tolist()
    score = metric(to_assembly(features, ids, "V4"), to_assembly(v4.responses, ids, "V4"))
    np.testing.assert_allclose(float(score), 0.08472516287637405, rtol=0, atol=1e-10)


def small_network():
    torch.manual_seed(0)
    layers = (torch.nn.Conv2d(3, 4, 7, stride=4), torch.nn.ReLU(), torch.nn.AvgPool2d(4))
    return neurosim.from_module(torch.nn.Sequential(*layers), ["1", "2"], color=True, name="net")


@pytest.mark.parametrize("metric", ["pls", "ridge", "neuron_to_neuron", "rdm", "cka"])
@pytest.mark.parametrize("kind", ["pixels", "network"])
def test_a_subject_scores_as_natively(few, kind, metric):
    """Acceptance 3: each unit in each split, from files on disk or from arrays in memory."""
    model = Pixels(PixelsConfig(side=16)) if kind == "pixels" else small_network()
    layer = model.layers[-1]
    theirs = to_benchmark(few, metric=metric)(to_brain_model(model, {"V4": layer}, 8))
    ours = neurosim.score(model, few, layer, metric, clips=False)
    row = ours.table.iloc[0]
    np.testing.assert_allclose(float(theirs.raw), row["raw"], rtol=0, atol=1e-10)
    if metric in ("pls", "ridge", "neuron_to_neuron"):
        np.testing.assert_allclose(float(theirs.ceiling), row["ceiling"], rtol=0, atol=1e-10)
        np.testing.assert_allclose(float(theirs), abs(row["ceiled"]), rtol=0, atol=1e-10)
        splits = theirs.raw.raw.transpose("split", "neuroid").values
        per_unit = np.nanmean(splits, axis=0)
        np.testing.assert_allclose(ours.per_unit[layer], per_unit, rtol=0, atol=1e-10)


@pytest.fixture(scope="module")
def motion_energy():
    pytest.importorskip("safetensors")
    from neurosim.models.motion_energy import MotionEnergyConfig, MotionEnergyModel

    return MotionEnergyModel(MotionEnergyConfig(weights=None))


def test_a_model_of_movies_scores_as_natively(few, motion_energy):
    """Pictures are flashed as `neurosim.score` flashes them, where the clips are given."""
    part = dataclasses.replace(few, stimuli=few.stimuli[:24], repeats=few.repeats[:, :24])
    clips = {"multiple": 8}
    subject = to_brain_model(motion_energy, {"V4": "V1"}, 8, clips=clips)
    theirs = to_benchmark(part, metric="ridge")(subject)
    ours = neurosim.score(motion_energy, part, "V1", "ridge", clips=clips).table.iloc[0]
    np.testing.assert_allclose(float(theirs.raw), ours["raw"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(float(theirs), abs(ours["ceiled"]), rtol=0, atol=1e-10)


def test_movies_are_shown_without_loss(motion_energy):
    """A benchmark of movies: they go through files with their frame rate."""
    data = neurosim.datasets.load("simulated_mt")
    rows = np.arange(0, 96, 4)
    part = dataclasses.replace(data, stimuli=data.stimuli[rows], repeats=data.repeats[:, rows])
    subject = to_brain_model(motion_energy, {"MT": ["V1", "MT1"]}, 4)
    theirs = to_benchmark(part, metric="ridge", time_bin=(0, 440))(subject)
    responses = motion_energy.respond(part.stimuli, ["V1", "MT1"])
    features = np.concatenate([responses.features("V1"), responses.features("MT1")], axis=1)
    ids = [str(i) for i in part.stimuli.table["stimulus_id"]]
    ours = brainscore_metrics.ridge(features, part.responses, stimulus_ids=ids, source_ids=ids)
    np.testing.assert_allclose(float(theirs.raw), ours.raw, rtol=0, atol=1e-10)


def test_brainscores_own_scoring_takes_our_subject(few):
    """`score_benchmark` first asks how much memory the subject needs."""
    from brainscore_core.benchmarks import score_benchmark

    benchmark = to_benchmark(few, metric="ridge")
    assert (benchmark.identifier, benchmark.region) == ("few.V4-ridge", "V4")
    subject = to_brain_model(Pixels(PixelsConfig(side=8)), {"V4": "pixels"}, 8)
    assert float(score_benchmark(benchmark, subject)) == float(benchmark(subject))


def test_a_subject_of_another_width_sees_the_screen(few):
    """At 4 degrees it sees the middle half of a picture of 8 degrees."""
    subject = to_brain_model(small_network(), {"V4": "2"}, 4)
    theirs = to_benchmark(few, metric="ridge")(subject)
    cropped = few.stimuli.array()[:, :, 28:84, 28:84]
    middle = dataclasses.replace(few, stimuli=StimulusSet.from_arrays(cropped[:, 0], degrees=4))
    ours = neurosim.score(small_network(), middle, "2", "ridge", clips=False).table.iloc[0]
    np.testing.assert_allclose(float(theirs.raw), ours["raw"], rtol=0, atol=1e-10)


def test_a_recording_of_brainscore_becomes_a_data_set(few):
    """There and back: stimuli, repeats and categories are those that went in."""
    from neurosim.brainscore import benchmark

    data = dataclasses.replace(few, stratify=np.array([f"o{i % 4}" for i in range(64)]))
    made = to_benchmark(data, metric="ridge")
    together = benchmark._assembly(data, data.repeats, [(0, 100)])
    together.attrs["stimulus_set"] = made._assembly.stimulus_set
    again = to_dataset(together, 8, name="few")
    np.testing.assert_array_equal(again.repeats, data.repeats)
    np.testing.assert_array_equal(again.stratify, data.stratify)
    np.testing.assert_array_equal(again.stimuli.array(), data.stimuli.array())
    model = Pixels(PixelsConfig(side=16))
    first, second = (
        neurosim.score(model, given, metric="ridge", clips=False) for given in (data, again)
    )
    raw = [score.table["raw"][0] for score in (first, second)]
    np.testing.assert_allclose(raw[1], raw[0], rtol=0, atol=1e-12)
