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
    image = stimuli.noise_1f(alpha=alpha, seed=seed, rms=0.1, clip_sd=8).frames[0]
    assert slope(image.astype(float)) == pytest.approx(-2 * alpha, abs=0.15)


def test_contrast_is_the_expected_rms_and_the_mean_is_l0():
    samples = [stimuli.noise_1f(alpha=0.5, seed=seed, rms=0.2, clip_sd=5) for seed in range(20)]
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
        ({"rms": 0.5}, "noise_1f: rms=0.5 takes mean_luminance=0.5 outside"),
        ({"alpha": -1}, "noise_1f: alpha=-1 is out of range; expected 0 <= alpha <= 4"),
        ({"clip_sd": 0}, "noise_1f: clip_sd=0 is out of range; expected clip_sd > 0 sd"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.noise_1f(**params)


def radial(image, ppd):
    """Energy and frequency (cycles/deg) of each bin of a frame."""
    energy = np.abs(np.fft.fft2(image - image.mean(dtype=float))) ** 2
    f = np.hypot(np.fft.fftfreq(image.shape[1]), np.fft.fftfreq(image.shape[0])[:, None]) * ppd
    return energy, f


@pytest.mark.parametrize("octaves", [0.5, 1.0, 2.0])
def test_band_has_its_centre_and_width(octaves):
    """Average energy of many frames: half the amplitude is a quarter of the energy."""
    s = stimuli.bandpass_noise(
        sf=4, sf_bandwidth=octaves, dynamic=True, duration=2, clip_sd=5, rms=0.1
    )
    energy, f = (
        np.mean([radial(frame, 32)[0] for frame in s.frames], axis=0),
        radial(s.frames[0], 32)[1],
    )

    def at(frequency):
        return energy[np.abs(f - frequency) < 0.1].mean()

    assert at(4 * 2 ** (octaves / 2)) / at(4) == pytest.approx(0.25, rel=0.15)
    assert at(4 * 2 ** (-octaves / 2)) / at(4) == pytest.approx(0.25, rel=0.15)
    assert (energy * f).sum() / energy.sum() == pytest.approx(s.truth["mean_sf"], rel=0.02)


def test_band_noise_has_its_contrast():
    frames = stimuli.bandpass_noise(dynamic=True, duration=1, rms=0.15, clip_sd=6).frames
    assert frames.std(dtype=float) / 0.5 == pytest.approx(0.15, rel=0.01)
    assert frames.mean(dtype=float) == pytest.approx(0.5, abs=1e-4)
    binary = stimuli.bandpass_noise(distribution="binary", rms=0.4)
    assert np.unique(binary.frames).tolist() == pytest.approx([0.3, 0.7])
    assert binary.truth["clipped_fraction"] == 0


def test_band_noise_is_still_or_new_in_each_frame():
    still = stimuli.bandpass_noise(screen=Screen(size=2), duration=0.1).frames
    assert (still == still[0]).all()
    new = stimuli.bandpass_noise(screen=Screen(size=4), duration=0.1, dynamic=True).frames
    assert (new[0] == stimuli.bandpass_noise(screen=Screen(size=4)).frames[0]).all()
    assert abs(np.corrcoef(new[0].ravel(), new[1].ravel())[0, 1]) < 0.1


@pytest.mark.parametrize("orientation", [0, 30, 120])
def test_band_noise_has_bars_of_its_orientation(orientation):
    """The energy-weighted axis of (fx, fy), y up, is across the bars."""
    s = stimuli.bandpass_noise(orientation=orientation, seed=2)
    energy = np.abs(np.fft.fft2(s.frames[0] - 0.5)) ** 2
    fx, fy = np.fft.fftfreq(256), -np.fft.fftfreq(256)[:, None]
    axis = np.angle((energy * np.exp(2j * np.arctan2(fy, fx))).sum()) / 2
    assert (np.degrees(axis) + 90 - orientation + 90) % 180 - 90 == pytest.approx(0, abs=2)


def test_clipped_fraction_of_band_noise():
    s = stimuli.bandpass_noise(clip_sd=1.5, dynamic=True, duration=0.2)
    assert s.truth["clipped_fraction"] == pytest.approx(0.1336, abs=0.01)  # Gaussian beyond 1.5 sd
    assert np.isclose(np.abs(s.frames - 0.5), 0.15).mean() == pytest.approx(
        s.truth["clipped_fraction"], abs=1e-4
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sf": 16}, "bandpass_noise: sf=16.0 is at or above the Nyquist"),
        ({"rms": 0.5}, "bandpass_noise: rms=0.5 takes mean_luminance=0.5 outside"),
        ({"sf_bandwidth": 0}, "sf_bandwidth=0 is out of range; expected 0 < sf_bandwidth <= 8"),
        ({"distribution": "gaus"}, "distribution='gaus' is unknown"),
    ],
)
def test_band_noise_rejects(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.bandpass_noise(**params)
