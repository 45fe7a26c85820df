"""End-point errors: how far a flow is from what is true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from stimuli import Stimulus, StimulusSet

if TYPE_CHECKING:
    from neurosim.flow.flow import Flow

_Truth = tuple[NDArray[np.floating], NDArray[np.bool_] | None]


def end_point_errors(
    flow: Flow,
    truth: Stimulus | StimulusSet | NDArray[np.floating],
    valid: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return the mean end-point error of each stimulus, px/frame; see `Flow.error`.

    Examples
    --------
    >>> from neurosim.flow import Flow
    >>> flow = Flow(np.zeros((1, 1, 8, 8, 2), np.float32), frames=[1])
    >>> end_point_errors(flow, np.full((3, 8, 8, 2), [0.0, 2.0])).tolist()
    [2.0]
    """
    return np.array(
        [
            _mean_error(flow, number, true, _both(known, _valid_of(valid, number, flow)))
            for number, (true, known) in enumerate(_truths(truth, len(flow.field)))
        ]
    )


def _truths(truth: Any, n_stimuli: int) -> Iterator[_Truth]:
    """Yield the true flow of each stimulus, and where the stimulus says that it holds."""
    if isinstance(truth, (Stimulus, StimulusSet)):
        shown = [truth] if isinstance(truth, Stimulus) else truth
        if len(shown) != n_stimuli:
            problem = f"is of {len(shown)}, the flow of {n_stimuli}"
            raise _mismatch("truth", truth, problem, "as many stimuli")
        return (_truth_of(stimulus) for stimulus in shown)
    if not isinstance(truth, np.ndarray):
        raise TypeError(
            refusal(
                "error",
                "truth",
                truth,
                f"is of type {type(truth).__name__}",
                "an array (T-1, H, W, 2) or (S, T-1, H, W, 2), a Stimulus or a StimulusSet",
                "Give what is true of what the model was shown",
            )
        )
    if truth.ndim == 4:
        return ((truth, None) for _ in range(n_stimuli))
    if truth.ndim != 5 or len(truth) != n_stimuli:
        expected = f"(T-1, H, W, 2) or ({n_stimuli}, T-1, H, W, 2)"
        raise _mismatch("truth", truth, "does not fit the flow", expected)
    return ((one, None) for one in truth)


def _truth_of(stimulus: Stimulus) -> _Truth:
    if "flow" not in stimulus.truth:
        raise ValueError(
            refusal(
                "error",
                "truth",
                stimulus,
                "has no true flow",
                "a stimulus with truth['flow']",
                "Use one that moves, such as stimuli.grating or stimuli.plaid",
            )
        )
    return stimulus.truth["flow"], stimulus.truth.get("valid")


def _valid_of(valid: Any, number: int, flow: Flow) -> NDArray[np.bool_] | None:
    """Return the (H, W) or (T-1, H, W) mask of one stimulus."""
    if valid is None:
        return None
    valid = np.asarray(valid)
    if valid.dtype != bool:
        raise TypeError(
            refusal("error", "valid", valid, "does not hold bools", "bool", "Compare, e.g. a > 0.5")
        )
    n_stimuli, _, *size, _ = flow.field.shape
    if (
        valid.ndim not in (2, 3, 4)
        or list(valid.shape[-2:]) != size
        or (valid.ndim == 4 and len(valid) != n_stimuli)
    ):
        height, width = size
        expected = f"({height}, {width}), with (T-1) or ({n_stimuli}, T-1) before it if need be"
        raise _mismatch("valid", valid, "does not fit the flow", expected)
    return valid[number] if valid.ndim == 4 else valid


def _both(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> list[NDArray[np.bool_]]:
    return [mask for mask in (a, b) if mask is not None]


def _mean_error(
    flow: Flow, number: int, true: NDArray[np.floating], masks: list[NDArray[np.bool_]]
) -> float:
    """Average |f - f*| over the frames and valid pixels of one stimulus."""
    _, _, height, width, _ = flow.field.shape
    last = int(flow.frames[-1])
    if true.shape[1:] != (height, width, 2) or len(true) <= last:
        expected = f"(T-1, {height}, {width}, 2) with T-1 > {last}, the last frame of the flow"
        raise _mismatch("truth", true, "does not fit the flow", expected)
    total, n = 0.0, 0
    for moment, frame in enumerate(flow.frames):
        counts = np.ones((height, width), bool)
        for mask in masks:
            if mask.ndim == 3 and len(mask) <= last:
                raise _mismatch("valid", mask, "ends early", f"more than {last} moments")
            counts = counts & (mask if mask.ndim == 2 else mask[frame])
        there = true[frame][counts].astype(np.float64)
        if not np.isfinite(there).all():
            raise ValueError(
                refusal(
                    "error",
                    "truth",
                    true,
                    f"is not finite at {(~np.isfinite(there)).any(axis=1).sum()} valid pixels of "
                    f"frame {frame} of stimulus {number}",
                    "finite px/frame wherever it is valid",
                    "Exclude those pixels with valid=",
                )
            )
        total += np.linalg.norm(flow.field[number, moment][counts] - there, axis=-1).sum()
        n += len(there)
    if n == 0:
        raise ValueError(
            refusal(
                "error",
                "valid",
                None,
                f"leaves no pixel of stimulus {number} to compare",
                "one valid pixel or more",
                "Look at truth['valid'] of the frames of the flow",
            )
        )
    return total / n


def _mismatch(parameter: str, value: object, problem: str, expected: str) -> ValueError:
    return ValueError(
        refusal("error", parameter, value, problem, expected, "Compare what the same stimuli give")
    )
