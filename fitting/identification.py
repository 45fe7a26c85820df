"""Which stimulus was it: decoded features against those of candidates."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.stats import hypergeom, rankdata

from .arrays import to_numpy
from .errors import check_choice, describe
from .inputs import check_count, check_equal_length, check_samples

__all__ = ["IdentificationResult", "identify"]

#: Similarities that differ by less than this fraction of the largest are equal, up to rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class IdentificationResult:
    """How well decoded features single out the true stimulus among candidates.

    Parameters
    ----------
    similarity
        (n_samples, n_candidates) similarity of each decoded sample to each candidate.
    matches
        (n_samples,) column of the true candidate of each sample.

    Examples
    --------
    >>> result = IdentificationResult(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]))
    >>> result.rank_accuracy, result.top_k(1)
    (0.5, 0.5)
    """

    similarity: np.ndarray
    matches: np.ndarray

    @property
    def n_candidates(self) -> int:
        """Number of candidates, the true one included."""
        return self.similarity.shape[1]

    @cached_property
    def _beaten_by(self) -> tuple[np.ndarray, np.ndarray]:
        """(n_samples,) candidates more similar than the true one, and as similar as it."""
        own = self.similarity[np.arange(len(self.matches)), self.matches][:, None]
        margin = ROUNDING * np.abs(self.similarity).max()
        better = (self.similarity > own + margin).sum(axis=1)
        tied = (np.abs(self.similarity - own) <= margin).sum(axis=1) - 1
        return better, tied

    @property
    def ranks(self) -> np.ndarray:
        """(n_samples,) rank of the true candidate, 1 is best; ties share their mean rank."""
        better, tied = self._beaten_by
        return 1 + better + tied / 2

    @property
    def rank_accuracy(self) -> float:
        """Mean fraction of the other candidates that the true one outranks; chance is 0.5."""
        return float(1 - np.mean((self.ranks - 1) / (self.n_candidates - 1)))

    @property
    def pairwise_accuracy(self) -> float:
        """Fraction of pairs of samples whose right assignment is more similar than the swapped one.

        For samples i and j: s(i, i) + s(j, j) > s(i, j) + s(j, i); ties count half, pairs that show
        one stimulus are left out. Chance is 0.5. Source: Mitchell et al. (2008), Science
        320:1191-1195.
        """
        own = self.similarity[:, self.matches]
        gain = np.diag(own)[:, None] + np.diag(own)[None, :] - own - own.T
        a, b = np.triu_indices(len(own), 1)
        gain = gain[a, b][self.matches[a] != self.matches[b]]
        margin = 4 * ROUNDING * np.abs(own).max()
        return float(np.mean(np.where(np.abs(gain) <= margin, 0.5, gain > 0)))

    def top_k(self, k: int = 1, *, n_candidates: int | None = None) -> float:
        """Fraction of samples whose true candidate is among the k most similar ones.

        With fewer candidates than there are, the exact mean over all sets that hold the true one
        and ``n_candidates - 1`` of the others (a hypergeometric sum, nothing is drawn). Ties are
        broken at random, in the mean. Chance is ``k / n_candidates``.

        Parameters
        ----------
        k
            How many guesses there are.
        n_candidates
            Size of the set to choose from, the true one included; None takes all.

        Returns
        -------
        float
            Accuracy in [0, 1].

        Raises
        ------
        ValueError
            If there are not 1 <= k <= n_candidates, or more are asked for than there are.
        TypeError
            If a number is no whole number.

        Examples
        --------
        >>> result = IdentificationResult(np.array([[0.5, 0.9, 0.1]]), np.array([0]))
        >>> result.top_k(1), result.top_k(2), result.top_k(1, n_candidates=2)
        (0.0, 1.0, 0.5)
        """
        k = check_count("top_k", "k", k)
        size = self.n_candidates if n_candidates is None else n_candidates
        size = check_count("top_k", "n_candidates", size, n_min=2)
        if not k <= size <= self.n_candidates:
            parameter, value = ("k", k) if k > size else ("n_candidates", size)
            least, most = (1, size) if k > size else (k, self.n_candidates)
            raise ValueError(
                describe(
                    "top_k",
                    parameter,
                    value,
                    f"is too large for {most} candidates",
                    f"{least} to {most}",
                    "Lower it",
                )
            )
        others = self.n_candidates - 1
        # chance that fewer than k of the drawn others are better, if b of all others are
        hit = hypergeom.cdf(k - 1, others, np.arange(others + 1), size - 1)
        better, tied = self._beaten_by
        total = np.concatenate([[0], np.cumsum(hit)])
        return float(np.mean((total[better + tied + 1] - total[better]) / (tied + 1)))

    def p_value(self, *, n_permutations: int = 1000, seed: int = 0) -> float:
        """Probability of a rank accuracy this high if decoded samples were given random labels.

        Parameters
        ----------
        n_permutations
            Number of permutations of the true candidates over samples.
        seed
            Seed of the permutations.

        Returns
        -------
        float
            (1 + #{permuted >= observed}) / (1 + n_permutations).

        Raises
        ------
        ValueError
            If there are fewer than one permutation.
        TypeError
            If it is no whole number.

        Examples
        --------
        >>> IdentificationResult(np.eye(8), np.arange(8)).p_value(n_permutations=199)
        0.005
        """
        null = self.permuted_rank_accuracy(n_permutations=n_permutations, seed=seed)
        return float((1 + (null >= self.rank_accuracy - ROUNDING).sum()) / (1 + len(null)))

    def permuted_rank_accuracy(self, *, n_permutations: int = 1000, seed: int = 0) -> np.ndarray:
        """Rank accuracies with the true candidates permuted over samples.

        Parameters
        ----------
        n_permutations
            Number of permutations.
        seed
            Seed of the permutations.

        Returns
        -------
        numpy.ndarray
            (n_permutations,) accuracies, around 0.5.

        Raises
        ------
        ValueError
            If there are fewer than one permutation.
        TypeError
            If it is no whole number.

        Examples
        --------
        >>> result = IdentificationResult(np.eye(50), np.arange(50))
        >>> round(float(result.permuted_rank_accuracy().mean()), 2)
        0.5
        """
        n = check_count("p_value", "n_permutations", n_permutations)
        rng = np.random.default_rng(seed)
        orders = np.argsort(rng.random((n, len(self.matches))), axis=1)
        outranked = self._outranked()
        return outranked[np.arange(len(self.matches)), self.matches[orders]].mean(axis=1)

    def _outranked(self) -> np.ndarray:
        """(n_samples, n_candidates) fraction of the others that each candidate outranks."""
        rounded = self.similarity / (np.abs(self.similarity).max() or 1.0)
        ranks = rankdata(rounded.round(int(-np.log10(ROUNDING))), axis=1)
        return (ranks - 1) / (self.n_candidates - 1)

    def __repr__(self) -> str:
        return (
            f"IdentificationResult({len(self.matches)} samples, {self.n_candidates} candidates, "
            f"rank_accuracy={self.rank_accuracy:.4f}, "
            f"pairwise_accuracy={self.pairwise_accuracy:.4f}, top_1={self.top_k(1):.4f} "
            f"(chance 0.5, 0.5, {1 / self.n_candidates:.4f}))"
        )


def identify(
    Y: Any,
    Y_pred: Any,
    *,
    stimulus_ids: Any = None,
    candidate_ids: Any = None,
    distance: str = "correlation",
) -> IdentificationResult:
    """Compare features decoded from a brain with those of candidate stimuli.

    Parameters
    ----------
    Y
        (n_candidates, n_features) true features of the candidates. Without ids the first
        ``n_samples`` belong to the samples, in their order; the rest are distractors.
    Y_pred
        (n_samples, n_features) decoded features.
    stimulus_ids
        (n_samples,) stimulus of each sample; a stimulus may have several samples.
    candidate_ids
        (n_candidates,) stimulus of each candidate, each only once. Both or none must be given.
    distance
        "correlation" (over features), "cosine" or "euclidean".

    Returns
    -------
    IdentificationResult
        Rank, pairwise and top-k accuracy, and their chance level by permuted labels.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, features of a row do not vary (correlation)
        or are all 0 (cosine), ids are duplicate or unmatched, or there are fewer than two
        candidates.
    UnknownNameError
        If the distance is not known.
    TypeError
        If arrays hold no real numbers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> Y = rng.standard_normal((100, 20))
    >>> identify(Y, Y + 3 * rng.standard_normal((100, 20)))
    IdentificationResult(100 samples, 100 candidates, rank_accuracy=0.8069,
    pairwise_accuracy=0.8863, top_1=0.1400 (chance 0.5, 0.5, 0.0100))
    """
    check_choice("identify", "distance", distance, ["correlation", "cosine", "euclidean"])
    Y = to_numpy(check_samples("identify", "Y", Y, n_min=2)).astype(np.float64)
    Y_pred = to_numpy(check_samples("identify", "Y_pred", Y_pred)).astype(np.float64)
    if Y.shape[1] != Y_pred.shape[1]:
        raise ValueError(
            describe(
                "identify",
                "Y_pred",
                f"array{Y_pred.shape}",
                f"does not have the {Y.shape[1]} feature(s) of Y",
                f"(n_samples, {Y.shape[1]})",
                "Decode the features that the candidates have",
            )
        )
    matches = _match(Y, Y_pred, stimulus_ids, candidate_ids)
    return IdentificationResult(_similarity(Y_pred, Y, distance), matches)


def _match(Y: np.ndarray, Y_pred: np.ndarray, stimulus_ids: Any, candidate_ids: Any) -> np.ndarray:
    """Row of Y that is the true candidate of each row of Y_pred."""
    check_equal_length("identify", Y_pred=Y_pred, stimulus_ids=stimulus_ids)
    check_equal_length("identify", Y=Y, candidate_ids=candidate_ids)
    if (stimulus_ids is None) != (candidate_ids is None):
        missing = "stimulus_ids" if stimulus_ids is None else "candidate_ids"
        expected, remedy = "both kinds of ids, or none", "Give both"
        raise ValueError(describe("identify", missing, None, "is missing", expected, remedy))
    if stimulus_ids is None:
        if len(Y_pred) > len(Y):
            raise ValueError(
                describe(
                    "identify",
                    "Y_pred",
                    f"array of {len(Y_pred)} samples",
                    f"has more samples than there are candidates ({len(Y)})",
                    f"at most {len(Y)}",
                    "Give stimulus_ids and candidate_ids if stimuli were repeated",
                )
            )
        return np.arange(len(Y_pred))
    candidates, first, counts = np.unique(candidate_ids, return_index=True, return_counts=True)
    if np.any(counts > 1):
        twice = candidates[counts > 1]
        raise ValueError(
            describe(
                "identify",
                "candidate_ids",
                repr(twice[0].item()),
                f"is there more than once ({twice.size} such id(s))",
                "each candidate once",
                "Drop or average duplicates",
            )
        )
    ids = np.asarray(stimulus_ids)
    place = np.minimum(np.searchsorted(candidates, ids), len(candidates) - 1)
    unmatched = ids[candidates[place] != ids]
    if unmatched.size:
        raise ValueError(
            describe(
                "identify",
                "stimulus_ids",
                repr(unmatched[0].item()),
                f"is not among candidate_ids ({unmatched.size} such sample(s))",
                "ids of candidates",
                "Add these candidates or drop the samples",
            )
        )
    return first[place]


def _similarity(Y_pred: np.ndarray, Y: np.ndarray, distance: str) -> np.ndarray:
    """(n_samples, n_candidates); minus the squared distance for "euclidean"."""
    if distance == "euclidean":
        square = (Y_pred**2).sum(axis=1)[:, None] + (Y**2).sum(axis=1)
        return 2 * Y_pred @ Y.T - square
    return _unit_rows("Y_pred", Y_pred, distance) @ _unit_rows("Y", Y, distance).T


def _unit_rows(parameter: str, values: np.ndarray, distance: str) -> np.ndarray:
    """Rows of norm 1, centred for correlations."""
    size = np.linalg.norm(values, axis=1)
    if distance == "correlation":
        values = values - values.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(values, axis=1)
    flat = np.flatnonzero(norm <= 1e-13 * size)
    if flat.size:
        raise ValueError(
            describe(
                "identify",
                parameter,
                f"row {flat[0]}",
                f"has no {distance} with anything ({flat.size} such row(s))",
                "features that vary" if distance == "correlation" else "features other than 0",
                "Use distance='euclidean', or drop these rows",
            )
        )
    return values / norm[:, None]
