"""In-silico recordings: known tuning in, known tuning out; then V1 itself."""

import numpy as np
import pytest

import neurosim
from neurosim import physiology
from neurosim.model import chosen_layers
from neurosim.presentation import Presentation
from neurosim.responses import Responses
from stimuli import Screen

SCREEN = Screen(size=4.0, ppd=16, fps=25)


class Opponent:
    """Ground truth: four channels that report the Fourier energy of one direction each."""

    name, layers, config = "opponent", ("energy",), None
    directions = np.array([0.0, 90.0, 180.0, 270.0])

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        chosen_layers(self, layers)
        rows = []
        for block in Presentation(stimuli).arrays(8):
            power = (
                np.abs(
                    np.fft.fftn(block - block.mean(axis=(1, 2, 3), keepdims=True), axes=(1, 2, 3))
                )
                ** 2
            )
            ft, fy, fx = np.meshgrid(*map(np.fft.fftfreq, block.shape[1:]), indexing="ij")
            for p in power:
                # exp(2 pi i (f . x + ft t)) moves toward -sign(ft) f; y is down in the array.
                toward = [
                    (p * (-np.sign(ft) * (fx * c - fy * s)).clip(0)).sum()
                    for c, s in zip(
                        np.cos(np.radians(self.directions)),
                        np.sin(np.radians(self.directions)),
                        strict=True,
                    )
                ]
                rows.append(toward)
        values = np.array(rows)[:, None, :]
        units = {"energy": {"channel": np.arange(4), "direction": self.directions}}
        return Responses.from_arrays({"energy": values}, units=units)


def test_direction_tuning_recovers_known_preferences():
    tuning = physiology.direction_tuning(
        Opponent(), directions=8, sf=1.0, tf=25 / 11 * 2, screen=SCREEN
    )
    assert isinstance(tuning, physiology.Tuning)
    np.testing.assert_allclose(tuning.preferred("direction"), Opponent.directions)
    assert (tuning.direction_selectivity() > 0.9).all()


def test_direction_selectivity_needs_opposites():
    tuning = physiology.direction_tuning(Opponent(), directions=[0, 90], sf=1, tf=2, screen=SCREEN)
    with pytest.raises(ValueError, match="lacks opposite directions"):
        tuning.direction_selectivity()
    with pytest.raises(neurosim.UnknownNameError, match="axis='contrast'"):
        tuning.curve("contrast")
    with pytest.raises(ValueError, match="directions=1 is too few"):
        physiology.direction_tuning(Opponent(), directions=1)


def test_tuning_is_read_at_each_units_own_frequency():
    rates = np.arange(2 * 2 * 3, dtype=float).reshape(2, 2, 3)
    axes = {"direction": np.array([0.0, 180.0]), "sf": np.array([1.0, 2.0, 4.0])}
    tuning = physiology.Tuning(rates, axes, {}, "toy", "V1")
    own = tuning.at(sf=np.array([1.1, 3.9]))
    np.testing.assert_array_equal(own.rates, [[0, 3], [8, 11]])
    assert list(own.axes) == ["direction"]
    with pytest.raises(neurosim.UnknownNameError, match="axis='tf'"):
        tuning.at(tf=np.ones(2))


def test_mean_direction_lies_between_equal_neighbours():
    axes = {"direction": np.array([0.0, 90.0, 180.0, 270.0])}
    rates = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    tuning = physiology.Tuning(rates, axes, {}, "toy", "V1")
    np.testing.assert_allclose(tuning.mean_direction(), [45.0, 315.0])


@pytest.fixture(scope="module")
def v1():
    return neurosim.load("motion_energy", preset="small")


def test_v1_units_prefer_the_direction_on_their_label(v1):
    table = v1.stage.unit_table()
    tuning = physiology.direction_tuning(v1, directions=12)
    keen = table["tf"].to_numpy() > 0.05
    error = np.abs((tuning.preferred("direction") - table["direction"] + 180) % 360 - 180)
    assert np.median(error[keen]) <= 15


def test_sf_tf_tuning_peaks_near_the_unit(v1):
    tuning = physiology.sf_tf_tuning(v1, sf=(0.5, 1.0, 2.0), tf=(1, 3, 6))
    assert tuning.rates.shape == (64, 3, 3, 4)
    table = v1.stage.unit_table()
    ratio = np.log2(tuning.preferred("sf") / (table["sf"].to_numpy() * 16))
    inside = (table["sf"] * 16).between(0.5, 2.0).to_numpy()
    assert np.median(np.abs(ratio[inside])) <= 0.75


def test_contrast_tuning_saturates_as_naka_rushton(v1):
    """Acceptance 6 of motion energy, through the physiologist's door."""
    tuning = physiology.contrast_tuning(v1)
    curve, contrast = tuning.curve("contrast"), tuning.axes["contrast"]
    strongest = np.argsort(-np.ptp(curve, axis=1))[:10]
    for unit in strongest:
        assert physiology.naka_rushton(contrast, curve[unit]).r_squared > 0.95


def test_naka_rushton_errors():
    with pytest.raises(ValueError, match="four parameters at 3 contrasts"):
        physiology.naka_rushton(np.arange(3.0), np.arange(3.0))
    with pytest.raises(ValueError, match="is not finite"):
        physiology.naka_rushton(np.linspace(0.1, 1, 6), np.full(6, np.nan))
    fit = physiology.naka_rushton(np.linspace(0.1, 1, 6), np.linspace(0.1, 1, 6) ** 2)
    assert isinstance(fit, physiology.NakaRushton)
    assert fit(np.array([0.5])).shape == (1,)


def test_record_leaves_units_without_a_channel_alone():
    model = neurosim.load("pixels")
    from stimuli import grating

    rates, units = physiology.record(model, [grating(duration=None, screen=SCREEN)])
    assert rates.shape == (1, 1024)
    assert units == {}


@pytest.mark.parametrize("kind", ["direction", "sf_tf", "contrast"])
def test_tuning_draws_and_tabulates(v1, kind):
    tuning = {
        "direction": lambda: physiology.direction_tuning(v1, directions=4, sf=1, tf=2.5),
        "sf_tf": lambda: physiology.sf_tf_tuning(v1, sf=(1, 2), tf=(2, 4), direction=0),
        "contrast": lambda: physiology.contrast_tuning(v1, contrast=(0.1, 1), direction=0, sf=1),
    }[kind]()
    assert len(tuning.to_dataframe()) == tuning.rates.size
    assert "64 units" in repr(tuning)
    assert "unit" in tuning.plot().get_title()
