"""What every registered model has to do; a new model is tested here without an edit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import neurosim
from neurosim.model import entry
from neurosim.responses import Responses
from stimuli import StimulusSet

ROOT = Path(__file__).resolve().parents[2]
MODELS = neurosim.names()


@pytest.fixture(params=MODELS)
def model(request):
    return neurosim.load(request.param)


def three_stimuli(model):
    frames = np.asarray(entry(model.name).tiny().frames)
    return np.stack([frames, frames[..., ::-1], 1 - frames])


def test_keeps_the_contract(model):
    neurosim.validate_model(model)
    assert isinstance(model, neurosim.Model)
    assert tuple(model.layers) == entry(model.name).layers


def test_same_seed_same_numbers(model):
    again = neurosim.load(model.name)
    tiny = entry(model.name).tiny()
    first, second = model.respond(tiny), again.respond(tiny)
    for layer in model.layers:
        np.testing.assert_array_equal(first[layer].values, second[layer].values)


def test_same_numbers_in_another_process(model):
    code = (
        "import hashlib, neurosim, neurosim.model as m\n"
        f"r = neurosim.load({model.name!r}).respond(m.entry({model.name!r}).tiny())\n"
        "print(repr([float(abs(v.values).sum(dtype='f8')) for v in r.values()]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = [
        float(np.abs(v.values).sum(dtype="f8"))
        for v in model.respond(entry(model.name).tiny()).values()
    ]
    np.testing.assert_allclose(eval(out.stdout), ours, rtol=1e-6)


def test_batch_size_changes_nothing(model):
    shown = three_stimuli(model)
    whole = model.respond(shown, batch_size=3)
    for size in (1, 2):
        parts = model.respond(shown, batch_size=size)
        for layer in model.layers:
            # float32 sums in another order, through the iterations of a recurrent model: 1e-5
            np.testing.assert_allclose(
                parts[layer].values, whole[layer].values, atol=1e-5, rtol=1e-5
            )


def test_stimulus_set_and_array_agree(model):
    tiny = entry(model.name).tiny()
    as_set = model.respond(StimulusSet([tiny, tiny]))
    as_array = model.respond(np.stack([tiny.frames] * 2))
    for layer in model.layers:
        np.testing.assert_array_equal(as_set[layer].values, as_array[layer].values)


def test_responses_survive_saving(model, tmp_path):
    responses = model.respond(entry(model.name).tiny())
    loaded = Responses.load(responses.save(tmp_path / "r.npz"))
    for layer in model.layers:
        assert loaded[layer].identical(responses[layer])


def test_rejects_bad_input(model):
    frames = np.array(entry(model.name).tiny().frames)[None]
    with pytest.raises(ValueError, match="NaN or infinite"):
        model.respond(np.where(np.arange(frames.size).reshape(frames.shape) == 7, np.nan, frames))
    if entry(model.name).bounded:
        with pytest.raises(ValueError, match=r"expected values in \[0, 1\]"):
            model.respond(frames * 255)
    with pytest.raises(ValueError, match=r"expected \(N, T, H, W\)"):
        model.respond(frames[0, 0])
    with pytest.raises(TypeError, match="floating-point"):
        model.respond((frames * 255).astype(np.uint8))
    with pytest.raises(TypeError, match="expected a Stimulus"):
        model.respond("movie")
    with pytest.raises(neurosim.UnknownNameError, match="layers='V99'"):
        model.respond(frames, layers="V99")


def test_is_documented(model):
    found = entry(model.name)
    assert found.summary
    assert found.paper
    assert len((ROOT / "neurosim" / "models" / model.name / "README.md").read_text()) > 200
    notebooks = "".join(p.read_text() for p in (ROOT / "notebooks").glob("*.ipynb"))
    assert model.name in notebooks
