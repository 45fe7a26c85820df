"""Kernel ridge regression with the penalty of each target chosen by cross-validation."""

from typing import Any

import numpy as np

from .arrays import is_torch_array, namespace
from .banded import CHUNK_LIMIT
from .banded_search import search_gammas
from .banded_solvers import DualSide
from .crossvalidation import resolve_folds
from .errors import check_choice, describe
from .inputs import check_alphas, check_variance
from .linear_encoder import Encoder
from .progress import counted
from .ridge import DEFAULT_ALPHAS
from .scores import SCORES

__all__ = ["KernelRidgeCV"]

KERNELS = ("linear", "rbf", "polynomial", "precomputed")
#: A precomputed kernel may miss symmetry by this fraction of its largest entry.
SYMMETRIC_TO = 1e-5


class KernelRidgeCV(Encoder):
    """Ridge regression on a kernel, with a penalty for each target found by cross-validation.

    f(x) = sum_i k(x, x_i) D_i + b with (K + alpha I) D = Y, K centred where there is an intercept.
    One eigendecomposition a fold serves all penalties and targets.

    Parameters
    ----------
    alphas
        (n_alphas,) penalties > 0, in the unit of the kernel.
    kernel
        "linear" x'z; "rbf" exp(-gamma |x - z|^2); "polynomial" (gamma x'z + coef0)^degree;
        "precomputed": `X` is the kernel itself, (n_samples, n_samples) in `fit` and
        (n_samples, n_samples_fit) in `predict`.
    gamma
        Scale of the rbf and polynomial kernels, > 0; None for 1 / n_features.
    degree
        Power of the polynomial kernel.
    coef0
        Constant of the polynomial kernel.
    cv
        Number of folds (contiguous blocks, or whole runs where `groups` is passed to `fit`), a
        splitter, or a list of (train, test) rows.
    scoring
        What chooses the penalty: "r2", "r" (Pearson) or "neg_mse", averaged over folds.
    fit_intercept
        Whether responses and kernel are centred on the training samples, in each fold.
    progress
        Whether to show a progress bar.

    Attributes
    ----------
    dual_coef_
        (n_samples, n_targets) weights of the samples, D.
    intercept_
        (n_targets,), or a scalar for a one-dimensional y.
    alpha_
        (n_targets,) chosen penalties, float64 on the host.
    cv_scores_
        (n_targets,) float64 cross-validated score at the chosen penalty.
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit`, if a penalty or `gamma` is not positive, a precomputed kernel is not square and
        symmetric, shapes do not match, values are not finite, or no target varies.
    TypeError
        In `fit`, if arrays hold no real numbers, or are of different libraries.
    UnknownNameError
        In `fit`, if `kernel` or `scoring` is not known.

    Notes
    -----
    The kernel and its factors are float64. For a linear kernel :class:`RidgeCV` is the same and
    gives coefficients. See also himalaya.kernel_ridge.KernelRidgeCV and
    sklearn.kernel_ridge.KernelRidge.

    Examples
    --------
    >>> X = np.linspace(-3, 3, 100)[:, None]
    >>> model = KernelRidgeCV(np.logspace(-4, 2, 7), kernel="rbf").fit(X, np.sin(2 * X[:, 0]))
    >>> model.predict([[0.5]]).round(2)
    array([0.84])
    """

    def __init__(
        self,
        alphas: Any = DEFAULT_ALPHAS,
        kernel: str = "linear",
        gamma: float | None = None,
        degree: int = 3,
        coef0: float = 1.0,
        cv: Any = 5,
        scoring: str = "r2",
        fit_intercept: bool = True,
        progress: bool = False,
    ) -> None:
        self.alphas = alphas
        self.kernel = kernel
        self.gamma = gamma
        self.degree = degree
        self.coef0 = coef0
        self.cv = cv
        self.scoring = scoring
        self.fit_intercept = fit_intercept
        self.progress = progress

    def __sklearn_tags__(self) -> Any:
        """A precomputed kernel is split on both sides by scikit-learn's searches."""
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.kernel == "precomputed"
        return tags

    def fit(self, X: Any, y: Any, groups: Any = None) -> "KernelRidgeCV":
        """Choose the penalties and fit all samples with them.

        Parameters
        ----------
        X
            (n_samples, n_features) features, or the (n_samples, n_samples) kernel.
        y
            (n_samples, n_targets) or (n_samples,) responses.
        groups
            (n_samples,) run of each sample, for folds of whole runs.

        Returns
        -------
        KernelRidgeCV
            This estimator.
        """
        alphas = check_alphas("KernelRidgeCV", self.alphas)
        check_choice("KernelRidgeCV", "scoring", self.scoring, SCORES)
        check_choice("KernelRidgeCV", "kernel", self.kernel, KERNELS)
        self._check_gamma()
        X, Y = self._check_training(X, y)
        check_variance("KernelRidgeCV", X=X, y=Y)
        if self.kernel == "precomputed":
            _check_kernel(X)
        folds = resolve_folds("KernelRidgeCV", self.cv, X, groups)
        xp, centre = namespace(X, Y), bool(self.fit_intercept)
        self._X = None if self.kernel == "precomputed" else X
        K = self._evaluate(X)
        exact = xp.astype(Y, K.dtype, copy=False)
        mean_y = xp.mean(exact, axis=0) * centre
        side = DualSide([K], exact - mean_y, folds, centre=centre, dtype=K.dtype)
        one = np.ones(1)
        with counted(1, self.progress, "KernelRidgeCV", "search") as tick:
            choice = search_gammas(
                side,
                Y.shape[1],
                len(folds),
                one[None],
                alphas,
                scoring=self.scoring,
                margin=None,
                chunk=CHUNK_LIMIT,
                tick=tick,
            )
        self.alpha_, self.cv_scores_ = choice.alpha, choice.scores[0]
        D = side.weights(one, self.alpha_, np.arange(Y.shape[1]))
        # the columns of D sum to zero, so centring the kernel of new samples is this constant
        intercept = xp.astype(mean_y - centre * (xp.mean(K, axis=0) @ D), X.dtype, copy=False)
        self.dual_coef_ = xp.astype(D, X.dtype, copy=False)
        self.intercept_ = intercept[0] if self._one_target else intercept
        return self

    def _check_gamma(self) -> None:
        if self.gamma is not None and not 0 < self.gamma < float("inf"):
            remedy = "Use None for 1 / n_features"
            raise ValueError(
                describe("KernelRidgeCV", "gamma", self.gamma, "is no scale", "> 0", remedy)
            )

    def _evaluate(self, X: Any) -> Any:
        """(n_samples, n_samples_fit) float64 kernel of samples with those of the fit."""
        xp = namespace(X)
        A = xp.astype(X, xp.float64, copy=False)
        if self._X is None:
            return A
        B = xp.astype(self._X, xp.float64, copy=False)
        products = A @ B.T
        if self.kernel == "linear":
            return products
        gamma = 1 / self.n_features_in_ if self.gamma is None else self.gamma
        if self.kernel == "polynomial":
            return (gamma * products + self.coef0) ** self.degree
        squares = xp.sum(A * A, axis=1)[:, None] + xp.sum(B * B, axis=1)[None, :] - 2 * products
        return xp.exp(-gamma * xp.clip(squares, 0.0, None))

    def predict(self, X: Any) -> Any:
        """Responses to new samples.

        Parameters
        ----------
        X
            (n_samples, n_features) features, or (n_samples, n_samples_fit) kernel.

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
        >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> KernelRidgeCV([1e-9], cv=2).fit(X, 2 * X[:, 0] + 1).predict([[10.0]]).round(3)
        array([21.])
        """
        X = self._check_features(X)
        xp = namespace(X)
        kernel = self._evaluate(X)
        weights = xp.astype(self.dual_coef_, kernel.dtype, copy=False)
        prediction = xp.astype(
            kernel @ weights + self.intercept_, self.dual_coef_.dtype, copy=False
        )
        return prediction[:, 0] if self._one_target else prediction


def _check_kernel(K: Any) -> None:
    """Refuse a precomputed kernel that is not square or not symmetric."""
    shape = tuple(K.shape)
    xp = namespace(K)
    problem = None
    if shape[0] != shape[1]:
        problem = f"is not square (Precomputed matrix must be square, not {shape[0]}x{shape[1]})"
    elif float(xp.max(xp.abs(K - K.T))) > SYMMETRIC_TO * float(xp.max(xp.abs(K))):
        problem = "is not symmetric"
    if problem is not None:
        kind = "tensor" if is_torch_array(K) else "array"
        raise ValueError(
            describe(
                "KernelRidgeCV",
                "X",
                f"{kind}{shape}",
                problem,
                "the (n_samples, n_samples) kernel of the samples with each other",
                'Use kernel="linear" for features',
            )
        )
