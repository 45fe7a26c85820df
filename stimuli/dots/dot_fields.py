"""Dots carried by a flow, replaced so that their density stays the same everywhere.

A step carries the region R to another shape, and thins the dots out where the flow expands. Let g
be the density of the carried dots at a place over the wanted one (0 where nothing comes from R).
Where g > 1 each dot is dropped with chance 1 - 1/g; dots that leave R are dropped. As many new ones
are put at places drawn from max(0, 1 - g). The density is then uniform again, for any flow [own
derivation]. With a limited lifetime L, a dot that reaches L steps is put anywhere, aged 0. A dot
that fills a gap of the flow is given a random age of 1..L-1, as one that lived before it came into
sight; so ages are uniform at every place, and 1/L of the dots die at each step.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stimuli.randomness import frame_stream, stream

from .dot_motion import TRACK, lowest, polarities

Places = NDArray[np.float64]
MOST_DRAWS = 2_000_000  # for gaps that are almost nothing: then any place will do
LEAST_BATCH = 1024  # draws at a time, where there are few dots


class DotField(Protocol):
    """A region of dots and the flow in it; places are (N, D)."""

    def fresh(self, generator: np.random.Generator, n: int, step: int) -> Places:
        """Return (n, D) places, uniform over the region of a step."""

    def carry(
        self, places: Places, step: int
    ) -> tuple[Places, NDArray[np.float64], NDArray[np.bool_]]:
        """Return places one step later, (N,) density g there, and (N,) whether in the region."""

    def packing(self, places: Places, step: int) -> NDArray[np.float64]:
        """Return (N,) density g that the flow of ``step`` brings to places of the next step."""


def carried(
    field: DotField, n_dots: int, n_steps: int, lifetime: int | None, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return where dots are that a flow carries.

    Parameters
    ----------
    field
        Region and flow.
    n_dots, n_steps
        N dots, at S steps.
    lifetime
        Steps that a dot lives; None for ever.
    seed
        Of the stimulus.

    Returns
    -------
    places
        (S + 1, N, D) in the field's own coordinates; the last row is where the last step leads.
    replotted
        (S, N), whether a dot goes to a new place instead of with the flow.
    ages
        (S, N) steps since birth.

    Examples
    --------
    >>> from .flow_maps import AffineField
    >>> from .dot_motion import Region
    >>> region = Region("square", 4.0, 0.0, wrap=False)
    >>> still = AffineField(region, np.eye(2), np.zeros(2), (0.0, 0.0))
    >>> places, replotted, _ = carried(still, 5, 3, None, 0)
    >>> places.shape, bool(replotted.any())
    ((4, 5, 2), False)
    """
    life = 1 if lifetime is None else lifetime
    places = field.fresh(stream(seed, "flow positions"), n_dots, 0)
    ages = stream(seed, "flow ages").integers(0, life, n_dots)
    all_places = np.empty((n_steps + 1, *places.shape))
    all_places[0] = places
    all_replotted = np.empty((n_steps, n_dots), bool)
    all_ages = np.empty((n_steps, n_dots), np.int64)
    for step in range(n_steps):
        following, packing, inside = field.carry(places, step)
        chance = frame_stream(seed, "flow thinning", step).random(n_dots)
        lost = ~inside | (chance * packing > 1.0)
        old = np.zeros(n_dots, bool) if lifetime is None else ages + 1 >= lifetime
        all_ages[step] = ages
        ages = np.where(old, 0, ages + 1)
        lost &= ~old
        born = frame_stream(seed, "flow births", step)
        following[old] = field.fresh(born, n_dots, step + 1)[old]
        if lost.any():
            gaps = frame_stream(seed, "flow gaps", step)
            following[lost] = _fill(field, gaps, int(lost.sum()), n_dots, step)
            ages[lost] = 0 if lifetime is None else gaps.integers(1, life, int(lost.sum()))
        places = following
        all_places[step + 1] = places
        all_replotted[step] = old | lost
    return all_places, all_replotted, all_ages


def _fill(
    field: DotField, generator: np.random.Generator, n: int, n_dots: int, step: int
) -> Places:
    """Return (n, D) places drawn from max(0, 1 - g), by rejection.

    The gap is about n / n_dots of the region, so that n_dots draws find n places.
    """
    found: list[Places] = []
    batch = max(4 * n_dots, LEAST_BATCH)
    for _ in range(max(MOST_DRAWS // batch, 1)):
        places = field.fresh(generator, batch, step + 1)
        taken = generator.random(batch) >= field.packing(places, step)
        found.append(places[taken][:n])
        n -= len(found[-1])
        if n == 0:
            break
    else:
        found.append(field.fresh(generator, n, step + 1))
    return np.concatenate(found)


def flow_table(
    field: DotField,
    n_dots: int,
    n_frames: int,
    coherence: float,
    lifetime: int | None,
    polarity: str,
    seed: int,
) -> NDArray[np.void]:
    """Return the table of dots of a planar flow, a part of which is noise.

    Parameters
    ----------
    field
        Region and flow, D = 2, degrees.
    n_dots, n_frames
        N dots in each of T frames.
    coherence
        round(c N) dots, always the same, go with the flow; the others are put anywhere each step.
    lifetime
        Steps, or None.
    polarity
        "light", "dark" or "mixed".
    seed
        Of the stimulus.

    Returns
    -------
    table
        (T, N) records as of `dot_motion.tracks`, ``visible`` not set yet.

    Examples
    --------
    >>> from .flow_maps import AffineField
    >>> from .dot_motion import Region
    >>> region = Region("square", 4.0, 0.0, wrap=False)
    >>> still = AffineField(region, np.eye(2), np.zeros(2), (0.0, 0.0))
    >>> int(flow_table(still, 10, 2, 0.3, None, "light", 0)["signal"].sum())
    6
    """
    n_signal = int(np.floor(coherence * n_dots + 0.5))
    signal = lowest(stream(seed, "flow signal").random(n_dots), n_signal)
    places = np.empty((n_frames + 1, n_dots, 2))
    table = np.zeros((n_frames, n_dots), TRACK)
    table["replotted"], table["signal"] = True, signal
    places[:, signal], table["replotted"][:, signal], table["age"][:, signal] = carried(
        field, n_signal, n_frames, lifetime, seed
    )
    for t in range(n_frames + 1):
        noise = frame_stream(seed, "flow noise", t)
        places[t, ~signal] = field.fresh(noise, n_dots - n_signal, t)
    table["frame"] = np.arange(n_frames)[:, None]
    table["dot"] = np.arange(n_dots)
    table["x"], table["y"] = np.moveaxis(places[:-1], -1, 0)
    table["dx"], table["dy"] = np.moveaxis(np.diff(places, axis=0), -1, 0)
    table["polarity"] = polarities(polarity, n_dots, stream(seed, "flow polarity"))
    return table
