"""Sparsey as a model: what it is shown, what is recorded, and what it refuses."""

import numpy as np
import pytest

import fitting
import neurosim
import stimuli
from neurosim import Memory
from neurosim.models.sparsey import Saturation, code_overlap, one_hot, overlap_rdm
from tests.neurosim.sparsey.patterns import memory_of, random_patterns

TWO_LEVELS = {"grid": ((2, 2), (1, 1)), "u_radius": (0.45, 2.0), "n_modules": 6, "n_units": 5}


def test_is_a_memory_and_pixels_are_not():
    assert isinstance(neurosim.load("sparsey"), Memory)
    assert not isinstance(neurosim.load("pixels"), Memory)
    assert "1 macs of 50 x 20" in repr(neurosim.load("sparsey"))


def test_layers_are_code_support_and_familiarity():
    memory = neurosim.load("sparsey", **TWO_LEVELS)
    movie = stimuli.moving_edges(n_sequences=2, length=4, fps=10, seed=0)
    memory.store(movie)
    responses = memory.respond(movie)
    code, support = responses["code"], responses["input_sum"]
    assert code.shape == support.shape == (1, 8, 5 * 6 * 5)
    assert responses["familiarity"].shape == (1, 8, 5)
    np.testing.assert_allclose(code.time, np.arange(8) / 10)
    assert set(np.unique(code.values)) <= {0.0, 1.0}
    lower = code.sel(unit=(code.level == 1) & (code.mac == 2))
    on = responses["familiarity"].values[0, :, 2] > 0
    np.testing.assert_array_equal(lower.values[0].sum(axis=1), 6 * on)
    won = np.where(code.values > 0, support.values, 0).reshape(8, 5, 6, 5).max(-1)
    np.testing.assert_allclose(won.mean(-1), responses["familiarity"].values[0], atol=1e-6)
    assert {"level", "mac", "module", "winner", "x", "y"} <= set(code.coords)


def test_asking_changes_nothing():
    patterns = random_patterns(np.random.default_rng(0), 30)
    asked, silent = memory_of(), memory_of()
    for memory in (asked, silent):
        memory.store(patterns[:20])
    asked.recall(patterns)
    asked.novelty(patterns)
    asked.respond(patterns[None].astype(np.float32))
    asked.would_store(patterns, seed=4)
    asked.saturation()
    first, second = (m.store(patterns[20:], reset=False).code() for m in (asked, silent))
    np.testing.assert_array_equal(first, second)


def test_an_answer_does_not_depend_on_what_else_is_asked():
    memory = memory_of()
    patterns = random_patterns(np.random.default_rng(0), 30)
    memory.store(patterns[:10])
    together = memory.recall(patterns).code()
    alone = np.concatenate([memory.recall(p).code() for p in patterns[::-1]])[::-1]
    np.testing.assert_array_equal(together, alone)


def test_codes_carry_the_geometry_of_inputs_into_an_rdm():
    shown = stimuli.binary_patterns(
        n_patterns=20, n_bits=200, n_active=20, family_overlaps=(20, 18, 16, 14), seed=0
    )
    memory = memory_of()
    codes = memory.store(shown).code()
    rdm = overlap_rdm(codes)
    assert rdm.shape == (20, 20)
    np.testing.assert_array_equal(rdm, rdm.T)
    assert (np.diag(rdm) == 0).all()
    pairs = np.triu_indices(20, 1)
    inputs = 1 - shown.truth["overlap"] / 20
    assert np.corrcoef(rdm[pairs], inputs[pairs])[0, 1] > 0.6
    hot = one_hot(codes, 20)
    np.testing.assert_allclose(code_overlap(codes), hot @ hot.T / 50, atol=1e-6)
    assert fitting.compare_rdms(rdm, inputs, "pearson") > 0.6


def test_codes_that_are_off_agree_with_nothing():
    assert code_overlap(np.array([[-1, -1]])).item() == 0.0
    assert one_hot(np.array([[-1, 1]]), 2).tolist() == [[0.0, 0.0, 0.0, 1.0]]
    with pytest.raises(ValueError, match="does not fit codes of shape"):
        code_overlap(np.zeros((2, 3)), np.zeros((2, 4)))


@pytest.mark.parametrize(
    "shape", [(200,), (5, 200), (1, 5, 200), (1, 1, 200)], ids=["frame", "frames", "one", "batch"]
)
def test_takes_frames_of_any_leading_axes(shape):
    patterns = random_patterns(np.random.default_rng(0), 5)[: np.prod(shape) // 200]
    memory = memory_of()
    for kind in (bool, np.uint8, np.int64, np.float32, np.float64):
        trace = memory.recall(patterns.reshape(shape).astype(kind))
        assert trace.code().shape == (len(patterns), 50)
    assert memory.store(patterns.reshape(shape)).code().shape == (len(patterns), 50)


@pytest.mark.parametrize("method", ["store", "recall", "novelty", "would_store"])
def test_refuses_frames_that_are_none(method):
    ask = getattr(memory_of(), method)
    with pytest.raises(ValueError, match=r"holds 1 values that are no bits, the first 0\.5"):
        ask(np.where(np.arange(200) == 3, 0.5, 0.0))
    with pytest.raises(ValueError, match="NaN or infinite"):
        ask(np.where(np.arange(200) == 3, np.nan, 0.0))
    with pytest.raises(ValueError, match="holds 200 values that are no bits"):
        ask(np.full(200, 2, dtype=np.uint8))
    with pytest.raises(ValueError, match="does not hold frames of this memory"):
        ask(np.zeros((3, 199)))
    with pytest.raises(ValueError, match="does not hold frames of this memory"):
        ask(np.zeros((0, 200)))
    with pytest.raises(ValueError, match="does not hold frames of this memory"):
        ask(np.zeros((1, 1, 1, 200)))
    with pytest.raises(TypeError, match="is of type list"):
        ask([[0, 1]])
    with pytest.raises(TypeError, match="does not hold numbers"):
        ask(np.full(200, "a"))


def test_learning_refuses_a_batch_unless_told():
    """Acceptance: batch > 1 in learning is refused unless a sequential loop is asked for."""
    patterns = random_patterns(np.random.default_rng(0), 6).reshape(2, 3, 200)
    memory = memory_of(h_radius=0.0)
    with pytest.raises(ValueError, match="holds 2 sequences"):
        memory.store(patterns)
    assert memory.n_seen == 0
    trace = memory.store(patterns, sequential=True)
    assert trace.signals[0][:, 0].tolist() == [1, 3, 3, 1, 3, 3]


def test_refuses_a_reset_that_does_not_fit():
    memory = memory_of()
    with pytest.raises(ValueError, match="reset="):
        memory.store(np.zeros((3, 200), bool), reset=np.array([True, False]))
    with pytest.raises(TypeError, match="reset='yes' is no flag"):
        memory.store(np.zeros((3, 200), bool), reset="yes")
    with pytest.raises(ValueError, match="level=2 does not exist"):
        memory.novelty(np.zeros((3, 200), bool), level=2)
    with pytest.raises(TypeError, match="seed"):
        memory.would_store(np.zeros((3, 200), bool), seed=1.5)


def test_wrong_bits_leave_the_memory_as_it_was():
    memory = memory_of()
    frames = random_patterns(np.random.default_rng(0), 3).astype(float)
    frames[2, 0] = 0.5
    with pytest.raises(ValueError, match="no bits"):
        memory.store(frames)
    assert memory.n_seen == 0
    assert memory.saturation() == Saturation(density=0.0, probe_familiarity=0.0)


def test_missing_bits_are_forgiven_by_one_normalisation_and_too_many_by_the_other():
    """Step 2: sums are divided by the number of active afferents, or by at most pi_min of them."""
    rng = np.random.default_rng(0)
    pattern = random_patterns(rng, 1)[0]
    fewer, more = pattern.copy(), pattern.copy()
    fewer[np.flatnonzero(pattern)[:6]] = False
    more[np.flatnonzero(~pattern)[:6]] = True
    active, least = memory_of(), memory_of(normalise="min", pi_min=0.07)
    for memory in (active, least):
        memory.store(pattern)
    g = [1 - m.novelty(np.stack([fewer, more])) for m in (active, least)]
    np.testing.assert_allclose(g[0], [1.0, 20 / 26], atol=1e-9)
    np.testing.assert_allclose(g[1], [1.0, 1.0], atol=1e-9)


def test_the_start_of_a_sequence_may_have_an_exponent_of_its_own():
    patterns = random_patterns(np.random.default_rng(0), 2)
    memory = memory_of(u_power_start=2.0, u_power=1.0)
    memory.store(patterns[:1])
    half = patterns[:1] & (np.cumsum(patterns[:1], axis=1) <= 10)
    half[0, np.flatnonzero(~patterns[0])[:10]] = True
    g = memory.recall(np.concatenate([half, half])).familiarity[0][:, 0]
    np.testing.assert_allclose(g, [0.25, 0.5], atol=1e-9)


def test_boost_counts_hypotheses_and_leaves_out_the_muddled():
    patterns = random_patterns(np.random.default_rng(0), 2)
    memory = memory_of(h_radius=0.0, boost_limit=1.0)
    memory.store(patterns)
    clear = memory.recall(patterns).signals[0][:, 0]
    assert clear.tolist() == [1, 3]
    both = np.stack([patterns[0] | patterns[1], patterns[1]])
    muddled = memory_of(h_radius=0.0, boost_limit=1.0, v_zeta=0.4)
    muddled.store(patterns)
    assert muddled.recall(both).multiplicity[0][0, 0] == 2
    assert muddled.recall(both).signals[0][:, 0].tolist() == [1, 1]
    boosted = memory_of(h_radius=0.0, boost=1.0, v_zeta=0.4)
    boosted.store(patterns)
    plain = memory_of(h_radius=0.0, v_zeta=0.4)
    plain.store(patterns)
    g = [m.recall(both, support=True).support[0][1].max() for m in (boosted, plain)]
    assert g[0] >= g[1]
