"""Acceptance 3 and 11 for scenes of moving shapes, and their truth measured from the pixels."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

import stimuli
from stimuli import Screen, fourier_shift
from stimuli.moving_scenes.partition import seeds_of_segments, segment
from stimuli.moving_scenes.plane_waves import drawn_waves
from stimuli.moving_scenes.shapes import SHAPES, blob, cell, disc, drawn_shape, polygon, rect, star
from stimuli.rendering import coverage

SMALL = Screen(size=2, ppd=32, fps=60)  # 64 x 64
CLIP = {"screen": SMALL, "duration": 11 / 60}
SCENE = {**CLIP, "size": (0.4, 0.8), "n_shapes": 4, "texture": ("1f", "grating", "sinusoids")}


def warp_error(s, mask=None):
    """Return the RMS of frame t + 1, carried back by the flow with cubic splines, minus frame t."""
    flow = s.truth["flow"].astype(float)
    good = s.truth["valid"].copy() if mask is None else mask.copy()
    if "occluded" in s.truth:
        good &= ~s.truth["occluded"]
    rows, columns = np.indices(s.shape[1:3])
    errors = []
    for t in range(s.n_frames - 1):
        places = [rows + flow[t, ..., 1], columns + flow[t, ..., 0]]
        carried = map_coordinates(s.frames[t + 1].astype(float), places, order=3, mode="mirror")
        errors.append((carried - s.frames[t])[good[t]])
    return np.sqrt(np.mean(np.concatenate(errors) ** 2))


class TestWarp:
    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize("motion", ["constant", "random_walk", "affine", "circular"])
    def test_moving_shapes(self, motion, seed):
        """Acceptance 3: below 0.01 RMS where a pixel is valid and not occluded."""
        s = stimuli.moving_shapes(**SCENE, motion=motion, speed=(0, 5), border="bounce", seed=seed)
        assert warp_error(s) < 0.01

    @pytest.mark.parametrize("pixels", [0.01, 0.03, 0.1, 0.3, 0.5, 0.77, 1.0, 1.5, 2.2, 3.0])
    def test_sub_pixel_speeds(self, pixels):
        """Acceptance 3: 0.01-3 px/frame; standing still instead would be worse."""
        speed = pixels * 60 / 32
        s = stimuli.moving_shapes(**SCENE, speed=speed, border="allow", camera=(speed, speed / 3))
        assert warp_error(s) < 0.01
        still = {**s.truth, "flow": np.zeros_like(s.truth["flow"])}
        standing = stimuli.Stimulus(s.frames, ppd=32, fps=60, truth=still)
        assert warp_error(standing) > 3 * warp_error(s) or pixels < 0.05

    @pytest.mark.parametrize("background", ["1f", "flat", "grating", "sinusoids"])
    def test_backgrounds_and_cameras(self, background):
        s = stimuli.moving_shapes(
            **SCENE, background=background, camera=(3, -2), border="allow", seed=2
        )
        assert warp_error(s) < 0.01
        np.testing.assert_allclose(  # the scene goes against the camera; v is down
            s.truth["flow"][s.truth["instances"][:-1] == 0][0], [-1.6, -3.2 / 3], atol=1e-6
        )

    @pytest.mark.parametrize("seed", range(6))
    def test_flat_shapes(self, seed):
        s = stimuli.flat_shapes(**CLIP, speed_sd=5, path_radius=(0.2, 0.5), seed=seed)
        assert warp_error(s) < 0.01

    def test_texture_alone_is_exact(self):
        s = stimuli.moving_shapes(**CLIP, n_shapes=0, camera=(2.0, 1.0))
        assert warp_error(s) < 0.0025
        assert s.truth["objects"].shape == (0,)
        assert s.truth["boxes"].shape == (11, 0, 4)

    def test_warp_with_the_wrong_sign_fails(self):
        s = stimuli.moving_shapes(**CLIP, n_shapes=0, camera=(2.0, 1.0))
        wrong = {**s.truth, "flow": -s.truth["flow"]}
        assert warp_error(stimuli.Stimulus(s.frames, ppd=32, fps=60, truth=wrong)) > 0.05


def table_of(s):
    return s.truth["objects"].reshape(s.n_frames, -1)


def carried(table, t, to, ids, places):
    """Return where places (deg, x + iy) of surfaces ``ids`` are in frame ``to``, by the table."""
    result = places.astype(complex)
    for before, after in zip(table[t], table[to], strict=True):
        mine = ids == before["object"]
        turn = np.exp(1j * np.radians(after["angle"] - before["angle"]))
        turn = turn * after["scale"] / before["scale"]
        offset = places[mine] - (before["x"] + 1j * before["y"])
        result[mine] = after["x"] + 1j * after["y"] + turn * offset
    return result


FINE = 8
WIDE, NARROW = 0.9, 0.3  # px: half a pixel, give or take what the finer picture misses at corners


@pytest.fixture(
    scope="module", params=["moving_shapes", "turning", "flat_shapes", "second_order_objects"]
)
def pair(request):
    params = {
        "moving_shapes": {"n_shapes": 6, "size": (0.5, 0.9), "speed": 6, "border": "bounce"},
        "turning": {"n_shapes": 6, "size": 0.8, "speed": 4, "border": "allow",
                    "motion": "affine", "rotation": 300, "expansion": 2},
        "flat_shapes": {"n_shapes": 12, "speed_sd": 6, "path_radius": (0.2, 0.5)},
        "second_order_objects": {"n_shapes": 5, "size": 0.7, "speed": 5, "border": "allow"},
    }[request.param]  # fmt: skip
    name = "moving_shapes" if request.param == "turning" else request.param
    fine = Screen(size=2, ppd=32 * FINE, fps=60)
    coarse = stimuli.make(name, **params, screen=SMALL, duration=5 / 60, seed=3)
    fine = stimuli.stream(name, **params, screen=fine, duration=5 / 60, seed=3)
    return coarse, fine.truth["instances"]


class TestOcclusion:
    """An independent rule: look where the point went, in a picture of 8 times the resolution."""

    def seen_near(self, fine_ids, places, radius):
        """Return all fine ids within ``radius`` px of each place, -1 out of the field.

        Coverage goes by the distance to a border: a shape touches a pixel if it comes nearer to its
        centre than half a pixel.
        """
        n, scale = fine_ids.shape[0], 32 * FINE
        columns = places.real * scale + (n - 1) / 2
        rows = (n - 1) / 2 - places.imag * scale
        offsets = np.arange(-FINE, FINE + 1)
        down, right = (each.ravel()[:, None, None] for each in np.meshgrid(offsets, offsets))
        around = np.hypot(down, right).ravel() <= radius * FINE
        rows = np.rint(rows + down[around]).astype(int)
        columns = np.rint(columns + right[around]).astype(int)
        inside = (rows >= 0) & (rows < n) & (columns >= 0) & (columns < n)
        return np.where(inside, fine_ids[rows.clip(0, n - 1), columns.clip(0, n - 1)], -1)

    @pytest.mark.parametrize("backwards", [False, True])
    def test_is_what_a_finer_picture_shows(self, pair, backwards):
        s, fine_ids = pair
        table = table_of(s)
        places = SMALL.x + 1j * SMALL.y[:, None]
        counts = np.zeros(2, int)
        for t in range(s.n_frames - 1):
            start, stop = (t + 1, t) if backwards else (t, t + 1)
            told = s.truth["disoccluded" if backwards else "occluded"][t]
            ids = s.truth["instances"][start]
            place = carried(table, start, stop, ids, places)
            pure = (self.seen_near(fine_ids[start], places, WIDE) == ids).all(axis=0)
            seen = (self.seen_near(fine_ids[stop], place, WIDE) == ids).all(axis=0)
            gone = (self.seen_near(fine_ids[stop], place, WIDE) != ids).all(axis=0)
            assert not told[pure & seen].any()
            assert told[pure & gone].all()
            counts += [(pure & seen).sum(), (pure & gone).sum()]
        assert counts[0] > 5000
        assert counts[1] > 20

    def test_front_layer_and_valid(self, pair):
        s, fine_ids = pair
        places = SMALL.x + 1j * SMALL.y[:, None]
        for t in range(s.n_frames - 1):
            ids, valid = s.truth["instances"][t], s.truth["valid"][t]
            wide = self.seen_near(fine_ids[t], places, WIDE)
            within = self.seen_near(fine_ids[t], places, NARROW)
            alone = (wide == wide[:1]).all(axis=0)
            assert (ids == wide[0])[alone].all()
            assert valid[alone].all()
            assert not valid[(within != within[:1]).any(axis=0)].any()

    def test_flow_is_where_the_table_says(self, pair):
        s, _ = pair
        places = SMALL.x + 1j * SMALL.y[:, None]
        for t in range(s.n_frames - 1):
            there = carried(table_of(s), t, t + 1, s.truth["instances"][t], places)
            step = (there - places) * 32
            np.testing.assert_allclose(s.truth["flow"][t, ..., 0], step.real, atol=1e-5)
            np.testing.assert_allclose(s.truth["flow"][t, ..., 1], -step.imag, atol=1e-5)

    def test_boxes_enclose_what_is_seen(self, pair):
        s, _ = pair
        for t, ids in enumerate(s.truth["instances"]):
            for k, box in enumerate(s.truth["boxes"][t], start=1):
                rows, columns = np.nonzero(ids == k)
                if len(rows) == 0:
                    assert (box == -1).all()
                else:
                    expected = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
                    assert tuple(box) == expected


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


class TestMotions:
    @staticmethod
    def table(motion, **params):
        movie = stimuli.stream(
            "moving_shapes",
            **{"motion": motion, "screen": Screen(size=8, ppd=8), "n_shapes": 5, **params},
        )
        return movie.truth["objects"].reshape(movie.n_frames, -1)

    def test_constant(self):
        table = self.table("constant", speed=3, direction=37, border="allow")
        np.testing.assert_allclose(table["dx"], 3 / 60 * np.cos(np.radians(37)), atol=1e-12)
        np.testing.assert_allclose(table["dy"], 3 / 60 * np.sin(np.radians(37)), atol=1e-12)

    def test_steps_lead_to_the_next_place(self):
        for motion in ("constant", "random_walk", "affine", "circular"):
            table = self.table(motion, border="bounce", speed=9, camera=(2, 1))
            for axis in "xy":
                np.testing.assert_allclose(
                    table[axis][1:], (table[axis] + table["d" + axis])[:-1], atol=1e-12
                )

    def test_random_walk_keeps_its_speed_and_forgets_its_direction(self):
        table = self.table("random_walk", speed=3, border="allow", duration=4.0)
        steps = table["dx"] + 1j * table["dy"]
        np.testing.assert_allclose(np.abs(steps), 3 / 60, atol=1e-12)
        assert np.abs((steps[1:] * steps[:-1].conj()).mean() * 400) < 4 / np.sqrt(steps.size)

    def test_circles(self):
        table = self.table("circular", speed=2, path_radius=0.8, border="allow", duration=3.0)
        places = table["x"] + 1j * table["y"]
        n = round(2 * np.pi * 0.8 / 2 * 60)  # frames of one turn, 150.8
        np.testing.assert_allclose(np.abs(places[n // 2] - places[0]), 1.6, atol=1e-3)
        chord = 2 * 0.8 * np.sin(2 / 60 / 0.8 / 2)
        np.testing.assert_allclose(np.hypot(table["dx"], table["dy"]), chord, atol=1e-12)
        turns = np.angle((table["dx"] + 1j * table["dy"])[1] / (table["dx"] + 1j * table["dy"])[0])
        assert set(np.sign(turns)) == {-1, 1}

    def test_affine(self):
        table = self.table("affine", rotation=90, expansion=0.5, border="allow", duration=1.0)
        turned = np.unwrap(np.radians(table["angle"]), axis=0)
        assert np.abs(np.diff(turned, 2, axis=0)).max() < 1e-9
        assert 0 < np.abs(turned[-1]).max() <= np.pi / 2
        assert np.abs(np.diff(np.log(table["scale"]), 2, axis=0)).max() < 1e-9
        assert np.exp(-0.5) <= table["scale"].min() < 1 < table["scale"].max() <= np.exp(0.5)

    def test_rotation_is_counter_clockwise_in_the_pixels(self):
        """A turning rectangle: the long axis of its pixels turns as the table says, y up."""
        s = stimuli.moving_shapes(
            **CLIP, n_shapes=1, shape="rect", motion="affine", speed=0, rotation=400, size=1.6,
            texture="flat", background="flat", luminance_range=0.3, seed=1,
        )  # fmt: skip
        axes = []
        for frame in s.frames:
            weight = 0.5 - frame
            x, y = SMALL.x - (weight * SMALL.x).sum() / weight.sum(), SMALL.y[:, None]
            y = y - (weight * y).sum() / weight.sum()
            moments = [(weight * each).sum() for each in (x * x, x * y, y * y)]
            axes.append(np.arctan2(2 * moments[1], moments[0] - moments[2]) / 2)
        measured = np.unwrap(2 * np.array(axes)) / 2
        told = np.unwrap(np.radians(table_of(s)["angle"][:, 0]))
        assert abs(told[-1]) > 0.1
        np.testing.assert_allclose(measured - measured[0], told, atol=0.01)

    @pytest.mark.parametrize("direction", [0, 90, 200])
    def test_centroids_go_where_they_are_told(self, direction):
        """Acceptance 3: within 0.02 px/frame, from the pixels alone."""
        s = stimuli.moving_shapes(
            **CLIP, n_shapes=1, shape="disc", direction=direction, speed=1.3, size=0.8,
            texture="flat", background="flat", luminance_range=0.3, border="refuse",
        )  # fmt: skip
        weight = 0.5 - s.frames.astype(float)
        x = (weight * np.arange(64)).sum((1, 2)) / weight.sum((1, 2))
        y = (weight * np.arange(64)[:, None]).sum((1, 2)) / weight.sum((1, 2))
        u, v = SMALL.flow(direction, 1.3)
        measured = np.polyfit(np.arange(11), np.stack([x, y], axis=1), 1)[0]
        assert np.abs(measured - (u, v)).max() < 0.02

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("border", ["refuse", "bounce"])
    def test_nothing_leaves_the_field(self, border, seed):
        movie = stimuli.stream(
            "moving_shapes", screen=Screen(size=(6, 9), ppd=8), n_shapes=6, border=border,
            motion=("constant", "affine", "circular", "random_walk"), seed=seed, shape="disc",
            speed=(0, 3 if border == "refuse" else 30), camera=(1, 0.5), size=1.0,
        )  # fmt: skip
        table = movie.truth["objects"]
        reach = 0.5 * table["scale"]
        assert (np.abs(table["x"]) + reach <= 4.5 + 1e-9).all()
        assert (np.abs(table["y"]) + reach <= 3 + 1e-9).all()

    def test_one_parameter_does_not_reshuffle_another(self):
        base = {"screen": Screen(size=8, ppd=8), "border": "allow"}
        first, faster = (stimuli.stream("moving_shapes", **base, speed=v) for v in (1, 2))
        assert first.truth["shapes"] == faster.truth["shapes"]
        a, b = first.truth["objects"], faster.truth["objects"]
        np.testing.assert_allclose(2 * a["dx"], b["dx"], atol=1e-12)
        np.testing.assert_array_equal(a["x"][:3], b["x"][:3])


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


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("moving_shapes", {"speed": 30}, r"border='refuse' cannot be kept: shape \d would leave"),
        ("moving_shapes", {"size": 9, "border": "bounce"}, r"border='bounce' .* larger than the"),
        ("moving_shapes", {"camera": (9, 0)}, r"expected shapes .* fit .*\. Lower size, speed or"),
        ("moving_shapes", {"size": 0.01}, r"size=0.01 is 0.32 px; expected at least two pixels"),
        ("moving_shapes", {"size": (2, 1)}, r"size=\(2.0, 1.0\) goes down; expected \(lowest"),
        ("moving_shapes", {"speed": (2, 1)}, r"speed=\(2.0, 1.0\) goes down"),
        ("moving_shapes", {"speed": (1, 2, 3)}, r"speed=\(1, 2, 3\) has 3 numbers; expected 2"),
        ("moving_shapes", {"speed": -1}, r"speed=-1 is out of range"),
        ("moving_shapes", {"contrast": 0.8}, r"contrast=0.8 takes light from 0.06 to 1.08;"),
        ("moving_shapes", {"photometric_noise": 0.1}, r"photometric_noise=0.1 takes light from"),
        ("moving_shapes", {"mean_luminance": 0.9}, r"contrast=0.4 takes light from"),
        ("moving_shapes", {"rotation": 2e4}, r"rotation=20000.0 turns by half a circle"),
        ("moving_shapes", {"sf": 17, "background": "grating"}, r"sf=17.* Nyquist"),
        ("moving_shapes", {"expansion": 5, "motion": "affine", "texture": "grating",
                           "border": "allow", "sf": 4, "n_shapes": 9},
         r"expansion=5.0 shrinks a texture to .* expected less than ppd/2"),
        ("moving_shapes", {"shape": "circle"}, r"shape='circle' is unknown; .*'disc'"),
        ("moving_shapes", {"texture": ("1f", "noise")}, r"texture='noise' is unknown"),
        ("moving_shapes", {"motion": "walk"}, r"motion='walk' is unknown"),
        ("moving_shapes", {"n_shapes": -1}, r"n_shapes=-1 is out of range"),
        ("moving_shapes", {"duration": 0.01}, r"duration=0.01 is 0.6 frames"),
        ("flat_shapes", {"n_shapes": 40}, r"n_shapes=40 is more than the segments; .*36"),
        ("flat_shapes", {"n_segments": 9000}, r"n_segments=9000 makes segments of 2.7 px"),
        ("flat_shapes", {"motion": "affine"}, r"motion='affine' is unknown"),
        ("flat_shapes", {"n_segments": 1, "n_shapes": 1, "border": "bounce"}, r"larger than the"),
        ("flat_shapes", {"luminance_range": (0.9, 0.1)}, r"luminance_range=.* goes down"),
        ("flat_shapes", {"border": "refuse"}, r"border='refuse' is unknown"),
        ("translating_texture", {"contrast": 0.5}, r"contrast=0.5 takes mean_luminance=0.5 outsid"),
        ("translating_texture", {"texture": np.ones((3, 3))}, r"texture=array.*does not fit"),
        ("translating_texture", {"texture": np.tile([0.0, 1.0, 1.0, 0.0], (256, 64)),
                                 "contrast": 1, "speed": 1.0},
         r"contrast=1.0 takes .* at most 0\.[78]"),
        ("translating_texture", {"texture": "noise"}, r"texture='noise' is unknown"),
        ("second_order_objects", {"transform": "waves"}, r"transform='waves' is unknown"),
        ("second_order_objects", {"wavelength": 0.05}, r"wavelength=0.05 is 1.6 px; expected more"),
        ("second_order_objects", {"level": 1.5}, r"level=1.5 is out of range"),
        ("second_order_objects", {"mean_luminance": 0.7}, r"contrast=0.9 takes mean_luminance=0.7"),
        ("second_order_objects", {"size": 9}, r"border='refuse' cannot be kept"),
    ],
)  # fmt: skip
def test_rejects(name, params, message):
    """Acceptance 11: parameter, value, what is allowed, what to do."""
    with pytest.raises(ValueError, match=f"{name}: .*{message}"):
        stimuli.stream(name, **params)


def test_allowed_shapes_leave_and_come_back_in_the_truth():
    movie = stimuli.stream(
        "moving_shapes", screen=SMALL, n_shapes=2, speed=6, size=0.5, border="allow", direction=0
    )
    assert (movie.truth["boxes"][-1] == -1).all()
    assert not movie.truth["instances"][-1].any()
    assert movie.truth["occluded"].any()


def test_only_what_is_textured_needs_room_for_contrast():
    light = stimuli.moving_shapes(**CLIP, n_shapes=0, background="flat", mean_luminance=1)
    assert light.frames.min() == 1
    params = {**CLIP, "background": "flat", "mean_luminance": 0.95, "contrast": 0.6, "size": 0.5}
    dark = stimuli.moving_shapes(**params)
    assert dark.frames.max() <= 0.96 + 1e-6
    with pytest.raises(ValueError, match=r"contrast=0\.6 takes light"):
        stimuli.moving_shapes(**{**params, "luminance_range": 0.7})


def test_photometric_noise_has_its_sd_and_changes_from_frame_to_frame():
    params = {**CLIP, "n_shapes": 0, "camera": (0, 0)}
    clean = stimuli.moving_shapes(**params)
    noise = stimuli.moving_shapes(**params, photometric_noise=0.05).frames - clean.frames
    assert noise.std() == pytest.approx(0.05, rel=0.03)
    assert np.abs(noise).max() <= 0.15 + 1e-6
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.06
