"""The experiment on the capacity of the code: claims that hold, and rows that show why."""

import matplotlib.pyplot as plt
import pytest

import neurosim


@pytest.fixture(scope="module")
def result():
    return neurosim.run("harmonic_capacity")


def test_claims_hold(result):
    assert result.holds, result
    assert len(result.checks) == 9
    assert result.model == "harmonic_search"
    assert neurosim.experiments.info("harmonic_capacity").source.endswith("reconstruction")


def test_a_matrix_has_less_crosstalk_than_a_vector(result):
    table = result.table
    mean = table.groupby(["quantity", "n_features", "n_stored"])["value"].mean()
    assert (mean["crosstalk, matrix"] < mean["crosstalk, vector"] / 5).all()
    for n_features in (64, 512):
        assert mean["crosstalk, vector", n_features].is_monotonic_increasing
    assert (mean["refined error"] < mean["decode error"]).all()
    assert mean["edge AUC", 64, 1600] < mean["edge AUC", 512, 1600]


def test_figure_shows_kernels_crosstalk_store_and_decoding(result):
    figure = result.figure()
    titles = [axes.get_title() for axes in figure.axes[:6]]
    assert titles[0].startswith("3 modules x 2 rotations")
    assert all("n = 5 codes" in title for title in titles[3:])
    plt.close(figure)
