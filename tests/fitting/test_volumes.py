"""NIfTI in and out: values, headers, and what is refused."""

import nibabel
import numpy as np
import pytest
from nilearn.maskers import NiftiMasker

import fitting

#: An oblique grid with left-handed axes.
OBLIQUE = np.array(
    [
        [-2.08, -0.004, -0.002, 97.0],
        [0.001, 0.42, -2.25, -31.0],
        [-0.005, 2.04, 0.47, -71.0],
        [0, 0, 0, 1],
    ]
)


def make_mask(affine=OBLIQUE, shape=(6, 5, 4), image=nibabel.Nifti1Image, codes=(1, 4)):
    inside = np.random.default_rng(0).random(shape) < 0.5
    mask = image(inside.astype(np.uint8), affine)
    mask.set_qform(affine, code=codes[0])
    mask.set_sform(affine, code=codes[1])
    mask.header.set_xyzt_units("mm", "sec")
    return mask


def make_bold(mask, n_samples=7, dtype=np.int16):
    rng = np.random.default_rng(1)
    return nibabel.Nifti1Image(
        rng.integers(0, 30000, (*mask.shape, n_samples)).astype(dtype), mask.affine
    )


@pytest.mark.parametrize("codes", [(1, 1), (3, 3), (0, 4), (1, 0), (0, 0), (2, 4)])
@pytest.mark.parametrize("image", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_acceptance_4_round_trip_keeps_affine_and_header_codes(tmp_path, codes, image):
    mask = make_mask(image=image, codes=codes)
    path = tmp_path / "mask.nii.gz"
    nibabel.save(mask, path)
    stored = nibabel.load(path)
    values = np.random.default_rng(0).standard_normal(int(mask.get_fdata().sum()))
    nibabel.save(fitting.voxels_to_nifti(values, path), tmp_path / "map.nii.gz")
    back = nibabel.load(tmp_path / "map.nii.gz")
    assert type(back) is type(mask)
    np.testing.assert_array_equal(back.affine, stored.affine)
    np.testing.assert_array_equal(back.get_qform(), stored.get_qform())
    np.testing.assert_array_equal(back.get_sform(), stored.get_sform())
    for code in ("qform_code", "sform_code", "xyzt_units"):
        assert back.header[code] == stored.header[code]
    np.testing.assert_array_equal(back.header["pixdim"][:4], stored.header["pixdim"][:4])
    assert back.get_data_dtype() == np.float32
    inside = mask.get_fdata() == 1
    np.testing.assert_array_equal(back.get_fdata()[inside], values.astype(np.float32))
    assert np.isnan(back.get_fdata()[~inside]).all()
    np.testing.assert_array_equal(
        fitting.read_voxels(tmp_path / "map.nii.gz", path), values.astype(np.float32)[None]
    )


def test_several_maps_are_volumes():
    mask = make_mask()
    values = np.random.default_rng(0).random((3, int(mask.get_fdata().sum())), np.float32)
    image = fitting.voxels_to_nifti(values, mask)
    assert image.shape == (*mask.shape, 3)
    np.testing.assert_array_equal(fitting.read_voxels(image, mask), values)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("slope", [1.0, 0.37])
def test_voxels_equal_those_of_nilearn(tmp_path, suffix, slope):
    mask = make_mask()
    bold = make_bold(mask)
    bold.header.set_slope_inter(slope, 2.0)
    path = tmp_path / f"bold{suffix}"
    nibabel.save(bold, path)
    theirs = NiftiMasker(mask, standardize=None, dtype="float32").fit_transform(str(path))
    ours = fitting.read_voxels(path, mask)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_real_volumes_equal_those_of_nilearn(data_root):
    folder = data_root / "neural/haxby2001_mini"
    bold, mask = folder / "run01_bold_25mm.nii.gz", folder / "mask25mm_brain.nii.gz"
    ours = fitting.read_voxels(bold, mask)
    assert ours.shape == (121, 129)
    theirs = NiftiMasker(str(mask), standardize=None, dtype="float32").fit_transform(str(bold))
    np.testing.assert_array_equal(ours, theirs)
    again = fitting.voxels_to_nifti(ours, mask)
    inside = nibabel.load(mask).get_fdata() == 1
    np.testing.assert_array_equal(again.get_fdata()[inside], nibabel.load(bold).get_fdata()[inside])
    np.testing.assert_array_equal(again.affine, nibabel.load(bold).affine)
    with pytest.raises(ValueError, match=r"mask=image.6, 10, 10. holds values other than 0 and 1"):
        fitting.read_voxels(bold, folder / "mask25mm_hoc.nii.gz")
    with pytest.raises(ValueError, match=r"is not on the grid of the mask, which is .6, 10, 10."):
        fitting.read_voxels(folder / "run01_bold_1slice.nii.gz", mask)


def test_progress_is_shown(capsys):
    mask = make_mask()
    fitting.read_voxels(make_bold(mask), mask, progress=True)
    assert "read_voxels" in capsys.readouterr().err


def test_another_affine_is_refused():
    mask = make_mask()
    bold = make_bold(mask)
    moved = mask.affine.copy()
    moved[0, 3] += 2.0
    with pytest.raises(ValueError, match=r"image=.* has another affine .* up to 2 mm apart"):
        fitting.read_voxels(nibabel.Nifti1Image(bold.dataobj, moved), mask)
    stretched = mask.affine @ np.diag([1, 1, 1.02, 1])
    with pytest.raises(ValueError, match=r"up to 0\.13\d mm apart; expected one grid. Resample"):
        fitting.read_voxels(nibabel.Nifti1Image(bold.dataobj, stretched), mask)
    # the rounding of an affine in a header is no mismatch
    fitting.read_voxels(nibabel.Nifti1Image(bold.dataobj, mask.affine + 1e-5), mask)


def test_bad_images_are_refused(tmp_path):
    mask = make_mask()
    bold, n_voxels = make_bold(mask), int(mask.get_fdata().sum())
    like = {"affine": mask.affine}
    with pytest.raises(ValueError, match=r"is empty; expected"):
        fitting.read_voxels(bold, nibabel.Nifti1Image(np.zeros(mask.shape, "uint8"), **like))
    with pytest.raises(ValueError, match=r"holds values other than 0 and 1"):
        fitting.voxels_to_nifti([1.0], nibabel.Nifti1Image(np.full(mask.shape, 0.3), **like))
    with pytest.raises(ValueError, match=r"mask=image.* has 4 dimensions"):
        fitting.read_voxels(bold, bold)
    with pytest.raises(ValueError, match=r"image=image\(6, 5\) has 2 dimensions"):
        fitting.read_voxels(nibabel.Nifti1Image(np.zeros((6, 5)), np.eye(4)), mask)
    with pytest.raises(TypeError, match=r"mask=ndarray is no NIfTI image"):
        fitting.read_voxels(bold, np.ones(mask.shape))
    with pytest.raises(TypeError, match=r"image=MGHImage is no NIfTI image"):
        fitting.read_voxels(nibabel.MGHImage(np.zeros(mask.shape, "float32"), np.eye(4)), mask)
    with pytest.raises(FileNotFoundError):
        fitting.read_voxels(tmp_path / "none.nii", mask)
    with pytest.raises(ValueError, match=f"does not match the mask, which has {n_voxels} voxels"):
        fitting.voxels_to_nifti(np.zeros(n_voxels + 1), mask)
    holed = np.array(bold.dataobj, np.float32)
    holed[mask.get_fdata() == 1] = np.nan
    with pytest.raises(ValueError, match=f"holds NaN or infinity in {n_voxels} voxels of the mask"):
        fitting.read_voxels(nibabel.Nifti1Image(holed, mask.affine), mask)
