"""scikit-learn's own checks of an estimator, on ours."""

import pytest
from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

from fitting import (
    FIR,
    BandedRidgeCV,
    Delayer,
    Detrend,
    KernelRidgeCV,
    NeuronToNeuron,
    PLSRegression,
    RidgeCV,
    StackedRegressor,
)
from fitting.time_transformer import TimeTransformer

#: Contract of this package: numbers in an array of dtype object are refused, not guessed at.
OBJECTS = {"check_dtype_object": "object arrays are refused"}

#: A row of a time series depends on the rows before it, so a part or another order differs.
IN_TIME = {
    "check_methods_subset_invariance": "rows are in time order",
    "check_methods_sample_order_invariance": "rows are in time order",
}


@parametrize_with_checks(
    [
        RidgeCV(alphas=(0.1, 1.0, 10.0), cv=2),
        PLSRegression(n_components=1),
        NeuronToNeuron(),
        BandedRidgeCV(alphas=(0.1, 1.0, 10.0), cv=2),
        KernelRidgeCV(alphas=(0.1, 1.0, 10.0), cv=2),
        KernelRidgeCV(alphas=(0.1, 1.0, 10.0), cv=2, kernel="precomputed"),
        StackedRegressor(estimator=Ridge(), cv=2),
        Delayer(delays=(0, 1)),
        FIR(n_lags=2),
        Detrend(method="polynomial", order=1),
    ],
    expected_failed_checks=lambda e: OBJECTS | (IN_TIME if isinstance(e, TimeTransformer) else {}),
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_check_estimator(estimator, check):
    check(estimator)
