"""Slow drift of the scanner and the subject, removed from each run."""

from typing import Any

from sklearn.base import OneToOneFeatureMixin

from .arrays import as_tensor_like, namespace
from .drift import cosine_drift, polynomial_drift, running_polynomial
from .errors import check_choice, describe
from .inputs import check_count, check_samples
from .runs import check_seconds, run_slices
from .time_transformer import TimeTransformer

__all__ = ["Detrend", "detrend"]

METHODS = ("savgol", "cosine", "polynomial")


def detrend(
    Y: Any,
    tr: float | None = None,
    groups: Any = None,
    *,
    method: str = "savgol",
    window: float = 120.0,
    order: int = 3,
    cutoff: float = 128.0,
) -> Any:
    """Responses without slow drift, run by run. The mean of a run is part of its drift.

    Parameters
    ----------
    Y
        (n_samples, n_targets) responses, in time order within each run.
    tr
        Time from sample to sample, s; not needed for polynomials.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.
    method
        "savgol": minus a running polynomial (Savitzky-Golay) over `window`; "cosine": minus all
        cosines of period `cutoff` and above, as SPM does; "polynomial": minus a polynomial of
        `order`.
    window
        Length of the running polynomial, s; rounded to an odd number of samples.
    order
        Order of the polynomial or running polynomial.
    cutoff
        Shortest period that counts as slow, s.

    Returns
    -------
    array
        (n_samples, n_targets), of the library, device and dtype of `Y`.

    Raises
    ------
    ValueError
        If `tr` is missing where it is needed, a run is shorter than the window, too short for the
        cut-off or the order, or its rows are not neighbours.
    TypeError
        If `tr`, `window`, `order` or `cutoff` is no number.
    UnknownNameError
        If `method` is not known.

    Examples
    --------
    >>> import numpy as np
    >>> time = np.arange(100.0)[:, None]
    >>> bool(np.abs(detrend(5 + time**2, method="polynomial", order=2)).max() < 1e-9)
    True
    """
    Y = check_samples("detrend", "Y", Y)
    return _detrend("detrend", Y, tr, groups, method, window, order, cutoff)


def _detrend(
    function: str,
    Y: Any,
    tr: float | None,
    groups: Any,
    method: str,
    window: float,
    order: int,
    cutoff: float,
) -> Any:
    _check_options(function, tr, method, window, order, cutoff)
    xp = namespace(Y)
    clean = xp.empty_like(Y)
    for run in run_slices(function, Y, groups):
        # without its mean, so that float32 keeps the digits of the signal
        clean[run] = Y[run] - xp.mean(Y[run], axis=0)
        part = clean[run]
        if method == "savgol":
            n_window = 2 * int(window / tr / 2 + 1e-9) + 1
            part -= running_polynomial(part, n_window, order)
            continue
        n_samples = part.shape[0]
        basis = as_tensor_like(
            cosine_drift(n_samples, tr, cutoff)
            if method == "cosine"
            else polynomial_drift(n_samples, order),
            Y,
        )
        part -= basis @ (basis.T @ part)
    return clean


def _check_options(
    function: str, tr: float | None, method: str, window: float, order: int, cutoff: float
) -> None:
    check_choice(function, "method", method, METHODS)
    check_count(function, "order", order, n_min=0)
    check_seconds(function, "window", window)
    check_seconds(function, "cutoff", cutoff)
    if tr is None and method != "polynomial":
        problem, expected = f"is missing, and method={method!r} needs it", "seconds > 0"
        remedy = "Pass the time from sample to sample"
        raise ValueError(describe(function, "tr", None, problem, expected, remedy))
    if tr is not None:
        check_seconds(function, "tr", tr)


class Detrend(OneToOneFeatureMixin, TimeTransformer):
    """Removes slow drift, and the mean, from each run; see :func:`fitting.detrend`.

    Parameters
    ----------
    tr
        Time from sample to sample, s; not needed for polynomials.
    method
        "savgol" (running polynomial), "cosine" or "polynomial".
    window
        Length of the running polynomial, s.
    order
        Order of the polynomial or running polynomial.
    cutoff
        Shortest period that counts as slow, s.

    Attributes
    ----------
    n_features_in_
        Number of columns.

    Raises
    ------
    ValueError
        In `fit`, if `tr` is missing where it is needed; in `transform`, if a run is too short.
    TypeError
        In `fit`, if `tr`, `window`, `order` or `cutoff` is no number.
    UnknownNameError
        In `fit`, if `method` is not known.

    Examples
    --------
    >>> import numpy as np
    >>> slow = np.cos(np.arange(200) / 50)[:, None]
    >>> fast = np.cos(np.arange(200))[:, None]
    >>> clean = Detrend(tr=2.0).fit_transform(slow + fast)
    >>> round(float(np.corrcoef(clean[:, 0], fast[:, 0])[0, 1]), 3)
    0.998
    """

    def __init__(
        self,
        tr: float | None = None,
        method: str = "savgol",
        window: float = 120.0,
        order: int = 3,
        cutoff: float = 128.0,
    ) -> None:
        self.tr = tr
        self.method = method
        self.window = window
        self.order = order
        self.cutoff = cutoff

    def _check_parameters(self) -> None:
        _check_options("Detrend", self.tr, self.method, self.window, self.order, self.cutoff)

    def _apply(self, X: Any, groups: Any) -> Any:
        return _detrend(
            "Detrend", X, self.tr, groups, self.method, self.window, self.order, self.cutoff
        )
