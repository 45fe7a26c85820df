"""Data sets: what they hold, and one clear sentence when files are absent or damaged."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

import fitting
import neurosim
from neurosim import datasets

REAL = ("cichy92", "cowley_v4", "kriegeskorte92")


def test_names_and_info():
    assert set(REAL) < set(datasets.names())
    assert "Cichy" in datasets.info("cichy92").citation
    with pytest.raises(neurosim.UnknownNameError, match=r"Did you mean 'cowley_v4'"):
        datasets.load("cowley")


def test_cowley_v4(data_root):
    data = datasets.load("cowley_v4")
    assert data.repeats.shape == (6, 640, 50)
    assert np.isfinite(data.repeats).all()
    assert data.stimuli[0].frames.shape == (1, 112, 112, 3)
    assert np.isnan(datasets.load("cowley_v4", n_repeats=10).repeats).any()
    assert isinstance(data, datasets.ResponseDataset)
    with pytest.raises(ValueError, match=r"n_repeats=11 is out of range"):
        datasets.load("cowley_v4", n_repeats=11)


def test_rdm_datasets(data_root):
    human = datasets.load("kriegeskorte92")
    assert human.rdms.shape == (4, 92, 92)
    assert datasets.load("kriegeskorte92", region="mIT").rdms.shape == (1, 92, 92)
    assert datasets.load("cichy92", region="EVC").rdms.shape == (15, 92, 92)
    assert isinstance(human, datasets.RDMDataset)
    assert len(human.stimuli) == 92
    with pytest.raises(neurosim.UnknownNameError, match=r"region='V4'"):
        datasets.load("cichy92", region="V4")


@pytest.mark.parametrize("name", REAL)
def test_absent(name, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(FileNotFoundError, match=rf"name='{name}' is not in .*nowhere"):
        datasets.load(name)
    assert not datasets.info(name).available()
    with pytest.raises(FileNotFoundError, match=r"is not in"):
        datasets.load(name, path=tmp_path / "elsewhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"lacks .* in .*empty"):
        datasets.load(name, path=tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "folder", "file"),
    [
        ("cowley_v4", "cowley_v4", "session_210325_responses.npz"),
        ("cowley_v4", "cowley_v4", "session_210325_images.zip"),
        ("kriegeskorte92", "kriegeskorte92", "rdms92.npz"),
        ("cichy92", "cichy92_fmri", "rdms_cichy92.npz"),
    ],
)
def test_damaged(name, folder, file, data_root, tmp_path):
    copy = tmp_path / folder
    shutil.copytree(data_root / "neural" / folder, copy, copy_function=shutil.copyfile)
    copy.chmod(0o755)
    whole = (copy / file).read_bytes()
    (copy / file).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=rf"{file} cannot be read"):
        datasets.load(name, path=copy)
    (copy / file).write_bytes(b"")
    with pytest.raises(ValueError, match=rf"{file} is empty"):
        datasets.load(name, path=copy)


def test_pickled_objects_are_refused(data_root, tmp_path):
    copy = tmp_path / "cichy92_fmri"
    copy.mkdir()
    np.savez(copy / "rdms_cichy92.npz", IT=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"holds pickled objects"):
        datasets.load("cichy92", path=copy)
    np.savez(copy / "rdms_cichy92.npz", IT=np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"has IT of shape \(2, 2\)"):
        datasets.load("cichy92", path=copy)
    np.savez(copy / "rdms_cichy92.npz", other=np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"lacks the array 'IT'"):
        datasets.load("cichy92", path=copy)


def test_simulated_mt_has_the_ceiling_that_it_states():
    """Many repeats: the measured share of signal variance equals the analytic ceiling."""
    data = datasets.load("simulated_mt", n_repeats=200)
    rate, mean = data.truth["rate"], data.responses
    measured = np.array([np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(rate.T, mean.T, strict=True)])
    np.testing.assert_allclose(measured, data.analytic_ceiling, atol=0.01)
    few = datasets.load("simulated_mt", n_repeats=2)
    # chance draws of a single recording: 2 repeats, 96 stimuli
    found = fitting.brainscore_metrics.internal_consistency(few.repeats).raw
    assert abs(found - np.median(few.analytic_ceiling)) < 0.05
    assert few.simulated
    assert "simulated" in repr(few)


def test_unknown_option():
    with pytest.raises(neurosim.UnknownNameError, match=r"option='region'.*Known: fano, n_repeats"):
        datasets.load("simulated_mt", region="MT")


def test_simulated_mt_errors():
    with pytest.raises(ValueError, match=r"n_repeats=1 gives no ceiling"):
        datasets.load("simulated_mt", n_repeats=1)
    with pytest.raises(ValueError, match=r"fano=0 is not positive"):
        datasets.load("simulated_mt", fano=0)


def test_looking_for_data_is_silent_in_a_notebook_without_ipywidgets():
    """pooch imports tqdm.auto, which warns there; a reader can do nothing about it."""
    code = """if True:
        import sys, types
        shell = types.ModuleType("IPython")
        shell.get_ipython = object
        sys.modules |= {"IPython": shell, "ipykernel.zmqshell": shell, "ipywidgets": None}
        from neurosim.datasets.location import roots
        roots()
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "IProgress" not in done.stderr
