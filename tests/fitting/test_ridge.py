"""RidgeCV against himalaya, scikit-learn and closed forms (acceptance 1), precision, inputs."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.linear_model import RidgeCV as SklearnRidgeCV
from sklearn.model_selection import KFold, cross_val_score

import fitting
from fitting.gram import gram, precision
from fitting.ridge_solvers import pick_alpha
from fitting.scores import SCORES

ALPHAS = np.logspace(-1, 5, 13)
SHAPES = {"tall": (120, 30, 17), "wide": (60, 110, 17)}


def problem(n, p, t, seed=0, dtype="float64"):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + 2
    Y = X @ rng.standard_normal((p, t)) + rng.standard_normal((n, t)) * np.logspace(-1, 2.5, t) - 3
    return X.astype(dtype), Y.astype(dtype)


def by_loops(X, Y, scoring, fit_intercept, folds):
    """Scores of every penalty and target by fitting each on its own."""
    scores = np.zeros((len(ALPHAS), Y.shape[1]))
    for train, test in folds:
        for a, alpha in enumerate(ALPHAS):
            model = Ridge(alpha, fit_intercept=fit_intercept, solver="svd")
            predicted = model.fit(X[train], Y[train]).predict(X[test])
            scores[a] += SCORES[scoring](Y[test], predicted) / len(folds)
    return scores


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("scoring", ["r2", "r", "neg_mse"])
def test_acceptance_1_kfold_loops_of_sklearn(shape, fit_intercept, scoring):
    X, Y = problem(*SHAPES[shape])
    folds = list(KFold(5).split(X))
    model = fitting.RidgeCV(ALPHAS, scoring=scoring, fit_intercept=fit_intercept).fit(X, Y)
    expected = by_loops(X, Y, scoring, fit_intercept, folds)
    np.testing.assert_allclose(model.cv_scores_, expected, rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(model.alpha_, pick_alpha(expected, ALPHAS, per_target=True))
    for target, alpha in enumerate(model.alpha_):
        one = Ridge(alpha, fit_intercept=fit_intercept, solver="svd").fit(X, Y[:, target])
        np.testing.assert_allclose(model.coef_[target], one.coef_, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(model.intercept_[target], one.intercept_, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("score", ["r2_score", "correlation_score", "l2_neg_loss"])
def test_acceptance_1_himalaya(shape, fit_intercept, dtype, score):
    """Same alphas for every target; coefficients to 1e-10 (float32: 1e-4, 99 % of alphas)."""
    pytest.importorskip("himalaya")
    from himalaya import scoring
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV

    X, Y = problem(*SHAPES[shape], dtype=dtype)
    ours = {"r2_score": "r2", "correlation_score": "r", "l2_neg_loss": "neg_mse"}[score]
    alphas = 2.0 ** np.arange(-3, 18, 2)
    peer = RidgeCV if shape == "tall" else KernelRidgeCV

    def theirs(kind):
        options = {"cv": KFold(5), "fit_intercept": fit_intercept}
        options["solver_params"] = {"score_func": getattr(scoring, score)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return peer(alphas=alphas.astype(kind), **options).fit(X.astype(kind), Y.astype(kind))

    model = fitting.RidgeCV(alphas, scoring=ours, fit_intercept=fit_intercept).fit(X, Y)
    same = np.isclose(model.alpha_, theirs(dtype).best_alphas_)  # himalaya's go through exp(log)
    assert same.mean() >= (1.0 if dtype == "float64" else 0.99)
    # numbers are held against himalaya in float64: its own float32 is off by 2e-3 in the dual form
    exact, tolerance = theirs("float64"), 1e-10 if dtype == "float64" else 1e-4
    predicted = exact.predict(X.astype("float64"))
    assert np.abs(model.predict(X) - predicted).max() <= tolerance * np.abs(predicted).max()
    if shape == "tall":
        assert np.abs(model.coef_.T - exact.coef_).max() <= tolerance * np.abs(exact.coef_).max()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_acceptance_1_sklearn_leave_one_out(shape, fit_intercept):
    X, Y = problem(*SHAPES[shape])
    model = fitting.RidgeCV(ALPHAS, cv="loo", scoring="neg_mse", fit_intercept=fit_intercept)
    model.fit(X, Y)
    theirs = SklearnRidgeCV(ALPHAS, alpha_per_target=True, fit_intercept=fit_intercept).fit(X, Y)
    np.testing.assert_array_equal(model.alpha_, theirs.alpha_)
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scoring", ["r2", "r", "neg_mse"])
def test_leave_one_out_equals_n_folds(shape, scoring):
    X, Y = problem(*SHAPES[shape])
    X, Y = X[:50], Y[:50]
    left_out = np.zeros((len(ALPHAS), *Y.shape))
    for i in range(50):
        train = np.delete(np.arange(50), i)
        for a, alpha in enumerate(ALPHAS):
            left_out[a, i] = Ridge(alpha, solver="svd").fit(X[train], Y[train]).predict(X[[i]])[0]
    model = fitting.RidgeCV(ALPHAS, cv="loo", scoring=scoring).fit(X, Y)
    expected = np.stack([SCORES[scoring](Y, each) for each in left_out])
    np.testing.assert_allclose(model.cv_scores_, expected, rtol=1e-7, atol=1e-9)


def test_leave_one_out_never_chooses_a_penalty_that_interpolates():
    X, Y = problem(*SHAPES["wide"])
    model = fitting.RidgeCV([1e-200, 1.0], cv="loo").fit(X, Y)
    assert np.isneginf(model.cv_scores_[0]).all()
    assert set(model.alpha_) == {1.0}


def test_one_alpha_for_all_targets_is_best_on_average():
    X, Y = problem(*SHAPES["tall"])
    model = fitting.RidgeCV(ALPHAS, alpha_per_target=False).fit(X, Y)
    assert set(model.alpha_) == {ALPHAS[model.cv_scores_.mean(axis=1).argmax()]}


@pytest.mark.parametrize("shape", SHAPES)
def test_chunks_of_targets_change_nothing(shape):
    X, Y = problem(*SHAPES[shape])
    whole = fitting.RidgeCV(ALPHAS).fit(X, Y)
    parts = fitting.RidgeCV(ALPHAS, max_memory=1e-5).fit(X, Y)
    np.testing.assert_allclose(parts.cv_scores_, whole.cv_scores_, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(parts.coef_, whole.coef_, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("shape", SHAPES)
def test_float32_stays_float32_and_close(shape):
    X, Y = problem(*SHAPES[shape])
    exact = fitting.RidgeCV(ALPHAS).fit(X, Y)
    model = fitting.RidgeCV(ALPHAS).fit(X.astype("f4"), Y.astype("f4"))
    assert {model.coef_.dtype, model.cv_scores_.dtype, model.predict(X).dtype} == {np.dtype("f4")}
    assert np.abs(model.coef_ - exact.coef_).max() <= 1e-4 * np.abs(exact.coef_).max()


@pytest.mark.parametrize("alpha", [1e3, 10.0, 1e-2])
@pytest.mark.parametrize("shape", SHAPES)
def test_float32_resolves_small_penalties(alpha, shape):
    """Section 5.1: below 1e-6 of the largest eigenvalue, a float32 Gram would hide the penalty."""
    n, p, _ = SHAPES[shape]
    rng = np.random.default_rng(0)
    X = (rng.standard_normal((n, p)) * np.logspace(0, 3, p)).astype("f4")
    Y = (X @ rng.standard_normal((p, 3)) * np.array([1.0, 0.1, 10.0])).astype("f4")
    largest = np.linalg.eigvalsh(np.cov(X.T.astype("f8"), ddof=0) * n)[-1]
    kinds = [np.dtype(kind).name for kind in precision(X - X.mean(axis=0), np.array([alpha]))]
    assert kinds == ["float32" if alpha >= at * largest else "float64" for at in (1e-6, 1e-8)]
    expected = Ridge(alpha, solver="svd").fit(X.astype("f8"), Y.astype("f8")).predict(X)
    model = fitting.RidgeCV([alpha], cv=3).fit(X, Y)
    assert model.coef_.dtype == np.float32
    assert np.abs(model.predict(X) - expected).max() <= 1e-4 * np.abs(expected).max()


def test_many_float32_samples_sum_in_float64():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((12000, 4)).astype("f4")
    assert gram(X.T).dtype == np.float64
    Y = X @ np.ones((4, 2), dtype="f4")
    np.testing.assert_allclose(fitting.RidgeCV([1.0]).fit(X, Y).coef_, 1, rtol=2e-4)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cv", [5, "loo"])
def test_torch_equals_numpy(shape, cv):
    X, Y = problem(*SHAPES[shape])
    expected = fitting.RidgeCV(ALPHAS, cv=cv).fit(X, Y)
    model = fitting.RidgeCV(ALPHAS, cv=cv).fit(torch.tensor(X), torch.tensor(Y))
    assert isinstance(model.coef_, torch.Tensor)
    np.testing.assert_array_equal(model.alpha_, expected.alpha_)
    np.testing.assert_allclose(model.coef_, expected.coef_, rtol=1e-8, atol=1e-10)
    prediction = model.predict(torch.tensor(X))
    assert isinstance(prediction, torch.Tensor)
    np.testing.assert_allclose(prediction, expected.predict(X), rtol=1e-8)


def test_to_torch_predicts_the_same_and_has_a_gradient():
    X, Y = problem(*SHAPES["wide"])
    model = fitting.RidgeCV(ALPHAS).fit(X, Y)
    inputs = torch.tensor(X, requires_grad=True)
    outputs = model.to_torch()(inputs)
    np.testing.assert_allclose(outputs.detach(), model.predict(X), rtol=1e-9, atol=1e-8)
    outputs[:, 0].sum().backward()
    np.testing.assert_allclose(inputs.grad[0], model.coef_[0], rtol=1e-12)


def test_ties_go_to_the_larger_alpha():
    X, Y = problem(30, 5, 2)
    Y[:, 1] = 4.0  # explained by no penalty, so that all of them score 0
    assert fitting.RidgeCV(ALPHAS).fit(X, Y).alpha_[1] == ALPHAS[-1]
    assert pick_alpha(np.ones((3, 1)), np.array([3.0, 9.0, 1.0]), per_target=True) == [9.0]


def test_folds_are_whole_runs_where_groups_are_given():
    X, Y = problem(60, 5, 2)
    runs = np.repeat([0, 1, 2], 20)
    model = fitting.RidgeCV(ALPHAS, cv=fitting.RunFold()).fit(X, Y, groups=runs)
    expected = fitting.RidgeCV(ALPHAS, cv=3).fit(X, Y)
    np.testing.assert_allclose(model.cv_scores_, expected.cv_scores_)


def test_folds_may_leave_samples_out():
    X, Y = problem(60, 5, 2)
    folds = [(np.arange(5, 35), np.arange(40, 60)), (np.arange(30, 60), np.arange(0, 20))]
    model = fitting.RidgeCV(ALPHAS, cv=folds).fit(X, Y)
    np.testing.assert_allclose(model.cv_scores_, by_loops(X, Y, "r2", True, folds), rtol=1e-8)


def test_score_is_scalar_and_works_in_a_search():
    X, Y = problem(60, 5, 3)
    model = fitting.RidgeCV(ALPHAS).fit(X, Y)
    assert model.score(X, Y) == pytest.approx(model.score_per_target(X, Y).mean())
    assert cross_val_score(fitting.RidgeCV(ALPHAS), X, Y, cv=3).shape == (3,)


def test_progress_bar_counts_chunks(capsys):
    X, Y = problem(40, 5, 3)
    fitting.RidgeCV(ALPHAS, progress=True).fit(X, Y)
    assert "RidgeCV: 100%" in capsys.readouterr().err


@given(
    shift=st.floats(-100, 100),
    scale=st.floats(0.01, 100),
    seed=st.integers(0, 100),
    wide=st.booleans(),
)
def test_predictions_follow_shift_and_scale_of_targets(shift, scale, seed, wide):
    X, Y = problem(25, 40 if wide else 6, 3, seed)
    plain = fitting.RidgeCV([0.1, 10.0], cv=3).fit(X, Y)
    moved = fitting.RidgeCV([0.1, 10.0], cv=3).fit(X + shift, Y * scale + shift)
    np.testing.assert_array_equal(plain.alpha_, moved.alpha_)
    np.testing.assert_allclose(
        moved.predict(X + shift), plain.predict(X) * scale + shift, rtol=1e-6, atol=1e-6 * scale
    )


@given(seed=st.integers(0, 100))
def test_alpha_limits_are_least_squares_and_the_mean(seed):
    X, Y = problem(30, 4, 2, seed)
    design = np.column_stack([X, np.ones(30)])
    least_squares = design @ np.linalg.lstsq(design, Y, rcond=None)[0]
    np.testing.assert_allclose(
        fitting.RidgeCV([1e-9], cv=3).fit(X, Y).predict(X), least_squares, rtol=1e-6, atol=1e-6
    )
    mean = np.broadcast_to(Y.mean(axis=0), Y.shape)
    np.testing.assert_allclose(
        fitting.RidgeCV([1e12], cv=3).fit(X, Y).predict(X), mean, rtol=1e-6, atol=1e-6
    )


def test_alphas_are_checked():
    X, Y = problem(20, 3, 2)
    for alphas in ([0.0, 1.0], [-1.0], [np.nan]):
        with pytest.raises(ValueError, match=r"RidgeCV: alphas=.* is no ridge penalty; expected"):
            fitting.RidgeCV(alphas).fit(X, Y)
    with pytest.raises(ValueError, match=r"alphas=.* is not a list of penalties"):
        fitting.RidgeCV([]).fit(X, Y)
    for alphas in ([10.0, 1.0], [1.0, 1.0]):
        with pytest.warns(UserWarning, match="not ascending, or holds a value twice"):
            fitting.RidgeCV(alphas).fit(X, Y)


def test_unsorted_alphas_choose_the_same():
    X, Y = problem(40, 6, 5)
    with pytest.warns(UserWarning, match="not ascending"):
        model = fitting.RidgeCV(ALPHAS[::-1]).fit(X, Y)
    np.testing.assert_array_equal(model.alpha_, fitting.RidgeCV(ALPHAS).fit(X, Y).alpha_)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (
            {"scoring": "r3"},
            "RidgeCV: scoring='r3' is not known; expected one of .* mean 'r' or 'r2'",
        ),
        ({"cv": "lo"}, "RidgeCV: cv='lo' is not known; expected one of 'gcv', 'loo'"),
        ({"max_memory": 0}, "RidgeCV: max_memory=0 is no size"),
        ({"cv": 100}, "RidgeCV: cv=100 is more than there are samples"),
    ],
)
def test_options_are_checked(options, match):
    X, Y = problem(20, 3, 2)
    with pytest.raises(ValueError, match=match):
        fitting.RidgeCV(ALPHAS, **options).fit(X, Y)


def test_data_are_checked():
    X, Y = problem(20, 3, 2)
    fit = fitting.RidgeCV(ALPHAS).fit
    with pytest.raises(ValueError, match="RidgeCV: y=array of 19 samples does not match X"):
        fit(X, Y[:-1])
    broken = X.copy()
    broken[3, 1], broken[4, 2] = np.nan, np.inf
    with pytest.raises(
        ValueError, match=r"holds 2 NaN or infinite value\(s\), the first at \(3, 1\)"
    ):
        fit(broken, Y)
    with pytest.raises(ValueError, match=r"y=array.* does not vary over samples"):
        fit(X, np.ones((20, 2)))
    with pytest.raises(ValueError, match=r"X=array.* does not vary over samples"):
        fit(np.ones((20, 3)), Y)
    with pytest.raises(TypeError, match="dtype object does not hold numbers"):
        fit(X.astype(object), Y)
    with pytest.raises(ValueError, match="is complex"):
        fit(X + 1j, Y)
    with pytest.raises(TypeError, match="does not go with X"):
        fit(torch.tensor(X), Y)
    with pytest.raises(ValueError, match="X has 2 features, but RidgeCV is expecting 3"):
        fit(X, Y).predict(X[:, :2])


def test_integer_spike_counts_do_not_overflow():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 127, (60, 4)).astype(np.int8)
    X = counts[:, :3]
    expected = fitting.RidgeCV(ALPHAS).fit(X.astype(float), counts.astype(float))
    np.testing.assert_array_equal(fitting.RidgeCV(ALPHAS).fit(X, counts).coef_, expected.coef_)


@pytest.mark.parametrize("shape", [(400, 300, 3), (300, 500, 3)])
def test_float32_keeps_eigenvalues_that_stand_above_the_penalty(shape):
    """Rounding is a few units of the largest eigenvalue, not one unit for each of its order."""
    n, p, t = shape
    rng = np.random.default_rng(0)
    spectrum = np.r_[np.full(10, 1.0), np.full(min(n, p) - 10, 4e-3)]  # squared: 1.6e-5
    left = np.linalg.qr(rng.standard_normal((n, min(n, p))))[0]
    right = np.linalg.qr(rng.standard_normal((p, min(n, p))))[0]
    X = (left * spectrum) @ right.T
    Y = left @ rng.standard_normal((min(n, p), t))
    exact = fitting.RidgeCV([2e-6], cv=3).fit(X, Y)
    model = fitting.RidgeCV([2e-6], cv=3).fit(X.astype("f4"), Y.astype("f4"))
    assert np.abs(model.predict(X) - exact.predict(X)).max() <= 2e-2 * np.abs(Y).max()
    np.testing.assert_allclose(model.cv_scores_, exact.cv_scores_, atol=2e-2)
