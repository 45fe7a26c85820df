"""Fits in chunks: the same numbers as in one piece, and the same bytes after being killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fitting
from fitting.ledger import Ledger, digest

ROOT = Path(__file__).resolve().parents[2]
ALPHAS = tuple(np.logspace(-1, 4, 8).tolist())
SMALL = 1e-5  # gigabytes: a few targets a chunk


def problem(n=60, p=12, t=25, dtype="float64"):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, p)) + 1
    Y = X @ rng.standard_normal((p, t)) + rng.standard_normal((n, t)) * np.logspace(-1, 2, t)
    return X.astype(dtype), Y.astype(dtype)


@pytest.fixture
def memmap(tmp_path):
    X, Y = problem()
    np.save(tmp_path / "Y.npy", Y)
    return X, np.load(tmp_path / "Y.npy", mmap_mode="r")


@pytest.mark.parametrize("p", [12, 90])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_chunks_equal_one_piece(tmp_path, p, dtype):
    X, Y = problem(p=p, dtype=dtype)
    fit = fitting.fit_chunks(
        X, Y, fitting.RidgeCV(ALPHAS), tmp_path, cv=3, coef=True, max_memory=SMALL
    )
    whole = fitting.evaluate(X, Y, fitting.RidgeCV(ALPHAS), cv=3)
    model = fitting.RidgeCV(ALPHAS).fit(X, Y)
    tolerance = 1e-10 if dtype == "float64" else 1e-4
    np.testing.assert_array_equal(fit.alpha, model.alpha_)
    np.testing.assert_allclose(fit.cv_score, model.cv_scores_.max(axis=0), atol=tolerance)
    np.testing.assert_allclose(fit.r, whole.r, atol=tolerance)
    np.testing.assert_allclose(fit.r2, whole.r2, atol=tolerance)
    scale = np.abs(model.coef_).max()
    np.testing.assert_allclose(fit.coef, model.coef_, atol=tolerance * scale)
    np.testing.assert_allclose(fit.intercept, model.intercept_, atol=tolerance * scale)
    assert fit.coef.dtype == X.dtype
    assert len(json.loads((tmp_path / "ledger.json").read_text())["finished"]) > 2


def test_kinds_of_targets_give_the_same_bytes(tmp_path, memmap):
    zarr = pytest.importorskip("zarr")
    X, Y = memmap
    stored = zarr.create_array(tmp_path / "Y.zarr", shape=Y.shape, chunks=(20, 7), dtype=Y.dtype)
    stored[:] = Y[:]
    kinds = {
        "array": Y[:],
        "memmap": Y,
        "path": tmp_path / "Y.npy",
        "zarr": stored,
        "zarr_path": tmp_path / "Y.zarr",
    }
    results = [
        fitting.fit_chunks(X, each, fitting.RidgeCV(ALPHAS), tmp_path / kind, max_memory=SMALL)
        for kind, each in kinds.items()
    ]
    for result in results[1:]:
        for name in ("alpha", "cv_score", "r", "r2"):
            np.testing.assert_array_equal(getattr(result, name), getattr(results[0], name))


def test_without_folds_or_penalties_files_are_left_out(tmp_path, memmap):
    X, Y = memmap
    fit = fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path / "a", cv=None)
    assert fit.r is None
    assert fit.coef is None
    assert fit.alpha.shape == (25,)
    steps = make_pipeline(StandardScaler(), LinearRegression())
    fit = fitting.fit_chunks(X, Y, steps, tmp_path / "b", cv=4, max_memory=SMALL)
    assert fit.alpha is None
    assert fit.cv_score is None
    np.testing.assert_allclose(fit.r, fitting.evaluate(X, Y, steps, cv=4).r, atol=1e-12)


def test_groups_reach_folds_and_estimator(tmp_path, memmap):
    X, Y = memmap
    runs = np.repeat(np.arange(4), 15)
    model = fitting.RidgeCV(ALPHAS, cv=fitting.RunFold(embargo=2))
    options = {"cv": fitting.RunFold(2, embargo=2), "groups": runs}
    fit = fitting.fit_chunks(X, Y, model, tmp_path, max_memory=SMALL, **options)
    np.testing.assert_allclose(fit.r, fitting.evaluate(X, Y, model, **options).r, atol=1e-12)
    np.testing.assert_array_equal(fit.alpha, model.fit(X, Y, groups=runs).alpha_)


def test_targets_that_do_not_vary_are_marked(tmp_path):
    X, Y = problem()
    Y[:, 3], Y[:, 10:20] = 7.0, 0.0  # a whole chunk is constant
    fit = fitting.fit_chunks(
        X, Y, fitting.RidgeCV(ALPHAS), tmp_path, coef=True, max_memory=2.1 * SMALL / 5
    )
    constant = np.isin(np.arange(25), [3, *range(10, 20)])
    for values in (fit.r, fit.alpha, fit.cv_score, fit.intercept, fit.coef[:, 0]):
        np.testing.assert_array_equal(np.isnan(values), constant)


SCRIPT = """
import sys
import numpy as np
import fitting
folder, data = sys.argv[1:3]
X = np.load(data + "/X.npy")
model = fitting.RidgeCV(np.logspace(-1, 4, 8))
print("ready", flush=True)
fitting.fit_chunks(X, data + "/Y.npy", model, folder, cv=3, coef=True, max_memory=2e-5)
"""


def start(folder, data):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SCRIPT, str(folder), str(data)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    with process.stdout as output:
        assert output.readline() == "ready\n"
    return process


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def n_finished(folder):
    path = folder / "ledger.json"
    return len(json.loads(path.read_text())["finished"]) if path.exists() else 0


def killed_until_done(folder, data, duration, seed, most):
    """Kill the fit at random moments; how many kills hit it, and how far it was at each."""
    rng = np.random.default_rng(seed)
    progress = [0]
    for _ in range(most):
        process = start(folder, data)
        time.sleep(rng.uniform(0, duration))
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:  # it was faster
            break
        progress.append(n_finished(folder))
    process = start(folder, data)
    assert process.wait() == 0
    return progress


def prepare(tmp_path, t):
    X, Y = problem(t=t)
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "Y.npy", Y)
    process = start(tmp_path / "whole", tmp_path)
    begun = time.perf_counter()
    assert process.wait() == 0
    return time.perf_counter() - begun


@pytest.mark.parametrize("seed", [0, 1])
def test_killed_fit_resumes_to_the_same_bytes(tmp_path, seed):
    """Bar of the project: SIGKILL at random moments, then bit-identical results."""
    duration = prepare(tmp_path, t=100)
    folder = tmp_path / "killed"
    progress = killed_until_done(folder, tmp_path, duration / 2, seed, most=3)
    assert len(progress) > 1
    assert sorted(progress) == progress
    assert contents(folder) == contents(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_fit_killed_many_times_resumes_to_the_same_bytes(tmp_path, seed):
    """The same with up to twelve kills each."""
    duration = prepare(tmp_path, t=500)
    folder = tmp_path / "killed"
    progress = killed_until_done(folder, tmp_path, duration / 4, seed, most=12)
    assert sorted(progress) == progress
    assert contents(folder) == contents(tmp_path / "whole")


def test_resuming_computes_only_what_is_missing(tmp_path, memmap, monkeypatch):
    X, Y = memmap
    options = {"cv": 3, "max_memory": SMALL}
    first = fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path, **options)
    expected = np.array(first.r)
    path = tmp_path / "ledger.json"
    state = json.loads(path.read_text())
    state["finished"].remove(2)
    path.write_text(json.dumps(state))
    fits = []
    fit = fitting.RidgeCV.fit

    def counted(self, *arguments, **named):
        fits.append(1)
        return fit(self, *arguments, **named)

    monkeypatch.setattr(fitting.RidgeCV, "fit", counted)
    again = fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path, **options)
    assert len(fits) == 4  # three folds and all samples, of one chunk
    np.testing.assert_array_equal(again.r, expected)
    # a bar changes no result, so it may differ
    fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS, progress=True), tmp_path, **options)
    assert len(fits) == 4
    fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path, resume=False, **options)
    assert len(fits) > 12


def test_a_ledger_of_other_data_or_settings_is_refused(tmp_path, memmap):
    X, Y = memmap
    good = {"X": X, "Y": Y, "estimator": fitting.RidgeCV(ALPHAS), "max_memory": SMALL}
    fitting.fit_chunks(folder=tmp_path, **good)
    before = contents(tmp_path)
    other_X, other_Y = X.copy(), np.array(Y)
    other_X[-1, -1] += 1e-9
    other_Y[-1, -1] += 1e-9
    changes = {
        "X": {"X": other_X},
        "Y": {"Y": other_Y},
        "estimator": {"estimator": fitting.RidgeCV(ALPHAS, scoring="r")},
        "cv or groups": {"cv": 4},
        "chunk size": {"coef": True},
    }
    for name, change in changes.items():
        with pytest.raises(ValueError, match=f"fit_chunks: folder=.* holds .* another {name}"):
            fitting.fit_chunks(folder=tmp_path, **{**good, **change})
    with pytest.raises(ValueError, match="chunk size"):
        fitting.fit_chunks(folder=tmp_path, **{**good, "max_memory": 2 * SMALL})
    after = contents(tmp_path)
    assert {name: after[name] for name in before} == before
    (tmp_path / "ledger.json").write_text("{")
    with pytest.raises(ValueError, match="is no ledger; expected a file written by an earlier fit"):
        fitting.fit_chunks(folder=tmp_path, **good)


def test_dask_gives_the_same_bytes(tmp_path, memmap):
    distributed = pytest.importorskip("distributed")
    X, Y = memmap
    model = fitting.RidgeCV(ALPHAS)
    options = {"cv": 3, "coef": True, "max_memory": SMALL}
    fitting.fit_chunks(X, Y, model, tmp_path / "here", **options)
    with pytest.raises(ValueError, match="compute='dask' finds no scheduler"):
        fitting.fit_chunks(X, Y, model, tmp_path / "there", compute="dask", **options)
    with distributed.Client(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
    ):
        fitting.fit_chunks(X, Y, model, tmp_path / "there", compute="dask", **options)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_progress_bar_counts_chunks(tmp_path, memmap, capsys):
    X, Y = memmap
    fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path, cv=None, progress=True)
    assert "fit_chunks: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"Y": np.zeros(60)}, "fit_chunks: Y=ndarray.* is no table of targets"),
        ({"Y": np.zeros((59, 2))}, "fit_chunks: Y=array of 59 samples does not match X"),
        ({"Y": "Y.mat"}, "fit_chunks: Y=Y.mat is no known file"),
        ({"Y": np.full((60, 2), np.nan)}, r"fit_chunks: Y\[:, 0:2\]=.* holds 120 NaN"),
        ({"max_memory": 0}, "fit_chunks: max_memory=0 is no size"),
        ({"compute": "cluster"}, "fit_chunks: compute='cluster' is not known"),
        (
            {"estimator": fitting.RidgeCV(alpha_per_target=False)},
            "fit_chunks: estimator=RidgeCV has alpha_per_target=False",
        ),
        ({"cv": 100}, "fit_chunks: cv=100 is more than there are samples"),
    ],
)
def test_options_are_checked(tmp_path, change, match):
    X, Y = problem()
    options = {"X": X, "Y": Y, "estimator": fitting.RidgeCV(ALPHAS), **change}
    with pytest.raises(ValueError, match=match):
        fitting.fit_chunks(folder=tmp_path, **options)


def test_ledger_forgets_only_when_told(tmp_path):
    path = tmp_path / "ledger.json"
    ledger = Ledger("fit", path, {"X": "a"}, 3, resume=True)
    ledger.begin()
    ledger.mark(2)
    assert Ledger("fit", path, {"X": "a"}, 3, resume=True).missing() == [0, 1]
    assert Ledger("fit", path, {"X": "b"}, 3, resume=False).missing() == [0, 1, 2]


def test_digest_tells_settings_apart():
    alike = [fitting.RidgeCV(ALPHAS), fitting.RidgeCV(list(ALPHAS)[:]).set_params(alphas=ALPHAS)]
    assert len({digest(each) for each in alike}) == 1
    others = [
        np.zeros(4),
        np.zeros((2, 2)),
        np.zeros(4, "f4"),
        [np.zeros(2), np.zeros(2)],
        {"a": 1},
        {"a": 1.0},
        {"b": 1},
        fitting.RidgeCV(cv=fitting.RunFold(2)),
        fitting.RidgeCV(cv=fitting.RunFold(3)),
        make_pipeline(fitting.RidgeCV()),
        make_pipeline(fitting.RidgeCV(cv=3)),
    ]
    assert len({digest(each) for each in others}) == len(others)


def test_result_names_what_it_holds(tmp_path, memmap):
    X, Y = memmap
    fit = fitting.fit_chunks(X, Y, fitting.RidgeCV(ALPHAS), tmp_path, cv=None)
    assert isinstance(fit, fitting.ChunkedFit)
    assert not fit.alpha.flags.writeable
