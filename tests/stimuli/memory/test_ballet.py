"""Acceptance 8, the recorded episodes, and the rules of the Ballet task one by one."""

import json
from itertools import pairwise

import numpy as np
import pytest

import stimuli
from stimuli.memory.ballet_rules import draw_cast, make_stage
from stimuli.memory.ballet_tables import COLORS, DANCES, DIRECTIONS, HOMES, SHAPES, dancer_patch

LEVELS = [(n, delay) for n in (2, 4, 8) for delay in (16, 48)]
WAY = {"N": (-1, 0), "NE": (-1, 1), "E": (0, 1), "SE": (1, 1)}
WAY |= {"S": (1, 0), "SW": (1, -1), "W": (0, -1), "NW": (-1, -1)}


@pytest.mark.parametrize("dance", DANCES)
def test_dances_end_at_home_and_stay_near_it(dance):
    """Acceptance 8: closure and confinement of 13 dances, measured from what is shown."""
    s = stimuli.ballet(n_dancers=1, dances=dance, homes=(0,), symbolic=True, choice_phase=False)
    seen = s.frames.reshape(-1, 8, 3, 3)
    assert (seen[:, 1:] == 0).all()
    places = np.argwhere(seen[:, 0])[:, 1:] - 1
    assert len(places) == len(s.frames)  # one place in each frame: it never leaves the 3 x 3
    assert (places[15:] == 0).all()
    assert len(DANCES) == 13
    assert (np.abs(np.diff(places[:16], axis=0)).max(axis=1) == 1).all()  # it moves every frame


def test_dances_are_those_of_the_table(data_root):
    table = json.loads((data_root / "stimuli/check_values.json").read_text())["ballet_dances"]
    assert list(table) == list(DANCES)
    for name, moves in table.items():
        truth = stimuli.stream("ballet", n_dancers=1, dances=name, choice_phase=False).truth
        path = truth["positions"][:16, 0] - [
            truth["dancers"]["row"][0],
            truth["dancers"]["column"][0],
        ]
        assert path.tolist() == np.cumsum([WAY[word] for word in moves], axis=0).tolist()


def test_shapes_colors_and_homes_are_those_of_the_table(data_root):
    table = np.load(data_root / "hcam/ballet_tables.npz")
    assert table["direction_names"].tolist() == list(DIRECTIONS)
    assert table["shape_names"].tolist() == list(SHAPES)
    assert table["color_names"].tolist() == list(COLORS)
    assert table["dance_names"].tolist() == list(DANCES)
    assert table["dancer_positions"].tolist() == [list(home) for home in HOMES]
    assert table["color_rgb"].tolist() == [list(rgb) for rgb in COLORS.values()]
    for shape, template in zip(SHAPES, table["shape_templates"], strict=True):
        assert (dancer_patch(shape, "light_yellow")[..., 0] == template).all()


EPISODES = [(2, 16, 0), (2, 48, 3), (8, 16, 2)]


def recorded(data_root, n_dancers, delay, seed):
    path = data_root / f"hcam/ballet_episode_{n_dancers}_delay{delay}_seed{seed}.npz"
    return dict(np.load(path))


@pytest.mark.parametrize(("n_dancers", "delay", "seed"), EPISODES)
def test_recorded_episodes_to_the_byte(data_root, n_dancers, delay, seed):
    """The recorded Ballet episodes are reproduced to the byte, from their seeds."""
    tape = recorded(data_root, n_dancers, delay, seed)
    s = stimuli.ballet(n_dancers=n_dancers, delay=delay, seed=seed)
    assert np.round(s.frames * 255).astype(np.uint8).tobytes() == tape["frames"].tobytes()
    truth = s.truth
    for ours, theirs in (
        ("instruction", "instruction"),
        ("positions", "positions"),
        ("reward", "reward"),
        ("last", "last"),
    ):
        np.testing.assert_array_equal(truth[ours], tape[theirs], err_msg=ours)
    np.testing.assert_array_equal(
        truth["action"][truth["n_watch"] + 1 :], tape["action"][truth["n_watch"] + 1 :]
    )
    dancers = truth["dancers"]
    np.testing.assert_array_equal(dancers["dance"], tape["dancer_motion"])
    np.testing.assert_array_equal(dancers["shape"], tape["dancer_shape"])
    np.testing.assert_array_equal(dancers["color"], tape["dancer_color"])
    np.testing.assert_array_equal(dancers["target"], tape["dancer_value"])
    np.testing.assert_array_equal(
        np.stack([dancers["row"], dancers["column"]], axis=1), tape["dancer_start"]
    )


@pytest.mark.parametrize(("n_dancers", "delay", "seed"), EPISODES)
def test_world_plays_the_recorded_episodes(data_root, n_dancers, delay, seed):
    tape = recorded(data_root, n_dancers, delay, seed)
    world = stimuli.BalletWorld(n_dancers=n_dancers, delay=delay)
    seen, reward, last = world.reset(seed), 0.0, False
    for t, action in enumerate(tape["action"]):
        if t > 0:
            seen, reward, discount, last = world.step(action)
            assert discount == 1 - last
        assert isinstance(seen, stimuli.BalletObservation)
        assert np.round(seen.frame * 255).astype(np.uint8).tobytes() == tape["frames"][t].tobytes()
        assert (seen.instruction, reward, last) == (
            tape["instruction"][t],
            tape["reward"][t],
            tape["last"][t],
        )


def read_dances(frames):
    """Return home number to dance, from symbolic frames alone."""
    seen = frames.reshape(-1, 8, 9)
    found = {}
    for home in np.flatnonzero(seen[0].any(axis=1)):
        places = seen[:, home].argmax(axis=1)
        start = np.flatnonzero(places != 4)[0]
        steps = np.diff([4, *places[start : start + 16]])
        names = [
            name
            for name, moves in DANCES.items()
            if [3 * WAY[w][0] + WAY[w][1] for w in moves.split()] == steps.tolist()
        ]
        assert len(names) == 1
        found[names[0]] = HOMES[home]
    return found


@pytest.mark.parametrize(("n_dancers", "delay"), LEVELS)
def test_oracle_that_only_watches_earns_everything(n_dancers, delay):
    """Acceptance 8: 1.0 on 100 episodes of each level, told apart by motion alone."""
    rewards = []
    for seed in range(100):
        symbols = stimuli.stream(
            "ballet", n_dancers=n_dancers, delay=delay, seed=seed, symbolic=True, choice_phase=False
        )
        frames = stimuli.ballet_batch(1, n_dancers=n_dancers, delay=delay, seed=seed).frames[0]
        truth = symbols.truth
        named = str(truth["dancers"]["dance"][truth["target"]])
        row, column = np.sign(np.array(read_dances(frames)[named]) - 5).tolist()
        word = next(word for word, way in WAY.items() if way == (row, column))
        choice = stimuli.stream(
            "ballet", n_dancers=n_dancers, delay=delay, seed=seed, actions=(word,) * 3
        ).truth
        rewards.append(choice["reward"].sum())
        assert choice["instruction"][-1] == named
        assert truth["oracle_path"] == [word] * 3
    assert rewards == [1.0] * 100


@pytest.mark.parametrize(("n_dancers", "delay"), LEVELS)
def test_oracle_earns_everything_in_the_world(n_dancers, delay):
    """Acceptance 8: the same, played frame by frame."""
    world = stimuli.BalletWorld(n_dancers=n_dancers, delay=delay)
    for seed in range(100):
        seen = world.reset(seed)
        while seen.instruction == "watch":
            seen, *_ = world.step(seed % 8)
        outcomes = [world.step(action)[1:] for action in world.oracle_path]
        assert outcomes == [(0.0, 1.0, False), (0.0, 1.0, False), (1.0, 0.0, True)]


@pytest.mark.parametrize(("n_dancers", "delay"), LEVELS)
def test_random_policy_is_at_chance(n_dancers, delay):
    """Acceptance 8: reward about 1/n, within 4 standard errors, over 400 episodes."""
    rng = np.random.default_rng(1)
    rewards = []
    for seed in range(400):
        stage = make_stage(draw_cast(seed, n_dancers), delay=delay, timeout=None, function="test")
        _, outcomes = stage.walk(rng.integers(8, size=1024).tolist())
        assert outcomes[-1].last
        rewards.append(outcomes[-1].reward)
    error = np.sqrt((1 / n_dancers) * (1 - 1 / n_dancers) / len(rewards))
    assert abs(np.mean(rewards) - 1 / n_dancers) < 4 * error


@pytest.mark.parametrize(("n_dancers", "delay"), [*LEVELS, (1, 1), (3, 40)])
def test_timing(n_dancers, delay):
    """n P frames of watching, P = 15 + delay; delay - 1 still frames between two dances."""
    s = stimuli.ballet(n_dancers=n_dancers, delay=delay, seed=7, symbolic=True)
    period = 15 + delay
    told = s.truth["instruction"]
    assert (told != "watch").argmax() == s.truth["n_watch"] == n_dancers * period
    assert len(s.frames) == n_dancers * period + 4
    events = s.truth["events"]
    assert events["onset_frame"].tolist() == [j * period for j in range(n_dancers)]
    np.testing.assert_allclose(events["onset"] * s.fps, events["onset_frame"])
    np.testing.assert_allclose(events["duration"] * s.fps, 16)
    changes = np.flatnonzero((np.diff(s.frames, axis=0) != 0).any(axis=1)) + 1
    shown = {int(j) for j in events["onset_frame"][1:]}  # frame 0 has nothing before it
    for onset, offset in zip(events["onset_frame"], events["offset_frame"], strict=True):
        shown |= set(range(int(onset) + 1, int(offset)))
    assert shown == set(changes.tolist())


def test_nobody_shares_anything():
    """No two dancers share home, dance, colour or shape; all homes are three moves away."""
    for seed in range(50):
        dancers = stimuli.stream("ballet", n_dancers=8, seed=seed).truth["dancers"]
        for field in ("dance", "shape", "color"):
            assert len(set(dancers[field])) == 8
        assert len({(d["row"], d["column"]) for d in dancers}) == 8
        assert dancers["target"].sum() == 1
        reach = np.maximum(np.abs(dancers["row"] - 5), np.abs(dancers["column"] - 5))
        assert (reach == 3).all()


def test_pixels_show_what_truth_says():
    """The agent is in the middle; each dancer's square has its colour where truth has it."""
    s = stimuli.ballet(n_dancers=8, delay=1, seed=4, actions=("N", "NE", "SE"))
    white = (s.frames == 1).all(axis=3)
    assert white[:, 45:54, 45:54].all()
    for t in (0, 40, s.n_frames - 1):
        positions = s.truth["positions"][t]
        agent = positions[-1]
        for dancer, place in zip(s.truth["dancers"], positions[:-1], strict=True):
            row, column = (place - agent + 5) * 9
            if not (0 <= row < 99 and 0 <= column < 99):
                continue
            square = s.frames[t, row : row + 9, column : column + 9]
            patch = np.round(square * 255).astype(int)
            assert {tuple(rgb) for rgb in patch.reshape(-1, 3).tolist()} == {
                (0, 0, 0),
                COLORS[dancer["color"]],
            }
        wall = np.isclose(s.frames[t], 40 / 255).all(axis=2)
        expected = np.zeros((11, 11), bool)
        for row in range(11):
            for column in range(11):
                cell = agent + np.array([row - 5, column - 5])
                expected[row, column] = (
                    (cell >= 0).all() and (cell <= 10).all() and (np.isin(cell, (0, 10))).any()
                )
        np.testing.assert_array_equal(wall, np.kron(expected, np.ones((9, 9), bool)))


def test_symbols_are_the_places_of_the_pixels():
    """The same seed shows the same episode in both forms; empty homes have no bit."""
    pixels = stimuli.stream("ballet", n_dancers=3, seed=5)
    bits = stimuli.ballet(n_dancers=3, seed=5, symbolic=True)
    assert bits.shape == (pixels.n_frames, 72)
    assert (bits.frames.sum(axis=1) == 3).all()
    for t, frame in enumerate(bits.frames.reshape(-1, 8, 3, 3)):
        homes, rows, columns = np.nonzero(frame)
        cells = np.array(HOMES)[homes] + np.stack([rows, columns], axis=1) - 1
        assert sorted(cells.tolist()) == sorted(pixels.truth["positions"][t, :-1].tolist())


def test_walls_hold_the_agent():
    s = stimuli.ballet(n_dancers=1, homes=(7,), delay=1, actions=("N",) * 6 + ("E", "NW", "NE"))
    path = s.truth["positions"][-10:, -1].tolist()
    assert path == [[5, 5], [4, 5], [3, 5], [2, 5], [1, 5], [1, 5], [1, 5], [1, 6], [1, 6], [1, 6]]
    assert (s.frames[-6] == s.frames[-5]).all()
    assert not s.truth["last"].any()
    assert not s.truth["reward"].any()
    stage = make_stage(draw_cast(0, 1), delay=1, timeout=None, function="test")
    cast = stage.cast._replace(homes=(0,))
    stage = make_stage(cast, delay=1, timeout=None, function="test")
    cells, _ = stage.walk([3] * 6 + [4, 2])  # south-east into the corner, then on along both walls
    assert cells[-3:] == [(9, 9)] * 3


def test_wrong_dancer_ends_without_reward():
    right, wrong = (
        stimuli.ballet(
            n_dancers=2, homes=(0, 7), target=0, delay=1, symbolic=True, actions=(word,) * 3
        ).truth
        for word in ("NW", "SE")
    )
    assert (right["reward"][-1], right["discount"][-1], right["last"][-1]) == (1, 0, True)
    assert (wrong["reward"][-1], wrong["discount"][-1], wrong["last"][-1]) == (0, 0, True)
    assert right["last"].sum() == wrong["last"].sum() == 1


@pytest.mark.parametrize(
    ("delay", "timeout", "end"), [(16, None, 320), (48, None, 1024), (3, 50, 50)]
)
def test_timeout(delay, timeout, end):
    """Frame 320 at delay 16 and 1024 at 48: reward 0, discount 1."""
    world = stimuli.BalletWorld(n_dancers=2, delay=delay, timeout=timeout)
    world.reset(0)  # homes (2, 8) and (5, 8): west of the middle it is free
    outcomes = []
    while not outcomes or not outcomes[-1][-1]:
        outcomes.append(world.step((6, 2)[len(outcomes) % 2])[1:])
    assert len(outcomes) == end
    assert outcomes[-1] == (0.0, 1.0, True)
    assert set(outcomes[:-1]) == {(0.0, 1.0, False)}
    with pytest.raises(ValueError, match=r"step: episode=None is not running.*Call reset"):
        world.step(0)


def test_choice_in_the_last_frame_counts():
    s = stimuli.stream("ballet", n_dancers=2, delay=1, timeout=35)
    assert (s.truth["reward"][-1], s.truth["discount"][-1], s.n_frames) == (1, 0, 36)


def test_world_shows_the_frames_of_the_generator():
    s = stimuli.ballet(n_dancers=4, delay=2, seed=11, actions=("E", "SW", "S"))
    world = stimuli.BalletWorld(n_dancers=4, delay=2)
    frames = [world.reset(11).frame]
    for action in s.truth["action"][1:]:
        frames.append(world.step(max(action, 0))[0].frame)
    np.testing.assert_array_equal(frames, s.frames)


def test_what_is_given_replaces_what_is_drawn():
    drawn = stimuli.stream("ballet", n_dancers=3, seed=2).truth["dancers"]
    given = stimuli.stream(
        "ballet",
        n_dancers=3,
        seed=2,
        dances=("zee", "plus_cw", "plus_ccw"),
        homes=(7, 0, 3),
        target=1,
    ).truth
    dancers = given["dancers"]
    assert dancers["dance"].tolist() == ["zee", "plus_cw", "plus_ccw"]
    assert list(zip(dancers["row"], dancers["column"], strict=True)) == [
        HOMES[k] for k in (7, 0, 3)
    ]
    assert given["target"] == 1
    assert dancers["color"].tolist() == drawn["color"].tolist()


def test_batch_holds_the_episodes_of_the_generator():
    batch = stimuli.ballet_batch(5, n_dancers=4, delay=9, seed=20)
    assert isinstance(batch, stimuli.BalletBatch)
    for b in range(5):
        s = stimuli.ballet(n_dancers=4, delay=9, seed=20 + b, symbolic=True, choice_phase=False)
        np.testing.assert_array_equal(batch.frames[b], s.frames)
        assert batch.targets[b] == s.truth["target"]
        assert [list(DANCES)[k] for k in batch.dances[b]] == s.truth["dancers"]["dance"].tolist()
        rows = [HOMES[k][0] for k in batch.homes[b]]
        assert rows == s.truth["dancers"]["row"].tolist()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_dancers": 0}, "n_dancers=0 is out of range; expected 1 <= n_dancers <= 8"),
        ({"n_dancers": 9}, "n_dancers=9 is out of range"),
        ({"delay": 0}, "delay=0 is out of range; expected delay >= 1 frames"),
        ({"dances": ("zee", "zee")}, "dances=.* does not give each of 2 dancers one of its own"),
        ({"dances": "zee"}, "dances=.* expected 2 different dances"),
        ({"dances": ("zee", "zed")}, "dances='zed' is unknown.*Did you mean 'zee'"),
        ({"homes": (3, 3)}, "homes=.* expected 2 different homes"),
        ({"homes": (3, 8)}, "homes=8 is out of range; expected 0 <= homes <= 7"),
        ({"homes": (3, 0.5)}, "homes=.* does not give each"),
        ({"target": 2}, "target=2 is no dancer; expected 0 <= target < 2"),
        ({"timeout": 62}, "timeout=62 ends the episode before the choice.* timeout > 62 frames"),
        ({"n_dancers": 8, "delay": 144}, "timeout=1024 ends the episode before the choice"),
        ({"actions": ("N", "up")}, "actions='up' is unknown"),
        (
            {"homes": (4, 0), "actions": ("E",) * 4},
            "actions=.* has 4 moves, but the episode ends after 3",
        ),
        ({"actions": ("E",), "choice_phase": False}, "actions=.* without a choice phase"),
        ({"fps": 0}, "fps=0 is out of range; expected fps > 0 Hz"),
    ],
)
def test_ballet_rejects(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"ballet: {message}"):
        stimuli.ballet(**params)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"n_dancers": 9}, ValueError, "BalletWorld: n_dancers=9 is out of range"),
        ({"n_dancers": 2.0}, TypeError, "BalletWorld: n_dancers=2.0 is of type float"),
        ({"delay": -1}, ValueError, "BalletWorld: delay=-1 is out of range"),
        ({"delay": None}, TypeError, "BalletWorld: delay=None"),
        ({"timeout": 30}, ValueError, "BalletWorld: timeout=30 ends the episode before"),
    ],
)
def test_world_rejects(params, error, message):
    with pytest.raises(error, match=message):
        stimuli.BalletWorld(**params)


def test_world_refuses_actions_and_seeds():
    world = stimuli.BalletWorld()
    with pytest.raises(ValueError, match="oracle_path: episode=None is not running"):
        _ = world.oracle_path
    with pytest.raises(ValueError, match="reset: seed=-1 is negative"):
        world.reset(-1)
    with pytest.raises(TypeError, match="reset: seed=None"):
        world.reset(None)
    world.reset(0)
    for action in (-1, 8):
        with pytest.raises(ValueError, match=f"step: action={action} is out of range; .*<= 7"):
            world.step(action)
    for action in (True, 1.0, "N"):
        with pytest.raises(TypeError, match="step: action="):
            world.step(action)


def test_batch_rejects():
    for params in ({"n_dancers": 0}, {"delay": 0}, {"seed": -1}):
        with pytest.raises(ValueError, match="ballet_batch: "):
            stimuli.ballet_batch(2, **params)
    with pytest.raises(ValueError, match="ballet_batch: n_episodes=0"):
        stimuli.ballet_batch(0)
    with pytest.raises(TypeError, match=r"ballet_batch: n_episodes=1.5"):
        stimuli.ballet_batch(1.5)


def test_first_squares_are_reached_one_by_one():
    """Every move of the agent is to a neighbouring square."""
    for seed in range(20):
        path = stimuli.stream("ballet", n_dancers=8, delay=1, seed=seed).truth["positions"][:, -1]
        assert all(np.abs(b - a).max() <= 1 for a, b in pairwise(path))
