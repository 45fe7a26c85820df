"""From a model and stimuli to one number for each unit and stimulus, as an electrode would give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurosim.model import Model, chosen_layers
from neurosim.progress import bar
from stimuli import Stimulus, StimulusSet


def default_layer(model: Model, layer: str | None) -> str:
    """Return ``layer``, or the first one of the model."""
    return chosen_layers(model, layer)[0]


def record(
    model: Model,
    stimuli: Sequence[Stimulus] | StimulusSet,
    layer: str | None = None,
    *,
    batch_size: int = 8,
    progress: bool = False,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Show each stimulus and average every unit over time and over the centre of its map.

    Units with the coordinate ``channel`` are copies of one filter at many places: they are averaged
    over the central half of the field (in both axes), away from the border. Units without it stay
    single.

    Parameters
    ----------
    model
        Any ``neurosim.Model``.
    stimuli
        Stimuli of equal shape.
    layer
        Layer to record from; default the model's first.
    batch_size
        Stimuli shown at a time.
    progress
        Draw a bar.

    Returns
    -------
    rates
        (n_stimuli, n_channels) mean response, in the units of the layer.
    channels
        Coordinates of the channels, each (n_channels,).

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
    >>> movie = stimuli.grating(sf=1, tf=4, duration=0.44, screen=screen)
    >>> rates, channels = neurosim.physiology.record(model, [movie])
    >>> rates.shape, sorted(channels)[:3]
    ((1, 64), ['channel', 'direction', 'scale'])
    """
    layer = default_layer(model, layer)
    return record_layers(model, stimuli, layer, batch_size=batch_size, progress=progress)[layer]


def record_layers(
    model: Model,
    stimuli: Sequence[Stimulus] | StimulusSet,
    layers: Sequence[str] | str | None = None,
    *,
    batch_size: int = 8,
    progress: bool = False,
) -> dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Record several layers in one pass: each stimulus is made and shown once for all of them.

    Parameters
    ----------
    model, stimuli, batch_size, progress
        As for ``record``.
    layers
        Layers to record from; default all of the model's.

    Returns
    -------
    recorded
        Layer to its ``rates`` and ``channels``, as ``record`` returns them.

    Raises
    ------
    UnknownNameError
        If a layer is not one of the model's.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
    >>> movie = stimuli.grating(sf=1, tf=4, duration=0.44, screen=screen)
    >>> rates, _ = neurosim.physiology.record_layers(model, [movie], ["V1"])["V1"]
    >>> rates.shape
    (1, 64)
    """
    layers = chosen_layers(model, layers)
    blocks: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
    channels: dict[str, dict[str, np.ndarray]] = {}
    starts = range(0, len(stimuli), batch_size)
    for start in bar(starts, len(starts), progress, f"recording {', '.join(layers)}"):
        stop = min(start + batch_size, len(stimuli))
        block = StimulusSet([stimuli[i] for i in range(start, stop)])
        responses = model.respond(block, layers=list(layers), batch_size=batch_size)
        for layer in layers:
            values = responses[layer].mean("time")
            units = {k: c.values for k, c in values.coords.items() if c.dims == ("unit",)}
            rates, channels[layer] = _by_channel(values.values, units)
            blocks[layer].append(rates)
    return {layer: (np.concatenate(blocks[layer]), channels[layer]) for layer in layers}


def _by_channel(
    values: np.ndarray, units: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    if "channel" not in units:
        return values, units
    inside = np.ones(values.shape[1], dtype=bool)
    for axis in ("x", "y"):
        if axis in units:
            inside &= np.abs(units[axis]) <= 0.5 * np.abs(units[axis]).max() + 1e-9
    channel = units["channel"][inside]
    order = np.argsort(channel, kind="stable")
    ids, first, counts = np.unique(channel[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(values[:, inside][:, order].astype(np.float64), first, axis=1)
    kept = {
        k: v[inside][order][first]
        for k, v in units.items()
        if k not in ("x", "y", "row", "column", "channel")
    }
    return sums / counts, {"channel": ids, **kept}
