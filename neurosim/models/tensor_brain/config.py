"""Everything that fixes a tensor brain but its symbols, as one frozen record of JSON values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from typing import Any

from neurosim.config_fields import from_fields
from neurosim.errors import checked_seed, refusal, unknown_name

__all__ = ["CONTEXTS", "SCORES", "TensorBrainConfig"]

CONTEXTS = ("relu", "paper", "feedforward")
SCORES = ("centered", "direct", "softplus", "learned")


@dataclass(frozen=True)
class TensorBrainConfig:
    """Sizes, context, score and start values of a `TensorBrain`.

    Parameters
    ----------
    state_dim
        r, units of the representation layer.
    hidden_dim
        H, units of the dynamic context layer.
    context
        How one window leads to the next: ``"relu"``, ``"paper"`` (the printed sigmoids, which
        learn less over three windows) or ``"feedforward"`` (nothing is carried over but q).
    score
        Offset of the index scores: ``"centered"``, ``"direct"``, ``"softplus"`` or ``"learned"``.
    embedding_std
        Standard deviation of the embeddings at the start.
    context_gain
        Gain of the Xavier start values of the three context matrices.
    dropout
        Part of h that is left out before W, in training mode only.
    seed
        Of the start values.

    Raises
    ------
    ValueError
        If a value is out of its range or unknown.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> config = TensorBrainConfig(state_dim=32)
    >>> config.state_dim, config.context, config.score
    (32, 'relu', 'centered')
    >>> TensorBrainConfig.from_dict(config.to_dict()) == config
    True
    """

    state_dim: int = 64
    hidden_dim: int = 64
    context: str = "relu"
    score: str = "centered"
    embedding_std: float = 0.3
    context_gain: float = 2.0
    dropout: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("state_dim", "hidden_dim"):
            _check_whole(name, getattr(self, name))
        for name, known in (("context", CONTEXTS), ("score", SCORES)):
            if getattr(self, name) not in known:
                raise unknown_name("TensorBrainConfig", name, getattr(self, name), known)
        for name in ("embedding_std", "context_gain"):
            _check_real(name, getattr(self, name), "a finite number > 0", lambda x: x > 0)
        _check_real("dropout", self.dropout, "0 <= dropout < 1", lambda x: 0 <= x < 1)
        checked_seed("TensorBrainConfig", self.seed)

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TensorBrainConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)


def _check_whole(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            refusal(
                "TensorBrainConfig", name, value, "is no whole number", "an int >= 1", "Use int()"
            )
        )
    if value < 1:
        raise ValueError(
            refusal("TensorBrainConfig", name, value, "is too small", "an int >= 1", "Raise it")
        )


def _check_real(name: str, value: Any, expected: str, fits: Callable[[float], bool]) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            refusal("TensorBrainConfig", name, value, "is no number", expected, "Use float()")
        )
    if not (math.isfinite(value) and fits(value)):
        raise ValueError(
            refusal("TensorBrainConfig", name, value, "is out of range", expected, "Change it")
        )
