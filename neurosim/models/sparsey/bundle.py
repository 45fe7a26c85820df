"""All weights of one signal (U, H or D) onto one mac."""

from __future__ import annotations

import math

import numpy as np

from neurosim.models.sparsey.bit_slices import add_rows, n_planes, unpack
from neurosim.models.sparsey.hebb import NO_OWN_ROWS, PLASTIC, freeze, set_weights
from neurosim.models.sparsey.permanence import NEVER, faded_sums, note_coincidences


class Bundle:
    """Binary weights from ``n_afferents`` to Q modules of K units, their freezing and fading.

    ``own`` is the first row of the mac itself among its afferents, or None: units do not hear their
    own module. ``most_active`` is how many afferents can be on at once.
    """

    def __init__(
        self,
        n_afferents: int,
        n_modules: int,
        n_units: int,
        *,
        most_active: int,
        own: int | None = None,
        freeze_at: float | None = None,
        decay: tuple[int, int, int] | None = None,
    ) -> None:
        self.n_afferents, self.n_modules, self.n_units = n_afferents, n_modules, n_units
        self.most_active = most_active
        self.hears_itself = own is not None
        self.own = NO_OWN_ROWS if own is None else own
        self.per_unit = n_afferents - (n_units if self.hears_itself else 0)
        self.limit = math.inf if freeze_at is None else freeze_at * self.per_unit
        n_words = -(-n_modules // 64) * n_units
        self.bits = np.zeros((n_afferents, n_words), dtype=np.uint64)
        self.n_set = np.zeros(n_modules * n_units, dtype=np.int32)
        self.frozen = np.full(n_modules * n_units, PLASTIC, dtype=np.int64)
        self.ages = None if decay is None else np.array(decay, dtype=np.int64)
        self.last = self.stiffness = None
        if decay is not None:
            shape = (n_afferents, n_modules * n_units)
            self.last = np.full(shape, NEVER, dtype=np.int64)
            self.stiffness = np.zeros(shape, dtype=np.uint8)
        self._planes = np.zeros((n_planes(most_active), n_words), dtype=np.uint64)
        self._carry = np.empty(n_words, dtype=np.uint64)
        self._counts = np.empty(n_modules * n_units, dtype=np.int32)

    @property
    def n_weights(self) -> int:
        """Synapses that there are, set or not."""
        return self.per_unit * self.n_modules * self.n_units

    @property
    def density(self) -> float:
        """Part of the synapses that have been set."""
        return float(self.n_set.sum()) / self.n_weights if self.n_weights else 0.0

    @property
    def all_frozen(self) -> bool:
        """Whether no unit learns any more."""
        return self.limit < math.inf and bool((self.frozen != PLASTIC).all())

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what learning changes, for a file."""
        kept = {"bits": self.bits, "n_set": self.n_set, "frozen": self.frozen}
        if self.last is not None:
            kept |= {"last": self.last, "stiffness": self.stiffness}
        return kept

    def dense(self) -> np.ndarray:
        """Return the weights that have been set, (n_afferents, Q, K) bool."""
        q = np.arange(self.n_modules)
        words = self.bits.reshape(self.n_afferents, -1, self.n_units)[:, q // 64]
        return (words >> (q % 64).astype(np.uint64)[:, None]) & np.uint64(1) == 1

    def sums(self, active: np.ndarray, gains: np.ndarray | None, now: int) -> np.ndarray:
        """Return the input sum of every unit, (Q * K,) float64, a full weight being 1.

        ``active`` (n,) int64 rows that are on; ``gains`` (n,) what each counts, 1 for None.
        """
        if gains is None:
            return self._plain_sums(active, now)
        total = np.zeros(self.n_modules * self.n_units)
        for gain in np.unique(gains):
            total += gain * self._plain_sums(active[gains == gain], now)
        return total

    def _plain_sums(self, active: np.ndarray, now: int) -> np.ndarray:
        if self.last is not None:
            sums = np.empty(self.n_modules * self.n_units)
            faded_sums(self.last, self.stiffness, active, self.frozen, self.ages, now, sums)
            return sums
        used = add_rows(self.bits, active, len(active), self._planes, self._carry)
        unpack(self._planes, used, self.n_modules, self.n_units, self._counts)
        return self._counts.astype(np.float64)

    def learn(self, active: np.ndarray, winners: np.ndarray, now: int, persistence: int) -> None:
        """Set the weights from ``active`` to ``winners`` (Q,) int16, in frame ``now``."""
        n_units = self.n_units
        if self.last is not None:
            note_coincidences(
                self.last,
                self.stiffness,
                active,
                winners,
                n_units,
                self.own,
                self.frozen,
                self.ages,
                now,
                persistence,
            )
        set_weights(
            self.bits, active, len(active), winners, n_units, self.own, self.n_set, self.frozen
        )
        if self.limit < math.inf:
            freeze(winners, n_units, self.n_set, self.frozen, self.limit, now)
