"""Ballets to learn from and to be tested on, and the eye that sees them in pixels."""

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from neurosim.models.hcam import RecallConfig
from neurosim.models.hcam.eye_training import train_eye
from neurosim.models.hcam.recall_batches import ballet_batch
from neurosim.models.hcam.recall_config import PRESETS
from neurosim.models.hcam.step_encoders import PixelEye
from stimuli.memory.ballet_tables import DANCES, HOMES

NAMES = list(DANCES)


def config(preset="ballet", **changes):
    return RecallConfig(**PRESETS[preset] | changes)


@pytest.mark.parametrize("preset", ["ballet", "ballet_pixels"])
def test_frames_are_those_of_the_stimulus_and_answers_its_dances(preset):
    batch = ballet_batch(config(preset), 3, n_events=4, seed=20, n_queries=4, delay=2)
    for b in range(3):
        options = {"symbolic": preset == "ballet", "choice_phase": False}
        shown = stimuli.ballet(n_dancers=4, delay=2, seed=20 + b, **options)
        frames = shown.frames.reshape(len(shown.frames), -1)
        np.testing.assert_array_equal(batch.steps[b].numpy(), frames)
        at = {(d["row"], d["column"]): NAMES.index(d["dance"]) for d in shown.truth["dancers"]}
        for query, answer in zip(batch.queries[b], batch.answers[b], strict=True):
            assert query.sum() == 1
            assert at[HOMES[int(query.argmax())]] == answer


def test_every_dancer_is_asked_for_once_and_in_any_order():
    batch = ballet_batch(config(), 50, n_events=5, seed=0, n_queries=5)
    assert (batch.events.sort(dim=1).values == torch.arange(5)).all()
    assert len(set(batch.events[:, 0].tolist())) == 5
    few = ballet_batch(config(), 4, n_events=2, seed=0, n_queries=9)
    assert few.answers.shape == (4, 2)


def test_a_square_is_cut_from_the_picture_as_it_lies_there():
    eye, draw = PixelEye(8), torch.Generator().manual_seed(0)
    frame = torch.rand(99, 99, 3, generator=draw)
    seen = []
    for row in range(11):
        for column in range(11):
            square = frame[9 * row : 9 * row + 9, 9 * column : 9 * column + 9]
            seen.append(eye.square(square.flatten()).relu())
    expected = eye.room(torch.cat(seen))
    torch.testing.assert_close(eye.bits(frame.flatten()[None, None])[0, 0], expected)


def test_the_shipped_eye_sees_where_dancers_are():
    """On Ballets of no training batch: all 72 bits right in 19 of 20 frames."""
    eye = neurosim.load("hcam", preset="ballet_pixels").network.encoder
    options = {"n_dancers": 8, "delay": 1, "choice_phase": False}
    right = []
    for seed in (2 * 10**9, 2 * 10**9 + 1):
        pixels = torch.tensor(stimuli.ballet(**options, seed=seed).frames).flatten(1)
        bits = stimuli.ballet(**options, symbolic=True, seed=seed).frames.reshape(len(pixels), -1)
        with torch.no_grad():
            right.append(((eye.bits(pixels[None])[0] > 0).numpy() == (bits > 0)).all(axis=1))
    assert np.mean(right) >= 0.95


def test_training_the_eye_leaves_the_memory_as_it_was(tmp_path):
    memory = neurosim.load("hcam", preset="ballet").network
    network, log = train_eye(config("ballet_pixels"), tmp_path, n_updates=2)
    assert log.summary()["n_steps"] == 2
    for name, value in memory.state_dict().items():
        own = name.replace("encoder.", "encoder.time.") if name.startswith("encoder.") else name
        assert torch.equal(network.state_dict()[own], value), name
    start = PixelEye(64).square.weight
    assert not torch.equal(network.encoder.square.weight, start)


def test_weights_of_ballets_are_small_and_say_what_made_them():
    for preset, n_updates in (("ballet", 1500), ("ballet_pixels", 1500)):
        path = neurosim.weights.shipped_weights("hcam")[preset]
        assert path.stat().st_size < 1_000_000
        made_by = neurosim.weights.load_weights(path)[1]
        command = f"neurosim train hcam --preset {preset} --steps {n_updates} --seed 0"
        assert made_by["command"] == command
