"""Acceptance 9, 10 and 11: white noise is white, maps receptive fields, and streams for ever."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import stimuli
from stimuli import Screen

ROOT = Path(__file__).parents[3]
GRID = Screen(size=2, ppd=8, fps=60)  # 16 x 16 px


@pytest.mark.parametrize("seed", [0, 1])
def test_spike_triggered_average_finds_the_receptive_field(seed):
    """Acceptance 9: r > 0.9 with a Gabor field, 20 000 frames at 16 x 16."""
    y, x = np.mgrid[1:-1:16j, -1:1:16j]
    across = x * np.cos(np.radians(30)) + y * np.sin(np.radians(30))
    field = np.exp(-(x**2 + y**2) / (2 * 0.35**2)) * np.cos(2 * np.pi * 1.2 * across)
    field /= np.linalg.norm(field)
    movie = stimuli.stream("white_noise", check=0.125, screen=GRID, duration=20_000 / 60, seed=seed)
    spikes = np.random.default_rng(100 + seed)
    total, n_spikes = np.zeros((16, 16)), 0
    for chunk in movie.chunks(2000):
        m = 2 * chunk.astype(float) - 1
        rate = 0.1 * np.exp(np.tensordot(m, field))  # spikes per frame
        n = spikes.poisson(rate)
        total += np.tensordot(n, m, axes=1)
        n_spikes += n.sum()
    found = total / n_spikes
    assert np.corrcoef(found.ravel(), field.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("distribution", ["binary", "ternary", "gauss"])
@pytest.mark.parametrize("color", [False, True])
def test_white(distribution, color):
    """§3.6: off-lag autocorrelation below 4/sqrt(N), in time and space, from the pixels."""
    s = stimuli.white_noise(
        check=0.25, distribution=distribution, color=color, screen=Screen(size=4, ppd=4, fps=60),
        duration=20, seed=4,
    )  # fmt: skip
    channels = np.moveaxis(s.frames, -1, 0) if color else s.frames[None]
    noise = channels.astype(float) - 0.5
    noise /= noise.std()
    lags = [(t, r, c) for t in range(4) for r in range(3) for c in range(3)][1:]
    for one in noise:
        for t, r, c in lags:
            first = one[t:, r:, c:]
            second = one[: len(one) - t, : 16 - r, : 16 - c]
            assert abs((first * second).mean()) < 4 / np.sqrt(first.size)
    if color:
        for i, j in ((0, 1), (0, 2), (1, 2)):
            assert abs((noise[i] * noise[j]).mean()) < 4 / np.sqrt(noise[0].size)


@pytest.mark.parametrize(
    ("distribution", "values"), [("binary", [0.2, 0.8]), ("ternary", [0.2, 0.5, 0.8])]
)
def test_levels_are_equally_likely(distribution, values):
    s = stimuli.white_noise(distribution=distribution, contrast=0.6, duration=1)
    shown, counts = np.unique(s.frames, return_counts=True)
    np.testing.assert_allclose(shown, values, atol=1e-6)
    checks = counts / 64
    expected = checks.sum() / len(values)
    assert (np.abs(checks - expected) < 4 * np.sqrt(expected)).all()


@pytest.mark.parametrize("clip_sd", [1.0, 3.0])
def test_gauss_is_clipped_as_told(clip_sd):
    """The clipped part is counted; rms is that of the expectation."""
    from scipy import stats

    s = stimuli.white_noise(distribution="gauss", clip_sd=clip_sd, contrast=0.8, duration=2)
    m = s.truth["checks"]
    n = m.size
    part = 2 * stats.norm.sf(clip_sd)
    assert s.truth["clipped_fraction"] == pytest.approx((np.abs(m) == 1).mean(), abs=1e-9)
    assert abs(s.truth["clipped_fraction"] - part) < 4 * np.sqrt(part / n)
    rms = s.frames.std() / 0.5
    assert rms == pytest.approx(s.truth["rms"], rel=0.01)
    assert s.frames.min() == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("distribution", ["binary", "gauss"])
def test_checks_are_what_the_pixels_show(color, distribution):
    s = stimuli.white_noise(
        check=0.5, distribution=distribution, frame_hold=3, color=color, contrast=0.5,
        screen=Screen(size=(2, 3), ppd=8, fps=60), duration=0.25,
    )  # fmt: skip
    checks = s.truth["checks"]
    assert checks.shape == ((15, 4, 6, 3) if color else (15, 4, 6))
    light = 0.5 * (1 + 0.5 * checks)
    for row in range(4):  # every pixel of the middle row and column of blocks, one check at a time
        for column in range(6):
            block = s.frames[:, row * 4 : row * 4 + 4, column * 4 : column * 4 + 4]
            expected = light[:, row, column][:, None, None]
            np.testing.assert_allclose(block - expected, 0, atol=1e-6)
    assert (checks[:3] == checks[0]).all()
    assert (checks[3] != checks[0]).any()
    np.testing.assert_allclose(s.truth["check_x"], np.arange(-1.25, 1.3, 0.5))
    np.testing.assert_allclose(s.truth["check_y"], [0.75, 0.25, -0.25, -0.75])


def test_frames_do_not_depend_on_hold_or_duration():
    long = stimuli.stream("white_noise", duration=600, seed=2)
    short = stimuli.stream("white_noise", duration=1, seed=2)
    np.testing.assert_array_equal(long.frame(30), short.frame(30))
    assert (long.frame(35_999) != long.frame(35_998)).any()


def _growth(seconds, check):
    """Return by how many MB the peak resident memory of a process grows while it streams."""
    script = (
        "import resource, stimuli\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        f"movie = stimuli.stream('white_noise', check={check}, duration={seconds}, seed=0)\n"
        "assert movie.shape[1:] == (256, 256)\n"
        "before, n = peak(), 0\n"
        "for chunk in movie.chunks(60): n += len(chunk)\n"
        f"assert n == {seconds} * 60\n"
        "print(peak() - before)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return float(answer.stdout)


@pytest.mark.parametrize("check", [0.25, 1 / 32])
def test_streaming_a_minute_keeps_memory(check):
    """Acceptance 10 for one minute: peak RSS growth below 50 MB, also with checks of 1 px."""
    assert _growth(60, check) < 50


@pytest.mark.slow
def test_streaming_ten_minutes_keeps_memory():
    """Acceptance 10: ten minutes of 256 x 256 noise streamed, peak RSS growth below 50 MB."""
    assert _growth(600, 1 / 32) < 50


@pytest.mark.parametrize("name", ["white_noise", "msequence_noise", "retinotopic_bars"])
def test_truth_is_not_worked_out_before_it_is_asked_for(name):
    """An hour of checks or apertures takes no memory until it is wanted."""
    long = {} if name == "retinotopic_bars" else {"duration": 3600}
    tracemalloc.start()
    movie = stimuli.stream(name, **long)
    movie.frame(movie.n_frames - 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"check": 0.1},
            r"check=0.1 is 3.2 pixels at ppd=32; expected a whole .* Use check=0.09375",
        ),
        ({"check": 0.01}, r"check=0.01 is 0.32 pixels at ppd=32; .*at least 1. Use check=0.03125"),
        ({"check": 0.75}, "check=0.75 is 24 px, of which the screen's 256 px are no whole number"),
        ({"check": 0}, "check=0 is out of range; expected check > 0 deg"),
        ({"distribution": "gaus"}, "distribution='gaus' is unknown.*Did you mean 'gauss'"),
        ({"frame_hold": 0}, "frame_hold=0 is out of range; expected frame_hold >= 1 frames"),
        ({"contrast": 1.1}, "contrast=1.1 is out of range; expected 0 <= contrast <= 1"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
        ({"clip_sd": 0}, "clip_sd=0 is out of range; expected clip_sd > 0 sd"),
        ({"duration": 0.01}, "duration=0.01 is 0.6 frames at fps=60"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"white_noise: {message}"):
        stimuli.white_noise(**params)
