"""Statistical items of Acceptance for single patterns: N = 200, S = 20, Q = 50, K = 20."""

from copy import deepcopy

import numpy as np
import pytest

from neurosim.models.sparsey import SaturationWarning, code_overlap
from neurosim.models.sparsey.trace import Recorder
from tests.neurosim.sparsey.patterns import fill, memory_of, random_patterns, with_moved

SEEDS = range(5)


def stored(seed, n_patterns, *, n_bits=200, **settings):
    patterns = random_patterns(np.random.default_rng(seed), n_patterns, n_bits)
    memory = memory_of(input_shape=(n_bits,), seed=seed, **settings)
    return memory, patterns, fill(memory, patterns).code()


def module_accuracy(n_patterns, **settings):
    """Part of modules right in the recall of all patterns, mean of seeds."""
    found = []
    for seed in SEEDS:
        memory, patterns, codes = stored(seed, n_patterns, **settings)
        found.append((memory.recall(patterns).code() == codes).mean())
    return np.mean(found)


def identified(codes, recalled):
    return (code_overlap(recalled, codes).argmax(axis=1) == np.arange(len(codes))).mean()


def test_one_trial_is_enough():
    """Acceptance 1."""
    for seed in SEEDS:
        memory, patterns, codes = stored(seed, 50)
        recalled = memory.recall(patterns)
        assert (recalled.code() == codes).mean() >= 0.99
        assert identified(codes, recalled.code()) == 1.0
        assert recalled.familiarity[0].min() >= 0.999


SINGLE = [0.05, 0.05, 0.05, 0.05, 0.074, 0.148, 0.323, 0.540, 0.693, 0.776, 0.823]
SHARED = np.arange(0, 21, 2)


def similarity_curve(n_nets, n_probes, n_background, **settings):
    """Mean overlap of the drawn code of a probe with that of the last item, by shared bits."""
    curve = np.zeros(len(SHARED))
    for seed in range(n_nets):
        rng = np.random.default_rng(100 + seed)
        memory = memory_of(seed=seed, **settings)
        if n_background:
            fill(memory, random_patterns(rng, n_background))
        item = random_patterns(rng, 1)
        code = fill(memory, item).code()
        for i, shared in enumerate(SHARED):
            probes = with_moved(rng, np.repeat(item, n_probes, axis=0), 20 - shared)
            drawn = memory.would_store(probes, seed=seed).code()
            curve[i] += code_overlap(drawn, code).mean() / n_nets
    return curve


def test_one_item_gives_the_sigmoid_of_the_equations():
    """Acceptance, deterministic: f(s) within 0.03, 40 nets."""
    curve = similarity_curve(40, 2, 0)
    np.testing.assert_allclose(curve, SINGLE, atol=0.03)


def test_similar_inputs_get_similar_codes():
    """Acceptance 2: 50 background items, 10 nets x 5 probes."""
    curve = similarity_curve(10, 5, 50)
    assert (np.diff(curve) > -0.03).all()
    assert np.corrcoef(curve, SHARED)[0, 1] >= 0.95
    assert curve[0] <= 0.15
    assert curve[-1] >= 0.50


def population(seed, **settings):
    """Input and code overlap of all pairs of 5 prototypes x 8 variants."""
    rng = np.random.default_rng(seed)
    items = np.concatenate(
        [with_moved(rng, p[None], n) for p in random_patterns(rng, 5) for n in range(0, 16, 2)]
    )
    items = items[rng.permutation(len(items))]
    codes = fill(memory_of(seed=seed, **settings), items).code()
    pairs = np.triu_indices(len(items), 1)
    inputs = (items.astype(int) @ items.T.astype(int) / 20)[pairs]
    overlaps = code_overlap(codes)[pairs]
    return inputs, overlaps


def test_a_population_keeps_its_similarities_and_the_controls_do_not():
    """Acceptance 2."""
    assert np.mean([np.corrcoef(*population(s))[0, 1] for s in SEEDS]) >= 0.7
    noise = [np.corrcoef(*population(s, choice="uniform"))[0, 1] for s in SEEDS]
    assert abs(np.mean(noise)) < 0.1
    assert np.mean([population(s, choice="hard")[1] for s in SEEDS]) > 0.9


def test_capacity():
    """Acceptance 3."""
    by_size = [module_accuracy(m) for m in (75, 100, 125, 150)]
    assert by_size[0] >= 0.95
    assert by_size[1] >= 0.92
    assert (np.diff(by_size) < 0).all()
    assert module_accuracy(90) > 0.95 > module_accuracy(110)
    assert module_accuracy(125, n_units=40) >= by_size[2] + 0.05
    assert module_accuracy(200, n_bits=400) >= 0.98


def noisy(seed, n_patterns, **settings):
    memory, patterns, codes = stored(seed, n_patterns, **settings)
    rng = np.random.default_rng(seed + 50)
    recalled = memory.recall(with_moved(rng, patterns, 4)).code()
    return (recalled == codes).mean(), identified(codes, recalled)


def test_noise_is_forgiven_and_freezing_keeps_it_so():
    """Acceptance 4."""
    accuracy, right = np.mean([noisy(s, 50) for s in SEEDS], axis=0)
    assert accuracy >= 0.97
    assert right == 1.0
    assert np.mean([noisy(s, 150, freeze_at=0.5)[1] for s in SEEDS]) >= 0.98
    assert np.mean([noisy(s, 150)[1] for s in SEEDS]) <= 0.7


def area_under_roc(old, new):
    return (old[:, None] > new).mean() + 0.5 * (old[:, None] == new).mean()


def test_familiarity_tells_new_from_old():
    """Acceptance 5."""
    for n_patterns in (25, 75, 150):
        areas, new_g = [], []
        for seed in SEEDS:
            memory, patterns, _ = stored(seed, n_patterns)
            fresh = random_patterns(np.random.default_rng(seed + 70), 100)
            old, new = 1 - memory.novelty(patterns), 1 - memory.novelty(fresh)
            areas.append(area_under_roc(old, new))
            new_g.append(new.mean())
        assert np.mean(areas) >= 0.99
        if n_patterns == 25:
            assert 0.33 <= np.mean(new_g) <= 0.43


def test_familiarity_rises_with_what_is_shared():
    """Acceptance 5."""
    curve = np.zeros(len(SHARED))
    for seed in SEEDS:
        memory, patterns, _ = stored(seed, 25)
        rng = np.random.default_rng(seed)
        for i, shared in enumerate(SHARED):
            curve[i] += 1 - memory.novelty(with_moved(rng, patterns, 20 - shared)).mean()
    assert (np.diff(curve) > 0).all()


def test_the_hard_preset_collapses_and_says_so():
    """Acceptance 10."""
    last, first = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        memory = memory_of(preset="hard", seed=seed)
        codes = fill(memory, random_patterns(rng, 51)).code()
        drawn = memory.would_store(random_patterns(rng, 5), seed=seed).code()
        last.append(code_overlap(drawn, codes[-1:]).mean())
        first.append(code_overlap(drawn, codes[:1]).mean())
    assert np.mean(last) > 0.5
    assert np.mean(first) < 0.3
    with pytest.warns(SaturationWarning, match="random frames never shown; expected at most"):
        memory_of(preset="hard").store(random_patterns(np.random.default_rng(0), 80))


def test_saturation_is_told_once_and_not_too_early():
    """Acceptance 10; warnings are errors here, so that the first call must not warn."""
    memory, rng = memory_of(), np.random.default_rng(0)
    memory.store(random_patterns(rng, 60))
    assert not memory.saturation().is_full
    with pytest.warns(SaturationWarning, match="raise n_units"):
        memory.store(random_patterns(rng, 240))
    assert memory.saturation().density > 0.5
    memory.store(random_patterns(rng, 10))


def test_new_items_leave_the_old_ones():
    """Acceptance 11."""
    for seed in SEEDS:
        memory, patterns, codes = stored(seed, 40)
        fill(memory, random_patterns(np.random.default_rng(seed + 90), 10))
        assert (memory.recall(patterns).code() == codes).mean() >= 0.99


def test_same_seed_same_codes_and_another_seed_other_codes():
    """Acceptance 11."""
    patterns = random_patterns(np.random.default_rng(0), 40)
    first, again, other = (memory_of(seed=s).store(patterns).code() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first == other).mean() < 0.2


def test_recall_does_the_same_work_however_much_is_stored():
    """Acceptance 6 without a clock: weights have the same shape and recall the same operations.

    What depends on the content is only the rounds in which ties are broken; rates are benchmarks.
    """
    shapes = []
    for n_patterns in (100, 1000, 5000):
        memory, patterns, _ = stored(0, n_patterns)
        bundle = memory.network.macs[0][0].bundles["U"]
        shapes.append((bundle.bits.shape, bundle.bits.dtype))
        assert bundle.bits.nbytes * 8 == 200 * 20 * 64  # one bit a synapse, in words of 64
        assert len(memory.recall(patterns)) == n_patterns
    assert len(set(shapes)) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"win_weight": "sparseycore"},
        {"grid": ((2, 2), (1, 1)), "input_shape": (10, 20), "h_radius": 0.0, "persistence": (1, 2)},
    ],
    ids=["soft", "ratchet", "two levels"],
)
def test_a_code_is_foretold_without_a_trace(settings):
    """With the same draws what would be stored is what is stored, and nothing has changed."""
    rng = np.random.default_rng(0)
    memory = memory_of(**settings)
    memory.store(random_patterns(rng, 30))
    frame, draws = random_patterns(rng, 1)[0].astype(np.uint8), rng.random(memory.network.n_draws)
    learner = deepcopy(memory.network)
    before = deepcopy(memory.network)
    codes = {}
    for network, set_weights in ((memory.network, False), (learner, True)):
        record = Recorder(1, network.sizes)
        network.step(frame, memory.state, record, 0, now=30, draws=draws, set_weights=set_weights)
        codes[set_weights] = record.trace().codes
    for foretold, laid in zip(codes[False], codes[True], strict=True):
        np.testing.assert_array_equal(foretold, laid)
    unchanged = learned = True
    for asked, old, new in zip(
        memory.network.macs[0], before.macs[0], learner.macs[0], strict=True
    ):
        unchanged &= bool((asked.bundles["U"].bits == old.bundles["U"].bits).all())
        unchanged &= bool((asked.parameters == old.parameters).all())
        learned &= bool((asked.bundles["U"].bits != new.bundles["U"].bits).any())
    assert unchanged
    assert learned
