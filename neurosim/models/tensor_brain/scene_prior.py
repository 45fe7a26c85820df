"""Explicit semantic memory of scenes: what classes do to each other, as a tensor of low rank."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.link_training import LinkSettings
from neurosim.models.tensor_brain.prior import combine_with_prior
from neurosim.models.tensor_brain.tensor_factors import TensorFactorModel
from stimuli import SceneWorld

#: Rank of the factors: that of the law of the worlds.
RANK = 3
#: With these the loss of the fit does not fall any further.
FIT, FACTOR_STD = LinkSettings(n_epochs=1000, learning_rate=0.03), 0.3


def class_law(
    world: SceneWorld, records: NDArray[np.void], *, rank: int = RANK, seed: int = 0
) -> NDArray[np.float64]:
    """Fit RESCAL to the class triples of records, and return its P(p | c1, c2).

    A class has one factor as subject and another as object, as the law of the world has: to RESCAL
    they are two entities. With one factor for both, rank 3 cannot hold the law.

    Parameters
    ----------
    world
        Tells the classes of the entities.
    records
        What was seen of it.
    rank
        Of the factors. With few factors, pairs of classes that were never seen together are told
        by what each does to others.
    seed
        Of the initial factors.

    Returns
    -------
    law
        (n_basic, n_pred, n_basic), sums to 1 over the predicates.
    """
    basic, n = world.entities["basic"], world.n_basic
    triples = np.stack([basic[records["s"]], records["p"], n + basic[records["o"]]], axis=1)
    model = TensorFactorModel("rescal", 2 * n, world.n_pred, rank, seed, embedding_std=FACTOR_STD)
    model.fit(triples, predicts="predicate", settings=FIT)
    one, two = (grid.ravel() for grid in np.indices((n, n)))
    law = model.predicate_prior(one, n + two).reshape(n, n, world.n_pred)
    return law.transpose(0, 2, 1)


def expected_law(
    law: NDArray[np.float64], subject: NDArray[np.floating], object_: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return sum over c1, c2 of P(c1) P(c2) P(p | c1, c2): the law under uncertain classes.

    Parameters
    ----------
    law
        (n_basic, n_pred, n_basic).
    subject, object_
        (n, n_basic) probabilities of the classes.

    Returns
    -------
    prior
        (n, n_pred).

    Examples
    --------
    >>> law = np.array([[[0.9, 0.5], [0.1, 0.5]]])  # one class of subjects, two of objects
    >>> expected_law(law, np.ones((1, 1)), np.array([[0.5, 0.5]])).round(2).tolist()
    [[0.7, 0.3]]
    """
    chance = np.einsum("na,apb,nb->np", subject, law, object_, optimize=True)
    return chance / chance.sum(axis=1, keepdims=True)


def predicate_rate(world: SceneWorld, records: NDArray[np.void]) -> NDArray[np.float64]:
    """Return P(p) among records, with one added to every count, (n_pred,)."""
    counts = np.bincount(records["p"], minlength=world.n_pred) + 1.0
    return counts / counts.sum()


def decide_with_law(
    decoding: Decoding, law: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Combine what a brain sees of the predicate with a law, by its own soft labels of the classes.

    Parameters
    ----------
    decoding
        Of n records, best of a brain that decodes each window alone: its P(p) is then free of any
        prior but the rate of the predicates.
    law
        (n_basic, n_pred, n_basic).
    rate
        (n_pred,) P(p) of its training.

    Returns
    -------
    posterior
        (n, n_pred).
    """
    seen = {
        name: decoding.probabilities[name].double().numpy()
        for name in ("predicate", "subject.basic", "object.basic")
    }
    # float32 sums to 1 within 1e-7 only
    seen = {name: p / p.sum(axis=1, keepdims=True) for name, p in seen.items()}
    prior = expected_law(law, seen["subject.basic"], seen["object.basic"])
    return combine_with_prior(seen["predicate"], prior, rate)
