"""Values of voxels on the surface of the cortex: sampled, written, flattened and inflated."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import check_choice, describe
from .volumes import voxels_to_nifti

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from nibabel.gifti import GiftiImage
    from nibabel.nifti1 import Nifti1Pair

__all__ = ["draw_flat", "draw_inflated", "surface_to_gifti", "voxels_to_surface"]

#: Hemispheres, and what GIFTI calls them.
SIDES = {"left": "CortexLeft", "right": "CortexRight"}
#: Vertices of a hemisphere of fsaverage5.
N_VERTICES = 10242
#: Depths of the cortex that are averaged, from white matter to surface.
N_DEPTHS = 6
#: Grey of gyri and of sulci.
GYRUS, SULCUS = 0.76, 0.62


def voxels_to_surface(values: Any, mask: Any) -> dict[str, np.ndarray]:
    """Values of voxels at the vertices of the cortex of fsaverage5.

    A vertex takes the mean over six depths between white matter and surface of the voxel that is
    nearest to each.

    Parameters
    ----------
    values
        (n_voxels,) in the order of :func:`fitting.read_voxels`; NaN is no value.
    mask
        File name or nibabel NIfTI image in MNI space, of zeros and ones.

    Returns
    -------
    dict
        "left" and "right": (10242,) float64, NaN where no depth has a value.

    Raises
    ------
    ValueError
        If there is not one value a voxel, or no voxel with a value is on the cortex, as where the
        mask is not in MNI space.
    TypeError
        If the mask is no NIfTI image.

    Notes
    -----
    The surfaces come with nilearn; nothing is downloaded. Between MNI space and fsaverage lie some
    millimetres: for figures, not for statistics at single vertices.

    Examples
    --------
    >>> import nibabel
    >>> affine = np.diag([30.0, 30, 30, 1])
    >>> affine[:3, 3] = [-75, -105, -60]
    >>> mask = nibabel.Nifti1Image(np.ones((6, 7, 6), "uint8"), affine)
    >>> found = voxels_to_surface(np.full(252, 0.6), mask)
    >>> found["left"].shape, round(float(found["right"].mean()), 2)
    ((10242,), 0.6)
    """
    image = voxels_to_nifti(values, mask)
    if image.ndim != 3:
        expected, remedy = "(n_voxels,) of one map", "Pass one map at a time"
        value = f"array{np.shape(values)}"
        raise ValueError(
            describe("voxels_to_surface", "values", value, "is not one map", expected, remedy)
        )
    found = {side: _through_cortex(image, side) for side in SIDES}
    if not any(np.isfinite(part).any() for part in found.values()):
        problem = "has no voxel with a value on the cortex of fsaverage5"
        expected, remedy = "an image in MNI space", "Resample it to MNI space, or use plot_slices"
        value = f"image{image.shape}"
        raise ValueError(describe("voxels_to_surface", "mask", value, problem, expected, remedy))
    return found


def surface_to_gifti(values: Any, side: str) -> "GiftiImage":
    """Values at the vertices of a hemisphere as a GIFTI image, for other programs to show.

    Parameters
    ----------
    values
        (10242,) values of one map, of :func:`fitting.voxels_to_surface`.
    side
        "left" or "right".

    Returns
    -------
    nibabel.gifti.GiftiImage
        One float32 map, with the name of the hemisphere; save it as ``name.func.gii``.

    Raises
    ------
    ValueError
        If there is not one value a vertex.
    UnknownNameError
        If there is no such hemisphere.

    Examples
    --------
    >>> image = surface_to_gifti(np.zeros(10242), "left")
    >>> image.meta["AnatomicalStructurePrimary"], image.agg_data().shape
    ('CortexLeft', (10242,))
    """
    from nibabel.gifti import GiftiDataArray, GiftiImage, GiftiMetaData

    check_choice("surface_to_gifti", "side", side, SIDES)
    values = np.asarray(values, dtype=np.float32)
    if values.shape != (N_VERTICES,):
        problem, expected = "is not one value a vertex of fsaverage5", f"({N_VERTICES},)"
        value, remedy = f"array{values.shape}", "Use voxels_to_surface"
        raise ValueError(describe("surface_to_gifti", "values", value, problem, expected, remedy))
    array = GiftiDataArray(values, intent="NIFTI_INTENT_NONE", datatype="NIFTI_TYPE_FLOAT32")
    return GiftiImage(darrays=[array], meta=GiftiMetaData(AnatomicalStructurePrimary=SIDES[side]))


def draw_flat(
    ax: "Axes", values: np.ndarray, side: str, scale: "ScalarMappable"
) -> tuple[int, int]:
    """Paint one flattened hemisphere.

    Parameters
    ----------
    ax
        Axes to draw into.
    values
        (10242,) values, NaN where there is none.
    side
        "left" or "right".
    scale
        From values to colours.

    Returns
    -------
    n_drawn, n_vertices
        Vertices with a value, and all that are flat.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from matplotlib.cm import ScalarMappable
    >>> draw_flat(plt.figure().add_subplot(), np.zeros(10242), "left", ScalarMappable())
    (9465, 9465)
    """
    flat = _mesh("flat", side)
    used = np.unique(flat.faces)
    colours = _colours(values, side, scale)
    points = flat.coordinates[:, :2]
    ax.add_collection(_painted(points[flat.faces], colours[flat.faces].mean(1)))
    _frame(ax, points[used])
    ax.set_title(f"{side} hemisphere", fontsize=10)
    return int(np.isfinite(values[used]).sum()), len(used)


def draw_inflated(
    ax: "Axes", values: np.ndarray, side: str, scale: "ScalarMappable", view: str
) -> None:
    """Paint one inflated hemisphere, seen from outside ("lateral") or between ("medial").

    Parameters
    ----------
    ax
        Axes to draw into.
    values
        (10242,) values, NaN where there is none.
    side
        "left" or "right".
    scale
        From values to colours.
    view
        "lateral" or "medial".

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from matplotlib.cm import ScalarMappable
    >>> ax = plt.figure().add_subplot()
    >>> draw_inflated(ax, np.zeros(10242), "left", ScalarMappable(), "medial")
    >>> ax.get_title()
    'left, medial'
    """
    inflated = _mesh("infl", side)
    points, faces = np.asarray(inflated.coordinates, dtype=float), inflated.faces
    # the eye is on the side of negative x for left lateral and right medial
    toward = 1.0 if (side == "left") == (view == "lateral") else -1.0
    seen = np.stack([-toward * points[:, 1], points[:, 2]], axis=1)
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    light = np.abs(normal[:, 0]) / np.linalg.norm(normal, axis=1)
    order = np.argsort(-toward * corners[:, :, 0].mean(axis=1))  # what is far first
    colours = _colours(values, side, scale)[faces].mean(axis=1)
    colours[:, :3] *= (0.7 + 0.3 * light)[:, None]
    ax.add_collection(_painted(seen[faces][order], colours[order]))
    _frame(ax, seen)
    ax.set_title(f"{side}, {view}", fontsize=10)


def _mesh(kind: str, side: str) -> Any:
    from nilearn.datasets import fetch_surf_fsaverage
    from nilearn.surface import load_surf_mesh

    return load_surf_mesh(fetch_surf_fsaverage("fsaverage5")[f"{kind}_{side}"])


def _colours(values: np.ndarray, side: str, scale: "ScalarMappable") -> np.ndarray:
    """(n_vertices, 4): grey cortex, its sulci darker, and colours where there is a value."""
    from nilearn.datasets import fetch_surf_fsaverage
    from nilearn.surface import load_surf_data

    sulc = load_surf_data(fetch_surf_fsaverage("fsaverage5")[f"sulc_{side}"])
    colours = np.repeat(np.where(sulc > 0, SULCUS, GYRUS)[:, None], 4, axis=1)
    colours[:, 3] = 1.0
    known = np.isfinite(values)
    colours[known] = scale.to_rgba(values[known])
    return colours


def _through_cortex(image: "Nifti1Pair", side: str) -> np.ndarray:
    """(n_vertices,) mean over depths of the nearest voxel; NaN where no depth has a value."""
    white, pial = (np.asarray(_mesh(kind, side).coordinates) for kind in ("white", "pial"))
    data, inverse = image.get_fdata(), np.linalg.inv(image.affine)
    total, count = np.zeros(len(white)), np.zeros(len(white))
    for depth in np.linspace(0, 1, N_DEPTHS):
        points = (1 - depth) * white + depth * pial
        voxel = np.rint(points @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
        within = np.flatnonzero(np.all((voxel >= 0) & (voxel < data.shape), axis=1))
        value = data[tuple(voxel[within].T)]
        known = np.isfinite(value)
        total[within[known]] += value[known]
        count[within[known]] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _frame(ax: "Axes", points: np.ndarray) -> None:
    """Show these points whole, at one scale, without axes."""
    low, high = points.min(axis=0), points.max(axis=0)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_aspect("equal")
    ax.set_axis_off()


def _painted(triangles: np.ndarray, colours: np.ndarray) -> Any:
    """Triangles; not smoothed at their edges, where seams would show."""
    from matplotlib.collections import PolyCollection

    return PolyCollection(
        triangles, facecolors=colours, edgecolors="none", antialiased=False, rasterized=True
    )
