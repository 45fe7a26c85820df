"""Population receptive fields: which part of the visual field drives each voxel."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from .arrays import to_numpy
from .errors import check_choice, describe
from .inputs import check_count, check_equal_length, check_finite, check_samples, check_variance
from .prf_aperture import read_aperture
from .prf_result import PRFResult
from .prf_solvers import (
    EXPONENT,
    LOG_SIGMA,
    Drive,
    X,
    Y,
    best_of_grid,
    gauss_newton,
    grid_parameters,
    temporal_filter,
)

__all__ = ["PRF"]

#: Exponents of the coarse grid, and lowest and highest exponent, of each model.
MODELS = {"gaussian": ((1.0,), (1.0, 1.0)), "css": ((0.25, 0.5, 1.0), (0.05, 1.0))}
#: Centres are sought this much farther out than the stimulus reached.
EXTENT = 1.25
#: Longest response of the blood, s: a longer one was sampled more finely than the volumes.
LONGEST_HRF = 60.0


class PRF(BaseEstimator):
    """Population receptive field of each voxel, from the responses to a moving aperture.

    r = g [sum S(x, y) G(x, y; x0, y0, sigma)]^c * hrf + b: a Gaussian field of volume 1 sums the
    stimulus S, the sum is compressed, scaled, and seen through the response of the blood. First
    every voxel is compared with thousands of fields on a grid, in one product; then the best
    is refined by a bounded Gauss-Newton search, for many voxels at a time.

    Parameters
    ----------
    ppd
        Pixels per degree of the aperture.
    tr
        Time from volume to volume, s.
    hrf
        (n_values,) response of the blood to one volume of activity, one value a `tr`. It is used as
        it is: the gain is in units of the data where its sum is 1.
    model
        "gaussian" (c = 1), or "css", compressive spatial summation (0.05 <= c <= 1).
    n_grid
        About how many fields the grid holds.
    max_pixels
        The aperture is averaged in square blocks of whole pixels until its longer side has at most
        so many; None keeps every pixel. A side of a block is the smallest sigma that is sought.
    max_memory
        Gigabytes for the comparison with the grid; sets how many voxels are compared together.
    progress
        Whether to show a progress bar over voxels.

    Attributes
    ----------
    result_
        :class:`PRFResult`, the fields of all voxels.

    Raises
    ------
    ValueError
        In `fit`, if the aperture covers nothing, never changes, or is not in [0, 1]; if shapes
        do not match, values are not finite, or no voxel varies; if the hrf is longer than 60 s.
    TypeError
        In `fit`, if arrays hold no real numbers.
    UnknownNameError
        In `fit`, if `model` is not known.

    Notes
    -----
    Sources: Dumoulin and Wandell (2008), NeuroImage 39:647-660 (Gaussian); Kay, Winawer, Mezer and
    Wandell (2013), J. Neurophysiol. 110:481-494 (compressive spatial summation). Centres are sought
    up to 1.25 times as far out as the stimulus reached, sigma up to that reach. A voxel
    that responds less when stimulated has no receptive field here (g >= 0). With "css", size and
    exponent trade against each other: at noise, 3 to 5 voxels in 100 of our simulations ended in a
    small field of low exponent that fits 0.5 to 10 % worse than the true one.

    Examples
    --------
    >>> bars = np.zeros((40, 20, 20))
    >>> for i in range(20):
    ...     bars[i, :, i] = bars[20 + i, i, :] = 1
    >>> x, y = np.meshgrid(np.arange(20) - 9.5, 9.5 - np.arange(20))
    >>> field = np.exp(-((x - 3) ** 2 + (y + 4) ** 2) / 8) / (8 * np.pi)
    >>> found = PRF(ppd=1, tr=2.0, hrf=[1.0]).fit(bars, np.tensordot(bars, field)[:, None]).result_
    >>> found.x.round(3), found.y.round(3), found.sigma.round(3)
    (array([3.]), array([-4.]), array([2.]))
    """

    def __init__(
        self,
        ppd: float,
        tr: float,
        hrf: Any,
        model: str = "gaussian",
        n_grid: int = 6000,
        max_pixels: int | None = 64,
        max_memory: float = 0.5,
        progress: bool = False,
    ) -> None:
        self.ppd = ppd
        self.tr = tr
        self.hrf = hrf
        self.model = model
        self.n_grid = n_grid
        self.max_pixels = max_pixels
        self.max_memory = max_memory
        self.progress = progress

    def fit(self, aperture: Any, y: Any, groups: Any = None) -> "PRF":
        """Find the field of each voxel.

        Parameters
        ----------
        aperture
            (n_samples, H, W) coverage of each pixel in [0, 1], or boolean, one picture a volume;
            the first row is the top of the screen.
        y
            (n_samples, n_targets) or (n_samples,) responses, drifts removed.
        groups
            (n_samples,) run of each sample: no response passes from run to run, and each
            has its own baseline.

        Returns
        -------
        PRF
            This estimator.

        Warns
        -----
        UserWarning
            If voxels are left without a receptive field.
        """
        self._check_options()
        y = np.asarray(to_numpy(y))
        self._one_target = y.ndim == 1
        responses = check_samples("PRF", "y", y[:, None] if self._one_target else y, n_min=2)
        drive, frame = read_aperture("PRF", aperture, self.ppd, self.max_pixels, responses.dtype)
        check_equal_length("PRF", aperture=frame, y=responses, groups=groups)
        check_variance("PRF", y=responses)
        runs = np.zeros(len(frame)) if groups is None else np.asarray(groups)
        kept, mean = temporal_filter(self._hrf(), runs, frame)
        centred, constant = _without_run_means(responses, runs)
        grid, bounds = self._space(drive)
        kept = kept.astype(responses.dtype)
        start = grid[self._best_of_grid(drive, kept, grid, centred)]
        free = np.array([X, Y, LOG_SIGMA, EXPONENT] if self.model == "css" else [X, Y, LOG_SIGMA])
        with _progress(centred.shape[1], self.progress) as tick:
            fields, gain, error = gauss_newton(drive, kept, start, centred, bounds, free, tick)
        undefined = constant | (gain <= 0)
        _warn_of(undefined, constant)
        gain[undefined] = 0
        covered = np.maximum(drive.of(fields), 0) ** fields[:, EXPONENT]
        total = np.where(undefined, 1, (centred**2).sum(axis=0))
        fields[undefined] = np.nan
        self.result_ = PRFResult(
            centre=fields[:, [X, Y]],
            sigma=np.exp(fields[:, LOG_SIGMA]),
            exponent=fields[:, EXPONENT],
            gain=gain,
            baseline=responses.mean(axis=0, dtype=np.float64)
            - gain * (mean.mean(axis=0) @ covered),
            r2=np.where(undefined, 0, 1 - error / total),
            undefined=undefined,
        )
        return self

    def predict(self, aperture: Any, groups: Any = None) -> np.ndarray:
        """Responses of the fitted fields to an aperture, for instance that of other runs.

        Parameters
        ----------
        aperture
            (n_samples, H, W) coverage, with the `ppd` and volumes of the fit.
        groups
            (n_samples,) run of each sample.

        Returns
        -------
        numpy.ndarray
            (n_samples, n_targets) float64, or (n_samples,) where y was one-dimensional; voxels
            without a field give their mean.

        Raises
        ------
        ValueError
            If the aperture is not in [0, 1], covers nothing or never changes.
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.

        Examples
        --------
        >>> bars = np.eye(9).repeat(9, axis=0).reshape(9, 9, 9)
        >>> bars = np.concatenate([bars, bars.transpose(0, 2, 1)])
        >>> y = bars[:, 2:5, 3:6].mean(axis=(1, 2))
        >>> model = PRF(ppd=1, tr=1.0, hrf=[1.0]).fit(bars, y)
        >>> round(float(np.corrcoef(model.predict(bars), y)[0, 1]), 2)
        0.94
        """
        check_is_fitted(self)
        drive, frame = read_aperture("PRF", aperture, self.ppd, self.max_pixels, np.float64)
        check_equal_length("PRF", aperture=frame, groups=groups)
        runs = np.zeros(len(frame)) if groups is None else np.asarray(groups)
        found = self.result_
        fields = np.stack([found.x, found.y, np.log(found.sigma), found.exponent], axis=1)
        fields[found.undefined] = [0.0, 0.0, 0.0, 1.0]
        covered = np.maximum(drive.of(fields), 0) ** fields[:, EXPONENT]
        prediction = sum(temporal_filter(self._hrf(), runs, frame)) @ covered
        prediction = prediction * found.gain + found.baseline
        return prediction[:, 0] if self._one_target else prediction

    def _check_options(self) -> None:
        check_choice("PRF", "model", self.model, MODELS)
        check_count("PRF", "n_grid", self.n_grid, n_min=100)
        if self.max_pixels is not None:
            check_count("PRF", "max_pixels", self.max_pixels, n_min=8)
        for parameter in ("ppd", "tr", "max_memory"):
            value = getattr(self, parameter)
            if not (np.isscalar(value) and np.isreal(value) and 0 < value < np.inf):
                expected, remedy = "a finite number > 0", "Give it in the unit of the documentation"
                raise ValueError(
                    describe("PRF", parameter, repr(value), "is no size", expected, remedy)
                )
        self._hrf()

    def _hrf(self) -> np.ndarray:
        """The response of the blood as float64, checked."""
        hrf = np.asarray(to_numpy(self.hrf), dtype=np.float64)
        shown = f"array{hrf.shape}"
        if hrf.ndim != 1 or not hrf.any():
            expected, remedy = "(n_values,), not all 0", "Give one value a volume; [1] for none"
            raise ValueError(describe("PRF", "hrf", shown, "is no response", expected, remedy))
        check_finite("PRF", "hrf", hrf)
        if len(hrf) * self.tr > LONGEST_HRF:
            problem = f"lasts {len(hrf) * self.tr:g} s at tr={self.tr:g} s"
            expected, remedy = f"at most {LONGEST_HRF:g} s", "Sample it once a volume"
            raise ValueError(describe("PRF", "hrf", shown, problem, expected, remedy))
        return hrf

    def _space(self, drive: Drive) -> tuple[np.ndarray, np.ndarray]:
        """(n_grid, 4) where the search begins, and (2, 4) where it ends."""
        ever = drive.frames.max(axis=0).reshape(len(drive.y), len(drive.x)) > 0
        side = np.sqrt(drive.area)
        reach_x = np.abs(drive.x[ever.any(axis=0)]).max() + side / 2
        reach_y = np.abs(drive.y[ever.any(axis=1)]).max() + side / 2
        radius = EXTENT * reach_x, EXTENT * reach_y
        largest = EXTENT * max(reach_x, reach_y)
        exponents, ends = MODELS[self.model]
        grid = grid_parameters(radius, (side, largest), exponents, self.n_grid)
        low = [-radius[0], -radius[1], np.log(side), ends[0]]
        return grid, np.array([low, [*radius, np.log(largest), ends[1]]])

    def _best_of_grid(
        self, drive: Drive, kept: np.ndarray, grid: np.ndarray, centred: np.ndarray
    ) -> np.ndarray:
        """(n_exponents, n_targets) rows of the grid."""
        at_once = int(max(1, self.max_memory * 1e9 // (kept.itemsize * len(grid))))
        parts = range(0, centred.shape[1], at_once)
        chunks = (centred[:, at : at + at_once].astype(kept.dtype) for at in parts)
        return np.concatenate(list(best_of_grid(drive, kept, grid, chunks)), axis=1)


def _without_run_means(Y: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Deviations (n_samples, n_targets) float64 from the means of runs, and who never varies."""
    deviation = Y.astype(np.float64)
    constant = np.ones(Y.shape[1], dtype=bool)
    for run in np.unique(runs):
        rows = runs == run
        constant &= (Y[rows] == Y[rows][0]).all(axis=0)
        deviation[rows] -= deviation[rows].mean(axis=0)
    return deviation, constant


def _warn_of(undefined: np.ndarray, constant: np.ndarray) -> None:
    """Tell how many voxels have no receptive field."""
    if undefined.any():
        text = describe(
            "PRF",
            "y",
            f"array of {len(undefined)} target(s)",
            f"holds {int(constant.sum())} that do not vary within a run, and "
            f"{int((undefined & ~constant).sum())} that no part of the visual field drives",
            "responses to the stimulus",
            "They are marked in result_.undefined",
        )
        warnings.warn(text, UserWarning, stacklevel=3)


@contextmanager
def _progress(n_targets: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Counts refined voxels; shows nothing unless asked to."""
    if not shown:
        yield lambda n: None
        return
    from tqdm import tqdm

    with tqdm(total=n_targets, desc="PRF", unit="voxel") as bar:
        yield lambda n: bar.update(n) and None
