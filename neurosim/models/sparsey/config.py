"""Everything that fixes a Sparsey-style memory, as one frozen record of JSON values."""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any

from neurosim.config_fields import from_fields
from neurosim.errors import checked_seed, unknown_name
from neurosim.models.sparsey.config_checks import check_real, check_whole, wrong

__all__ = ["PRESETS", "LevelConfig", "SparseyConfig"]

WIN_WEIGHTS = ("logistic", "r14", "sparseycore", "r10")
CHOICES = ("soft", "hard", "uniform")
NORMALISATIONS = ("active", "min")
LAYOUTS = ("square", "hex")

#: Win weights and freezing that were tried together. ``hard`` is close to the author's own code:
#: it collapses when it fills. ``dense`` is for images with a third of their pixels on.
PRESETS: dict[str, dict[str, Any]] = {
    "soft": {"lam": 10.0, "phi": 7.0, "chi": 5.0, "gamma": 2.0},
    "mid": {"lam": 16.0, "phi": 12.0, "chi": 20.0, "gamma": 3.0},
    "hard": {"lam": 28.0, "phi": 14.0, "chi": 100.0, "gamma": 2.0},
    "dense": {
        "lam": 16.0,
        "phi": 4.8,
        "chi": 20.0,
        "gamma": 1.0,
        "g_min": 0.0,
        "u_power": 10.0,
        "freeze_at": 0.45,
    },
}

_PER_LEVEL = ("n_modules", "n_units", "persistence", "u_radius", "h_radius", "d_radius")


@dataclass(frozen=True)
class LevelConfig:
    """One level, after the values common to all levels were handed out; see `SparseyConfig`.

    Examples
    --------
    >>> SparseyConfig(n_units=8).level(1).n_units
    8
    """

    grid: tuple[int, int]
    n_modules: int
    n_units: int
    persistence: int
    u_radius: float
    h_radius: float | None
    d_radius: float | None


@dataclass(frozen=True)
class SparseyConfig:
    """Input, macs, wiring, code selection and learning of a Sparsey-style memory.

    A macrocolumn (mac) has Q = ``n_modules`` winner-take-all modules of K = ``n_units`` binary
    units; its code is one winner in each module. Levels count from 1, level 0 is the input.
    ``n_modules n_units persistence u_radius h_radius d_radius`` may be one value for all levels or
    a tuple of one for each. Distances are in the unit square that every level fills.

    Parameters
    ----------
    input_shape
        Shape of one binary frame, (H, W) or (n_bits,).
    grid
        Rows and columns of macs of each level.
    layout
        ``"square"``, or ``"hex"``, which shifts every other row by half a column.
    n_modules, n_units
        Q and K; K**Q codes. Rinkus (2010) takes Q of about 70 and K of about 20.
    u_radius
        Radius of the bottom-up receptive field; the default takes in everything.
    h_radius
        Radius within which the macs of the same level are heard one frame later; 0 is the mac
        itself alone, None no horizontal signal. No unit hears its own module.
    d_radius
        Radius within which the macs of the level above are heard one frame later; None is no
        top-down signal. A tuple ends in None, since nothing lies above the top.
    persistence
        Frames for which a code stays on.
    pi_min, pi_max
        A mac is on when the active part of its bottom-up field lies between them (and is not
        empty): bits at level 1, active macs above.
    normalise
        What sums are divided by: ``"active"``, the number of active afferents, is deaf to bits
        that are missing; ``"min"``, at most ``pi_min`` of the field, forgives bits too many.
    u_power, h_power, d_power
        Exponents of the three signals in the support V = H**h U**u D**d.
    u_power_start
        Exponent of U where a sequence starts; None takes ``u_power``.
    v_zeta
        Units with V above it count as rivals, from which the multiplicity zeta comes.
    boost, boost_limit
        In recognition a source of multiplicity zeta counts zeta**boost, and nothing above
        ``boost_limit``; None is no limit. In learning every source counts 1. The default counts 1
        always: boosted sums are cut at 1, and an episode of a filling mac is lost sooner.
    g_min, gamma, chi
        Expansivity eta = 1 + ([(G - g_min) / (1 - g_min)]_+)**gamma * chi * K.
    win_weight
        How support becomes a chance to win: ``"logistic"``, ``"r14"`` (Rinkus 2014, from memory),
        ``"sparseycore"`` (its inflection moves up as the mac fills) or ``"r10"``.
    lam, phi
        Slope and offset of the logistic: (eta - 1) / (1 + exp(-(lam V - phi))) + 1.
    r14
        s1, s2, s3, s4 of (eta - 1) / (1 + s1 exp(-s2 (V - s3)))**s4 + 1.
    choice
        How winners are chosen in learning: ``"soft"``, by their chance; the controls are
        ``"hard"``, the largest V, and ``"uniform"``.
    freeze_at
        A unit stops to learn from a signal once this part of its weights has been set; None
        never. When all units of a mac are frozen it chooses the largest V in learning too.
    decay
        Ages (frames) after which a weight that did not recur falls from 127 to 120, 50 and 0;
        twice that after one recurrence, and it never falls after two. None keeps weights for
        ever, at one bit each.
    backoff
        G that a version of three, two and one signals has to reach in recognition, else signals
        are left out; None always takes all there are.
    seed
        Seed of the draws in learning and of the ties in recognition.

    Raises
    ------
    ValueError
        If a value is out of its range, a field holds nothing, or a radius refers to a level that
        is not there.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> config = SparseyConfig(n_modules=9, n_units=16, h_radius=0)
    >>> config.level(1).n_modules, config.n_inputs
    (9, 144)
    >>> SparseyConfig.from_dict(config.to_dict()) == config
    True
    """

    input_shape: tuple[int, ...] = (12, 12)
    grid: tuple[tuple[int, int], ...] = ((1, 1),)
    layout: str = "square"
    n_modules: int | tuple[int, ...] = 50
    n_units: int | tuple[int, ...] = 20
    u_radius: float | tuple[float, ...] = 2.0
    h_radius: float | tuple[float | None, ...] | None = None
    d_radius: float | tuple[float | None, ...] | None = None
    persistence: int | tuple[int, ...] = 1
    pi_min: float = 0.0
    pi_max: float = 1.0
    normalise: str = "active"
    u_power: float = 1.0
    h_power: float = 1.0
    d_power: float = 1.0
    u_power_start: float | None = None
    v_zeta: float = 0.95
    boost: float = 0.0
    boost_limit: float | None = None
    g_min: float = 0.1
    gamma: float = 2.0
    chi: float = 5.0
    win_weight: str = "logistic"
    lam: float = 10.0
    phi: float = 7.0
    r14: tuple[float, float, float, float] = (0.1, 4.0, 1.0, 8.0)
    choice: str = "soft"
    freeze_at: float | None = None
    decay: tuple[int, int, int] | None = None
    backoff: tuple[float, float, float] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        self._set_tuples()
        self._check_shapes()
        self._check_numbers()
        self._check_r14()
        for name, known in (
            ("layout", LAYOUTS),
            ("normalise", NORMALISATIONS),
            ("win_weight", WIN_WEIGHTS),
            ("choice", CHOICES),
        ):
            if getattr(self, name) not in known:
                raise unknown_name("SparseyConfig", name, getattr(self, name), known)
        self._check_levels()
        self._check_decay_and_backoff()
        checked_seed("SparseyConfig", self.seed)

    @property
    def n_levels(self) -> int:
        """Levels of macs, the input not counted."""
        return len(self.grid)

    @property
    def n_inputs(self) -> int:
        """Bits of one frame."""
        return math.prod(self.input_shape)

    def level(self, number: int) -> LevelConfig:
        """Return the settings of level ``number``, 1 the lowest.

        Raises
        ------
        ValueError
            If there is no such level.
        """
        if not 1 <= number <= self.n_levels:
            raise wrong(
                "level", number, "does not exist", f"1 to {self.n_levels}", "Name another level"
            )
        values = {name: self._of_level(name, number) for name in _PER_LEVEL}
        if number == self.n_levels:
            values["d_radius"] = None
        return LevelConfig(grid=self.grid[number - 1], **values)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SparseyConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)

    def _of_level(self, name: str, number: int) -> Any:
        value = getattr(self, name)
        return value[number - 1] if isinstance(value, tuple) else value

    def _set_tuples(self) -> None:
        """JSON gives lists back; a frozen record holds tuples."""
        shape = self.input_shape
        if isinstance(shape, Integral) and not isinstance(shape, bool):
            object.__setattr__(self, "input_shape", (int(shape),))
        for name in ("input_shape", "r14", "decay", "backoff", *_PER_LEVEL):
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        if isinstance(self.grid, (list, tuple)):
            rows = tuple(tuple(g) if isinstance(g, (list, tuple)) else g for g in self.grid)
            object.__setattr__(self, "grid", rows)

    def _check_shapes(self) -> None:
        shape = self.input_shape
        if not isinstance(shape, tuple) or not 1 <= len(shape) <= 2:
            raise wrong("input_shape", shape, "is no shape", "(H, W) or (n_bits,)", "Give a tuple")
        for side in shape:
            check_whole("input_shape", side, 1)
        pairs = isinstance(self.grid, tuple) and len(self.grid) > 0
        if not pairs or not all(isinstance(g, tuple) and len(g) == 2 for g in self.grid):
            raise wrong(
                "grid", self.grid, "is no list of grids", "((rows, columns), ...)", "Nest tuples"
            )
        for rows_columns in self.grid:
            for side in rows_columns:
                check_whole("grid", side, 1)

    def _check_numbers(self) -> None:
        for name in ("u_power", "h_power", "d_power", "gamma", "chi", "lam"):
            check_real(name, getattr(self, name), above=0.0)
        if self.u_power_start is not None:
            check_real("u_power_start", self.u_power_start, above=0.0)
        check_real("phi", self.phi)
        check_real("boost", self.boost, low=0.0)
        if self.boost_limit is not None:
            check_real("boost_limit", self.boost_limit, low=1.0)
        for name in ("g_min", "v_zeta"):
            check_real(name, getattr(self, name), low=0.0, below=1.0)
        for name in ("pi_min", "pi_max"):
            check_real(name, getattr(self, name), low=0.0, high=1.0)
        if self.pi_min > self.pi_max:
            raise wrong(
                "pi_min", self.pi_min, f"is above pi_max={self.pi_max}", "pi_min <= pi_max", "Swap"
            )
        if self.normalise == "min" and self.pi_min == 0:
            raise wrong(
                "normalise", "min", "divides by pi_min = 0", "pi_min > 0 with it", "Give pi_min"
            )
        if self.freeze_at is not None:
            check_real("freeze_at", self.freeze_at, above=0.0, high=1.0)

    def _check_r14(self) -> None:
        if not isinstance(self.r14, tuple) or len(self.r14) != 4:
            raise wrong("r14", self.r14, "is not of length 4", "(s1, s2, s3, s4)", "Give four")
        for name, value in zip(("s1", "s2", "s3", "s4"), self.r14, strict=True):
            check_real(f"r14 ({name})", value, above=-math.inf if name == "s3" else 0.0)

    def _check_levels(self) -> None:
        for name in _PER_LEVEL:
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) != self.n_levels:
                raise wrong(
                    name,
                    value,
                    f"has {len(value)} values for {self.n_levels} levels",
                    "one value, or one for each level",
                    "Give as many as grid has",
                )
        for number in range(1, self.n_levels + 1):
            for name in ("n_modules", "n_units", "persistence"):
                check_whole(name, self._of_level(name, number), 1)
            check_real("u_radius", self._of_level("u_radius", number), above=0.0)
            for name in ("h_radius", "d_radius"):
                if self._of_level(name, number) is not None:
                    check_real(name, self._of_level(name, number), low=0.0)
            if self._of_level("n_units", number) == 1:
                warnings.warn(
                    f"SparseyConfig: n_units=1 at level {number} leaves one code; expected 2 or "
                    "more. Raise n_units.",
                    stacklevel=4,
                )
        top = self._of_level("d_radius", self.n_levels)
        if top is not None and (self.n_levels == 1 or isinstance(self.d_radius, tuple)):
            raise wrong(
                "d_radius",
                self.d_radius,
                f"refers to level {self.n_levels + 1}, which is not there",
                "None for the top level",
                "Add a level or leave it out",
            )

    def _check_decay_and_backoff(self) -> None:
        if self.decay is not None:
            if not isinstance(self.decay, tuple) or len(self.decay) != 3:
                raise wrong(
                    "decay",
                    self.decay,
                    "is not three ages",
                    "(2000, 3000, 4000)",
                    "Give three or None",
                )
            for age in self.decay:
                check_whole("decay", age, 1)
            if not self.decay[0] <= self.decay[1] <= self.decay[2]:
                raise wrong("decay", self.decay, "does not rise", "rising ages", "Sort them")
        if self.backoff is not None:
            if not isinstance(self.backoff, tuple) or len(self.backoff) != 3:
                raise wrong(
                    "backoff",
                    self.backoff,
                    "is not three G",
                    "(0.9, 0.8, 0.7)",
                    "Give three or None",
                )
            for threshold in self.backoff:
                check_real("backoff", threshold, low=0.0, high=1.0)
