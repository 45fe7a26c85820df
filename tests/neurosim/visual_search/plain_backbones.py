"""SqueezeNet 1.1 and EfficientNet-lite0 written down a second time, plainly, from their tables.

``pool(level, x)`` is called where the search has a pool or rings: level l has an input at stride
2**(l - 1). A forward pass gives for each tap its maps before and behind its own pool.
"""

import torch
from torch.nn import functional as F


def same(x, side, stride):
    """Zeros around x as TensorFlow adds them: the odd one at the bottom and the right."""
    for axis in (3, 2):
        n = x.shape[axis]
        n_out = (n + stride - 1) // stride
        total = max(0, (n_out - 1) * stride + side - n)
        zeros = [0, 0, 0, 0]
        zeros[2 * (3 - axis) : 2 * (3 - axis) + 2] = total // 2, total - total // 2
        x = F.pad(x, zeros)
    return x


def squeezenet(x, tensors, pool, padded=True):
    """Taps 3, 4 and 5; not ``padded`` is the first convolution as it was trained."""

    def conv(x, name, **options):
        return F.relu(F.conv2d(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"], **options))

    x = pool(2, conv(same(x, 3, 2) if padded else x, "conv1", stride=2))
    taps = []
    for fire in range(2, 10):
        small = conv(x, f"fire{fire}.squeeze1x1")
        left = conv(small, f"fire{fire}.expand1x1")
        right = conv(small, f"fire{fire}.expand3x3", padding=1)
        x = torch.cat([left, right], dim=1)
        if fire in (3, 5, 9):
            before, x = x, pool({3: 3, 5: 4, 9: 5}[fire], x)
            taps.append((before, x))
    return taps


# Stage, kernel, stride, blocks.
TABLE = [(1, 3, 1, 1), (2, 3, 2, 2), (3, 5, 2, 2), (4, 3, 2, 3), (5, 5, 1, 3), (6, 5, 2, 4)]
TABLE += [(7, 3, 1, 1)]


def efficientnet_lite0(x, tensors, pool):
    """Taps 3, 4 and 5 with the strides of the network, so that stage 7 is at stride 32."""

    def conv(x, name, side=1, stride=1, groups=1):
        kernel = tensors[f"{name}.conv.weight"]
        x = F.conv2d(same(x, side, stride), kernel, stride=stride, groups=groups)
        norm = [
            tensors[f"{name}.norm.{p}"] for p in ("running_mean", "running_var", "weight", "bias")
        ]
        return F.batch_norm(x, *norm, eps=1e-3)

    x = conv(x, "stem", 3, 2).clamp(0, 6)
    taps = []
    for stage, side, first_stride, n_blocks in TABLE:
        for block in range(1, n_blocks + 1):
            name, stride, given = f"stage{stage}_block{block}", 1, x
            if block == 1:
                stride = first_stride
            if stage > 1:
                x = conv(x, f"{name}.expand").clamp(0, 6)
            x = conv(x, f"{name}.depthwise", side, stride, groups=x.shape[1]).clamp(0, 6)
            x = conv(x, f"{name}.project")
            if block > 1:
                x = x + given
        before = x
        if stage in (2, 3, 5):
            x = pool({2: 3, 3: 4, 5: 5}[stage], x)
        if stage in (3, 5, 7):
            taps.append((before, x))
    return taps
