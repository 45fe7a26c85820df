"""Everything that fixes a harmonic search, as one frozen record of JSON values."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

from neurosim.config_fields import from_fields
from neurosim.errors import checked_seed, refusal, unknown_name

MEMORIES = ("table", "hebbian")
CODES = ("gaussian", "hexagonal")
FINEST = 0.002  # sides; a lattice of 250,000 nodes


@dataclass(frozen=True)
class HarmonicSearchConfig:
    """Lattice, graph memory, motion and code of a harmonic search.

    All values are of our reconstruction; those of the authors are not public. Lengths are in sides
    of the unit square. Every edge of the graph costs

        length base**n (habit if it was walked) min(exp(kappa b), most_obstacle),

    with n its failures and b what the obstacle memory says of it.

    Parameters
    ----------
    spacing
        h_0, of the coarsest lattice; level l has spacing / 2**l.
    n_levels
        Lattices that may be tried, one after the other. A way is found for certain if its clearance
        beyond the body exceeds h/sqrt(2) + tolerance at the finest: .015 with the defaults.
    base
        B: how much dearer an edge becomes by a failure.
    habit
        q: how much cheaper it becomes by a success.
    kappa, most_obstacle
        Slope and cap (b_max) of the dearness that the obstacle memory adds.
    n_failures
        n_max: failures after which an edge is deleted. One is enough without motion noise.
    threshold
        Depression n at which an edge is deleted, above n_failures - 1 and at most n_failures; None
        is n_failures. At n_failures every deleted edge is open again after one recovery; at
        n_failures - 0.5 about 15 trials later.
    recovery
        r: what remains of n and b after a trial.
    one_way
        Whether the world has passages that are open in one direction; then a failure says nothing
        of the other direction.
    memory
        ``"table"`` counts failures; ``"hebbian"`` reads them from a matrix of outer products of
        codes.
    obstacle_memory
        Whether a contact makes similar edges dearer. It saves steps on the first trial and loses
        about as many on the second.
    n_features
        Length of the codes.
    code
        Frequencies of the code that is recorded: ``"gaussian"`` with the width of half a spacing,
        or ``"hexagonal"``.
    scale, ratio, n_modules, n_rotations
        Of the hexagonal code: coarsest scale in sides, ratio of successive scales, their number,
        and rotations of each.
    step
        Length of a step.
    noise
        Standard deviation of the error of a step along each axis.
    tolerance
        A node is reached within min(tolerance, spacing of the level / 10).
    offset
        Largest shift of the lattice in spacings; the shift is drawn with the seed.
    budget
        Steps after which a trial is given up.
    seed
        Of the frequencies, the shift of the lattice and the motion noise.

    Raises
    ------
    ValueError
        If a value is out of its range.
    TypeError
        If it is of the wrong kind.
    UnknownNameError
        If memory or code is not a known word.

    Examples
    --------
    >>> HarmonicSearchConfig().spacing_of(3)
    0.0125
    """

    spacing: float = 0.1
    n_levels: int = 4
    base: float = 32.0
    habit: float = 0.6
    kappa: float = 3.0
    most_obstacle: float = 8.0
    n_failures: int = 2
    threshold: float | None = None
    recovery: float = 0.98
    one_way: bool = False
    memory: str = "table"
    obstacle_memory: bool = False
    n_features: int = 256
    code: str = "gaussian"
    scale: float = 1.6
    ratio: float = 1.42
    n_modules: int = 5
    n_rotations: int = 3
    step: float = 0.02
    noise: float = 0.0
    tolerance: float = 0.006
    offset: float = 0.0
    budget: int = 200_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("n_levels", "n_failures", "n_features", "n_modules", "n_rotations", "budget"):
            _check_whole(name, getattr(self, name))
        _check_real("spacing", self.spacing, above=0.0, high=0.5)
        _check_real("base", self.base, above=1.0)
        _check_real("kappa", self.kappa, low=0.0)
        _check_real("most_obstacle", self.most_obstacle, low=1.0)
        _check_real("ratio", self.ratio, above=1.0)
        _check_real("noise", self.noise, low=0.0)
        _check_real("offset", self.offset, low=0.0, high=1.0)
        _check_real("step", self.step, above=0.0, high=self.spacing)
        for name in ("habit", "recovery"):
            _check_real(name, getattr(self, name), above=0.0, high=1.0)
        for name in ("scale", "tolerance"):
            _check_real(name, getattr(self, name), above=0.0)
        self._check_words()
        self._check_together()
        checked_seed("HarmonicSearchConfig", self.seed)

    def _check_words(self) -> None:
        for name in ("one_way", "obstacle_memory"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(
                    refusal(
                        "HarmonicSearchConfig",
                        name,
                        getattr(self, name),
                        "is not a bool",
                        "True or False",
                        "Choose one",
                    )
                )
        for name, known in (("memory", MEMORIES), ("code", CODES)):
            if getattr(self, name) not in known:
                raise unknown_name("HarmonicSearchConfig", name, getattr(self, name), known)

    def _check_together(self) -> None:
        """Check what depends on several settings."""
        if self.threshold is not None:
            _check_real(
                "threshold", self.threshold, above=self.n_failures - 1.0, high=self.n_failures
            )
        if self.spacing_of(self.n_levels - 1) < FINEST:
            raise _wrong(
                "n_levels",
                self.n_levels,
                f"makes a lattice of spacing {self.spacing_of(self.n_levels - 1):.3g}",
                f"{FINEST:g} or more",
                "Lower n_levels, or raise spacing",
            )
        if self.one_way and self.memory == "hebbian":
            raise _wrong(
                "one_way",
                True,
                "cannot be held in Hebbian weights, which know no direction",
                "False with memory='hebbian'",
                "Use memory='table'",
            )

    @property
    def deletes_at(self) -> float:
        """The depression n at which an edge is deleted."""
        return float(self.n_failures if self.threshold is None else self.threshold)

    def spacing_of(self, level: int) -> float:
        """Return h_l, sides."""
        return self.spacing / 2**level

    def tolerance_of(self, level: int) -> float:
        """Return how near a node of a level counts as reached, sides."""
        return min(self.tolerance, 0.1 * self.spacing_of(level))

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> HarmonicSearchConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)


def _wrong(name: str, value: Any, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("HarmonicSearchConfig", name, value, problem, expected, remedy))


def _check_whole(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            refusal(
                "HarmonicSearchConfig",
                name,
                value,
                "is not a whole number",
                "an int of 1 or more",
                "Convert it with int()",
            )
        )
    if value < 1:
        raise _wrong(name, value, "is too small", "an int of 1 or more", "Raise it")


def _check_real(
    name: str,
    value: Any,
    *,
    low: float = -math.inf,
    above: float = -math.inf,
    high: float = math.inf,
) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            refusal(
                "HarmonicSearchConfig", name, value, "is not a number", "a number", "Convert it"
            )
        )
    if not (math.isfinite(value) and low <= value <= high and value > above):
        bounds = [f">= {low:g}"] * (low > -math.inf) + [f"> {above:g}"] * (above > -math.inf)
        bounds += [f"<= {high:g}"] * (high < math.inf)
        expected = "a finite number " + " and ".join(bounds)
        raise _wrong(name, value, "is out of range", expected, "Change it")
