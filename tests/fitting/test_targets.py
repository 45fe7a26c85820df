"""Where targets come from and where results go, without workers."""

import json
import sys

import numpy as np
import pytest

import fitting

OPTIONS = {"cv": 3, "coef": True, "max_memory": 1e-5}


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 12))
    return X, X @ rng.standard_normal((12, 25)) + rng.standard_normal((60, 25))


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class Fickle:
    """Targets of which another process changes one while they are fitted."""

    def __init__(self, Y, change):
        self.Y, self.change, self.n_reads = Y, change, 0
        self.shape, self.dtype = Y.shape, Y.dtype

    def __getitem__(self, index):
        self.n_reads += 1
        return self.Y[index] + (self.change if self.n_reads > len(self.Y[0, ::4]) else 0)


def test_a_fit_interrupted_and_resumed_ends_with_the_same_zarr(tmp_path, data, monkeypatch):
    pytest.importorskip("zarr")
    X, Y = data
    model = fitting.RidgeCV()
    whole = fitting.fit_chunks(X, Y, model, tmp_path / "whole", store="zarr", **OPTIONS)
    plain = fitting.fit_chunks(X, Y, model, tmp_path / "plain", **OPTIONS)
    fit, n_fits = fitting.RidgeCV.fit, []

    def interrupted(self, *arguments, **named):
        n_fits.append(1)
        if len(n_fits) == 10:
            raise KeyboardInterrupt
        return fit(self, *arguments, **named)

    monkeypatch.setattr(fitting.RidgeCV, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitting.fit_chunks(X, Y, model, tmp_path / "stopped", store="zarr", **OPTIONS)
    assert json.loads((tmp_path / "stopped" / "ledger.json").read_text())["finished"] == [0, 1]
    fitting.fit_chunks(X, Y, model, tmp_path / "stopped", store="zarr", **OPTIONS)
    assert contents(tmp_path / "stopped") == contents(tmp_path / "whole")
    assert len(n_fits) == 2 + 4 * (-(-25 // whole.r.chunks[0]))  # of the third chunk, two are lost
    for name in ("r", "r2", "alpha", "cv_score", "coef", "intercept"):
        np.testing.assert_array_equal(getattr(whole, name)[:], getattr(plain, name))


def test_another_store_is_refused(tmp_path, data):
    pytest.importorskip("zarr")
    X, Y = data
    fitting.fit_chunks(X, Y, fitting.RidgeCV(), tmp_path, **OPTIONS)
    with pytest.raises(ValueError, match="holds a fit with another store"):
        fitting.fit_chunks(X, Y, fitting.RidgeCV(), tmp_path, store="zarr", **OPTIONS)


def test_targets_that_change_during_the_fit_are_noticed(tmp_path, data):
    X, Y = data
    options = {**OPTIONS, "coef": False, "max_memory": 4 * 8 * (3 * 60 + 2 * 12) / 1e9 + 1e-12}
    fitting.fit_chunks(X, Fickle(Y, 0), fitting.RidgeCV(), tmp_path / "a", **options)
    with pytest.raises(ValueError, match=r"Y\[:, 0:4\]=.* is not what it was when the fit began"):
        fitting.fit_chunks(X, Fickle(Y, 1e-9), fitting.RidgeCV(), tmp_path / "b", **options)


def test_features_may_be_a_path_or_lie_in_zarr_or_dask(tmp_path, data):
    zarr = pytest.importorskip("zarr")
    dask_array = pytest.importorskip("dask.array")
    X, Y = data
    np.save(tmp_path / "X.npy", X)
    stored = zarr.create_array(tmp_path / "X.zarr", shape=X.shape, chunks=(20, 5), dtype=X.dtype)
    stored[:] = X
    fits = [
        fitting.fit_chunks(each, Y, fitting.RidgeCV(), tmp_path / str(number), **OPTIONS)
        for number, each in enumerate(
            (X, str(tmp_path / "X.npy"), tmp_path / "X.zarr", stored, dask_array.from_array(X))
        )
    ]
    for fit in fits[1:]:
        np.testing.assert_array_equal(fit.coef, fits[0].coef)


def test_a_dask_array_of_unknown_shape_is_refused(tmp_path, data):
    dask_array = pytest.importorskip("dask.array")
    X, Y = data
    Y = dask_array.from_array(Y)
    with pytest.raises(ValueError, match=r"does not know its shape; .* Y.compute_chunk_sizes\(\)"):
        fitting.fit_chunks(X, Y[Y[:, 0] > 0], fitting.RidgeCV(), tmp_path)


def test_a_zarr_that_holds_no_array_is_refused(tmp_path, data):
    zarr = pytest.importorskip("zarr")
    X, _ = data
    zarr.open_group(str(tmp_path / "group.zarr"), mode="w")
    (tmp_path / "empty.zarr").mkdir()
    for name in ("group", "empty"):
        with pytest.raises(ValueError, match=rf"Y=.*{name}.zarr holds no array; .*group.zarr/name"):
            fitting.fit_chunks(X, tmp_path / f"{name}.zarr", fitting.RidgeCV(), tmp_path / "fit")
    with pytest.raises(FileNotFoundError, match=r"fit_chunks: X=.*gone.zarr does not exist"):
        fitting.fit_chunks(tmp_path / "gone.zarr", X, fitting.RidgeCV(), tmp_path / "fit")


@pytest.mark.parametrize(
    ("package", "change", "match"),
    [
        ("zarr", {"store": "zarr"}, r"store='zarr' needs the package zarr; .*toolkit\[dask\]"),
        ("distributed", {"compute": "dask"}, r"compute='dask' needs the package distributed"),
    ],
)
def test_missing_packages_are_named(tmp_path, data, monkeypatch, package, change, match):
    X, Y = data
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=match):
        fitting.fit_chunks(X, Y, fitting.RidgeCV(), tmp_path, **change)


def test_an_unknown_store_is_refused(tmp_path, data):
    with pytest.raises(fitting.UnknownNameError, match="Did you mean 'zarr'"):
        fitting.fit_chunks(*data, fitting.RidgeCV(), tmp_path, store="zar")
