"""What a memory did, frame by frame: codes, familiarity, multiplicity, and what was heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Bits of ``Trace.signals``.
SIGNAL_BITS = {"U": 1, "H": 2, "D": 4}


@dataclass(frozen=True, eq=False)
class Trace:
    """The answer of a memory to T frames; every field holds one array for each level, lowest first.

    Parameters
    ----------
    codes
        (T, n_macs, Q) int16, the winner of each module; -1 where the mac is off.
    familiarity
        (T, n_macs) G in [0, 1]; 0 where the mac is off. While a code is held, that of its start.
    multiplicity
        (T, n_macs) int32 zeta, how many hypotheses a mac held at once; 0 where it is off.
    signals
        (T, n_macs) uint8, the version of the support that was taken: the sum of 1 for U, 2 for H
        and 4 for D; 0 where the mac is off or holds its code.
    support
        (T, n_macs, Q, K) float32 V, or None if it was not asked for.
    pixels
        ``(T, *input_shape)`` bool, what an episode shows when it is replayed; else None.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.zeros((2, 1, 3), np.int16)
    >>> Trace((codes,), (np.ones((2, 1)),), (np.ones((2, 1)),), (codes[..., 0],)).code().shape
    (2, 3)
    """

    codes: tuple[np.ndarray, ...]
    familiarity: tuple[np.ndarray, ...]
    multiplicity: tuple[np.ndarray, ...]
    signals: tuple[np.ndarray, ...]
    support: tuple[np.ndarray, ...] | None = None
    pixels: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.codes[0])

    def code(self, level: int = 1) -> np.ndarray:
        """Return the codes of all macs of ``level`` side by side, (T, n_macs * Q) int16."""
        codes = self.codes[level - 1]
        return codes.reshape(len(codes), -1)

    def mean_familiarity(self, level: int = 1) -> np.ndarray:
        """Return G (T,), the mean over the macs of ``level`` that are on; 0 where none is."""
        on = self.codes[level - 1][:, :, 0] >= 0
        total = np.where(on, self.familiarity[level - 1], 0.0).sum(axis=1)
        return total / np.maximum(on.sum(axis=1), 1)


class Recorder:
    """Arrays of a trace, filled frame by frame; here the mac comes before the frame."""

    def __init__(
        self, n_frames: int, sizes: list[tuple[int, int, int]], *, support: bool = False
    ) -> None:
        """``sizes`` holds (n_macs, Q, K) of each level."""
        self.codes = [np.full((m, n_frames, q), -1, dtype=np.int16) for m, q, _ in sizes]
        self.familiarity = [np.zeros((m, n_frames)) for m, _, _ in sizes]
        self.multiplicity = [np.zeros((m, n_frames), dtype=np.int32) for m, _, _ in sizes]
        self.signals = [np.zeros((m, n_frames), dtype=np.uint8) for m, _, _ in sizes]
        self.support = None
        if support:
            self.support = [np.zeros((m, n_frames, q, k), dtype=np.float32) for m, q, k in sizes]

    def trace(self, pixels: np.ndarray | None = None) -> Trace:
        """Return what was recorded."""
        return Trace(
            codes=_by_frame(self.codes),
            familiarity=_by_frame(self.familiarity),
            multiplicity=_by_frame(self.multiplicity),
            signals=_by_frame(self.signals),
            support=None if self.support is None else _by_frame(self.support),
            pixels=pixels,
        )


def _by_frame(arrays: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    return tuple(array.swapaxes(0, 1) for array in arrays)
