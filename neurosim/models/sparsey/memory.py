"""The memory: shown a frame once it keeps it, and knows it again."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.errors import checked_seed
from neurosim.model import register
from neurosim.models.sparsey.archive import read_memory, write_memory
from neurosim.models.sparsey.config import PRESETS, SparseyConfig
from neurosim.models.sparsey.frames import ordered_frames
from neurosim.models.sparsey.network import Network, State
from neurosim.models.sparsey.one_pass_network import hears_input_only, learn, recognise
from neurosim.models.sparsey.recording import record
from neurosim.models.sparsey.replay import replayed
from neurosim.models.sparsey.saturation import Saturation, SaturationWarning, saturation_of
from neurosim.models.sparsey.trace import Recorder, Trace
from neurosim.progress import bar
from neurosim.responses import Responses
from neurosim.stop_signals import stop_signals
from stimuli import Stimulus, StimulusSet, moving_edges
from stimuli.randomness import stream

#: Frames between two looks at the bar where the loop is compiled.
_CHUNK = 1024
#: Frames between two looks at saturation where frames come one by one.
_LOOK = 25


@register(
    "sparsey",
    config=SparseyConfig,
    inputs="pattern",
    summary="single-trial memory in superposed sparse codes; similar inputs get similar codes",
    paper="after Rinkus 2010, Front. Neuroanat. 4:17, and 2014, Front. Comput. Neurosci. 8:160",
    tiny=lambda: moving_edges(n_sequences=1, length=4, seed=0),
    layers=("input_sum", "code", "familiarity"),
    presets=PRESETS,
    behaviour=("store", "recall", "novelty"),
)
class SparseyMemory:
    """A Sparsey-style memory after Rinkus: store in one trial, recall, tell new from old.

    ``store`` learns frames one after the other. ``recall`` and ``respond`` recognise: they take the
    units of largest support, learn nothing and move no random state, and ties follow from the seed
    and from what is shown; asking twice gives the same answer.

    Parameters
    ----------
    config
        Input, macs, wiring and code selection.

    Attributes
    ----------
    network
        The macs and their weights.
    n_seen
        Frames that were stored so far.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> patterns = stimuli.binary_patterns(n_patterns=20, n_bits=200, n_active=20, seed=0)
    >>> memory = neurosim.load("sparsey", input_shape=200)
    >>> learned = memory.store(patterns)
    >>> recalled = memory.recall(patterns)
    >>> float((recalled.code() == learned.code()).mean())
    1.0
    >>> fresh = stimuli.binary_patterns(n_patterns=5, n_bits=200, n_active=20, seed=1)
    >>> memory.novelty(patterns).max() < 0.01, memory.novelty(fresh).min() > 0.5
    (np.True_, np.True_)
    """

    name = "sparsey"
    layers = ("input_sum", "code", "familiarity")

    def __init__(self, config: SparseyConfig) -> None:
        self.config = config
        self.network = Network(config)
        self.state = self.network.blank()
        self.random = stream(config.seed, "winners")
        self.n_seen = 0
        self.n_bits_seen = 0
        self.n_not_empty = 0
        self._warned = False
        self._input_only = hears_input_only(config)

    def __repr__(self) -> str:
        sizes = " + ".join(f"{n} macs of {q} x {k}" for n, q, k in self.network.sizes)
        return f"SparseyMemory({sizes}, {self.n_seen} frames stored)"

    @property
    def n_weights(self) -> int:
        """Synapses that there are, set or not."""
        bundles = (b for macs in self.network.macs for mac in macs for b in mac.bundles.values())
        return sum(bundle.n_weights for bundle in bundles)

    def store(
        self,
        x: Stimulus | StimulusSet | np.ndarray,
        *,
        reset: bool | np.ndarray = True,
        sequential: bool = False,
        progress: bool = False,
    ) -> Trace:
        """Learn frames, each shown once, in their order.

        Parameters
        ----------
        x
            Binary frames: a ``Stimulus``, or an array ``(T, *input_shape)`` or (T, n_inputs), or
            one frame. N sequences, a ``StimulusSet`` or (N, T, ...), need ``sequential``.
        reset
            Whether the past is forgotten before the first frame; False goes on where the last call
            ended. Or (T,) bool, True where a sequence starts (``truth["reset"]`` of a stimulus).
        sequential
            Learn N sequences one after the other; each starts anew.
        progress
            Draw a bar.

        Returns
        -------
        trace
            The codes that were laid down, G before learning, and zeta, of all frames in order.

        Raises
        ------
        ValueError
            If a value is neither 0 nor 1, frames are of another size, several sequences come
            without ``sequential``, or ``reset`` is of another length.
        TypeError
            If ``x`` or ``reset`` is of another kind.
        KeyboardInterrupt
            After Ctrl-C, once the present frame is learned (or up to 1024 of them, where the loop
            is compiled). It says how many were; ``store(x[n:], reset=False)`` goes on as if nothing
            had happened, also after `save` and `load`.

        Warns
        -----
        SaturationWarning
            Once, when the memory is so full that new frames look old.
        """
        frames, starts = self._frames(x, reset, "store", many=sequential)
        record = Recorder(len(frames), self.network.sizes)
        guard = stop_signals() if len(frames) > 1 else nullcontext([])
        done = 0
        try:
            with guard as asked:
                for start, stop in self._pieces(len(frames), progress):
                    self._learn(frames, starts, start, stop, record)
                    done = stop
                    if asked:
                        raise KeyboardInterrupt(
                            f"store: stopped after {done} of {len(frames)} frames; go on with "
                            f"x[{done}:] and reset=False"
                        )
        finally:
            n_bits = frames[:done].sum(axis=1)
            self.n_bits_seen += int(n_bits.sum())
            self.n_not_empty += int((n_bits > 0).sum())
        self._look_at_saturation(done)
        return record.trace()

    def would_store(self, x: Stimulus | np.ndarray, *, seed: int = 0) -> Trace:
        """Return the code that each frame would be given if it alone were stored now.

        Nothing is learned. The winners are drawn as in learning, so that this shows how similar
        inputs get similar codes; `recall` shows what is remembered.

        Parameters
        ----------
        x
            Frames, as in `store`; each follows what was stored last, not the frame before it.
        seed
            Seed of these draws.

        Raises
        ------
        ValueError
            If a value is neither 0 nor 1, or frames are of another size.
        TypeError
            If ``x`` or the seed is of another kind.
        """
        frames, _ = self._frames(x, False, "would_store", many=True)
        random = stream(checked_seed("would_store", seed), "would store")
        record = Recorder(len(frames), self.network.sizes)
        for t, frame in enumerate(frames):
            draws = random.random(self.network.n_draws)
            self.network.step(
                frame, self.state, record, t, now=self.n_seen, draws=draws, set_weights=False
            )
        return record.trace()

    def recall(
        self,
        cue: Stimulus | StimulusSet | np.ndarray,
        *,
        reset: bool | np.ndarray = True,
        support: bool = False,
        progress: bool = False,
    ) -> Trace:
        """Recognise frames: the stored code that fits best, and how familiar it is.

        Parameters
        ----------
        cue
            As ``x`` of `store`; several sequences are welcome, each starts anew.
        reset
            As in `store`; False goes on from the last frame that was stored.
        support
            Whether to keep V of every unit.
        progress
            Draw a bar.

        Returns
        -------
        trace
            Codes, G and zeta of all frames in order.

        Raises
        ------
        ValueError
            If a value is neither 0 nor 1, frames are of another size, or ``reset`` is of another
            length.
        TypeError
            If ``cue`` or ``reset`` is of another kind.
        """
        frames, starts = self._frames(cue, reset, "recall", many=True)
        record = Recorder(len(frames), self.network.sizes, support=support)
        if not support and self._input_only:
            recognise(self.network, frames, self._is_first(starts, self.state), record)
            return record.trace()
        state = self.state
        for t in bar(range(len(frames)), len(frames), progress, "recalling"):
            before = self.network.blank() if starts[t] else state
            state = self.network.step(frames[t], before, record, t, now=self.n_seen)
        return record.trace()

    def replay(
        self,
        cue: Stimulus | np.ndarray,
        n_frames: int,
        *,
        threshold: float = 1.0,
    ) -> Trace:
        """Recall an episode from its beginning: the cue is seen, the rest follows by H and D.

        Parameters
        ----------
        cue
            The first frame, or the first few.
        n_frames
            Length of the episode, the cue included.
        threshold
            A pixel is on where at least this part of the active modules that see it point at it;
            1 for clean traces, 0.9 forgives errors.

        Returns
        -------
        trace
            Of n_frames frames, with ``pixels``.

        Raises
        ------
        ValueError
            If nothing was stored yet, no mac hears its past, there are more frames in the cue than
            in the episode, or the threshold is outside (0, 1].
        """
        frames, _ = self._frames(cue, True, "replay", many=False)
        return replayed(self, frames, n_frames, threshold)

    def novelty(
        self,
        x: Stimulus | StimulusSet | np.ndarray,
        *,
        level: int = 1,
        reset: bool | np.ndarray = True,
    ) -> np.ndarray:
        """Return 1 - G of every frame, (T,) in [0, 1], the mean over active macs of ``level``.

        A frame that switches no mac on has novelty 1: nothing of it is known.

        Raises
        ------
        ValueError
            As `recall`, or if there is no such level.
        """
        self.config.level(level)
        return 1.0 - self.recall(x, reset=reset).mean_familiarity(level)

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show stimuli, each a sequence of its own, and record without learning.

        Parameters
        ----------
        stimuli
            Binary frames in [0, 1]: ``(T, *input_shape)``, N of them, or an array (N, T, ...).
        layers
            ``input_sum``: V of every unit; ``code``: 1 for winners; ``familiarity``: G of macs.
        batch_size
            Changes nothing but the bar.
        progress
            Draw a bar.

        Returns
        -------
        responses
            For each layer (n_stimuli, T, n) float32; units carry ``level``, ``mac`` and its ``x``,
            ``y`` in the unit square, and but for ``familiarity`` ``module`` and ``winner``, the
            number of the unit in its module.

        Raises
        ------
        ValueError
            If a value is neither 0 nor 1, or frames are of another size.
        """
        return record(self, stimuli, layers, batch_size=batch_size, progress=progress)

    def saturation(self) -> Saturation:
        """Return how full the memory is: density of weights, G of random frames never shown."""
        return saturation_of(self)

    def save(self, path: str | os.PathLike) -> Path:
        """Write everything, the random state too, to ``.npz``; whole or not at all.

        Raises
        ------
        ValueError
            If the name has another ending.
        FileNotFoundError
            If the folder does not exist.
        """
        return write_memory(self, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike) -> SparseyMemory:
        """Read what `save` wrote; the memory goes on exactly where it was.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged or was not written by `save`.
        """
        return read_memory(cls, Path(path))

    def _frames(
        self, x: Any, reset: bool | np.ndarray, function: str, *, many: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        return ordered_frames(x, self.config.input_shape, reset, function, many=many)

    def _pieces(self, n_frames: int, progress: bool) -> Iterator[tuple[int, int]]:
        size = _CHUNK if self._input_only else 1
        pieces = ((t, min(t + size, n_frames)) for t in range(0, n_frames, size))
        return bar(pieces, -(-n_frames // size), progress, "storing")

    def _learn(
        self, frames: np.ndarray, starts: np.ndarray, start: int, stop: int, record: Recorder
    ) -> None:
        draws = self.random.random((stop - start, self.network.n_draws))
        if self._input_only:
            first = self._is_first(starts[start:stop], self.state)
            self.state = learn(
                self.network, frames[start:stop], first, draws, self.n_seen, record, start
            )
        else:
            before = self.network.blank() if starts[start] else self.state
            self.state = self.network.step(
                frames[start], before, record, start, now=self.n_seen, draws=draws[0]
            )
        self.n_seen += stop - start

    @staticmethod
    def _is_first(starts: np.ndarray, state: State) -> np.ndarray:
        """Return where the exponent of the start of a sequence holds."""
        first = starts.copy()
        first[0] |= not state.started
        return first

    def _look_at_saturation(self, n_new: int) -> None:
        due = n_new > 1 or self.n_seen % _LOOK == 0
        if self._warned or not due or self.n_not_empty == 0:
            return
        found = self.saturation()
        if found.is_full:
            self._warned = True
            warnings.warn(found.sentence(), SaturationWarning, stacklevel=3)
