"""Edges that move over a small binary retina."""

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Integer, Number, Seed
from stimuli.randomness import stream
from stimuli.registry import generator

from .bit_noise import FPS, BitNoise, Drop, Flip, NMoved

NAME = "moving_edges"


@generator(
    reference="After Rinkus (2014), Front. Comput. Neurosci. 8:160; own construction",
    family="memory",
    examples=(
        {"n_sequences": 2, "length": 4},
        {"n_sequences": 1, "length": 5, "n_side": 24, "n_edges": 3, "flip": 0.01, "n_moved": 1},
    ),
    picture={"n_sequences": 4, "n_side": 24, "edge_length": 10.0, "seed": 1},
)
def moving_edges(
    *,
    n_sequences: Annotated[int, Integer("Number of sequences", "sequences", at_least=1)] = 10,
    length: Annotated[int, Integer("Frames of a sequence", "frames", at_least=1)] = 10,
    n_side: Annotated[int, Integer("Side of the square retina", "px", at_least=2)] = 12,
    n_edges: Annotated[int, Integer("Edges that move at once", "edges", at_least=1)] = 2,
    n_directions: Annotated[
        int, Integer("Equally spaced directions of motion", "directions", at_least=1)
    ] = 8,
    edge_length: Annotated[float, Number("Length of an edge", "px", at_least=1)] = 6.0,
    step: Annotated[
        float, Number("Motion along the normal of the edge", "px/frame", at_least=0)
    ] = 1.0,
    flip: Flip = 0.0,
    drop: Drop = 0.0,
    n_moved: NMoved = 0,
    fps: FPS = None,
    seed: Seed = 0,
) -> Drawing:
    """Short straight edges, one pixel wide, that move along their normals over binary frames.

    In each sequence ``n_edges`` edges have directions of their own, drawn from ``n_directions``
    (0 is right, 90 up), and start at random places from which they stay inside. An edge is the
    digital line of the pixels p with -m/2 <= n.(p - c) < m/2, m = max(|n_x|, |n_y|), whose distance
    along the line from the centre c is at most half the length; where edges cross, they merge. The
    same seed with noise gives probes of the same sequences.

    Returns
    -------
    stimulus
        Frames (T, n_side, n_side) of 0 and 1, T = n_sequences length. Truth: ``sequence``,
        ``position`` (T,); ``reset`` (T,), True in the first frame of each sequence; ``edges``,
        (T n_edges,) table of frame, edge, x, y (px from the middle, x right, y up), direction
        (degrees), dx, dy (px/frame); ``active_count`` (T,) bits set before noise; ``clean``
        (T, n_side, n_side) bool, the frames before noise.

    Raises
    ------
    ValueError
        If a value is out of its range, an edge cannot stay inside, there are more edges than
        directions, or more bits are to be moved than there are.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = moving_edges(n_sequences=3, length=5, seed=0)
    >>> s.shape, s.truth["reset"].sum(), s.frames[0].sum()
    ((15, 12, 12), np.int64(3), np.float32(9.0))
    """
    _check_geometry(n_side, length, n_edges, n_directions, edge_length, step)
    edges = _edges(n_sequences, length, n_side, n_edges, n_directions, edge_length, step, seed)
    clean = _painted(edges, n_side, edge_length)
    counts = clean.sum(axis=(1, 2))
    noise = BitNoise(seed, flip, drop, n_moved)
    noise.check(NAME, n_bits=n_side**2, fewest=counts.min(), most=counts.max())

    def draw(t: int, out: Frame) -> None:
        out[...] = noise.applied(clean[t].reshape(-1), t).reshape(n_side, n_side)

    position = np.tile(np.arange(length), n_sequences)
    truth: dict[str, Any] = {
        "sequence": np.repeat(np.arange(n_sequences), length),
        "position": position,
        "reset": position == 0,
        "edges": edges.reshape(-1),
        "active_count": counts,
        "clean": clean,
    }
    return Drawing(len(clean), draw, truth, frame_shape=(n_side, n_side), fps=fps)


def _check_geometry(
    n_side: int, length: int, n_edges: int, n_directions: int, edge_length: float, step: float
) -> None:
    if n_edges > n_directions:
        raise invalid(
            NAME,
            "n_edges",
            n_edges,
            "is more than there are directions",
            f"n_edges <= n_directions = {n_directions}",
            "Raise n_directions",
        )
    room = n_side - 1
    needed = _extents(_normals(n_directions), edge_length, step * (length - 1)).max()
    if needed > room:
        raise invalid(
            NAME,
            "edge_length",
            edge_length,
            f"and a path of {step * (length - 1):g} px take {needed:.4g} px",
            f"at most n_side - 1 = {room} px in every direction",
            "Shorten edge_length, step or length, or raise n_side",
        )


def _normals(n_directions: int) -> NDArray[np.float64]:
    """Return (n_directions, 2) unit vectors, x right and y up; the axes are exact."""
    angles = 2 * np.pi * np.arange(n_directions) / n_directions
    return np.round(np.stack([np.cos(angles), np.sin(angles)], axis=1), 15)


def _extents(normals: NDArray[np.float64], edge_length: float, path: float) -> NDArray[np.float64]:
    """Return width and height of what an edge passes over: |n| path + |t| length."""
    normals = np.abs(normals)
    return normals * path + normals[:, ::-1] * edge_length


def _edges(
    n_sequences: int,
    length: int,
    n_side: int,
    n_edges: int,
    n_directions: int,
    edge_length: float,
    step: float,
    seed: int,
) -> NDArray[np.void]:
    """Return the (T, n_edges) table of the edges in each frame."""
    rng = stream(seed, "directions")
    chosen = np.stack([rng.permutation(n_directions)[:n_edges] for _ in range(n_sequences)])
    normals = _normals(n_directions)[chosen]  # (sequences, edges, 2)
    extents = _extents(normals.reshape(-1, 2), edge_length, step * (length - 1))
    free = (n_side - 1 - extents.reshape(normals.shape)) / 2
    middles = stream(seed, "places").uniform(-1, 1, normals.shape) * free
    times = np.arange(length) - (length - 1) / 2
    places = middles[:, None] + step * times[:, None, None] * normals[:, None]
    fields = [("frame", "i8"), ("edge", "i4"), ("x", "f8"), ("y", "f8")]
    fields += [("direction", "f8"), ("dx", "f8"), ("dy", "f8")]
    table = np.zeros((n_sequences, length, n_edges), fields)
    table["x"], table["y"] = places[..., 0], places[..., 1]
    table["direction"] = 360.0 * chosen[:, None] / n_directions
    table["dx"], table["dy"] = step * np.moveaxis(normals[:, None], -1, 0)
    table = table.reshape(n_sequences * length, n_edges)
    table["frame"], table["edge"] = np.arange(len(table))[:, None], np.arange(n_edges)
    return table


def _painted(edges: NDArray[np.void], n_side: int, edge_length: float) -> NDArray[np.bool_]:
    """Return (T, n_side, n_side) bool: the pixels of all edges of a frame."""
    axis = np.arange(n_side) - (n_side - 1) / 2
    angle = np.radians(edges["direction"])[..., None, None]
    cos, sin = np.round(np.cos(angle), 15), np.round(np.sin(angle), 15)
    x = axis - edges["x"][..., None, None]
    y = -axis[:, None] - edges["y"][..., None, None]
    across, along = cos * x + sin * y, -sin * x + cos * y
    half = np.maximum(np.abs(cos), np.abs(sin)) / 2
    # Half open, so that an edge with ends between pixels has exactly edge_length of them.
    lit = (across >= -half) & (across < half)
    lit &= (along >= -edge_length / 2) & (along < edge_length / 2)
    return lit.any(axis=1)
