"""Acceptance 3: what a read must not depend on, and what it does."""

import warnings

import numpy as np
import pytest
import torch

from neurosim.models.hcam import HCAMAttention, HCAMBlock, Read, Selection, select_chunks, summarise
from tests.neurosim.hcam.reference_reads import drawn_read, plain_read

F64 = torch.float64


def some_mask(n_queries=4, n_chunks=6, batch=2, seed=1):
    draw = torch.Generator().manual_seed(seed)
    return torch.rand(batch, n_queries, n_chunks, generator=draw) > 0.3


@pytest.mark.parametrize("k", [1, 3, 6, 50])
@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("biases", [(False, True), (True, False)])
def test_acceptance_3_equals_the_plain_form_by_loops(k, positions, biases):
    """Up to k = M, all chunks: dense attention on two levels."""
    module, queries, contents = drawn_read(
        k=k, positions=positions, summary_bias=biases[0], projection_bias=biases[1]
    )
    found = module(queries, contents).detach().numpy()
    np.testing.assert_allclose(found, plain_read(module, queries, contents, k), atol=1e-12)


def test_output_of_another_width_than_the_memory():
    draw = torch.Generator().manual_seed(0)
    module = HCAMAttention(8, feature_size=12, heads=3, k=2).double().eval()
    queries = torch.randn(2, 3, 8, dtype=F64, generator=draw)
    contents = torch.randn(2, 5, 4, 8, dtype=F64, generator=draw)
    found = module(queries, contents).detach().numpy()
    assert found.shape == (2, 3, 12)
    np.testing.assert_allclose(found, plain_read(module, queries, contents, 2), atol=1e-12)


def test_acceptance_3_order_of_chunks_does_not_matter():
    module, queries, contents = drawn_read()
    mask, keys = some_mask(), contents.mean(dim=2)
    order = torch.randperm(6, generator=torch.Generator().manual_seed(2))
    turned = module(queries, contents[:, order], keys[:, order], mask[..., order])
    torch.testing.assert_close(turned, module(queries, contents, keys, mask), atol=1e-6, rtol=0)


@pytest.mark.parametrize("value", [1e6, torch.nan])
def test_acceptance_3_chunks_that_are_not_selected_leave_no_trace(value):
    module, queries, contents = drawn_read(k=2)
    keys = contents.mean(dim=2)
    read = module(queries[:, :1], contents, keys, return_info=True)
    changed = contents.clone()
    for b in range(2):
        idle = set(range(6)) - set(read.selection.index[b].flatten().tolist())
        changed[b, sorted(idle)] = value
    other = module(queries[:, :1], changed, keys)
    torch.testing.assert_close(other, read.output, atol=1e-6, rtol=0)


@pytest.mark.parametrize("value", [1e30, torch.nan, torch.inf])
@pytest.mark.parametrize("given_keys", [True, False])
def test_acceptance_3_masked_chunks_leave_no_trace(value, given_keys):
    """Neither in the output nor in a gradient, with fewer chunks allowed than are read."""
    module, queries, contents = drawn_read(k=5)
    mask = torch.ones(2, 4, 6, dtype=torch.bool)
    mask[:, :, 2:] = False
    changed = contents.clone()
    changed[:, 2:] = value
    results = []
    for memory in (contents, changed):
        keys = memory.mean(dim=2) if given_keys else None
        module.zero_grad()
        output = module(queries, memory, keys, mask)
        output.square().sum().backward()
        results.append([output, *(p.grad for p in module.parameters())])
    for found, expected in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_a_chunk_that_some_queries_may_read_is_not_read_by_the_others():
    module, queries, contents = drawn_read(k=6)
    mask = some_mask()
    read = module(queries, contents, mask=mask, return_info=True)
    chosen = mask.gather(2, read.selection.index)
    torch.testing.assert_close(chosen, read.selection.allowed)
    assert (read.selection.relevance[~chosen] == 0).all()
    assert (read.within_attention[~chosen] == 0).all()
    for b in range(2):
        for t in range(4):
            alone = module(queries[b, t][None, None], contents[b, mask[b, t]][None])
            torch.testing.assert_close(alone[0, 0], read.output[b, t])


def test_acceptance_3_constant_chunks_are_attended_evenly():
    module, queries, contents = drawn_read(positions=False)
    contents[:] = contents[:, :, :1]
    read = module(queries, contents, return_info=True)
    torch.testing.assert_close(read.within_attention, torch.full_like(read.within_attention, 0.2))


def test_acceptance_3_relevance_sums_to_one_and_falls():
    module, queries, contents = drawn_read(k=4)
    relevance = module(queries, contents, return_info=True).selection.relevance
    torch.testing.assert_close(relevance.sum(dim=-1), torch.ones(2, 4, dtype=F64))
    assert (relevance.diff(dim=-1) <= 0).all()
    assert (relevance > 0).all()


def test_ties_go_to_the_lowest_place():
    found = select_chunks(torch.tensor([[[1.0, 3.0, 3.0, 1.0]]]), k=3)
    assert isinstance(found, Selection)
    assert found.index.tolist() == [[[1, 2, 0]]]


def test_nothing_to_read_gives_zeros_and_finite_gradients():
    module, queries, contents = drawn_read()
    assert (module(queries, contents[:, :0]) == 0).all()
    mask = torch.ones(2, 4, 6, dtype=torch.bool)
    mask[0, 1] = False
    queries.requires_grad_()
    output = module(queries, contents, mask=mask)
    assert (output[0, 1] == 0).all()
    assert (output[1] != 0).all()
    output.sum().backward()
    assert (queries.grad[0, 1] == 0).all()
    assert torch.isfinite(queries.grad).all()


def test_steps_that_are_not_there_are_not_read():
    module, queries, contents = drawn_read(chunk_size=6)
    there = torch.ones(2, 6, 6, dtype=torch.bool)
    there[:, :, :2] = False
    there[0, 1] = False
    changed = contents.masked_fill(~there[..., None], torch.nan)
    read = module(queries, changed, step_mask=there, return_info=True)
    torch.testing.assert_close(read.output, module(queries, contents, step_mask=there))
    assert (read.within_attention[..., :2] == 0).all()
    assert not (read.selection.index[0][read.selection.relevance[0] > 0] == 1).any()
    torch.testing.assert_close(
        summarise(changed, there)[1], contents[1, :, 2:].mean(dim=1), atol=1e-12, rtol=0
    )


def test_steps_at_the_end_of_a_chunk_read_as_a_shorter_chunk():
    module, queries, contents = drawn_read(chunk_size=6)
    there = torch.ones(2, 6, 6, dtype=torch.bool)
    there[:, :, :2] = False
    torch.testing.assert_close(
        module(queries, contents, step_mask=there), module(queries, contents[:, :, 2:])
    )


def test_acceptance_3_one_chunk_teaches_the_summaries_nothing_and_warns_once():
    module, queries, contents = drawn_read(k=1)
    module.train()
    with pytest.warns(UserWarning, match="k=1 gives the maps of summaries no gradient"):
        output = module(queries, contents)
    output.square().sum().backward()
    assert (module.summary_query.weight.grad == 0).all()
    assert (module.summary_key.weight.grad == 0).all()
    assert module.value.weight.grad.abs().max() > 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = module(queries, contents)
    torch.testing.assert_close(again, output)
    module.k = 2
    module.zero_grad()
    module(queries, contents).square().sum().backward()
    assert module.summary_key.weight.grad.abs().max() > 0


def test_one_chunk_is_fine_where_nothing_is_trained():
    module, queries, contents = drawn_read(k=1)
    module.train()
    with torch.no_grad():
        quiet = module(queries, contents)
    torch.testing.assert_close(module.eval()(queries, contents), quiet)


@pytest.mark.parametrize("normed", [False, True])
def test_block_adds_the_query_as_it_came_or_normalised(normed):
    _, queries, contents = drawn_read()
    block = HCAMBlock(8, heads=2, k=3, normed_residual=normed).double().eval()
    centred = queries - queries.mean(dim=-1, keepdim=True)
    normal = centred / (centred.square().mean(dim=-1, keepdim=True) + 1e-5).sqrt()
    expected = (normal if normed else queries) + block.attention(normal, contents)
    torch.testing.assert_close(block(queries, contents), expected)
    read = block(queries, contents, return_info=True)
    assert isinstance(read, Read)
    torch.testing.assert_close(read.output, expected)


def test_weights_come_from_the_seed_alone():
    state = torch.random.get_rng_state()
    first, second, other = (HCAMAttention(64, seed=s).key.weight for s in (3, 3, 4))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_weights_start_with_variance_two_over_fan_in():
    module = HCAMAttention(512)
    for layer in (module.summary_query, module.summary_key, module.key, module.value, module.out):
        std = (2 / 512) ** 0.5
        assert layer.weight.std().item() == pytest.approx(std, rel=0.01)
        # cut at two deviations of the normal that it is cut from
        assert layer.weight.abs().max().item() == pytest.approx(2 * std / 0.87962566, rel=0.01)
        assert layer.bias is None or (layer.bias == 0).all()
