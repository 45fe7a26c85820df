"""Rows of the chunk memory: one query a row of the batch, d = 512, C = 32, H = k = 8, float32.

Against htm-pytorch the outputs are the same function of the same weights. Against dense attention
they are not: what is compared there is the time to read a memory of as many steps, and the
difference is that of the sizes of the outputs, which is 0.
"""

import math

from benchmarks.harness import row

DIM, SIZE, HEADS, K, BATCH = 512, 32, 8, 8, 32
HTM = "htm-pytorch 0.0.4, HTMAttention, which takes the means at each call"


@row(
    "hcam_read",
    what="1 query in each of 32 memories of 512 chunks of 32 steps; ours with the summaries that "
    "ChunkMemory keeps",
    peer=HTM,
)
def hcam_read():
    queries, contents = _memory(512)
    return _ours_and_htm(queries, contents, contents.mean(dim=2))


@row("hcam_read_small", what="the same with 32 chunks", peer=HTM)
def hcam_read_small():
    queries, contents = _memory(32)
    return _ours_and_htm(queries, contents, contents.mean(dim=2))


@row("hcam_read_no_keys", what="as hcam_read, but ours takes the means at each call too", peer=HTM)
def hcam_read_no_keys():
    return _ours_and_htm(*_memory(512), None)


@row(
    "hcam_gradients",
    what="forward and backward, 32 queries in each of 8 memories of 32 chunks of 32 steps",
    peer=HTM,
)
def hcam_gradients():
    queries, contents = _memory(32, batch=8, n_queries=32)
    ours, theirs = _modules()

    def trained(module, *given):
        module.zero_grad()
        module(*given).square().mean().backward()
        return module.get_parameter(QUERY_OF[type(module).__name__]).grad

    def run_ours():
        return trained(ours, queries, contents)

    def run_theirs():
        return trained(theirs, queries, contents.flatten(1, 2))

    return run_ours, None if theirs is None else run_theirs, _difference


@row(
    "hcam_read_or_project_all",
    what="as hcam_read, against dense attention to all steps, which are projected at the call",
    peer="torch scaled_dot_product_attention, projections of 16384 steps included",
)
def hcam_read_or_project_all():
    import torch

    queries, contents = _memory(512)
    ours, _ = _modules()

    @torch.no_grad()
    def dense():
        # One memory after the other: projections of all at once take 2 GB more, no less time.
        rows = [
            _dense(ours, q[None], *_projected(ours, z[None]))
            for q, z in zip(queries, contents, strict=True)
        ]
        return torch.cat(rows)

    return _read(ours, queries, contents, contents.mean(dim=2)), dense, _sizes


@row(
    "hcam_read_or_projected",
    what="as hcam_read, against dense attention to keys and values that were projected before",
    peer="torch scaled_dot_product_attention over a cache of projections, twice as large as ours",
)
def hcam_read_or_projected():
    import torch

    queries, contents = _memory(512)
    ours, _ = _modules()
    with torch.no_grad():
        parts = [_projected(ours, z[None]) for z in contents]
        keys, values = (torch.cat(part) for part in zip(*parts, strict=True))

    @torch.no_grad()
    def dense():
        return _dense(ours, queries, keys, values)

    return _read(ours, queries, contents, contents.mean(dim=2)), dense, _sizes


#: The weight whose gradient is compared.
QUERY_OF = {"HCAMAttention": "query.weight", "HTMAttention": "attn.to_q.weight"}


def _memory(n_chunks, *, batch=BATCH, n_queries=1):
    import torch

    draw = torch.Generator().manual_seed(0)
    queries = torch.randn(batch, n_queries, DIM, generator=draw)
    return queries, torch.randn(batch, n_chunks, SIZE, DIM, generator=draw)


def _modules():
    """The peer with weights of its own, and ours with the same; None without the peer."""
    import torch

    from neurosim.models.hcam import HCAMAttention, from_htm_pytorch

    try:
        from htm_pytorch import HTMAttention
    except ImportError:
        ours = HCAMAttention(DIM, None, HEADS, K, summary_bias=True, projection_bias=False)
        return ours.eval(), None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        theirs = HTMAttention(DIM, HEADS, topk_mems=K, mem_chunk_size=SIZE, dim_head=DIM // HEADS)
    return from_htm_pytorch(theirs.state_dict(), heads=HEADS, k=K).eval(), theirs.eval()


def _ours_and_htm(queries, contents, keys):
    import torch

    ours, theirs = _modules()
    if theirs is None:
        return _read(ours, queries, contents, keys), None, _difference

    @torch.no_grad()
    def peer():
        return theirs(queries, contents.flatten(1, 2))

    return _read(ours, queries, contents, keys), peer, _difference


def _read(module, queries, contents, keys):
    import torch

    @torch.no_grad()
    def ours():
        return module(queries, contents, keys)

    return ours


def _projected(module, contents):
    """Keys and values of all steps, (B, H, M C, d) each."""
    steps = contents.flatten(1, 2)
    return tuple(_heads(layer(steps)) for layer in (module.key, module.value))


def _dense(module, queries, keys, values):
    from torch.nn.functional import scaled_dot_product_attention

    asked = _heads(module.query(queries))
    read = scaled_dot_product_attention(asked, keys, values, scale=1 / math.sqrt(DIM // HEADS))
    return module.out(read.transpose(1, 2).flatten(2))


def _heads(x):
    return x.unflatten(-1, (HEADS, DIM // HEADS)).transpose(1, 2)


def _difference(ours, theirs):
    return float((ours - theirs).abs().max())


def _sizes(ours, theirs):
    return float(ours.numel() - theirs.numel())
