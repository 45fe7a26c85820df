"""Levels of macs: one pass from the bottom up for every frame, and the state that it leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.models.sparsey.bundle import Bundle
from neurosim.models.sparsey.config import LevelConfig, SparseyConfig
from neurosim.models.sparsey.mac import Heard, Mac
from neurosim.models.sparsey.trace import Recorder
from neurosim.models.sparsey.wiring import Fields, activation_bounds, receptive_fields


@dataclass(eq=False)
class State:
    """What the last frame left; arrays by level: codes (n_macs, Q), the rest (n_macs,).

    ``age`` is for how many frames a code has been on, ``started`` whether there was a frame.
    """

    codes: list[np.ndarray]
    familiarity: list[np.ndarray]
    multiplicity: list[np.ndarray]
    age: list[np.ndarray]
    started: bool = False


class Network:
    """All macs and their wiring. It holds the weights, not the state."""

    def __init__(self, config: SparseyConfig) -> None:
        self.config = config
        self.levels = [config.level(number + 1) for number in range(config.n_levels)]
        self.fields = receptive_fields(config)
        self.macs = [
            [
                Mac(config, level, self._bundles(number, place), f"level {number + 1} mac {place}")
                for place in range(len(self.fields[number]))
            ]
            for number, level in enumerate(self.levels)
        ]
        self.sizes = [
            (len(macs), level.n_modules, level.n_units)
            for macs, level in zip(self.macs, self.levels, strict=True)
        ]
        self.n_draws = sum(n_macs * n_modules for n_macs, n_modules, _ in self.sizes)

    def blank(self) -> State:
        """Return the state before the first frame of a sequence."""
        return State(
            codes=[np.full((n, q), -1, dtype=np.int16) for n, q, _ in self.sizes],
            familiarity=[np.zeros(n) for n, _, _ in self.sizes],
            multiplicity=[np.zeros(n, dtype=np.int32) for n, _, _ in self.sizes],
            age=[np.zeros(n, dtype=np.int32) for n, _, _ in self.sizes],
        )

    def step(
        self,
        frame: np.ndarray | None,
        before: State,
        record: Recorder,
        t: int,
        *,
        now: int,
        draws: np.ndarray | None = None,
        set_weights: bool = True,
    ) -> State:
        """Show one frame, (n_inputs,) uint8, and return the state after it.

        With ``draws`` (n_draws,) in [0, 1) the macs learn, without they recognise; with
        ``set_weights`` False they choose as in learning, and nothing in the network changes.
        ``frame`` None replays: macs follow H and D alone, whatever the activation bounds.
        """
        after, first = self.blank(), 0
        after.started = True
        for number, level in enumerate(self.levels):
            for place, mac in enumerate(self.macs[number]):
                own_draws = None
                if draws is not None:
                    own_draws = draws[first : first + level.n_modules]
                    first += level.n_modules
                self._show(
                    mac, number, place, frame, before, after, own_draws, set_weights, now, record, t
                )
            record.codes[number][:, t] = after.codes[number]
            record.familiarity[number][:, t] = after.familiarity[number]
            record.multiplicity[number][:, t] = after.multiplicity[number]
        return after

    def _show(
        self,
        mac: Mac,
        number: int,
        place: int,
        frame: np.ndarray | None,
        before: State,
        after: State,
        draws: np.ndarray | None,
        set_weights: bool,
        now: int,
        record: Recorder,
        t: int,
    ) -> None:
        fields, learning = self.fields[number][place], draws is not None
        heard = {} if frame is None else self._bottom_up(fields, number, frame, after, learning)
        holds = 0 < before.age[number][place] < mac.persistence
        heard |= self._context(fields, number, place, before, learning)
        if not holds and not heard.keys() & ({"U"} if frame is not None else {"H", "D"}):
            return
        if holds:
            self._hold(number, place, before, after)
            if learning and set_weights and "U" in heard:
                # A held code meets what is new below and above it, but does not follow itself.
                chunk = {signal: heard[signal] for signal in ("U", "D") if signal in heard}
                mac.associate(chunk, after.codes[number][place], now)
            return
        u_power = self.config.u_power
        if not before.started and self.config.u_power_start is not None:
            u_power = self.config.u_power_start
        if learning:
            found = mac.learn(heard, u_power, draws, now, set_weights=set_weights)
        else:
            found = mac.recognise(heard, u_power, now)
        after.codes[number][place] = found.winners
        after.familiarity[number][place] = found.familiarity
        after.multiplicity[number][place] = found.multiplicity
        after.age[number][place] = 1
        record.signals[number][place, t] = found.signals
        if record.support is not None:
            record.support[number][place, t] = found.support.reshape(mac.n_modules, mac.n_units)

    def _hold(self, number: int, place: int, before: State, after: State) -> None:
        after.codes[number][place] = before.codes[number][place]
        after.familiarity[number][place] = before.familiarity[number][place]
        after.multiplicity[number][place] = before.multiplicity[number][place]
        after.age[number][place] = before.age[number][place] + 1

    def _bottom_up(
        self, fields: Fields, number: int, frame: np.ndarray, after: State, learning: bool
    ) -> dict[str, Heard]:
        """Return U if the mac is within its activation bounds, else nothing."""
        size = len(fields.u)
        if number == 0:
            active = np.flatnonzero(frame[fields.u])
            n_features, heard = len(active), Heard(active)
        else:
            n_features, heard = self._from_macs(fields.u, number - 1, after, learning)
        least, most = activation_bounds(self.config, size)
        inside = least <= n_features <= most
        return {"U": heard} if inside and heard.n_heard > 0 else {}

    def _context(
        self, fields: Fields, number: int, place: int, before: State, learning: bool
    ) -> dict[str, Heard]:
        """Return H and D, both of the frame before, as far as there are any."""
        heard = {}
        if len(fields.h):
            found = self._from_macs(fields.h, number, before, learning, own=place)[1]
            if found.n_heard > 0:
                heard["H"] = found
        if len(fields.d):
            found = self._from_macs(fields.d, number + 1, before, learning)[1]
            if found.n_heard > 0:
                heard["D"] = found
        return heard

    def _from_macs(
        self, sources: np.ndarray, number: int, state: State, learning: bool, own: int = -1
    ) -> tuple[int, Heard]:
        """Return how many of the macs ``sources`` of a level are on, and their active units."""
        _, n_modules, n_units = self.sizes[number]
        codes = state.codes[number][sources]
        counted = codes[:, 0] >= 0
        n_on = int(counted.sum())
        gains = None
        if not learning and (self.config.boost > 0 or self.config.boost_limit is not None):
            zeta = state.multiplicity[number][sources]
            if self.config.boost_limit is not None:
                counted = counted & (zeta <= self.config.boost_limit)
            if (zeta[counted] > 1).any() and self.config.boost > 0:
                gains = np.repeat(zeta[counted].astype(float) ** self.config.boost, n_modules)
        rows = np.flatnonzero(counted)[:, None] * n_modules + np.arange(n_modules)
        active = (rows * n_units + codes[counted]).ravel()
        return n_on, Heard(active, gains, int(own in sources[counted]))

    def _bundles(self, number: int, place: int) -> dict[str, Bundle]:
        level, fields = self.levels[number], self.fields[number][place]
        bundles = {"U": self._bundle(level, fields.u, number - 1)}
        if len(fields.h):
            own = int(np.flatnonzero(fields.h == place)[0]) * level.n_modules * level.n_units
            bundles["H"] = self._bundle(level, fields.h, number, own)
        if len(fields.d):
            bundles["D"] = self._bundle(level, fields.d, number + 1)
        return bundles

    def _bundle(
        self, level: LevelConfig, sources: np.ndarray, number: int, own: int | None = None
    ) -> Bundle:
        """``number`` is the index of the level of the sources, -1 for the input."""
        units = modules = 1
        if number >= 0:
            modules, units = self.levels[number].n_modules, self.levels[number].n_units
        return Bundle(
            len(sources) * modules * units,
            level.n_modules,
            level.n_units,
            most_active=len(sources) * modules,
            own=own,
            freeze_at=self.config.freeze_at,
            decay=self.config.decay,
        )
