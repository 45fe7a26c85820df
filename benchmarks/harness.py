"""Run this library and a peer side by side: CPU time, memory, and how far their results differ."""

import ctypes
import gc
import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

#: A prepared row: run ours, run the peer (None where it is not installed), and the largest
#: difference of what they returned.
Prepared = tuple[Callable[[], Any], Callable[[], Any] | None, Callable[[Any, Any], float]]

EXTRA = "neurosim-toolkit[bench]"
#: Repeats after the warm-up: odd, so that the median is a measured one.
MOST_REPEATS = 5
#: A row stops repeating (at an odd number) once it has taken this long, in seconds.
ENOUGH_SECONDS = 20.0


@dataclass(frozen=True)
class Row:
    """A comparison: its name, what is compared, with whom, and how to prepare it."""

    name: str
    what: str
    peer: str
    prepare: Callable[[], Prepared]


ROWS: dict[str, Row] = {}


def row(name: str, *, what: str, peer: str) -> Callable[[Callable[[], Prepared]], Callable]:
    """Register a function that prepares data and returns (ours, theirs, difference)."""

    def register(prepare: Callable[[], Prepared]) -> Callable[[], Prepared]:
        if name in ROWS:
            raise ValueError(
                f"row: name={name!r} is registered twice; expected a new name. Rename one."
            )
        ROWS[name] = Row(name, what, peer, prepare)
        return prepare

    return register


def find_rows() -> dict[str, Row]:
    """Import every benchmarks/*_rows.py, each of which registers its rows."""
    for path in sorted(Path(__file__).parent.glob("*_rows.py")):
        importlib.import_module(f"benchmarks.{path.stem}")
    return ROWS


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit BLAS and OpenMP, and torch where it is loaded, to one thread."""
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))
        torch = sys.modules.get("torch")
        if torch is not None:
            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(1)
        yield


def cpu_seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, all its threads, and what the call returned."""
    gc.collect()
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def measure(entry: Row) -> dict[str, Any]:
    """Time ours and the peer alternately in this process, and compare what they return."""
    ours, theirs, difference = entry.prepare()
    has_peer = theirs is not None
    with one_thread():
        mine = cpu_seconds(ours)[1]
        parity = difference(mine, cpu_seconds(theirs)[1]) if has_peer else None
        del mine
        ours_s, peer_s, start = [], [], time.perf_counter()
        while len(ours_s) < MOST_REPEATS:
            ours_s.append(cpu_seconds(ours)[0])
            if has_peer:
                peer_s.append(cpu_seconds(theirs)[0])
            if len(ours_s) % 2 and time.perf_counter() - start > ENOUGH_SECONDS:
                break
    ours_median = statistics.median(ours_s)
    peer_median = statistics.median(peer_s) if has_peer else None
    return {
        "name": entry.name,
        "what": entry.what,
        "ours_s": ours_median,
        "peer": entry.peer,
        "peer_s": peer_median,
        "ratio": peer_median / ours_median if has_peer and ours_median > 0 else None,
        "ours_mb": None,
        "peer_mb": None,
        "parity": None if parity is None else float(parity),
    }


def _status_kb(field: str) -> int | None:
    """A field of /proc/self/status in kB; None where there is no such file."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith(field + ":")), None)


def _reset_peak() -> bool:
    """Set the peak resident size of this process to its present one, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _trim_heap() -> None:
    """Give freed memory back to the system, so that a call cannot grow into it unseen."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library other than glibc
            ctypes.CDLL(None).malloc_trim(0)


def peak_growth_mb(call: Callable[[], Any]) -> float:
    """Growth of the peak resident size while a call runs, in MB, over what was there before."""
    _trim_heap()
    before = _status_kb("VmRSS")
    if before is not None and _reset_peak():
        result = call()
        peak = _status_kb("VmHWM")
        del result
        return max(0.0, (peak - before) / 1024)
    import resource

    unit = 1024**2 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = call()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    del result
    return (peak - before) / unit


def memory_of(entry: Row, side: str) -> float | None:
    """Peak growth of one side, prepared and run once in a fresh process."""
    command = [sys.executable, "-m", "benchmarks", "--memory", side, entry.name]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    if done.returncode != 0:
        note(f"{entry.name}: memory of {side} could not be measured: {done.stderr.strip()[-200:]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def print_memory(entry: Row, side: str) -> None:
    """In a fresh process: prepare, run one side, print its peak growth in MB."""
    ours, theirs, _ = entry.prepare()
    with one_thread():
        print(json.dumps(peak_growth_mb(ours if side == "ours" else theirs)))


def note(text: str) -> None:
    """A line on stderr, so that stdout stays clean for --json."""
    print(text, file=sys.stderr, flush=True)


def run_row(entry: Row, *, memory: bool = True) -> dict[str, Any]:
    """All numbers of one row; memory in paired fresh processes."""
    result = measure(entry)
    if result["peer_s"] is None:
        note(f"{entry.name}: {entry.peer} is not installed; pip install '{EXTRA}' to compare.")
    if memory:
        result["ours_mb"] = memory_of(entry, "ours")
        if result["peer_s"] is not None:
            result["peer_mb"] = memory_of(entry, "peer")
    return result
