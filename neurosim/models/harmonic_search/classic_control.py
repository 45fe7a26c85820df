"""Three tasks of classic control in gymnasium, without the time limit; an optional extra.

Hold, spacing and the goal of the pendulum are of our reconstruction. The dynamics are gymnasium's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal, unknown_name
from neurosim.models.harmonic_search.underactuated_task import UnderactuatedTask


class GymnasiumWorld:
    """The dynamics of an environment of gymnasium: no time limit, no reward, nothing drawn.

    Parameters
    ----------
    env_id
        As ``gymnasium.make`` takes it. Its observation is taken for the state.

    Raises
    ------
    ModuleNotFoundError
        If gymnasium is not installed.

    Examples
    --------
    >>> world = GymnasiumWorld("MountainCar-v0")
    >>> start = world.reset(seed=0)
    >>> bool(world.step(2)[1] > start[1])
    True
    """

    def __init__(self, env_id: str) -> None:
        try:
            import gymnasium
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                refusal(
                    "GymnasiumWorld",
                    "env_id",
                    env_id,
                    "needs the package gymnasium",
                    "it installed",
                    'Run `pip install "neurosim-toolkit[agents]"`',
                ),
                name="gymnasium",
            ) from error
        self._env = gymnasium.make(env_id).unwrapped

    def reset(self, seed: int) -> NDArray[np.floating]:
        """Start anew; return the state, (d,)."""
        return self._env.reset(seed=seed)[0]

    def step(self, action: Any) -> NDArray[np.floating]:
        """Take one step; return the state, (d,)."""
        return self._env.step(action)[0]


def _on_the_hill(state: NDArray[np.float64]) -> bool:
    """MountainCar-v0: at the flag, and not rolling back."""
    return bool(state[0] >= 0.5 and state[1] >= 0)


def _upright(state: NDArray[np.float64]) -> bool:
    """Pendulum: within .2 rad of upright, slower than 1 rad/s. Gymnasium itself has no goal."""
    return bool(state[0] > math.cos(0.2) and abs(state[2]) < 1)


def _tip_up(state: NDArray[np.float64]) -> bool:
    """Acrobot-v1: the tip a length above the pivot, -cos(t1) - cos(t1 + t2) > 1."""
    cos1, sin1, cos2, sin2 = state[:4]
    return bool(-cos1 - (cos1 * cos2 - sin1 * sin2) > 1)


def _mountain_car() -> UnderactuatedTask:
    return UnderactuatedTask(
        name="mountain_car",
        world=partial(GymnasiumWorld, "MountainCar-v0"),
        actions=(0, 1, 2),  # push left, none, push right
        hold=8,
        spacing=0.1,
        lower=(-1.2, -0.07),
        upper=(0.6, 0.07),
        goal=_on_the_hill,
        labels=("position", "velocity (per step)"),
    )


def _pendulum() -> UnderactuatedTask:
    return UnderactuatedTask(
        name="pendulum",
        world=partial(GymnasiumWorld, "Pendulum-v1"),
        actions=((-2.0,), (0.0,), (2.0,)),  # N m
        hold=6,
        spacing=0.15,
        lower=(-1.0, -1.0, -8.0),
        upper=(1.0, 1.0, 8.0),
        goal=_upright,
        labels=("cos(angle)", "sin(angle)", "angular velocity (rad/s)"),
        shown=(1, 2),
    )


def _acrobot() -> UnderactuatedTask:
    fastest = (4 * math.pi, 9 * math.pi)
    return UnderactuatedTask(
        name="acrobot",
        world=partial(GymnasiumWorld, "Acrobot-v1"),
        actions=(0, 1, 2),  # torque -1, 0, 1 N m on the middle joint
        hold=6,
        spacing=0.3,
        lower=(-1.0, -1.0, -1.0, -1.0, -fastest[0], -fastest[1]),
        upper=(1.0, 1.0, 1.0, 1.0, *fastest),
        goal=_tip_up,
        labels=(
            "cos(angle 1)",
            "sin(angle 1)",
            "cos(angle 2)",
            "sin(angle 2)",
            "angular velocity 1 (rad/s)",
            "angular velocity 2 (rad/s)",
        ),
        shown=(1, 4),
    )


_TASKS: dict[str, Callable[[], UnderactuatedTask]] = {
    "mountain_car": _mountain_car,
    "pendulum": _pendulum,
    "acrobot": _acrobot,
}


def underactuated_task(name: str) -> UnderactuatedTask:
    """Return a task by its name.

    Parameters
    ----------
    name
        ``"mountain_car"`` (MountainCar-v0), ``"pendulum"`` (Pendulum-v1, torques -2, 0, 2 N m, goal
        within .2 rad of upright at less than 1 rad/s) or ``"acrobot"`` (Acrobot-v1). The state is
        what gymnasium shows.

    Returns
    -------
    task
        Gymnasium is needed only when an agent takes it on.

    Raises
    ------
    UnknownNameError
        If there is no such task.

    Examples
    --------
    >>> underactuated_task("acrobot").hold
    6
    """
    if name not in _TASKS:
        raise unknown_name("underactuated_task", "name", name, _TASKS)
    return _TASKS[name]()
