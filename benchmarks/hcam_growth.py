"""``python -m benchmarks.hcam_growth FILE.png``: time of a read as the memory grows.

One query in each of 4 memories of 32 to 4,096 chunks of 32 steps, d = 512, one thread; medians of
five calls, all ways in turn at each size. Printed as a table too.
"""

import statistics
import sys
from pathlib import Path

from benchmarks.harness import cpu_seconds, note, one_thread
from benchmarks.hcam_rows import HEADS, K, _dense, _memory, _modules, _projected

CHUNKS = (32, 64, 128, 256, 512, 1024, 2048, 4096)
BATCH, REPEATS = 4, 5
#: Projecting all steps takes a minute from here on.
MOST_PROJECTED = 512
WAYS = {
    "HCAM, summaries kept": ("o", "-"),
    "HCAM, summaries taken at each read": ("s", "-"),
    "htm-pytorch 0.0.4": ("^", "--"),
    "dense, all steps projected before": ("v", ":"),
    "dense, all steps projected at each read": ("D", ":"),
}


def measured() -> dict[str, dict[int, float]]:
    """CPU seconds of each way at each number of chunks."""
    import torch

    ours, theirs = _modules()
    times: dict[str, dict[int, float]] = {name: {} for name in WAYS}
    for n_chunks in CHUNKS:
        queries, contents = _memory(n_chunks, batch=BATCH)
        with one_thread(), torch.no_grad():
            keys, cached = contents.mean(dim=2), _projected(ours, contents)
            calls = [
                lambda q=queries, z=contents, s=keys: ours(q, z, s),
                lambda q=queries, z=contents: ours(q, z),
                theirs and (lambda q=queries, z=contents: theirs(q, z.flatten(1, 2))),
                lambda q=queries, kv=cached: _dense(ours, q, *kv),
                lambda q=queries, z=contents: _dense(ours, q, *_projected(ours, z)),
            ]
            if n_chunks > MOST_PROJECTED:
                calls[-1] = None
            seconds = [[] for _ in calls]
            for _ in range(REPEATS + 1):
                for own, call in zip(seconds, calls, strict=True):
                    if call is not None:
                        own.append(cpu_seconds(call)[0])
        for name, own in zip(WAYS, seconds, strict=True):
            if own:
                times[name][n_chunks] = statistics.median(own[1:])
        told = (
            f"{name} {1e3 * own[n_chunks]:.1f}" for name, own in times.items() if n_chunks in own
        )
        note(f"M = {n_chunks}, ms: {', '.join(told)}")
    return times


def main(arguments: list[str] | None = None) -> int:
    """Measure, and write the figure."""
    import matplotlib.pyplot as plt

    from neurosim.palette import BLUE, GREY, ORANGE

    colours = (BLUE, "#56B4E9", ORANGE, GREY, "black")
    (path,) = sys.argv[1:] if arguments is None else arguments
    fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
    for (name, own), colour in zip(measured().items(), colours, strict=True):
        marker, line = WAYS[name]
        ax.plot(
            list(own),
            [1e3 * s for s in own.values()],
            line,
            marker=marker,
            color=colour,
            label=name,
        )
    ax.set(xscale="log", yscale="log", xlabel="chunks of 32 steps in each memory")
    ax.set_xticks(CHUNKS, [f"{n:,}" for n in CHUNKS])
    ax.minorticks_off()
    ax.set_ylabel("CPU time of a read (ms)")
    ax.set_title(
        f"{BATCH} memories, 1 query each, d = 512, H = {HEADS}, k = {K}; median of {REPEATS}"
    )
    fig.legend(loc="outside lower center", ncols=2, fontsize=9)
    fig.savefig(Path(path), dpi=110)
    return 0


if __name__ == "__main__":
    sys.exit(main())
