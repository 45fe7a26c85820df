"""Each target explained by the one feature that correlates with it most."""

import warnings
from typing import Any

from .arrays import as_tensor_like, namespace
from .errors import describe
from .inputs import check_variance
from .linear_encoder import LinearEncoder

__all__ = ["NeuronToNeuron", "best_source"]


class NeuronToNeuron(LinearEncoder):
    """One feature a target: the one of the largest signed correlation, used as it is.

    Asks how much of a neuron is already there in a single unit of the model, in one product for all
    pairs. The feature is not scaled, so a correlation is the score to read, not R2. It is
    Brain-Score's metric of this name as an estimator.

    Attributes
    ----------
    source_
        (n_targets,) index of the feature of each target.
    coef_
        (n_targets, n_features) a single one in each row, or (n_features,) for a one-dimensional y.
    intercept_
        (n_targets,) zeros, or a scalar for a one-dimensional y.
    n_features_in_
        Number of features.

    Raises
    ------
    TypeError
        In `fit`, if arrays hold no real numbers or are of different libraries.
    ValueError
        In `fit`, if shapes do not match, values are not finite, or nothing varies.

    Notes
    -----
    Features that do not vary are never chosen. Source: ``neuron_to_neuron`` of Brain-Score
    (Schrimpf et al. 2020, Neuron 108:413-423).

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 3.0], [1.0, 1.0], [2.0, 2.0], [3.0, 0.0]])
    >>> model = NeuronToNeuron().fit(X, X[:, 1] * 10)
    >>> model.source_.tolist(), model.predict(X).tolist()
    ([1], [3.0, 1.0, 2.0, 0.0])
    """

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that R2 of an unscaled copy may be poor."""
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags

    def fit(self, X: Any, y: Any) -> "NeuronToNeuron":
        """Find the feature of each target.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) responses.

        Returns
        -------
        NeuronToNeuron
            This estimator.

        Warns
        -----
        UserWarning
            If targets do not vary: they get the first feature that does.
        """
        X, Y = self._check_training(X, y)
        check_variance("NeuronToNeuron", X=X, y=Y)
        xp = namespace(X, Y)
        Y = xp.astype(Y, X.dtype, copy=False)
        constant = xp.all(Y[0, :] == Y, axis=0)
        n_constant = int(xp.sum(xp.astype(constant, xp.int64)))
        if n_constant:
            text = describe(
                "NeuronToNeuron",
                "y",
                f"array{tuple(Y.shape)}",
                f"holds {n_constant} target(s) that do not vary and correlate with nothing",
                "targets with variance",
                "They get the first feature that varies; leave them out",
            )
            warnings.warn(text, UserWarning, stacklevel=2)
        deviation = xp.where(constant, xp.zeros_like(Y), Y - xp.mean(Y, axis=0))
        self.source_ = best_source(X, deviation)
        zeros = xp.zeros_like(Y[0])
        self.intercept_ = zeros[0] if self._one_target else zeros
        return self

    @property
    def coef_(self) -> Any:
        """(n_targets, n_features) coefficients, or (n_features,) for a one-dimensional y."""
        xp = namespace(self.source_)
        columns = xp.arange(self.n_features_in_, device=getattr(self.source_, "device", None))
        chosen = xp.astype(columns[None, :] == self.source_[:, None], self.intercept_.dtype)
        return chosen[0] if self._one_target else chosen

    def predict(self, X: Any) -> Any:
        """The features chosen for the targets, as they are.

        Parameters
        ----------
        X
            (n_samples, n_features) features.

        Returns
        -------
        array
            (n_samples, n_targets), or (n_samples,) where y was one-dimensional.

        Raises
        ------
        ValueError
            If the number of features is not that of the fit, or a value is not finite.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> model = NeuronToNeuron().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
        >>> model.predict([[10.0]])
        array([10.])
        """
        X = self._check_features(X)
        prediction = namespace(X).astype(X, self.intercept_.dtype, copy=False)[:, self.source_]
        return prediction[:, 0] if self._one_target else prediction


def best_source(X: Any, Y: Any) -> Any:
    """The feature of the largest signed correlation with each target; one product for all pairs.

    Parameters
    ----------
    X
        (n, p) features.
    Y
        (n, t) centred targets.

    Returns
    -------
    array
        (t,) indices; features without variance are left out.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0]])
    >>> best_source(x, x).tolist()
    [0, 1]
    """
    xp = namespace(X, Y)
    x = X - xp.mean(X, axis=0)
    norm = xp.sqrt(xp.sum(x * x, axis=0))
    constant = xp.all(X[0, :] == X, axis=0)
    # the length of y is common to all features, so it does not move the maximum
    r = (Y.T @ x) / xp.where(constant, xp.ones_like(norm), norm)
    lowest = as_tensor_like([-float("inf")], norm)
    return xp.argmax(xp.where(constant, lowest, r), axis=1)
