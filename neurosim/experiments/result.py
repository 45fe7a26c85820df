"""What an experiment returns: a tidy table, its checks, a figure, and a reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from neurosim.experiments.check import Check

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ExperimentResult:
    """The outcome of ``neurosim.run``.

    Attributes
    ----------
    name, model
        Which experiment, on which model; the model is None where people alone are looked at.
    table
        Tidy ``DataFrame``, one row a measurement.
    checks
        The claims and whether they hold.
    reference
        Human or neural result that the claims are about, with its source.
    seconds
        What it took.
    note
        What the reader has to know about the model, for instance that it is not trained.

    Examples
    --------
    >>> import neurosim
    >>> result = neurosim.run("missing_fundamental")
    >>> result.checks[0].holds, len(result.table) >= 64
    (True, True)
    """

    name: str
    model: str | None
    table: pd.DataFrame
    checks: tuple[Check, ...]
    reference: str
    draw: Callable[[ExperimentResult], Figure]
    seconds: float = 0.0
    note: str = ""

    def figure(self) -> Figure:
        """Draw the result."""
        return self.draw(self)

    @property
    def holds(self) -> bool:
        """Whether every check that is not an expected failure holds."""
        return all(check.holds for check in self.checks if not check.expected_failure)

    @property
    def title(self) -> str:
        """The experiment and its model, in words."""
        return self.name if self.model is None else f"{self.name} on {self.model}"

    def record(self) -> dict[str, Any]:
        """Return what ``neurosim run NAME --json`` prints."""
        return {
            "name": self.name,
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "checks": [check.record() for check in self.checks],
        }

    def __repr__(self) -> str:
        lines = [f"ExperimentResult({self.title}, {self.seconds:.1f} s)"]
        return "\n".join(lines + [f"  {check!r}" for check in self.checks])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(c.claim)}</td><td>{c.value:.3g}</td><td>{escape(c.bound)}</td>"
            f"<td>{c.verdict}</td><td>{escape(c.source)}</td></tr>"
            for c in self.checks
        )
        head = "<tr><th>claim</th><th>measured</th><th>bound</th><th></th><th>source</th></tr>"
        return f"<b>{escape(self.title)}</b><table>{head}{rows}</table>"
