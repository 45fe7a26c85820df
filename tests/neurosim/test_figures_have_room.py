"""Words in figures lie beside each other, and not on what was measured."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from neurosim.experiments import barber_pole, global_gabor
from neurosim.physiology import Tuning
from neurosim.score import ScoreTable


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def _boxes(figure, artists):
    figure.canvas.draw()
    return [artist.get_window_extent() for artist in artists]


def assert_apart(boxes):
    for k, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[k + 1 :])


def _scores(n_layers=4):
    layers = [f"MT{k}" for k in range(n_layers)]
    row = {"model": "motion_energy", "dataset": "simulated_mt", "region": "MT", "metric": "pls"}
    rows = [{**row, "layer": k, "raw": 0.5, "ceiling": 0.81, "control": ""} for k in layers]
    rows.append({**rows[0], "raw": -0.2, "control": "permuted"})
    return ScoreTable(rows, {k: np.linspace(0.2, 0.9, 12) for k in layers}, 0.0)


def test_four_layers_fit_into_a_panel_of_the_report():
    figure, ax = plt.subplots(figsize=(3.4, 4), layout="constrained")
    _scores().plot(ax)
    labels = ax.get_xticklabels()
    assert [label.get_text() for label in labels] == [f"MT{k}\nn = 12" for k in range(4)]
    assert_apart(_boxes(figure, labels))
    assert ax.get_title().startswith("motion_energy\n")


def test_one_ceiling_runs_over_all_layers_and_the_control_is_not_drawn():
    ax = _scores().plot()
    (words,) = ax.texts
    assert words.get_text() == "noise ceiling"
    assert words.get_position() == pytest.approx((1.5, 0.9))
    drawn = {line.get_linestyle(): list(line.get_ydata()) for line in ax.lines}
    assert drawn["--"] == pytest.approx([0.9, 0.9])
    assert min(np.min(line.get_ydata()) for line in ax.lines) >= 0
    box, frame = _boxes(ax.figure, [words, ax])
    assert box.y1 < frame.y1


@pytest.mark.parametrize("preferred", [0.0, 105.0, 210.0, 345.0])
def test_labels_of_the_radius_lie_apart_and_opposite_the_curve(preferred):
    direction = np.arange(24) * 15.0
    away = np.radians(direction - preferred)
    rates = 66 * np.exp(4 * (np.cos(away) - 1))[None]
    figure = plt.figure(figsize=(3, 3), layout="constrained")
    ax = figure.add_subplot(projection="polar")
    Tuning(rates, {"direction": direction}, {}, "toy", "V1").plot(ax=ax)
    shown = [label for label in ax.get_yticklabels() if label.get_text()]
    assert 1 <= len(shown) <= 4
    assert_apart(_boxes(figure, shown))
    turn = np.radians(ax.get_rlabel_position() - preferred)
    assert np.cos(turn) < -0.9
    assert ax.get_rlabel_position() % 45 == pytest.approx(22.5)


def test_words_of_the_barber_pole_stand_beside_its_axes():
    aspects = np.repeat((1, 2, 3, 4), 8)
    table = pd.DataFrame({"aspect": aspects, "turn": np.resize((-8.0, 0.0, 12.0), 32)})
    figure = barber_pole._draw(SimpleNamespace(table=table))
    (ax,) = figure.axes
    assert [text.get_text() for text in ax.texts] == ["normal of\nthe stripes", "long axis"]
    frame, *words = _boxes(figure, [ax.patch, *ax.texts])
    assert all(box.x0 > frame.x1 for box in words)
    assert max(box.x1 for box in words) <= figure.bbox.x1


def test_legend_of_the_global_gabors_stands_below_the_axes():
    rows = {"along": 0.9, "vector_average": 0.5, "n_elements": 16, "signal": 1.0, "cosine": 0.9}
    table = pd.DataFrame([{"condition": c, **rows} for c in ("1D", "2D") for _ in range(8)])
    figure = global_gabor._draw(SimpleNamespace(table=table))
    left = figure.axes[0]
    frame, legend, *labels = _boxes(
        figure, [left.patch, left.get_legend(), *left.get_xticklabels()]
    )
    assert legend.y1 < frame.y0
    assert not any(legend.overlaps(box) for box in labels)
    assert legend.y0 >= 0
