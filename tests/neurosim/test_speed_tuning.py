"""Speed tuning: known slants are found, and known kinds told apart, from maps and from models."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

import neurosim
from neurosim import physiology
from neurosim.physiology import classify_speed_maps, fit_speed_tuning
from tests.neurosim.known_cells import TwoKinds

SF, TF = np.geomspace(0.32, 4.0, 6), np.geomspace(0.5, 6.25, 6)
_X, _Y = (g.ravel() for g in np.meshgrid(np.log2(SF), np.log2(TF), indexing="ij"))


def _gaussian(_, offset, amplitude, x0, y0, x_width, y_width, q):
    ridge = (q + 1) * (_X - x0) + y0
    return offset + amplitude * np.exp(
        -(((_X - x0) / x_width) ** 2 + ((_Y - ridge) / y_width) ** 2)
    )


def _units(n_units, slant=None, seed=0):
    """(n_units, 7) parameters with peaks inside the grid."""
    rng = np.random.default_rng(seed)
    low = [-2, 1, -0.8, -0.5, 0.8, 0.8, -1.5]
    high = [2, 50, 1.2, 1.8, 2.0, 2.0, 0.5]
    units = rng.uniform(low, high, (n_units, 7))
    if slant is not None:
        units[:, 6] = slant
    return units


def _maps(units):
    return np.array([_gaussian(None, *u) for u in units]).reshape(-1, 6, 6)


def test_fit_recovers_the_parameters_of_300_units():
    units = _units(300)
    fit = fit_speed_tuning(_maps(units), SF, TF)
    assert isinstance(fit, physiology.SpeedFit)
    assert len(fit) == 300
    np.testing.assert_allclose(fit.q, units[:, 6], atol=1e-4)
    np.testing.assert_allclose(np.log2(fit.sf0), units[:, 2], atol=1e-3)
    np.testing.assert_allclose(np.log2(fit.tf0), units[:, 3], atol=1e-3)
    np.testing.assert_allclose(fit.sf_width, units[:, 4], rtol=1e-3)
    np.testing.assert_allclose(fit.tf_width, units[:, 5], rtol=1e-3)
    np.testing.assert_allclose(fit(SF, TF), _maps(units), atol=1e-3)
    assert (fit.r_squared > 0.9999).all()


def test_fit_is_no_worse_than_one_that_starts_from_the_truth():
    """An independent solver, unit by unit, on noisy maps."""
    units = _units(40, seed=1)
    noise = np.random.default_rng(2).normal(0, 0.05, (40, 6, 6))
    maps = _maps(units) + noise * units[:, 1, None, None]
    fit = fit_speed_tuning(maps, SF, TF)
    ours = ((fit(SF, TF) - maps) ** 2).sum(axis=(1, 2))
    assert np.median(np.abs(fit.q - units[:, 6])) < 0.1
    compared = 0
    for unit in range(40):
        wanted = maps[unit].ravel()
        # The bounds of the fit, so that both solvers look in the same place.
        low = [-np.inf, 0, _X.min() - 1, _Y.min() - 1, 0.3, 0.3, -3]
        high = [np.inf, np.inf, _X.max() + 1, _Y.max() + 1, 10, 10, 2]
        found, _ = curve_fit(_gaussian, None, wanted, p0=units[unit], bounds=(low, high))
        theirs = ((_gaussian(None, *found) - wanted) ** 2).sum()
        assert ours[unit] <= 1.001 * theirs
        compared += 1
    assert compared == 40


def test_a_fixed_slant_stays_and_costs_variance():
    maps = _maps(_units(30, slant=0.0))
    free, separable = fit_speed_tuning(maps, SF, TF), fit_speed_tuning(maps, SF, TF, q=-1)
    assert (separable.q == -1).all()
    assert (separable.r_squared <= free.r_squared + 1e-9).all()
    assert np.median(free.r_squared - separable.r_squared) > 0.05


def test_the_fit_does_not_depend_on_the_unit_of_the_response():
    maps = _maps(_units(10, seed=3))
    first, second = fit_speed_tuning(maps, SF, TF), fit_speed_tuning(1e-4 * maps - 7, SF, TF)
    np.testing.assert_allclose(first.q, second.q, atol=1e-6)
    np.testing.assert_allclose(1e-4 * first.amplitude, second.amplitude, rtol=1e-5)


def test_ideal_units_are_told_apart():
    noise = np.random.default_rng(4).normal(0, 0.01, (60, 6, 6))
    for slant, kind in ((0.0, "speed"), (-1.0, "independent")):
        units = _units(60, slant=slant, seed=5)
        units[:, 4:6] = np.random.default_rng(6).uniform(0.8, 1.2, (60, 2))
        found = classify_speed_maps(_maps(units) + noise * units[:, 1, None, None], SF, TF)
        assert (found.kind == kind).all()
        assert found.fractions()[kind] == 1
        assert found.median_q() == pytest.approx(slant, abs=0.05)
    half = _units(20, slant=-0.5, seed=7)
    half[:, 4:6] = 1.0
    between = classify_speed_maps(_maps(half), SF, TF)
    assert between.median_q() == pytest.approx(-0.5, abs=0.01)


def test_a_slant_is_determined_where_the_peak_is_shown_and_nothing_lies_on_a_bound():
    """Three good units, then one each: peak past sf, below tf, sf width, tf width, Q at a bound."""
    units = _units(8, slant=-0.5, seed=9)
    units[:, 2:6] = 0.3, 0.7, 1.0, 1.0
    units[3, 2] = np.log2(SF[-1]) + 0.4
    units[4, 3] = np.log2(TF[0]) - 0.4
    units[5, 4] = 0.1
    units[6, 5] = 30.0
    units[7, 6] = 4.0
    expected = [True] * 3 + [False] * 5
    found = classify_speed_maps(_maps(units), SF, TF)
    assert (found.kind != "untuned").all()
    assert found.determined.tolist() == expected
    assert found.fit.determined(SF, TF).tolist() == expected
    assert found.to_dataframe()["determined"].tolist() == expected
    assert found.n_determined == 3
    assert found.median_q() == pytest.approx(-0.5, abs=1e-3)
    assert "n = 3" in repr(found)


def test_units_that_the_fit_does_not_describe_are_not_determined():
    maps = np.random.default_rng(8).normal(size=(20, 6, 6))
    found = classify_speed_maps(maps, SF, TF)
    assert (found.kind == "untuned").any()
    assert not found.determined[found.kind == "untuned"].any()
    assert found.n_determined <= found.n_tuned


def test_noise_and_constant_maps_are_untuned():
    maps = np.random.default_rng(8).normal(size=(20, 6, 6))
    maps[3] = 1.5
    with pytest.warns(RuntimeWarning, match="1 of 20 units have a constant curve") as caught:
        found = classify_speed_maps(maps, SF, TF)
    assert len(caught) == 1
    assert found.kind[3] == "untuned"
    assert np.isnan(found.r_speed[3])
    assert (found.kind == "untuned").sum() >= 10
    with pytest.warns(RuntimeWarning, match="constant"):
        none = classify_speed_maps(np.ones((2, 6, 6)), SF, TF)
    assert np.isnan([none.median_q(), *none.fractions().values()]).all()


@pytest.mark.parametrize(
    ("maps", "sf", "tf", "problem"),
    [
        (np.ones((1, 6, 5)), SF, TF, "maps=.* does not go with sf and tf"),
        (np.full((1, 6, 6), np.nan), SF, TF, "maps=.* is not finite"),
        (np.ones((1, 6, 6)), SF[::-1], TF, "sf=.* is no axis of a map"),
        (np.ones((1, 6, 6)), SF, np.arange(6.0), "tf=.* is no axis of a map"),
        (np.ones((1, 6, 2)), SF, TF[:2], "tf=.* is no axis of a map"),
    ],
)
def test_maps_and_axes_are_checked(maps, sf, tf, problem):
    with pytest.raises(ValueError, match=problem):
        fit_speed_tuning(maps, sf, tf)


def test_a_model_of_known_kind_is_told_layer_by_layer():
    model = TwoKinds()
    grid = {"sf": (0.5, 0.8, 1.1, 1.6, 2.4), "tf": (0.8, 1.4, 2.3, 3.6, 6.0), "direction": 0}
    found = physiology.speed_tuning_by_layer(model, **grid)
    assert list(found) == ["filters", "speeds"]
    assert found["filters"].fractions()["independent"] == 1
    assert found["speeds"].fractions()["speed"] == 1
    alone = physiology.speed_tuning(model, "speeds", **grid)
    assert isinstance(alone, physiology.SpeedTuning)
    np.testing.assert_allclose(alone.fit.q, found["speeds"].fit.q, atol=1e-6)
    with pytest.raises(ValueError, match=r"speed_tuning: tf=.* is no axis of a map"):
        physiology.speed_tuning(model, tf=(0, 1, 2))


@pytest.fixture(scope="module")
def v1():
    model = neurosim.load("motion_energy", preset="small", weights=None)
    axes = {"sf": SF, "tf": TF, "direction": (0.0, 90.0, 180.0, 270.0)}
    return physiology.speed_tuning(model, "V1", **axes)


def test_filters_of_v1_are_nearer_to_separable_than_to_speed_tuned(v1):
    assert v1.n_tuned >= 30
    assert v1.median_q() <= -0.5


def test_speed_tuning_tabulates_and_draws(v1):
    table = v1.to_dataframe()
    assert len(table) == 64
    assert {"q", "r_squared", "z_speed", "z_independent", "kind", "direction"} <= set(table)
    assert "64 units" in repr(v1)
    ax = v1.plot()
    assert ax.get_xlabel() == "spatial frequency (cyc/deg)"
    assert "Q = " in ax.get_title()
    ax.figure.clear()
    assert v1.plot_classes().get_ylabel() == "Z speed"


def test_a_mask_at_right_angles_suppresses_v1():
    """Cross-orientation suppression: no unit's own filter sees the mask, normalisation does."""
    model = neurosim.load("motion_energy", preset="small", weights=None)
    found = physiology.cross_orientation(model, sf=(0.8, 1.6), tf=5, mask_contrast=(0, 0.25, 0.5))
    assert isinstance(found, physiology.CrossOrientation)
    driven = found.alone > 0.1 * found.alone.max()
    suppression = found.suppression()[driven]
    assert driven.sum() >= 30
    np.testing.assert_allclose(suppression[:, 0], 0, atol=1e-3)
    assert np.median(suppression[:, 2]) > 0.2
    assert (suppression[:, 2] > suppression[:, 1]).mean() > 0.9
    assert len(found.to_dataframe()) == 64 * 3


def test_masks_are_checked():
    model = TwoKinds()
    for contrast, mask in ((0.5, 0.6), (0.0, 0.5), (0.5, -0.1)):
        with pytest.raises(ValueError, match="does not go with contrast"):
            physiology.cross_orientation(model, contrast=contrast, mask_contrast=mask)
