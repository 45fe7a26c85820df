"""Which experiments there are, and how one is run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from neurosim.discovery import import_members
from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.experiments.result import ExperimentResult
from neurosim.model import Model, entry, load
from neurosim.model import names as model_names

EFFORTS = ("quick", "full")
_OWN = (
    "ballet_runs",
    "blocked_ways",
    "check",
    "decoded_scenes",
    "digit_images",
    "kinds_by_layer",
    "kept_searches",
    "maze_detour_figure",
    "maze_runs",
    "maze_search_figure",
    "perceived",
    "perceived_flow_figure",
    "pooled_motion",
    "recall_runs",
    "registry",
    "result",
    "search_asymmetry_figure",
    "search_diet_network",
    "search_humans",
    "search_natural_figure",
    "shaded_shapes",
    "stored_patterns",
)


@dataclass(frozen=True)
class ExperimentInfo:
    """What ``neurosim list`` says of an experiment.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.experiments.info("missing_fundamental").source
    'Adelson & Bergen 1985, the fluted square wave'
    """

    name: str
    model: str | None
    claim: str
    source: str
    capability: type | None
    perform: Callable[[Model | None, str, int], ExperimentResult]
    preset: str | None = None


_REGISTER: dict[str, ExperimentInfo] = {}


def experiment(
    name: str,
    *,
    model: str | None,
    claim: str,
    source: str,
    capability: type | None = None,
    preset: str | None = None,
) -> Callable[[Callable], Callable]:
    """Register ``perform(model, effort, seed) -> ExperimentResult`` as an experiment.

    Parameters
    ----------
    name
        The word that ``neurosim.run`` takes.
    model
        Model that it is run on unless another is given. None for an experiment about people and
        stored predictions, or on networks of its own: it takes no model, ``perform`` gets None.
    claim
        What it shows, in one line.
    source
        The paper of the classic.
    capability
        Protocol that a model has to satisfy beyond responding.
    preset
        Of the model, where it is not given; None is the model's default.
    """

    def keep(perform: Callable) -> Callable:
        _REGISTER[name] = ExperimentInfo(name, model, claim, source, capability, perform, preset)
        return perform

    return keep


def _known() -> dict[str, ExperimentInfo]:
    import_members("neurosim.experiments", leave_out=_OWN)
    return _REGISTER


def names() -> tuple[str, ...]:
    """Return the names that ``run`` knows.

    Examples
    --------
    >>> import neurosim
    >>> "reverse_phi" in neurosim.experiments.names()
    True
    """
    return tuple(sorted(_known()))


def info(name: str) -> ExperimentInfo:
    """Return what is known of an experiment without running it.

    Raises
    ------
    UnknownNameError
        If there is no such experiment.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.experiments.info("reverse_phi").model
    'motion_energy'
    """
    known = _known()
    if name not in known:
        raise unknown_name("run", "name", name, known)
    return known[name]


def run(
    name: str, model: Model | str | None = None, effort: str = "quick", seed: int = 0
) -> ExperimentResult:
    """Run an experiment on a model.

    Parameters
    ----------
    name
        A name from ``neurosim.experiments.names()``.
    model
        A model, or the name of one; default the one that the experiment was made for. An experiment
        about people alone, or on networks of its own, takes none.
    effort
        ``"quick"`` (seconds) or ``"full"`` (more conditions and repetitions).
    seed
        Of every random draw.

    Returns
    -------
    result
        Table, checks and figure.

    Raises
    ------
    UnknownNameError
        If the experiment, the model or the effort is not known.
    TypeError
        If the model cannot do what the experiment asks, the experiment takes no model, or ``seed``
        is not an int.
    ValueError
        If ``seed`` is negative.
    FileNotFoundError
        If the experiment needs recordings that are absent; the text says what to put where.
    ModuleNotFoundError
        If it needs an optional package that is absent; the text says which to install.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.run("missing_fundamental").holds
    True
    """
    found = info(name)
    if effort not in EFFORTS:
        raise unknown_name("run", "effort", effort, EFFORTS)
    seed = checked_seed("run", seed)
    started = time.perf_counter()
    if found.model is None:
        if model is not None:
            raise TypeError(
                refusal(
                    "run",
                    "model",
                    model,
                    f"cannot take part in {name!r}, which takes no model",
                    "None",
                    "Leave the model out",
                )
            )
    elif model is None:
        model = load(found.model, preset=found.preset)
    elif isinstance(model, str):
        model = load(model)
    if found.capability is not None and not isinstance(model, found.capability):
        raise TypeError(
            refusal(
                "run",
                "model",
                model,
                f"cannot take part in {name!r}",
                f"a model that is a {found.capability.__name__}",
                f"Use model={found.model!r}",
            )
        )
    result = found.perform(model, effort, seed)
    trained = model is None or getattr(model, "trained", False)
    known = not trained and getattr(model, "name", "") in model_names()
    note = entry(model.name).untrained if known else ""
    return replace(result, seconds=time.perf_counter() - started, note=note)
