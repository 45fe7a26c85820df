"""The diamond behind occluders: one velocity, four normal ones, and what is hidden."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen


def test_unoccluded_diamond_moves_with_its_velocity():
    """The centroid of the outline is at its position within 0.03 px; velocity follows from it."""
    s = stimuli.diamond(occlusion="none", duration=0.5, speed=3, path="circle")
    screen, light = Screen(), s.frames.astype(float) - 0.5
    x = (light * screen.x).sum(axis=(1, 2)) / light.sum(axis=(1, 2))
    y = (light * screen.y[:, None]).sum(axis=(1, 2)) / light.sum(axis=(1, 2))
    position = s.truth["position"]
    assert np.abs(np.stack([x, y], axis=1) - position).max() * 32 < 0.03
    np.testing.assert_allclose(s.truth["object_velocity"], np.diff(position, axis=0) * 60)
    assert np.linalg.norm(s.truth["object_velocity"], axis=1) == pytest.approx(3, rel=2e-3)
    np.testing.assert_allclose(np.linalg.norm(s.truth["position"], axis=1), 0.5)


def test_components_agree_only_in_the_object():
    """Acceptance 4, in its way: the intersection of the sides' constraints is the velocity."""
    s = stimuli.diamond(path="line", direction=25, speed=2, duration=0.1, diamond_size=(4, 5))
    normals, parts = s.truth["normals"], s.truth["component_velocity"][0]
    directions = np.degrees(np.arctan2(normals[:, 1], normals[:, 0]))
    speed, direction = stimuli.intersection_of_constraints(directions, (parts * normals).sum(1))
    assert speed == pytest.approx(2, abs=1e-6)
    assert direction == pytest.approx(25, abs=1e-3)
    mean = parts.mean(axis=0)
    assert np.hypot(*mean) < 2


def test_flow_is_the_velocity_in_pixels_with_v_down():
    s = stimuli.diamond(path="line", direction=90, speed=3, duration=0.1)
    np.testing.assert_allclose(s.truth["flow"][0, 0, 0], [0, -3 * 32 / 60], atol=1e-6)


def test_outline_has_the_asked_size_and_width():
    s = stimuli.diamond(
        occlusion="none", path="line", speed=0, diamond_size=(4, 6), line_width=0.25, duration=0.05
    )
    rows, columns = np.nonzero(s.frames[0] > 0.75)
    assert np.ptp(rows) / 32 == pytest.approx(4.25, abs=2 / 32)
    assert np.ptp(columns) / 32 == pytest.approx(6.25, abs=2 / 32)
    length = 4 * np.hypot(2, 3)
    area = (s.frames[0] - 0.5).sum(dtype=float) / 0.5 / 32**2
    assert area == pytest.approx(length * 0.25, rel=0.01)


def test_a_side_behind_an_aperture_slides_along_its_normal():
    """Through an aperture a step along the side changes nothing but rounding."""
    params = {"occlusion": "apertures", "occluder_size": 1.0, "path": "line", "diamond_size": 6.0}
    s = stimuli.diamond(**params, direction=135, speed=3, duration=0.1, screen=Screen(size=10))
    assert s.truth["corners_hidden"].all()
    right_up = (slice(0, 160), slice(160, 320))  # the side whose normal is at 45 deg
    assert np.abs(s.frames[0] - s.frames[-1])[right_up].max() < 1e-6
    assert np.abs(s.frames[0] - s.frames[-1]).max() > 0.1
    np.testing.assert_allclose(s.truth["component_velocity"][0, 0], 0, atol=1e-9)


def test_occluders_hide_the_corners():
    s = stimuli.diamond(duration=0.5)
    assert s.truth["corners_hidden"].all()
    hidden = s.truth["visible"] == 0
    assert (s.frames[:, hidden] == 0.5).all()
    assert not s.truth["valid"][:, hidden].any()
    assert s.truth["object_mask"][:, hidden].any()
    small = stimuli.diamond(duration=0.5, occluder_size=0.5)
    assert not small.truth["corners_hidden"].all()
    free = stimuli.diamond(duration=0.1, occlusion="none")
    assert not free.truth["corners_hidden"].any()


@pytest.mark.parametrize("occlusion", ["occluders", "apertures"])
def test_visible_occluders_have_their_luminance(occlusion):
    s = stimuli.diamond(occlusion=occlusion, occluder_luminance=0.25, duration=0.05)
    np.testing.assert_allclose(s.frames[0][s.truth["visible"] == 0], 0.25)


def test_valid_is_where_the_outline_is_seen():
    s = stimuli.diamond(duration=0.1)
    np.testing.assert_array_equal(s.truth["valid"][0], s.frames[0] != 0.5)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"diamond_size": 7.5}, "diamond_size=.* needs 8.6.* by 8.6.* deg on its path"),
        ({"diamond_size": (1, 2, 3)}, r"diamond_size=\(1.0, 2.0, 3.0\) has 3 numbers"),
        ({"path": "line", "speed": 30}, "expected a path inside the screen of 8 by 8 deg"),
        ({"occlusion": "mask"}, "occlusion='mask' is unknown"),
        ({"contrast": 1, "mean_luminance": 0.6}, "diamond: contrast=1.0 takes mean_luminance=0.6"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.diamond(**params)
