"""The bridge to Brain-Score where Brain-Score is not installed: what it reads, says and writes."""

import os
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import xarray

import neurosim
import stimuli
from neurosim.brainscore import (
    from_assembly,
    plugin_text,
    to_assembly,
    to_benchmark,
    to_brain_model,
    to_dataset,
)
from neurosim.brainscore.peer import HOMES, peer, set_environment
from neurosim.brainscore.pictures import read_stimuli, table_of
from stimuli import Stimulus, StimulusSet

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(0)
needs_absence = pytest.mark.skipif(
    find_spec("brainscore_vision") is not None, reason="Brain-Score is installed here"
)


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """No variable of Brain-Score is set, and the caches of this toolkit are elsewhere."""
    for variable in ("BS_INSTALL_DEPENDENCIES", "RESULTCACHING_DISABLE", *HOMES):
        monkeypatch.setenv(variable, "")  # so that it is restored afterwards
        monkeypatch.delenv(variable)
    monkeypatch.setattr("neurosim.brainscore.peer.user_cache", lambda: tmp_path)
    return tmp_path


def test_the_environment_is_set_before_the_import(clean):
    """No pip, no stale results, nothing in the home folder."""
    set_environment()
    assert os.environ["BS_INSTALL_DEPENDENCIES"] == "no"
    assert os.environ["RESULTCACHING_DISABLE"] == "1"
    assert {os.environ[home] for home in HOMES} == {str(clean / "brainscore")}


def test_what_the_user_has_set_is_kept(clean, monkeypatch):
    monkeypatch.setenv("BS_INSTALL_DEPENDENCIES", "newenv")
    monkeypatch.setenv("BRAINIO_HOME", "/data")
    set_environment()
    assert os.environ["BS_INSTALL_DEPENDENCIES"] == "newenv"
    assert os.environ["BRAINIO_HOME"] == "/data"


@needs_absence
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("to_brain_model", lambda: to_brain_model("pixels", {"V1": "pixels"}, 8)),
        ("to_benchmark", lambda: to_benchmark("simulated_mt")),
        ("to_assembly", lambda: to_assembly(np.ones((3, 2)), list("abc"), "V4")),
    ],
)
def test_one_line_names_the_extra(clean, name, call):
    with pytest.raises(ImportError, match=r"extra 'brainscore'") as caught:
        call()
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_another_missing_package_is_not_blamed_on_brainscore(clean):
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        peer("to_benchmark", "no_such_package")


def test_no_file_names_brainscore_in_an_import():
    """It is imported by name when it is needed, in one place."""
    files = [*(ROOT / "neurosim").rglob("*.py"), *(ROOT / "fitting").rglob("*.py")]
    assert len(files) > 100
    found = [
        path
        for path in files
        if re.search(r"^\s*(from|import) brainscore_", path.read_text(), re.M)
    ]
    assert found == [ROOT / "neurosim" / "brainscore" / "plugin.py"]  # the text of a plugin


@pytest.fixture
def pictures(tmp_path):
    """Two grey pictures and one in colour, 32 x 24 px."""
    light = [RNG.integers(0, 256, (24, 32), dtype=np.uint8) for _ in range(2)]
    color = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)
    paths = []
    for k, pixels in enumerate([*light, color]):
        still = StimulusSet.from_arrays(pixels[None], degrees=4)[0]
        paths.append(still.save(tmp_path / f"{k}.png"))
    return paths


@pytest.mark.parametrize("encoding", ["linear", "srgb"])
def test_light_is_that_of_from_images(pictures, encoding):
    """The same files, the same width: the same light, grey among colour included."""
    found = read_stimuli(pictures, 4, encoding=encoding)
    expected = StimulusSet.from_images(pictures, degrees=4, encoding=encoding)
    np.testing.assert_array_equal(found.array(), expected.array())
    assert found[0].ppd == expected[0].ppd == 8


def test_pictures_are_resampled_in_linear_light(pictures):
    """Half the pixels: each is near the mean of the four that it replaces, and none leaves them."""
    half = read_stimuli(pictures, 4, ppd=4)
    assert half.shape == (1, 12, 16, 3)
    fine, coarse = read_stimuli(pictures, 4).array(), half.array()
    assert half[0].ppd == 4
    np.testing.assert_allclose(coarse.mean(), fine.mean(), atol=5e-3)
    assert fine.min() <= coarse.min() < coarse.max() <= fine.max()
    flat = StimulusSet.from_arrays(np.full((1, 24, 32), 77, np.uint8), degrees=4)[0]
    path = flat.save(pictures[0].parent / "flat.png")
    np.testing.assert_allclose(read_stimuli([path], 4, ppd=3).array(), 77 / 255, atol=1e-6)


def test_files_that_cannot_be_shown_are_refused(pictures, tmp_path):
    other = StimulusSet.from_arrays(np.zeros((1, 8, 8), np.uint8), degrees=4)[0]
    odd = other.save(tmp_path / "odd.png")
    for paths, problem in (
        ([*pictures, odd], "8 x 8 px; expected 32 x 24 px"),
        ([tmp_path / "no.png"], "cannot be read"),
        ([tmp_path / "movie.mp4"], "saved by Stimulus.save"),
    ):
        with pytest.raises(ValueError, match=problem):
            read_stimuli(paths, 4)


def test_saved_movies_are_shown_at_their_size(tmp_path):
    movie = stimuli.grating(duration=0.2, screen=stimuli.Screen(size=2, ppd=8, fps=25))
    path = movie.save(tmp_path / "movie.npz")
    np.testing.assert_array_equal(read_stimuli([path], 2)[0].frames, movie.frames)
    assert read_stimuli([path], 2)[0].fps == 25
    with pytest.raises(ValueError, match="is 2 deg wide; expected 8 deg"):
        read_stimuli([path], 8)
    short = Stimulus(movie.frames[:2], ppd=movie.ppd, fps=25).save(tmp_path / "short.npz")
    with pytest.raises(ValueError, match="has shape"):
        read_stimuli([path, short], 2).array()


def test_what_is_no_set_of_stimuli_is_refused():
    for nothing in ([], None, [1, 2], "one.png"):
        with pytest.raises(ValueError, match="holds no stimuli"):
            table_of(nothing)


def test_an_assembly_becomes_responses_layer_by_layer():
    """Units of two layers, two time bins, in an order of dimensions of its own."""
    values = RNG.standard_normal((2, 3, 4)).astype(np.float32)  # time, unit, stimulus
    coords = {
        "stimulus_id": ("presentation", list("abcd")),
        "layer": ("neuroid", ["MT", "V1", "MT"]),
        "channel": ("neuroid", [5, 6, 7]),
        "time_bin_start": ("time_bin", [70, 90]),
    }
    assembly = xarray.DataArray(values, coords, ("time_bin", "neuroid", "presentation"))
    found = from_assembly(assembly)
    assert list(found) == ["MT", "V1"]
    np.testing.assert_array_equal(found["MT"].values, values[:, [0, 2]].transpose(2, 0, 1))
    assert found["MT"]["channel"].values.tolist() == [5, 7]
    assert found["V1"]["stimulus_id"].values.tolist() == list("abcd")
    np.testing.assert_allclose(found["V1"]["time"].values, [0.07, 0.09])
    with pytest.raises(ValueError, match="is no recording"):
        from_assembly(assembly.rename(neuroid="unit"))


def recorded(paths, n_repeats=(2, 2, 1)):
    """Presentations in no order, the last stimulus shown less often."""
    ids = [str(p) for p, n in zip(paths, n_repeats, strict=True) for _ in range(n)]
    order = RNG.permutation(len(ids))
    values = RNG.standard_normal((len(ids), 4))
    coords = {
        "stimulus_id": ("presentation", np.array(ids)[order]),
        "region": ("neuroid", ["V4"] * 4),
    }
    found = xarray.DataArray(values, coords, ("presentation", "neuroid"))
    found.attrs["stimulus_set"] = [str(path) for path in paths]
    return found


def test_a_recording_becomes_a_data_set(pictures):
    assembly = recorded(pictures)
    found = to_dataset(assembly, 4, name="mine", species="macaque")
    assert (found.name, found.region, found.species) == ("mine", "V4", "macaque")
    assert found.repeats.shape == (2, 3, 4)
    assert np.isnan(found.repeats[1, 2]).all()
    rows = assembly["stimulus_id"].values == str(pictures[1])
    np.testing.assert_allclose(found.responses[1], assembly.values[rows].mean(axis=0))
    assert found.stimuli.shape == (1, 24, 32, 3)


def test_what_gives_no_ceiling_is_refused(pictures):
    with pytest.raises(ValueError, match="each once"):
        to_dataset(recorded(pictures, (1, 1, 1)), 4, name="mine")
    lone = recorded(pictures)
    del lone.attrs["stimulus_set"]
    with pytest.raises(ValueError, match="has no stimuli"):
        to_dataset(lone, 4, name="mine")
    both = recorded(pictures).assign_coords(region=("neuroid", ["V4", "V4", "IT", "IT"]))
    with pytest.raises(ValueError, match="regions"):
        to_dataset(both, 4, name="mine")


def test_a_benchmark_needs_every_repeat_and_a_known_metric():
    """Refused before Brain-Score is asked for."""
    data = neurosim.datasets.load("simulated_mt")
    with pytest.raises(neurosim.UnknownNameError, match="'ridgecv' is unknown"):
        to_benchmark(data, metric="ridgecv")
    holes = data.repeats.copy()
    holes[3, 7] = np.nan
    with pytest.raises(ValueError, match="lacks 1 of its 768 repeats"):
        to_benchmark(replace(data, repeats=holes))
    with pytest.raises(TypeError, match="holds no recorded responses"):
        to_benchmark(object(), metric="pls")


def test_the_plugin_is_four_files_of_valid_python():
    files = plugin_text(
        "me-1", "motion_energy", {"V1": "V1", "MT": ["MT1", "MT3"]}, 4, preset="small", ppd=16
    )
    assert sorted(files) == ["__init__.py", "model.py", "requirements.txt", "test.py"]
    for name in ("__init__.py", "model.py", "test.py"):
        compile(files[name], name, "exec")
    # Brain-Score looks for this text in a line to find the plugin.
    assert "model_registry['me-1']" in files["__init__.py"].replace('"', "'")
    assert "'MT': ['MT1', 'MT3']" in files["model.py"]
    assert "preset='small'" in files["model.py"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"identifier": 'x"] = 1'}, "is no name"),
        ({"model": "pixls"}, "Did you mean 'pixels'"),
        ({"region_map": {"V1": "V1"}}, "'V1' is unknown"),
        ({"overrides": {"side": np.int64(4)}}, "does not survive JSON"),
    ],
)
def test_plugins_that_would_not_load_are_refused(changes, problem):
    given = {"identifier": "a", "model": "pixels", "region_map": {"V1": "pixels"}} | changes
    with pytest.raises(ValueError, match=problem):
        plugin_text(visual_degrees=8, **given)
