"""Chunks of a fit on Dask's workers, any of which may die at any moment."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import describe
from .targets import Chunk, Targets

__all__ = ["on_workers"]

#: Tasks a thread, so that none is idle while its next targets are read and results are fetched.
TASKS_PER_THREAD = 2

Call = Callable[[Any, Any, Chunk], Any]


def on_workers(
    call: Call, shared: Any, targets: Targets, chunks: list[Chunk]
) -> Iterator[tuple[int, Any]]:
    """Call a function for each chunk on the workers of the current `distributed.Client`.

    A task whose worker dies is begun anew on another; so is a finished one whose result was not
    yet fetched. What was yielded is never computed again.

    Parameters
    ----------
    call
        ``call(shared, values of the chunk, chunk)``; it is pickled.
    shared
        What all calls need: it leaves here once, and workers hand it to each other.
    targets
        Those with a path are read by the workers; a Dask array is computed by them; anything else
        is read here and sent.
    chunks
        The chunks.

    Yields
    ------
    number, result
        Of each chunk, in the order in which workers finish.

    Raises
    ------
    ImportError
        If `distributed` is not installed.
    ValueError
        If there is no client, or it has no workers.
    RuntimeError
        If a chunk kills each worker that takes it, or the scheduler is lost.
    """
    client = _client()
    from distributed import CancelledError, KilledWorker, as_completed

    team = _Team(client, call, shared, targets)
    waiting, sent = deque(chunks), {}
    running = as_completed()

    def fill() -> None:
        # workers may have come or gone since the last chunk
        room = TASKS_PER_THREAD * max(1, sum(client.nthreads().values())) - len(sent)
        for _ in range(min(room, len(waiting))):
            chunk = waiting.popleft()
            future = team.submit(chunk)
            sent[future] = chunk
            running.add(future)

    try:
        fill()
        for future in running:
            chunk = sent.pop(future)
            try:
                result = future.result()
            except KilledWorker as error:
                raise RuntimeError(_killed(chunk, error)) from error
            except CancelledError as error:
                raise RuntimeError(_lost(chunk)) from error
            # what is held is computed again if its worker dies, though it was fetched
            future.release()
            yield chunk.number, result
            fill()
    finally:
        if sent and client.status == "running":
            client.cancel(list(sent))


@dataclass
class _Team:
    """The workers, and what all of them need."""

    client: Any
    call: Call
    shared: Any
    targets: Targets

    def __post_init__(self) -> None:
        self.held = None if self.shared is None else self._submit(_same, self.shared)

    def _submit(self, *call: Any) -> Any:
        import dask

        # Data travel inside tasks, so that the scheduler can send them again: scattered ones die
        # with the workers that hold them, and the scheduler keeps no more than one of them.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 PB"}):
            return self.client.submit(*call, pure=False)

    def submit(self, chunk: Chunk) -> Any:
        """A future of the chunk's result."""
        if self.targets.path is not None:
            values = Targets(None, self.targets.path)
        elif self.targets.is_dask:
            values = self.client.compute(self.targets.array[:, chunk.part])
        else:
            values = self.targets.read(chunk.part)
        return self._submit(_at_worker, self.call, self.held, values, chunk)


def _same(value: Any) -> Any:
    return value


def _at_worker(call: Call, shared: Any, values: Any, chunk: Chunk) -> Any:
    """Run at a worker: read the chunk if it was not sent, and call."""
    if isinstance(values, Targets):
        try:
            values = values.read(chunk.part)
        except OSError as error:
            problem, expected = "cannot be read by a worker", "a path that every worker can open"
            remedy = "Put it on a shared file system, or pass a memory map, which is sent"
            raise ValueError(
                describe("fit_chunks", "Y", values.path, problem, expected, remedy)
            ) from error
    return call(shared, values, chunk)


def _client() -> Any:
    """The current client, which has workers."""
    try:
        from distributed import get_client
    except ImportError as error:
        problem, remedy = "needs the package distributed", "Install neurosim-toolkit[dask]"
        raise ImportError(
            describe("fit_chunks", "compute", "'dask'", problem, "it installed", remedy)
        ) from error
    try:
        client = get_client()
    except ValueError as error:
        problem, expected = "finds no scheduler", "a running distributed.Client"
        remedy = "Start one first: client = distributed.Client()"
        raise ValueError(
            describe("fit_chunks", "compute", "'dask'", problem, expected, remedy)
        ) from error
    if not client.nthreads():
        problem, remedy = "finds no workers", "Wait for them first: client.wait_for_workers(1)"
        raise ValueError(
            describe("fit_chunks", "compute", "'dask'", problem, "at least one worker", remedy)
        )
    return client


def _killed(chunk: Chunk, error: Any) -> str:
    return describe(
        "fit_chunks",
        "compute",
        "'dask'",
        f"lost {error.allowed_failures + 1} worker(s) that were at {chunk.name}",
        "workers that live",
        "Give workers more memory and call again, which keeps finished chunks; or begin anew with "
        "a lower max_memory",
    )


def _lost(chunk: Chunk) -> str:
    problem = f"lost the scheduler, or data that it cannot compute again, at {chunk.name}"
    remedy = "Start a new cluster and call again: finished chunks are kept"
    return describe("fit_chunks", "compute", "'dask'", problem, "a cluster that lives", remedy)
