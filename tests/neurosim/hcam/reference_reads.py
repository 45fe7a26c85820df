"""Reads of the public modules on fixed inputs, and the plain form of a read, by loops."""

import math

import numpy as np
import torch

from neurosim.models.hcam import HCAMAttention, from_haiku

JAX_CASES = ("jax_a", "jax_b_mask", "jax_d_fully_masked_row", "jax_e_default_scale")
#: Names of the layers of the authors' module, and ours.
LAYERS = {
    "query": "summary_query",
    "key": "summary_key",
    "within_mem_attn.query": "query",
    "within_mem_attn.key": "key",
    "within_mem_attn.value": "value",
    "within_mem_attn.linear": "out",
}


def load_arrays(data_root, name):
    """All arrays of a file."""
    with np.load(data_root / "hcam" / f"{name}.npz") as file:
        return dict(file)


def parameters_in(arrays, start="param."):
    """The arrays whose names begin with ``start``, without it."""
    return {name[len(start) :]: a for name, a in arrays.items() if name.startswith(start)}


def authors_module(arrays, dtype, **options):
    """Our module with the weights of a file of the authors' module."""
    assert int(arrays["feature_size"]) == arrays["queries"].shape[-1]
    return from_haiku(
        parameters_in(arrays),
        heads=int(arrays["num_heads"]),
        k=int(arrays["k"]),
        positions=bool(arrays["memory_position_encoding"]),
        **options,
    ).to(dtype)


def given_to(arrays, dtype):
    """Queries, contents, keys and mask of a file of the authors' module."""
    names = ("queries", "memory_contents", "memory_keys")
    tensors = [torch.from_numpy(arrays[name]).to(dtype) for name in names]
    return *tensors, torch.from_numpy(arrays["mask"]) if "mask" in arrays else None


def drawn_read(
    n_chunks=6, chunk_size=5, dim=8, heads=2, k=3, n_queries=4, batch=2, seed=0, **options
):
    """A module that is not being trained, queries and contents, in float64."""
    module = HCAMAttention(dim, heads=heads, k=k, seed=seed, **options).double().eval()
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(generator=draw)
    queries = torch.randn(batch, n_queries, dim, dtype=torch.float64, generator=draw)
    contents = torch.randn(batch, n_chunks, chunk_size, dim, dtype=torch.float64, generator=draw)
    return module, queries, contents


def plain_read(module, queries, contents, k):
    """Relevance of the k best chunks times multi-head attention inside each, by loops."""
    q, z = queries.numpy(), contents.numpy()
    w = {name: p.detach().numpy() for name, p in module.named_parameters()}
    size, heads = contents.shape[2], module.heads
    d_head = module.feature_size // heads
    place = np.arange(size - 1, -1, -1)[:, None]
    omega = 10000.0 ** (-np.arange(0, module.dim, 2) / module.dim)
    code = np.concatenate([np.sin(place * omega), np.cos(place * omega)], axis=1)
    out = np.zeros((*q.shape[:2], module.feature_size))
    for b in range(q.shape[0]):
        summaries = z[b].mean(axis=1)
        for t in range(q.shape[1]):
            asked = mapped(w, "summary_query", q[b, t])
            logits = mapped(w, "summary_key", summaries) @ asked / math.sqrt(module.feature_size)
            best = np.argsort(-logits, kind="stable")[:k]
            relevance = np.exp(logits[best] - logits[best].max())
            relevance /= relevance.sum()
            for j, m in enumerate(best):
                steps = z[b, m] + (code if module.positions else 0)
                query, key, value = (
                    mapped(w, name, x)
                    for name, x in (("query", q[b, t]), ("key", steps), ("value", steps))
                )
                parts = []
                for h in range(heads):
                    own = slice(h * d_head, (h + 1) * d_head)
                    a = np.exp(key[:, own] @ query[own] / math.sqrt(d_head))
                    parts.append(a / a.sum() @ value[:, own])
                out[b, t] += relevance[j] * mapped(w, "out", np.concatenate(parts))
    return out


def mapped(weights, name, x):
    """A linear map of the last axis."""
    return x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0)
