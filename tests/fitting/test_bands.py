"""Which columns belong to which band, and which lists of bands are refused."""

import numpy as np
import pytest

from fitting.bands import resolve_bands


@pytest.mark.parametrize(
    "bands",
    [
        [2, 3],
        [slice(0, 2), slice(2, None)],
        [[1, 0], [4, 3, 2]],
        [np.array([True, True, False, False, False]), slice(2, 5)],
    ],
)
def test_all_ways_to_name_bands(bands):
    found = resolve_bands("fit", bands, 5)
    assert {name: columns.tolist() for name, columns in found.items()} == {
        "0": [0, 1],
        "1": [2, 3, 4],
    }


def test_names_and_one_band():
    assert list(resolve_bands("fit", {"edges": 2, "motion": 3}, 5)) == ["edges", "motion"]
    assert resolve_bands("fit", None, 3)["all"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ([2, 2], "name column 4 0 times"),
        ([2, 4], "reaches to column 6"),
        ([slice(0, 3), slice(2, 5)], "name column 2 2 times"),
        ([[0, 0, 1], [2, 3, 4]], "name column 0 2 times"),
        ([[0, 1], [2, 3, 5]], "reaches to column 5"),
        ([slice(0, 5), []], "has no columns"),
        ([0, 5], "is no number of columns"),
        ([], "0 band"),
    ],
)
def test_bands_that_do_not_share_out_the_columns(bands, message):
    with pytest.raises(ValueError, match=message):
        resolve_bands("fit", bands, 5)


@pytest.mark.parametrize("bands", [3, "abc", [[0.5, 1.0], [2]], [[[0]], [1]]])
def test_what_names_no_bands(bands):
    with pytest.raises(TypeError, match="names no bands"):
        resolve_bands("fit", bands, 5)
