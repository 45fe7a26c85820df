"""The compiled loops of `one_pass` on all macs of a network of one level."""

from __future__ import annotations

import numpy as np

from neurosim.models.sparsey.config import CHOICES, SparseyConfig
from neurosim.models.sparsey.network import Network, State
from neurosim.models.sparsey.one_pass import learn_frames, recognise_frames
from neurosim.models.sparsey.trace import Recorder
from neurosim.models.sparsey.wiring import activation_bounds


def hears_input_only(config: SparseyConfig) -> bool:
    """Whether a code depends on nothing but the present frame and lasting weights.

    Examples
    --------
    >>> hears_input_only(SparseyConfig()), hears_input_only(SparseyConfig(h_radius=0))
    (True, False)
    """
    level = config.level(1)
    return (
        config.n_levels == 1
        and level.h_radius is None
        and level.persistence == 1
        and config.decay is None
        and config.normalise == "active"
        and config.win_weight != "sparseycore"
    )


def learn(
    network: Network,
    frames: np.ndarray,
    first: np.ndarray,
    draws: np.ndarray,
    now: int,
    record: Recorder,
    start: int,
) -> State:
    """Learn (n, n_inputs) frames into places ``start``... of ``record``; return the last state."""
    config, powers = network.config, _powers(network.config, first)
    stop = start + len(frames)
    n_modules = network.levels[0].n_modules
    for place, mac in enumerate(network.macs[0]):
        field, bundle = network.fields[0][place].u, mac.bundles["U"]
        own = slice(place * n_modules, (place + 1) * n_modules)
        learn_frames(
            frames,
            field,
            *activation_bounds(config, len(field)),
            bundle.bits,
            bundle.n_set,
            bundle.frozen,
            mac.n_units,
            bundle.limit,
            powers,
            config.v_zeta,
            CHOICES.index(config.choice),
            mac.form,
            mac.parameters,
            np.ascontiguousarray(draws[:, own]),
            now,
            *_places(record, place, slice(start, stop)),
        )
    _note_signals(record, slice(start, stop))
    return _last_state(network, record, stop - 1)


def recognise(network: Network, frames: np.ndarray, first: np.ndarray, record: Recorder) -> None:
    """Recognise (n, n_inputs) frames into ``record``."""
    config, powers = network.config, _powers(network.config, first)
    for place, mac in enumerate(network.macs[0]):
        field = network.fields[0][place].u
        recognise_frames(
            frames,
            field,
            *activation_bounds(config, len(field)),
            mac.bundles["U"].bits,
            mac.n_units,
            powers,
            config.v_zeta,
            mac.tie_seed,
            *_places(record, place, slice(None)),
        )
    _note_signals(record, slice(None))


def _powers(config: SparseyConfig, first: np.ndarray) -> np.ndarray:
    """Return the exponent of U in every frame."""
    powers = np.full(len(first), config.u_power, dtype=np.float64)
    if config.u_power_start is not None:
        powers[first] = config.u_power_start
    return powers


def _places(record: Recorder, place: int, span: slice) -> tuple[np.ndarray, ...]:
    """Return where codes, G and zeta of a mac go; a loop fills them in place."""
    kinds = (record.codes, record.familiarity, record.multiplicity)
    return tuple(arrays[0][place, span] for arrays in kinds)


def _note_signals(record: Recorder, span: slice) -> None:
    record.signals[0][:, span] = record.codes[0][:, span, 0] >= 0  # U alone is 1


def _last_state(network: Network, record: Recorder, t: int) -> State:
    state = network.blank()
    state.started = True
    state.codes[0][:] = record.codes[0][:, t]
    state.familiarity[0][:] = record.familiarity[0][:, t]
    state.multiplicity[0][:] = record.multiplicity[0][:, t]
    state.age[0][:] = record.codes[0][:, t, 0] >= 0
    return state
