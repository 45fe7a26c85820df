"""Place memory: chunks that never mix places, held against plain lists; who gives way when full."""

import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.hcam import (
    WRITE_STRATEGIES,
    HCAMAttention,
    PlaceMemory,
    place_chunks,
)

N_PLACES, CHUNK = 4, 3


def drawn_walk(n_steps, batch=3, dim=2, seed=0):
    draw = torch.Generator().manual_seed(seed)
    steps = torch.randn(batch, n_steps, dim, generator=draw)
    return steps, torch.randint(N_PLACES, (batch, n_steps), generator=draw)


def written(steps, places, max_chunks, strategy="fifo", flush=True):
    memory = PlaceMemory(len(steps), max_chunks, CHUNK, steps.shape[2], N_PLACES, strategy=strategy)
    for z, place in zip(steps.unbind(dim=1), places.unbind(dim=1), strict=True):
        memory.write(z, place)
    if flush:
        memory.flush()
    return memory


def to_give_way(stored, strategy):
    """The chunk of a full list that a strategy names, by its words; None for the new one."""
    oldest_first = sorted(stored, key=lambda chunk: chunk["last"])
    if strategy == "fifo":
        return oldest_first[0]
    if strategy == "lifo":
        return None
    counts = {chunk["place"]: 0 for chunk in stored}
    for chunk in stored:
        counts[chunk["place"]] += 1
    wanted = min(counts.values()) if strategy == "least_visited" else max(counts.values())
    return next(chunk for chunk in oldest_first if counts[chunk["place"]] == wanted)


def listed(steps, places, max_chunks, strategy):
    """The same memory of one row with plain lists: place, last time and times of each chunk."""
    stored, waiting = [], {}

    def store(place):
        chunk = {"place": place, "last": waiting[place][-1], "times": waiting.pop(place)}
        if len(stored) == max_chunks:
            gone = to_give_way(stored, strategy)
            if gone is None:
                return
            stored.remove(gone)
        stored.append(chunk)

    for time, place in enumerate(places.tolist()):
        waiting.setdefault(place, []).append(time)
        if len(waiting[place]) == CHUNK:
            store(place)
    for place in sorted(waiting, key=lambda p: waiting[p][-1]):
        store(place)
    return {
        (chunk["place"], len(steps) - 1 - chunk["last"], tuple(chunk["times"])) for chunk in stored
    }


def found_chunks(memory, steps, row):
    """The same set, from the tensors; a time is found by the step's own numbers."""
    found = set()
    for m in memory.valid[row].nonzero()[:, 0].tolist():
        kept = memory.contents[row, m][memory.step_mask[row, m]]
        times = [int((steps[row] == z).all(dim=1).nonzero()[0, 0]) for z in kept]
        found.add((int(memory.places[row, m]), int(memory.age[row, m]), tuple(times)))
    return found


@pytest.mark.parametrize("strategy", WRITE_STRATEGIES)
@pytest.mark.parametrize("max_chunks", [1, 5, 40])
def test_acceptance_9_writing_equals_plain_lists(strategy, max_chunks):
    steps, places = drawn_walk(70)
    memory = written(steps, places, max_chunks, strategy)
    for row in range(3):
        expected = listed(steps[row], places[row], max_chunks, strategy)
        assert found_chunks(memory, steps, row) == expected
        n_all = sum(-(-int((places[row] == p).sum()) // CHUNK) for p in range(N_PLACES))
        assert len(expected) == min(max_chunks, n_all)
    means = memory.contents.sum(dim=2) / memory.step_mask.sum(dim=2, keepdim=True).clamp_min(1)
    torch.testing.assert_close(memory.keys, means)
    assert (memory.places[~memory.valid] == -1).all()
    assert (memory.age[~memory.valid] == -1).all()


def test_strategies_differ_on_one_walk():
    steps, places = drawn_walk(70, batch=1)
    kept = {s: frozenset(listed(steps[0], places[0], 5, s)) for s in WRITE_STRATEGIES}
    assert len(set(kept.values())) == 4


def test_acceptance_9_chunks_never_mix_places():
    _, places = drawn_walk(200)
    memory = written(places[..., None].float(), places, 80)
    wrong = memory.step_mask & (memory.contents[..., 0] != memory.places[..., None])
    assert not wrong.any()
    assert memory.step_mask.sum() == 3 * 200
    assert (memory.valid.sum(dim=1) <= 200 / CHUNK + N_PLACES).all()


def test_acceptance_9_writing_equals_sorting_in_one_go():
    steps, places = drawn_walk(50)
    memory = written(steps, places, 30)
    contents, there = place_chunks(steps, places, CHUNK, N_PLACES)
    sorted_there = {tuple(c.flatten().tolist()) for c in contents[there.any(dim=2)]}
    assert {tuple(c.flatten().tolist()) for c in memory.contents[memory.valid]} == sorted_there
    read = HCAMAttention(2, heads=2, k=3, positions=False).eval()
    queries = torch.randn(3, 2, 2, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        read(queries, **memory.readable(n_queries=2)), read(queries, contents, step_mask=there)
    )


def test_sorting_keeps_time_inside_a_place_and_pads_at_its_end():
    _, places = drawn_walk(50)
    times = torch.arange(50.0).expand(3, -1)[..., None]
    contents, there = place_chunks(times, places, CHUNK, N_PLACES)
    for row in range(3):
        expected = []
        for place in range(N_PLACES):
            at = (places[row] == place).nonzero()[:, 0].tolist()
            expected += [at[i : i + CHUNK] for i in range(0, len(at), CHUNK)]
        lengths = [n for n in there[row].sum(dim=1).tolist() if n]
        found = contents[row, ..., 0].long().tolist()
        assert lengths == [len(chunk) for chunk in expected]
        assert [c[:n] for c, n in zip(found, lengths, strict=False)] == expected
    assert (contents[~there] == 0).all()


def test_gradients_reach_every_step_that_is_sorted_and_none_enters_the_memory():
    steps, places = drawn_walk(20)
    steps.requires_grad_()
    contents, _ = place_chunks(steps, places, CHUNK, N_PLACES)
    contents.square().sum().backward()
    torch.testing.assert_close(steps.grad, 2 * steps.detach())
    assert not written(steps, places, 20).contents.requires_grad


def test_open_chunks_are_not_readable_and_flush_takes_the_rows_asked_for():
    steps, places = drawn_walk(3, batch=2)
    places = torch.tensor([[0, 1, 2], [0, 1, 2]])
    memory = written(steps, places, 4, flush=False)
    assert not memory.valid.any()
    memory.flush(torch.tensor([True, False]))
    assert memory.places.tolist() == [[0, 1, 2, -1], [-1] * 4]
    assert memory.age.tolist() == [[2, 1, 0, -1], [-1] * 4]
    memory.flush()
    assert memory.valid.sum(dim=1).tolist() == [3, 3]


def test_reset_of_a_row_leaves_the_others_bit_identical():
    steps, places = drawn_walk(40)
    memory, untouched = written(steps, places, 5), written(steps, places, 5)
    memory.reset(torch.tensor([False, True, False]))
    assert not memory.valid[1].any()
    assert (memory.places[1] == -1).all()
    more, where = drawn_walk(31, seed=1)
    for z, place in zip(more.unbind(dim=1), where.unbind(dim=1), strict=True):
        memory.write(z, place)
        untouched.write(z, place)
    memory.flush()
    untouched.flush()
    for name in ("contents", "keys", "step_mask", "age", "places"):
        found, expected = getattr(memory, name), getattr(untouched, name)
        assert torch.equal(found[[0, 2]], expected[[0, 2]])
    assert found_chunks(memory, more, 1) == listed(more[1], where[1], 5, "fifo")


def test_strategies_by_hand():
    """Ages and places of one full memory; each choice read off by eye."""
    age = torch.tensor([[9, 7, 5, 3, 1]])
    places = torch.tensor([[2, 0, 0, 1, 1]])
    chosen = {name: s(age, places).tolist() for name, s in WRITE_STRATEGIES.items()}
    assert chosen == {"fifo": [0], "lifo": [-1], "least_visited": [0], "most_visited": [1]}
    places = torch.tensor([[0, 0, 1, 2, 2]])
    assert WRITE_STRATEGIES["least_visited"](age, places).tolist() == [2]
    assert WRITE_STRATEGIES["most_visited"](age, places).tolist() == [0]


@pytest.mark.parametrize("place", [-1, N_PLACES])
def test_refuses_places_that_are_not_there(place):
    memory = PlaceMemory(1, 2, 1, 2, N_PLACES)
    with pytest.raises(ValueError, match=r"PlaceMemory.write: place=.* has numbers .*; expected 0"):
        memory.write(torch.ones(1, 2), torch.tensor([place]))
    assert not memory.valid.any()
    with pytest.raises(ValueError, match=r"place_chunks: places=.* expected 0\.\.3"):
        place_chunks(torch.ones(1, 2, 2), torch.tensor([[0, place]]), 2, N_PLACES)


def test_refusals():
    memory = PlaceMemory(2, 2, 1, 2, N_PLACES)
    good, places = torch.ones(2, 2), torch.zeros(2, dtype=torch.int64)
    with pytest.raises(TypeError, match=r"PlaceMemory.write: place=.*expected int64"):
        memory.write(good, places.float())
    with pytest.raises(ValueError, match=r"PlaceMemory.write: place=.*expected \(2,\)"):
        memory.write(good, places[:1])
    with pytest.raises(ValueError, match=r"PlaceMemory.write: z=.*not finite"):
        memory.write(good * torch.nan, places)
    with pytest.raises(TypeError, match=r"PlaceMemory.flush: which"):
        memory.flush(torch.tensor([1, 0]))
    with pytest.raises(ValueError, match="PlaceMemory: n_places=0 is too small"):
        PlaceMemory(1, 1, 1, 1, 0)
    with pytest.raises(ValueError, match="PlaceMemory: max_chunks=0"):
        PlaceMemory(1, 0, 1, 1, 1)
    with pytest.raises(UnknownNameError, match=r"strategy='filo' .*Did you mean 'fifo'"):
        PlaceMemory(1, 1, 1, 1, 1, strategy="filo")
    with pytest.raises(TypeError, match=r"place_chunks: steps=.*floating point"):
        place_chunks(torch.ones(1, 2, 2).long(), torch.zeros(1, 2).long(), 1, 1)
    with pytest.raises(ValueError, match=r"place_chunks: steps=.*2 axes"):
        place_chunks(torch.ones(2, 2), torch.zeros(1, 2).long(), 1, 1)
    with pytest.raises(ValueError, match=r"place_chunks: places=.*expected \(1, 2\)"):
        place_chunks(torch.ones(1, 2, 2), torch.zeros(1, 3).long(), 1, 1)
    assert not memory.valid.any()


def test_a_row_without_steps_has_no_chunks():
    contents, there = place_chunks(torch.ones(2, 0, 3), torch.zeros(2, 0).long(), 4, 2)
    assert contents.shape == (2, 0, 4, 3)
    assert there.shape == (2, 0, 4)
