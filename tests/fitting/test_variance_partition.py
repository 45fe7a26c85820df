"""Variance partition against a known truth (acceptance 9), its sums, its figure, its inputs."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import fitting

mpl.use("Agg")
ALPHAS = np.logspace(-1, 4, 8)


def shared_features(n, sources, seed=0, width=6, t=8):
    """Sets of features that hold independent sources, and targets with a known part from each.

    `sources` gives for each source its part of the variance and the sets that hold it; the rest up
    to 1 is noise. The true R2 of a joint model is the sum over the sources that it holds.
    """
    rng = np.random.default_rng(seed)
    names = sorted({name for _, holders in sources for name in holders})
    columns = {name: [] for name in names}
    Y = rng.standard_normal((n, t)) * (1 - sum(part for part, _ in sources)) ** 0.5
    for part, holders in sources:
        source = rng.standard_normal((n, width))
        weights = rng.standard_normal((width, t))
        Y += source @ (weights / np.linalg.norm(weights, axis=0)) * part**0.5
        for name in holders:
            turned = np.linalg.qr(rng.standard_normal((width, width)))[0]
            columns[name].append(source @ turned)
    blocks = [np.concatenate(columns[name], axis=1) for name in names]
    bands = {name: block.shape[1] for name, block in zip(names, blocks, strict=True)}
    return np.concatenate(blocks, axis=1), Y, bands


def estimator():
    return fitting.BandedRidgeCV(alphas=ALPHAS, n_iter=8, cv=3)


def test_acceptance_9_two_sets_within_002_of_truth():
    """Unique 0.3 and 0.1, common 0.2."""
    X, Y, bands = shared_features(3000, [(0.3, "a"), (0.1, "b"), (0.2, "ab")])
    found = fitting.variance_partition(X, Y, bands, estimator=estimator(), cv=3)
    assert abs(found.unique["a"].mean() - 0.3) < 0.02
    assert abs(found.unique["b"].mean() - 0.1) < 0.02
    assert abs(found.common.mean() - 0.2) < 0.02
    assert abs(found.full.mean() - 0.6) < 0.02
    assert abs(found.shapley["a"].mean() - 0.4) < 0.02
    np.testing.assert_allclose(found.product_measure.sum(axis=0), found.full, atol=1e-10)


def test_acceptance_9_three_sets_within_002_of_truth():
    """All seven regions; the product measure and the Shapley values sum to R2 to 1e-10."""
    sources = [(0.15, "a"), (0.1, "b"), (0.05, "c"), (0.1, "ab"), (0.05, "bc"), (0.15, "abc")]
    X, Y, bands = shared_features(3000, sources)
    found = fitting.variance_partition(X, Y, bands, estimator=estimator(), cv=3)
    truth = {tuple(holders): part for part, holders in sources} | {("a", "c"): 0.0}
    assert found.regions.keys() == truth.keys()
    for region, part in truth.items():
        assert abs(found.regions[region].mean() - part) < 0.02, region
    np.testing.assert_allclose(sum(found.regions.values()), found.full, atol=1e-10)
    np.testing.assert_allclose(sum(found.shapley.values()), found.full, atol=1e-10)
    np.testing.assert_allclose(found.product_measure.sum(axis=0), found.full, atol=1e-10)
    shapley = 0.15 + 0.1 / 2 + 0.15 / 3
    assert abs(found.shapley["a"].mean() - shapley) < 0.02


def test_textbook_formulas_of_two_and_three_sets():
    rng = np.random.default_rng(0)
    keys = [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
    R = {key: rng.uniform(size=4) for key in keys}
    three = fitting.VariancePartition(("a", "b", "c"), R, np.zeros((3, 4)))
    a, b, c, ab, ac, bc, abc = (R[key] for key in keys)
    np.testing.assert_allclose(three.unique["b"], abc - ac)
    np.testing.assert_allclose(three.regions["a", "b"], ac + bc - c - abc)
    np.testing.assert_allclose(three.common, a + b + c - ab - ac - bc + abc)
    orders = a / 3 + (ab - b + ac - c) / 6 + (abc - bc) / 3
    np.testing.assert_allclose(three.shapley["a"], orders)
    two = fitting.VariancePartition(("a", "b"), {k: R[k] for k in keys[:2] + keys[3:4]}, R)
    np.testing.assert_allclose(two.unique["a"], ab - b)
    np.testing.assert_allclose(two.common, a + b - ab)
    assert (two.common < 0).any() or (two.unique["a"] < 0).any()  # reported as they come out


def test_plot_shows_every_part_and_its_mean():
    X, Y, bands = shared_features(200, [(0.3, "a"), (0.1, "b"), (0.2, "ab")])
    found = fitting.variance_partition(X, Y, bands, estimator=estimator(), cv=2)
    ax = found.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "only a",
        "only b",
        "common to a & b",
        "Shapley, a",
        "Shapley, b",
        "product, a",
        "product, b",
    ]
    np.testing.assert_allclose(ax.patches[2].get_width(), found.common.mean())
    assert found.plot(ax) is ax
    plt.close("all")


def test_runs_and_progress(capsys):
    X, Y, bands = shared_features(120, [(0.5, "a"), (0.2, "b")])
    runs = np.repeat(np.arange(6), 20)
    found = fitting.variance_partition(
        X, Y[:, 0], bands, estimator=estimator(), cv=runs, progress=True
    )
    assert found.full.shape == (1,)
    assert "variance_partition" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bands", "message"),
    [([12], r"1 set\(s\) given"), ([3, 3, 3, 3], r"4 set\(s\) given"), ([6, 5], "0 times")],
)
def test_bad_bands_are_refused(bands, message):
    X, Y, _ = shared_features(60, [(0.5, "a"), (0.2, "b")])
    with pytest.raises(ValueError, match=message):
        fitting.variance_partition(X, Y, bands)


def test_bad_arrays_are_refused():
    X, Y, bands = shared_features(60, [(0.5, "a"), (0.2, "b")])
    with pytest.raises(ValueError, match="does not match X"):
        fitting.variance_partition(X, Y[:-1], bands)
    with pytest.raises(ValueError, match="NaN or infinite"):
        fitting.variance_partition(X * np.nan, Y, bands)
    with pytest.raises(ValueError, match="does not vary"):
        fitting.variance_partition(X, Y * 0, bands)
