"""The experiment on published graphs: its table, its checks, and what it says without them."""

import pytest

import neurosim
from neurosim.experiments import kg_completion
from neurosim.models.tensor_brain import knowledge_graph


@pytest.fixture
def short(monkeypatch, data_root):
    """Nations alone would not do: a check is about Kinships."""
    monkeypatch.setitem(kg_completion._EPOCHS, "quick", 1)


def test_table_and_figure(short):
    result = neurosim.run("kg_completion")
    table = result.table
    assert set(table["graph"]) == {"nations", "kinships"}
    models = {"frequency", "distmult", "complex", "rescal", "tensor_brain"}
    assert set(table["model"]) == models
    assert set(table["part"]) == {"all", "object", "subject", "symmetric", "asymmetric"}
    assert set(table.loc[table["part"] == "all", "n_ranks"]) == {2 * 201, 2 * 1074}
    assert set(table.loc[table["model"] != "frequency", "seed"]) == {1}
    mrr = kg_completion.mean_ranking(table)
    assert mrr.loc["frequency", "nations"] == pytest.approx(0.550, abs=5.1e-4)
    assert mrr.shape == (5, 2)
    assert len(result.figure().axes) == 2


def test_an_untrained_loop_does_not_pass(short):
    """The checks can fail: after one epoch the loop knows little."""
    assert not neurosim.run("kg_completion").holds


@pytest.mark.slow
def test_claims_hold(data_root):
    result = neurosim.run("kg_completion")
    assert len(result.checks) == 5
    assert result.holds, result


def test_without_the_graphs(monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    monkeypatch.setattr(knowledge_graph, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="knowledge_graphs/nations/ with train") as caught:
        neurosim.run("kg_completion")
    assert "pip install pykeen" in str(caught.value)
