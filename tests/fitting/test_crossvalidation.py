"""Folds of whole runs with an embargo (acceptance 10), and Brain-Score's splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score

import fitting
from fitting.crossvalidation import resolve_folds


@given(
    lengths=st.lists(st.integers(6, 12), min_size=2, max_size=6),
    embargo=st.integers(0, 2),
    n_splits=st.none() | st.just(2),
)
def test_acceptance_10_runs_are_never_shared_and_the_gap_is_kept(lengths, embargo, n_splits):
    runs = np.repeat(np.arange(len(lengths)), lengths)
    tested = []
    for train, test in fitting.RunFold(n_splits, embargo).split(runs, groups=runs):
        assert not set(runs[train]) & set(runs[test])
        assert np.abs(train[:, None] - test[None, :]).min() > embargo
        tested.append(test)
    np.testing.assert_array_equal(np.sort(np.concatenate(tested)), np.arange(len(runs)))
    assert len(tested) == (n_splits or len(lengths))


def test_runs_may_be_text_and_in_any_order():
    folds = list(fitting.RunFold().split(range(4), groups=["b", "a", "b", "c"]))
    assert [test.tolist() for _, test in folds] == [[0, 2], [1], [3]]


def test_works_as_a_scikit_learn_splitter():
    rng = np.random.default_rng(0)
    X, runs = rng.standard_normal((40, 3)), np.repeat(np.arange(4), 10)
    scores = cross_val_score(
        fitting.RidgeCV([1.0], cv=2), X, X, cv=fitting.RunFold(embargo=2), groups=runs
    )
    assert scores.shape == (4,)


@pytest.mark.parametrize(
    ("options", "groups", "match"),
    [
        ({}, None, "RunFold: groups=None is missing"),
        ({}, [1, 1, 1, 1], r"groups=1 run\(s\) are too few for 2 folds"),
        ({"n_splits": 3}, [1, 1, 2, 2], r"groups=2 run\(s\) are too few for 3 folds"),
        ({"embargo": 1}, [1, 2, 1, 2], "groups=2 runs in 4 stretches are not in time order"),
        ({"embargo": 5}, [1, 1, 2, 2], "embargo=5 leaves nothing to fit"),
        ({}, [1, 2, 3], "groups=array of 3 samples does not match X"),
    ],
)
def test_runs_are_checked(options, groups, match):
    with pytest.raises(ValueError, match=match):
        list(fitting.RunFold(**options).split(np.zeros(4), groups=groups))


def test_options_are_checked():
    with pytest.raises(ValueError, match="n_splits=1 is too small"):
        fitting.RunFold(1)
    with pytest.raises(ValueError, match="embargo=-1 is too small"):
        fitting.RunFold(embargo=-1)
    with pytest.raises(TypeError, match=r"embargo=1\.5 is no whole number"):
        fitting.RunFold(embargo=1.5)


def test_brainscore_splits_keep_categories():
    labels = np.repeat(["a", "b"], 50)
    splits = fitting.brainscore_splits(100, stratify=labels)
    expected = StratifiedShuffleSplit(10, train_size=0.9, random_state=1).split(labels, labels)
    for (train, test), (train_expected, test_expected) in zip(splits, expected, strict=True):
        np.testing.assert_array_equal(train, train_expected)
        np.testing.assert_array_equal(test, test_expected)
        assert (labels[test] == "a").sum() == 5
    with pytest.raises(ValueError, match="stratify=array of 3 samples does not match"):
        fitting.brainscore_splits(100, stratify=["a", "b", "c"])


@pytest.mark.parametrize(
    ("cv", "error", "match"),
    [
        (1, ValueError, "cv=1 is too small"),
        (11, ValueError, r"cv=11 is more than there are samples \(n_samples=10\)"),
        (2.5, TypeError, "cv=2.5 makes no folds"),
        ([], ValueError, r"cv=\[\] has no folds"),
        (
            [([0, 1], [1, 2])],
            ValueError,
            "cv=fold 0 names a row twice, or fits a row that it tests",
        ),
        ([([0, 1], [])], ValueError, "cv=fold 0 has 2 training and 0 test samples"),
        ([([0, 1], [10])], ValueError, r"cv=fold 0 names a row outside 0\.\.9"),
    ],
)
def test_folds_are_checked(cv, error, match):
    with pytest.raises(error, match=match):
        resolve_folds("fit", cv, np.zeros(10))
