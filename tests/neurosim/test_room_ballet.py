"""Room Ballet: dances, walks, what is told by what was seen; tasks for a memory too small."""

import numpy as np
import pytest

from neurosim.experiments.room_ballet import SQUARES, room_ballet, told_by
from neurosim.experiments.write_tasks import TASKS, drawn_visits, kept
from neurosim.models.hcam import WRITE_STRATEGIES


@pytest.fixture(scope="module")
def walks():
    return room_ballet(200, n_rooms=9, n_steps=640, seed=5)


def test_dances_by_hand():
    """Squares 0..8 row by row, 4 is home; the moves of three dances followed with a finger."""
    assert (SQUARES[:, :16] == 4).all()
    assert SQUARES[0, 16:].tolist() == [1, 2, 5, 8, 7, 6, 3, 0, 1, 2, 5, 8, 7, 6, 3, 4]
    assert SQUARES[2, 16:].tolist() == [1, 4, 7, 4] * 4
    assert SQUARES[7, 16:].tolist() == [1, 4, 3, 4, 7, 4, 5, 4] * 2  # N S W E S N E W


def test_the_frame_that_is_asked_with_tells_nothing():
    assert (SQUARES[:, 31] == 4).all()
    assert len({row.tobytes() for row in SQUARES}) == 8


def test_frames_are_those_of_the_room_at_its_clock(walks):
    assert walks.clock.tolist() == [t % 32 for t in range(640)]
    for b, t in ((0, 0), (3, 17), (150, 639), (77, 300), (9, 31)):
        dance = walks.dances[b, walks.places[b, t]]
        assert walks.squares[b, t] == SQUARES[dance, t % 32]
    counts = np.bincount(walks.dances.ravel(), minlength=8)
    assert abs(counts - 225).max() < 4 * np.sqrt(225)


def test_walks_go_to_neighbours_and_are_as_often_in_every_room(walks):
    row, column = np.divmod(walks.places, 3)
    way = abs(np.diff(row)) + abs(np.diff(column))
    assert set(way.ravel().tolist()) == {0, 1}
    in_the_middle = walks.places[:, :-1] == 4
    assert (way[in_the_middle] == 1).all()  # only walls make it stay
    corner = walks.places[:, :-1] == 0
    assert (way[corner] == 0).mean() == pytest.approx(0.5, abs=0.02)
    shares = np.bincount(walks.places.ravel(), minlength=9) / walks.places.size
    assert shares == pytest.approx(np.full(9, 1 / 9), abs=0.01)


def test_no_stay_shows_a_dance(walks):
    changes = np.flatnonzero(np.diff(walks.places.ravel()))
    assert np.median(np.diff(changes)) <= 2


def test_same_seed_same_walks():
    one, again, other = (room_ballet(2, n_rooms=16, n_steps=40, seed=s) for s in (1, 1, 2))
    for name in ("places", "squares", "dances"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))
    assert set(np.unique(room_ballet(50, n_rooms=16, n_steps=99, seed=0).places)) == set(range(16))


def test_what_is_told_counts_the_dances_that_agree():
    walks = room_ballet(3, n_rooms=4, n_steps=50, seed=2)
    seen = np.random.default_rng(0).random((3, 4, 50)) < 0.3
    found = told_by(walks, seen)
    for b, room in np.ndindex(3, 4):
        agree = 0
        for dance in range(8):
            times = [t for t in range(50) if seen[b, room, t] and walks.places[b, t] == room]
            agree += all(SQUARES[dance, t % 32] == walks.squares[b, t] for t in times)
        assert found[b, room] == 1 / agree
    assert (told_by(walks, np.ones_like(seen)) >= found).all()


@pytest.fixture(scope="module")
def visits():
    return {task: drawn_visits(task, 400, seed=3) for task in TASKS}


def test_targets_are_where_the_task_says(visits):
    rooms, target = visits["one of the last 9"]
    assert set(target.tolist()) == set(range(9, 18))
    assert set(np.unique(rooms).tolist()) == set(range(8))
    rooms, target = visits["one of the first 9"]
    assert set(target.tolist()) == set(range(9))
    rooms, target = visits["in the busiest row"]
    for one, number in zip(rooms, target, strict=True):
        in_row = one // 2 == one[number] // 2
        assert in_row.sum() == 9
    assert set(target.tolist()) == set(range(18))
    rooms, target = visits["last in a room"]
    for one, number in zip(rooms, target, strict=True):
        assert one[number] not in one[number + 1 :]


def test_acceptance_9_the_strategy_made_for_a_task_keeps_most(visits):
    shares = np.array([[kept(*visits[task], s).mean() for s in WRITE_STRATEGIES] for task in TASKS])
    assert shares.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert tuple(TASKS.values()) == tuple(WRITE_STRATEGIES)
    assert shares[0, :2].tolist() == [1, 0]
    assert shares[1, :2].tolist() == [0, 1]
    assert shares[3, 3] == 1  # 8 rooms, 9 chunks: the last of a room never gives way
    np.testing.assert_allclose(shares[:, 0] + shares[:, 1], 1)  # last 9 and first 9 of 18
