"""Features of earlier samples side by side: a linear model of them is a response in time."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import is_torch_array, namespace
from .errors import describe
from .inputs import check_count, check_samples
from .runs import run_slices
from .time_transformer import TimeTransformer

__all__ = ["FIR", "Delayer", "delay"]


def delay(X: Any, delays: Sequence[int] = (1, 2, 3, 4), groups: Any = None) -> Any:
    """Features of d samples ago, for each delay d: x_d[t] = x[t - d].

    Parameters
    ----------
    X
        (n_samples, n_features) features, in time order within each run.
    delays
        (n_delays,) distinct delays >= 0, in samples. 1 to 4 samples of 2 s span the rise and fall
        of a haemodynamic response.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.

    Returns
    -------
    array
        (n_samples, n_delays * n_features): all features of the first delay, then all of the second.
        Zero where t - d is before the run.

    Raises
    ------
    ValueError
        If a delay is negative, given twice, or not below the length of each run, or the rows of a
        run are not neighbours.
    TypeError
        If a delay is no whole number.

    Examples
    --------
    >>> delay([[1.0], [2.0], [3.0], [4.0]], delays=(0, 1), groups=[1, 1, 2, 2])
    array([[1., 0.],
           [2., 1.],
           [3., 0.],
           [4., 3.]])
    """
    X = check_samples("delay", "X", X)
    return _delay("delay", X, _check_delays("delay", delays), groups)


def _delay(function: str, X: Any, delays: list[int], groups: Any) -> Any:
    runs = run_slices(function, X, groups)
    shortest = min(run.stop - run.start for run in runs)
    if max(delays) >= shortest:
        problem = f"is not shorter than a run of {shortest} samples"
        expected, remedy = f"delays below {shortest}", "Drop that delay, or that run"
        raise ValueError(describe(function, "delays", max(delays), problem, expected, remedy))
    xp, (n_samples, n_features) = namespace(X), X.shape
    options = {"device": X.device} if is_torch_array(X) else {}
    delayed = xp.zeros((n_samples, len(delays) * n_features), dtype=X.dtype, **options)
    for number, lag in enumerate(delays):
        columns = slice(number * n_features, (number + 1) * n_features)
        for run in runs:
            delayed[run.start + lag : run.stop, columns] = X[run.start : run.stop - lag]
    return delayed


def _check_delays(function: str, delays: Any) -> list[int]:
    """Distinct whole numbers >= 0."""
    if isinstance(delays, str) or not np.iterable(delays):
        expected, remedy = "a sequence of whole numbers >= 0", "Pass (1, 2, 3, 4)"
        raise TypeError(describe(function, "delays", repr(delays), "is no list", expected, remedy))
    checked = [check_count(function, "delays", lag, n_min=0) for lag in delays]
    if not checked or len(set(checked)) < len(checked):
        problem = "is empty" if not checked else "holds a delay twice"
        remedy = "Give each delay once"
        raise ValueError(describe(function, "delays", checked, problem, "distinct delays", remedy))
    return checked


class Delayer(TimeTransformer):
    """Copies of the features at several delays, zero before the start of each run.

    Parameters
    ----------
    delays
        (n_delays,) distinct delays >= 0, in samples.

    Attributes
    ----------
    n_features_in_
        Number of features.

    Raises
    ------
    ValueError
        In `fit` or `transform`, if a delay is negative, given twice, or not below the length of
        each run.
    TypeError
        In `fit`, if a delay is no whole number.

    Notes
    -----
    Delay all runs, then split them: ``evaluate(Delayer().fit_transform(X, groups=runs), Y,
    estimator, cv=runs)``. Inside a pipeline the rows of a fold would count as one run.

    Examples
    --------
    >>> X = np.arange(6.0).reshape(6, 1)
    >>> Delayer(delays=(1, 2)).fit_transform(X, groups=[1, 1, 1, 2, 2, 2])[:, 1]
    array([0., 0., 0., 0., 0., 3.])
    """

    def __init__(self, delays: Sequence[int] = (1, 2, 3, 4)) -> None:
        self.delays = delays

    def _lags(self) -> list[int]:
        return _check_delays(type(self).__name__, self.delays)

    def _check_parameters(self) -> None:
        self._lags()

    def _apply(self, X: Any, groups: Any) -> Any:
        return _delay(type(self).__name__, X, self._lags(), groups)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the delayed features.

        Parameters
        ----------
        input_features
            (n_features,) names; None uses those of the fit, or x0, x1 and so on.

        Returns
        -------
        numpy.ndarray
            (n_delays * n_features,) such as "x0_delay1".

        Examples
        --------
        >>> Delayer((1, 2)).fit(np.zeros((4, 1))).get_feature_names_out().tolist()
        ['x0_delay1', 'x0_delay2']
        """
        from sklearn.utils.validation import _check_feature_names_in

        names = _check_feature_names_in(self, input_features)
        return np.array([f"{name}_delay{lag}" for lag in self._lags() for name in names], object)

    def unfold(self, coef: Any) -> Any:
        """Coefficients of the delayed features as a response in time of each feature.

        Parameters
        ----------
        coef
            (n_targets, n_delays * n_features), or (n_delays * n_features,) of one target.

        Returns
        -------
        array
            (n_targets, n_delays, n_features), or (n_delays, n_features).

        Raises
        ------
        ValueError
            If the last axis is not divided by the number of delays.

        Examples
        --------
        >>> Delayer((1, 2, 3)).unfold(np.zeros((5, 12))).shape
        (5, 3, 4)
        """
        n_delays, n_columns = len(self._lags()), coef.shape[-1]
        if n_columns % n_delays:
            problem, expected = "does not go with the delays", f"a multiple of {n_delays} columns"
            value, remedy = f"array{tuple(coef.shape)}", "Pass coef_ of a fit on delayed features"
            raise ValueError(
                describe(f"{type(self).__name__}.unfold", "coef", value, problem, expected, remedy)
            )
        return coef.reshape((*coef.shape[:-1], n_delays, n_columns // n_delays))


class FIR(Delayer):
    """Finite impulse response: onsets of events at each lag from 0, for a response of any shape.

    A linear model of these columns estimates the mean response in each sample after an onset, and
    separates responses that overlap.

    Parameters
    ----------
    n_lags
        Number of samples that the response is followed for; 15 of 2 s are 30 s, by which a
        haemodynamic response has passed.

    Attributes
    ----------
    n_features_in_
        Number of event types.

    Raises
    ------
    ValueError
        In `fit` or `transform`, if `n_lags` < 1, or a run is shorter than that.
    TypeError
        In `fit`, if `n_lags` is no whole number.

    See Also
    --------
    event_onsets : The input of this transformer, from a table of events.

    Examples
    --------
    >>> onsets = np.zeros((40, 1))
    >>> onsets[[2, 20]] = 1.0
    >>> fir = FIR(n_lags=3)
    >>> bold = np.convolve(onsets[:, 0], [0.0, 1.0, 0.5])[:40]
    >>> coef = np.linalg.lstsq(fir.fit_transform(onsets), bold, rcond=None)[0]
    >>> fir.unfold(coef)[:, 0].round(6) + 0.0
    array([0. , 1. , 0.5])
    """

    def __init__(self, n_lags: int = 15) -> None:
        self.n_lags = n_lags

    def _lags(self) -> list[int]:
        return list(range(check_count("FIR", "n_lags", self.n_lags)))
