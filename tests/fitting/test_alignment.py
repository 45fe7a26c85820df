"""Hyperalignment and the shared response model: planted common responses are found again."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import fitting

RNG = np.random.default_rng(0)


def orthonormal(p, k, seed):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((p, k)))[0]


def rotated(n=300, p=20, n_subjects=4, noise=0.0):
    """One response, rotated for each subject; the last third is for testing."""
    rng = np.random.default_rng(1)
    common = rng.standard_normal((n, p)) * np.arange(1, p + 1) ** -0.5
    turns = [orthonormal(p, p, seed) for seed in range(n_subjects)]
    return [
        common @ turn + noise * rng.standard_normal((n, p)) + rng.standard_normal(p)
        for turn in turns
    ], turns


def planted(n=300, k=5, sizes=(60, 80, 50, 70), noise=1.0):
    """k shared courses in different voxels of each subject, with noise of its own size."""
    rng = np.random.default_rng(2)
    shared = rng.standard_normal((n, k)) * 8
    maps = [orthonormal(p, k, seed) for seed, p in enumerate(sizes)]
    noises = noise * np.arange(1, len(sizes) + 1) / 2
    subjects = [
        shared @ W.T + sd * rng.standard_normal((n, len(W))) + 100
        for W, sd in zip(maps, noises, strict=True)
    ]
    return subjects, shared, maps, noises


def split(subjects, n=200):
    return [X[:n] for X in subjects], [X[n:] for X in subjects]


def similarity(a, b):
    return float(np.median(fitting.pearson_r(a, b)))


def test_rotations_are_recovered_without_noise():
    subjects, turns = rotated()
    model = fitting.Hyperalignment().fit(split(subjects)[0])
    for i, first in enumerate(turns):
        for j, second in enumerate(turns):
            between = model.maps_[i] @ model.maps_[j].T
            np.testing.assert_allclose(between, first.T @ second, rtol=0, atol=1e-6)
    np.testing.assert_allclose(model.maps_[2].T @ model.maps_[2], np.eye(20), atol=1e-12)


@pytest.mark.parametrize("n_iter", [1, 2, 3])
def test_held_out_responses_are_predicted_between_subjects_by_hyperalignment(n_iter):
    subjects, _ = rotated(noise=0.3)
    train, test = split(subjects)
    model = fitting.Hyperalignment(n_iter).fit(train)
    unaligned = similarity(test[0], sum(test[1:]) / 3)
    assert abs(unaligned) < 0.2
    assert similarity(test[0], model.predict(test, subject=0)) > 0.55
    assert similarity(test[0], model.predict([None, *test[1:]], subject=0)) > 0.55


def test_shared_response_is_recovered():
    subjects, shared, maps, noises = planted()
    train, test = split(subjects)
    model = fitting.SRM(5, n_iter=20).fit(train)
    for found, true in zip(model.maps_, maps, strict=True):
        np.testing.assert_allclose(found.T @ found, np.eye(5), atol=1e-10)
        overlap = np.linalg.svd(found.T @ true, compute_uv=False)
        assert overlap.min() > 0.98  # the same five dimensions
    np.testing.assert_allclose(np.sqrt(model.noise_), noises, rtol=0.05)
    mean = sum(model.transform(test)) / 4
    turned = mean @ np.linalg.lstsq(mean, shared[200:], rcond=None)[0]
    assert fitting.pearson_r(shared[200:], turned).min() > 0.99


def test_held_out_responses_are_predicted_between_subjects_by_shared_responses():
    subjects, shared, maps, _ = planted()
    train, test = split(subjects)
    model = fitting.SRM(5).fit(train)
    for subject, X in enumerate(test):
        true = shared[200:] @ maps[subject].T
        assert similarity(true, model.predict(test, subject=subject)) > 0.97
        k = min(X.shape[1], 50)
        others = sum(Z[:, :k] for s, Z in enumerate(test) if s != subject) / 3
        assert abs(similarity(X[:, :k], others)) < 0.3


def test_maps_are_exact_without_noise():
    subjects, _, maps, _ = planted(noise=0.0)
    model = fitting.SRM(5, n_iter=30).fit(subjects)
    between = model.maps_[0] @ model.maps_[1].T
    np.testing.assert_allclose(between, maps[0] @ maps[1].T, rtol=0, atol=1e-6)
    predicted = model.predict(subjects, subject=2)
    np.testing.assert_allclose(predicted, subjects[2], rtol=0, atol=1e-4)


def test_likelihood_never_falls():
    curve = fitting.SRM(5, n_iter=25).fit(planted(noise=3.0)[0]).log_likelihood_
    assert np.all(np.diff(curve) > -1e-9 * np.abs(curve[:-1]))
    assert curve[-1] > curve[0]


def test_likelihood_is_that_of_the_covariance():
    """Against the density of all voxels of all subjects as one Gaussian."""
    from fitting.alignment_solvers import _expect

    rng = np.random.default_rng(0)
    subjects = [rng.standard_normal((7, p)) for p in (3, 4)]
    maps = [orthonormal(p, 2, p) for p in (3, 4)]
    noise, covariance = np.array([0.5, 2.0]), np.array([[2.0, 0.3], [0.3, 1.0]])
    sizes, power = np.array([3, 4]), np.array([(X**2).sum() for X in subjects])
    shared, posterior, value = _expect(subjects, maps, noise, covariance, power, sizes)
    W, X = np.concatenate(maps), np.concatenate(subjects, axis=1)
    diagonal = np.repeat(noise, sizes)
    total = W @ covariance @ W.T + np.diag(diagonal)
    inverse = np.linalg.inv(total)
    expected = -0.5 * (7 * np.linalg.slogdet(total)[1] + np.einsum("ni,ij,nj->", X, inverse, X))
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(shared, X @ inverse @ W @ covariance, atol=1e-12)
    expected = covariance - covariance @ W.T @ inverse @ W @ covariance
    np.testing.assert_allclose(posterior, expected, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("estimator", [fitting.SRM(5), fitting.Hyperalignment()])
def test_torch_equals_numpy(estimator, dtype):
    subjects = planted()[0] if isinstance(estimator, fitting.SRM) else rotated(noise=0.1)[0]
    subjects = [X.astype(dtype) for X in subjects]
    expected = clone(estimator).fit(subjects).predict(subjects, subject=1)
    tensors = [torch.tensor(X) for X in subjects]
    found = clone(estimator).fit(tensors).predict(tensors, subject=1)
    assert isinstance(found, torch.Tensor)
    assert found.numpy().dtype == expected.dtype == dtype
    tolerance = 1e-9 if dtype == "float64" else 1e-2
    np.testing.assert_allclose(found, expected, atol=tolerance)


def test_seed_decides():
    subjects = planted()[0]
    same = [fitting.SRM(5, seed=3).fit(subjects).maps_[0] for _ in range(2)]
    np.testing.assert_array_equal(*same)
    other = fitting.SRM(5, seed=4).fit(subjects)
    assert np.abs(other.maps_[0] - same[0]).max() > 0.01
    between = other.predict(subjects, subject=0)
    np.testing.assert_allclose(
        between, fitting.SRM(5, seed=3).fit(subjects).predict(subjects, subject=0), atol=0.5
    )


@pytest.mark.parametrize(
    ("subjects", "error", "match"),
    [
        ([RNG.random((9, 4))], ValueError, r"subjects=list of 1 is too few"),
        ([RNG.random((9, 4)), RNG.random((8, 4))], ValueError, r"subjects\[1\]=.*has 8 samples"),
        ([RNG.random((9, 4)), np.ones((9, 4))], ValueError, r"subjects\[1\]=.*does not vary"),
        ([RNG.random((9, 4)), np.full((9, 4), np.nan)], ValueError, r"subjects\[1\]=.*NaN"),
        ([RNG.random((9, 4)), RNG.random(9)], ValueError, r"subjects\[1\]=.*1 dimension"),
        ([RNG.random((9, 4)), torch.rand(9, 4)], TypeError, "does not go with X"),
    ],
)
@pytest.mark.parametrize("estimator", [fitting.SRM(2), fitting.Hyperalignment()])
def test_bad_subjects_are_named(estimator, subjects, error, match):
    with pytest.raises(error, match=match):
        clone(estimator).fit(subjects)


def test_sizes_that_cannot_be_aligned_are_refused():
    subjects = [RNG.random((9, 4)), RNG.random((9, 3))]
    with pytest.raises(ValueError, match=r"subjects\[1\]=array\(9, 3\) has 3 features.* Use SRM"):
        fitting.Hyperalignment().fit(subjects)
    with pytest.raises(ValueError, match=r"n_components=4 is more than subjects\[1\] has"):
        fitting.SRM(4).fit(subjects)
    with pytest.raises(ValueError, match="n_iter=0 is too small"):
        fitting.Hyperalignment(0).fit(subjects)


def test_new_data_are_checked():
    subjects = planted()[0]
    with pytest.raises(NotFittedError):
        fitting.SRM(2).transform(subjects)
    model = fitting.SRM(2).fit(subjects)
    with pytest.raises(ValueError, match=r"subjects=list of 3 is another number; expected 4"):
        model.transform(subjects[:3])
    with pytest.raises(ValueError, match=r"subjects\[0\]=array\(300, 80\) has 80 features"):
        model.transform(subjects[1::-1] + subjects[2:])
    with pytest.raises(ValueError, match="subject=4 is no subject of the fit; expected 0 to 3"):
        model.predict(subjects, subject=4)
    with pytest.raises(ValueError, match="subjects=list of None predicts nothing"):
        model.predict([subjects[0], None, None, None], subject=0)
    with pytest.raises(ValueError, match=r"subjects=lengths \[300, 10, 300\] differ in samples"):
        model.predict([None, subjects[1], subjects[2][:10], subjects[3]], subject=0)
    with pytest.raises(ValueError, match=r"shared=array\(300, 3\) has 3 columns"):
        model.inverse_transform(subjects[0][:, :3], 0)
