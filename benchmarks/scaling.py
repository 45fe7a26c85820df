"""``python -m benchmarks.scaling FILE.png``: what a second worker brings, and a model for more.

A fit in chunks is run by one and by two worker processes in turn, so that other work on the
machine disturbs both alike. Two ratios are taken: of wall-clock times, which mean little where
others use the processors, and of CPU times of the busiest worker, which they disturb less and which
say how evenly chunks were shared. CPU times also give the model, which has three numbers:

    start    what client and scheduler do once (digest of the features, ledger, files)
    client   what client and scheduler do for each chunk (send, receive, write)
    worker   what a worker does for each chunk (read, digest twice, fit)

    time(n chunks, W workers) = start + max(n client, ceil(n / W) worker)
"""

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import fitting

N_SAMPLES, N_FEATURES, N_TARGETS = 400, 120, 150
N_CHUNKS, N_FEW, N_REPEATS = 24, 8, 5
MODEL_CHUNKS, MODEL_WORKERS = 512, (1, 2, 4, 8, 16, 32, 64, 128)


def model_time(n_chunks, n_workers, parts):
    """Seconds of a fit, by the equation at the top."""
    fitted = math.ceil(n_chunks / n_workers) * parts["worker"]
    return parts["start"] + max(n_chunks * parts["client"], fitted)


def model_speedup(n_chunks, n_workers, parts):
    """How many times faster than one worker."""
    return model_time(n_chunks, 1, parts) / model_time(n_chunks, n_workers, parts)


def parts_of(few, many, n_few, n_many):
    """The model's parts from (client, workers) CPU seconds of fits of few and of many chunks."""
    client = (many[0] - few[0]) / (n_many - n_few)
    return {
        "start": max(0.0, many[0] - n_many * client),
        "client": client,
        "worker": (many[1] - few[1]) / (n_many - n_few),
    }


def write_data(folder):
    """Features and targets as files, as on the shared file system of a cluster."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_SAMPLES, N_FEATURES), dtype=np.float32)
    B = rng.standard_normal((N_FEATURES, N_TARGETS * N_CHUNKS), dtype=np.float32)
    Y = X @ B + 17 * rng.standard_normal((N_SAMPLES, B.shape[1]), dtype=np.float32)
    np.save(folder / "X.npy", X)
    np.save(folder / "Y.npy", Y)
    np.save(folder / "few.npy", np.ascontiguousarray(Y[:, : N_TARGETS * N_FEW]))


def fit(client, folder, targets):
    """(wall, client's CPU, all workers' CPU, the busiest worker's CPU) seconds of one fit."""
    copies = N_TARGETS * 4 * (3 * N_SAMPLES + 2 * N_FEATURES)
    options = {"max_memory": copies / 1e9 + 1e-9, "resume": False, "compute": "dask"}
    before = client.run(time.process_time)
    wall, cpu = time.perf_counter(), time.process_time()
    with client.as_current():
        fitting.fit_chunks(
            folder / "X.npy", folder / targets, fitting.RidgeCV(), folder / "fit", **options
        )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    each = [after - before[worker] for worker, after in client.run(time.process_time).items()]
    return wall, cpu, sum(each), max(each)


def measure(folder):
    """Times of all repeats, and the parts of the model."""
    from distributed import Client, LocalCluster

    write_data(folder)
    one, two, few = [], [], []
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with (
        LocalCluster(n_workers=1, **options) as single,
        LocalCluster(n_workers=2, **options) as pair,
        Client(single, set_as_default=False) as alone,
        Client(pair, set_as_default=False) as both,
    ):
        for client in (alone, both):  # imports are no part of it
            fit(client, folder, "few.npy")
        for repeat in range(N_REPEATS):
            few.append(fit(alone, folder, "few.npy"))
            one.append(fit(alone, folder, "Y.npy"))
            two.append(fit(both, folder, "Y.npy"))
            print(f"[{repeat + 1}/{N_REPEATS}] {one[-1]} {two[-1]}", file=sys.stderr, flush=True)
    # other work can only add to CPU time, and heartbeats do while a fit waits
    least = [np.min(each, axis=0)[1:3].tolist() for each in (few, one)]
    wall = [a[0] / b[0] for a, b in zip(one, two, strict=True)]
    busiest = [a[3] / b[3] for a, b in zip(one, two, strict=True)]
    parts = parts_of(*least, N_FEW, N_CHUNKS)
    return {
        "one": one,
        "two": two,
        "few": few,
        "load": os.getloadavg()[0],
        "wall": wall,
        "wall_median": statistics.median(wall),
        "busiest": busiest,
        "busiest_median": statistics.median(busiest),
        "parts": parts,
        "model_ratio": model_speedup(N_CHUNKS, 2, parts),
        "model": {w: model_speedup(MODEL_CHUNKS, w, parts) for w in MODEL_WORKERS},
    }


def draw(found, path):
    """Measured ratios beside the model."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from neurosim.palette import BLUE, GREY, ORANGE

    plt.rcParams.update({"font.size": 15, "axes.linewidth": 1.2})
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    left.plot([1, 2], [1, 2], color=GREY, linestyle="--", label="twice as fast")
    model = [model_speedup(N_CHUNKS, w, found["parts"]) for w in (1, 2)]
    left.plot([1, 2], model, color=ORANGE, linewidth=2.5, label="model")
    for key, marker, color, name in (
        ("wall", "x", GREY, "wall-clock"),
        ("busiest", "o", BLUE, "CPU time of the busiest"),
    ):
        at = 2 + np.linspace(-0.03, 0.03, len(found[key]))
        left.plot(at, found[key], marker, color=color, markersize=8, label=name)
    left.plot(
        2.08, found["busiest_median"], "<", color=BLUE, markersize=11, label="median of these"
    )
    left.set(
        xlabel="worker processes",
        ylabel="speed-up",
        xticks=(1, 2),
        xlim=(0.9, 2.15),
        ylim=(0, 1.1 * max(2.2, *found["wall"])),
        title=f"{N_CHUNKS} chunks, n = {len(found['wall'])} pairs, load {found['load']:.0f}",
    )
    left.legend(loc="lower left", fontsize=12)
    workers = np.arange(1, MODEL_WORKERS[-1] + 1)
    right.plot(workers, workers, color=GREY, linestyle="--", label="as many times as workers")
    for n, color, style in ((MODEL_CHUNKS, ORANGE, "-"), (N_CHUNKS, BLUE, "-.")):
        speedups = [model_speedup(n, w, found["parts"]) for w in workers]
        right.plot(workers, speedups, style, color=color, linewidth=2.5, label=f"{n} chunks")
    right.set(
        xlabel="worker processes",
        ylabel="speed-up",
        xscale="log",
        yscale="log",
        xticks=MODEL_WORKERS,
        xticklabels=MODEL_WORKERS,
        yticks=MODEL_WORKERS,
        yticklabels=MODEL_WORKERS,
        title="Model only, network left out",
    )
    right.minorticks_off()
    right.legend(loc="upper left", fontsize=12)
    figure.savefig(path, dpi=80)


def main(arguments=None):
    """Measure, draw, and print the numbers as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("file", type=Path, help="the picture to draw")
    file = parser.parse_args(arguments).file
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    draw(found, file)
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
