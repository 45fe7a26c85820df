"""Brain-Score's numbers from plain arrays, without Brain-Score.

Each cross-validated metric draws splits in the order of the neural data, fits each training set
with its stimuli sorted by id, and correlates prediction and response of each unit on the test set.
The score is the median over units, averaged over splits. Units whose response or prediction does
not vary have no correlation; Brain-Score leaves them out in silence, here they are counted.

Source: brainscore-vision 2.4.2 (Schrimpf et al. 2018, bioRxiv 407007).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dissimilarity, similarity
from .arrays import to_numpy
from .ceilings import split_half
from .inputs import check_equal_length, check_samples
from .kernel_alignment import hsic
from .metric_regressions import (
    neuron_predictor,
    pls_predictor,
    ridge_predictor,
    ridgecv_predictor,
)
from .metric_score import MetricScore, ceiled_score, cross_regressed, summarise

__all__ = [
    "METRICS",
    "MetricScore",
    "ceiled_score",
    "cka",
    "internal_consistency",
    "neuron_to_neuron",
    "pls",
    "rdm",
    "ridge",
    "ridgecv",
]


def pls(
    X: Any,
    Y: Any,
    *,
    n_components: int = 25,
    stimulus_ids: Any = None,
    source_ids: Any = None,
    stratify: Any = None,
    n_splits: int = 10,
    train_size: float = 0.9,
    seed: int = 1,
) -> MetricScore:
    """Neural predictivity by partial least squares (Brain-Score's `pls`).

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses, repeats averaged.
    n_components
        Number of latent components; Brain-Score uses 25.
    stimulus_ids
        (n_stimuli,) ids of the rows of `Y`; None numbers them.
    source_ids
        (n_stimuli,) ids of the rows of `X`, in any order; None if they are those of `Y`.
    stratify
        (n_stimuli,) category of each row of `Y` (Brain-Score's `object_name`), or None.
    n_splits, train_size, seed
        As in :func:`fitting.crossvalidation.brainscore_splits`.

    Returns
    -------
    MetricScore
        Median correlation over units, mean over splits, not divided by a ceiling.

    Raises
    ------
    ValueError
        If ids are not unique or not the same, shapes do not match, or nothing varies.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 5))
    >>> Y = X + X[:, ::-1] + rng.standard_normal((100, 5))
    >>> round(pls(X, Y, n_components=5).raw, 2)
    0.81
    """
    return cross_regressed(
        "pls",
        X,
        Y,
        pls_predictor(n_components),
        stimulus_ids=stimulus_ids,
        source_ids=source_ids,
        stratify=stratify,
        n_splits=n_splits,
        train_size=train_size,
        seed=seed,
    )


def ridge(
    X: Any,
    Y: Any,
    *,
    stimulus_ids: Any = None,
    source_ids: Any = None,
    stratify: Any = None,
    n_splits: int = 10,
    train_size: float = 0.9,
    seed: int = 1,
) -> MetricScore:
    """Neural predictivity by ridge regression with penalty 1 (Brain-Score's `ridge`: no search).

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses, repeats averaged.
    stimulus_ids
        (n_stimuli,) ids of the rows of `Y`; None numbers them.
    source_ids
        (n_stimuli,) ids of the rows of `X`, in any order; None if they are those of `Y`.
    stratify
        (n_stimuli,) category of each row of `Y` (Brain-Score's `object_name`), or None.
    n_splits, train_size, seed
        As in :func:`fitting.crossvalidation.brainscore_splits`.

    Returns
    -------
    MetricScore
        Median correlation over units, mean over splits, not divided by a ceiling.

    Raises
    ------
    ValueError
        If ids are not unique or not the same, shapes do not match, or nothing varies.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 5))
    >>> Y = X + X[:, ::-1] + rng.standard_normal((100, 5))
    >>> round(ridge(X, Y).raw, 2)
    0.81
    """
    return cross_regressed(
        "ridge",
        X,
        Y,
        ridge_predictor,
        stimulus_ids=stimulus_ids,
        source_ids=source_ids,
        stratify=stratify,
        n_splits=n_splits,
        train_size=train_size,
        seed=seed,
    )


def ridgecv(
    X: Any,
    Y: Any,
    *,
    stimulus_ids: Any = None,
    source_ids: Any = None,
    stratify: Any = None,
    n_splits: int = 10,
    train_size: float = 0.9,
    seed: int = 1,
) -> MetricScore:
    """Neural predictivity by ridge regression, one of 99 penalties for all units.

    The penalty is that of the smallest leave-one-out error over all units, in each training set
    (the regression of Brain-Score's `ridgecv_split`, here over its cross-validation splits).

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses, repeats averaged.
    stimulus_ids
        (n_stimuli,) ids of the rows of `Y`; None numbers them.
    source_ids
        (n_stimuli,) ids of the rows of `X`, in any order; None if they are those of `Y`.
    stratify
        (n_stimuli,) category of each row of `Y` (Brain-Score's `object_name`), or None.
    n_splits, train_size, seed
        As in :func:`fitting.crossvalidation.brainscore_splits`.

    Returns
    -------
    MetricScore
        Median correlation over units, mean over splits, not divided by a ceiling.

    Raises
    ------
    ValueError
        If ids are not unique or not the same, shapes do not match, or nothing varies.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 5))
    >>> Y = X + X[:, ::-1] + rng.standard_normal((100, 5))
    >>> round(ridgecv(X, Y).raw, 2)
    0.81
    """
    return cross_regressed(
        "ridgecv",
        X,
        Y,
        ridgecv_predictor,
        stimulus_ids=stimulus_ids,
        source_ids=source_ids,
        stratify=stratify,
        n_splits=n_splits,
        train_size=train_size,
        seed=seed,
    )


def neuron_to_neuron(
    X: Any,
    Y: Any,
    *,
    stimulus_ids: Any = None,
    source_ids: Any = None,
    stratify: Any = None,
    n_splits: int = 10,
    train_size: float = 0.9,
    seed: int = 1,
) -> MetricScore:
    """Neural predictivity by the one feature that correlates best with each unit.

    The feature is that of the largest signed correlation on the training set, used as it is
    (Brain-Score's `neuron_to_neuron`).

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses, repeats averaged.
    stimulus_ids
        (n_stimuli,) ids of the rows of `Y`; None numbers them.
    source_ids
        (n_stimuli,) ids of the rows of `X`, in any order; None if they are those of `Y`.
    stratify
        (n_stimuli,) category of each row of `Y` (Brain-Score's `object_name`), or None.
    n_splits, train_size, seed
        As in :func:`fitting.crossvalidation.brainscore_splits`.

    Returns
    -------
    MetricScore
        Median correlation over units, mean over splits, not divided by a ceiling.

    Raises
    ------
    ValueError
        If ids are not unique or not the same, shapes do not match, or nothing varies.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((100, 5))
    >>> Y = X + X[:, ::-1] + rng.standard_normal((100, 5))
    >>> round(neuron_to_neuron(X, Y).raw, 2)
    0.72
    """
    return cross_regressed(
        "neuron_to_neuron",
        X,
        Y,
        neuron_predictor,
        stimulus_ids=stimulus_ids,
        source_ids=source_ids,
        stratify=stratify,
        n_splits=n_splits,
        train_size=train_size,
        seed=seed,
    )


def rdm(X: Any, Y: Any) -> MetricScore:
    """Similarity of the dissimilarities of features and responses (Brain-Score's `rdm`).

    Both RDMs hold 1 - Pearson r between stimuli; they are compared by Spearman correlation.

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses to the same stimuli in the same order.

    Returns
    -------
    MetricScore
        `raw` only.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, or a stimulus has a constant pattern.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((10, 5))
    >>> round(rdm(X, X**3).raw, 2)
    0.83
    """
    X, Y = _paired("rdm", X, Y)
    return MetricScore(similarity.compare_rdms(dissimilarity.rdm(X), dissimilarity.rdm(Y)))


def cka(X: Any, Y: Any, *, unbiased: bool = True) -> MetricScore:
    """Centred kernel alignment (Brain-Score's `cka`, or `cka_biased`).

    Unlike :func:`fitting.cka` it is 0 where a representation has no more variance than chance, and
    1e-12 is added to its denominator.

    Parameters
    ----------
    X
        (n_stimuli, n_features) features.
    Y
        (n_stimuli, n_targets) responses to the same stimuli in the same order.
    unbiased
        False for `cka_biased`.

    Returns
    -------
    MetricScore
        `raw` only.

    Raises
    ------
    ValueError
        If shapes do not match or values are not finite.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((10, 5))
    >>> round(cka(X, X**3).raw, 2)
    0.8
    """
    X, Y = _paired("cka", X, Y)
    X, Y = X - X.mean(axis=0), Y - Y.mean(axis=0)
    own = hsic(X, X, unbiased=unbiased) * hsic(Y, Y, unbiased=unbiased)
    if own <= 0:
        return MetricScore(0.0)
    return MetricScore(float(hsic(X, Y, unbiased=unbiased) / (np.sqrt(own) + 1e-12)))


def _paired(function: str, X: Any, Y: Any) -> tuple[np.ndarray, np.ndarray]:
    X = check_samples(function, "X", to_numpy(X), n_min=4).astype(np.float64, copy=False)
    Y = check_samples(function, "Y", to_numpy(Y), n_min=4).astype(np.float64, copy=False)
    check_equal_length(function, X=X, Y=Y)
    return X, Y


def internal_consistency(repeats: Any, *, n_splits: int = 10, seed: int = 1) -> MetricScore:
    """Brain-Score's ceiling: split-half reliability, median over units, mean over splits.

    Parameters
    ----------
    repeats
        (n_repeats, n_stimuli, n_targets) responses; NaN marks a repeat that was not shown.
    n_splits, seed
        As in :func:`fitting.split_half`.

    Returns
    -------
    MetricScore
        The reliability, Spearman-Brown corrected.

    Raises
    ------
    ValueError
        If there are fewer than two repeats or stimuli, values are infinite, or no unit varies.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> repeats = rng.standard_normal((1, 500, 3)) + rng.standard_normal((6, 500, 3))
    >>> round(internal_consistency(repeats).raw, 2)
    0.86
    """
    splits = split_half(repeats, n_splits=n_splits, seed=seed)
    return summarise("internal_consistency", splits)


#: Metrics by Brain-Score's names: each takes (X, Y, ...) and returns a MetricScore.
METRICS: dict[str, Callable[..., MetricScore]] = {
    "pls": pls,
    "ridge": ridge,
    "ridgecv": ridgecv,
    "neuron_to_neuron": neuron_to_neuron,
    "rdm": rdm,
    "cka": cka,
}
