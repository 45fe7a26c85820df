"""From runs and their events to maps: a design, a fit, and how well it predicts a new run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from .bold_runs import BoldRuns
from .delays import FIR
from .encoding_result import EncodingResult
from .errors import check_choice, describe
from .evaluate import evaluate, group_argument
from .events import event_onsets
from .hrf import HRFS, event_regressors
from .inputs import check_count
from .standardise import zscore
from .volumes import voxels_to_nifti

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from nibabel.nifti1 import Nifti1Pair

__all__ = ["EventFit", "event_design", "fit_events"]

#: Colours of Okabe and Ito (2008), which all kinds of colour vision tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
UNITS = {"zscore": "sd", "percent": "% signal change"}


@dataclass(frozen=True, eq=False, repr=False)
class EventFit:
    """What a fit of events found in each voxel, and how well it predicts runs it has not seen.

    Parameters
    ----------
    result
        Held-out scores of each voxel.
    weights
        (n_lags, n_types, n_voxels) response to each type of event, of a fit to all runs; n_lags is
        1 for a design of assumed responses, whose weight is the response to an event that never
        ends.
    names
        (n_types,) types of events.
    tr
        Time from lag to lag, s.
    unit
        Of the weights.
    mask
        Image of zeros and ones that the voxels were read with.

    Examples
    --------
    >>> import nibabel
    >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
    >>> one = np.array([[0.6]])
    >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
    >>> EventFit(result, np.ones((15, 2, 1)), ("face", "house"), 2.0, "sd", mask)
    EventFit(2 event types x 15 lags, 1 voxels, median held-out r 0.600)
    """

    result: EncodingResult
    weights: np.ndarray
    names: tuple[str, ...]
    tr: float
    unit: str
    mask: "Nifti1Pair"

    def __repr__(self) -> str:
        n_lags, n_types, n_voxels = self.weights.shape
        return (
            f"EventFit({n_types} event types x {n_lags} lags, {n_voxels} voxels, "
            f"median held-out r {np.median(self.result.r):.3f})"
        )

    @property
    def lags(self) -> np.ndarray:
        """(n_lags,) time after the onset, s."""
        return self.tr * np.arange(len(self.weights))

    def responses(self, name: str, versus: str | None = None) -> np.ndarray:
        """Response to a type of event, or how much larger it is than another.

        Parameters
        ----------
        name
            A type of event.
        versus
            The type to subtract; None subtracts nothing.

        Returns
        -------
        numpy.ndarray
            (n_lags, n_voxels) in `unit`.

        Raises
        ------
        UnknownNameError
            If there is no such type.

        Examples
        --------
        >>> import nibabel
        >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
        >>> one = np.array([[0.6]])
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> weights = np.array([[[3.0], [1.0]]])
        >>> fit = EventFit(result, weights, ("face", "house"), 2.0, "sd", mask)
        >>> fit.responses("face", versus="house")
        array([[2.]])
        """
        rows = [
            self.names.index(check_choice("responses", parameter, value, self.names))
            for parameter, value in (("name", name), ("versus", versus))
            if parameter == "name" or value is not None
        ]
        found = self.weights[:, rows[0]]
        return found - self.weights[:, rows[1]] if len(rows) == 2 else found

    def to_nifti(self, name: str, versus: str | None = None) -> "Nifti1Pair":
        """Responses as an image on the grid of the mask, one volume a lag.

        Held-out scores are ``fit.result.to_nifti(fit.mask)``.

        Parameters
        ----------
        name, versus
            As in :meth:`responses`.

        Returns
        -------
        nibabel.Nifti1Image
            (x, y, z), or (x, y, z, n_lags) with the time from lag to lag in the header; NaN outside
            the mask.

        Raises
        ------
        UnknownNameError
            If there is no such type.

        Examples
        --------
        >>> import nibabel
        >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
        >>> one = np.array([[0.6]])
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> fit = EventFit(result, np.ones((15, 1, 1)), ("face",), 2.0, "sd", mask)
        >>> fit.to_nifti("face").header.get_zooms()[3].item()
        2.0
        """
        found = self.responses(name, versus)
        if len(found) == 1:
            return voxels_to_nifti(found[0], self.mask)
        image = voxels_to_nifti(found, self.mask)
        image.header.set_zooms((*image.header.get_zooms()[:3], self.tr))
        image.header.set_xyzt_units(image.header.get_xyzt_units()[0], "sec")
        return image

    def plot_responses(self, voxels: Any = None, ax: "Axes | None" = None) -> "Axes":
        """Course of the response to each type of event, mean over voxels.

        Parameters
        ----------
        voxels
            (n_voxels,) booleans or a list of numbers of voxels; None takes all.
        ax
            Axes to draw into; None makes a figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes; shaded is the mean plus and minus its standard error over voxels.

        Raises
        ------
        ValueError
            If the design had assumed responses, or no voxel is chosen.

        Examples
        --------
        >>> import nibabel
        >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
        >>> one = np.array([[0.6]])
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> fit = EventFit(result, np.ones((15, 1, 1)), ("face",), 2.0, "sd", mask)
        >>> fit.plot_responses().get_title()
        'mean of 1 voxels'
        """
        if len(self.weights) == 1:
            problem, expected = "is 1 lag: the course was assumed", "a fit with design='fir'"
            remedy = "Use to_nifti for the amplitudes"
            raise ValueError(
                describe("plot_responses", "weights", "array", problem, expected, remedy)
            )
        chosen = self.weights[:, :, slice(None) if voxels is None else np.asarray(voxels)]
        n_voxels = chosen.shape[2]
        if n_voxels == 0:
            expected, remedy = "one voxel or more", "Lower the bound that chose them"
            raise ValueError(
                describe("plot_responses", "voxels", "[]", "are none", expected, remedy)
            )
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.figure(figsize=(6, 4), layout="constrained").add_subplot()
        mean = chosen.mean(axis=2)
        sem = chosen.std(axis=2, ddof=1) / np.sqrt(n_voxels) if n_voxels > 1 else 0 * mean
        for number, name in enumerate(self.names):
            colour = COLOURS[number % len(COLOURS)]
            style = ("-", "--", ":")[number // len(COLOURS) % 3]
            course, error = mean[:, number], sem[:, number]
            ax.plot(self.lags, course, style, color=colour, marker="o", ms=3, label=name)
            ax.fill_between(self.lags, course - error, course + error, color=colour, alpha=0.2)
        ax.axhline(0, color="0.7", linewidth=0.8, zorder=0)
        ax.set(
            xlabel="time after onset (s)",
            ylabel=f"response ({self.unit})",
            title=f"mean of {n_voxels} voxels",
        )
        ax.legend(frameon=False, fontsize=9, ncols=1 + len(self.names) // 6)
        return ax


def event_design(
    runs: BoldRuns, *, design: str = "hrf", hrf: str = "spm", n_lags: int = 15
) -> tuple[np.ndarray, list[str]]:
    """Columns of all runs, the same event types in the same order in each.

    Parameters
    ----------
    runs
        Runs with events.
    design
        "hrf": events convolved with an assumed response, one column a type. "fir": onsets at each
        lag, for a response of any shape (the duration of events does not count).
    hrf
        "spm" or "glover", for an assumed response.
    n_lags
        Number of samples that a response of any shape is followed for.

    Returns
    -------
    X
        (n_samples, n_types) float64, or (n_samples, n_lags * n_types): all types at the first lag,
        then all at the second.
    names
        (n_types,) event types of all runs, sorted.

    Raises
    ------
    ValueError
        If there are no events, an event lies outside its run, or a run is shorter than `n_lags`.
    UnknownNameError
        If `design` or `hrf` is not known.

    Examples
    --------
    >>> import nibabel, pandas as pd
    >>> mask = nibabel.Nifti1Image(np.ones((1, 1, 1), "uint8"), np.eye(4))
    >>> events = [pd.DataFrame({"onset": [4.0], "duration": [2.0], "trial_type": [kind]})
    ...           for kind in ("house", "face")]
    >>> runs = BoldRuns(np.zeros((40, 1)), np.repeat([0, 1], 20), 2.0, mask, tuple(events))
    >>> X, names = event_design(runs, design="fir", n_lags=5)
    >>> X.shape, names
    ((40, 10), ['face', 'house'])
    """
    name = "event_design"
    check_choice(name, "design", design, ("hrf", "fir"))
    check_choice(name, "hrf", hrf, HRFS)
    if not runs.events:
        expected, remedy = "one table a run", "Pass events= to read_bold"
        raise ValueError(describe(name, "runs", repr(runs), "has no events", expected, remedy))
    kinds = sorted({str(kind) for table in runs.events for kind in table["trial_type"]})
    X = np.zeros((len(runs.groups), len(kinds)))
    for run, (table, n_samples) in enumerate(zip(runs.events, runs.lengths, strict=True)):
        if design == "hrf":
            columns, own = event_regressors(table, runs.tr, n_samples, hrf=hrf)
        else:
            columns, own = event_onsets(table, runs.tr, n_samples)
        rows = np.flatnonzero(runs.groups == run)
        X[np.ix_(rows, [kinds.index(kind) for kind in own])] = columns
    if design == "fir":
        n_lags = check_count(name, "n_lags", n_lags, n_min=2)
        X = FIR(n_lags).fit_transform(X, groups=runs.groups)
    return X, kinds


def fit_events(
    runs: BoldRuns,
    estimator: Any = None,
    *,
    design: str = "hrf",
    hrf: str = "spm",
    n_lags: int = 15,
    scale: str = "zscore",
    cutoff: float | None = 128.0,
    cv: Any = None,
    ceiling: Any = None,
    progress: bool = False,
) -> EventFit:
    """Responses to events in each voxel, and held-out prediction, whole runs left out.

    Means, drift and confounds of each run are removed from design and voxels in one projection, so
    that nothing of a tested run enters the fit. Scores are correlations of what is left.

    Parameters
    ----------
    runs
        Runs with events, from :func:`fitting.read_bold`.
    estimator
        A linear scikit-learn regressor; None is least squares, as in a general linear model.
        :class:`fitting.RidgeCV` predicts better where responses overlap much, and shrinks weights.
    design, hrf, n_lags
        As in :func:`fitting.event_design`.
    scale
        "zscore": each voxel in standard deviations of what is left of its run. "percent": in
        percent of its mean in the run, which has to be positive.
    cutoff
        Shortest period that counts as drift, s; None removes means and confounds only.
    cv
        Folds, as in :func:`fitting.evaluate`; None leaves out one run at a time.
    ceiling
        (n_voxels,) reliability of each voxel, as in :func:`fitting.evaluate`.
    progress
        Whether to show a progress bar over folds.

    Returns
    -------
    EventFit
        Scores and responses.

    Raises
    ------
    ValueError
        If there are no events, they lie outside their run, there is one run and no `cv`, a run is
        too short for drift, confounds or lags, or "percent" meets a mean that is not positive.
    TypeError
        If the estimator is not linear.
    UnknownNameError
        If `design`, `hrf` or `scale` is not known.

    Examples
    --------
    >>> import nibabel, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> mask = nibabel.Nifti1Image(np.ones((3, 1, 1), "uint8"), np.eye(4))
    >>> faces = pd.DataFrame({"onset": [20.0, 90.0], "duration": 15.0, "trial_type": "face"})
    >>> course = event_regressors(faces, 2.0, 80)[0]
    >>> bold = np.vstack([course] * 2) @ [[2.0, 1.0, 0.0]] + rng.normal(0, 0.3, (160, 3))
    >>> runs = BoldRuns(bold, np.repeat([0, 1], 80), 2.0, mask, (faces, faces))
    >>> fit_events(runs, cutoff=None).result.r.round(1)[:2]
    array([0.9, 0.8])
    """
    name = "fit_events"
    check_choice(name, "scale", scale, UNITS)
    X, names = event_design(runs, design=design, hrf=hrf, n_lags=n_lags)
    n_runs = len(runs.lengths)
    if cv is None and n_runs < 2:
        problem, expected = "is missing, and there is one run to fit and test", "folds, or two runs"
        remedy = "Pass cv=BlockFold(5, embargo=16), with a gap as long as a response"
        raise ValueError(describe(name, "cv", None, problem, expected, remedy))
    if estimator is None:
        from sklearn.linear_model import LinearRegression

        estimator = LinearRegression()
    X = runs.without_confounds(X, cutoff=cutoff)
    Y = _scaled(name, runs, runs.without_confounds(cutoff=cutoff), scale)
    groups = runs.groups if n_runs > 1 else None
    folds = runs.groups if cv is None else cv
    result = evaluate(X, Y, estimator, cv=folds, groups=groups, ceiling=ceiling, progress=progress)
    model = clone(estimator)
    model.fit(X, Y, **group_argument(model, groups, np.arange(len(X))))
    if not hasattr(model, "coef_"):
        problem, expected = "has no coef_ after a fit", "a linear regressor"
        remedy = "Use LinearRegression, RidgeCV or PLSRegression"
        raise TypeError(
            describe(name, "estimator", type(model).__name__, problem, expected, remedy)
        )
    coef = np.asarray(model.coef_).reshape(Y.shape[1], -1, len(names))
    weights = np.ascontiguousarray(coef.transpose(1, 2, 0))
    return EventFit(result, weights, tuple(names), runs.tr, UNITS[scale], runs.mask)


def _scaled(function: str, runs: BoldRuns, clean: np.ndarray, scale: str) -> np.ndarray:
    """(n_samples, n_voxels) in standard deviations, or in percent of the mean of the run."""
    if scale == "zscore":
        return zscore(clean, runs.groups)[0]
    percent = np.empty_like(clean)
    for run in range(len(runs.lengths)):
        rows = runs.groups == run
        mean = runs.voxels[rows].mean(axis=0)
        bad = np.flatnonzero(mean <= 0)
        if bad.size:
            problem = f"meets {bad.size} voxels whose mean in run {run} is not positive"
            expected, remedy = "raw signal", "Use scale='zscore', or a mask of the brain"
            raise ValueError(describe(function, "scale", repr(scale), problem, expected, remedy))
        percent[rows] = 100 * clean[rows] / mean
    return percent
