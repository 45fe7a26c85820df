"""The attention map, against independent computations written from its equations."""

import numpy as np
import pytest
import torch
from scipy import ndimage, signal

from neurosim.errors import UnknownNameError
from neurosim.models.visual_search.attention import (
    combine,
    correlate,
    enlarge,
    masked,
    next_fixation,
)
from neurosim.models.visual_search.sharpening import (
    DEFAULT_SHARPENING,
    SHARPENING,
    blur,
    gaussian,
    sharpen,
)
from stimuli import SEARCH_TASKS


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (6, 6), (2, 5)])
def test_correlation_is_the_sum_of_products_with_zeros_outside(shape):
    draw = np.random.default_rng(0)
    features, template = draw.standard_normal((4, 9, 11)), draw.standard_normal((4, *shape))
    high, wide = shape
    before = (high - 1) // 2, (wide - 1) // 2
    expected = np.zeros((9, 11))
    for y in range(9):
        for x in range(11):
            for i in range(high):
                for j in range(wide):
                    row, column = y + i - before[0], x + j - before[1]
                    if 0 <= row < 9 and 0 <= column < 11:
                        expected[y, x] += features[:, row, column] @ template[:, i, j]
    found = correlate(torch.from_numpy(features), torch.from_numpy(template))
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-12)


def test_maps_are_weighted_by_their_maxima_before_they_are_scaled():
    draw = np.random.default_rng(1)
    maps = [draw.uniform(low, high, (7, 7)) for low, high in ((5, 90), (-2, 10), (0, 1))]
    unit = [(one - one.min()) / (one.max() - one.min()) for one in maps]
    total = sum(one.max() for one in maps)
    expected = sum(one.max() / total * scaled for one, scaled in zip(maps, unit, strict=True))
    np.testing.assert_allclose(combine(maps), expected, atol=1e-12)
    np.testing.assert_allclose(combine(maps, "equal"), sum(unit) / 3, atol=1e-12)


def test_maps_that_tell_nothing_count_as_zero():
    flat, peak = np.full((3, 3), 4.0), np.eye(3)
    assert not combine([flat, flat]).any()
    assert not combine([np.zeros((3, 3))]).any()
    np.testing.assert_allclose(combine([flat, peak]), peak / 5)
    np.testing.assert_allclose(combine([-peak - 1, peak]), peak)


def test_sharpening_is_three_rounds_of_mirrored_gaussians():
    """With scipy's "mirror" border, and kernels cut from the normal density."""
    draw = np.random.default_rng(2)
    start = draw.random((13, 13))
    for kernels in {*SHARPENING.values(), DEFAULT_SHARPENING}:
        expected = start
        for _ in range(3):
            blurred = []
            for size, sigma in kernels:
                one = signal.windows.gaussian(size, sigma) if sigma else np.array([1.0, 2.0, 1.0])
                kernel = np.outer(one, one) / one.sum() ** 2
                blurred.append(ndimage.correlate(expected, kernel, mode="mirror"))
            expected = expected + blurred[0] - blurred[1]
        np.testing.assert_allclose(sharpen(start, kernels), expected, atol=1e-12)


def test_width_zero_is_the_table_and_not_the_automatic_width():
    automatic = 0.3 * ((3 - 1) * 0.5 - 1) + 0.8
    assert gaussian(3, 0.0).tolist() == [0.25, 0.5, 0.25]
    assert abs(gaussian(3, automatic) - gaussian(3, 0.0)).max() > 0.01


def test_every_task_has_its_published_kernels():
    assert set(SHARPENING) == set(SEARCH_TASKS)
    assert SHARPENING["left_right"] == SHARPENING["top_down"] == ((3, 0.0), (5, 1.0))
    assert SHARPENING["cross"] == SHARPENING["Ts"] == ((5, 3.0), (7, 5.0))
    assert SHARPENING["homo_t0"] == SHARPENING["line_in_curves"] == ((3, 1.0), (5, 3.0))


@pytest.mark.parametrize(("n", "side"), [(33, 524), (51, 806), (85, 1358), (5, 40), (7, 7)])
def test_enlarging_follows_its_equation_pixel_by_pixel(n, side):
    values = np.random.default_rng(3).random((n, n))

    def place(i):
        j = int(np.floor(i * n / side + 1e-9))
        f = (i + 1) - (j + 1) * side / n
        f = 0.0 if f <= 1e-9 else f - np.floor(f + 1e-9)
        return j, max(f, 0.0)

    draw = np.random.default_rng(4)
    whole = enlarge(values, side)
    assert whole.shape == (side, side)
    for row, column in [(0, 0), (side - 1, side - 1), *draw.integers(side, size=(500, 2))]:
        (j, f), (k, g) = place(row), place(column)
        below, right = min(j + 1, n - 1), min(k + 1, n - 1)
        upper = (1 - g) * values[j, k] + g * values[j, right]
        lower = (1 - g) * values[below, k] + g * values[below, right]
        assert whole[row, column] == pytest.approx((1 - f) * upper + f * lower, abs=1e-6)
    top, left, n_pixels = side // 5, side // 3, side // 2
    part = enlarge(values, side, top, left, n_pixels)
    np.testing.assert_array_equal(part, whole[top:][:n_pixels, left : left + n_pixels])
    assert whole.min() == values.min()  # so the least of the small map is that of the large one


def test_next_fixation_is_the_first_maximum_of_what_is_allowed():
    attention = np.array([[9.0, 2.0, 5.0], [5.0, 5.0, 1.0]])
    allowed = np.array([[False, True, True], [True, True, True]])
    assert next_fixation(attention, allowed) == (0, 2)
    shown = masked(attention, allowed, lowest=1.0)
    np.testing.assert_array_equal(shown, [[0, 1, 4], [4, 4, 0]])
    assert np.unravel_index(shown.argmax(), shown.shape) == (0, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: combine([np.eye(3)], "least"), "weighting='least' is unknown"),
        (lambda: combine([np.full((3, 3), np.nan)]), "maps=.* hold NaN or infinite values"),
        (lambda: gaussian(4, 1.0), "size=4 is not odd"),
        (lambda: gaussian(5, 0.0), "sigma=0.0 is no width for size=5"),
        (lambda: gaussian(3, -1.0), "sigma=-1.0 is no width"),
        (lambda: gaussian(3, np.nan), "sigma=nan is no width"),
        (lambda: blur(np.eye(3), 7, 5.0), "image=.* is too small for a kernel of 7 px"),
        (lambda: enlarge(np.eye(5), 3), "attention=.* cannot be enlarged to 3 px"),
        (lambda: enlarge(np.ones((2, 3)), 9), "attention=.* cannot be enlarged"),
        (lambda: enlarge(np.eye(2), 8, 3, 0, 6), "n_pixels=6 leaves the map from top=3"),
        (lambda: next_fixation(np.eye(2), np.zeros((2, 2), bool)), "allowed=.* leaves no pixel"),
    ],
)
def test_rejects(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_unknown_weighting_is_named():
    with pytest.raises(UnknownNameError, match="Did you mean 'equal'"):
        combine([np.eye(3)], "equals")
