"""Acceptance 8: what readers recall of Ballets; stored for all seeds, chunk attention anew.

That the frames are those of the released task to the byte is tested with the stimuli
(tests/stimuli/memory).
"""

from pathlib import Path

import numpy as np
import pytest

import neurosim
import stimuli
from neurosim.experiments.ballet_runs import (
    DANCERS,
    DELAYS,
    READERS,
    SEEDS,
    ballet_rows,
    recall_of,
    recalled,
    stored_ballets,
)
from neurosim.models.hcam import RecallConfig, train_recall
from neurosim.models.hcam.recall_config import PRESETS


@pytest.fixture(scope="module")
def stored():
    return stored_ballets()


def test_all_runs_are_stored_with_the_same_budget(stored):
    assert len(stored) == len(READERS) * len(SEEDS) * len(DANCERS) * len(DELAYS)
    assert (stored["n_updates"] == 1500).all()
    assert (stored["n_questions"] == 512).all()


def test_chunk_attention_recalls_eight_dances(stored):
    """Acceptance 8, on the stored numbers of seeds 0 to 2."""
    values = recall_of(stored, "hcam", 16)
    assert len(values) == 3
    assert values.min() >= 0.95


@pytest.mark.parametrize("delay", [48, 144])
def test_longer_delays_cost_little(stored, delay):
    """Acceptance 8, stored: where dances meet the borders of chunks as in training."""
    assert (recall_of(stored, "hcam", 16) - recall_of(stored, "hcam", delay)).max() <= 0.05


@pytest.mark.xfail(
    strict=True,
    reason="attention to all steps with the code of time learns Ballets too, and recalls 1.00 at "
    "8 x 16; an earlier single run had got .25",
)
def test_attention_with_the_code_of_time_falls_behind(stored):
    """Acceptance 8, stored: at least .4 below."""
    ahead = recall_of(stored, "hcam", 16) - recall_of(stored, "absolute", 16)
    assert ahead.min() >= 0.4


def test_shipped_weights_are_the_stored_run_of_seed_0(stored):
    network = neurosim.load("hcam", preset="ballet").network
    for delay in (16, 40):
        live = recalled(network, 8, delay)
        assert live["accuracy"] == pytest.approx(recall_of(stored, "hcam", delay)[0], abs=0.005)


def test_pixels_are_recalled_after_a_long_delay():
    model = neurosim.load("hcam", preset="ballet_pixels")
    row = recalled(model.network, 8, 48, seed=5, n_episodes=16)
    assert row["accuracy"] >= 0.9


def test_the_model_names_the_dance_of_each_home_from_pixels_and_from_bits():
    options = {"n_dancers": 8, "delay": 48, "choice_phase": False, "seed": 6}
    bits = neurosim.load("hcam", preset="ballet").recall(stimuli.ballet(**options, symbolic=True))
    pixels = neurosim.load("hcam", preset="ballet_pixels")
    show = stimuli.ballet(**options)
    told = pixels.recall(show)
    assert (told.answers == bits.answers).mean() >= 7 / 8
    responses = pixels.respond(show, "relevance")
    np.testing.assert_allclose(responses["relevance"].sum("unit"), 1, atol=1e-5)
    assert pixels.regressors(show)["age"].max() > 32


def test_full_effort_trains_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setitem(PRESETS, "ballet", PRESETS["ballet"] | {"batch_size": 2, "n_updates": 2})
    monkeypatch.setattr("neurosim.experiments.ballet_runs.DANCERS", (1,))
    monkeypatch.setattr("neurosim.experiments.ballet_runs.DELAYS", (16,))
    first = list(ballet_rows("hcam", 0, tmp_path))
    assert first == list(ballet_rows("hcam", 0, tmp_path))
    assert first[0]["n_updates"] == 2


def test_the_experiment_takes_the_weights_of_ballets():
    result = neurosim.run("ballet_recall")
    assert result.holds, result
    failing = [check for check in result.checks if check.expected_failure]
    assert len(failing) == 1
    assert set(result.table["reader"]) == {"live", *READERS}
    assert len(result.figure().axes) == len(DANCERS)


def test_a_model_of_another_task_is_refused():
    with pytest.raises(ValueError, match="preset='ballet'"):
        neurosim.run("ballet_recall", model="hcam")


@pytest.mark.slow
def test_chunk_attention_learns_anew(tmp_path: Path):
    """Acceptance 8: seed 0, trained here; the other seeds are checked on stored numbers."""
    config = RecallConfig(**PRESETS["ballet"])
    network, _ = train_recall(config, tmp_path, seed=0, n_updates=900)
    near = recalled(network, 8, 16, n_episodes=64)["accuracy"]
    assert near >= 0.95
    for delay in (48, 144):
        assert near - recalled(network, 8, delay, n_episodes=64)["accuracy"] <= 0.05
