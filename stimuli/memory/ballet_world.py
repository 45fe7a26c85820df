"""The Ballet task as a world to act in: `BalletWorld`."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid, wrong_kind
from stimuli.randomness import realise_seed

from .ballet_rules import (
    DELAY,
    N_DANCERS,
    TIMEOUT_FRAME,
    VIEW_SIDE,
    Outcome,
    Painter,
    Stage,
    draw_cast,
    make_stage,
    next_cell,
)
from .ballet_tables import AGENT_START, DIRECTIONS


class BalletObservation(NamedTuple):
    """What the agent gets: ``frame`` (99, 99, 3) float32 in [0, 1], and ``instruction``, a word.

    Examples
    --------
    >>> BalletWorld(n_dancers=2).reset(seed=0).instruction
    'watch'
    """

    frame: NDArray[np.float32]
    instruction: str


class BalletWorld:
    """Watch dancers one after the other, then go to the one whose dance is named.

    The room has 11 x 11 squares with a ring of wall; the agent starts in the middle and sees the
    11 x 11 squares around itself. While the dancers dance its actions do nothing. Entering the
    square of any dancer ends the episode with discount 0: reward 1 for the one named, else 0. A
    move into the wall leaves the agent where it is. After ``timeout`` frames the episode ends with
    reward 0 and discount 1. `stimuli.ballet` makes the same episodes as recordings.

    Parameters
    ----------
    n_dancers
        1..8; the published levels have 2, 4 and 8.
    delay
        Frames after a dance until the next begins; the published levels have 16 and 48.
    timeout
        Frame that ends the episode; None: 320 at delay 16 and 1024 at any other, as released.

    Raises
    ------
    ValueError
        If a value is out of its range, no time is left to choose, or an episode is not running.
    TypeError
        If a value is not a whole number.

    References
    ----------
    Lampinen, Chan, Banino & Hill (2021), Adv. Neural Inf. Process. Syst. 34.

    Examples
    --------
    >>> world = BalletWorld(n_dancers=2, delay=16)
    >>> observation = world.reset(seed=0)
    >>> while observation.instruction == "watch":
    ...     observation, reward, discount, last = world.step(0)
    >>> for action in world.oracle_path:
    ...     observation, reward, discount, last = world.step(action)
    >>> reward, discount, last
    (1.0, 0.0, True)
    """

    def __init__(self, *, n_dancers: int = 2, delay: int = 16, timeout: int | None = None) -> None:
        name = "BalletWorld"
        self.n_dancers = int(N_DANCERS.check(name, "n_dancers", n_dancers))
        self.delay = int(DELAY.check(name, "delay", delay))
        timeout = TIMEOUT_FRAME.check(name, "timeout", timeout)
        any_cast = draw_cast(0, self.n_dancers)
        any_stage = make_stage(any_cast, delay=self.delay, timeout=timeout, function=name)
        self.timeout = any_stage.timeout
        self._episode: tuple[Stage, Painter] | None = None

    def reset(self, seed: int) -> BalletObservation:
        """Begin an episode.

        Parameters
        ----------
        seed
            Fixes the dancers, as it does in `stimuli.ballet`.

        Returns
        -------
        observation
            Frame 0, in which the first dancer has made its first move.

        Raises
        ------
        ValueError
            If the seed is negative.
        TypeError
            If the seed is not an int.
        """
        if seed is None:
            raise wrong_kind("reset", "seed", seed, "an int", "Give the episode a number")
        cast = draw_cast(realise_seed(seed, function="reset"), self.n_dancers)
        self._episode = Stage(cast, self.delay, self.timeout), Painter(cast)
        self._t, self._cell = 0, AGENT_START
        return self._observation(*self._episode)

    def step(self, action: int) -> tuple[BalletObservation, float, float, bool]:
        """Take one action.

        Parameters
        ----------
        action
            0..7 for N, NE, E, SE, S, SW, W, NW.

        Returns
        -------
        observation
            What is seen now.
        reward, discount
            Numbers.
        last
            Whether the episode is over.

        Raises
        ------
        ValueError
            If the action is not 0..7, or no episode is running.
        TypeError
            If the action is not an int.
        """
        stage, painter = self._running("step")
        if isinstance(action, bool) or not isinstance(action, Integral):
            raise wrong_kind("step", "action", action, "a whole number", "Give 0..7")
        if not 0 <= action < len(DIRECTIONS):
            raise invalid(
                "step", "action", action, "is out of range", "0 <= action <= 7", "0 is N, 7 is NW"
            )
        outcome = Outcome(0.0, 1.0, last=False)
        choosing = self._t >= stage.n_watch
        self._t += 1
        if choosing:
            self._cell = next_cell(self._cell, int(action))
            outcome = stage.outcome(self._cell, self._t)
        observation = self._observation(stage, painter)
        if outcome.last:
            self._episode = None
        return observation, *outcome

    @property
    def oracle_path(self) -> tuple[int, ...]:
        """Actions that lead from the start to the target, once the choice phase has begun."""
        return self._running("oracle_path")[0].oracle_path

    def _running(self, function: str) -> tuple[Stage, Painter]:
        if self._episode is None:
            raise invalid(
                function, "episode", None, "is not running", "a running episode", "Call reset first"
            )
        return self._episode

    def _observation(self, stage: Stage, painter: Painter) -> BalletObservation:
        frame = np.empty((VIEW_SIDE, VIEW_SIDE, 3), np.float32)
        painter.paint(stage.dancer_cells(self._t), self._cell, frame)
        return BalletObservation(frame, stage.instruction(self._t))
