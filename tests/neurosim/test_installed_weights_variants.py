"""SqueezeNet and EfficientNet-lite0: names, shapes and preprocessing of the other backbones."""

import re

import numpy as np
import pytest

from neurosim.installed_weights import installed_weights, is_installed
from neurosim.installed_weights.named_sets import WEIGHT_SETS

SQUEEZENET, EFFICIENTNET = WEIGHT_SETS["squeezenet"], WEIGHT_SETS["efficientnet_lite0"]


def n_values(shapes):
    return sum(int(np.prod(shape)) for shape in shapes.values())


@pytest.mark.parametrize("wanted", [SQUEEZENET, EFFICIENTNET])
def test_every_tensor_has_its_name_in_the_file_and_its_checksum(wanted):
    (source,) = wanted.sources
    assert list(source.names) == list(wanted.shapes) == list(source.checksums)
    assert len(set(source.names.values())) == len(wanted.shapes)
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in source.checksums.values())
    assert len(set(source.checksums.values())) == len(wanted.shapes)


def test_squeezenet_is_version_1_1():
    """Its authors count 1,235,496 parameters, of which 513,000 are the classifier's."""
    assert n_values(SQUEEZENET.shapes) == 1_235_496 - 513_000
    assert SQUEEZENET.shapes["conv1.weight"] == (64, 3, 3, 3)
    assert SQUEEZENET.shapes["fire4.squeeze1x1.weight"] == (32, 128, 1, 1)
    assert SQUEEZENET.shapes["fire9.expand3x3.weight"] == (256, 64, 3, 3)
    assert SQUEEZENET.sources[0].names["fire9.expand3x3.bias"] == "fire9/expand3x3.bias"


def test_efficientnet_lite0_is_16_blocks():
    """Published: 4.7 million parameters; the head has 1,693,160 of them."""
    shapes = EFFICIENTNET.shapes
    learned = {name: shape for name, shape in shapes.items() if "running" not in name}
    assert round((n_values(learned) + 1_693_160) / 1e6, 1) == 4.7
    assert len([name for name in shapes if name.endswith("project.conv.weight")]) == 16
    assert len([name for name in shapes if name.endswith("expand.conv.weight")]) == 15
    assert shapes["stage3_block1.depthwise.conv.weight"] == (144, 1, 5, 5)
    assert shapes["stage7_block1.project.norm.running_var"] == (320,)
    names = EFFICIENTNET.sources[0].names
    assert names["stem.norm.bias"] == "_bn0.bias"
    assert names["stage2_block1.expand.norm.weight"] == "_blocks.1._bn0.weight"
    assert names["stage7_block1.project.conv.weight"] == "_blocks.15._project_conv.weight"


def test_preprocessing():
    grey = np.full((2, 2, 3), 191, np.float32)
    found = EFFICIENTNET.sources[0].preprocessing.apply(grey)
    assert found[:, 1, 1].tolist() == [0.5, 0.5, 0.5]
    found = SQUEEZENET.sources[0].preprocessing.apply(grey)[:, 1, 1]
    assert found.tolist() == pytest.approx([191 - 103.939, 191 - 116.779, 191 - 123.68], abs=1e-4)


@pytest.mark.parametrize("wanted", [SQUEEZENET, EFFICIENTNET])
def test_the_real_weights(wanted):
    if not is_installed(wanted.name):
        pytest.skip(
            f"{wanted.name} is not installed; `neurosim weights install {wanted.name}` or "
            "`make weights-variants`"
        )
    tensors, preprocessing = installed_weights(wanted.name)
    assert {n: tuple(t.shape) for n, t in tensors.items()} == dict(wanted.shapes)
    assert preprocessing == wanted.sources[0].preprocessing
    variances = [t for n, t in tensors.items() if n.endswith("running_var")]
    assert all((t >= 0).all() for t in variances)
    assert len(variances) == {"squeezenet": 0, "efficientnet_lite0": 48}[wanted.name]
