"""Scenes of shapes: what the truth says is measured again from the pixels."""

import colorsys

import numpy as np
import pytest

import stimuli
from stimuli import SceneWorld, Screen
from stimuli.worlds.scene_layout import RELATIONS, Plan, arrange, draw_plan
from stimuli.worlds.scene_shapes import SHAPES, shape_patch

FLOOR = 0.12


def tight_box(mask):
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


def holds(relation, s, o):
    """Return whether a relation holds between two boxes, pixel by pixel."""
    pixels = [{(x, y) for x in range(b[0], b[2]) for y in range(b[1], b[3])} for b in (s, o)]
    grown = {(x + dx, y + dy) for x, y in pixels[0] for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    return {
        "left_of": max(x for x, _ in pixels[0]) < min(x for x, _ in pixels[1]),
        "above": max(y for _, y in pixels[0]) < min(y for _, y in pixels[1]),
        "inside": grown <= pixels[1],
        "touching": bool(grown & pixels[1]) and not pixels[0] & pixels[1],
        "larger": len(pixels[0]) > 1.25 * len(pixels[1]),
    }[relation]


def test_relations_against_sets_of_pixels():
    """§3.8: geometric predicates are derived from boxes, so that truth is checkable."""
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 8, (60, 2))
    boxes = np.concatenate([corners, corners + rng.integers(1, 8, (60, 2))], axis=1)
    relations = stimuli.spatial_relations(boxes)
    assert relations.shape == (60, 5, 60)
    for s in range(60):
        for o in range(60):
            if s != o:
                expected = [holds(name, boxes[s], boxes[o]) for name in RELATIONS]
                assert relations[s, :, o].tolist() == expected
    assert relations.any(axis=(0, 2)).all()
    assert not relations[np.arange(60), :, np.arange(60)].any()


@pytest.mark.parametrize("scene", range(40))
def test_boxes_and_relations_can_be_measured_from_the_picture(scene):
    """Each visible object's own pixels have its colour and give its box."""
    s = stimuli.scene_image(scene=scene, n_objects=4, sharpness=1.0)
    image, truth = s.frames[0], s.truth
    drawn = np.abs(image - FLOOR).max(axis=-1) > 1e-6
    assert not (drawn & ~np.any([_filled(b) for b in truth["boxes"]], axis=0)).any()
    for item, box, mask, visible in zip(
        truth["items"], truth["boxes"], truth["masks"], truth["visible"], strict=True
    ):
        assert tight_box(mask) == box.tolist()
        assert item["visible_part"] == pytest.approx(visible.sum() / mask.sum())
        sure = visible & _inner(mask)
        for later in truth["boxes"][item["object"] + 1 :]:  # faint rims mix two hues
            sure &= ~_filled(later)
        if not sure.any():
            continue
        hue = [colorsys.rgb_to_hsv(*pixel)[0] for pixel in image[sure].tolist()]
        np.testing.assert_allclose(
            np.exp(2j * np.pi * np.array(hue)), np.exp(2j * np.pi * item["color"] / 5), atol=1e-3
        )
    relations = truth["relations"]
    np.testing.assert_array_equal(relations, stimuli.spatial_relations(truth["boxes"]))
    assert sorted(truth["triples"].tolist()) == sorted(map(tuple, np.argwhere(relations).tolist()))
    for triple in truth["intended"]:
        assert relations[triple["s"], triple["p"], triple["o"]]


def _filled(box):
    mask = np.zeros((64, 64), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return mask


def _inner(mask):
    """Return the pixels whose eight neighbours all belong to the mask."""
    padded = np.pad(mask, 1)
    shifts = [(dy, dx) for dy in range(3) for dx in range(3)]
    return np.all([padded[dy : dy + 64, dx : dx + 64] for dy, dx in shifts], axis=0)


@pytest.mark.parametrize("scene", range(20))
def test_negatives_are_false_and_different(scene):
    """§3.8: negatives sampled without false negatives."""
    truth = stimuli.scene_image(scene=scene, n_objects=3).truth
    relations, negatives = truth["relations"], truth["negatives"]
    assert len(negatives) == len(truth["triples"])
    assert len(set(negatives.tolist())) == len(negatives)
    assert not relations[negatives["s"], negatives["p"], negatives["o"]].any()
    assert (negatives["s"] != negatives["o"]).all()


def test_scenes_of_one_seed_share_a_world():
    """Entities keep their labels, size and look in all scenes of a seed; splits differ in pool."""
    world = SceneWorld(seed=3, n_pred=4, n_features=1)
    radii = {}
    for scene in range(30):
        for split in ("known", "novel"):
            items = stimuli.scene_image(scene=scene, n_objects=3, split=split, seed=3).truth[
                "items"
            ]
            entity = world.entities[items["entity"]]
            for name in ("basic", "general", "color"):
                np.testing.assert_array_equal(items[name], entity[name])
            assert (entity["novel"] == (split == "novel")).all()
            radii.setdefault(items["entity"][0], set()).add(items["radius"][0])
    assert all(len(radius) == 1 for radius in radii.values())
    assert len(radii) > 15


def test_arrangements_follow_the_law():
    """A sharp law shows in what is arranged; a flat one gives each relation a quarter."""
    rng = np.random.default_rng(0)
    flat = np.full((1, 4, 1), 0.25)
    drawn = [draw_plan(np.zeros(2, int), flat, rng).relations[0] for _ in range(2000)]
    assert np.bincount(drawn, minlength=4) == pytest.approx(500, abs=4 * np.sqrt(375))
    likely = []
    for scene in range(150):
        truth = stimuli.scene_image(scene=scene, n_objects=2, sharpness=3.0).truth
        (s, p, o), basic = truth["intended"][0], truth["items"]["basic"]
        law = truth["law"][basic[s], :, basic[o]]
        likely.append(p == law.argmax())
    assert np.mean(likely) > 0.6


def test_an_occluder_covers_what_it_covers():
    s = stimuli.scene_image(scene=1, occluder=0.25)
    whole = stimuli.scene_image(scene=1)
    x0, y0, x1, y1 = s.truth["occluder_box"]
    assert (x1 - x0, y1 - y0) == (16, 16)
    changed = (s.frames[0] != whole.frames[0]).any(axis=-1)
    assert tight_box(changed) == [x0, y0, x1, y1]
    assert not s.truth["visible"][:, y0:y1, x0:x1].any()
    np.testing.assert_array_equal(s.truth["masks"], whole.truth["masks"])
    assert s.truth["items"]["visible_part"].min() < whole.truth["items"]["visible_part"].min()
    assert whole.truth["occluder_box"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ("disc", np.pi),
        ("square", 3.24),
        ("triangle", 1.8),
        ("diamond", 2.0),
        ("hexagon", 1.5 * np.sqrt(3)),
        ("ring", np.pi * (1 - 0.55**2)),
        ("cross", 4 * 0.68 - 0.68**2),
        ("star", 10 * 0.5 * 0.45 * np.sin(np.radians(36))),
    ],
)
def test_shapes_have_their_areas(shape, area):
    """Coverage sums to the area of the outline, in closed form."""
    radius = 20.0
    patch = shape_patch(shape, radius)
    assert patch.sum() == pytest.approx(area * radius**2, rel=0.02)
    assert 0 <= patch.min() <= patch.max() == 1
    assert tight_box(patch >= 0.5) == [0, 0, patch.shape[1], patch.shape[0]]


def test_there_is_a_shape_for_every_class():
    assert len({shape_patch(shape, 6.0).tobytes() for shape in SHAPES}) == 8


def test_zipf_makes_early_shapes_frequent():
    basic = [
        stimuli.scene_image(scene=k, n_objects=2, zipf=2.0).truth["items"]["basic"]
        for k in range(100)
    ]
    counts = np.bincount(np.ravel(basic), minlength=8)
    assert counts[0] > 3 * counts[4:].mean()


def test_what_cannot_be_arranged_is_not():
    rng = np.random.default_rng(0)
    left_of = Plan((0, 0, 0), (0, 1, 2))  # four in a row do not fit
    assert arrange(left_of, np.full((4, 2), 20), (64, 64), rng) is None


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"n_objects": 1},
            "scene_image: n_objects=1 is out of range; expected 2 <= n_objects <= 6",
        ),
        ({"size": 0.3}, "scene_image: size=0.3 makes objects inside others too small"),
        ({"size": 5}, "scene_image: size=5.0 leaves no room for n_objects=4"),
        ({"occluder": 1.5}, "scene_image: occluder=1.5 is out of range"),
        ({"occluder": 0.001}, "scene_image: occluder=0.001 is smaller than a pixel"),
        ({"n_negatives": 1000}, "scene_image: n_negatives=1000 is more than there are false"),
        ({"split": "train"}, "scene_image: split='train' is unknown"),
    ],
)
def test_scene_rejects(params, message):
    with pytest.raises(ValueError, match=message):
        stimuli.stream("scene_image", **params)


def test_boxes_are_checked():
    for bad in ([[0, 0, 1]], [[0, 0, 0, 1]], [0, 0, 1, 1]):
        with pytest.raises(ValueError, match=r"spatial_relations: boxes=.* expected \(n, 4\)"):
            stimuli.spatial_relations(bad)


def test_a_larger_screen_takes_larger_objects():
    s = stimuli.scene_image(screen=Screen(size=8, ppd=32), size=1.8, n_objects=6)
    assert s.shape == (1, 256, 256, 3)
    assert (s.truth["items"]["radius"] > 8).all()
