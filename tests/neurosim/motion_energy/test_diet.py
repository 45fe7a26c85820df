"""The training diet: what is drawn, how often, and that validation clips are never trained on."""

import math

import numpy as np
import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.motion_energy import diet
from neurosim.models.motion_energy.diet import (
    DIET,
    SIZES,
    Batch,
    Example,
    draw_batch,
    draw_example,
    held_out,
    mixture,
    show_diet,
)

CHEAP = ("grating", "plaid", "texture", "dots")


@pytest.fixture
def drawn(monkeypatch):
    """Calls of `draw_example`, which then costs nothing."""
    calls = []

    def stub(family, size, seed):
        calls.append((family, size, seed))
        video, flow = np.zeros((11, 1, 1), np.float32), np.zeros((1, 1, 2), np.float32)
        return Example(video, flow, np.ones((1, 1), bool), family)

    monkeypatch.setattr(mixture, "draw_example", stub)
    return calls


def assert_share(count, n, share):
    """Assert that a count of n draws fits a share, within four standard deviations."""
    assert abs(count - n * share) <= 4 * math.sqrt(n * share * (1 - share))


@pytest.mark.parametrize("family", DIET)
@pytest.mark.parametrize("size", [64, 128])
def test_an_example_has_eleven_frames_of_light_and_one_flow(family, size):
    example = draw_example(family, size, 4)
    assert example.video.shape == (11, size, size)
    assert example.flow.shape == (size, size, 2)
    assert example.valid.shape == (size, size)
    assert [each.dtype for each in example[:3]] == [np.float32, np.float32, bool]
    assert example.family == family


@pytest.mark.parametrize("family", DIET)
def test_the_same_arguments_give_the_same_clip_and_other_seeds_another(family):
    first, again, other = (draw_example(family, 64, seed) for seed in (7, 7, 8))
    for one, two in zip(first[:3], again[:3], strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first.video, other.video)


@pytest.mark.parametrize("family", DIET)
def test_light_stays_in_range_and_speeds_stay_within_four_pixels(family):
    fastest, darkest, brightest, known = [], [], [], []
    for seed in range(40):
        example = draw_example(family, 64, seed)
        assert np.isfinite(example.video).all()
        assert np.isfinite(example.flow).all()
        darkest.append(example.video.min())
        brightest.append(example.video.max())
        known.append(example.valid.any())
        fastest.append(np.hypot(*example.flow[example.valid].T).max(initial=0.0))
    assert min(darkest) >= 0.0
    assert max(brightest) <= 1.0
    assert all(known)
    assert 3.0 < max(fastest) <= 4.0 + 1e-4


@pytest.mark.parametrize("family", DIET)
def test_contrast_and_mean_luminance_vary(family):
    clips = [draw_example(family, 64, seed).video for seed in range(40)]
    depths = [np.ptp(clip) for clip in clips]
    means = [clip.mean() for clip in clips]
    assert max(depths) / min(depths) > 3.0
    assert max(means) - min(means) > 0.2
    assert min(means) > 0.15  # shapes may be darker than their ground, which is at least 0.3
    assert max(means) < 0.85


def assert_three_in_a_hundred_stand_still(family, n):
    still = sum(
        bool((clip == clip[0]).all())
        for clip in (draw_example(family, 64, seed).video for seed in range(n))
    )
    assert still > 0
    assert_share(still, n, 0.03)


@pytest.mark.parametrize("family", CHEAP)
def test_three_clips_in_a_hundred_stand_still(family):
    assert_three_in_a_hundred_stand_still(family, 300)


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(set(DIET) - set(CHEAP)))
def test_three_slow_clips_in_a_hundred_stand_still(family):
    assert_three_in_a_hundred_stand_still(family, 600)


def test_weights_are_parts_of_one():
    assert sum(DIET.values()) == pytest.approx(1.0)
    assert sum(SIZES.values()) == pytest.approx(1.0)


def test_families_and_sizes_come_as_often_as_they_should(drawn):
    n_steps = 600
    sizes = []
    for step in range(n_steps):
        first = len(drawn)
        draw_batch(step)
        sizes.append(drawn[first][1])
        assert {call[1] for call in drawn[first:]} == {sizes[-1]}
        assert len(drawn) - first == {64: 8, 96: 4, 128: 2}[sizes[-1]]
    assert len(drawn) > 2000
    for family, weight in DIET.items():
        assert_share(sum(call[0] == family for call in drawn), len(drawn), weight)
    for size, weight in {64: 0.6, 96: 0.2, 128: 0.2}.items():
        assert_share(sizes.count(size), n_steps, weight)


def test_training_never_shows_a_held_out_clip(drawn):
    for step in range(400):
        for seed in (0, 1):
            draw_batch(step, seed=seed)
    trained = [call[2] for call in drawn]
    drawn.clear()
    held_out("plaid", 3000)
    assert len(trained) > 4000
    assert len(set(trained)) == len(trained)
    assert {seed % 2 for seed in trained} == {0}  # even seeds train, odd ones are held out
    assert {call[2] % 2 for call in drawn} == {1}


def test_a_batch_depends_on_seed_and_step_alone():
    first = draw_batch(12, n=2, seed=3)
    draw_batch(13, n=2, seed=3)
    again = draw_batch(12, n=2, seed=3)
    assert first.families == again.families
    for one, two in zip(first[:3], again[:3], strict=True):
        assert torch.equal(one, two)


def test_other_steps_and_seeds_draw_other_clips(drawn):
    for step, seed in ((0, 0), (1, 0), (0, 1)):
        draw_batch(step, seed=seed)
    seeds = [call[2] for call in drawn]
    assert len(set(seeds)) == len(seeds)


def test_a_batch_is_a_stack_of_examples():
    batch = held_out("plaid", 3, size=96)
    assert isinstance(batch, Batch)
    assert batch.video.shape == (3, 11, 96, 96)
    assert batch.flow.shape == (3, 96, 96, 2)
    assert batch.valid.shape == (3, 96, 96)
    assert [each.dtype for each in batch[:3]] == [torch.float32, torch.float32, torch.bool]
    assert batch.families == ("plaid",) * 3
    longer = held_out("plaid", 4, size=96)
    assert torch.equal(batch.video, longer.video[:3])


def test_a_diet_of_ones_own_takes_functions_and_any_weights():
    def grey(size: int, seed: int) -> Example:
        video = np.full((11, size, size), 0.5, np.float32)
        return Example(video, np.zeros((size, size, 2), np.float32), video[0] > 0, "grey")

    family: mixture.Family = grey
    batch = draw_batch(0, n=4, diet={family: 3.0})
    assert set(batch.families) == {"grey"}
    assert held_out(grey, 2).video.unique().tolist() == [0.5]


def test_what_the_model_is_tested_with_is_named_as_left_out():
    text = " ".join(diet.__doc__.split())
    for word in ("Gabors", "barber poles", "missing fundamental", "reverse phi", "second-order"):
        assert word in text


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: draw_example("gratng", 64, 0), UnknownNameError, "Did you mean 'grating'"),
        (lambda: draw_example("grating", 60, 0), ValueError, "draw_example: size=60"),
        (lambda: draw_example("grating", 65, 0), ValueError, "size=65 is off the model's grid"),
        (lambda: draw_example("grating", 64.0, 0), TypeError, "draw_example: size=64.0"),
        (lambda: draw_example("grating", 64, -1), ValueError, "draw_example: seed=-1"),
        (lambda: draw_example("grating", 64, None), TypeError, "draw_example: seed=None"),
        (lambda: draw_batch(-1), ValueError, "draw_batch: step=-1"),
        (lambda: draw_batch(0, n=0), ValueError, "draw_batch: n=0"),
        (lambda: draw_batch(0.5), TypeError, "draw_batch: step=0.5"),
        (lambda: draw_batch(0, seed=-2), ValueError, "draw_batch: seed=-2"),
        (lambda: draw_batch(0, diet={}), ValueError, "draw_batch: diet={} cannot be drawn"),
        (lambda: draw_batch(0, diet={"plaid": 0.0}), ValueError, "positive, finite weights"),
        (lambda: draw_batch(0, diet={"plaid": math.nan}), ValueError, "draw_batch: diet="),
        (lambda: draw_batch(0, diet={"plad": 1.0}), UnknownNameError, "draw_batch: diet='plad'"),
        (lambda: held_out("plaid", 0), ValueError, "held_out: n=0"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_show_diet_draws_frames_and_flow_of_every_family():
    figure = show_diet(seed=2)
    assert len(figure.axes) == 4 * len(DIET)
    labels = " ".join(ax.get_ylabel() for ax in figure.axes)
    for family in DIET:
        assert family.replace("_", " ") in labels
    arrows = figure.axes[3].collections[0]  # of the grating
    expected = draw_example("grating", 64, 2).flow[32, 32]
    drawn_way = np.array([arrows.U[0], arrows.V[0]])
    np.testing.assert_allclose(
        drawn_way / np.hypot(*drawn_way), expected / np.hypot(*expected), atol=1e-6
    )
