"""Acceptance 1: params are sufficient; streams, files and processes give the same bytes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import stimuli

ROOT = Path(__file__).parents[2]
ALL = [
    pytest.param(name, example, id=f"{name}-{k}")
    for name in stimuli.names()
    for k, example in enumerate(stimuli.entry(name).examples)
]


@pytest.mark.parametrize(("name", "params"), ALL)
class TestEveryGenerator:
    def test_make_from_params_gives_the_same_bytes(self, name, params):
        first = stimuli.make(name, **params)
        params = json.loads(json.dumps(first.params))
        assert stimuli.make(**params).checksum() == first.checksum()

    @pytest.mark.parametrize("n", [1, 7, 1000])
    def test_stream_in_chunks_gives_the_same_bytes(self, name, params, n):
        whole = stimuli.make(name, **params)
        pieces = list(stimuli.stream(name, **params).chunks(n))
        assert np.concatenate(pieces).tobytes() == whole.frames.tobytes()

    def test_one_frame_alone_gives_the_same_bytes(self, name, params):
        movie = stimuli.stream(name, **params)
        last = movie.n_frames - 1
        assert movie.frame(last).tobytes() == stimuli.make(name, **params).frames[last].tobytes()

    def test_file_keeps_everything(self, name, params, tmp_path):
        first = stimuli.make(name, **params)
        second = stimuli.Stimulus.load(first.save(tmp_path / "s.npz"))
        assert second.checksum() == first.checksum()
        assert second.params == first.params
        assert (second.ppd, second.fps, second.name) == (first.ppd, first.fps, first.name)
        assert list(second.truth) == list(first.truth)
        for key, value in first.truth.items():
            np.testing.assert_array_equal(second.truth[key], value)
            assert getattr(second.truth[key], "shape", ()) == getattr(value, "shape", ())

    def test_frames_and_truth_are_read_only(self, name, params):
        stimulus = stimuli.make(name, **params)
        assert not stimulus.frames.flags.writeable
        for value in stimulus.truth.values():
            assert not (isinstance(value, np.ndarray) and value.flags.writeable)

    def test_values_are_light_where_it_is_a_picture(self, name, params):
        stimulus = stimuli.make(name, **params)
        assert stimulus.frames.dtype == np.float32
        if stimulus.ppd is not None:
            assert 0 <= stimulus.frames.min() <= stimulus.frames.max() <= 1

    def test_flow_is_told_for_every_step_and_pixel(self, name, params):
        stimulus = stimuli.make(name, **params)
        if "flow" in stimulus.truth:
            n, height, width = stimulus.shape[:3]
            assert stimulus.truth["flow"].shape == (n - 1, height, width, 2)
            assert stimulus.truth["valid"].shape == (n - 1, height, width)
            assert np.isfinite(stimulus.truth["flow"]).all()


def test_fresh_process_gives_the_same_bytes():
    """Acceptance 1, in another process."""
    script = (
        "import json, sys, stimuli\n"
        "for p in json.load(sys.stdin): print(stimuli.make(**p).checksum())"
    )
    made = [stimuli.make(case.values[0], **case.values[1]) for case in ALL]
    answer = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([s.params for s in made]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert answer.stdout.split() == [s.checksum() for s in made]


@pytest.mark.parametrize("name", stimuli.names())
def test_different_seeds_differ(name):
    """Acceptance 1: in the forms that draw at random; the others do not depend on the seed."""
    entry = stimuli.entry(name)
    distinct = [
        len({stimuli.make(name, **example, seed=seed).checksum() for seed in range(3)})
        for example in entry.examples
    ]
    assert set(distinct) <= {1, 3}
    assert (3 in distinct) == entry.seeded


def test_seed_none_is_drawn_and_recorded():
    example = stimuli.entry("rdk").examples[0]
    first, second = (stimuli.make("rdk", **example, seed=None) for _ in range(2))
    assert first.params["seed"] != second.params["seed"]
    assert stimuli.make(**first.params).checksum() == first.checksum()


def test_no_global_random_state_is_touched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for case in ALL:
        stimuli.make(case.values[0], **case.values[1])
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_import_is_light():
    """``import stimuli`` loads no torch, pandas, matplotlib or Pillow, nor the other packages."""
    script = (
        "import sys, stimuli; "
        "print([m for m in ('torch', 'pandas', 'matplotlib', 'PIL', 'neurosim', 'fitting') "
        "if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"
