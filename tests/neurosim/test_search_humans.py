"""Human search times in code: the cited table, and Acceptance 4 in full."""

import csv

import numpy as np
import pytest

import fitting
import stimuli
from neurosim.experiments.search_humans import HUMAN_RT, PAIRS, human_asymmetry, human_slope

FILE_NAMES = dict(
    zip(
        PAIRS,
        ("exp1_curvature", "exp2_lighting", "exp3_intersection", "exp4_TL", "exp5_orient_homo",
         "exp6_orient_hetero"),
        strict=True,
    )
)  # fmt: skip


def rows(data_root, file):
    with (data_root / "visual_search" / file).open() as stream:
        return list(csv.DictReader(stream))


def test_table_is_the_published_one(data_root):
    found = {
        (r["condition"], int(r["set_size"])): float(r["rt_ms"])
        for r in rows(data_root, "human_rt.csv")
    }
    ours = {(task, size): rt for task, times in HUMAN_RT.items() for size, rt in times}
    assert ours == found
    pairs = {r["condition"]: r["experiment"] for r in rows(data_root, "human_rt.csv")}
    for name, pair in PAIRS.items():
        assert {pairs[task] for task in pair.tasks} == {FILE_NAMES[name]}


def test_set_sizes_are_those_of_the_displays():
    for task, times in HUMAN_RT.items():
        shown = stimuli.search_set(task).table["set_size"]
        assert sorted(set(shown)) == [size for size, _ in times]


def test_acceptance_4_human_slopes_and_indices():
    """Acceptance 4: human slopes and indices as tabulated, mean index 0.564 +- 0.002."""
    slopes = {"curvature": (0.80, 7.59), "lighting": (4.21, 23.9), "intersection": (45, 96)}
    slopes |= {"t_and_l": (14, 33), "homogeneous": (2.38, 9.86), "heterogeneous": (23.7, 71.1)}
    indices = dict(zip(PAIRS, (0.81, 0.70, 0.36, 0.40, 0.61, 0.50), strict=True))
    for name, pair in PAIRS.items():
        expected = slopes[name]
        for task, slope in zip(pair.tasks, expected, strict=True):
            assert human_slope(task) == pytest.approx(slope, rel=0.005, abs=0.005)
        assert human_asymmetry(name) == pytest.approx(indices[name], abs=0.01)
        assert human_slope(pair.hard) > human_slope(pair.easy)
    assert abs(np.mean([human_asymmetry(name) for name in PAIRS]) - 0.564) <= 0.002


MODELS = {  # index of each pair, as published, and their mean
    "eccNET": ((1.00, 1.00, 0.50, 0.79, -1.00, 0.79), 0.513),
    "IVSN": ((0.83, 0.99, -0.63, 0.29, -0.58, 1.00), 0.316),
    "eccNET_0_0_1": ((-0.01, 0.98, -0.28, 0.39, -0.53, -0.05), 0.085),
    "eccNET_noecc": ((0.96, -1.0, -0.68, 0.80, 1.0, -1.0), 0.014),
    "eccNET_Rot90": ((-1.0, -1.0, -0.09, -0.17, -1.0, 0.83), -0.405),
}


@pytest.mark.parametrize("model", list(MODELS))
def test_acceptance_4_models(model, data_root):
    """Acceptance 4: index of each pair +- 0.01 and mean +- 0.002; slopes as in the table of them.

    A target that was not found counts as the largest set size.
    """
    table = {(r["model"], r["experiment"]): r for r in rows(data_root, "slopes_and_asymmetry.csv")}
    found = []
    with np.load(data_root / "visual_search" / "model_fixations.npz") as file:
        for name, pair in PAIRS.items():
            slopes = []
            for task, key in zip(pair.tasks, ("slope_easy", "slope_hard"), strict=True):
                n = file[f"{model}__{task}"].astype(float)
                sizes = [size for size, _ in HUMAN_RT[task]]
                n[n < 0] = max(sizes)
                rt = fitting.rt_from_saccades(n.ravel())
                slopes.append(fitting.search_slope(np.repeat(sizes, n.shape[1]), rt).slope)
                published = float(table[model, FILE_NAMES[name]][key])
                assert slopes[-1] == pytest.approx(published, abs=0.01)
            found.append(fitting.asymmetry_index(*slopes))
    indices, mean = MODELS[model]
    np.testing.assert_allclose(found, indices, atol=0.01)
    assert abs(np.mean(found) - mean) <= 0.002
