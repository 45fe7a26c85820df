"""Experiments that report without a bound: their measures are right for known observers."""

import numpy as np
import pytest

import neurosim
from neurosim.flow import Flow
from neurosim.responses import Responses
from tests.neurosim.flow_observers import IOC, NOTHING, Observer, vector

NAMES = ("aperture_diamond", "transparent_motion", "induced_motion")


class Sides(Observer):
    """Sees each quarter of a diamond move along the normal of its side alone."""

    def flow(self, stimuli, *, batch_size=None, progress=False):
        fields = []
        for movie in stimuli:
            height, width = movie.shape[1:]
            field = np.zeros((1, height, width, 2), np.float32)
            right, up = np.arange(width) >= width / 2, np.arange(height)[:, None] < height / 2
            quarters = (right & up, ~right & up, ~right & ~up, right & ~up)
            parts = movie.truth["component_velocity"][0]
            for quarter, (x, y) in zip(quarters, parts, strict=True):
                field[0, quarter] = np.array([x, -y]) * movie.ppd / movie.fps
            fields.append(field)
        return Flow(np.stack(fields), frames=[5])


class WithV1(Observer):
    """Sees the mean of all dots; its V1 has narrow channels for the directions of single dots."""

    layers = ("V1",)

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        preferred = np.arange(0.0, 360.0, 7.5)
        gain = np.linspace(0.5, 2.0, len(preferred))
        rates = []
        for movie in stimuli:
            table = movie.truth["dots"]
            direction = np.degrees(np.arctan2(table["dy"], table["dx"]))
            apart = np.radians(direction[:, None] - preferred)
            rates.append(gain * np.exp(8 * (np.cos(apart) - 1)).mean(axis=0))
        values = np.array(rates, np.float32)[:, None]
        units = {"channel": np.arange(len(preferred)), "direction": preferred}
        return Responses.from_arrays({"V1": values}, time=np.zeros(1), units={"V1": units})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("observer", [IOC, NOTHING], ids=["sees", "sees nothing"])
def test_reports_without_claims(name, observer):
    result = neurosim.run(name, model=observer)
    assert result.checks == ()
    assert "o bound is set" in result.reference
    figure = result.figure()
    figure.canvas.draw()
    assert any("n = " in text for text in _texts(figure))
    assert len(result.table) <= 64


def _texts(figure):
    for ax in figure.axes:
        yield ax.get_title()
        yield from (label.get_text() for label in ax.get_xticklabels())


def test_sides_of_a_diamond():
    """1 for sides that go with the object, 0 for sides that only move along their normals."""
    whole = neurosim.run("aperture_diamond", model=IOC).table
    np.testing.assert_allclose(whole["along_side"], 1, atol=1e-5)
    np.testing.assert_allclose(whole["whole_error"], 0, atol=1e-3)
    parts = neurosim.run("aperture_diamond", model=Sides("sides", None)).table
    np.testing.assert_allclose(parts["along_side"], 0, atol=1e-5)
    # four normals still agree in the object's direction, at half its speed
    np.testing.assert_allclose(parts["whole_error"], 0, atol=5)


def test_two_sets_of_dots_are_two_peaks_in_v1():
    result = neurosim.run("transparent_motion", model=WithV1("dots and V1", IOC._sees))
    rows = result.table[result.table["measure"] == "V1"].set_index(["condition", "turn"])
    two, one = rows.loc["two sets", "response"], rows.loc["one set", "response"]
    assert set(two.nlargest(2).index) == {67.5, -67.5}
    assert two[0.0] < 0.2 * two.max()
    assert one.idxmax() == 0.0
    flow = result.table[result.table["measure"] == "flow"].groupby("condition")
    speed = flow["speed"].mean() / (2 * 25 / 16)
    assert speed["two sets"] == pytest.approx(np.cos(np.radians(67.5)), abs=0.02)
    assert flow["turn"].apply(lambda turn: turn.abs().max()).max() < 10
    assert result.figure().axes[0].lines


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_sign_of_induced_motion(sign):
    """Positive with the surround, negative against it, in units of its speed."""
    observer = Observer(
        "centre", lambda movie: vector(0.5 * sign * 25 / 16, movie.truth["direction"])
    )
    table = neurosim.run("induced_motion", model=observer).table
    np.testing.assert_allclose(table["along"], 0.5 * sign, rtol=1e-4)
