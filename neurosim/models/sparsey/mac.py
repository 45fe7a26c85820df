"""One macrocolumn: what it hears becomes support, familiarity, and a code."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from neurosim.models.sparsey.bundle import Bundle
from neurosim.models.sparsey.config import CHOICES, LevelConfig, SparseyConfig
from neurosim.models.sparsey.selection import (
    HARD,
    choose_hard,
    choose_learning,
    familiarity_of,
    multiplicity_of,
    rivals_in,
    tie_key,
)
from neurosim.models.sparsey.trace import SIGNAL_BITS
from neurosim.models.sparsey.win_weights import (
    CORE_FIRST,
    CORE_LAST,
    CORE_LEAST,
    CORE_STEPS,
    FIRST,
    SPARSEYCORE,
    parameters,
)
from stimuli.randomness import stream


@dataclass(frozen=True, eq=False)
class Heard:
    """The afferents of one signal that are on.

    ``active`` (n,) int64 rows of the bundle; ``gains`` (n,) what each counts, or None for 1;
    ``n_silenced`` how many of them no unit hears fully: 1 where the mac hears itself, since its own
    module is left out.
    """

    active: np.ndarray
    gains: np.ndarray | None = None
    n_silenced: int = 0

    @property
    def n_heard(self) -> int:
        """Active afferents of each unit."""
        return len(self.active) - self.n_silenced


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One run of code selection: winners (Q,), G, zeta, V (Q * K,), and the signals taken."""

    winners: np.ndarray
    familiarity: float
    multiplicity: int
    support: np.ndarray
    signals: int


class Mac:
    """A macrocolumn and the weights of its signals; ``bundles`` are keyed U, H, D."""

    def __init__(
        self, config: SparseyConfig, level: LevelConfig, bundles: dict[str, Bundle], name: str
    ) -> None:
        self.config, self.bundles = config, bundles
        self.n_modules, self.n_units = level.n_modules, level.n_units
        self.persistence = level.persistence
        self.form, self.parameters = parameters(config, level.n_units)
        self.highest_mean = np.array(CORE_LEAST)
        self._powers = {"H": config.h_power, "D": config.d_power}
        self._choice = CHOICES.index(config.choice)
        self.tie_seed = stream(config.seed, f"ties of {name}").integers(2**64, dtype=np.uint64)

    def learn(
        self,
        heard: dict[str, Heard],
        u_power: float,
        draws: np.ndarray,
        now: int,
        *,
        set_weights: bool = True,
    ) -> Evaluation:
        """Choose a code by chance; with ``set_weights`` set those from all that is heard to it."""
        factors = self._factors(heard, u_power, now)
        support, familiarity = self._support(list(factors.values()))
        raised = self._ratcheted(support)
        choice = HARD if self.bundles["U"].all_frozen else self._choice
        winners = np.empty(self.n_modules, dtype=np.int16)
        choose_learning(
            choice,
            support,
            familiarity,
            self.form,
            raised,
            self.n_modules,
            self.n_units,
            draws,
            winners,
        )
        if set_weights:
            self.parameters[...] = raised
            self.highest_mean[...] = max(self.highest_mean, support.mean())
            self.associate(heard, winners, now)
        return self._evaluation(winners, familiarity, support, factors)

    def associate(self, heard: dict[str, Heard], winners: np.ndarray, now: int) -> None:
        """Set the weights from what is heard to ``winners``."""
        for signal, afferents in heard.items():
            self.bundles[signal].learn(afferents.active, winners, now, self.persistence)

    def recognise(self, heard: dict[str, Heard], u_power: float, now: int) -> Evaluation:
        """Take the units of largest support; nothing is learned, no random state moves."""
        factors = self._factors(heard, u_power, now)
        factors, support, familiarity = self._version(factors)
        key = self.tie_seed
        for signal in factors:
            active = heard[signal].active
            number = list(SIGNAL_BITS).index(signal)
            key = np.uint64(tie_key(active, len(active), key, number))
        winners = np.empty(self.n_modules, dtype=np.int16)
        choose_hard(support, self.n_modules, self.n_units, key, winners)
        return self._evaluation(winners, familiarity, support, factors)

    def _factors(self, heard: dict[str, Heard], u_power: float, now: int) -> dict[str, np.ndarray]:
        """Return U**u, H**h, D**d of every unit; a silent signal is left out."""
        factors = {}
        for signal, afferents in heard.items():
            if afferents.n_heard < 1:
                continue
            bundle = self.bundles[signal]
            divisor = float(afferents.n_heard)
            if self.config.normalise == "min":
                most = bundle.most_active - bundle.hears_itself
                divisor = min(divisor, self.config.pi_min * most)
            sums = bundle.sums(afferents.active, afferents.gains, now)
            normalised = np.minimum(1.0, sums / divisor)
            power = u_power if signal == "U" else self._powers[signal]
            factors[signal] = normalised if power == 1.0 else normalised**power
        return factors

    def _support(self, factors: list[np.ndarray]) -> tuple[np.ndarray, float]:
        """Return V = H**h U**u D**d, and G."""
        support = np.ones(self.n_modules * self.n_units)
        for factor in factors:
            support = support * factor
        return support, familiarity_of(support, self.n_modules, self.n_units)

    def _version(
        self, factors: dict[str, np.ndarray]
    ) -> tuple[dict[str, np.ndarray], np.ndarray, float]:
        """Back off: the most signals with which G passes; with none, all of them."""
        everything = (factors, *self._support(list(factors.values())))
        if self.config.backoff is None:
            return everything
        for order in range(len(factors), 0, -1):
            best = None
            for names in combinations(factors, order):
                chosen = {name: factors[name] for name in names}
                version = (chosen, *self._support(list(chosen.values())))
                if best is None or version[2] > best[2]:
                    best = version
            if best is not None and best[2] >= self.config.backoff[3 - order]:
                return best
        return everything

    def _ratcheted(self, support: np.ndarray) -> np.ndarray:
        """SparseyCore: each new maximum of the mean V moves the inflection up a step."""
        if self.form != SPARSEYCORE or support.mean() <= self.highest_mean:
            return self.parameters
        raised = self.parameters.copy()
        step = (CORE_LAST - CORE_FIRST) / CORE_STEPS
        raised[FIRST + 1] = min(CORE_LAST, raised[FIRST + 1] + step)
        return raised

    def _evaluation(
        self,
        winners: np.ndarray,
        familiarity: float,
        support: np.ndarray,
        factors: dict[str, np.ndarray],
    ) -> Evaluation:
        rivals = rivals_in(support, self.config.v_zeta)
        return Evaluation(
            winners=winners,
            familiarity=familiarity,
            multiplicity=multiplicity_of(rivals, self.n_modules),
            support=support,
            signals=sum(SIGNAL_BITS[signal] for signal in factors),
        )
