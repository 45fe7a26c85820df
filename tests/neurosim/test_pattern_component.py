"""Items 8 and 15: pattern and component units, told apart by constructed curves and by a model."""

import numpy as np
import pytest

import neurosim
from neurosim import physiology
from neurosim.physiology import classify_plaid_responses, partial_correlations
from tests.neurosim.known_cells import TwoStages


def _gratings(n_directions, n_units=200, seed=0):
    """(n_units, n_directions) von Mises curves, some with a smaller second lobe."""
    rng = np.random.default_rng(seed)
    away = np.radians(
        np.arange(n_directions) * 360 / n_directions - rng.uniform(0, 360, (n_units, 1))
    )
    width, null = rng.uniform(2, 8, (n_units, 1)), rng.uniform(0, 0.5, (n_units, 1))
    lobes = np.exp(width * (np.cos(away) - 1)) + null * np.exp(width * (-np.cos(away) - 1))
    return rng.uniform(5, 10, (n_units, 1)) * lobes


def _component_answers(grating):
    """The sum of the answers to gratings at d - 60 and d + 60, place by place."""
    n = grating.shape[1]
    answers = np.empty_like(grating)
    for k in range(n):
        answers[:, k] = grating[:, (k - n // 6) % n] + grating[:, (k + n // 6) % n]
    return answers


@pytest.mark.parametrize("n_directions", [12, 24])
def test_acceptance_8_ideal_units_are_all_classified(n_directions):
    """Acceptance 8: constructed component and pattern units are classified correctly, 100 %."""
    grating = _gratings(n_directions)
    noise = np.random.default_rng(1).normal(0, 0.01, grating.shape)
    pattern = classify_plaid_responses(grating + 3, 0.8 * grating + noise + 3, baseline=3)
    assert (pattern.kind == "pattern").all()
    component = classify_plaid_responses(grating, 0.5 * _component_answers(grating) + noise)
    assert (component.kind == "component").all()
    assert component.fractions() == {"pattern": 0.0, "component": 1.0, "unclassified": 0.0}


def test_acceptance_8_a_unit_half_way_is_unclassified():
    grating = _gratings(12)
    component = _component_answers(grating)
    half = grating / grating.std(axis=1, keepdims=True) + component / component.std(
        axis=1, keepdims=True
    )
    assert (classify_plaid_responses(grating, half).kind == "unclassified").all()


def test_acceptance_8_identity_and_anti_cases_do_not_overflow():
    """Acceptance 8: |R| stays below 1 where a prediction is met, or reversed, exactly."""
    grating = _gratings(12, n_units=20)
    component = _component_answers(grating)
    for sign in (1, -1):
        for exact, z in ((grating, "z_p"), (component, "z_c")):
            found = classify_plaid_responses(grating, sign * exact)
            largest = 3 * np.arctanh(1 - 1e-6)
            np.testing.assert_allclose(getattr(found, z), sign * largest, rtol=1e-9)
            for other in (found.z_p, found.z_c, found.r_p, found.r_c):
                assert np.isfinite(other).all()
    # One cosine is its own component prediction: nothing tells the two apart.
    cosine = 2 + np.cos(np.radians(np.arange(12) * 30.0))[None]
    same = classify_plaid_responses(cosine, cosine)
    assert (same.r_p[0], same.r_c[0], same.kind[0]) == (0.0, 0.0, "unclassified")


def test_acceptance_8_equals_correlation_of_regression_residuals():
    """Acceptance 8: an independent computation by regression agrees to 1e-8."""
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 50, 24))
    response = first + second + rng.normal(size=(50, 24))
    found = partial_correlations(response, first, second, n_samples=12)
    assert isinstance(found, physiology.PartialCorrelation)

    def left(y, x):
        design = np.column_stack([np.ones_like(x), x])
        return y - design @ np.linalg.lstsq(design, y, rcond=None)[0]

    for unit in range(50):
        y, a, b = response[unit], first[unit], second[unit]
        r_first = np.corrcoef(left(y, b), left(a, b))[0, 1]
        r_second = np.corrcoef(left(y, a), left(b, a))[0, 1]
        assert abs(found.r_first[unit] - r_first) < 1e-8
        assert abs(found.r_second[unit] - r_second) < 1e-8
        # Fisher's Z over its standard deviation for 12 samples, 1/3.
        z = 0.5 * np.log((1 + r_first) / (1 - r_first)) / np.sqrt(1 / 9)
        assert found.z_first[unit] == pytest.approx(z, abs=1e-7)


def test_z_does_not_grow_with_finer_sampling():
    angle = np.arange(24) * 15.0
    grating = np.exp(3 * np.cos(np.radians(angle)))[None]
    plaid = grating + 0.7 * _component_answers(grating)
    fine, coarse = (
        classify_plaid_responses(g[:, ::k], p[:, ::k])
        for g, p, k in ((grating, plaid, 1), (grating, plaid, 2))
    )
    np.testing.assert_allclose(fine.z_p, coarse.z_p, rtol=0.05)
    np.testing.assert_allclose(fine.z_c, coarse.z_c, rtol=0.05)


def test_acceptance_15_a_constant_curve_is_nan_with_one_warning():
    """Acceptance 15: a constant tuning curve gives NaN and one warning, whatever the number."""
    grating = _gratings(12, n_units=5)
    plaid = grating.copy()
    grating[1], plaid[3] = 2.0, 0.1
    with pytest.warns(RuntimeWarning, match="2 of 5 units have a constant curve") as caught:
        found = classify_plaid_responses(grating, plaid)
    assert len(caught) == 1
    for values in (found.r_p, found.r_c, found.z_p, found.z_c):
        np.testing.assert_array_equal(np.isnan(values), [False, True, False, True, False])
    assert found.kind.tolist() == ["pattern", "untuned", "pattern", "untuned", "pattern"]
    assert found.n_tuned == 3


def test_flat_and_feeble_units_are_untuned():
    grating = _gratings(24, n_units=3)
    grating[1] = 5 + 0.1 * grating[1] / grating[1].max()
    grating[2] *= 0.05 / grating[2].max() * grating[0].max()
    found = classify_plaid_responses(grating, grating)
    assert found.kind.tolist() == ["pattern", "untuned", "untuned"]
    alone = classify_plaid_responses(grating[1:2], grating[1:2])
    assert np.isnan(list(alone.fractions().values())).all()


@pytest.mark.parametrize("n_directions", [0, 3, 8, 10, 25])
def test_acceptance_15_directions_have_to_give_shifts_of_60_deg(n_directions):
    """Acceptance 15: a number of directions that does not give +-60 deg shifts is refused."""
    problem = f"n_directions={n_directions} gives no shifts of 60 deg; expected a multiple of 6"
    with pytest.raises(ValueError, match=problem):
        physiology.pattern_component(TwoStages(), n_directions=n_directions)
    with pytest.raises(ValueError, match=problem):
        classify_plaid_responses(np.ones((2, n_directions)), np.ones((2, n_directions)))


def test_curves_are_checked():
    curves = _gratings(12, n_units=2)
    for plaid in (curves[:1], curves[:, :6], curves[0]):
        with pytest.raises(ValueError, match="does not go with grating of shape"):
            classify_plaid_responses(curves, plaid)
    with pytest.raises(ValueError, match="differ in shape"):
        partial_correlations(curves, curves, curves[:1], n_samples=12)
    curves[0, 0] = np.nan
    with pytest.raises(ValueError, match="is not finite"):
        classify_plaid_responses(curves, curves)
    with pytest.raises(ValueError, match="n_samples=3 leaves no degree of freedom"):
        partial_correlations(np.eye(4), np.eye(4), np.eye(4), n_samples=3)


@pytest.fixture(scope="module")
def two_stages():
    model = TwoStages()
    found = physiology.pattern_component_by_layer(
        model, n_directions=12, sf=(1.0, 2.0), tf=25 / 11 * 2
    )
    return model, found


def test_a_model_of_known_kind_is_told_layer_by_layer(two_stages):
    _, found = two_stages
    assert list(found) == ["parts", "whole"]
    assert found["parts"].fractions()["component"] == 1
    assert found["whole"].fractions()["pattern"] == 1


def test_all_layers_share_one_recording(two_stages):
    model, found = two_stages
    n_points = len(np.unique(np.concatenate([f.sf for f in found.values()])))
    # 2 x 12 gratings, one grey movie, and 12 plaids at each sf that some unit likes best.
    assert model.shown == 24 + 1 + 12 * n_points
    alone = physiology.pattern_component(
        model, "whole", n_directions=12, sf=(1.0, 2.0), tf=25 / 11 * 2
    )
    np.testing.assert_allclose(alone.plaid, found["whole"].plaid)


def test_pattern_component_tabulates_and_draws(two_stages):
    _, found = two_stages
    table = found["whole"].to_dataframe()
    assert len(table) == 8
    assert {"kind", "r_p", "r_c", "z_p", "z_c", "sf", "tf", "preferred"} <= set(table)
    error = (table["preferred"] - TwoStages.preferred + 180) % 360 - 180
    assert (np.abs(error) <= 15).all()
    assert "8 pattern" in repr(found["whole"])
    assert isinstance(found["whole"], physiology.PatternComponent)
    ax = found["whole"].plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Z component", "Z pattern")


def test_record_layers_is_record_for_each_layer():
    from stimuli import Screen, grating

    model = TwoStages()
    movies = [
        grating(sf=1, tf=4, direction=d, duration=0.44, screen=Screen(4, 16, 25)) for d in (0, 90)
    ]
    together = physiology.record_layers(model, movies)
    for layer in model.layers:
        rates, units = physiology.record(model, movies, layer)
        np.testing.assert_array_equal(together[layer][0], rates)
        assert set(units) == {"channel", "direction"}
    with pytest.raises(neurosim.UnknownNameError, match="layers='part'"):
        physiology.record_layers(model, movies, "part")


def test_units_of_v1_are_mainly_component_units():
    model = neurosim.load("motion_energy", preset="small", weights=None)
    found = physiology.pattern_component(model, n_directions=12, sf=(0.8, 1.6), tf=(2.5, 5.0))
    fractions = found.fractions()
    assert found.n_tuned >= 20
    assert fractions["component"] > fractions["pattern"]
