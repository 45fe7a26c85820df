"""Results on the brain: numbers in their place, missing voxels grey, units and n in the figure."""

import nibabel
import numpy as np
import pytest

import fitting


@pytest.fixture
def mapped():
    """A result with one undefined and one negative voxel, and its mask in MNI space."""
    affine = np.diag([20.0, 20, 20, 1])
    affine[:3, 3] = [-70, -100, -50]
    inside = np.zeros((8, 9, 6), np.uint8)
    inside[1:7, 1:8, 1:5] = 1
    mask = nibabel.Nifti1Image(inside, affine)
    r = np.linspace(-0.1, 0.8, int(inside.sum()))
    undefined = np.arange(len(r)) == 5
    r[undefined] = 0.0
    one = r[None]
    ceiling = np.full(len(r), 0.81)
    folds = np.array([[80, 20]])
    return fitting.EncodingResult(r, r**2, one, one**2, folds, undefined, ceiling), mask


def test_columns_become_images_and_undefined_voxels_are_missing(mapped):
    result, mask = mapped
    inside = mask.get_fdata() == 1
    for column, expected in (("r", result.r), ("r_over_sqrt", result.normalised)):
        image = result.to_nifti(mask, column)
        values = image.get_fdata()[inside]
        assert np.isnan(values[5])
        np.testing.assert_allclose(np.delete(values, 5), np.delete(expected, 5), rtol=1e-6)
        np.testing.assert_array_equal(image.affine, mask.affine)
    assert np.isfinite(result.to_nifti(mask, "r_sb").get_fdata()[inside]).all()


@pytest.mark.parametrize("name", ["plot_slices", "plot_glass", "plot_flat", "plot_surface"])
def test_figures_say_what_they_show_and_how_many(mapped, name):
    result, mask = mapped
    figure = getattr(result, name)(mask)
    assert figure.get_suptitle().startswith("167 of 168 voxels (1 undefined, grey)")
    bar = figure.axes[-1]
    assert bar.get_ylabel() == "prediction, Pearson r (held-out)"
    assert bar.get_ylim() == pytest.approx((-0.1, 0.8))
    figure = getattr(result, name)(mask, "r_over_sqrt")
    assert figure.axes[-1].get_ylabel() == "r / noise ceiling"
    figure.canvas.draw()


def test_slices_show_each_voxel_where_it_is(mapped):
    """Left is left, whichever way the file runs; the undefined voxel is grey."""
    result, mask = mapped
    shown = [ax.images[0].get_array() for ax in result.plot_slices(mask).axes if ax.images]
    assert len(shown) == 4
    assert shown[0].shape == (9, 8, 4)
    np.testing.assert_allclose(shown[0][0, 0], [0.92, 0.92, 0.92, 1])
    grey = [(np.abs(image - [0.55, 0.55, 0.55, 1]).max(axis=2) < 1e-9).sum() for image in shown]
    assert sum(grey) == 1
    order = np.argwhere(mask.get_fdata() == 1)
    x, y, z = order[5]
    np.testing.assert_allclose(shown[z - 1][y, x], [0.55, 0.55, 0.55, 1])
    # the same brain, stored from right to left
    turned = mask.affine @ np.array([[-1, 0, 0, 7], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    flipped = nibabel.Nifti1Image(np.asarray(mask.dataobj)[::-1], turned)
    back = result.to_nifti(mask).get_fdata()[::-1][flipped.get_fdata() == 1]
    mirrored = fitting.EncodingResult(
        np.nan_to_num(back),
        result.r2,
        result.r_folds,
        result.r2_folds,
        result.folds,
        np.isnan(back),
    )
    again = [ax.images[0].get_array() for ax in mirrored.plot_slices(flipped).axes if ax.images]
    np.testing.assert_allclose(again, shown, atol=1e-6)


def test_glass_brain_shows_the_largest_value_and_each_hemisphere_alone(mapped):
    result, mask = mapped
    figure = result.plot_glass(mask)
    left, front, right, top = (ax.images[0] for ax in figure.axes if ax.images)
    volume = result.to_nifti(mask).get_fdata()
    scale = left.get_figure().axes[-1]
    assert scale.get_ylim()[1] == pytest.approx(0.8)
    assert front.get_extent() == pytest.approx([-80, 80, -60, 60])
    assert top.get_extent() == pytest.approx([-80, 80, -110, 70])
    assert left.get_extent() == pytest.approx([-110, 70, -60, 60])
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    colour = colormaps["viridis"](Normalize(-0.1, 0.8)(np.nanmax(volume[:4, 3, 2])))
    np.testing.assert_allclose(left.get_array()[2, 3], colour, atol=0.01)
    colour = colormaps["viridis"](Normalize(-0.1, 0.8)(np.nanmax(volume[4:, 3, 2])))
    np.testing.assert_allclose(right.get_array()[2, 3], colour, atol=0.01)
    assert left.get_array()[0, 0, 3] == 0  # no voxel on this line: transparent


def test_what_cannot_be_drawn_is_refused(mapped):
    result, mask = mapped
    with pytest.raises(fitting.UnknownNameError, match="to_nifti: column='rr' is not known"):
        result.to_nifti(mask, "rr")
    small = nibabel.Nifti1Image(np.ones((2, 2, 2), np.uint8), mask.affine)
    for name in ("to_nifti", "plot_slices", "plot_glass", "plot_flat", "to_surface"):
        with pytest.raises(ValueError, match="does not match the mask, which has 8 voxels"):
            getattr(result, name)(small)
    far = mask.affine.copy()
    far[0, 3] = 500.0
    with pytest.raises(ValueError, match="has no voxel with a value on the cortex"):
        result.plot_flat(nibabel.Nifti1Image(mask.dataobj, far))
    with pytest.raises(ValueError, match=r"values=array.2, 168. is not one map"):
        fitting.voxels_to_surface(np.stack([result.r, result.r2]), mask)
    with pytest.raises(fitting.UnknownNameError, match="side='lh' is not known"):
        fitting.surface_to_gifti(np.zeros(10242), "lh")
    with pytest.raises(ValueError, match="is not one value a vertex of fsaverage5"):
        fitting.surface_to_gifti(np.zeros(5), "left")
    turn = np.array([[0.8, 0.6, 0, 0], [-0.6, 0.8, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    with pytest.raises(ValueError, match="is rotated against the axes of the brain"):
        result.plot_glass(nibabel.Nifti1Image(mask.dataobj, turn @ mask.affine))
    none = fitting.EncodingResult(
        result.r, result.r2, result.r_folds, result.r2_folds, result.folds, result.r < 2
    )
    with pytest.raises(ValueError, match="column='r' has no values"):
        none.plot_slices(mask)


def test_vertices_take_the_voxels_at_their_place(tmp_path):
    """A map of x, y or z in mm comes back as the coordinate of each vertex, in either storage."""
    from nilearn.datasets import fetch_surf_fsaverage
    from nilearn.surface import load_surf_mesh

    affine = np.diag([4.0, 4, 4, 1])
    affine[:3, 3] = [-90, -126, -72]
    inside = np.ones((46, 55, 46), np.uint8)
    flip = np.diag([-1.0, 1, 1, 1])
    flip[0, 3] = 45
    for stored in (affine, affine @ flip):
        mask = nibabel.Nifti1Image(inside, stored)
        place = np.argwhere(inside == 1) @ stored[:3, :3].T + stored[:3, 3]
        for axis in range(3):
            found = fitting.voxels_to_surface(place[:, axis], mask)
            for side in ("left", "right"):
                surfaces = fetch_surf_fsaverage("fsaverage5")
                middle = np.mean(
                    [
                        load_surf_mesh(surfaces[f"{kind}_{side}"]).coordinates
                        for kind in ("white", "pial")
                    ],
                    axis=0,
                )
                assert np.abs(found[side] - middle[:, axis]).max() <= 2.5  # half a voxel, and depth
    image = fitting.surface_to_gifti(found["left"], "left")
    nibabel.save(image, tmp_path / "z.func.gii")
    back = nibabel.load(tmp_path / "z.func.gii")
    assert back.meta["AnatomicalStructurePrimary"] == "CortexLeft"
    np.testing.assert_array_equal(back.agg_data(), found["left"].astype(np.float32))
