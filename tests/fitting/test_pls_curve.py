"""The score of PLS by number of components: each point is that of a fit with as many."""

import numpy as np
import pytest
import torch

import fitting


def problem(n=60, p=20, t=4):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p))
    return X, X[:, :5] @ rng.standard_normal((5, t)) + rng.standard_normal((n, t))


@pytest.mark.parametrize("p", [20, 100])
@pytest.mark.parametrize("tol", ["sklearn", "exact"])
def test_each_point_is_that_of_a_fit_with_as_many_components(p, tol):
    X, Y = problem(p=p)
    curve = fitting.pls_curve(X, Y, 6, cv=3, tol=tol)
    r = fitting.pls_curve(X, Y, 6, cv=3, tol=tol, scoring="r")
    assert curve.shape == r.shape == (6, 4)
    for k in (1, 4, 6):
        result = fitting.evaluate(X, Y, fitting.PLSRegression(k, tol=tol), cv=3)
        np.testing.assert_allclose(curve[k - 1], result.r2, atol=1e-12)
        np.testing.assert_allclose(r[k - 1], result.r, atol=1e-12)


def test_runs_tensors_and_one_target():
    X, Y = problem()
    runs = np.repeat([0, 1, 2], 20)
    expected = fitting.pls_curve(X, Y[:, 0], 4, cv=runs)
    tensors = fitting.pls_curve(torch.tensor(X), torch.tensor(Y[:, :1]), 4, cv=3, groups=runs)
    np.testing.assert_allclose(tensors, expected, atol=1e-12)


def test_progress_and_warning(capsys):
    X, Y = problem()
    with pytest.warns(UserWarning, match="n_components=90 is more than 40 samples of 20"):
        assert len(fitting.pls_curve(X, Y, 90, cv=3, progress=True)) == 20
    assert "pls_curve" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_components": 0}, ValueError, "pls_curve: n_components=0 is too small"),
        ({"scoring": "R"}, fitting.UnknownNameError, "scoring='R' is not known"),
        ({"tol": "tight"}, fitting.UnknownNameError, "tol='tight' is not known"),
        ({"groups": [0, 1]}, ValueError, "groups=array of 2 samples does not match X"),
        ({"cv": "five"}, TypeError, "cv"),
    ],
)
def test_bad_options_are_refused(options, error, match):
    with pytest.raises(error, match=match):
        fitting.pls_curve(*problem(), **options)


def test_bad_data_are_refused():
    X, Y = problem()
    with pytest.raises(ValueError, match="Y=array of 10 samples does not match X"):
        fitting.pls_curve(X, Y[:10])
    with pytest.raises(ValueError, match="does not vary"):
        fitting.pls_curve(X, Y * 0)
