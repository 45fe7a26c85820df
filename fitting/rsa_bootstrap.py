"""Similarity of models and subjects when stimuli, subjects or both are drawn again."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .errors import describe
from .ranking import SortedValues
from .similarity import similarity_of_pairs

__all__ = ["BOOTSTRAPS", "draw_means"]

#: What can be drawn again.
BOOTSTRAPS = ("subjects", "stimuli", "both")
#: Numbers in one array of a chunk of draws: a few such arrays fit into the cache.
CHUNK = 2**17

#: From (n_pairs, n_draws) counts to (n_pairs, n_draws) values whose weighted cosine is wanted.
Resample = Callable[[np.ndarray], np.ndarray]


def _cosine(pairs: np.ndarray) -> Resample:
    return lambda counts: np.broadcast_to(pairs[:, None], counts.shape)


def _pearson(pairs: np.ndarray) -> Resample:
    return lambda counts: pairs[:, None] - (pairs @ counts) / counts.sum(axis=0)


def _ranked(pairs: np.ndarray) -> Resample:
    values = SortedValues.of(pairs)
    return lambda counts: values.ranks(counts) - (counts.sum(axis=0) + 1) / 2


#: How a resampled RDM is centred, by name of the comparison.
RESAMPLES: dict[str, Callable[[np.ndarray], Resample]] = {
    "cosine": _cosine,
    "pearson": _pearson,
    "spearman": _ranked,
    "rho_a": _ranked,
}


def _direction(
    resample: Resample, counts: np.ndarray, root: np.ndarray, method: str, label: str
) -> np.ndarray:
    """(n_pairs, n_draws), so scaled that a sum of products over pairs is a similarity."""
    row = root * resample(counts)
    if method == "rho_a":
        n = counts.sum(axis=0)
        scale = np.sqrt((n**3 - n) / 12)
    else:
        scale = np.sqrt(np.einsum("pd,pd->d", row, row))
    # equal values may leave rounding errors after their mean is taken out
    constant = ~(scale > 1e-12 * np.abs(row).max())
    if constant.any():
        expected = "draws in which each RDM varies"
        remedy = "Use bootstrap='subjects', or more stimuli"
        problem = f"leaves {label} without variance in {int(constant.sum())} or more draws"
        raise ValueError(
            describe("rsa", "bootstrap", "'stimuli' or 'both'", problem, expected, remedy)
        )
    row /= scale
    return row


def _by_weights(
    models: np.ndarray, subjects: np.ndarray, pairs: np.ndarray, draws: np.ndarray, method: str
) -> Iterator[np.ndarray]:
    """(n_chunk, n_models, n_subjects) similarities, a chunk of draws at a time.

    A pair of stimuli that were drawn c_i and c_j times counts c_i c_j times; pairs of a stimulus
    with itself do not count. So nothing is copied, and RDMs are sorted once, not in each draw.
    """
    prepare = RESAMPLES[method]
    left, right = ([prepare(row) for row in table] for table in (models, subjects))
    size = max(1, CHUNK // models.shape[1])
    for start in range(0, len(draws), size):
        chunk = draws[start : start + size].T.astype(np.float64)
        counts = chunk[pairs[0]] * chunk[pairs[1]]
        root = np.sqrt(counts)
        rows = [_direction(r, counts, root, method, f"model_rdms[{i}]") for i, r in enumerate(left)]
        values = np.empty((chunk.shape[1], len(left), len(right)))
        for s, resample in enumerate(right):
            subject = _direction(resample, counts, root, method, f"data_rdms[{s}]")
            for m, model in enumerate(rows):
                values[:, m, s] = np.einsum("pd,pd->d", model, subject)
        yield values


def _by_repeats(
    models: np.ndarray, subjects: np.ndarray, pairs: np.ndarray, draws: np.ndarray
) -> Iterator[np.ndarray]:
    """As :func:`_by_weights` for Kendall's tau-a, which is no cosine: RDMs are drawn out."""
    for draw in draws:
        times = draw[pairs[0]] * draw[pairs[1]]
        a, b = (np.repeat(table, times, axis=1) for table in (models, subjects))
        yield similarity_of_pairs("rsa", "tau_a", model_rdms=a, data_rdms=b)[None]


def draw_means(
    models: np.ndarray,
    subjects: np.ndarray,
    pairs: np.ndarray,
    *,
    method: str,
    bootstrap: str,
    n_bootstrap: int,
    seed: int,
    progress: bool,
) -> dict[str, np.ndarray]:
    """Mean similarity over subjects in each draw of subjects, stimuli or both.

    Parameters
    ----------
    models
        (n_models, n_pairs) dissimilarities.
    subjects
        (n_subjects, n_pairs) dissimilarities.
    pairs
        (2, n_pairs) the stimuli of each pair.
    method
        As in :func:`fitting.compare_rdms`, but "whitened_cosine" only with "subjects".
    bootstrap
        "subjects", "stimuli" or "both".
    n_bootstrap
        Number of draws.
    seed
        Seed of the draws.
    progress
        Whether to show a progress bar.

    Returns
    -------
    dict
        (n_bootstrap, n_models) means by what was drawn; for "both" all three.

    Examples
    --------
    >>> D = np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]])
    >>> pairs = np.array(np.triu_indices(3, 1))
    >>> options = dict(n_bootstrap=5, seed=0, progress=False)
    >>> draw_means(D[:1], D, pairs, method="cosine", bootstrap="subjects", **options)[
    ...     "subjects"].shape
    (5, 1)
    """
    rng = np.random.default_rng(seed)
    n_subjects, n_stimuli = len(subjects), int(pairs.max()) + 1
    people = rng.multinomial(n_subjects, [1 / n_subjects] * n_subjects, size=n_bootstrap)
    shares = people / n_subjects
    samples = {}
    if bootstrap != "stimuli":
        values = similarity_of_pairs("rsa", method, model_rdms=models, data_rdms=subjects)
        samples["subjects"] = shares @ values.T
    if bootstrap == "subjects":
        return samples
    draws = rng.multinomial(n_stimuli, [1 / n_stimuli] * n_stimuli, size=n_bootstrap)
    if method == "tau_a":
        chunks = _by_repeats(models, subjects, pairs, draws)
    else:
        chunks = _by_weights(models, subjects, pairs, draws, method)
    values = np.concatenate(list(_with_progress(chunks, n_bootstrap, progress)))
    samples["stimuli"] = values.mean(axis=2)
    if bootstrap == "both":
        samples["both"] = np.einsum("dms,ds->dm", values, shares)
    return samples


def _with_progress(chunks: Iterator[np.ndarray], total: int, shown: bool) -> Iterator[Any]:
    if not shown:
        yield from chunks
        return
    from tqdm import tqdm

    with tqdm(total=total, desc="rsa", unit="draw") as bar:
        for chunk in chunks:
            yield chunk
            bar.update(len(chunk))
