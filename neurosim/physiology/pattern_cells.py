"""Pattern and component cells: does a unit follow a plaid, or the two gratings in it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.physiology.partial_correlation import partial_correlations

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

KINDS = ("pattern", "component", "unclassified")
HALF_ANGLE = 60  # deg from the direction of the plaid to that of each grating
# Directions that a curve counts as, however finely it is sampled, so that 1.28 keeps its meaning.
_N_SAMPLES = 12
_LARGEST_VARIANCE = 0.9  # circular; of a curve flatter than this the direction means nothing
_SMALLEST_PEAK = 0.1  # of the best unit


@dataclass(frozen=True)
class PatternComponent:
    """Responses of units to gratings and plaids, and which kind of cell each unit is.

    Attributes
    ----------
    direction
        (n_directions,) deg, of the gratings, and of the plaids as a whole.
    grating, plaid
        (n_units, n_directions) responses less ``baseline``.
    baseline
        (n_units,) response to uniform grey.
    r_p, r_c
        (n_units,) partial correlation of the plaid curve with the pattern and with the component
        prediction; NaN for a constant curve.
    z_p, z_c
        (n_units,) the same as Fisher's Z.
    kind
        (n_units,) ``"pattern"``, ``"component"``, ``"unclassified"`` or ``"untuned"``.
    sf, tf
        (n_units,) cycles/deg and Hz that the unit was tested at; None for curves of unknown source.
    units
        Coordinates of the units, each (n_units,).
    model, layer
        Where the recording was made.

    Examples
    --------
    >>> direction = np.arange(12) * 30.0
    >>> tuned = np.exp(4 * np.cos(np.radians(direction)))[None]
    >>> classify_plaid_responses(tuned, tuned)
    PatternComponent(1 units: 1 pattern, 0 component, 0 unclassified, 0 untuned)
    """

    direction: np.ndarray
    grating: np.ndarray
    plaid: np.ndarray
    baseline: np.ndarray
    r_p: np.ndarray
    r_c: np.ndarray
    z_p: np.ndarray
    z_c: np.ndarray
    kind: np.ndarray
    sf: np.ndarray | None = None
    tf: np.ndarray | None = None
    units: dict[str, np.ndarray] = field(default_factory=dict)
    model: str = ""
    layer: str = ""

    def __repr__(self) -> str:
        counts = ", ".join(f"{(self.kind == k).sum()} {k}" for k in (*KINDS, "untuned"))
        source = f"{self.model} {self.layer}: " if self.model else ""
        return f"PatternComponent({source}{len(self.kind)} units: {counts})"

    @property
    def n_tuned(self) -> int:
        """Number of units that are tuned to direction."""
        return int((self.kind != "untuned").sum())

    def fractions(self) -> dict[str, float]:
        """Return the shares of pattern, component and unclassified units among the tuned ones.

        They are NaN if no unit is tuned.
        """
        if self.n_tuned == 0:
            return dict.fromkeys(KINDS, float("nan"))
        return {k: float((self.kind == k).sum() / self.n_tuned) for k in KINDS}

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a unit: its correlations, its kind, and the grating it was tested with."""
        import pandas as pd

        table = pd.DataFrame(
            {
                "unit": np.arange(len(self.kind)),
                "kind": self.kind,
                "r_p": self.r_p,
                "r_c": self.r_c,
                "z_p": self.z_p,
                "z_c": self.z_c,
            }
        )
        for name in ("sf", "tf"):
            if getattr(self, name) is not None:
                table[name] = getattr(self, name)
        table["preferred"] = self.direction[self.grating.argmax(axis=1)]
        return table

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw Z_p against Z_c of the tuned units, with the boundaries of the classes."""
        from neurosim.physiology.z_scatter import draw_z_scatter

        tuned = self.kind != "untuned"
        ax = draw_z_scatter(
            self.z_c[tuned], self.z_p[tuned], self.kind[tuned], ("component", "pattern"), ax
        )
        title = f"{self.model} {self.layer}".strip()
        ax.set_title(f"{title}\nn = {self.n_tuned} tuned units" if title else f"n = {self.n_tuned}")
        return ax


def classify_plaid_responses(
    grating: np.ndarray, plaid: np.ndarray, *, baseline: np.ndarray | float = 0.0
) -> PatternComponent:
    """Tell pattern from component units by their curves alone.

    A pattern unit answers a plaid moving toward d as a grating moving toward d; a component unit
    answers each of the gratings in it, which move toward d - 60 and d + 60 deg:

        P_p(d) = R_g(d),    P_c(d) = R_g(d - 60) + R_g(d + 60).

    The partial correlations R_p, R_c of the plaid curve with the two predictions become
    Z = 3 atanh(R), as for 12 directions whatever the sampling. A unit is a pattern unit where
    Z_p - max(Z_c, 0) > 1.28, a component unit where Z_c - max(Z_p, 0) > 1.28.

    Parameters
    ----------
    grating
        (n_units, n_directions) responses to gratings in equal steps round the circle.
    plaid
        (n_units, n_directions) responses to plaids in the same directions, of two such gratings
        120 deg apart.
    baseline
        Response without a pattern, (n_units,) or one number; it is subtracted.

    Returns
    -------
    found
        ``PatternComponent``. Units whose grating curve is flat (circular variance above 0.9), or
        that answer less than a tenth as much as the best unit, are ``"untuned"``.

    Raises
    ------
    ValueError
        If the shapes differ, a value is not finite, or the number of directions is not a multiple
        of 6: then no direction lies 60 deg from another.

    Warns
    -----
    RuntimeWarning
        Once, if units have a constant curve: their correlations are NaN, their kind ``"untuned"``.

    Notes
    -----
    Source: Movshon, Adelson, Gizzi & Newsome 1985.

    Examples
    --------
    >>> direction = np.arange(24) * 15.0
    >>> tuned = np.exp(4 * np.cos(np.radians(direction)))[None]
    >>> components = np.roll(tuned, 4, axis=1) + np.roll(tuned, -4, axis=1)
    >>> classify_plaid_responses(tuned, components).kind.tolist()
    ['component']
    """
    grating, plaid = (np.asarray(c, dtype=np.float64) for c in (grating, plaid))
    if grating.ndim != 2 or plaid.shape != grating.shape:
        raise ValueError(
            refusal(
                "classify_plaid_responses",
                "plaid",
                plaid,
                f"does not go with grating of shape {grating.shape}",
                "two arrays (n_units, n_directions) of one shape",
                "Give one row a unit",
            )
        )
    n_directions = grating.shape[1]
    check_directions("classify_plaid_responses", n_directions)
    baseline = np.broadcast_to(np.asarray(baseline, dtype=np.float64), grating.shape[:1])
    grating, plaid = grating - baseline[:, None], plaid - baseline[:, None]
    shift = n_directions * HALF_ANGLE // 360
    component = np.roll(grating, shift, axis=1) + np.roll(grating, -shift, axis=1)
    found = partial_correlations(plaid, grating, component, n_samples=_N_SAMPLES)
    direction = np.arange(n_directions) * 360.0 / n_directions
    kind = np.array(["unclassified", "pattern", "component"])[found.winner()]
    kind[~_tuned(grating, direction) | np.isnan(found.r_first)] = "untuned"
    return PatternComponent(
        direction=direction,
        grating=grating,
        plaid=plaid,
        baseline=baseline,
        r_p=found.r_first,
        r_c=found.r_second,
        z_p=found.z_first,
        z_c=found.z_second,
        kind=kind,
    )


def check_directions(function: str, n_directions: int) -> None:
    """Refuse directions among which none lies 60 deg from another."""
    if n_directions < 6 or n_directions % 6:
        raise ValueError(
            refusal(
                function,
                "n_directions",
                n_directions,
                "gives no shifts of 60 deg",
                "a multiple of 6",
                "Use 12 or 24",
            )
        )


def _tuned(curves: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Whether circular variance 1 - |sum R e^(i d)| / sum R and peak pass; R is kept positive."""
    drive = np.maximum(curves, 0)
    total = drive.sum(axis=1)
    resultant = np.abs(drive @ np.exp(1j * np.radians(direction)))
    variance = 1 - np.divide(resultant, total, out=np.zeros_like(total), where=total > 0)
    peak = drive.max(axis=1)
    return (variance <= _LARGEST_VARIANCE) & (peak > 0) & (peak >= _SMALLEST_PEAK * peak.max())
