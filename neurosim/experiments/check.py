"""A falsifiable claim, what was measured, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Check:
    """One claim about a model.

    Attributes
    ----------
    claim
        What is claimed, in words.
    value
        What was measured, in ``unit``.
    relation, limit
        ``">="`` or ``"<="`` and the number that the value is held against.
    unit
        Of the value and the limit.
    source
        Where the claim comes from.
    expected_failure
        True for a known failure of the model: shown, not hidden, and not counted as ours.
    published
        Whether a known failure is a published one; else we foretell it from own measurements.

    Examples
    --------
    >>> check = Check.at_most("direction error", 7.5, 45, unit="deg", source="test")
    >>> check.holds, check.bound
    (True, '<= 45 deg')
    """

    claim: str
    value: float
    relation: str
    limit: float
    unit: str
    source: str
    expected_failure: bool = False
    published: bool = True

    @classmethod
    def at_most(
        cls,
        claim: str,
        value: float,
        limit: float,
        *,
        unit: str = "",
        source: str,
        expected_failure: bool = False,
        published: bool = True,
    ) -> Check:
        """Claim that ``value`` is ``limit`` or less."""
        return cls(claim, float(value), "<=", limit, unit, source, expected_failure, published)

    @classmethod
    def at_least(
        cls,
        claim: str,
        value: float,
        limit: float,
        *,
        unit: str = "",
        source: str,
        expected_failure: bool = False,
        published: bool = True,
    ) -> Check:
        """Claim that ``value`` is ``limit`` or more."""
        return cls(claim, float(value), ">=", limit, unit, source, expected_failure, published)

    @property
    def holds(self) -> bool:
        """Whether the measured value keeps the bound; a value that is NaN never does."""
        if self.relation == ">=":
            return bool(self.value >= self.limit)
        return bool(self.value <= self.limit)

    @property
    def bound(self) -> str:
        """The bound as text."""
        return f"{self.relation} {self.limit:g} {self.unit}".rstrip()

    @property
    def verdict(self) -> str:
        """``holds``, ``fails``, ``fails as published``, or ``holds, though published to fail``.

        For a failure that is not published: ``expected`` in place of ``published``.
        """
        if self.expected_failure:
            known = "published" if self.published else "expected"
            return f"holds, though {known} to fail" if self.holds else f"fails as {known}"
        return "holds" if self.holds else "fails"

    def record(self) -> dict[str, Any]:
        """Return plain JSON values; a value that is not finite becomes None."""
        return {
            "claim": self.claim,
            "value": self.value if np.isfinite(self.value) else None,
            "bound": self.bound,
            "holds": self.holds,
            "expected_failure": self.expected_failure,
            "source": self.source,
        }

    def __repr__(self) -> str:
        return f"Check({self.claim}: {self.value:.3g}, {self.bound}: {self.verdict})"
