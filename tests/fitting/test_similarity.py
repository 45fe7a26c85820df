"""RDMs, their comparison and ceilings (acceptance 4 and 6), and kernel alignment."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import pdist, squareform

import fitting
from fitting.ranking import SortedValues, ranks

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 12)) + 1
SUBJECTS = np.stack([fitting.rdm(X + RNG.standard_normal(X.shape)) for _ in range(5)])
#: Two RDMs with ties
A, B = (squareform(np.round(pdist(RNG.standard_normal((12, 3))), 0)) for _ in range(2))


def test_acceptance_4_rdm_equals_scipy():
    np.testing.assert_allclose(fitting.rdm(X), squareform(pdist(X, "correlation")), atol=1e-12)
    expected = squareform(pdist(X, "sqeuclidean")) / 12
    np.testing.assert_allclose(fitting.rdm(X, "squared_euclidean"), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("correlation", "correlation"), ("squared_euclidean", "euclidean")]
)
def test_acceptance_4_rdm_equals_rsatoolbox(ours, theirs):
    rsatoolbox = pytest.importorskip("rsatoolbox")
    expected = rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(X), method=theirs)
    np.testing.assert_allclose(fitting.rdm(X, ours), expected.get_matrices()[0], atol=1e-12)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("cosine", "cosine"),
        ("pearson", "corr"),
        ("spearman", "spearman"),
        ("rho_a", "rho-a"),
        ("tau_a", "tau-a"),
        ("whitened_cosine", "cosine_cov"),
    ],
)
def test_acceptance_4_comparisons_equal_rsatoolbox(ours, theirs):
    rsatoolbox = pytest.importorskip("rsatoolbox")
    a, b = (rsatoolbox.rdm.RDMs(each[None]) for each in (A, B))
    expected = rsatoolbox.rdm.compare(a, b, method=theirs)[0, 0]
    assert fitting.compare_rdms(A, B, ours) == pytest.approx(expected, abs=1e-12)


def test_acceptance_4_comparisons_equal_scipy():
    pairs = np.triu_indices(12, 1)
    spearman = stats.spearmanr(A[pairs], B[pairs]).statistic
    pearson = stats.pearsonr(A[pairs], B[pairs]).statistic
    assert fitting.compare_rdms(A, B) == pytest.approx(spearman, abs=1e-12)
    assert fitting.compare_rdms(A, B, "pearson") == pytest.approx(pearson, abs=1e-12)


def test_acceptance_4_ceilings_equal_rsatoolbox():
    rsatoolbox = pytest.importorskip("rsatoolbox")
    expected = rsatoolbox.inference.boot_noise_ceiling(
        rsatoolbox.rdm.RDMs(SUBJECTS), method="spearman", rdm_descriptor="index"
    )
    ceiling = fitting.rdm_ceiling(SUBJECTS, "spearman", pool="rank")
    np.testing.assert_allclose(ceiling, expected, atol=1e-10)


@pytest.mark.parametrize("method", ["rho_a", "tau_a"])
def test_ceilings_by_every_method_equal_a_loop(method):
    lower, upper = fitting.rdm_ceiling(SUBJECTS, method)
    others = [np.delete(SUBJECTS, s, axis=0).mean(axis=0) for s in range(5)]
    everyone = SUBJECTS.mean(axis=0)
    compared = [fitting.compare_rdms(D, o, method) for D, o in zip(SUBJECTS, others, strict=True)]
    assert lower == pytest.approx(np.mean(compared), abs=1e-12)
    compared = [fitting.compare_rdms(D, everyone, method) for D in SUBJECTS]
    assert upper == pytest.approx(np.mean(compared), abs=1e-12)


def test_acceptance_6_published_similarities(data_root):
    """Kriegeskorte 2008: human and monkey IT 0.49; models with human IT."""
    data = np.load(data_root / "neural/kriegeskorte92/rdms92.npz")
    models = dict(zip(data["model_names"].tolist(), data["models"], strict=True))
    human = data["hIT"]
    assert fitting.compare_rdms(human, data["mIT"], "pearson") == pytest.approx(0.491, abs=1e-3)
    assert fitting.compare_rdms(human, models["animacy"]) == pytest.approx(0.588, abs=1e-3)
    assert fitting.compare_rdms(human, models["V1"]) == pytest.approx(0.039, abs=1e-3)


def test_acceptance_6_published_ceilings(data_root):
    human = np.load(data_root / "neural/kriegeskorte92/rdms92.npz")["hIT_subj"].mean(axis=1)
    cichy = np.load(data_root / "neural/cichy92_fmri/rdms_cichy92.npz")
    for rdms, bounds in (
        (human, (0.379, 0.661)),
        (cichy["IT"], (0.449, 0.535)),
        (cichy["EVC"], (0.239, 0.386)),
    ):
        np.testing.assert_allclose(fitting.rdm_ceiling(rdms), bounds, atol=1e-3)


def gram_cka(X, Y, unbiased):
    """By the definition, with n x n matrices."""
    n = len(X)
    K, L = X @ X.T, Y @ Y.T
    if unbiased:
        np.fill_diagonal(K, 0)
        np.fill_diagonal(L, 0)
    else:
        centre = np.eye(n) - 1 / n
        K, L = centre @ K @ centre, centre @ L @ centre

    def hsic(K, L):
        if not unbiased:
            return np.trace(K @ L)
        k, l = K.sum(axis=0), L.sum(axis=0)
        terms = np.trace(K @ L) + k.sum() * l.sum() / ((n - 1) * (n - 2))
        return (terms - 2 / (n - 2) * (k @ l)) / (n * (n - 3))

    return hsic(K, L) / np.sqrt(hsic(K, K) * hsic(L, L))


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize(("n", "p", "q"), [(60, 10, 5), (20, 50, 40), (30, 100, 4)])
def test_acceptance_4_cka_feature_form_equals_gram_form(n, p, q, unbiased):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((n, p)) + 3
    Y = X[:, :q] + rng.standard_normal((n, q))
    expected = gram_cka(X, Y, unbiased)
    assert fitting.cka(X, Y, unbiased=unbiased) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize(("p", "q"), [(300, 200), (590, 590), (900, 700)])
def test_cka_in_blocks_equals_gram_form(p, q, unbiased):
    """More samples than one block holds, in each of the three ways of computing."""
    X = np.random.default_rng(1).standard_normal((600, p)) + 3
    Y = X[:, :q] + np.random.default_rng(2).standard_normal((600, q))
    expected = gram_cka(X, Y, unbiased)
    assert fitting.cka(X, Y, unbiased=unbiased) == pytest.approx(expected, abs=1e-10)
    tensors = torch.tensor(X), torch.tensor(Y)
    assert float(fitting.cka(*tensors, unbiased=unbiased)) == pytest.approx(expected, abs=1e-10)
    single = fitting.cka(X.astype("f4"), Y.astype("f4"), unbiased=unbiased)
    assert single == pytest.approx(expected, abs=1e-4)


def test_cka_matrix_holds_every_pair():
    layers = {"a": X, "b": X[:, :3], "c": X[:, 5:] ** 2}
    table = fitting.cka_matrix(layers)
    expected = [[fitting.cka(one, other) for other in layers.values()] for one in layers.values()]
    np.testing.assert_allclose(table, expected, atol=1e-12)
    two = fitting.cka_matrix(list(layers.values()), [X, X[:, :3]], unbiased=False)
    assert two.shape == (3, 2)
    assert two[2, 1] == pytest.approx(fitting.cka(layers["c"], X[:, :3], unbiased=False), abs=1e-12)


@given(
    values=st.lists(st.floats(-1, 1), min_size=3, max_size=40),
    few=st.booleans(),
    seed=st.integers(0, 9),
)
def test_ranks_equal_scipy(values, few, seed):
    """Also of values that differ in their last bits only, and of zeros of both signs."""
    values = np.round(values, 0 if few else 15)
    close = 1 + np.random.default_rng(seed).integers(0, 9, 30) * np.finfo(float).eps
    values = np.concatenate([values, close, [0.0, -0.0]])
    np.testing.assert_array_equal(ranks(values), stats.rankdata(values))


@given(seed=st.integers(0, 99))
def test_ranks_of_counted_values_equal_those_of_repeats(seed):
    rng = np.random.default_rng(seed)
    values, counts = rng.integers(0, 8, 12).astype(float), rng.integers(0, 4, (12, 3))
    found = SortedValues.of(values).ranks(counts.astype(float))
    for draw in range(3):
        repeated = stats.rankdata(np.repeat(values, counts[:, draw]))
        expected = np.repeat(found[:, draw], counts[:, draw])
        np.testing.assert_array_equal(expected, repeated)


def test_unbiased_cka_of_independent_features_is_zero_on_average():
    rng = np.random.default_rng(0)
    values = [fitting.cka(*rng.standard_normal((2, 20, 30))) for _ in range(200)]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(200)


@given(scale=st.floats(0.1, 10), shift=st.floats(-5, 5), seed=st.integers(0, 99))
def test_rdm_is_symmetric_and_sees_neither_shift_nor_scale(scale, shift, seed):
    X = np.random.default_rng(seed).standard_normal((6, 8))
    D = fitting.rdm(X)
    np.testing.assert_array_equal(D, D.T)
    np.testing.assert_array_equal(np.diagonal(D), 0)
    np.testing.assert_allclose(fitting.rdm(X * scale + shift), D, atol=1e-9)


def test_tensors_stay_tensors():
    tensor = torch.tensor(X)
    for distance in ("correlation", "squared_euclidean"):
        assert isinstance(fitting.rdm(tensor, distance), torch.Tensor)
        np.testing.assert_allclose(
            fitting.rdm(tensor, distance), fitting.rdm(X, distance), atol=1e-12
        )
    value = fitting.cka(tensor.requires_grad_(), tensor.detach()[:, :3])
    value.backward()
    assert float(value.detach()) == pytest.approx(fitting.cka(X, X[:, :3]), abs=1e-12)
    assert fitting.compare_rdms(torch.tensor(A), torch.tensor(B)) == fitting.compare_rdms(A, B)


def test_float32_stays_float32():
    assert fitting.rdm(X.astype("f4")).dtype == np.float32


def test_missing_pairs_must_be_the_same():
    a, b = A.copy(), B.copy()
    a[1, 2] = a[2, 1] = b[1, 2] = b[2, 1] = np.nan
    keep = np.ones((12, 12), bool)
    keep[1, 2] = False
    pairs = np.nonzero(np.triu(keep, 1))
    expected = stats.spearmanr(A[pairs], B[pairs]).statistic
    assert fitting.compare_rdms(a, b) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="whitened_cosine' cannot be had with missing pairs"):
        fitting.compare_rdms(a, b, "whitened_cosine")
    b[1, 2] = b[2, 1] = 0
    b[3, 4] = b[4, 3] = np.nan
    with pytest.raises(ValueError, match=r"lacks other pairs than a \(2 differ\)"):
        fitting.compare_rdms(a, b)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.rdm(X, "corelation"), "Did you mean 'correlation'"),
        (lambda: fitting.rdm(np.ones((3, 4))), "rdm: X=sample 0 is the same in all columns"),
        (lambda: fitting.rdm(X[:1]), r"has 1 sample\(s\)"),
        (lambda: fitting.compare_rdms(A, B[:5, :5]), "b=.* is not of the size of a"),
        (lambda: fitting.compare_rdms(A[:5], B), "a=.* is not square"),
        (lambda: fitting.compare_rdms(np.triu(A), B), "a=.* is not symmetric"),
        (lambda: fitting.compare_rdms(A + 1, B), "a=.* does not have a zero diagonal"),
        (lambda: fitting.compare_rdms(np.where(A > 1, np.inf, A), B), "a=.* holds infinite values"),
        (lambda: fitting.compare_rdms(A[:2, :2], B), "has fewer than three samples"),
        (lambda: fitting.compare_rdms(A, 1.0 - np.eye(12)), "RDM does not vary"),
        (lambda: fitting.compare_rdms(A, B, "kendall"), "method='kendall' is not known"),
        (lambda: fitting.rdm_ceiling(SUBJECTS[:1]), r"1 RDM\(s\) are too few"),
        (lambda: fitting.rdm_ceiling(SUBJECTS, pool="median"), "pool='median' is not known"),
        (lambda: fitting.cka(X[:3], X[:3]), "a minimum of 4 is required"),
        (lambda: fitting.cka(X, X[:20]), "Y=array of 20 samples does not match X"),
        (lambda: fitting.cka(X, np.full((30, 2), 0.1)), "Y=.* has no more similarity"),
        (lambda: fitting.cka_matrix([X, X[:20]]), "does not match layers"),
        (lambda: fitting.cka_matrix({"conv": np.ones((30, 2))}), r"layers\['conv'\]=array"),
        (lambda: fitting.cka(X, np.ones((30, 2))), "Y=.* has no more similarity"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_one_layer_is_no_collection():
    with pytest.raises(TypeError, match="Put a single layer into a list"):
        fitting.cka_matrix(X)


def test_text_is_refused():
    with pytest.raises(TypeError, match="a=dtype <U1 is no number"):
        fitting.compare_rdms(np.full((3, 3), "a"), A)
