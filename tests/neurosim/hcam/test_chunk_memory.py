"""Acceptance 4: writing step by step, and reading nothing of the future."""

import pytest
import torch

from neurosim.models.hcam import (
    ChunkMemory,
    HCAMAttention,
    causal_mask,
    chunk_steps,
    summarise,
)


def drawn_steps(n_steps, batch=2, dim=4, seed=0):
    return torch.randn(batch, n_steps, dim, generator=torch.Generator().manual_seed(seed))


def written(steps, max_chunks=5, chunk_size=3):
    memory = ChunkMemory(len(steps), max_chunks, chunk_size, steps.shape[2])
    for z in steps.unbind(dim=1):
        memory.write(z)
    return memory


def state_of(memory):
    return [memory.contents, memory.keys, memory.step_mask, memory.valid, memory.age]


def assert_same_rows(memory, other, rows):
    for found, expected in zip(state_of(memory), state_of(other), strict=True):
        assert torch.equal(found[rows], expected[rows])


def test_acceptance_4_streaming_equals_reshaping():
    steps = drawn_steps(15)
    memory = written(steps)
    contents, _ = chunk_steps(steps, 3)
    assert torch.equal(memory.contents, contents)
    torch.testing.assert_close(memory.keys, contents.mean(dim=2))
    assert memory.valid.all()
    assert memory.step_mask.all()
    assert memory.age.tolist() == [[12, 9, 6, 3, 0]] * 2


def test_acceptance_4_full_memory_drops_the_oldest_chunk():
    steps = drawn_steps(21)
    memory = written(steps)
    newest = memory.age.argsort(dim=1, descending=True)  # from the oldest to the newest
    contents, _ = chunk_steps(steps[:, 6:], 3)
    rows = torch.arange(2)[:, None]
    assert torch.equal(memory.contents[rows, newest], contents)
    torch.testing.assert_close(memory.keys[rows, newest], contents.mean(dim=2))
    assert memory.age[rows, newest].tolist() == [[12, 9, 6, 3, 0]] * 2


def test_acceptance_4_reads_do_not_depend_on_where_a_chunk_lies():
    steps = drawn_steps(21)
    memory = written(steps)
    read = HCAMAttention(4, heads=2, k=2).eval()
    queries = drawn_steps(3, seed=1)
    contents, _ = chunk_steps(steps[:, 6:], 3)
    torch.testing.assert_close(
        read(queries, **memory.readable(n_queries=3)), read(queries, contents)
    )


def test_acceptance_4_the_open_chunk_is_not_readable():
    steps = drawn_steps(8)
    memory = written(steps)
    assert memory.valid.tolist() == [[True, True, False, False, False]] * 2
    assert (memory.contents[:, 2:] == 0).all()
    assert memory.age.tolist() == [[5, 2, -1, -1, -1]] * 2
    changed = steps.clone()
    changed[:, 6:] = 99
    assert_same_rows(memory, written(changed), slice(None))
    read = HCAMAttention(4, heads=2, k=5).eval()
    queries = drawn_steps(1, seed=1)
    expected = read(queries, chunk_steps(steps[:, :6], 3)[0])
    torch.testing.assert_close(read(queries, **memory.readable()), expected)


def test_acceptance_4_flush_closes_what_waits():
    steps = drawn_steps(8)
    memory = written(steps)
    memory.flush(torch.tensor([True, False]))
    assert memory.step_mask[:, 2].tolist() == [[True, True, False], [False] * 3]
    torch.testing.assert_close(memory.keys[0, 2], steps[0, 6:].mean(dim=0))
    assert memory.age[:, 2].tolist() == [0, -1]
    torch.testing.assert_close(memory.keys, summarise(memory.contents, memory.step_mask))
    before = [t.clone() for t in state_of(memory)]
    memory.flush(torch.tensor([True, False]))  # nothing waits there now
    assert all(torch.equal(a, b) for a, b in zip(state_of(memory), before, strict=True))
    memory.flush()
    assert memory.valid[:, 2].all()


def test_acceptance_4_reset_of_a_row_leaves_the_others_bit_identical():
    steps = drawn_steps(8, batch=3)
    memory, untouched = written(steps), written(steps)
    memory.reset(torch.tensor([False, True, False]))
    assert_same_rows(memory, untouched, [0, 2])
    assert not memory.valid[1].any()
    assert (memory.contents[1] == 0).all()
    assert (memory.age[1] == -1).all()
    more = drawn_steps(6, batch=3, seed=1)
    for z in more.unbind(dim=1):
        memory.write(z)
        untouched.write(z)
    assert_same_rows(memory, untouched, [0, 2])
    fresh = written(more)
    assert torch.equal(memory.contents[1, :2], fresh.contents[1, :2])
    assert memory.age[1].tolist() == fresh.age[1].tolist()
    memory.reset()
    assert not memory.valid.any()


def test_no_gradient_enters():
    memory = ChunkMemory(2, 2, 1, 4)
    memory.write(drawn_steps(1)[:, 0].requires_grad_())
    assert not memory.contents.requires_grad
    assert memory.valid.any()


def test_acceptance_4_the_future_never_changes_the_past():
    """A learner that reads with the causal mask; each query is asked at its own step."""
    steps = drawn_steps(24)
    read = HCAMAttention(4, heads=2, k=3).eval()
    times = torch.arange(24).expand(2, -1)
    ends = torch.arange(2, 24, 3).expand(2, -1)
    mask = causal_mask(times, ends)

    def outputs(steps):
        return read(steps, chunk_steps(steps, 3)[0], mask=mask)

    changed = steps.clone()
    changed[:, 13:] = 50
    before, after = outputs(steps), outputs(changed)
    assert torch.equal(before[:, :13], after[:, :13])
    assert not torch.allclose(before[:, 15:], after[:, 15:])
    assert (before[:, :3] == 0).all()  # the first chunk ends with step 2
    assert (before[:, 3] != 0).all()


def test_acceptance_4_only_chunks_of_the_own_episode():
    times, ends = torch.tensor([[5, 9]]), torch.tensor([[1, 3, 7]])
    mask = causal_mask(times, ends, torch.tensor([[0, 1]]), torch.tensor([[0, 1, 1]]))
    assert mask.tolist() == [[[True, False, False], [False, True, True]]]


def test_an_empty_memory_is_read_as_nothing():
    memory = ChunkMemory(batch=2, max_chunks=4, chunk_size=3, dim=8)
    read = HCAMAttention(8, heads=2, k=2)
    assert (read(torch.ones(2, 1, 8), **memory.readable()) == 0).all()


@pytest.mark.parametrize("name", ["batch", "max_chunks", "chunk_size", "dim"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (2.0, TypeError), (True, TypeError)])
def test_sizes_that_are_no_ints_of_one_or_more_are_refused(name, value, error):
    sizes = {"batch": 2, "max_chunks": 3, "chunk_size": 4, "dim": 5} | {name: value}
    with pytest.raises(error, match=rf"^ChunkMemory: {name}={value} is .*; expected .*1 or more"):
        ChunkMemory(**sizes)


@pytest.mark.parametrize(
    ("z", "error", "problem"),
    [
        (torch.ones(2, 5), ValueError, r"has the shape \(2, 5\); expected \(2, 4\)"),
        (torch.ones(2, 4, dtype=torch.int64), TypeError, "is of torch.int64"),
        ([[1.0]], TypeError, "is of list"),
        (torch.full((2, 4), torch.nan), ValueError, "is not finite"),
    ],
)
def test_steps_that_cannot_be_written_are_refused(z, error, problem):
    memory = ChunkMemory(2, 3, 2, 4)
    with pytest.raises(error, match=rf"^ChunkMemory.write: z=.* {problem}"):
        memory.write(z)
    assert (memory.age == -1).all()


@pytest.mark.parametrize(
    ("which", "error"), [(torch.tensor([1, 0]), TypeError), (torch.tensor([True]), ValueError)]
)
@pytest.mark.parametrize("method", ["reset", "flush"])
def test_rows_that_are_no_mask_are_refused(which, error, method):
    memory = ChunkMemory(2, 3, 2, 4)
    with pytest.raises(error, match=rf"^ChunkMemory.{method}: which="):
        getattr(memory, method)(which)
