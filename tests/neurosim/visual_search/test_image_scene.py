"""Any picture: no cells, a square around each fixation, the first fixation tested too."""

import numpy as np
import pytest

from neurosim.models.visual_search.image_scene import image_scene
from neurosim.models.visual_search.search_loop import Search

IMAGE = np.random.default_rng(0).random((30, 50, 3))


def scene_with(**changed):
    settings = {"start": None, "ior": 7, "n_fixations": 5, "target_box": None, "background": 0.5}
    image, target = changed.pop("image", IMAGE), changed.pop("target", IMAGE[:4, :6])
    return image_scene(image, target, **{**settings, **changed})


def test_a_picture_lies_in_the_middle_of_a_square_of_background():
    scene, corner = scene_with(target_box=(40, 20, 46, 24))
    assert corner == (10, 0)
    assert scene.image.shape == (50, 50, 3)
    np.testing.assert_allclose(scene.image[10:40], 255 * IMAGE, atol=1e-4)
    assert (scene.image[:10] == 127.5).all()
    assert (scene.image[40:] == 127.5).all()
    np.testing.assert_array_equal(np.argwhere(scene.sought).min(0), (30, 40))
    np.testing.assert_array_equal(np.argwhere(scene.sought).max(0), (33, 45))
    path = Search(scene).scanpath(corner)
    assert path.fixations.tolist() == [[15, 25]]
    assert path.target_box == (40, 20, 46, 24)
    assert path.items is None


def test_a_square_around_every_fixation_is_not_looked_at_again_and_nothing_is_erased():
    scene, _ = scene_with(start=(0, 20), image=np.zeros((40, 40)), target=np.zeros((3, 3)))
    search = Search(scene)
    expected = np.ones((40, 40), bool)
    expected[0:4, 17:24] = False  # rows -3 to 3, cut at the border
    np.testing.assert_array_equal(search.allowed, expected)
    search.land(30, 38)
    expected[27:34, 35:40] = False
    np.testing.assert_array_equal(search.allowed, expected)
    np.testing.assert_array_equal(search.image, scene.image)


def test_the_start_is_tested():
    scene, corner = scene_with(start=(20, 40), target_box=(44, 18, 48, 22))
    search = Search(scene)
    assert search.found
    assert search.ended
    assert search.scanpath(corner).n_saccades == 0
    assert not Search(scene_with(start=(20, 39), target_box=(44, 18, 48, 22))[0]).found


def test_a_search_ends_with_its_fixations_or_when_all_was_seen():
    search = Search(scene_with(n_fixations=3)[0])
    search.land(10, 0)
    assert not search.ended
    search.land(20, 0)
    assert search.ended
    assert Search(scene_with(ior=200)[0]).ended


def test_pictures_may_be_grey_levels_or_light():
    grey = np.uint8(np.arange(1600).reshape(40, 40) % 256)
    scene, _ = scene_with(image=grey, target=grey[:5, :5])
    np.testing.assert_allclose(scene.image[:, :, 2], grey, atol=1e-4)
    np.testing.assert_allclose(scene.target[:, :, 0], grey[:5, :5], atol=1e-4)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image": np.zeros((3, 3, 2))}, "image=.* has the wrong shape"),
        ({"image": np.zeros((0, 3))}, "image=.* is empty or not finite"),
        ({"image": IMAGE * np.nan}, "image=.* is empty or not finite"),
        ({"image": 255 * IMAGE}, "image=.* has values out of range"),
        ({"target": np.zeros((31, 4))}, "target=.* is larger than the image.*at most 30 x 50 px"),
        ({"ior": 0}, "ior=0 is no count"),
        ({"n_fixations": 1.5}, "n_fixations=1.5 is no count"),
        ({"background": 2}, "background=2 is no light"),
        ({"start": (30, 0)}, r"start=\(30, 0\) is outside the image; expected within 30 x 50 px"),
        ({"start": (1, 2, 3)}, r"start=\(1, 2, 3\) is no place"),
        ({"start": (1.5, 2)}, r"start=\(1.5, 2\) is no place"),
        ({"target_box": (4, 4, 4, 9)}, "target_box=.* is empty or leaves the image"),
        ({"target_box": (4, 4, 60, 9)}, "target_box=.* is empty or leaves the image"),
        ({"target_box": (4, 4)}, "target_box=.* is no place"),
    ],
)
def test_rejects(changed, message):
    with pytest.raises(ValueError, match="search_image: " + message):
        scene_with(**changed)


def test_integers_other_than_grey_levels_are_refused():
    with pytest.raises(TypeError, match=r"image=.* is of another kind"):
        scene_with(image=np.zeros((9, 9), int), target=np.zeros((2, 2)))
