"""Delayed features and finite impulse responses stay within runs and find what was planted."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline

import fitting


@given(
    lengths=st.lists(st.integers(6, 10), min_size=1, max_size=4),
    delays=st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
    n_features=st.integers(1, 3),
)
def test_acceptance_10_no_value_crosses_a_run_boundary(lengths, delays, n_features):
    runs = np.repeat(np.arange(len(lengths)), lengths)
    X = np.random.default_rng(0).standard_normal((len(runs), n_features))
    delayed = fitting.Delayer(delays).fit_transform(X, groups=runs)
    for row in range(len(runs)):
        expected = [
            X[row - lag] if row >= lag and runs[row - lag] == runs[row] else np.zeros(n_features)
            for lag in delays
        ]
        np.testing.assert_array_equal(delayed[row], np.concatenate(expected))


def test_acceptance_10_a_planted_lag_of_three_samples_is_recovered():
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(5), 60)
    X = rng.standard_normal((300, 4))
    Y = fitting.delay(X, (3,), runs) @ rng.standard_normal((4, 20))
    Y += rng.standard_normal(Y.shape)
    delayer = fitting.Delayer()
    delayed = delayer.fit_transform(X, groups=runs)
    model = fitting.RidgeCV(np.logspace(-1, 3, 5), cv=4).fit(delayed, Y, groups=runs)
    power = (delayer.unfold(model.coef_) ** 2).sum(axis=2)
    assert (power.argmax(axis=1) == delayer.delays.index(3)).all()
    assert np.median(fitting.evaluate(delayed, Y, model, cv=runs).r) > 0.7
    assert np.median(fitting.evaluate(X, Y, model, cv=runs).r) < 0.1


def test_delay_major_order_and_names():
    X = np.arange(10.0).reshape(5, 2)
    delayer = fitting.Delayer((0, 2)).fit(X)
    assert delayer.transform(X)[4].tolist() == [8, 9, 4, 5]
    assert delayer.get_feature_names_out(["a", "b"]).tolist() == [
        "a_delay0",
        "b_delay0",
        "a_delay2",
        "b_delay2",
    ]
    np.testing.assert_array_equal(delayer.unfold(delayer.transform(X))[4], [[8, 9], [4, 5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tensors_and_dtypes_are_kept(dtype):
    X = np.random.default_rng(0).standard_normal((12, 3)).astype(dtype)
    runs = np.repeat([0, 1], 6)
    expected = fitting.Delayer().fit_transform(X, groups=runs)
    assert expected.dtype == dtype
    tensor = fitting.Delayer().fit_transform(torch.asarray(X), groups=runs)
    np.testing.assert_array_equal(tensor.numpy(), expected)


def test_fir_separates_overlapping_responses():
    rng = np.random.default_rng(0)
    onsets = (rng.random((600, 2)) < 0.1).astype(float)
    responses = rng.standard_normal((2, 8))
    bold = sum(np.convolve(onsets[:, k], responses[k])[:600] for k in range(2))
    fir = fitting.FIR(n_lags=8)
    coef = np.linalg.lstsq(fir.fit_transform(onsets), bold, rcond=None)[0]
    np.testing.assert_allclose(fir.unfold(coef).T, responses, atol=1e-12)


def test_delays_that_cannot_be_are_refused():
    X, runs = np.zeros((10, 1)) + np.arange(10.0)[:, None], np.repeat([0, 1], [7, 3])
    with pytest.raises(ValueError, match="delays=3 is not shorter than a run of 3 samples; "):
        fitting.Delayer((1, 3)).fit_transform(X, groups=runs)
    with pytest.raises(ValueError, match="delays=14 is not shorter than a run of 10 samples"):
        fitting.FIR().fit_transform(X)
    with pytest.raises(ValueError, match="groups=2 runs in 4 stretches are not in time order"):
        fitting.delay(X, (1,), [0, 0, 1, 1, 1, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match="does not match X, which has 10"):
        fitting.delay(X, (1,), runs[:-1])
    with pytest.raises(ValueError, match=r"delays=\[1, 1\] holds a delay twice"):
        fitting.delay(X, (1, 1))
    with pytest.raises(ValueError, match=r"delays=\[\] is empty"):
        fitting.delay(X, ())
    with pytest.raises(ValueError, match="delays=-1 is too small"):
        fitting.Delayer((-1,)).fit(X)
    with pytest.raises(TypeError, match="is no whole number"):
        fitting.Delayer((1.5,)).fit(X)
    with pytest.raises(TypeError, match="delays=4 is no list"):
        fitting.Delayer(4).fit(X)
    with pytest.raises(ValueError, match="n_lags=0 is too small"):
        fitting.FIR(0).fit(X)
    with pytest.raises(TypeError, match="n_lags='a' is no whole number"):
        fitting.FIR("a").fit(X)
    with pytest.raises(ValueError, match="X has 2 features, but Delayer is expecting 1"):
        fitting.Delayer().fit(X).transform(np.zeros((10, 2)))
    with pytest.raises(ValueError, match=r"Delayer.unfold: coef=array\(3, 5\) does not go with"):
        fitting.Delayer().unfold(np.zeros((3, 5)))


def test_delays_inside_a_pipeline_are_refused_by_evaluate():
    rng = np.random.default_rng(0)
    X, Y, runs = rng.standard_normal((40, 2)), rng.standard_normal((40, 3)), np.repeat([0, 1], 20)
    pipeline = make_pipeline(fitting.Delayer(), fitting.RidgeCV([1.0], cv=2))
    with pytest.raises(ValueError, match="estimator=Delayer would take the rows of a fold"):
        fitting.evaluate(X, Y, pipeline, cv=runs)
