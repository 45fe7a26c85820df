"""Acceptance A7 and the written formulas of six factor models."""

import numpy as np
import pytest
import torch

import neurosim
from neurosim.models.tensor_brain import LinkSettings, TensorFactorModel
from stimuli import SceneWorld

KINDS = ("rescal", "distmult", "complex", "tucker", "cp", "pair")
N, P, R = 7, 3, 4
ALL = tuple(i.ravel() for i in np.meshgrid(range(N), range(P), range(N), indexing="ij"))


def model_of(kind, **options):
    return TensorFactorModel(kind, N, P, R, seed=1, embedding_std=1.0, **options).double()


def by_formula(model):
    """theta (N, P, N) in numpy, as written in the papers."""
    values = {name: v.detach().numpy() for name, v in model.state_dict().items()}
    a, r = values["entities"], values["predicates"]
    if model.kind == "rescal":
        return np.einsum("si,pij,oj->spo", a, r, values.get("objects", a))
    if model.kind == "distmult":
        return np.einsum("sl,pl,ol->spo", a, r, a)
    if model.kind == "complex":
        a, r = a[:, 0] + 1j * a[:, 1], r[:, 0] + 1j * r[:, 1]
        return np.einsum("sl,pl,ol->spo", a, r, a.conj()).real
    if model.kind == "tucker":
        return np.einsum("ijk,si,pj,ok->spo", values["core"], a, r, a)
    if model.kind == "cp":
        return np.einsum("sl,pl,ol->spo", a, r, values["objects"])
    pairs = (a @ values["with_subject"].T)[:, :, None]
    pairs = pairs + (r @ values["with_predicate"].T)[None]
    return pairs + (a @ values["objects"].T)[:, None]


@pytest.mark.parametrize(
    ("kind", "options"), [(kind, {}) for kind in KINDS] + [("rescal", {"own_objects": True})]
)
def test_scores_are_the_written_formula(kind, options):
    """At every place that can be left open, to 1e-10 in float64."""
    model = model_of(kind, **options)
    theta = by_formula(model)
    assert theta.std() > 0.5
    found = model.scores(*ALL).detach().numpy()
    assert np.abs(found - theta.ravel()).max() < 1e-10
    s, p, o = np.array([0, 6, 2]), np.array([2, 0, 1]), np.array([3, 3, 5])
    objects = model.object_scores(s, p).detach().numpy()
    subjects = model.subject_scores(p, o).detach().numpy()
    predicates = model.predicate_scores(s, o).detach().numpy()
    assert np.abs(objects - theta[s, p]).max() < 1e-10
    assert np.abs(subjects - theta[:, p, o].T).max() < 1e-10
    assert np.abs(predicates - theta[s, :, o]).max() < 1e-10
    odds = np.exp(theta[s, :, o])
    prior = odds / odds.sum(axis=1, keepdims=True)
    assert np.abs(model.predicate_prior(s, o) - prior).max() < 1e-10


@pytest.mark.parametrize("kind", ["rescal", "tucker", "cp"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_time_average_is_the_mean_of_the_episodes(kind, weighted):
    """Acceptance A7: exact for the multilinear model, not through a logistic function."""
    model = model_of(kind, n_times=5)
    weights = np.random.default_rng(0).dirichlet(np.ones(5)) if weighted else None
    share = np.full(5, 0.2) if weights is None else weights
    episodes = [model.scores(*ALL, np.full(len(ALL[0]), t)).detach().numpy() for t in range(5)]
    semantic = model.time_average(*ALL, weights).detach().numpy()
    assert np.std(episodes, axis=0).min() > 1e-3  # the episodes differ
    assert np.abs(semantic - share @ np.array(episodes)).max() < 1e-10

    def logistic(x):
        return 1 / (1 + np.exp(-np.asarray(x)))

    assert np.abs(logistic(semantic) - share @ logistic(episodes)).max() > 1e-6


IN_TIME = {
    "rescal": lambda d, s, r, o, t: np.einsum("i,ijt,j,t", s, r, o, t),
    "tucker": lambda d, s, r, o, t: np.einsum("ijkt,i,j,k,t", d["core"], s, r, o, t),
    "cp": lambda d, s, r, o, t: (s * r * t * d["objects"][4]).sum(),
}


@pytest.mark.parametrize("kind", IN_TIME)
def test_scores_in_time_are_the_written_formula(kind):
    model = model_of(kind, n_times=5)
    d = {name: v.detach().numpy() for name, v in model.state_dict().items()}
    a = d["entities"]
    wanted = IN_TIME[kind](d, a[2], d["predicates"][1], a[4], d["times"][3])
    assert model.scores([2], [1], [4], [3]).item() == pytest.approx(wanted, abs=1e-10)


def test_distmult_cannot_tell_subject_from_object_and_rescal_can():
    s, p, o = ALL
    for kind, same in (("distmult", True), ("rescal", False), ("complex", False)):
        model = model_of(kind)
        away = (model.scores(s, p, o) - model.scores(o, p, s)).abs().max().item()
        assert (away < 1e-10) == same


def test_inverse_predicates_answer_for_the_subject():
    model = model_of("rescal", inverses=True)
    matrices = model.predicates.detach().numpy()
    assert len(matrices) == 2 * P
    a = model.entities.detach().numpy()
    wanted = np.einsum("i,ij,ej->e", a[3], matrices[P + 2], a)
    found = model.subject_scores([2], [3])[0].detach().numpy()
    assert np.abs(found - wanted).max() < 1e-10
    assert model.predicate_scores([0], [1]).shape == (1, P)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("predicts", ["object", "predicate"])
def test_a_fit_learns_triples(kind, predicts):
    """Each question has one answer; after the fit it is the likeliest."""
    rng = np.random.default_rng(0)
    if kind == "pair":  # no three-way rule: the subject alone decides
        triples = np.array([[s, s % P, (s + 2) % N] for s in range(N)])
    else:  # symmetric, so that distmult can learn it
        triples = np.array([[s, p, (p - s) % N] for s in range(N) for p in range(P)])
    model = TensorFactorModel(kind, N, P, rank=12, seed=0, embedding_std=0.3)
    settings = LinkSettings(n_epochs=300)
    losses = model.fit(rng.permutation(triples), predicts=predicts, settings=settings)
    s, p, o = triples.T
    scores = model.object_scores(s, p) if predicts == "object" else model.predicate_scores(s, o)
    right = (scores.argmax(dim=1).numpy() == (o if predicts == "object" else p)).mean()
    assert losses[0] == pytest.approx(np.log(scores.shape[1]), abs=0.3)  # chance before
    assert right == 1.0


def test_a_prior_learns_the_frequencies_of_repeated_triples():
    """The most likely P(p | s, o) is the observed share where the rank suffices."""
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 20, size=(4, 3, 4))
    triples = np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)
    model = TensorFactorModel("rescal", 4, 3, rank=4, seed=0)
    model.fit(triples, predicts="predicate", settings=LinkSettings(n_epochs=2000))
    s, o = (i.ravel() for i in np.meshgrid(range(4), range(4), indexing="ij"))
    share = (counts / counts.sum(axis=1, keepdims=True))[s, :, o]
    assert np.abs(model.predicate_prior(s, o) - share).max() < 0.01


def test_same_seed_same_losses():
    """Acceptance L10: and the generator of torch is left as it was found."""
    torch.manual_seed(5)
    before = torch.get_rng_state()
    triples = [[0, 0, 1], [1, 1, 2], [2, 2, 0]]
    settings = LinkSettings(n_epochs=5)

    def losses(seed):
        model = TensorFactorModel("complex", N, P, R, seed=seed, inverses=True, dropout=0.5)
        return model.fit(triples, settings=settings)

    assert losses(0) == losses(0)
    assert losses(0) != losses(1)
    assert torch.equal(torch.get_rng_state(), before)


def test_rank_three_prior_generalises_to_withheld_pairs():
    """Acceptance L2, last line: top-1 on withheld class pairs within 5 points of the oracle."""
    shortfall = []
    for seed in (1, 2, 3):
        world = SceneWorld(seed=seed, withheld="pairs")
        basic = world.entities["basic"]

        def classes(split, n, world=world, basic=basic):
            r = world.scenes(n, split)
            return np.stack([basic[r["s"]], r["p"], basic[r["o"]]], axis=1)

        model = TensorFactorModel(
            "rescal", 8, 8, rank=3, seed=0, own_objects=True, embedding_std=0.3
        )
        settings = LinkSettings(n_epochs=300, batch_size=64, learning_rate=0.03)
        model.fit(classes("train", 2000), predicts="predicate", settings=settings)
        s, p, o = classes("zero_shot", 500).T
        right = (model.predicate_prior(s, o).argmax(axis=1) == p).mean()
        oracle = (world.law[s, :, o].argmax(axis=1) == p).mean()
        assert right > 0.4  # chance is 0.125
        shortfall.append(oracle - right)
    assert np.mean(shortfall) <= 0.05, shortfall


@pytest.mark.parametrize(
    ("change", "error", "problem"),
    [
        ({"kind": "rescall"}, neurosim.UnknownNameError, "Did you mean 'rescal'"),
        ({"rank": 0}, ValueError, "rank=0 is too small"),
        ({"n_entities": 2.0}, TypeError, "n_entities=2.0 is no int"),
        ({"n_times": 0}, ValueError, "n_times=0 is too small"),
        ({"kind": "pair", "n_times": 3}, ValueError, "n_times=3 is not for 'pair'"),
        ({"embedding_std": 0.0}, ValueError, "embedding_std=0.0 is no deviation"),
        ({"dropout": 1.0}, ValueError, "dropout=1.0 is out of range"),
        ({"seed": -1}, ValueError, "seed=-1 is negative"),
    ],
)
def test_rejections_of_settings(change, error, problem):
    good = {"kind": "rescal", "n_entities": 5, "n_predicates": 2}
    assert TensorFactorModel(**good).rank == 32
    with pytest.raises(error, match=problem):
        TensorFactorModel(**good | change)


@pytest.mark.parametrize(
    ("call", "error", "problem"),
    [
        (lambda m: m.scores([0.0], [0], [0]), TypeError, "s=.* is torch.float64"),
        (lambda m: m.scores([0], [3], [0]), ValueError, "p=.* holds a number that is out of range"),
        (lambda m: m.scores([0], [0], [-1]), ValueError, "o=.* holds a number that is out of"),
        (lambda m: m.object_scores(0, [0]), ValueError, "s=0 has shape"),
        (lambda m: m.scores([0], [0], [0], [0]), ValueError, "t=.* does not fit n_times"),
        (lambda m: m.time_average([0], [0], [0]), ValueError, "n_times=None has no mean"),
        (lambda m: m.fit([[0, 0]]), ValueError, r"triples=.* has shape \(1, 2\)"),
        (lambda m: m.fit([]), ValueError, "triples=.* is empty"),
        (lambda m: m.fit([[0, 0, 9]]), ValueError, "triples=.* holds a number that is out"),
        (lambda m: m.fit([[0, 0, 1]], predicts="o"), neurosim.UnknownNameError, "predicts='o'"),
    ],
)
def test_rejections_of_calls(call, error, problem):
    with pytest.raises(error, match=problem):
        call(model_of("rescal"))


def test_rejections_in_time():
    model = model_of("cp", n_times=2)
    with pytest.raises(ValueError, match="t=None does not fit n_times"):
        model.scores([0], [0], [0])
    with pytest.raises(ValueError, match=r"t=.* holds a number that is out of range"):
        model.scores([0], [0], [0], [2])
    with pytest.raises(ValueError, match=r"weights=.* are not one a time"):
        model.time_average([0], [0], [0], [1.0])
    for call in (
        lambda: model.fit([[0, 0, 1]]),
        lambda: model.object_scores([0], [0]),
        lambda: model.subject_scores([0], [0]),
        lambda: model.predicate_prior([0], [0]),
    ):
        with pytest.raises(ValueError, match="n_times=2 is for scores alone"):
            call()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"n_epochs": 0}, "n_epochs=0 is no number of times"),
        ({"batch_size": 2.5}, "batch_size=2.5 is no number of times"),
        ({"learning_rate": 0.0}, "learning_rate=0.0 is no rate"),
        ({"weight_decay": -1.0}, "weight_decay=-1.0 is negative"),
    ],
)
def test_rejections_of_training(change, problem):
    assert LinkSettings(**dict.fromkeys(change, 1)).n_epochs >= 1
    with pytest.raises(ValueError, match=problem):
        LinkSettings(**change)
