"""The brains that the experiments on scenes compare, and the worlds that they live in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from neurosim.errors import refusal
from neurosim.model import Decoder
from neurosim.models.tensor_brain import SceneBrainConfig, SeeingBrain, TensorBrainModel
from neurosim.models.tensor_brain.scene_evaluation import visibility_table
from neurosim.models.tensor_brain.trained_brains import trained_brain
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd

#: How a brain decodes, to the variant that is trained and what it feeds back.
DECODERS = {
    "P-Direct": ("direct", "none"),
    "context": ("context", "none"),
    "P-SA": ("brain", "attention"),
    "P-Samp": ("brain", "argmax"),
}
#: What they are called in figures, and how they are drawn: colour, marker, line.
STYLES = {
    "P-Direct": ("each window alone", GREY, "s", ":"),
    "context": ("context, no feedback", ORANGE, "^", "--"),
    "P-SA": ("context and feedback", BLUE, "o", "-"),
    "P-Samp": ("the same, winner fed back", BLUE, "x", "-."),
}
N_WORLDS = {"quick": 1, "full": 3}


def world_configs(model: Decoder, effort: str) -> list[SceneBrainConfig]:
    """Return the configuration of the model, and for full effort those of two more worlds.

    Raises
    ------
    TypeError
        If the model is no `TensorBrainModel` that sees scene vectors and feeds back.

    Examples
    --------
    >>> import neurosim
    >>> [c.seed for c in world_configs(neurosim.load("tensor_brain"), "full")]
    [0, 1, 2]
    """
    config = getattr(model, "config", None)
    if not (
        isinstance(model, TensorBrainModel)
        and (config.senses, config.variant) == ("vectors", "brain")
    ):
        raise TypeError(
            refusal(
                "run",
                "model",
                model,
                "has no world of scene vectors with controls",
                "a TensorBrainModel with senses='vectors' and variant='brain'",
                "Use neurosim.load('tensor_brain')",
            )
        )
    return [replace(config, seed=config.seed + k) for k in range(N_WORLDS[effort])]


def brain_of(model: TensorBrainModel, config: SceneBrainConfig, variant: str) -> SeeingBrain:
    """Return the model's own brain for its own world; else a brain that is trained for it."""
    if config == model.config and variant == "brain":
        return model.seeing
    return trained_brain(replace(config, variant=variant, weights=None))


def decoder_tables(
    model: TensorBrainModel,
    effort: str,
    seed: int,
    *,
    n_scenes: int,
    so: tuple[float, ...],
    sp: tuple[float, ...],
    splits: tuple[str, ...] = ("known",),
) -> pd.DataFrame:
    """Return how well the four decoders decode, with columns ``world`` and ``decoder``."""
    import pandas as pd

    tables = []
    for config in world_configs(model, effort):
        for decoder, (variant, feedback) in DECODERS.items():
            seeing = brain_of(model, config, variant)
            for split in splits:
                table = visibility_table(
                    seeing,
                    n_scenes=n_scenes,
                    split=split,
                    so=so,
                    sp=sp,
                    feedback=feedback,
                    seed=seed,
                )
                tables.append(table.assign(world=config.seed, decoder=decoder))
    return pd.concat(tables, ignore_index=True)
