"""Acceptance 2 and 3: spectrum, amplitude, mean and sub-pixel motion of gratings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimuli
from stimuli import Screen, waveforms
from stimuli.gratings.gabors import sigma_of_bandwidth

DRAWS = 24


def draw(seed):
    """A random grating; returns its parameters."""
    generator = np.random.default_rng(seed)
    return {
        "sf": float(generator.uniform(0.5, 8)),
        "direction": float(generator.uniform(0, 360)),
        "tf": float(generator.uniform(1, 20)),
        "phase": float(generator.uniform(0, 360)),
        "contrast": float(generator.uniform(0.1, 1)),
        "screen": Screen(size=4, ppd=32, fps=60),
        "duration": 0.5,
    }


def quadrature(stimulus, sf, direction):
    """Return (T,) complex amplitude of the grating, by least squares at its known frequency."""
    screen = Screen(**stimulus.params["screen"])
    angle = np.radians(direction)
    along = np.cos(angle) * screen.x + np.sin(angle) * screen.y[:, None]
    phase = 2 * np.pi * sf * along.ravel()
    basis = np.stack([np.ones_like(phase), np.cos(phase), np.sin(phase)], axis=1)
    pixels = stimulus.frames.reshape(stimulus.n_frames, -1).astype(float)
    _, cosine, sine = np.linalg.lstsq(basis, pixels.T, rcond=None)[0]
    return cosine + 1j * sine


def opponent_energy(movie):
    """(R - L) / (R + L) of (T, X): energy at kx kt < 0 against energy at kx kt > 0."""
    energy = np.abs(np.fft.fft2(movie - movie.mean())) ** 2
    kt, kx = np.fft.fftfreq(movie.shape[0])[:, None], np.fft.fftfreq(movie.shape[1])
    right, left = energy[kx * kt < 0].sum(), energy[kx * kt > 0].sum()
    return (right - left) / (right + left)


@pytest.mark.parametrize("seed", range(DRAWS))
class TestSpectrum:
    """Acceptance 2, at 24 random draws."""

    def test_peak_of_the_spectrum_is_at_sf_and_direction(self, seed):
        params = draw(seed)
        frame = stimuli.grating(**params).frames[0].astype(float)
        window = np.outer(np.hanning(len(frame)), np.hanning(len(frame)))
        power = np.abs(np.fft.fft2((frame - frame.mean()) * window, (1024, 1024)))
        row, column = np.unravel_index(power.argmax(), power.shape)
        f = np.fft.fftfreq(1024) * params["screen"].ppd
        angle = np.radians(params["direction"])
        wanted = params["sf"] * np.array([np.cos(angle), np.sin(angle)])
        found = np.array([f[column], -f[row]])
        half_bin = 0.5 / params["screen"].size[0]
        assert min(np.abs(found - wanted).max(), np.abs(found + wanted).max()) < half_bin

    def test_amplitude_within_one_percent(self, seed):
        params = draw(seed)
        amplitude = np.abs(quadrature(stimuli.grating(**params), params["sf"], params["direction"]))
        np.testing.assert_allclose(amplitude, 0.5 * params["contrast"], rtol=0.01)

    def test_energy_sign_matches_direction(self, seed):
        params = draw(seed) | {"direction": 180.0 * (seed % 2), "duration": 1.0}
        movie = stimuli.grating(**params).frames[:, 10]
        sign = 1 if params["direction"] == 0 else -1
        assert sign * opponent_energy(movie) > 0.5

    def test_next_frame_is_analytic(self, seed):
        params = draw(seed)
        screen, s = params["screen"], stimuli.grating(**params)
        angle = np.radians(params["direction"])
        along = np.cos(angle) * screen.x + np.sin(angle) * screen.y[:, None]
        for t in (1, 17):
            phase = 2 * np.pi * (params["sf"] * along - params["tf"] * t / 60)
            wave = np.cos(phase + np.radians(params["phase"]))
            expected = 0.5 * (1 + params["contrast"] * wave)
            assert np.abs(s.frames[t] - expected).max() < 1e-5


@pytest.mark.parametrize("cycles", [1, 3, 8, 20])
@pytest.mark.parametrize("waveform", waveforms.WAVEFORMS)
def test_mean_luminance_over_whole_cycles(cycles, waveform):
    """Acceptance 2: |mean - L0| < 1e-5 on whole-cycle gratings."""
    s = stimuli.grating(
        sf=cycles / 4, waveform=waveform, screen=Screen(size=4), duration=0.25, mean_luminance=0.4
    )
    assert abs(s.frames.mean(dtype=float) - 0.4) < 1e-5


@pytest.mark.parametrize("pixels", [0.01, 0.1, 0.37, 1.0, 1.7, 3.0])
def test_subpixel_velocity(pixels):
    """Acceptance 3: phase regression gives the velocity within 1e-3 px/frame."""
    screen = Screen(size=4, ppd=32, fps=60)
    speed = pixels * screen.fps / screen.ppd
    s = stimuli.grating(sf=1, direction=25, speed=speed, screen=screen, duration=1)
    phase = np.unwrap(np.angle(quadrature(s, 1, 25)))
    slope = np.polyfit(np.arange(60), phase, 1)[0] / (2 * np.pi) * screen.ppd
    assert abs(slope - pixels) < 1e-3
    u, v = s.truth["flow"][0, 0, 0]
    assert np.hypot(u, v) == pytest.approx(pixels, rel=1e-5)
    assert np.degrees(np.arctan2(-v, u)) == pytest.approx(25, abs=1e-3)


def test_long_drift_keeps_its_phase():
    """Ten minutes at 4 Hz: phase error below 1e-5 of the luminance."""
    movie = stimuli.stream("grating", sf=1, tf=4, screen=Screen(size=2), duration=600)
    np.testing.assert_allclose(movie.frame(35_985), movie.frame(0), atol=1e-5)


@pytest.mark.parametrize("waveform", waveforms.WAVEFORMS[1:])
@pytest.mark.parametrize("direction", [0, 90, 30, 137])
def test_area_average_equals_supersampling(waveform, direction):
    """Each pixel holds the mean of the exact wave over its area."""
    coarse, n = Screen(size=2, ppd=16), 32
    fine = Screen(size=2, ppd=16 * n)
    angle = np.radians(direction)
    u = 0.9 * (np.cos(angle) * fine.x + np.sin(angle) * fine.y[:, None]) + 0.05
    u = np.mod(u, 1)
    exact = {
        "square": np.where(np.abs((u + 0.5) % 1 - 0.5) < 0.25, 1.0, -1.0),
        "triangle": 1 - 4 * np.abs((u + 0.5) % 1 - 0.5),
        "sawtooth": 2 * ((u + 0.5) % 1 - 0.5),
    }
    square = exact["square"]
    exact["missing_fundamental"] = square - 4 / np.pi * np.cos(2 * np.pi * u)
    mean = exact[waveform].reshape(32, n, 32, n).mean(axis=(1, 3))
    s = stimuli.grating(
        sf=0.9, direction=direction, phase=18, waveform=waveform, screen=coarse, duration=None
    )
    assert np.abs(s.frames[0] - 0.5 * (1 + mean)).max() < 1.5 / n


def test_harmonics_of_the_square_and_fluted_square():
    """§3.1: amplitudes at f, 3f, 5f are 4/pi (1, 1/3, 1/5) and (0, 0.424, 0.255)."""
    square = np.abs(waveforms.harmonics("square", 5))
    np.testing.assert_allclose(square[[1, 3, 5]], 4 / np.pi / np.array([1, 3, 5]))
    fluted = np.abs(waveforms.harmonics("missing_fundamental", 5))
    np.testing.assert_allclose(fluted[[1, 3, 5]], [0, 0.424, 0.255], atol=5e-4)


@pytest.mark.parametrize("waveform", waveforms.WAVEFORMS[1:])
def test_harmonics_converge_to_the_area_average(waveform):
    u = np.linspace(0, 1, 50, endpoint=False) + 0.003
    c = waveforms.harmonics(waveform, 4000)
    k = np.arange(4001)
    blurred = (c * np.sinc(0.02 * k) * np.exp(2j * np.pi * np.outer(u, k))).sum(axis=1).real
    np.testing.assert_allclose(waveforms.area_average(waveform, u, (0.02,)), blurred, atol=1e-3)


def test_duty_is_the_bright_part():
    s = stimuli.grating(
        sf=1, waveform="square", duty=0.25, screen=Screen(size=4, ppd=64), duration=None
    )
    assert (s.frames > 0.5).mean() == pytest.approx(0.25)


@pytest.mark.parametrize(("waveform", "antialias"), [("sine", "area"), ("square", "harmonics")])
def test_exposure_weakens_by_sinc(waveform, antialias):
    params = {"sf": 1, "tf": 20, "contrast": 0.5, "waveform": waveform, "antialias": antialias}
    params |= {"screen": Screen(size=4), "duration": 0.05}
    sharp, blurred = (
        np.abs(quadrature(stimuli.grating(**params, exposure=e), 1, 0)) for e in (0, 1)
    )
    np.testing.assert_allclose(blurred / sharp, np.sinc(20 / 60), rtol=1e-4)


def test_exposure_of_an_area_averaged_square_is_the_mean_over_the_shutter():
    screen = Screen(size=2, ppd=32, fps=60)
    params = {"sf": 1, "waveform": "square", "screen": screen, "duration": None}
    blurred = stimuli.grating(**params, tf=6, exposure=0.8).frames[0]
    shifts = (np.arange(400) + 0.5) / 400 - 0.5
    moved = [
        stimuli.grating(**params, tf=0, phase=360 * 6 / 60 * 0.8 * x).frames[0] for x in shifts
    ]
    assert np.abs(np.mean(moved, axis=0) - blurred).max() < 2e-3


def test_aliased_drift_is_told_in_truth():
    with pytest.raises(ValueError, match=r"grating: tf=45.0 would alias.*\|tf\| < fps/2 = 30 Hz"):
        stimuli.grating(tf=45)
    s = stimuli.grating(tf=45, allow_alias=True, duration=0.5, screen=Screen(size=2))
    assert s.truth["aliased"]
    assert s.truth["apparent_tf"] == -15
    assert opponent_energy(s.frames[:, 0]) < -0.9


def test_temporal_antialias_leaves_out_fast_harmonics():
    params = {"sf": 1, "waveform": "square", "antialias": "harmonics", "tf": 15, "contrast": 0.7}
    params |= {"screen": Screen(size=2), "duration": None}
    spectrum = [
        np.abs(np.fft.rfft(stimuli.grating(**params, temporal_antialias=on).frames[0, 0]))
        for on in (False, True)
    ]
    assert spectrum[0][6] == pytest.approx(4 / (3 * np.pi) * 0.35 * 32, rel=1e-3)  # third harmonic
    assert spectrum[1][6] < 1e-4


def test_quarter_step_missing_fundamental_is_empty_when_band_limited_in_time():
    """§3.1: with temporal band-limiting nothing is left; that raises."""
    with pytest.raises(ValueError, match="has no harmonic below the limits"):
        stimuli.grating(
            waveform="missing_fundamental", tf=15, antialias="harmonics", temporal_antialias=True
        )


class TestGabor:
    def test_full_width_at_half_height(self):
        s = stimuli.gabor(sf=4, sigma=0.5, duration=None, screen=Screen(size=6, ppd=64))
        envelope = s.truth["aperture"]
        row = envelope[len(envelope) // 2]
        width = (row > 0.5 * row.max()).sum() / 64
        assert width == pytest.approx(2 * 0.5 * np.sqrt(2 * np.log(2)), abs=2 / 64)

    def test_bandwidth_at_half_amplitude(self):
        sigma = sigma_of_bandwidth(1.0, 2.0)
        assert sigma * 2 == pytest.approx(0.562, abs=5e-4)
        low, high = 2 / 1.5 * np.array([1, 2])  # one octave around the mean 2
        height = np.exp(-2 * (np.pi * sigma * (np.array([low, high]) - 2)) ** 2)
        np.testing.assert_allclose(height, 0.5, rtol=1e-9)

    @pytest.mark.parametrize("phase", [0, 60, 180])
    def test_mean_offset_is_analytic_and_dc_free_removes_it(self, phase):
        """§3.1: mean offset = C exp(-2 pi^2 sigma^2 sf^2) cos(phase) x envelope mass."""
        params = {"sf": 0.5, "sigma": 0.5, "phase": phase, "duration": None, "contrast": 0.8}
        params["screen"] = Screen(size=8, ppd=16)
        mass = 2 * np.pi * 0.5**2 / 64
        wanted = 0.5 * 0.8 * np.exp(-2 * (np.pi * 0.25) ** 2) * np.cos(np.radians(phase)) * mass
        assert stimuli.gabor(**params).frames.mean(dtype=float) - 0.5 == pytest.approx(
            wanted, abs=1e-6
        )
        free = stimuli.gabor(**params, dc_free=True).frames
        assert abs(free.mean(dtype=float) - 0.5) < 1e-6

    @pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
    def test_equals_the_formula(self, gamma):
        screen = Screen(size=8, ppd=16)
        s = stimuli.gabor(
            sf=1, direction=30, sigma=0.5, gamma=gamma, pos=(0.5, -0.3), phase=40, tf=5,
            screen=screen, duration=0.25,
        )  # fmt: skip
        x, y = screen.x - 0.5, screen.y[:, None] + 0.3
        along = x * np.cos(np.pi / 6) + y * np.sin(np.pi / 6)
        across = y * np.cos(np.pi / 6) - x * np.sin(np.pi / 6)
        envelope = np.exp(-(along**2 + gamma**2 * across**2) / (2 * 0.25))
        wave = np.cos(2 * np.pi * (along - 5 * 4 / 60) + np.radians(40))
        assert np.abs(s.frames[4] - 0.5 * (1 + envelope * wave)).max() < 1e-6

    def test_cut_envelope_warns(self):
        with pytest.warns(UserWarning, match="gabor: sigma=2 deg .* is cut by the screen"):
            stimuli.gabor(sigma=2, duration=None)


@given(
    sf=st.floats(0.1, 15.9),
    direction=st.floats(-720, 720),
    contrast=st.floats(0, 1),
    luminance=st.floats(0.01, 0.5),
    waveform=st.sampled_from(waveforms.WAVEFORMS),
)
def test_any_allowed_grating_is_light(sf, direction, contrast, luminance, waveform):
    """Whatever is allowed gives finite light in [0, 1], and opposite directions opposite flows."""
    params = {"sf": sf, "contrast": contrast, "mean_luminance": luminance, "waveform": waveform}
    params |= {"screen": Screen(size=1), "duration": 2 / 60}
    s = stimuli.grating(direction=direction, **params)
    assert 0 - 1e-6 <= s.frames.min() <= s.frames.max() <= 1 + 1e-6
    back = stimuli.grating(direction=direction + 180, **params)
    np.testing.assert_allclose(s.truth["flow"], -back.truth["flow"], atol=1e-5)
