"""The rules of the Ballet task: who dances when, how the agent moves, how an episode ends.

Frame 0 already shows the first move. Dancer j moves in frames j P .. j P + 15, P = 15 + delay.
The instruction turns from "watch" to the name of the target's dance in frame n P; the action
after that frame is the first that moves the agent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Frame
from stimuli.parameter_kinds import Integer

from .ballet_tables import (
    AGENT_LIGHT,
    AGENT_START,
    CELL_SIDE,
    COLORS,
    DANCES,
    DIRECTIONS,
    HOMES,
    N_MOVES,
    ROOM_SIDE,
    SHAPES,
    STEPS,
    WALL_LIGHT,
    dance_offsets,
    dancer_patch,
)

WATCH = "watch"
VIEW_SIDE = ROOM_SIDE * CELL_SIDE  # px
N_OFFSETS = 9  # squares of the 3 x 3 around a home
N_SYMBOLS = len(HOMES) * N_OFFSETS
N_DANCERS = Integer("Number of dancers", "dancers", at_least=1, at_most=len(HOMES))
DELAY = Integer("From the last move of a dance to the first of the next", "frames", at_least=1)
TIMEOUT_FRAME = Integer(
    "Frame that ends an episode without a choice; None: 320 at delay 16, else 1024",
    "frames",
    True,
    at_least=1,
)
TIMEOUTS = {16: 320}  # frames, by delay
TIMEOUT = 1024  # frames, at other delays


class Cast(NamedTuple):
    """The dancers of one episode, in the order in which they dance.

    Parameters
    ----------
    target
        Number of the dancer that has to be found.
    homes
        Of each dancer, its place in the list of homes, 0..7.
    dances, colors, shapes
        Names, one for each dancer.
    """

    target: int
    homes: tuple[int, ...]
    dances: tuple[str, ...]
    colors: tuple[str, ...]
    shapes: tuple[str, ...]


def draw_cast(seed: int, n_dancers: int) -> Cast:
    """Return the dancers that the released task draws from this seed.

    The draws come from ``numpy.random.default_rng(seed)`` itself, and in the order of the released
    task, so that an episode recorded there can be made again.

    Parameters
    ----------
    seed
        An int.
    n_dancers
        1..8.

    Returns
    -------
    cast
        No two dancers share a home, a dance, a colour or a shape.

    Examples
    --------
    >>> draw_cast(0, 2).dances
    ('up_and_down', 'zee')
    """
    rng = np.random.default_rng(seed)
    target = int(rng.integers(n_dancers))
    lists = [list(range(len(HOMES))), list(DANCES), list(COLORS), list(SHAPES)]
    for names in lists:
        rng.shuffle(names)
    return Cast(target, *(tuple(names[:n_dancers]) for names in lists))


def next_cell(cell: tuple[int, int], action: int) -> tuple[int, int]:
    """Return the square that an action leads to; the ring of wall holds the agent where it is.

    Parameters
    ----------
    cell
        Row and column.
    action
        0..7 for N, NE, E, SE, S, SW, W, NW.

    Returns
    -------
    cell
        Row and column.

    Examples
    --------
    >>> next_cell((1, 5), 0), next_cell((1, 5), 2)
    ((1, 5), (1, 6))
    """
    row, column = cell[0] + STEPS[action][0], cell[1] + STEPS[action][1]
    inside = 0 < row < ROOM_SIDE - 1 and 0 < column < ROOM_SIDE - 1
    return (row, column) if inside else cell


class Outcome(NamedTuple):
    """What one step brings: reward, discount, and whether it was the last."""

    reward: float
    discount: float
    last: bool


@dataclass(frozen=True)
class Stage:
    """One episode: its dancers, its clock and its rules.

    Parameters
    ----------
    cast
        The dancers.
    delay
        Frames after a dance until the next begins.
    timeout
        Frame that ends the episode if no dancer was chosen.

    Examples
    --------
    >>> stage = Stage(draw_cast(0, 2), delay=16, timeout=320)
    >>> stage.n_watch, stage.instruction(61), stage.instruction(62)
    (62, 'watch', 'zee')
    """

    cast: Cast
    delay: int
    timeout: int

    @property
    def period(self) -> int:
        """Frames from the beginning of one dance to that of the next, P."""
        return N_MOVES - 1 + self.delay

    @property
    def n_watch(self) -> int:
        """Number of frames that say "watch"."""
        return len(self.cast.homes) * self.period

    @cached_property
    def home_cells(self) -> NDArray[np.int64]:
        """(n, 2) row and column of each dancer's home."""
        return np.array(HOMES)[list(self.cast.homes)]

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """(n, 16, 2) row and column of each dancer from its home, after each of its moves."""
        return np.stack([dance_offsets(dance) for dance in self.cast.dances])

    def dancing(self, t: int) -> tuple[int, int] | None:
        """Return which dancer makes which of its moves in frame t, or None."""
        dancer, move = divmod(t, self.period)
        return (dancer, move) if dancer < len(self.cast.homes) and move < N_MOVES else None

    def dancer_cells(self, t: int) -> NDArray[np.int64]:
        """Return (n, 2) row and column of each dancer in frame t."""
        cells = self.home_cells.copy()
        if now := self.dancing(t):
            cells[now[0]] += self.offsets[now]
        return cells

    def instruction(self, t: int) -> str:
        """Return what the agent is told in frame t."""
        return WATCH if t < self.n_watch else self.cast.dances[self.cast.target]

    @property
    def oracle_path(self) -> tuple[int, ...]:
        """Actions that lead from the start straight to the target, three of them."""
        row, column = np.sign(self.home_cells[self.cast.target] - AGENT_START)
        return (STEPS.index((row, column)),) * 3

    def outcome(self, cell: tuple[int, int], t: int) -> Outcome:
        """Return what it brings to be in a square in frame t of the choice phase."""
        for dancer, home in enumerate(self.cast.homes):
            if HOMES[home] == cell:
                return Outcome(float(dancer == self.cast.target), 0.0, last=True)
        return Outcome(0.0, 1.0, last=t >= self.timeout)

    def walk(self, actions: Iterable[int]) -> tuple[list[tuple[int, int]], list[Outcome]]:
        """Follow the actions of the choice phase until the episode ends.

        Returns
        -------
        cells
            Where the agent is after each action that was taken.
        outcomes
            What each of them brought.
        """
        cell: tuple[int, int] = AGENT_START
        cells, outcomes = [], []
        for t, action in enumerate(actions, self.n_watch + 1):
            cell = next_cell(cell, action)
            cells.append(cell)
            outcomes.append(self.outcome(cell, t))
            if outcomes[-1].last:
                break
        return cells, outcomes

    def symbols(self, t: int) -> NDArray[np.float32]:
        """Return (72,): for each home the square of the 3 x 3 where its dancer is, one-hot."""
        one_hot = np.zeros((len(HOMES), N_OFFSETS), np.float32)
        rows, columns = (self.dancer_cells(t) - self.home_cells).T + 1
        one_hot[list(self.cast.homes), 3 * rows + columns] = 1
        return one_hot.reshape(-1)


class Painter:
    """Paints what the agent sees: the eleven squares around it, itself in the middle.

    Parameters
    ----------
    cast
        Its dancers' shapes and colours.

    Examples
    --------
    >>> view = np.empty((99, 99, 3), np.float32)
    >>> Painter(draw_cast(0, 2)).paint(np.array([[2, 2], [8, 8]]), (5, 5), view)
    >>> view[49, 49].tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(self, cast: Cast) -> None:
        self._patches = [
            dancer_patch(shape, color)
            for shape, color in zip(cast.shapes, cast.colors, strict=True)
        ]
        # The room with five squares of darkness around it, so that every view is a slice of it.
        squares = np.zeros((ROOM_SIDE, ROOM_SIDE), np.float32)
        squares[[0, -1], :] = squares[:, [0, -1]] = np.float32(WALL_LIGHT) / np.float32(255)
        squares = np.pad(squares, ROOM_SIDE // 2)
        room = np.kron(squares, np.ones((CELL_SIDE, CELL_SIDE), np.float32))
        self._room = np.repeat(room[..., None], 3, axis=2)

    def paint(self, dancer_cells: NDArray[np.int64], agent: tuple[int, int], out: Frame) -> None:
        """Write the (99, 99, 3) view; walls first, then the agent, then the dancers over it."""
        top, left = CELL_SIDE * agent[0], CELL_SIDE * agent[1]
        out[...] = self._room[top : top + VIEW_SIDE, left : left + VIEW_SIDE]
        middle = ROOM_SIDE // 2
        _square(out, middle, middle)[...] = AGENT_LIGHT / 255
        for (row, column), patch in zip(dancer_cells.tolist(), self._patches, strict=True):
            row, column = row - agent[0] + middle, column - agent[1] + middle
            if 0 <= row < ROOM_SIDE and 0 <= column < ROOM_SIDE:
                _square(out, row, column)[...] = patch


def _square(view: Frame, row: int, column: int) -> Frame:
    rows = slice(row * CELL_SIDE, (row + 1) * CELL_SIDE)
    return view[rows, column * CELL_SIDE : (column + 1) * CELL_SIDE]


def make_stage(
    cast: Cast, *, delay: int, timeout: int | None, function: str, choosing: bool = True
) -> Stage:
    """Return the stage, or raise if no time is left to choose.

    Parameters
    ----------
    cast
        The dancers.
    delay
        Frames after a dance until the next begins.
    timeout
        Frame that ends the episode; None: 320 at delay 16 and 1024 at any other, as released.
    function
        Name that an error message begins with.
    choosing
        Whether the choice phase is played at all.

    Returns
    -------
    stage
        Ready to be played.

    Raises
    ------
    ValueError
        If the episode would end before the agent may choose.

    Examples
    --------
    >>> make_stage(draw_cast(0, 2), delay=48, timeout=None, function="f").timeout
    1024
    """
    stage = Stage(cast, delay, TIMEOUTS.get(delay, TIMEOUT) if timeout is None else timeout)
    if choosing and stage.timeout <= stage.n_watch:
        raise invalid(
            function,
            "timeout",
            stage.timeout,
            f"ends the episode before the choice in frame {stage.n_watch}",
            f"timeout > {stage.n_watch} frames",
            "Give a later timeout",
        )
    return stage


def action_names(actions: Iterable[int]) -> list[str]:
    """Return the directions of actions 0..7, as words.

    Parameters
    ----------
    actions
        Numbers 0..7.

    Returns
    -------
    words
        "N" to "NW".

    Examples
    --------
    >>> action_names([0, 3])
    ['N', 'SE']
    """
    return [DIRECTIONS[action] for action in actions]
