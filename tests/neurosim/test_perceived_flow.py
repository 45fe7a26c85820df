"""The experiment about people: it holds on the published vectors, and is quiet without them."""

import json
import re

import numpy as np
import pytest

import neurosim
from neurosim.cli import main
from neurosim.experiments.perceived_flow import direction_difference
from neurosim.report import page, write_report


@pytest.fixture(scope="module")
def result():
    try:
        return neurosim.run("perceived_flow")
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def value(result, dataset, prediction, measure, part="all"):
    rows = result.table.query(
        "dataset == @dataset and prediction == @prediction and measure == @measure "
        "and part == @part"
    )
    assert len(rows) == 1
    return rows["value"].item()


def test_anchors_of_people(result):
    """Acceptance 9 through the experiment, and the slow bias of HuPerFlow: 49 to 89 %."""
    sintel = "sintel_perceived"
    assert value(result, sintel, "truth", "epe_human") == pytest.approx(0.9280, abs=1e-3)
    assert value(result, sintel, "truth", "r_direction") == pytest.approx(0.9655, abs=1e-3)
    assert value(result, sintel, "people", "direction_difference") == pytest.approx(10.2, abs=0.05)
    ratio = {s: value(result, "huperflow", "people", "speed_ratio", s) for s in ("KITTI", "Monkaa")}
    assert ratio == pytest.approx({"KITTI": 0.890, "Monkaa": 0.542}, abs=1e-3)
    second = "second_order_human"
    assert value(result, second, "dual_path", "r_uv", "type 6") == pytest.approx(0.953, abs=1e-3)
    assert value(result, second, "truth", "r_uv", "type 4") == pytest.approx(0.990, abs=1e-3)


def test_people_share_more_errors_than_programs_do(result):
    rows = result.table.query("dataset == 'second_order_human' and measure == 'partial_uv'")
    mean = rows.groupby("prediction")["value"].mean()
    assert mean["people"] > 0.5
    assert mean.drop("people").max() < 0.2


def test_result_has_no_model(result):
    assert result.holds, result
    assert result.model is None
    assert result.note == ""
    assert json.loads(json.dumps(result.record()))["model"] is None
    assert repr(result).startswith("ExperimentResult(perceived_flow, ")
    assert "perceived_flow</b>" in result._repr_html_()
    assert len(result.figure().axes) == 4
    assert np.isfinite(result.table["value"]).all()


def test_a_model_is_refused():
    with pytest.raises(TypeError, match=r"model='pixels' cannot take part.*takes no model"):
        neurosim.run("perceived_flow", model="pixels")
    assert neurosim.experiments.info("perceived_flow").model is None


def test_absent_data_are_one_line(nowhere, capsys):
    assert main(["run", "perceived_flow"]) == 2
    found = capsys.readouterr()
    assert found.err.count("\n") == 1
    assert "sintel_slow_human" in found.err
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["experiments"]
    assert {"perceived_flow": "none"}.items() <= {e["name"]: e["model"] for e in listed}.items()


def only_people(monkeypatch):
    monkeypatch.setattr(page.experiments, "names", lambda: ("perceived_flow",))
    monkeypatch.setattr(page, "model_names", tuple)
    monkeypatch.setattr(page, "FAMILIES", ())


def test_report_without_data_says_what_is_missing(nowhere, tmp_path, monkeypatch):
    only_people(monkeypatch)
    text = write_report(tmp_path / "report").read_text()
    assert "Not run: datasets.load: name=" in text
    assert "<img" not in text


def test_report_shows_people(result, tmp_path, monkeypatch):
    only_people(monkeypatch)
    monkeypatch.setattr(page.experiments, "run", lambda name, effort, seed: result)
    text = write_report(tmp_path / "report").read_text()
    people = re.search(r"<h2>People[^<]*</h2>(.*)<h2>Scores</h2>", text, re.DOTALL)[1]
    assert 'alt="Figure of the experiment perceived_flow"' in people
    assert "Not run" not in people
    assert people.count('class="holds"') == len(result.checks)


def test_turn_is_counter_clockwise_on_screen():
    """v is down: from right (1, 0) to up (0, -1) is a quarter turn counter-clockwise."""
    right, up, left = np.array([[1.0, 0.0]]), np.array([[0.0, -2.0]]), np.array([[-1.0, -1.0]])
    assert direction_difference(up, right).item() == 90
    assert direction_difference(right, up).item() == -90
    assert direction_difference(left, right).item() == pytest.approx(135)
