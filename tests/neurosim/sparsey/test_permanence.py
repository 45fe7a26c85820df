"""Weights that fade, freezing that stops it, and the inflection that climbs."""

import numpy as np
import pytest

from neurosim.models.sparsey.hebb import PLASTIC
from neurosim.models.sparsey.permanence import weight_at
from tests.neurosim.sparsey.patterns import fill, memory_of, random_patterns

AGES = np.array([2000, 3000, 4000])
SHORT = (4, 6, 8)


def test_weights_follow_the_table():
    """Acceptance, deterministic: ages 0 to 4000 at stiffness 0, doubled at 1, for ever at 2."""
    ages = [0, 1999, 2000, 2999, 3000, 3999, 4000]
    assert [weight_at(a, 0, AGES) for a in ages] == [127, 127, 120, 120, 50, 50, 0]
    later = [3999, 4000, 5999, 6000, 7999, 8000]
    assert [weight_at(a, 1, AGES) for a in later] == [127, 120, 120, 50, 50, 0]
    assert weight_at(10**6, 2, AGES) == 127


def familiar(memory, pattern):
    return memory.recall(pattern).familiarity[0].item()


def test_a_memory_fades_with_its_weights():
    memory = memory_of(decay=SHORT)
    pattern, other = random_patterns(np.random.default_rng(0), 2)
    blank = np.zeros(200, bool)
    memory.store(pattern)
    seen = []
    for _ in range(9):
        seen.append(familiar(memory, pattern))
        memory.store(blank, reset=False)
    # stored in frame 0, asked before frames 1, 2, ...: ages 1 to 9
    expected = [127, 127, 127, 120, 120, 50, 50, 0, 0]
    np.testing.assert_allclose(seen, np.array(expected) / 127, atol=1e-12)
    assert familiar(memory, other) == 0.0


def test_recurrence_makes_weights_stiff_and_then_permanent():
    memory = memory_of(decay=SHORT)
    pattern, blank = random_patterns(np.random.default_rng(0), 1), np.zeros((3, 200), bool)
    memory.store(pattern)
    bundle = memory.network.macs[0][0].bundles["U"]
    for stiffness in (1, 2, 2):
        memory.store(blank[:1], reset=False)
        learned = memory.store(pattern, reset=False)
        found = memory.recall(pattern).code()
        kept = bundle.stiffness[np.flatnonzero(pattern[0])][:, np.arange(50) * 20 + found[0]]
        same = (learned.code() == found)[0]
        assert same.mean() > 0.5
        assert kept[:, same].max() == stiffness
    memory.store(np.zeros((40, 200), bool), reset=False)
    assert familiar(memory, pattern) > 0.5


def test_what_faded_to_nothing_starts_anew():
    memory = memory_of(decay=SHORT, choice="hard")
    pattern, blank = random_patterns(np.random.default_rng(0), 1), np.zeros((8, 200), bool)
    memory.store(pattern)
    memory.store(blank[:1], reset=False)
    memory.store(pattern, reset=False)
    bundle = memory.network.macs[0][0].bundles["U"]
    assert bundle.stiffness.max() == 1
    bundle.stiffness[:] = 0
    memory.store(blank, reset=False)
    assert familiar(memory, pattern) == 0.0
    memory.store(pattern, reset=False)
    assert bundle.stiffness.max() == 0
    assert familiar(memory, pattern) == 1.0


def test_a_frozen_unit_neither_learns_nor_fades():
    memory = memory_of(decay=SHORT, freeze_at=0.1, choice="hard")
    patterns = random_patterns(np.random.default_rng(0), 2)
    memory.store(patterns[:1])
    bundle = memory.network.macs[0][0].bundles["U"]
    frozen = bundle.frozen != PLASTIC
    assert frozen.sum() == 50
    memory.store(np.zeros((20, 200), bool), reset=False)
    assert familiar(memory, patterns[:1]) == 1.0
    before = bundle.last[:, frozen].copy()
    fill(memory, patterns[[1] * 5], reset=False)
    np.testing.assert_array_equal(bundle.last[:, frozen], before)


def test_a_frozen_mac_takes_the_largest_support_in_learning():
    memory = memory_of(freeze_at=0.05, n_units=2)
    fill(memory, random_patterns(np.random.default_rng(0), 40))
    bundle = memory.network.macs[0][0].bundles["U"]
    assert bundle.all_frozen
    before = bundle.bits.copy()
    pattern = random_patterns(np.random.default_rng(1), 1)
    support = memory.recall(pattern, support=True).support[0][0, 0]
    for _ in range(3):
        code = fill(memory, pattern).code()[0]
        won = support[np.arange(50), code]
        np.testing.assert_array_equal(won, support.max(axis=1))
    np.testing.assert_array_equal(bundle.bits, before)


def test_weights_stop_at_the_part_that_freezes_them():
    memory = memory_of(freeze_at=0.3)
    fill(memory, random_patterns(np.random.default_rng(0), 300))
    bundle = memory.network.macs[0][0].bundles["U"]
    assert bundle.n_set.max() < 0.3 * 200 + 20  # a unit freezes after the frame that fills it
    np.testing.assert_array_equal(bundle.n_set.reshape(50, 20), bundle.dense().sum(axis=0))
    assert memory.saturation().density == pytest.approx(bundle.dense().mean())


def test_the_inflection_of_sparseycore_climbs_as_the_mac_fills():
    memory = memory_of(win_weight="sparseycore")
    p = memory.network.macs[0][0].parameters
    start = p[4]
    fill(memory, random_patterns(np.random.default_rng(0), 100))
    assert start == 0.5
    steps = (p[4] - start) / 0.004
    assert steps > 2
    assert steps == pytest.approx(round(steps), abs=1e-6)
