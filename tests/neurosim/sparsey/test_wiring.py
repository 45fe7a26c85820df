"""Who hears whom, activation bounds, persistence, and what an empty frame does."""

import numpy as np
import pytest

import neurosim
from neurosim.models.sparsey.wiring import centres, receptive_fields
from tests.neurosim.sparsey.patterns import fill, memory_of, random_patterns


def test_study_1_has_its_number_of_weights():
    """Acceptance, deterministic: 12 x 12 input, Q = 9, K = 16, complete U and H."""
    memory = neurosim.load("sparsey", n_modules=9, n_units=16, h_radius=0.0)
    assert memory.n_weights == 39168


def test_no_unit_hears_its_own_module():
    """Acceptance 12."""
    memory = neurosim.load("sparsey", n_modules=9, n_units=16, h_radius=0.0)
    fill(memory, random_patterns(np.random.default_rng(0), 300, n_bits=144, n_active=10))
    heard = memory.network.macs[0][0].bundles["H"].dense().reshape(9, 16, 9, 16)
    own = np.einsum("qkql->qkl", heard)
    assert not own.any()
    assert heard.mean() > 0.4


def test_a_code_is_held_for_its_persistence():
    """Acceptance 12: persistence 2 holds a code for two frames, then it changes or goes."""
    memory = memory_of(persistence=2)
    frames = random_patterns(np.random.default_rng(0), 6)
    frames[3:] = False
    codes = memory.store(frames).code()
    np.testing.assert_array_equal(codes[0], codes[1])
    np.testing.assert_array_equal(codes[2], codes[3])
    assert (codes[1] != codes[2]).any()
    assert (codes[4:] == -1).all()


def test_a_held_code_goes_with_every_frame_that_it_meets():
    memory = memory_of(persistence=2)
    frames = random_patterns(np.random.default_rng(0), 2)
    code = memory.store(frames).code()[0]
    weights = memory.network.macs[0][0].bundles["U"].dense()
    onto_winners = weights[:, np.arange(50), code]
    np.testing.assert_array_equal(onto_winners.all(axis=1), frames.any(axis=0))


@pytest.mark.parametrize("n_active", [0, 9, 31])
def test_outside_its_bounds_a_mac_is_off_and_learns_nothing(n_active):
    """Acceptance 12."""
    memory = memory_of(pi_min=0.05, pi_max=0.15)
    memory.store(random_patterns(np.random.default_rng(0), 5))
    before = memory.network.macs[0][0].bundles["U"].bits.copy()
    trace = memory.store(random_patterns(np.random.default_rng(1), 1, n_active=n_active))
    assert (trace.code() == -1).all()
    assert trace.familiarity[0].item() == 0
    np.testing.assert_array_equal(memory.network.macs[0][0].bundles["U"].bits, before)


@pytest.mark.parametrize("settings", [{}, {"h_radius": 0.0}])
def test_an_empty_frame_is_legal(settings):
    memory = memory_of(**settings)
    memory.store(random_patterns(np.random.default_rng(0), 5))
    before = memory.network.macs[0][0].bundles["U"].bits.copy()
    trace = memory.store(np.zeros((3, 200), bool))
    assert (trace.code() == -1).all()
    assert (trace.familiarity[0] == 0).all()
    np.testing.assert_array_equal(memory.network.macs[0][0].bundles["U"].bits, before)
    assert memory.novelty(np.zeros((1, 200), bool)).tolist() == [1.0]
    assert np.isfinite(memory.respond(np.zeros((1, 2, 200)))["input_sum"].values).all()


def test_fields_are_discs_in_the_unit_square():
    config = neurosim.load("sparsey", grid=((2, 2),), u_radius=0.3).config
    corner = receptive_fields(config)[0][0].u
    rows, columns = np.divmod(corner, 12)
    assert rows.max() < 7
    assert columns.max() < 7
    assert len(corner) == pytest.approx(np.pi * 0.3**2 * 144, rel=0.3)


def test_hexagonal_rows_are_shifted():
    places = centres((2, 2), "hex")
    np.testing.assert_allclose(places[2] - places[0], [0.25, -0.5])
    assert (places > 0).all()
    assert (places < 1).all()
