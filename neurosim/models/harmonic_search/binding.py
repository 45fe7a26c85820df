"""Binding of two codes: phases add; unbinding takes one of them out again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import finite_codes


def bind(a: ArrayLike, b: ArrayLike) -> NDArray[np.complex128]:
    """Return the code of a pair, a_k b_k sqrt(D): the phases of two codes add.

    Codes of length 1 whose features are equally strong, as those of places are, give such a code.

    Parameters
    ----------
    a, b
        (..., D) codes.

    Returns
    -------
    bound
        (..., D).

    Raises
    ------
    ValueError
        If the codes are not equally long, or not finite.
    TypeError
        If they are not numbers.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import HarmonicCode
    >>> place, heading = HarmonicCode.gaussian(64, 0.1), HarmonicCode.gaussian(64, 0.7, seed=1)
    >>> pair = bind(place.encode([0.2, 0.7]), heading.encode([0.0, 1.0]))
    >>> round(float(np.linalg.norm(pair)), 12)
    1.0
    """
    a, b = _alike("bind", a, b)
    return a * b * np.sqrt(a.shape[-1])


def unbind(bound: ArrayLike, b: ArrayLike) -> NDArray[np.complex128]:
    """Return what ``b`` was bound with: the phases of ``b`` are taken away.

    Exact where the features of ``b`` are equally strong, as those of a place are.

    Parameters
    ----------
    bound, b
        (..., D) codes.

    Returns
    -------
    a
        (..., D).

    Raises
    ------
    ValueError
        If the codes are not equally long, or not finite.
    TypeError
        If they are not numbers.

    Examples
    --------
    >>> from neurosim.models.harmonic_search import HarmonicCode
    >>> code = HarmonicCode.gaussian(64, 0.1)
    >>> a, b = code.encode([[0.2, 0.7], [0.5, 0.1]])
    >>> np.allclose(unbind(bind(a, b), b), a)
    True
    """
    bound, b = _alike("unbind", bound, b)
    return bound * b.conj() * np.sqrt(b.shape[-1])


def _alike(
    function: str, a: ArrayLike, b: ArrayLike
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    a = finite_codes(function, "bound" if function == "unbind" else "a", a)
    b = finite_codes(function, "b", b)
    if a.shape[-1] != b.shape[-1]:
        problem = f"is not as long as the other code, {a.shape[-1]}"
        raise ValueError(
            refusal(function, "b", b, problem, "codes of one length", "Take the same n_features")
        )
    return a, b
