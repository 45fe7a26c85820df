"""What a model may be shown: every kind that is accepted, and a refusal for all else."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neurosim.presentation import Presentation
from stimuli import Screen, StimulusSet, noise_1f

LIGHT = st.floats(0, 1, width=32)


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=4, max_dims=4, max_side=4), elements=LIGHT))
def test_any_luminance_of_four_axes_is_shown_as_it_is(movies):
    shown = Presentation(movies)
    batches = torch.cat(list(shown.batches(2)))
    np.testing.assert_array_equal(batches.numpy(), movies)
    assert (shown.n_stimuli, shown.n_frames) == movies.shape[:2]


@given(
    hnp.arrays(np.float32, (2, 1, 3, 3), elements=LIGHT),
    st.integers(0, 17),
    st.sampled_from([np.nan, np.inf, -np.inf, -0.01, 1.01, 255.0]),
)
def test_a_single_value_that_is_no_luminance_is_refused(movies, position, value):
    movies = movies.copy()
    movies.flat[position] = value
    with pytest.raises(ValueError, match=r"respond: stimuli=.*expected (finite|values in)"):
        list(Presentation(movies).batches(2))


@given(hnp.array_shapes(min_dims=1, max_dims=6, max_side=3).filter(lambda s: len(s) != 4))
def test_other_numbers_of_axes_are_refused(shape):
    if len(shape) == 5 and shape[-1] == 3:
        assert Presentation(np.zeros(shape)).n_stimuli == shape[0]
    else:
        with pytest.raises(ValueError, match="wrong number of axes"):
            Presentation(np.zeros(shape))


def test_rounding_of_float32_is_not_refused_and_not_passed_on():
    movies = np.float32([[-6e-8, 1 + 1.2e-7]]).reshape(1, 1, 1, 2)
    (batch,) = Presentation(movies).batches(1)
    assert (float(batch.min()), float(batch.max())) == (0.0, 1.0)


def test_empty_and_foreign_are_refused():
    with pytest.raises(ValueError, match="is empty"):
        Presentation(np.zeros((0, 1, 4, 4)))
    with pytest.raises(TypeError, match="is of type list"):
        Presentation([[0.5]])
    with pytest.raises(TypeError, match="floating-point luminance"):
        Presentation(np.zeros((1, 1, 4, 4), int))


def test_colour_becomes_grey_or_stays():
    colour = np.zeros((1, 1, 2, 2, 3), np.float32)
    colour[..., 1] = 1.0
    (grey,) = Presentation(colour).batches(1)
    assert float(grey.mean()) == pytest.approx(0.587)
    (kept,) = Presentation(colour).batches(1, color=True)
    assert kept.shape == (1, 1, 3, 2, 2)
    (spread,) = Presentation(colour[..., 1]).batches(1, color=True)
    assert spread.shape == (1, 1, 3, 2, 2)


def test_a_set_keeps_its_screen():
    stills = [noise_1f(screen=Screen(size=1, ppd=8, fps=50), seed=k) for k in range(3)]
    shown = Presentation(StimulusSet(stills))
    assert (shown.n_stimuli, shown.ppd, shown.fps) == (3, 8, 50)
    assert shown.frame_shape == (8, 8)
    tensor = Presentation(torch.rand(1, 1, 4, 4, generator=torch.Generator().manual_seed(0)))
    assert tensor.ppd is None


def test_feature_vectors_have_no_range_but_are_finite():
    vectors = np.array([[[-7.5, 300.0]]], dtype=np.float32)
    with pytest.raises(ValueError, match=r"expected values in \[0, 1\]"):
        list(Presentation(vectors, pattern=(2,)).arrays(1))
    (shown,) = Presentation(vectors, pattern=(2,), bounded=False).arrays(1)
    np.testing.assert_array_equal(shown, vectors)
    vectors[0, 0, 1] = np.inf
    with pytest.raises(ValueError, match="NaN or infinite"):
        list(Presentation(vectors, pattern=(2,), bounded=False).arrays(1))
