"""Motion clouds: envelope, contrast, velocity, streaming, all measured from the pixels."""

import tracemalloc

import numpy as np
import pytest

import stimuli
from stimuli import Screen
from stimuli.spectra import frequencies, log_sd
from stimuli.textures.cloud_blocks import Block, Envelope

SMALL = Screen(size=4, ppd=16, fps=60)  # 64 x 64


def spectrum(stimulus):
    """Energy over (ft, fy, fx) of all frames, and the three frequencies; y up."""
    frames = stimulus.frames.astype(np.float64)
    energy = np.abs(np.fft.fftn(frames - frames.mean())) ** 2
    n, height, width = frames.shape
    ft = np.fft.fftfreq(n)[:, None, None] * stimulus.fps
    fy = -np.fft.fftfreq(height)[:, None] * stimulus.ppd
    fx = np.fft.fftfreq(width) * stimulus.ppd
    return energy, ft, fy, fx


def least_squares_speed(stimulus):
    """Speed along the direction of motion: -sum(E ft f) / sum(E f^2), f along the direction."""
    energy, ft, fy, fx = spectrum(stimulus)
    way = np.radians(stimulus.truth["direction"])
    along = fx * np.cos(way) + fy * np.sin(way)
    return -(energy * ft * along).sum() / (energy * along**2).sum()


def rms(stimulus):
    return stimulus.frames.std(dtype=np.float64) / 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("params", [{}, {"direction": 140, "orientation_sd": 40, "rms": 0.1}])
def test_mean_and_contrast(seed, params):
    """Mean 0.5 within 1e-4, RMS within 1 % for every seed, not only on average."""
    s = stimuli.motion_cloud(**params, seed=seed)
    assert s.frames.mean(dtype=np.float64) == pytest.approx(0.5, abs=1e-4)
    assert rms(s) == pytest.approx(params.get("rms", 0.2), rel=0.01)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "params",
    [
        {"speed_sd": 0.2},
        {"speed_sd": 0.8},
        {"speed_sd": 0.8, "direction": 250, "orientation_sd": 30},
        {"speed": 8, "speed_sd": 1.6, "sf": 1.5},
        {"speed_sd": 0.8, "duration": 1.5, "period": 1.0},
    ],
)
def test_velocity(seed, params):
    """Least-squares velocity within 2 % for speed_sd <= 0.2 speed, also across blocks."""
    s = stimuli.motion_cloud(**{"duration": 1.0} | params, seed=seed)
    assert least_squares_speed(s) == pytest.approx(s.truth["speed"], rel=0.02)


def test_flow_is_the_mean_velocity_with_v_down():
    s = stimuli.motion_cloud(direction=90, speed=6, screen=SMALL, duration=0.5)
    np.testing.assert_allclose(s.truth["velocity"], [0, 6])
    np.testing.assert_allclose(s.truth["flow"][3, 5, 5], [0, -6 * 16 / 60], atol=1e-6)
    assert s.truth["valid"].all()
    assert least_squares_speed(s) > 5.5  # of fy up: it does go up


def test_envelope_is_the_equation():
    """The envelope, written out a second time at single frequencies."""
    cloud = Envelope(2.0, 0.3, 30.0, 12.0, 4.0, 1.0, "gauss")
    for fx, fy, ft in ((1.5, 1.0, -9.0), (-2.0, 0.3, 4.0), (0.5, -1.5, 2.0)):
        f, way = np.hypot(fx, fy), np.arctan2(fy, fx)
        wanted = (
            np.exp(-(np.log(f / 2) ** 2) / (2 * 0.3**2))
            / f
            * np.exp((np.cos(2 * (way - np.radians(30))) - 1) / (4 * np.radians(12) ** 2))
            * np.exp(
                -((ft + 4 * (fx * np.cos(np.pi / 6) + fy * np.sin(np.pi / 6))) ** 2) / (2 * f**2)
            )
        )
        point = [np.array(value) for value in (fx, fy, ft)]
        got = cloud.spatial(*point[:2]) * cloud.temporal(*point)
        assert float(got) == pytest.approx(wanted, rel=1e-12)
    assert cloud.spatial(np.array(0.0), np.array(0.0)) == 0


def test_envelope_of_motionclouds():
    """The peer's envelope after conversion of units, up to scale, within 1e-5."""
    peer = pytest.importorskip("MotionClouds")
    screen, spread, n = Screen(size=2, ppd=32, fps=60), 0.4, 20
    u, v = screen.flow(200.0, 3.0)
    grids = peer.get_grids(64, 64, n)
    theirs = peer.envelope_gabor(
        *grids,
        V_X=u,
        V_Y=v,
        B_V=0.8 * 32 / 60,
        sf_0=3 / 32,
        B_sf=3 / 32 * (np.exp(spread) - 1),
        theta=-np.radians(200.0),
        B_theta=np.radians(15.0),
    )
    theirs[32, 32] = 0  # its movie has no mean either
    theirs = np.fft.ifftshift(theirs).transpose(2, 1, 0)[..., :32]
    fx, fy = frequencies(screen)
    fx, ft = fx[:, :-1], np.fft.fftfreq(n)[:, None, None] * 60
    cloud = Envelope(3.0, spread, 200.0, 15.0, 3.0, 0.8, "gauss")
    ours = cloud.spatial(fx, fy) * cloud.temporal(fx, fy, ft)
    np.testing.assert_allclose(ours / ours.max(), theirs / theirs.max(), atol=1e-5)


@pytest.mark.parametrize("form", ["gauss", "oneoverf"])
@pytest.mark.parametrize("shape", [(16, 16), (15, 17), (16, 15)])
def test_energy_of_the_pixels_is_the_envelope(form, shape):
    """Average energy of many blocks over A^2: 1 at every frequency, within 5 standard errors."""
    screen = Screen(size=(shape[0] / 4, shape[1] / 4), ppd=4, fps=8)
    cloud = Envelope(1.0, 0.5, 20.0, 40.0, 1.5, 1.0, form)
    n, n_blocks = 6, 400
    total = 0.0
    for seed in range(n_blocks):
        rng = np.random.default_rng(seed)
        block = Block(cloud, screen, n, lambda row, rng=rng: rng, exact=False)
        frames = np.array([block.frame(t) for t in range(n)], np.float64)
        total = total + np.abs(np.fft.fftn(frames)) ** 2 / n_blocks
    fy = -np.fft.fftfreq(shape[0])[:, None] * 4
    fx = np.fft.fftfreq(shape[1])[None] * 4
    ft = np.fft.fftfreq(n)[:, None, None] * 8
    energy = (cloud.spatial(fx, fy) * cloud.temporal(fx, fy, ft)) ** 2
    # at the limits of the grid a frequency is also its mirror, whose A differs
    limits = [axis if size % 2 else np.delete(axis, size // 2) for axis, size in _axes(n, *shape)]
    clear = np.zeros(energy.shape, bool)
    clear[np.ix_(*limits)] = True
    clear &= energy > 1e-6 * energy.max()
    assert total.sum() / frames.size**2 == pytest.approx(1, abs=0.01)  # variance
    ratio = total[clear] / energy[clear] * energy[clear].sum() / total[clear].sum()
    assert ratio.mean() == pytest.approx(1, abs=0.01)
    assert abs(ratio - 1).max() < 5 * np.sqrt(2 / n_blocks)


def _axes(*sizes):
    return [(np.arange(size), size) for size in sizes]


def test_rms_of_the_ensemble():
    """Samples differ as they should; their average energy is rms^2."""
    params = {"screen": Screen(size=2), "duration": 0.5, "rms_of": "ensemble", "rms": 0.1}
    power = [rms(stimuli.motion_cloud(**params, clip_sd=9, seed=seed)) ** 2 for seed in range(60)]
    assert np.mean(power) == pytest.approx(0.01, abs=4 * np.std(power) / np.sqrt(60))
    assert np.std(power) > 0.02 * np.mean(power)
    same = [
        rms(stimuli.motion_cloud(**params | {"rms_of": "sample"}, clip_sd=9, seed=s))
        for s in (1, 2)
    ]
    assert same == pytest.approx([0.1, 0.1], rel=1e-5)


def test_clipped_fraction_is_that_of_the_pixels():
    s = stimuli.motion_cloud(screen=SMALL, sf=1.5, clip_sd=2, rms=0.4)
    at_limit = np.isclose(np.abs(s.frames - 0.5), 0.4, atol=1e-6).mean()
    assert s.truth["clipped_fraction"] == pytest.approx(at_limit, abs=1e-4)
    assert s.truth["clipped_fraction"] == pytest.approx(0.0455, abs=0.01)  # Gaussian beyond 2 sd


def test_peak_and_mean_frequency():
    """sf is the log-centre; peak='energy' makes it the energy-weighted mean."""
    for peak, name in (("log", None), ("energy", 2.0)):
        s = stimuli.motion_cloud(peak=peak, orientation_sd=30, sf_bandwidth=1.5, seed=2, duration=1)
        energy, _, fy, fx = spectrum(s)
        mean = (energy * np.hypot(fx, fy)).sum() / energy.sum()
        assert mean == pytest.approx(s.truth["mean_sf"], rel=0.03)
        if name:
            assert s.truth["mean_sf"] == pytest.approx(name)
    s = stimuli.motion_cloud(duration=0.25)
    assert s.truth["peak_sf"] == pytest.approx(2 * np.exp(-(log_sd(1.0) ** 2)))
    cloud = Envelope(2.0, log_sd(1.0), 0.0, 10.0, 4.0, 1.0, "gauss")
    f = np.linspace(0.5, 6, 20001)
    assert f[cloud.spatial(f, 0 * f).argmax()] == pytest.approx(s.truth["peak_sf"], abs=1e-3)


def test_bandwidth_is_the_full_width_at_half_height():
    """In octaves, of the log-Gaussian factor (amplitude times f)."""
    cloud = Envelope(2.0, log_sd(1.5), 0.0, 10.0, 4.0, 1.0, "gauss")
    f = np.array([2.0, 2.0 * 2**0.75, 2.0 * 2**-0.75])
    height = cloud.spatial(f, 0 * f) * f
    np.testing.assert_allclose(height / height[0], [1, 0.5, 0.5], rtol=1e-12)


def test_it_repeats_after_its_period():
    params = {"screen": SMALL, "sf": 1.5, "seed": 4, "duration": 0.5}
    s = stimuli.motion_cloud(**params)
    assert s.truth["repeats"]
    assert s.truth["period"] == 0.5
    step = np.abs(np.diff(s.frames, axis=0)).mean(axis=(1, 2))
    assert np.abs(s.frames[0] - s.frames[-1]).mean() < 1.5 * step.mean()
    piece = stimuli.motion_cloud(**params | {"period": 2.0})
    assert not piece.truth["repeats"]
    assert np.abs(piece.frames[0] - piece.frames[-1]).mean() > 1.7 * step.mean()


def test_a_long_movie_keeps_variance_and_does_not_repeat():
    params = {"screen": SMALL, "sf": 1.5, "rms": 0.15, "clip_sd": 6}
    s = stimuli.motion_cloud(**params, duration=12, period=0.5, rms_of="ensemble")
    power = ((s.frames - 0.5) ** 2).mean(axis=(1, 2)).reshape(-1, 15) / 0.075**2  # half blocks
    assert power.mean() == pytest.approx(1, abs=0.05)
    assert abs(power.mean(axis=0) - 1).max() < 0.15  # anywhere in the fade
    shifted = (s.frames[30:] - 0.5) * (s.frames[:-30] - 0.5)
    assert abs(shifted.mean()) < 0.1 * 0.075**2


def test_streams_are_long_and_any_frame_comes_alone():
    movie = stimuli.stream("motion_cloud", screen=Screen(size=2), duration=600)
    assert movie.n_frames == 36_000
    late = movie.frame(35_999)
    assert late.tobytes() == movie.frame(35_999).tobytes()
    assert late.std() == pytest.approx(0.1, rel=0.5)


def test_a_still_has_the_spectrum_of_a_frame():
    """Energy of stills over frequency = that of movie frames, which is summed over ft."""
    params = {"screen": SMALL, "sf": 1.5, "orientation_sd": 30, "rms_of": "ensemble"}

    def over_sf(frames):
        energy = np.abs(np.fft.fft2(frames - 0.5)) ** 2
        f = np.hypot(np.fft.fftfreq(64), np.fft.fftfreq(64)[:, None]) * 16
        return np.array([energy[:, (low <= f) & (f < 2 * low)].sum() for low in (0.5, 1, 2, 4)])

    stills = [stimuli.motion_cloud(**params, duration=None, seed=k).frames for k in range(100)]
    movies = [stimuli.motion_cloud(**params, duration=1.0, seed=k).frames for k in range(6)]
    still, moving = over_sf(np.concatenate(stills)), over_sf(np.concatenate(movies))
    np.testing.assert_allclose(still / still.sum(), moving / moving.sum(), atol=0.03)


def test_noise_does_not_depend_on_the_envelope():
    """A change of the envelope does not reshuffle the noise."""
    params = {"screen": SMALL, "sf": 1.5, "duration": 0.5, "seed": 3}
    a, b, c = (
        stimuli.motion_cloud(**params | more).frames.ravel()
        for more in ({}, {"orientation_sd": 11}, {"seed": 4})
    )
    assert np.corrcoef(a, b)[0, 1] > 0.95
    assert abs(np.corrcoef(a, c)[0, 1]) < 0.35


@pytest.mark.parametrize("params", [{"sf": 10}, {"sf": 9, "speed": 2.5}, {"sf": 2, "speed": 14}])
def test_energy_beyond_nyquist_by_brute_force(params):
    """The refused part against a sum over a fine grid of frequencies far beyond the limits."""
    values = {"sf": 2.0, "speed": 4.0} | params
    cloud = Envelope(values["sf"], log_sd(1.0), 25.0, 20.0, values["speed"], 1.0, "gauss")
    f = np.arange(-40, 40, 0.4) + 0.2  # middles of cells, so that the limits are between cells
    ft = np.arange(-250, 250, 1.0)[:, None] + 0.5
    seen = total = 0.0
    for fy in f:
        energy = (cloud.spatial(f, np.float64(fy)) * cloud.temporal(f, np.float64(fy), ft)) ** 2
        total += energy.sum()
        inside = (np.abs(f) < 16) & (abs(fy) < 16) & (np.abs(ft) < 30)
        seen += (energy * inside).sum()
    got = cloud.beyond(Screen(), moves=True)
    assert got == pytest.approx(1 - seen / total, abs=0.01)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sf": 16}, "motion_cloud: sf=16.0 is at or above the Nyquist limit"),
        ({"sf": 14}, r"motion_cloud: sf=14.0 puts .* % of the energy beyond the Nyquist limits"),
        ({"speed": 20}, r"puts .* fps/2 = 30 Hz. Lower sf, sf_bandwidth, speed"),
        ({"rms": 0.4}, "motion_cloud: rms=0.4 takes mean_luminance=0.5 outside"),
        ({"speed_sd": 0.1}, r"speed_sd=0.1 is an sd of 0.2 steps.*at least 0.125.*longer period"),
        ({"orientation_sd": 0.5}, r"orientation_sd=0.5 is an sd of .*larger screen"),
        ({"sf_bandwidth": 0.01}, r"sf_bandwidth=0.01 is an sd of"),
        ({"speed": -1}, "speed=-1 is out of range; expected speed >= 0 deg/s"),
        ({"duration": 2, "period": 0.55}, "period=0.55 is 33 frames, an odd number"),
        ({"period": 0.501}, r"motion_cloud: duration=0.501 is 30.06 frames"),
        ({"period": 200}, r"period=200.0 needs .* GiB at a time; expected at most 2 GiB"),
        ({"sf": float("nan")}, "sf=nan is not finite"),
        ({"temporal": "gaus"}, "temporal='gaus' is unknown.*Did you mean 'gauss'"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11: parameter, value, allowed range, fix."""
    with pytest.raises(ValueError, match=message):
        stimuli.motion_cloud(**params)


def test_memory():
    """Acceptance 10: 256 x 256 x 120 in 300 MB; a stream holds two blocks, whatever its length."""
    tracemalloc.start()
    stimuli.motion_cloud(duration=2)
    whole = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    movie = stimuli.stream("motion_cloud", duration=600, period=1.0)
    for t in range(0, 360, 15):
        movie.frame(t)
    streamed = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert whole < 300e6
    assert streamed < 100e6
