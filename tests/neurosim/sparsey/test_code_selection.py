"""The package against the plain reference: codes, G, V and every weight, in nets of all kinds."""

import numpy as np
import pytest

import neurosim
from neurosim.models.sparsey import Trace
from stimuli.randomness import stream
from tests.neurosim.sparsey.patterns import fill, memory_of, random_patterns
from tests.neurosim.sparsey.reference import ReferenceNetwork

NETS = {
    "one mac": {},
    "its own past": {"h_radius": 0.0},
    "more than 64 modules": {"n_modules": 70, "n_units": 3},
    "exponents": {"h_radius": 0.0, "u_power": 3.0, "h_power": 0.5},
    "frozen units": {"freeze_at": 0.3},
    "frozen units with a past": {"freeze_at": 0.3, "h_radius": 0.0},
    "neighbours": {"grid": ((2, 2),), "u_radius": 0.45, "h_radius": 0.5},
    "bounds": {"grid": ((2, 2),), "u_radius": 0.45, "pi_min": 0.15, "pi_max": 0.3},
    "two levels": {
        "grid": ((2, 2), (1, 1)),
        "u_radius": (0.45, 2.0),
        "h_radius": 0.0,
        "d_radius": (2.0, None),
        "n_modules": (6, 5),
        "n_units": (5, 4),
    },
    "two levels that persist": {
        "grid": ((2, 2), (2, 1)),
        "u_radius": (0.45, 0.6),
        "h_radius": (0.5, 0.0),
        "d_radius": (2.0, None),
        "persistence": (1, 3),
        "pi_min": 0.12,
    },
}


def frames_for(seed, n_frames=25):
    """Frames that come back, with a few empty ones."""
    rng = np.random.default_rng(seed)
    some = random_patterns(rng, 9, n_bits=36, n_active=7)
    frames = some[rng.integers(9, size=n_frames)]
    frames[[7, 8, 15]] = False
    return frames


@pytest.mark.parametrize("name", NETS)
def test_learning_is_that_of_the_reference(name):
    settings = {"n_modules": 6, "n_units": 5, "input_shape": (6, 6), "seed": 3} | NETS[name]
    memory = neurosim.load("sparsey", **settings)
    frames = frames_for(1)
    draws = stream(3, "winners").random((len(frames), memory.network.n_draws))
    reference = ReferenceNetwork(memory.config)
    codes, familiarity, _ = reference.learn(frames, draws)
    learned = fill(memory, frames)
    for n, macs in enumerate(reference.levels):
        off = np.full(macs[0].shape[0], -1)
        expected = [[off if c is None else c for c in frame[n]] for frame in codes]
        np.testing.assert_array_equal(learned.codes[n], np.array(expected))
        np.testing.assert_allclose(
            learned.familiarity[n], np.array([frame[n] for frame in familiarity]), atol=1e-12
        )
        for place, mac in enumerate(macs):
            for signal, weights in mac.weights.items():
                dense = memory.network.macs[n][place].bundles[signal].dense()
                np.testing.assert_array_equal(dense, weights.reshape(dense.shape))
    assert any(c[0][0] is None for c in codes)
    assert max(max(frame[0]) for frame in familiarity) > 0.5


@pytest.mark.parametrize("settings", [{}, {"n_modules": 70}, {"u_power": 10.0}, {"freeze_at": 0.2}])
def test_batched_recall_is_that_of_single_steps(settings):
    """Bit planes against support written out: codes, G and zeta are equal, ties too."""
    memory = memory_of(**settings)
    rng = np.random.default_rng(0)
    old, new = random_patterns(rng, 120), random_patterns(rng, 30)
    fill(memory, old)
    shown = np.concatenate([old, new, np.zeros((1, 200), bool), np.ones((1, 200), bool)])
    batched, stepped = memory.recall(shown), memory.recall(shown, support=True)
    assert isinstance(batched, Trace)
    for field in ("codes", "familiarity", "multiplicity", "signals"):
        np.testing.assert_array_equal(getattr(batched, field)[0], getattr(stepped, field)[0])
    support = stepped.support[0][:, 0]
    active = slice(0, len(shown) - 2)
    np.testing.assert_allclose(
        stepped.familiarity[0][active, 0], support[active].max(-1).mean(-1), atol=1e-6
    )
    winners = stepped.codes[0][active, 0]
    won = np.take_along_axis(support[active], winners[..., None].astype(int), axis=-1)[..., 0]
    np.testing.assert_array_equal(won, support[active].max(axis=-1))


def test_stored_in_one_call_or_one_by_one():
    rng = np.random.default_rng(0)
    patterns = random_patterns(rng, 60)
    whole, single = memory_of(seed=5), memory_of(seed=5)
    codes = fill(whole, patterns).code()
    again = np.concatenate([fill(single, p, reset=False).code() for p in patterns])
    np.testing.assert_array_equal(codes, again)


def test_general_path_gives_the_codes_of_the_compiled_loop():
    """A boundary that never holds sends the same memory through the general path."""
    patterns = random_patterns(np.random.default_rng(0), 60)
    compiled, general = memory_of(), memory_of(decay=(10**6, 10**6, 10**6))
    np.testing.assert_array_equal(fill(compiled, patterns).code(), fill(general, patterns).code())


def test_ties_are_broken_uniformly():
    """An empty memory has nothing but ties: each unit wins equally often (chi-squared, 19 df)."""
    memory = memory_of()
    codes = memory.recall(random_patterns(np.random.default_rng(1), 2000)).code()
    counts = np.bincount(codes.ravel(), minlength=20)
    expected = codes.size / 20
    assert ((counts - expected) ** 2 / expected).sum() < 43.8  # p = 0.001
    assert len(np.unique(codes, axis=0)) == 2000


def test_one_winner_in_each_module_and_rho_sums_to_one():
    """Acceptance, deterministic."""
    memory = memory_of()
    learned = memory.store(random_patterns(np.random.default_rng(0), 40))
    assert learned.codes[0].shape == (40, 1, 50)
    assert learned.codes[0].min() >= 0
    assert learned.codes[0].max() < 20
    assert (learned.familiarity[0] >= 0).all()
    assert (learned.familiarity[0] <= 1).all()
