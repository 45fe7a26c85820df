"""Noise on bits: some moved, some lost, some flipped."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.parameters import Integer, Number
from stimuli.randomness import frame_stream

Flip = Annotated[float, Number("Chance of each bit to be inverted", at_least=0, at_most=1)]
Drop = Annotated[float, Number("Chance of each active bit to be lost", at_least=0, at_most=1)]
NMoved = Annotated[
    int, Integer("Active bits of each frame that move to silent places", "bits", at_least=0)
]
FPS = Annotated[
    float | None, Number("Frames per second; None: not timed", "Hz", optional=True, above=0)
]


@dataclass(frozen=True)
class BitNoise:
    """Noise of one stimulus; bits are moved first, then dropped, then flipped.

    The three draw from streams of their own, addressed by the frame.

    Parameters
    ----------
    seed
        The stimulus's seed.
    flip, drop
        Chances.
    n_moved
        Number of bits.

    Examples
    --------
    >>> bits = np.arange(100) < 20
    >>> noisy = BitNoise(seed=0, n_moved=4).applied(bits, frame=0)
    >>> int(noisy.sum()), int((noisy & bits).sum())
    (20, 16)
    """

    seed: int
    flip: float = 0.0
    drop: float = 0.0
    n_moved: int = 0

    def check(self, function: str, *, n_bits: int, fewest: int, most: int) -> None:
        """Raise if some frame has too few active, or too few silent bits to move.

        Raises
        ------
        ValueError
            If so.
        """
        limit = min(fewest, n_bits - most)
        if self.n_moved > limit:
            raise invalid(
                function,
                "n_moved",
                self.n_moved,
                "is more than the active or the silent bits of a frame",
                f"0 <= n_moved <= {limit}",
                "Lower n_moved",
            )

    def applied(self, bits: NDArray[np.bool_], frame: int) -> NDArray[np.bool_]:
        """Return the bits (n,) of a frame with its noise; ``bits`` is left as it is."""
        bits = bits.copy()
        if self.n_moved:
            rng = frame_stream(self.seed, "moved", frame)
            gone = rng.permutation(np.flatnonzero(bits))[: self.n_moved]
            come = rng.permutation(np.flatnonzero(~bits))[: self.n_moved]
            bits[gone], bits[come] = False, True
        if self.drop:
            bits &= frame_stream(self.seed, "drop", frame).random(bits.size) >= self.drop
        if self.flip:
            bits ^= frame_stream(self.seed, "flip", frame).random(bits.size) < self.flip
        return bits
