"""What every map from features to responses shares: checks, scores, and a linear one's export."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from .arrays import is_torch_array, namespace
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples
from .scores import SCORES

if TYPE_CHECKING:
    import torch

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # scikit-learn < 1.6

    def validate_data(estimator: Any, X: Any, *, reset: bool, **_: Any) -> None:
        """Record or compare the names of the features."""
        estimator._check_feature_names(X, reset=reset)


class Encoder(MultiOutputMixin, RegressorMixin, BaseEstimator):
    """Base of all estimators: subclasses add `fit`, `predict` and `intercept_`.

    Examples
    --------
    >>> from fitting import KernelRidgeCV, RidgeCV
    >>> [issubclass(estimator, Encoder) for estimator in (RidgeCV, KernelRidgeCV)]
    [True, True]
    """

    _one_target: bool

    def _check_training(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Checked features and targets; remembers what a later `predict` must look like."""
        name = type(self).__name__
        if y is None:
            raise ValueError(
                describe(
                    name,
                    "y",
                    None,
                    "is missing (the estimator requires y to be passed, but the target y is None)",
                    "the responses to fit, (n_samples, n_targets)",
                    "Call fit(X, y)",
                )
            )
        names_of = X
        X = check_samples(name, "X", X, n_min=2)
        self._remember_names(names_of, reset=True)
        y = y if is_torch_array(y) else np.asarray(y)
        self._one_target = y.ndim == 1
        Y = check_samples(name, "y", y[:, None] if self._one_target else y)
        check_one_library(name, X, Y)
        check_equal_length(name, X=X, y=Y)
        self.n_features_in_ = X.shape[1]
        return X, Y

    def _remember_names(self, X: Any, *, reset: bool) -> None:
        if not is_torch_array(X):
            validate_data(self, X, reset=reset, skip_check_array=True)

    def _check_features(self, X: Any) -> Any:
        """Checked features for prediction."""
        check_is_fitted(self)
        name = type(self).__name__
        names_of = X
        X = check_samples(name, "X", X)
        if X.shape[1] != self.n_features_in_:
            problem = (
                f"does not fit: X has {X.shape[1]} features, but {name} is expecting "
                f"{self.n_features_in_} features as input"
            )
            raise ValueError(
                describe(
                    name,
                    "X",
                    f"array{tuple(X.shape)}",
                    problem,
                    f"{self.n_features_in_} columns",
                    "Use the features of the fit",
                )
            )
        self._remember_names(names_of, reset=False)
        # estimators without a constant of their own hold numpy arrays
        check_one_library(name, X, getattr(self, "intercept_", np.empty(0)))
        return X

    def score_per_target(self, X: Any, y: Any) -> Any:
        """Score of the prediction for each target, by the estimator's `scoring` (else R2).

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) measured responses.

        Returns
        -------
        array
            (n_targets,) float64; a target without variance scores 0 (R2 and r).

        Raises
        ------
        ValueError
            If shapes do not match or values are not finite.

        Examples
        --------
        >>> import numpy as np
        >>> from fitting import RidgeCV
        >>> X = np.arange(12.0).reshape(6, 2) % 5
        >>> RidgeCV([1e-9], cv=2).fit(X, X).score_per_target(X, X).round(6)
        array([1., 1.])
        """
        Y_pred = self.predict(X)
        y = y if is_torch_array(y) else np.asarray(y)
        if y.ndim == 1:
            y, Y_pred = y[:, None], Y_pred[:, None] if Y_pred.ndim == 1 else Y_pred
        return SCORES[getattr(self, "scoring", "r2")](y, Y_pred)

    def score(self, X: Any, y: Any) -> float:
        """Mean over targets of :meth:`score_per_target`, as scikit-learn's searches need it.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) measured responses.

        Returns
        -------
        float
            Mean score.

        Raises
        ------
        ValueError
            If shapes do not match or values are not finite.

        Examples
        --------
        >>> import numpy as np
        >>> from fitting import RidgeCV
        >>> X = np.arange(12.0).reshape(6, 2) % 5
        >>> round(RidgeCV([1e-9], cv=2).fit(X, X).score(X, X), 6)
        1.0
        """
        per_target = self.score_per_target(X, y)
        return float(namespace(per_target).mean(per_target))


class LinearEncoder(Encoder):
    """Base of the linear estimators: subclasses add `fit`, `predict`, `coef_` and `intercept_`.

    Examples
    --------
    >>> from fitting import PLSRegression, RidgeCV
    >>> [issubclass(estimator, LinearEncoder) for estimator in (RidgeCV, PLSRegression)]
    [True, True]
    """

    def to_torch(self) -> "torch.nn.Linear":
        """The fitted map as a differentiable torch module, for optimising what goes into it.

        Returns
        -------
        torch.nn.Linear
            (..., n_features) -> (..., n_targets), in the precision of the fit.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.

        Examples
        --------
        >>> import numpy as np, torch
        >>> from fitting import RidgeCV
        >>> model = RidgeCV([1.0], cv=2).fit(np.eye(4), np.arange(4.0))
        >>> model.to_torch()(torch.eye(4, dtype=torch.float64)).shape
        torch.Size([4, 1])
        """
        import torch

        check_is_fitted(self)
        weight = torch.as_tensor(self.coef_).reshape(-1, self.n_features_in_)
        bias = torch.as_tensor(self.intercept_).reshape(-1)
        module = torch.nn.Linear(
            weight.shape[1], weight.shape[0], dtype=weight.dtype, device=weight.device
        )
        with torch.no_grad():
            module.weight.copy_(weight)
            module.bias.copy_(bias)
        return module
