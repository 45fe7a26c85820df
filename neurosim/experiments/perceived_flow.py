"""Perceived motion: where people differ from the truth, and whether published programs do so too.

No model is run and no movie is needed: the vectors that people set, the true ones, and the stored
predictions of published programs are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurosim import datasets
from neurosim.datasets import FlowDataset
from neurosim.experiments.check import Check
from neurosim.experiments.perceived_flow_figure import draw
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.flow_score import score_flow

if TYPE_CHECKING:
    import pandas as pd

_SINTEL = "recomputed from the vectors of Yang, Fukiage, Sun & Nishida 2023"
_HUPERFLOW = "recomputed from the tables of HuPerFlow (Yang et al. 2025)"
_SECOND_ORDER = "recomputed from the tables and stored predictions of Sun et al. 2025"


@experiment(
    "perceived_flow",
    model=None,
    claim="people see fast motion slower than it is, and err alike; "
    "the best stored program agrees with them about the truth, hardly about the errors",
    source="Yang et al. 2023, 2025; Sun et al. 2025: their data, recomputed",
)
def perform(model: None, effort: str, seed: int) -> ExperimentResult:
    """Hold people against the truth, against one another, and stored predictions against people."""
    import pandas as pd

    sintel, huperflow, second_order = (
        datasets.load(name) for name in ("sintel_perceived", "huperflow", "second_order_human")
    )
    n_bootstrap = {"quick": 100, "full": 1000}[effort]
    tables = [
        _people_against_truth(sintel, "all", n_bootstrap, seed),
        *(
            _people_against_truth(huperflow.select(source=s), s, n_bootstrap, seed)
            for s in dict.fromkeys(huperflow.points["source"])
        ),
    ]
    for k in np.unique(second_order.points["modulation"]):
        part = second_order.select(modulation=k)
        tables.append(_people_against_truth(part, f"type {k}", n_bootstrap, seed))
        rows = score_flow(part.predictions, part, n_bootstrap=n_bootstrap, seed=seed)
        tables.append(rows.assign(part=f"type {k}"))
    table = pd.concat(tables, ignore_index=True)
    order = ["dataset", "part", "prediction", "measure", "value", "low", "high", "n"]
    return ExperimentResult(
        name="perceived_flow",
        model=None,
        table=table[order],
        checks=_checks(table),
        reference="People set the speed and direction that they saw at points of movies whose true "
        "motion is known: slow Sintel (180 points), HuPerFlow (2,400 points of ten data sets) and "
        "second-order motion (7 x 40 movies, 3 people). The partial correlation takes the truth "
        "out of people and program: what is left are shared errors. Programs that are held here "
        "answered for their authors; none was run.",
        draw=lambda result: draw(result, sintel, huperflow),
    )


def _people_against_truth(
    part: FlowDataset, name: str, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return the truth held against people, the slow bias, and how far people agree."""
    import fitting

    table = score_flow({"truth": part.truth}, part, n_bootstrap=n_bootstrap, seed=seed)
    table = table[table["value"].notna()]  # nothing of the truth is left beyond the truth
    people = [("speed_ratio", *_speed_ratio(part, n_bootstrap, seed))]
    turn = np.abs(direction_difference(part.human, part.truth))
    people.append(("direction_difference", float(np.median(turn)), np.nan, np.nan))
    if part.trials is not None:
        found = fitting.flow_reliability(part.trials, part.truth)
        people.append(("reliability_uv", found.uv, np.nan, np.nan))
    if part.participants is not None:
        r, partial = _between_people(part.participants, part.truth)
        people += [("r_uv", r, np.nan, np.nan), ("partial_uv", partial, np.nan, np.nan)]
    common = {"dataset": part.name, "prediction": "people", "n": len(part)}
    rows = [
        {**common, "measure": measure, "value": value, "low": low, "high": high}
        for measure, value, low, high in people
    ]
    import pandas as pd

    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True).assign(part=name)


def _speed_ratio(part: FlowDataset, n_bootstrap: int, seed: int) -> tuple[float, float, float]:
    """Return mean perceived over mean true speed, and its bootstrap interval over points."""
    seen, true = (np.linalg.norm(flow, axis=1) for flow in (part.human, part.truth))
    drawn = np.random.default_rng(seed).integers(0, len(seen), (n_bootstrap, len(seen)))
    ratios = seen[drawn].mean(axis=1) / true[drawn].mean(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(seen.mean() / true.mean()), float(low), float(high)


def _between_people(participants: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return r, and partial r given the truth, of one person with the others: mean over people."""
    import fitting

    found = []
    for k, one in enumerate(participants):
        others = np.delete(participants, k, axis=0).mean(axis=0)
        partial = fitting.flow_partial_correlation(one, others, truth).uv
        found.append((fitting.flow_correlation(one, others).uv, partial))
    r, partial = np.mean(found, axis=0)
    return float(r), float(partial)


def direction_difference(flow: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return by how much (n, 2) vectors are turned from others, deg counter-clockwise on screen.

    Examples
    --------
    >>> direction_difference(np.array([[0.0, -1.0]]), np.array([[1.0, 0.0]]))
    array([90.])
    """
    cross = reference[:, 1] * flow[:, 0] - reference[:, 0] * flow[:, 1]  # v is positive down
    return np.degrees(np.arctan2(cross, (reference * flow).sum(axis=1)))


def _checks(table: pd.DataFrame) -> tuple[Check, ...]:
    def values(dataset: str, prediction: str, measure: str) -> np.ndarray:
        rows = (
            (table["dataset"] == dataset)
            & (table["prediction"] == prediction)
            & (table["measure"] == measure)
        )
        return table.loc[rows, "value"].to_numpy()

    sintel, huperflow, second = "sintel_perceived", "huperflow", "second_order_human"
    people = values(second, "people", "partial_uv").mean()
    checks = [
        Check.at_least(
            "slow Sintel: r of people with the truth, 360 components",
            values(sintel, "truth", "r_uv")[0],
            0.92,
            source=_SINTEL,
        ),
        Check.at_most(
            "slow Sintel: median turn of the perceived direction, 180 points",
            values(sintel, "people", "direction_difference")[0],
            10.5,
            unit="deg",
            source=_SINTEL,
        ),
        Check.at_least(
            "slow Sintel: where motion is slow it is not seen slower, perceived / true speed",
            values(sintel, "people", "speed_ratio")[0],
            1.0,
            source=_SINTEL,
        ),
        Check.at_most(
            "HuPerFlow: fast motion is seen slower in each of ten sources, largest perceived / "
            "true speed",
            values(huperflow, "people", "speed_ratio").max(),
            0.9,
            source=_HUPERFLOW,
        ),
        Check.at_least(
            "HuPerFlow: what people see beside the truth is reliable, smallest split-half partial "
            "r of ten sources",
            values(huperflow, "people", "reliability_uv").min(),
            0.95,
            source=_HUPERFLOW,
        ),
        Check.at_least(
            "second-order motion: smallest r of people with the truth, seven types",
            values(second, "truth", "r_uv").min(),
            0.98,
            source=_SECOND_ORDER,
        ),
        Check.at_least(
            "dual pathway: smallest r with people, seven types",
            values(second, "dual_path", "r_uv").min(),
            0.9,
            source=_SECOND_ORDER,
        ),
    ]
    for name, words, limit in (
        ("raft", "RAFT", 0.45),
        ("ffv1mt", "FFV1MT", 0.13),
        ("single_path", "single pathway", 0.56),
    ):
        largest = values(second, name, "r_uv").max()
        claim = f"{words}, not built for such motion: largest r with people, seven types"
        checks.append(Check.at_most(claim, largest, limit, source=_SECOND_ORDER))
    checks.append(
        Check.at_most(
            "dual pathway shares fewer errors with people than a person does: mean partial r "
            f"given the truth, against that of one person with two others ({people:.2f})",
            values(second, "dual_path", "partial_uv").mean(),
            round(people, 2),
            source=_SECOND_ORDER,
        )
    )
    return tuple(checks)
