"""How dots move: which carry the signal, what the others do, when they die and where they return.

An algorithm is a pair of rules, after Scase, Braddick & Raymond (1996), Vision Res. 36, and Pilly &
Seitz (2009), Vision Res. 49:

signal
    "same": a dot is a signal dot for ever; "different": chosen anew at every step; "youngest":
    the dots that were replotted last, so that nothing lives long.
noise
    "position": a new random place at every step; "direction": a random direction of its own, for
    ever; "walk": a random direction at every step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimuli.randomness import frame_stream, stream
from stimuli.screen import unit_vector

ALGORITHMS = {  # name: (signal, noise, frames from one step of a dot to its next)
    "WN": ("different", "position", 1),
    "MN": ("different", "position", 3),
    "LL": ("youngest", "position", 1),
    "BM": ("different", "walk", 1),
    "RD": ("same", "direction", 1),
}

TRACK = np.dtype(
    [
        ("frame", "i4"),
        ("dot", "i4"),
        ("x", "f8"),
        ("y", "f8"),
        ("dx", "f8"),
        ("dy", "f8"),
        ("signal", "?"),
        ("replotted", "?"),
        ("age", "i4"),
        ("polarity", "i1"),
        ("visible", "?"),
    ]
)


@dataclass(frozen=True)
class Region:
    """Where dots live: a circle or square in which they are seen, on a torus or with a border.

    Parameters
    ----------
    shape
        "circle" or "square".
    size
        Diameter or side, degrees.
    margin
        What the torus is larger on each side, degrees: a dot's radius.
    wrap
        True: dots that leave the torus re-enter opposite. False: dots that leave the region are
        put at a random place in it.

    Examples
    --------
    >>> Region("circle", 5.0, 0.05, wrap=True).side
    5.1
    """

    shape: str
    size: float
    margin: float
    wrap: bool

    @property
    def side(self) -> float:
        """Side of the square that encloses it, degrees."""
        return self.size + 2 * self.margin

    @property
    def area(self) -> float:
        """Area that the dots live in, deg^2: the torus, or the region."""
        if self.wrap:
            return self.side**2
        return self.size**2 * (np.pi / 4 if self.shape == "circle" else 1.0)

    def contains(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return (N,) whether (N, 2) places, deg, are seen."""
        if self.shape == "circle":
            return np.hypot(places[:, 0], places[:, 1]) <= self.size / 2
        return (np.abs(places) <= self.size / 2).all(axis=1)

    def random_places(self, generator: np.random.Generator, n: int) -> NDArray[np.float64]:
        """Return (n, 2) places, degrees, uniform over the torus, or the region without one."""
        uniform = generator.random((n, 2))
        if self.wrap:
            return (uniform - 0.5) * self.side
        if self.shape == "square":
            return (uniform - 0.5) * self.size
        radius = self.size / 2 * np.sqrt(uniform[:, 0])
        angle = 2 * np.pi * uniform[:, 1]
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)

    def returned(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (N, 2) places brought back onto the torus."""
        return (places + self.side / 2) % self.side - self.side / 2


@dataclass(frozen=True)
class Rules:
    """All that says how one set of dots moves.

    Parameters
    ----------
    signal, noise
        Rules of the module's head.
    n_dots
        Dots of the set.
    coherence
        Part of them that carries the signal.
    exact
        Whether each step has round(coherence n_dots) signal dots; else each dot is one with that
        probability.
    step
        Length of a step, degrees.
    direction, direction_sd
        Direction of the signal, and the standard deviation of the dots' own directions around it,
        degrees.
    lifetime
        Steps that a dot lives; None for ever.
    polarity
        "light", "dark" or "mixed".
    seed
        Of the stimulus.
    name
        Tells apart the sets of one stimulus.

    Examples
    --------
    >>> Rules("same", "walk", 10, 0.25, True, 0.1, 0, 0, None, "light", 0, "").n_signal()
    3
    """

    signal: str
    noise: str
    n_dots: int
    coherence: float
    exact: bool
    step: float
    direction: float
    direction_sd: float
    lifetime: int | None
    polarity: str
    seed: int
    name: str

    def n_signal(self) -> int:
        """Return round(c N), halves up."""
        return int(np.floor(self.coherence * self.n_dots + 0.5))

    def _purpose(self, purpose: str) -> str:
        return f"dots {self.name} {purpose}"

    def once(self, purpose: str) -> np.random.Generator:
        """Return the stream of what is drawn once for the movie."""
        return stream(self.seed, self._purpose(purpose))

    def at(self, purpose: str, step: int) -> np.random.Generator:
        """Return the stream of what is drawn at one step."""
        return frame_stream(self.seed, self._purpose(purpose), step)


def lowest(keys: NDArray[np.floating], n: int) -> NDArray[np.bool_]:
    """Return (N,) which are the n lowest of (N,) keys.

    Parameters
    ----------
    keys
        Any numbers.
    n
        How many.

    Returns
    -------
    chosen
        n of them True, the earlier of equal keys first.

    Examples
    --------
    >>> lowest(np.array([0.3, 0.1, 0.2]), 2).tolist()
    [False, True, True]
    """
    chosen = np.zeros(len(keys), bool)
    chosen[np.argsort(keys, kind="stable")[:n]] = True
    return chosen


def _signal(rules: Rules, step: int, ages: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (N,) which dots carry the signal at a step."""
    generator = rules.once("signal") if rules.signal == "same" else rules.at("signal", step)
    chance = generator.random(rules.n_dots)
    if rules.signal == "youngest":
        n = rules.n_signal() if rules.exact else int((chance < rules.coherence).sum())
        return lowest(ages + rules.at("ties", step).random(rules.n_dots), n)
    if rules.exact:
        return lowest(chance, rules.n_signal())
    return chance < rules.coherence


def _first_ages(rules: Rules) -> NDArray[np.int64]:
    """Return ages spread over the lifetime, so that dots do not all die together."""
    lifetime = rules.lifetime
    if lifetime is None and rules.signal == "youngest" and rules.coherence < 1:
        lifetime = 1 / (1 - rules.coherence)  # where N (1 - c) of N dots are replotted each step
    uniform = rules.once("age").random(rules.n_dots)
    return np.floor(uniform * (1 if lifetime is None else lifetime)).astype(np.int64)


def polarities(polarity: str, n: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return (n,) +1 for light and -1 for dark dots; "mixed" is half of each, at random.

    Parameters
    ----------
    polarity
        "light", "dark" or "mixed".
    n
        Number of dots.
    generator
        Says which are light.

    Returns
    -------
    signs
        +1 or -1.

    Examples
    --------
    >>> int(polarities("mixed", 10, stream(0, "polarity")).sum())
    0
    """
    if polarity == "mixed":
        return np.where(lowest(generator.random(n), n // 2), 1, -1)
    return np.full(n, 1 if polarity == "light" else -1)


def _headings(rules: Rules) -> NDArray[np.float64]:
    """Return (N, 2) unit vectors of the dots' signal directions."""
    if rules.direction_sd == 0:
        return np.tile(unit_vector(rules.direction), (rules.n_dots, 1))
    spread = rules.once("spread").standard_normal(rules.n_dots) * rules.direction_sd
    angle = np.radians(rules.direction + spread)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _steps(
    rules: Rules, step: int, signal: NDArray[np.bool_], headings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (N, 2) displacements of a step, degrees; those of "position" noise are not used."""
    own = rules.once("direction") if rules.noise == "direction" else rules.at("direction", step)
    angle = 2 * np.pi * own.random(rules.n_dots)
    random = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return rules.step * np.where(signal[:, None], headings, random)


def tracks(rules: Rules, region: Region, n_steps: int) -> NDArray[np.void]:
    """Return where every dot is at every step, and what it does next.

    Parameters
    ----------
    rules, region
        How and where the dots move.
    n_steps
        Number of steps, S.

    Returns
    -------
    table
        (S, N) records: ``frame`` (here the step) and ``dot``; ``x``, ``y`` deg; ``dx``, ``dy`` deg,
        the way to the next place (before wrapping); ``signal``, whether it carries the signal on
        that way; ``replotted``, whether it goes to a random place instead; ``age`` in steps;
        ``polarity`` +1 or -1; ``visible``, whether its centre is in the aperture.

    Examples
    --------
    >>> rules = Rules("same", "walk", 10, 0.3, True, 0.1, 0, 0, None, "light", 0, "")
    >>> table = tracks(rules, Region("circle", 5, 0.05, wrap=True), 4)
    >>> table.shape, table["signal"].sum(axis=1).tolist()
    ((4, 10), [3, 3, 3, 3])
    """
    table = np.zeros((n_steps, rules.n_dots), TRACK)
    places = region.random_places(rules.once("positions"), rules.n_dots)
    ages = _first_ages(rules)
    headings = _headings(rules)
    table["frame"] = np.arange(n_steps)[:, None]
    table["dot"] = np.arange(rules.n_dots)
    table["polarity"] = polarities(rules.polarity, rules.n_dots, rules.once("polarity"))
    for step in range(n_steps):
        row = table[step]
        signal = _signal(rules, step, ages)
        way = _steps(rules, step, signal, headings)
        dies = (
            np.zeros(rules.n_dots, bool) if rules.lifetime is None else ages + 1 >= rules.lifetime
        )
        replotted = dies | (~signal & (rules.noise == "position"))
        following = places + way
        if region.wrap:
            following = region.returned(following)
        else:
            replotted |= ~region.contains(following)
        fresh = region.random_places(rules.at("positions", step), rules.n_dots)
        following[replotted] = fresh[replotted]
        way[replotted] = (fresh - places)[replotted]
        row["x"], row["y"] = places.T
        row["dx"], row["dy"] = way.T
        row["signal"], row["replotted"], row["age"] = signal, replotted, ages
        row["visible"] = region.contains(places)
        places = following
        ages = np.where(replotted, 0, ages + 1)
    return table
