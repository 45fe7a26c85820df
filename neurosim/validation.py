"""Try a model on a small stimulus and say what is wrong with it, and why it usually is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, is_dataclass

import numpy as np

from neurosim.errors import refusal, shown
from neurosim.model import Model, entry, names
from neurosim.responses import Responses
from stimuli import Stimulus

_MEMBERS = ("name", "config", "layers", "respond")


def validate_model(model: Model, stimulus: Stimulus | None = None) -> None:
    """Check that ``model`` keeps the contract; return nothing if it does.

    The checks: four members; a frozen configuration that survives JSON; named layers; finite
    float32 responses of dims (stimulus, time, unit) for every layer; the same numbers twice, and
    for one stimulus at a time as for several together; refusal of an unknown layer and of NaN.

    Parameters
    ----------
    model
        Any object.
    stimulus
        A small stimulus that the model can be shown; default the one that it was registered with.

    Raises
    ------
    ValueError
        If the model breaks the contract. The text lists every fault and its likely cause.

    Examples
    --------
    >>> import neurosim
    >>> neurosim.validate_model(neurosim.load("motion_energy", preset="small"))
    """
    faults = list(_member_faults(model))
    if not faults:
        faults += _config_faults(model)
        faults += _layer_faults(model)
        faults += _response_faults(model, _tiny(model) if stimulus is None else stimulus)
    if faults:
        listed = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1))
        raise ValueError(
            f"validate_model: model={shown(model)} has {len(faults)} fault(s); expected the "
            f"contract of neurosim.Model. Repair these:\n{listed}"
        )


def _tiny(model: Model) -> Stimulus:
    if model.name not in names():
        raise ValueError(
            refusal(
                "validate_model",
                "stimulus",
                None,
                f"is needed, since {model.name!r} is not registered",
                "a small Stimulus that the model can be shown",
                "Make one with stimuli.make",
            )
        )
    return entry(model.name).tiny()


def _member_faults(model: object) -> Iterator[str]:
    for member in _MEMBERS:
        if not hasattr(model, member):
            yield (
                f"it has no member {member!r}: a model has {', '.join(_MEMBERS)}; "
                "wrap an nn.Module with neurosim.from_module"
            )


def _config_faults(model: Model) -> Iterator[str]:
    config = model.config
    if not is_dataclass(config) or isinstance(config, type):
        yield f"config is a {type(config).__name__}, not an instance of a frozen dataclass"
        return
    if not config.__dataclass_params__.frozen:
        yield "config can be changed after the model is built: declare @dataclass(frozen=True)"
    try:
        again = type(config)(**json.loads(json.dumps(asdict(config))))
    except (TypeError, ValueError) as error:
        yield f"config does not survive JSON: {error}; keep numbers, strings, booleans and tuples"
        return
    changed = [f.name for f in fields(config) if not _same(config, again, f.name)]
    if changed:
        yield f"config changes on its way through JSON: {', '.join(changed)}"


def _same(config: object, again: object, name: str) -> bool:
    before, after = getattr(config, name), getattr(again, name)
    if isinstance(before, tuple):
        return list(before) == list(after)
    return before == after


def _layer_faults(model: Model) -> Iterator[str]:
    layers = model.layers
    if not isinstance(layers, tuple) or not layers or not all(isinstance(n, str) for n in layers):
        yield f"layers is {shown(layers)}: it has to be a tuple of one or more names"
    elif len(set(layers)) != len(layers):
        yield f"layers names one twice: {layers}"


def _response_faults(model: Model, stimulus: Stimulus) -> Iterator[str]:
    try:
        responses = model.respond(stimulus)
    except Exception as error:
        yield f"respond fails on {stimulus!r}: {type(error).__name__}: {error}"
        return
    if not isinstance(responses, Responses):
        yield f"respond returns a {type(responses).__name__}, not neurosim.Responses"
        return
    missing = set(model.layers) - set(responses)
    if missing:
        yield f"respond leaves out {sorted(missing)}: with layers=None it records every layer"
    for layer, values in responses.items():
        yield from _value_faults(layer, values)
    yield from _repetition_faults(model, stimulus, responses)
    yield from _batch_faults(model, stimulus, responses)
    yield from _refusal_faults(model, stimulus)


def _value_faults(layer: str, values: np.ndarray) -> Iterator[str]:
    if values.dtype != np.float32:
        yield f"{layer} is {values.dtype}, not float32"
    if values.sizes["stimulus"] != 1:
        yield f"{layer} has {values.sizes['stimulus']} rows for one stimulus"
    bad = int((~np.isfinite(values.values)).sum())
    if bad:
        yield f"{layer} holds {bad} NaN or infinite values: look for a division by zero"


def _differs(a: Responses, b: Responses) -> list[str]:
    def far(x: np.ndarray, y: np.ndarray) -> bool:
        scale = max(1.0, float(np.nanmax(np.abs(x), initial=0.0)))
        return x.shape != y.shape or bool(np.nanmax(np.abs(x - y), initial=0.0) > 1e-6 * scale)

    return [layer for layer in a if layer in b and far(a[layer].values, b[layer].values)]


def _repetition_faults(model: Model, stimulus: Stimulus, first: Responses) -> Iterator[str]:
    changed = _differs(first, model.respond(stimulus))
    if changed:
        yield (
            f"{', '.join(changed)} changes when the same stimulus is shown again: "
            "call module.eval(), and seed every random draw from config.seed"
        )


def _batch_faults(model: Model, stimulus: Stimulus, first: Responses) -> Iterator[str]:
    frames = np.asarray(stimulus.frames)
    other = frames[::-1] if len(frames) > 1 else frames[:, ::-1]
    try:
        together = model.respond(np.stack([frames, other]), batch_size=2)
    except Exception as error:
        yield f"respond fails on an array of two stimuli: {type(error).__name__}: {error}"
        return
    alone = Responses({name: values[:1] for name, values in together.items()})
    changed = _differs(first, alone)
    if changed:
        yield (
            f"{', '.join(changed)} depends on what else is in the batch: "
            "normalise over units or places, never over stimuli"
        )


def _refusal_faults(model: Model, stimulus: Stimulus) -> Iterator[str]:
    broken = np.array(stimulus.frames)[None]
    broken.flat[0] = np.nan
    if not _refuses(lambda: model.respond(broken)):
        yield "respond accepts NaN: refuse it with a ValueError"
    if not _refuses(lambda: model.respond(stimulus, layers=["no such layer"])):
        yield "respond accepts a layer that is not in layers: use neurosim.model.chosen_layers"


def _refuses(call: Callable[[], object]) -> bool:
    try:
        call()
    except (ValueError, TypeError):
        return True
    except Exception:
        return False
    return False
