"""Fits on worker processes: sent once, killed, begun anew, and the same bytes at the end."""

import json
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import fitting
from fitting.targets import Chunk, Targets
from fitting.workers import on_workers

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
ALPHAS = tuple(np.logspace(-1, 3, 4).tolist())
#: Ten chunks of four targets: three copies of 60 samples, and what a fit makes of 5 features.
OPTIONS = {"cv": None, "coef": True, "max_memory": 4 * 8 * (3 * 60 + 2 * 5 + 2 * 5) / 1e9 + 1e-12}
N_CHUNKS = 10


class Watched(fitting.RidgeCV):
    """Says in a file who fits which chunk; waits at one of them, or dies there, if told to.

    A chunk is called by the value of its first sample and target.
    """

    def __init__(self, alphas=ALPHAS, folder=""):
        super().__init__(alphas)
        self.folder = folder

    def fit(self, X, Y, groups=None):
        folder, name = Path(self.folder), Y[0, 0].hex()
        with (folder / "log").open("a") as log:
            log.write(f"{os.getpid()} {name}\n")
        while (folder / f"wait at {name}").exists():
            time.sleep(0.01)
        if (folder / f"die at {name}").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, Y)


def fits_of(folder):
    """(process, chunk) of every fit that was begun."""
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [(int(process), name) for process, name in map(str.split, lines)]


def names(Y):
    """What `Watched` calls the chunks."""
    return [value.hex() for value in Y[0, ::4]]


def finished(folder):
    path = folder / "ledger.json"
    return json.loads(path.read_text())["finished"] if path.exists() else []


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited a minute in vain")
        time.sleep(0.02)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Two worker processes, which are gone afterwards."""
    before = set(multiprocessing.active_children())
    # A cluster gives a worker up if it is away at this time after a death, be it another death:
    # in a fit it may be away once or twice, here with each test.
    patience = dask.config.set({"distributed.deploy.lost-worker-timeout": "1 hour"})
    with (
        patience,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
    wait_until(lambda: set(multiprocessing.active_children()) <= before)


@pytest.fixture
def workers(client):
    """The cluster with both its workers alive."""
    client.wait_for_workers(2, timeout=60)
    return client


@pytest.fixture
def data(tmp_path):
    """Features, targets, an estimator that is watched, and the folder of a fit made here."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 5))
    Y = X @ rng.standard_normal((5, 4 * N_CHUNKS)) + rng.standard_normal((60, 4 * N_CHUNKS))
    watch = tmp_path / "watch"
    watch.mkdir()
    model = Watched(folder=str(watch))
    fitting.fit_chunks(X, Y, model, tmp_path / "here", **OPTIONS)
    assert len(fits_of(watch)) == N_CHUNKS
    (watch / "log").unlink()
    np.save(tmp_path / "Y.npy", Y)
    return X, Y, model, tmp_path


def killed_fit(client, data, targets, victims=()):
    """Fit on workers and kill one of them, or the `victims`, in the midst of chunk 3.

    It happens once all that this worker has finished is in the ledger, and let go: what it holds
    but nobody has fetched would be lost with it, and redone too.
    """
    X, Y, model, folder = data
    address = {process: each for each, process in client.run(os.getpid).items()}
    watch, name = folder / "watch", names(Y)[3]
    wait = watch / f"wait at {name}"
    wait.touch()
    killed = []

    def kill():
        try:
            wait_until(lambda: name in dict(map(reversed, fits_of(watch))))
            process = dict(map(reversed, fits_of(watch)))[name]
            begun = {names(Y).index(each) for p, each in fits_of(watch) if p == process}
            wait_until(lambda: begun - {3} <= set(finished(folder / "there")))
            keys = client.has_what
            wait_until(lambda: "_at_worker" not in str(keys([address[process]])))
            killed.extend(victims or [process])
            for each in killed:
                os.kill(each, signal.SIGKILL)
        finally:
            wait.unlink()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        fitting.fit_chunks(X, targets, model, folder / "there", compute="dask", **OPTIONS)
    finally:
        killer.join()
    assert killed


@pytest.mark.parametrize(
    "kind",
    [
        "path",
        pytest.param("array", marks=pytest.mark.slow),
        pytest.param("dask", marks=pytest.mark.slow),
    ],
)
def test_a_killed_worker_costs_one_chunk(workers, data, kind):
    """Bar of the project: same numbers, one chunk redone, nothing lost."""
    dask_array = pytest.importorskip("dask.array")
    _, Y, _, folder = data
    targets = {"array": Y, "path": folder / "Y.npy", "dask": dask_array.from_array(Y, (60, 7))}
    killed_fit(workers, data, targets[kind])
    begun = Counter(name for _, name in fits_of(folder / "watch"))
    assert begun == {name: 2 if name == names(Y)[3] else 1 for name in names(Y)}
    assert contents(folder / "there") == contents(folder / "here")


@pytest.mark.slow
def test_when_all_workers_die_the_features_are_sent_again(workers, data):
    _, Y, _, folder = data
    killed_fit(workers, data, Y, victims=list(workers.run(os.getpid).values()))
    begun = Counter(name for _, name in fits_of(folder / "watch"))
    assert begun[names(Y)[3]] == 2
    # of the four that were under way, some may have been finished and not yet fetched
    assert N_CHUNKS < begun.total() <= N_CHUNKS + 4
    assert contents(folder / "there") == contents(folder / "here")


@pytest.fixture
def impatient(workers):
    """A cluster that gives a task up when the first worker dies of it, not the fourth."""

    def allow(number, dask_scheduler):
        before, dask_scheduler.allowed_failures = dask_scheduler.allowed_failures, number
        return before

    before = workers.run_on_scheduler(allow, 0)
    yield workers
    workers.run_on_scheduler(allow, before)


def test_a_chunk_that_kills_its_workers_is_named_and_the_rest_is_kept(impatient, data):
    X, Y, model, folder = data
    deadly = folder / "watch" / f"die at {names(Y)[N_CHUNKS - 1]}"
    deadly.touch()
    there = {"folder": folder / "there", "compute": "dask", **OPTIONS}
    with pytest.raises(
        RuntimeError, match=r"lost 1 worker.* at Y\[:, 36:40\]; .* Give workers more memory"
    ):
        fitting.fit_chunks(X, Y, model, **there)
    kept = finished(folder / "there")
    assert N_CHUNKS - 4 <= len(kept) < N_CHUNKS
    deadly.unlink()
    (folder / "watch" / "log").unlink()
    impatient.wait_for_workers(2, timeout=60)
    fitting.fit_chunks(X, Y, model, **there)
    redone = {name for _, name in fits_of(folder / "watch")}
    assert redone == set(names(Y)) - {names(Y)[number] for number in kept}
    assert contents(folder / "there") == contents(folder / "here")


def test_features_leave_once_and_both_processes_work(workers, data, monkeypatch):
    X, Y, model, folder = data
    submit, n_times = distributed.Client.submit, []

    def spied(self, *call, **named):
        n_times.append(sum(each is X for each in call))
        return submit(self, *call, **named)

    monkeypatch.setattr(distributed.Client, "submit", spied)
    fitting.fit_chunks(X, Y, model, folder / "there", compute="dask", **OPTIONS)
    assert sum(n_times) == 1
    assert len(n_times) == 1 + N_CHUNKS
    assert {process for process, _ in fits_of(folder / "watch")} == set(
        workers.run(os.getpid).values()
    )


def test_kinds_of_arrays_and_stores_give_the_same_bytes(workers, data):
    zarr = pytest.importorskip("zarr")
    dask_array = pytest.importorskip("dask.array")
    X, Y, model, folder = data
    group = zarr.open_group(str(folder / "data.zarr"), mode="w")
    for name, values, chunks in (("X", X, (60, 5)), ("Y", Y, (60, 8))):
        group.create_array(name, shape=values.shape, chunks=chunks, dtype="f8")[:] = values
    inside = zarr.create_array(store={}, shape=Y.shape, chunks=(60, 8), dtype="f8")
    inside[:] = Y
    kinds = {
        "zarr": (group["X"], group["Y"]),
        "zarr_path": (folder / "data.zarr" / "X", str(folder / "data.zarr" / "Y")),
        "zarr_in_memory": (X, inside),
        "dask": (dask_array.from_array(X, (20, 5)), dask_array.from_zarr(group["Y"])),
    }
    fitting.fit_chunks(X, Y, model, folder / "zarr_here", store="zarr", **OPTIONS)
    for kind, (features, targets) in kinds.items():
        there = {"folder": folder / kind, "compute": "dask", "store": "zarr", **OPTIONS}
        fit = fitting.fit_chunks(features, targets, model, **there)
        assert contents(folder / kind) == contents(folder / "zarr_here")
    assert fit.coef.chunks == (4, 5)
    for name in ("alpha", "cv_score", "coef", "intercept"):
        np.testing.assert_array_equal(getattr(fit, name)[:], np.load(folder / f"here/{name}.npy"))


def test_a_worker_that_cannot_read_the_targets_is_told_apart(workers, tmp_path):
    gone = Targets(None, tmp_path / "gone.npy")
    with pytest.raises(ValueError, match=r"gone.npy cannot be read by a worker; .* shared file"):
        list(on_workers(len, None, gone, [Chunk(0, slice(0, 1))]))


def test_bad_targets_are_refused_as_here(workers, data):
    X, Y, model, folder = data
    Y[7, 5] = np.nan
    with pytest.raises(ValueError, match=r"fit_chunks: Y\[:, 4:8\]=.* the first at \(7, 1\)"):
        fitting.fit_chunks(X, Y, model, folder / "there", compute="dask", **OPTIONS)
    wait_until(lambda: not any(workers.processing().values()))
    assert 1 not in finished(folder / "there")


def test_a_cluster_without_workers_is_refused(tmp_path):
    with (
        distributed.Client(n_workers=0, processes=False, dashboard_address=":0"),
        pytest.raises(ValueError, match=r"compute='dask' finds no workers; .*wait_for_workers"),
    ):
        fitting.fit_chunks(np.eye(4), np.eye(4), Watched(), tmp_path, cv=None, compute="dask")
