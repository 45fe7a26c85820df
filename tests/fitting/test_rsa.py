"""Representational similarity analysis: against a loop, rsatoolbox, and published data."""

import numpy as np
import pytest
from PIL import Image
from scipy import stats

import fitting

RNG = np.random.default_rng(0)
SHARED = RNG.standard_normal((14, 20))
DATA = np.stack([fitting.rdm(SHARED + RNG.standard_normal((14, 20))) for _ in range(5)])
MODELS = {
    "good": fitting.rdm(SHARED),
    "ties": np.round(fitting.rdm(SHARED + RNG.standard_normal((14, 20))), 1),
    "noise": fitting.rdm(RNG.standard_normal((14, 20))),
}
PAIRS = np.triu_indices(14, 1)


def resampled(D, drawn):
    """A drawn RDM with NaN between a stimulus and its copies."""
    result = D[np.ix_(drawn, drawn)].copy()
    result[drawn[:, None] == drawn[None, :]] = np.nan
    np.fill_diagonal(result, 0)
    return result


@pytest.mark.parametrize("method", ["spearman", "pearson", "cosine", "rho_a", "tau_a"])
def test_draws_of_stimuli_equal_a_loop_over_copies(method):
    result = fitting.rsa(MODELS, DATA, method, bootstrap="both", n_bootstrap=6, seed=3)
    rng = np.random.default_rng(3)
    people = rng.multinomial(5, [1 / 5] * 5, size=6)
    counts = rng.multinomial(14, [1 / 14] * 14, size=6)
    for draw in range(6):
        drawn = np.repeat(np.arange(14), counts[draw])
        values = np.array(
            [
                [
                    fitting.compare_rdms(resampled(M, drawn), resampled(D, drawn), method)
                    for D in DATA
                ]
                for M in MODELS.values()
            ]
        )
        np.testing.assert_allclose(result.samples["stimuli"][draw], values.mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(
            result.samples["both"][draw], values @ people[draw] / 5, atol=1e-12
        )
        np.testing.assert_allclose(
            result.samples["subjects"][draw], result.values @ people[draw] / 5, atol=1e-12
        )


def test_acceptance_4_values_and_ceiling_equal_rsatoolbox():
    rsatoolbox = pytest.importorskip("rsatoolbox")
    fixed, wrap = rsatoolbox.model.ModelFixed, rsatoolbox.rdm.RDMs
    models = [fixed(name, wrap(D[None])) for name, D in MODELS.items()]
    theirs = rsatoolbox.inference.eval_fixed(models, wrap(DATA), method="spearman")
    ours = fitting.rsa(MODELS, DATA, pool="rank")
    np.testing.assert_allclose(ours.values, theirs.evaluations[0], atol=1e-12)
    np.testing.assert_allclose(ours.ceiling, np.ravel(theirs.noise_ceiling), atol=1e-10)
    np.testing.assert_allclose(ours.sem, theirs.get_sem(), atol=1e-12)


def test_error_over_subjects_is_that_of_the_mean():
    result = fitting.rsa(MODELS, DATA)
    assert result.bootstrap is None
    np.testing.assert_allclose(result.sem, stats.sem(result.values, axis=1), rtol=1e-12)
    drawn = fitting.rsa(MODELS, DATA, bootstrap="subjects", n_bootstrap=20000)
    np.testing.assert_allclose(drawn.sem, result.sem, rtol=0.03)


def test_error_over_both_lies_between():
    both = fitting.rsa(MODELS, DATA, bootstrap="both", n_bootstrap=500)
    assert np.all(both.sem >= fitting.rsa(MODELS, DATA, bootstrap="subjects").sem * 0.9)
    assert np.all(both.sem <= both.samples["both"].std(axis=0, ddof=1) + 1e-12)
    assert both.dof == 4
    assert fitting.rsa(MODELS, DATA, bootstrap="stimuli", n_bootstrap=9).dof == 13


def test_same_seed_same_draws():
    first, second, other = (
        fitting.rsa(MODELS, DATA, bootstrap="stimuli", n_bootstrap=20, seed=seed).samples["stimuli"]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_paired_tests_equal_scipy_and_holm():
    result = fitting.rsa(MODELS, DATA)
    table = result.compare_models()
    expected = stats.ttest_rel(result.values[0], result.values[2])
    assert table["t"][1] == pytest.approx(expected.statistic, rel=1e-10)
    assert table["p"][1] == pytest.approx(expected.pvalue, rel=1e-10)
    ordered = table.sort_values("p")
    assert ordered["p_holm"].iloc[0] == pytest.approx(min(1, 3 * ordered["p"].iloc[0]))
    assert np.all(np.diff(ordered["p_holm"]) >= 0)
    frame = result.to_dataframe()
    expected = stats.ttest_1samp(result.values[0], 0)
    assert frame.loc["good", "p"] == pytest.approx(expected.pvalue, rel=1e-10)
    low, high = expected.confidence_interval()
    assert frame.loc["good", "ci_low"] == pytest.approx(low)
    assert frame.loc["good", "ci_high"] == pytest.approx(high)


def test_equal_models_do_not_differ():
    result = fitting.rsa({"one": MODELS["good"], "two": MODELS["good"]}, DATA)
    assert result.compare_models()["p"].tolist() == [1.0]


def test_stimuli_are_aligned_by_their_ids():
    order = RNG.permutation(14)
    ids = np.array([f"image{i}" for i in range(14)])
    shuffled = {name: D[np.ix_(order, order)] for name, D in MODELS.items()}
    aligned = fitting.rsa(shuffled, DATA, stimulus_ids=ids, source_ids=ids[order])
    np.testing.assert_allclose(aligned.values, fitting.rsa(MODELS, DATA).values, atol=1e-12)


def test_missing_pairs_are_left_out():
    D, models = DATA.copy(), {"good": MODELS["good"].copy()}
    for matrix in (*D, models["good"]):
        matrix[2, 5] = matrix[5, 2] = np.nan
    result = fitting.rsa(models, D, bootstrap="stimuli", n_bootstrap=5)
    assert result.values[0, 1] == pytest.approx(
        fitting.compare_rdms(models["good"], D[1]), abs=1e-12
    )
    with pytest.raises(ValueError, match=r"model_rdms\[0\]=RDM lacks other pairs"):
        fitting.rsa(MODELS["good"], D)
    with pytest.raises(ValueError, match="cannot be had with missing pairs"):
        fitting.rsa(models, D, "whitened_cosine")


def test_result_shows_itself():
    result = fitting.rsa(MODELS, DATA, bootstrap="both", n_bootstrap=30)
    assert isinstance(result, fitting.RSAResult)
    assert "3 models, 5 subjects, 14 stimuli, bootstrap over both" in repr(result)
    ax = result.plot()
    assert ax.get_title() == ("5 subjects, 14 stimuli\nsem: bootstrap over subjects and stimuli")
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list(MODELS)
    assert fitting.rsa(DATA[:2], DATA, "whitened_cosine").model_names == ("model 0", "model 1")


def test_progress_counts_draws(capsys):
    fitting.rsa(MODELS, DATA, bootstrap="stimuli", n_bootstrap=7, progress=True)
    assert "7/7" in capsys.readouterr().err


IDS = np.arange(14)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.rsa(MODELS, DATA[:1]), r"data_rdms=1 RDM\(s\) are too few"),
        (lambda: fitting.rsa(MODELS, DATA[0]), "data_rdms=.* are no RDMs of one size"),
        (lambda: fitting.rsa([DATA[0], DATA[0, :5, :5]], DATA), "model_rdms=.* of one size"),
        (lambda: fitting.rsa({}, DATA), "model_rdms=nothing are no RDMs"),
        (lambda: fitting.rsa(DATA[0, :5, :5], DATA), "does not match data_rdms"),
        (lambda: fitting.rsa({"a": np.triu(DATA[0])}, DATA), r"model_rdms\['a'\]=.* not symmetric"),
        (lambda: fitting.rsa(MODELS, DATA + 1), r"data_rdms\[0\]=.* have a zero diagonal"),
        (lambda: fitting.rsa(1.0 - np.eye(14), DATA), "model_rdms=RDM does not vary"),
        (lambda: fitting.rsa(MODELS, DATA, "kendall"), "method='kendall' is not known"),
        (lambda: fitting.rsa(MODELS, DATA, pool="median"), "pool='median' is not known"),
        (lambda: fitting.rsa(MODELS, DATA, bootstrap="rdm"), "bootstrap='rdm' is not known"),
        (lambda: fitting.rsa(MODELS, DATA, source_ids=IDS), "stimulus_ids=None is missing"),
        (
            lambda: fitting.rsa(MODELS, DATA, stimulus_ids=IDS, source_ids=IDS + 1),
            "lacks 1 id.* the first 0",
        ),
        (lambda: fitting.rsa(MODELS, DATA, stimulus_ids=IDS // 2), "0 appears more than once"),
        (
            lambda: fitting.rsa(MODELS, DATA, stimulus_ids=IDS, source_ids=IDS // 2),
            "0 appears more than once",
        ),
        (
            lambda: fitting.rsa(MODELS, DATA, "whitened_cosine", bootstrap="both"),
            "draws incomplete RDMs",
        ),
        (
            lambda: fitting.rsa(DATA[:, :3, :3], DATA[:, :3, :3], bootstrap="stimuli"),
            "without variance in .* draws",
        ),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_acceptance_5_double_dissociation(data_root, gabor_energy):
    """Gabor energy explains early visual cortex better than IT, animacy the reverse."""
    folder = data_root / "neural/kriegeskorte92"
    shown = np.load(folder / "rdms92.npz")
    animacy = shown["models"][shown["model_names"].tolist().index("animacy")]
    images = (Image.fromarray(i) for i in np.load(folder / "stimuli92.npz")["images"])
    small = (image.convert("L").resize((64, 64), Image.BILINEAR) for image in images)
    grey = np.stack([np.asarray(image, dtype=float) for image in small])
    features = gabor_energy(grey - grey[:, :1, :1])  # the corner shows the background
    assert features.shape == (92, 4608)
    models = {"Gabor energy": fitting.rdm(features), "animacy": animacy}
    cichy = np.load(data_root / "neural/cichy92_fmri/rdms_cichy92.npz")
    early, late = (fitting.rsa(models, cichy[area]) for area in ("EVC", "IT"))
    assert early.n_subjects == 15
    assert early.mean[0] > late.mean[0]
    np.testing.assert_allclose([early.mean[0], late.mean[0]], [0.194, 0.139], atol=0.01)
    np.testing.assert_allclose([early.mean[1], late.mean[1]], [0.020, 0.255], atol=1e-3)
    assert late.mean[1] > early.mean[1] + 0.15
    assert stats.ttest_rel(late.values[1], early.values[1]).pvalue < 0.001
    assert late.ceiling == pytest.approx((0.449, 0.535), abs=1e-3)
