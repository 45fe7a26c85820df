"""A memory in a file: exact, checked, and taken up again in the middle of a stream."""

import json
import signal

import numpy as np
import pytest

import neurosim
from neurosim.models.sparsey import SparseyMemory
from tests.neurosim.sparsey.patterns import fill, memory_of, random_patterns

NETS = {
    "one mac": {"input_shape": (6, 6)},
    "everything": {
        "input_shape": (6, 6),
        "grid": ((2, 2), (1, 1)),
        "u_radius": (0.45, 2.0),
        "h_radius": 0.5,
        "d_radius": (2.0, None),
        "persistence": (1, 2),
        "n_modules": 5,
        "n_units": 4,
        "freeze_at": 0.6,
        "decay": (5, 9, 12),
        "win_weight": "sparseycore",
    },
}


@pytest.fixture(params=NETS)
def memory(request):
    return neurosim.load("sparsey", **NETS[request.param])


def frames(n_frames, seed=0):
    return random_patterns(np.random.default_rng(seed), n_frames, 36, 7)


def assert_same_traces(one, other):
    for field in ("codes", "familiarity", "multiplicity", "signals"):
        for a, b in zip(getattr(one, field), getattr(other, field), strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_saved_memory_goes_on_as_if_nothing_had_happened(memory, tmp_path):
    """Acceptance 11: the round trip is identical, and so is all that follows."""
    fill(memory, frames(30))
    loaded = SparseyMemory.load(memory.save(tmp_path / "memory.npz"))
    assert loaded.config == memory.config
    assert loaded.n_seen == 30
    probes = frames(10, seed=1)
    assert_same_traces(memory.recall(probes), loaded.recall(probes))
    assert_same_traces(fill(memory, probes, reset=False), fill(loaded, probes, reset=False))
    assert loaded.saturation() == memory.saturation()


def test_an_interrupted_stream_is_resumed_to_identical_codes(tmp_path, monkeypatch):
    """A stream of three levels is stopped by Ctrl-C, saved, loaded, and gone on with."""
    settings = {
        "input_shape": (6, 6),
        "grid": ((2, 2), (2, 1), (1, 1)),
        "u_radius": (0.45, 0.6, 2.0),
        "h_radius": 0.0,
        "d_radius": (0.6, 2.0, None),
        "persistence": (1, 2, 4),
        "n_modules": 4,
        "n_units": 4,
    }
    stream = frames(60)
    whole = fill(neurosim.load("sparsey", **settings), stream)
    stopped = neurosim.load("sparsey", **settings)

    def stopping_bar(items, total, show, what):
        for number, item in enumerate(items):
            if number == 22:
                signal.raise_signal(signal.SIGINT)
            yield item

    with monkeypatch.context() as patch:
        patch.setattr("neurosim.models.sparsey.memory.bar", stopping_bar)
        with pytest.raises(KeyboardInterrupt, match="stopped after 23 of 60 frames"):
            fill(stopped, stream)
    assert stopped.n_seen == 23
    resumed = SparseyMemory.load(stopped.save(tmp_path / "stopped.npz"))
    rest = fill(resumed, stream[resumed.n_seen :], reset=False)
    for level in (1, 2, 3):
        np.testing.assert_array_equal(rest.code(level), whole.code(level)[23:])


@pytest.mark.slow
def test_a_stream_of_20000_frames_and_three_levels_is_resumed(tmp_path, capsys):
    """The bar of the issue; one run whole, one in two sittings."""
    settings = {
        "grid": ((3, 3), (2, 2), (1, 1)),
        "u_radius": (0.3, 0.5, 2.0),
        "h_radius": 0.0,
        "d_radius": (0.5, 2.0, None),
        "persistence": (1, 2, 4),
        "n_modules": 10,
        "n_units": 10,
        "freeze_at": 0.5,
    }
    stream = random_patterns(np.random.default_rng(0), 20_000, 144, 14)
    whole = fill(neurosim.load("sparsey", **settings), stream, progress=True)
    assert "storing" in capsys.readouterr().err
    first = neurosim.load("sparsey", **settings)
    fill(first, stream[:12_345])
    second = SparseyMemory.load(first.save(tmp_path / "half.npz"))
    rest = fill(second, stream[12_345:], reset=False)
    for level in (1, 2, 3):
        np.testing.assert_array_equal(rest.code(level), whole.code(level)[12_345:])


def test_the_file_is_plain_arrays(tmp_path):
    memory = memory_of()
    memory.store(random_patterns(np.random.default_rng(0), 5))
    with np.load(memory.save(tmp_path / "m.npz"), allow_pickle=False) as file:
        note = json.loads(str(file["note"]))
        assert note["n_seen"] == 5
        assert file["level1/mac0/U/bits"].dtype == np.uint64


def changed(path, change):
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    change(arrays)
    np.savez(path, **arrays)
    return path


def test_refuses_files_that_are_not_whole(tmp_path):
    memory = memory_of()
    with pytest.raises(ValueError, match="unknown ending"):
        memory.save(tmp_path / "memory.pkl")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        SparseyMemory.load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError, match="folder that does not exist"):
        memory.save(tmp_path / "nowhere" / "m.npz")
    path = memory.save(tmp_path / "m.npz")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match="cannot be read"):
        SparseyMemory.load(path)
    (tmp_path / "text.npz").write_text("no memory")
    with pytest.raises(ValueError, match="cannot be read"):
        SparseyMemory.load(tmp_path / "text.npz")


def _other_config(arrays):
    note = json.loads(str(arrays["note"]))
    note["config"] = note["config"].replace('"n_units": 20', '"n_units": 10')
    arrays["note"] = np.array(json.dumps(note))


def _other_shape(arrays):
    arrays["level1/mac0/U/bits"] = arrays["level1/mac0/U/bits"][:-1]


def _one_less(arrays):
    del arrays["level1/age"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_other_config, "does not have its checksum"),
        (_other_shape, "array level1/mac0/U/bits is"),
        (_one_less, "do not fit"),
    ],
)
def test_refuses_files_that_were_changed(change, text, tmp_path):
    path = changed(memory_of().save(tmp_path / "m.npz"), change)
    with pytest.raises(ValueError, match=text):
        SparseyMemory.load(path)
