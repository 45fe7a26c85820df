"""The display stage: curve, bits, luminance, and colours in cone space."""

import numpy as np
import pytest

from stimuli import Display, grating
from stimuli.cone_space import (
    LMS_TO_XYZ,
    LUMINANCE,
    SRGB_TO_LMS,
    dkl_to_lms,
    lms_to_dkl,
    rgb_to_lms_matrix,
)

MEASURED = np.array([0.4, 0.9, 3.0, 9.0, 24.0, 55.0, 104.0])  # cd/m2 at equally spaced signals
CURVES = [1.0, 2.2, "srgb", MEASURED]


@pytest.mark.parametrize("curve", CURVES, ids=["linear", "gamma", "srgb", "table"])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_every_signal_comes_back(curve, bits):
    display = Display(curve=curve, bits=bits)
    signal = np.arange(display.largest + 1)
    again = display.encode(display.decode(signal))
    assert again.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert (again == signal).all()


def test_light_comes_back_to_half_a_step():
    display = Display(curve=MEASURED, bits=16)
    light = np.linspace(0, 1, 1001)
    steepest = np.diff(display.decode(np.arange(2**16))).max()
    assert np.abs(display.decode(display.encode(light)) - light).max() <= steepest


def test_srgb_is_the_standard():
    """IEC 61966-2-1: light 0.5 is signal 0.735, and black is linear."""
    display = Display(curve="srgb", bits=16)
    assert display.encode(0.5) / display.largest == pytest.approx(0.735357, abs=1e-5)
    assert display.encode(0.001) / display.largest == pytest.approx(0.01292, abs=1e-5)


def test_a_stimulus_keeps_its_contrast_in_candelas():
    display = Display(curve=2.2, bits=16, l_min=0.0, l_max=80.0)
    shown = grating(contrast=0.5, duration=None)
    seen = display.candelas(display.decode(display.encode(shown.frames)))
    michelson = (seen.max() - seen.min()) / (seen.max() + seen.min())
    assert seen.mean() == pytest.approx(40.0, abs=0.01)
    assert michelson == pytest.approx(0.5 * np.cos(np.pi / 16), abs=1e-3)  # 16 px per cycle


def test_light_that_leaks_lowers_contrast():
    display = Display(l_min=10.0, l_max=90.0)
    assert display.candelas([0.0, 1.0]).tolist() == [10.0, 90.0]


def test_luminance_is_the_published_one():
    """The second row of CIE 170-2:2015; white of the default display has luminance 1."""
    assert LUMINANCE.tolist() == [0.68990272, 0.34832189]
    white = SRGB_TO_LMS.sum(axis=1)
    assert LUMINANCE @ white[:2] == pytest.approx(1.0)
    x, y, z = LMS_TO_XYZ @ white
    assert (x / (x + y + z), y / (x + y + z)) == pytest.approx((0.3127, 0.3290))
    assert rgb_to_lms_matrix() == pytest.approx(SRGB_TO_LMS)


def test_cone_space_comes_back():
    rgb = np.random.default_rng(0).uniform(0.2, 0.8, (50, 3))
    display = Display()
    np.testing.assert_allclose(display.from_lms(display.to_lms(rgb)), rgb, atol=1e-12)
    np.testing.assert_allclose(display.from_dkl(display.to_dkl(rgb)), rgb, atol=1e-12)
    ground = display.to_lms([0.5, 0.4, 0.3])
    np.testing.assert_allclose(dkl_to_lms(lms_to_dkl(rgb, ground), ground), rgb, atol=1e-12)


def test_cardinal_axes_isolate():
    """S changes S cones alone; L-M changes neither S cones nor luminance; luminance, all alike."""
    display, grey = Display(), np.full(3, 0.5)
    ground = display.to_lms(grey)
    contrast = {
        axis: display.to_lms(display.from_dkl(0.1 * unit, background=grey)) / ground - 1
        for axis, unit in zip(("luminance", "l-m", "s"), np.eye(3), strict=True)
    }
    assert contrast["luminance"] == pytest.approx([0.1, 0.1, 0.1])
    assert contrast["s"] == pytest.approx([0.0, 0.0, 0.1])
    assert contrast["l-m"][2] == pytest.approx(0.0)
    assert np.hypot(*contrast["l-m"][:2]) == pytest.approx(0.1)
    assert LUMINANCE @ (contrast["l-m"] * ground)[:2] == pytest.approx(0.0)


@pytest.mark.parametrize("axis", ["luminance", "l-m", "s"])
def test_the_largest_contrast_is_shown_and_no_more(axis):
    display, unit = Display(), np.eye(3)[["luminance", "l-m", "s"].index(axis)]
    both_ways = np.outer((1, -1), display.largest_contrast(axis) * unit)
    display.from_dkl(both_ways)
    with pytest.raises(ValueError, match=r"from_dkl: dkl=.* asks for light .* Lower the contrast"):
        display.from_dkl(1.01 * both_ways)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bits": 9}, r"Display: bits=9 is not offered; expected one of \(8, 10, 12, 16\)"),
        ({"curve": 0.0}, "Display: curve=0.0 is no gamma; expected a gamma > 0"),
        ({"curve": "rec709"}, "Display: curve='rec709' is unknown"),
        ({"curve": [0, 2, 1]}, r"Display: curve=array\(shape=\(3,\).* does not increase"),
        ({"l_min": 5, "l_max": 5}, "Display: l_min=5 does not lie below l_max=5"),
        ({"rgb_to_lms": np.ones((3, 3))}, "Display: rgb_to_lms=.* cannot be inverted"),
    ],
)
def test_rejects(params, message):
    with pytest.raises(ValueError, match=message):
        Display(**params)


def test_nothing_is_clipped():
    display = Display()
    for call in (display.encode, display.candelas):
        with pytest.raises(ValueError, match=r"light=.* asks for light from 0 to 1.2, 1 times"):
            call([0.5, 1.2])
    with pytest.raises(ValueError, match="asks for light"):
        display.encode([np.nan])
    with pytest.raises(ValueError, match=r"decode: signal=.* is out of range; expected 0 to 255"):
        display.decode([256])
    with pytest.raises(TypeError, match=r"decode: signal=.* expected whole numbers"):
        display.decode([0.5])
    with pytest.raises(ValueError, match=r"to_lms: rgb=.* is not made of finite triples"):
        display.to_lms([0.5, 0.5])
    with pytest.raises(ValueError, match="largest_contrast: axis='red' is unknown"):
        display.largest_contrast("red")
