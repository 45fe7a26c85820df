"""A code of places whose similarity falls with their distance."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def position_code(n_places: int, n_code: int, *, sigma: float = 2.0) -> Tensor:
    """Return one vector a place, with cos(p_i, p_j) = exp(-(i - j)^2 / (2 sigma^2)).

    Sinusoids do not have this: their similarity rises again with distance. Fang et al. (2024) learn
    the table by gradient descent from random vectors before anything else. Here it is solved for:
    these similarities S are a Gram matrix, S = U L U^T, so that the rows of U sqrt(L) have them;
    the ``n_code`` largest eigenvalues are kept, and the rows are brought to one norm.

    Parameters
    ----------
    n_places
        Number of places along one axis.
    n_code
        Units; the error is below 0.01 from about 1.3 n_places / sigma of them.
    sigma
        Places.

    Returns
    -------
    table
        (n_places, n_code) float32, each row of norm sqrt(n_code), as that of random vectors.

    Examples
    --------
    >>> table = position_code(8, 8)
    >>> round(float(torch.cosine_similarity(table[2], table[4], dim=0)), 2)
    0.61
    """
    place = np.arange(n_places)
    similarity = np.exp(-((place[:, None] - place) ** 2) / (2 * sigma**2))
    values, vectors = np.linalg.eigh(similarity)  # ascending
    kept = vectors[:, ::-1][:, :n_code] * np.sqrt(values[::-1][:n_code].clip(0))
    kept *= np.sign(kept[np.abs(kept).argmax(0), np.arange(kept.shape[1])])  # of any LAPACK
    kept *= np.sqrt(n_code) / np.linalg.norm(kept, axis=1, keepdims=True)
    table = np.zeros((n_places, n_code), np.float32)
    table[:, : kept.shape[1]] = kept
    return torch.from_numpy(table)
