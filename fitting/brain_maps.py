"""Values of voxels as pictures: slices, a glass brain, and the flattened cortex."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from .cortex import SIDES, draw_flat, draw_inflated, voxels_to_surface
from .errors import check_choice, describe
from .volumes import voxels_to_nifti

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from nibabel.nifti1 import Nifti1Pair

__all__ = ["BrainMaps"]

#: What each column of the table is, with its unit.
LABELS = {
    "r": "prediction, Pearson r (held-out)",
    "r2": "explained variance, R2 (held-out)",
    "r_sb": "reliability r_sb",
    "ceiling_r": "noise ceiling of r, sqrt(r_sb)",
    "r_over_sqrt": "r / noise ceiling",
    "r2_over_rsb": "r2 / reliability",
    "alpha": "alpha (squared units of the features)",
}
#: Grey of voxels without a value, and of the space around the mask.
MISSING, OUTSIDE = "0.55", "0.92"
#: Most slices that are drawn.
N_SLICES = 12


class BrainMaps(ABC):
    """What a result that has one row a voxel can draw, given the mask the voxels were read with.

    Examples
    --------
    >>> from fitting import EncodingResult
    >>> issubclass(EncodingResult, BrainMaps)
    True
    """

    @abstractmethod
    def to_dataframe(self) -> "pd.DataFrame":
        """One row a voxel, with a column ``undefined``."""

    def to_nifti(self, mask: Any, column: str = "r") -> "Nifti1Pair":
        """One column of the table as an image on the grid of a mask.

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image, of zeros and ones, with one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`: "r", "r2", "r_over_sqrt" and so on.

        Returns
        -------
        nibabel.Nifti1Image
            (x, y, z) float32, with affine, space codes and units of the mask; NaN outside the mask
            and where the value is undefined.

        Raises
        ------
        ValueError
            If the mask is not of zeros and ones, or its voxels are not as many as the targets.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> mask = nibabel.Nifti1Image(np.eye(2, dtype="uint8")[:, :, None], np.eye(4))
        >>> result.to_nifti(mask).get_fdata().round(2)[:, :, 0]
        array([[0.6, nan],
               [nan, 0.6]])
        """
        return voxels_to_nifti(self._values("to_nifti", column), mask)

    def plot_slices(self, mask: Any, column: str = "r") -> "Figure":
        """Axial slices in voxels of the mask, seen from above (left is left).

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image, of zeros and ones, with one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`.

        Returns
        -------
        matplotlib.figure.Figure
            The figure: the slices with voxels in the mask (12 evenly spaced ones if there are
            more), undefined voxels grey.

        Raises
        ------
        ValueError
            If the mask is not of zeros and ones, its voxels are not as many as the targets, or no
            value is defined.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> one = np.array([[0.6, 0.2]])
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> mask = nibabel.Nifti1Image(np.eye(2, dtype="uint8")[:, :, None], np.eye(4))
        >>> result.plot_slices(mask).get_suptitle()
        '2 of 2 voxels'
        """
        import matplotlib.pyplot as plt
        import nibabel

        values, title, limits = self._drawn("plot_slices", column)
        maps = nibabel.as_closest_canonical(voxels_to_nifti(values, mask))
        inside = nibabel.as_closest_canonical(
            voxels_to_nifti(np.ones(len(values)), mask)
        ).get_fdata()
        used = np.flatnonzero((inside == 1).any(axis=(0, 1)))
        chosen = used[np.unique(np.linspace(0, len(used) - 1, N_SLICES).round().astype(int))]
        n_columns = min(4, len(chosen))
        n_rows = -(-len(chosen) // n_columns)
        size = (2.4 * n_columns + 1.6, 2.6 * n_rows + 0.6)
        figure = plt.figure(figsize=size, layout="constrained")
        axes = figure.subplots(n_rows, n_columns, squeeze=False)
        data, zooms = maps.get_fdata(), maps.header.get_zooms()
        scale = _colours(limits)
        for ax in axes.flat:
            ax.set_axis_off()
        for ax, z in zip(axes.flat, chosen, strict=False):
            colours = scale.to_rgba(data[:, :, z])
            colours[np.isnan(data[:, :, z])] = _grey(MISSING)
            colours[inside[:, :, z] != 1] = _grey(OUTSIDE)
            ax.imshow(
                colours.transpose(1, 0, 2),
                origin="lower",
                interpolation="nearest",
                aspect=zooms[1] / zooms[0],
            )
            middle = np.array([(data.shape[0] - 1) / 2, (data.shape[1] - 1) / 2, z, 1])
            ax.set_title(f"L    z = {(maps.affine @ middle)[2]:.0f} mm    R", fontsize=9)
        figure.colorbar(scale, ax=axes, label=LABELS.get(column, column), shrink=0.8)
        figure.suptitle(title)
        return figure

    def plot_glass(self, mask: Any, column: str = "r") -> "Figure":
        """Largest value along each line of sight through a transparent brain.

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image in MNI space, of zeros and ones, one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`.

        Returns
        -------
        matplotlib.figure.Figure
            The figure; where all voxels on a line are undefined it is grey.

        Raises
        ------
        ValueError
            If the mask is not of zeros and ones, its voxels are not as many as the targets, or no
            value is defined.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> one = np.full((1, 8), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> mask = nibabel.Nifti1Image(np.ones((2, 2, 2), "uint8"), np.diag([20, 20, 20, 1]))
        >>> result.plot_glass(mask).get_suptitle()
        '8 of 8 voxels, largest along each line of sight'
        """
        import matplotlib.pyplot as plt
        from nilearn.plotting import plot_glass_brain

        values, title, limits = self._drawn("plot_glass", column)
        aligned = _aligned("plot_glass", voxels_to_nifti(values, mask))
        covered = _aligned("plot_glass", voxels_to_nifti(np.ones(len(values)), mask)).get_fdata()
        figure = plt.figure(figsize=(10.5, 3.0))
        display = plot_glass_brain(
            None, figure=figure, axes=(0.01, 0.02, 0.86, 0.86), display_mode="lyrz"
        )
        scale = _colours(limits)
        for direction, cut in display.axes.items():
            extent, colours = _projection(aligned, covered == 1, direction, scale)
            view = cut.ax.axis()
            cut.ax.imshow(colours, origin="lower", extent=extent, interpolation="nearest")
            cut.ax.axis(view)
        bar = figure.add_axes((0.89, 0.12, 0.013, 0.7))
        figure.colorbar(scale, cax=bar, label=LABELS.get(column, column))
        figure.suptitle(f"{title}, largest along each line of sight")
        return figure

    def plot_flat(self, mask: Any, column: str = "r") -> "Figure":
        """Values on the flattened cortex (fsaverage5), averaged from white matter to surface.

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image in MNI space, of zeros and ones, one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`.

        Returns
        -------
        matplotlib.figure.Figure
            The figure; cortex without a value is grey, its sulci darker.

        Raises
        ------
        ValueError
            If the mask is not of zeros and ones, its voxels are not as many as the targets, or no
            value is defined, or none is on the cortex.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Notes
        -----
        The surfaces come with nilearn; nothing is downloaded.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> affine = np.diag([30.0, 30, 30, 1])
        >>> affine[:3, 3] = [-75, -105, -60]
        >>> mask = nibabel.Nifti1Image(np.ones((6, 7, 6), "uint8"), affine)
        >>> one = np.full((1, 252), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> result.plot_flat(mask).get_suptitle()
        '252 of 252 voxels, on 19002 of 19002 vertices'
        """
        import matplotlib.pyplot as plt

        values, title, limits = self._drawn("plot_flat", column)
        vertices = voxels_to_surface(values, mask)
        figure = plt.figure(figsize=(10, 4.4), layout="constrained")
        axes = figure.subplots(1, 2)
        scale, n_drawn, n_vertices = _colours(limits), 0, 0
        for ax, side in zip(axes, SIDES, strict=True):
            drawn, flat = draw_flat(ax, vertices[side], side, scale)
            n_drawn, n_vertices = n_drawn + drawn, n_vertices + flat
        figure.colorbar(scale, ax=axes, label=LABELS.get(column, column), shrink=0.8)
        figure.suptitle(f"{title}, on {n_drawn} of {n_vertices} vertices")
        return figure

    def to_surface(self, mask: Any, column: str = "r") -> dict[str, np.ndarray]:
        """One column of the table at the vertices of the cortex of fsaverage5.

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image in MNI space, of zeros and ones, one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`.

        Returns
        -------
        dict
            "left" and "right": (10242,), NaN where there is no value; see
            :func:`fitting.voxels_to_surface`, and :func:`fitting.surface_to_gifti` for files.

        Raises
        ------
        ValueError
            If the voxels of the mask are not as many as the targets, or none is on the cortex.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> affine = np.diag([30.0, 30, 30, 1])
        >>> affine[:3, 3] = [-75, -105, -60]
        >>> mask = nibabel.Nifti1Image(np.ones((6, 7, 6), "uint8"), affine)
        >>> one = np.full((1, 252), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> round(float(result.to_surface(mask)["left"].max()), 2)
        0.6
        """
        return voxels_to_surface(self._values("to_surface", column), mask)

    def plot_surface(self, mask: Any, column: str = "r") -> "Figure":
        """Values on the inflated cortex (fsaverage5), each hemisphere from outside and between.

        Parameters
        ----------
        mask
            File name or nibabel NIfTI image in MNI space, of zeros and ones, one voxel a target.
        column
            A column of :meth:`EncodingResult.to_dataframe`.

        Returns
        -------
        matplotlib.figure.Figure
            The figure; cortex without a value is grey, its sulci darker.

        Raises
        ------
        ValueError
            If the voxels of the mask are not as many as the targets, no value is defined, or none
            is on the cortex.
        TypeError
            If the mask is no NIfTI image.
        UnknownNameError
            If there is no such column.

        Examples
        --------
        >>> import nibabel
        >>> from fitting import EncodingResult
        >>> affine = np.diag([30.0, 30, 30, 1])
        >>> affine[:3, 3] = [-75, -105, -60]
        >>> mask = nibabel.Nifti1Image(np.ones((6, 7, 6), "uint8"), affine)
        >>> one = np.full((1, 252), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> result.plot_surface(mask).get_suptitle()
        '252 of 252 voxels'
        """
        import matplotlib.pyplot as plt

        values, title, limits = self._drawn("plot_surface", column)
        vertices = voxels_to_surface(values, mask)
        figure = plt.figure(figsize=(11, 3.2), layout="constrained")
        axes = figure.subplots(1, 4)
        scale = _colours(limits)
        views = [("left", "lateral"), ("left", "medial"), ("right", "medial"), ("right", "lateral")]
        for ax, (side, view) in zip(axes, views, strict=True):
            draw_inflated(ax, vertices[side], side, scale, view)
        figure.colorbar(scale, ax=axes, label=LABELS.get(column, column), shrink=0.8)
        figure.suptitle(title)
        return figure

    def _values(self, function: str, column: str) -> np.ndarray:
        """(n_targets,) of a column of the table, NaN where the correlation was undefined."""
        table = self.to_dataframe()
        check_choice(function, "column", column, [c for c in table if c != "undefined"])
        values = table[column].to_numpy(float, copy=True)
        if column not in ("r_sb", "ceiling_r"):
            values[table["undefined"].to_numpy(bool)] = np.nan
        return values

    def _drawn(self, function: str, column: str) -> tuple[np.ndarray, str, tuple[float, float]]:
        """Values, title with the number of voxels, and ends of the colour scale."""
        values = self._values(function, column)
        shown = np.isfinite(values)
        if not shown.any():
            expected, remedy = "one value or more", "Choose another column"
            raise ValueError(
                describe(function, "column", repr(column), "has no values", expected, remedy)
            )
        n_missing = int((~shown).sum())
        title = f"{int(shown.sum())} of {len(values)} voxels"
        title += f" ({n_missing} undefined, grey)" if n_missing else ""
        low, high = float(values[shown].min()), float(values[shown].max())
        return values, title, (min(low, 0.0), max(high, 0.0) or 1.0)


def _colours(limits: tuple[float, float]) -> Any:
    """Scale from values to viridis, which all kinds of colour vision can read."""
    from matplotlib import cm, colors

    return cm.ScalarMappable(colors.Normalize(*limits), "viridis")


def _grey(level: str) -> tuple[float, ...]:
    return (float(level),) * 3 + (1.0,)


def _aligned(function: str, image: "Nifti1Pair") -> "Nifti1Pair":
    """The image with axes along right, front and top; refused if it is rotated."""
    import nibabel

    image = nibabel.as_closest_canonical(image)
    turned = image.affine[:3, :3] - np.diag(np.diag(image.affine[:3, :3]))
    if np.abs(turned).max() > 1e-3 * np.abs(image.affine[:3, :3]).max():
        problem, expected = "is rotated against the axes of the brain", "an image in MNI space"
        remedy = "Resample it to MNI space, or use plot_slices"
        raise ValueError(
            describe(function, "mask", f"image{image.shape}", problem, expected, remedy)
        )
    return image


def _projection(
    image: "Nifti1Pair", covered: np.ndarray, direction: str, scale: Any
) -> tuple[tuple[float, ...], np.ndarray]:
    """Edges in mm, and colours (height, width, 4) of the largest value along an axis."""
    data, axis = image.get_fdata().copy(), "xyz".index(direction.translate({108: "x", 114: "x"}))
    covered, step = covered.copy(), np.diag(image.affine)[:3]
    origin = image.affine[:3, 3] - step / 2
    if direction in "lr":  # one hemisphere
        x = image.affine[0, 3] + step[0] * np.arange(data.shape[0])
        other = x > 0 if direction == "l" else x < 0
        data[other], covered[other] = np.nan, False
    largest = np.where(np.isnan(data), -np.inf, data).max(axis=axis)
    colours = scale.to_rgba(np.where(np.isinf(largest), 0.0, largest))
    colours[np.isinf(largest)] = _grey(MISSING)
    colours[~covered.any(axis=axis), 3] = 0.0
    across, up = (i for i in range(3) if i != axis)
    end = origin + step * data.shape
    return (origin[across], end[across], origin[up], end[up]), colours.transpose(1, 0, 2)
