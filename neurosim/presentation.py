"""What a model is shown: any accepted kind of stimulus, checked once and handed over in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from neurosim.errors import refusal
from stimuli import Stimulus, StimulusSet
from stimuli.stimulus import RANGE_TOLERANCE

# ITU-R BT.601 luma, the grey that the published models use.
_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class Presentation:
    """One or many stimuli of equal shape, ready to be shown to a model.

    Parameters
    ----------
    stimuli
        A ``Stimulus``, a ``StimulusSet``, or an array of shape (N, T, H, W) or (N, T, H, W, 3) of
        floating-point luminance in [0, 1].
    function
        Name of the calling function, for the text of errors.
    pattern
        Shape of one frame of a model that is shown patterns, not pictures: then arrays are
        (N, T, *pattern) or (N, T, n_bits), of values in [0, 1].
    bounded
        Whether values outside [0, 1] are refused; feature vectors have no such range.

    Raises
    ------
    TypeError
        If ``stimuli`` is of another kind, or an array of integers.
    ValueError
        If the array has another number of axes, or holds no stimulus.

    Examples
    --------
    >>> import numpy as np
    >>> shown = Presentation(np.full((3, 11, 64, 64), 0.5, dtype=np.float32))
    >>> shown.n_stimuli, shown.n_frames, [tuple(batch.shape) for batch in shown.batches(2)]
    (3, 11, [(2, 11, 64, 64), (1, 11, 64, 64)])
    """

    def __init__(
        self,
        stimuli: object,
        function: str = "respond",
        *,
        pattern: tuple[int, ...] | None = None,
        bounded: bool = True,
    ) -> None:
        self._function = function
        self._bounded = bounded
        self.fps: float | None = None
        self.ppd: float | None = None
        if isinstance(stimuli, Stimulus):
            self.fps, self.ppd = stimuli.fps, stimuli.ppd
            self._source: object = np.asarray(stimuli.frames)[None]
            self._shape = self._source.shape
        elif isinstance(stimuli, StimulusSet):
            first = stimuli[0]
            self.fps, self.ppd = first.fps, first.ppd
            self._source = stimuli
            self._shape = (len(stimuli), *first.frames.shape)
        else:
            self._source = _checked_array(stimuli, function, pattern)
            self._shape = self._source.shape

    @property
    def n_stimuli(self) -> int:
        """Number of stimuli."""
        return self._shape[0]

    @property
    def n_frames(self) -> int:
        """Frames of each stimulus."""
        return self._shape[1]

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """Shape of one frame: (H, W), (H, W, 3), or the axes of a pattern."""
        return self._shape[2:]

    def arrays(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yield float32 arrays (B, T, ...) as they were given, checked to be finite."""
        for start in range(0, self.n_stimuli, batch_size):
            stop = min(start + batch_size, self.n_stimuli)
            if isinstance(self._source, StimulusSet):
                block = np.stack([self._source[i].frames for i in range(start, stop)])
            else:
                block = self._source[start:stop]
            yield self._checked_values(block, start)

    def batches(self, batch_size: int, *, color: bool = False) -> Iterator[torch.Tensor]:
        """Yield video tensors: (B, T, H, W) grey, or (B, T, 3, H, W) with ``color=True``."""
        for block in self.arrays(batch_size):
            is_color = block.ndim == 5
            if color:
                block = np.moveaxis(block, -1, 2) if is_color else np.stack([block] * 3, axis=2)
            elif is_color:
                block = block @ _GREY
            yield torch.from_numpy(np.array(block, dtype=np.float32))

    def _checked_values(self, block: np.ndarray, start: int) -> np.ndarray:
        finite = np.isfinite(block)
        if not finite.all():
            first = np.argwhere(~finite)[0]
            raise ValueError(
                refusal(
                    self._function,
                    "stimuli",
                    block,
                    f"holds {(~finite).sum()} NaN or infinite values, first in stimulus "
                    f"{start + first[0]} frame {first[1]}",
                    "finite luminance",
                    "Mask or fill the missing pixels first",
                )
            )
        if not self._bounded:
            return block
        low, high = float(block.min()), float(block.max())
        if low < -RANGE_TOLERANCE or high > 1 + RANGE_TOLERANCE:
            raise ValueError(
                refusal(
                    self._function,
                    "stimuli",
                    block,
                    f"has values from {low:.4g} to {high:.4g}",
                    "values in [0, 1]",
                    "Divide 8-bit images by 255",
                )
            )
        return block if low >= 0 and high <= 1 else block.clip(0, 1)  # rounding of float32


def _checked_array(stimuli: object, function: str, pattern: tuple[int, ...] | None) -> np.ndarray:
    if isinstance(stimuli, torch.Tensor):
        stimuli = stimuli.detach().cpu().numpy()
    if not isinstance(stimuli, np.ndarray):
        raise TypeError(
            refusal(
                function,
                "stimuli",
                stimuli,
                f"is of type {type(stimuli).__name__}",
                "a Stimulus, a StimulusSet, or an array (N, T, H, W) or (N, T, H, W, 3)",
                "Build one with stimuli.make or StimulusSet.from_arrays",
            )
        )
    if not np.issubdtype(stimuli.dtype, np.floating):
        raise TypeError(
            refusal(
                function,
                "stimuli",
                stimuli,
                "does not hold floating-point luminance",
                "float32 in [0, 1]",
                "Convert with array.astype('float32') / 255",
            )
        )
    if pattern is None:
        fits = stimuli.ndim == 4 or (stimuli.ndim == 5 and stimuli.shape[-1] == 3)
        expected = "(N, T, H, W) or (N, T, H, W, 3)"
    else:
        fits = stimuli.shape[2:] in (pattern, (math.prod(pattern),))
        expected = f"(N, T, H, W) or (N, T, n_bits) with frames of {pattern}"
    if fits:
        if stimuli.size:
            return stimuli
        problem = "is empty"
    else:
        problem = "has the wrong number of axes"
    raise ValueError(
        refusal(
            function,
            "stimuli",
            stimuli,
            problem,
            expected,
            "Add the missing axes with array[None]; a still has T = 1",
        )
    )
