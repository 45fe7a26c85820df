"""Files of flow: round trips, and what is refused."""

import numpy as np
import pytest

from neurosim import Flow


@pytest.fixture
def flow():
    field = np.random.default_rng(0).normal(size=(2, 3, 16, 24, 2)).astype(np.float32)
    return Flow(field, frames=[5, 6, 9], fps=25)


def assert_same(a, b):
    np.testing.assert_array_equal(a.field, b.field)
    np.testing.assert_array_equal(a.frames, b.frames)
    assert (a.ppd, a.fps) == (b.ppd, b.fps)


def test_round_trip(flow, tmp_path):
    path = flow.save(tmp_path / "flow.npz")
    assert_same(Flow.load(path), flow)
    assert [p.name for p in tmp_path.iterdir()] == ["flow.npz"]


def test_bad_files(flow, tmp_path):
    with pytest.raises(ValueError, match=r"save: path=.*unknown ending; expected .npz"):
        flow.save(tmp_path / "flow.pkl")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        flow.save(tmp_path / "nowhere" / "flow.npz")
    with pytest.raises(FileNotFoundError, match=r"load: path=.*does not exist"):
        Flow.load(tmp_path / "none.npz")
    path = flow.save(tmp_path / "flow.npz")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ValueError, match="cannot be read"):
        Flow.load(path)
    np.savez(tmp_path / "objects.npz", header=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="cannot be read"):
        Flow.load(tmp_path / "objects.npz")
    np.savez(tmp_path / "other.npz", header=np.array('{"format": "something else"}'))
    with pytest.raises(ValueError, match="cannot be read"):
        Flow.load(tmp_path / "other.npz")
