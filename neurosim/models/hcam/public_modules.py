"""Weights of the two public modules in ours, with the options that give their numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from neurosim.errors import unknown_name
from neurosim.models.hcam.attention import HCAMAttention
from neurosim.models.hcam.block import HCAMBlock
from neurosim.models.hcam.read_checks import wrong_value

__all__ = ["from_haiku", "from_htm_pytorch"]

#: Names of the module of Lampinen et al. (dm-haiku), and ours.
HAIKU_NAMES = {
    "query": "summary_query",
    "key": "summary_key",
    "within_mem_attn.query": "query",
    "within_mem_attn.key": "key",
    "within_mem_attn.value": "value",
    "within_mem_attn.linear": "out",
}
#: Names of htm-pytorch, and ours; ``attn.to_kv`` holds key and value, one above the other.
HTM_PYTORCH_NAMES = {
    "to_summary_queries": "summary_query",
    "to_summary_keys": "summary_key",
    "attn.to_q": "query",
    "attn.to_k": "key",
    "attn.to_v": "value",
    "attn.to_out": "out",
}


def from_haiku(
    parameters: Mapping[str, np.ndarray],
    *,
    heads: int,
    k: int,
    positions: bool = True,
    masked_rows: str = "uniform",
) -> HCAMAttention:
    """Return `HCAMAttention` with weights of ``HierarchicalMemoryAttention`` (deepmind-research).

    Parameters
    ----------
    parameters
        ``<layer>.w`` (n_in, n_out) and ``<layer>.b`` (n_out,), the layers being ``query``, ``key``
        (both without b) and ``within_mem_attn.{query,key,value,linear}``.
    heads, k, positions
        As in `HCAMAttention`.
    masked_rows
        The default is theirs: a query that may read nothing reads the first k chunks. ``"zero"``
        is ours.

    Returns
    -------
    attention
        Of the type of the weights. They take summaries from the caller: the means of the chunks.

    Raises
    ------
    UnknownNameError
        If a parameter is not known.
    ValueError
        If one is missing.

    Examples
    --------
    >>> w = np.eye(4)
    >>> layers = {f"within_mem_attn.{name}": w for name in ("query", "key", "value", "linear")}
    >>> weights = {f"{name}.w": w for name in ("query", "key", *layers)}
    >>> weights |= {f"{name}.b": np.ones(4) for name in layers}
    >>> from_haiku(weights, heads=2, k=1).out.bias.sum().item()
    4.0
    """
    expected = [f"{name}.w" for name in HAIKU_NAMES]
    expected += [f"{name}.b" for name in HAIKU_NAMES if "." in name]
    _check_names("from_haiku", parameters, expected)
    weights = {
        name: torch.tensor(np.asarray(value).T if name.endswith(".w") else value)
        for name, value in parameters.items()
    }
    size, dim = weights["query.w"].shape
    attention = HCAMAttention(dim, size, heads, k, positions, masked_rows=masked_rows)
    _fill(attention, weights, HAIKU_NAMES, ("w", "b"))
    return attention


def from_htm_pytorch(
    state: Mapping[str, Tensor],
    *,
    heads: int,
    k: int,
    positions: bool = True,
    masked_rows: str = "uniform",
) -> HCAMAttention | HCAMBlock:
    """Return what the state of ``HTMAttention`` or ``HTMBlock`` of htm-pytorch is in ours.

    Its summaries are sums divided by the number of steps and 1e-5, where it is given a mask of
    steps; ours are means. Chunks are cut by `chunk_steps`. Its steps that fill up the first chunk
    are read as if they were there, unless it is given a mask of steps: always give one.

    Parameters
    ----------
    state
        ``state_dict()`` of the module. That of a block has ``norm.weight`` and ``norm.bias``.
    heads, k, positions
        As in `HCAMAttention`; k is ``topk_mems``.
    masked_rows
        The default is theirs: a query that may read nothing reads k chunks all the same.

    Returns
    -------
    module
        `HCAMAttention`, or `HCAMBlock` with ``normed_residual=True``.

    Raises
    ------
    UnknownNameError
        If a parameter is not known.
    ValueError
        If one is missing, or the width inside is not that of the memory, as it is in ours.

    Examples
    --------
    >>> w, b = torch.eye(4), torch.zeros(4)
    >>> state = {"to_summary_queries.weight": w, "to_summary_queries.bias": b}
    >>> state |= {"to_summary_keys.weight": w, "to_summary_keys.bias": b, "attn.to_q.weight": w}
    >>> state |= {"attn.to_kv.weight": torch.cat([w, w]), "attn.to_out.weight": w}
    >>> from_htm_pytorch(state | {"attn.to_out.bias": b}, heads=2, k=2).value.weight.sum().item()
    4.0
    """
    block = "norm.weight" in state
    prefix = "attn." if block else ""
    ends = [f"{name}.weight" for name in HTM_PYTORCH_NAMES if name[-2:] not in ("_k", "_v")]
    ends += ["attn.to_kv.weight"]
    ends += [f"{name}.bias" for name in ("to_summary_queries", "to_summary_keys", "attn.to_out")]
    norm = ["norm.weight", "norm.bias"] if block else []
    state = {name: value for name, value in state.items() if not name.endswith("inv_freqs")}
    _check_names("from_htm_pytorch", state, [prefix + end for end in ends] + norm)
    weights = {end: state[prefix + end] for end in ends}
    keys, values = weights.pop("attn.to_kv.weight").chunk(2)
    weights |= {"attn.to_k.weight": keys, "attn.to_v.weight": values}
    options = {"summary_bias": True, "projection_bias": False, "masked_rows": masked_rows}
    dim = weights["to_summary_queries.weight"].shape[1]
    width = weights["attn.to_q.weight"].shape[0]
    if width != dim:
        problem, remedy = "is not the width of the memory", "Take dim_head * heads = dim"
        raise wrong_value("from_htm_pytorch", "dim_head * heads", width, problem, str(dim), remedy)
    given = {"heads": heads, "k": k, "positions": positions} | options
    whole = HCAMBlock(dim, normed_residual=True, **given) if block else HCAMAttention(dim, **given)
    attention = whole.attention if isinstance(whole, HCAMBlock) else whole
    _fill(attention, weights, HTM_PYTORCH_NAMES, ("weight", "bias"))
    if isinstance(whole, HCAMBlock):
        whole.to(state["norm.weight"].dtype)
        with torch.no_grad():
            whole.norm.weight.copy_(state["norm.weight"])
            whole.norm.bias.copy_(state["norm.bias"])
    return whole


def _fill(
    attention: HCAMAttention,
    weights: Mapping[str, Tensor],
    names: Mapping[str, str],
    ends: tuple[str, str],
) -> None:
    attention.to(next(iter(weights.values())).dtype)
    for theirs, ours in names.items():
        layer: nn.Linear = getattr(attention, ours)
        with torch.no_grad():
            layer.weight.copy_(weights[f"{theirs}.{ends[0]}"])
            if layer.bias is not None:
                layer.bias.copy_(weights[f"{theirs}.{ends[1]}"])


def _check_names(function: str, given: Mapping[str, object], expected: list[str]) -> None:
    for name in given:
        if name not in expected:
            raise unknown_name(function, "parameters", name, expected)
    for name in expected:
        if name not in given:
            raise wrong_value(
                function, "parameters", list(given), f"lacks {name!r}", "all weights", "Add it"
            )
