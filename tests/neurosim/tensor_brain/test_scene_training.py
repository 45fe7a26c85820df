"""Training on scenes: the batches, the objective, and that a run goes on after a stop."""

import tempfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from neurosim.models.tensor_brain import SceneBrainConfig, SeeingBrain
from neurosim.models.tensor_brain.scene_diet import SP, SceneDiet, targets_of
from neurosim.models.tensor_brain.scene_objective import (
    record_loss,
    scene_loss,
    seen_by,
    told_by,
)
from neurosim.models.tensor_brain.scene_training import train_brain, train_scenes
from neurosim.models.tensor_brain.scene_vocabulary import LABELS, entity_labels, scene_groups
from neurosim.training import TrainingPaused
from neurosim.weights import load_weights
from stimuli import SceneWorld

SMALL = SceneBrainConfig(n_scenes=60, n_episodes=20, n_spare=2, n_epochs=3)


@pytest.fixture(scope="module")
def diet():
    return SceneDiet(SceneWorld(seed=3, withheld="pairs"), n_scenes=100, n_episodes=30)


def test_groups_name_every_symbol_of_the_world():
    world = SceneWorld(seed=2, n_basic=5, entities_per_class=3)
    groups = scene_groups(world, n_episodes=4, n_spare=1)
    assert list(groups) == ["entity", *LABELS, "predicate", "time", "generic"]
    assert len(groups["entity"]) == len(set(groups["entity"])) == 15
    assert groups["entity"][4] == "basic 1/1"
    assert groups["time"][-2:] == ["scene 3", "new 0"]
    assert "time" not in scene_groups(world, n_episodes=0, n_spare=0)
    assert entity_labels(world)["yo"].tolist() == world.entities["yo"].astype(int).tolist()


def test_every_record_is_seen_once_an_epoch(diet):
    seen = []
    for step in range(diet.steps_per_epoch, 2 * diet.steps_per_epoch):
        seen += diet.batch(step, seed=1).seen.subject.tolist()
    assert diet.steps_per_epoch == 2
    counts = np.bincount(seen, minlength=40)
    assert (counts <= np.bincount(diet.records["s"], minlength=40)).all()
    assert counts.sum() == 256


def test_noise_is_fresh_at_every_step_and_fixed_by_seed_and_step(diet):
    first, again, later = diet.batch(0), diet.batch(0), diet.batch(diet.steps_per_epoch)
    other = diet.batch(0, seed=1)
    torch.testing.assert_close(first.windows, again.windows, rtol=0, atol=0)
    assert not torch.equal(first.windows, later.windows)
    assert not torch.equal(first.windows, other.windows)
    # x_P = ... + sp f_p + e: noise of variance 1, whatever is seen
    assert first.windows[:, 3].var() > 1.0


def test_visibility_varies_from_record_to_record():
    world = SceneWorld(seed=0)
    diet = SceneDiet(world, n_scenes=400, n_episodes=10)
    batch = diet.batch(0)
    code = torch.tensor(world.predicate_codes).float()[batch.seen.predicate]
    seen = (batch.windows[:, 3] * code).sum(dim=1) / code.square().sum(dim=1)
    assert seen.mean() == pytest.approx(np.mean(SP), abs=0.06)
    assert seen.std() > np.std(SP)


def test_nothing_withheld_is_trained_on(diet):
    """Split: no blocked class triple occurs in training, not in the memories either."""
    basic = diet.world.entities["basic"]
    for step in range(4):
        batch = diet.batch(step)
        for part in (batch.seen, batch.episodic, batch.semantic):
            s, p, o = (getattr(part, r).numpy() for r in ("subject", "predicate", "object"))
            assert not diet.world.withheld_triples[basic[s], p, basic[o]].any()
    assert batch.time.max() < 30


def test_variants_differ_in_feedback_and_context():
    """By hand, one window after the other, in float64."""
    brain = SeeingBrain(SMALL).brain.double()
    windows = torch.randn(3, 4, 48, generator=torch.Generator().manual_seed(0)).double()
    A, S = brain.embeddings, brain.senses
    entities, labels = A[:, :40], A[:, 40:48]

    def chances(q, columns):
        return ((q.sigmoid() - 0.5) @ columns).softmax(-1)

    for variant in ("brain", "context", "direct"):
        q, h = S(windows[:, 0]), torch.zeros(3, 64).double()
        found = seen_by(brain, windows, variant).probabilities
        for k, role in enumerate(("subject", "object", "predicate"), 1):
            drive = S(windows[:, k])
            h = (h @ brain.context_loop.T + (2 * q.sigmoid() - 1) @ brain.context_in.T).relu()
            q = drive if variant == "direct" else h @ brain.context_out.T + drive
            if role == "predicate":
                columns = A[:, brain.vocabulary.ids("predicate")]
                torch.testing.assert_close(found[role], chances(q, columns))
                continue
            torch.testing.assert_close(found[role], chances(q, entities))
            if variant == "brain":
                q = q + chances(q, entities) @ entities.T
            torch.testing.assert_close(found[f"{role}.basic"], chances(q, labels))


def test_loss_is_the_written_sum():
    """CE(s) + CE(o) + CE(p) + 0.3 sum over labels, for perception and both memories."""
    config = replace(SMALL, seed=1)
    brain, diet = SeeingBrain(config).brain, SceneDiet(config.world(), 60, 20)
    batch = diet.batch(0)

    def cross_entropy(chance, target):
        chance = chance.detach().double().numpy()
        return -np.log(chance[np.arange(len(target)), target.numpy()]).mean()

    def by_hand(decoding, targets):
        found = decoding.probabilities
        total = sum(
            cross_entropy(found[r], getattr(targets, r)) for r in ("subject", "object", "predicate")
        )
        return total + 0.3 * sum(
            cross_entropy(found[f"{r}.{k}"], targets.labels[k][getattr(targets, r)])
            for r in ("subject", "object")
            for k in LABELS
        )

    time = torch.as_tensor(brain.vocabulary.ids("time"))[batch.time]
    generic = torch.as_tensor(brain.vocabulary.ids("generic")).expand(96)
    expected = (
        by_hand(seen_by(brain, batch.windows), batch.seen)
        + by_hand(told_by(brain, time, batch.episodic), batch.episodic)
        + by_hand(told_by(brain, generic, batch.semantic), batch.semantic)
    )
    assert scene_loss(brain, batch)[0].item() == pytest.approx(expected, rel=1e-5)
    alone = scene_loss(brain, batch, "direct")[0].item()
    direct = by_hand(seen_by(brain, batch.windows, "direct"), batch.seen)
    assert alone == pytest.approx(direct, rel=1e-5)


def test_memory_is_told_who_it_was_and_perception_is_not():
    """Teacher forcing in memory alone: the predicate depends on the true entities only there."""
    brain, diet = SeeingBrain(SMALL).brain, SceneDiet(SMALL.world(), 60, 20)
    records = diet.records[:10]
    other = records.copy()
    other["s"] = (other["s"] + 5) % 40
    generic = torch.as_tensor(brain.vocabulary.ids("generic")).expand(10)
    told, changed = (
        told_by(brain, generic, targets_of(diet.world, r)).probabilities["predicate"]
        for r in (records, other)
    )
    assert (told - changed).abs().max() > 1e-3
    seen = seen_by(brain, torch.from_numpy(diet.world.features(records)))
    entities = torch.as_tensor(brain.vocabulary.ids("entity"))
    chosen = entities[seen.probabilities["subject"].argmax(-1)]
    assert torch.equal(seen.index["subject"], chosen)
    assert record_loss(seen, targets_of(diet.world, records))[0].item() != pytest.approx(
        record_loss(seen, targets_of(diet.world, other))[0].item()
    )


def test_all_that_a_variant_uses_is_trained():
    seeing, diet = SeeingBrain(SMALL), SceneDiet(SMALL.world(), 60, 20)
    loss, parts = scene_loss(seeing.brain, diet.batch(0))
    loss.backward()
    assert set(parts) == {
        f"{kind} {role}"
        for kind in ("seen", "remembered")
        for role in ("subject", "object", "predicate")
    }
    gradients = {name: p.grad for name, p in seeing.brain.named_parameters()}
    for name in ("embeddings", "log_beta", "context_in", "context_loop", "context_out"):
        assert gradients[name].abs().max() > 0, name
    spare = seeing.brain.vocabulary.ids("time")[-2:]
    assert gradients["embeddings"][:, spare].abs().max() == 0


def test_acceptance_l10_same_seed_same_losses(tmp_path):
    """Acceptance L10: the same seed gives identical losses, another one others."""
    logs = [
        train_brain(SMALL, tmp_path / "a")[1],
        train_brain(SMALL, tmp_path / "b")[1],
        train_brain(replace(SMALL, seed=1), tmp_path / "c")[1],
    ]
    losses = [log.table["loss"].to_numpy() for log in logs]
    np.testing.assert_array_equal(losses[0], losses[1])
    assert (losses[0] != losses[2]).all()


def test_stopped_training_goes_on_to_the_same_weights(tmp_path):
    config = replace(SMALL, n_epochs=6)
    whole, _ = train_brain(config, tmp_path / "whole")
    with pytest.raises(TrainingPaused):
        train_brain(config, tmp_path / "parts", minutes=1e-9)
    parts, log = train_brain(config, tmp_path / "parts")
    assert len(log.table) == 6
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], tensor, rtol=0, atol=0)


def test_weights_say_what_made_them(tmp_path):
    path = train_scenes(replace(SMALL, variant="direct"), tmp_path, n_steps=2, seed=4)
    tensors, note = load_weights(path)
    assert note["command"] == "neurosim train tensor_brain --preset direct --steps 2 --seed 4"
    assert note["config"]["seed"] == 4
    assert "brain.embeddings" in tensors


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"variant": "tb"}, ValueError, "variant='tb'"),
        ({"senses": "ears"}, ValueError, "senses='ears'"),
        ({"n_scenes": 42}, ValueError, "n_scenes=42"),
        ({"n_scenes": 50.0}, TypeError, "n_scenes=50.0"),
        ({"n_episodes": 2000}, ValueError, "n_episodes=2000"),
        ({"n_episodes": 0}, ValueError, "n_episodes=0"),
        ({"n_epochs": 0}, ValueError, "n_epochs=0"),
        ({"seed": -1}, ValueError, "seed=-1"),
        ({"seed": None}, TypeError, "seed=None"),
    ],
)
def test_configuration_is_checked(change, error, words):
    with pytest.raises(error, match=words):
        SceneBrainConfig(**change)


def test_folder_of_another_run_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        train_brain(SMALL, folder, n_steps=1)
        with pytest.raises(ValueError, match="holds another run"):
            train_brain(replace(SMALL, variant="direct"), folder, n_steps=1)
