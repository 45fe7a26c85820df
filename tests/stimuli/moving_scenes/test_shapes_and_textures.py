"""Shapes by their distances, textures by their waves, and textures that translate."""

from itertools import pairwise

import numpy as np
import pytest

import stimuli
from stimuli import Screen, fourier_shift
from stimuli.moving_scenes.plane_waves import drawn_waves
from stimuli.moving_scenes.shapes import SHAPES, blob, cell, disc, drawn_shape, polygon, rect, star
from stimuli.rendering import coverage

SMALL = Screen(size=2, ppd=32, fps=60)  # 64 x 64


CLIP = {"screen": SMALL, "duration": 11 / 60}


def brute_distance(corners, x, y):
    """Return the distance to a densely sampled outline."""
    n = 4000
    part = np.arange(n) / n
    ends = np.roll(corners, -1, axis=0)
    outline = (corners[:, None] + part[:, None] * (ends - corners)[:, None]).reshape(-1, 2)
    return np.hypot(x[:, None] - outline[:, 0], y[:, None] - outline[:, 1]).min(axis=1)


class TestShapes:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-2, 2, (2, 300))

    @pytest.mark.parametrize("n", [3, 5, 10])
    def test_polygon_distance(self, n):
        angles = 2 * np.pi * np.arange(n) / n
        radii = np.where(np.arange(n) % 2, 0.6, 1.5)
        corners = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
        distance = polygon(corners).distance(self.x, self.y)
        np.testing.assert_allclose(
            np.abs(distance), brute_distance(corners, self.x, self.y), atol=1e-3
        )
        path = pytest.importorskip("matplotlib.path").Path(corners)
        inside = path.contains_points(np.stack([self.x, self.y], axis=1))
        assert ((distance < 0) == inside).all()

    def test_rect_and_cell_distances(self):
        x, y = np.abs(self.x) - 1.0, np.abs(self.y) - 0.5
        exact = np.hypot(x.clip(0), y.clip(0)) + np.minimum(np.maximum(x, y), 0)
        np.testing.assert_allclose(rect(2, 1).distance(self.x, self.y), exact, atol=1e-7)
        normals = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
        sides = cell(normals, np.array([1, 1, 0.5, 0.5])).distance(self.x, self.y)
        np.testing.assert_allclose(sides, exact, atol=1e-7)

    def test_blob_distance_is_first_order(self):
        amplitudes, phases = np.array([0.1, -0.08, 0.05]), np.array([0.3, 1.0, 4.0])
        shape = blob(1.5, amplitudes, phases)
        a = 2 * np.pi * np.arange(500) / 500
        r = 1.5 / 1.23 * (1 + np.cos(a[:, None] * np.arange(2, 5) + phases) @ amplitudes)
        corners = np.stack([r * np.cos(a), r * np.sin(a)], axis=1)
        assert np.abs(shape.distance(*corners.T)).max() < 1e-12
        x, y = (corners + self.rng.uniform(-0.05, 0.05, corners.shape)).T
        brute = polygon(corners).distance(x, y)
        np.testing.assert_allclose(shape.distance(x, y), brute, atol=5e-3)

    @pytest.mark.parametrize("kind", SHAPES)
    def test_coverage_is_area(self, kind):
        """Acceptance 3: the covered area and its centroid do not depend on sub-pixel place."""
        shape = drawn_shape(kind, 20.0, np.random.default_rng(3))
        grid = np.arange(-24.0, 25.0)
        areas, places = [], []
        for dx, dy in self.rng.uniform(-0.5, 0.5, (20, 2)):
            covered = coverage(shape.distance(grid - dx, grid[:, None] - dy))
            assert covered[0].max() == covered[:, 0].max() == 0  # inside its reach
            areas.append(covered.sum())
            centroid = (covered * grid).sum(), (covered * grid[:, None]).sum()
            places.append(np.array(centroid) / covered.sum() - (dx, dy))
        assert np.std(areas) / np.mean(areas) < 2e-3
        assert np.std(places, axis=0).max() < 0.02

    def test_known_areas(self):
        grid = np.arange(-24.0, 25.0)
        for shape, area in (
            (disc(20.0), np.pi * 400),
            (rect(30.0, 20.0, 0.4), 600.0),
            (star(20.0), 10 * 0.5 * 20 * 0.45 * 20 * np.sin(np.pi / 5)),
        ):
            covered = coverage(shape.distance(grid, grid[:, None]))
            assert covered.sum() == pytest.approx(area, rel=4e-3)


class TestPlaneWaves:
    @pytest.mark.parametrize("moving", [False, True])
    @pytest.mark.parametrize("kind", ["1f", "grating", "sinusoids"])
    def test_are_the_sum_at_the_point_of_the_surface(self, kind, moving):
        """m(q), q = R^-1 (x - c) / s, one term after the other in double precision."""
        waves = drawn_waves(kind, 2.0, 0.5, SMALL, np.random.default_rng(0))
        x, y = np.array([0.1, 0.313]), np.array([-0.2, 7.77])
        angle, scale = (
            np.array([[0.4, 0.4], [0.4, 1.9]])[int(moving)],
            np.array([1.0, 1.1]) ** moving,
        )
        sample = waves.sampler(SMALL, x, y, angle, scale)
        for t in range(2):
            place = SMALL.x[8:40] - x[t] + 1j * (SMALL.y[20:30, None] - y[t])
            q = place * np.exp(-1j * angle[t]) / scale[t]
            phases = q[..., None].real * waves.frequencies[:, 0]
            phases = 2 * np.pi * (phases + q[..., None].imag * waves.frequencies[:, 1])
            expected = np.cos(phases + waves.phases) @ waves.amplitudes
            expected = np.tanh(expected / 2) if kind == "1f" else expected
            np.testing.assert_allclose(sample(t, slice(20, 30), slice(8, 40)), expected, atol=1e-5)
            assert np.abs(expected).max() <= 1 + 1e-9

    def test_amplitude_of_1f_falls_as_1_over_f(self):
        """Power slope -2 +- 0.15 below 0.2 cycles/px, where the waves end."""
        powers = []
        for seed in range(20):
            s = stimuli.moving_shapes(n_shapes=0, duration=None, seed=seed)
            window = np.outer(np.hanning(256), np.hanning(256))
            powers.append(np.abs(np.fft.fft2((s.frames[0] - 0.5) * window)) ** 2)
        f = np.hypot(np.fft.fftfreq(256), np.fft.fftfreq(256)[:, None])
        edges = np.geomspace(4 / 256, 0.18, 9)
        means = [
            np.mean(powers, axis=0)[(f >= low) & (f < high)].mean() for low, high in pairwise(edges)
        ]
        slope = np.polyfit(np.log(edges[:-1] * edges[1:]) / 2, np.log(means), 1)[0]
        assert slope == pytest.approx(-2, abs=0.15)


class TestFourierShift:
    def gaussian(self, x0, y0, n=(64, 64)):
        x = (np.arange(n[1]) - x0 + n[1] / 2) % n[1] - n[1] / 2
        y = (np.arange(n[0]) - y0 + n[0] / 2) % n[0] - n[0] / 2
        return np.exp(-(x**2 + y[:, None] ** 2) / (2 * 3.0**2))

    @pytest.mark.parametrize("n", [(64, 64), (63, 64), (64, 63), (63, 65)])
    @pytest.mark.parametrize("shift", [(0.3, -0.7), (10.01, 3.5), (0.5, 0.5), (-200.25, 77.7)])
    def test_band_limited_gaussian(self, n, shift):
        """Within 1e-12; a Gaussian of sd 3 px has nothing left at the Nyquist frequency."""
        moved = fourier_shift(self.gaussian(20, 30, n), shift)
        error = np.abs(moved - self.gaussian(20 + shift[0], 30 + shift[1], n)).max()
        assert error <= 1e-12

    def test_whole_pixels_are_a_roll_even_of_white_noise(self):
        noise = np.random.default_rng(0).standard_normal((8, 10))
        np.testing.assert_allclose(
            fourier_shift(noise, (3, -2)), np.roll(noise, (-2, 3), (0, 1)), atol=1e-14
        )

    def test_nyquist_shrinks_by_the_cosine(self):
        """+-1 alternating has no phase: half a pixel on, its samples are all zero."""
        stripes = np.tile([1.0, -1.0], (4, 4))
        for u in (0.0, 0.25, 0.5, 1.0):
            expected = stripes * np.cos(np.pi * u)
            np.testing.assert_allclose(fourier_shift(stripes, (u, 0)), expected, atol=1e-14)
        board = stripes * stripes[0, :4, None]
        np.testing.assert_allclose(
            fourier_shift(board, (0.25, 0.125)),
            board * np.cos(np.pi / 4) * np.cos(np.pi / 8),
            atol=1e-14,
        )

    def test_mirrored_shifts_are_mirror_images(self):
        noise = np.random.default_rng(1).standard_normal((6, 8))
        left = fourier_shift(noise[:, ::-1], (-0.3, 0))[:, ::-1]
        np.testing.assert_allclose(left, fourier_shift(noise, (0.3, 0)), atol=1e-14)

    def test_rejects(self):
        with pytest.raises(TypeError, match=r"fourier_shift: image=.*expected an \(H, W\) array"):
            fourier_shift(np.zeros(3), (0, 0))
        with pytest.raises(TypeError, match=r"fourier_shift: image=.*finite numbers"):
            fourier_shift(np.full((3, 3), np.nan), (0, 0))
        with pytest.raises(TypeError, match=r"fourier_shift: shift=\(1, 2, 3\)"):
            fourier_shift(np.zeros((3, 3)), (1, 2, 3))
        with pytest.raises(ValueError, match=r"fourier_shift: shift=.*is not finite"):
            fourier_shift(np.zeros((3, 3)), (np.nan, 0))


class TestTranslatingTexture:
    @pytest.mark.parametrize("pixels", [0.01, 0.1, 0.37, 1.0, 1.618, 3.0])
    @pytest.mark.parametrize("direction", [0, 90, 205])
    def test_phases_tell_the_speed(self, pixels, direction):
        """Acceptance 3: every component turns by exactly the flow; far within 1e-3 px/frame."""
        s = stimuli.translating_texture(
            **CLIP, speed=pixels * 60 / 32, direction=direction, contrast=0.1, clip_sd=9
        )
        u, v = s.truth["flow"][0, 0, 0].astype(float)
        angle = np.radians(direction)
        np.testing.assert_allclose(
            [u, v], [pixels * np.cos(angle), -pixels * np.sin(angle)], atol=1e-6
        )
        spectra = np.fft.fft2(s.frames.astype(float))[:, 1:9, 1:9]
        f = np.fft.fftfreq(64)[1:9]
        turned = np.angle(
            spectra[1:] / spectra[:-1] * np.exp(2j * np.pi * (u * f + v * f[:, None]))
        )
        assert np.abs(turned / (2 * np.pi * np.hypot(f, f[:, None]))).max() < 1e-3

    def test_whole_pixels_are_a_roll(self):
        s = stimuli.translating_texture(**CLIP, speed=2 * 60 / 32, direction=90)
        np.testing.assert_allclose(s.frames[3], np.roll(s.frames[0], -6, axis=0), atol=1e-6)

    def test_noise_has_the_contrast_and_clipping_it_tells(self):
        runs = [
            stimuli.translating_texture(**CLIP, contrast=0.2, clip_sd=2.5, alpha=0, seed=k)
            for k in range(3)
        ]
        for s in runs:
            clipped = np.abs(s.frames - 0.5) > 0.5 * 0.2 * 2.5 - 1e-6
            assert s.truth["clipped_fraction"] == pytest.approx(clipped.mean(), abs=1e-4)
            assert s.truth["clipped_fraction"] == pytest.approx(0.0124, abs=0.004)

    def test_an_image_moves_and_keeps_its_values(self):
        image = np.outer(np.hanning(64), np.hanning(64)).astype(np.float32)
        s = stimuli.translating_texture(**CLIP, texture=image, contrast=0.9, speed=-60 / 32)
        np.testing.assert_allclose(s.frames[0], 0.5 + 0.45 * (2 * image - 1), atol=1e-6)
        np.testing.assert_allclose(s.frames[4], np.roll(s.frames[0], -4, axis=1), atol=1e-6)
        assert (s.truth["direction"], s.truth["clipped_fraction"]) == (180.0, 0.0)
