"""MNIST joins the experiment on classes where the user has its files."""

import gzip
import struct

import numpy as np
import pytest

from neurosim.experiments.digit_images import small_digits, users_mnist

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@pytest.fixture
def arrays():
    """30 training and 20 test images: a bar whose height is the class."""
    found = []
    for n in (30, 20):
        labels = (np.arange(n) % 10).astype(np.uint8)
        images = np.zeros((n, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4 : 8 + 2 * label, 10:16] = 255
        found += [images, labels]
    return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    return tmp_path / "mnist"


def write_npz(folder, arrays, **changed):
    keys = ("x_train", "y_train", "x_test", "y_test")
    np.savez(folder / "mnist.npz", **{**dict(zip(keys, arrays, strict=True)), **changed})


def idx_bytes(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def assert_is_the_set(images):
    assert images.train.shape == (20, 28, 28)
    assert images.train.dtype == bool
    assert np.bincount(images.train_labels).tolist() == [2] * 10
    assert images.test.shape == (15, 28, 28)
    assert images.test_labels.tolist() == [i % 10 for i in range(15)]
    # A skeleton of a bar 6 pixels wide is a line.
    assert (images.train.sum(axis=(1, 2)) < 40).all()
    assert images.train.any(axis=(1, 2)).all()


def test_an_archive_is_read(folder, arrays):
    write_npz(folder, arrays)
    assert_is_the_set(users_mnist(n_of_class=2, n_test=15))


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_the_published_files_are_read(folder, arrays, ending):
    for name, array in zip(NAMES, arrays, strict=True):
        data = idx_bytes(array)
        (folder / f"{name}{ending}").write_bytes(gzip.compress(data) if ending else data)
    assert_is_the_set(users_mnist(n_of_class=2, n_test=15))


def test_without_the_files_there_is_no_mnist(tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROSIM_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert users_mnist() is None


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"x_train": np.zeros((30, 14, 14), np.uint8)}, r"has images \(30, 14, 14\)"),
        ({"x_train": np.zeros((30, 28, 28))}, "float64; expected .* uint8, 0 to 255"),
        ({"y_train": np.zeros(29, np.uint8)}, r"has labels \(29,\)"),
        ({"y_test": np.full(20, 10, np.uint8)}, "one of 0 to 9 for each image"),
    ],
)
def test_another_archive_is_refused(folder, arrays, changed, text):
    write_npz(folder, arrays, **changed)
    with pytest.raises(ValueError, match=text):
        users_mnist()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "is not there; expected mnist.npz, or the four published files"),
        (b"", "is no whole array of bytes"),
        (b"\0\0\x08\x01\0\0\0\x05abc", "is no whole array of bytes"),
        (b"<html>not found</html>", "is no whole array of bytes"),
    ],
)
def test_damaged_files_are_refused(folder, arrays, data, text):
    for name, array in zip(NAMES, arrays, strict=True):
        (folder / name).write_bytes(idx_bytes(array))
    (folder / NAMES[3]).unlink()
    if data is not None:
        (folder / NAMES[3]).write_bytes(data)
    with pytest.raises(ValueError, match=text):
        users_mnist()


def test_a_damaged_zipped_file_is_refused(folder, arrays):
    for name, array in zip(NAMES, arrays, strict=True):
        (folder / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(array))[:-20])
    with pytest.raises(ValueError, match="cannot be read"):
        users_mnist()


def test_small_digits_are_split_in_halves():
    """Acceptance 9: 898 and 899 images, about a third of the pixels on."""
    images = small_digits()
    assert (len(images.train), len(images.test)) == (898, 899)
    assert 0.30 < images.train.mean() < 0.36
    assert np.bincount(images.train_labels).min() >= 85
