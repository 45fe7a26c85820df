"""Speed cells: does the best temporal frequency of a unit follow the spatial frequency?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from neurosim.physiology.partial_correlation import partial_correlations
from neurosim.physiology.speed_fit import SEPARABLE, SPEED_TUNED, SpeedFit, fit_speed_tuning

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SPEED_KINDS = ("speed", "independent", "unclassified")
_POOR = 0.5  # r^2 of the free fit below which its Q describes nothing


@dataclass(frozen=True)
class SpeedTuning:
    """Maps of spatial by temporal frequency, their slanted Gaussians, and the kind of each unit.

    Attributes
    ----------
    maps
        (n_units, n_sf, n_tf) responses.
    sf, tf
        (n_sf,), (n_tf,) cycles/deg and Hz.
    fit
        ``SpeedFit`` with free slant; ``fit.q`` is near 0 for speed-tuned and near -1 for separable
        units.
    r_speed, r_independent
        (n_units,) partial correlation of the map with the best Gaussian of slant 0 (one speed at
        every sf) and of slant -1 (one tf at every sf).
    z_speed, z_independent
        (n_units,) the same as Fisher's Z.
    kind
        (n_units,) ``"speed"``, ``"independent"``, ``"unclassified"``, or ``"untuned"`` where the
        free fit explains less than half of the variance.
    direction
        (n_units,) deg, of the gratings of the map; None for maps of unknown source.
    units
        Coordinates of the units, each (n_units,).
    model, layer
        Where the recording was made.

    Notes
    -----
    Many units prefer a frequency beyond the map, or are tuned more narrowly than its steps. They
    keep their kind, which compares whole maps; medians of Q leave them out (see ``determined``).

    Examples
    --------
    >>> sf, tf = np.geomspace(0.5, 4, 5), np.geomspace(1, 8, 5)
    >>> x, y = np.log2(sf)[:, None] - 0.5, np.log2(tf) - 1.5
    >>> classify_speed_maps(np.stack([np.exp(-(x**2) - (y - s * x) ** 2) for s in (0, 1)]), sf, tf)
    SpeedTuning(2 units: 1 speed, 1 independent, 0 unclassified, 0 untuned; median Q -0.50, n = 2)
    """

    maps: np.ndarray
    sf: np.ndarray
    tf: np.ndarray
    fit: SpeedFit
    r_speed: np.ndarray
    r_independent: np.ndarray
    z_speed: np.ndarray
    z_independent: np.ndarray
    kind: np.ndarray
    direction: np.ndarray | None = None
    units: dict[str, np.ndarray] = field(default_factory=dict)
    model: str = ""
    layer: str = ""

    def __repr__(self) -> str:
        counts = ", ".join(f"{(self.kind == k).sum()} {k}" for k in (*SPEED_KINDS, "untuned"))
        source = f"{self.model} {self.layer}: " if self.model else ""
        median = f"median Q {self.median_q():.2f}, n = {self.n_determined}"
        return f"SpeedTuning({source}{len(self.kind)} units: {counts}; {median})"

    @property
    def n_tuned(self) -> int:
        """Number of units whose map the fit describes."""
        return int((self.kind != "untuned").sum())

    @property
    def determined(self) -> np.ndarray:
        """(n_units,) whether a unit is tuned and its slant is determined by the map.

        The peak of the fit lies on the map, and Q and the widths lie off the bounds of the fit.
        """
        return (self.kind != "untuned") & self.fit.determined(self.sf, self.tf)

    @property
    def n_determined(self) -> int:
        """Number of tuned units whose slant is determined."""
        return int(self.determined.sum())

    def median_q(self) -> float:
        """Return the median slant of the tuned units where it is determined; NaN if nowhere."""
        found = self.fit.q[self.determined]
        return float(np.median(found)) if found.size else float("nan")

    def fractions(self) -> dict[str, float]:
        """Return the shares of speed, independent and unclassified units among the tuned ones.

        They are NaN if no unit is tuned.
        """
        if self.n_tuned == 0:
            return dict.fromkeys(SPEED_KINDS, float("nan"))
        return {k: float((self.kind == k).sum() / self.n_tuned) for k in SPEED_KINDS}

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a unit: its kind, its correlations, its fit, and if that is determined."""
        import pandas as pd

        columns = {
            "unit": np.arange(len(self.kind)),
            "kind": self.kind,
            "q": self.fit.q,
            "determined": self.determined,
            "r_squared": self.fit.r_squared,
            "sf0": self.fit.sf0,
            "tf0": self.fit.tf0,
            "sf_width": self.fit.sf_width,
            "tf_width": self.fit.tf_width,
            "z_speed": self.z_speed,
            "z_independent": self.z_independent,
        }
        if self.direction is not None:
            columns["direction"] = self.direction
        return pd.DataFrame(columns)

    def plot(self, unit: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw the map of one unit with its fit as contours.

        By default the unit is the one whose fit explains most.
        """
        from neurosim.physiology.plotting import draw_speed_map

        return draw_speed_map(self, unit, ax)

    def plot_classes(self, ax: Axes | None = None) -> Axes:
        """Draw Z of the speed against Z of the independent prediction, with the boundaries."""
        from neurosim.physiology.z_scatter import draw_z_scatter

        tuned = self.kind != "untuned"
        z = self.z_independent[tuned], self.z_speed[tuned]
        ax = draw_z_scatter(*z, self.kind[tuned], ("independent", "speed"), ax)
        ax.set_title(f"{self.model} {self.layer}\nn = {self.n_tuned} tuned units".strip())
        return ax


def classify_speed_maps(maps: np.ndarray, sf: np.ndarray, tf: np.ndarray) -> SpeedTuning:
    """Tell speed-tuned from separable units by their maps alone.

    Three slanted Gaussians are fitted (see ``SpeedFit``): one with free slant Q, one with Q = 0
    (speed tuned) and one with Q = -1 (independent of sf). The partial correlations of the map with
    the last two decide, as for pattern and component units: the larger Z has to exceed the other
    one, or 0, by 1.28. A map counts as as many samples as it has points.

    Parameters
    ----------
    maps
        (n_units, n_sf, n_tf) responses.
    sf, tf
        (n_sf,), (n_tf,) cycles/deg and Hz, increasing.

    Returns
    -------
    found
        ``SpeedTuning``.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, frequencies are not positive and increasing, or
        there are fewer than three of either.

    Warns
    -----
    RuntimeWarning
        Once, if units have a constant map: their correlations are NaN, their kind ``"untuned"``.

    Notes
    -----
    Source: Priebe, Lisberger & Movshon 2006; the predictions here are constrained fits.

    Examples
    --------
    >>> sf, tf = np.geomspace(0.5, 4, 5), np.geomspace(1, 8, 5)
    >>> x, y = np.log2(sf)[:, None] - 0.5, np.log2(tf) - 1.5
    >>> classify_speed_maps(np.exp(-(x**2) - (y - x) ** 2)[None], sf, tf).kind.tolist()
    ['speed']
    """
    fit = fit_speed_tuning(maps, sf, tf)
    maps, sf, tf = (np.asarray(a, dtype=np.float64) for a in (maps, sf, tf))
    speed, independent = (
        fit_speed_tuning(maps, sf, tf, q=q)(sf, tf).reshape(len(maps), -1)
        for q in (SPEED_TUNED, SEPARABLE)
    )
    n_points = len(sf) * len(tf)
    found = partial_correlations(
        maps.reshape(len(maps), -1), speed, independent, n_samples=n_points
    )
    kind = np.array(["unclassified", "speed", "independent"])[found.winner()]
    kind[(fit.r_squared < _POOR) | np.isnan(found.r_first)] = "untuned"
    return SpeedTuning(
        maps=maps,
        sf=sf,
        tf=tf,
        fit=fit,
        r_speed=found.r_first,
        r_independent=found.r_second,
        z_speed=found.z_first,
        z_independent=found.z_second,
        kind=kind,
    )
