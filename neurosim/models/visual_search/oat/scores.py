"""How like eccNET's are the paths of the decoder, and those of simple orders?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from neurosim.models.visual_search.oat.decoding import decode
from neurosim.models.visual_search.oat.item_display import ItemDisplay, item_display
from neurosim.models.visual_search.oat.network import OAT
from neurosim.models.visual_search.oat.simple_orders import (
    UsualPlaces,
    nearest_first,
    random_of_length,
    random_order,
)
from neurosim.models.visual_search.oat.stored_paths import StoredPath

if TYPE_CHECKING:
    import pandas as pd

N_DRAWS = 100  # of the random order, and sampled paths of a display
Paths = list[list[int]]


def prepared(paths: Sequence[StoredPath], network: OAT) -> list[ItemDisplay]:
    """Draw the displays of stored paths, as the network sees them."""
    config = network.config
    return [
        item_display(path.display(), crop=config.crop, n_places=config.n_places) for path in paths
    ]


def agreement(made: Sequence[Sequence[int]], paths: Sequence[Sequence[int]]) -> float:
    """Return the mean sequence score of paths with those of eccNET, display by display.

    Examples
    --------
    >>> agreement([[1, 2], [3]], [[1, 2], [4, 3]])
    0.75
    """
    from fitting.psychophysics import sequence_score

    return float(np.mean([sequence_score(a, b) for a, b in zip(made, paths, strict=True)]))


def score_table(
    network: OAT,
    held_out: Sequence[StoredPath],
    training: Sequence[StoredPath],
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Score the decoder and simple orders on displays that none of them learned from.

    Parameters
    ----------
    network
        Trained.
    held_out
        What eccNET fixated in other displays.
    training
        What the network was taught, which ``usual places`` counts.
    n_draws
        Paths of a display where they are drawn.
    seed
        Of these draws.

    Returns
    -------
    table
        A row for each searcher and kind of display (``all``, then task and set size): ``n``
        displays, ``sequence_score`` in [0, 1] and its standard error over displays, ``delta``
        (`fitting.psychophysics.behaviour_delta` to eccNET, over those of found, length, search,
        refixation and revisit that eccNET has), the five themselves, ``within_1``, ``within_3``
        and ``within_6`` (fraction of searches that found the target within so many saccades).
        eccNET is deterministic: its own row is the ceiling. ``random, usual length`` draws how long
        a path is from those of training of its kind: what the decoder has above it is knowledge of
        the order, and not of when the target is reached.
    """
    import pandas as pd

    displays = prepared(held_out, network)
    made = _made_paths(network, displays, held_out, training, n_draws, seed)
    kinds = [path.kind for path in held_out]
    rows = []
    for kind in ("all", *dict.fromkeys(kinds)):
        of_kind = [i for i, one in enumerate(kinds) if kind in ("all", one)]
        for name, draws in made.items():
            row = _scores(draws, displays, [path.items for path in held_out], of_kind)
            rows.append({"searcher": name, "displays": kind} | row)
    return pd.DataFrame(rows)


def _made_paths(
    network: OAT,
    displays: list[ItemDisplay],
    held_out: Sequence[StoredPath],
    training: Sequence[StoredPath],
    n_draws: int,
    seed: int,
) -> dict[str, list[Paths]]:
    """Searcher to one list of paths a draw."""
    usual = UsualPlaces(prepared(training, network), [path.items for path in training])
    draw = np.random.default_rng(seed)
    usual_length = {
        kind: [len(path.items) for path in training if path.kind == kind] or [1]
        for kind in {path.kind for path in held_out}
    }
    middles = [np.array(path.display().frames.shape[1:3]) // 2 for path in held_out]
    return {
        "eccNET": [[list(path.items) for path in held_out]],
        "decoder": [[decode(network, display) for display in displays]],
        "decoder, sampled": [
            [decode(network, display, draw) for display in displays] for _ in range(n_draws)
        ],
        "usual places": [[usual.path(display) for display in displays]],
        "nearest first": [
            [nearest_first(d, middle) for d, middle in zip(displays, middles, strict=True)]
        ],
        "random order": [
            [random_order(display, draw) for display in displays] for _ in range(n_draws)
        ],
        "random, usual length": [
            [
                random_of_length(display, int(draw.choice(usual_length[path.kind])), draw)
                for display, path in zip(displays, held_out, strict=True)
            ]
            for _ in range(n_draws)
        ],
        "straight to the target": [[[display.target] for display in displays]],
    }


def _scores(
    draws: list[Paths],
    displays: list[ItemDisplay],
    paths: list[tuple[int, ...]],
    chosen: list[int],
) -> dict[str, float]:
    from fitting.psychophysics import (
        behaviour_delta,
        behaviour_profile,
        cumulative_performance,
        sequence_score,
    )

    each = [[sequence_score(made[i], paths[i]) for i in chosen] for made in draws]
    of_display = np.mean(each, axis=0)
    targets = [displays[i].target for i in chosen]
    everything = [made[i] for made in draws for i in chosen]
    profile = behaviour_profile(everything, targets * len(draws))
    reference = behaviour_profile([paths[i] for i in chosen], targets)
    had = [key for key, value in reference.items() if value > 0]
    n_saccades = [
        len(path) if path[-1] == target else -1
        for path, target in zip(everything, targets * len(draws), strict=True)
    ]
    within = cumulative_performance(n_saccades, n_max=6)
    return {
        "n": len(chosen),
        "sequence_score": float(of_display.mean()),
        "standard_error": float(of_display.std(ddof=1) / len(chosen) ** 0.5)
        if len(chosen) > 1
        else float("nan"),
        "delta": behaviour_delta({k: profile[k] for k in had}, {k: reference[k] for k in had}),
        **profile,
        **{f"within_{k}": float(within[k - 1]) for k in (1, 3, 6)},
    }
