"""Covariance of noise from few samples, shrunk so that it can be inverted."""

from typing import Any

import numpy as np

from .arrays import to_numpy
from .errors import check_choice, describe
from .inputs import check_count, check_samples

__all__ = ["shrunk_covariance"]


def shrunk_covariance(
    residuals: Any, shrink_to: str = "diagonal", *, n_means: int = 1
) -> np.ndarray:
    """Covariance of residuals over features, shrunk by the amount that their spread suggests.

    Parameters
    ----------
    residuals
        (n_samples, n_features) what is left of responses without their means, of any unit.
    shrink_to
        "diagonal" keeps each variance and shrinks the correlations, Schaefer and Strimmer (2005);
        "identity" shrinks to the mean variance, Ledoit and Wolf (2004).
    n_means
        How many means (or regressors) were taken out of each feature: n_samples - n_means degrees
        of freedom are left.

    Returns
    -------
    numpy.ndarray
        (n_features, n_features) symmetric, positive definite, squared units of the residuals.

    Raises
    ------
    ValueError
        If there are too few samples, or a feature does not vary.
    UnknownNameError
        If the target is not known.

    Notes
    -----
    Source: Schaefer and Strimmer (2005), Statistical Applications in Genetics and Molecular
    Biology 4:32; Ledoit and Wolf (2004), Journal of Multivariate Analysis 88:365-411. The
    residuals' mean over samples is taken out first.

    Examples
    --------
    >>> R = np.random.default_rng(0).standard_normal((10, 3)) * [1, 2, 3]
    >>> np.corrcoef(R.T)[0, 1].round(3), shrunk_covariance(R).diagonal().round(2)
    (np.float64(0.41), array([1.43, 1.58, 3.2 ]))
    """
    name = "shrunk_covariance"
    check_choice(name, "shrink_to", shrink_to, ["diagonal", "identity"])
    n_means = check_count(name, "n_means", n_means)
    R = check_samples(name, "residuals", to_numpy(residuals), n_min=n_means + 2)
    R = R - R.mean(axis=0)
    n, dof = len(R), len(R) - n_means
    variance = np.einsum("ij,ij->j", R, R) / dof
    constant = np.flatnonzero(variance <= np.finfo(R.dtype).eps ** 2 * variance.max())
    if constant.size:
        raise ValueError(
            describe(
                name,
                "residuals",
                f"feature {int(constant[0])}",
                "does not vary",
                "features with noise",
                f"Leave out these {constant.size} feature(s)",
            )
        )
    if shrink_to == "identity":
        return _to_identity(R) * (n / dof)
    return _to_diagonal(R, variance, dof)


def _to_identity(R: np.ndarray) -> np.ndarray:
    """Ledoit and Wolf (2004), lemma 3.2 to 3.4: b^2/d^2 m I + (1 - b^2/d^2) S."""
    n, p = R.shape
    S = R.T @ R / n
    mean = np.trace(S) / p
    d2 = np.sum(S * S) - p * mean**2
    # mean over samples of |x x' - S|^2, by |x x'|^2 = |x|^4
    b2 = (np.mean(np.einsum("ij,ij->i", R, R) ** 2) - np.sum(S * S)) / n
    weight = min(b2 / d2, 1.0) if d2 > 0 else 1.0
    S *= 1 - weight
    S[np.diag_indices(p)] += weight * mean
    return S


def _to_diagonal(R: np.ndarray, variance: np.ndarray, dof: int) -> np.ndarray:
    """Schaefer and Strimmer (2005), table 1 target D: lambda = sum var(r_ij) / sum r_ij^2, i != j.

    var(r_ij) = n / dof^2 sum_k (z_ki z_kj - mean_k z_ki z_kj)^2 / (n - 1), of standardised z.
    """
    n, p = R.shape
    Z = R / np.sqrt(variance)
    correlation, squares = Z.T @ Z / (n - 1), (Z * Z).T @ (Z * Z) / (n - 1)
    spread = n / dof**2 * (squares - correlation**2)
    off = ~np.eye(p, dtype=bool)
    total = np.sum(correlation[off] ** 2)
    weight = np.clip(np.sum(spread[off]) / total, 0, 1) if total > 0 else 1.0
    S = R.T @ R / dof
    S[off] *= 1 - weight
    return S
