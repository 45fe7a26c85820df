"""What a memory is shown: binary frames, checked once, whatever they come as."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.errors import refusal
from stimuli import Stimulus, StimulusSet


def binary_sequences(shown: Any, shape: tuple[int, ...], function: str) -> np.ndarray:
    """Return the frames of ``shown`` as bits, (N, T, n_inputs) uint8 of 0 and 1.

    Parameters
    ----------
    shown
        A ``Stimulus`` or ``StimulusSet`` of binary frames, or an array of bool or of zeros and ones
        of any kind: one frame, T frames, or N sequences of T frames, each frame of ``shape`` or
        flat.
    shape
        Shape of a frame.
    function
        Name that an error message begins with.

    Raises
    ------
    TypeError
        If it is of another kind.
    ValueError
        If frames are of another size, there are none, or a value is neither 0 nor 1.

    Examples
    --------
    >>> binary_sequences(np.eye(4), (2, 2), "store").shape
    (1, 4, 4)
    """
    if isinstance(shown, Stimulus):
        array = np.asarray(shown.frames)
    elif isinstance(shown, StimulusSet):
        array = shown.array()
    elif isinstance(shown, np.ndarray):
        array = shown
    else:
        raise TypeError(
            refusal(
                function,
                "stimuli",
                shown,
                f"is of type {type(shown).__name__}",
                "a Stimulus, a StimulusSet or an array of binary frames",
                "Make one with stimuli.binary_patterns, or numpy.asarray",
            )
        )
    return _bits(_in_sequences(array, shape, function), function)


def ordered_frames(
    x: Any, shape: tuple[int, ...], reset: bool | np.ndarray, function: str, *, many: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return frames one after the other, (T, n_inputs) uint8, and where sequences start, (T,) bool.

    Several sequences are refused unless ``many``. ``reset`` says whether the first frame is a
    start, or of every frame whether it is.

    Raises
    ------
    TypeError, ValueError
        As `binary_sequences`, or if there are several sequences without ``many``, or ``reset`` does
        not fit.

    Examples
    --------
    >>> frames, starts = ordered_frames(np.zeros((2, 3, 4)), (4,), True, "recall", many=True)
    >>> frames.shape, starts.tolist()
    ((6, 4), [True, False, False, True, False, False])
    """
    sequences = binary_sequences(x, shape, function)
    n, length, n_inputs = sequences.shape
    if n > 1 and not many:
        raise ValueError(
            refusal(
                function,
                "stimuli",
                sequences,
                f"holds {n} sequences, which are taken one after the other",
                "one sequence",
                "Say sequential=True to store them in their order"
                if function == "store"
                else "Give one",
            )
        )
    starts = np.zeros(n * length, dtype=bool)
    if isinstance(reset, np.ndarray):
        if reset.shape != starts.shape or reset.dtype != np.bool_:
            raise ValueError(
                refusal(
                    function,
                    "reset",
                    reset,
                    "does not fit the frames",
                    f"({len(starts)},) bool",
                    "Mark the first frame of each sequence",
                )
            )
        starts |= reset
    elif isinstance(reset, (bool, np.bool_)):
        starts[0] = reset
    else:
        raise TypeError(
            refusal(function, "reset", reset, "is no flag", "True, False or an array", "Use True")
        )
    if n > 1:
        starts[::length] = True
    return sequences.reshape(n * length, n_inputs), starts


def _in_sequences(array: np.ndarray, shape: tuple[int, ...], function: str) -> np.ndarray:
    n_inputs = math.prod(shape)
    n_axes = len(shape) if array.shape[-len(shape) :] == shape else 1
    lead = array.shape[: array.ndim - n_axes]
    fits = array.ndim >= 1 and array.shape[array.ndim - n_axes :] in (shape, (n_inputs,))
    if not fits or len(lead) > 2 or array.size == 0:
        raise ValueError(
            refusal(
                function,
                "stimuli",
                array,
                "does not hold frames of this memory",
                f"frames of shape {shape} or ({n_inputs},), after axes (T,) or (N, T)",
                f"Load the memory with input_shape={tuple(array.shape[1:]) or n_inputs}",
            )
        )
    lead = (1,) * (2 - len(lead)) + lead
    return array.reshape(*lead, n_inputs)


def _bits(array: np.ndarray, function: str) -> np.ndarray:
    if array.dtype == np.bool_:
        return np.ascontiguousarray(array).view(np.uint8)
    if array.dtype == np.uint8:
        binary = array.max() <= 1
    elif array.dtype.kind in "iuf":
        binary = bool(((array == 0) | (array == 1)).all())
    else:
        raise TypeError(
            refusal(
                function,
                "stimuli",
                array,
                "does not hold numbers",
                "bool, or 0 and 1",
                "Convert it",
            )
        )
    if not binary:
        wrong = array[~((array == 0) | (array == 1))]
        problem = (
            "holds NaN or infinite values"
            if not np.isfinite(wrong).all()
            else (f"holds {wrong.size} values that are no bits, the first {wrong[0]:.4g}")
        )
        raise ValueError(
            refusal(
                function,
                "stimuli",
                array,
                problem,
                "frames of 0 and 1",
                "Turn images into bits with neurosim.models.sparsey.binarise",
            )
        )
    return np.ascontiguousarray(array, dtype=np.uint8)
