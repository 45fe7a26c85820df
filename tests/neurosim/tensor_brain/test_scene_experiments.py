"""Experiments on scenes: what they claim holds for the shipped brain, and can fail."""

import numpy as np
import pytest
import torch

import neurosim
from neurosim.experiments.decoded_scenes import world_configs
from neurosim.experiments.gate_order import joint
from neurosim.experiments.scene_identity import exchanged_accuracy
from neurosim.models.tensor_brain import SceneBrainConfig
from neurosim.models.tensor_brain.trained_brains import trained_brain

NAMES = (
    "scene_occlusion",
    "scene_identity",
    "episodic_recall",
    "semantic_marginals",
    "zero_shot_prior",
    "gate_order",
)


@pytest.fixture(scope="module")
def model():
    return neurosim.load("tensor_brain")


@pytest.fixture(scope="module")
def results(model):
    return {name: neurosim.run(name, model) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_claims_hold_for_the_shipped_brain(results, name):
    """Acceptance L1 to L6, L11 and A5 in the world that is shipped."""
    result = results[name]
    assert result.holds, result
    assert len(result.checks) >= 4
    assert result.note == ""
    figure = result.figure()
    labelled = [ax for ax in figure.axes if ax.get_ylabel() or ax.get_xlabel()]
    assert labelled
    assert (
        any("n =" in ax.get_title() for ax in figure.axes)
        or "n =" in figure.get_suptitle()
        or ("n = " in "".join(label.get_text() for label in figure.axes[0].get_xticklabels()))
    )


@pytest.mark.parametrize("name", ["scene_occlusion", "episodic_recall", "semantic_marginals"])
def test_claims_fail_for_a_brain_that_was_not_trained(name):
    untrained = neurosim.load("tensor_brain", weights=None)
    result = neurosim.run(name, untrained)
    assert not result.holds
    assert "Not trained" in result.note


def test_same_seed_same_table(model, results):
    again = neurosim.run("scene_identity", model)
    assert again.table.equals(results["scene_identity"].table)
    other = neurosim.run("scene_identity", model, seed=1)
    assert not other.table.equals(again.table)


def test_visibility_curves_cross_where_the_relation_is_clear(results):
    """Signature of L1: context helps where little is seen, and costs a little where all is."""
    table = results["scene_occlusion"].table
    mean = table.groupby(["decoder", "sp"])["accuracy"].mean()
    assert mean["P-SA", 0.0] > mean["P-Direct", 0.0]
    assert mean["P-SA", 0.5] < mean["P-Direct", 0.5]
    assert mean["ideal prior", 0.0] > mean["P-SA", 0.0]


def test_full_effort_asks_for_more_worlds(model):
    assert [c.seed for c in world_configs(model, "quick")] == [0]
    assert [c.seed for c in world_configs(model, "full")] == [0, 1, 2]


def test_strangers_do_not_help(model):
    right, n = exchanged_accuracy(model.seeing, 0.9, 200, seed=0)
    assert n == 600
    assert right < 0.75  # 97 % with the own columns


def test_joint_of_two_labels_by_hand():
    """Acceptance A5: P(a) P(b | q + a) for keep and add; P(b | a) alone for overwrite."""
    brain = trained_brain(SceneBrainConfig()).brain
    q = torch.randn(2, 64, generator=torch.Generator().manual_seed(0))
    A = brain.embeddings.detach().numpy()
    beta = brain.log_beta.exp().item()
    first, second = (brain.vocabulary.ids(g) for g in ("yo", "color"))

    def softmax(state, ids):
        scores = beta * (1 / (1 + np.exp(-state)) - 0.5) @ A[:, ids]
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return odds / odds.sum(axis=-1, keepdims=True)

    for retain, feedback in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0)):
        with torch.no_grad():
            found = joint(brain, q, "yo", "color", retain, feedback).numpy()
        state = q.numpy()
        for k, a in enumerate(first):
            expected = softmax(state, first)[:, k, None] * softmax(
                retain * state + feedback * A[:, a], second
            )
            np.testing.assert_allclose(found[:, k], expected, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(found.sum(axis=(1, 2)), 1, atol=1e-5)
