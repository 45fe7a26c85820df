"""What the network makes of a uniform window: the frame that a display is set into."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from .convolution import RectifiedConvolution
from .eccentric_pool import Box, EccentricPool2d
from .network import TwoStream

__all__ = ["Frame", "Surround", "surround"]

Layer = RectifiedConvolution | EccentricPool2d

#: Stride of the maps that are compared: a smaller window has the same rows near its borders if
#: its side leaves the same remainder.
_STRIDE = 16
#: Displays of two kinds in turn are common, of more rare; those of 1358 px take 0.3 GB each.
_N_KEPT = 2


class Frame:
    """A map of a uniform window: all of it, or its borders and one point that stands for the rest.

    Parameters
    ----------
    values
        (1, C, s, s) of a window that may be smaller than the one it stands for.
    n
        Side of the map that it stands for.

    Examples
    --------
    >>> Frame(torch.arange(9.0).reshape(1, 1, 3, 3), n=5).part((1, 5, 2, 4))[0, 0].tolist()
    [[4.0, 4.0], [4.0, 4.0], [4.0, 4.0], [7.0, 7.0]]
    """

    def __init__(self, values: Tensor, n: int) -> None:
        self.n = n
        self._values = values[0].permute(1, 2, 0).contiguous()
        s = values.shape[-1]
        index = torch.arange(n)
        # The first half, then the middle again and again, then the second half.
        self._index = index.clamp(max=s // 2).maximum(index - (n - s))

    def part(self, box: Box) -> Tensor:
        """A copy (1, C, h, w) of what lies in ``box``, in the channels-last layout."""
        rows, columns = self._index[box[0] : box[1]], self._index[box[2] : box[3]]
        # The batch axis first: torch tells the layout by the stride of that axis too.
        return self._values[rows[:, None], columns][None].permute(0, 3, 1, 2)

    def whole(self) -> Tensor:
        """A copy (1, C, n, n) of the whole map."""
        return self.part((0, self.n, 0, self.n))


@dataclass(frozen=True)
class Surround:
    """Frames of every layer of the search stream.

    Attributes
    ----------
    inputs
        Frame of the input of every step.
    branches
        For each tap, the frames from its own grid to the common one; the last is the map itself.
    """

    inputs: list[Frame]
    branches: dict[int, list[Frame]]


_kept: WeakKeyDictionary[TwoStream, OrderedDict[tuple, Surround]] = WeakKeyDictionary()


def surround(network: TwoStream, n: int, background: tuple[float, float, float]) -> Surround:
    """Return the frames of a window of n x n px of ``background``; the last two are kept.

    Examples
    --------
    >>> from neurosim.models.visual_search.config import EccNetConfig
    >>> from neurosim.models.visual_search.trunk_weights import random_weights
    >>> network = TwoStream(EccNetConfig(), random_weights(seed=0, channels=(2, 2, 2, 2, 2)))
    >>> surround(network, 200, (0, 0, 0)).branches[5][-1].whole().shape
    torch.Size([1, 2, 13, 13])
    """
    kept = _kept.setdefault(network, OrderedDict())
    key = (n, background)
    if key not in kept:
        kept[key] = _computed(network, n, background)
    kept.move_to_end(key)
    while len(kept) > _N_KEPT:
        kept.popitem(last=False)
    return kept[key]


@torch.no_grad()
def _computed(network: TwoStream, n: int, background: tuple[float, float, float]) -> Surround:
    small = min(n, _small_side(network) + n % _STRIDE)
    x = network.prepared(torch.tensor(background).expand(1, small, small, 3))
    inputs, branches = [], {}
    for layer, tap in network.steps():
        inputs.append(Frame(x, n))
        if isinstance(layer, EccentricPool2d) and layer.eta > 0:
            x = inputs[-1].whole()
        x, n = layer(x), layer.side(n)
        if tap is not None:
            branches[tap] = [Frame(x, n)]
            y, side = x, n
            for pool in network.onto_common_grid(tap):
                y, side = pool(y), pool.side(side)
                branches[tap].append(Frame(y, side))
    return Surround(inputs, branches)


def _small_side(network: TwoStream) -> int:
    """Side of a uniform window, px, that has every row of a larger one; a multiple of 16.

    Away from the borders every map of a uniform window is uniform, up to the first layer that
    knows where the centre is. Zero padding changes one more row on each side with every
    convolution; a pool of window k makes ceil((rows + k) / stride) of them or fewer.
    """
    rows, stride, widest = 0, 1, 0
    for layer, _ in network.steps():
        if isinstance(layer, EccentricPool2d):
            if layer.eta > 0:
                break
            rows = -(-(rows + layer.rf_min) // layer.stride)
            stride *= layer.stride
        else:
            rows += 1
        widest = max(widest, rows * stride)
    # Two more rows of the last grid on each side: one for rounding up, one for the middle.
    return 2 * _STRIDE * (-(-widest // _STRIDE) + 2)
