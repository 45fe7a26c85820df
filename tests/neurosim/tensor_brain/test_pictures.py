"""Pictures: the windows that are cut out, and triples from pixels."""

import numpy as np
import pytest
import torch

import stimuli
from neurosim.models.tensor_brain import SceneBrainConfig
from neurosim.models.tensor_brain.picture_diet import (
    FIRST_TEST,
    HIDDEN,
    PictureDiet,
    draw_pictures,
    picture_targets,
    picture_world,
)
from neurosim.models.tensor_brain.picture_eye import PictureEye
from neurosim.models.tensor_brain.picture_windows import SIDE, picture_pairs, picture_windows
from neurosim.models.tensor_brain.scene_config import PRESETS
from neurosim.models.tensor_brain.scene_evaluation import decode_windows
from neurosim.models.tensor_brain.scene_training import train_brain
from neurosim.models.tensor_brain.trained_brains import trained_brain

PICTURES = SceneBrainConfig(**{**PRESETS["pictures"], "weights": None})


def test_window_of_a_ramp_is_a_ramp():
    """A window of box and margin samples a linear picture where it says: bilinear is exact."""
    x, y = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="xy")
    picture = torch.stack([x, y, torch.zeros_like(x)])
    subject, object_ = torch.tensor([[20, 24, 40, 34]]), torch.tensor([[10, 30, 18, 50]])
    windows = picture_windows(picture, subject, object_)[0]
    part = (torch.arange(SIDE) + 0.5) / SIDE
    boxes = [(0, 0, 64, 64), (18, 23, 42, 35), (9.2, 28, 18.8, 52), (7, 21.4, 43, 52.6)]
    for window, (x0, y0, x1, y1) in zip(windows, boxes, strict=True):
        expected_x = (x0 + part * (x1 - x0)).clamp(0.5, 63.5)
        expected_y = (y0 + part * (y1 - y0)).clamp(0.5, 63.5)
        torch.testing.assert_close(window[0], expected_x.expand(SIDE, -1), rtol=0, atol=1e-3)
        torch.testing.assert_close(
            window[1], expected_y[:, None].expand(-1, SIDE), rtol=0, atol=1e-3
        )


def test_pairs_are_those_of_the_truth():
    picture = stimuli.scene_image(scene=3)
    pairs = picture_pairs([picture, stimuli.scene_image(scene=4, n_objects=3)])
    intended, entity = picture.truth["intended"], picture.truth["items"]["entity"]
    assert pairs.picture.tolist() == [0, 0, 0, 1, 1]
    assert pairs.subject[:3].tolist() == entity[intended["s"]].tolist()
    assert pairs.object[:3].tolist() == entity[intended["o"]].tolist()
    assert pairs.predicate[:3].tolist() == intended["p"].tolist()
    assert pairs.true[np.arange(5), pairs.predicate].all()
    assert pairs.windows.min() >= 0
    assert pairs.windows.max() <= 1
    with pytest.raises(ValueError, match=r"decode: stimuli=.*no boxes of objects"):
        picture_pairs([stimuli.scene_vectors(n_scenes=1)])


def test_labels_are_those_of_the_entities_shown():
    picture, world = stimuli.scene_image(scene=7, seed=5), picture_world(5)
    pairs = picture_pairs([picture])
    targets = picture_targets(5, pairs)
    shown = {item["entity"]: item for item in picture.truth["items"]}
    for name in ("basic", "general", "color"):
        expected = [shown[e][name] for e in pairs.subject]
        assert targets.label(name, "subject").tolist() == expected
    np.testing.assert_array_equal(world.law, picture.truth["law"])


def test_batches_are_fixed_by_seed_and_step_and_hide_some_windows():
    diet = PictureDiet.drawn(60, seed=1)
    first, again, other = diet.batch(0, 0), diet.batch(0, 0), diet.batch(0, 1)
    assert diet.steps_per_epoch == 1
    torch.testing.assert_close(first[0], again[0], rtol=0, atol=0)
    assert not torch.equal(first[0], other[0])
    hidden = (first[0] == HIDDEN).flatten(2).all(dim=2).float().mean(dim=0)
    assert hidden[0] == 0
    assert hidden[3] > 0.1


def test_eye_keeps_its_seed_and_the_random_state():
    before = torch.random.get_rng_state()
    one, same, other = PictureEye(3), PictureEye(3), PictureEye(4)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.testing.assert_close(one.layers[0].weight, same.layers[0].weight)
    assert not torch.equal(one.layers[0].weight, other.layers[0].weight)


def test_training_on_pictures_lowers_the_loss(tmp_path):
    config = SceneBrainConfig(senses="pictures", n_scenes=60, n_episodes=0, n_epochs=12)
    _, log = train_brain(config, tmp_path)
    assert log.table["loss"].iloc[-1] < 0.95 * log.table["loss"].iloc[0]
    assert "right predicate" in log.summary()["validation"]


@pytest.fixture(scope="module")
def decoded():
    pairs = draw_pictures(150, first=FIRST_TEST)
    return pairs, decode_windows(trained_brain(PICTURES), pairs.windows)


def test_pixels_in_triples_out(decoded):
    """Image version: fresh pictures of known entities; a relation counts if it holds."""
    pairs, found = decoded
    chosen = found.probabilities["predicate"].argmax(dim=1).numpy()
    assert pairs.true[np.arange(len(chosen)), chosen].mean() >= 0.9
    for role in ("subject", "object"):
        told = found.probabilities[role].argmax(dim=1).numpy()
        assert (told == getattr(pairs, role)).mean() >= 0.9


def test_relation_that_is_covered_is_guessed_from_the_objects(decoded):
    pairs, _ = decoded
    covered = pairs.windows.clone()
    covered[:, 3] = HIDDEN
    found = decode_windows(trained_brain(PICTURES), covered).probabilities["predicate"]
    rate = np.bincount(pairs.predicate).max() / len(pairs.predicate)
    assert (found.argmax(dim=1).numpy() == pairs.predicate).mean() >= rate + 0.2
