"""The command: what it prints, its exit codes, and no partial file."""

import json

import numpy as np
import pytest

from neurosim.cli import main


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def refused(capsys, *arguments):
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_list(capsys):
    code, out, _ = run(capsys, "list", "--json")
    found = json.loads(out)
    assert code == 0
    assert {"motion_energy", "pixels"} <= {m["name"] for m in found["models"]}
    assert {"cowley_v4", "simulated_mt"} <= {d["name"] for d in found["datasets"]}
    assert {"grating", "rdk"} <= {s["name"] for s in found["stimuli"]}
    assert {"reverse_phi"} <= {e["name"] for e in found["experiments"]}
    assert {m["name"]: m["train"] for m in found["models"]}["pixels"] == "no"
    code, out, _ = run(capsys, "list")
    assert "motion_energy" in out


def test_run(capsys, tmp_path):
    picture = tmp_path / "f.png"
    code, out, _ = run(capsys, "run", "missing_fundamental", "--json", "--figure", picture)
    record = json.loads(out)
    assert code == 0
    assert record["name"] == "missing_fundamental"
    assert all(c["holds"] for c in record["checks"])
    assert picture.read_bytes()[:4] == b"\x89PNG"
    code, out, _ = run(capsys, "run", "missing_fundamental")
    assert "holds" in out


def test_score(capsys):
    code, out, _ = run(capsys, "score", "pixels", "simulated_mt", "--metric", "ridge", "--json")
    assert code == 0
    row = json.loads(out)[0]
    assert {"layer", "raw", "ceiling", "ceiled", "error", "n_units"} <= set(row)
    code, out, _ = run(capsys, "score", "pixels", "simulated_mt", "--metric", "ridge")
    assert "ceiled" in out


def test_stimulus(capsys, tmp_path):
    path = tmp_path / "g.npz"
    code, out, _ = run(
        capsys, "stimulus", "grating", "-o", path, "--set", "sf=1.5", "--seed", 3, "--json"
    )
    assert code == 0
    assert json.loads(out)["params"]["sf"] == 1.5
    import stimuli

    assert stimuli.Stimulus.load(path).params["seed"] == 3
    code, out, _ = run(capsys, "stimulus", "noise_1f", "-o", tmp_path / "n.png")
    assert code == 0
    assert "noise_1f" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["score", "motionenergy", "simulated_mt"], "Did you mean 'motion_energy'"),
        (["score", "pixels", "v4"], "datasets.load: name='v4'"),
        (["score", "pixels", "simulated_mt", "--metric", "r"], "metric='r'"),
        (["run", "reverse"], "run: name='reverse'"),
        (["run", "reverse_phi", "--effort", "x"], "effort='x'"),
        (["run", "reverse_phi", "--figure", "a.bmp"], "expected .png"),
        (["run"], "Missing argument"),
        (["walk"], "No such command"),
        (["list", "--colour"], "No such option"),
        (["stimulus", "gratting", "-o", "x.npz"], "Did you mean 'grating'"),
        (["stimulus", "grating", "-o", "x.npz", "--set", "sf=99"], "sf=99"),
        (["stimulus", "grating", "-o", "x.npz", "--set", "sff=1"], "Did you mean 'sf'"),
        (["stimulus", "grating", "-o", "x.npz", "--set", "sf"], "expected parameter=value"),
        (["stimulus", "grating", "-o", "none/x.npz"], "a folder that does not exist"),
        (["score", "pixels", "simulated_mt", "--region", "V4"], "option='region'"),
        (["stimulus", "grating", "-o", "x.tiff"], "suffix='.tiff'"),
        (["train", "pixels"], "train: model='pixels' has no training; expected a model that can"),
        (["train", "motionenergy"], "Did you mean 'motion_energy'"),
        (["weights", "lost"], "No such command"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(arguments, text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert text in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_missing_and_truncated_data_are_one_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert "cowley_v4" in refused(capsys, "score", "pixels", "cowley_v4")
    folder = tmp_path / "none" / "cowley_v4"
    folder.mkdir(parents=True)
    assert "lacks" in refused(capsys, "score", "pixels", "cowley_v4")
    np.savez(folder / "session_210325_responses.npz", counts=np.zeros((50, 640, 10), np.int8))
    (folder / "session_210325_images.zip").write_bytes(b"PK\x03\x04")
    assert "cannot be read" in refused(capsys, "score", "pixels", "cowley_v4")


def test_no_arguments_shows_help(capsys):
    code, out, _ = run(capsys)
    assert "Show a stimulus to a brain model" in out
    assert code in (0, 2)
