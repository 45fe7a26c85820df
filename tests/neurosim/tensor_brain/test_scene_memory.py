"""Measures of memory and of the explicit prior, held against hand-made cases."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch

from neurosim.models.tensor_brain import SceneBrainConfig, combine_with_prior, recall_episode
from neurosim.models.tensor_brain.scene_diet import SceneDiet
from neurosim.models.tensor_brain.scene_evaluation import (
    decode_windows,
    ideal_prior,
    prior_accuracy,
    quality,
    visibility_table,
)
from neurosim.models.tensor_brain.scene_memory import (
    divergence,
    index_only,
    recall_by_labels,
    recognised_after_one_view,
    share_in,
    told_predicates,
)
from neurosim.models.tensor_brain.scene_prior import (
    class_law,
    decide_with_law,
    expected_law,
    predicate_rate,
)
from neurosim.models.tensor_brain.trained_brains import load_brain, trained_brain
from stimuli import SceneWorld


@pytest.fixture(scope="module")
def seeing():
    return trained_brain(SceneBrainConfig())


@pytest.fixture(scope="module")
def diet():
    return SceneDiet(SceneWorld(seed=0))


def test_divergence_is_that_of_kullback_and_leibler():
    true, model = [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], [[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]
    assert divergence(true, model) == pytest.approx((0.5 * np.log(2) + np.log(2)) / 2)
    assert divergence(true, true) == 0
    assert divergence([1.0, 0.0], [0.0, 1.0]) == np.inf


def test_share_counts_only_triples_of_the_own_scene(seeing, diet):
    brain = seeing.brain
    time = brain.candidates("time")[:3]
    with torch.no_grad():
        found = recall_episode(brain, time)
    entities, predicates = (brain.vocabulary.ids(g) for g in ("entity", "predicate"))
    episodes = diet.episodes[diet.episodes["t"] < 3]
    first = [episodes[episodes["t"] == t][0] for t in range(3)]
    index = {
        "subject": torch.as_tensor(entities[[r["s"] for r in first]]),
        "object": torch.as_tensor(entities[[r["o"] for r in first]]),
        "predicate": torch.as_tensor(predicates[[r["p"] for r in first]]),
    }
    assert share_in(replace(found, index=index), episodes) == 1
    rolled = {k: v.roll(1) for k, v in index.items()}
    assert share_in(replace(found, index=rolled), episodes) == 0
    index["predicate"] = torch.as_tensor(predicates[[0] * 3])
    true = {(r["t"], r["s"], r["p"], r["o"]) for r in episodes}
    expected = np.mean([(t, r["s"], 0, r["o"]) in true for t, r in enumerate(first)])
    assert share_in(replace(found, index=index), episodes) == pytest.approx(expected)


def test_labels_alone_leave_entities_undecided(seeing, diet):
    """Acceptance L4, one world: without entity indices the exact triple is mostly lost."""
    brain = seeing.brain
    found = recall_by_labels(brain, brain.candidates("time")[:200], diet.world)
    basic = diet.world.entities["basic"]
    told = brain.vocabulary.position(found.index["subject"].numpy(), "entity")
    classes = found.probabilities["subject"].argmax(-1).numpy()
    assert (basic[told] == classes).mean() > 0.9
    assert share_in(found, diet.episodes) < 0.5


def test_predicates_are_told_for_the_pair_that_is_given(seeing, diet):
    brain, records = seeing.brain, diet.episodes[:6]
    scenes = brain.candidates("time")[records["t"]]
    chance = told_predicates(brain, scenes, diet.world, records)
    assert chance.shape == (6, 8)
    np.testing.assert_allclose(chance.sum(axis=1), 1, atol=1e-5)
    assert (chance.argmax(axis=1) == records["p"]).all()
    generic = told_predicates(brain, brain.candidates("generic"), diet.world, records)
    assert (generic.max(axis=1) < chance.max(axis=1)).any()


def test_index_only_is_chance_without_training():
    untrained = load_brain(SceneBrainConfig()).brain
    shares = index_only(untrained, SceneWorld(seed=0))
    assert shares["entity"] == 1  # centred scores find the column that is on the canvas
    assert shares["basic"] < 0.5


def test_one_view_writes_spare_indices_only(seeing, diet):
    """Acceptance L11, one world."""
    brain = deepcopy(seeing.brain)
    before = brain.embeddings.detach().clone()
    known, shuffled = recognised_after_one_view(brain, diet.world, n_scenes=50)
    assert known >= 0.9
    assert shuffled <= 0.1
    ids = brain.vocabulary.ids("time")[200:250]
    changed = (brain.embeddings.detach() != before).any(dim=0).nonzero()[:, 0]
    assert changed.tolist() == ids.tolist()
    with pytest.raises(ValueError, match="allocate"):
        recognised_after_one_view(brain, diet.world, n_scenes=50)


def test_ideal_prior_is_the_law_of_the_classes(diet):
    world, records = diet.world, diet.records[:5]
    chance = ideal_prior(world, records)
    for row, record in zip(chance, records, strict=True):
        one, two = world.entities["basic"][[record["s"], record["o"]]]
        np.testing.assert_array_equal(row, world.law[one, :, two])
    np.testing.assert_allclose(world.chance(records), chance[np.arange(5), records["p"]])
    known = world.scenes(3000, "known")
    most = world.law.max(axis=1)[
        world.entities["basic"][known["s"]], world.entities["basic"][known["o"]]
    ]
    assert prior_accuracy(world, known) == pytest.approx(most.mean(), abs=0.02)


def test_fitted_law_is_near_the_true_one_where_it_never_looked():
    world = SceneWorld(seed=2, withheld="pairs")
    law = class_law(world, world.scenes(1000))
    np.testing.assert_allclose(law.sum(axis=1), 1)
    unseen = world.withheld_triples.all(axis=1)
    rate = predicate_rate(world, world.scenes(1000))
    true, fitted = (x.transpose(0, 2, 1)[unseen] for x in (world.law, law))
    assert divergence(true, fitted) < 0.5 * divergence(true, np.broadcast_to(rate, true.shape))


def test_uncertain_classes_mix_the_law():
    world = SceneWorld(seed=0)
    sure = np.eye(8)[[2, 5]]
    np.testing.assert_allclose(expected_law(world.law, sure, sure)[0], world.law[2, :, 2])
    half = np.full((1, 8), 1 / 8)
    np.testing.assert_allclose(
        expected_law(world.law, half, half)[0], world.law.mean(axis=(0, 2)), rtol=1e-12
    )


def test_prior_is_combined_by_bayes(seeing, diet):
    records = diet.world.scenes(5, "known")
    found = decode_windows(seeing, diet.world.features(records, so=0.9, sp=0.15))
    rate = predicate_rate(diet.world, diet.records)
    posterior = decide_with_law(found, diet.world.law, rate)
    parts = [
        found.probabilities[k].double().numpy()
        for k in ("predicate", "subject.basic", "object.basic")
    ]
    prior = expected_law(diet.world.law, *parts[1:])
    by_hand = parts[0] / rate * prior
    np.testing.assert_allclose(posterior, by_hand / by_hand.sum(axis=1, keepdims=True), rtol=1e-5)
    flat = combine_with_prior(np.full(8, 1 / 8), prior, np.full(8, 1 / 8))
    np.testing.assert_allclose(flat, prior, rtol=1e-9)


def test_table_has_a_row_for_every_visibility_and_answer(seeing):
    table = visibility_table(seeing, n_scenes=20, so=(0.3, 0.9), sp=(0.0, 0.5))
    assert len(table) == 2 * 2 * (3 + 2 * 5)
    assert (table["n"] == 60).all()
    subject = table[table["what"] == "subject"].groupby("so")["accuracy"].mean()
    assert subject[0.9] > subject[0.3]


def test_quality_by_hand():
    chance = np.array([[0.5, 0.3, 0.15, 0.05], [0.4, 0.35, 0.2, 0.05], [0.97, 0.01, 0.01, 0.01]])
    found = quality(chance, np.array([0, 3, 0]))
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["top3"] == pytest.approx(2 / 3)
    assert found["nll"] == pytest.approx(-np.log([0.5, 0.05, 0.97]).mean())
    # bins 0.5 to 0.6, 0.4 to 0.5 and 0.9 to 1, of one each
    assert found["ece"] == pytest.approx((0.5 + 0.4 + 0.03) / 3)


def test_calibration_error_vanishes_where_chances_are_kept():
    rng = np.random.default_rng(0)
    chance = rng.dirichlet(np.ones(4), 20000)
    truth = (chance.cumsum(axis=1) < rng.random((20000, 1))).sum(axis=1)
    assert quality(chance, truth)["ece"] < 0.02
    assert quality(chance**3 / (chance**3).sum(axis=1, keepdims=True), truth)["ece"] > 0.1
