"""The rotations behind hyperalignment and the shared response model, on centred arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import as_tensor_like, namespace, to_numpy

__all__ = ["nearest_rotation", "procrustes_passes", "shared_response"]


def nearest_rotation(cross: Any) -> Any:
    """The orthonormal matrix nearest to another one: U V' of its decomposition U s V'.

    Parameters
    ----------
    cross
        (p, k) with p >= k, for instance X'M.

    Returns
    -------
    array
        (p, k) with orthonormal columns: the W that makes ||X W - M|| least.

    Examples
    --------
    >>> nearest_rotation(np.array([[0.0, -2.0], [2.0, 0.0]])).round(6).tolist()
    [[0.0, -1.0], [1.0, 0.0]]
    """
    U, _, Vh = namespace(cross).linalg.svd(cross, full_matrices=False)
    return U @ Vh


def procrustes_passes(subjects: Sequence[Any], n_iter: int) -> tuple[list[Any], Any]:
    """Rotations of all subjects onto the mean of the rotated subjects.

    Parameters
    ----------
    subjects
        (n, p) centred arrays.
    n_iter
        Passes; the first adds one subject after the other to the mean.

    Returns
    -------
    maps
        One (p, p) orthogonal matrix a subject.
    template
        (n, p) mean of the rotated subjects of the last pass.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, -2.0]])
    >>> maps, _ = procrustes_passes([x, -x], 2)
    >>> float(np.abs(maps[0] + maps[1]).max().round(6))
    0.0
    """
    template = subjects[0]
    for s, X in enumerate(subjects[1:], start=1):
        aligned = X @ nearest_rotation(X.T @ template)
        template = (s * template + aligned) / (s + 1)
    for _ in range(n_iter - 1):
        aligned = [X @ nearest_rotation(X.T @ template) for X in subjects]
        template = sum(aligned) / len(subjects)
    maps = [nearest_rotation(X.T @ template) for X in subjects]
    return maps, template


def shared_response(
    subjects: Sequence[Any], n_components: int, n_iter: int, seed: int
) -> tuple[list[Any], Any, np.ndarray, np.ndarray]:
    """Expectation maximisation of x_it = W_i s_t + noise_i, s_t ~ N(0, C), noise_i ~ N(0, rho_i I).

    With precision b = sum_i 1 / rho_i and C^-1 the posterior of s_t has covariance
    P = (C^-1 + b I)^-1 and mean P sum_i W_i' x_it / rho_i. Then W_i is the rotation nearest
    to X_i' S, rho_i the mean squared residual, and C the mean of s s'.

    Parameters
    ----------
    subjects
        (n, p_i) centred arrays of one dtype.
    n_components
        k.
    n_iter
        Steps.
    seed
        Of the maps to start from.

    Returns
    -------
    maps
        One (p_i, k) a subject.
    shared
        (n, k) posterior means of s.
    noise
        (n_subjects,) rho_i, float64 on the host.
    log_likelihood
        (n_iter,) float64, but for a constant.

    Examples
    --------
    >>> x = np.sin(np.arange(30.0))[:, None] * [1.0, 2.0]
    >>> maps, *_ = shared_response([x, 3 * x], 1, 10, seed=0)
    >>> (np.abs(maps[0]) * np.sqrt(5)).round(3).tolist()
    [[1.0], [2.0]]
    """
    xp = namespace(*subjects)
    n, k = len(subjects[0]), n_components
    rng = np.random.default_rng(seed)
    maps = [
        nearest_rotation(as_tensor_like(rng.standard_normal((X.shape[1], k)), X)) for X in subjects
    ]
    power = np.array([float(xp.sum(X * X)) for X in subjects])
    sizes = np.array([X.shape[1] for X in subjects])
    # two starting values that know the scale of the data: half of it is shared, half is noise
    noise = 0.5 * power / (n * sizes)
    covariance = np.eye(k) * 0.5 * np.mean(power) / (n * k)
    curve = np.empty(n_iter)
    for step in range(n_iter):
        shared, posterior, curve[step] = _expect(subjects, maps, noise, covariance, power, sizes)
        maps = [nearest_rotation(X.T @ shared) for X in subjects]
        moment = to_numpy(shared.T @ shared).astype(np.float64) + n * posterior
        cross = np.array(
            [float(xp.sum((X @ W) * shared)) for X, W in zip(subjects, maps, strict=True)]
        )
        residual = power - 2 * cross + np.trace(moment)
        # noise of exactly nothing has no precision: rounding of the data is the least there is
        least = float(xp.finfo(subjects[0].dtype).eps) * power
        noise = np.maximum(residual, least) / (n * sizes)
        covariance = moment / n
    shared, *_ = _expect(subjects, maps, noise, covariance, power, sizes)
    return maps, shared, noise, curve


def _expect(
    subjects: Sequence[Any],
    maps: Sequence[Any],
    noise: np.ndarray,
    covariance: np.ndarray,
    power: np.ndarray,
    sizes: np.ndarray,
) -> tuple[Any, np.ndarray, float]:
    """Posterior means (n, k), their covariance (k, k), and the log-likelihood of the data."""
    n, k = len(subjects[0]), len(covariance)
    precision = np.sum(1 / noise)
    # (C^-1 + b I)^-1 = C (I + b C)^-1, which needs no inverse of a C of low rank
    posterior = np.linalg.solve(np.eye(k) + precision * covariance, covariance)
    posterior = (posterior + posterior.T) / 2
    evidence = sum((X @ W) / float(rho) for X, W, rho in zip(subjects, maps, noise, strict=True))
    shared = evidence @ as_tensor_like(posterior, subjects[0])
    gathered = to_numpy(evidence.T @ evidence).astype(np.float64)
    log_determinant = np.linalg.slogdet(np.eye(k) + precision * covariance)[1]
    log_likelihood = -0.5 * (
        n * (log_determinant + np.sum(sizes * np.log(noise)))
        + np.sum(power / noise)
        - np.sum(gathered * posterior)
    )
    return shared, posterior, float(log_likelihood)
