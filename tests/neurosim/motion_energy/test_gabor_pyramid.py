"""Item 2: the Gabor pyramid equals the stored responses of the customary one."""

import numpy as np
import pytest
import torch

from neurosim.models.motion_energy.gabor_bank import PyramidGrid, build_bank, filter_table
from neurosim.models.motion_energy.gabor_features import gabor_pyramid

COLUMNS = {
    "centerh": "center_h",
    "centerv": "center_v",
    "direction": "label",
    "spatial_freq": "sf",
    "spatial_env": "spatial_env",
    "temporal_freq": "tf",
    "temporal_env": "temporal_env",
}


@pytest.fixture(scope="module")
def cached():
    return {}


@pytest.fixture
def reference(data_root):
    return np.load(data_root / "motion/pymoten_reference/pymoten_default_96x96x100_24fps.npz")


@pytest.fixture
def pyramid(reference, cached):
    if "pyramid" not in cached:
        cached["pyramid"] = gabor_pyramid(reference["stimulus"].astype(np.float64), 24.0)
    return cached["pyramid"]


def test_item_2_raw_responses(pyramid, reference):
    largest = max(np.abs(reference[f"raw_{part}"]).max() for part in ("sin", "cos"))
    for ours, part in ((pyramid.sine, "sin"), (pyramid.cosine, "cos")):
        assert np.abs(ours - reference[f"raw_{part}"]).max() <= 1e-5 * largest


def test_item_2_log_responses(pyramid, reference):
    assert pyramid.features.shape == (100, 1380)
    np.testing.assert_allclose(pyramid.features, reference["responses"], rtol=0, atol=1e-5)


def test_item_2_parameters_in_the_same_order(pyramid, reference):
    names = list(reference["parameter_names"])
    for theirs, ours in COLUMNS.items():
        expected = reference["parameters"][:, names.index(theirs)]
        np.testing.assert_allclose(getattr(pyramid.table, ours), expected, rtol=1e-12, atol=1e-12)


def test_item_2_kernels(data_root):
    stored = np.load(data_root / "motion/pymoten_reference/pymoten_kernels_96x96_24fps.npz")
    bank = build_bank(PyramidGrid(96, 96, 24.0))
    owner = [(crop, i) for crop in bank.crops for i in range(crop.kernels.shape[1] // 2)]
    for j in stored["ids"]:
        crop, i = owner[bank.spatial_index[j]]
        n = crop.kernels.shape[1] // 2
        kept = np.abs(stored[f"sp_sin_{j}"]) + np.abs(stored[f"sp_cos_{j}"]) > 1e-3
        for column, name, sign in ((i, "sin", bank.sign[j]), (i + n, "cos", 1)):
            full = np.zeros((96, 96))
            patch = full[crop.rows, crop.columns]
            patch[...] = sign * crop.kernels[:, column].reshape(patch.shape)
            expected = np.where(kept, stored[f"sp_{name}_{j}"], 0)
            np.testing.assert_allclose(full, expected, rtol=0, atol=1e-6)
        for kernels, name in ((bank.temporal_sine, "sin"), (bank.temporal_cosine, "cos")):
            ours = kernels[bank.temporal_index[j]]
            np.testing.assert_allclose(ours, stored[f"t_{name}_{j}"], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("grid", "n"),
    [
        (PyramidGrid(96, 96, 24.0), 1380),
        (PyramidGrid(144, 256, 24.0), 2530),
        (PyramidGrid(96, 96, 24.0, sfs=(0.0, 2.0, 4.0, 8.0, 16.0, 32.0)), 6555),
    ],
)
def test_number_of_filters(grid, n):
    assert len(filter_table(grid).sf) == n


@pytest.mark.parametrize("direction", [0, 90, 225])
def test_physical_direction_is_opposite_to_the_label(direction):
    d = np.deg2rad(direction)
    x, y = np.arange(96) / 95, -np.arange(96)[:, None] / 95
    t = np.arange(24)[:, None, None] / 24
    movie = 0.5 * np.cos(2 * np.pi * (8 * (x * np.cos(d) + y * np.sin(d)) - 4 * t))
    pyramid = gabor_pyramid(movie)
    best = pyramid.parameters().iloc[pyramid.features[12].argmax()]
    assert (best.sf, best.tf) == (8, 4)
    assert (best.label, best.physical_direction) == ((direction + 180) % 360, direction)


def test_blocks_of_a_long_movie_change_nothing(monkeypatch):
    movie = np.random.default_rng(0).random((40, 40, 48))
    whole = gabor_pyramid(movie).features
    monkeypatch.setattr("neurosim.models.motion_energy.gabor_features._BLOCK", 7)
    np.testing.assert_allclose(gabor_pyramid(movie).features, whole, rtol=0, atol=1e-9)


def test_kind_and_dtype_are_kept():
    movie = np.random.default_rng(0).random((3, 40, 40))
    array = gabor_pyramid(movie).features
    assert array.dtype == np.float64
    single = gabor_pyramid(movie.astype(np.float32)).features
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, array, rtol=0, atol=1e-4)
    tensor = gabor_pyramid(torch.as_tensor(movie, dtype=torch.float32)).features
    assert isinstance(tensor, torch.Tensor)
    assert tensor.dtype == torch.float32


MOVIE = np.zeros((4, 48, 48))


@pytest.mark.parametrize(
    ("video", "options", "message"),
    [
        (MOVIE[0], {}, r"video=.* has 2 axes; expected \(T, H, W\)"),
        (MOVIE[:0], {}, r"is empty"),
        (MOVIE + np.nan, {}, r"9216 values that are NaN or infinite"),
        (MOVIE, {"fps": 0}, r"fps=0 leaves no temporal window"),
        (MOVIE, {"fps": np.nan}, r"fps=nan leaves"),
        (MOVIE, {"sfs": (30,)}, r"sfs=\(30\.0,\) lie outside .* expected 0 <= value < 23\.5"),
        (MOVIE, {"sfs": (0,)}, r"sfs=\(0\.0,\) have no carrier"),
        (MOVIE, {"tfs": (12,)}, r"tfs=\(12\.0,\) lie outside"),
        (MOVIE, {"tfs": ()}, r"tfs=\(\) lie outside"),
        (MOVIE, {"directions": (360,)}, r"directions=\(360\.0,\) are not all angles"),
    ],
)
def test_item_15_bad_values(video, options, message):
    with pytest.raises(ValueError, match=rf"^gabor_pyramid: .*{message}"):
        gabor_pyramid(video, **options)


@pytest.mark.parametrize("video", [MOVIE.astype(np.uint8), torch.zeros(1, 48, 48).int(), [[1.0]]])
def test_item_15_bad_kinds(video):
    with pytest.raises(TypeError, match=r"^gabor_pyramid: video="):
        gabor_pyramid(video)
