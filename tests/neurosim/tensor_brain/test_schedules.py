"""Schedules against a second implementation of the loop, and what they promise besides."""

import numpy as np
import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.tensor_brain import (
    Decoding,
    SceneFeatures,
    WindowTrace,
    complete,
    describe,
    perceive,
    recall_episode,
    recall_semantic,
)
from tests.neurosim.tensor_brain.algorithm_one import Loop, perception, triple
from tests.neurosim.tensor_brain.small_brains import features, small_brain, states

LABELS = ("basic", "color")


def assert_same(decoding, rows):
    """Every key of every row has the probabilities of the second implementation."""
    assert set(decoding.probabilities) == set(rows[0])
    for name, p in decoding.probabilities.items():
        expected = np.array([row[name] for row in rows])
        np.testing.assert_allclose(p.detach().numpy(), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("feedback", ["attention", "argmax", "none"])
def test_perception_is_algorithm_one(feedback):
    brain, seen = small_brain(), features(6)
    decoding = perceive(brain, SceneFeatures.from_windows(seen), feedback=feedback)
    rows = [perception(brain, x, feedback, LABELS) for x in seen.numpy()]
    assert_same(decoding, rows)
    best = [row["object"].argmax() for row in rows]
    assert decoding.index["object"].tolist() == best
    assert decoding.labels("object") == [f"e{k}" for k in best]


def test_without_context_and_feedback_each_window_stands_alone():
    brain, seen = small_brain(), features(4)
    decoding = perceive(brain, SceneFeatures.from_windows(seen), context=False, feedback="none")
    for number, (name, group) in enumerate(
        [("subject", "entity"), ("object", "entity"), ("predicate", "predicate")], 1
    ):
        alone = brain.probabilities(brain.sense(seen[:, number]), group)
        torch.testing.assert_close(decoding.probabilities[name], alone)


def test_one_scene_at_a_time_gives_the_same():
    brain, seen = small_brain(), features(5)
    together = perceive(brain, SceneFeatures.from_windows(seen))
    for row in range(5):
        alone = perceive(brain, SceneFeatures.from_windows(seen[row : row + 1]))
        for name, p in alone.probabilities.items():
            torch.testing.assert_close(p[0], together.probabilities[name][row])


def test_sampled_feedback_follows_the_generator():
    brain = small_brain()
    seen = SceneFeatures.from_windows(features(1).expand(400, -1, -1))

    def sampled(seed):
        generator = torch.Generator().manual_seed(seed)
        return perceive(brain, seen, feedback="sample", generator=generator)

    one, same, other = sampled(0), sampled(0), sampled(1)
    assert one.triples() == same.triples()
    assert one.triples() != other.triples()
    expected = one.probabilities["subject"][0].detach().numpy()
    shares = np.bincount(one.index["subject"].numpy(), minlength=7) / 400
    assert np.abs(shares - expected).max() < 4 * np.sqrt(0.25 / 400)


def test_labels_can_be_chained():
    """A label on the state changes what is read after it, and the windows that follow."""
    brain, seen = small_brain(), features(1)
    scene = SceneFeatures.from_windows(seen)
    plain = perceive(brain, scene, labels=LABELS, feedback="argmax")
    chained = perceive(brain, scene, labels=LABELS, feedback="argmax", chain=True)
    torch.testing.assert_close(
        plain.probabilities["subject.basic"], chained.probabilities["subject.basic"]
    )
    q = brain.sense(seen[:, 0])
    _, q = brain.evolve(q, None)
    q = brain.measure(q + brain.sense(seen[:, 1]), "entity").q
    q = brain.measure(q, "basic").q
    torch.testing.assert_close(
        chained.probabilities["subject.color"], brain.probabilities(q, "color")
    )
    assert not torch.allclose(chained.probabilities["predicate"], plain.probabilities["predicate"])
    assert list(perceive(brain, scene, labels=[]).probabilities) == [
        "subject",
        "object",
        "predicate",
    ]


def test_an_episode_can_be_recognised_on_the_way():
    brain, seen = small_brain(), features(3)
    decoding = perceive(brain, SceneFeatures.from_windows(seen), recognise="argmax")
    q, best = brain.sense(seen[:, 0]), decoding.index["scene"]
    torch.testing.assert_close(decoding.probabilities["scene"], brain.probabilities(q, "time"))
    after = torch.sigmoid(q + brain.embeddings[:, best].T)
    torch.testing.assert_close(decoding.trace["scene"].after, after.detach())


@pytest.mark.parametrize("feedback", ["attention", "argmax"])
def test_recall_is_the_same_loop_from_an_index(feedback):
    brain = small_brain()
    episodes = brain.vocabulary.ids("time")
    rows = []
    for t in episodes:
        loop = Loop(brain)
        loop.add(t)
        rows.append(triple(loop, {}, feedback, LABELS))
    assert_same(recall_episode(brain, episodes, feedback=feedback), rows)
    assert_same(recall_semantic(brain, episodes, feedback=feedback), rows)


def test_given_symbols_are_fed_back_in_place_of_decoded_ones():
    brain = small_brain()
    given = {"subject": 2, "object": 6}
    rows = []
    for t in (16, 19):
        loop = Loop(brain)
        loop.add(t)
        rows.append(triple(loop, {}, "argmax", given=given))
    decoding = recall_episode(brain, [16, 19], subject=[2, 2], object=[6, 6], labels=[])
    assert_same(decoding, rows)
    assert [(s, o) for s, _, o in decoding.triples()] == [("e2", "e6")] * 2


def test_a_mean_of_episodes_is_a_state_to_start_from():
    brain = small_brain()
    mean = brain.embeddings[:, brain.candidates("time")].mean(dim=1)
    loop = Loop(brain)
    loop.q = mean.detach().numpy()
    assert_same(
        recall_semantic(brain, mean[None], feedback="attention", labels=[]),
        [triple(loop, {}, "attention")],
    )


def test_symbols_are_described_from_their_column_alone():
    brain = small_brain()
    decoding = describe(brain, [0, 5], labels=["entity", "basic"])
    q = brain.embeddings[:, [0, 5]].T
    for group in ("entity", "basic"):
        p = decoding.probabilities[f"subject.{group}"]
        torch.testing.assert_close(p, brain.probabilities(q, group))
    assert decoding.labels("subject") == ["e0", "e5"]


def test_completion_in_two_orders():
    """s, p -> o and s, o -> p: the given are added, the last one is scored."""
    brain = small_brain()
    subject, predicate, object_ = [0, 3], [12, 14], [5, 1]
    tails, relations = [], []
    for s, p, o in zip(subject, predicate, object_, strict=True):
        loop = Loop(brain)
        for k in (s, p):
            loop.add(k)
            loop.evolve()
        tails.append({"object": loop.probabilities("entity")})
        loop = Loop(brain)
        for k in (s, o):
            loop.add(k)
            loop.evolve()
        relations.append({"predicate": loop.probabilities("predicate")})
    assert_same(complete(brain, subject=subject, predicate=predicate), tails)
    order = ("subject", "object", "predicate")
    decoding = complete(brain, subject=subject, object=object_, order=order)
    assert_same(decoding, relations)
    assert [s for s, _, _ in decoding.triples()] == ["e0", "e3"]


def test_completion_of_two_open_windows_feeds_the_first_back():
    brain = small_brain()
    loop = Loop(brain)
    loop.add(4)
    loop.evolve()
    p, _ = loop.select("predicate", "attention")
    loop.evolve()
    expected = {"predicate": p, "object": loop.probabilities("entity")}
    assert_same(complete(brain, subject=4, feedback="attention"), [expected])


def test_completion_among_other_candidates():
    """Inverse predicates, here the colours, and a subset of the entities."""
    brain = small_brain()
    widened = {"predicate": ("predicate", "color"), "object": [6, 1, 2]}
    decoding = complete(brain, subject=[0], predicate=[10], candidates=widened)
    assert decoding.candidates["object"].tolist() == [6, 1, 2]
    assert decoding.index["object"].item() in (6, 1, 2)
    whole = decoding.over_vocabulary("object")
    assert whole.shape == (1, brain.vocabulary.n)
    torch.testing.assert_close(whole[0, [6, 1, 2]], decoding.probabilities["object"][0])
    assert int((whole != 0).sum()) == 3  # Acceptance 8: zero elsewhere
    assert decoding.place("object", torch.tensor([2])).item() == 2
    with pytest.raises(ValueError, match="were no candidates of 'object'"):
        decoding.place("object", torch.tensor([3]))


def test_the_trace_holds_every_window():
    brain, seen = small_brain(), features(3)
    decoding = perceive(brain, SceneFeatures.from_windows(seen), feedback="argmax")
    assert isinstance(decoding, Decoding)
    assert list(decoding.trace) == ["scene", "subject", "object", "predicate"]
    q = brain.sense(seen[:, 0])
    h, q = brain.evolve(q, None)
    q = q + brain.sense(seen[:, 1])
    after, index, p = brain.measure(q, "entity")
    trace = decoding.trace["subject"]
    assert isinstance(trace, WindowTrace)
    expected = WindowTrace(
        before=torch.sigmoid(q),
        after=torch.sigmoid(after),
        h=h,
        state_norm=q.norm(dim=-1),
        feedback_norm=brain.embeddings[:, index].norm(dim=0),
        entropy=-(p * p.log()).sum(dim=-1),
        surprise=-p[torch.arange(3), index].log(),
    )
    for name, value in vars(expected).items():
        torch.testing.assert_close(getattr(trace, name), value.detach(), msg=name)
    assert decoding.trace["scene"].entropy is None
    assert float(decoding.trace["predicate"].feedback_norm.max()) == 0
    assert not perceive(brain, SceneFeatures.from_windows(seen), trace=False).trace


@pytest.mark.parametrize("feedback", ["attention", "argmax"])
def test_the_last_window_is_not_fed_back(feedback):
    brain = small_brain()
    recalled = recall_episode(brain, [16, 17], feedback=feedback).trace
    completed = complete(brain, subject=[0, 1], feedback=feedback).trace
    for trace, last, before in (
        (recalled, "predicate", "object"),
        (completed, "object", "predicate"),
    ):
        assert float(trace[last].feedback_norm.max()) == 0
        assert float(trace[before].feedback_norm.min()) > 0


def test_entropy_counts_unwritten_symbols_for_nothing():
    brain = small_brain()
    brain.reserve([0, 1, 2, 3, 4])
    trace = recall_episode(brain, [16]).trace["subject"]
    assert 0 < float(trace.entropy) <= np.log(2)


def test_gradients_reach_every_parameter_through_perception():
    brain, seen = small_brain(), features(4)
    decoding = perceive(brain, SceneFeatures.from_windows(seen), trace=False)
    (-decoding.log_probabilities["predicate"][:, 0].mean()).backward()
    for name, parameter in brain.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_gradients_stay_finite_beside_unwritten_symbols():
    brain, seen = small_brain(), features(4)
    brain.reserve("time")
    brain.allocate("time", states(2))
    decoding = perceive(brain, SceneFeatures.from_windows(seen), recognise="attention")
    (-decoding.log_probabilities["predicate"][:, 0].mean()).backward()
    assert all(torch.isfinite(p.grad).all() for p in brain.parameters())


def test_unknown_keys_are_refused():
    decoding = recall_episode(small_brain(), [16])
    with pytest.raises(UnknownNameError, match="Did you mean 'subject'"):
        decoding.over_vocabulary("subjet")
    with pytest.raises(UnknownNameError, match="Did you mean 'object'"):
        decoding.labels("objects")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_decodes_the_same():
    here, there, seen = small_brain(), small_brain().cuda(), features(3)
    for brain in (here, there):
        brain.reserve("time")
        brain.allocate("time", states(2).to(brain.embeddings.device))
    for ask in (
        lambda brain: perceive(brain, SceneFeatures.from_windows(seen), recognise="attention"),
        lambda brain: recall_episode(brain, [16, 17], subject=[2, 3]),
        lambda brain: complete(brain, subject=[0, 1], predicate=[12, 13]),
    ):
        on_cpu, on_gpu = ask(here), ask(there)
        assert on_cpu.triples() == on_gpu.triples()
        for name, p in on_gpu.probabilities.items():
            assert p.is_cuda
            torch.testing.assert_close(p.cpu(), on_cpu.probabilities[name])
