"""Second-order motion: no motion energy in the light, but in what is done to the noise."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SCREEN = Screen(size=(1, 8), ppd=32, fps=64)  # 256 px and 64 frames, as in the reference file
EIGHT_WAVES = {"modulator_sf": 1.0, "modulator_tf": 8.0, "screen": SCREEN, "duration": 1.0}


def opponent_energy(frames):
    """(R - L)/(R + L) of the first row, R = |FFT2(x, t)|^2 summed over kx kt < 0."""
    movie = frames[:, 0].astype(float)
    energy = np.abs(np.fft.fft2(movie - movie.mean())) ** 2
    kt, kx = np.fft.fftfreq(movie.shape[0])[:, None], np.fft.fftfreq(movie.shape[1])
    right, left = energy[kx * kt < 0].sum(), energy[kx * kt > 0].sum()
    return (right - left) / (right + left)


def rectified(stimulus):
    return np.abs(stimulus.frames - 0.5)


@pytest.mark.parametrize(("carrier", "spread"), [("dynamic", 0.012), ("static", 0.032)])
def test_contrast_modulated_noise_has_no_motion_energy(carrier, spread):
    """Acceptance 5: |mean| < 0.02, SD as stated over 100 seeds; rectified >= 0.99."""
    made = [stimuli.contrast_modulated(**EIGHT_WAVES, carrier=carrier, seed=k) for k in range(100)]
    energy = [opponent_energy(s.frames) for s in made]
    assert abs(np.mean(energy)) < 0.02
    assert np.std(energy) < spread
    seen = [opponent_energy(rectified(s)) for s in made]
    assert np.mean(seen) >= 0.99
    assert min(seen) > 0.95


def test_one_over_f_carriers():
    """New in each frame: balanced. Static: not, and truth says so."""
    params = EIGHT_WAVES | {"noise": "oneoverf"}
    made = [stimuli.contrast_modulated(**params, seed=k) for k in range(60)]
    energy = [opponent_energy(s.frames) for s in made]
    assert abs(np.mean(energy)) < 3 * np.std(energy) / np.sqrt(60)
    assert np.mean([opponent_energy(rectified(s)) for s in made]) > 0.2
    assert not made[0].truth["first_order"]
    static = [stimuli.contrast_modulated(**params, carrier="static", seed=k) for k in range(20)]
    assert np.mean([opponent_energy(s.frames) for s in static]) > 0.5
    assert static[0].truth["first_order"]


@pytest.mark.parametrize("carrier", ["static", "dynamic"])
def test_contrast_is_the_equation(carrier):
    """|L - L0| = L0 C (1 + d cos 2 pi (f x' - w t)) / (1 + d) at every pixel."""
    s = stimuli.contrast_modulated(
        modulator_sf=0.7, modulator_tf=3, direction=40, depth=0.6, contrast=0.8,
        carrier=carrier, screen=Screen(size=(1, 2)), duration=0.25,
    )  # fmt: skip
    x, y = (np.arange(64) - 31.5) / 32, (15.5 - np.arange(32))[:, None] / 32
    along = x * np.cos(np.radians(40)) + y * np.sin(np.radians(40))
    t = np.arange(15)[:, None, None] / 60
    wave = np.cos(2 * np.pi * (0.7 * along - 3 * t))
    np.testing.assert_allclose(
        np.abs(s.frames - 0.5), 0.5 * 0.8 * (1 + 0.6 * wave) / 1.6, atol=2e-6
    )
    assert s.truth["speed"] == pytest.approx(3 / 0.7)
    step = s.truth["flow"][0, 0, 0] / np.array([1, -1]) * 60 / 32  # deg/s, y up
    np.testing.assert_allclose(
        step, 3 / 0.7 * np.array([np.cos(np.radians(40)), np.sin(np.radians(40))]), rtol=1e-5
    )


def test_carriers():
    params = {"depth": 0.0, "screen": Screen(size=2), "duration": 0.1}
    static = stimuli.contrast_modulated(**params, carrier="static").frames
    assert (static == static[0]).all()
    new = stimuli.contrast_modulated(**params).frames.reshape(6, -1)
    assert abs(np.corrcoef(new) - np.eye(6)).max() < 0.08
    assert set(np.unique(new)) == {0.0, 1.0}
    assert new.mean() == pytest.approx(0.5, abs=0.02)


def test_elements_are_squares_and_the_wave_stands_still_in_them():
    """So that a static element carries no motion energy inside itself."""
    s = stimuli.contrast_modulated(
        element=0.25, carrier="static", screen=Screen(size=2), duration=0.2
    )
    squares = s.frames.reshape(12, 8, 8, 8, 8)
    assert (squares == squares[:, :, :1, :, :1]).all()


@pytest.mark.parametrize("kind", ["orientation", "sf", "flicker", "polarity"])
def test_no_motion_energy_in_any_kind(kind):
    """Mean opponent energy over seeds is 0 within 4 standard errors, and |mean| < 0.02."""
    params = EIGHT_WAVES | {"kind": kind, "flicker_tf": 12.0}
    if kind in ("orientation", "sf"):
        params |= {"screen": Screen(size=(1, 8), fps=64), "carrier_sf": 5.0}
    made = [stimuli.second_order_motion(**params, seed=k) for k in range(50)]
    energy = [opponent_energy(s.frames) for s in made]
    assert abs(np.mean(energy)) < 4 * np.std(energy) / np.sqrt(50)
    assert abs(np.mean(energy)) < 0.02
    assert not made[0].truth["first_order"]


@pytest.mark.parametrize("kind", ["orientation", "sf"])
def test_static_filtered_noise_is_told_not_to_be_balanced(kind):
    """Its energy at one frequency differs between directions: P(k - f) and P(k + f)."""
    params = EIGHT_WAVES | {"kind": kind, "carrier_sf": 5.0, "carrier": "static"}
    made = [stimuli.second_order_motion(**params, seed=k) for k in range(30)]
    energy = 0.0
    for s in made:
        energy = energy + np.abs(np.fft.fft2(s.frames[:, 0].astype(float) - 0.5)) ** 2
    ways = energy[8, 1:128], energy[-8, 1:128]  # wave of 8 cycles in 64 frames: left, right
    imbalance = np.abs(ways[0] - ways[1]).sum() / (ways[0] + ways[1]).sum()
    assert imbalance > 0.2  # noise that is new in each frame: 0.12
    assert made[0].truth["first_order"]


def wave_energy(shown, *, sf, tf):
    """Energies of one wave going right and going left, on 8 deg and 1 s, averaged over rows."""
    shown = shown - shown.mean()
    n = len(shown)
    t = np.arange(n)[:, None] / 64
    x = (np.arange(shown.shape[2]) + 0.5) / 32
    rows = shown.mean(axis=1)
    ways = [np.exp(-2j * np.pi * (sf * x - sign * tf * t)) for sign in (1, -1)]
    return [np.abs((rows * way).sum()) ** 2 for way in ways]


def band_passed(frames, keep):
    """Each frame's components where keep(fx, fy up) is true."""
    height, width = frames.shape[1:]
    fx, fy = np.fft.fftfreq(width) * 32, -np.fft.fftfreq(height)[:, None] * 32
    return np.fft.ifft2(np.fft.fft2(frames - 0.5) * keep(fx, fy)).real


def demodulated(kind, frames):
    """What shows the wave: energy of one of the noises, or of the change in time."""
    if kind == "orientation":  # the noise whose frequencies lie along +-45 from the direction
        return band_passed(frames, lambda fx, fy: fx * fy > 0) ** 2
    if kind == "sf":
        return band_passed(frames, lambda fx, fy: np.hypot(fx, fy) > 5) ** 2
    return np.diff(frames, axis=0) ** 2


@pytest.mark.parametrize(
    ("kind", "times"), [("orientation", 1), ("sf", 1), ("flicker", 1), ("polarity", 2)]
)
@pytest.mark.parametrize("way", [1, -1])
def test_the_wave_shows_after_filter_and_rectification(kind, times, way):
    """It goes the modulator's way; polarity has two edges per cycle."""
    params = {"screen": Screen(size=8, fps=64), "duration": 1.0, "modulator_tf": way * 4.0}
    s = stimuli.second_order_motion(kind=kind, modulator_sf=0.5, **params)
    shown = demodulated(kind, s.frames.astype(float))
    right, left = wave_energy(shown, sf=0.5 * times, tf=4.0 * times)
    assert (right / left if way > 0 else left / right) > 30
    assert s.truth["direction"] == (0.0 if way > 0 else 180.0)


def test_flicker_rate_is_that_of_the_equation():
    """Changes of sign per second and element: 2 r (1 + d wave), here for a wave that stands."""
    s = stimuli.second_order_motion(
        kind="flicker", flicker_tf=6.0, depth=0.5, modulator_tf=0.0, modulator_sf=0.25,
        screen=Screen(size=4), duration=4.0,
    )  # fmt: skip
    changes = (np.diff(s.frames, axis=0) != 0).mean(axis=(0, 1)) * 60
    x = (np.arange(128) - 63.5) / 32
    wanted = 2 * 6 * (1 + 0.5 * np.cos(2 * np.pi * 0.25 * x))
    np.testing.assert_allclose(changes, wanted, atol=0.35)
    assert set(np.unique(s.frames)) == {0.0, 1.0}


def test_part_of_the_elements_reverses():
    s = stimuli.second_order_motion(
        kind="polarity", depth=0.3, screen=Screen(size=4), duration=1.0, modulator_tf=2.0
    )
    moving = (s.frames != s.frames[0]).any(axis=0)
    assert moving.mean() == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("name", ["contrast_modulated", "second_order_motion"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"modulator_sf": 16}, "modulator_sf=16.0 is at or above the Nyquist limit of the elem"),
        ({"modulator_tf": 30}, "modulator_tf=30.0 would alias"),
        ({"depth": 1.1}, "depth=1.1 is out of range; expected 0 <= depth <= 1"),
        ({"carrier": "dynamc"}, "carrier='dynamc' is unknown.*Did you mean 'dynamic'"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
    ],
)
def test_both_reject(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        stimuli.make(name, **params)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("contrast_modulated", {"element": 0.05}, r"element=0.05 is 1.6 px; expected whole pix"),
        (
            "contrast_modulated",
            {"element": 1.0, "modulator_sf": 0.6},
            "modulator_sf=0.6 is at or above .* < 0.5 cyc/deg",
        ),
        ("contrast_modulated", {"element": 0.25, "noise": "oneoverf"}, "1/f noise, which has no"),
        ("second_order_motion", {"element": 0.25}, "element=0.25 is given for kind='orientation'"),
        (
            "second_order_motion",
            {"kind": "flicker", "carrier": "static"},
            "carrier='static' is given for kind='flicker', which has none",
        ),
        ("second_order_motion", {"kind": "sf", "carrier_sf": 9}, r"carrier_sf \(highest\)=18"),
        ("second_order_motion", {"kind": "flicker", "flicker_tf": 16}, r"flicker_tf.*=32.* alias"),
        ("second_order_motion", {"kind": "colour"}, "kind='colour' is unknown"),
    ],
)
def test_rejected(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.make(name, **params)
