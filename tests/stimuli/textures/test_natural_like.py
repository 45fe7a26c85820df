"""Dead leaves and phase scrambling: occlusion, scale invariance, amplitudes kept."""

import itertools

import numpy as np
import pytest

import stimuli
from stimuli import Screen

SMALL = Screen(size=4)


def naive_leaves(s):
    """Luminance at each pixel centre from the table alone: the first leaf that contains it."""
    x, y = np.meshgrid(
        (np.arange(128) - 63.5) / 32, (63.5 - np.arange(128)) / 32
    )  # deg, y up, of a 4 x 4 deg screen
    image, free = np.full(x.shape, np.nan), np.ones(x.shape, bool)
    for leaf in s.truth["leaves"]:
        inside = free & (np.hypot(x - leaf["x"], y - leaf["y"]) < leaf["radius"])
        image[inside] = leaf["luminance"]
        free &= ~inside
    return image


def test_picture_is_that_of_the_table():
    """Away from borders each pixel has the luminance of its uppermost leaf."""
    s = stimuli.dead_leaves(radius=(0.2, 1.5), screen=SMALL, seed=1)
    wrong = ~(np.abs(naive_leaves(s) - s.frames[0]) < 1e-6)
    assert wrong.mean() < 0.25  # borders, which are antialiased
    edge = np.zeros(wrong.shape, bool)  # where the table's picture changes within a pixel
    naive = naive_leaves(s)
    for axis in (0, 1):
        for step in (1, -1):
            edge |= np.roll(naive, step, axis) != naive
    for axis in (0, 1):  # diagonal neighbours
        edge |= np.roll(edge, 1, axis) | np.roll(edge, -1, axis)
    assert not (wrong & ~edge).any()


def test_every_pixel_is_covered_and_in_range():
    s = stimuli.dead_leaves(contrast=0.6, mean_luminance=0.4, screen=SMALL)
    assert s.truth["leaves"]["seen"].sum() == pytest.approx(128**2)
    assert 0.4 * 0.4 <= s.frames.min() < 0.2
    assert 0.6 < s.frames.max() <= 0.4 * 1.6 + 1e-6
    assert (np.diff(s.truth["leaves"]["leaf"]) > 0).all()


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_radii_have_their_density(exponent):
    """Maximum-likelihood exponent of the radii in the pile (big ones are seen more often)."""
    from stimuli.textures.dead_leaves import _radii

    radii = _radii(np.random.default_rng(0).random(20_000), 0.1, 2.0, exponent)
    assert 0.1 <= radii.min() < radii.max() <= 2.0
    trial = np.linspace(0, 5, 501)
    u = np.linspace(np.log(0.1), np.log(2.0), 2001)
    log_norm = [np.log(np.exp((1 - p) * u).mean()) for p in trial]  # integral, up to a constant
    likelihood = -trial * np.log(radii).mean() - log_norm
    assert trial[likelihood.argmax()] == pytest.approx(exponent, abs=0.05)


def test_scale_invariant_spectrum():
    """With r^-3 the power falls near f^-2 between the scales of the leaves, as in nature."""
    power = 0.0
    for seed in range(6):
        image = stimuli.dead_leaves(radius=(0.05, 4.0), seed=seed).frames[0].astype(float)
        image = image * np.outer(np.hanning(256), np.hanning(256))
        power = power + np.abs(np.fft.fft2(image - image.mean())) ** 2
    f = np.hypot(np.fft.fftfreq(256), np.fft.fftfreq(256)[:, None]) * 256
    edges = np.geomspace(4, 40, 9)
    rings = [power[(low <= f) & (f < high)].mean() for low, high in itertools.pairwise(edges)]
    slope = np.polyfit(np.log(np.sqrt(edges[1:] * edges[:-1])), np.log(rings), 1)[0]
    assert -2.6 < slope < -1.6


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"radius": (1.0, 0.5)}, r"dead_leaves: radius=\(1.0, 0.5\) is not from small to large"),
        ({"radius": (0.001, 1.0)}, "or smaller than a pixel; expected 0.03125 deg <="),
        ({"radius": (0.032, 60.0), "exponent": 6}, "leaves to cover the screen; expected at most"),
        ({"radius": (0.1, 1.0, 2.0)}, "has 3 numbers; expected 2 numbers"),
        ({"mean_luminance": 0.9}, "contrast=0.9 takes mean_luminance=0.9 outside"),
    ],
)
def test_dead_leaves_rejects(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.dead_leaves(**params)


@pytest.mark.parametrize("shape", [(64, 64), (63, 65), (64, 65)])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
def test_amplitudes_and_mean_are_kept(shape, fraction):
    """Amplitude of every Fourier component, the mean included, for even and odd sides."""
    image = np.random.default_rng(0).uniform(0.4, 0.6, shape)
    screen = Screen(size=(shape[0] / 32, shape[1] / 32))
    s = stimuli.phase_scramble(image=image, fraction=fraction, contrast=1.0, screen=screen)
    assert s.truth["clipped_fraction"] == 0
    before, after = (np.abs(np.fft.fft2(x.astype(float))) for x in (image, s.frames[0]))
    np.testing.assert_allclose(after, before, atol=1e-4)
    if fraction == 0:
        np.testing.assert_allclose(s.frames[0], image, atol=1e-6)


def test_fraction_takes_the_picture_away_step_by_step():
    pictures = [stimuli.phase_scramble(fraction=f, seed=3) for f in (0, 0.25, 0.5, 0.75, 1)]
    original = pictures[0].truth["original"].ravel()
    likeness = [np.corrcoef(original, s.frames[0].ravel())[0, 1] for s in pictures]
    assert likeness[0] > 0.999
    assert (np.diff(likeness) < -0.05).all()
    assert abs(likeness[-1]) < 0.1


def test_what_leaves_the_range_is_counted():
    image = np.zeros((64, 64))
    image[::8, ::8] = 1.0
    s = stimuli.phase_scramble(image=image, contrast=1.0, screen=Screen(size=2))
    outside = (s.frames == 0) | (s.frames == 1)
    assert s.truth["clipped_fraction"] == pytest.approx(outside.mean(), abs=1e-9)
    assert s.truth["clipped_fraction"] > 0.3
    grey = stimuli.phase_scramble(image=image, contrast=0.0, screen=Screen(size=2))
    np.testing.assert_allclose(grey.frames, image.mean(), atol=1e-6)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"image": np.ones((8, 8))},
            r"phase_scramble: image=array.* shape \(H, W\) = \(256, 256\)",
        ),
        ({"image": np.full((256, 256), 2.0)}, r"image=array.*in \[0, 1\]"),
        ({"fraction": 1.5}, "fraction=1.5 is out of range; expected 0 <= fraction <= 1"),
    ],
)
def test_phase_scramble_rejects(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.phase_scramble(**params)
