"""Reads of the public modules, on fixed inputs; and the plain form, by loops."""

import math

import numpy as np
import torch

from neurosim.models.hcam import HCAMAttention

#: Names of the JAX module to ours.
LAYERS = {
    "query": "summary_query",
    "key": "summary_key",
    "within_mem_attn.query": "query",
    "within_mem_attn.key": "key",
    "within_mem_attn.value": "value",
    "within_mem_attn.linear": "out",
}


def module_of(arrays, dtype):
    """The module with the weights of a file."""
    module = HCAMAttention(
        arrays["queries"].shape[-1],
        int(arrays["feature_size"]),
        heads=int(arrays["num_heads"]),
        k=int(arrays["k"]),
        positions=bool(arrays["memory_position_encoding"]),
    ).to(dtype)
    with torch.no_grad():
        for theirs, ours in LAYERS.items():
            layer = getattr(module, ours)
            layer.weight.copy_(torch.from_numpy(arrays[f"param.{theirs}.w"]).T)
            if layer.bias is not None:
                layer.bias.copy_(torch.from_numpy(arrays[f"param.{theirs}.b"]))
    return module


def given(arrays, dtype):
    """Queries, contents, keys and mask of a file."""
    names = ("queries", "memory_contents", "memory_keys")
    tensors = [torch.from_numpy(arrays[name]).to(dtype) for name in names]
    return *tensors, torch.from_numpy(arrays["mask"]) if "mask" in arrays else None


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
        keys = z[b].mean(axis=1)
        for t in range(q.shape[1]):
            logits = (w["summary_query.weight"] @ q[b, t]) @ (w["summary_key.weight"] @ keys.T)
            logits = logits / math.sqrt(module.feature_size)
            best = np.argsort(-logits, kind="stable")[:k]
            relevance = np.exp(logits[best] - logits[best].max())
            relevance /= relevance.sum()
            for j, m in enumerate(best):
                steps = z[b, m] + (code if module.positions else 0)
                parts = []
                for h in range(heads):
                    rows = slice(h * d_head, (h + 1) * d_head)
                    asked = w["query.weight"][rows] @ q[b, t] + w["query.bias"][rows]
                    key = steps @ w["key.weight"][rows].T + w["key.bias"][rows]
                    value = steps @ w["value.weight"][rows].T + w["value.bias"][rows]
                    a = np.exp(key @ asked / math.sqrt(d_head))
                    parts.append(a / a.sum() @ value)
                inside = w["out.weight"] @ np.concatenate(parts) + w["out.bias"]
                out[b, t] += relevance[j] * inside
    return out
