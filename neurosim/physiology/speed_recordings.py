"""Speed tuning of a model: maps of sf by tf at each unit's best direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from neurosim.model import Model, chosen_layers
from neurosim.physiology.movies import DURATION, SCREEN
from neurosim.physiology.recording import default_layer
from neurosim.physiology.speed_cells import SpeedTuning, classify_speed_maps
from neurosim.physiology.speed_fit import check_frequencies
from neurosim.physiology.tuning import tuning_of_layers
from stimuli import Screen

_SF = tuple(np.geomspace(0.2, 5.0, 6))
_TF = tuple(np.geomspace(0.5, 10.0, 6))
_DIRECTIONS = tuple(45.0 * k for k in range(8))


def speed_tuning(
    model: Model,
    layer: str | None = None,
    *,
    sf: Sequence[float] = _SF,
    tf: Sequence[float] = _TF,
    direction: float | Sequence[float] = _DIRECTIONS,
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> SpeedTuning:
    """Record maps of spatial by temporal frequency and measure how far each unit is speed tuned.

    Parameters
    ----------
    model
        Any model that takes video.
    layer
        Layer to record from; default the first.
    sf
        Three or more spatial frequencies, cycles/deg, increasing.
    tf
        Three or more temporal frequencies, Hz, increasing and above 0.
    direction
        Directions to choose from, deg; each unit is read at that of its largest response.
    contrast
        Michelson contrast in [0, 1].
    screen
        Field, pixels and frame rate.
    duration
        Seconds.
    progress
        Draw a bar.

    Returns
    -------
    found
        ``SpeedTuning``.

    Raises
    ------
    ValueError
        If frequencies are not positive and increasing, or there are fewer than three of either.

    Notes
    -----
    Source: Priebe, Lisberger & Movshon 2006.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small", weights=None)
    >>> found = speed_tuning(model, sf=(0.5, 1, 2), tf=(1, 2.5, 6), direction=0)
    >>> found.maps.shape
    (64, 3, 3)
    """
    layer = default_layer(model, layer)
    return speed_tuning_by_layer(
        model,
        layer,
        sf=sf,
        tf=tf,
        direction=direction,
        contrast=contrast,
        screen=screen,
        duration=duration,
        progress=progress,
    )[layer]


def speed_tuning_by_layer(
    model: Model,
    layers: Sequence[str] | str | None = None,
    *,
    sf: Sequence[float] = _SF,
    tf: Sequence[float] = _TF,
    direction: float | Sequence[float] = _DIRECTIONS,
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> dict[str, SpeedTuning]:
    """Do what ``speed_tuning`` does for several layers in one recording.

    Parameters are those of ``speed_tuning``; ``layers`` are all of the model's by default.

    Returns
    -------
    found
        Layer to its ``SpeedTuning``, in the order of ``layers``.

    Raises
    ------
    ValueError
        If frequencies are not positive and increasing, or there are fewer than three of either.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small", weights=None)
    >>> found = speed_tuning_by_layer(model, "V1", sf=(0.5, 1, 2), tf=(1, 2.5, 6), direction=0)
    >>> list(found)
    ['V1']
    """
    check_frequencies("speed_tuning", sf, tf)
    axes = {"sf": sf, "tf": tf, "direction": direction}
    fixed = {"contrast": contrast, "screen": screen, "duration": duration}
    recorded = tuning_of_layers(model, chosen_layers(model, layers), axes, fixed, progress)
    found = {}
    for layer, tuning in recorded.items():
        best = tuning.rates.max(axis=(1, 2)).argmax(axis=1)
        maps = tuning.rates[np.arange(len(best)), :, :, best]
        found[layer] = replace(
            classify_speed_maps(maps, tuning.axes["sf"], tuning.axes["tf"]),
            direction=tuning.axes["direction"][best],
            units=tuning.units,
            model=model.name,
            layer=layer,
        )
    return found
