"""Reads of many queries, where each chunk is projected once, and what a cache keeps."""

import pytest
import torch

from neurosim.models.hcam import ChunkMemory, HCAMAttention, ReadCache, attention, within_chunk
from neurosim.models.hcam.unique_chunks import unique_is_cheaper
from tests.neurosim.hcam.reference_reads import drawn_read

MANY = 48


@pytest.fixture
def project(monkeypatch):
    """Choose whether chunks are projected; by default the cheaper way is taken."""

    def choose(yes):
        monkeypatch.setattr(attention, "unique_is_cheaper", lambda *given: yes)

    choose(True)
    return choose


def case(masked, seed=0):
    """Many queries over few chunks, and the masks of a read."""
    module, queries, contents = drawn_read(n_queries=MANY, n_chunks=7, batch=3, seed=seed)
    if not masked:
        return module, queries, contents, {}
    draw = torch.Generator().manual_seed(seed + 1)
    mask = torch.rand(3, MANY, 7, generator=draw) > 0.5
    mask[:, :, 2] = False
    mask[1, 4] = False
    there = torch.rand(3, 7, 5, generator=draw) > 0.3
    there[2, 5] = False
    contents[:, 2] = torch.nan
    contents[~there] = torch.nan
    return module, queries, contents, {"mask": mask, "step_mask": there}


@pytest.mark.parametrize(
    ("n_queries", "n_chunks", "cached", "yes"),
    [(1, 16, False, False), (16, 16, False, False), (64, 16, False, True), (64, 64, False, False),
     (256, 32, False, True), (16, 16, True, True), (1, 16, True, False)],
)  # fmt: skip
def test_the_cheaper_way_is_taken(n_queries, n_chunks, cached, yes):
    """As measured at d = 512, C = 32, H = k = 8, and away from where both are as good."""
    module, contents = HCAMAttention(512).eval(), torch.ones(1, n_chunks, 32, 512)
    cache = ReadCache()
    if cached:
        with torch.no_grad():
            module(torch.ones(1, 256, 512), contents, cache=cache)
            assert cache.has_chunks(module, contents)
            assert unique_is_cheaper(module, n_queries, contents, cache) == yes
    assert unique_is_cheaper(module, n_queries, contents, None) == (yes and not cached)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("biases", [False, True])
def test_both_ways_give_the_same_numbers(masked, cached, biases, project):
    module, queries, contents, masks = case(masked)
    if not biases:
        module.key.bias = module.value.bias = None
    with torch.no_grad():
        project(False)
        expected = module(queries, contents, **masks)
        project(True)
        cache = ReadCache() if cached else None
        for _ in range(2):
            found = module(queries, contents, cache=cache, **masks)
            torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    assert not cached or cache.n_hits == 3  # summaries, their projections, projected chunks


@pytest.mark.parametrize("masked", [False, True])
def test_both_ways_give_the_same_information(masked, project):
    module, queries, contents, masks = case(masked)
    many = module(queries, contents, return_info=True, **masks)
    project(False)
    each = module(queries, contents, return_info=True, **masks)
    assert torch.equal(many.selection.index, each.selection.index)
    torch.testing.assert_close(many.within_attention, each.within_attention)
    assert each.within_attention.max() > 0.5


@pytest.mark.parametrize("masked", [False, True])
def test_both_ways_give_the_same_gradients(masked, project):
    grads = []
    for yes in (True, False):
        project(yes)
        module, queries, contents, masks = case(masked)
        module.detach_memory = False
        queries.requires_grad_()
        contents.requires_grad_()
        module(queries, contents, **masks).sin().sum().backward()
        grads.append([queries.grad, contents.grad, *(p.grad for p in module.parameters())])
    for found, expected in zip(*grads, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-9, rtol=0)


def test_a_row_is_read_alike_whatever_else_is_in_its_batch(project):
    module, queries, contents, masks = case(masked=True)
    together = module(queries, contents, **masks)
    for b in range(3):
        own = {name: mask[b : b + 1] for name, mask in masks.items()}
        alone = module(queries[b : b + 1], contents[b : b + 1], **own)
        torch.testing.assert_close(alone[0], together[b], atol=1e-12, rtol=0)


@pytest.mark.parametrize("yes", [False, True])
def test_memories_that_are_views_are_read_alike(yes, project):
    project(yes)
    module, queries, contents, _ = case(masked=False)
    view = torch.cat([contents, contents * 2], dim=1)[:, :7]
    assert not view.is_contiguous()
    torch.testing.assert_close(module(queries, view), module(queries, contents))


def test_queries_are_read_in_blocks_that_fit_in_memory(monkeypatch):
    module, queries, contents = drawn_read(n_queries=7)
    expected = module(queries, contents)
    monkeypatch.setattr(within_chunk, "MOST_GATHERED", 1)
    found = module(queries, contents, return_info=True)
    torch.testing.assert_close(found.output, expected)
    assert found.within_attention.shape == (2, 7, 3, 2, 5)


def change_weights_by_adam(module, contents):
    optimiser = torch.optim.Adam(module.parameters(), lr=0.1)
    with torch.enable_grad():
        module(contents[:, :, 0], contents).square().sum().backward()
    optimiser.step()
    module.zero_grad()


def change_weights_by_loading(module, contents):
    other = HCAMAttention(8, heads=2, k=3, seed=9).double()
    module.load_state_dict(other.state_dict())


def change_weights_by_assigning(module, contents):
    other = HCAMAttention(8, heads=2, k=3, seed=9).double()
    module.load_state_dict(other.state_dict(), assign=True)


def change_weights_by_new_data(module, contents):
    module.key.weight.data = module.key.weight.data * 3


def change_one_weight(module, contents):
    module.summary_key.weight[0, 0] += 3


def change_a_step(module, contents):
    contents[1, 2, 3] = 9


def change_through_a_view(module, contents):
    contents.flatten(1, 2)[:, 4].neg_()


CHANGES = [
    change_weights_by_adam,
    change_weights_by_loading,
    change_weights_by_assigning,
    change_weights_by_new_data,
    change_one_weight,
    change_a_step,
    change_through_a_view,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_cache_never_answers_with_what_was_true_before(change, project):
    module, queries, contents, _ = case(masked=False)
    cache = ReadCache()
    with torch.no_grad():
        before = module(queries, contents, cache=cache)
        change(module, contents)
        after = module(queries, contents, cache=cache)
        torch.testing.assert_close(after, module(queries, contents), atol=1e-12, rtol=0)
    assert (after - before).abs().max() > 1e-3


def test_another_memory_of_the_same_shape_is_not_the_cached_one(project):
    module, queries, contents, _ = case(masked=False)
    other = contents.flip(1) * 2
    cache = ReadCache()
    with torch.no_grad():
        module(queries, contents, cache=cache)
        found = module(queries, other, cache=cache)
        torch.testing.assert_close(found, module(queries, other), atol=1e-12, rtol=0)
        other_steps = torch.ones(3, 7, 5, dtype=torch.bool)
        other_steps[:, :, 0] = False
        found = module(queries, other, step_mask=other_steps, cache=cache)
        expected = module(queries, other, step_mask=other_steps)
        torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)


def test_a_written_memory_is_computed_anew_and_an_unchanged_one_is_not(project):
    read, cache = HCAMAttention(8, heads=2, k=2).eval(), ReadCache()
    memory = ChunkMemory(batch=2, max_chunks=3, chunk_size=2, dim=8)
    draw = torch.Generator().manual_seed(0)
    queries = torch.randn(2, MANY, 8, generator=draw)
    misses = []
    with torch.no_grad():
        for _ in range(8):
            memory.write(torch.randn(2, 8, generator=draw))
            given = memory.readable(n_queries=MANY)
            torch.testing.assert_close(read(queries, cache=cache, **given), read(queries, **given))
            misses.append(cache.n_misses)
    # keys and chunks, at the first read and whenever two steps have made a chunk
    assert misses == [2, 4, 4, 6, 6, 8, 8, 10]


def test_gradients_do_not_stop_at_a_cache(project):
    module, queries, contents, _ = case(masked=False)
    cache = ReadCache()
    with torch.no_grad():
        module(queries, contents, cache=cache)
    grads = []
    for own in (cache, None):
        module.zero_grad()
        module(queries, contents, cache=own).sin().sum().backward()
        grads.append([p.grad.clone() for p in module.parameters()])
    for found, expected in zip(*grads, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
        assert expected.abs().max() > 0 or expected.shape == (8,)


def test_tensors_whose_changes_are_not_counted_are_not_kept(project):
    module, queries, contents, _ = case(masked=False)
    cache = ReadCache()
    with torch.inference_mode():
        own = contents.clone()
        before = module(queries, own, cache=cache)
        own[:, 0] = 5
        after = module(queries, own, cache=cache)
        torch.testing.assert_close(after, module(queries, own), atol=1e-12, rtol=0)
    assert (after - before).abs().max() > 1e-3
    assert cache.n_hits == 0


def test_a_cleared_cache_computes_anew(project):
    module, queries, contents, _ = case(masked=False)
    cache = ReadCache()
    with torch.no_grad():
        module(queries, contents, cache=cache)
        contents.data[:, 0] = 5  # which torch does not count
        cache.clear()
        found = module(queries, contents, cache=cache)
        torch.testing.assert_close(found, module(queries, contents), atol=1e-12, rtol=0)
    assert cache.n_hits == 0


@pytest.mark.gpu
@pytest.mark.parametrize("yes", [False, True])
def test_a_gpu_gives_the_same_numbers(yes, project):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    module, queries, contents, masks = case(masked=True)
    project(yes)
    module, queries, contents = module.float(), queries.float(), contents.float()
    with torch.no_grad():
        expected = module(queries, contents, **masks)
        moved = {name: mask.cuda() for name, mask in masks.items()}
        found = module.cuda()(queries.cuda(), contents.cuda(), **moved)
    torch.testing.assert_close(found.cpu(), expected, atol=1e-4, rtol=0)
