"""The plaid test of a model: gratings and plaids shown, every unit told from its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from neurosim.model import Model, chosen_layers
from neurosim.physiology.movies import DURATION, SCREEN, blank, plaids
from neurosim.physiology.pattern_cells import (
    HALF_ANGLE,
    PatternComponent,
    check_directions,
    classify_plaid_responses,
)
from neurosim.physiology.recording import default_layer, record_layers
from neurosim.physiology.tuning import Tuning, tuning_of_layers
from stimuli import Screen


def pattern_component(
    model: Model,
    layer: str | None = None,
    *,
    n_directions: int = 24,
    sf: float | Sequence[float] = (0.4, 0.8, 1.6, 3.2),
    tf: float | Sequence[float] = (1.0, 2.5, 5.0),
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> PatternComponent:
    """Show gratings and 120-deg plaids, and tell pattern from component units.

    Each unit is tested at the sf and tf of its largest response to a grating. The gratings of a
    plaid have half the contrast of the gratings alone, and their sf and tf.

    Parameters
    ----------
    model
        Any model that takes video.
    layer
        Layer to record from; default the first.
    n_directions
        Equal steps round the circle, a multiple of 6.
    sf
        Spatial frequencies to choose from, cycles/deg.
    tf
        Temporal frequencies to choose from, Hz.
    contrast
        Michelson contrast of the gratings, in (0, 1].
    screen
        Field, pixels and frame rate.
    duration
        Seconds.
    progress
        Draw a bar.

    Returns
    -------
    found
        ``PatternComponent``, the response to uniform grey subtracted.

    Raises
    ------
    ValueError
        If ``n_directions`` is not a positive multiple of 6.

    Notes
    -----
    Source: Movshon, Adelson, Gizzi & Newsome 1985.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> found = neurosim.physiology.pattern_component(model, n_directions=6, sf=1.6, tf=5)
    >>> found.grating.shape, found.plaid.shape
    ((64, 6), (64, 6))
    """
    layer = default_layer(model, layer)
    return pattern_component_by_layer(
        model,
        layer,
        n_directions=n_directions,
        sf=sf,
        tf=tf,
        contrast=contrast,
        screen=screen,
        duration=duration,
        progress=progress,
    )[layer]


def pattern_component_by_layer(
    model: Model,
    layers: Sequence[str] | str | None = None,
    *,
    n_directions: int = 24,
    sf: float | Sequence[float] = (0.4, 0.8, 1.6, 3.2),
    tf: float | Sequence[float] = (1.0, 2.5, 5.0),
    contrast: float = 1.0,
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> dict[str, PatternComponent]:
    """Do what ``pattern_component`` does for several layers in one recording.

    Parameters are those of ``pattern_component``; ``layers`` are all of the model's by default.

    Returns
    -------
    found
        Layer to its ``PatternComponent``, in the order of ``layers``.

    Raises
    ------
    ValueError
        If ``n_directions`` is not a positive multiple of 6.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small")
    >>> found = pattern_component_by_layer(model, "V1", n_directions=6, sf=1.6, tf=5)
    >>> list(found)
    ['V1']
    """
    check_directions("pattern_component", n_directions)
    layers = chosen_layers(model, layers)
    shown = {"screen": screen, "duration": duration}
    direction = np.arange(n_directions) * 360.0 / n_directions
    axes = {"sf": sf, "tf": tf, "direction": direction}
    gratings = tuning_of_layers(model, layers, axes, {**shown, "contrast": contrast}, progress)
    baseline = record_layers(model, [blank(screen, duration)], layers)
    best = {layer: _best_point(tuning) for layer, tuning in gratings.items()}
    # Plaids are shown only at those sf and tf that some unit of some layer likes best.
    points = np.unique(np.concatenate([*best.values()]))
    n_sf, n_tf = (len(gratings[layers[0]].axes[name]) for name in ("sf", "tf"))
    grid = np.stack(np.unravel_index(points, (n_sf, n_tf)), axis=1)
    of_sf, of_tf = (
        gratings[layers[0]].axes[name][grid[:, i]] for i, name in enumerate(("sf", "tf"))
    )
    movies = plaids(
        np.tile(direction[:, None] + [-HALF_ANGLE, HALF_ANGLE], (len(points), 1)),
        np.repeat(of_sf, n_directions),
        np.repeat(of_tf, n_directions),
        np.full((len(points) * n_directions, 2), contrast / 2),
        shown,
    )
    recorded = record_layers(model, movies, layers, progress=progress)
    found = {}
    for layer, tuning in gratings.items():
        unit, at = np.arange(len(best[layer])), np.searchsorted(points, best[layer])
        curves = tuning.rates.reshape(len(unit), -1, n_directions)[unit, best[layer]]
        answers = recorded[layer][0].reshape(len(points), n_directions, -1)[at, :, unit]
        classes = classify_plaid_responses(curves, answers, baseline=baseline[layer][0][0])
        found[layer] = replace(
            classes,
            sf=of_sf[at],
            tf=of_tf[at],
            units=tuning.units,
            model=model.name,
            layer=layer,
        )
    return found


def _best_point(tuning: Tuning) -> np.ndarray:
    """(n_units,) index into sf x tf of the largest response, over all directions."""
    return tuning.rates.reshape(len(tuning.rates), -1, tuning.rates.shape[-1]).max(2).argmax(1)
