"""Folds in time order: blocks with a gap, a warning for shuffled ones, and no leak of the test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import KFold, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fitting


@given(n_samples=st.integers(30, 60), n_splits=st.integers(2, 5), embargo=st.integers(0, 4))
def test_blocks_test_each_row_once_and_keep_the_gap(n_samples, n_splits, embargo):
    folds = fitting.BlockFold(n_splits, embargo)
    tested = []
    for train, test in folds.split(np.zeros(n_samples)):
        assert (np.diff(test) == 1).all()
        assert np.abs(train[:, None] - test).min() > embargo
        away = np.setdiff1d(np.arange(n_samples), np.concatenate([train, test]))
        assert all(np.abs(row - test).min() <= embargo for row in away)
        tested.append(test)
    np.testing.assert_array_equal(np.concatenate(tested), np.arange(n_samples))
    assert folds.get_n_splits() == n_splits


def test_the_default_gap_is_the_longest_default_delay():
    assert fitting.BlockFold().embargo == max(fitting.Delayer().delays)


def test_bad_blocks_are_refused():
    with pytest.raises(ValueError, match=r"n_splits=5 is more than there are samples"):
        list(fitting.BlockFold().split(range(4)))
    with pytest.raises(ValueError, match="leaves nothing to fit"):
        list(fitting.BlockFold(2, embargo=9).split(range(10)))
    with pytest.raises(ValueError, match="n_splits=1 is too small"):
        fitting.BlockFold(1)
    with pytest.raises(TypeError, match=r"embargo=1.5 is no whole number"):
        fitting.BlockFold(embargo=1.5)


@pytest.fixture
def series():
    """Features and responses that are slow, and have nothing to do with each other."""
    rng = np.random.default_rng(0)
    smooth = np.exp(-np.arange(30) / 5)
    X, Y = (
        np.apply_along_axis(np.convolve, 0, rng.standard_normal((400, n)), smooth, "same")
        for n in (60, 40)
    )
    return X, Y


@pytest.mark.parametrize(
    "cv", [KFold(5, shuffle=True, random_state=0), ShuffleSplit(3, random_state=0)]
)
def test_shuffled_folds_of_a_time_series_warn(series, cv):
    X, Y = series
    model = fitting.RidgeCV([1.0], cv=fitting.BlockFold())
    with pytest.warns(UserWarning, match=r"cv=shuffled folds .* correlate \(median r = 0\.[78]"):
        shuffled = fitting.evaluate(X, Y, model, cv=cv)
    blocked = fitting.evaluate(X, Y, model, cv=fitting.BlockFold())
    assert np.median(shuffled.r) > 0.2  # features that know nothing seem to predict
    assert abs(np.median(blocked.r)) < 0.1


def test_shuffled_folds_within_runs_warn_whatever_the_responses():
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((80, 5)), rng.standard_normal((80, 5))
    model = fitting.RidgeCV([1.0], cv=2)
    runs = np.repeat([0, 1, 2, 3], 20)
    shuffled = list(KFold(4, shuffle=True, random_state=0).split(X))
    with pytest.warns(UserWarning, match="side by side in the same run"):
        fitting.evaluate(X, Y, model, cv=shuffled, groups=runs)
    # no warning: independent samples, blocks, and runs whose rows alternate with others
    fitting.evaluate(X, Y, model, cv=shuffled)
    fitting.evaluate(X, Y, model, cv=4, groups=runs)
    fitting.evaluate(X, Y, model, cv=fitting.RunFold(), groups=np.arange(80) % 4)


class _BestFeatures(SelectKBest):
    """The features that correlate most with any response."""

    def __init__(self, k=20):
        super().__init__(_largest_correlation, k=k)

    def fit(self, X, y):
        self.scores_ = _largest_correlation(X, y)
        self.pvalues_ = None
        self.n_features_in_ = X.shape[1]
        return self


def _largest_correlation(X, Y):
    Zx, Zy = StandardScaler().fit_transform(X), StandardScaler().fit_transform(Y)
    return np.abs(Zx.T @ Zy).max(axis=1)


def test_acceptance_10_pure_noise_is_not_predicted():
    """Scaling, selection and penalties are learned inside the folds: mean r within 3 sem of 0."""
    rng = np.random.default_rng(0)
    runs = np.repeat(np.arange(6), 40)
    X, Y = rng.standard_normal((240, 300)), rng.standard_normal((240, 50))
    X = fitting.Delayer((1, 2)).fit_transform(X, groups=runs)
    X, Y = (
        fitting.zscore(X, runs)[0],
        fitting.zscore(fitting.detrend(Y, 2.0, runs, window=60), runs)[0],
    )
    ridge = fitting.RidgeCV(np.logspace(0, 5, 6), cv=5)
    pipeline = make_pipeline(StandardScaler(), _BestFeatures(), ridge)
    r = fitting.evaluate(X, Y, pipeline, cv=runs).r
    assert abs(r.mean()) < 3 * r.std(ddof=1) / np.sqrt(len(r))
    # the same selection from all samples does leak, so that the test would see it
    leaked = fitting.evaluate(_BestFeatures().fit(X, Y).transform(X), Y, ridge, cv=runs).r
    assert leaked.mean() > 3 * leaked.std(ddof=1) / np.sqrt(len(leaked))
