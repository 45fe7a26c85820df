"""What a search leaves behind, and its picture."""

import numpy as np
import pytest

from neurosim.models.visual_search import Scanpath


def a_path(**changed):
    settings = {
        "fixations": np.array([[10, 10], [3, 17], [15, 4]]),
        "found": True,
        "n_saccades": 2,
        "items": np.array([1, 6]),
        "maps": np.random.default_rng(0).random((2, 20, 20)).astype(np.float32),
        "image": np.zeros((20, 20)),
        "target_box": (2, 12, 8, 18),
    }
    return Scanpath(**{**settings, **changed})


def test_a_path_says_how_it_ended():
    assert repr(a_path()) == "Scanpath(found after 2 saccades: (10, 10) -> (3, 17) -> (15, 4))"
    many = np.arange(20).reshape(10, 2)
    told = repr(a_path(fixations=many, n_saccades=9, found=False))
    assert told.startswith("Scanpath(not found after 9 saccades: (0, 1) -> (2, 3) -> (4, 5) -> ...")
    assert told.endswith("(16, 17) -> (18, 19))")


def test_the_picture_shows_every_fixation_in_order_and_the_target():
    ax = a_path().plot()
    assert [text.get_text() for text in ax.texts] == ["0", "1", "2"]
    assert [text.get_position() for text in ax.texts] == [(10, 10), (17, 3), (4, 15)]
    (frame,) = ax.patches
    assert frame.get_xy() == (1.5, 11.5)
    assert (frame.get_width(), frame.get_height()) == (6, 6)
    assert ax.get_xlabel() == "column (px)"
    assert ax.get_ylabel() == "row (px)"
    assert ax.get_title() == "found after 2 saccades"


def test_a_map_is_drawn_with_the_path_that_it_led_to():
    import matplotlib.pyplot as plt

    path = a_path(target_box=None)
    _, given = plt.subplots()
    ax = path.plot(given, saccade=1)
    assert ax is given
    np.testing.assert_array_equal(ax.images[0].get_array(), path.maps[0])
    assert [text.get_text() for text in ax.texts] == ["0", "1"]
    assert ax.get_title() == "attention before saccade 1 of 2"
    assert not ax.patches


@pytest.mark.parametrize(
    ("changed", "saccade", "message"),
    [
        ({"image": None}, None, "image=None was not kept"),
        ({"maps": None}, 1, "saccade=1 has no map, since maps were not kept.*keep_maps=True"),
        ({}, 0, "saccade=0 was not made; expected 1 <= saccade <= 2"),
        ({}, 3, "saccade=3 was not made"),
    ],
)
def test_rejects(changed, saccade, message):
    with pytest.raises(ValueError, match=message):
        a_path(**changed).plot(saccade=saccade)
