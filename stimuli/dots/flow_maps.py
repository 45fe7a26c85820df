"""One step of a planar flow, exact: where a place goes, and how dense dots are there."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.screen import unit_vector

from .dot_fields import Places
from .dot_motion import Region

ROUND_KINDS = {"expansion": 0.0, "rotation": 90.0, "spiral": None}  # angle of v to the ray, degrees
ROUNDING = 1e-9  # deg; a rotation about the centre of a round field loses no dot


def flow_matrix(kind: str, rate: float, spiral_angle: float, direction: float) -> Places:
    """Return M of the velocity v = M r, r from the focus.

    Parameters
    ----------
    kind
        "expansion", "rotation" (counter-clockwise), "spiral", "shear" or "deformation".
    rate
        1/s: alpha of v = alpha r; omega of v = omega (-y, x); both, times the cosine and sine of
        the spiral angle; shear v = rate y' along x'; deformation v = rate (x', -y').
    spiral_angle
        Degrees, 0 expansion, 90 rotation, 180 contraction.
    direction
        Of x', degrees.

    Returns
    -------
    matrix
        (2, 2), 1/s, x right and y up.

    Examples
    --------
    >>> flow_matrix("rotation", 2.0, 0.0, 0.0).tolist()
    [[0.0, -2.0], [2.0, 0.0]]
    """
    if kind in ROUND_KINDS:
        cosine, sine = unit_vector(ROUND_KINDS[kind] if kind != "spiral" else spiral_angle)
        return rate * np.array([[cosine, -sine], [sine, cosine]]) + 0.0
    cosine, sine = unit_vector(direction)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    plain = [[0.0, 1.0], [0.0, 0.0]] if kind == "shear" else [[1.0, 0.0], [0.0, -1.0]]
    return rate * turn @ np.array(plain) @ turn.T


def exponential(matrix: Places) -> Places:
    """Return exp(M) of a 2 x 2 matrix.

    With s = tr M / 2 and q^2 = s^2 - det M: exp(M) = e^s (cosh(q) I + sinh(q)/q (M - s I)).

    Parameters
    ----------
    matrix
        (2, 2).

    Returns
    -------
    exponential
        (2, 2).

    Examples
    --------
    >>> exponential(np.array([[0.0, -np.pi], [np.pi, 0.0]])).round(12).tolist()
    [[-1.0, -0.0], [0.0, -1.0]]
    """
    s = np.trace(matrix) / 2
    traceless = matrix - s * np.eye(2)
    q_squared = traceless[0, 0] ** 2 + traceless[0, 1] * traceless[1, 0]
    q = math.sqrt(abs(q_squared))
    if q_squared > 0:
        even, odd = math.cosh(q), math.sinh(q) / q
    else:
        even, odd = math.cos(q), float(np.sinc(q / np.pi))
    return math.exp(s) * (even * np.eye(2) + odd * traceless)


@dataclass(frozen=True)
class AffineField:
    """A region of dots carried by r -> A r + b about a focus.

    Parameters
    ----------
    region
        Where the dots live.
    matrix, shift
        A (2, 2) and b (2,) degrees, of one step.
    focus
        (x, y), degrees.

    Examples
    --------
    >>> region = Region("square", 4.0, 0.0, wrap=False)
    >>> field = AffineField(region, 2 * np.eye(2), np.zeros(2), (0.0, 0.0))
    >>> field.displacement(np.array([[1.0, 0.5]])).tolist()
    [[1.0, 0.5]]
    """

    region: Region
    matrix: Places
    shift: Places
    focus: tuple[float, float]

    def fresh(self, generator: np.random.Generator, n: int, step: int) -> Places:
        """Return (n, 2) places, deg, uniform over the region."""
        return self.region.random_places(generator, n)

    def displacement(self, places: Places) -> Places:
        """Return (..., 2) the step from (..., 2) places, deg."""
        return (places - self.focus) @ (self.matrix - np.eye(2)).T + self.shift

    def carry(
        self, places: Places, step: int
    ) -> tuple[Places, NDArray[np.float64], NDArray[np.bool_]]:
        """Return places one step later, the density there, and whether they are in the region."""
        following = places + self.displacement(places)
        density = np.full(len(places), 1 / np.linalg.det(self.matrix))
        return following, density, _inside(self.region, following)

    def packing(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return the density at places of the next step: 1/det A, or 0 if nothing comes there."""
        inverse = np.linalg.inv(self.matrix)
        before = (places - self.focus - self.shift) @ inverse.T + self.focus
        return np.where(_inside(self.region, before), np.linalg.det(inverse), 0.0)


@dataclass(frozen=True)
class ConstantSpeedField:
    """Dots that move at one speed, at a fixed angle to the ray from the focus.

    dr/dt = s cos(a), r dphi/dt = s sin(a): in a step r grows by s cos(a), phi by tan(a) ln(r1/r0).

    Parameters
    ----------
    region
        Where the dots live.
    step_length
        s of one step, degrees.
    spiral_angle
        a, degrees.
    focus
        (x, y), degrees.

    Examples
    --------
    >>> region = Region("square", 4.0, 0.0, wrap=False)
    >>> field = ConstantSpeedField(region, 0.5, 180.0, (0.0, 0.0))
    >>> field.displacement(np.array([[0.0, 2.0]])).tolist()
    [[0.0, -0.5]]
    """

    region: Region
    step_length: float
    spiral_angle: float
    focus: tuple[float, float]

    def fresh(self, generator: np.random.Generator, n: int, step: int) -> Places:
        """Return (n, 2) places, deg, uniform over the region."""
        return self.region.random_places(generator, n)

    def _moved(self, places: Places, sign: float) -> tuple[Places, Places, Places]:
        """Return places after a step (sign 1) or before it (-1), and radii there and here."""
        cosine, sine = unit_vector(self.spiral_angle)
        x, y = np.moveaxis(places - self.focus, -1, 0)
        here = np.hypot(x, y)
        there = here + sign * self.step_length * cosine
        passes = (there > 0) & (here > 0)  # at the focus the direction has no value
        radius = np.where(passes, here, 1.0)
        growth = np.where(passes, there, 1.0) / radius  # r1 / r0
        turn = sign * self.step_length * sine / radius * _log_over_change(growth)
        moved = np.stack(
            [
                growth * (x * np.cos(turn) - y * np.sin(turn)),
                growth * (x * np.sin(turn) + y * np.cos(turn)),
            ],
            axis=-1,
        )
        moved = np.where(passes[..., None], moved + self.focus, np.nan)
        return moved, np.where(passes, there, 0.0), here

    def displacement(self, places: Places) -> Places:
        """Return (..., 2) the step from (..., 2) places, deg; NaN where it would pass the focus."""
        return self._moved(places, 1.0)[0] - places

    def carry(
        self, places: Places, step: int
    ) -> tuple[Places, NDArray[np.float64], NDArray[np.bool_]]:
        """Return places one step later, the density r0/r1 there, and whether in the region."""
        following, there, here = self._moved(places, 1.0)
        density = here / np.where(there > 0, there, 1.0)
        return following, density, (there > 0) & _inside(self.region, following)

    def packing(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return the density at places of the next step: r0/r1, or 0 if nothing comes there."""
        before, there, here = self._moved(places, -1.0)
        from_inside = (there > 0) & _inside(self.region, before)
        return np.where(from_inside, there / np.where(here > 0, here, 1.0), 0.0)


def _log_over_change(growth: Places) -> Places:
    """Return ln(g) / (g - 1), which is 1 at g = 1: the turn while r grows, over that at fixed r."""
    change = growth - 1.0
    still = np.abs(change) < ROUNDING
    return np.where(still, 1.0, np.log(growth) / np.where(still, 1.0, change))


def _inside(region: Region, places: Places) -> NDArray[np.bool_]:
    if region.shape == "circle":
        return np.hypot(places[:, 0], places[:, 1]) <= region.size / 2 + ROUNDING
    return (np.abs(places) <= region.size / 2 + ROUNDING).all(axis=1)
