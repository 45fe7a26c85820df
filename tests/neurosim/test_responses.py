"""Responses: contract of dims, features, files."""

import numpy as np
import pytest

import neurosim
from neurosim.responses import Responses


@pytest.fixture
def responses():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    units = {"V1": {"direction": np.arange(4.0), "label": np.array(["a", "b", "c", "d"])}}
    return Responses.from_arrays({"V1": values}, time=np.array([0.1, 0.2, 0.3]), units=units)


def test_features_pool_time(responses):
    values = responses["V1"].values
    np.testing.assert_allclose(responses.features("V1"), values.mean(axis=1))
    assert responses.features("V1", pool="flatten").shape == (2, 12)
    np.testing.assert_array_equal(responses.features("V1", pool=lambda a: a[:, -1]), values[:, -1])


def test_features_errors(responses):
    with pytest.raises(ValueError, match=r"pool='median' is not known"):
        responses.features("V1", pool="median")
    with pytest.raises(ValueError, match=r"returned an array of shape \(3, 4\)"):
        responses.features("V1", pool=lambda a: a[0])
    with pytest.raises(neurosim.UnknownNameError, match=r"layer='V2'"):
        responses.features("V2")


@pytest.mark.parametrize("suffix", [".npz", ".zarr"])
def test_round_trip(responses, tmp_path, suffix):
    if suffix == ".zarr":
        pytest.importorskip("zarr")
    path = responses.save(tmp_path / f"r{suffix}")
    loaded = Responses.load(path)["V1"]
    np.testing.assert_array_equal(loaded.values, responses["V1"].values)
    assert loaded.coords["label"].values.tolist() == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(loaded.coords["time"], [0.1, 0.2, 0.3])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_bad_files(responses, tmp_path):
    with pytest.raises(ValueError, match=r"expected .npz or .zarr"):
        responses.save(tmp_path / "r.pkl")
    with pytest.raises(FileNotFoundError, match=r"does not exist"):
        Responses.load(tmp_path / "none.npz")
    path = responses.save(tmp_path / "r.npz")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"cannot be read"):
        Responses.load(path)
    np.savez(tmp_path / "objects.npz", layers=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match=r"cannot be read"):
        Responses.load(tmp_path / "objects.npz")


def test_contract_of_dims():
    with pytest.raises(ValueError, match=r"wrong number of axes"):
        Responses.from_arrays({"V1": np.zeros((2, 3))})
    with pytest.raises(ValueError, match=r"is empty"):
        Responses({})
    good = Responses.from_arrays({"V1": np.zeros((2, 3, 4))})["V1"]
    with pytest.raises(ValueError, match=r"is not the contract"):
        Responses({"V1": good.transpose("time", "unit", "stimulus")})
    assert good.dtype == np.float32
