"""The distance that is left after the best rotation."""

import numpy as np
import pytest
import torch
from scipy import spatial, stats

import fitting

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 6))
Y = X @ RNG.standard_normal((6, 6)) + RNG.standard_normal((30, 6))


def test_equals_scipy():
    """scipy scales the second set too, which leaves 1 - s^2 where ours is 2 - 2 s."""
    disparity = spatial.procrustes(X, Y)[2]
    assert fitting.procrustes_distance(X, Y) ** 2 == pytest.approx(
        2 - 2 * np.sqrt(1 - disparity), abs=1e-12
    )


def test_neither_rotation_shift_scale_nor_silent_features_matter():
    Q = stats.ortho_group.rvs(6, random_state=0)
    expected = fitting.procrustes_distance(X, Y)
    silent = np.hstack([Y @ Q * 3 + 1, np.zeros((30, 4))])
    assert fitting.procrustes_distance(X, silent) == pytest.approx(expected, abs=1e-12)
    assert fitting.procrustes_distance(X, X @ Q) < 1e-7


def test_more_features_than_samples():
    A, B = RNG.standard_normal((8, 50)), RNG.standard_normal((8, 20))
    a, b = (Z - Z.mean(axis=0) for Z in (A, B))
    nuclear = np.linalg.svd(a.T @ b, compute_uv=False).sum()
    expected = np.sqrt(2 - 2 * nuclear / (np.linalg.norm(a) * np.linalg.norm(b)))
    assert fitting.procrustes_distance(A, B) == pytest.approx(expected, abs=1e-12)


def test_is_a_metric():
    A, B, C = RNG.standard_normal((3, 20, 5))
    ab, bc, ac = (fitting.procrustes_distance(*two) for two in ((A, B), (B, C), (A, C)))
    assert ac <= ab + bc
    assert ab == pytest.approx(fitting.procrustes_distance(B, A), abs=1e-12)


def test_tensors_have_gradients():
    tensor = torch.tensor(X, requires_grad=True)
    distance = fitting.procrustes_distance(tensor, torch.tensor(Y))
    distance.backward()
    assert float(distance.detach()) == pytest.approx(fitting.procrustes_distance(X, Y), abs=1e-12)
    assert torch.isfinite(tensor.grad).all()


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: fitting.procrustes_distance(X, Y[:5]), "does not match X"),
        (lambda: fitting.procrustes_distance(X, np.full((30, 2), 0.1)), "Y=.* does not vary"),
        (lambda: fitting.procrustes_distance(X[:1], Y[:1]), "a minimum of 2 is required"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call()
