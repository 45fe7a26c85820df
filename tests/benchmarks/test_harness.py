"""The form of the benchmark's answer, on a tiny row; times are never asserted."""

import json

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import harness

KEYS = ["name", "what", "ours_s", "peer", "peer_s", "ratio", "ours_mb", "peer_mb", "parity"]


@pytest.fixture
def rows(monkeypatch):
    """Two rows, one without its peer, and no memory runs."""
    monkeypatch.setattr(harness, "ROWS", {})

    @harness.row("tiny", what="a sum", peer="numpy")
    def tiny():
        x = np.ones(1000)
        return x.sum, lambda: x @ x + 0.5, lambda a, b: abs(a - b)

    @harness.row("lonely", what="a sum", peer="nobody")
    def lonely():
        return np.ones(3).sum, None, lambda a, b: abs(a - b)

    monkeypatch.setattr(command, "find_rows", lambda: harness.ROWS)
    monkeypatch.setattr(harness, "memory_of", lambda entry, side: 1.5)
    return harness.ROWS


def test_json_has_exactly_the_agreed_keys(rows, capsys):
    assert command.main(["tiny", "--json"]) == 0
    out = capsys.readouterr()
    (result,) = json.loads(out.out)
    assert list(result) == KEYS
    assert result["parity"] == 0.5
    assert result["ours_mb"] == result["peer_mb"] == 1.5
    assert "[1/1] tiny" in out.err


def test_a_missing_peer_is_null_and_named_on_stderr(rows, capsys):
    assert command.main(["lonely", "--json"]) == 0
    out = capsys.readouterr()
    (result,) = json.loads(out.out)
    assert result["peer_s"] is result["ratio"] is result["peer_mb"] is result["parity"] is None
    assert "pip install 'neurosim-toolkit[bench]'" in out.err


def test_an_unknown_row_is_one_clear_line(rows, capsys):
    assert command.main(["tinny"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("benchmarks: NAME='tinny' is not known; expected one of tiny, lonely.")
    assert err.count("\n") == 1


def test_a_table_is_printed_for_people(rows, capsys):
    assert command.main([]) == 0
    assert "tiny: a sum; peer: numpy" in capsys.readouterr().out


def test_rows_of_this_package_are_found():
    assert {"pls", "pls_wide", "ridge_cv", "ridge_cv_dual", "rdm", "rdm_spearman", "cka"} <= set(
        harness.find_rows()
    )


def test_a_name_is_registered_once(rows):
    with pytest.raises(ValueError, match="name='tiny' is registered twice"):
        harness.row("tiny", what="", peer="")(lambda: None)


def test_memory_growth_sees_what_a_call_holds():
    assert harness.peak_growth_mb(lambda: np.ones(4_000_000)) > 25
