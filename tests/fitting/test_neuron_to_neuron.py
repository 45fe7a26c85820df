"""NeuronToNeuron: one unscaled feature a target, by the largest signed correlation."""

import numpy as np
import pytest
import torch

import fitting
from fitting import brainscore_metrics as bs
from fitting.neuron_to_neuron import best_source


def problem(n=60, p=12, t=5, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p)) * rng.uniform(0.1, 10, p) + rng.standard_normal(p)
    return X, X[:, :t] * 3 + rng.standard_normal((n, t)) * X[:, :t].std(axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_source_is_the_largest_signed_correlation(seed):
    X, Y = problem(seed=seed)
    Y[:, 0] *= -1  # its strongest correlation is negative, and so is not taken
    r = np.corrcoef(X.T, Y.T)[:12, 12:]
    model = fitting.NeuronToNeuron().fit(X, Y)
    np.testing.assert_array_equal(model.source_, r.argmax(axis=0))
    np.testing.assert_array_equal(model.predict(X), X[:, r.argmax(axis=0)])
    np.testing.assert_array_equal(X @ model.coef_.T + model.intercept_, model.predict(X))


def test_evaluate_gives_the_numbers_of_the_metric():
    X, Y = problem(n=80)
    folds = fitting.brainscore_splits(80)
    result = fitting.evaluate(X, Y, fitting.NeuronToNeuron(), cv=folds)
    score = bs.neuron_to_neuron(X, Y)
    np.testing.assert_allclose(result.r_folds, score.splits, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_features_that_do_not_vary_are_never_chosen(dtype):
    X, Y = (a.astype(dtype) for a in problem())
    X[:, 0] = 0.1  # a mean of 60 times 0.1 is not 0.1: rounding must not look like variance
    assert 0 not in fitting.NeuronToNeuron().fit(X, Y).source_
    np.testing.assert_array_equal(best_source(X, Y * 0), np.ones(5))


def test_targets_that_do_not_vary_are_told():
    X, Y = problem()
    X[:, 0], Y[:, 2] = 1.0, 7.1
    with pytest.warns(UserWarning, match=r"y=array\(60, 5\) holds 1 target\(s\) that do not vary"):
        assert fitting.NeuronToNeuron().fit(X, Y).source_[2] == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_torch_equals_numpy(dtype):
    X, Y = (a.astype(dtype) for a in problem())
    expected = fitting.NeuronToNeuron().fit(X, Y)
    model = fitting.NeuronToNeuron().fit(torch.tensor(X), torch.tensor(Y))
    np.testing.assert_array_equal(model.source_, expected.source_)
    prediction = model.predict(torch.tensor(X))
    assert prediction.numpy().dtype == expected.predict(X).dtype == dtype
    np.testing.assert_array_equal(prediction, expected.predict(X))
    np.testing.assert_array_equal(model.coef_, expected.coef_)


def test_data_are_checked():
    X, Y = problem()
    with pytest.raises(ValueError, match="y=array of 50 samples does not match X"):
        fitting.NeuronToNeuron().fit(X, Y[:50])
    with pytest.raises(ValueError, match=r"X=array.* holds 1 NaN"):
        fitting.NeuronToNeuron().fit(np.where(np.eye(60, 12) * np.arange(12) > 10.5, np.nan, X), Y)
    with pytest.raises(ValueError, match=r"NeuronToNeuron: X=array.* does not vary"):
        fitting.NeuronToNeuron().fit(X * 0, Y)
    with pytest.raises(TypeError, match="does not go with X"):
        fitting.NeuronToNeuron().fit(X, torch.tensor(Y))
