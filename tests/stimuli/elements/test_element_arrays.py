"""Arrays of elements and verniers: places, orientations, offsets."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

import stimuli
from stimuli import Screen, place_elements

SMALL = Screen(size=8, ppd=16, fps=60)


@pytest.mark.parametrize("aperture", ["circle", "square"])
@pytest.mark.parametrize("seed", range(3))
def test_random_places_keep_their_distance(aperture, seed):
    """§3.3: no two centres are nearer than min_distance."""
    places = place_elements(
        "random", 60, aperture=aperture, aperture_size=7.0, min_distance=0.6, seed=seed
    )
    assert pdist(places).min() >= 0.6
    inside = np.hypot(*places.T) if aperture == "circle" else np.abs(places).max(axis=1)
    assert inside.max() <= 3.5
    again = place_elements(
        "random", 60, aperture=aperture, aperture_size=7.0, min_distance=0.6, seed=seed
    )
    np.testing.assert_array_equal(places, again)


def test_taken_places_are_kept_free():
    places = place_elements("random", 40, min_distance=0.7, taken=[(0, 0), (1, 1)])
    assert np.hypot(*places.T).min() >= 0.7
    assert np.hypot(*(places - 1).T).min() >= 0.7


def test_ring_and_grid():
    ring = place_elements("ring", 5, aperture_size=4.0, first_direction=90.0)
    np.testing.assert_allclose(np.hypot(*ring.T), 2.0)
    np.testing.assert_allclose(ring[0], [0, 2], atol=1e-12)
    grid = place_elements("grid", 9, aperture_size=4.0)
    np.testing.assert_allclose(grid[[0, 4, 8]], [[-2, 2], [0, 0], [2, -2]])
    shaken = place_elements("grid", 9, aperture_size=4.0, jitter=0.3, min_distance=1.5)
    assert 0 < np.abs(shaken - grid).max() <= 0.3
    assert pdist(shaken).min() >= 1.5


@pytest.mark.parametrize(
    ("layout", "n", "message"),
    [
        ("random", 500, "min_distance=1.0 left no room after .* a density of 13 elements/deg"),
        ("ring", 50, "min_distance=1.0 left no room after 1 of 50 elements, a density of"),
        ("grid", 8, "n_elements=8 does not make a square grid; expected a square number. Use 4"),
        ("circle", 8, "layout='circle' is unknown"),
    ],
)
def test_no_room(layout, n, message):
    """§3.3: fails after 10 000 rejections, with a message that names the density."""
    with pytest.raises(ValueError, match=message):
        place_elements(layout, n, min_distance=1.0, aperture_size=7.0)


def test_pixels_are_the_sum_of_full_gabors():
    s = stimuli.element_array(screen=SMALL, n_elements=5, sf=2.0, phase=30.0, aperture_size=4.0)
    x, y = np.meshgrid(SMALL.x, SMALL.y)
    pattern = np.zeros(SMALL.shape)
    for row in s.truth["elements"]:
        dx, dy, turn = x - row["x"], y - row["y"], np.radians(row["orientation"])
        across = -dx * np.sin(turn) + dy * np.cos(turn)  # bars lie along the orientation
        envelope = np.exp(-(dx**2 + dy**2) / (2 * 0.2**2))
        pattern += envelope * np.cos(2 * np.pi * 2 * across + np.radians(30.0))
    assert np.abs(s.frames[0] - 0.5 * (1 + pattern)).max() < 1e-5


def test_crowding_display():
    s = stimuli.element_array(n_elements=6, target_orientation=10.0, orientation=90.0)
    table = s.truth["elements"]
    assert table["target"].sum() == 1
    target = table[table["target"]][0]
    assert (target["x"], target["y"], target["orientation"]) == (0.0, 0.0, 10.0)
    assert (table["orientation"][~table["target"]] == 90.0).all()


def test_contour_follows_its_path():
    turn = np.arange(0.0, 3.0, 0.2)
    path = 2.5 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    params = {
        "screen": SMALL, "layout": "random", "n_elements": 30, "min_distance": 0.45,
        "target_orientation": None, "contour": path, "aperture_size": 7.0, "sigma": 0.1,
    }  # fmt: skip
    table = stimuli.element_array(**params).truth["elements"]
    on_path = table[table["contour"]]
    np.testing.assert_allclose(np.stack([on_path["x"], on_path["y"]], 1), path)
    apart = np.radians(on_path["orientation"] - np.degrees(turn) - 90)
    assert np.abs(np.sin(apart))[1:-1].max() < 1e-9
    assert pdist(np.stack([table["x"], table["y"]], 1)).min() >= 0.45
    jittered = stimuli.element_array(**params, contour_jitter=20.0).truth["elements"]
    away = jittered["orientation"] - table["orientation"]
    away = (away + 90) % 180 - 90
    assert 5 < np.abs(away[table["contour"]]).max() <= 20
    assert not away[~table["contour"]].any()


@pytest.mark.parametrize("offset", [0.3, -0.04, 0.01])
@pytest.mark.parametrize("orientation", [90.0, 0.0, 35.0])
def test_vernier_offset_is_in_the_pixels(orientation, offset):
    """Acceptance 3, of bars: the centroids' distance across is the offset within 0.02 px.

    Four pixels wide: pixel averages of a part of a pixel more would move the centroid themselves.
    """
    screen = Screen(size=3, ppd=32)
    s = stimuli.vernier(
        vernier_offset=offset / 4, orientation=orientation, screen=screen, bar_width=0.125
    )
    light = s.frames[0].astype(float) - 0.5
    turn = np.radians(orientation)
    along = screen.x * np.cos(turn) + screen.y[:, None] * np.sin(turn)
    aside = screen.x * np.sin(turn) - screen.y[:, None] * np.cos(turn)
    centre = [
        (light * aside * part).sum() / (light * part).sum() for part in (along < 0, along > 0)
    ]
    assert abs((centre[1] - centre[0]) * 32 - s.truth["offset_px"]) < 0.02
    assert s.truth["offset_px"] == pytest.approx(offset * 8)
    if orientation != 35.0:
        assert light.sum() * 2 == pytest.approx(2 * 0.6 * 0.125 * 32**2, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("element_array", {"sf": 16.0}, "element_array: sf=16.0 is at or above the Nyquist"),
        ("element_array", {"aperture_size": 9.0}, "outside the screen"),
        ("element_array", {"contour": [[0.5, 1.0]]}, "contour=.* has one place"),
        ("element_array", {"contour": [[0.0, 0.0], [1.0, 1.0]]}, "contour=.* has places 0 deg"),
        ("element_array", {"contour": [[0.5, 1.0, 2.0]]}, "contour=.* of another shape"),
        ("element_array", {"min_distance": 2.0}, "element_array: min_distance=2.0 left no room"),
        ("element_array", {"n_elements": 60}, "contrast=1.0 takes mean_luminance=0.5 outside"),
        ("element_array", {"n_elements": 0}, "n_elements=0 is out of range"),
        ("vernier", {"bar_width": 0.02}, "vernier: bar_width=0.02 is 0.64 px"),
        ("vernier", {"bar_length": 5.0}, "bar_length=5.0 makes a display of"),
        ("vernier", {"vernier_offset": float("inf")}, "vernier_offset=inf is not finite"),
    ],
)
def test_rejected(name, params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=message):
        stimuli.make(name, **params)
