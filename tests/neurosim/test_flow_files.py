"""Files of flow: round trips, constant memory, and what is refused."""

import tracemalloc

import numpy as np
import pytest

from neurosim import Flow
from neurosim.flow import save_flow_stream


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


def moments(flow, n=None):
    """What a model that streams yields: the frame and its flow, one stimulus."""
    yield from zip(flow.frames[:n].tolist(), flow.field[0, :n], strict=True)


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
@pytest.mark.parametrize("units", [{"ppd": 16, "fps": 25}, {"fps": 25}, {}])
def test_stream_round_trip(flow, tmp_path, suffix, units):
    if suffix == ".zarr":
        pytest.importorskip("zarr")
    path = save_flow_stream(moments(flow), tmp_path / f"f{suffix}", (3, 16, 24), **units)
    assert_same(Flow.load(path), Flow(flow.field[:1], flow.frames, **units))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    again = save_flow_stream(((f, 2 * v) for f, v in moments(flow)), path, (3, 16, 24), **units)
    np.testing.assert_array_equal(Flow.load(again).field, 2 * flow.field[:1])


def test_a_streamed_file_is_mapped_not_read(tmp_path):
    n, size = 40, (128, 128)
    stream = ((frame, np.ones((*size, 2), np.float32)) for frame in range(n))
    path = save_flow_stream(stream, tmp_path / "f.npy", (n, *size))
    tracemalloc.start()
    flow = Flow.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert flow.field.nbytes > 5_000_000
    assert peak < 0.1 * flow.field.nbytes


def peak_of_writing(path, n, size):
    def stream():
        for frame in range(n):
            yield frame, np.full((*size, 2), frame, np.float32)

    tracemalloc.start()
    save_flow_stream(stream(), path, (n, *size))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_writer_needs_the_memory_of_a_few_moments(tmp_path):
    size = (128, 128)
    moment = 128 * 128 * 2 * 4
    few, many = (peak_of_writing(tmp_path / "f.npy", n, size) for n in (10, 100))
    assert many < 5 * moment
    assert many < few + moment


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
def test_a_stream_of_another_length_leaves_nothing_behind(flow, tmp_path, suffix):
    if suffix == ".zarr":
        pytest.importorskip("zarr")
    path = tmp_path / f"f{suffix}"
    with pytest.raises(ValueError, match=r"stream=.* ended after 2 of 3 moments"):
        save_flow_stream(moments(flow, 2), path, (3, 16, 24))
    with pytest.raises(ValueError, match=r"stream=.* goes on after 2 moments"):
        save_flow_stream(moments(flow), path, (2, 16, 24))
    assert list(tmp_path.iterdir()) == []
    save_flow_stream(moments(flow), path, (3, 16, 24))
    with pytest.raises(ValueError, match="ended after 2 of 3"):
        save_flow_stream(moments(flow, 2), path, (3, 16, 24))
    np.testing.assert_array_equal(Flow.load(path).field, flow.field[:1])


def test_bad_streams(flow, tmp_path):
    field = np.array(flow.field[0, 0])
    nan = np.where(field > 0, np.float32(np.nan), field)
    path = tmp_path / "f.npy"
    for pairs, message in [
        ([(0, field[:8]), (1, field)], r"was frame 0; expected \(16, 24, 2\) floats"),
        ([(0, field), (1, field.astype(int))], r"was frame 1; expected \(16, 24, 2\) floats"),
        ([(0, field), (1, nan)], "holds NaN or infinite values in frame 1"),
        ([(3, field), (3, field)], "has frame 3 after frame 3"),
        ([(-1, field), (3, field)], "has frame -1 after"),
    ]:
        with pytest.raises(ValueError, match=message):
            save_flow_stream(pairs, path, (2, 16, 24))
    pairs = [(0, field), (1, field)]
    for name, shape, units, message in [
        ("f.npz", (2, 16, 24), {}, "path=.*unknown ending; expected .npy or .zarr"),
        ("f.npy", (2, 16, 24, 2), {}, "shape=.*is no size of a flow"),
        ("f.npy", (0, 16, 24), {}, "shape=.*is no size of a flow"),
        ("f.npy", (2, 16, 24), {"fps": 0}, "save_flow_stream: fps=0 is not positive"),
    ]:
        with pytest.raises(ValueError, match=message):
            save_flow_stream(pairs, tmp_path / name, shape, **units)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        save_flow_stream(pairs, tmp_path / "no" / "f.npy", (2, 16, 24))
    assert list(tmp_path.iterdir()) == []


def test_bad_streamed_files(flow, tmp_path):
    path = save_flow_stream(moments(flow), tmp_path / "f.npy", (3, 16, 24))
    path.write_bytes(path.read_bytes()[:-100])
    np.save(tmp_path / "plain.npy", np.zeros(3))
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    for name in ("f.npy", "plain.npy", "objects.npy"):
        with pytest.raises(ValueError, match=r"load: path=.*cannot be read"):
            Flow.load(tmp_path / name)
    with pytest.raises(ValueError, match=r"unknown ending; expected one of .npz, .npy, .zarr"):
        Flow.load(path.rename(tmp_path / "f.dat"))


def test_bad_zarr(tmp_path):
    zarr = pytest.importorskip("zarr")
    (tmp_path / "empty.zarr").mkdir()
    zarr.open_group(str(tmp_path / "other.zarr"), mode="w")
    for name in ("empty.zarr", "other.zarr"):
        with pytest.raises(ValueError, match=r"load: path=.*cannot be read"):
            Flow.load(tmp_path / name)
