"""BandedRidgeCV: recovery (acceptance 9), himalaya and ridge, parts of bands, races, inputs."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

import fitting
from fitting.banded_solvers import reduce_rank, sample_gammas

ALPHAS = np.logspace(-1, 4, 11)
SHAPES = {"tall": (120, (10, 25), 9), "wide": (60, (40, 70), 9)}


def problem(n, sizes, t, seed=0, dtype="float64"):
    """Every target hears the bands in a mix of its own, with noise from little to much."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, sum(sizes))) + 2
    scale = np.repeat(np.arange(1.0, len(sizes) + 1), sizes)
    B = rng.standard_normal((sum(sizes), t)) * scale[:, None]
    for target in range(t):
        B[np.repeat(np.arange(len(sizes)), sizes) == target % (len(sizes) + 1), target] *= 0.1
    Y = X @ B + rng.standard_normal((n, t)) * np.logspace(-1, 1.5, t) - 3
    return X.astype(dtype), Y.astype(dtype)


def noisy_band(n, seed=0, t=20, signal=20, r2=0.5):
    """One band of signal and one, ten times as wide, of noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 11 * signal))
    clean = X[:, :signal] @ rng.standard_normal((signal, t)) / signal**0.5
    return X, clean + rng.standard_normal((n, t)) * (1 / r2 - 1) ** 0.5


def test_acceptance_9_banded_beats_ridge_when_one_band_is_noise():
    """By >= 0.02 R2 with p_noise = 10 p_signal (measured: 0.43 against 0.19)."""
    X, Y = noisy_band(800)
    train, test = slice(0, 300), slice(300, None)
    banded = fitting.BandedRidgeCV([20, 200], n_iter=10).fit(X[train], Y[train])
    ridge = fitting.RidgeCV().fit(X[train], Y[train])
    gain = banded.score(X[test], Y[test]) - ridge.score(X[test], Y[test])
    assert gain >= 0.02
    assert banded.gamma_[1].max() < 0.05


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_acceptance_9_product_measure_sums_to_r2(shape, dtype):
    """To 1e-10, on samples with another mean than those of the fit; correlations likewise."""
    n, sizes, t = SHAPES[shape]
    X, Y = problem(2 * n, sizes, t, dtype=dtype)
    model = fitting.BandedRidgeCV(sizes, ALPHAS, n_iter=6).fit(X[:n], Y[:n])
    X, Y = X[n:].astype("float64"), Y[n:] + 0.5
    parts = model.predict_bands(X)
    whole = parts.sum(axis=0) + Y[:1] * 0
    for scoring, of_all in {"r2": fitting.r2, "r": fitting.pearson_r}.items():
        split = model.score_bands(X, Y, scoring=scoring)
        assert split.shape == (2, t)
        expected = of_all(Y - model._mean_y, whole)
        np.testing.assert_allclose(split.sum(axis=0), expected, atol=1e-10)
        loose = 1e-10 if dtype == "float64" else 1e-4
        np.testing.assert_allclose(expected, of_all(Y, model.predict(X)), atol=loose)


def test_splits_give_nothing_to_a_flat_target():
    parts = np.random.default_rng(0).standard_normal((2, 10, 3))
    Y = parts.sum(axis=0)
    Y[:, 1] = 4.0
    for split, whole in ((fitting.split_r2, fitting.r2), (fitting.split_r, fitting.pearson_r)):
        np.testing.assert_allclose(split(Y, parts).sum(axis=0), whole(Y, parts.sum(axis=0)))
        assert not split(Y, parts)[:, 1].any()
    with pytest.raises(ValueError, match="does not match Y"):
        fitting.split_r2(Y, parts[:, :, :2])
    with pytest.raises(ValueError, match="NaN or infinite"):
        fitting.split_r(Y, parts * np.nan)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_fixed_mix_and_penalty_are_ridge_on_scaled_features(shape, fit_intercept):
    """To 1e-8, with a zero in one mix; coefficients, predictions, parts and scores of folds."""
    n, sizes, t = SHAPES[shape]
    X, Y = problem(n, sizes, t)
    for gamma in ([0.8, 0.2], [0.0, 1.0], [3.0, 0.5]):
        options = {"gammas": [gamma], "fit_intercept": fit_intercept}
        model = fitting.BandedRidgeCV(sizes, [10.0], **options).fit(X, Y)
        scale = np.repeat(np.sqrt(gamma), sizes)
        peer = Ridge(10.0, fit_intercept=fit_intercept, solver="svd")
        scores = [
            fitting.r2(Y[test], peer.fit(X[train] * scale, Y[train]).predict(X[test] * scale))
            for train, test in KFold(5).split(X)
        ]
        np.testing.assert_allclose(model.cv_scores_[0], np.mean(scores, axis=0), rtol=1e-8)
        peer.fit(X * scale, Y)
        predicted = model.predict(X[:7] + 1)
        np.testing.assert_allclose(predicted, peer.predict((X[:7] + 1) * scale), rtol=1e-8)
        np.testing.assert_allclose(model.coef_, peer.coef_ * scale, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(model.intercept_, peer.intercept_, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(model.predict(X[:7] + 1), predicted, rtol=1e-8)
        parts = model.predict_bands(X)
        start = X[:, : sizes[0]] - X[:, : sizes[0]].mean(axis=0) * fit_intercept
        np.testing.assert_allclose(
            parts[0], start @ model.coef_[:, : sizes[0]].T, rtol=1e-8, atol=1e-9
        )


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("score", ["r2_score", "correlation_score", "l2_neg_loss"])
def test_same_choice_as_himalaya_group_ridge(fit_intercept, score):
    """Same mixes: the same mix and penalty of every target, coefficients to 1e-8.

    Its R2 adds 1e-9 or so to what it divides by, and so differs from ours by that.
    """
    pytest.importorskip("himalaya")
    from himalaya import scoring
    from himalaya.ridge import GroupRidgeCV

    n, sizes, t = SHAPES["tall"]
    X, Y = problem(n, sizes, t)
    gammas = np.random.default_rng(1).dirichlet([1.0, 1.0], 12)
    ours = {"r2_score": "r2", "correlation_score": "r", "l2_neg_loss": "neg_mse"}[score]
    options = {"n_iter": gammas, "alphas": ALPHAS, "score_func": getattr(scoring, score)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = GroupRidgeCV(
            groups=np.repeat([0, 1], sizes),
            cv=KFold(5),
            fit_intercept=fit_intercept,
            solver_params={**options, "progress_bar": False},
        ).fit(X, Y)
    model = fitting.BandedRidgeCV(
        sizes, ALPHAS, gammas=gammas, scoring=ours, search="full", fit_intercept=fit_intercept
    ).fit(X, Y)
    np.testing.assert_allclose(np.log(model.gamma_ / model.alpha_), theirs.deltas_, atol=1e-8)
    np.testing.assert_allclose(model.cv_scores_, theirs.cv_scores_, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(model.coef_.T, theirs.coef_, rtol=1e-8, atol=1e-8)


def test_same_choice_as_himalaya_multiple_kernels():
    pytest.importorskip("himalaya")
    from himalaya.kernel_ridge import MultipleKernelRidgeCV
    from himalaya.scoring import r2_score

    n, sizes, t = SHAPES["wide"]
    X, Y = problem(n, sizes, t)
    X -= X.mean(axis=0)
    gammas = np.random.default_rng(1).dirichlet([1.0, 1.0], 12)
    parts = X[:, : sizes[0]], X[:, sizes[0] :]
    options = {"n_iter": gammas, "alphas": ALPHAS, "score_func": r2_score, "progress_bar": False}
    theirs = MultipleKernelRidgeCV(
        kernels="precomputed", cv=KFold(5), fit_intercept=True, solver_params=options
    ).fit(np.stack([part @ part.T for part in parts]), Y)
    model = fitting.BandedRidgeCV(sizes, ALPHAS, gammas=gammas, search="full").fit(X, Y)
    np.testing.assert_allclose(np.log(model.gamma_ / model.alpha_), theirs.deltas_, atol=1e-8)
    np.testing.assert_allclose(model.cv_scores_, theirs.cv_scores_, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
def test_one_band_is_ridge(shape):
    n, sizes, t = SHAPES[shape]
    X, Y = problem(n, sizes, t)
    model, ridge = fitting.BandedRidgeCV(alphas=ALPHAS).fit(X, Y), fitting.RidgeCV(ALPHAS).fit(X, Y)
    np.testing.assert_array_equal(model.alpha_, ridge.alpha_)
    np.testing.assert_allclose(model.coef_, ridge.coef_, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(model.intercept_, ridge.intercept_, rtol=1e-9, atol=1e-9)


def test_primal_and_dual_agree_and_redundant_columns_change_nothing():
    """Columns twice over: the same inner products at half the weight, by fewer columns."""
    n, sizes, t = SHAPES["tall"]
    X, Y = problem(n, sizes, t)
    twice = np.concatenate([np.tile(X[:, :10], (1, 20)), X[:, 10:]], axis=1)
    options = {"gammas": [[1, 0.3], [0.2, 1], [1, 0]], "search": "full"}
    model = fitting.BandedRidgeCV(sizes, ALPHAS, **options).fit(X, Y)
    options["gammas"] = np.array(options["gammas"]) / [20, 1]
    wide = fitting.BandedRidgeCV((200, 25), ALPHAS, **options).fit(twice, Y)
    assert wide._dual is None
    np.testing.assert_allclose(wide.cv_scores_, model.cv_scores_, rtol=1e-8, atol=1e-10)
    folded = wide.coef_[:, :200].reshape(t, 20, 10).sum(axis=1)
    np.testing.assert_allclose(folded, model.coef_[:, :10], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(wide.predict(twice), model.predict(X), rtol=1e-8)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(50, 20), (20, 50)])
def test_reduced_columns_keep_inner_products(shape, dtype):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((shape[0], 5)) @ rng.standard_normal((5, shape[1]))
    reduced, rotation = reduce_rank(X.astype(dtype))
    assert reduced.shape[1] == 5
    tolerance = 1e-10 if dtype == "float64" else 1e-4
    np.testing.assert_allclose(reduced @ reduced.T, X @ X.T, atol=tolerance)
    np.testing.assert_allclose(rotation.T @ rotation, np.eye(5), atol=tolerance)
    full = rng.standard_normal((30, 7)).astype(dtype)
    assert reduce_rank(full)[0] is full


def test_a_race_costs_little_and_finds_what_it_finished():
    X, Y = problem(200, (10, 20, 30), 60)
    full = fitting.BandedRidgeCV((10, 20, 30), ALPHAS, n_iter=30, search="full").fit(X, Y)
    race = fitting.BandedRidgeCV((10, 20, 30), ALPHAS, n_iter=30).fit(X, Y)
    finished = np.isfinite(race.cv_scores_)
    assert np.isfinite(full.cv_scores_).all()
    assert 0.02 < finished.mean() < 0.9
    np.testing.assert_allclose(race.cv_scores_[finished], full.cv_scores_[finished], rtol=1e-9)
    lost = full.cv_scores_.max(axis=0) - race.cv_scores_.max(axis=0)
    assert lost.min() >= -1e-12
    assert lost.mean() < 0.001


@pytest.mark.parametrize("scoring", ["r", "neg_mse"])
def test_race_in_the_unit_of_the_score(scoring):
    """A unit of the targets 1000 times larger changes no choice."""
    n, sizes, t = SHAPES["tall"]
    X, Y = problem(n, sizes, t)
    small, large = (
        fitting.BandedRidgeCV(sizes, ALPHAS, scoring=scoring).fit(X, Y * unit) for unit in (1, 1000)
    )
    np.testing.assert_array_equal(small.gamma_, large.gamma_)
    np.testing.assert_array_equal(small.alpha_, large.alpha_)


@pytest.mark.parametrize("shape", SHAPES)
def test_chunks_of_targets_change_nothing(shape):
    n, sizes, t = SHAPES[shape]
    X, Y = problem(n, sizes, t)
    whole, parts = (
        fitting.BandedRidgeCV(sizes, ALPHAS, max_memory=m).fit(X, Y) for m in (1.0, 1e-5)
    )
    np.testing.assert_allclose(parts.predict(X), whole.predict(X), rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_torch_and_float32(shape):
    n, sizes, t = SHAPES[shape]
    X, Y = problem(n, sizes, t)
    exact = fitting.BandedRidgeCV(sizes, ALPHAS).fit(X, Y)
    single = fitting.BandedRidgeCV(sizes, ALPHAS).fit(X.astype("f4"), Y.astype("f4"))
    tensor = fitting.BandedRidgeCV(sizes, ALPHAS).fit(torch.tensor(X), torch.tensor(Y))
    assert single.predict(X.astype("f4")).dtype == single.coef_.dtype == np.float32
    predicted = exact.predict(X)
    assert np.abs(single.predict(X) - predicted).max() <= 1e-3 * np.abs(predicted).max()
    np.testing.assert_allclose(tensor.predict(torch.tensor(X)).numpy(), predicted, rtol=1e-9)
    np.testing.assert_allclose(
        tensor.score_bands(torch.tensor(X), torch.tensor(Y)).numpy(),
        exact.score_bands(X, Y),
        atol=1e-9,
    )
    module = tensor.to_torch()
    np.testing.assert_allclose(module(torch.tensor(X)).detach().numpy(), predicted, rtol=1e-8)


def test_mixes_start_with_the_equal_one_and_the_corners():
    gammas = sample_gammas(3, 30, 0)
    np.testing.assert_allclose(gammas[0], 1 / 3)
    np.testing.assert_array_equal(gammas[1:4], np.eye(3))
    np.testing.assert_allclose(gammas.sum(axis=1), 1)
    assert gammas.shape == (30, 3)
    assert (gammas >= 0).all()
    assert sample_gammas(3, 2, 0).shape == (2, 3)
    assert sample_gammas(1, 20, 0).shape == (1, 1)


def test_runs_stay_together_and_progress_is_shown(capsys):
    X, Y = problem(60, (3, 4), 2)
    runs = np.repeat(np.arange(6), 10)
    model = fitting.BandedRidgeCV((3, 4), ALPHAS, cv=3, n_iter=3, progress=True)
    by_groups = model.fit(X, Y, groups=runs)
    assert "BandedRidgeCV" in capsys.readouterr().err
    by_hand = fitting.BandedRidgeCV((3, 4), ALPHAS, cv=fitting.RunFold(3), n_iter=3)
    np.testing.assert_array_equal(by_hand.fit(X, Y, groups=runs).coef_, by_groups.coef_)
    result = fitting.evaluate(X, Y, model.set_params(progress=False), cv=runs)
    assert result.alpha.shape == (6, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bands": [3, 3]}, "name column 6 0 times"),
        ({"gammas": [[1.0, 1.0, 1.0]]}, "is no list of mixes of 2"),
        ({"gammas": [[1.0, -1.0]]}, "values >= 0"),
        ({"gammas": [[0.0, 0.0]]}, "not all of a row zero"),
        ({"gammas": [[np.nan, 1.0]]}, "NaN"),
        ({"n_iter": 0}, "n_iter=0 is too small"),
        ({"alphas": [0.0]}, "is no ridge penalty"),
        ({"max_memory": 0}, "is no size"),
        ({"search": "fast"}, "search='fast' is not known"),
        ({"scoring": "mse"}, "scoring='mse' is not known"),
    ],
)
def test_bad_options_are_refused(options, message):
    X, Y = problem(30, (3, 4), 2)
    with pytest.raises(ValueError, match=message):
        fitting.BandedRidgeCV(**{"bands": [3, 4], **options}).fit(X, Y)


def test_bad_arrays_are_refused():
    X, Y = problem(30, (3, 4), 2)
    model = fitting.BandedRidgeCV([3, 4], ALPHAS)
    with pytest.raises(ValueError, match="does not match X"):
        model.fit(X, Y[:-1])
    with pytest.raises(ValueError, match="NaN or infinite"):
        model.fit(X, Y * np.nan)
    with pytest.raises(ValueError, match="does not vary"):
        model.fit(X, Y * 0)
    model.fit(X, Y)
    with pytest.raises(ValueError, match="expecting 7 features"):
        model.predict_bands(X[:, :5])
    with pytest.raises(ValueError, match="scoring='mse' is not known"):
        model.score_bands(X, Y, scoring="mse")
