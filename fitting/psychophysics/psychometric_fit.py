"""A fitted psychometric function: its numbers, their intervals, and its figure."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fitting.errors import check_choice, describe

from .maximum_likelihood import SHAPES, probability
from .search_slopes import percentile_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PsychometricFit"]

#: Colours of Okabe and Ito (2008), which all kinds of colour vision tell apart.
BLUE, ORANGE = "#0072B2", "#D55E00"
PARAMETERS = ("threshold", "slope", "guess", "lapse")


@dataclass(frozen=True, eq=False, repr=False)
class PsychometricFit:
    """What :func:`fitting.fit_psychometric` found.

    Parameters
    ----------
    shape
        "gaussian", "logistic" or "weibull".
    levels, n_correct, n_trials
        (n_levels,) the data, by ascending level.
    estimates
        (4,) position and log steepness (on log levels for the Weibull), guess rate and lapse rate.
    deviance
        Twice the log likelihood that the fit lacks to one free rate a level.
    estimates_bootstrap
        (n_bootstrap, 4) parameters of the resamples.
    deviance_bootstrap
        (n_bootstrap,) their deviances.

    Examples
    --------
    >>> fit = PsychometricFit("logistic", np.array([1.0, 3.0]), np.array([4.0, 8.0]),
    ...                       np.array([8.0, 8.0]), np.array([2.0, 0.0, 0.5, 0.0]), 0.1)
    >>> fit.threshold, fit.slope, float(fit.predict(2.0))
    (2.0, 0.25, 0.75)
    """

    shape: str
    levels: np.ndarray
    n_correct: np.ndarray
    n_trials: np.ndarray
    estimates: np.ndarray
    deviance: float
    estimates_bootstrap: np.ndarray = field(default_factory=lambda: np.empty((0, 4)))
    deviance_bootstrap: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def threshold(self) -> float:
        """Level at which F is one half, in units of the levels."""
        return float(self._value("threshold", self.estimates))

    @property
    def slope(self) -> float:
        """Slope of F (which runs from 0 to 1) at the threshold, per unit of the levels."""
        return float(self._value("slope", self.estimates))

    @property
    def guess(self) -> float:
        """Rate of correct (or "yes") responses without a stimulus."""
        return float(self.estimates[2])

    @property
    def lapse(self) -> float:
        """Rate of errors at any strength of the stimulus."""
        return float(self.estimates[3])

    @property
    def p_deviance(self) -> float:
        """Probability of a deviance this large if the fit were true; small for a poor fit."""
        self._need_bootstrap("p_deviance")
        worse = (self.deviance_bootstrap >= self.deviance - 1e-9).sum()
        return float((1 + worse) / (1 + len(self.deviance_bootstrap)))

    def _value(self, parameter: str, theta: np.ndarray) -> np.ndarray:
        """One parameter in units of the levels, from the internal ones (..., 4)."""
        if parameter in ("guess", "lapse"):
            return theta[..., PARAMETERS.index(parameter)]
        threshold = np.exp(theta[..., 0]) if self.shape == "weibull" else theta[..., 0]
        if parameter == "threshold":
            return threshold
        # dF/dx = f(0) exp(b) dz/dx, with z = log x for the Weibull
        slope = SHAPES[self.shape][1](0.0) * np.exp(theta[..., 1])
        return slope / threshold if self.shape == "weibull" else slope

    def predict(self, levels: Any) -> np.ndarray:
        """Probability of a correct (or "yes") response.

        Parameters
        ----------
        levels
            Stimulus levels, any shape; above 0 for the Weibull.

        Returns
        -------
        numpy.ndarray
            Probabilities, same shape.

        Raises
        ------
        ValueError
            If a level is not finite, or not above 0 for the Weibull.

        Examples
        --------
        >>> fit = PsychometricFit("weibull", np.array([1.0, 3.0]), np.array([4.0, 8.0]),
        ...                       np.array([8.0, 8.0]), np.array([0.0, 1.0, 0.5, 0.0]), 0.1)
        >>> fit.predict([1.0, 2.0]).round(3)
        array([0.75 , 0.995])
        """
        x = np.asarray(levels, dtype=np.float64)
        bad = x[~(np.isfinite(x) & ((x > 0) | (self.shape != "weibull")))]
        if bad.size:
            expected = "levels > 0" if self.shape == "weibull" else "finite levels"
            remedy = "Pass levels in the unit of the fit"
            raise ValueError(
                describe("predict", "levels", bad.flat[0], "is no level", expected, remedy)
            )
        z = np.log(x) if self.shape == "weibull" else x
        return probability(z.reshape(-1), self.estimates[None], self.shape)[0].reshape(x.shape)[()]

    def _need_bootstrap(self, function: str) -> None:
        if not len(self.estimates_bootstrap):
            expected, remedy = "resamples", "Fit with n_bootstrap=1000"
            raise ValueError(
                describe(function, "n_bootstrap", 0, "left nothing to use", expected, remedy)
            )

    def confidence_interval(
        self, parameter: str = "threshold", *, confidence: float = 0.95
    ) -> tuple[float, float]:
        """Percentile bootstrap interval of one parameter.

        Parameters
        ----------
        parameter
            "threshold", "slope", "guess" or "lapse".
        confidence
            Probability that the interval covers, between 0 and 1.

        Returns
        -------
        tuple of float
            Lower and upper end.

        Raises
        ------
        ValueError
            If there are no resamples, or `confidence` is not between 0 and 1.
        UnknownNameError
            If the parameter is not known.

        Examples
        --------
        >>> from fitting import fit_psychometric
        >>> fit = fit_psychometric([1, 2, 3, 4], [21, 25, 38, 40], [40] * 4, guess=0.5, lapse=0.02)
        >>> low, high = fit.confidence_interval()
        >>> low < fit.threshold < high
        True
        """
        check_choice("confidence_interval", "parameter", parameter, PARAMETERS)
        self._need_bootstrap("confidence_interval")
        return percentile_interval(self._value(parameter, self.estimates_bootstrap), confidence)

    def __repr__(self) -> str:
        parts = []
        for name in PARAMETERS:
            text = f"{name}={getattr(self, name):.4g}"
            if len(self.estimates_bootstrap) and np.ptp(
                self.estimates_bootstrap[:, PARAMETERS.index(name)]
            ):
                low, high = self.confidence_interval(name)
                text += f" [{low:.4g}, {high:.4g}]"
            parts.append(text)
        return (
            f"PsychometricFit({self.shape}, {len(self.levels)} levels, "
            f"{int(self.n_trials.sum())} trials, {', '.join(parts)}, deviance={self.deviance:.3g})"
        )

    def plot(self, ax: "Axes | None" = None, *, unit: str = "stimulus level") -> "Axes":
        """The rates with their standard errors, the fitted curve, and the threshold.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.
        unit
            What the levels are, for the axis.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Examples
        --------
        >>> fit = PsychometricFit("logistic", np.array([1.0, 3.0]), np.array([4.0, 8.0]),
        ...                       np.array([8.0, 8.0]), np.array([2.0, 0.0, 0.5, 0.0]), 0.1)
        >>> fit.plot(unit="contrast (%)").get_xlabel()
        'contrast (%)'
        """
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.figure(figsize=(4.5, 3.6), layout="constrained").add_subplot()
        rate = self.n_correct / self.n_trials
        error = np.sqrt(rate * (1 - rate) / self.n_trials)
        margin = 0.05 * np.ptp(self.levels)
        x = np.linspace(self.levels[0] - margin, self.levels[-1] + margin, 400)
        x = x[x > 0] if self.shape == "weibull" else x
        ax.axhline(self.guess, color="0.8", linewidth=0.8, zorder=0)
        ax.axhline(1 - self.lapse, color="0.8", linewidth=0.8, zorder=0)
        ax.plot(x, self.predict(x), color=BLUE, label=self.shape)
        ax.errorbar(
            self.levels, rate, yerr=error, fmt="o", color="0.2", markersize=5, label="data, +- 1 SE"
        )
        label = f"threshold {self.threshold:.3g}"
        if len(self.estimates_bootstrap):
            low, high = self.confidence_interval()
            label += f" [{low:.3g}, {high:.3g}]"
            ax.axvspan(low, high, color=ORANGE, alpha=0.15, linewidth=0)
        ax.axvline(self.threshold, color=ORANGE, label=label)
        floor = 0.0 if self.guess < 0.2 else min(self.guess, float(rate.min())) - 0.1
        ax.set(
            xlabel=unit,
            ylabel="proportion of responses",
            ylim=(floor - 0.03, 1.03),
            title=f"{int(self.n_trials.sum())} trials, {len(self.levels)} levels",
        )
        ax.legend(loc="best", frameon=False, fontsize="small")
        return ax
