"""How much fits into one vector or one matrix: crosstalk, and telling stored from not stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import checked_seed
from neurosim.models.harmonic_search.code_checks import (
    finite_points,
    listed_points,
    node_pairs,
    whole,
)
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode
from neurosim.models.harmonic_search.hebbian_edges import read_weights


def read_superposition(
    code: HarmonicCode, stored: ArrayLike, probes: ArrayLike
) -> NDArray[np.float64]:
    """Return the similarity of the sum of the codes of N places with the code of each probe.

    A stored place reads 1. Crosstalk of places farther apart than the kernel is wide has the
    standard deviation sqrt(N / 2D).

    Parameters
    ----------
    code
        D frequencies.
    stored, probes
        (N, d) and (P, d) places.

    Returns
    -------
    readings
        (P,).

    Raises
    ------
    ValueError
        If the places do not fit the code or are not finite.
    TypeError
        If they are not numbers.

    Examples
    --------
    >>> code = HarmonicCode.gaussian(1024, 0.01)
    >>> readings = read_superposition(code, [[0.1, 0.1], [0.9, 0.2]], [[0.1, 0.1], [0.5, 0.5]])
    >>> readings.round(1) + 0
    array([1., 0.])
    """
    stored = listed_points("read_superposition", "stored", stored, code.n_dimensions)
    probes = finite_points("read_superposition", "probes", probes, code.n_dimensions)
    return (code.encode(probes) @ code.encode(stored).sum(axis=0).conj()).real


def read_edge_store(
    code: HarmonicCode, places: ArrayLike, stored: ArrayLike, probes: ArrayLike
) -> NDArray[np.float64]:
    """Return Re(phi_b^H W phi_a) of probed pairs (a, b), W = sum over stored of phi_j phi_i^H.

    A stored pair reads 1. Crosstalk of N pairs of places farther apart than the kernel is wide has
    the standard deviation sqrt(N / 2) / D: that of one vector falls with sqrt(D) only.

    Parameters
    ----------
    code
        D frequencies.
    places
        (n, d) nodes.
    stored, probes
        (N, 2) and (P, 2) pairs of indices of places, from and to.

    Returns
    -------
    readings
        (P,).

    Raises
    ------
    ValueError
        If the places do not fit the code, or a pair names a place that is not there.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> code = HarmonicCode.gaussian(512, 0.01)
    >>> places = [[0.1, 0.1], [0.9, 0.2], [0.5, 0.5]]
    >>> read_edge_store(code, places, [[0, 1]], [[0, 1], [1, 0], [1, 2]]).round(1) + 0
    array([1., 0., 0.])
    """
    phi = code.encode(listed_points("read_edge_store", "places", places, code.n_dimensions))
    stored = node_pairs("read_edge_store", "stored", stored, len(phi))
    probes = node_pairs("read_edge_store", "probes", probes, len(phi))
    weights = phi[stored[:, 1]].T @ phi[stored[:, 0]].conj()
    return read_weights(phi, weights, probes)


def separation(present: ArrayLike, absent: ArrayLike) -> float:
    """Return the chance that a present item reads more than an absent one: area under the ROC.

    Parameters
    ----------
    present, absent
        Readings of what is stored, and of what is not.

    Returns
    -------
    area
        In [0, 1]; .5 if they cannot be told apart. Ties count half.

    Raises
    ------
    ValueError
        If one of the two is empty or not finite.
    TypeError
        If they are not numbers.

    Examples
    --------
    >>> separation([1.0, 0.9, 0.4], [0.5, 0.1])
    0.8333333333333334
    """
    from scipy.stats import rankdata

    groups = []
    for name, values in (("present", present), ("absent", absent)):
        groups.append(listed_points("separation", name, np.reshape(values, (-1, 1)), 1)[:, 0])
    n_present, n_absent = map(len, groups)
    ranks = rankdata(np.concatenate(groups))[:n_present]
    return float((ranks.sum() - n_present * (n_present + 1) / 2) / (n_present * n_absent))


def edge_store_auc(
    code: HarmonicCode, places: ArrayLike, n_edges: int, *, n_probes: int = 4000, seed: int = 0
) -> float:
    """Return how well stored random pairs of places are told from other random pairs.

    A probe can by chance be a stored pair or lie beside one, so that 1 cannot be reached.

    Parameters
    ----------
    code
        D frequencies.
    places
        (n, d) nodes.
    n_edges
        Pairs that are stored in one matrix, with repetition.
    n_probes
        Pairs that it is held against.
    seed
        Of both draws.

    Returns
    -------
    area
        Under the ROC curve, see `separation`.

    Raises
    ------
    ValueError
        If the places do not fit the code, or a number is below 1.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> places = np.random.default_rng(0).random((400, 2))
    >>> code = HarmonicCode.gaussian(256, sigma=0.05)
    >>> edge_store_auc(code, places, 100) > edge_store_auc(code, places, 1600)
    True
    """
    n_edges = whole("edge_store_auc", "n_edges", n_edges)
    n_probes = whole("edge_store_auc", "n_probes", n_probes)
    places = listed_points("edge_store_auc", "places", places, code.n_dimensions)
    draw = np.random.default_rng(checked_seed("edge_store_auc", seed))
    stored = draw.integers(0, len(places), (n_edges, 2))
    probes = draw.integers(0, len(places), (n_probes, 2))
    readings = read_edge_store(code, places, stored, np.concatenate([stored, probes]))
    return separation(readings[:n_edges], readings[n_edges:])
