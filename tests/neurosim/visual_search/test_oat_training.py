"""The decoder learns, goes on after a stop, and is scored against orders that need no learning."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import stimuli
from neurosim.errors import UnknownNameError
from neurosim.models.visual_search import OATConfig, OATSearcher, Scanpath, train_oat
from neurosim.models.visual_search.oat.item_display import ItemDisplay
from neurosim.models.visual_search.oat.network import OAT
from neurosim.models.visual_search.oat.scores import prepared, score_table
from neurosim.models.visual_search.oat.simple_orders import (
    UsualPlaces,
    nearest_first,
    random_of_length,
    random_order,
)
from neurosim.models.visual_search.oat.stored_paths import (
    KINDS,
    StoredPath,
    fixated_items,
    make_paths,
    read_paths,
)
from neurosim.models.visual_search.oat.train import path_loss
from neurosim.training import TrainingPaused
from neurosim.weights import load_weights, shipped_weights

TINY = OATConfig(
    n_appearance=4, n_code=4, n_hidden=8, n_layers=1, n_heads=2, n_places=8, dropout=0.1
)


def top_to_bottom(seed):
    """A toy: items from the top to the target."""
    path = StoredPath("homo_t0", 4, seed, (0,))
    table = path.display().truth["items"]
    order = np.argsort(table["top"]).tolist()
    target = int(np.flatnonzero(table["is_target"])[0])
    return replace(path, items=tuple(order[: order.index(target) + 1]))


def a_line(n, target):
    """Items along a row, 10 px apart."""
    places = torch.stack([torch.zeros(n), torch.arange(n)], 1).long()
    return ItemDisplay(torch.zeros(n, 3, 24, 24), places, places.numpy() * 10, target)


def test_training_lowers_the_loss_of_a_toy(tmp_path):
    paths = [top_to_bottom(seed) for seed in range(30)]
    file = train_oat(replace(TINY, dropout=0.0), tmp_path, paths=paths, n_steps=50, seed=1)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if row["kind"] == "step"]
    assert np.mean(losses[-10:]) < 0.75 * np.mean(losses[:5])
    _, made_by = load_weights(file)
    assert made_by["seed"] == 1
    assert made_by["n_displays"] == {"train": 21, "validation": 3, "test": 6}
    assert made_by["held_out"]["eccNET"] == 1.0
    searcher = OATSearcher(OATConfig(**made_by["config"] | {"weights": str(file)}))
    assert searcher.trained
    with pytest.raises(ValueError, match="another configuration"):
        OATSearcher(OATConfig(weights=str(file)))


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path):
    paths = [top_to_bottom(seed) for seed in range(10)]
    whole = train_oat(TINY, tmp_path / "whole", paths=paths, n_steps=4, seed=2)
    n_stops = 0
    while True:
        try:
            parts = train_oat(
                TINY, tmp_path / "parts", paths=paths, n_steps=4, seed=2, minutes=1e-9
            )
            break
        except TrainingPaused:
            n_stops += 1
    assert n_stops == 3
    (one, _), (other, _) = load_weights(whole), load_weights(parts)
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize(("items", "problem"), [((), "no fixation"), ((0, 4), "names 4")])
def test_bad_paths_are_refused_before_training(tmp_path, items, problem):
    paths = [top_to_bottom(0), StoredPath("homo_t0", 4, 1, items)]
    with pytest.raises(ValueError, match=f"train_oat: paths=.*{problem}"):
        train_oat(TINY, tmp_path, paths=paths, n_steps=1)
    assert not (tmp_path / "log.jsonl").exists()


def test_nothing_to_learn_from_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"train_oat: paths=.*none to learn from"):
        train_oat(TINY, tmp_path, paths=[top_to_bottom(8)], n_steps=1)


def test_loss_is_the_mean_over_the_steps_of_all_paths():
    """Filling up is left out: the loss of two paths is the mean over their 3 + 2 steps."""
    network = OAT(replace(TINY, weights=None)).eval()
    stored = [StoredPath("homo_t0", 4, 0, (1, 3)), StoredPath("homo_t0", 4, 1, (2,))]
    displays = prepared(stored, network)
    both = path_loss(network, displays, [path.items for path in stored]).item()
    each = [
        path_loss(network, [d], [p.items]).item() for d, p in zip(displays, stored, strict=True)
    ]
    assert both == pytest.approx((3 * each[0] + 2 * each[1]) / 5, rel=1e-5)


def test_stored_paths_are_of_the_displays_that_are_named():
    paths = read_paths()
    asked = [(task, size, seed) for task, size, seeds in KINDS for seed in seeds]
    assert [(p.task, p.set_size, p.seed) for p in paths] == asked
    for path in paths:
        assert path.items
        assert max(path.items) < path.set_size
        assert len(set(path.items)) == len(path.items)  # eccNET looks at nothing twice


def test_stored_searches_end_at_the_target():
    for path in read_paths("validation"):
        assert path.display().truth["items"]["is_target"][path.items[-1]]


def test_parts_share_no_display():
    parts = [read_paths(part) for part in ("train", "validation", "test")]
    assert sum(map(len, parts)) == len(read_paths())
    assert {p.seed % 10 for p in parts[0]} == set(range(7))
    assert {p.seed % 10 for p in parts[1]} == {7}
    assert {p.seed % 10 for p in parts[2]} == {8, 9}
    with pytest.raises(UnknownNameError):
        read_paths("tests")


def test_fixated_items_leave_empty_cells_out_and_end_with_what_was_found():
    display = stimuli.search_array(task="homo_t0", set_size=4, seed=1)
    table = display.truth["items"]
    target = int(np.flatnonzero(table["is_target"])[0])
    other = (target + 1) % 4
    empty = next(cell for cell in range(16) if cell not in table["cell"])
    cells = np.array([empty, table["cell"][other]])

    def path(found):
        return Scanpath(np.zeros((3, 2), int), found, 2, items=cells)

    assert fixated_items(display, path(False)) == (other,)
    assert fixated_items(display, path(True)) == (other, target)
    with pytest.raises(ValueError, match=r"fixated_items: scanpath=.*no item"):
        fixated_items(display, Scanpath(np.zeros((2, 2), int), False, 1, items=cells[:1]))


def test_paths_are_made_from_searches():
    class Seen:
        def search_many(self, displays):
            tables = [display.truth["items"] for display in displays]
            return [
                Scanpath(np.zeros((3, 2), int), False, 2, items=table["cell"][[2, 0]])
                for table in tables
            ]

    made = list(make_paths(Seen(), [("homo_t0", 4, (5, 6, 7))], batch_size=2))
    assert made == [StoredPath("homo_t0", 4, seed, (2, 0)) for seed in (5, 6, 7)]


def test_nearest_first_goes_to_the_nearest_that_is_left():
    assert nearest_first(a_line(5, 0), (0, 22)) == [2, 1, 0]  # 1 and 3 tie
    assert nearest_first(a_line(5, 4), (0, 29)) == [3, 2, 1, 0, 4]  # 2 and 4 tie


def test_random_order_takes_half_of_the_items():
    draw = np.random.default_rng(0)
    lengths = [len(random_order(a_line(9, 3), draw)) for _ in range(600)]
    assert abs(np.mean(lengths) - 5) < 4 * ((81 - 1) / 12 / 600) ** 0.5


def test_random_order_of_a_length_ends_at_the_target():
    draw = np.random.default_rng(0)
    made = [random_of_length(a_line(6, 2), 3, draw) for _ in range(200)]
    assert all(len(set(path)) == 3 and path[-1] == 2 for path in made)
    assert {path[0] for path in made} == {0, 1, 3, 4, 5}
    assert random_of_length(a_line(6, 2), 1, draw) == [2]


def test_usual_places_are_those_of_training():
    usual = UsualPlaces([a_line(5, 1)] * 2, [[4, 2, 1], [4, 1]])
    assert usual.path(a_line(5, 1))[:1] == [4]
    assert set(usual.path(a_line(5, 3))) >= {4, 3}


def test_scores_of_searchers_whose_results_are_known():
    network = OAT(replace(TINY, weights=None)).eval()
    held_out = [StoredPath("homo_t0", 4, seed, (0,)) for seed in (8, 9)]
    held_out = [
        replace(p, items=(int(np.flatnonzero(p.display().truth["items"]["is_target"])[0]),))
        for p in held_out
    ]
    table = score_table(network, held_out, [top_to_bottom(0)], n_draws=20)
    of = table[table["displays"] == "all"].set_index("searcher")
    assert of.loc["eccNET", ["sequence_score", "delta", "found"]].tolist() == [1.0, 0.0, 1.0]
    # Here eccNET went straight: 1 of k fixations of another order is shared, k = 1 to 4 alike.
    assert of.loc["straight to the target", "sequence_score"] == 1.0
    assert of.loc["random order", "sequence_score"] == pytest.approx(25 / 48, abs=0.2)
    assert of.loc["random order", "length"] == pytest.approx(2.5, abs=0.75)
    assert (table["n"] == 2).all()


def test_shipped_decoder_has_the_scores_that_its_file_states():
    """On held-out displays: eccNET's length of path, and no knowledge of the order before it."""
    searcher = OATSearcher()
    _, made_by = load_weights(shipped_weights("visual_search")["oat"])
    assert searcher.trained
    assert "oat train --out FOLDER --steps 500 --seed 0" in made_by["command"]
    assert made_by["n_displays"] == {
        part: len(read_paths(part)) for part in ("train", "validation", "test")
    }
    table = score_table(searcher.network, read_paths("test"), read_paths("train"), n_draws=10)
    of = table[table["displays"] == "all"].set_index("searcher")
    for name, score in made_by["held_out"].items():
        assert of.loc[name, "sequence_score"] == pytest.approx(score, abs=2e-3)
    sampled, score = of.loc["decoder, sampled"], of["sequence_score"]
    assert sampled["delta"] < 0.1 < of.loc["random order", "delta"]
    assert sampled["sequence_score"] > score["random order"] + 0.03
    assert sampled["sequence_score"] > score["nearest first"] + 0.03
    assert abs(sampled["length"] - of.loc["eccNET", "length"]) < 0.5
    assert sampled["sequence_score"] < score["random, usual length"] + 0.03
    # It takes the target at once where it may not draw: no better than going there straight.
    assert score["decoder"] == pytest.approx(score["straight to the target"], abs=0.02)
