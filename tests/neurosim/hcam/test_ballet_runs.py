"""Acceptance 8, recall of Ballets: stored for seeds 0 to 2, seed 0 of chunk attention anew.

That frames are those of the recorded episodes to the byte is in tests/stimuli/memory.
"""

import numpy as np
import pytest
import torch

import neurosim
import stimuli
from neurosim.experiments.ballet_runs import (
    DANCERS,
    DELAYS,
    SEEDS,
    ballet_rows,
    main,
    recall_of,
    recalled,
    stored_ballets,
)
from neurosim.models.hcam import RecallConfig, train_recall
from neurosim.models.hcam.recall_batches import ballet_batch
from neurosim.models.hcam.recall_config import PRESETS
from neurosim.models.hcam.step_encoders import PixelEye


@pytest.fixture(scope="module")
def stored():
    return stored_ballets()


def test_all_runs_are_stored_with_the_same_budget(stored):
    assert {"hcam", "phase", "absolute"} <= set(stored["reader"])
    assert (stored.groupby("reader")["seed"].nunique() == len(SEEDS)).all()
    assert (stored.groupby(["reader", "seed"]).size() == len(DANCERS) * len(DELAYS)).all()
    assert (stored["n_updates"] == 1500).all()
    assert (stored["n_questions"] == 512).all()


def test_chunk_attention_recalls_eight_dances(stored):
    """Acceptance 8, stored: 0.95 or more at 8 dancers and delay 16."""
    near = recall_of(stored, "hcam", 16)
    assert len(near) == len(SEEDS)
    assert near.min() >= 0.95


@pytest.mark.parametrize("delay", [48, 144])
def test_longer_delays_cost_no_more_than_5_points(stored, delay):
    """Acceptance 8, stored."""
    lost = recall_of(stored, "hcam", 16) - recall_of(stored, "hcam", delay)
    assert len(lost) == len(SEEDS)
    assert lost.max() <= 0.05


@pytest.mark.xfail(
    strict=True,
    reason="attention with the code of time learns it too: ahead by 0.000 to 0.002 at delay 16",
)
def test_attention_to_all_steps_with_the_code_of_time_is_behind(stored):
    """Acceptance 8, stored: 0.4 or more below."""
    ahead = recall_of(stored, "hcam", 16) - recall_of(stored, "absolute", 16)
    assert ahead.min() >= 0.4


def test_shipped_weights_are_the_stored_run_of_seed_0(stored):
    """Live: the very questions, so that no more than rounding may differ."""
    network = neurosim.load("hcam", preset="ballet").network
    for delay in (16, 25):
        live = recalled(network, 8, delay)["accuracy"]
        assert live == pytest.approx(recall_of(stored, "hcam", delay)[0], abs=0.005)


def test_the_experiment_holds_but_for_what_is_foretold_and_draws():
    result = neurosim.run("ballet_recall")
    assert [check.holds for check in result.checks if check.expected_failure] == [False]
    assert all(check.holds for check in result.checks if not check.expected_failure), result
    assert result.table.query("reader == 'live'").shape[0] == len(DANCERS) * len(DELAYS)
    assert [ax.get_title() for ax in result.figure().axes] == [f"{n} dancers" for n in DANCERS]


def test_the_experiment_refuses_a_model_of_another_task():
    with pytest.raises(ValueError, match=r"ballet_recall: model=.* was made for 'key_value'"):
        neurosim.run("ballet_recall", "hcam")


def test_full_effort_trains_and_goes_on(tmp_path, monkeypatch):
    runs = neurosim.experiments.ballet_runs
    monkeypatch.setitem(PRESETS, "ballet", PRESETS["ballet"] | {"batch_size": 2, "n_updates": 2})
    for name, value in (("DANCERS", (2,)), ("DELAYS", (16,)), ("SEEDS", (0,))):
        monkeypatch.setattr(runs, name, value)
    monkeypatch.setattr(runs, "READERS", ("hcam",))
    first = list(ballet_rows("hcam", 0, tmp_path / "runs"))
    assert first == list(ballet_rows("hcam", 0, tmp_path / "runs"))  # also the seconds
    assert first[0]["learned_at"] is None
    assert main([str(tmp_path / "table.csv"), str(tmp_path / "runs")]) == 0
    assert (tmp_path / "table.csv").read_text().count("\n") == 2


@pytest.mark.parametrize("preset", ["ballet", "ballet_pixels"])
def test_batches_are_the_ballets_of_their_seeds(preset):
    config = RecallConfig(**PRESETS[preset])
    batch = ballet_batch(config, 3, n_events=4, seed=20, n_queries=3, delay=9)
    for b in range(3):
        symbolic = preset == "ballet"
        ballet = stimuli.ballet(
            n_dancers=4, delay=9, seed=20 + b, symbolic=symbolic, choice_phase=False
        )
        np.testing.assert_array_equal(batch.steps[b], ballet.frames.reshape(4 * 24, -1))
        cast = stimuli.ballet_batch(1, n_dancers=4, delay=9, seed=20 + b)
        asked = batch.events[b].numpy()
        assert len(set(asked)) == 3
        np.testing.assert_array_equal(batch.queries[b].argmax(dim=1), cast.homes[0][asked])
        np.testing.assert_array_equal(batch.answers[b], cast.dances[0][asked])


def test_the_eye_sees_each_square_by_itself():
    torch.manual_seed(0)
    eye = PixelEye(4)
    frame = torch.rand(99, 99, 3)
    squares = [
        eye.square(frame[9 * row : 9 * row + 9, 9 * column : 9 * column + 9].reshape(-1)).relu()
        for row in range(11)
        for column in range(11)
    ]
    expected = eye.room(torch.cat(squares))
    torch.testing.assert_close(eye.bits(frame.reshape(1, 1, -1))[0, 0], expected)


@pytest.mark.slow
def test_chunk_attention_trained_anew(tmp_path):
    """Acceptance 8 for seed 0, trained here with 1,000 updates in place of 1,500."""
    network, _ = train_recall(RecallConfig(**PRESETS["ballet"]), tmp_path, n_updates=1000)
    found = {delay: recalled(network, 8, delay)["accuracy"] for delay in (16, 48, 144)}
    assert found[16] >= 0.95, found
    assert found[16] - min(found[48], found[144]) <= 0.05, found
