"""A movie that a model and a brain have seen becomes an encoding model of each voxel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.responses import Responses
from neurosim.scan_features import scan_features

if TYPE_CHECKING:
    import pandas as pd

    from fitting import EncodingResult

_ALPHAS = tuple(10.0**k for k in range(-1, 6))


@dataclass(frozen=True, eq=False, repr=False)
class MovieEncoding:
    """How well the layers of a model predict each voxel in runs that were not fitted.

    Parameters
    ----------
    result
        Held-out scores of each voxel; it draws maps and writes them.
    parts
        (n_layers, n_voxels) part of each layer in the held-out R2, the product measure: parts add
        up to R2, and may be negative.
    layers
        (n_layers,) names.

    Examples
    --------
    >>> import fitting
    >>> one = np.array([[0.8, 0.6]])
    >>> result = fitting.EncodingResult(one[0], one[0] ** 2, one, one**2, np.array([[80, 20]]),
    ...                                 one[0] < 0)
    >>> MovieEncoding(result, np.array([[0.6, 0.1], [0.04, 0.26]]), ("V1", "MT3")).best_layer()
    array(['V1', 'MT3'], dtype='<U3')
    """

    result: EncodingResult
    parts: np.ndarray
    layers: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"MovieEncoding({' + '.join(self.layers)}, {len(self.result.r)} voxels, "
            f"{len(self.result.folds)} runs, median held-out r {np.median(self.result.r):.3f})"
        )

    def best_layer(self) -> np.ndarray:
        """Return the layer with the largest part in R2 for each voxel, (n_voxels,)."""
        return np.array(self.layers)[self.parts.argmax(axis=0)]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a voxel: the columns of the result, the part of each layer, the best."""
        table = self.result.to_dataframe()
        for layer, part in zip(self.layers, self.parts, strict=True):
            table[f"r2_{layer}"] = part
        return table.assign(layer=self.best_layer())


def encode_movies(
    responses: Responses | Sequence[Responses],
    voxels: np.ndarray,
    *,
    tr: float,
    groups: np.ndarray,
    layers: Sequence[str] | str | None = None,
    delays: Sequence[int] = (1, 2, 3, 4),
    start: float = 0.0,
    pool: str | Callable[[np.ndarray], np.ndarray] = "channel",
    n_iter: int = 10,
    seed: int = 0,
    progress: bool = False,
) -> MovieEncoding:
    """Predict voxels from the layers of a model that was shown the same movies, run after run.

    Responses are brought to the times of the scan (Lanczos), standardised in each run, and delayed,
    so that each voxel has its own haemodynamic response; banded ridge gives every layer its own
    penalty.

    Parameters
    ----------
    responses
        Responses to one movie a run, in the order of the runs, as for `scan_features`.
    voxels
        (n_samples, n_voxels) responses of the brain, without drift, all runs below each other.
    tr
        Time from volume to volume, s.
    groups
        (n_samples,) run of each sample; runs are in the order of the movies.
    layers
        Names of layers, all of them for None.
    delays
        Delays in volumes; they have to span the haemodynamic response.
    start
        Time of the first volume after the first frame, s.
    pool
        As for `scan_features`.
    n_iter
        Number of mixes of penalties that are tried.
    seed
        Of these mixes.
    progress
        Draw a bar over runs.

    Returns
    -------
    encoding
        Scores of each voxel, and the part of each layer.

    Raises
    ------
    ValueError
        If there are fewer than three runs, not one movie a run, a run lasts longer than its movie,
        or shapes do not match.
    UnknownNameError
        If a layer was not recorded.

    Notes
    -----
    Sources: Nishimoto et al. (2011), Current Biology 21:1641-1646, for movies; Dupre la Tour,
    Eickenberg, Nunez-Elizalde and Gallant (2022), NeuroImage 264:119728, for banded ridge.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise = {name: rng.standard_normal((3, 400, 2)) for name in ("V1", "MT")}
    >>> seen = Responses.from_arrays(noise, time=np.arange(400) / 5)
    >>> features, groups = scan_features(seen, "MT", tr=2.0)
    >>> voxels = np.roll(features, 2, axis=0)  # two volumes later
    >>> encode_movies(seen, voxels, tr=2.0, groups=groups).best_layer()
    array(['MT', 'MT'], dtype='<U2')
    """
    import fitting
    from neurosim.progress import bar

    voxels, groups = np.asarray(voxels), np.asarray(groups)
    order, counts = _runs(voxels, groups)
    recorded = responses if isinstance(responses, Responses) else responses[0]
    layers = (layers,) if isinstance(layers, str) else tuple(layers or recorded)
    bands = {}
    blocks = []
    for layer in layers:
        features, _ = scan_features(
            responses, layer, tr=tr, n_samples=counts, start=start, pool=pool
        )
        scaled, _ = fitting.zscore(features, groups)
        # a layer of many units is not larger for that
        block = fitting.delay(scaled, delays, groups) / np.sqrt(scaled.shape[1])
        bands[layer] = block.shape[1]
        blocks.append(block)
    X, Y = np.hstack(blocks), voxels.astype(blocks[0].dtype, copy=False)
    scores = []
    for run in bar(order, len(order), progress):
        train, test = groups != run, groups == run
        model = fitting.BandedRidgeCV(
            bands, _ALPHAS, n_iter=n_iter, cv=min(5, len(order) - 1), seed=seed
        )
        model.fit(X[train], Y[train], groups=groups[train])
        predicted = model.predict(X[test])
        scores.append(
            (
                fitting.pearson_r(Y[test], predicted),
                fitting.r2(Y[test], predicted),
                model.score_bands(X[test], Y[test]),
                fitting.is_constant(predicted) | fitting.is_constant(Y[test]),
                model.alpha_,
            )
        )
    r, explained, parts, undefined, alpha = (np.stack(rows) for rows in zip(*scores, strict=True))
    result = fitting.EncodingResult(
        r=r.mean(axis=0),
        r2=explained.mean(axis=0),
        r_folds=r,
        r2_folds=explained,
        folds=np.array([[(groups != run).sum(), (groups == run).sum()] for run in order]),
        undefined=undefined.any(axis=0),
        alpha=alpha,
        n_features=X.shape[1],
        estimator=f"BandedRidgeCV({bands})",
    )
    return MovieEncoding(result, parts.mean(axis=0), layers)


def _runs(voxels: np.ndarray, groups: np.ndarray) -> tuple[list, list[int]]:
    """Labels of the runs in order of appearance, and how many samples each has."""
    if voxels.ndim != 2 or groups.shape != (len(voxels),):
        raise ValueError(
            refusal(
                "encode_movies",
                "groups",
                groups,
                f"does not go with voxels of shape {voxels.shape}",
                "(n_samples,) and (n_samples, n_voxels)",
                "Give the run of each sample",
            )
        )
    labels, first, counts = np.unique(groups, return_index=True, return_counts=True)
    if len(labels) < 3:
        raise ValueError(
            refusal(
                "encode_movies",
                "groups",
                groups,
                f"has {len(labels)} runs",
                "3 or more: one is tested, and penalties are chosen between the others",
                "Split a long run, with a gap between the parts",
            )
        )
    order = np.argsort(first)
    return labels[order].tolist(), counts[order].tolist()
