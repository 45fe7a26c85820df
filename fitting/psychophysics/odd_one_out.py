"""Which of three things is the odd one: choices that follow from an embedding or a similarity."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitting.errors import describe
from fitting.inputs import check_samples

__all__ = ["OddOneOutScore", "odd_one_out", "score_odd_one_out"]

#: Pairs that are kept when the first, second or third of a triplet is the odd one.
KEPT = ((1, 2), (0, 2), (0, 1))


def odd_one_out(similarity: Any, triplets: Any) -> np.ndarray:
    """Probability of each member of a triplet to be chosen as the odd one.

    The pair that is kept wins a softmax over the three similarities:
    p(odd = k) = exp(s_ij) / (exp(s_ij) + exp(s_ik) + exp(s_jk)), where i, j are the other two.

    Parameters
    ----------
    similarity
        (n, n) similarities; X X' of an embedding X, for instance. The unit sets how sure choices
        are.
    triplets
        (n_triplets, 3) numbers of three different things each.

    Returns
    -------
    numpy.ndarray
        (n_triplets, 3) float64, each row sums to 1.

    Raises
    ------
    ValueError
        If the similarity is not square, or a triplet names a thing twice or one that is not there.
    TypeError
        If triplets are not whole numbers.

    Notes
    -----
    Source: Hebart, Zheng, Pereira and Baker (2020), Nature Human Behaviour 4:1173-1185.

    Examples
    --------
    >>> similarity = np.array([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> odd_one_out(similarity, [[0, 1, 2]]).round(3)
    array([[0.107, 0.107, 0.787]])
    """
    S = check_samples("odd_one_out", "similarity", similarity)
    index = _check_triplets(triplets, len(S))
    if S.shape[0] != S.shape[1]:
        expected, remedy = "(n, n)", "Pass X @ X.T of an embedding X"
        raise ValueError(
            describe(
                "odd_one_out", "similarity", f"array{S.shape}", "is not square", expected, remedy
            )
        )
    kept = np.stack([S[index[:, a], index[:, b]] for a, b in KEPT], axis=1).astype(np.float64)
    kept -= kept.max(axis=1, keepdims=True)
    weight = np.exp(kept)
    return weight / weight.sum(axis=1, keepdims=True)


@dataclass(frozen=True, repr=False)
class OddOneOutScore:
    """How well probabilities predict choices.

    Parameters
    ----------
    accuracy
        Part of choices that were the most probable ones.
    cross_entropy
        Mean -log p of the choices, nats.
    entropy
        Mean entropy of the probabilities, nats: what the cross-entropy is if choices follow them.
    sem
        Standard error of the cross-entropy over triplets.
    n_triplets
        How many there were.

    Examples
    --------
    >>> OddOneOutScore(0.6, 0.9, 0.9, 0.01, 1000)
    OddOneOutScore(accuracy 0.600, cross-entropy 0.900 +- 0.010, entropy 0.900 nats, 1000 triplets)
    """

    accuracy: float
    cross_entropy: float
    entropy: float
    sem: float
    n_triplets: int

    def __repr__(self) -> str:
        return (
            f"OddOneOutScore(accuracy {self.accuracy:.3f}, cross-entropy {self.cross_entropy:.3f} "
            f"+- {self.sem:.3f}, entropy {self.entropy:.3f} nats, {self.n_triplets} triplets)"
        )


def score_odd_one_out(similarity: Any, triplets: Any, choices: Any) -> OddOneOutScore:
    """Score choices of the odd one by what a similarity expects.

    Parameters
    ----------
    similarity, triplets
        As in :func:`fitting.odd_one_out`.
    choices
        (n_triplets,) place in its triplet, 0, 1 or 2, of what was chosen as the odd one.

    Returns
    -------
    OddOneOutScore
        Accuracy (chance is 1/3) and cross-entropy (chance is log 3, 1.099 nats).

    Raises
    ------
    ValueError
        If shapes do not match, or a choice is not 0, 1 or 2.
    TypeError
        If triplets are not whole numbers.

    Examples
    --------
    >>> similarity = np.array([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> round(score_odd_one_out(similarity, [[0, 1, 2]], [2]).cross_entropy, 3)
    0.24
    """
    p = odd_one_out(similarity, triplets)
    chosen = np.asarray(choices)
    if chosen.shape != (len(p),) or not np.isin(chosen, (0, 1, 2)).all():
        expected, remedy = f"({len(p)},) of 0, 1 or 2", "Give the place in the triplet"
        problem = "is no list of choices"
        raise ValueError(
            describe(
                "score_odd_one_out", "choices", f"array{chosen.shape}", problem, expected, remedy
            )
        )
    loss = -np.log(p[np.arange(len(p)), chosen.astype(int)])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(p > 0, p * np.log(p), 0.0).sum(axis=1)
    return OddOneOutScore(
        accuracy=float((p.argmax(axis=1) == chosen).mean()),
        cross_entropy=float(loss.mean()),
        entropy=float(entropy.mean()),
        sem=float(loss.std() / np.sqrt(len(loss))),
        n_triplets=len(loss),
    )


def _check_triplets(triplets: Any, n: int) -> np.ndarray:
    """(n_triplets, 3) numbers of three different things."""
    index = np.asarray(triplets)
    shown = f"array{index.shape}"
    if index.dtype.kind not in "iu":
        raise TypeError(
            describe(
                "odd_one_out", "triplets", shown, "is not of whole numbers", "ints", "Count from 0"
            )
        )
    problem = None
    if index.ndim != 2 or index.shape[1] != 3 or len(index) == 0:
        problem = "is no list of triplets"
    elif index.min() < 0 or index.max() >= n:
        problem = f"names a thing that is not among the {n}"
    elif (index == np.roll(index, 1, axis=1)).any():
        problem = "names a thing twice in a triplet"
    if problem is not None:
        expected, remedy = f"(n_triplets, 3) different numbers below {n}", "Check the numbers"
        raise ValueError(describe("odd_one_out", "triplets", shown, problem, expected, remedy))
    return index
