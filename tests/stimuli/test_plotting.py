"""Pictures with the truth on top, and spectra."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import stimuli
from stimuli import Screen, Stimulus


@pytest.fixture(autouse=True)
def _no_figures_stay_open():
    yield
    plt.close("all")


def arrows(ax):
    from matplotlib.quiver import Quiver

    return next(item for item in ax.collections if isinstance(item, Quiver))


@pytest.mark.parametrize("direction", [0, 90, 210])
def test_arrows_point_where_the_motion_goes(direction):
    drawn = arrows(stimuli.plot(stimuli.grating(direction=direction, duration=0.25)))
    angle = np.degrees(np.arctan2(drawn.V, drawn.U))
    assert np.allclose((angle - direction + 180) % 360, 180, atol=1e-3)


def test_arrows_lie_on_the_dots():
    shown = stimuli.rdk(coherence=1.0, n_dots=20, duration=0.25, seed=1)
    valid = shown.truth["valid"][7]
    for x, y in arrows(stimuli.plot(shown, frame=7)).get_offsets():
        row = round(127.5 - y * 32)
        column = round(127.5 + x * 32)
        assert valid[row, column]


def test_truth_can_be_left_out_and_stills_have_none():
    assert not stimuli.plot(stimuli.grating(duration=0.25), truth=False).collections
    assert not stimuli.plot(stimuli.grating(duration=None)).collections


@pytest.mark.parametrize(
    ("frames", "label"),
    [(np.zeros((4, 9)), "unit"), (np.zeros((4, 5, 6)), "column"), (np.zeros((9, 2)), "x")],
)
def test_what_is_no_picture_is_drawn_too(frames, label):
    shown = Stimulus(frames.astype(np.float32))
    assert stimuli.plot(shown).get_xlabel() == label
    assert "<img" in shown._repr_html_()


def test_rejects():
    with pytest.raises(ValueError, match="plot: frame=60 is not there; expected 0 <= frame < 60"):
        stimuli.plot(stimuli.grating(), frame=60)
    with pytest.raises(stimuli.UnknownNameError, match="names: family='dot' is unknown"):
        stimuli.gallery("dot")
    with pytest.raises(ValueError, match="power_spectrum: plane='xt' does not exist in grating"):
        stimuli.power_spectrum(stimuli.grating(duration=None))
    with pytest.raises(ValueError, match="power_spectrum: plane='yt' is unknown"):
        stimuli.plot_spectrum(stimuli.grating(), "yt")


def test_every_family_has_a_gallery():
    figure = stimuli.gallery(only=["grating", "rdk", "noise_1f"], columns=2)
    titles = [ax.get_title().split("\n")[0] for ax in figure.axes]
    assert titles == ["grating", "rdk", "noise_1f"]


def test_spectrum_of_a_drift_is_one_pair_of_points():
    shown = stimuli.grating(sf=2, direction=90, tf=5, screen=Screen(size=(4, 8)))
    fx, fy, power = stimuli.power_spectrum(shown, "xy")
    row, column = np.unravel_index(power.argmax(), power.shape)
    assert (fx[column], abs(fy[row])) == (0, 2)
    assert power.sum() == pytest.approx(1)
    assert np.sort(power.ravel())[-2:].sum() == pytest.approx(1)
    assert (np.diff(fx) > 0).all()
    assert (np.diff(fy) > 0).all()


def test_up_is_up_in_the_spectrum():
    """An oblique grating at 45 deg has its energy where fx and fy have the same sign."""
    fx, fy, power = stimuli.power_spectrum(stimuli.grating(sf=2, direction=45), "xy")
    row, column = np.unravel_index(power.argmax(), power.shape)
    assert fx[column] * fy[row] > 0


def test_the_line_is_drawn_for_horizontal_motion_only():
    assert stimuli.plot_spectrum(stimuli.grating(direction=0)).lines
    assert not stimuli.plot_spectrum(stimuli.grating(direction=30)).lines
    shown = stimuli.grating(direction=180, sf=2, tf=4)
    (line,) = stimuli.plot_spectrum(shown).lines
    x, y = line.get_data()
    assert (y[-1] / x[-1]) == pytest.approx(2.0)  # -V, V = -2 deg/s


def test_a_uniform_field_has_no_power():
    flat = Stimulus(np.full((4, 8, 8), 0.5, np.float32), ppd=8, fps=60)
    assert stimuli.power_spectrum(flat)[2].sum() == 0
