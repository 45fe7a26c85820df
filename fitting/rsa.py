"""Representational similarity analysis: models against the dissimilarities of several subjects."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .arrays import to_numpy
from .errors import check_choice, describe
from .inputs import check_count
from .rsa_bootstrap import BOOTSTRAPS, draw_means
from .rsa_result import RSAResult
from .similarity import (
    COMPARISONS,
    POOLS,
    ceiling_of_pairs,
    pairs_of_rdm,
    similarity_of_pairs,
)
from .stimulus_order import check_unique_ids, source_order

__all__ = ["rsa"]


def rsa(
    model_rdms: Any,
    data_rdms: Any,
    method: str = "spearman",
    *,
    pool: str = "mean",
    bootstrap: str | None = None,
    n_bootstrap: int = 1000,
    seed: int = 0,
    stimulus_ids: Any = None,
    source_ids: Any = None,
    progress: bool = False,
) -> RSAResult:
    """How well the dissimilarities of models explain those measured in several subjects.

    Parameters
    ----------
    model_rdms
        Dictionary of (n_stimuli, n_stimuli) RDMs by name of the model, an array
        (n_models, n_stimuli, n_stimuli), or one RDM.
    data_rdms
        (n_subjects, n_stimuli, n_stimuli) RDMs. Pairs that are NaN must be NaN in every RDM, of
        models too, and are left out.
    method
        As in :func:`fitting.compare_rdms`.
    pool
        How subjects are pooled for the noise ceiling, as in :func:`fitting.rdm_ceiling`.
    bootstrap
        What the standard errors generalise to. None: new subjects, from the spread over subjects;
        "subjects", the same by bootstrap; "stimuli"; "both". Pairs of a stimulus with itself, which
        a draw of stimuli holds, are left out.
    n_bootstrap
        Number of draws.
    seed
        Seed of the draws.
    stimulus_ids
        (n_stimuli,) ids of the rows of `data_rdms`.
    source_ids
        (n_stimuli,) ids of the rows of `model_rdms`, in any order; None if they are those of the
        data.
    progress
        Whether to show a progress bar over draws.

    Returns
    -------
    RSAResult
        Similarity of each model with each subject, noise ceiling, errors, tests.

    Raises
    ------
    ValueError
        If there are fewer than two subjects, a matrix is no RDM, sizes or missing pairs differ, an
        RDM does not vary (in a draw, too), or ids are repeated or do not match.
    TypeError
        If a matrix holds no real numbers.
    UnknownNameError
        If a name is not known.

    Notes
    -----
    Source: Nili et al. (2014), PLoS Computational Biology 10:e1003553; bootstrap over both:
    Schuett et al. (2023), eLife 12.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> def patterns(): return np.linspace(0, 1, 60).reshape(6, 10) ** 2 + rng.random((6, 10)) / 4
    >>> distances = [np.linalg.norm(p[:, None] - p[None], axis=-1) for p in
    ...              (patterns() for _ in range(4))]
    >>> result = rsa({"true": distances[0]}, distances[1:])
    >>> result.values.shape, round(float(result.mean[0]), 2)
    ((1, 3), 0.99)
    """
    check_choice("rsa", "method", method, COMPARISONS)
    check_choice("rsa", "pool", pool, POOLS)
    if bootstrap is not None:
        check_choice("rsa", "bootstrap", bootstrap, BOOTSTRAPS)
    n_bootstrap = check_count("rsa", "n_bootstrap", n_bootstrap, n_min=2)
    if method == "whitened_cosine" and bootstrap in ("stimuli", "both"):
        expected, remedy = "None or 'subjects'", "Use method='cosine' for draws of stimuli"
        problem = "draws incomplete RDMs, which method='whitened_cosine' cannot compare"
        raise ValueError(describe("rsa", "bootstrap", repr(bootstrap), problem, expected, remedy))
    data = _stack("data_rdms", data_rdms)
    n_subjects, n_stimuli = len(data), data.shape[1]
    if n_subjects < 2:
        expected, remedy = "two subjects or more", "For one RDM use fitting.compare_rdms"
        raise ValueError(
            describe("rsa", "data_rdms", f"{n_subjects} RDM(s)", "are too few", expected, remedy)
        )
    names, source = _named(model_rdms)
    if source.shape[1] != n_stimuli:
        problem = f"does not match data_rdms, which have {n_stimuli} stimuli"
        expected, remedy = "RDMs of the same stimuli", "Leave out what only one of them has"
        raise ValueError(
            describe("rsa", "model_rdms", f"array{source.shape}", problem, expected, remedy)
        )
    source = _reordered(source, n_stimuli, stimulus_ids, source_ids)
    models = np.stack(
        [
            pairs_of_rdm("rsa", f"model_rdms[{name!r}]", D)
            for name, D in zip(names, source, strict=True)
        ]
    )
    subjects = np.stack([pairs_of_rdm("rsa", f"data_rdms[{s}]", D) for s, D in enumerate(data)])
    models, subjects, kept = _complete(models, subjects, method)
    samples = None
    if bootstrap is not None:
        samples = draw_means(
            models,
            subjects,
            np.array(np.triu_indices(n_stimuli, 1))[:, kept],
            method=method,
            bootstrap=bootstrap,
            n_bootstrap=n_bootstrap,
            seed=seed,
            progress=progress,
        )
    return RSAResult(
        values=similarity_of_pairs("rsa", method, model_rdms=models, data_rdms=subjects),
        ceiling=ceiling_of_pairs("rsa", "data_rdms", subjects, method, pool),
        model_names=names,
        method=method,
        pool=pool,
        n_stimuli=n_stimuli,
        samples=samples,
    )


def _stack(parameter: str, rdms: Any) -> np.ndarray:
    """(n_rdms, n_stimuli, n_stimuli), all of one size."""
    matrices = [to_numpy(each) for each in rdms]
    shapes = {matrix.shape for matrix in matrices}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        expected, remedy = "square matrices of one size", "Stack one RDM a subject or model"
        problem = "are no RDMs of one size"
        shown = ", ".join(map(str, sorted(shapes))) or "nothing"
        raise ValueError(describe("rsa", parameter, shown, problem, expected, remedy))
    return np.stack(matrices)


def _named(model_rdms: Any) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the models, and (n_models, n_stimuli, n_stimuli)."""
    if isinstance(model_rdms, Mapping):
        return tuple(map(str, model_rdms)), _stack("model_rdms", model_rdms.values())
    listed = list(model_rdms)
    if listed and np.ndim(to_numpy(listed[0])) == 1:  # rows: a single RDM
        return ("model",), _stack("model_rdms", [model_rdms])
    stack = _stack("model_rdms", listed)
    return tuple(f"model {i}" for i in range(len(stack))), stack


def _reordered(source: np.ndarray, n: int, stimulus_ids: Any, source_ids: Any) -> np.ndarray:
    """RDMs of models in the order of the data."""
    if source_ids is not None and stimulus_ids is None:
        expected, remedy = "the ids of data_rdms", "Give both lists of ids, or neither"
        problem = "is missing while source_ids are given"
        raise ValueError(describe("rsa", "stimulus_ids", None, problem, expected, remedy))
    if stimulus_ids is None:
        return source
    ids = check_unique_ids("rsa", "stimulus_ids", stimulus_ids, n)
    if source_ids is None:
        return source
    order = source_order("rsa", ids, source_ids)
    return source[:, order][:, :, order]


def _complete(
    models: np.ndarray, subjects: np.ndarray, method: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both tables without the pairs that are missing, which must be the same in all."""
    missing = np.isnan(subjects[0])
    if method == "whitened_cosine" and missing.any():
        expected, remedy = "complete RDMs", "Leave out samples, or use method='cosine'"
        problem = "cannot be had with missing pairs"
        raise ValueError(describe("rsa", "method", repr(method), problem, expected, remedy))
    for parameter, table in (("data_rdms", subjects), ("model_rdms", models)):
        differ = np.flatnonzero((np.isnan(table) != missing).any(axis=1))
        if differ.size:
            raise ValueError(
                describe(
                    "rsa",
                    f"{parameter}[{int(differ[0])}]",
                    "RDM",
                    "lacks other pairs than data_rdms[0]",
                    "the same missing pairs in all RDMs",
                    "Set these pairs to NaN in all",
                )
            )
    return models[:, ~missing], subjects[:, ~missing], ~missing
