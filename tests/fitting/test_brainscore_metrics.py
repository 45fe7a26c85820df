"""Brain-Score's numbers without Brain-Score: golden values on macaque V4 (acceptance 3 and 7)."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import Ridge as SklearnRidge
from sklearn.linear_model import RidgeCV as SklearnRidgeCV

import fitting
from fitting import brainscore_metrics as bs
from fitting.metric_regressions import RIDGECV_ALPHAS

CATEGORIES = [f"o{i % 8}" for i in range(640)]


def grey_images(data_root, side):
    """(640, side, side) grey values in [0, 1] of the images shown to V4."""
    path = data_root / "neural/cowley_v4/session_210325_images.zip"
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        images = [Image.open(io.BytesIO(archive.read(name))).convert("L") for name in names]
        return np.stack([np.asarray(i.resize((side, side)), dtype=float) / 255 for i in images])


@pytest.fixture
def v4(data_root):
    """32x32 grey pixels, mean of the first six repeats, and the repeats."""
    folder = data_root / "neural/cowley_v4"
    counts = np.load(folder / "session_210325_responses.npz")["counts"]  # (units, images, repeats)
    repeats = counts[:, :, :6].transpose(2, 1, 0).astype(float)
    return grey_images(data_root, 32).reshape(640, -1), repeats.mean(axis=0), repeats


def test_acceptance_3_golden_pls(v4):
    X, Y, repeats = v4
    score = bs.pls(X, Y, stratify=CATEGORIES)
    ceiling = bs.internal_consistency(repeats)
    assert score.raw == pytest.approx(0.207766703705061, abs=1e-9)
    assert ceiling.raw == pytest.approx(0.7288358490634754, abs=1e-9)
    assert bs.ceiled_score(score, ceiling) == pytest.approx(0.0592273324973, abs=1e-9)
    assert score.splits.shape == (10, 50)
    assert score.n_undefined == 0


def test_acceptance_3_golden_ridge(v4):
    X, Y, repeats = v4
    score = bs.ridge(X, Y)
    ceiled = bs.ceiled_score(score, bs.internal_consistency(repeats))
    assert score.raw == pytest.approx(0.13776835882355035, abs=1e-9)
    assert ceiled == pytest.approx(0.026041694734586958, abs=1e-9)


def test_acceptance_3_golden_neuron_to_neuron(v4):
    X, Y, repeats = v4
    score = bs.neuron_to_neuron(X, Y, n_splits=2)
    ceiled = bs.ceiled_score(score, bs.internal_consistency(repeats))
    assert score.raw == pytest.approx(0.08472516287637405, abs=1e-9)
    assert ceiled == pytest.approx(0.009849067157785946, abs=1e-9)


def test_acceptance_7_permuted_images_predict_nothing(v4):
    X, Y, repeats = v4
    order = np.random.default_rng(0).permutation(640)
    assert abs(bs.pls(X[order], Y, stratify=CATEGORIES).raw) < 0.05
    rng = np.random.default_rng(0)
    shuffled = np.stack([each[rng.permutation(640)] for each in repeats])
    assert abs(bs.internal_consistency(shuffled).raw) < 0.05


def test_acceptance_7_gabor_energy_predicts_v4_better_than_pixels(v4, data_root, gabor_energy):
    """PLS 0.381, better in 84 % of units; ridge as well at penalty 1e4, and only 0.238 at 10."""
    pixels, Y, _ = v4
    grey = grey_images(data_root, 64)
    X = gabor_energy(grey - grey.mean(axis=(1, 2), keepdims=True))
    assert X.shape == (640, 4608)
    score = bs.pls(X, Y, stratify=CATEGORIES)
    by_pixels = bs.pls(pixels, Y, stratify=CATEGORIES)
    assert score.raw == pytest.approx(0.381, abs=0.01)
    assert (score.per_unit > by_pixels.per_unit).mean() > 0.8  # 0.88 with these envelopes
    splits = fitting.brainscore_splits(640, stratify=CATEGORIES)
    for alpha, expected in ((1e4, 0.381), (10, 0.238)):
        found = [
            np.median(
                fitting.pearson_r(Y[test], SklearnRidge(alpha).fit(X[a], Y[a]).predict(X[test]))
            )
            for a, test in splits
        ]
        assert np.mean(found) == pytest.approx(expected, abs=0.02)


RNG = np.random.default_rng(0)
FEATURES = {"tall": RNG.standard_normal((80, 12)), "wide": RNG.standard_normal((80, 120))}


def responses(X):
    return X[:, :5] + X[:, 5:10] + np.random.default_rng(1).standard_normal((80, 5))


@pytest.mark.parametrize("shape", FEATURES)
def test_ridgecv_equals_sklearn_leave_one_out(shape):
    X = FEATURES[shape]
    Y = responses(X)
    expected = []
    for train, test in fitting.brainscore_splits(80, n_splits=3):
        predicted = SklearnRidgeCV(RIDGECV_ALPHAS).fit(X[train], Y[train]).predict(X[test])
        expected.append(np.median(fitting.pearson_r(Y[test], predicted)))
    assert len(RIDGECV_ALPHAS) == 99
    assert bs.ridgecv(X, Y, n_splits=3).raw == pytest.approx(np.mean(expected), abs=1e-10)


@pytest.mark.parametrize(
    ("p", "scale"),
    [
        pytest.param(12, 1, id="tall"),
        pytest.param(70, 1, id="hardly-more-samples-than-features"),
        pytest.param(70, 30, id="same-and-hardly-a-penalty"),
        pytest.param(75, 100, id="fewer-training-samples-than-features"),
        pytest.param(120, 1, id="wide"),
    ],
)
def test_ridge_equals_sklearn_fitted_to_each_training_set(p, scale):
    """Acceptance 3: test samples are taken out of a fit to all, or the fit is made anew."""
    rng = np.random.default_rng(p)
    X = scale * (rng.standard_normal((80, p)) + 3)
    Y = X @ rng.standard_normal((p, 5)) / scale + rng.standard_normal((80, 5))
    score = bs.ridge(X, Y)
    for k, (train, test) in enumerate(fitting.brainscore_splits(80)):
        predicted = SklearnRidge(1.0).fit(X[train], Y[train]).predict(X[test])
        expected = fitting.pearson_r(Y[test], predicted)
        np.testing.assert_allclose(score.splits[k], expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["pls", "ridge", "ridgecv", "neuron_to_neuron"])
@pytest.mark.parametrize("shape", FEATURES)
def test_features_in_another_order_are_aligned_by_id(name, shape):
    X = FEATURES[shape]
    Y = responses(X)
    ids = np.array([f"image{i:03d}" for i in np.random.default_rng(2).permutation(80)])
    order = np.random.default_rng(3).permutation(80)
    metric, options = bs.METRICS[name], {"n_components": 5} if name == "pls" else {}
    plain = metric(X, Y, n_splits=2, **options)
    aligned = metric(X[order], Y, stimulus_ids=ids, source_ids=ids[order], n_splits=2, **options)
    np.testing.assert_allclose(aligned.splits, plain.splits, atol=1e-9)


def test_a_constant_unit_is_counted_and_left_out_of_the_median():
    X = FEATURES["tall"]
    Y = responses(X)
    flat = np.column_stack([Y, np.ones(80)])
    score = bs.ridge(X, flat)
    assert score.n_undefined == 1
    assert np.isnan(score.per_unit[5])
    assert score.raw == pytest.approx(bs.ridge(X, Y).raw, abs=1e-12)


def test_error_is_over_splits():
    X = FEATURES["tall"]
    score = bs.ridge(X, responses(X))
    medians = np.median(score.splits, axis=1)
    assert score.error == pytest.approx(medians.std() / np.sqrt(10))
    np.testing.assert_allclose(score.per_unit, score.splits.mean(axis=0))


def test_rdm_and_cka_are_those_of_similarity():
    X = FEATURES["tall"]
    Y = responses(X)
    assert bs.rdm(X, Y).raw == fitting.compare_rdms(fitting.rdm(X), fitting.rdm(Y))
    assert bs.cka(X, Y).raw == pytest.approx(fitting.cka(X, Y), abs=1e-9)
    assert bs.cka(X, Y, unbiased=False).raw == pytest.approx(fitting.cka(X, Y, unbiased=False))
    assert bs.cka(X, np.ones((80, 3))).raw == 0


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda X, Y: bs.ridge(X, Y[:70]), "ridge: Y=array of 70 samples does not match X"),
        (
            lambda X, Y: bs.pls(X, Y, stimulus_ids=[1] * 80),
            "pls: stimulus_ids=1 appears more than once",
        ),
        (
            lambda X, Y: bs.ridge(X, Y, stimulus_ids=range(80), source_ids=range(1, 81)),
            r"source_ids=array of 80 ids lacks 1 id\(s\) of stimulus_ids, the first 0",
        ),
        (lambda X, Y: bs.ridge(X, Y * 0), "Y=.* does not vary"),
        (lambda X, Y: bs.ridge(X, np.where(Y > 2, np.nan, Y)), "NaN or infinite"),
        (lambda X, Y: bs.ceiled_score(0.5, 0.0), "ceiling=0.0 cannot be divided by"),
        (lambda X, Y: bs.internal_consistency(Y[None]), "does not hold repeats"),
        (
            lambda X, Y: bs.neuron_to_neuron(X * (np.arange(80) == 0)[:, None], Y),
            "have no correlation in one split",
        ),
    ],
)
def test_bad_input_is_refused(call, match):
    X = FEATURES["tall"]
    with pytest.raises(ValueError, match=match):
        call(X, responses(X))
