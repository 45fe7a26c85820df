"""Responses of population receptive fields to an aperture, and the search for their parameters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import linalg

__all__ = ["Drive", "best_of_grid", "gauss_newton", "grid_parameters", "temporal_filter"]

#: Drive below this fraction of full coverage counts as none: its power and logarithm are 0.
NO_DRIVE = 1e-9
#: Gauss-Newton stops for a voxel whose error falls by less than this fraction of itself.
CONVERGED = 1e-7
MOST_STEPS = 30
#: Of several starts, the one with the least error after so many steps goes on.
TRIAL_STEPS = 6
#: Voxels that are refined together: their receptive fields and three derivatives are in memory.
BATCH = 128
#: Columns of a table of parameters.
X, Y, LOG_SIGMA, EXPONENT = range(4)


def temporal_filter(hrf: np.ndarray, runs: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """What happens to a neural response in time: convolution, and removal of each run's mean.

    Parameters
    ----------
    hrf
        (n_values,) response to one volume of activity, one value a volume.
    runs
        (T,) run of each volume; nothing passes from one to the next.
    frame
        (T,) which distinct frame each volume shows.

    Returns
    -------
    filtered, unfiltered means
        (T, n_frames) each: the filter, and the mean over the run that it takes away.

    Examples
    --------
    >>> kept, mean = temporal_filter(np.array([1.0, 0.5]), np.zeros(2), np.arange(2))
    >>> (kept + mean).tolist()
    [[1.0, 0.0], [0.5, 1.0]]
    """
    n_samples = len(runs)
    convolution = np.zeros((n_samples, frame.max() + 1))
    mean = np.zeros_like(convolution)
    for run in np.unique(runs):
        rows = np.flatnonzero(runs == run)
        column = np.zeros(len(rows))
        column[: len(hrf)] = hrf[: len(rows)]
        within = linalg.toeplitz(column, np.zeros(len(rows)))
        for volume, row in enumerate(rows):
            convolution[rows, frame[row]] += within[:, volume]
        mean[rows] = convolution[rows].mean(axis=0)
    return convolution - mean, mean


@dataclass(frozen=True)
class Drive:
    """An aperture on its grid of degrees, and how receptive fields are driven by it.

    Parameters
    ----------
    frames
        (n_frames, H * W) coverage of each pixel, in [0, 1].
    x
        (W,) degrees right of the middle, of each column.
    y
        (H,) degrees above the middle, of each row.
    area
        Of a pixel, square degrees.

    Examples
    --------
    >>> drive = Drive(np.ones((1, 64 * 64)), np.arange(-32, 32) / 4, np.arange(-32, 32) / 4, 1 / 16)
    >>> round(float(drive.of(np.array([[0.0, 0.0, 0.0]]))[0, 0]), 6)  # full coverage
    1.0
    """

    frames: np.ndarray
    x: np.ndarray
    y: np.ndarray
    area: float

    def of(self, parameters: np.ndarray) -> np.ndarray:
        """(n_frames, n_voxels) sum of S(x, y) G(x, y; x0, y0, sigma) over pixels.

        G is of volume 1, so that 1 is a receptive field that is covered wholly.
        """
        across, down, _ = self._profiles(parameters)
        return self.frames @ self._maps(down, across)

    def with_gradient(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The drive, and its derivatives by x0, y0 and log sigma (3, n_frames, n_voxels).

        dG/dx0 = G (x - x0) / s^2, dG/dlog s = G (d^2 / s^2 - 2), d the distance to the centre.
        """
        across, down, sigma = self._profiles(parameters)
        u = (self.x - parameters[:, X, None]) / sigma
        v = (self.y - parameters[:, Y, None]) / sigma
        maps = [
            self._maps(down, across),
            self._maps(down, across * u / sigma),
            self._maps(down * v / sigma, across),
            self._maps(down, across * (u * u - 2)) + self._maps(down * v * v, across),
        ]
        drives = (self.frames @ np.concatenate(maps, axis=1)).reshape(len(self.frames), 4, -1)
        return drives[:, 0], drives[:, 1:].transpose(1, 0, 2)

    def _profiles(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The Gaussian as a product of a row (n_voxels, W) and a column (n_voxels, H)."""
        x0, y0 = parameters[:, X, None], parameters[:, Y, None]
        sigma = np.exp(parameters[:, LOG_SIGMA, None])
        height = self.area / (2 * np.pi * sigma * sigma)
        across = height * np.exp(-0.5 * ((self.x - x0) / sigma) ** 2)
        return across, np.exp(-0.5 * ((self.y - y0) / sigma) ** 2), sigma

    def _maps(self, down: np.ndarray, across: np.ndarray) -> np.ndarray:
        """(H * W, n_voxels) outer products, in the precision of the aperture."""
        dtype = self.frames.dtype
        down, across = (a.T.astype(dtype, copy=False) for a in (down, across))
        return (down[:, None, :] * across[None, :, :]).reshape(-1, down.shape[1])


def grid_parameters(
    radius: tuple[float, float],
    sigma: tuple[float, float],
    exponents: tuple[float, ...],
    n_grid: int,
) -> np.ndarray:
    """Parameters on a grid: square positions, sizes in equal steps of the logarithm.

    Parameters
    ----------
    radius
        Largest |x| and |y|, degrees.
    sigma
        Smallest and largest size, degrees.
    exponents
        Exponents.
    n_grid
        About how many there shall be.

    Returns
    -------
    numpy.ndarray
        (n_found, 4) x, y, log sigma, exponent.

    Examples
    --------
    >>> grid_parameters((5, 5), (0.5, 5), (1.0,), 6000).shape
    (6000, 4)
    """
    n_sizes = 10 if len(exponents) == 1 else 8
    positions = n_grid / (n_sizes * len(exponents))
    ratio = radius[0] / radius[1]
    n_x = max(2, round(np.sqrt(positions * ratio)))
    n_y = max(2, round(positions / n_x))
    axes = (
        np.linspace(-radius[0], radius[0], n_x),
        np.linspace(-radius[1], radius[1], n_y),
        np.linspace(*np.log(sigma), n_sizes),
        np.asarray(exponents),
    )
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def best_of_grid(
    drive: Drive, kept: np.ndarray, grid: np.ndarray, targets: Iterator[np.ndarray]
) -> Iterator[np.ndarray]:
    """The points of the largest signed correlation, by one product a chunk of targets.

    There is one for each exponent: size and exponent trade against each other, and a search that
    starts at the wrong end of that valley may stay there.

    Parameters
    ----------
    drive
        The aperture.
    kept
        (T, n_frames) temporal filter.
    grid
        (n_grid, 4) parameters, the exponent varying fastest.
    targets
        Chunks (T, n_chunk) of responses without the means of their runs.

    Yields
    ------
    numpy.ndarray
        (n_exponents, n_chunk) rows of the grid.

    Examples
    --------
    >>> bars = np.eye(8)[:, None].repeat(8, axis=1).reshape(8, 64)
    >>> drive = Drive(bars, np.arange(8.0), np.arange(8.0), 1.0)
    >>> grid = np.array([[2.0, 4.0, 0.0, 1.0], [6.0, 4.0, 0.0, 1.0]])
    >>> next(best_of_grid(drive, np.eye(8), grid, iter([np.eye(8)[:, [6]]]))).tolist()
    [[1]]
    """
    n_exponents = len(np.unique(grid[:, EXPONENT]))
    predictors = np.empty((len(kept), len(grid)), dtype=drive.frames.dtype)
    for start in range(0, len(grid), 4 * BATCH):
        part = slice(start, start + 4 * BATCH)
        covered = np.maximum(drive.of(grid[part]), 0) ** grid[part, EXPONENT]
        predictors[:, part] = kept @ covered
    length = np.sqrt((predictors.astype(np.float64) ** 2).sum(axis=0))
    # a receptive field that nothing reaches predicts nothing: it is never the best
    unseen = length <= 1e-6 * length.max()
    predictors /= np.where(unseen, np.inf, length).astype(predictors.dtype)
    for chunk in targets:
        scores = predictors.T @ chunk
        scores[unseen] = -np.inf
        best = scores.reshape(-1, n_exponents, chunk.shape[1]).argmax(axis=0)
        yield best * n_exponents + np.arange(n_exponents)[:, None]


def gauss_newton(
    drive: Drive,
    kept: np.ndarray,
    start: np.ndarray,
    targets: np.ndarray,
    bounds: np.ndarray,
    free: np.ndarray,
    tick: Callable[[int], None],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least squares of g f(x, y, log sigma, exponent), for each target on its own, in batches.

    The gain g >= 0 is solved for at every point, so the search is over the receptive field alone
    (variable projection). Steps are damped (Levenberg-Marquardt) until the error falls, and
    cut off at the bounds; a parameter at its bound that wants beyond it is held. Of several starts
    the one that is best after a few steps goes on.

    Parameters
    ----------
    drive
        The aperture.
    kept
        (T, n_frames) temporal filter.
    start
        (n_starts, n_targets, 4) parameters to begin with.
    targets
        (T, n_targets) responses without the means of their runs.
    bounds
        (2, 4) lowest and highest parameters.
    free
        Columns of the parameters that are fitted.
    tick
        Called with the number of targets that were finished.

    Returns
    -------
    parameters, gain, error
        (n_targets, 4), (n_targets,) and (n_targets,) sum of squares.

    Examples
    --------
    >>> bars = np.eye(8)[:, None].repeat(8, axis=1).reshape(8, 64)
    >>> drive = Drive(bars, np.arange(8.0), np.arange(8.0), 1.0)
    >>> true = np.array([[2.3, 4.0, 0.0, 1.0]])
    >>> y, bounds = 3 * drive.of(true), np.array([[0, 0, -1, 1], [7, 7, 1, 1.0]])
    >>> found = gauss_newton(drive, np.eye(8), true[None] + [[[0.5, 0, 0.2, 0]]], y, bounds,
    ...                      np.array([0, 2]), lambda n: None)
    >>> found[0].round(4).tolist(), found[1].round(4).tolist()
    ([[2.3, 4.0, 0.0, 1.0]], [3.0])
    """
    n_targets = targets.shape[1]
    parameters, gain, error = np.empty((n_targets, 4)), np.empty(n_targets), np.empty(n_targets)
    for first in range(0, n_targets, BATCH):
        batch = slice(first, min(first + BATCH, n_targets))
        measured = targets[:, batch].T
        best = start[0, batch]
        if len(start) > 1:
            first_steps = (measured, bounds, free, TRIAL_STEPS)
            ends = [_refine(drive, kept, at[batch], *first_steps) for at in start]
            least = np.argmin([end[2] for end in ends], axis=0)
            best = np.stack([end[0] for end in ends])[least, np.arange(len(least))]
        found = _refine(drive, kept, best, measured, bounds, free, MOST_STEPS)
        parameters[batch], gain[batch], error[batch] = found
        tick(batch.stop - batch.start)
    return parameters, gain, error


def _refine(
    drive: Drive,
    kept: np.ndarray,
    start: np.ndarray,
    targets: np.ndarray,
    bounds: np.ndarray,
    free: np.ndarray,
    n_steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levenberg-Marquardt of one batch; voxels that have converged drop out."""
    parameters = np.clip(start, *bounds)
    damping = np.full(len(parameters), 1e-3)
    gain, error, normal, slope = _linearise(drive, kept, parameters, targets, free)
    active = np.flatnonzero(error > 0)
    for _ in range(n_steps):
        if active.size == 0:
            break
        at = parameters[active]
        proposal = _step(at, normal[active], slope[active], damping[active], bounds, free)
        trial = _linearise(drive, kept, proposal, targets[active], free)
        better = trial[1] < error[active]
        fall = 1 - trial[1] / error[active]
        improved = active[better]
        parameters[improved] = proposal[better]
        for array, new in zip((gain, error, normal, slope), trial, strict=True):
            array[improved] = new[better]
        damping[active] *= np.where(better, 0.1, 10.0)
        # no descent however short the step: this is the minimum, or a corner of the bounds
        done = (better & (fall < CONVERGED)) | (damping[active] > 1e6) | (error[active] == 0)
        active = active[~done]
    return parameters, gain, error


def _linearise(
    drive: Drive, kept: np.ndarray, parameters: np.ndarray, targets: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gain, sum of squares, J'J and J'residual at the given parameters.

    r = g d^c convolved, so dr/dp = g c d^(c-1) dd/dp and dr/dc = g d^c log d.
    """
    d, gradient = drive.with_gradient(parameters)
    exponent = parameters[:, EXPONENT]
    seen = d > NO_DRIVE
    base = np.where(seen, d, 1.0)
    power = np.where(seen, base**exponent, 0.0)
    by_field = exponent * power / base * gradient  # (3, n_frames, n_voxels)
    by_exponent = power * np.log(base)
    courses = np.concatenate([power[None], by_field, by_exponent[None]]).astype(kept.dtype)
    courses = np.matmul(kept, courses).transpose(2, 0, 1).astype(np.float64)  # (n_voxels, 5, T)
    f = courses[:, 0]
    ff, fy = np.einsum("vt,vt->v", f, f), np.einsum("vt,vt->v", f, targets)
    gain = np.maximum(np.divide(fy, ff, out=np.zeros_like(fy), where=ff > 0), 0.0)
    residual = targets - gain[:, None] * f
    error = np.einsum("vt,vt->v", residual, residual)
    jacobian = gain[:, None, None] * courses[:, 1 + free]
    # the gain follows the other parameters: take its direction out of theirs
    along = np.einsum("vpt,vt->vp", jacobian, f) / np.where(ff > 0, ff, 1.0)[:, None]
    jacobian -= along[:, :, None] * f[:, None]
    normal = jacobian @ jacobian.transpose(0, 2, 1)
    slope = np.einsum("vpt,vt->vp", jacobian, residual)
    return gain, error, normal, slope


def _step(
    parameters: np.ndarray,
    normal: np.ndarray,
    slope: np.ndarray,
    damping: np.ndarray,
    bounds: np.ndarray,
    free: np.ndarray,
) -> np.ndarray:
    """Parameters after one damped step, within the bounds."""
    at = parameters[:, free]
    low, high = bounds[:, free]
    held = ((at <= low) & (slope < 0)) | ((at >= high) & (slope > 0))
    slope = np.where(held, 0.0, slope)
    matrix = np.where(held[:, :, None] | held[:, None, :], 0.0, normal)
    curvature = np.einsum("vpp->vp", matrix)
    # Marquardt's scaling: every parameter in its own unit; what has no slope keeps its place
    unit = np.sqrt(np.where(curvature > 0, curvature, 1.0))
    matrix = matrix / (unit[:, :, None] * unit[:, None, :])
    ridge = np.where(curvature > 0, damping[:, None] + 1e-9, 1.0)
    matrix += ridge[:, :, None] * np.eye(len(free))
    step = np.linalg.solve(matrix, (slope / unit)[:, :, None])[:, :, 0] / unit
    new = parameters.copy()
    new[:, free] = np.clip(at + step, low, high)
    return new
