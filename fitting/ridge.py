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
from .ridge_closed import gcv_scores, loo_scores
from .ridge_folds import dual_scores, primal_scores
from .ridge_solvers import (
    Targets,
    cross_products,
    dual_weights,
    pick_alpha,
    primal_weights,
    smaller_gram,
    spectrum,
)
from .scores import SCORES

__all__ = ["RidgeCV"]

#: Targets handled together: large enough for fast products, small enough to stay in cache.
CHUNK_LIMIT = 512
#: Searches in closed form, by the name that `cv` gives them.
CLOSED_FORMS = {"gcv": gcv_scores, "loo": loo_scores}
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
        splitter such as :class:`fitting.RunFold` (whole runs, with an embargo around them), a list
        of (train, test) rows, "loo" for leave-one-out or "gcv" for generalised cross-validation,
        both in closed form.
    scoring
        What chooses the penalty: "r2", "r" (Pearson) or "neg_mse". With folds it is computed in
        each and averaged; with "loo" from all left-out predictions together; "gcv" estimates the
        squared error, so it has no "r".
    alpha_per_target
        False finds one penalty for all targets, by the mean score over targets.
    alpha_search
        "full" tries all penalties in all folds. "screen" finds the penalty of the best "gcv" score
        and tries it and two on either side in the folds: a target may miss a better one elsewhere.
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
        (n_alphas, n_targets) cross-validated scores; NaN for penalties that a screen left out.
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit`, if a penalty is not positive, shapes do not match, values are not finite, no
        target varies, or options exclude each other.
    TypeError
        In `fit`, if arrays hold no real numbers, or are of different libraries.
    UnknownNameError
        In `fit`, if `scoring`, `alpha_search` or the name of a closed form is not known.

    Notes
    -----
    float32 stays float32, but the Gram matrix is float64 where the smallest penalty is below 1e-6
    of its largest eigenvalue, and all work is where it is below 1e-8 (the result is rounded). Where
    two penalties score the same, the larger one is taken. Predictions of all penalties come from a
    few products, with an error below 3e-7 (float32) or 1e-13 (float64) of the norm of the
    responses; the weights of the chosen penalty do not. See also himalaya.ridge.RidgeCV and
    sklearn.linear_model.RidgeCV.

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
        alpha_search: str = "full",
        fit_intercept: bool = True,
        max_memory: float = 1.0,
        progress: bool = False,
    ) -> None:
        self.alphas = alphas
        self.cv = cv
        self.scoring = scoring
        self.alpha_per_target = alpha_per_target
        self.alpha_search = alpha_search
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
        self._check_options()
        X, Y = self._check_training(X, y)
        xp, centre = namespace(X, Y), bool(self.fit_intercept)
        mean_x = xp.mean(X, axis=0) * centre
        Xc = X - mean_x
        check_variance("RidgeCV", X=X, y=Y)
        gram_dtype, dtype = precision(Xc, alphas)
        Xc = xp.astype(Xc, dtype, copy=False)
        targets = Targets.centred(Y, dtype, self._chunk(Xc), centre=centre)
        folds = self._folds(X, groups)
        whole = smaller_gram(Xc, gram_dtype)
        cross = cross_products(Xc, targets) if X.shape[1] <= X.shape[0] else None
        with _ProgressBar(len(targets) * self._n_passes(folds), self.progress) as tick:
            scores, factors = self._search(Xc, targets, alphas, folds, whole, cross, tick)
        self.alpha_ = pick_alpha(scores, alphas, per_target=self.alpha_per_target)
        self.cv_scores_ = xp.astype(scores, X.dtype, copy=False)
        if factors is None:
            factors = spectrum(whole, dtype)
        del whole
        self._mean_x, self._mean_y = mean_x, xp.astype(targets.mean, X.dtype, copy=False)
        self._fit_weights(X, Xc, targets, factors, cross)
        return self

    def _check_options(self) -> None:
        """Refuse unknown names, and options that exclude each other."""
        check_choice("RidgeCV", "scoring", self.scoring, SCORES)
        check_choice("RidgeCV", "alpha_search", self.alpha_search, ["full", "screen"])
        if not isinstance(self.cv, str):
            return
        check_choice("RidgeCV", "cv", self.cv, CLOSED_FORMS)
        if self.cv == "gcv" and self.scoring == "r":
            problem, expected = "has no generalised cross-validation", "'r2' or 'neg_mse'"
            remedy = "Use cv='loo', which predicts each sample"
            raise ValueError(describe("RidgeCV", "scoring", "'r'", problem, expected, remedy))
        if self.alpha_search == "screen":
            problem, expected = f"has no folds to save with cv={self.cv!r}", "'full'"
            remedy = "Closed forms try all penalties at little cost"
            raise ValueError(
                describe("RidgeCV", "alpha_search", "'screen'", problem, expected, remedy)
            )

    def _folds(self, X: Any, groups: Any) -> Any:
        """Folds of the search, or None for a closed form."""
        return None if isinstance(self.cv, str) else resolve_folds("RidgeCV", self.cv, X, groups)

    def _n_passes(self, folds: Any) -> int:
        """How often the search goes over all targets."""
        return 1 if folds is None else len(folds) + (self.alpha_search == "screen")

    def _search(
        self,
        X: Any,
        targets: Targets,
        alphas: np.ndarray,
        folds: Any,
        whole: Any,
        cross: Any,
        tick: Callable[[], None],
    ) -> tuple[Any, Any]:
        """Scores of all penalties, and the factors of `whole` where the search needed them."""
        options = {"centre": bool(self.fit_intercept), "tick": tick}
        grid, factors = as_tensor_like(alphas, X), None
        if folds is None:
            factors = spectrum(whole, X.dtype)
            scores = CLOSED_FORMS[self.cv](
                X, factors, targets, grid, scoring=self.scoring, **options
            )
            return scores, factors
        options["scoring"] = self.scoring
        order = np.argsort(alphas, kind="stable")
        if self.alpha_search == "screen":
            xp = namespace(X)
            factors = spectrum(xp.asarray(whole, copy=True), X.dtype)
            grid = as_tensor_like(alphas[order], X)
            screened = gcv_scores(X, factors, targets, grid, **{**options, "scoring": "neg_mse"})
            best = pick_alpha(screened, alphas[order], per_target=self.alpha_per_target)
            options["nearest"] = np.searchsorted(alphas[order], best)
        if cross is None:
            scores = dual_scores(X, targets, folds, grid, whole=whole, **options)
        else:
            scores = primal_scores(X, targets, folds, grid, whole=whole, cross=cross, **options)
        if self.alpha_search == "screen":
            scores = scores[np.argsort(order), :]
        return scores, factors

    def _fit_weights(self, X: Any, Xc: Any, targets: Targets, factors: Any, cross: Any) -> None:
        """Coefficients where they are the smaller description, else weights of the samples."""
        xp = namespace(X)
        if cross is not None:
            weights = primal_weights(factors, cross, targets.chunk, self.alpha_)
            self._coef, self._dual = xp.astype(weights, X.dtype, copy=False), None
            shift = self._mean_x @ self._coef
        else:
            weights = dual_weights(factors, targets, self.alpha_)
            weights = xp.astype(weights, X.dtype, copy=False)
            samples = xp.astype(Xc, X.dtype, copy=False)
            self._coef, self._dual = None, (samples, weights)
            shift = (samples @ self._mean_x) @ weights
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
