"""Seed streams: named, independent, addressed by frame."""

import numpy as np
import pytest

from stimuli.randomness import frame_stream, realise_seed, stream


def test_streams_are_stable_across_versions():
    """Fixed numbers: a change here changes every seeded stimulus ever made."""
    assert stream(0, "positions").integers(1 << 30, size=2).tolist() == [343020976, 1054698397]
    assert frame_stream(3, "noise", 7).integers(1 << 30, size=2).tolist() == [566647106, 578691693]


def test_streams_are_independent():
    draws = [stream(s, p).standard_normal(4000) for s in (0, 1) for p in ("a", "b")]
    draws += [frame_stream(0, "a", t).standard_normal(4000) for t in (0, 1, 2)]
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 4 / np.sqrt(4000)


def test_frames_do_not_depend_on_order():
    later = frame_stream(0, "noise", 9).random(5)
    for t in range(9):
        frame_stream(0, "noise", t).random(100)
    np.testing.assert_array_equal(frame_stream(0, "noise", 9).random(5), later)


def test_seeds():
    assert realise_seed(np.int64(4)) == 4
    assert 0 <= realise_seed(None) < 2**53
    for seed in (1.0, "1", True, np.random.default_rng(0)):
        with pytest.raises(TypeError, match=r"seed=.* expected an int or None"):
            realise_seed(seed)
    with pytest.raises(ValueError, match="seed=-1 is negative; expected seed >= 0"):
        realise_seed(-1)
