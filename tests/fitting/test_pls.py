"""PLSRegression against scikit-learn's NIPALS (acceptance 2)."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.cross_decomposition import PLSRegression as SklearnPLS
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

import fitting
from fitting.pls_solvers import dominant_direction, dual_pls

#: n, p, t, k: one target, t < p, t > p, p > n, p > n with t > n
PROBLEMS = [
    (100, 30, 1, 5),
    (100, 30, 10, 10),
    (100, 30, 60, 10),
    (50, 120, 10, 10),
    (50, 120, 200, 10),
    (50, 20, 200, 8),
    (60, 300, 1, 4),
]


def problem(n, p, t, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) + 1
    Y = X[:, :5] @ rng.standard_normal((5, t)) + rng.standard_normal((n, t))
    return X, Y


@pytest.mark.parametrize(("n", "p", "t", "k"), PROBLEMS)
@pytest.mark.parametrize("seed", [0, 1])
def test_acceptance_2_predictions_of_sklearn(n, p, t, k, seed):
    X, Y = problem(n, p, t, seed)
    new = np.random.default_rng(9).standard_normal((10, p))
    theirs = SklearnPLS(k, scale=False).fit(X, Y)
    model = fitting.PLSRegression(k).fit(X, Y)
    np.testing.assert_allclose(
        model.predict(new), theirs.predict(new).reshape(10, t), rtol=0, atol=1e-10
    )
    np.testing.assert_allclose(model.coef_, theirs.coef_, rtol=0, atol=1e-10)
    np.testing.assert_allclose(
        np.abs(model.x_rotations_), np.abs(theirs.x_rotations_), rtol=0, atol=1e-10
    )


@pytest.mark.parametrize(("n", "p", "t", "k"), PROBLEMS)
def test_acceptance_2_predictions_of_sklearn_on_two_threads(n, p, t, k):
    X, Y = problem(n, p, t)
    with threadpool_limits(2):
        expected = SklearnPLS(k, scale=False).fit(X, Y).predict(X).reshape(n, t)
        found = fitting.PLSRegression(k).fit(X, Y).predict(X)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("n", "p", "t", "k"), PROBLEMS)
def test_acceptance_2_exact_is_sklearn_converged(n, p, t, k):
    X, Y = problem(n, p, t)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = SklearnPLS(k, scale=False, tol=1e-20, max_iter=20000).fit(X, Y)
    model = fitting.PLSRegression(k, tol="exact").fit(X, Y)
    np.testing.assert_allclose(model.predict(X), theirs.predict(X).reshape(n, t), rtol=0, atol=1e-8)


@pytest.mark.parametrize(("n", "p", "t", "k"), PROBLEMS[1:5])
def test_fewer_components_are_those_of_a_smaller_fit(n, p, t, k):
    X, Y = problem(n, p, t)
    model = fitting.PLSRegression(k).fit(X, Y)
    for fewer in (1, 3):
        expected = fitting.PLSRegression(fewer).fit(X, Y).predict(X)
        np.testing.assert_allclose(model.predict(X, n_components=fewer), expected, atol=1e-12)
    mean = np.broadcast_to(Y.mean(axis=0), Y.shape)
    np.testing.assert_allclose(model.predict(X, n_components=0), mean)


@pytest.mark.parametrize(("n", "p", "t", "k"), PROBLEMS)
def test_torch_equals_numpy_and_exports(n, p, t, k):
    X, Y = problem(n, p, t)
    expected = fitting.PLSRegression(k).fit(X, Y)
    model = fitting.PLSRegression(k).fit(torch.tensor(X), torch.tensor(Y))
    prediction = model.predict(torch.tensor(X))
    assert isinstance(prediction, torch.Tensor)
    np.testing.assert_allclose(prediction, expected.predict(X), atol=1e-10)
    outputs = expected.to_torch()(torch.tensor(X)).detach()
    np.testing.assert_allclose(outputs, expected.predict(X), atol=1e-10)


def test_float32_stays_float32():
    X, Y = problem(100, 30, 10)
    model = fitting.PLSRegression(5).fit(X.astype("f4"), Y.astype("f4"))
    assert model.coef_.dtype == model.predict(X).dtype == np.float32
    np.testing.assert_allclose(model.coef_, fitting.PLSRegression(5).fit(X, Y).coef_, atol=2e-3)


@pytest.mark.parametrize("p", [30, 300])
def test_too_many_components_are_cut_with_a_warning(p):
    X, Y = problem(20, p, 4)
    with pytest.warns(UserWarning, match="n_components=40 is more than 20 samples of"):
        assert fitting.PLSRegression(40).fit(X, Y).n_components_ <= 19


@pytest.mark.parametrize("p", [30, 300])
def test_rank_is_found_with_a_warning(p):
    """Four latent dimensions: the fifth component would be rounding."""
    rng = np.random.default_rng(0)
    latent = rng.standard_normal((100, 4))
    X, Y = latent @ rng.standard_normal((4, p)), latent @ rng.standard_normal((4, 6))
    with pytest.warns(UserWarning, match="is more than the rank of the data, 4"):
        model = fitting.PLSRegression(10).fit(X, Y)
    assert model.n_components_ == 4
    np.testing.assert_allclose(model.predict(X), Y, atol=1e-9)


def test_first_target_may_be_constant():
    X, Y = problem(50, 10, 3)
    Y[:, 0] = 2.0
    theirs = SklearnPLS(3, scale=False).fit(X, Y)
    np.testing.assert_allclose(
        fitting.PLSRegression(3).fit(X, Y).predict(X), theirs.predict(X), atol=1e-10
    )


def test_slow_convergence_warns():
    """Eigenvalues so close that the weights keep drifting from one direction to the next."""
    k = np.arange(60)
    drifting = np.exp(-0.05 * (60 - k) ** 2 / 2 - 0.005 * k)
    with pytest.warns(ConvergenceWarning, match=r"500 steps .* Use tol='exact'"):
        dominant_direction(np.diag(np.exp(-0.01 * k)), drifting, "sklearn")


def test_dual_and_primal_agree():
    X, Y = problem(50, 40, 6)
    X, Y = X - X.mean(axis=0), Y - Y.mean(axis=0)
    C, Q = dual_pls(X @ X.T, Y, 6, "sklearn")
    expected = fitting.PLSRegression(6).fit(X, Y).coef_
    np.testing.assert_allclose(Q @ C.T @ X, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_components": 0}, ValueError, "PLSRegression: n_components=0 is too small"),
        ({"n_components": 2.5}, TypeError, "n_components=2.5 is no whole number"),
        ({"tol": "exactly"}, fitting.UnknownNameError, "tol='exactly' is not known.*'exact'"),
    ],
)
def test_options_are_checked(options, error, match):
    with pytest.raises(error, match=match):
        fitting.PLSRegression(**options).fit(*problem(20, 5, 2))


def test_data_are_checked():
    X, Y = problem(20, 5, 2)
    with pytest.raises(ValueError, match="y=array of 18 samples does not match X"):
        fitting.PLSRegression(2).fit(X, Y[:18])
    with pytest.raises(ValueError, match="does not vary"):
        fitting.PLSRegression(2).fit(X, Y * 0)
    with pytest.raises(ValueError, match="n_components=3 is more than were fitted"):
        fitting.PLSRegression(2).fit(X, Y).predict(X, n_components=3)
