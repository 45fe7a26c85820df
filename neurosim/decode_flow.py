"""The motion of a movie read from voxels, against the same brain on another movie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neurosim.errors import refusal

_ALPHAS = tuple(10.0**k for k in range(-1, 6))


@dataclass(frozen=True, eq=False, repr=False)
class FlowDecoding:
    """Flow that was read from voxels of runs that were not fitted.

    Parameters
    ----------
    flow
        (n_samples, n_points, 2) the true flow.
    decoded
        The same, read from the voxels of that time.
    control
        The same, read where voxels go with the movie of another run, in fit and test.

    Examples
    --------
    >>> flow = np.ones((4, 1, 2))
    >>> FlowDecoding(flow, flow + [0.3, 0.4], 0 * flow)
    FlowDecoding(4 samples x 1 points, end-point error 0.500, permuted brain 1.414)
    """

    flow: np.ndarray
    decoded: np.ndarray
    control: np.ndarray

    def __repr__(self) -> str:
        n_samples, n_points, _ = self.flow.shape
        return (
            f"FlowDecoding({n_samples} samples x {n_points} points, "
            f"end-point error {self.error:.3f}, permuted brain {self.control_error:.3f})"
        )

    @property
    def error(self) -> float:
        """Mean end-point error of what was decoded, in the unit of the flow."""
        return float(np.linalg.norm(self.decoded - self.flow, axis=-1).mean())

    @property
    def control_error(self) -> float:
        """Mean end-point error with the permuted brain."""
        return float(np.linalg.norm(self.control - self.flow, axis=-1).mean())

    @property
    def r(self) -> float:
        """Pearson r of all components, decoded against true."""
        return float(np.corrcoef(self.decoded.ravel(), self.flow.ravel())[0, 1])

    @property
    def control_r(self) -> float:
        """Pearson r of all components with the permuted brain."""
        return float(np.corrcoef(self.control.ravel(), self.flow.ravel())[0, 1])


def decode_flow(
    voxels: np.ndarray,
    flow: np.ndarray,
    *,
    groups: np.ndarray,
    delays: Sequence[int] = (1, 2, 3, 4),
) -> FlowDecoding:
    """Read the flow of a movie from voxels that follow it, whole runs left out.

    The flow at a volume is a linear function of the voxels some volumes later. In the control the
    runs of the brain are moved on by one against the movies: it has all that the brain has, its
    noise and its autocorrelation, but another movie.

    Parameters
    ----------
    voxels
        (n_samples, n_voxels) responses without drift, in time order within each run.
    flow
        (n_samples, n_points, 2) true flow at the times of the volumes, for instance
        ``fitting.lanczos_downsample`` of that of each frame; any unit.
    groups
        (n_samples,) run of each sample; runs of equal length, three or more.
    delays
        How many volumes later the voxels are looked at.

    Returns
    -------
    decoding
        True flow, decoded flow, and that of the permuted brain.

    Raises
    ------
    ValueError
        If shapes do not match, there are fewer than three runs, runs differ in length, or a delay
        is as long as a run.

    Notes
    -----
    Ridge regression; penalties are chosen between the runs that are fitted. A decoder of no use
    predicts the mean flow.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> flow, groups = rng.standard_normal((90, 1, 2)), np.repeat([0, 1, 2], 30)
    >>> voxels = np.roll(flow[:, 0], 2, axis=0)  # two volumes later
    >>> found = decode_flow(voxels, flow, groups=groups)
    >>> found.error < 0.3 * found.control_error
    True
    """
    import fitting

    voxels, flow, groups = (np.asarray(each) for each in (voxels, flow, groups))
    n_samples = len(voxels)
    fits = voxels.ndim == 2 and groups.shape == (n_samples,)
    if not fits or flow.ndim != 3 or flow.shape[0] != n_samples or flow.shape[2] != 2:
        raise ValueError(
            refusal(
                "decode_flow",
                "flow",
                flow,
                f"does not go with voxels {voxels.shape} and groups {groups.shape}",
                "(n_samples, n_points, 2), (n_samples, n_voxels) and (n_samples,)",
                "Bring the flow to the times of the volumes",
            )
        )
    labels, counts = np.unique(groups, return_counts=True)
    if len(labels) < 3 or len(set(counts.tolist())) > 1:
        raise ValueError(
            refusal(
                "decode_flow",
                "groups",
                groups,
                f"has runs of {counts.tolist()} samples",
                "three runs or more, of equal length",
                "Cut runs to the length of the shortest",
            )
        )
    scaled, _ = fitting.zscore(voxels, groups)
    # looking ahead is looking back in reversed time
    ahead = fitting.delay(scaled[::-1], delays, groups[::-1])[::-1]
    targets = flow.reshape(n_samples, -1).astype(np.float64)
    moved = np.roll(ahead, int(counts[0]), axis=0)
    decoded, control = (
        _held_out(np.ascontiguousarray(X, dtype=np.float64), targets, groups).reshape(flow.shape)
        for X in (ahead, moved)
    )
    return FlowDecoding(flow, decoded, control)


def _held_out(X: np.ndarray, targets: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Prediction of every run from a fit of the others."""
    import fitting

    predicted = np.empty_like(targets)
    labels = np.unique(groups)
    for run in labels:
        train, test = groups != run, groups == run
        model = fitting.RidgeCV(_ALPHAS, cv=min(5, len(labels) - 1))
        model.fit(X[train], targets[train], groups=groups[train])
        predicted[test] = model.predict(X[test])
    return predicted
