"""The Ballet task as a stimulus: dances to be remembered, as pixels or as symbols."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choices, Flag, Integer, Number, Numbers, Seed
from stimuli.registry import generator
from stimuli.truth import LazyTruth

from .ballet_rules import (
    DELAY,
    N_DANCERS,
    N_SYMBOLS,
    TIMEOUT_FRAME,
    VIEW_SIDE,
    Cast,
    Outcome,
    Painter,
    Stage,
    action_names,
    draw_cast,
    make_stage,
)
from .ballet_tables import AGENT_START, DANCES, DIRECTIONS, HOMES, N_MOVES

NO_ACTION = -1


@generator(
    reference="Lampinen et al. (2021), Adv. Neural Inf. Process. Syst. 34",
    family="memory",
    examples=(
        {"n_dancers": 2, "delay": 1},
        {"n_dancers": 3, "delay": 1, "actions": ("N", "W")},
        {"n_dancers": 8, "symbolic": True, "choice_phase": False},
        {"n_dancers": 1, "dances": "zee", "homes": (2,), "delay": 1},
    ),
    picture={"n_dancers": 8, "delay": 1},
)
def ballet(
    *,
    n_dancers: Annotated[int, N_DANCERS] = 2,
    delay: Annotated[int, DELAY] = 16,
    dances: Annotated[
        tuple[str, ...] | None,
        Choices(
            "Dances in the order of performance, none twice; None: drawn", "", True, tuple(DANCES)
        ),
    ] = None,
    homes: Annotated[
        tuple[int, ...] | None,
        Numbers(
            "Homes in that order, row by row from the upper left, none twice; None: drawn",
            "",
            True,
            at_least=0,
            at_most=len(HOMES) - 1,
            one_for_all=False,
        ),
    ] = None,
    target: Annotated[
        int | None, Integer("Dancer whose dance is named; None: drawn", "", True, at_least=0)
    ] = None,
    choice_phase: Annotated[bool, Flag("Whether the agent goes and chooses at the end")] = True,
    actions: Annotated[
        tuple[str, ...] | None,
        Choices("What the agent does then; None: the shortest path", "", True, DIRECTIONS),
    ] = None,
    timeout: Annotated[int | None, TIMEOUT_FRAME] = None,
    symbolic: Annotated[bool, Flag("Whether to show places as bits instead of pixels")] = False,
    fps: Annotated[float, Number("Moves per second", "Hz", above=0)] = 10.0,
    seed: Seed = 0,
) -> Drawing:
    """Dancers perform one after the other, then the one whose dance is named has to be found.

    Frame 0 shows the first move. Dancer j moves in frames j P .. j P + 15 with P = 15 + delay, and
    the choice phase begins with frame n P. The view is centred on the agent. Homes, dances, colours
    and shapes are drawn without repetition from ``numpy.random.default_rng(seed)`` itself, in the
    order of the released task, so that its episodes can be made again from their seeds; values that
    are given replace what was drawn. The default of ``fps`` is ours, the task has no seconds.

    Returns
    -------
    stimulus
        Frames (T, 99, 99, 3); with ``symbolic`` (T, 72): for each of eight homes one of nine bits
        tells where in the 3 x 3 squares around it its dancer is, and none is set where nobody
        lives. The agent is not among these bits. Truth: ``dancers`` (n,) table of dance, shape,
        color, row, column (of its home), target; ``target``; ``events`` (n,) table of onset_frame,
        offset_frame (the first still frame), onset, duration (s), dancer, dance; ``instruction``
        (T,); ``positions`` (T, n + 1, 2) row and column of the dancers, then of the agent;
        ``n_watch``, frames before the choice; ``oracle_path``, the shortest path; ``action`` (T,),
        0..7 that led to a frame, -1 for none; ``reward``, ``discount``, ``last`` (T,).

    Raises
    ------
    ValueError
        If a value is out of its range, dances or homes are given twice or not one for each dancer,
        no time is left to choose, actions go on after the end, or are given without a choice phase.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    BalletWorld : the same task, to act in.

    Examples
    --------
    >>> s = ballet(n_dancers=2, delay=16, seed=0)
    >>> s.shape, s.truth["instruction"][-1].item(), float(s.truth["reward"].sum())
    ((66, 99, 99, 3), 'zee', 1.0)
    """
    cast = _given(draw_cast(seed, n_dancers), dances=dances, homes=homes, target=target)
    stage = make_stage(cast, delay=delay, timeout=timeout, function="ballet", choosing=choice_phase)
    moves = _moves(stage, actions, choice_phase=choice_phase)
    cells, outcomes = stage.walk(moves)
    if len(cells) < len(moves):
        raise invalid(
            "ballet",
            "actions",
            actions,
            f"has {len(moves)} moves, but the episode ends after {len(cells)}",
            f"at most {len(cells)} moves",
            "Leave out the rest",
        )
    n_frames = stage.n_watch + choice_phase + len(moves)
    agent = [AGENT_START] * (n_frames - len(moves)) + cells
    painter = Painter(cast)

    def draw(t: int, out: Frame) -> None:
        if symbolic:
            out[...] = stage.symbols(t)
        else:
            painter.paint(stage.dancer_cells(t), agent[t], out)

    def positions() -> NDArray[np.int64]:
        dancers = np.stack([stage.dancer_cells(t) for t in range(n_frames)])
        return np.concatenate([dancers, np.array(agent)[:, None]], axis=1)

    truth: LazyTruth = {
        "dancers": _dancer_table(stage),
        "target": cast.target,
        "events": _event_table(stage, fps),
        "instruction": np.array([stage.instruction(t) for t in range(n_frames)]),
        "positions": positions,
        "n_watch": stage.n_watch,
        "oracle_path": action_names(stage.oracle_path),
        **_outcome_arrays(n_frames, moves, outcomes),
    }
    shape = (N_SYMBOLS,) if symbolic else (VIEW_SIDE, VIEW_SIDE, 3)
    return Drawing(n_frames, draw, truth, frame_shape=shape, fps=fps)


def _given(
    cast: Cast,
    *,
    dances: str | tuple[str, ...] | None,
    homes: tuple[float, ...] | None,
    target: int | None,
) -> Cast:
    """Return the cast with what the user chose."""
    n_dancers = len(cast.homes)
    if target is not None and target >= n_dancers:
        raise invalid(
            "ballet", "target", target, "is no dancer", f"0 <= target < {n_dancers}", "Count from 0"
        )
    if dances is not None:
        dances = (dances,) if isinstance(dances, str) else dances
        _check_one_each("dances", dances, n_dancers)
        cast = cast._replace(dances=dances)
    if homes is not None:
        _check_one_each("homes", homes, n_dancers)
        cast = cast._replace(homes=tuple(int(home) for home in homes))
    return cast if target is None else cast._replace(target=target)


def _check_one_each(name: str, values: tuple, n_dancers: int) -> None:
    whole = all(isinstance(value, str) or value == int(value) for value in values)
    if len(values) != n_dancers or len(set(values)) < n_dancers or not whole:
        raise invalid(
            "ballet",
            name,
            values,
            f"does not give each of {n_dancers} dancers one of its own",
            f"{n_dancers} different {name}",
            "Give as many as n_dancers, none twice",
        )


def _moves(
    stage: Stage, actions: str | tuple[str, ...] | None, *, choice_phase: bool
) -> tuple[int, ...]:
    if actions is None:
        return stage.oracle_path if choice_phase else ()
    if not choice_phase:
        raise invalid(
            "ballet",
            "actions",
            actions,
            "is given without a choice phase",
            "actions only with choice_phase=True",
            "Leave out one of them",
        )
    words = (actions,) if isinstance(actions, str) else actions
    return tuple(DIRECTIONS.index(word) for word in words)


def _dancer_table(stage: Stage) -> NDArray[np.void]:
    cast = stage.cast
    fields = [
        ("dance", "U14"),
        ("shape", "U18"),
        ("color", "U12"),
        ("row", "i4"),
        ("column", "i4"),
        ("target", "?"),
    ]
    table = np.zeros(len(cast.homes), fields)
    table["dance"], table["shape"], table["color"] = cast.dances, cast.shapes, cast.colors
    table["row"], table["column"] = stage.home_cells.T
    table["target"][cast.target] = True
    return table


def _event_table(stage: Stage, fps: float) -> NDArray[np.void]:
    n_dancers = len(stage.cast.homes)
    fields = [
        ("onset_frame", "i8"),
        ("offset_frame", "i8"),
        ("onset", "f8"),
        ("duration", "f8"),
        ("dancer", "i4"),
        ("dance", "U14"),
    ]
    table = np.zeros(n_dancers, fields)
    table["dancer"] = np.arange(n_dancers)
    table["onset_frame"] = table["dancer"] * stage.period
    table["offset_frame"] = table["onset_frame"] + N_MOVES
    table["onset"], table["duration"] = table["onset_frame"] / fps, N_MOVES / fps
    table["dance"] = stage.cast.dances
    return table


def _outcome_arrays(
    n_frames: int, moves: tuple[int, ...], outcomes: list[Outcome]
) -> dict[str, NDArray]:
    """Return action, reward, discount and last of every frame."""
    action = np.full(n_frames, NO_ACTION)
    reward, discount = np.zeros(n_frames), np.ones(n_frames)
    last = np.zeros(n_frames, bool)
    if moves:
        action[-len(moves) :] = moves
        reward[-len(moves) :], discount[-len(moves) :], last[-len(moves) :] = zip(
            *outcomes, strict=True
        )
    return {"action": action, "reward": reward, "discount": discount, "last": last}
