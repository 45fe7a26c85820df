"""Fit more targets than memory holds, chunk by chunk, so that a killed fit can be taken up again.

The folder holds one ``.npy`` or ``.zarr`` for each result, and a ledger of finished chunks. Where
the chunks are computed (here, or by Dask's workers) changes nothing in the folder.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from .crossvalidation import Folds, names_runs, resolve_folds
from .errors import check_choice, describe
from .evaluate import evaluate, group_argument, last_step
from .inputs import check_equal_length, check_samples
from .ledger import Ledger, digest
from .scores import is_constant
from .stores import STORES
from .targets import Chunk, Targets, open_array, open_targets
from .workers import Call, on_workers

__all__ = ["ChunkedFit", "fit_chunks"]


@dataclass(frozen=True)
class ChunkedFit:
    """Results of :func:`fit_chunks`: its folder, opened for reading.

    They are memory maps, or zarr arrays, of which ``np.asarray`` or a slice makes arrays.

    NaN marks targets that do not vary. What was not asked for, or what the estimator does not
    have, is None.

    Parameters
    ----------
    folder
        Where the files are.
    alpha
        (n_targets,) float64 penalties chosen on all samples.
    cv_score
        (n_targets,) float64 cross-validated score of that penalty, by the estimator's `scoring`.
    r, r2
        (n_targets,) float64 scores of held-out samples, averaged over folds.
    coef
        (n_targets, n_features) coefficients fitted to all samples.
    intercept
        (n_targets,) constants fitted to all samples.

    Examples
    --------
    >>> ChunkedFit(Path("fit"), None, None, np.array([0.5]), None, None, None).r.mean()
    np.float64(0.5)
    """

    folder: Path
    alpha: np.ndarray | None
    cv_score: np.ndarray | None
    r: np.ndarray | None
    r2: np.ndarray | None
    coef: np.ndarray | None
    intercept: np.ndarray | None


def fit_chunks(
    X: Any,
    Y: Any,
    estimator: Any,
    folder: str | Path,
    *,
    cv: Any = 5,
    groups: Any = None,
    coef: bool = False,
    max_memory: float = 1.0,
    resume: bool = True,
    compute: str = "local",
    store: str = "npy",
    progress: bool = False,
) -> ChunkedFit:
    """Fit and evaluate an estimator for targets that need not fit in memory.

    Targets are read in chunks of columns. For each, the estimator is fitted to all samples and, as
    by :func:`fitting.evaluate`, scored on held-out ones; then the results are written, and the
    chunk is entered in a ledger. If the process dies, the same call goes on where it stopped, loses
    one chunk at most, and ends with the same bytes.

    Parameters
    ----------
    X
        (n_samples, n_features) features, which fit in memory: an array, also of zarr or Dask, or
        the path of a ``.npy`` file or a ``.zarr`` folder.
    Y
        (n_samples, n_targets) responses: a memory map, a zarr, HDF5 or Dask array, or an array; or
        a path, as for `X`. They are read twice: once to know them again, once to be fitted.
    estimator
        A scikit-learn regressor or pipeline that treats each target on its own.
    folder
        Where results and ledger are kept; it is made if it does not exist.
    cv
        Folds of the evaluation, as for :func:`fitting.evaluate`; None leaves out `r` and `r2`.
    groups
        (n_samples,) run of each sample; goes to the folds and to a `groups` argument of `fit`.
    coef
        Whether to keep coefficients and intercepts.
    max_memory
        Gigabytes for the targets of a chunk and their copies; the features and what is computed of
        them alone (Gram matrices) come on top.
    resume
        True goes on with a fit that the folder holds; False begins anew.
    compute
        "local" computes here; "dask" on the workers of the current `distributed.Client`, each of
        which is sent the features once. A path and a zarr folder are read by the workers, which
        have to see them; a Dask array is computed by them; anything else is read here and sent.
        A chunk whose worker dies goes to another. Give several chunks a worker (`max_memory`).
    store
        "npy" keeps results as ``.npy`` files, "zarr" as ``.zarr`` folders with a block a chunk.
    progress
        Whether to show progress bars over chunks.

    Returns
    -------
    ChunkedFit
        Results as memory maps or zarr arrays.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, the folder holds a fit of other data or
        settings, the targets change while they are fitted, the estimator shares one penalty among
        targets, there is no Dask client, or its workers cannot read the targets.
    TypeError
        If arrays hold no real numbers, or `cv` makes no folds.
    RuntimeError
        If Dask's scheduler is lost, or a chunk kills every worker that takes it.
    ImportError
        If Dask or zarr is asked for and not installed.
    UnknownNameError
        If `compute` or `store` is not known.

    Examples
    --------
    >>> import tempfile
    >>> from fitting import RidgeCV
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((200, 10))
    >>> Y = X @ rng.standard_normal((10, 3)) + rng.standard_normal((200, 3))
    >>> fit = fit_chunks(X, Y, RidgeCV(), tempfile.mkdtemp())
    >>> round(float(np.median(fit.r)), 2)
    0.96
    """
    check_choice("fit_chunks", "compute", compute, COMPUTE)
    check_choice("fit_chunks", "store", store, STORES)
    X = check_samples("fit_chunks", "X", open_array("X", X), n_min=2)
    targets = open_targets(Y)
    _check_targets(X, targets.array, groups)
    _check_estimator(estimator)
    groups = cv if groups is None and names_runs(cv) else groups
    folds = None if cv is None else resolve_folds("fit_chunks", cv, X, groups)
    parts = _parts(X, targets.array, coef, max_memory)
    work = _Work(estimator, folds, None if groups is None else np.asarray(groups), coef)
    chunks = _with_digests(targets, parts, compute, progress)
    identity = {
        "X": digest(X),
        "Y": digest([chunk.digest for chunk in chunks]),
        "estimator": digest(estimator),
        "cv or groups": digest([work.folds, work.groups]),
        "chunk size": digest([parts[0].stop, coef]),
        "store": store,
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger("fit_chunks", folder / "ledger.json", identity, len(parts), resume=resume)
    place = _Results(folder, store, work.names())
    arrays = place.writable(X, targets.array.shape[1], parts[0].stop, is_new=ledger.is_new)
    if ledger.is_new:
        ledger.begin()
    missing = [chunks[number] for number in ledger.missing()]
    done = COMPUTE[compute](work.run, X, targets, missing) if missing else ()
    for number, results in _with_progress(done, "fit_chunks", len(parts), len(missing), progress):
        for name, values in results.items():
            STORES[store].write(arrays[name], parts[number], values)
        ledger.mark(number)
    return ChunkedFit(folder, **place.readable())


@dataclass(frozen=True)
class _Work:
    """What is done with each chunk; it travels to Dask's workers."""

    estimator: Any
    folds: Folds | None
    groups: np.ndarray | None
    coef: bool

    @property
    def last(self) -> Any:
        return last_step(self.estimator)

    def names(self) -> list[str]:
        """Results that a chunk has."""
        names = ["alpha", "cv_score"] if "alphas" in self.last.get_params(deep=False) else []
        names += [] if self.folds is None else ["r", "r2"]
        return names + (["coef", "intercept"] if self.coef else [])

    def run(self, X: np.ndarray, values: np.ndarray, chunk: Chunk) -> dict[str, np.ndarray]:
        """Results of a chunk, NaN for targets that do not vary."""
        if digest(values) != chunk.digest:
            problem, expected = "is not what it was when the fit began", "values that stay"
            remedy = "Let nobody write to it; every worker must find the same data at its path"
            raise ValueError(
                describe(
                    "fit_chunks", chunk.name, f"array{values.shape}", problem, expected, remedy
                )
            )
        Y = check_samples("fit_chunks", chunk.name, values)
        varies = ~is_constant(Y)
        if not varies.any():
            return dict.fromkeys(self.names(), np.nan)
        if varies.all():
            return self._fit(X, Y)
        found = {}
        for name, values in self._fit(X, Y[:, varies]).items():
            found[name] = np.full((Y.shape[1], *values.shape[1:]), np.nan, dtype=values.dtype)
            found[name][varies] = values
        return found

    def _fit(self, X: np.ndarray, Y: np.ndarray) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        names = self.names()
        if self.folds is not None:
            scored = evaluate(X, Y, clone(self.estimator), cv=self.folds, groups=self.groups)
            found["r"], found["r2"] = scored.r, scored.r2
        if "alpha" not in names and "coef" not in names:
            return found
        model = clone(self.estimator)
        model.fit(X, Y, **group_argument(model, self.groups, np.arange(len(X))))
        last = last_step(model)
        if "alpha" in names:
            found["alpha"] = np.asarray(last.alpha_, dtype=np.float64)
            found["cv_score"] = np.nanmax(np.asarray(last.cv_scores_, dtype=np.float64), axis=0)
        if self.coef:
            found["coef"], found["intercept"] = last.coef_, np.asarray(last.intercept_)
        return found


def _with_digests(
    targets: Targets, parts: list[slice], compute: str, progress: bool
) -> list[Chunk]:
    """All chunks with the digests of their values, taken where the values are read."""
    is_there = targets.path is not None or targets.is_dask
    take = COMPUTE[compute if is_there else "local"]
    chunks = [Chunk(number, part) for number, part in enumerate(parts)]
    done = take(_digest_of, None, targets, chunks)
    found = dict(_with_progress(done, "fit_chunks, reading", len(parts), len(parts), progress))
    return [replace(chunk, digest=found[chunk.number]) for chunk in chunks]


def _digest_of(_: None, values: np.ndarray, chunk: Chunk) -> str:
    return digest(values)


def _parts(X: np.ndarray, Y: Any, coef: bool, max_memory: float) -> list[slice]:
    """Chunks of targets whose copies fit into `max_memory`."""
    if not max_memory > 0:
        remedy = "Give the gigabytes that the targets of a chunk may take"
        raise ValueError(
            describe("fit_chunks", "max_memory", max_memory, "is no size", "> 0", remedy)
        )
    (n, p), n_targets = X.shape, Y.shape[1]
    # the targets, their training and test rows; X'Y and weights; coefficients and their transpose
    per_target = 3 * n + 2 * min(n, p) + 2 * p * coef
    chunk = int(max(1, max_memory * 1e9 // (per_target * max(X.itemsize, Y.dtype.itemsize))))
    return [slice(at, min(at + chunk, n_targets)) for at in range(0, n_targets, chunk)]


def _check_targets(X: np.ndarray, Y: Any, groups: Any) -> None:
    """Refuse targets that are not (n_samples, n_targets)."""
    shape = tuple(getattr(Y, "shape", ()))
    if len(shape) != 2 or shape[1] < 1 or not hasattr(Y, "dtype"):
        remedy = "Pass an array with samples as rows, or the path of one"
        raise ValueError(
            describe(
                "fit_chunks",
                "Y",
                f"{type(Y).__name__}{shape}",
                "is no table of targets",
                "two dimensions, (n_samples, n_targets)",
                remedy,
            )
        )
    check_equal_length("fit_chunks", X=X, Y=range(shape[0]), groups=groups)


def _check_estimator(estimator: Any) -> None:
    """Refuse an estimator that looks at all targets at once."""
    if getattr(last_step(estimator), "alpha_per_target", True):
        return
    remedy = "Use alpha_per_target=True, or fit all targets in one call"
    raise ValueError(
        describe(
            "fit_chunks",
            "estimator",
            type(last_step(estimator)).__name__,
            "has alpha_per_target=False, which would give each chunk its own penalty",
            "an estimator that treats targets one by one",
            remedy,
        )
    )


@dataclass(frozen=True)
class _Results:
    """The arrays in the folder."""

    folder: Path
    store: str
    names: list[str]

    def _path(self, name: str) -> Path:
        return self.folder / (name + STORES[self.store].suffix)

    def writable(
        self, X: np.ndarray, n_targets: int, n_rows: int, *, is_new: bool
    ) -> dict[str, Any]:
        """Arrays to write to; a new one holds NaN."""
        store = STORES[self.store]
        if not is_new:
            return {name: store.open(self._path(name), writable=True) for name in self.names}
        arrays = {}
        for name in self.names:
            dtype = X.dtype if name in ("coef", "intercept") else np.dtype(np.float64)
            shape = (n_targets, X.shape[1]) if name == "coef" else (n_targets,)
            arrays[name] = store.create(self._path(name), shape, dtype, n_rows)
        return arrays

    def readable(self) -> dict[str, Any]:
        """All results that a fit can have; None for those that this one has not."""
        found = dict.fromkeys(("alpha", "cv_score", "r", "r2", "coef", "intercept"))
        opened = STORES[self.store].open
        return found | {name: opened(self._path(name), writable=False) for name in self.names}


def _locally(
    call: Call, shared: Any, targets: Targets, chunks: list[Chunk]
) -> Iterator[tuple[int, Any]]:
    """Yield each chunk's number and what is called for it, in order."""
    for chunk in chunks:
        yield chunk.number, call(shared, targets.read(chunk.part), chunk)


#: Where chunks are computed, by the name that `compute` gives it.
COMPUTE = {"dask": on_workers, "local": _locally}


def _with_progress(done: Any, what: str, n_chunks: int, n_missing: int, shown: bool) -> Any:
    if not shown:
        return done
    from tqdm import tqdm

    return tqdm(done, desc=what, unit="chunk", total=n_chunks, initial=n_chunks - n_missing)
