"""How much codes have in common: the similarity that the memory keeps."""

from __future__ import annotations

import numpy as np

from neurosim.errors import refusal


def one_hot(codes: np.ndarray, n_units: int) -> np.ndarray:
    """Return codes as active units.

    Parameters
    ----------
    codes
        (..., Q) winners, -1 where a mac is off.
    n_units
        K, units of a module.

    Returns
    -------
    active
        (..., Q * K) float32, 1 for winners.

    Examples
    --------
    >>> one_hot(np.array([[1, 0]]), 3).tolist()
    [[0.0, 1.0, 0.0, 1.0, 0.0, 0.0]]
    """
    active = (codes[..., None] == np.arange(n_units)).astype(np.float32)
    return active.reshape(*codes.shape[:-1], -1)


def code_overlap(codes: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Return the part of modules with the same winner, for every pair: |A n B| / Q.

    Parameters
    ----------
    codes
        (n, Q) winners, -1 where a mac is off; a module that is off agrees with nothing.
    others
        (m, Q); default ``codes`` themselves.

    Returns
    -------
    overlap
        (n, m) in [0, 1].

    Raises
    ------
    ValueError
        If the codes are of different lengths.

    Examples
    --------
    >>> code_overlap(np.array([[0, 1], [0, 2]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    codes = np.asarray(codes)
    others = codes if others is None else np.asarray(others)
    if codes.ndim != 2 or others.ndim != 2 or codes.shape[1] != others.shape[1]:
        raise ValueError(
            refusal(
                "code_overlap",
                "others",
                others,
                f"does not fit codes of shape {codes.shape}",
                "(m, Q) of the same Q",
                "Take codes of the same macs",
            )
        )
    overlap = np.empty((len(codes), len(others)))
    for i, code in enumerate(codes):
        overlap[i] = ((others == code) & (code >= 0)).mean(axis=1)
    return overlap


def overlap_rdm(codes: np.ndarray) -> np.ndarray:
    """Return the dissimilarity of codes, 1 - |A n B| / Q, for ``fitting.compare_rdms``.

    Parameters
    ----------
    codes
        (n, Q) winners.

    Returns
    -------
    rdm
        (n, n) float64, symmetric, 0 on the diagonal.

    Examples
    --------
    >>> overlap_rdm(np.array([[0, 1], [0, 2]])).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    rdm = 1.0 - code_overlap(codes)
    np.fill_diagonal(rdm, 0.0)
    return rdm
