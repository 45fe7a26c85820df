"""Search asymmetry: A among B is found sooner than B among A, by people and by a model.

Six pairs of searches. What a display costs the model is the number of its saccades; a straight line
turns it into a reaction time, and the slope of that over set size is held against people's. The
line was fitted to other displays, so that only slopes, their order and the index are a test.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

import fitting
import stimuli
from neurosim.errors import refusal
from neurosim.experiments.check import Check
from neurosim.experiments.kept_searches import KeptSearches
from neurosim.experiments.registry import experiment
from neurosim.experiments.result import ExperimentResult
from neurosim.experiments.search_asymmetry_figure import draw
from neurosim.experiments.search_humans import PAIRS, human_asymmetry, human_slope
from neurosim.model import Searcher
from neurosim.progress import bar

if TYPE_CHECKING:
    import pandas as pd

_SOURCE = "Gupta et al. 2021"
_QUICK = 8  # displays of the smallest and of the largest set size of each task in a quick run
_LARGE = ("intersection", "t_and_l")  # take eccNET ten times as long as the smallest displays
_BACKWARDS = "homogeneous"  # the pair that eccNET is published to get wrong
_HUMAN_SIGN = 0.05  # the least index that counts; bound ours


@experiment(
    "search_asymmetry",
    model="visual_search",
    claim="what people find sooner, A among B or B among A, a network for objects finds sooner too",
    source=f"{_SOURCE}; people: see the reference",
    capability=Searcher,
)
def perform(model: Searcher, effort: str, seed: int) -> ExperimentResult:
    """Search the displays of twelve tasks, all 1272; or 128 of the eight tasks of small displays.

    A quick run takes the smallest and the largest set size, and leaves crosses, Ts and Ls out, of
    which a fixation takes 3 s. Its checks are about the upper ends of intervals: an index passes
    unless its interval excludes the human sign. Searches of a model with a configuration are kept
    in the user's cache.
    """
    import pandas as pd

    _check_weights(model)
    displays, rows = [], []
    for name, pair in PAIRS.items():
        if effort == "quick" and name in _LARGE:
            continue
        for task in pair.tasks:
            shown = stimuli.search_set(task, seed=seed)
            sizes = shown.table["set_size"]
            chosen = shown.table
            if effort == "quick":
                chosen = chosen[sizes.isin([sizes.min(), sizes.max()])]
                chosen = chosen.groupby("set_size").head(_QUICK)
            for i, display in chosen.iterrows():
                displays.append((shown, int(i)))
                rows.append({"pair": name, "task": task, "set_size": display["set_size"]})
    kept = KeptSearches(model)
    show = sys.stderr.isatty()
    for row, (shown, i) in zip(rows, bar(displays, len(displays), show, "searching"), strict=True):
        found = kept.search(shown[i])
        row |= {"display": i, "found": found.found, "n_saccades": found.n_saccades}
    table = pd.DataFrame(rows)
    largest = table.groupby("task")["set_size"].transform("max")
    table["rt"] = fitting.rt_from_saccades(table["n_saccades"].where(table["found"], largest))
    n_bootstrap = {"quick": 1000, "full": 10000}[effort]
    slopes, indices = asymmetries(table, n_bootstrap=n_bootstrap, seed=seed)
    return ExperimentResult(
        name="search_asymmetry",
        model=getattr(model, "name", type(model).__name__),
        table=table,
        checks=_checks(table, indices, effort),
        reference="People: reaction times of Wolfe, Yee & Friedman-Hill 1992 (curvature), Kleffner "
        "& Ramachandran 1992 (lighting), Wolfe & DiMase 2003 (intersection, T and L) and Wolfe, "
        "Friedman-Hill, Stewart & O'Connell 1992 (orientation), as digitised by Gupta et al. 2021; "
        f"mean asymmetry index {np.mean([human_asymmetry(name) for name in PAIRS]):.3f}. eccNET as "
        "published: 0.513, with the opposite sign for homogeneous orientation. A target that was "
        "not found counts as the largest set size. The index is +-1 as soon as one slope is 0: "
        "look at the slopes too.",
        draw=lambda result: draw(result, slopes, indices),
    )


def _check_weights(model: Searcher) -> None:
    wanted = getattr(getattr(model, "config", None), "weights", None)
    if wanted is not None and not getattr(model, "trained", True):
        raise FileNotFoundError(
            refusal(
                "run",
                "model",
                getattr(model, "name", type(model).__name__),
                f"has no weights {wanted!r} here",
                "installed weights",
                f"Run `neurosim weights install {wanted}`; or ask for another searcher, such as "
                "neurosim.models.visual_search.ChanceSearcher()",
            )
        )


def asymmetries(
    table: pd.DataFrame, *, n_bootstrap: int = 1000, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the slope of each task and the asymmetry index of each pair, with 95 % intervals.

    Parameters
    ----------
    table
        One row a search: ``pair`` of ``PAIRS``, ``task``, ``set_size`` (items), ``rt`` (ms).
    n_bootstrap, seed
        Resamples of the displays of each set size, and their seed.

    Returns
    -------
    slopes
        ``pair task slope low high human``, ms/item.
    indices
        ``pair index low high human``; the last row is the mean over the pairs.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     [("lighting", task, size, 400 + slope * size + noise)
    ...      for task, slope in (("top_down", 5), ("left_right", 15))
    ...      for size in (1, 6, 12) for noise in (-1, 1)],
    ...     columns=["pair", "task", "set_size", "rt"])
    >>> slopes, indices = asymmetries(table)
    >>> slopes["slope"].round(2).tolist(), indices["index"].round(2).tolist()
    ([5.0, 15.0], [0.5, 0.5])
    """
    import pandas as pd

    slopes, indices, draws = [], [], []
    for name in dict.fromkeys(table["pair"]):
        lines = []
        for task in PAIRS[name].tasks:
            rows = table[table["task"] == task]
            # Each task has draws of its own.
            own = seed + 1000 * (1 + len(slopes))
            line = fitting.search_slope(
                rows["set_size"], rows["rt"], n_bootstrap=n_bootstrap, seed=own
            )
            low, high = line.confidence_interval()
            slopes.append((name, task, line.slope, low, high, human_slope(task)))
            lines.append(line)
        easy, hard = lines
        index = float(fitting.asymmetry_index(easy.slope, hard.slope))
        draws.append(fitting.asymmetry_index(easy.slopes_bootstrap, hard.slopes_bootstrap))
        indices.append(
            (name, index, *np.quantile(draws[-1], (0.025, 0.975)), human_asymmetry(name))
        )
    _, found, *_, people = zip(*indices, strict=True)
    middle = np.quantile(np.mean(draws, axis=0), (0.025, 0.975))
    indices.append(("mean", float(np.mean(found)), *middle, float(np.mean(people))))
    return (
        pd.DataFrame(slopes, columns=["pair", "task", "slope", "low", "high", "human"]),
        pd.DataFrame(indices, columns=["pair", "index", "low", "high", "human"]),
    )


def _checks(table: pd.DataFrame, indices: pd.DataFrame, effort: str) -> tuple[Check, ...]:
    n_displays = table.groupby("pair").size()
    measured, words = {
        "quick": ("high", "upper end of the 95 % interval of the asymmetry index"),
        "full": ("index", "asymmetry index"),
    }[effort]
    found = indices.set_index("pair")[measured]
    checks = []
    for name in indices["pair"][:-1]:
        pair = PAIRS[name]
        claim = f"{pair.title}: human sign, {words}, {n_displays[name]} displays"
        if name == _BACKWARDS:
            claim += " (eccNET is published to come out backwards, -1.00: where this holds, the "
            claim += "model is another one)"
        checks.append(
            Check.at_least(
                claim,
                found[name],
                _HUMAN_SIGN,
                source=f"{pair.source}; bound ours",
                expected_failure=name == _BACKWARDS,
            )
        )
    if effort == "full":
        checks.append(
            Check.at_least(
                f"mean of six pairs: {words}, {len(table)} displays",
                found["mean"],
                0.25,
                source=f"{_SOURCE}: eccNET 0.513, people 0.564; bound ours, half of it",
            )
        )
    return tuple(checks)
