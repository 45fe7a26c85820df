"""Pairs of classes never seen together: an explicit prior of low rank knows what they do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from neurosim.experiments.check import Check
from neurosim.experiments.decoded_scenes import brain_of, world_configs
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Decoder
from neurosim.models.tensor_brain import SceneBrainConfig, SeeingBrain
from neurosim.models.tensor_brain.scene_diet import SceneDiet
from neurosim.models.tensor_brain.scene_evaluation import decode_windows, ideal_prior
from neurosim.models.tensor_brain.scene_prior import class_law, decide_with_law, predicate_rate
from neurosim.palette import BLUE, GREY, ORANGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_SOURCE = "Baier, Ma & Tresp 2017, ISWC; bound from own measurement"
_SP = (0.0, 0.15, 0.3, 0.5)
_N_SCENES = 400
_STYLES = {
    "each window alone": (GREY, "s", ":"),
    "with RESCAL prior": (BLUE, "o", "-"),
    "with the true law": ("black", "", "--"),
    "brain with feedback": (ORANGE, "^", "-."),
}
_SPLITS = {
    "zero_shot": "pairs never seen together",
    "known": "known pairs",
    "novel": "novel entities",
}


@experiment(
    "zero_shot_prior",
    model="tensor_brain",
    claim="a tensor of low rank fitted to what was seen tells relations of pairs that never were",
    source="Baier, Ma & Tresp 2017, ISWC",
    capability=Decoder,
)
def perform(model: Decoder, effort: str, seed: int) -> ExperimentResult:
    """Withhold 10 of 64 ordered pairs of classes, and decode their relations with and without it.

    The controls are trained in the world with withheld pairs, and at full effort in three such
    worlds, where the brain with feedback is trained as well.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("zero_shot_prior")
    >>> result.checks[0].value > 0
    True
    """
    import pandas as pd

    tables = []
    for config in world_configs(model, effort):
        config = replace(config, withheld="pairs", weights=None)
        direct = brain_of(model, config, "direct")
        brain = brain_of(model, config, "brain") if effort == "full" else None
        tables.append(zero_shot_table(direct, config, seed, brain))
    table = pd.concat(tables, ignore_index=True)
    return ExperimentResult(
        name="zero_shot_prior",
        model=model.name,
        table=table,
        checks=tuple(_checks(table)),
        reference="Baier, Ma & Tresp (2017) combine a visual detector with a model of triples and "
        "decode relations of pairs that training never showed. A context that was trained on the "
        "same scenes has learned that such pairs do not occur, and does worse than the eyes alone "
        "where the relation is clear.",
        draw=_draw,
    )


def zero_shot_table(
    direct: SeeingBrain, config: SceneBrainConfig, seed: int, brain: SeeingBrain | None = None
) -> pd.DataFrame:
    """Return accuracies of the predicate by split, visibility and decoder.

    Decoder "RESCAL alone" and "true law alone" have no visibility: they see classes only.
    """
    import pandas as pd

    world = config.world()
    seen = SceneDiet(world, config.n_scenes, config.n_episodes).records
    laws = {"with RESCAL prior": class_law(world, seen, seed=seed), "with the true law": world.law}
    rate = predicate_rate(world, seen)
    basic, rows = world.entities["basic"], []
    for split in _SPLITS:
        records = world.scenes(_N_SCENES, split)
        true = records["p"]
        for sp in _SP:
            windows = world.features(records, so=0.9, sp=sp, draw=f"test {seed}")
            found = decode_windows(direct, windows)
            guesses = {"each window alone": found.probabilities["predicate"].numpy()}
            guesses |= {name: decide_with_law(found, law, rate) for name, law in laws.items()}
            if brain is not None:
                decoded = decode_windows(brain, windows).probabilities["predicate"]
                guesses["brain with feedback"] = decoded.numpy()
            for name, chance in guesses.items():
                rows.append((split, sp, name, (chance.argmax(axis=1) == true).mean()))
        for name, chance in (
            ("true law alone", ideal_prior(world, records)),
            (
                "RESCAL alone",
                laws["with RESCAL prior"][basic[records["s"]], :, basic[records["o"]]],
            ),
        ):
            rows.append((split, float("nan"), name, (chance.argmax(axis=1) == true).mean()))
    table = pd.DataFrame(rows, columns=["split", "sp", "decoder", "accuracy"])
    counts = {split: len(world.scenes(_N_SCENES, split)) for split in _SPLITS}
    return table.assign(n=table["split"].map(counts), world=config.seed)


def mean_accuracy(table: pd.DataFrame, decoder: str, sp: float | None = None) -> float:
    """Return the percentage of right predicates of withheld pairs, mean over the worlds."""
    rows = table[(table["split"] == "zero_shot") & (table["decoder"] == decoder)]
    rows = rows if sp is None else rows[rows["sp"] == sp]
    return 100 * rows["accuracy"].mean()


def _checks(table: pd.DataFrame) -> list[Check]:
    alone, rescal, law = (
        {sp: mean_accuracy(table, name, sp) for sp in _SP}
        for name in ("each window alone", "with RESCAL prior", "with the true law")
    )
    return [
        Check.at_least(
            "withheld pairs, faint relation (sp 0.15): gain by the prior",
            rescal[0.15] - alone[0.15],
            15,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_least(
            "the same, with the fitted prior minus with the true law",
            rescal[0.15] - law[0.15],
            -5,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_most(
            "withheld pairs, clear relation (sp 0.5): loss by the prior",
            alone[0.5] - rescal[0.5],
            3,
            unit="%",
            source=_SOURCE,
        ),
        Check.at_least(
            "withheld pairs: RESCAL alone minus the true law alone",
            mean_accuracy(table, "RESCAL alone") - mean_accuracy(table, "true law alone"),
            -5,
            unit="%",
            source=_SOURCE,
        ),
    ]


def _draw(result: ExperimentResult) -> Figure:
    import matplotlib.pyplot as plt

    table = result.table
    worlds = table["world"].nunique()
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.2), sharey=True, layout="constrained")
    for ax, (split, title) in zip(axes, _SPLITS.items(), strict=True):
        of_split = table[table["split"] == split]
        for decoder, (color, marker, line) in _STYLES.items():
            rows = of_split[of_split["decoder"] == decoder]
            if rows.empty:
                continue
            mean = 100 * rows.groupby("sp")["accuracy"].mean()
            ax.plot(mean.index, mean, line, marker=marker, color=color, label=decoder)
            points = {"marker": marker, "ms": 4, "linestyle": "none"}
            ax.plot(rows["sp"], 100 * rows["accuracy"], color=color, alpha=0.35, **points)
        ax.axhline(100 / 8, color="black", linewidth=0.8)
        n = of_split.groupby("world")["n"].first().sum()
        ax.set(
            xlabel="visibility of the relation (sp)",
            ylim=(0, 100),
            title=f"{title}\nn = {n} records, {worlds} world{'s' * (worlds > 1)}",
        )
    axes[0].set_ylabel("predicates right (%)")
    axes[-1].annotate("chance", (0.5, 12.5), (0, 3), textcoords="offset points", ha="right")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return figure
