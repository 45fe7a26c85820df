"""scikit-learn's own checks of an estimator, on ours."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from fitting import NeuronToNeuron, PLSRegression, RidgeCV

#: Contract of this package: numbers in an array of dtype object are refused, not guessed at.
OBJECTS = {"check_dtype_object": "object arrays are refused"}


@parametrize_with_checks(
    [
        RidgeCV(alphas=(0.1, 1.0, 10.0), cv=2),
        PLSRegression(n_components=1),
        NeuronToNeuron(),
    ],
    expected_failed_checks=lambda _: OBJECTS,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_check_estimator(estimator, check):
    check(estimator)
