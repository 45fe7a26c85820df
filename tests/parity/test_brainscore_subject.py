"""Our models as Brain-Score's subjects: recordings in time bins, and behaviour.

Run by `make test-brainscore`, in an environment of its own.
"""

import sys
import types

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from neurosim.brainscore import from_assembly, plugin_text, to_assembly, to_brain_model
from neurosim.models.pixels import Pixels, PixelsConfig
from stimuli import Stimulus, StimulusSet

pytestmark = [
    pytest.mark.brainscore,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("brainscore"),
]

RNG = np.random.default_rng(3)
#: Nine grey pictures of 64 px: three left, three right, three of noise.
LEFT = np.pad(np.full((64, 32), 0.9), ((0, 0), (0, 32)), constant_values=0.1)
PICTURES = np.stack(
    [0.9 * LEFT + 0.1 * RNG.random((64, 64)) for _ in range(3)]
    + [0.9 * LEFT[:, ::-1] + 0.1 * RNG.random((64, 64)) for _ in range(3)]
    + [RNG.random((64, 64)) for _ in range(3)]
)
LABELS = ["left"] * 3 + ["right"] * 3 + ["noise"] * 3
IDS = [f"picture{k}" for k in range(9)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Brain-Score's set of the pictures, with their labels and truth."""
    from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet as Table

    folder = tmp_path_factory.mktemp("pictures")
    given = StimulusSet.from_arrays(np.rint(PICTURES * 255).astype(np.uint8), degrees=4)
    table = Table({"stimulus_id": IDS, "image_label": LABELS, "truth": LABELS})
    table["condition"] = [f"c{k % 2}" for k in range(9)]
    table.stimulus_paths = {
        name: str(given[k].save(folder / f"{name}.png")) for k, name in enumerate(IDS)
    }
    table.identifier = "nine"
    return table


def features(side=8):
    given = StimulusSet.from_arrays(np.rint(PICTURES * 255).astype(np.uint8), degrees=4)
    return Pixels(PixelsConfig(side=side)).respond(given).features("pixels")


def pixels(**options):
    return to_brain_model(Pixels(PixelsConfig(side=8)), {"V1": "pixels"}, 4, **options)


def test_it_is_a_brain_model():
    from brainscore_vision.model_interface import BrainModel

    subject = pixels(identifier="eight")
    assert isinstance(subject, BrainModel)
    assert (subject.identifier, subject.visual_degrees()) == ("eight", 4)
    assert pixels().identifier == "neurosim-pixels"


def one_bin():
    """What is left of a time bin when its dimension is squeezed: an array of no axes."""
    held = np.empty((), dtype=object)
    held[()] = (70, 170)
    return held


@pytest.mark.parametrize(
    "bins",
    [
        [(70, 170)],
        [one_bin()],
        np.array([[70, 170]]),
        [(0, 50), (50, 100), (100, 150)],
        np.array([(0, 50), (50, 100), (100, 150), None], dtype=object)[:3],
    ],
    ids=["list", "squeezed", "array", "three", "objects"],
)
def test_recordings_have_three_dimensions(shown, bins):
    """A still is the same at all times; all columns of the set are coordinates."""
    subject = pixels()
    subject.start_recording("V1", time_bins=bins)
    found = subject.look_at(shown, number_of_trials=20)
    assert found.dims == ("presentation", "neuroid", "time_bin")
    assert found.shape == (9, 64, len(bins))
    for k in range(len(bins)):
        np.testing.assert_array_equal(found.values[..., k], features())
    assert found["image_label"].values.tolist() == LABELS
    assert found["stimulus_id"].values.tolist() == IDS
    assert set(found["region"].values) == {"V1"}
    assert len(set(found["neuroid_id"].values)) == 64
    starts = [70] if len(bins) == 1 else [0, 50, 100]
    assert found["time_bin_start"].values.tolist() == starts


def test_paths_will_do(shown):
    subject = pixels()
    subject.start_recording("V1", [(0, 100)])
    found = subject.look_at(list(shown.stimulus_paths.values()))
    np.testing.assert_array_equal(found.values[..., 0], features())


class Seen:
    """Says how light each frame is: a model of movies that hides nothing."""

    name, layers = "seen", ("mean",)

    def __init__(self, window=1):
        self.config = types.SimpleNamespace(inputs="video")
        self.window = window

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        frames = stimuli.array().mean(axis=(2, 3), dtype=np.float64)
        n = frames.shape[1] - self.window + 1
        values = np.stack([frames[:, k : k + self.window].mean(axis=1) for k in range(n)], axis=1)
        time = (np.arange(n) + (self.window - 1) / 2) / stimuli[0].fps
        return neurosim.Responses.from_arrays({"mean": values[..., None]}, time=time)


def test_a_picture_becomes_a_movie_in_time_bins(shown):
    """Grey until the onset; then the picture, for as long as the last bin asks."""
    subject = to_brain_model(Seen(), {"V1": "mean"}, 4)
    subject.start_recording("V1", [(-80, 0), (-20, 20), (0, 40), (300, 1000)])
    found = subject.look_at(shown).values[:, 0]
    light = np.rint(PICTURES * 255).mean(axis=(1, 2)) / 255
    np.testing.assert_allclose(found[:, 0], 0.5, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found[:, 1], (0.5 + light) / 2, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found[:, 2:], np.stack([light] * 2, axis=1), rtol=0, atol=1e-6)


def test_a_model_with_windows_is_shown_the_picture_long_enough(shown):
    """The window of five frames needs two after each sample: the movie has them."""
    subject = to_brain_model(Seen(window=5), {"V1": "mean"}, 4)
    subject.start_recording("V1", [(120, 320), (320, 400)])
    light = np.rint(PICTURES * 255).mean(axis=(1, 2)) / 255
    found = subject.look_at(shown).values[:, 0]
    np.testing.assert_allclose(found, np.stack([light] * 2, axis=1), rtol=0, atol=1e-6)


def test_clips_that_are_given_are_kept(shown):
    subject = to_brain_model(Seen(), {"V1": "mean"}, 4, clips={"duration": 0.4, "onset": 0.2})
    subject.start_recording("V1", [(300, 400)])
    with pytest.raises(ValueError, match="between -200 and 200 ms"):
        subject.look_at(shown)


def test_movies_keep_their_frame_rate(tmp_path):
    movie = stimuli.grating(sf=1, tf=4, duration=0.4, screen=stimuli.Screen(size=4, fps=25))
    frames = movie.frames * np.linspace(0, 1, 10, dtype=np.float32)[:, None, None]
    path = Stimulus(frames, ppd=movie.ppd, fps=25).save(tmp_path / "movie.npz")
    subject = to_brain_model(Seen(), {"V1": "mean"}, 4)
    subject.start_recording("V1", [(0, 40), (80, 160)])
    found = subject.look_at([str(path)]).values[0, 0]
    light = frames.mean(axis=(1, 2), dtype=np.float64)
    np.testing.assert_allclose(found, [light[0], light[2:4].mean()], rtol=0, atol=1e-6)


def test_several_layers_stand_for_a_region(shown):
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 16, stride=16), torch.nn.AvgPool2d(2))
    model = neurosim.from_module(network, ["0", "1"])
    subject = to_brain_model(model, {"V4": ["0", "1"]}, 4)
    subject.start_recording("V4", [(0, 100)])
    found = subject.look_at(shown)
    assert found.shape == (9, 32 + 8, 1)
    assert found["layer"].values.tolist() == ["0"] * 32 + ["1"] * 8


def test_probabilities_are_those_of_brainscores_readout(shown):
    """Its classifier on the same features; rows sum to one."""
    from brainscore_vision.model_helpers.brain_transformation.behavior import ProbabilitiesMapping

    for rows in (slice(0, 9), slice(0, 6)):  # three classes, and two
        part = shown.iloc[rows]
        part.stimulus_paths = shown.stimulus_paths
        subject = pixels()
        subject.start_task("probabilities", fitting_stimuli=part, number_of_trials=1)
        found = subject.look_at(shown)
        given = to_assembly(features()[rows], IDS[rows], "V1")
        given["image_label"] = "presentation", LABELS[rows]
        theirs = ProbabilitiesMapping.ProbabilitiesClassifier()
        theirs.fit(given, given["image_label"])
        expected = theirs.predict_proba(to_assembly(features(), IDS, "V1"))
        assert found.dims == ("presentation", "choice")
        assert found["choice"].values.tolist() == expected["choice"].values.tolist()
        np.testing.assert_allclose(found.values.sum(axis=1), 1, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found.values, expected.values, rtol=0, atol=1e-5)


def test_labels_are_learned_from_examples(shown, brainscore):
    """Any list of classes; Brain-Score's own metrics read the choices."""
    given = StimulusSet.from_arrays(np.rint(PICTURES * 255).astype(np.uint8), degrees=4)
    subject = pixels(examples=(given, LABELS))
    subject.start_task("label", ["left", "noise", "right"])
    choices = subject.look_at(shown)
    assert choices.dims == ("choice", "presentation")
    assert choices.values[0].tolist() == LABELS
    assert float(brainscore.load_metric("accuracy")(choices, shown["truth"].values)) == 1.0
    subject.start_task("label", ["right", "left"])
    assert set(subject.look_at(shown).values[0]) == {"left", "right"}


def test_error_consistency_with_a_person(shown, brainscore):
    """A person who makes one error in each condition, and the subject who makes none."""
    from brainscore_core.supported_data_standards.brainio.assemblies import BehavioralAssembly

    given = StimulusSet.from_arrays(np.rint(PICTURES * 255).astype(np.uint8), degrees=4)
    subject = pixels(examples=(given, LABELS))
    subject.start_task("label", ["left", "noise", "right"])
    said = [*LABELS[:7], "left", "left"]
    coords = {
        "stimulus_id": ("presentation", IDS),
        "truth": ("presentation", LABELS),
        "condition": ("presentation", [f"c{k % 2}" for k in range(9)]),
        "subject": ("presentation", ["person"] * 9),
    }
    person = BehavioralAssembly(said, coords=coords, dims=["presentation"])
    score = brainscore.load_metric("error_consistency")(subject.look_at(shown), person)
    assert float(score) == 0.0  # who makes no error has no errors in common


def test_labelled_units_choose(shown):
    """A layer of two units, of which the first stands for two of three labels."""

    class Sides(torch.nn.Module):
        def forward(self, x):
            return torch.stack([x[..., :32].mean((1, 2, 3)), x[..., 32:].mean((1, 2, 3))], 1)

    network = torch.nn.Sequential(Sides())
    model = neurosim.from_module(network, ["0"])
    subject = to_brain_model(model, {"IT": "0"}, 4, labels=["left", "right"])
    subject.start_task("label", ["right", "left"])
    choices = subject.look_at(shown)
    assert choices.values[0, :6].tolist() == LABELS[:6]
    assert choices["label"].values.tolist() == choices.values[0].tolist()
    subject.start_task("label", ["left"], aggregation="max")
    assert set(subject.look_at(shown).values[0]) == {"left"}


@pytest.mark.parametrize("similarity", ["dot", "cosine"])
def test_the_odd_one_out_is_brainscores(shown, similarity):
    """Its own wrapper on the same features names the same ones."""
    from brainscore_vision.model_helpers.brain_transformation.behavior import OddOneOut

    rows = RNG.choice(9, size=(20, 3), replace=True)
    rows = np.array([row for row in rows if len(set(row)) == 3])
    triplets = shown.iloc[rows.ravel()]
    triplets.stimulus_paths = shown.stimulus_paths
    answers = {}
    for odd_answer in ("index", "stimulus_id"):
        subject = pixels(similarity=similarity, odd_answer=odd_answer)
        subject.start_task("odd_one_out")
        answers[odd_answer] = subject.look_at(triplets)
    theirs = OddOneOut("theirs", None, "pixels")
    theirs.set_similarity_measure(similarity)
    matrix = theirs.calculate_similarity_matrix(to_assembly(features().astype(float), IDS, "V1"))
    expected = theirs.calculate_choices(matrix, triplets["stimulus_id"].values)
    assert answers["stimulus_id"].dims == ("choice", "presentation")
    assert answers["stimulus_id"].values[0].tolist() == expected
    index = answers["index"].values[0]
    assert [IDS[row[place]] for row, place in zip(rows, index, strict=True)] == expected
    first = answers["index"]["stimulus_id"].values[0]
    assert first == "|".join(IDS[k] for k in rows[0])


def test_passive_gives_nothing(shown):
    subject = pixels()
    subject.start_task("passive")
    assert subject.look_at(shown) is None
    subject.start_recording("V1", [(70, 170)])
    assert subject.look_at(shown) is not None


def test_assemblies_there_and_back():
    values = RNG.standard_normal((4, 3, 5)).astype(np.float32)
    bins = [(0, 20), (20, 40), (40, 60)]
    assembly = to_assembly(values, list("abcd"), "V4", time_bins=bins)
    again = from_assembly(assembly)
    np.testing.assert_array_equal(again["V4"].values, values)
    np.testing.assert_allclose(again["V4"]["time"].values, [0, 0.02, 0.04])
    assert again["V4"]["stimulus_id"].values.tolist() == list("abcd")
    responses = neurosim.Responses.from_arrays({"one": values})
    mean = to_assembly(responses, list("abcd"), "V4")
    np.testing.assert_allclose(mean.values, values.mean(axis=1), rtol=0, atol=1e-7)


def test_the_plugin_registers_a_subject(brainscore, tmp_path, monkeypatch):
    """The files are a package that registers the model and passes its own test."""
    files = plugin_text("our-pixels", "pixels", {"V1": "pixels"}, 8, overrides={"side": 4})
    folder = tmp_path / "our_pixels_plugin"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(brainscore, "load_model", lambda name: brainscore.model_registry[name]())
    try:
        __import__("our_pixels_plugin")
        own = {}
        exec(compile(files["test.py"], "test.py", "exec"), own)
        own["test_the_subject_can_be_recorded_from"]()
        assert brainscore.model_registry["our-pixels"]().model.config.side == 4
    finally:
        brainscore.model_registry.pop("our-pixels", None)
        sys.modules.pop("our_pixels_plugin", None)
