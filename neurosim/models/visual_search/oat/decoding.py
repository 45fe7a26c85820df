"""Writing a path: one item after the other, until the network says END."""

from __future__ import annotations

import numpy as np
import torch

from neurosim.models.visual_search.oat.batch import START, side_by_side
from neurosim.models.visual_search.oat.item_display import ItemDisplay
from neurosim.models.visual_search.oat.network import OAT


def decode(
    network: OAT, display: ItemDisplay, draw: np.random.Generator | None = None
) -> list[int]:
    """Return the items that are fixated, one or more.

    Parameters
    ----------
    network
        In evaluation mode.
    display
        Its items.
    draw
        Each item is drawn with its probability; None takes the most probable one.

    Examples
    --------
    >>> import stimuli
    >>> from neurosim.models.visual_search.oat.config import OATConfig
    >>> from neurosim.models.visual_search.oat.item_display import item_display
    >>> display = stimuli.search_array(task="homo_t0", set_size=4)
    >>> network = OAT(OATConfig(weights=None, longest=3)).eval()
    >>> len(decode(network, item_display(display, crop=24, n_places=24))) <= 3
    True
    """
    items, end = side_by_side([display]), display.n_items
    path: list[int] = []
    with torch.no_grad():
        encoded, tokens = network.encode(items)
        while len(path) < network.config.longest:
            seen = torch.tensor([[START, *path]])
            logits = network.after(items, encoded, tokens, seen)[0, -1, : end + 1]
            chosen = _chosen(logits.double().numpy(), draw)
            if chosen == end:
                break
            path.append(chosen)
    return path


def _chosen(logits: np.ndarray, draw: np.random.Generator | None) -> int:
    if draw is None:
        return int(logits.argmax())
    p = np.exp(logits - logits.max())
    return int(draw.choice(len(p), p=p / p.sum()))
