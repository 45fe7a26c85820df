"""Cross-validated evaluation: leakage (acceptance 10), ceilings, tables, files, figures."""

import numpy as np
import pytest
import torch
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fitting
from fitting import EncodingResult, RidgeCV, evaluate

RNG = np.random.default_rng(0)
X = RNG.standard_normal((100, 8))
Y = X @ RNG.standard_normal((8, 6)) + RNG.standard_normal((100, 6)) * np.logspace(-1, 1, 6)
CEILING = np.array([0.9, 0.8, 0.7, 0.6, 0.05, np.nan])


def test_equals_a_loop_over_folds():
    result = evaluate(X, Y, Ridge(1.0), cv=KFold(4))
    r, r2 = [], []
    for train, test in KFold(4).split(X):
        predicted = Ridge(1.0).fit(X[train], Y[train]).predict(X[test])
        r.append(fitting.pearson_r(Y[test], predicted))
        r2.append(fitting.r2(Y[test], predicted))
    np.testing.assert_allclose(result.r_folds, r)
    np.testing.assert_allclose(result.r, np.mean(r, axis=0))
    np.testing.assert_allclose(result.r2, np.mean(r2, axis=0))
    np.testing.assert_array_equal(result.folds, [[75, 25]] * 4)
    assert result.alpha is None


def test_acceptance_10_noise_scores_zero_through_the_whole_pipeline():
    """Scaling, selection and alpha search inside the folds: mean r within 3 sem of 0."""
    rng = np.random.default_rng(0)
    means = []
    for _ in range(30):
        noise, responses = rng.standard_normal((100, 200)), rng.standard_normal((100, 1))
        pipeline = make_pipeline(StandardScaler(), SelectKBest(_correlation, k=10), RidgeCV())
        means.append(evaluate(noise, responses, pipeline).r.mean())
    assert abs(np.mean(means)) < 3 * np.std(means, ddof=1) / np.sqrt(30)


def _correlation(X, y):
    r = fitting.pearson_r(X, np.broadcast_to(np.reshape(y, (-1, 1)), X.shape))
    return np.abs(r), np.zeros_like(r)


def test_runs_reach_the_inner_search_of_a_pipeline():
    runs = np.repeat(np.arange(5), 20)
    inner = RidgeCV(cv=fitting.RunFold())
    cv = fitting.RunFold()
    plain = evaluate(X, Y, inner, cv=cv, groups=runs)
    piped = evaluate(X, Y, make_pipeline(StandardScaler(with_std=False), inner), cv=cv, groups=runs)
    np.testing.assert_allclose(piped.r, plain.r)
    assert plain.alpha.shape == (5, 6)


def test_an_array_of_runs_leaves_out_one_run_at_a_time():
    runs = np.repeat(np.arange(4), 25)
    short = evaluate(X, Y, RidgeCV(cv=2), cv=runs)
    long = evaluate(X, Y, RidgeCV(cv=2), cv=fitting.RunFold(), groups=runs)
    np.testing.assert_array_equal(short.r_folds, long.r_folds)
    np.testing.assert_array_equal(short.alpha, long.alpha)
    assert len(short.folds) == 4
    with pytest.raises(ValueError, match=r"groups=array of 99 samples does not match X"):
        evaluate(X, Y, RidgeCV(), cv=runs[:99])
    with pytest.raises(ValueError, match=r"1 run\(s\) are too few"):
        evaluate(X, Y, RidgeCV(), cv=np.zeros(100))


def test_normalised_scores_and_exclusions():
    result = evaluate(X, Y, RidgeCV(), ceiling=CEILING)
    np.testing.assert_allclose(result.normalised[:4], result.r[:4] / np.sqrt(CEILING[:4]))
    assert np.isnan(result.normalised[4:]).all()
    table = result.to_dataframe()
    np.testing.assert_allclose(table["r2_over_rsb"][:4], result.r[:4] ** 2 / CEILING[:4])
    assert {"r", "r2", "undefined", "r_sb", "ceiling_r", "r_over_sqrt", "alpha"} <= set(table)
    assert "6 targets, 5 folds" in repr(result)
    assert "r/ceiling" in repr(result)
    assert "r2_over_rsb" in result.summary()


def test_constant_targets_are_flagged_not_nan():
    flat = np.column_stack([Y, np.ones(100)])
    result = evaluate(X, flat, RidgeCV())
    assert result.r[6] == result.r2[6] == 0
    np.testing.assert_array_equal(result.undefined, [False] * 6 + [True])
    assert "undefined=1" in repr(result)
    assert "undefined r, counted as 0: 1 targets" in result.summary()


def test_tensors_give_the_same_result():
    expected = evaluate(X, Y, RidgeCV())
    result = evaluate(torch.tensor(X), torch.tensor(Y), RidgeCV())
    np.testing.assert_allclose(result.r, expected.r, rtol=1e-9)


def test_save_and_load(tmp_path):
    for ceiling in (None, CEILING):
        result = evaluate(X, Y, RidgeCV(), ceiling=ceiling)
        path = result.save(tmp_path / "subject.01")
        assert [p.name for p in tmp_path.iterdir()] == ["subject.01.npz"]
        again = EncodingResult.load(path)
        assert repr(again) == repr(result)
        np.testing.assert_array_equal(again.r_folds, result.r_folds)
        assert (again.ceiling is None) == (ceiling is None)
    np.savez(tmp_path / "other.npz", x=1)
    with pytest.raises(ValueError, match="holds no encoding result"):
        EncodingResult.load(tmp_path / "other.npz")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ValueError, match="cannot be read"):
        EncodingResult.load(path)
    np.savez(path, r=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="cannot be read"):
        EncodingResult.load(path)


def test_figures_have_labels_units_and_n():
    result = evaluate(X, Y, RidgeCV(), ceiling=CEILING)
    ax = result.plot_ceiling_scatter()
    assert "Pearson r" in ax.get_ylabel()
    assert ax.get_title() == "5 of 6 targets, 5 folds"
    ax = result.plot_alpha_histogram()
    assert "squared units" in ax.get_xlabel()
    assert sum(patch.get_height() for patch in ax.patches) == 30
    with pytest.raises(ValueError, match="plot_ceiling_scatter: ceiling=None is missing"):
        evaluate(X, Y, Ridge()).plot_ceiling_scatter()
    with pytest.raises(ValueError, match="plot_alpha_histogram: alpha=None is missing"):
        evaluate(X, Y, Ridge()).plot_alpha_histogram()


def test_progress_bar_counts_folds(capsys):
    evaluate(X, Y, Ridge(), progress=True)
    assert "evaluate: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"ceiling": np.zeros(6)}, r"ceiling=0 is no reliability to divide by \(6 target"),
        ({"ceiling": np.full(6, 1.5)}, "ceiling=1.5 is no reliability"),
        ({"ceiling": np.ones(5)}, r"ceiling=array\(5,\) is not one value a target"),
        ({"groups": np.zeros(99)}, "groups=array of 99 samples does not match X"),
        (
            {"stimulus_ids": np.arange(100) % 50},
            r"stimulus_ids=0 is fitted and tested in fold 0 \(20 such",
        ),
    ],
)
def test_options_are_checked(options, match):
    with pytest.raises(ValueError, match=match):
        evaluate(X, Y, Ridge(), **options)


def test_data_are_checked():
    with pytest.raises(ValueError, match="evaluate: Y=array of 99 samples does not match X"):
        evaluate(X, Y[:99], Ridge())
    with pytest.raises(ValueError, match=r"evaluate: Y=.* does not vary"):
        evaluate(X, Y * 0, Ridge())
    with pytest.raises(TypeError, match="evaluate: cv='five' makes no folds"):
        evaluate(X, Y, Ridge(), cv="five")
