"""The scene world: labels, law, splits and features against their definitions."""

import numpy as np
import pytest

import stimuli
from stimuli import SceneWorld


def classes(world, records):
    basic = world.entities["basic"]
    return basic[records["s"]], records["p"], basic[records["o"]]


@pytest.mark.parametrize("seed", range(10))
def test_labels(seed):
    """§7: classes by position; yo by entity, danger by class and unlike any other label."""
    entities = SceneWorld(seed=seed).entities
    assert (entities["basic"] == np.arange(40) // 5).all()
    assert (entities["general"] == entities["basic"] % 3).all()
    assert set(entities["color"]) <= set(range(5))
    assert entities["novel"].sum() == 8
    assert 8 < entities["yo"].sum() < 32
    danger = entities["danger"].reshape(8, 5)
    assert (danger == danger[:, :1]).all()
    assert 0 < danger[:, 0].sum() < 8
    for general in range(3):
        label = np.arange(8) % 3 == general
        assert (danger[:, 0] != label).any()
        assert (danger[:, 0] == label).any()


def test_law_is_sharp_and_of_low_rank():
    """§7: P sums to one, logits have the sharpness as their sd, mean entropy about 1.1-1.2 nats."""
    laws = [SceneWorld(seed=seed).law for seed in range(20)]
    for law in laws:
        np.testing.assert_allclose(law.sum(axis=1), 1)
    entropies = [-(law * np.log(law)).sum(axis=1).mean() for law in laws]
    assert 1.05 < np.mean(entropies) < 1.25
    assert np.mean([law.max(axis=1).mean() for law in laws]) == pytest.approx(0.57, abs=0.05)
    logits = np.log(laws[0])
    logits -= logits.mean(axis=1, keepdims=True)  # known up to a constant for each pair
    rank = np.linalg.matrix_rank(np.moveaxis(logits, 1, 0).reshape(8 * 8, 8), tol=1e-9)
    assert rank == 3
    assert SceneWorld(sharpness=0.0).law == pytest.approx(np.full((8, 8, 8), 1 / 8))


def test_classes_of_one_kind_share_their_law():
    """§7: with share = 1 classes of one general class behave alike."""
    law = SceneWorld(share=1.0).law
    np.testing.assert_allclose(law[0], law[3])
    np.testing.assert_allclose(law[:, :, 1], law[:, :, 7])
    assert np.abs(SceneWorld(share=0.0).law[0] - SceneWorld(share=0.0).law[3]).max() > 0.1


def test_appearance_has_the_gains_of_its_parts():
    """§7: app = 0.7 general + 1.0 basic + 0.7 colour + 0.5 entity; variance 2.23."""
    world = SceneWorld(n_features=4000)
    assert world.appearance.var() == pytest.approx(0.49 + 1 + 0.49 + 0.25, rel=0.1)
    entities = world.entities
    products = world.appearance @ world.appearance.T / 4000

    def mean(*same):
        one, two = np.triu_indices(40, 1)
        alike = {k: entities[k][one] == entities[k][two] for k in ("basic", "general", "color")}
        chosen = np.logical_and.reduce([alike[k] == (k in same) for k in alike])
        return products[one, two][chosen].mean()

    assert mean() == pytest.approx(0, abs=0.08)
    assert mean("color") == pytest.approx(0.49, abs=0.08)
    assert mean("general") == pytest.approx(0.49, abs=0.08)
    assert mean("basic", "general") == pytest.approx(1.49, abs=0.1)


@pytest.mark.parametrize("split", ["train", "known", "novel"])
def test_scenes_have_four_entities_and_three_pairs(split):
    """§7: 3 different ordered pairs of at most 4 different entities of the split's pool."""
    world = SceneWorld(seed=1)
    records = world.scenes(300, split)
    assert len(records) == 900
    assert (records["t"] == np.repeat(np.arange(300), 3)).all()
    assert (records["s"] != records["o"]).all()
    novel = world.entities["novel"]
    assert (novel[records["s"]] == (split == "novel")).all()
    assert (novel[records["o"]] == (split == "novel")).all()
    for scene in records.reshape(300, 3):
        assert len(set(zip(scene["s"].tolist(), scene["o"].tolist(), strict=True))) == 3
        assert len({*scene["s"].tolist(), *scene["o"].tolist()}) <= 4


def test_predicates_follow_the_law():
    """Counts of predicates agree with the law: chi-square of pairs that occur often."""
    world = SceneWorld(seed=3, n_basic=4, entities_per_class=4, n_pred=4)
    records = world.scenes(8000)
    counts = np.zeros(world.law.shape)
    np.add.at(counts, classes(world, records), 1)
    expected = world.law * counts.sum(axis=1, keepdims=True)
    z = (counts - expected) / np.sqrt(np.maximum(expected * (1 - world.law), 1e-9))
    frequent = (expected > 20) & (expected.max(axis=1, keepdims=True) < 1e9)
    assert frequent.sum() > 30
    assert np.abs(z[frequent]).max() < 4.5
    assert world.chance(records).mean() == pytest.approx(
        (world.law**2 * counts.sum(axis=1, keepdims=True)).sum() / len(records), abs=0.01
    )


@pytest.mark.parametrize("withheld", ["pairs", "triples"])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_withheld_is_never_trained_and_alone_tested(withheld, seed):
    """§7: no blocked class triple occurs in training; the zero-shot split shows nothing else."""
    world = SceneWorld(seed=seed, withheld=withheld)
    blocked = world.withheld_triples
    for split in ("train", "known", "novel"):
        assert not blocked[classes(world, world.scenes(500, split))].any()
    test = world.scenes(100, "zero_shot")
    assert blocked[classes(world, test)].all()
    assert set(test["t"].tolist()) == set(range(100))
    assert np.bincount(test["t"]).max() <= 3
    assert world.blocked(test).all()
    if withheld == "pairs":
        pairs = blocked.all(axis=1)
        assert pairs.sum() == 10
        assert (blocked.any(axis=1) == pairs).all()
    else:
        assert blocked.sum() == (world.law > 0.15).sum() // 8
        assert (world.law[blocked] > 0.15).all()


def test_splits_have_streams_of_their_own():
    """§7: every split from its own stream; the first n scenes do not depend on how many follow."""
    world = SceneWorld(seed=2)
    assert (world.scenes(200) == world.scenes(500)[:600]).all()
    assert (world.scenes(50) != world.scenes(50, "known")).any()
    blocked = SceneWorld(seed=2, withheld="pairs")
    np.testing.assert_array_equal(blocked.law, world.law)
    np.testing.assert_array_equal(SceneWorld(seed=2, sharpness=1.0).appearance, world.appearance)


def test_zipf_makes_early_classes_frequent():
    world = SceneWorld(seed=0, zipf=1.5)
    basic = world.entities["basic"][world.scenes(500)["s"]]
    counts = np.bincount(basic, minlength=8)
    assert counts[0] > 3 * counts[4] > 0
    assert np.corrcoef(np.log(counts), np.log(np.arange(8) + 1))[0, 1] < -0.9


def test_features_are_signal_and_unit_noise():
    """§7: x_T, x_S, x_O, x_P; the noise of x_T is halved; gains may differ by record."""
    world = SceneWorld(seed=0)
    records = world.scenes(1000)
    gains = np.linspace(0, 1, len(records))
    x = world.features(records, so=gains, sp=0.3).astype(float)
    assert x.shape == (3000, 4, 48)
    subject, object_ = (gains[:, None] * world.appearance[records[k]] for k in "so")
    signal = [
        0.5 * (subject + object_),
        subject,
        object_,
        0.25 * (subject + object_) + 0.3 * world.predicate_codes[records["p"]],
    ]
    for window, sd in enumerate((0.5, 1, 1, 1)):
        noise = x[:, window] - signal[window]
        assert noise.std() == pytest.approx(sd, rel=0.01)
        assert abs(noise.mean()) < 4 * sd / np.sqrt(noise.size)
    again = world.features(records, so=gains, sp=0.3)
    np.testing.assert_array_equal(again, x.astype(np.float32))
    fresh = world.features(records, so=gains, sp=0.3, draw=1) - x
    assert fresh[:, 1].std() == pytest.approx(np.sqrt(2), rel=0.01)
    other = world.scenes(1000, "known")
    noise = world.features(other, so=0, sp=0)[:, 1]
    assert abs(np.corrcoef(noise.ravel(), (x[:, 1] - subject).ravel())[0, 1]) < 0.02


def test_classes_can_be_told_from_what_is_seen():
    """A nearest-appearance reader names known entities when objects are clear, not when hidden."""
    world = SceneWorld(seed=0)
    records = world.scenes(300)
    right = []
    for so in (0.9, 0.0):
        seen = world.features(records, so=so, sp=0)[:, 1]
        fit = seen @ world.appearance.T * 0.9 - 0.405 * (world.appearance**2).sum(axis=1)
        right.append((fit.argmax(axis=1) == records["s"]).mean())
    assert right[0] > 0.9
    assert right[1] < 0.1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_pred": 1}, "SceneWorld: n_pred=1 is too small; expected n_pred >= 2"),
        ({"n_basic": 3}, "SceneWorld: n_basic=3 gives fewer novel entities than a scene"),
        ({"entities_per_class": 1}, "SceneWorld: entities_per_class=1 is too small"),
        ({"sharpness": -1}, "SceneWorld: sharpness=-1 is out of range; expected 0 <= sharpness"),
        ({"share": 1.5}, "SceneWorld: share=1.5 is out of range; expected 0 <= share <= 1"),
        ({"zipf": np.nan}, "SceneWorld: zipf=nan is out of range"),
        ({"withheld": "pair"}, "SceneWorld: withheld='pair' is unknown.*mean 'pairs'"),
        ({"withheld": "pairs", "n_withheld": 40}, "n_withheld=40 leaves too little to train on"),
        ({"withheld": "triples", "sharpness": 0.0}, "withheld='triples' finds fewer than 8"),
        ({"seed": -1}, "SceneWorld: seed=-1 is negative"),
    ],
)
def test_world_rejects(params, message):
    """Reject list: too few predicates or entities, negative gains."""
    with pytest.raises(ValueError, match=message):
        SceneWorld(**params)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: w.scenes(0), "SceneWorld.scenes: n=0 is less than 1"),
        (lambda w: w.scenes(1, "test"), "SceneWorld.scenes: split='test' is unknown"),
        (lambda w: w.scenes(1, "zero_shot"), "split='zero_shot' is empty, as nothing is withheld"),
        (lambda w: w.features(w.scenes(1), so=-1), "SceneWorld.features: so=.* not a visibility"),
        (lambda w: w.features(w.scenes(1), sp=[1, 2]), "sp=.* one number >= 0, or 3 of them"),
        (lambda w: w.features(w.scenes(1), sp=np.nan), "sp=.* is not a visibility"),
    ],
)
def test_scenes_reject(call, message):
    with pytest.raises(ValueError, match=message):
        call(SceneWorld())


def test_world_refuses_kinds():
    with pytest.raises(TypeError, match=r"SceneWorld: n_basic=8\.0 is of type float"):
        SceneWorld(n_basic=8.0)


def test_generator_shows_the_world():
    s = stimuli.scene_vectors(n_scenes=20, split="known", so=0.5, sp=0.2, draw=3, seed=4)
    world = SceneWorld(seed=4)
    records = world.scenes(20, "known")
    np.testing.assert_array_equal(s.frames, world.features(records, so=0.5, sp=0.2, draw=3))
    np.testing.assert_array_equal(s.truth["triples"], records)
    np.testing.assert_array_equal(s.truth["law"], world.law)
    np.testing.assert_array_equal(s.truth["chance"], world.chance(records))
    with pytest.raises(ValueError, match="split='zero_shot' is empty"):
        stimuli.scene_vectors(split="zero_shot")
