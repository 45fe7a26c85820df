"""Rate maps of the code along a path: grids, stripes and place fields."""

import numpy as np
import pytest

from neurosim.models.harmonic_search import (
    HarmonicCode,
    grid_score,
    place_field_size,
    rate_maps,
    spatial_autocorrelogram,
    triad_rates,
)
from stimuli import grid_cell_rates, maze_trajectory

HEXAGONAL = HarmonicCode.hexagonal(0.6, 1.42, n_modules=3, n_rotations=2)
# The control has as many features, of the same root mean square frequency.
SIGMA = 1 / np.sqrt((HEXAGONAL.frequencies**2).mean())
PHASES = np.random.default_rng(0).random((6, 2))


@pytest.fixture(scope="module")
def walk():
    movie = maze_trajectory(
        layout="open", duration=800.0, mean_speed=0.6, n_place_cells=0, n_grid_cells=0, seed=3
    )
    return np.asarray(movie.frames, float)


def scores(walk, rates):
    return [grid_score(spatial_autocorrelogram(m)) for m in rate_maps(walk, rates)]


def test_triads_of_the_hexagonal_code_are_grids_and_of_the_gaussian_code_are_not(walk):
    """Grid scores along a walk: hexagonal triads high, Gaussian triads and single waves low."""
    assert min(scores(walk, triad_rates(HEXAGONAL, walk, PHASES))) > 0.9
    control = [HarmonicCode.gaussian(18, SIGMA, seed=seed) for seed in range(6)]
    found = [s for code in control for s in scores(walk, triad_rates(code, walk, PHASES))]
    assert np.median(found) < 0
    assert max(found) < 0.9
    waves = scores(walk, HEXAGONAL.encode(walk).real)
    assert max(waves) < 0.2


def test_a_triad_is_a_grid_cell_of_its_module():
    code = HarmonicCode.hexagonal(0.3, 1.42, n_modules=1, n_rotations=1, seed=5)
    heading = np.degrees(np.arctan2(*code.frequencies[0, ::-1]))
    places, phase = np.random.default_rng(0).random((50, 2)), np.array([[0.3, 0.6]])
    ideal = grid_cell_rates(places, phase, grid_scale=0.3, grid_orientation=heading - 30)
    np.testing.assert_allclose(6 * triad_rates(code, places, phase) - 3, 4.5 * ideal - 1.5)
    assert triad_rates(code, phase, phase) == pytest.approx(1)
    np.testing.assert_allclose(
        triad_rates(code, places), triad_rates(code, places, np.zeros((1, 2)))
    )


def test_rates_are_divided_by_how_often_the_agent_was_there(walk):
    """A unit that always fires alike has a flat map, and a ramp stays a ramp."""
    flat, ramp = rate_maps(walk, np.stack([np.full(len(walk), 3.0), walk[:, 0]], axis=1), n_bins=20)
    np.testing.assert_allclose(flat[np.isfinite(flat)], 3.0)
    centres = (np.arange(20) + 0.5) / 20
    np.testing.assert_allclose(np.nanmean(ramp, axis=0)[2:-2], centres[2:-2], atol=0.015)


def test_smoothing_takes_occupancy_along():
    """One bin visited twice, its neighbour once, in one row: weights exp(-1/2) across."""
    places = [[0.1, 0.1], [0.1, 0.1], [0.3, 0.1]]
    found = rate_maps(places, [1.0, 1.0, 4.0], n_bins=5, smoothing=1.0)[0]
    w = np.exp(-0.5)
    assert found[0, 0] == pytest.approx((2 * 1 + w * 4) / (2 + w))
    assert found[0, 1] == pytest.approx((2 * w * 1 + 4) / (2 * w + 1))
    assert np.isnan(found).sum() == 23


def test_autocorrelogram_is_pearson_r_of_the_overlap():
    draw = np.random.default_rng(0)
    field = draw.random((9, 8))
    field[2, 3] = field[7, 7] = np.nan
    found = spatial_autocorrelogram(field, least_overlap=5)
    assert found.shape == (17, 15)
    for dy, dx in ((0, 0), (1, 2), (-3, 1), (4, -3)):
        ys, xs = np.mgrid[max(0, -dy) : 9 - max(0, dy), max(0, -dx) : 8 - max(0, dx)]
        a, b = field[ys, xs].ravel(), field[ys + dy, xs + dx].ravel()
        both = np.isfinite(a) & np.isfinite(b)
        expected = np.corrcoef(a[both], b[both])[0, 1]
        assert found[8 + dy, 7 + dx] == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(found, found[::-1, ::-1], atol=1e-9)
    assert np.isnan(found[0, 0])


@pytest.mark.parametrize("turn", [0.0, 0.2, 0.4])
def test_grid_score_knows_triangles_from_squares_at_any_angle(turn):
    y, x = np.mgrid[-40:41, -40:41]

    def waves(degrees):
        angles = np.radians(degrees) + turn
        return sum(np.cos(0.35 * (x * np.cos(a) + y * np.sin(a))) for a in angles)

    assert grid_score(waves([0, 60, 120])) > 1
    assert grid_score(waves([0, 90])) < -0.5
    assert grid_score(waves([0])) < 0


def test_field_of_a_place_unit_has_the_size_of_the_kernel():
    """K >= 1/2 within 1.18 sigma: an area of pi 2 ln 2 sigma^2."""
    sigma, axis = 0.1, (np.arange(60) + 0.5) / 60
    places = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    code = HarmonicCode.gaussian(4096, sigma)
    rates = code.similarity(code.encode(places), code.encode([0.5, 0.5]))
    (field,) = rate_maps(places, rates, n_bins=60, smoothing=0)
    expected = np.pi * 2 * np.log(2) * sigma**2
    assert place_field_size(field) == pytest.approx(expected, rel=0.1)
    assert place_field_size(field, bin_area=1.0) == pytest.approx(3600 * expected, rel=0.1)
    assert place_field_size(field, threshold=0.9) < 0.3 * place_field_size(field)


def test_only_the_field_of_the_peak_is_measured():
    two = np.zeros((4, 5))
    two[0, :2], two[3, 3:] = 1.0, 0.9
    two[1, 0] = np.nan
    assert place_field_size(two) == pytest.approx(2 / 20)


PATH = np.full((4, 2), 0.5)
REFUSED = [
    (lambda: rate_maps(PATH + 0.6, np.ones(4)), "rate_maps: position="),
    (lambda: rate_maps(np.zeros((0, 2)), np.ones((0, 1))), "rate_maps: position="),
    (lambda: rate_maps(PATH, np.ones(3)), "rate_maps: rates="),
    (lambda: rate_maps(PATH, [1, 2, np.nan, 3]), "rate_maps: rates="),
    (lambda: rate_maps(PATH, np.ones(4), n_bins=0), "rate_maps: n_bins=0"),
    (lambda: rate_maps(PATH, np.ones(4), smoothing=-1.0), "rate_maps: smoothing=-1.0"),
    (lambda: spatial_autocorrelogram(np.ones((5, 5))), "rate_map=.* is flat"),
    (lambda: spatial_autocorrelogram(np.full((5, 5), np.nan)), "is no map"),
    (lambda: spatial_autocorrelogram(np.eye(5), least_overlap=1), "least_overlap=1"),
    (lambda: grid_score(np.ones((6, 7))), "grid_score: autocorrelogram=.* has no middle"),
    (lambda: grid_score(-np.hypot(*np.mgrid[-5:6, -5:6])), "falls from the middle to the edge"),
    (lambda: place_field_size(-np.ones((3, 3))), "rate_map=.* has its peak at -1"),
    (lambda: place_field_size(np.ones(3)), "place_field_size: rate_map="),
    (lambda: place_field_size(np.eye(3), threshold=0.0), "threshold=0.0"),
    (lambda: place_field_size(np.eye(3), threshold=1.1), "threshold=1.1"),
    (lambda: place_field_size(np.eye(3), bin_area=0.0), "bin_area=0.0"),
    (lambda: triad_rates(HarmonicCode.gaussian(4, 0.1), PATH), "triad_rates: code="),
    (lambda: triad_rates(HEXAGONAL, PATH, np.zeros((5, 2))), "triad_rates: phases="),
]


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refuses_bad_values(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_refuses_maps_of_the_wrong_kind():
    with pytest.raises(TypeError, match="place_field_size: rate_map="):
        place_field_size([["a", "b"]])
    with pytest.raises(TypeError, match="rate_maps: rates="):
        rate_maps(PATH, ["a", "b", "c", "d"])
