"""Shapes without texture, and objects that move by their texture alone."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen
from stimuli.moving_scenes.partition import seeds_of_segments, segment
from stimuli.rendering import coverage

SMALL = Screen(size=2, ppd=32, fps=60)  # 64 x 64


CLIP = {"screen": SMALL, "duration": 11 / 60}


class TestFlatShapes:
    def test_default_pixel_numbers(self):
        """Radius 20-55 px, speed |N(0, 10)| px/frame, jitter 0.5 px/frame, 25 frames, 4-14 shapes.

        A quarter of the shapes each on lines and random walks, half on circles.
        """
        speeds, motions, jitters, counts = [], [], [], set()
        for seed in range(150):
            movie = stimuli.stream("flat_shapes", seed=seed)
            table = movie.truth["objects"].reshape(25, -1)
            steps = (table["dx"] + 1j * table["dy"]) * 32
            words = np.array(movie.truth["motions"])
            motions.extend(words)
            counts.add(movie.truth["n_shapes"])
            straight = steps[:, words == "constant"]
            speeds.extend(np.abs(straight.mean(axis=0)))
            jitters.extend((straight - straight.mean(axis=0)).real.ravel())
        assert counts == set(range(4, 15))
        n = len(motions)
        for word, part in (("circular", 0.5), ("constant", 0.25), ("random_walk", 0.25)):
            expected = 4 * np.sqrt(part * (1 - part) / n)
            assert np.mean([each == word for each in motions]) == pytest.approx(part, abs=expected)
        assert np.sqrt(np.mean(np.square(speeds))) == pytest.approx(10, rel=0.15)
        assert np.std(jitters) == pytest.approx(0.5, rel=0.05)
        radius = stimuli.entry("flat_shapes").defaults["path_radius"]
        assert tuple(32 * each for each in radius) == (20, 55)

    @pytest.mark.parametrize("size", [4, (3, 6)])
    def test_segments_tile_the_field(self, size):
        screen = Screen(size=size, ppd=32)
        seeds = seeds_of_segments(screen, 35, np.random.default_rng(1))
        cells = [segment(seeds, k, screen) for k in range(len(seeds))]
        covered = sum(
            coverage(32 * each.distance(screen.x - x, screen.y[:, None] - y))
            for (x, y), each in zip(seeds, cells, strict=True)
        )
        inner = covered[1:-1, 1:-1]
        assert inner.mean() == pytest.approx(1, abs=2e-3)
        assert np.percentile(np.abs(inner - 1), 99) < 0.3  # corners where three meet
        nearest = np.hypot(
            screen.x[:, None] - seeds[:, 0], screen.y[:, None, None] - seeds[:, 1]
        ).argmin(axis=-1)
        for k in range(len(cells)):
            inside = cells[k].distance(screen.x - seeds[k, 0], screen.y[:, None] - seeds[k, 1]) < 0
            assert (inside == (nearest == k)).all()

    def test_flat_and_blurred_shapes(self):
        for blurred in (0.0, 1.0):
            s = stimuli.flat_shapes(screen=SMALL, duration=None, blurred=blurred, n_shapes=6)
            for k in range(1, 7):
                inside = s.frames[0][(s.truth["instances"][0] == k)]
                core = np.percentile(inside, [20, 80])
                assert (core[1] - core[0] > 1e-3) == bool(blurred)

    def test_background_is_the_grey_it_tells(self):
        s = stimuli.flat_shapes(screen=SMALL, duration=None, n_shapes=4, color=True)
        ground = s.frames[0][s.truth["instances"][0] == 0]
        assert np.median(ground, axis=0) == pytest.approx(s.truth["background_luminance"], abs=1e-6)
        assert s.shape == (1, 64, 64, 3)
        assert s.truth["flow"].shape == (0, 64, 64, 2)


class TestSecondOrder:
    TRANSFORMS = stimuli.entry("second_order_objects").parameters["transform"].options

    def first_order_speed(self, s, direction):
        """Return the least-squares velocity inside the object, along its direction, px/frame."""
        frames = s.frames.astype(float)
        inside = (s.truth["instances"] == 1)[:-1] & (s.truth["instances"] == 1)[1:]
        inside &= s.truth["valid"]
        dy, dx = np.gradient((frames[1:] + frames[:-1]) / 2, axis=(1, 2))
        dt = np.diff(frames, axis=0)
        gradients = np.stack([dx[inside], dy[inside]], axis=1)
        u, v = np.linalg.lstsq(gradients, -dt[inside], rcond=None)[0]
        angle = np.radians(direction)
        return u * np.cos(angle) - v * np.sin(angle)

    @pytest.mark.parametrize("transform", TRANSFORMS)
    def test_luminance_inside_does_not_go_along(self, transform):
        speeds = [
            self.first_order_speed(
                stimuli.second_order_objects(
                    **CLIP, transform=transform, size=1.0, speed=2.0, direction=60 * k, seed=k
                ),
                60 * k,
            )
            for k in range(12)
        ]
        true = 2.0 * 32 / 60  # px/frame
        assert abs(np.mean(speeds)) < 0.2 * true

    def test_luminance_of_a_first_order_object_does(self):
        s = stimuli.moving_shapes(
            **CLIP, n_shapes=1, size=1.0, speed=1.0, direction=60, shape="disc", texture="sinusoids"
        )
        assert self.first_order_speed(s, 60) == pytest.approx(32 / 60, rel=0.1)

    @pytest.mark.parametrize("transform", TRANSFORMS)
    @pytest.mark.parametrize("background", ["1f", "leaves"])
    def test_the_outside_stays_and_the_inside_is_changed(self, transform, background):
        s = stimuli.second_order_objects(
            **CLIP, transform=transform, background=background, size=0.9, speed=3.0, seed=4
        )
        ids, flow = s.truth["instances"], s.truth["flow"]
        outside = (ids == 0)[:-1] & (ids == 0)[1:] & s.truth["valid"]
        outside &= ~s.truth["occluded"] & ~s.truth["disoccluded"]
        assert np.abs(np.diff(s.frames, axis=0)[outside]).max() < 1e-6
        inside = (ids == 1)[:-1] & (ids == 1)[1:]
        if transform != "blur":  # the others draw the inside anew
            assert np.abs(np.diff(s.frames, axis=0)[inside]).mean() > 1e-2
        assert not flow[(ids == 0)[:-1]].any()
        assert s.truth["first_order"] is False
        np.testing.assert_allclose(np.hypot(*flow[inside].T), 3 * 32 / 60, atol=1e-5)

    def test_level_0_hides_the_object(self):
        s = stimuli.second_order_objects(**CLIP, transform="noise", level=0, size=0.9)
        assert np.ptp(s.frames, axis=0).max() < 1e-6
