"""The network for recall: one body, four readers, and what it refuses."""

import math

import numpy as np
import pytest
import torch

import stimuli
from neurosim import UnknownNameError
from neurosim.models.hcam import (
    RecallConfig,
    RecallNetwork,
    RecallScore,
    position_code,
    score_recall,
    train_recall,
)
from neurosim.models.hcam.recall_batches import seed_of_test, training_batch
from neurosim.models.hcam.recall_config import PRESETS, READERS

QUESTIONS = torch.randn(2, 3, 24, generator=torch.Generator().manual_seed(1))


def steps_of(n_steps, n_features=33):
    return torch.randn(2, n_steps, n_features, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("n_steps", [32, 39])
def test_every_reader_answers_and_lets_the_step_encoder_learn(reader, n_steps):
    network = RecallNetwork(RecallConfig(reader=reader))
    logits = network(steps_of(n_steps), QUESTIONS)
    assert logits.shape == (2, 3, 16)
    logits.square().sum().backward()
    assert network.encoder.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("reader", READERS)
def test_questions_do_not_see_each_other(reader):
    network = RecallNetwork(RecallConfig(reader=reader)).eval()
    together = network(steps_of(32), QUESTIONS)
    alone = torch.cat([network(steps_of(32), QUESTIONS[:, [q]]) for q in range(3)], dim=1)
    torch.testing.assert_close(alone, together, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("reader", ["hcam", "phase", "absolute"])
def test_detached_memory_teaches_the_step_encoder_nothing(reader):
    network = RecallNetwork(RecallConfig(reader=reader, detach_memory=True))
    network(steps_of(32), QUESTIONS).sum().backward()
    assert network.encoder.weight.grad is None
    assert network.query_encoder.weight.grad.abs().sum() > 0


def attention_by_loops(reader, query, steps, code):
    """Return the read of one query (D,) from steps (N, D), head by head."""
    maps = {name: layer.double() for name, layer in reader.maps.items()}
    query, steps = maps["query"](query), steps + code
    keys, values = maps["key"](steps), maps["value"](steps)
    heads = []
    for part in torch.arange(64).split(64 // reader.heads):
        scores = [float(query[part] @ key[part]) / math.sqrt(len(part)) for key in keys]
        weights = np.exp(np.array(scores) - max(scores))
        weights /= weights.sum()
        heads.append(sum(w * v[part] for w, v in zip(weights, values, strict=True)))
    return maps["out"](torch.cat(heads))


@pytest.mark.parametrize("reader", ["phase", "absolute"])
@pytest.mark.parametrize("n_steps", [32, 39])
def test_full_attention_is_that_of_loops(reader, n_steps):
    found = RecallNetwork(RecallConfig(reader=reader)).reader.double()
    steps, queries = steps_of(n_steps, 64).double(), steps_of(3, 64).double()
    if reader == "absolute":
        code = position_code(n_steps, 64)
    else:
        # Counted from the end: the last step of the episode is the last of a chunk.
        places = [15 - (n_steps - 1 - t) % 16 for t in range(n_steps)]
        code = position_code(16, 64)[places]
    with torch.no_grad():
        expected = attention_by_loops(found, queries[1, 2], steps[1], code)
        torch.testing.assert_close(found(queries, steps)[0][1, 2], expected)


def test_phase_restarts_and_absolute_does_not():
    """Swapping whole chunks changes nothing for a code that restarts, and much for one of time."""
    changes = {}
    for reader in ("hcam", "phase", "absolute"):
        network = RecallNetwork(RecallConfig(reader=reader)).eval()
        steps = steps_of(32)
        swapped = torch.cat([steps[:, 16:], steps[:, :16]], dim=1)
        change = network(steps, QUESTIONS) - network(swapped, QUESTIONS)
        changes[reader] = change.abs().max().item()
    assert changes["hcam"] < 1e-5
    assert changes["phase"] < 1e-5
    assert changes["absolute"] > 1e-2


def test_a_step_of_a_ballet_is_encoded_from_its_past_alone():
    network = RecallNetwork(RecallConfig(**PRESETS["ballet"])).eval()
    steps = steps_of(64, 72)
    changed = steps.clone()
    changed[:, 40:] += 1
    before, after = network.encoder(steps), network.encoder(changed)
    torch.testing.assert_close(before[:, :40], after[:, :40], atol=0, rtol=0)
    assert (before[:, 40:] - after[:, 40:]).abs().max() > 1e-3
    # two kernels of 5: a step reaches 8 steps ahead
    one = steps.clone()
    one[:, 20] += 1
    reached = (network.encoder(one) - before).abs().amax(dim=(0, 2)).nonzero().flatten()
    assert reached.min() == 20
    assert reached.max() == 28


def test_same_seed_same_weights_and_nobody_else_notices():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again, other = (RecallNetwork(RecallConfig(), seed) for seed in (0, 0, 1))
    assert torch.equal(torch.rand(3), expected)
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert not torch.equal(first.encoder.weight, other.encoder.weight)


def test_training_batches_differ_and_are_none_of_the_test():
    config = RecallConfig()
    n_events = {training_batch(config, 0, step).steps.shape[1] // 16 for step in range(60)}
    assert n_events == set(range(1, 9))
    first, again = training_batch(config, 0, 3), training_batch(config, 0, 3)
    assert torch.equal(first.steps, again.steps)
    assert not torch.equal(training_batch(config, 1, 3).queries, first.queries)
    seeds = [seed_of_test(n, block, seed) for n in (8, 64) for block in (0, 1) for seed in (0, 1)]
    assert len(set(seeds)) == 8


class Oracle(torch.nn.Module):
    """Answers by looking through the events itself, and errs on the first of each batch."""

    config = RecallConfig(reader="phase")

    def read(self, steps, queries):
        events = steps.unflatten(1, (-1, 16))[:, :, :8]
        keys = events[..., :16].mean(dim=2)
        event = (queries[..., :16] @ keys.mT).argmax(dim=-1)
        place = queries[..., 16:].argmax(dim=-1)
        rows = torch.arange(len(steps))[:, None]
        logits = events[rows, event, place, 16:32].clone()
        logits[0, 0] = -logits[0, 0]
        return logits, None


def test_score_counts_right_answers():
    found = score_recall(Oracle(), n_events=8, n_episodes=32, n_queries=4, block_size=16)
    assert found == RecallScore(1 - 2 / 128, None, 128)


def test_found_counts_events_that_are_read():
    network = RecallNetwork(RecallConfig())
    untrained = score_recall(network, n_events=64, n_episodes=16)
    assert 0 <= untrained.found < 0.5
    assert score_recall(network, n_events=4, n_episodes=16).found is None  # all are read


def test_training_goes_on_and_is_the_same_for_the_same_seed(tmp_path):
    config = RecallConfig(batch_size=8)
    whole, log = train_recall(config, tmp_path / "a", n_updates=6)
    again, _ = train_recall(config, tmp_path / "b", n_updates=6)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert [row["step"] for row in log.rows if row["kind"] == "step"] == list(range(6))
    rates = [row["learning_rate"] for row in log.rows if row["kind"] == "step"]
    assert rates[0] == pytest.approx(2e-3)
    assert not whole.training


def test_config_survives_and_presets_are_what_stimuli_give():
    config = RecallConfig(**PRESETS["ballet"])
    assert RecallConfig.from_dict(config.to_dict()) == config
    assert stimuli.ballet_batch(1, n_dancers=2).frames.shape[2] == config.n_inputs
    batch = stimuli.key_value_batch(1)
    assert batch.memory.shape[2] == RecallConfig().n_inputs
    assert batch.queries.shape[2] == RecallConfig().n_query


@pytest.mark.parametrize(
    ("sizes", "error", "words"),
    [
        ({"task": "balet"}, UnknownNameError, "Did you mean 'ballet'"),
        ({"reader": "gru"}, UnknownNameError, "reader='gru'"),
        ({"dim": 30}, ValueError, "heads=4"),
        ({"chunk_size": 0}, ValueError, "chunk_size=0"),
        ({"k": 1.5}, TypeError, "k=1.5"),
        ({"detach_memory": 1}, TypeError, "detach_memory=1"),
    ],
)
def test_config_refuses(sizes, error, words):
    with pytest.raises(error, match=words):
        RecallConfig(**sizes)


def test_network_refuses():
    network = RecallNetwork(RecallConfig())
    with pytest.raises(ValueError, match=r"steps=.*expected \(B, N, 33\)"):
        network(steps_of(32, 72), QUESTIONS)
    with pytest.raises(ValueError, match=r"queries=.*expected \(B, N, 24\)"):
        network(steps_of(32), QUESTIONS[..., :8])
    with pytest.raises(ValueError, match="n_episodes=20"):
        score_recall(network, n_events=2, n_episodes=20)
    with pytest.raises(UnknownNameError, match="chunks"):
        RecallConfig.from_dict({"chunks": 3})
