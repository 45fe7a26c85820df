"""The log of a training run: its tables, its summary and its picture."""

import json

import numpy as np
import pytest

from neurosim.training import TrainingLog
from neurosim.training_log import plain


def written(folder, n_steps=40, checks=(0, 20, 40)):
    rows = []
    for step in range(n_steps):
        if step in checks:
            rows.append(
                {"kind": "validation", "step": step, "seconds": step, "grating": 2 / 2**step}
            )
        value = 3.0 * 0.9**step
        rows.append(
            {"kind": "step", "step": step, "seconds": step + 0.5, "cpu_seconds": step + 0.25}
            | {"loss": value, "smoothed_loss": value + 0.1, "learning_rate": 1e-3, "flow": 1.0}
        )
    if n_steps in checks:
        rows.append({"kind": "validation", "step": n_steps, "seconds": 41.0, "grating": None})
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return TrainingLog.load(folder)


def test_tables(tmp_path):
    log = written(tmp_path)
    assert list(log.table["step"]) == list(range(40))
    assert {"loss", "smoothed_loss", "learning_rate", "seconds", "flow"} <= set(log.table)
    assert "grating" not in log.table
    assert list(log.validation["step"]) == [0, 20, 40]
    assert np.isnan(log.validation["grating"].iloc[-1])


def test_summary(tmp_path):
    summary = written(tmp_path).summary()
    assert summary["n_steps"] == 40
    assert summary["loss"] == pytest.approx(3 * 0.9**39 + 0.1)
    assert summary["seconds"] == 41.0
    assert summary["validation"] == {"grating": None}
    assert TrainingLog(()).summary()["loss"] is None


def test_half_a_line_at_the_end_is_left_out(tmp_path):
    written(tmp_path, checks=())
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"kind": "step", "st')
    assert len(TrainingLog.load(tmp_path).table) == 40


def test_plot(tmp_path):
    loss, validation = written(tmp_path).plot().axes
    assert loss.get_ylabel() == "loss"
    assert loss.get_yscale() == "log"  # 3 to 0.05
    assert loss.get_title() == "n = 40 steps"
    np.testing.assert_allclose(loss.lines[0].get_ydata()[:2], [3.0, 2.7])
    assert validation.get_xlabel() == "step"
    assert [text.get_text() for text in validation.get_legend().get_texts()] == ["grating"]
    [only] = written(tmp_path, n_steps=5, checks=()).plot().axes
    assert only.get_yscale() == "linear"
    assert only.get_xlabel() == "step"


def test_no_log_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"TrainingLog.load: folder=.* holds no log.jsonl"):
        TrainingLog.load(tmp_path)


def test_what_is_not_finite_is_a_gap():
    row = {"loss": float("nan"), "step": 3, "error": float("inf"), "part": 0.5}
    assert plain(row) == {"loss": None, "step": 3, "error": None, "part": 0.5}
