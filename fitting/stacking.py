"""One encoding model a feature space, and for each target a convex combination of them."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from .bands import resolve_bands
from .crossvalidation import resolve_folds
from .errors import describe
from .evaluate import group_argument
from .inputs import check_variance
from .linear_encoder import Encoder
from .progress import counted
from .ridge import RidgeCV
from .simplex import simplex_weights

__all__ = ["StackedRegressor"]


class StackedRegressor(Encoder):
    """Stacked regression: for each target a convex combination of the models of several bands.

    A model of each band predicts left-out samples; e_i are its errors. For each target the weights
    minimise w'Pw with P_ij = sum_n e_i e_j, w >= 0 and sum w = 1. They do not change with the unit
    of the target. The models are then fitted to all samples.

    Parameters
    ----------
    bands
        Number of columns of each band in their order; or a list of slices or arrays of column
        numbers; or a dictionary from name to one of these; None makes all features one band.
    estimator
        Regressor that is copied for each band; None for :class:`RidgeCV`.
    cv
        Number of folds (contiguous blocks, or whole runs where `groups` is passed to `fit`), a
        splitter, or a list of (train, test) rows; each sample is left out once at least.
    progress
        Whether to show a progress bar over fits.

    Attributes
    ----------
    estimators_
        Dictionary from the name of each band to its model.
    weights_
        (n_bands, n_targets) float64 shares, each column sums to 1.
    bands_
        Dictionary from the name of each band to its column numbers.
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit`, if bands do not share out the columns, shapes do not match, values are not finite
        or no target varies.
    TypeError
        In `fit`, if arrays hold no real numbers, or are tensors.

    Notes
    -----
    Source: Lin, Naselaris, Kay and Wehbe (2023).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 20))
    >>> Y = X[:, :10] @ rng.standard_normal((10, 2)) + rng.standard_normal((200, 2))
    >>> StackedRegressor([10, 10]).fit(X, Y).weights_.round(1)
    array([[1., 1.],
           [0., 0.]])
    """

    def __init__(
        self,
        bands: Any = None,
        estimator: BaseEstimator | None = None,
        cv: Any = 5,
        progress: bool = False,
    ) -> None:
        self.bands = bands
        self.estimator = estimator
        self.cv = cv
        self.progress = progress

    def fit(self, X: Any, y: Any, groups: Any = None) -> "StackedRegressor":
        """Find the shares by cross-validation and fit the models of all bands to all samples.

        Parameters
        ----------
        X
            (n_samples, n_features) features of all bands, side by side.
        y
            (n_samples, n_targets) or (n_samples,) responses.
        groups
            (n_samples,) run of each sample, for folds of whole runs.

        Returns
        -------
        StackedRegressor
            This estimator.
        """
        X, Y = self._check_training(X, y)
        if not isinstance(X, np.ndarray):
            remedy = "Move it to the host with .cpu().numpy()"
            raise TypeError(
                describe("StackedRegressor", "X", "tensor", "is no numpy array", "arrays", remedy)
            )
        check_variance("StackedRegressor", X=X, y=Y)
        self.bands_ = resolve_bands("StackedRegressor", self.bands, X.shape[1])
        folds = resolve_folds("StackedRegressor", self.cv, X, groups)
        m, n_targets = len(self.bands_), Y.shape[1]
        P = np.zeros((n_targets, m, m))
        with counted((len(folds) + 1) * m, self.progress, "StackedRegressor", "fit") as tick:
            for train, test in folds:
                errors = np.empty((m, len(test), n_targets))
                for i, band in enumerate(self.bands_.values()):
                    model = self._fit_one(X[train], Y[train], band, groups, train)
                    errors[i] = model.predict(X[np.ix_(test, band)]).reshape(-1, n_targets)
                    errors[i] -= Y[test]
                    tick()
                P += np.einsum("int,jnt->tij", errors, errors, optimize=True)
            every = np.arange(X.shape[0])
            self.estimators_ = {}
            for name, band in self.bands_.items():
                self.estimators_[name] = self._fit_one(X, Y, band, groups, every)
                tick()
        self.weights_ = simplex_weights(P).T
        return self

    def _fit_one(
        self, X: np.ndarray, Y: np.ndarray, band: np.ndarray, groups: Any, train: np.ndarray
    ) -> Any:
        """A fresh model of one band, fitted to the given samples."""
        model = RidgeCV() if self.estimator is None else clone(self.estimator)
        return model.fit(X[:, band], Y, **group_argument(model, groups, train))

    def predict(self, X: Any) -> np.ndarray:
        """Responses to new samples, sum_i w_i yhat_i.

        Parameters
        ----------
        X
            (n_samples, n_features) features.

        Returns
        -------
        numpy.ndarray
            (n_samples, n_targets), or (n_samples,) where y was one-dimensional.

        Raises
        ------
        ValueError
            If the number of features is not that of the fit, or a value is not finite.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> X = np.arange(12.0).reshape(6, 2)
        >>> StackedRegressor([1, 1], RidgeCV([1e-9], cv=2), 2).fit(X, X[:, 0]).predict([[20, 21]])
        array([20.])
        """
        check_is_fitted(self)
        X = self._check_features(X)
        prediction = sum(
            share * model.predict(X[:, band]).reshape(X.shape[0], -1)
            for share, model, band in zip(
                self.weights_, self.estimators_.values(), self.bands_.values(), strict=True
            )
        )
        return prediction[:, 0] if self._one_target else prediction
