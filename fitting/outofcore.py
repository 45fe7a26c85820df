"""Fit more targets than memory holds, chunk by chunk, so that a killed fit can be taken up again.

The folder holds one ``.npy`` file for each result, written through memory maps, and a ledger of
finished chunks. Where the chunks are computed (here, or by Dask) changes nothing in the folder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from .crossvalidation import Folds, names_runs, resolve_folds
from .errors import check_choice, describe
from .evaluate import _group_argument, _last_step, evaluate
from .inputs import check_equal_length, check_samples
from .ledger import Ledger, digest
from .scores import is_constant

__all__ = ["ChunkedFit", "fit_chunks"]

#: Tasks that wait at each Dask worker, so that none is idle while its next targets are read.
TASKS_PER_WORKER = 2


@dataclass(frozen=True)
class ChunkedFit:
    """Results of :func:`fit_chunks`: read-only memory maps of the files in its folder.

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
        (n_samples, n_features) features, which fit in memory.
    Y
        (n_samples, n_targets) responses: a memory map, a zarr, HDF5 or Dask array, or an array; or
        the path of a ``.npy`` file or a ``.zarr`` folder.
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
        "local" computes here; "dask" sends chunks to the current `distributed.Client`, and the
        features once to each of its workers.
    progress
        Whether to show a progress bar over chunks.

    Returns
    -------
    ChunkedFit
        Results as memory maps.

    Raises
    ------
    ValueError
        If shapes do not match, values are not finite, the folder holds a fit of other data or
        settings, the estimator shares one penalty among targets, or there is no Dask client.
    TypeError
        If arrays hold no real numbers, or `cv` makes no folds.
    UnknownNameError
        If `compute` is not known.

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
    X = check_samples("fit_chunks", "X", X, n_min=2)
    Y = _open(Y)
    _check_targets(X, Y, groups)
    _check_estimator(estimator)
    groups = cv if groups is None and names_runs(cv) else groups
    folds = None if cv is None else resolve_folds("fit_chunks", cv, X, groups)
    parts = _parts(X, Y, coef, max_memory)
    work = _Work(estimator, folds, None if groups is None else np.asarray(groups), coef)
    identity = {
        "X": digest(X),
        "Y": digest([digest(_read(Y, part)) for part in parts]),
        "estimator": digest(estimator),
        "cv or groups": digest([work.folds, work.groups]),
        "chunk size": digest([parts[0].stop, coef]),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger("fit_chunks", folder / "ledger.json", identity, len(parts), resume=resume)
    files = _files(folder, X, Y.shape[1], work, is_new=ledger.is_new)
    if ledger.is_new:
        ledger.begin()
    missing = ledger.missing()
    done = COMPUTE[compute](X, Y, work, [(chunk, parts[chunk]) for chunk in missing])
    for chunk, results in _with_progress(done, len(parts), len(missing), progress):
        for name, values in results.items():
            files[name][parts[chunk]] = values
            files[name].flush()
        ledger.mark(chunk)
    names = ("alpha", "cv_score", "r", "r2", "coef", "intercept")
    kept = {name: _reopened(folder, name) if name in files else None for name in names}
    return ChunkedFit(folder, **kept)


@dataclass(frozen=True)
class _Work:
    """What is done with each chunk; it travels to Dask's workers."""

    estimator: Any
    folds: Folds | None
    groups: np.ndarray | None
    coef: bool

    @property
    def last(self) -> Any:
        return _last_step(self.estimator)

    def names(self) -> list[str]:
        """Results that a chunk has."""
        names = ["alpha", "cv_score"] if "alphas" in self.last.get_params(deep=False) else []
        names += [] if self.folds is None else ["r", "r2"]
        return names + (["coef", "intercept"] if self.coef else [])

    def run(self, X: np.ndarray, Y: np.ndarray) -> dict[str, np.ndarray]:
        """Results of a chunk, NaN for targets that do not vary."""
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
        model.fit(X, Y, **_group_argument(model, self.groups, np.arange(len(X))))
        last = _last_step(model)
        if "alpha" in names:
            found["alpha"] = np.asarray(last.alpha_, dtype=np.float64)
            found["cv_score"] = np.nanmax(np.asarray(last.cv_scores_, dtype=np.float64), axis=0)
        if self.coef:
            found["coef"], found["intercept"] = last.coef_, np.asarray(last.intercept_)
        return found


def _open(Y: Any) -> Any:
    """The array behind a path; anything else unchanged."""
    if not isinstance(Y, str | Path):
        return Y
    path = Path(Y)
    if path.suffix == ".npy":
        return np.load(path, mmap_mode="r", allow_pickle=False)
    if path.suffix == ".zarr":
        import zarr

        return zarr.open_array(path, mode="r")
    remedy = "Open the file yourself and pass the array"
    raise ValueError(
        describe("fit_chunks", "Y", path, "is no known file", "a .npy or .zarr path", remedy)
    )


def _read(Y: Any, part: slice) -> np.ndarray:
    """A chunk of targets in memory."""
    return np.ascontiguousarray(Y[:, part])


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
    if getattr(_last_step(estimator), "alpha_per_target", True):
        return
    remedy = "Use alpha_per_target=True, or fit all targets in one call"
    raise ValueError(
        describe(
            "fit_chunks",
            "estimator",
            type(_last_step(estimator)).__name__,
            "has alpha_per_target=False, which would give each chunk its own penalty",
            "an estimator that treats targets one by one",
            remedy,
        )
    )


def _files(
    folder: Path, X: np.ndarray, n_targets: int, work: _Work, *, is_new: bool
) -> dict[str, np.ndarray]:
    """Memory maps to write to; a new one holds NaN."""
    files = {}
    for name in work.names():
        path = folder / f"{name}.npy"
        if not is_new:
            files[name] = np.load(path, mmap_mode="r+", allow_pickle=False)
            continue
        dtype = X.dtype if name in ("coef", "intercept") else np.float64
        shape = (n_targets, X.shape[1]) if name == "coef" else (n_targets,)
        files[name] = np.lib.format.open_memmap(path, "w+", dtype, shape)
        files[name][:] = np.nan
        files[name].flush()
    return files


def _reopened(folder: Path, name: str) -> np.ndarray:
    return np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)


Chunks = list[tuple[int, slice]]


def _checked(Y: Any, part: slice) -> np.ndarray:
    return check_samples("fit_chunks", f"Y[:, {part.start}:{part.stop}]", _read(Y, part))


def _locally(
    X: np.ndarray, Y: Any, work: _Work, chunks: Chunks
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Yield each chunk's number and results, in order."""
    for chunk, part in chunks:
        yield chunk, work.run(X, _checked(Y, part))


def _by_dask(
    X: np.ndarray, Y: Any, work: _Work, chunks: Chunks
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Yield each chunk's number and results, as workers finish them."""
    from distributed import as_completed, get_client

    try:
        client = get_client()
    except ValueError as error:
        problem, expected = "finds no scheduler", "a running distributed.Client"
        remedy = "Start one first: client = distributed.Client()"
        raise ValueError(
            describe("fit_chunks", "compute", "'dask'", problem, expected, remedy)
        ) from error
    features = client.scatter(X, broadcast=True)
    waiting, numbers = iter(chunks), {}
    running = as_completed()

    def send() -> None:
        for chunk, part in waiting:
            targets = client.scatter(_checked(Y, part))
            future = client.submit(work.run, features, targets, pure=False)
            numbers[future.key] = chunk
            running.add(future)
            return

    for _ in range(TASKS_PER_WORKER * max(1, len(client.scheduler_info()["workers"]))):
        send()
    for future in running:
        yield numbers.pop(future.key), future.result()
        send()


#: Where chunks are computed, by the name that `compute` gives it.
COMPUTE = {"dask": _by_dask, "local": _locally}


def _with_progress(done: Any, n_chunks: int, n_missing: int, shown: bool) -> Any:
    if not shown:
        return done
    from tqdm import tqdm

    return tqdm(done, desc="fit_chunks", unit="chunk", total=n_chunks, initial=n_chunks - n_missing)
