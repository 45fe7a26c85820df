"""Random patterns, and memories that are allowed to fill."""

import warnings

import numpy as np

import neurosim
from neurosim.models.sparsey import SaturationWarning


def random_patterns(rng, n_patterns, n_bits=200, n_active=20):
    """(n_patterns, n_bits) bool, n_active bits on in each."""
    order = rng.random((n_patterns, n_bits)).argsort(axis=1)
    return order < n_active


def with_moved(rng, patterns, n_moved):
    """The patterns with n_moved of their bits moved elsewhere."""
    moved = patterns.copy().reshape(-1, patterns.shape[-1])
    for row in moved:
        on, off = np.flatnonzero(row), np.flatnonzero(~row)
        row[rng.choice(on, n_moved, replace=False)] = False
        row[rng.choice(off, n_moved, replace=False)] = True
    return moved.reshape(patterns.shape)


def random_sequences(rng, n_sequences, length, n_bits, fewest, most):
    """(n_sequences, length, n_bits) bool."""
    counts = rng.integers(fewest, most + 1, (n_sequences, length, 1))
    return rng.random((n_sequences, length, n_bits)).argsort(axis=2).argsort(axis=2) < counts


def memory_of(**settings):
    return neurosim.load("sparsey", **{"input_shape": (200,), **settings})


def fill(memory, patterns, **options):
    """Store, saturated or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SaturationWarning)
        return memory.store(patterns, **options)
