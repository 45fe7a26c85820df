"""The Model contract and the register: anything with four members can be recorded from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from neurosim.discovery import import_members
from neurosim.errors import refusal, unknown_name
from neurosim.flow import Flow
from neurosim.responses import Responses
from stimuli import Maze, Stimulus, StimulusSet

INPUTS = ("image", "video", "pattern", "episode", "maze")


@runtime_checkable
class Model(Protocol):
    """Anything that responds: four members, no base class.

    ``name`` is a word; ``config`` a frozen dataclass of JSON values whose defaults are the paper's;
    ``layers`` names what can be recorded from; ``respond`` shows stimuli and returns ``Responses``.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("pixels"), Model)
    True
    """

    name: str
    config: Any
    layers: tuple[str, ...]

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show ``stimuli`` and record ``layers`` (all by default)."""
        ...


@runtime_checkable
class DirectionEstimator(Protocol):
    """A model that reports one direction of motion for each stimulus it is shown.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("pixels"), DirectionEstimator)
    False
    """

    def global_direction(self, stimuli: Stimulus | StimulusSet | np.ndarray) -> Any:
        """Return ``direction`` (n_stimuli,) deg and ``strength`` (n_stimuli,)."""
        ...


@runtime_checkable
class FlowEstimator(Protocol):
    """A model that reports where every pixel of a movie goes.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("pixels"), FlowEstimator)
    False
    """

    def flow(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Flow:
        """Return the motion that is seen in ``stimuli``, px/frame."""
        ...


@runtime_checkable
class Memory(Protocol):
    """A model that keeps what it is shown and knows it again.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("sparsey"), Memory)
    True
    """

    def store(self, x: Stimulus | StimulusSet | np.ndarray) -> Any:
        """Learn ``x``; what is returned says what was laid down."""
        ...

    def recall(self, cue: Stimulus | StimulusSet | np.ndarray) -> Any:
        """Return what is known of ``cue``, without learning."""
        ...


@runtime_checkable
class Searcher(Protocol):
    """Anything that looks for a target in a display, fixation by fixation.

    Examples
    --------
    >>> from neurosim.models.visual_search import ChanceSearcher
    >>> isinstance(ChanceSearcher(), Searcher)
    True
    """

    def search(self, display: Stimulus, *, progress: bool = False) -> Any:
        """Return a scanpath: ``fixations`` (n + 1, 2) px, ``found``, ``n_saccades``, ``items``."""
        ...


@runtime_checkable
class Agent(Protocol):
    """A model that acts in a world and learns from what comes of it.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("harmonic_search"), Agent)
    True
    """

    def solve(self, maze: Maze, *, n_trials: int = 1) -> list[Any]:
        """Go from the start of a maze to its goal; one trace a trial says what came of it."""
        ...


@runtime_checkable
class Decoder(Protocol):
    """A model that says in symbols what it sees.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("tensor_brain"), Decoder)
    True
    """

    def decode(self, scene: Stimulus | np.ndarray) -> list[tuple[str, str, str]]:
        """Return triples (subject, predicate, object), one for each pair that is looked at."""
        ...


@dataclass(frozen=True)
class ModelEntry:
    """What the register knows about a model before it is built."""

    name: str
    build: Callable[[Any], Model]
    config: type
    inputs: str
    summary: str
    paper: str
    tiny: Callable[[], Stimulus]
    layers: tuple[str, ...]
    grid: int = 1
    bounded: bool = True
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default_preset: str | None = None
    behaviour: tuple[str, ...] = ()
    untrained: str = ""
    train: Callable[..., Path] | None = None


_REGISTER: dict[str, ModelEntry] = {}
T = TypeVar("T")


def register(
    name: str,
    *,
    config: type,
    inputs: str,
    summary: str,
    paper: str,
    tiny: Callable[[], Stimulus],
    layers: Sequence[str],
    grid: int = 1,
    bounded: bool = True,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    default_preset: str | None = None,
    behaviour: Sequence[str] = (),
    untrained: str = "",
    train: Callable[..., Path] | None = None,
) -> Callable[[T], T]:
    """Register the class below under ``name``; adding a model edits no other file.

    Parameters
    ----------
    name
        The word that ``neurosim.load`` takes.
    config
        Frozen dataclass; the class below is built as ``Class(config(**overrides))``.
    inputs
        What it is shown: ``"image"``, ``"video"``, ``"pattern"``, ``"episode"`` or ``"maze"``.
        A video model that is scored on photographs is shown them as flashed clips.
    summary
        One line for ``neurosim list``.
    paper
        Author, year, journal.
    tiny
        A function without arguments that makes the small stimulus of the conformance suite.
    layers
        Layers of the model that ``load`` gives by default.
    grid
        Pixels; height and width have to be multiples of it. Photographs that are not get a grey
        margin when they are scored.
    bounded
        Whether what it is shown lies in [0, 1], as luminance does; feature vectors may not.
    presets
        Preset name to overrides of the configuration.
    default_preset
        The one that ``load`` takes if none is asked for; None is the paper's configuration.
    behaviour
        What it can do beyond responding, in words.
    untrained
        What is said wherever the numbers of an untrained configuration are shown; a model with the
        attribute ``trained`` True is spared it.
    train
        What ``neurosim train`` calls: ``train(config, folder, *, n_steps, seed, minutes, restart,
        progress)`` gives the file of weights, by ``neurosim.training.train`` in the same folder.
        ``n_steps`` and ``minutes`` may be None.

    Raises
    ------
    ValueError
        If ``inputs`` is not one of the kinds above, or another class holds the name.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.model.entry("motion_energy").inputs
    'video'
    """
    if inputs not in INPUTS:
        raise unknown_name("register", "inputs", inputs, INPUTS)

    def keep(cls: T) -> T:
        held = _REGISTER.get(name)
        if held is not None and getattr(held.build, "__qualname__", "") != cls.__qualname__:
            raise ValueError(
                refusal(
                    "register", "name", name, f"is held by {held.build}", "a new name", "Rename"
                )
            )
        _REGISTER[name] = ModelEntry(
            name=name,
            build=cls,
            config=config,
            inputs=inputs,
            summary=summary,
            paper=paper,
            tiny=tiny,
            layers=tuple(layers),
            grid=grid,
            bounded=bounded,
            presets=dict(presets or {}),
            default_preset=default_preset,
            behaviour=tuple(behaviour),
            untrained=untrained,
            train=train,
        )
        return cls

    return keep


def names() -> tuple[str, ...]:
    """Return the names that ``load`` knows.

    Examples
    --------
    >>> import neurosim
    >>> "motion_energy" in neurosim.names()
    True
    """
    import_members("neurosim.models")
    return tuple(sorted(_REGISTER))


def entry(name: str) -> ModelEntry:
    """Return what the register knows about ``name``.

    Raises
    ------
    UnknownNameError
        If no such model is registered.

    Examples
    --------
    >>> from neurosim.model import entry
    >>> entry("motion_energy").layers
    ('V1', 'MT1', 'MT2', 'MT3')
    """
    if name not in _REGISTER:
        import_members("neurosim.models")
    if name not in _REGISTER:
        raise unknown_name("load", "name", name, _REGISTER)
    return _REGISTER[name]


def load(name: str, *, preset: str | None = None, **overrides: Any) -> Model:
    """Build a registered model.

    Parameters
    ----------
    name
        A name from ``neurosim.names()``.
    preset
        A named set of overrides. ``None`` takes the default preset of the model (the one with
        trained weights), and where it has none the paper's configuration.
    **overrides
        Fields of the model's configuration.

    Raises
    ------
    UnknownNameError
        If the model or the preset is not known.
    TypeError
        If an override is not a field of the configuration.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.load("motion_energy", preset="small").layers
    ('V1', 'MT1', 'MT2', 'MT3')
    """
    found = entry(name)
    settings: dict[str, Any] = {}
    preset = preset or found.default_preset
    if preset is not None:
        if preset not in found.presets:
            raise unknown_name("load", "preset", preset, found.presets)
        settings.update(found.presets[preset])
    known = [f.name for f in fields(found.config)]
    for key in overrides:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise TypeError(
                refusal(
                    "load",
                    key,
                    overrides[key],
                    f"is not a setting of {name!r}",
                    "one of " + ", ".join(known),
                    f"Did you mean {near[0]!r}" if near else "Leave it out",
                )
            )
    settings.update(overrides)
    return found.build(found.config(**settings))


def chosen_layers(model: Model, layers: Sequence[str] | str | None) -> tuple[str, ...]:
    """Return the asked layers of ``model`` as a tuple, all of them for ``None``.

    Raises
    ------
    UnknownNameError
        If a layer is not one of the model's.

    Examples
    --------
    >>> import neurosim
    >>> from neurosim.model import chosen_layers
    >>> chosen_layers(neurosim.load("motion_energy"), "V1")
    ('V1',)
    """
    if layers is None:
        return tuple(model.layers)
    asked = (layers,) if isinstance(layers, str) else tuple(layers)
    for layer in asked:
        if layer not in model.layers:
            raise unknown_name("respond", "layers", layer, model.layers)
    return asked
