"""What transformers of time series share: nothing crosses from one run to the next."""

from abc import ABC, abstractmethod
from typing import Any

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .arrays import is_torch_array
from .errors import describe
from .inputs import check_samples
from .linear_encoder import validate_data

__all__ = ["TimeTransformer"]


class TimeTransformer(TransformerMixin, BaseEstimator, ABC):
    """Base of the transformers whose output for a sample depends on its neighbours in time.

    Subclasses add ``_check_parameters()`` and ``_apply(X, groups)``. Nothing is learned from data,
    so one may transform all runs before they are split into folds, and should: the rows of a fold
    are not whole runs.

    Examples
    --------
    >>> from fitting import Delayer, Detrend
    >>> [issubclass(transformer, TimeTransformer) for transformer in (Delayer, Detrend)]
    [True, True]
    """

    def fit(self, X: Any, y: Any = None) -> "TimeTransformer":
        """Check the parameters and remember the columns.

        Parameters
        ----------
        X
            (n_samples, n_features) samples in time order.
        y
            Not used; it is here for scikit-learn.

        Returns
        -------
        TimeTransformer
            This transformer.
        """
        samples = check_samples(type(self).__name__, "X", X)
        self._check_parameters()
        self._remember_names(X, reset=True)
        self.n_features_in_ = samples.shape[1]
        return self

    def transform(self, X: Any, groups: Any = None) -> Any:
        """Transform each run on its own.

        Parameters
        ----------
        X
            (n_samples, n_features) samples in time order within each run.
        groups
            (n_samples,) run of each sample; None takes all samples as one run.

        Returns
        -------
        array
            (n_samples, n_features_out) of the library, device and dtype of `X`.

        Raises
        ------
        ValueError
            If the columns are not those of the fit, a value is not finite, a run is too short, or
            the rows of a run are not neighbours.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.
        """
        check_is_fitted(self)
        name = type(self).__name__
        samples = check_samples(name, "X", X)
        if samples.shape[1] != self.n_features_in_:
            problem = (
                f"does not fit: X has {samples.shape[1]} features, but {name} is expecting "
                f"{self.n_features_in_} features as input"
            )
            value, expected = f"array{tuple(samples.shape)}", f"{self.n_features_in_} columns"
            remedy = "Use the features of the fit"
            raise ValueError(describe(name, "X", value, problem, expected, remedy))
        self._remember_names(X, reset=False)
        return self._apply(samples, groups)

    def fit_transform(self, X: Any, y: Any = None, groups: Any = None) -> Any:
        """Fit, then transform each run on its own; see :meth:`fit` and :meth:`transform`.

        Parameters
        ----------
        X
            (n_samples, n_features) samples in time order within each run.
        y
            Not used; it is here for scikit-learn.
        groups
            (n_samples,) run of each sample; None takes all samples as one run.

        Returns
        -------
        array
            (n_samples, n_features_out) of the library, device and dtype of `X`.
        """
        return self.fit(X, y).transform(X, groups=groups)

    def _remember_names(self, X: Any, *, reset: bool) -> None:
        if not is_torch_array(X):
            validate_data(self, X, reset=reset, skip_check_array=True)

    @abstractmethod
    def _check_parameters(self) -> None:
        """Refuse parameters that no data could go with."""

    @abstractmethod
    def _apply(self, X: Any, groups: Any) -> Any:
        """The transformed samples."""
