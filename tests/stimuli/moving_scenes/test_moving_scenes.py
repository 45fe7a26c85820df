"""Acceptance 3 and 11 for scenes of moving shapes, and their truth measured from the pixels."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

import stimuli
from stimuli import Screen

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
