"""Ridge regression with the penalty of each target chosen by cross-validation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace
from .crossvalidation import resolve_folds
from .errors import check_choice, describe
from .gram import precision
from .inputs import check_alphas, check_variance
from .linear_encoder import LinearEncoder
from .ridge_solvers import (
    CHUNK_LIMIT,
    SEARCHES,
    SOLVERS,
    Targets,
    loo_scores,
    pick_alpha,
)
from .scores import SCORES

__all__ = ["RidgeCV"]

#: 20 penalties from 0.1 to 1e8, equal steps in the logarithm.
DEFAULT_ALPHAS = tuple(np.logspace(-1, 8, 20).tolist())


class RidgeCV(LinearEncoder):
    """Ridge regression, with a penalty for each target (voxel, neuron) found by cross-validation.

    Minimises ||Y - XW||^2 + alpha ||W||^2 for many targets at once. One eigendecomposition a fold
    serves all penalties and targets; it is that of X'X or of XX', whichever is smaller.

    Parameters
    ----------
    alphas
        (n_alphas,) penalties > 0, squared units of the features.
    cv
        Number of folds (contiguous blocks, or whole runs where `groups` is passed to `fit`), a
        splitter, a list of (train, test) rows, or "loo" for leave-one-out in closed form.
    scoring
        What chooses the penalty: "r2", "r" (Pearson) or "neg_mse". With folds it is computed in
        each and averaged; with "loo" from all left-out predictions together.
    alpha_per_target
        False finds one penalty for all targets, by the mean score over targets.
    fit_intercept
        Whether means are removed (training means, in each fold) and added to the prediction.
    max_memory
        Gigabytes for temporary arrays; sets how many targets are handled together.
    progress
        Whether to show a progress bar.

    Attributes
    ----------
    coef_
        (n_targets, n_features), or (n_features,) for a one-dimensional y; computed when first asked
        for where there are more features than samples.
    intercept_
        (n_targets,), or a scalar for a one-dimensional y.
    alpha_
        (n_targets,) chosen penalties, float64 on the host.
    cv_scores_
        (n_alphas, n_targets) cross-validated scores.
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit`, if a penalty is not positive, shapes do not match, values are not finite, or no
        target varies.
    TypeError
        In `fit`, if arrays hold no real numbers, or are of different libraries.
    UnknownNameError
        In `fit`, if `scoring` is not known.

    Notes
    -----
    float32 stays float32, but the Gram matrix is float64 where the smallest penalty is below 1e-6
    of its largest eigenvalue, and all work is where it is below 1e-8 (the result is rounded). Where
    two penalties score the same, the larger one is taken. See also himalaya.ridge.RidgeCV
    and sklearn.linear_model.RidgeCV.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 10))
    >>> Y = X @ rng.standard_normal((10, 2)) + rng.standard_normal((200, 2)) * [0.1, 30]
    >>> RidgeCV(alphas=[0.1, 10, 1000]).fit(X, Y).alpha_
    array([1.e-01, 1.e+03])
    """

    def __init__(
        self,
        alphas: Any = DEFAULT_ALPHAS,
        cv: Any = 5,
        scoring: str = "r2",
        alpha_per_target: bool = True,
        fit_intercept: bool = True,
        max_memory: float = 1.0,
        progress: bool = False,
    ) -> None:
        self.alphas = alphas
        self.cv = cv
        self.scoring = scoring
        self.alpha_per_target = alpha_per_target
        self.fit_intercept = fit_intercept
        self.max_memory = max_memory
        self.progress = progress

    def fit(self, X: Any, y: Any, groups: Any = None) -> "RidgeCV":
        """Choose the penalties and fit all samples with them.

        Parameters
        ----------
        X
            (n_samples, n_features) features.
        y
            (n_samples, n_targets) or (n_samples,) responses.
        groups
            (n_samples,) run of each sample, for folds of whole runs.

        Returns
        -------
        RidgeCV
            This estimator.
        """
        alphas = check_alphas("RidgeCV", self.alphas)
        check_choice("RidgeCV", "scoring", self.scoring, SCORES)
        X, Y = self._check_training(X, y)
        xp = namespace(X, Y)
        mean_x = xp.mean(X, axis=0) * bool(self.fit_intercept)
        Xc = X - mean_x
        check_variance("RidgeCV", X=X, y=Y)
        self._gram_dtype, dtype = precision(Xc, alphas)
        Xc = xp.astype(Xc, dtype, copy=False)
        mean_y = xp.mean(xp.astype(Y, dtype, copy=False), axis=0) * bool(self.fit_intercept)
        targets = Targets(Y, mean_y, self._chunk(Xc))
        scores = self._search(Xc, targets, alphas, groups)
        self.alpha_ = pick_alpha(scores, alphas, per_target=self.alpha_per_target)
        self.cv_scores_ = xp.astype(scores, X.dtype, copy=False)
        self._fit_weights(X, Xc, mean_x, targets)
        return self

    def _search(self, X: Any, targets: Targets, alphas: np.ndarray, groups: Any) -> Any:
        """(n_alphas, n_targets) cross-validated scores."""
        options = {
            "scoring": self.scoring,
            "centre": bool(self.fit_intercept),
            "gram_dtype": self._gram_dtype,
        }
        grid = as_tensor_like(alphas, X)
        if isinstance(self.cv, str):
            check_choice("RidgeCV", "cv", self.cv, ["loo"])
            with _ProgressBar(len(targets), self.progress) as tick:
                return loo_scores(X, targets, grid, tick=tick, **options)
        folds = resolve_folds("RidgeCV", self.cv, X, groups)
        side = "primal" if X.shape[1] <= X.shape[0] else "dual"
        with _ProgressBar(len(targets) * len(folds), self.progress) as tick:
            return SEARCHES[side](X, targets, folds, grid, tick=tick, **options)

    def _fit_weights(self, X: Any, Xc: Any, mean_x: Any, targets: Targets) -> None:
        """Coefficients where they are the smaller description, else weights of the samples."""
        xp = namespace(X)
        side = "primal" if X.shape[1] <= X.shape[0] else "dual"
        weights = xp.astype(
            SOLVERS[side](Xc, targets, self.alpha_, self._gram_dtype), X.dtype, copy=False
        )
        self._mean_x, self._mean_y = mean_x, xp.astype(targets.mean, X.dtype, copy=False)
        if side == "primal":
            self._coef, self._dual = weights, None
            shift = mean_x @ weights
        else:
            samples = xp.astype(Xc, X.dtype, copy=False)
            self._coef, self._dual = None, (samples, weights)
            shift = (samples @ mean_x) @ weights
        intercept = self._mean_y - shift
        self.intercept_ = intercept[0] if self._one_target else intercept

    @property
    def coef_(self) -> Any:
        """(n_targets, n_features) coefficients, or (n_features,) for a one-dimensional y."""
        if self._coef is None:
            samples, weights = self._dual
            self._coef = samples.T @ weights
        return self._coef[:, 0] if self._one_target else self._coef.T

    def predict(self, X: Any) -> Any:
        """Responses to new samples.

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
        >>> model = RidgeCV([1e-9], cv=2).fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])
        >>> model.predict([[10.0]]).round(3)
        array([21.])
        """
        X = self._check_features(X)
        deviation = namespace(X).astype(X, self._mean_x.dtype, copy=False) - self._mean_x
        if self._coef is None:
            samples, weights = self._dual
            prediction = (deviation @ samples.T) @ weights + self._mean_y
        else:
            prediction = deviation @ self._coef + self._mean_y
        return prediction[:, 0] if self._one_target else prediction

    def _chunk(self, X: Any) -> int:
        """Number of targets whose temporary arrays fit into `max_memory`."""
        if not self.max_memory > 0:
            remedy = "Give the gigabytes that temporary arrays may take"
            raise ValueError(
                describe("RidgeCV", "max_memory", self.max_memory, "is no size", "> 0", remedy)
            )
        n, p = X.shape
        # a target's samples, prediction and error, and its projections C and X'Y
        bytes_per_target = X.itemsize * (3 * n + 3 * min(n, p))
        return int(np.clip(self.max_memory * 1e9 // bytes_per_target, 1, CHUNK_LIMIT))


class _ProgressBar:
    """Counts finished chunks; shows nothing unless asked to."""

    def __init__(self, total: int, shown: bool) -> None:
        self._total, self._shown, self._bar = total, shown, None

    def __enter__(self) -> Callable[[], None]:
        if not self._shown:
            return lambda: None
        from tqdm import tqdm

        self._bar = tqdm(total=self._total, desc="RidgeCV", unit="chunk")
        return lambda: self._bar.update() and None

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
