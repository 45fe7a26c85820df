"""Which of many p values to believe: the false discovery rate."""

from typing import Any

import numpy as np
from scipy.stats import false_discovery_control

from .arrays import to_numpy
from .errors import check_choice, describe

__all__ = ["fdr_q"]


def fdr_q(p: Any, *, method: str = "bh") -> np.ndarray:
    """Smallest false discovery rate at which each p value would be called significant.

    Calling all targets with q <= 0.05 significant keeps the expected fraction of false ones among
    them at 5 %.

    Parameters
    ----------
    p
        p values of any shape, all tests together.
    method
        "bh" (Benjamini and Hochberg, for independent or positively dependent tests) or "by"
        (Benjamini and Yekutieli, for any dependence).

    Returns
    -------
    numpy.ndarray
        Adjusted p values, same shape, in [0, 1].

    Raises
    ------
    ValueError
        If there is no p value, or one is not in [0, 1] (or NaN).
    UnknownNameError
        If the method is not known.

    Notes
    -----
    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300;
    Benjamini and Yekutieli (2001), Annals of Statistics 29:1165-1188. Computed by scipy.

    Examples
    --------
    >>> fdr_q([0.01, 0.02, 0.9])
    array([0.03, 0.03, 0.9 ])
    """
    method = check_choice("fdr_q", "method", method, ["bh", "by"])
    p = np.asarray(to_numpy(p), dtype=np.float64)
    bad = p[~((p >= 0) & (p <= 1))]
    if bad.size or not p.size:
        value = bad.flat[0] if bad.size else "array without entries"
        remedy = "Leave out targets without a test"
        raise ValueError(describe("fdr_q", "p", value, "is no p value", "0 <= p <= 1", remedy))
    return false_discovery_control(p, axis=None, method=method).reshape(p.shape)
