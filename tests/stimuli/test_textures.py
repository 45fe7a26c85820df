"""1/f noise: slope, contrast, clipping."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen


def slope(image):
    """Power slope between 2/N and 1/2 cycles/px, by regression on the radial average."""
    n = len(image)
    power = np.abs(np.fft.fft2(image - image.mean())) ** 2
    f = np.hypot(np.fft.fftfreq(n), np.fft.fftfreq(n)[:, None])
    edges = np.geomspace(2 / n, 0.5, 20)
    ring = np.digitize(f, edges)
    rows = [
        (np.log(f[ring == k]).mean(), np.log(power[ring == k].mean()))
        for k in range(1, len(edges))
        if (ring == k).sum() > 4
    ]
    return np.polyfit(*np.array(rows).T, 1)[0]


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("seed", range(3))
def test_power_slope(alpha, seed):
    """§3.4: -2 alpha within 0.15."""
    image = stimuli.noise_1f(alpha=alpha, seed=seed, contrast=0.1, clip_sd=8).frames[0]
    assert slope(image.astype(float)) == pytest.approx(-2 * alpha, abs=0.15)


def test_contrast_is_the_expected_rms_and_the_mean_is_l0():
    samples = [
        stimuli.noise_1f(alpha=0.5, seed=seed, contrast=0.2, clip_sd=5) for seed in range(20)
    ]
    rms = [s.frames.std(dtype=float) / 0.5 for s in samples]
    assert np.mean(rms) == pytest.approx(0.2, rel=0.02)
    assert abs(samples[0].frames.mean(dtype=float) - 0.5) < 1e-5
    assert samples[0].truth["rms"] == pytest.approx(rms[0], rel=1e-4)


def test_clipped_fraction_is_told():
    s = stimuli.noise_1f(alpha=0, clip_sd=2, seed=0)
    assert s.truth["clipped_fraction"] == pytest.approx(0.0455, abs=0.003)  # Gaussian beyond 2 sd


def test_odd_sizes_and_color():
    s = stimuli.noise_1f(screen=Screen(size=(1, 1.5), ppd=30), color=True)
    assert s.shape == (1, 30, 45, 3)
    channels = s.frames[0].reshape(-1, 3).T
    assert np.abs(np.corrcoef(channels) - np.eye(3)).max() < 0.5


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"contrast": 0.5}, "noise_1f: contrast=0.5 takes mean_luminance=0.5 outside"),
        ({"alpha": -1}, "noise_1f: alpha=-1 is out of range; expected 0 <= alpha <= 4"),
        ({"clip_sd": 0}, "noise_1f: clip_sd=0 is out of range; expected clip_sd > 0 sd"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.noise_1f(**params)
