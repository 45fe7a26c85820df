"""NIfTI images in and out: voxels of a mask as columns, and values of voxels as an image."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import describe

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Pair

__all__ = ["load_mask", "read_voxels", "voxels_to_nifti"]

#: Grids whose voxel centres are nowhere further apart than this are the same, mm.
SAME_GRID = 0.01


def read_voxels(image: Any, mask: Any, *, progress: bool = False) -> np.ndarray:
    """Values of the voxels of a mask, one column a voxel.

    Volumes are read one by one, so memory holds the voxels of the mask only.

    Parameters
    ----------
    image
        File name or nibabel NIfTI image, (x, y, z) or (x, y, z, n_samples).
    mask
        File name or nibabel NIfTI image, (x, y, z), of zeros and ones.
    progress
        Whether to show a progress bar over volumes.

    Returns
    -------
    numpy.ndarray
        (n_samples, n_voxels) float32 whatever the type in the file, in the unit of the image; the
        last axis of the mask runs fastest, as in nilearn.

    Raises
    ------
    ValueError
        If the mask is not of zeros and ones or is empty, grid or affine of image and mask differ,
        or a voxel of the mask is not finite.
    TypeError
        If image or mask is no NIfTI image.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import nibabel
    >>> mask = nibabel.Nifti1Image(np.eye(3, dtype="uint8")[:, :, None], np.eye(4))
    >>> bold = np.arange(18, dtype="int16").reshape(3, 3, 1, 2)
    >>> read_voxels(nibabel.Nifti1Image(bold, np.eye(4)), mask)
    array([[ 0.,  8., 16.],
           [ 1.,  9., 17.]], dtype=float32)
    """
    name = "read_voxels"
    inside, reference = load_mask(name, mask)
    image = _load(name, "image", image)
    if image.ndim not in (3, 4):
        problem, expected = f"has {image.ndim} dimensions", "(x, y, z) or (x, y, z, n_samples)"
        value, remedy = f"image{image.shape}", "Pass one run"
        raise ValueError(describe(name, "image", value, problem, expected, remedy))
    _check_same_grid(name, image, reference)
    if image.ndim == 3:
        voxels = np.asarray(image.dataobj)[inside][None].astype(np.float32)
    else:
        voxels = np.empty((image.shape[3], int(inside.sum())), np.float32)
        for volume in _counted(image.shape[3], progress):
            voxels[volume] = np.asarray(image.dataobj[..., volume])[inside]
    bad = ~np.isfinite(voxels)
    if bad.any():
        problem = f"holds NaN or infinity in {int(bad.any(axis=0).sum())} voxels of the mask"
        value, remedy = f"image{image.shape}", "Leave these voxels out of the mask"
        raise ValueError(describe(name, "image", value, problem, "finite values", remedy))
    return voxels


def voxels_to_nifti(values: Any, mask: Any) -> "Nifti1Pair":
    """Values of voxels as an image on the grid of a mask, NaN outside.

    Parameters
    ----------
    values
        (n_voxels,) or (n_maps, n_voxels), in the order of :func:`fitting.read_voxels`.
    mask
        File name or nibabel NIfTI image, (x, y, z), of zeros and ones.

    Returns
    -------
    nibabel.Nifti1Image
        (x, y, z) or (x, y, z, n_maps) float32, with affine, space codes and units of the mask.

    Raises
    ------
    ValueError
        If the mask is not of zeros and ones or is empty, or the number of values is not that of its
        voxels.
    TypeError
        If the mask is no NIfTI image.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import nibabel
    >>> mask = nibabel.Nifti1Image(np.ones((2, 1, 1), "uint8"), np.diag([3, 3, 3, 1]))
    >>> image = voxels_to_nifti([0.5, 0.25], mask)
    >>> image.get_data_dtype().name, image.get_fdata().ravel()
    ('float32', array([0.5 , 0.25]))
    """
    inside, reference = load_mask("voxels_to_nifti", mask)
    values = np.asarray(values)
    n_voxels = int(inside.sum())
    if values.ndim not in (1, 2) or values.shape[-1] != n_voxels:
        problem = f"does not match the mask, which has {n_voxels} voxels"
        expected, remedy = f"(n_maps, {n_voxels}) values", "Use the mask that voxels were read with"
        value = f"array{values.shape}"
        raise ValueError(describe("voxels_to_nifti", "values", value, problem, expected, remedy))
    volume = np.full(inside.shape + values.shape[:-1], np.nan, np.float32)
    volume[inside] = values.T
    header = reference.header.copy()
    header.set_data_dtype(np.float32)
    header.set_slope_inter(1, 0)
    header["cal_min"] = header["cal_max"] = 0  # the display range of the mask
    return type(reference)(volume, reference.affine, header)


def load_mask(function: str, mask: Any) -> tuple[np.ndarray, "Nifti1Pair"]:
    """Which voxels are in a mask, and the image that it came from.

    Parameters
    ----------
    function
        Where the mask was given.
    mask
        File name or nibabel NIfTI image, (x, y, z), of zeros and ones.

    Returns
    -------
    inside
        (x, y, z) boolean.
    image
        The image.

    Raises
    ------
    ValueError
        If it is not three-dimensional, not of zeros and ones, or empty.
    TypeError
        If it is no NIfTI image.

    Examples
    --------
    >>> import nibabel
    >>> image = nibabel.Nifti1Image(np.eye(3, dtype="uint8")[:, :, None], np.eye(4))
    >>> int(load_mask("read_voxels", image)[0].sum())
    3
    """
    image = _load(function, "mask", mask)
    values = np.asarray(image.dataobj)
    problem = None
    if values.ndim != 3:
        problem = f"has {values.ndim} dimensions"
    elif not np.isin(values, (0, 1)).all():
        problem = "holds values other than 0 and 1"
    elif not values.any():
        problem = "is empty"
    if problem is not None:
        expected = "(x, y, z) of zeros and ones, with one or more ones"
        remedy = "Threshold it, or choose a label"
        raise ValueError(
            describe(function, "mask", f"image{values.shape}", problem, expected, remedy)
        )
    return values == 1, image


def _load(function: str, parameter: str, image: Any) -> "Nifti1Pair":
    """A NIfTI image, which stays open between volumes if it is a file."""
    import nibabel

    if isinstance(image, str | os.PathLike):
        # a compressed file that is opened anew for each volume is decompressed anew
        image = nibabel.load(image, keep_file_open=True)
    if not isinstance(image, nibabel.Nifti1Pair):
        expected, remedy = "a NIfTI file or image", "Convert it with nibabel"
        raise TypeError(
            describe(
                function, parameter, type(image).__name__, "is no NIfTI image", expected, remedy
            )
        )
    return image


def _check_same_grid(function: str, image: "Nifti1Pair", mask: "Nifti1Pair") -> None:
    """Refuse an image whose voxels are not those of the mask."""
    if image.shape[:3] != mask.shape:
        problem = f"is not on the grid of the mask, which is {mask.shape}"
        value = f"image{image.shape}"
    else:
        last = np.array(mask.shape) - 1
        corners = np.array([[*(last * corner), 1] for corner in np.ndindex(2, 2, 2)])
        shift = (corners @ (image.affine - mask.affine).T)[:, :3]
        apart = float(np.linalg.norm(shift, axis=1).max())
        if apart <= SAME_GRID:
            return
        problem = f"has another affine than the mask: voxel centres are up to {apart:.3g} mm apart"
        value = f"image{image.shape}"
    expected, remedy = "one grid", "Resample one of them with nilearn.image.resample_to_img"
    raise ValueError(describe(function, "image", value, problem, expected, remedy))


def _counted(n_volumes: int, progress: bool) -> Any:
    if not progress:
        return range(n_volumes)
    from tqdm import tqdm

    return tqdm(range(n_volumes), desc="read_voxels", unit="volume")
