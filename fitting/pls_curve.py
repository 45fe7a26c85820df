"""How well PLS predicts held-out samples with one component, with two, and so on."""

from typing import Any

import numpy as np

from .arrays import namespace, rows, to_numpy
from .crossvalidation import names_runs, resolve_folds
from .errors import check_choice
from .inputs import (
    check_count,
    check_equal_length,
    check_one_library,
    check_samples,
    check_variance,
)
from .pls import fit_factors
from .scores import SCORES

__all__ = ["pls_curve"]


def pls_curve(
    X: Any,
    Y: Any,
    n_components: int = 25,
    *,
    cv: Any = 5,
    groups: Any = None,
    scoring: str = "r2",
    tol: str = "sklearn",
    progress: bool = False,
) -> np.ndarray:
    """Cross-validated score of PLS for each number of components, from one fit a fold.

    The prediction of k components is that of k - 1 and one more product, so the whole curve costs
    little more than its last point.

    Parameters
    ----------
    X
        (n_samples, n_features) features.
    Y
        (n_samples, n_targets) responses, or (n_samples,) of one target.
    n_components
        Largest number of components.
    cv
        Number of folds, a splitter, a list of (train, test) rows, or (n_samples,) runs, as in
        :func:`fitting.evaluate`.
    groups
        (n_samples,) run of each sample.
    scoring
        "r2", "r" (Pearson) or "neg_mse" of the test samples.
    tol
        As in :class:`fitting.PLSRegression`.
    progress
        Whether to show a progress bar over folds.

    Returns
    -------
    numpy.ndarray
        (n_components, n_targets) float64, mean over folds; row k - 1 is of k components. It has
        fewer rows where a fold has fewer components.

    Warns
    -----
    UserWarning
        If a fold has fewer components than asked for.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, or nothing varies.
    TypeError
        If arrays hold no real numbers or are of different libraries, or `cv` makes no folds.
    UnknownNameError
        If `scoring` or `tol` is not known.

    Notes
    -----
    The best point of the curve is chosen with the test samples: to report the score of a chosen
    number of components, choose it inside the training samples.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 20))
    >>> Y = X[:, :3] @ rng.standard_normal((3, 5)) + rng.standard_normal((200, 5))
    >>> pls_curve(X, Y, 4).mean(axis=1).round(2)
    array([0.13, 0.31, 0.47, 0.5 ])
    """
    X = check_samples("pls_curve", "X", X, n_min=2)
    Y = Y if hasattr(Y, "ndim") else np.asarray(Y)
    Y = check_samples("pls_curve", "Y", Y[:, None] if Y.ndim == 1 else Y, n_min=2)
    check_one_library("pls_curve", X, Y)
    check_count("pls_curve", "n_components", n_components)
    check_choice("pls_curve", "scoring", scoring, SCORES)
    check_choice("pls_curve", "tol", tol, ["sklearn", "exact"])
    groups = cv if groups is None and names_runs(cv) else groups
    check_equal_length("pls_curve", X=X, Y=Y, groups=groups)
    check_variance("pls_curve", X=X, Y=Y)
    Y = namespace(X, Y).astype(Y, X.dtype, copy=False)
    folds = resolve_folds("pls_curve", cv, X, groups)
    if progress:
        from tqdm import tqdm

        folds = tqdm(folds, desc="pls_curve", unit="fold")
    curves = [_curve_of_fold(X, Y, *fold, n_components, scoring, tol) for fold in folds]
    shortest = min(map(len, curves))
    return np.mean([curve[:shortest] for curve in curves], axis=0)


def _curve_of_fold(
    X: Any,
    Y: Any,
    train: np.ndarray,
    test: np.ndarray,
    n_components: int,
    scoring: str,
    tol: str,
) -> np.ndarray:
    """(n_found, n_targets) scores of the test samples with 1, 2, ... components."""
    xp = namespace(X)
    X_train, Y_train, Y_test = rows(X, train), rows(Y, train), rows(Y, test)
    mean_x, mean_y = xp.mean(X_train, axis=0), xp.mean(Y_train, axis=0)
    factors = fit_factors(X_train - mean_x, Y_train - mean_y, n_components, tol)
    latent = (rows(X, test) - mean_x) @ factors.rotations
    prediction = xp.zeros_like(Y_test) + mean_y
    scores = []
    for k in range(latent.shape[1]):
        prediction = prediction + latent[:, k : k + 1] * factors.loadings[:, k]
        scores.append(to_numpy(SCORES[scoring](Y_test, prediction)))
    return np.stack(scores)
