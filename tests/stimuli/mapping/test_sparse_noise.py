"""Acceptance 11 and §3.6: sparse noise shows each check equally often, and never too near."""

import numpy as np
import pytest

import stimuli
from stimuli import Screen


def movie(**params):
    return stimuli.stream("sparse_noise", **params)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"n_on": 8, "n_repeats": 2},
        {"polarity": "light", "n_repeats": 3},
        {"polarity": "dark", "n_on": 7, "exclusion": 1},
        {"grid": (4, 7), "n_on": 4, "exclusion": 0},
        {"grid": (16, 28), "n_on": 16, "exclusion": 3, "n_repeats": 2},
    ],
)
def test_each_check_is_shown_equally_often_and_apart(params, seed):
    """§3.6: each check equally often, in each polarity; more than ``exclusion`` checks apart."""
    params = {"grid": (8, 14), "n_on": 4, "exclusion": 2, "n_repeats": 1, **params}
    found = movie(**params, seed=seed)
    spots, (rows, columns) = found.truth["spots"], params["grid"]
    for sign in {"light": [1], "dark": [-1]}.get(params.get("polarity"), [1, -1]):
        mine = spots[spots["sign"] == sign]
        counts = np.bincount(mine["row"] * columns + mine["column"], minlength=rows * columns)
        assert (counts == params["n_repeats"]).all()
    groups = spots.reshape(-1, params["n_on"])
    assert (groups["frame"] == groups["frame"][:, :1]).all()
    gap = np.maximum(
        *(np.abs(groups[k].astype(int)[:, :, None] - groups[k][:, None]) for k in ("row", "column"))
    )
    pairs = ~np.eye(params["n_on"], dtype=bool)
    assert gap[:, pairs].min() > params["exclusion"]
    assert found.n_frames == len(groups) * 6


def test_pixels_are_the_table():
    s = stimuli.sparse_noise(contrast=0.8, frame_hold=2, seed=3)
    expected = np.full(s.shape, 0.5)
    for frame, row, column, sign in s.truth["spots"].tolist():
        block = expected[frame : frame + 2, row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        block += 0.4 * sign
    np.testing.assert_allclose(s.frames, expected, atol=1e-6)
    checks = s.truth["checks"]
    np.testing.assert_allclose(s.frames[:, ::8, ::8], 0.5 + 0.4 * checks, atol=1e-6)
    assert s.truth["check_x"].tolist() == (np.arange(14) - 6.5).tolist()


def test_order_is_random():
    """Successive frames show different checks, and different seeds different orders."""
    first, second = (movie(seed=seed).truth["spots"] for seed in (0, 1))
    assert (first["row"] != second["row"]).any()
    light = first["sign"].reshape(-1, 4).mean(axis=1)
    assert 0.2 < light.std() < 0.8  # polarities are mixed within frames


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"grid": (8, 8)},
            r"grid=\(8, 8\) makes checks of 8 x 14 px; .* Screen\(size=\(8.0, 8.0\), ppd=8\)",
        ),
        ({"grid": (7, 14)}, r"grid=\(7, 14\) makes checks of 9.14286 x 8 px; expected"),
        ({"grid": (2.5, 14)}, r"grid=\(2.5, 14.0\) has parts of a row .* Use grid=\(2, 14\)"),
        ({"grid": (8,)}, r"grid=\(8,\) has 1 numbers; expected 2 numbers"),
        ({"n_on": 3}, "n_on=3 does not divide the 224 times that .* Use n_repeats=3"),
        (
            {"n_on": 14},
            "n_on=14 is too many with exclusion=2 on 8 x 14 checks; expected at most 12",
        ),
        ({"n_on": 8, "exclusion": 3}, "n_on=8 is too many with exclusion=3"),
        ({"exclusion": -1}, "exclusion=-1 is out of range; expected exclusion >= 0"),
        ({"mean_luminance": 0.6}, "contrast=1.0 takes mean_luminance=0.6 outside"),
    ],
)
def test_rejected(params, message):
    """Acceptance 11: also what cannot be arranged."""
    with pytest.raises(ValueError, match=f"sparse_noise: {message}"):
        stimuli.sparse_noise(**params)


def test_an_arrangement_that_cannot_be_found_is_refused():
    """Of three by three checks the middle one is near all others: it can only be shown alone."""
    params = {"grid": (3, 3), "exclusion": 1, "screen": Screen(size=3, ppd=8)}
    assert movie(**params, n_on=1).n_frames == 18 * 6
    with pytest.raises(ValueError, match="n_on=2 found no arrangement with exclusion=1"):
        movie(**params, n_on=2)
