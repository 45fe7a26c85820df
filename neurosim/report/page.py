"""Run what is quick, and write ``index.html``."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import stimuli
from neurosim import datasets, experiments
from neurosim.errors import unknown_name
from neurosim.experiments import ExperimentResult
from neurosim.experiments.registry import EFFORTS
from neurosim.model import ModelEntry, entry, load
from neurosim.model import names as model_names
from neurosim.progress import bar
from neurosim.report.pictures import data_uri
from neurosim.score import ScoreTable, score
from stimuli.files.whole_files import write_whole
from stimuli.registry import FAMILIES

_METRIC = {"responses": "pls", "rdms": "rdm"}


@dataclass
class Scored:
    """The scores of all models on one data set, and the control with shuffled stimuli."""

    name: str
    metric: str
    simulated: bool
    citation: str
    absent: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    tables: list[ScoreTable] = field(default_factory=list)
    seconds: float = 0.0
    left_out: list[str] = field(default_factory=list)

    def picture(self) -> str:
        """Draw the models side by side on one scale."""
        import matplotlib.pyplot as plt

        n = len(self.tables)
        figure, axes = plt.subplots(
            1, n, figsize=(3.4 * n, 4), sharey=True, squeeze=False, layout="constrained"
        )
        for ax, table in zip(axes[0], self.tables, strict=True):
            table.plot(ax)
            ax.label_outer()
        return data_uri(figure)


@dataclass(frozen=True)
class ModelSection:
    """What the page says of one model."""

    entry: ModelEntry
    results: list[tuple[ExperimentResult, str]]

    @property
    def notes(self) -> list[str]:
        """What the reader has to know about the model that was run, once each."""
        return list(dict.fromkeys(result.note for result, _ in self.results if result.note))


@dataclass(frozen=True)
class LeftOut:
    """A model that is not scored since it is not trained; its ``repr`` says how to change that."""

    model: str


@dataclass(frozen=True)
class NotRun:
    """An experiment whose recordings or optional packages are not here, and what to do."""

    name: str
    reason: str


def write_report(
    folder: str | Path, *, effort: str = "quick", seed: int = 0, progress: bool = False
) -> Path:
    """Run every experiment on its model and score every model on every data set that is here.

    Parameters
    ----------
    folder
        Where ``index.html`` is written; made if need be.
    effort
        ``"quick"`` or ``"full"``; see ``neurosim.run``.
    seed
        Of every random draw.
    progress
        Draw a bar.

    Returns
    -------
    path
        The page. It holds its pictures and needs no other file and no network.

    Raises
    ------
    UnknownNameError
        If ``effort`` is another word.
    """
    from jinja2 import Environment

    if effort not in EFFORTS:
        raise unknown_name("report", "effort", effort, EFFORTS)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    done = bar(_work(effort, seed), _n_work(), progress, "report")
    results, not_run, scored = [], [], {}
    for item in done:
        if isinstance(item, ExperimentResult):
            results.append((item, data_uri(item.figure())))
        elif isinstance(item, NotRun):
            not_run.append(item)
        else:
            _add_scores(scored, *item)
    sections = [
        ModelSection(found, [r for r in results if r[0].model == found.name])
        for found in map(entry, model_names())
    ]
    pictures = {family: data_uri(stimuli.gallery(family)) for family in FAMILIES}
    template = resources.files("neurosim.report").joinpath("template.html").read_text("utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
    text = page.render(
        sections=sections,
        people=[r for r in results if r[0].model is None],
        behaviour=[datasets.info(name) for name in _of_kind("flow", "scanpaths")],
        not_run=not_run,
        scored=list(scored.values()),
        pictures=pictures,
        seconds=time.perf_counter() - started,
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        effort=effort,
        seed=seed,
    )
    return write_whole(folder / "index.html", lambda file: file.write(text.encode()))


def _n_work() -> int:
    return len(experiments.names()) + len(_of_kind(*_METRIC)) * len(model_names())


def _of_kind(*kinds: str) -> list[str]:
    """Return the data sets of these kinds; what people did is in experiments, not scored."""
    return [name for name in datasets.names() if datasets.info(name).kind in kinds]


def _work(effort: str, seed: int) -> Iterator[Any]:
    for name in experiments.names():
        try:
            yield experiments.run(name, effort=effort, seed=seed)
        except (FileNotFoundError, ModuleNotFoundError) as error:
            yield NotRun(name, str(error))
    for name in _of_kind(*_METRIC):
        info = datasets.info(name)
        metric = _METRIC[info.kind]
        try:
            dataset = datasets.load(name)
        except FileNotFoundError as error:
            for _ in model_names():
                yield info, metric, False, str(error)
            continue
        for model_name in model_names():
            model = load(model_name)
            if entry(model_name).inputs not in ("image", "video"):
                yield info, metric, dataset.simulated, None
                continue
            if not getattr(model, "trained", True):  # random weights take long and tell nothing
                yield info, metric, dataset.simulated, LeftOut(repr(model))
                continue
            table = score(model, dataset, metric=metric, control=True, seed=seed)
            yield info, metric, dataset.simulated, table


def _add_scores(
    scored: dict[str, Scored],
    info: datasets.registry.DatasetInfo,
    metric: str,
    simulated: bool,
    found: ScoreTable | LeftOut | str | None,
) -> None:
    part = scored.setdefault(info.name, Scored(info.name, metric, simulated, info.citation))
    if isinstance(found, str):
        part.absent = found
    elif isinstance(found, LeftOut):
        part.left_out.append(found.model)
    elif found is not None:
        part.rows += found.records()
        part.tables.append(found)
        part.seconds += found.seconds
