"""Acceptance 1 and 2: the numbers of the authors' module and of htm-pytorch."""

import numpy as np
import pytest
import torch

from neurosim.errors import UnknownNameError
from neurosim.models.hcam import (
    HCAMAttention,
    HCAMBlock,
    Read,
    attention,
    chunk_steps,
    from_haiku,
    from_htm_pytorch,
    position_code,
)
from tests.neurosim.hcam.reference_reads import (
    JAX_CASES,
    LAYERS,
    authors_module,
    given_to,
    load_arrays,
    parameters_in,
)


@pytest.fixture(params=JAX_CASES)
def arrays(request, data_root):
    return load_arrays(data_root, request.param) | {"name": request.param}


def rows_with_chunks(arrays):
    """All rows but the one that may read nothing, where the public module leaks."""
    rows = np.ones(arrays["queries"].shape[:2], bool)
    rows[0, 0] = arrays["name"] != "jax_d_fully_masked_row"
    return rows


def assert_close(found, expected):
    """Equal to 1e-4 absolutely or 1e-3 relatively."""
    error = np.abs(np.asarray(found) - expected)
    assert ((error <= 1e-4) | (error <= 1e-3 * np.abs(expected))).all()


@pytest.mark.parametrize(("dtype", "most"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
@pytest.mark.parametrize("masked_rows", ["zero", "uniform"])
@pytest.mark.parametrize("projected", [False, True])
def test_acceptance_1_output(arrays, dtype, most, masked_rows, projected, monkeypatch):
    """Whether each query reads its chunks for itself, or each chunk is projected once."""
    monkeypatch.setattr(attention, "unique_is_cheaper", lambda *given: projected)
    module = authors_module(arrays, dtype, masked_rows=masked_rows)
    found = module(*given_to(arrays, dtype)).detach().numpy()
    rows = rows_with_chunks(arrays)
    if masked_rows == "zero":
        assert (found[~rows] == 0).all()
        found, rows = found[rows], arrays["output_float64"][rows]
    else:
        rows = arrays["output_float64"]
    assert np.abs(found - rows).max() <= most


def test_acceptance_1_selection_and_relevance(arrays):
    module = authors_module(arrays, torch.float64)
    read = module(*given_to(arrays, torch.float64), return_info=True)
    assert isinstance(read, Read)
    allowed = arrays["scaled_logits"] > -1e5
    logits = read.selection.logits.detach().numpy()
    np.testing.assert_allclose(logits[allowed], arrays["scaled_logits"][allowed], atol=1e-9)
    assert (logits[~allowed] == -np.inf).all()
    np.testing.assert_array_equal(read.selection.index, arrays["top_k_indices"])
    relevance = read.selection.relevance.detach().numpy()
    np.testing.assert_allclose(relevance, arrays["relevance"], atol=1e-9)


def test_acceptance_1_code_of_positions(arrays):
    expected = arrays["position_encoding"]
    np.testing.assert_allclose(position_code(*expected.shape), expected, atol=1e-6, rtol=0)


def test_acceptance_1_gradients(arrays):
    """With the leak of the authors' module, which is in its gradients of parameters too."""
    queries, contents, keys, mask = given_to(arrays, torch.float64)
    for tensor in (queries, contents, keys):
        tensor.requires_grad_()
    module = authors_module(arrays, torch.float64, masked_rows="uniform")
    output = module(queries, contents, keys, mask)
    (output * torch.from_numpy(arrays["cotangent"])).sum().backward()
    assert_close(queries.grad, arrays["grad_queries"])
    assert contents.grad is None
    assert keys.grad is None
    grads = parameters_in(arrays, "grad.")
    for theirs, ours in LAYERS.items():
        layer = getattr(module, ours)
        assert_close(layer.weight.grad.T, grads[f"{theirs}.w"])
        if theirs == "within_mem_attn.key":
            # its true value is 0: the softmax inside a chunk does not see this bias
            assert layer.bias.grad.abs().max() <= 1e-12
        elif layer.bias is not None:
            assert_close(layer.bias.grad, grads[f"{theirs}.b"])


def test_acceptance_1_gradients_of_queries_where_nothing_leaks(arrays):
    queries, *rest = given_to(arrays, torch.float64)
    queries.requires_grad_()
    output = authors_module(arrays, torch.float64, masked_rows="zero")(queries, *rest)
    (output * torch.from_numpy(arrays["cotangent"])).sum().backward()
    rows = rows_with_chunks(arrays)
    assert_close(queries.grad[torch.from_numpy(rows)], arrays["grad_queries"][rows])
    assert (queries.grad[torch.from_numpy(~rows)] == 0).all()


@pytest.mark.parametrize("detach", [True, False])
def test_acceptance_1_gradient_reaches_the_memory_only_if_asked(arrays, detach):
    queries, contents, keys, mask = given_to(arrays, torch.float64)
    module = authors_module(arrays, torch.float64)
    module.detach_memory = detach
    for tensor in (contents, keys):
        tensor.requires_grad_()
    module(queries, contents, keys, mask).square().sum().backward()
    for tensor in (contents, keys):
        assert (tensor.grad is None) == detach
        assert detach or tensor.grad.abs().max() > 0


@pytest.fixture(params=["torch_a", "torch_c_block"])
def htm(request, data_root):
    """Arrays of htm-pytorch and the module from its state."""
    arrays = load_arrays(data_root, request.param)
    state = {name: torch.from_numpy(a) for name, a in parameters_in(arrays).items()}
    return arrays, from_htm_pytorch(state, heads=int(arrays["heads"]), k=int(arrays["topk"]))


def chunks_of(arrays):
    """Contents and mask of steps; without a mask the public module reads the zeros it adds."""
    memories, size = torch.from_numpy(arrays["memories"]), int(arrays["chunk_size"])
    if "mask" in arrays:
        return chunk_steps(memories, size, torch.from_numpy(arrays["mask"]))
    missing = -memories.shape[1] % size
    zeros = torch.zeros(len(memories), missing, memories.shape[2])
    return chunk_steps(torch.cat([zeros, memories], dim=1), size)


def test_acceptance_2_output_and_gradients(htm):
    arrays, module = htm
    assert isinstance(module, HCAMBlock if "mask" in arrays else HCAMAttention)
    queries = torch.from_numpy(arrays["queries"]).requires_grad_()
    contents, there = chunks_of(arrays)
    output = module(queries, contents, step_mask=there)
    assert np.abs(output.detach().numpy() - arrays["output"]).max() <= 1e-5
    (output * torch.from_numpy(arrays["cotangent"])).sum().backward()
    assert_close(queries.grad, arrays["grad_queries"])
    attention = module.attention if isinstance(module, HCAMBlock) else module
    grads = parameters_in(arrays, "grad.attn." if "mask" in arrays else "grad.")
    both = torch.cat([attention.key.weight.grad, attention.value.weight.grad])
    for name, found in (
        ("to_summary_queries.weight", attention.summary_query.weight.grad),
        ("to_summary_keys.weight", attention.summary_key.weight.grad),
        ("to_summary_queries.bias", attention.summary_query.bias.grad),
        ("attn.to_q.weight", attention.query.weight.grad),
        ("attn.to_kv.weight", both),
        ("attn.to_out.weight", attention.out.weight.grad),
        ("attn.to_out.bias", attention.out.bias.grad),
    ):
        assert_close(found, grads[name])


def test_acceptance_2_chunks_are_filled_up_at_their_beginning():
    steps = torch.arange(7.0).reshape(1, 7, 1)
    contents, there = chunk_steps(steps, 3, torch.ones(1, 7, dtype=torch.bool))
    assert contents[0, :, :, 0].tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
    assert there[0].tolist() == [[False, False, True], [True] * 3, [True] * 3]


def test_weights_of_another_module_are_refused(data_root):
    arrays = load_arrays(data_root, "jax_a")
    weights = parameters_in(arrays)
    with pytest.raises(UnknownNameError, match=r"^from_haiku: parameters='kee.w' is unknown"):
        from_haiku(weights | {"kee.w": weights["key.w"]}, heads=2, k=2)
    del weights["key.w"]
    with pytest.raises(ValueError, match=r"lacks 'key.w'; expected all weights"):
        from_haiku(weights, heads=2, k=2)
    state = {name: torch.from_numpy(a) for name, a in parameters_in(arrays).items()}
    with pytest.raises(UnknownNameError, match=r"^from_htm_pytorch: parameters="):
        from_htm_pytorch(state, heads=2, k=2)


def test_another_width_inside_is_refused(data_root):
    arrays = load_arrays(data_root, "torch_a")
    state = {name: torch.from_numpy(a) for name, a in parameters_in(arrays).items()}
    state["attn.to_q.weight"] = state["attn.to_q.weight"].repeat(2, 1)
    with pytest.raises(ValueError, match=r"dim_head \* heads=32 is not the width of the memory"):
        from_htm_pytorch(state, heads=2, k=2)
