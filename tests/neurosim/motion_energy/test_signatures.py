"""Acceptance 10 and 11: what the shipped weights see, held against people and against V1 alone.

Every bound is the proposed one. The movies are none that the weights were trained on: arrays of
Gabors, barber poles, steps of noise, the missing fundamental and dots in noise are not in the diet.
"""

import numpy as np
import pytest

import neurosim
from neurosim.models.motion_energy.diet import held_out
from neurosim.models.motion_energy.train import sequence_error, validation_table


@pytest.fixture(scope="module")
def model():
    return neurosim.load("motion_energy")


@pytest.fixture(scope="module")
def errors(model):
    """Held-out end-point errors, one row a family."""
    return validation_table(model.network, n=64)


@pytest.fixture(scope="module")
def outcome(model):
    """Run an experiment once; its checks by the beginning of their claim."""
    done = {}

    def run(name):
        if name not in done:
            done[name] = neurosim.run(name, model)
        return done[name]

    return run


def value(result, begins):
    (found,) = [check for check in result.checks if check.claim.startswith(begins)]
    return found.value


@pytest.mark.slow
def test_item_10_gratings(errors):
    """Acceptance 10 (P): held-out gratings, 0 to 4 px/frame, at most 0.35 px."""
    assert errors.loc["grating", "MT3"] <= 0.35


@pytest.mark.slow
def test_item_10_second_stage_solves_more_of_the_aperture_problem(errors):
    """Acceptance 10 (P): on flat shapes MT errs at most 0.8 times as much as V1 decoded."""
    assert errors.loc["flat_shapes", "MT3"] <= 0.8 * errors.loc["flat_shapes", "V1"]


@pytest.mark.slow
def test_every_family_is_seen_to_move(errors):
    """Trained at all: MT errs less than no motion does, and less than V1, in moving families."""
    moving = errors.drop(index="flat_shapes")
    assert (moving["MT3"] < moving["still"]).all()
    assert (errors["MT3"] < errors["V1"]).all()


def test_shipped_weights_have_the_errors_that_their_file_states(model):
    from neurosim.weights import load_weights, shipped_weights

    _, made_by = load_weights(shipped_weights("motion_energy")["small"])
    assert made_by["command"] == "neurosim train motion_energy --preset small --steps 5000 --seed 0"
    found = sequence_error(model.network, held_out("grating", 32)).numpy()
    np.testing.assert_allclose(found, list(made_by["held_out"]["grating"].values()), atol=2e-3)


@pytest.mark.slow
def test_item_11_type_one_plaids(outcome):
    """Acceptance 11 (P): direction error of type I plaids at most 15 deg."""
    assert value(outcome("plaid"), "type I:") <= 15


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begins", "limit"),
    [
        ("flow: steps of noise go along", 20),
        ("flow: steps of noise that flip", 45),
        ("flow: quarter-cycle", 20),
        ("flow: with the flip", 45),
    ],
)
def test_item_11_reverse_phi(outcome, begins, limit):
    """Acceptance 11: reversed within 45 deg, phi within 20."""
    assert value(outcome("reverse_phi"), begins) <= limit


@pytest.mark.slow
def test_item_11_missing_fundamental(outcome):
    """Acceptance 11: the missing fundamental reverses."""
    assert value(outcome("missing_fundamental"), "flow: without its fundamental") <= 45


@pytest.mark.slow
@pytest.mark.xfail(
    strict=True,
    reason="the small network sees 1D arrays move at 0.66 V, between the average (0.5) and IOC (1)",
)
def test_item_11_gabors_are_pooled_by_intersection_of_constraints(outcome):
    """Acceptance 11 (P, large model): 1D arrays are seen closer to IOC than to the average."""
    assert value(outcome("global_gabor"), "1D: speed") > 0.75


@pytest.mark.slow
def test_item_11_plaids_are_averaged(outcome):
    """Acceptance 11 (P, large model): 2D arrays are seen closer to the average than to IOC."""
    assert 0.25 < value(outcome("global_gabor"), "2D: the same") < 0.75


@pytest.mark.slow
@pytest.mark.xfail(
    strict=True,
    reason="it pools 1D and 2D arrays by one rule: 0.66 V and 0.63 V, a ratio of 1.05",
)
def test_item_11_pooling_adapts(outcome):
    """The signature itself: the same vectors are seen faster in 1D elements than in 2D ones."""
    assert value(outcome("global_gabor"), "1D over 2D") >= 1.5


@pytest.mark.slow
def test_item_11_barber_pole(outcome):
    """Acceptance 11: the direction turns toward the long axis at every step of the aspect."""
    assert value(outcome("barber_pole"), "Spearman") >= 0.999


@pytest.mark.slow
def test_item_11_random_dots(outcome):
    """Acceptance 11: accuracy grows with coherence, chance at 0."""
    result = outcome("rdk")
    assert value(result, "Spearman") > 0.9
    assert value(result, "at coherence 0") >= 0.05


@pytest.mark.slow
def test_item_11_second_order_motion_is_near_chance(outcome):
    """Acceptance 11: |cos| < 0.3 averaged, since the model has the first-order pathway alone."""
    assert value(outcome("second_order"), "a wave of contrast: size") < 0.3


@pytest.mark.slow
def test_item_11_pattern_units_grow_from_v1_to_the_last_iteration(model):
    """Acceptance 11 (P): more pattern units after the last iteration than in V1."""
    found = neurosim.physiology.pattern_component_by_layer(model)
    fractions = {layer: units.fractions() for layer, units in found.items()}
    assert fractions["V1"]["component"] > fractions["V1"]["pattern"]
    assert fractions["MT3"]["pattern"] > fractions["V1"]["pattern"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pattern_component", "speed_tuning"])
def test_kinds_of_units_go_from_v1_to_mt_as_in_macaque(outcome, name):
    """Not one of the Acceptance, and no measure of learning: what the shipped weights do."""
    result = outcome(name)
    assert len(result.checks) >= 2
    assert result.holds, result


@pytest.mark.slow
def test_mt_predicts_simulated_mt_better_than_v1(model):
    """The model's MT is more like MT: higher predictivity of direction x speed tuned units."""
    table = neurosim.score(model, "simulated_mt", metric="pls").table
    ceiled = table.set_index("layer")["ceiled"]
    assert ceiled[["MT1", "MT2", "MT3"]].max() > ceiled["V1"]
