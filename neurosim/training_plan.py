"""How long and how fast to train."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from neurosim.errors import checked_seed, refusal


@dataclass(frozen=True)
class TrainingPlan:
    """How to train: AdamW (Loshchilov & Hutter 2019), a piecewise linear rate, clipping.

    Parameters
    ----------
    n_steps
        Number of updates.
    learning_rate
        The highest, reached after the warm-up.
    rate_factors
        Part of the module (``"decoder"``, ``"stage.bank"``) to a factor of its learning rate, for
        parts whose parameters are of another scale; 1 for parts that are not named.
    warmup
        Fraction of the steps over which the rate rises from 0; then it falls linearly to 0.
    knee
        A point on the way down, (fraction of the steps, fraction of the rate): the rate falls
        linearly to it, and from it to 0. None falls on one line.
    weight_decay
        Of AdamW.
    clip_norm
        Largest norm of the gradient of all parameters together.
    seed
        Of the draws that the module makes itself (dropout), and for the batches of the caller.
    checkpoint_every
        Seconds between checkpoints; 0 writes one after every step.
    validate_every
        Steps between validations; there is one before the first step and one after the last.

    Raises
    ------
    ValueError, TypeError
        If a value is outside of what is said above.

    Examples
    --------
    >>> plan = TrainingPlan(n_steps=100, learning_rate=1e-3, warmup=0.1)
    >>> [round(plan.rate(step), 6) for step in (0, 9, 54, 99)]
    [0.0001, 0.001, 0.000511, 1.1e-05]
    >>> plan = TrainingPlan(n_steps=100, learning_rate=1e-3, warmup=0.1, knee=(0.8, 0.4))
    >>> [round(plan.rate(step), 6) for step in (9, 45, 80, 90)]
    [0.001, 0.0007, 0.0004, 0.0002]
    """

    n_steps: int
    learning_rate: float
    warmup: float = 0.05
    knee: tuple[float, float] | None = None
    weight_decay: float = 1e-6
    clip_norm: float = 1.0
    seed: int = 0
    checkpoint_every: float = 60.0
    validate_every: int = 500
    rate_factors: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checked_seed("TrainingPlan", self.seed)
        for name in ("n_steps", "validate_every"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(self._wrong(name, "is not an int", "an int of 1 or more"))
            if value < 1:
                raise ValueError(self._wrong(name, "is too small", "an int of 1 or more"))
        for name, least, most in (
            ("learning_rate", math.ulp(0.0), math.inf),
            ("warmup", 0.0, 1.0),
            ("weight_decay", 0.0, math.inf),
            ("clip_norm", math.ulp(0.0), math.inf),
            ("checkpoint_every", 0.0, math.inf),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(self._wrong(name, "is not a number", "a number"))
            if not (least <= value <= most and math.isfinite(value)):
                sign = "> 0" if least > 0 else ">= 0"
                limit = sign if most == math.inf else f"{least:g} to {most:g}"
                raise ValueError(self._wrong(name, "is out of range", limit))
        if self.knee is not None and not (
            len(self.knee) == 2 and self.warmup < self.knee[0] < 1 and 0 < self.knee[1] < 1
        ):
            raise ValueError(
                self._wrong(
                    "knee",
                    "is no point on the way down",
                    f"(fraction of the steps in {self.warmup:g}..1, fraction of the rate in 0..1)",
                )
            )
        for part, factor in self.rate_factors.items():
            if not (isinstance(factor, (int, float)) and 0 < factor < math.inf):
                raise ValueError(
                    self._wrong("rate_factors", f"has {factor!r} for {part!r}", "factors above 0")
                )

    def _wrong(self, name: str, problem: str, expected: str) -> str:
        return refusal(
            "TrainingPlan",
            name,
            getattr(self, name),
            problem,
            expected,
            "Leave it out or change it",
        )

    def rate(self, step: int) -> float:
        """Return the learning rate of ``step``: none is 0, so that no step is spent on nothing."""
        rising = max(1, round(self.warmup * self.n_steps))
        down = [(rising, 1.0), (self.n_steps, 0.0)]
        if self.knee is not None:
            down.insert(1, (self.knee[0] * self.n_steps, self.knee[1]))
        falling = float(np.interp(step, *zip(*down, strict=True)))
        return self.learning_rate * min((step + 1) / rising, falling)

    def factor(self, name: str) -> float:
        """Return the factor of the learning rate of the parameter ``name``: that of its part.

        Examples
        --------
        >>> plan = TrainingPlan(n_steps=1, learning_rate=1.0, rate_factors={"decoder": 0.1})
        >>> plan.factor("decoder.last.weight"), plan.factor("decoders.weight")
        (0.1, 1.0)
        """
        parts = [part for part in self.rate_factors if f"{name}.".startswith(f"{part}.")]
        return float(self.rate_factors[max(parts, key=len)]) if parts else 1.0
