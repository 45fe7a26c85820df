"""Rows of the sparse memory: items learned and recalled, one thread, against an HTM-like pooler.

The two are different models of 1000 binary units with 50 on; what they have in common is the work
of an item, a sparse input in and a sparse code out. So the difference that is reported is that of
the number of active units, which is 0 when both did it. The peer has no call for many items: it is
given lists of active bits, which is its fast form, and ours dense frames, all in one call but in
the row that ends in `_single`.
"""

import warnings

import numpy as np

from benchmarks.harness import row

N_BITS, N_ACTIVE, N_MODULES, N_UNITS = 200, 20, 50, 20
PEER = "brainblocks 0.7.1, PatternPooler, one call an item, lists of active bits in and out"


@row(
    "sparsey_learn",
    what="single-trial learning of 5000 patterns, 20 of 200 bits, 50 modules of 20 units",
    peer=PEER,
)
def sparsey_learn():
    patterns = _patterns(5000)
    _learned(patterns[:1])  # imported and compiled before the clock starts
    return lambda: _learned(patterns)[1], _peer(patterns, learn=True), _difference


@row(
    "sparsey_recall",
    what="recall of 5000 patterns, 20 of 200 bits, 50 modules of 20 units, 100 stored",
    peer=PEER,
)
def sparsey_recall():
    patterns = _patterns(5000)
    memory, _ = _learned(patterns[:100])
    return lambda: memory.recall(patterns).code(), _peer(patterns, learn=False), _difference


@row(
    "sparsey_recall_single",
    what="the same, 1000 patterns, ours one call an item too",
    peer=PEER,
)
def sparsey_recall_single():
    patterns = _patterns(1000)
    memory, _ = _learned(patterns[:100])
    memory.recall(patterns[0])

    def ours():
        return np.concatenate([memory.recall(pattern).code() for pattern in patterns])

    return ours, _peer(patterns, learn=False), _difference


def _patterns(n_patterns):
    order = np.random.default_rng(0).random((n_patterns, N_BITS)).argsort(axis=1)
    return order < N_ACTIVE


def _learned(patterns):
    from neurosim.models.sparsey import SaturationWarning, SparseyConfig, SparseyMemory

    memory = SparseyMemory(
        SparseyConfig(input_shape=(N_BITS,), n_modules=N_MODULES, n_units=N_UNITS)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SaturationWarning)  # far more than it can hold
        return memory, memory.store(patterns).code()


def _peer(patterns, *, learn):
    """The pooler with 100 items learned, and the same items after them."""
    try:
        from brainblocks.blocks import BlankBlock, PatternPooler
    except ImportError:
        return None
    items = [np.flatnonzero(pattern).tolist() for pattern in patterns]

    def shown(source, pooler, items, learn):
        codes = []
        for item in items:
            source.output.acts = item
            source.feedforward()
            pooler.feedforward(learn=learn)
            codes.append(pooler.output.acts)
        return np.array(codes)

    def fresh():
        source = BlankBlock(num_s=N_BITS)
        pooler = PatternPooler(num_s=N_MODULES * N_UNITS, num_as=N_MODULES, seed=0)
        pooler.input.add_child(source.output, 0)
        return source, pooler

    if learn:
        return lambda: shown(*fresh(), items, True)
    source, pooler = fresh()
    shown(source, pooler, items[:100], True)
    return lambda: shown(source, pooler, items, False)


def _difference(ours, theirs):
    return float(np.abs((ours >= 0).sum(axis=1) - [len(code) for code in theirs]).max())
