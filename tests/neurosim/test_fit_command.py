"""``neurosim fit``: files in, a folder of results out, and on again after a kill."""

import json
import multiprocessing

import numpy as np
import pytest

import fitting
from neurosim.cli import main


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((120, 30))
    Y = X @ rng.standard_normal((30, 4)) + rng.standard_normal((120, 4))
    runs = np.repeat(np.arange(4), 30)
    for name, array in (("X", X), ("Y", Y), ("runs", runs)):
        np.save(tmp_path / f"{name}.npy", array)
    return tmp_path, X, Y, runs


def fit(folder, *more, features="X.npy", responses="Y.npy"):
    arguments = ["fit", str(folder / features), str(folder / responses), "-o", str(folder / "fit")]
    return main([*arguments, *map(str, more)])


def test_results_are_those_of_evaluate(files, capsys):
    folder, X, Y, runs = files
    assert fit(folder, "--runs", folder / "runs.npy", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    expected = fitting.evaluate(X, Y, fitting.RidgeCV(cv=3), cv=runs)
    np.testing.assert_allclose(np.load(folder / "fit" / "r.npy"), expected.r)
    assert summary["median_r"] == pytest.approx(np.median(expected.r))
    assert (summary["n_samples"], summary["n_features"], summary["n_targets"]) == (120, 30, 4)


def test_a_cluster_of_others_computes_the_same(files, capsys):
    distributed = pytest.importorskip("distributed")
    zarr = pytest.importorskip("zarr")
    folder, X, *_ = files
    assert fit(folder) == 0
    expected = np.load(folder / "fit" / "r.npy")
    features = zarr.create_array(folder / "X.zarr", shape=X.shape, chunks=(60, 30), dtype=X.dtype)
    features[:] = X
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", protocol="tcp"
    ) as cluster:
        there = ["--compute", "dask", "--store", "zarr", "--restart", "--json"]
        where = ["--scheduler", cluster.scheduler_address]
        capsys.readouterr()
        assert fit(folder, *there, *where, features="X.zarr") == 0
    assert json.loads(capsys.readouterr().out)["n_features"] == 30
    np.testing.assert_array_equal(zarr.open_array(folder / "fit" / "r.zarr", mode="r")[:], expected)
    assert fit(folder, *where) == 2
    assert "fit: scheduler='tcp" in capsys.readouterr().err


@pytest.mark.slow
def test_without_a_scheduler_processes_are_started_and_ended(files, monkeypatch):
    pytest.importorskip("distributed")
    folder, *_ = files
    assert fit(folder) == 0
    expected = np.load(folder / "fit" / "r.npy")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert fit(folder, "--compute", "dask", "--restart") == 0
    np.testing.assert_array_equal(np.load(folder / "fit" / "r.npy"), expected)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("estimator", ["kernel", "pls", "neuron_to_neuron"])
def test_other_estimators(files, estimator, capsys):
    folder, *_ = files
    assert fit(folder, "--estimator", estimator) == 0
    assert "30 features -> 4 targets, 120 samples, median r" in capsys.readouterr().out


def test_images_become_maps(files, capsys):
    import nibabel

    folder, _, Y, _ = files
    inside = np.zeros((2, 2, 2), np.uint8)
    inside[0] = 1
    mask = nibabel.Nifti1Image(inside, np.diag([3, 3, 3, 1]))
    mask.to_filename(folder / "mask.nii.gz")
    bold = np.stack([fitting.voxels_to_nifti(row, mask).get_fdata() for row in Y], axis=3)
    nibabel.Nifti1Image(bold, mask.affine).to_filename(folder / "bold.nii.gz")
    assert fit(folder, "--mask", folder / "mask.nii.gz", responses="bold.nii.gz") == 0
    image = nibabel.load(folder / "fit" / "r.nii.gz")
    np.testing.assert_allclose(image.get_fdata()[0].ravel(), np.load(folder / "fit" / "r.npy"))
    assert np.isnan(image.get_fdata()[1]).all()
    capsys.readouterr()
    assert fit(folder, responses="bold.nii.gz") == 2
    assert "fit: mask=None is missing for a NIfTI image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "responses", "text"),
    [
        (["--estimator", "rigde"], "Y.npy", "Did you mean 'ridge'"),
        ([], "Z.npy", "does not exist"),
        ([], "runs.npy", "fit_chunks: "),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(files, more, responses, text, capsys):
    folder, *_ = files
    assert fit(folder, *more, responses=responses) == 2
    assert text in capsys.readouterr().err


def test_other_endings_are_refused(files, capsys):
    folder, *_ = files
    (folder / "Y.csv").write_text("1,2\n")
    assert fit(folder, responses="Y.csv") == 2
    assert "has an unknown ending; expected .npy, .zarr" in capsys.readouterr().err
