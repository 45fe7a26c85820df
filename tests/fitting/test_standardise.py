"""Scaling and trimming run by run; constant columns are zero and flagged."""

import numpy as np
import pytest
import torch
from scipy import stats

import fitting

runs = np.repeat(["a", "b"], [30, 25])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zscore_equals_scipy_in_each_run(dtype):
    Y = (1000 + np.random.default_rng(0).standard_normal((55, 4))).astype(dtype)
    Z, constant = fitting.zscore(Y, runs)
    expected = np.concatenate([stats.zscore(Y[runs == run].astype(float)) for run in "ab"])
    assert Z.dtype == dtype
    assert not constant.any()
    np.testing.assert_allclose(Z, expected, atol=1e-6 if dtype == np.float32 else 1e-9)
    tensor, flags = fitting.zscore(torch.asarray(Y), runs)
    np.testing.assert_allclose(tensor.numpy(), Z, atol=1e-9)
    assert flags.dtype == torch.bool


def test_constant_columns_are_zero_and_flagged():
    Y = np.random.default_rng(0).standard_normal((55, 3))
    Y[:, 1] = 0.1
    Y[runs == "b", 2] = 1e6 / 3
    Z, constant = fitting.zscore(Y, runs)
    assert constant.tolist() == [False, True, True]
    assert not Z[:, 1].any()
    assert not Z[runs == "b", 2].any()
    np.testing.assert_allclose(Z[runs == "a", 2].std(), 1.0)


def test_trimmed_rows_leave_both_ends_of_each_run():
    rows = fitting.trimmed_rows(runs, 2.5, runs)
    assert rows.tolist() == [*range(4, 26), *range(34, 51)]
    assert fitting.trimmed_rows(runs, 3.0, first=10, last=0).tolist() == list(range(4, 55))


def test_bad_input_is_refused():
    Y = np.random.default_rng(0).standard_normal((55, 3))
    with pytest.raises(ValueError, match="groups=array of 55 labels holds a run of 1 sample"):
        fitting.zscore(Y, [0] * 54 + [1])
    with pytest.raises(ValueError, match="are not in time order"):
        fitting.zscore(Y, np.arange(55) % 2)
    with pytest.raises(ValueError, match="NaN"):
        fitting.zscore(np.full((3, 1), np.nan))
    with pytest.raises(ValueError, match="first=30 s and last=30 s leave nothing of a run of 30"):
        fitting.trimmed_rows(Y, 2.0, runs, first=30, last=30)
    with pytest.raises(ValueError, match="first=-1 is no duration; expected seconds >= 0"):
        fitting.trimmed_rows(Y, 2.0, first=-1)
    with pytest.raises(TypeError, match="tr=None is no number"):
        fitting.trimmed_rows(Y, None)
