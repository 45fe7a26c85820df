"""KernelRidgeCV against scikit-learn and himalaya, its kernels, and what it refuses."""

import numpy as np
import pytest
import torch
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.model_selection import GridSearchCV, KFold

import fitting

ALPHAS = np.logspace(-2, 3, 11)
KERNELS = {
    "linear": {},
    "rbf": {"gamma": 0.1},
    "polynomial": {"gamma": 0.2, "degree": 2, "coef0": 0.5},
}


def problem(n=60, p=6, t=5):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    Y = np.sin(X @ rng.standard_normal((p, t))) + rng.standard_normal((n, t)) * np.linspace(0, 2, t)
    return X, Y + 2


@pytest.mark.parametrize("kernel", KERNELS)
def test_folds_and_weights_are_those_of_sklearn(kernel):
    """Without an intercept, which scikit-learn's kernel ridge has not."""
    X, Y = problem()
    options = KERNELS[kernel]
    model = fitting.KernelRidgeCV(ALPHAS, kernel, fit_intercept=False, **options).fit(X, Y)
    scores = np.zeros((len(ALPHAS), Y.shape[1]))
    for train, test in KFold(5).split(X):
        for a, alpha in enumerate(ALPHAS):
            peer = KernelRidge(alpha=alpha, kernel=kernel, **options).fit(X[train], Y[train])
            scores[a] += fitting.r2(Y[test], peer.predict(X[test])) / 5
    np.testing.assert_array_equal(model.alpha_, ALPHAS[scores.argmax(axis=0)])
    np.testing.assert_allclose(model.cv_scores_, scores.max(axis=0), rtol=1e-8)
    peer = KernelRidge(alpha=model.alpha_, kernel=kernel, **options).fit(X, Y)
    np.testing.assert_allclose(model.dual_coef_, peer.dual_coef_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(model.predict(X + 0.1), peer.predict(X + 0.1), rtol=1e-7)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_linear_kernel_is_ridge(fit_intercept):
    X, Y = problem()
    ridge = fitting.RidgeCV(ALPHAS, fit_intercept=fit_intercept).fit(X, Y)
    model = fitting.KernelRidgeCV(ALPHAS, fit_intercept=fit_intercept).fit(X, Y)
    np.testing.assert_array_equal(model.alpha_, ridge.alpha_)
    np.testing.assert_allclose(model.predict(X + 1), ridge.predict(X + 1), rtol=1e-8)
    np.testing.assert_allclose(model.score_per_target(X, Y), ridge.score_per_target(X, Y))


def test_same_as_himalaya_with_an_intercept():
    pytest.importorskip("himalaya")
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.scoring import r2_score

    X, Y = problem()
    K = pairwise_kernels(X, metric="rbf", gamma=0.1)
    new = pairwise_kernels(X + 0.1, X, metric="rbf", gamma=0.1)
    peer = KernelRidgeCV(
        ALPHAS,
        kernel="precomputed",
        cv=KFold(5),
        fit_intercept=True,
        solver_params={"score_func": r2_score},
    ).fit(K, Y)
    model = fitting.KernelRidgeCV(ALPHAS, "precomputed").fit(K, Y)
    np.testing.assert_allclose(model.alpha_, peer.best_alphas_)
    np.testing.assert_allclose(model.predict(new), peer.predict(new), rtol=1e-7)
    by_name = fitting.KernelRidgeCV(ALPHAS, "rbf", gamma=0.1).fit(X, Y)
    np.testing.assert_allclose(by_name.predict(X + 0.1), model.predict(new), rtol=1e-8)


def test_precomputed_kernels_are_split_on_both_sides():
    X, Y = problem()
    grid = {"alphas": [[0.1], [10.0]]}
    linear, given = (
        GridSearchCV(fitting.KernelRidgeCV(kernel=kernel), grid, cv=3).fit(features, Y)
        for kernel, features in (("linear", X), ("precomputed", X @ X.T))
    )
    np.testing.assert_allclose(
        given.cv_results_["mean_test_score"], linear.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("kernel", KERNELS)
def test_torch_and_float32(kernel):
    X, Y = problem()
    model = fitting.KernelRidgeCV(ALPHAS, kernel)
    exact = model.fit(X, Y).predict(X)
    tensor = model.fit(torch.tensor(X), torch.tensor(Y)).predict(torch.tensor(X))
    np.testing.assert_allclose(tensor.numpy(), exact, rtol=1e-9)
    single = model.fit(X.astype("f4"), Y.astype("f4")).predict(X.astype("f4"))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, exact, atol=1e-4)


def test_one_target_runs_and_progress(capsys):
    X, Y = problem()
    runs = np.repeat(np.arange(6), 10)
    model = fitting.KernelRidgeCV(ALPHAS, cv=3, progress=True).fit(X, Y[:, 0], groups=runs)
    assert "KernelRidgeCV" in capsys.readouterr().err
    assert model.predict(X).shape == (60,)
    other = fitting.KernelRidgeCV(ALPHAS, cv=fitting.RunFold(3)).fit(X, Y[:, 0], groups=runs)
    np.testing.assert_array_equal(model.dual_coef_, other.dual_coef_)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel": "sigmoid"}, "kernel='sigmoid' is not known"),
        ({"kernel": "precomputed"}, "is not square"),
        ({"gamma": 0.0}, "is no scale"),
        ({"scoring": "mse"}, "scoring='mse' is not known"),
        ({"alphas": [-1.0]}, "is no ridge penalty"),
        ({"cv": 100}, "more than there are samples"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fitting.KernelRidgeCV(**options).fit(*problem())


def test_bad_kernels_are_refused():
    X, Y = problem()
    with pytest.raises(ValueError, match="is not symmetric"):
        fitting.KernelRidgeCV(kernel="precomputed").fit(np.triu(X @ X.T), Y)
    model = fitting.KernelRidgeCV(kernel="precomputed").fit(X @ X.T, Y)
    with pytest.raises(ValueError, match="expecting 60 features"):
        model.predict(X)
