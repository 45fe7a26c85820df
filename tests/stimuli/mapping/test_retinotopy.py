"""Acceptance 9 and 11: apertures cover the disc, and the pixels show what the apertures say."""

from itertools import pairwise

import numpy as np
import pytest

import stimuli
from stimuli import Screen
from stimuli.mapping.polar_grid import PolarGrid
from stimuli.mapping.retinotopy_carriers import carrier_frames

FIELD = Screen(size=16, ppd=8, fps=4)
FAST = {"screen": FIELD, "tr": 0.5, "flicker": 4}
RUNS = {
    "retinotopic_bars": {
        "n_steps": 8,
        "blank": 2.0,
        "directions": (0, 37, 180),
        "aperture_size": 14,
    },
    "retinotopic_wedge": {"period": 8.0, "n_cycles": 2, "blank": 1.0, "aperture_size": 14},
    "retinotopic_ring": {"period": 8.0, "n_cycles": 2, "blank": 1.0, "aperture_size": 14},
    "meridian": {"block": 2.0, "n_cycles": 2, "blank": 1.0, "aperture_size": 14},
    "multifocal": {"order": 6, "n_lags": 2, "blank": 1.0, "aperture_size": 14},
}


def run(name, **params):
    return stimuli.stream(name, **{**FAST, **params})


def disc_of(screen, diameter):
    return np.hypot(screen.x, screen.y[:, None]) < diameter / 2


@pytest.mark.parametrize("name", RUNS)
def test_apertures_cover_the_disc_and_nothing_else(name):
    """Acceptance 9: the union over the run is the disc; meridians cover their four wedges."""
    truth = run(name, **RUNS[name]).truth
    union = truth["aperture"].any(axis=0)
    disc = disc_of(FIELD, 14)
    np.testing.assert_array_equal(truth["disc"], disc)
    if name == "meridian":
        angle = np.degrees(np.arctan2(FIELD.y[:, None], FIELD.x))
        disc &= np.abs((angle + 45) % 90 - 45) <= 15
    np.testing.assert_array_equal(union, disc)


@pytest.mark.parametrize("carrier", ["checkerboard", "noise_1f", "color_noise"])
@pytest.mark.parametrize("name", RUNS)
def test_pixels_show_the_aperture(name, carrier):
    """Outside the aperture, and in blanks, exactly grey; inside, the carrier."""
    s = stimuli.make(name, **FAST, **RUNS[name], carrier=carrier, contrast=0.9)
    truth = s.truth
    aperture = truth["aperture"][truth["volume"]]
    grey = s.frames == 0.5
    grey = grey.all(axis=-1) if carrier == "color_noise" else grey
    assert grey[~aperture].all()
    assert grey[aperture].mean() < 0.03  # a border of checks through the middle of a pixel
    blank = ~truth["aperture"].any(axis=(1, 2))
    assert blank.sum() == 4
    assert len(truth["volume"]) == s.n_frames == 2 * len(truth["aperture"])
    assert (truth["volume"] == np.arange(s.n_frames) // 2).all()


@pytest.mark.parametrize("direction", [0, 45, 90, 200])
def test_bars_of_a_sweep_are_the_disc_and_have_the_area_of_a_strip(direction):
    """Acceptance 9: union of bars = disc; area per step within 3 % of the strip of a circle."""
    screen = Screen(size=16, ppd=16, fps=4)
    truth = run("retinotopic_bars", directions=(direction,), blank=0, screen=screen).truth
    aperture, position = truth["aperture"], truth["position"]
    assert truth["width"] == 2.0
    assert len(aperture) == 20
    np.testing.assert_array_equal(aperture.any(axis=0), disc_of(screen, 16))
    np.testing.assert_allclose(position, np.linspace(-7, 7, 20))

    def part(u):  # area of a disc of radius 8 to the left of u
        u = np.clip(u, -8, 8)
        return u * np.sqrt(64 - u**2) + 64 * np.arcsin(u / 8)

    expected = part(position + 1) - part(position - 1)
    np.testing.assert_allclose(aperture.sum(axis=(1, 2)) / 16**2, expected, rtol=0.03)
    angle = np.radians(direction)
    along = np.cos(angle) * screen.x + np.sin(angle) * screen.y[:, None]
    middle = [along[one].mean() for one in aperture[1:-1]]  # the outermost are cut by the disc
    np.testing.assert_allclose(middle, position[1:-1], atol=0.15)


def test_bars_follow_the_order_of_sweeps_and_blanks():
    """§3.6: eight sweeps of 20 steps at 1.5 s, four blanks of 30 s."""
    movie = stimuli.stream("retinotopic_bars")
    truth = movie.truth
    assert len(truth["position"]) == 8 * 20 + 4 * 20
    blank = np.isnan(truth["position"]).reshape(4, 60)
    assert (blank == (np.arange(60) >= 40)).all()
    assert (truth["sweep"].reshape(4, 60)[:, 40:] == -1).all()
    assert [d for d in truth["direction"][::20] if d == d] == [45.0 * k for k in range(8)]
    assert movie.n_frames / movie.fps == 240 * 1.5


@pytest.mark.parametrize("rotation", ["ccw", "cw"])
def test_wedge_turns_as_told(rotation):
    """Its middle, measured from the pixels, is the told angle; all places are seen as often."""
    screen = Screen(size=16, ppd=16, fps=4)
    truth = run(
        "retinotopic_wedge", rotation=rotation, period=8.0, n_cycles=1, start=40, screen=screen
    ).truth
    aperture, told = truth["aperture"], truth["polar_angle"]
    x, y = np.broadcast_arrays(screen.x, screen.y[:, None])
    measured = np.array([np.degrees(np.arctan2(y[a].mean(), x[a].mean())) for a in aperture])
    turn = {"ccw": 22.5, "cw": -22.5}[rotation]
    np.testing.assert_allclose(told, (40 + turn * np.arange(16)) % 360)
    np.testing.assert_allclose((measured - told + 180) % 360 - 180, 0, atol=0.5)
    times = aperture.sum(axis=0)[truth["disc"]]
    assert times.mean() == pytest.approx(2, abs=0.01)
    assert set(times) <= {2, 3}  # on a border: both
    areas = aperture.sum(axis=(1, 2)) / 16**2
    np.testing.assert_allclose(areas, np.pi * 64 / 8, rtol=0.02)


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("motion", ["expanding", "contracting"])
def test_ring_moves_as_told(motion, scale):
    screen = Screen(size=16, ppd=16, fps=4)
    truth = run(
        "retinotopic_ring", motion=motion, scale=scale, period=8.0, n_cycles=1, screen=screen
    ).truth
    r = np.hypot(screen.x, screen.y[:, None])
    whole = 0
    for aperture, inner, outer in zip(
        truth["aperture"], truth["inner"], truth["outer"], strict=True
    ):
        if inner < outer:
            whole += 1
            assert r[aperture].min() == pytest.approx(inner, abs=0.1)
            assert r[aperture].max() == pytest.approx(outer, abs=0.1)
        else:  # leaves at the border and comes in at the centre
            assert not aperture[(r > outer + 0.01) & (r < inner - 0.01)].any()
    assert whole == 13
    times = truth["aperture"].sum(axis=0)[truth["disc"]]
    assert times.mean() == pytest.approx(4, abs=0.01)
    if scale == "linear":
        steps = np.diff(truth["inner"][:12])
        np.testing.assert_allclose(steps, {"expanding": 0.5, "contracting": -0.5}[motion])
    first = truth["inner"][0]
    assert first == pytest.approx(0) if motion == "expanding" else first > 2


def test_meridians_take_turns():
    truth = run("meridian", block=2.0, n_cycles=2).truth
    assert truth["meridian_angle"].tolist() == ([0.0] * 4 + [90.0] * 4) * 2
    horizontal, vertical = truth["aperture"][[0, 4]]
    np.testing.assert_array_equal(horizontal, horizontal[:, ::-1])
    np.testing.assert_array_equal(np.rot90(horizontal), vertical)
    assert horizontal.sum() / 64 == pytest.approx(np.pi * 64 / 6, rel=0.03)


@pytest.mark.parametrize(("n_rings", "n_sectors", "order"), [(3, 8, 8), (5, 12, 9), (1, 4, 5)])
def test_multifocal_sectors_are_independent(n_rings, n_sectors, order):
    """§3.6: two sectors correlate by -1 only at all lags up to the shift; they tile the disc."""
    screen = Screen(size=16, ppd=16, fps=4)
    movie = run(
        "multifocal", n_rings=n_rings, n_sectors=n_sectors, order=order, n_lags=6, screen=screen
    )
    truth, length, k = movie.truth, 2**order - 1, n_rings * n_sectors
    signs = 2.0 * truth["on"] - 1
    assert signs.shape == (length, k)
    for lag in range(6):
        products = signs.T @ np.roll(signs, lag, axis=0)
        expected = np.full((k, k), -1.0) + (lag == 0) * (length + 1) * np.eye(k)
        np.testing.assert_allclose(products, expected)
    labels = truth["labels"]
    np.testing.assert_array_equal(labels >= 0, disc_of(screen, 16))
    assert set(labels[labels >= 0]) == set(range(k))
    for volume in (0, 7, length - 1):
        shown = truth["on"][volume]
        np.testing.assert_array_equal(
            truth["aperture"][volume], np.isin(labels, np.flatnonzero(shown))
        )
    r, angle = np.hypot(screen.x, screen.y[:, None]), np.arctan2(screen.y[:, None], screen.x)
    for sector, row in enumerate(truth["sectors"]):
        mine = labels == sector
        assert row["inner"] <= r[mine].min()
        assert r[mine].max() <= row["outer"]
        degrees = np.degrees(angle[mine]) % 360
        assert row["from_angle"] <= degrees.min()
        assert degrees.max() <= row["to_angle"]


@pytest.mark.parametrize("fps", [8, 16, 24])
def test_checkerboard_reverses_eight_times_a_second(fps):
    s = stimuli.retinotopic_wedge(
        period=8.0, tr=2.0, n_cycles=1, wedge_width=90, screen=Screen(size=8, ppd=8, fps=fps)
    )
    volume = s.frames[: 2 * fps] - 0.5
    inside = np.abs(volume[0]) == 0.5
    assert inside.mean() > 0.1
    changed = (np.diff(np.sign(volume[:, inside]), axis=0) != 0).all(axis=1)
    assert changed.sum() == 2 * 8 - 1
    assert s.truth["update_frames"] == fps / 8


def test_checkerboard_has_24_checks_around_and_no_mean():
    """Counted on a circle; dark and light take half the disc each."""
    s = stimuli.stream(
        "retinotopic_ring", screen=Screen(size=16, ppd=32, fps=8), ring_duty=0.9, n_cycles=1
    )
    frame = s.frame(0) - 0.5
    turn = np.radians(np.arange(0.25, 360, 0.5))
    rows = np.rint(255.5 - 100 * np.sin(turn)).astype(int)
    columns = np.rint(255.5 + 100 * np.cos(turn)).astype(int)
    around = np.sign(frame[rows, columns])
    around = around[around != 0]
    assert (around != np.roll(around, 1)).sum() == 24
    assert abs(frame[s.truth["aperture"][0]].mean()) < 0.005


@pytest.mark.parametrize("carrier", ["noise_1f", "color_noise"])
def test_noise_carrier_falls_as_one_over_f(carrier):
    """Amplitude over frequency has slope -1, sd is 1/3; updates and channels are independent."""
    frame = carrier_frames(carrier, PolarGrid(Screen(size=16, ppd=8), radius=8), 0)
    noise = np.stack([frame(u) for u in range(40)]).astype(float)
    channels = np.moveaxis(noise, -1, 0) if carrier == "color_noise" else noise[None]
    f = np.hypot(np.fft.fftfreq(128), np.fft.fftfreq(128)[:, None])
    power = (np.abs(np.fft.fft2(channels)) ** 2).mean(axis=(0, 1))
    bins = np.geomspace(2 / 128, 0.5, 12)
    middle = np.array([np.log(f[(f >= a) & (f < b)]).mean() for a, b in pairwise(bins)])
    height = np.array([power[(f >= a) & (f < b)].mean() for a, b in pairwise(bins)])
    assert np.polyfit(middle, np.log(height) / 2, 1)[0] == pytest.approx(-1, abs=0.05)
    assert np.sqrt((noise**2).mean()) == pytest.approx(1 / 3, rel=0.05)
    flat = channels.reshape(len(channels) * 40, -1)
    correlation = np.corrcoef(flat)[np.triu_indices(len(flat), 1)]
    assert abs(correlation.mean()) < 0.02
    assert np.abs(correlation).max() < 0.9


def test_noise_is_held_between_updates():
    movie = stimuli.stream("retinotopic_bars", carrier="noise_1f", flicker=2.0, tr=2.0)
    np.testing.assert_array_equal(movie.frame(4), movie.frame(7))
    assert (movie.frame(4) != movie.frame(3)).any()
    assert movie.truth["clip_sd"] == 3.0
    assert movie.truth["update_frames"] == 4


@pytest.mark.parametrize(
    "name",
    [name for name in stimuli.names() if stimuli.entry(name).family == "mapping"],
)
def test_defaults_and_pictures_fit_into_memory(name):
    """None takes more than 100 MB as a whole; longer ones are streamed."""
    for params in ({}, stimuli.entry(name).picture):
        assert 4 * np.prod(stimuli.stream(name, **params).shape) < 100e6


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("retinotopic_bars", {"tr": 1.3}, "tr=1.3 is 10.4 frames at fps=8; .* Use tr=1.25"),
        ("retinotopic_bars", {"blank": 10}, "blank=10.0 is 6.66667 volumes at tr=1.5"),
        (
            "retinotopic_bars",
            {"width": 0.2},
            "width=0.2 is only 0.8 px wide; expected at least one",
        ),
        ("retinotopic_bars", {"width": 16}, "width=16.0 leaves the bar no room to move"),
        ("retinotopic_bars", {"n_steps": 7}, "n_steps=7 makes steps of 2.333 that leave gaps"),
        ("retinotopic_bars", {"n_steps": 1}, "n_steps=1 is out of range; expected n_steps >= 2"),
        ("retinotopic_bars", {"aperture_size": 17}, "aperture_size=17.0 does not fit the screen"),
        ("retinotopic_bars", {"carrier": "chekerboard"}, "Did you mean 'checkerboard'"),
        (
            "retinotopic_bars",
            {"screen": {"size": 16, "ppd": 8, "fps": 60}},
            "flicker=8.0 is one update in 7.5 frames at fps=60; .* Use flicker=7.5",
        ),
        ("retinotopic_bars", {"flicker": 16}, "flicker=16.0 is one update in 0.5 frames"),
        ("retinotopic_bars", {"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6"),
        ("retinotopic_wedge", {"tr": 1.5}, "period=32.0 is 21.3333 volumes at tr=1.5"),
        (
            "retinotopic_wedge",
            {"wedge_width": 20},
            "period=32.0 makes steps of 22.5 that leave gaps",
        ),
        ("retinotopic_wedge", {"wedge_width": 1}, "wedge_width=1.0 is only 0.559 px wide"),
        ("retinotopic_wedge", {"wedge_width": 200}, "wedge_width=200 is out of range"),
        ("retinotopic_wedge", {"blank": 3}, "blank=3.0 is 1.5 volumes at tr=2"),
        ("retinotopic_ring", {"ring_duty": 0.05, "scale": "linear"}, "makes steps of 0.0625 that"),
        ("retinotopic_ring", {"ring_duty": 0.02}, "ring_duty=0.02 is only 0.151 px wide"),
        ("retinotopic_ring", {"ring_duty": 1}, "ring_duty=1 is out of range"),
        ("meridian", {"block": 3}, "block=3.0 is 1.5 volumes at tr=2"),
        ("meridian", {"wedge_width": 0.5}, "wedge_width=0.5 is only 0.279 px wide"),
        ("multifocal", {"order": 7}, "order=7 is too short: 127 steps for 24 places; .*order=8"),
        (
            "multifocal",
            {"n_rings": 30, "order": 12},
            "n_rings=30 is only 0.256 px wide; .* another n_rings",
        ),
        ("multifocal", {"n_sectors": 48, "order": 12}, "n_sectors=48 makes sectors that hold no"),
    ],
)
def test_rejected(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"{name}: .*{message}"):
        stimuli.make(name, **params)
