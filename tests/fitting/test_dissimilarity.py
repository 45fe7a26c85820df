"""Distances between patterns (acceptance 4) and the covariance of their noise."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist, squareform
from sklearn.covariance import ledoit_wolf

import fitting

RNG = np.random.default_rng(0)
#: 4 runs, 12 stimuli, 7 features
RUNS = RNG.standard_normal((1, 12, 7)) + 0.5 * RNG.standard_normal((4, 12, 7))
MIXED = RNG.standard_normal((7, 7))
S = MIXED @ MIXED.T + np.eye(7)
COUNTS = RNG.poisson(3.0, (10, 8))


def crossnobis_dataset(runs):
    rsatoolbox = pytest.importorskip("rsatoolbox")
    n_runs, n, _ = runs.shape
    descriptors = {"stimulus": np.tile(np.arange(float(n)), n_runs)}
    descriptors["run"] = np.repeat(np.arange(float(n_runs)), n)
    flat = runs.reshape(n_runs * n, -1)
    return rsatoolbox, rsatoolbox.data.Dataset(flat, obs_descriptors=descriptors)


def test_acceptance_4_mahalanobis_equals_scipy_and_rsatoolbox():
    D = fitting.rdm(RUNS[0], "mahalanobis", noise_covariance=S)
    expected = squareform(pdist(RUNS[0], "mahalanobis", VI=np.linalg.inv(S))) ** 2 / 7
    np.testing.assert_allclose(D, expected, atol=1e-12)
    rsatoolbox = pytest.importorskip("rsatoolbox")
    theirs = rsatoolbox.rdm.calc_rdm(
        rsatoolbox.data.Dataset(RUNS[0]), "mahalanobis", noise=np.linalg.inv(S)
    )
    np.testing.assert_allclose(D, theirs.get_matrices()[0], atol=1e-12)


def test_acceptance_4_crossnobis_equals_rsatoolbox():
    rsatoolbox, dataset = crossnobis_dataset(RUNS)
    theirs = rsatoolbox.rdm.calc_rdm(
        dataset, "crossnobis", "stimulus", noise=np.linalg.inv(S), cv_descriptor="run"
    )
    D = fitting.rdm(RUNS, "crossnobis", noise_covariance=S)
    np.testing.assert_allclose(D, theirs.get_matrices()[0], atol=1e-12)


def test_crossnobis_equals_its_definition():
    precision, expected = np.linalg.inv(S), np.zeros((12, 12))
    for i in range(12):
        for j in range(12):
            deltas = RUNS[:, i] - RUNS[:, j]
            products = deltas @ precision @ deltas.T
            expected[i, j] = (products.sum() - np.trace(products)) / (4 * 3 * 7)
    D = fitting.rdm(RUNS, "crossnobis", noise_covariance=S)
    np.testing.assert_allclose(D, expected, atol=1e-12)
    np.testing.assert_array_equal(D, D.T)


def test_crossnobis_of_pure_noise_is_zero_on_average_but_mahalanobis_is_not():
    noise = np.random.default_rng(1).standard_normal((6, 40, 20))
    D = fitting.rdm(noise, "crossnobis")[np.triu_indices(40, 1)]
    assert abs(D.mean()) < 4 * D.std() / np.sqrt(40)
    assert (D < 0).any()
    plain = fitting.rdm(noise.mean(axis=0), "mahalanobis", noise_covariance=np.eye(20))
    assert plain[np.triu_indices(40, 1)].mean() > 0.2


def test_acceptance_4_poisson_equals_rsatoolbox():
    rsatoolbox = pytest.importorskip("rsatoolbox")
    theirs = rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(COUNTS.astype(float)), "poisson")
    D = fitting.rdm(COUNTS, "poisson")
    np.testing.assert_allclose(D, theirs.get_matrices()[0], atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("distance", ["correlation", "squared_euclidean", "poisson"])
def test_numbers_are_kept_in_their_precision_and_symmetric(distance, dtype):
    D = fitting.rdm(COUNTS.astype(dtype), distance)
    assert D.dtype == dtype
    np.testing.assert_array_equal(D, D.T)
    assert fitting.rdm(torch.tensor(COUNTS.astype(dtype)), distance).dtype == getattr(torch, dtype)


@pytest.mark.parametrize("distance", ["mahalanobis", "crossnobis"])
def test_tensors_see_the_noise_too(distance):
    X = RUNS if distance == "crossnobis" else RUNS[0]
    expected = fitting.rdm(X, distance, noise_covariance=S)
    D = fitting.rdm(torch.tensor(X), distance, noise_covariance=S)
    np.testing.assert_allclose(D, expected, atol=1e-12)
    single = fitting.rdm(X.astype("f4"), distance, noise_covariance=S)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=1e-5)


@pytest.mark.parametrize("distance", fitting.dissimilarity.DISTANCES)
def test_tensors_have_gradients(distance):
    """A step along the gradient changes the RDM as the gradient says."""
    X = RUNS if distance == "crossnobis" else np.abs(RUNS[0]) + 0.1
    noise = S if distance in ("crossnobis", "mahalanobis") else None
    tensor = torch.tensor(X, requires_grad=True)
    fitting.rdm(tensor, distance, noise_covariance=noise)[0, 1].backward()
    step = 1e-6 * np.random.default_rng(3).standard_normal(X.shape)
    up, down = (fitting.rdm(X + d, distance, noise_covariance=noise)[0, 1] for d in (step, -step))
    assert up - down == pytest.approx(2 * float((tensor.grad.numpy() * step).sum()), rel=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("diagonal", "shrinkage_diag"), ("identity", "shrinkage_eye")]
)
def test_shrunk_covariance_equals_rsatoolbox(ours, theirs):
    rsatoolbox = pytest.importorskip("rsatoolbox")
    R = RNG.standard_normal((15, 7)) @ MIXED
    expected = rsatoolbox.data.noise.cov_from_residuals(R, method=theirs)
    np.testing.assert_allclose(fitting.shrunk_covariance(R, ours), expected, atol=1e-12)
    expected = rsatoolbox.data.noise.cov_from_residuals(R, dof=11, method=theirs)
    np.testing.assert_allclose(fitting.shrunk_covariance(R, ours, n_means=4), expected, atol=1e-12)


def test_shrunk_covariance_equals_sklearn():
    R = RNG.standard_normal((15, 7)) @ MIXED
    expected = ledoit_wolf(R)[0] * 15 / 14
    np.testing.assert_allclose(fitting.shrunk_covariance(R, "identity"), expected, atol=1e-12)


def test_shrunk_covariance_can_be_inverted_with_fewer_samples_than_features():
    R = np.random.default_rng(2).standard_normal((10, 40))
    for shrink_to in ("diagonal", "identity"):
        assert np.linalg.eigvalsh(fitting.shrunk_covariance(R, shrink_to))[0] > 0


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.rdm(np.full((3, 4), 0.1)), "rdm: X=sample 0 is the same in all columns"),
        (lambda: fitting.rdm(RUNS[0], "poisson"), "negative value"),
        (lambda: fitting.rdm(RUNS[0], "mahalanobis"), "noise_covariance=None is missing"),
        (lambda: fitting.rdm(RUNS[0], noise_covariance=S), "is not used by distance='correlation'"),
        (
            lambda: fitting.rdm(RUNS[0], "mahalanobis", noise_covariance=np.eye(3)),
            "does not fit 7 features",
        ),
        (
            lambda: fitting.rdm(RUNS, "crossnobis", noise_covariance=-np.eye(7)),
            "is not positive definite",
        ),
        (
            lambda: fitting.rdm(RUNS, "crossnobis", noise_covariance=np.triu(S)),
            "is not symmetric",
        ),
        (lambda: fitting.rdm(RUNS[0], "crossnobis"), "is no set of runs"),
        (lambda: fitting.rdm(RUNS[:1], "crossnobis"), "is no set of runs"),
        (lambda: fitting.rdm(np.where(RUNS > 1, np.nan, RUNS), "crossnobis"), "holds .* NaN"),
        (lambda: fitting.shrunk_covariance(np.eye(5), "full"), "shrink_to='full' is not known"),
        (lambda: fitting.shrunk_covariance(np.ones((5, 2))), "feature 0 does not vary"),
        (lambda: fitting.shrunk_covariance(np.eye(5), n_means=4), "a minimum of 6 is required"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
