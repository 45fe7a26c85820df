"""Agreement of motion vectors: equations by hand, human anchors, and what is refused."""

import numpy as np
import pytest

import fitting
import neurosim


@pytest.fixture
def sintel(data_root):
    return neurosim.datasets.load("sintel_perceived")


def r_by_hand(a, b):
    return np.corrcoef(np.ravel(a), np.ravel(b))[0, 1]


def residual(y, x):
    """What a straight line through x leaves of y."""
    design = np.stack([np.ones(x.size), x.ravel()], axis=1)
    return y.ravel() - design @ np.linalg.lstsq(design, y.ravel(), rcond=None)[0]


def test_slow_sintel_anchors(sintel):
    """Acceptance 9: EPE 0.9280, r 0.9239, speed 0.9000, direction 0.9655 to 1e-3."""
    found = fitting.flow_correlation(sintel.human, sintel.truth)
    assert fitting.endpoint_error(sintel.human, sintel.truth).mean() == pytest.approx(
        0.9280, abs=1e-3
    )
    assert found.uv == pytest.approx(0.9239, abs=1e-3)
    assert found.speed == pytest.approx(0.9000, abs=1e-3)
    assert found.direction == pytest.approx(0.9655, abs=1e-3)
    assert (found.n, found.n_still) == (180, 0)
    by_clip = fitting.endpoint_error(sintel.human, sintel.truth).reshape(5, 36).mean(axis=1)
    np.testing.assert_allclose(by_clip, [1.204, 1.181, 0.429, 0.685, 1.142], atol=1e-3)


def test_a_wrong_sign_of_v_changes_slow_sintel(sintel):
    """Acceptance 9, guard: flipping v gives EPE 3.681 and r -0.281."""
    flipped = sintel.human * [1, -1]
    assert fitting.endpoint_error(flipped, sintel.truth).mean() == pytest.approx(3.681, abs=1e-3)
    assert fitting.flow_correlation(flipped, sintel.truth).uv == pytest.approx(-0.281, abs=1e-3)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.129), (1.0, 0.259), (-0.5, -0.065)])
def test_models_that_share_human_errors(share, expected, sintel):
    """Acceptance 9: m = g + a (h - g) has partial r of sign(a) and the stated index."""
    human, truth = sintel.human, sintel.truth
    model = truth + share * (human - truth)
    index = fitting.rci(model, human, truth)
    assert index.value == pytest.approx(expected, abs=1e-3)
    assert index.n_skipped == 0
    partial = fitting.flow_partial_correlation(model, human, truth)
    assert partial.uv == pytest.approx(np.sign(share), abs=1e-9)


def test_errors_of_its_own_do_not_count(sintel):
    """Acceptance 9: m = g + noise has partial r 0 +- 0.15 and index 0.00 +- 0.02, on average.

    A single draw of the index scatters by 0.008 around 0.016, so the mean over draws is held.
    """
    human, truth = sintel.human, sintel.truth
    spread = (human - truth).std()
    rng = np.random.default_rng(0)
    models = [truth + rng.normal(0, spread, truth.shape) for _ in range(100)]
    partial = [fitting.flow_partial_correlation(m, human, truth).uv for m in models]
    index = [fitting.rci(m, human, truth).value for m in models]
    assert abs(np.mean(index)) <= 0.02
    assert abs(np.mean(partial)) <= 0.02
    assert np.mean(np.abs(partial) < 0.15) >= 0.99


def test_reliability_of_huperflow(data_root):
    """Acceptance 9: split-half partial r given the truth is 0.95 to 0.98 in each source."""
    data = neurosim.datasets.load("huperflow")
    for source in dict.fromkeys(data.points["source"]):
        part = data.select(source=source)
        found = fitting.flow_reliability(part.trials, part.truth)
        assert 0.95 <= round(found.uv, 2) <= 0.98, source
        halves = [np.nanmean(part.trials[k::2], axis=0) for k in (0, 1)]
        r = r_by_hand(*(residual(half, part.truth) for half in halves))
        assert found.uv == pytest.approx(2 * r / (1 + r), abs=1e-8)


def made_up(n=60):
    rng = np.random.default_rng(5)
    truth = rng.normal(size=(n, 2))
    human = 0.7 * truth + 0.5 * rng.normal(size=(n, 2))
    return truth + 0.4 * (human - truth) + 0.3 * rng.normal(size=(n, 2)), human, truth


def test_partial_correlation_is_that_of_residuals():
    model, human, truth = made_up()
    found = fitting.flow_partial_correlation(model, human, truth)
    by_hand = r_by_hand(residual(model, truth), residual(human, truth))
    assert found.uv == pytest.approx(by_hand, abs=1e-8)
    speeds = [np.linalg.norm(flow, axis=1) for flow in (model, human, truth)]
    by_hand = r_by_hand(residual(speeds[0], speeds[2]), residual(speeds[1], speeds[2]))
    assert found.speed == pytest.approx(by_hand, abs=1e-8)
    # np.unwrap along (truth, other) is another way to the same branch.
    angle = np.arctan2(truth[:, 1], truth[:, 0]) % (2 * np.pi)
    near = [
        np.unwrap(np.stack([angle, np.arctan2(flow[:, 1], flow[:, 0])]), axis=0)[1]
        for flow in (model, human)
    ]
    by_hand = r_by_hand(residual(near[0], angle), residual(near[1], angle))
    assert found.direction == pytest.approx(by_hand, abs=1e-8)


def test_direction_is_cut_at_the_angle_of_the_reference():
    """Angles of 350 and 10 deg are near each other; the reference fixes the branch."""
    degrees = np.radians([5.0, 100.0, 200.0, 350.0])
    reference = np.stack([np.cos(degrees), np.sin(degrees)], axis=1)
    turned = degrees + np.radians([-15.0, 10.0, -10.0, 15.0])
    flow = np.stack([np.cos(turned), np.sin(turned)], axis=1) * [[1], [2], [3], [4]]
    reference *= [[2], [1], [3], [5]]
    found = fitting.flow_correlation(flow, reference)
    assert isinstance(found, fitting.FlowCorrelation)
    assert found.direction == pytest.approx(r_by_hand(turned, degrees), abs=1e-12)
    again = fitting.flow_correlation(reference, flow, truth=reference)
    assert again.direction == pytest.approx(found.direction, abs=1e-12)
    assert abs(fitting.flow_correlation(reference, flow).direction - found.direction) > 1e-3


def test_index_of_one_point_by_hand():
    """h - g = (-1, 0), m - g = (0, -1) + (-1, 0): 1 / 3 * cos 45 deg * sqrt 2 / (sqrt 2 + 1)."""
    found = fitting.rci([[1.0, -1.0]], [[1.0, 0.0]], [[2.0, 0.0]])
    assert isinstance(found, fitting.FlowRCI)
    assert found.value == pytest.approx(1 / 3 / np.sqrt(2) * np.sqrt(2) / (np.sqrt(2) + 1))


def test_zero_norms_are_skipped_and_counted():
    truth = np.array([[1.0, 0.0], [0.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    human = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    found = fitting.rci(human, human, truth)
    assert np.isnan(found.per_point).tolist() == [True, True, False, False]
    assert found.n_skipped == 2
    assert found.value == pytest.approx(found.per_point[2:].mean())
    nothing = fitting.rci(truth, human, truth)
    assert np.isnan(nothing.value)
    assert nothing.n_skipped == 4
    assert fitting.flow_correlation(human, truth).n_still == 1


def test_undefined_correlations_are_nan_and_said():
    _, human, truth = made_up()
    with pytest.warns(UserWarning, match=r"uv, speed, direction holds nothing beyond the truth"):
        found = fitting.flow_partial_correlation(truth, human, truth)
    assert np.isnan([found.uv, found.speed, found.direction]).all()
    steady = truth / np.linalg.norm(truth, axis=1, keepdims=True)
    flat = np.tile([3.0, 0.0], (60, 1))
    with pytest.warns(UserWarning, match=r"flow_correlation: speed does not vary"):
        assert np.isnan(fitting.flow_correlation(flat, steady).speed)


FUNCTIONS = {
    "endpoint_error": (fitting.endpoint_error, ("flow", "reference")),
    "flow_correlation": (fitting.flow_correlation, ("flow", "reference")),
    "flow_partial_correlation": (fitting.flow_partial_correlation, ("model", "human", "truth")),
    "rci": (fitting.rci, ("model", "human", "truth")),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mismatched_shapes_are_refused(name):
    """Acceptance 15: mismatched flow shapes give a clear error."""
    function, parameters = FUNCTIONS[name]
    first, last = parameters[0], parameters[-1]
    flows = dict.fromkeys(parameters, np.ones((5, 2)))
    with pytest.raises(ValueError, match=rf"{name}: {last}=array\(4, 2\) does not match {first}"):
        function(**flows | {last: np.ones((4, 2))})
    with pytest.raises(ValueError, match=rf"{name}: {first}=array\(5, 3\) has 3 column"):
        function(**dict.fromkeys(parameters, np.ones((5, 3))))
    with pytest.raises(ValueError, match=rf"{name}: {first}=array\(2, 3, 2\) has 3 dimension"):
        function(**flows | {first: np.ones((2, 3, 2))})
    with pytest.raises(ValueError, match=rf"{name}: {last}=.* NaN"):
        function(**flows | {last: np.full((5, 2), np.nan)})


def test_trials_that_do_not_fit_are_refused():
    truth = np.random.default_rng(0).normal(size=(6, 2))
    with pytest.raises(ValueError, match=r"flow_reliability: trials=array\(6, 2\)"):
        fitting.flow_reliability(truth, truth)
    trials = truth + np.random.default_rng(1).normal(size=(4, 6, 2))
    with pytest.raises(ValueError, match=r"truth=array\(5, 2\) does not match"):
        fitting.flow_reliability(trials, truth[:5])
    trials[::2, 3] = np.nan
    with pytest.raises(ValueError, match=r"has 1 point\(s\) without a trial in one half"):
        fitting.flow_reliability(trials, truth)
