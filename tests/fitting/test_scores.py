"""Scores of each target against scipy and scikit-learn, and what happens without variance."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import r2_score

import fitting

RNG = np.random.default_rng(0)
Y = RNG.standard_normal((50, 4)) + np.array([0, 1, 1e4, -3])
P = Y + RNG.standard_normal((50, 4))


def test_pearson_r_equals_scipy():
    expected = [stats.pearsonr(Y[:, i], P[:, i]).statistic for i in range(4)]
    np.testing.assert_allclose(fitting.pearson_r(Y, P), expected, rtol=1e-12)


def test_r2_and_neg_mse_equal_sklearn():
    np.testing.assert_allclose(fitting.r2(Y, P), r2_score(Y, P, multioutput="raw_values"))
    np.testing.assert_allclose(fitting.neg_mse(Y, P), -((Y - P) ** 2).mean(axis=0))


def test_constant_columns_score_zero_and_are_flagged():
    flat = Y.copy()
    flat[:, 1] = 7.0
    assert fitting.pearson_r(flat, P)[1] == fitting.pearson_r(P, flat)[1] == 0
    assert fitting.r2(flat, P)[1] == 0
    assert np.isnan(fitting.pearson_r(flat, P, undefined=np.nan)[1])
    np.testing.assert_array_equal(fitting.is_constant(flat), [False, True, False, False])


def test_float32_is_summed_in_float64():
    large = (Y + 1e5).astype("f4")
    expected = fitting.pearson_r(large.astype("f8"), P)
    np.testing.assert_allclose(fitting.pearson_r(large, P), expected, rtol=1e-14)


def test_tensors_stay_tensors():
    for score in (fitting.pearson_r, fitting.r2, fitting.neg_mse):
        result = score(torch.tensor(Y), torch.tensor(P))
        assert isinstance(result, torch.Tensor)
        np.testing.assert_allclose(result, score(Y, P), rtol=1e-12)


@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_r_does_not_see_shift_and_scale(scale, shift):
    np.testing.assert_allclose(
        fitting.pearson_r(Y, P * scale + shift), fitting.pearson_r(Y, P), rtol=1e-8, atol=1e-10
    )


@pytest.mark.parametrize("score", [fitting.pearson_r, fitting.r2, fitting.neg_mse])
def test_pairs_are_checked(score):
    with pytest.raises(ValueError, match="Y_pred=array of 49 samples does not match Y"):
        score(Y, P[:49])
    with pytest.raises(ValueError, match=r"Y_pred=array\(50, 3\) does not have the 4 target"):
        score(Y, P[:, :3])
    with pytest.raises(ValueError, match="holds 50 NaN"):
        score(Y, np.where(np.arange(4) == 1, np.nan, P))
    with pytest.raises(TypeError, match="Y=tensor on cpu does not go with X"):
        score(Y, torch.tensor(P))
    with pytest.raises(ValueError, match="has 1 dimension"):
        fitting.is_constant(Y[0])
