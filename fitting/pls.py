"""Partial least squares regression of many targets on few latent components."""

import warnings
from typing import Any

from .arrays import namespace
from .errors import check_choice, describe
from .inputs import check_count, check_variance
from .linear_encoder import LinearEncoder
from .pls_solvers import SOLVERS, PLSFactors

__all__ = ["PLSRegression"]


class PLSRegression(LinearEncoder):
    """Partial least squares (PLS2): regression on the latent components that covary most with Y.

    Gives the numbers of ``sklearn.cross_decomposition.PLSRegression(scale=False)``, from the
    cross-covariance X'Y, or from XX' where features outnumber samples, in a tenth of the time.

    Parameters
    ----------
    n_components
        Number of latent components; 25 is Brain-Score's choice.
    tol
        "sklearn" stops the search for each component exactly where scikit-learn stops (squared
        change of the weights below 1e-6, at most 500 steps): the same numbers, comparable with
        published scores. "exact" takes the eigenvector itself.

    Attributes
    ----------
    coef_
        (n_targets, n_features), or (n_features,) for a one-dimensional y.
    intercept_
        (n_targets,), or a scalar for a one-dimensional y.
    x_rotations_
        (n_features, n_found) from features to latent scores.
    y_loadings_
        (n_targets, n_found) from latent scores to targets.
    n_components_
        Number of components found, n_found.
    n_features_in_
        Number of features.

    Raises
    ------
    TypeError
        In `fit`, if `n_components` is no whole number or arrays hold no real numbers.
    ValueError
        In `fit`, if shapes do not match, values are not finite, or nothing varies.
    UnknownNameError
        In `fit`, if `tol` is not known.

    Notes
    -----
    Source: Wold (1975) in the form of Dayal and MacGregor (1997, J. Chemometrics 11:73-85), who
    deflate X'Y only. More components than min(n_samples - 1, n_features), or than the rank of the
    data, are cut with a warning.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 20))
    >>> Y = X[:, :2] @ rng.standard_normal((2, 5)) + 0.1 * rng.standard_normal((100, 5))
    >>> round(PLSRegression(n_components=2).fit(X, Y).score(X, Y), 2)
    0.87
    """

    def __init__(self, n_components: int = 25, tol: str = "sklearn") -> None:
        self.n_components = n_components
        self.tol = tol

    def fit(self, X: Any, y: Any) -> "PLSRegression":
        """Find the components.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) responses.

        Returns
        -------
        PLSRegression
            This estimator.

        Warns
        -----
        UserWarning
            If there are fewer components than asked for.
        """
        check_count("PLSRegression", "n_components", self.n_components)
        check_choice("PLSRegression", "tol", self.tol, ["sklearn", "exact"])
        X, Y = self._check_training(X, y)
        check_variance("PLSRegression", X=X, y=Y)
        xp = namespace(X, Y)
        Y = xp.astype(Y, X.dtype, copy=False)
        self._mean_x, self._mean_y = xp.mean(X, axis=0), xp.mean(Y, axis=0)
        factors = fit_factors(X - self._mean_x, Y - self._mean_y, self.n_components, self.tol)
        self.x_rotations_, self.y_loadings_ = factors
        self.n_components_ = factors.rotations.shape[1]
        intercept = self._mean_y - (self._mean_x @ self.x_rotations_) @ self.y_loadings_.T
        self.intercept_ = intercept[0] if self._one_target else intercept
        return self

    @property
    def coef_(self) -> Any:
        """(n_targets, n_features) coefficients, or (n_features,) for a one-dimensional y."""
        coef = self.y_loadings_ @ self.x_rotations_.T
        return coef[0] if self._one_target else coef

    def predict(self, X: Any, n_components: int | None = None) -> Any:
        """Responses to new samples, by all components or by the first few.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        n_components
            Use this many components only; the result is that of a fit with as many.

        Returns
        -------
        array
            (n_samples, n_targets), or (n_samples,) where y was one-dimensional.

        Raises
        ------
        ValueError
            If the number of features is not that of the fit, a value is not finite, or there are
            fewer components than asked for.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> model = PLSRegression(1).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
        >>> model.predict([[10.0]], n_components=1).round(6)
        array([21.])
        """
        X = self._check_features(X)
        k = self.n_components_ if n_components is None else n_components
        if check_count("PLSRegression", "n_components", k, n_min=0) > self.n_components_:
            problem = "is more than were fitted"
            expected = f"at most {self.n_components_}"
            raise ValueError(
                describe("PLSRegression", "n_components", k, problem, expected, "Fit with more")
            )
        xp = namespace(X)
        latent = (xp.astype(X, self._mean_x.dtype, copy=False) - self._mean_x) @ (
            self.x_rotations_[:, :k]
        )
        prediction = latent @ self.y_loadings_[:, :k].T + self._mean_y
        return prediction[:, 0] if self._one_target else prediction


def fit_factors(X: Any, Y: Any, n_components: int, tol: str) -> PLSFactors:
    """Rotations and loadings from centred data, by the smaller of the two algorithms.

    Parameters
    ----------
    X
        (n, p) centred features.
    Y
        (n, t) centred targets.
    n_components
        Number of latent components.
    tol
        "sklearn" or "exact".

    Returns
    -------
    PLSFactors
        Rotations (p, k) and loadings (t, k).

    Warns
    -----
    UserWarning
        If there are fewer components than asked for.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[-1.0], [0.0], [1.0]])
    >>> fit_factors(x, 2 * x, 1, "exact").loadings.round(3).tolist()
    [[2.0]]
    """
    n, p = X.shape
    n_components = clip_components(n_components, n, p)
    if p <= n:
        return SOLVERS["primal"](X, Y, n_components, tol)
    weights, loadings = SOLVERS["dual"](X @ X.T, Y, n_components, tol)
    return PLSFactors(X.T @ weights, loadings)


def clip_components(n_components: int, n_samples: int, n_features: int) -> int:
    """Number of components that can exist, with a warning if that is fewer than asked for.

    Parameters
    ----------
    n_components
        Number asked for.
    n_samples, n_features
        Size of the data.

    Returns
    -------
    int
        At most min(n_samples - 1, n_features).

    Warns
    -----
    UserWarning
        If fewer exist.

    Examples
    --------
    >>> clip_components(25, 100, 30)
    25
    """
    most = max(1, min(n_samples - 1, n_features))
    if n_components > most:
        text = describe(
            "PLSRegression",
            "n_components",
            n_components,
            f"is more than {n_samples} samples of {n_features} features have",
            f"at most {most}",
            f"{most} component(s) are used",
        )
        warnings.warn(text, UserWarning, stacklevel=4)
    return min(n_components, most)
