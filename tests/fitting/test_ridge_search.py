"""The search for penalties: exact although few products serve many penalties, and its options."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.linear_model import RidgeCV as SklearnRidgeCV
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

import fitting
from fitting.ridge_solvers import pick_alpha
from fitting.shrinkage import TOLERANCE, predictions, shrinkage

MANY = np.logspace(-2, 6, 99)
GRID = np.logspace(-1, 5, 20)
SHAPES = {"tall": (240, 100, 12), "wide": (160, 220, 12)}


@pytest.fixture(autouse=True)
def _few_products(monkeypatch):
    """Take the low-rank form also where, at these small sizes, it does not pay."""
    monkeypatch.setattr("fitting.shrinkage.COST_OF_SUMS", 0.0)


def problem(n, p, t, dtype="float64", decay=0.7):
    """Features whose spectrum falls off, as those of networks do."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) * np.arange(1, p + 1) ** -decay * 10
    Y = X @ rng.standard_normal((p, t)) + rng.standard_normal((n, t)) * np.logspace(-1, 2.5, t)
    return (X + 2).astype(dtype), (Y - 3).astype(dtype)


@pytest.mark.parametrize(
    ("score", "n_threads"),
    [("r2_score", 1), ("r2_score", 2), ("correlation_score", 1), ("l2_neg_loss", 1)],
)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_acceptance_1_himalaya_with_one_and_two_threads(shape, fit_intercept, score, n_threads):
    pytest.importorskip("himalaya")
    from himalaya import scoring
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV

    # a flat spectrum: on a steep one, himalaya's centred kernel form is itself off by 2e-9
    X, Y = problem(*SHAPES[shape], decay=0)
    ours = {"r2_score": "r2", "correlation_score": "r", "l2_neg_loss": "neg_mse"}[score]
    peer = RidgeCV if shape == "tall" else KernelRidgeCV
    options = {"cv": KFold(5), "fit_intercept": fit_intercept}
    options["solver_params"] = {"score_func": getattr(scoring, score)}
    with threadpool_limits(n_threads), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peer(alphas=GRID, **options).fit(X, Y)
        model = fitting.RidgeCV(GRID, scoring=ours, fit_intercept=fit_intercept).fit(X, Y)
    np.testing.assert_allclose(model.alpha_, theirs.best_alphas_)
    predicted = theirs.predict(X)
    assert np.abs(model.predict(X) - predicted).max() <= 1e-10 * np.abs(predicted).max()
    if shape == "tall":
        assert np.abs(model.coef_.T - theirs.coef_).max() <= 1e-10 * np.abs(theirs.coef_).max()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("per_target", [True, False])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_acceptance_1_sklearn_leave_one_out_99_penalties(shape, per_target, fit_intercept):
    X, Y = problem(*SHAPES[shape])
    options = {"alpha_per_target": per_target, "fit_intercept": fit_intercept}
    model = fitting.RidgeCV(MANY, cv="loo", scoring="neg_mse", **options).fit(X, Y)
    theirs = SklearnRidgeCV(MANY, **options).fit(X, Y)
    np.testing.assert_array_equal(model.alpha_, np.broadcast_to(theirs.alpha_, 12))
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scoring", ["r2", "r", "neg_mse"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cv", [4, "loo"])
def test_few_products_give_the_scores_of_all_penalties(shape, scoring, dtype, cv, monkeypatch):
    """In float64 to 1e-10; in float32 no further from the truth than with one product each."""
    X, Y = problem(*SHAPES[shape])

    def scores(kind):
        model = fitting.RidgeCV(MANY, cv=cv, scoring=scoring).fit(X.astype(kind), Y.astype(kind))
        return model.cv_scores_

    assert shrinkage(np.geomspace(1, 1e4, 100), MANY, np.ones(100)).combine is not None
    few = scores(dtype)
    monkeypatch.setattr("fitting.shrinkage.FEW_COMPONENTS", 10**9)
    exact = scores("float64")
    scale = np.abs(exact).max(axis=0) if scoring == "neg_mse" else 1
    error = np.abs((few - exact) / scale).max()
    if dtype == "float64":
        assert error <= 1e-10
    else:
        assert error <= 3 * np.abs((scores(dtype) - exact) / scale).max() + 1e-5


@given(
    seed=st.integers(0, 50),
    decades=st.floats(0, 12),
    n_alphas=st.integers(1, 60),
    single=st.booleans(),
)
def test_factors_of_the_shrinkage_keep_their_bound(seed, decades, n_alphas, single):
    """Error of each prediction, relative to the largest share of a component: the tolerance."""
    rng = np.random.default_rng(seed)
    dtype = "float32" if single else "float64"
    L = np.sort(10 ** rng.uniform(0, decades, 150)).astype(dtype)
    alphas = np.logspace(-2, 6, n_alphas).astype(dtype)
    table = shrinkage(L, alphas, L)
    exact = 1 / (L[:, None].astype("f8") + alphas.astype("f8"))
    found = np.zeros_like(exact)
    end = 0
    for part, F in table.parts:
        first, end = end, end + len(F)
        R = np.eye(n_alphas) if table.combine is None else table.combine[:, first:end]
        found[part] = F.T.astype("f8") @ R.T.astype("f8")
    error = np.linalg.norm((found - exact) * L[:, None], axis=0) / (exact * L[:, None]).max(axis=0)
    rounding = 100 * np.finfo(dtype).eps
    assert error.max() <= len(table.parts) ** 0.5 * TOLERANCE[dtype] + rounding * 150**0.5


def test_predictions_come_in_blocks(monkeypatch):
    monkeypatch.setattr("fitting.shrinkage.BLOCK_SIZE", 40)
    rng = np.random.default_rng(0)
    L = np.geomspace(1, 1e4, 100)
    Z, C = rng.standard_normal((23, 100)), rng.standard_normal((100, 9))
    table = shrinkage(L, MANY, L)
    assert table.combine is not None
    found = np.concatenate([P.copy() for _, P in predictions(Z, table, C)], axis=1)
    expected = np.stack([(Z / (L + a)) @ C for a in MANY])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_generalised_cross_validation_by_its_formula(shape, fit_intercept):
    X, Y = problem(*SHAPES[shape])
    model = fitting.RidgeCV(GRID, cv="gcv", scoring="neg_mse", fit_intercept=fit_intercept)
    model.fit(X, Y)
    Xc = X - X.mean(axis=0) * fit_intercept
    Yc = Y - Y.mean(axis=0) * fit_intercept
    n = len(X)
    for a, alpha in enumerate(GRID):
        H = Xc @ np.linalg.solve(Xc.T @ Xc + alpha * np.eye(X.shape[1]), Xc.T)
        freedom = 1 - (np.trace(H) + fit_intercept) / n
        gcv = ((Yc - H @ Yc) ** 2).mean(axis=0) / freedom**2
        np.testing.assert_allclose(model.cv_scores_[a], -gcv, rtol=1e-6)
    np.testing.assert_array_equal(model.alpha_, pick_alpha(model.cv_scores_, GRID, per_target=True))
    explained = fitting.RidgeCV(GRID, cv="gcv", fit_intercept=fit_intercept).fit(X, Y)
    np.testing.assert_array_equal(explained.alpha_, model.alpha_)
    expected = 1 + n * model.cv_scores_ / ((Y - Y.mean(axis=0)) ** 2).sum(axis=0)
    np.testing.assert_allclose(explained.cv_scores_, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("per_target", [True, False])
@pytest.mark.parametrize("scoring", ["r2", "r"])
def test_screen_is_exact_where_it_looks(shape, per_target, scoring):
    X, Y = problem(*SHAPES[shape])
    options = {"scoring": scoring, "alpha_per_target": per_target}
    full = fitting.RidgeCV(GRID, **options).fit(X, Y)
    model = fitting.RidgeCV(GRID, alpha_search="screen", **options).fit(X, Y)
    tried = np.isfinite(model.cv_scores_)
    assert set(tried.sum(axis=0)) <= {3, 4, 5}
    np.testing.assert_allclose(model.cv_scores_[tried], full.cv_scores_[tried], rtol=1e-8)
    screened = fitting.RidgeCV(GRID, cv="gcv", scoring="neg_mse", alpha_per_target=per_target).fit(
        X, Y
    )
    steps = np.searchsorted(GRID, model.alpha_) - np.searchsorted(GRID, screened.alpha_)
    assert np.abs(steps).max() <= 2
    if per_target:  # where the full search stays in reach, both choose the same
        near = np.abs(np.searchsorted(GRID, full.alpha_) - np.searchsorted(GRID, screened.alpha_))
        same = near <= 2
        assert same.mean() > 0.5
        np.testing.assert_array_equal(model.alpha_[same], full.alpha_[same])
        np.testing.assert_allclose(model.coef_[same], full.coef_[same], rtol=1e-9, atol=1e-9)


def test_screen_follows_the_order_of_the_grid():
    X, Y = problem(*SHAPES["tall"])
    model = fitting.RidgeCV(GRID, alpha_search="screen").fit(X, Y)
    with pytest.warns(UserWarning, match="not ascending"):
        turned = fitting.RidgeCV(GRID[::-1], alpha_search="screen").fit(X, Y)
    np.testing.assert_array_equal(turned.alpha_, model.alpha_)
    np.testing.assert_allclose(turned.cv_scores_[::-1], model.cv_scores_)


@pytest.mark.parametrize("cv", ["gcv", 3])
def test_torch_equals_numpy(cv):
    X, Y = problem(*SHAPES["tall"])
    options = {"cv": cv, "alpha_search": "full" if cv == "gcv" else "screen"}
    expected = fitting.RidgeCV(GRID, **options).fit(X, Y)
    model = fitting.RidgeCV(GRID, **options).fit(torch.tensor(X), torch.tensor(Y))
    np.testing.assert_array_equal(model.alpha_, expected.alpha_)
    np.testing.assert_allclose(model.cv_scores_, expected.cv_scores_, rtol=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
def test_embargoed_runs_are_exact(shape):
    """Samples within the embargo are neither fitted nor tested."""
    X, Y = problem(*SHAPES[shape])
    runs = np.repeat(np.arange(4), len(X) // 4)
    folds = list(fitting.RunFold(embargo=6).split(X, groups=runs))
    assert len(folds[1][0]) == len(X) * 3 // 4 - 12
    model = fitting.RidgeCV(GRID, cv=fitting.RunFold(embargo=6)).fit(X, Y, groups=runs)
    expected = np.zeros_like(model.cv_scores_)
    for train, test in folds:
        for a, alpha in enumerate(GRID):
            predicted = Ridge(alpha, solver="svd").fit(X[train], Y[train]).predict(X[test])
            expected[a] += fitting.r2(Y[test], predicted) / 4
    np.testing.assert_allclose(model.cv_scores_, expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"alpha_search": "some"}, "RidgeCV: alpha_search='some' is not known"),
        ({"cv": "gcv", "scoring": "r"}, "RidgeCV: scoring='r' has no generalised"),
        ({"cv": "loo", "alpha_search": "screen"}, "alpha_search='screen' has no folds to save"),
    ],
)
def test_options_are_checked(options, match):
    X, Y = problem(20, 3, 2)
    with pytest.raises(ValueError, match=match):
        fitting.RidgeCV(GRID, **options).fit(X, Y)
