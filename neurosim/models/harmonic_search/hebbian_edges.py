"""Failures of edges in a matrix of Hebbian weights: the neural form of the graph's memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import (
    in_range,
    listed_points,
    node_pairs,
    whole,
)
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode

#: What is taken off a read-out, so that the trace of an edge does not spill to its neighbours.
FLOOR = 0.2


class HebbianEdges:
    """The depression n_e of every edge, read from one D x D matrix W; a reconstruction.

    A failure between places i and j adds phi_j phi_i^H + phi_i phi_j^H to W, in which two active
    populations strengthen what joins them. An edge (a, b) reads Re(phi_b^H W phi_a), less a floor
    of .2, and not below 0. One failure reads 1 + Re((phi_j^H phi_i)^2) - .2, a little over .8; the
    reading of other edges falls with their distance, and has noise that grows with what is stored.
    W does not know which way an edge was tried.

    Parameters
    ----------
    code
        D frequencies. A kernel wider than the spacing of the places merges edges: take half of it.
    places
        (N, d), the nodes.
    edges
        (E, 2) indices of places. These are held up to date by every failure at the cost of about
        2 N D + E products, so that ``read()`` of all of them costs nothing; None keeps none.

    Raises
    ------
    ValueError
        If the places do not fit the code, there is none, or an edge names one that is not there.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> code = HarmonicCode.gaussian(256, sigma=0.05)
    >>> memory = HebbianEdges(code, [[0.1, 0.1], [0.2, 0.1], [0.7, 0.7], [0.8, 0.7]])
    >>> memory.add(0, 1)
    >>> memory.read([[0, 1], [1, 0], [2, 3]]).round(1)
    array([0.8, 0.8, 0. ])
    """

    def __init__(
        self, code: HarmonicCode, places: ArrayLike, edges: ArrayLike | None = None
    ) -> None:
        places = listed_points("HebbianEdges", "places", places, code.n_dimensions)
        self.code = code
        self._phi = code.encode(places)
        self._phi_conj = self._phi.conj()
        self._stored = np.zeros((code.n_features, code.n_features), np.complex128)
        self._waiting: list[tuple[int, int, float]] = []  # pairs that are not in _stored yet
        kept = np.empty((0, 2), np.intp) if edges is None else edges
        self._kept = node_pairs("HebbianEdges", "edges", kept, len(places))
        self._readings = np.zeros(len(self._kept))
        pairs = self._kept.tolist()
        self._index = {(i, j): number for number, (i, j) in enumerate(pairs)}

    @property
    def weights(self) -> NDArray[np.complex128]:
        """W, (D, D), Hermitian; a copy."""
        return self._w().copy()

    def add(self, i: int, j: int) -> None:
        """Store a failure between places i and j: W += phi_j phi_i^H + phi_i phi_j^H.

        Raises
        ------
        ValueError
            If there is no such place.
        TypeError
            If an index is not an int.
        """
        self._strengthen(*self._ends("add", i, j), 1.0)

    def forget(self, i: int, j: int) -> None:
        """Take from W as much of the pair (i, j) as makes the edge read 0: its way was free.

        An edge that reads 0 already is left as it is.

        Raises
        ------
        ValueError
            If there is no such place.
        TypeError
            If an index is not an int.

        Examples
        --------
        >>> memory = HebbianEdges(HarmonicCode.gaussian(64, 0.05), [[0.1, 0.1], [0.2, 0.1]])
        >>> memory.add(0, 1)
        >>> memory.forget(0, 1)
        >>> float(memory.read([[0, 1]])[0])
        0.0
        """
        i, j = self._ends("forget", i, j)
        number = self._index.get((i, j))
        if number is None:
            reading = float(self._raw(np.array([[i, j]]))[0])
        else:  # without W, which would have to be brought up to date first
            reading = float(self._readings[number])
        if reading > 0:
            # A pair of strength a reads a (1 + Re(c^2)) on itself, c = phi_j^H phi_i.
            overlap = np.vdot(self._phi[j], self._phi[i])
            self._strengthen(i, j, -reading / (1.0 + (overlap**2).real))

    def recover(self, recovery: float = 0.98) -> None:
        """Let all failures fade: W <- r W.

        Raises
        ------
        ValueError
            If ``recovery`` is not in (0, 1].
        TypeError
            If it is not a number.
        """
        recovery = in_range("recover", "recovery", recovery, 0.0, 1.0)
        if recovery == 0.0:
            problem, expected = "forgets everything", "0 < recovery <= 1"
            raise ValueError(
                refusal("recover", "recovery", recovery, problem, expected, "Make a new memory")
            )
        self._w()
        self._stored *= recovery
        self._readings *= recovery

    def read(self, edges: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return n_e = max(Re(phi_j^H W phi_i) - .2, 0) of edges, (E,).

        Parameters
        ----------
        edges
            (E, 2) indices of places. None reads those that the memory was made with; others are
            read through W, for which Phi W is computed once.

        Raises
        ------
        ValueError
            If an edge names a place that is not there, or None is asked of a memory without edges.
        TypeError
            If the indices are not ints.
        """
        if edges is None:
            if not len(self._kept):
                problem, expected = "asks for edges that were not given", "(E, 2) indices"
                raise ValueError(
                    refusal("read", "edges", edges, problem, expected, "Give them here or before")
                )
            raw = self._readings
        else:
            raw = self._raw(node_pairs("read", "edges", edges, len(self._phi)))
        return np.maximum(raw - FLOOR, 0.0)

    def _ends(self, function: str, i: int, j: int) -> tuple[int, int]:
        ends = whole(function, "i", i, least=0), whole(function, "j", j, least=0)
        for name, end in zip("ij", ends, strict=True):
            if end >= len(self._phi):
                expected = f"0 to {len(self._phi) - 1}"
                raise ValueError(refusal(function, name, end, "is no place", expected, "Change it"))
        return ends

    def _strengthen(self, i: int, j: int, amount: float) -> None:
        self._waiting.append((i, j, amount))
        if len(self._kept):
            # Re(phi_b^H (phi_j phi_i^H + phi_i phi_j^H) phi_a), with the N overlaps taken once.
            with_i, with_j = self._phi_conj @ self._phi[i], self._phi_conj @ self._phi[j]
            a, b = self._kept.T
            change = with_j[b] * with_i.conj()[a] + with_i[b] * with_j.conj()[a]
            self._readings += amount * change.real

    def _w(self) -> NDArray[np.complex128]:
        """Return W with all that waits: many pairs in one product cost less than one by one."""
        if self._waiting:
            i, j, amount = (np.array(values) for values in zip(*self._waiting, strict=True))
            pairs = self._phi[j].T @ (amount[:, None] * self._phi_conj[i])
            self._stored += pairs + pairs.conj().T
            self._waiting.clear()
        return self._stored

    def _raw(self, edges: NDArray[np.intp]) -> NDArray[np.float64]:
        return read_weights(self._phi, self._w(), edges)


def read_weights(
    phi: NDArray[np.complex128], weights: NDArray[np.complex128], edges: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return Re(phi_b^H W phi_a) of edges (a, b), at the cost of one product of Phi and W.

    Parameters
    ----------
    phi
        (N, D) codes of the places.
    weights
        (D, D) W.
    edges
        (E, 2) indices of places.

    Returns
    -------
    readings
        (E,).

    Examples
    --------
    >>> phi = np.eye(2, dtype=complex)
    >>> read_weights(phi, np.array([[0, 3], [5, 0]], complex), np.array([[0, 1]]))
    array([5.])
    """
    a, b = edges.T
    starts, at = np.unique(a, return_inverse=True)
    driven = phi[starts] @ weights.T
    return np.einsum("ek,ek->e", phi[b].conj(), driven[at]).real
