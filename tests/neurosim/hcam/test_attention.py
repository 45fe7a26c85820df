"""Acceptance 1 and 3: the numbers of the public module, and what a read must not depend on."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from neurosim.models.hcam import HCAMAttention, Read, position_code
from tests.neurosim.hcam.reference_reads import LAYERS, given, module_of, plain_read

DATA = Path(os.environ.get("NEUROSIM_DATA", "absent")) / "hcam"
CASES = ("jax_a", "jax_b_mask", "jax_d_fully_masked_row", "jax_e_default_scale")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs NEUROSIM_DATA/hcam")


@pytest.fixture(params=CASES)
def arrays(request):
    with np.load(DATA / f"{request.param}.npz") as file:
        return dict(file) | {"name": request.param}


def scored_rows(arrays):
    """All rows but the one that may read nothing, where the public module leaks."""
    rows = np.ones(arrays["queries"].shape[:2], bool)
    rows[0, 0] = arrays["name"] != "jax_d_fully_masked_row"
    return rows


@needs_data
@pytest.mark.parametrize(("dtype", "most"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_acceptance_1_output_of_the_public_module(arrays, dtype, most):
    queries, contents, keys, mask = given(arrays, dtype)
    found = module_of(arrays, dtype)(queries, contents, keys, mask).detach().numpy()
    rows = scored_rows(arrays)
    assert np.abs(found - arrays["output_float64"])[rows].max() <= most
    assert (found[~rows] == 0).all()


@needs_data
def test_acceptance_1_what_was_selected(arrays):
    queries, contents, keys, mask = given(arrays, torch.float64)
    read = module_of(arrays, torch.float64)(queries, contents, keys, mask, return_info=True)
    assert isinstance(read, Read)
    rows = scored_rows(arrays)
    relevance = read.selection.relevance.detach().numpy()
    np.testing.assert_allclose(relevance[rows], arrays["relevance"][rows], atol=1e-9)
    allowed = arrays["scaled_logits"] > -1e5
    logits = read.selection.logits.detach().numpy()
    np.testing.assert_allclose(logits[allowed], arrays["scaled_logits"][allowed], atol=1e-9)
    np.testing.assert_allclose(
        position_code(contents.shape[2], contents.shape[3]), arrays["position_encoding"], atol=1e-6
    )


@needs_data
def test_acceptance_1_gradients(arrays):
    queries, contents, keys, mask = given(arrays, torch.float64)
    for tensor in (queries, contents, keys):
        tensor.requires_grad_()
    module = module_of(arrays, torch.float64)
    output = module(queries, contents, keys, mask)
    (output * torch.from_numpy(arrays["cotangent"])).sum().backward()
    rows = scored_rows(arrays)
    found, expected = queries.grad.numpy()[rows], arrays["grad_queries"][rows]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    assert contents.grad is None
    assert keys.grad is None
    if not rows.all():
        return  # the leaking row is in the reference's gradients of parameters
    for theirs, ours in LAYERS.items():
        layer = getattr(module, ours)
        np.testing.assert_allclose(
            layer.weight.grad.T, arrays[f"grad.{theirs}.w"], rtol=1e-3, atol=1e-4
        )
        if layer.bias is not None:
            np.testing.assert_allclose(
                0 if layer.bias.grad is None else layer.bias.grad,
                arrays[f"grad.{theirs}.b"],
                rtol=1e-3,
                atol=1e-4,
            )


def drawn(n_chunks=6, size=5, dim=8, heads=2, k=3, n_queries=4, seed=0, **options):
    """A module, queries and contents, in float64."""
    module = HCAMAttention(dim, heads=heads, k=k, seed=seed, **options).double().eval()
    draw = torch.Generator().manual_seed(seed)
    queries = torch.randn(2, n_queries, dim, dtype=torch.float64, generator=draw)
    contents = torch.randn(2, n_chunks, size, dim, dtype=torch.float64, generator=draw)
    return module, queries, contents


@pytest.mark.parametrize("k", [1, 3, 6, 50])
@pytest.mark.parametrize("positions", [True, False])
def test_acceptance_3_equals_the_plain_form_by_loops(k, positions):
    module, queries, contents = drawn(k=k, positions=positions)
    found = module(queries, contents).detach().numpy()
    np.testing.assert_allclose(found, plain_read(module, queries, contents, k), atol=1e-12)


def test_acceptance_3_order_of_chunks_does_not_matter():
    module, queries, contents = drawn()
    mask = torch.rand(2, 4, 6, generator=torch.Generator().manual_seed(1)) > 0.3
    order = torch.randperm(6, generator=torch.Generator().manual_seed(2))
    turned = module(queries, contents[:, order], mask=mask[..., order])
    torch.testing.assert_close(turned, module(queries, contents, mask=mask), atol=1e-6, rtol=0)


def test_acceptance_3_what_is_not_selected_or_masked_leaves_no_trace():
    module, queries, contents = drawn(k=2)
    mask = torch.ones(2, 4, 6, dtype=torch.bool)
    mask[:, :, 4] = False
    keys = contents.mean(dim=2)
    read = module(queries, contents, keys, mask, return_info=True)
    changed = contents.clone()
    for b in range(2):
        idle = set(range(6)) - set(read.selection.index[b].flatten().tolist())
        changed[b, sorted(idle | {4})] = 1e6
    other = module(queries, changed, keys, mask)
    torch.testing.assert_close(other, read.output, atol=1e-6, rtol=0)


def test_acceptance_3_constant_chunks_are_attended_evenly():
    module, queries, contents = drawn(positions=False)
    contents[:] = contents[:, :, :1]
    read = module(queries, contents, return_info=True)
    torch.testing.assert_close(read.within_attention, torch.full_like(read.within_attention, 0.2))


def test_acceptance_3_relevance_sums_to_one_and_falls():
    module, queries, contents = drawn(k=4)
    relevance = module(queries, contents, return_info=True).selection.relevance
    torch.testing.assert_close(relevance.sum(dim=-1), torch.ones(2, 4, dtype=torch.float64))
    assert (relevance.diff(dim=-1) <= 0).all()


def test_nothing_to_read_gives_zeros_and_finite_gradients():
    module, queries, contents = drawn()
    assert (module(queries, contents[:, :0]) == 0).all()
    mask = torch.zeros(2, 4, 6, dtype=torch.bool)
    output = module(queries.requires_grad_(), contents, mask=mask)
    assert (output == 0).all()
    output.sum().backward()
    assert torch.isfinite(queries.grad).all()


def test_steps_that_are_not_there_are_not_read():
    module, queries, contents = drawn(size=6)
    there = torch.ones(2, 6, 6, dtype=torch.bool)
    there[:, :, :2] = False
    there[0, 1] = False
    changed = torch.where(there[..., None], contents, torch.tensor(99.0, dtype=torch.float64))
    torch.testing.assert_close(
        module(queries, changed, step_mask=there), module(queries, contents, step_mask=there)
    )
    read = module(queries, contents, step_mask=there, return_info=True)
    assert not (read.selection.index[0][read.selection.relevance[0] > 0] == 1).any()


@pytest.mark.parametrize("detach", [True, False])
def test_acceptance_1_gradient_reaches_the_memory_only_if_asked(detach):
    module, queries, contents = drawn(detach_memory=detach)
    keys = contents.mean(dim=2).requires_grad_()
    contents.requires_grad_()
    module(queries, contents, keys).square().sum().backward()
    for tensor in (contents, keys):
        assert (tensor.grad is None) == detach
        assert detach or tensor.grad.abs().max() > 0
