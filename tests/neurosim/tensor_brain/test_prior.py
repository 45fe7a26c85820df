"""Acceptance A9: the combination with a prior is Bayes' rule of the generator."""

import numpy as np
import pytest

from neurosim.models.tensor_brain import combine_with_prior
from stimuli import SceneWorld

SO, SP = 0.9, 0.3


def gaussian_logs(world, records, x):
    """Log density of each x (n, D) under every predicate (n, P), the objects known; unit noise."""
    mean = 0.25 * SO * (world.appearance[records["s"]] + world.appearance[records["o"]])
    away = x[:, None] - mean[:, None] - SP * world.predicate_codes
    return -0.5 * (away**2).sum(axis=-1)


def test_posterior_is_brute_force_bayes():
    """Acceptance A9: to 1e-8, with a Gaussian likelihood and the known law as prior."""
    world = SceneWorld(seed=0)
    records = world.scenes(50)
    x = world.features(records, so=SO, sp=SP)[:, 3].astype(float)
    density = np.exp(gaussian_logs(world, records, x))
    rng = np.random.default_rng(0)
    base_rate = rng.dirichlet(np.ones(8))
    perceived = base_rate * density
    perceived /= perceived.sum(axis=1, keepdims=True)
    basic = world.entities["basic"]
    law = world.law[basic[records["s"]], :, basic[records["o"]]]
    joint = law * density
    truth = joint / joint.sum(axis=1, keepdims=True)
    found = combine_with_prior(perceived, law, base_rate)
    assert np.abs(found - truth).max() < 1e-8
    assert np.abs(perceived - truth).max() > 0.1  # the prior does something


def test_base_rate_as_prior_changes_nothing():
    perceived = np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    base_rate = np.array([0.5, 0.3, 0.2])
    found = combine_with_prior(perceived, np.broadcast_to(base_rate, (2, 3)), base_rate)
    assert found == pytest.approx(perceived, abs=1e-12)


def test_what_one_excludes_stays_excluded():
    found = combine_with_prior([0.5, 0.5, 0.0], [0.0, 0.4, 0.6], np.full(3, 1 / 3))
    assert found.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"perceived": [0.5, 0.6]}, "perceived=.* does not sum to 1"),
        ({"prior": [1.5, -0.5]}, "prior=.* holds no probabilities"),
        ({"prior": [np.nan, 1.0]}, "prior=.* holds no probabilities"),
        ({"base_rate": [1.0, 0.0]}, "base_rate=.* has a 0"),
        ({"base_rate": [[0.5, 0.5]]}, r"base_rate=.* has shape \(1, 2\)"),
        ({"prior": [0.2, 0.3, 0.5]}, r"prior=.* has shape \(3,\)"),
        ({"perceived": 1.0}, "perceived=.* holds no probabilities"),
        ({"perceived": [1.0, 0.0], "prior": [0.0, 1.0]}, "excludes all that is perceived"),
    ],
)
def test_rejections(change, problem):
    good = {"perceived": [0.5, 0.5], "prior": [0.1, 0.9], "base_rate": [0.5, 0.5]}
    assert combine_with_prior(**good).sum() == pytest.approx(1)
    with pytest.raises(ValueError, match=problem):
        combine_with_prior(**good | change)
