"""Fit on some samples, predict the others, and hold the prediction against what noise allows."""

import inspect
from typing import Any

import numpy as np
from sklearn.base import clone

from .arrays import rows, to_numpy
from .crossvalidation import Folds, names_runs, resolve_folds
from .encoding_result import EncodingResult
from .errors import describe
from .inputs import check_equal_length, check_one_library, check_samples, check_variance
from .scores import is_constant, pearson_r, r2
from .time_order import check_time_order

__all__ = ["evaluate", "group_argument", "last_step"]


def evaluate(
    X: Any,
    Y: Any,
    estimator: Any,
    *,
    cv: Any = 5,
    groups: Any = None,
    ceiling: Any = None,
    stimulus_ids: Any = None,
    progress: bool = False,
) -> EncodingResult:
    """Cross-validated prediction of brain responses from features, for each target.

    A fresh copy of the estimator is fitted on the training samples of each fold, so whatever is
    learned (scaling, selection, penalties) is learned from them alone.

    Parameters
    ----------
    X
        (n_samples, n_features) features.
    Y
        (n_samples, n_targets) responses, or (n_samples,) of one target.
    estimator
        A scikit-learn regressor or pipeline, for instance :class:`fitting.RidgeCV`.
    cv
        Number of folds (contiguous blocks, or whole runs if `groups` is given), a splitter such as
        :class:`fitting.RunFold`, a list of (train, test) rows, or an array (n_samples,) that names
        the run of each sample: one run is left out at a time, also inside the estimator.
    groups
        (n_samples,) run of each sample; goes to the folds and to a `groups` argument of `fit`.
    ceiling
        (n_targets,) reliability r_sb of the responses, for instance
        ``split_half(repeats).mean(axis=0)``; NaN excludes a target from normalisation.
    stimulus_ids
        (n_samples,) which stimulus each sample shows: a stimulus may then not be in both sets.
    progress
        Whether to show a progress bar over folds.

    Returns
    -------
    EncodingResult
        Scores of each target and fold.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, nothing varies, a ceiling is not in (0, 1],
        a stimulus is both fitted and tested, or a pipeline delays or detrends within folds.
    TypeError
        If arrays hold no real numbers or are of different libraries, or `cv` makes no folds.

    Warns
    -----
    UserWarning
        If a time series is shuffled into folds.

    Examples
    --------
    >>> from fitting import RidgeCV
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 10))
    >>> Y = X @ rng.standard_normal((10, 3)) + rng.standard_normal((200, 3))
    >>> round(float(np.median(evaluate(X, Y, RidgeCV()).r)), 2)
    0.96
    """
    X = check_samples("evaluate", "X", X, n_min=2)
    Y = Y if hasattr(Y, "ndim") else np.asarray(Y)
    Y = check_samples("evaluate", "Y", Y[:, None] if Y.ndim == 1 else Y, n_min=2)
    check_one_library("evaluate", X, Y)
    groups = cv if groups is None and names_runs(cv) else groups
    check_equal_length("evaluate", X=X, Y=Y, groups=groups, stimulus_ids=stimulus_ids)
    check_variance("evaluate", X=X, Y=Y)
    ceiling = _check_ceiling(ceiling, Y.shape[1])
    folds = resolve_folds("evaluate", cv, X, groups)
    _check_overlap(folds, stimulus_ids)
    check_time_order("evaluate", estimator, folds, Y, groups)
    scores = [
        _score_fold(X, Y, clone(estimator), train, test, groups)
        for train, test in _with_progress(folds, progress)
    ]
    r, explained, undefined, alphas = (list(column) for column in zip(*scores, strict=True))
    return EncodingResult(
        r=np.mean(r, axis=0),
        r2=np.mean(explained, axis=0),
        r_folds=np.stack(r),
        r2_folds=np.stack(explained),
        folds=np.array([[len(train), len(test)] for train, test in folds]),
        undefined=np.any(undefined, axis=0),
        ceiling=ceiling,
        alpha=None if alphas[0] is None else np.stack(alphas),
        n_features=X.shape[1],
        estimator=" ".join(repr(estimator).split()),
    )


def _score_fold(
    X: Any, Y: Any, estimator: Any, train: np.ndarray, test: np.ndarray, groups: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Correlation, explained variance, whether r is undefined, and penalties, for each target."""
    estimator.fit(rows(X, train), rows(Y, train), **group_argument(estimator, groups, train))
    predicted, measured = estimator.predict(rows(X, test)), rows(Y, test)
    predicted = predicted[:, None] if predicted.ndim == 1 else predicted
    undefined = to_numpy(is_constant(predicted)) | to_numpy(is_constant(measured))
    alpha = getattr(last_step(estimator), "alpha_", None)
    if alpha is not None:
        alpha = np.broadcast_to(np.asarray(to_numpy(alpha), dtype=np.float64), Y.shape[1:])
    return (
        to_numpy(pearson_r(measured, predicted)),
        to_numpy(r2(measured, predicted)),
        undefined,
        alpha,
    )


def last_step(estimator: Any) -> Any:
    """The regressor at the end of a pipeline, or the estimator itself.

    Parameters
    ----------
    estimator
        Regressor or pipeline.

    Returns
    -------
    estimator
        What is fitted to the responses.

    Examples
    --------
    >>> from fitting import RidgeCV
    >>> last_step(RidgeCV(cv=3)).cv
    3
    """
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator


def group_argument(estimator: Any, groups: Any, train: np.ndarray) -> dict[str, np.ndarray]:
    """Runs of the training samples, under the name by which the estimator's `fit` takes them.

    Parameters
    ----------
    estimator
        Regressor or pipeline.
    groups
        (n_samples,) run of each sample, or None.
    train
        Rows that are fitted.

    Returns
    -------
    dict
        Keyword arguments for `fit`; empty where it takes no groups.

    Examples
    --------
    >>> from fitting import RidgeCV
    >>> group_argument(RidgeCV(), [1, 1, 2], np.array([0, 2]))
    {'groups': array([1, 2])}
    """
    takes = inspect.signature(last_step(estimator).fit).parameters
    if groups is None or "groups" not in takes:
        return {}
    prefix = f"{estimator.steps[-1][0]}__" if hasattr(estimator, "steps") else ""
    return {f"{prefix}groups": np.asarray(groups)[train]}


def _check_ceiling(ceiling: Any, n_targets: int) -> np.ndarray | None:
    """(n_targets,) reliabilities in (0, 1], NaN for excluded targets."""
    if ceiling is None:
        return None
    ceiling = np.asarray(to_numpy(ceiling), dtype=np.float64)
    if ceiling.shape != (n_targets,):
        remedy = "Average splits first: split_half(repeats).mean(axis=0)"
        raise ValueError(
            describe(
                "evaluate",
                "ceiling",
                f"array{ceiling.shape}",
                "is not one value a target",
                f"shape ({n_targets},)",
                remedy,
            )
        )
    bad = np.flatnonzero(~np.isnan(ceiling) & ~((ceiling > 0) & (ceiling <= 1 + 1e-12)))
    if bad.size:
        first = int(bad[0])
        raise ValueError(
            describe(
                "evaluate",
                "ceiling",
                f"{ceiling[first]:.4g}",
                f"is no reliability to divide by ({bad.size} target(s), the first {first})",
                "0 < r_sb <= 1",
                "Set it to NaN to leave these targets without normalisation",
            )
        )
    return ceiling


def _check_overlap(folds: Folds, stimulus_ids: Any) -> None:
    """Refuse folds that test a stimulus that they fit."""
    if stimulus_ids is None:
        return
    ids = np.asarray(stimulus_ids)
    for number, (train, test) in enumerate(folds):
        shared = np.intersect1d(ids[train], ids[test])
        if shared.size:
            raise ValueError(
                describe(
                    "evaluate",
                    "stimulus_ids",
                    repr(shared[0].item()),
                    f"is fitted and tested in fold {number} ({shared.size} such stimuli)",
                    "each stimulus on one side of a fold",
                    "Use folds grouped by stimulus, or leave out stimulus_ids to allow it",
                )
            )


def _with_progress(folds: Folds, shown: bool) -> Any:
    if not shown:
        return folds
    from tqdm import tqdm

    return tqdm(folds, desc="evaluate", unit="fold")
