"""Reading of graphs: what is in the files, and what is refused."""

import numpy as np
import pytest

import neurosim
from neurosim.models.tensor_brain import KnowledgeGraph, load_graph

# Entities, predicates, and triples of train, valid, test; counted with `wc` and `cut | sort -u`.
SIZES = {
    "nations": (14, 55, 1592, 199, 201),
    "umls": (135, 46, 5216, 652, 661),
    "kinships": (104, 25, 8544, 1068, 1074),
}


def sizes_of(graph):
    splits = (graph.train, graph.valid, graph.test)
    return (graph.n_entities, graph.n_predicates, *(len(split) for split in splits))


@pytest.fixture
def folder(tmp_path):
    """A graph of three entities; a test changes one file."""
    (tmp_path / "train.tsv").write_text("a\tlikes\tb\nb\tlikes\tc\nc\tsees\ta\n")
    (tmp_path / "valid.tsv").write_text("b\tlikes\ta\n")
    (tmp_path / "test.tsv").write_text("c\tlikes\ta\n")
    return tmp_path


def test_labels_are_numbered_in_order(folder):
    graph = KnowledgeGraph.from_tsv(folder)
    assert graph.name == folder.name
    assert graph.entities == ("a", "b", "c")
    assert graph.predicates == ("likes", "sees")
    assert graph.train.tolist() == [[0, 0, 1], [1, 0, 2], [2, 1, 0]]
    assert graph.valid.tolist() == [[1, 0, 0]]
    assert graph.known.shape == (5, 3)
    assert graph.train.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        graph.train[0, 0] = 1


@pytest.mark.parametrize("name", SIZES)
def test_published_graphs_have_their_sizes(name, data_root):
    graph = KnowledgeGraph.from_tsv(data_root / "knowledge_graphs" / name)
    assert sizes_of(graph) == SIZES[name]


@pytest.mark.parametrize("name", SIZES)
def test_pykeen_carries_the_same_triples(name, data_root):
    pytest.importorskip("pykeen")
    graph = KnowledgeGraph.from_pykeen(name)
    files = KnowledgeGraph.from_tsv(data_root / "knowledge_graphs" / name)
    assert graph.entities == files.entities
    assert np.array_equal(graph.known, files.known)


def test_a_predicate_is_symmetric_where_it_mostly_holds_both_ways():
    train = [[0, 0, 1], [1, 0, 0], [0, 1, 1], [2, 1, 2]]  # predicate 1 both ways only with itself
    graph = KnowledgeGraph("g", "abc", "rq", train, [], [])
    assert graph.symmetric.tolist() == [True, False]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a\tlikes\n", "line 1' has 2 columns; expected subject, predicate and object"),
        ("a\tlikes\tb\t1\n", "line 1' has 4 columns"),
        ("a likes b\n", "line 1' has 1 column;"),
        ("a\t\tb\n", "line 1' has an empty field"),
        (" \tlikes\tb\n", "line 1' has an empty field"),
        ("\n", "line 1' has 1 column;"),
        ("a\tlikes\td\n", "line 1' has the entity 'd', which training does not show"),
        ("a\thates\tb\n", "line 1' has the predicate 'hates', which training does not show"),
    ],
)
def test_rejections_of_lines(line, problem, folder):
    (folder / "test.tsv").write_text(line)
    with pytest.raises(ValueError, match=problem):
        KnowledgeGraph.from_tsv(folder)


def test_duplicates_warn_and_are_left_out(folder):
    (folder / "train.tsv").write_text("a\tlikes\tb\nb\tlikes\tc\na\tlikes\tb\n")
    (folder / "valid.tsv").write_text("b\tlikes\ta\n")
    with pytest.warns(UserWarning, match="train: 1 triples occur more than once"):
        graph = KnowledgeGraph.from_tsv(folder)
    assert graph.train.tolist() == [[0, 0, 1], [1, 0, 2]]


def test_a_test_triple_of_training_warns_and_is_left_out(folder):
    (folder / "test.tsv").write_text("a\tlikes\tb\nc\tlikes\ta\n")
    with pytest.warns(UserWarning, match="test: 1 triples occur more than once"):
        graph = KnowledgeGraph.from_tsv(folder)
    assert graph.test.tolist() == [[2, 0, 0]]


@pytest.mark.parametrize(
    ("change", "error", "problem"),
    [
        ({"train": [[0.0, 0, 1]]}, TypeError, "train=.* is float64"),
        ({"train": [[0, 1]]}, ValueError, r"train=.* has shape \(1, 2\)"),
        ({"train": []}, ValueError, "train=.* is empty"),
        ({"train": [[-1, 0, 1]]}, ValueError, "out of range"),
        ({"train": [[0, 2, 1]]}, ValueError, "out of range"),
        ({"test": [[0, 0, 3]]}, ValueError, "out of range"),
        ({"test": [[2, 0, 0]]}, ValueError, "test='c' is an entity that training does not show"),
        ({"test": [[0, 1, 1]]}, ValueError, "test='q' is a predicate that training does not"),
        ({"entities": "aba"}, ValueError, "entities='a' occurs twice"),
        ({"predicates": "rr"}, ValueError, "predicates='r' occurs twice"),
    ],
)
def test_rejections_of_arrays(change, error, problem):
    good = {"entities": "abc", "predicates": "rq", "train": [[0, 0, 1]], "valid": [], "test": []}
    assert KnowledgeGraph("g", **good).n_entities == 3
    with pytest.raises(error, match=problem):
        KnowledgeGraph("g", **good | change)


def test_absent_files(folder, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(folder.parent))
    with pytest.raises(FileNotFoundError, match=r"expected knowledge_graphs/trees/ with train.tsv"):
        load_graph("trees")
    (folder / "valid.tsv").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks valid\.tsv"):
        KnowledgeGraph.from_tsv(folder)


def test_the_users_files_come_first(folder, monkeypatch):
    shelf = folder / "knowledge_graphs" / "umls"
    shelf.mkdir(parents=True)
    for name in ("train.tsv", "valid.tsv", "test.tsv"):
        (shelf / name).write_bytes((folder / name).read_bytes())
    monkeypatch.setenv("NEUROSIM_DATA", str(folder))
    assert load_graph("umls").n_entities == 3


def test_pykeen_absent_or_without_the_graph(monkeypatch):
    pytest.importorskip("pykeen")
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'umls'"):
        KnowledgeGraph.from_pykeen("ulms")
    where = "neurosim.models.tensor_brain.knowledge_graph.find_spec"
    monkeypatch.setattr(where, lambda name: None)
    with pytest.raises(FileNotFoundError, match="as PyKEEN is not installed"):
        KnowledgeGraph.from_pykeen("umls")
