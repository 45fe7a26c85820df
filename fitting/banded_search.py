"""The search for the mix of bands and the penalty of each target, over folds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace, to_numpy

__all__ = ["Choice", "refit", "search_gammas"]


@dataclass(frozen=True)
class Choice:
    """What a search chose for each target.

    Parameters
    ----------
    mix
        (n_targets,) number of the chosen gamma.
    alpha
        (n_targets,) chosen penalty, float64.
    scores
        (n_gammas, n_targets) cross-validated score of each gamma at its best penalty; minus
        infinity where the target had left the race.

    Examples
    --------
    >>> Choice(np.array([1]), np.array([10.0]), np.array([[0.1], [0.2]])).scores.max()
    np.float64(0.2)
    """

    mix: np.ndarray
    alpha: np.ndarray
    scores: np.ndarray


def search_gammas(
    side: Any,
    n_targets: int,
    n_folds: int,
    gammas: np.ndarray,
    alphas: np.ndarray,
    *,
    scoring: str,
    margin: np.ndarray | None,
    chunk: int,
    tick: Callable[[], None],
) -> Choice:
    """Best gamma and penalty of each target by the mean score over folds.

    In a race, a target leaves a gamma as soon as the mean over the folds so far, at the best
    penalty, is more than a margin below what the best gamma until then had on the same folds. Noise
    that a fold has in common is no part of that difference.

    Parameters
    ----------
    side
        :class:`PrimalSide` or :class:`DualSide`.
    n_targets, n_folds
        How many there are.
    gammas
        (n_gammas, n_bands) weights of the bands, in the order in which they run.
    alphas
        (n_alphas,) penalties.
    scoring
        "r2", "r" or "neg_mse".
    margin
        (n_targets,) how far a gamma may be behind, in the unit of the score; None for no race.
    chunk
        Number of targets handled together.
    tick
        Called after each gamma.

    Returns
    -------
    Choice
        Ties go to the earlier gamma and to the larger penalty.

    Examples
    --------
    >>> from fitting.banded_solvers import PrimalSide
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> folds = [(np.array([0, 1]), np.array([2, 3]))]
    >>> side = PrimalSide([X], 2 * X, folds, centre=False, gram_dtype=X.dtype)
    >>> options = {"scoring": "neg_mse", "margin": None, "chunk": 1, "tick": lambda: None}
    >>> search_gammas(side, 1, 1, np.ones((1, 1)), np.array([1.0, 9.0]), **options).scores
    array([[-0.5]])
    """
    alphas = -np.sort(-alphas)  # argmax takes the first: the larger penalty
    scores = np.full((len(gammas), n_targets), -np.inf)
    best = np.full(n_targets, -np.inf)
    best_folds = np.full((n_folds, n_targets), -np.inf)
    mix, chosen = np.zeros(n_targets, dtype=np.int64), np.zeros(n_targets, dtype=np.int64)
    for number, gamma in enumerate(gammas):
        alive = np.arange(n_targets)
        folds = np.empty((n_folds, len(alphas), n_targets))
        for fold in range(n_folds):
            Z, eigenvalues, project = side.fold(fold, gamma)
            for part in _parts(alive, n_targets, chunk):
                C, Y = project(part)
                grid = as_tensor_like(alphas, Y)
                folds[fold][:, part] = to_numpy(
                    _score_penalties(Z, eigenvalues, C, Y, grid, scoring)
                )
            if margin is not None and fold < n_folds - 1:
                so_far = folds[: fold + 1, :, alive].mean(axis=0).max(axis=0)
                bar = best_folds[: fold + 1, alive].mean(axis=0) - margin[alive]
                alive = alive[so_far > bar]
                if alive.size == 0:
                    break
        tick()
        if alive.size == 0:
            continue
        means = folds[:, :, alive].mean(axis=0)
        a = np.argmax(means, axis=0)
        top = means[a, np.arange(alive.size)]
        scores[number, alive] = top
        won = top > best[alive]
        winners = alive[won]
        best[winners], mix[winners], chosen[winners] = top[won], number, a[won]
        best_folds[:, winners] = folds[:, a[won], winners]
    return Choice(mix, alphas[chosen], scores)


def refit(side: Any, choice: Choice, gammas: np.ndarray, Y: Any) -> Any:
    """Weights of all targets, by one factorisation for each gamma that any of them chose.

    Parameters
    ----------
    side
        :class:`PrimalSide` or :class:`DualSide`.
    choice
        What the search chose.
    gammas
        (n_gammas, n_bands) weights of the bands.
    Y
        (n, n_targets) responses.

    Returns
    -------
    array
        (p, n_targets) coefficients, or (n, n_targets) weights of the samples.

    Examples
    --------
    >>> from fitting.banded_solvers import PrimalSide
    >>> X = np.array([[-1.0], [0.0], [1.0], [0.0]])
    >>> side = PrimalSide([X], 2 * X, [], centre=False, gram_dtype=X.dtype)
    >>> choice = Choice(np.array([0]), np.array([2.0]), np.zeros((1, 1)))
    >>> refit(side, choice, np.ones((1, 1)), 2 * X)
    array([[1.]])
    """
    xp = namespace(Y)
    weights = None
    for number in np.unique(choice.mix):
        part = np.flatnonzero(choice.mix == number)
        found = side.weights(gammas[number], choice.alpha[part], part)
        if weights is None:
            weights = xp.zeros_like(found[:, :1]) + xp.zeros_like(Y[:1, :])
        weights[:, part] = found
    return weights


def _parts(alive: np.ndarray, n_targets: int, chunk: int) -> Iterator[Any]:
    """The targets still in the race in chunks: slices, which copy nothing, where all are."""
    for start in range(0, alive.size, chunk):
        stop = min(start + chunk, alive.size)
        yield slice(start, stop) if alive.size == n_targets else alive[start:stop]


def _score_penalties(Z: Any, eigenvalues: Any, C: Any, Y: Any, alphas: Any, scoring: str) -> Any:
    """(n_alphas, n_targets) scores of the predictions P(a) = Z diag(1 / (L + a)) C of one fold."""
    xp = namespace(Y)
    deviation = Y - xp.mean(Y, axis=0)
    sst = xp.einsum("vt,vt->t", deviation, deviation)
    if scoring == "r":
        Z = Z - xp.mean(Z, axis=0)
    scores = []
    for a in range(alphas.shape[0]):
        P = (Z / (eigenvalues + alphas[a])) @ C
        if scoring == "r":
            top = xp.einsum("vt,vt->t", P, deviation)
            scores.append(_ratio(top, xp.sqrt(xp.einsum("vt,vt->t", P, P) * sst)))
        else:
            P -= Y
            sse = xp.einsum("vt,vt->t", P, P)
            scores.append(-sse / Y.shape[0] if scoring == "neg_mse" else _ratio(sst - sse, sst))
    return xp.stack(scores)


def _ratio(numerator: Any, denominator: Any) -> Any:
    """Numerator / denominator, and 0 where the denominator is 0: a target without variance."""
    xp = namespace(numerator)
    zero = denominator == 0
    ratio = numerator / xp.where(zero, xp.ones_like(denominator), denominator)
    return xp.where(zero, xp.zeros_like(ratio), ratio)
