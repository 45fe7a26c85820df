"""Does the order matter in which two labels of one thing are decoded? It depends on the gates."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from neurosim.experiments.check import Check
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Decoder
from neurosim.models.tensor_brain import TensorBrain
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Tresp, Li, Harjes & Ma 2025, arXiv 2510.13894; own scenes"
#: Retain gate and feedback gate of the state.
_GATES = {"keep and add": (1.0, 1.0), "overwrite": (0.0, 1.0), "no feedback": (1.0, 0.0)}
_PAIRS = (("basic", "general"), ("basic", "color"), ("yo", "danger"))
_COLORS = {"keep and add": BLUE, "overwrite": ORANGE, "no feedback": GREY}


@experiment(
    "gate_order",
    model="tensor_brain",
    claim="labels fed back on top of the state leave it the same in either order; overwriting "
    "does not",
    source=_SOURCE,
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Decode two labels of the subject in both orders, under three settings of the gates.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.run("gate_order").holds
    True
    """
    import pandas as pd

    world = model.config.world()
    records = world.scenes({"quick": 100, "full": 1000}[effort], "known")
    windows = world.features(records, so=0.6, sp=0.5, draw=f"gates {seed}")
    # in double precision, so that a sum in another order is the same to 1e-12
    brain = deepcopy(model.brain).double()
    rows = []
    with torch.no_grad():
        q = brain.sense(torch.from_numpy(windows[:, 1]).double())
        for gates, (retain, feedback) in _GATES.items():
            for first, second in _PAIRS:
                one = joint(brain, q, first, second, retain, feedback)
                two = joint(brain, q, second, first, retain, feedback).transpose(1, 2)
                divergence = (one * (one.log() - two.log())).sum(dim=(1, 2))
                moved = _state_gap(brain, q, first, second, retain, feedback)
                rows.append((gates, f"{first}, {second}", divergence.mean().item(), moved))
    table = pd.DataFrame(rows, columns=["gates", "labels", "divergence", "state_gap"])
    table["n"] = len(records)
    return ExperimentResult(
        name="gate_order",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="In one window the feedback of several outcomes adds up, so that the state does "
        "not depend on their order; a state that is overwritten keeps the last one alone. What is "
        "decoded second depends on the first in both. Tresp et al. (2025) report a larger "
        "divergence between label orders for overwriting than for adding, on photographs.",
        draw=_draw,
    )


def joint(
    brain: TensorBrain, q: torch.Tensor, first: str, second: str, retain: float, feedback: float
) -> torch.Tensor:
    """Return P(a, b) = P(a | q) P(b | q after a), (n, size of first, size of second)."""
    ids = torch.as_tensor(brain.vocabulary.ids(first))
    after = brain.feed_back(
        q[:, None].expand(-1, len(ids), -1),
        ids.expand(len(q), -1),
        retain=retain,
        feedback=feedback,
    )
    return brain.probabilities(q, first)[..., None] * brain.probabilities(after, second)


def _state_gap(
    brain: TensorBrain, q: torch.Tensor, first: str, second: str, retain: float, feedback: float
) -> float:
    """Return the largest difference in the state after the same two outcomes, in either order."""
    a, b = (brain.probabilities(q, group).argmax(dim=-1) for group in (first, second))
    chosen = [
        torch.as_tensor(brain.vocabulary.ids(group))[k] for group, k in ((first, a), (second, b))
    ]
    ends = []
    for order in (chosen, chosen[::-1]):
        state = q
        for index in order:
            state = brain.feed_back(state, index, retain=retain, feedback=feedback)
        ends.append(state)
    return (ends[0] - ends[1]).abs().max().item()


def _checks(table: pd.DataFrame) -> list[Check]:
    gap = table.groupby("gates")["state_gap"].max()
    divergence = table.groupby("gates")["divergence"].mean()
    return [
        Check.at_most(
            "keep and add: difference of the states after both orders",
            gap["keep and add"],
            1e-12,
            source=_SOURCE,
        ),
        Check.at_least(
            "overwrite: difference of the states after both orders",
            gap["overwrite"],
            0.01,
            source=_SOURCE,
        ),
        Check.at_least(
            "divergence between orders, overwrite over keep and add",
            divergence["overwrite"] / divergence["keep and add"],
            1.0,
            source=_SOURCE,
        ),
        Check.at_most(
            "no feedback: divergence between orders",
            divergence["no feedback"],
            1e-12,
            unit="nats",
            source="own control",
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    pairs = list(dict.fromkeys(table["labels"]))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, column, label in (
        (left, "divergence", "divergence between the two orders (nats)"),
        (right, "state_gap", "largest difference of the states"),
    ):
        for k, gates in enumerate(_GATES):
            rows = table[table["gates"] == gates].set_index("labels").loc[pairs]
            place = np.arange(len(pairs)) + 0.27 * (k - 1)
            bars = ax.bar(place, rows[column], 0.25, color=_COLORS[gates], label=gates)
            ax.bar_label(bars, [f"{v:.2g}" if v > 1e-9 else "0" for v in rows[column]], fontsize=8)
        ax.set_xticks(range(len(pairs)), pairs)
        ax.set(xlabel="labels of the subject", ylabel=label)
        ax.margins(y=0.12)
    left.legend(frameon=False, title="gates")
    left.set_title(f"what is decoded, n = {table['n'].iloc[0]} records")
    right.set_title("state after the same two outcomes")
    return figure
