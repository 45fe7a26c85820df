"""Detection, psychometric functions, and search slopes."""

import csv

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import kstest, norm

import fitting
from fitting.errors import UnknownNameError
from fitting.psychophysics.maximum_likelihood import log_likelihood, probability
from fitting.psychophysics.psychometric import _box

SEARCHES = {
    "exp1_curvature": ("curve_in_lines", "line_in_curves"),
    "exp2_lighting": ("top_down", "left_right"),
    "exp3_intersection": ("non_cross", "cross"),
    "exp4_TL": ("Ts", "Ls"),
    "exp5_orient_homo": ("homo_t20", "homo_t0"),
    "exp6_orient_hetero": ("hetero_t0", "hetero_t20"),
}


def test_d_prime_and_criterion_by_hand():
    d = fitting.d_prime([69, 80], 100, [31, 10], 100, correction="none")
    c = fitting.criterion([69, 80], 100, [31, 10], 100, correction="none")
    np.testing.assert_allclose(d, norm.ppf([0.69, 0.8]) - norm.ppf([0.31, 0.1]))
    np.testing.assert_allclose(c, -(norm.ppf([0.69, 0.8]) + norm.ppf([0.31, 0.1])) / 2)
    perfect = norm.ppf(20.5 / 21) - norm.ppf(0.5 / 21)
    assert fitting.d_prime(20, 20, 0, 20) == pytest.approx(perfect)
    perfect = norm.ppf(19.5 / 20) - norm.ppf(0.5 / 20)
    assert fitting.d_prime(20, 20, 0, 20, correction="extreme") == pytest.approx(perfect)


def test_d_prime_is_recovered_from_a_simulated_observer():
    rng = np.random.default_rng(0)
    hits = (1.5 + rng.standard_normal((2000, 400)) > 1.0).sum(axis=1)
    false = (rng.standard_normal((2000, 400)) > 1.0).sum(axis=1)
    assert abs(fitting.d_prime(hits, 400, false, 400).mean() - 1.5) < 0.02
    assert abs(fitting.criterion(hits, 400, false, 400).mean() - 0.25) < 0.02


def draw(shape, guess, lapse=0.03, n=80, seed=0, steepness=0.9):
    """Counts of an observer with threshold 4.5 at seven levels; and the true parameters."""
    rng = np.random.default_rng(seed)
    x = np.linspace(1, 8, 7)
    weibull = shape == "weibull"
    theta = np.array([[np.log(4.5) if weibull else 4.5, np.log(steepness), guess, lapse]])
    if weibull:
        theta[0, 1] += np.log(4.5)
    p = probability(np.log(x) if weibull else x, theta, shape)[0]
    return x, rng.binomial(n, p), np.full(7, n), theta[0]


@pytest.mark.filterwarnings("ignore:fit_psychometric. levels=those given do not determine")
@pytest.mark.parametrize("shape", ["logistic", "gaussian", "weibull"])
@pytest.mark.parametrize("guess", [0.5, None])
def test_fit_reaches_the_likelihood_of_a_general_optimiser(shape, guess):
    """Parity with L-BFGS-B from 8 starts, on three data sets each."""
    for seed in range(3):
        x, k, n, _ = draw(shape, 0.5 if guess else 0.1, n=[40, 60, 200][seed], seed=seed)
        z = np.log(x) if shape == "weibull" else x
        fit = fitting.fit_psychometric(x, k, n, guess=guess, shape=shape, n_bootstrap=0)
        box = _box(z, guess, None, 0.1)
        rng = np.random.default_rng(seed)

        def loss(theta, z=z, k=k, n=n):
            return -log_likelihood(k, n, probability(z, theta[None], shape))[0]

        starts = box[0] + rng.random((8, 4)) * (box[1] - box[0])
        found = [minimize(loss, s, bounds=box.T, method="L-BFGS-B").fun for s in starts]
        assert loss(fit.estimates) <= min(found) + 1e-8


def test_parity_with_psignifit():
    """The most probable parameters of psignifit under nearly flat priors are close to ours."""
    psignifit = pytest.importorskip("psignifit")
    x, k, n, _ = draw("logistic", 0.5, lapse=0.0, n=400)
    theirs = psignifit.psignifit(
        np.stack([x, k, n], axis=1),
        sigmoid="logistic",
        experiment_type="2AFC",
        fixed_parameters={"lambda": 0.0, "eta": 0.0},
    )
    fit = fitting.fit_psychometric(x, k, n, guess=0.5, lapse=0.0, n_bootstrap=0)
    assert fit.threshold == pytest.approx(theirs.parameter_estimate_MAP["threshold"], rel=1e-3)
    # psignifit's width runs from F = 0.05 to F = 0.95
    width = theirs.parameter_estimate_MAP["width"]
    assert 2 * np.log(19) / (4 * fit.slope) == pytest.approx(width, rel=1e-3)


@pytest.mark.parametrize("shape", ["logistic", "gaussian", "weibull"])
@pytest.mark.parametrize("n_data", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_intervals_cover_the_true_parameters(shape, n_data):
    """95 % intervals of threshold and slope hold the truth in 85 % of data sets or more."""
    covered = []
    for seed in range(n_data):
        x, k, n, theta = draw(shape, 0.5, lapse=0.02, n=100, seed=seed)
        fit = fitting.fit_psychometric(
            x, k, n, guess=0.5, lapse=0.02, shape=shape, n_bootstrap=100, seed=seed
        )
        truth = fitting.PsychometricFit(shape, x, k, n, theta, 0.0)
        row = []
        for name in ("threshold", "slope"):
            low, high = fit.confidence_interval(name)
            row.append(low <= getattr(truth, name) <= high)
        covered.append(row)
    assert (np.mean(covered, axis=0) >= 0.85).all()


@pytest.mark.parametrize("shape", ["logistic", "gaussian", "weibull"])
def test_slope_and_threshold_are_those_of_the_curve(shape):
    x, k, n, _ = draw(shape, 0.5)
    fit = fitting.fit_psychometric(x, k, n, guess=0.5, shape=shape, n_bootstrap=0)
    middle = (0.5 + 1 - fit.lapse) / 2
    assert fit.predict(fit.threshold) == pytest.approx(middle)
    around = fit.predict([fit.threshold - 1e-5, fit.threshold + 1e-5])
    assert np.diff(around)[0] / 2e-5 / (0.5 - fit.lapse) == pytest.approx(fit.slope, rel=1e-5)


def test_deviance_tells_a_poor_fit():
    x, _, n, _ = draw("logistic", 0.5, n=200)
    p = [
        fitting.fit_psychometric(
            x, draw("logistic", 0.5, n=200, seed=s)[1], n, guess=0.5, n_bootstrap=99, seed=s
        ).p_deviance
        for s in range(50)
    ]
    assert kstest(p, "uniform").pvalue > 0.01
    bumpy = np.array([100, 150, 110, 180, 120, 190, 200])
    poor = fitting.fit_psychometric(x, bumpy, n, guess=0.5)
    assert poor.p_deviance < 0.01
    assert poor.deviance > 50


def test_fit_shows_itself_and_does_not_depend_on_order_or_global_state():
    x, k, n, _ = draw("weibull", 0.1)
    fit = fitting.fit_psychometric(x, k, n, guess=None, shape="weibull", n_bootstrap=100)
    back = fitting.fit_psychometric(
        x[::-1], k[::-1], n, guess=None, shape="weibull", n_bootstrap=100
    )
    assert repr(fit) == repr(back)
    assert repr(fit).startswith("PsychometricFit(weibull, 7 levels, 560 trials, threshold=")
    ax = fit.plot(unit="contrast (%)")
    assert ax.get_xlabel() == "contrast (%)"
    assert ax.get_title() == "560 trials, 7 levels"


def test_a_step_between_two_levels_leaves_the_slope_open():
    with pytest.warns(UserWarning, match="do not determine the slope"):
        fitting.fit_psychometric(
            [1, 2, 3, 4], [0, 0, 40, 40], [40] * 4, guess=0.0, lapse=0.0, n_bootstrap=0
        )


def human_rt(data_root):
    with (data_root / "visual_search" / "human_rt.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {
        c: [(float(r["set_size"]), float(r["rt_ms"])) for r in rows if r["condition"] == c]
        for pair in SEARCHES.values()
        for c in pair
    }


def reference(data_root):
    with (data_root / "visual_search" / "slopes_and_asymmetry.csv").open() as file:
        return {(r["model"], r["experiment"]): r for r in csv.DictReader(file)}


def test_search_acceptance_4_human_slopes_and_asymmetry(data_root):
    """Visual search, Acceptance 4: mean index 0.564 +- 0.002; each slope and index as tabulated."""
    times, expected = human_rt(data_root), reference(data_root)
    indices = []
    for experiment, pair in SEARCHES.items():
        slopes = [fitting.search_slope(*zip(*times[c], strict=True)).slope for c in pair]
        row = expected["human", experiment]
        assert slopes[0] == pytest.approx(float(row["slope_easy"]), abs=0.01)
        assert slopes[1] == pytest.approx(float(row["slope_hard"]), abs=0.01)
        indices.append(fitting.asymmetry_index(*slopes))
        assert indices[-1] == pytest.approx(float(row["asymmetry_index"]), abs=0.01)
    assert abs(np.mean(indices) - 0.564) <= 0.002


@pytest.mark.parametrize(
    ("model", "mean"), [("eccNET", 0.513), ("IVSN", 0.316), ("eccNET_Rot90", -0.405)]
)
def test_search_acceptance_4_models_from_their_fixations(data_root, model, mean):
    """Visual search, Acceptance 4: mean index +- 0.002, each index +- 0.01, from saccade counts.

    A target that was not found counts as the largest set size.
    """
    sizes = {c: [s for s, _ in rows] for c, rows in human_rt(data_root).items()}
    expected = reference(data_root)
    indices = []
    with np.load(data_root / "visual_search" / "model_fixations.npz") as file:
        for experiment, pair in SEARCHES.items():
            slopes = []
            for condition in pair:
                n = file[f"{model}__{condition}"].astype(float)
                n[n < 0] = max(sizes[condition])
                size = np.repeat(sizes[condition], n.shape[1])
                line = fitting.search_slope(size, fitting.rt_from_saccades(n.ravel()))
                slopes.append(line.slope)
            indices.append(fitting.asymmetry_index(*slopes))
            row = expected[model, experiment]
            assert indices[-1] == pytest.approx(float(row["asymmetry_index"]), abs=0.01)
    assert abs(np.mean(indices) - mean) <= 0.002


def test_slope_intervals_cover_and_carry_over_to_the_index():
    rng = np.random.default_rng(0)
    size, covered = np.repeat([4, 8, 16], 40), []
    for seed in range(100):
        rt = 400 + 20 * size + 80 * rng.standard_normal(120)
        line = fitting.search_slope(size, rt, seed=seed)
        low, high = line.confidence_interval()
        covered.append(low < 20 < high)
    assert np.mean(covered) > 0.87
    easy = fitting.search_slope(size, 400 + 5 * size + 80 * rng.standard_normal(120))
    assert isinstance(easy, fitting.SearchSlope)
    index = fitting.asymmetry_index(easy.slopes_bootstrap, line.slopes_bootstrap)
    assert index.shape == (1000,)
    assert np.quantile(index, 0.025) > 0
    assert repr(line).startswith("SearchSlope(")


def test_unequal_numbers_of_trials_do_not_weigh_set_sizes():
    line = fitting.search_slope([1, 1, 1, 2, 3], [90, 110, 100, 300, 500])
    assert line.slope == pytest.approx(200)
    np.testing.assert_allclose(line.mean_rt, [100, 300, 500])


def test_asymmetry_index_of_flat_and_falling_slopes():
    easy = [0.0, 3e-14, -5.0, 10.0, 10.0]
    hard = [0.0, -3e-14, -1.0, 10.0, -2.0]
    np.testing.assert_array_equal(fitting.asymmetry_index(easy, hard), [0, 0, 0, 0, -1])


FIT = {"levels": [1, 2, 3], "n_correct": [2, 5, 9], "n_trials": [10, 10, 10], "guess": 0.0}


def refit(**changes):
    return fitting.fit_psychometric(**{**FIT, "n_bootstrap": 0, **changes})


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.d_prime(0.7, 1, 0, 10), "d_prime: n_hits=0.7 is no count"),
        (lambda: fitting.d_prime(7, 5, 0, 10), "n_hits=7 exceeds the 5 trials of n_signal"),
        (lambda: fitting.d_prime(0, 0, 0, 10), "n_signal=0 is too small"),
        (lambda: fitting.criterion(1, 5, -1, 10), "criterion: n_false_alarms=-1.0 is no count"),
        (lambda: fitting.d_prime(5, 5, 0, 9, correction="none"), "makes a rate of 0 or 1"),
        (lambda: fitting.d_prime([1, 2], 5, [1, 2, 3], 9), "does not match n_hits of shape"),
        (lambda: fitting.d_prime([1, 2], [5, 5, 5], 1, 9), "does not match n_signal of shape"),
        (lambda: refit(n_correct=[2, 5]), r"n_correct=array\(2,\) does not list the levels"),
        (lambda: refit(n_correct=[2, 5, 11]), "n_correct=11 of 10 is no count of trials"),
        (lambda: refit(n_correct=[0.2, 0.5, 0.9]), "n_correct=0.2 of 10 is no count"),
        (lambda: refit(levels=[1, np.nan, 2]), "is not finite"),
        (lambda: refit(levels=[2, 2, 2]), r"holds 1 distinct level\(s\)"),
        (lambda: refit(levels=[0, 1, 2], shape="weibull"), "levels=0.0 is no level of a Weibull"),
        (lambda: refit(n_correct=[9, 5, 2]), "does not grow with the level"),
        (lambda: refit(guess=1.0), "guess=1.0 is no rate"),
        (lambda: refit(lapse=-0.1), "lapse=-0.1 is no rate"),
        (lambda: refit(max_lapse=0.7), "max_lapse=0.7 is no bound"),
        (lambda: refit(guess=0.95, lapse=0.1), "leaves no room with the lapse rate"),
        (lambda: refit(shape="weibull").predict(-1.0), "predict: levels=-1.0 is no level"),
        (lambda: refit().confidence_interval(), "n_bootstrap=0 left nothing to use"),
        (lambda: refit().p_deviance, "p_deviance: n_bootstrap=0 left nothing"),
        (
            lambda: refit(n_bootstrap=9).confidence_interval(confidence=95),
            "confidence=95 is no probability",
        ),
        (lambda: fitting.search_slope([4, 4], [400, 500]), "holds 1 distinct set size"),
        (lambda: fitting.search_slope([4, 8], [400]), "rt=array of 1 samples does not match"),
        (lambda: fitting.search_slope([4, 8], [400, np.nan]), "rt=array.* is no list of finite"),
        (
            lambda: fitting.search_slope([4, 8], [400, 500]).confidence_interval(),
            "rt=mean has one trial a set size",
        ),
        (lambda: fitting.asymmetry_index([1.0, np.nan], 3.0), "slope_easy=nan is no slope"),
        (lambda: fitting.asymmetry_index([1, 2], [1, 2, 3]), "does not match slope_easy of shape"),
        (lambda: fitting.rt_from_saccades([1, -1]), "n_saccades=-1.0 is no number"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.d_prime(1, 2, 1, 2, correction="log"), "correction='log' is not known"),
        (lambda: refit(shape="weibul"), "Did you mean 'weibull'"),
        (lambda: refit(n_bootstrap=9).confidence_interval("width"), "parameter='width' is not"),
    ],
)
def test_unknown_names_are_refused(call, match):
    with pytest.raises(UnknownNameError, match=match):
        call()


def test_a_number_of_resamples_is_whole():
    with pytest.raises(TypeError, match=r"n_bootstrap=10\.0 is no whole number"):
        refit(n_bootstrap=10.0)
