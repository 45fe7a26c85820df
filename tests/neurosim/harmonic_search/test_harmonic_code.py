"""The harmonic code: exact mathematics, kernels, decoding, path integration, what is refused."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    HarmonicCode,
    KernelShape,
    bind,
    integrate_path,
    kernel_shape,
    unbind,
)

SIGMA = SPACING = 0.05
AXIS = np.arange(SPACING / 2, 1, SPACING)
NODES = np.stack(np.meshgrid(AXIS, AXIS), axis=-1).reshape(-1, 2)
CODES = {
    "gaussian": HarmonicCode.gaussian(256, SIGMA),
    "hexagonal": HarmonicCode.hexagonal(1.6, 1.42, 5, 3),
    "three dimensions": HarmonicCode.gaussian(64, 0.2, n_dimensions=3),
}


@pytest.fixture(params=CODES.values(), ids=CODES)
def code(request):
    return request.param


def places_for(code, n, seed=0):
    return np.random.default_rng(seed).random((n, code.n_dimensions))


def test_codes_have_length_one(code):
    """Acceptance 1: |phi| = 1 to 1e-12."""
    codes = code.encode(places_for(code, 50))
    assert codes.dtype == np.complex128
    np.testing.assert_allclose(np.linalg.norm(codes, axis=-1), 1, atol=1e-12, rtol=0)


def test_displacement_turns_the_phases(code):
    """Acceptance 1: phi(x + d) = phi(x) exp(i Omega d) to 1e-12."""
    x, d = places_for(code, 50), places_for(code, 50, seed=1) - 0.5
    expected = code.encode(x) * np.exp(1j * np.einsum("nd,kd->nk", d, code.frequencies))
    np.testing.assert_allclose(code.encode(x + d), expected, atol=1e-12, rtol=0)
    np.testing.assert_allclose(code.shift(code.encode(x), d), expected, atol=1e-12, rtol=0)


def test_similarity_does_not_see_a_common_shift(code):
    """Acceptance 1: similarity unchanged by a common shift to 1e-12, and K of the difference."""
    x, y, d = (places_for(code, 50, seed) for seed in range(3))
    before = code.similarity(code.encode(x), code.encode(y))
    after = code.similarity(code.encode(x + d), code.encode(y + d))
    np.testing.assert_allclose(after, before, atol=1e-12, rtol=0)
    np.testing.assert_allclose(code.kernel(x - y), before, atol=1e-12, rtol=0)
    turned = code.encode(d)
    bound = code.similarity(bind(code.encode(x), turned), bind(code.encode(y), turned))
    np.testing.assert_allclose(bound, before, atol=1e-12, rtol=0)


def test_nearby_places_have_nearby_codes(code):
    """|phi(x) - phi(y)|^2 = 2 - 2 K <= mean over k of (omega_k . (x - y))^2."""
    x, y = places_for(code, 50), places_for(code, 50, seed=1)
    square = (np.abs(code.encode(x) - code.encode(y)) ** 2).sum(axis=-1)
    np.testing.assert_allclose(square, 2 - 2 * code.kernel(x - y), atol=1e-12)
    assert (square <= (((x - y) @ code.frequencies.T) ** 2).mean(axis=-1) + 1e-12).all()


def test_bound_codes_come_apart(code):
    other = HarmonicCode.gaussian(code.n_features, 0.7, seed=9)
    a, b = code.encode(places_for(code, 8)), other.encode(places_for(other, 8))
    pair = bind(a, b)
    np.testing.assert_allclose(np.angle(pair / a / b), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(pair, axis=-1), 1, atol=1e-12)
    np.testing.assert_allclose(unbind(pair, b), a, atol=1e-12)


def kernel_error(n_features, seed):
    """Return the distance in sigma and the error of K over the displacements in the square."""
    axis = np.linspace(-1, 1, 61)
    displacement = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    code = HarmonicCode.gaussian(n_features, SIGMA, seed=seed)
    similarity = code.similarity(code.encode([0.0, 0.0]), code.encode(displacement))
    distance = np.linalg.norm(displacement, axis=1) / SIGMA
    return distance, similarity - np.exp(-(distance**2) / 2)


@pytest.mark.parametrize("seed", range(5))
def test_gaussian_kernel_errs_by_chance_alone(seed):
    """Acceptance 2: D = 512: far RMS within 25 % of 1/sqrt(2D), max < .15; falls as D^-1/2."""

    def far(n_features):
        distance, error = kernel_error(n_features, seed)
        return np.sqrt((error[distance > 5] ** 2).mean())

    assert far(512) == pytest.approx(1 / np.sqrt(2 * 512), rel=0.25)
    assert np.abs(kernel_error(512, seed)[1]).max() < 0.15
    assert 3 <= far(64) / far(1024) <= 5.5


def test_variance_of_the_kernel_over_codes():
    """Var K = (1 + K(2 dx) - 2 K(dx)^2) / 2D, also near by."""
    dx = np.array([[0.5, 0.0], [1.0, 0.0], [2.0, 0.0]])
    found = [HarmonicCode.gaussian(32, 1.0, seed=s).kernel(dx) for s in range(3000)]
    k, k2 = (np.exp(-((c * dx[:, 0]) ** 2) / 2) for c in (1, 2))
    np.testing.assert_allclose(np.var(found, axis=0), (1 + k2 - 2 * k**2) / 64, rtol=0.12)


def nearest_node_accuracy(seed):
    code = HarmonicCode.gaussian(256, SIGMA, seed=seed)
    places = np.random.default_rng([seed, 1]).random((1000, 2))
    nearest = NODES[((places[:, None] - NODES) ** 2).sum(axis=-1).argmin(axis=1)]
    return (code.decode(code.encode(places), NODES) == nearest).all(axis=1).mean()


@pytest.fixture(scope="module")
def accuracies():
    return np.array([nearest_node_accuracy(seed) for seed in range(20)])


def test_nearest_node_is_decoded_by_the_median_code(accuracies):
    """Acceptance 3: accuracy >= .97 at D = 256, 400 nodes: the median of 20 codes."""
    assert np.median(accuracies) >= 0.97


@pytest.mark.xfail(
    strict=True,
    reason="about one code of four is below .97 (least of 60: .934): chance makes its frequencies "
    "anisotropic, and that decides between nodes that are almost equally near",
)
def test_nearest_node_is_decoded_by_every_code(accuracies):
    """Acceptance 3, read as a bound on each code."""
    assert accuracies.min() >= 0.97


@pytest.mark.parametrize("seed", range(3))
def test_decoding_bears_phase_jitter(seed):
    """Acceptance 3: phase jitter of .8 rad: median error <= .025."""
    code, draw = HarmonicCode.gaussian(256, SIGMA, seed=seed), np.random.default_rng(seed)
    places = draw.random((400, 2))
    codes = code.encode(places) * np.exp(0.8j * draw.standard_normal((400, 256)))
    error = np.linalg.norm(code.decode(codes, NODES) - places, axis=1)
    assert np.median(error) <= 0.025
    refined = code.decode(codes[:30], NODES, refine=True)
    assert np.median(np.linalg.norm(refined - places[:30], axis=1)) < 0.005


def test_refined_decoding_finds_the_place_between_nodes():
    code = HarmonicCode.gaussian(256, SIGMA)
    away = 0.04 * (places_for(code, 20).reshape(4, 5, 2) - 0.5)
    places = NODES[::20].reshape(4, 5, 2) + away
    found = code.decode(3.0 * code.encode(places), NODES, refine=True)
    assert found.shape == (4, 5, 2)
    np.testing.assert_allclose(found, places, atol=1e-5)


def test_refinement_stays_within_half_the_width_of_the_kernel():
    code = HarmonicCode.gaussian(256, SIGMA)
    reach = 0.5 / np.sqrt((code.frequencies**2).mean(axis=0))
    found = code.decode(code.encode([0.56, 0.5]), [[0.5, 0.5]], refine=True)
    assert found[0] == pytest.approx(0.5 + reach[0])
    assert abs(found[1] - 0.5) <= reach[1]


@pytest.mark.parametrize("seed", range(3))
def test_more_modules_lower_the_worst_sidelobe(seed):
    """Acceptance 5: the worst K beyond .2 decreases over (M, R) = (3, 2), (5, 3), (7, 4)."""
    shapes = [
        kernel_shape(HarmonicCode.hexagonal(1.6, 1.42, m, r, seed=seed))
        for m, r in ((3, 2), (5, 3), (7, 4))
    ]
    assert all(isinstance(shape, KernelShape) for shape in shapes)
    worst, core = [s.worst for s in shapes], [s.core for s in shapes]
    assert worst[0] > worst[1] > worst[2]
    assert core[0] > core[1] > core[2]
    assert worst == pytest.approx([0.585, 0.252, 0.205], abs=0.002)
    assert shapes[0].kernel[100, 100] == 1


def test_hexagonal_waves_have_the_lengths_of_the_modules():
    code = HarmonicCode.hexagonal(1.0, 1.5, n_modules=3, n_rotations=2, seed=4)
    length = np.linalg.norm(code.frequencies, axis=1).reshape(3, 6)
    expected = 4 * np.pi / np.sqrt(3) * 1.5 ** np.arange(3)
    np.testing.assert_allclose(length, np.repeat(expected[:, None], 6, axis=1))
    np.testing.assert_allclose(code.frequencies.reshape(6, 3, 2).sum(axis=1), 0, atol=1e-9)


def test_path_integration_is_exact_without_noise(code):
    steps = 0.05 * (places_for(code, 40) - 0.5)
    places = 0.5 + np.concatenate([np.zeros((1, code.n_dimensions)), steps.cumsum(axis=0)])
    along = integrate_path(code, code.encode(places[0]), steps)
    np.testing.assert_allclose(along, code.encode(places), atol=1e-12)


def test_path_integration_drifts_as_a_random_walk_of_phases():
    """E S = exp(-t noise^2 / 2) after t steps, whatever the path."""
    code = HarmonicCode.gaussian(4096, SIGMA)
    steps = np.full((100, 2), 0.001)
    start = code.encode([0.1, 0.1])
    noisy = integrate_path(code, start, steps, phase_noise=0.1, seed=1)
    kept = code.similarity(noisy, integrate_path(code, start, steps))
    np.testing.assert_allclose(kept, np.exp(-np.arange(101) * 0.01 / 2), atol=0.03)
    again = integrate_path(code, start, steps, phase_noise=0.1, seed=1)
    np.testing.assert_array_equal(noisy, again)
    other = integrate_path(code, start, steps, phase_noise=0.1, seed=2)
    assert not np.allclose(noisy, other)


def test_same_seed_same_code():
    same, other = (HarmonicCode.gaussian(8, 0.1, seed=s).frequencies for s in (3, 4))
    np.testing.assert_array_equal(HarmonicCode.gaussian(8, 0.1, seed=3).frequencies, same)
    assert not np.allclose(same, other)


G = HarmonicCode.gaussian(6, 0.1)
REFUSED = [
    (lambda: HarmonicCode.gaussian(0, 0.1), "gaussian: n_features=0 is too small"),
    (lambda: HarmonicCode.gaussian(4, 0.0), "gaussian: sigma=0.0 is out of range"),
    (lambda: HarmonicCode.gaussian(4, -1.0), "gaussian: sigma=-1.0"),
    (lambda: HarmonicCode.gaussian(4, np.nan), "gaussian: sigma=nan"),
    (lambda: HarmonicCode.gaussian(4, 0.1, n_dimensions=0), "gaussian: n_dimensions=0"),
    (lambda: HarmonicCode.gaussian(4, 0.1, seed=-1), "gaussian: seed=-1"),
    (lambda: HarmonicCode.hexagonal(0.0, 1.42, 3, 2), "hexagonal: scale=0.0"),
    (lambda: HarmonicCode.hexagonal(1.6, 1.0, 3, 2), "hexagonal: ratio=1.0"),
    (lambda: HarmonicCode.hexagonal(1.6, 1.42, 0, 2), "hexagonal: n_modules=0"),
    (lambda: HarmonicCode.hexagonal(1.6, 1.42, 3, 0), "hexagonal: n_rotations=0"),
    (
        lambda: HarmonicCode(np.zeros((0, 2))),
        r"HarmonicCode: frequencies=.* has the shape \(0, 2\)",
    ),
    (lambda: HarmonicCode(np.full((3, 2), np.inf)), "HarmonicCode: frequencies=.* is NaN or inf"),
    (lambda: G.encode([0.1, 0.2, 0.3]), r"encode: position=.* has the shape \(3,\)"),
    (lambda: G.encode([0.1, np.nan]), "encode: position=.* is NaN or infinite"),
    (lambda: G.shift(np.ones(6), [0.1]), "shift: displacement="),
    (lambda: G.shift(np.ones(5), [0.1, 0.1]), "shift: codes="),
    (lambda: G.similarity(np.ones(6), np.ones(7)), "similarity: b="),
    (lambda: G.kernel([0.1]), "kernel: displacement="),
    (lambda: G.decode(np.ones(6), np.zeros((0, 2))), "decode: candidates="),
    (lambda: G.decode(np.zeros(6), [[0.1, 0.1]]), "decode: codes=.* holds a code of length 0"),
    (lambda: G.decode(np.full(6, np.nan), [[0.1, 0.1]]), "decode: codes=.* is NaN or infinite"),
    (lambda: bind(np.ones(3), np.ones(4)), "bind: b="),
    (lambda: unbind(np.ones(3), np.ones(4)), "unbind: b="),
    (lambda: integrate_path(G, np.ones((2, 6)), [[0, 0]]), "integrate_path: start="),
    (lambda: integrate_path(G, np.ones(6), [0, 0]), "integrate_path: displacements="),
    (
        lambda: integrate_path(G, np.ones(6), [[0, 0]], phase_noise=-0.1),
        "integrate_path: phase_noise=-0.1",
    ),
    (lambda: kernel_shape(CODES["three dimensions"]), "kernel_shape: code="),
    (lambda: kernel_shape(G, beyond=0.5), "kernel_shape: beyond=0.5"),
    (lambda: kernel_shape(G, extent=0.0), "kernel_shape: extent=0.0"),
    (lambda: kernel_shape(G, n_grid=2), "kernel_shape: n_grid=2"),
]


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words[:40] for _, words in REFUSED])
def test_refuses_bad_values(call, words):
    with pytest.raises(ValueError, match=words):
        call()


WRONG_KIND = [
    (lambda: HarmonicCode.gaussian(4.0, 0.1), "n_features=4.0 is of type float"),
    (lambda: HarmonicCode.gaussian(4, "wide"), "sigma='wide' is of type str"),
    (lambda: HarmonicCode.gaussian(4, 0.1, seed=None), "seed=None"),
    (lambda: G.encode(["a", "b"]), "position="),
    (lambda: G.similarity("a", "b"), "similarity: a="),
    (lambda: integrate_path(G, np.ones(6), [[0, 0]], phase_noise="much"), "phase_noise='much'"),
]


@pytest.mark.parametrize(("call", "words"), WRONG_KIND, ids=[words for _, words in WRONG_KIND])
def test_refuses_values_of_the_wrong_kind(call, words):
    with pytest.raises(TypeError, match=words):
        call()
