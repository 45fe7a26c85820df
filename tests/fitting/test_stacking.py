"""Weights on the simplex against a general solver, and stacked models."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

import fitting
from fitting.simplex import simplex_weights


def forms(n_targets, m, seed=0):
    """Error products of members that share much of their error."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((n_targets, 1, 30))
    errors = shared + rng.standard_normal((n_targets, m, 30)) * rng.uniform(0.1, 2, (1, m, 1))
    return errors @ np.swapaxes(errors, 1, 2)


@pytest.mark.parametrize("m", [1, 2, 3, 6, 12])
def test_weights_satisfy_the_conditions_of_an_optimum(m):
    """On the simplex; no gradient below the multiplier, equal to it where the weight is not 0."""
    P = forms(500, m)
    w = simplex_weights(P)
    assert w.min() >= 0
    np.testing.assert_allclose(w.sum(axis=1), 1, atol=1e-12)
    gradient = np.einsum("tij,tj->ti", P, w)
    multiplier = np.einsum("ti,ti->t", gradient, w)[:, None]
    assert ((gradient - multiplier) / multiplier).min() >= -1e-8
    assert np.abs((gradient / multiplier - 1) * w).max() <= 1e-8


def test_weights_are_those_of_a_general_solver():
    for P, w in zip(forms(20, 4), simplex_weights(forms(20, 4)), strict=True):
        found = minimize(
            lambda x, P=P: x @ P @ x / np.trace(P),
            np.full(4, 0.25),
            jac=lambda x, P=P: 2 * P @ x / np.trace(P),
            bounds=[(0, 1)] * 4,
            constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
            options={"ftol": 1e-14},
        )
        np.testing.assert_allclose(w, found.x, atol=1e-5)
        assert w @ P @ w <= found.fun * np.trace(P) * (1 + 1e-9)


def test_weights_do_not_change_with_the_unit_and_share_between_equals():
    P = forms(50, 3)
    np.testing.assert_allclose(simplex_weights(P * 1e-9), simplex_weights(P), atol=1e-12)
    np.testing.assert_allclose(simplex_weights(np.ones((1, 3, 3))), 1 / 3, atol=1e-6)
    np.testing.assert_allclose(simplex_weights(np.zeros((1, 3, 3))), 1 / 3)


def problem(n=240, t=6):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, 45))
    Y = X[:, :15] @ rng.standard_normal((15, t)) * np.linspace(0, 1, t)
    Y += X[:, 15:30] @ rng.standard_normal((15, t)) * np.linspace(1, 0, t)
    return X, Y + rng.standard_normal((n, t)) + 5


def test_shares_follow_the_band_that_predicts():
    """The first targets hear mostly the second band, the last ones the first; none the third."""
    X, Y = problem()
    model = fitting.StackedRegressor({"a": 15, "b": 15, "noise": 15}).fit(X[:160], Y[:160])
    assert model.weights_.shape == (3, 6)
    assert model.weights_[1, :2].min() > 0.8
    assert model.weights_[0, -2:].min() > 0.8
    assert model.weights_[2].max() < 0.2
    best = max(
        fitting.RidgeCV().fit(X[:160, a : a + 15], Y[:160]).score(X[160:, a : a + 15], Y[160:])
        for a in (0, 15, 30)
    )
    assert model.score(X[160:], Y[160:]) > best + 0.1


def test_shares_minimise_the_error_of_left_out_predictions():
    """Error products by hand, and the prediction as the sum of the parts."""
    X, Y = problem()
    model = fitting.StackedRegressor([15, 30], Ridge(3.0), cv=4).fit(X, Y)
    P = np.zeros((6, 2, 2))
    for train, test in KFold(4).split(X):
        errors = [
            Ridge(3.0).fit(X[train][:, band], Y[train]).predict(X[test][:, band]) - Y[test]
            for band in (slice(0, 15), slice(15, 45))
        ]
        P += np.einsum("int,jnt->tij", errors, errors)
    np.testing.assert_allclose(model.weights_, simplex_weights(P).T, atol=1e-10)
    parts = [Ridge(3.0).fit(X[:, b], Y).predict(X[:, b]) for b in (slice(0, 15), slice(15, 45))]
    expected = model.weights_[0] * parts[0] + model.weights_[1] * parts[1]
    np.testing.assert_allclose(model.predict(X), expected, atol=1e-10)
    scaled = fitting.StackedRegressor([15, 30], Ridge(3.0), cv=4).fit(X, Y * 1e4)
    np.testing.assert_allclose(scaled.weights_, model.weights_, atol=1e-9)


def test_runs_reach_the_models_and_progress_is_shown(capsys):
    X, Y = problem()
    runs = np.repeat(np.arange(6), 40)
    inner = fitting.RidgeCV([1.0, 10.0], cv=fitting.RunFold(2))
    model = fitting.StackedRegressor([15, 30], inner, cv=3, progress=True)
    assert model.fit(X, Y[:, 0], groups=runs).predict(X).shape == (240,)
    assert "StackedRegressor" in capsys.readouterr().err


def test_bad_inputs_are_refused():
    X, Y = problem()
    with pytest.raises(ValueError, match="name column 30 0 times"):
        fitting.StackedRegressor([15, 15]).fit(X, Y)
    with pytest.raises(TypeError, match="is no numpy array"):
        fitting.StackedRegressor([15, 30]).fit(torch.tensor(X), torch.tensor(Y))
    with pytest.raises(ValueError, match="does not match X"):
        fitting.StackedRegressor([15, 30]).fit(X, Y[:-1])
    with pytest.raises(ValueError, match="expecting 45 features"):
        fitting.StackedRegressor([15, 30]).fit(X, Y).predict(X[:, :30])
