"""Where in the visual field each voxel looks: table and map."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from .errors import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["PRFResult"]


@dataclass(frozen=True, eq=False)
class PRFResult:
    """Population receptive field of each voxel.

    Parameters
    ----------
    centre
        (n_targets, 2) degrees right of and above the middle of the screen; as `x` and `y`, too.
    sigma
        (n_targets,) standard deviation of the Gaussian, degrees.
    exponent
        (n_targets,) exponent of the summation; 1 for the model "gaussian".
    gain
        (n_targets,) response to a receptive field that is covered wholly, in the unit of the data.
    baseline
        (n_targets,) response to nothing, mean over runs, in the unit of the data.
    r2
        (n_targets,) explained variance of the samples that were fitted, means of runs removed.
    undefined
        (n_targets,) voxels without a receptive field, because their responses are constant, or rise
        with no part of the visual field: their r2 and gain are 0, the rest is NaN.

    Examples
    --------
    >>> one = np.ones(1)
    >>> field = PRFResult(np.array([[3, 4]]), one, 0.25 * one, one, one, one, one < 0)
    >>> field.eccentricity.item(), round(field.angle.item(), 1), field.size.item()
    (5.0, 53.1, 2.0)
    """

    centre: np.ndarray
    sigma: np.ndarray
    exponent: np.ndarray
    gain: np.ndarray
    baseline: np.ndarray
    r2: np.ndarray
    undefined: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            shape = np.shape(getattr(self, field.name))
            wanted = np.shape(self.sigma) + (2,) * (field.name == "centre")
            if shape != wanted or np.ndim(self.sigma) != 1:
                expected = f"{wanted}, as sigma has {np.size(self.sigma)} value(s)"
                remedy = "Give one value a voxel"
                raise ValueError(
                    describe(
                        "PRFResult",
                        field.name,
                        f"array{shape}",
                        "has another shape",
                        expected,
                        remedy,
                    )
                )

    @property
    def n_targets(self) -> int:
        """Number of voxels."""
        return len(self.sigma)

    @property
    def x(self) -> np.ndarray:
        """(n_targets,) centre, degrees right of the middle of the screen."""
        return self.centre[:, 0]

    @property
    def y(self) -> np.ndarray:
        """(n_targets,) centre, degrees above the middle of the screen."""
        return self.centre[:, 1]

    @property
    def eccentricity(self) -> np.ndarray:
        """(n_targets,) distance of the centre from the middle of the screen, degrees."""
        return np.hypot(self.x, self.y)

    @property
    def angle(self) -> np.ndarray:
        """(n_targets,) polar angle, degrees counter-clockwise from right, in [0, 360)."""
        return np.degrees(np.arctan2(self.y, self.x)) % 360.0

    @property
    def size(self) -> np.ndarray:
        """(n_targets,) sigma / sqrt(exponent): size of the field as a point stimulus maps it."""
        return self.sigma / np.sqrt(self.exponent)

    def __repr__(self) -> str:
        shown = ~self.undefined
        if not shown.any():
            return f"PRFResult({self.n_targets} voxels, all undefined)"
        return (
            f"PRFResult({self.n_targets} voxels, median r2={np.median(self.r2[shown]):.3f}, "
            f"eccentricity={np.median(self.eccentricity[shown]):.2f} deg, "
            f"sigma={np.median(self.sigma[shown]):.2f} deg, {int((~shown).sum())} undefined)"
        )

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a voxel.

        Returns
        -------
        pandas.DataFrame
            Columns target, x, y, eccentricity, angle, sigma, size, exponent, gain, baseline, r2,
            undefined.

        Examples
        --------
        >>> one = np.ones(2)
        >>> result = PRFResult(np.ones((2, 2)), one, one, one, one, one, one < 0)
        >>> result.to_dataframe()["angle"].tolist()
        [45.0, 45.0]
        """
        import pandas as pd

        names = ["x", "y", "eccentricity", "angle", "sigma", "size", "exponent"]
        names += ["gain", "baseline", "r2", "undefined"]
        table = {"target": np.arange(self.n_targets)}
        return pd.DataFrame(table | {name: getattr(self, name) for name in names})

    def plot(self, ax: "Axes | None" = None, *, min_r2: float = 0.1) -> "Axes":
        """The receptive fields in the visual field: circles of radius sigma, coloured by r2.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.
        min_r2
            Voxels that are explained less are left out; the title says how many are shown.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        ValueError
            If no voxel is left.

        Examples
        --------
        >>> one = np.ones(2)
        >>> ax = PRFResult(np.ones((2, 2)), one, one, one, one, one, one < 0).plot()
        >>> ax.get_title()
        '2 of 2 voxels, r2 >= 0.1'
        """
        shown = np.flatnonzero(~self.undefined & (self.r2 >= min_r2))
        if shown.size == 0:
            best = self.r2.max(initial=0.0)
            expected, remedy = f"at most the largest r2, {best:.3g}", "Lower it"
            raise ValueError(
                describe("plot", "min_r2", min_r2, "leaves no voxel", expected, remedy)
            )
        import matplotlib.pyplot as plt
        from matplotlib.collections import EllipseCollection

        ax = plt.subplots(figsize=(5.2, 4.4), layout="constrained")[1] if ax is None else ax
        shown = shown[np.argsort(self.r2[shown])]  # the best explained on top
        x, y, sigma, r2 = (a[shown] for a in (self.x, self.y, self.sigma, self.r2))
        circles = EllipseCollection(
            *(2 * sigma, 2 * sigma, np.zeros(len(shown))),
            units="xy",
            offsets=np.stack([x, y], axis=1),
            offset_transform=ax.transData,
            facecolors="none",
            linewidths=0.6,
            alpha=max(0.35, min(1.0, 60 / len(shown))),
            array=r2,
            clim=(0, 1),
            cmap="cividis",
        )
        ax.add_collection(circles)
        points = ax.scatter(x, y, c=r2, s=9, vmin=0, vmax=1, cmap="cividis", linewidths=0, zorder=3)
        reach = 1.05 * float(np.max(np.abs([x, y]) + np.minimum(sigma, np.median(sigma))))
        ax.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.axvline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.set(
            xlabel="x (degrees right of the middle)",
            ylabel="y (degrees above the middle)",
            title=f"{len(shown)} of {self.n_targets} voxels, r2 >= {min_r2:g}",
            xlim=(-reach, reach),
            ylim=(-reach, reach),
            aspect="equal",
        )
        ax.figure.colorbar(points, ax=ax, label="explained variance r2 (fitted samples)")
        return ax
