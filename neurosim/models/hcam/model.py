"""Hierarchical chunk attention as a model: it is shown an episode, then asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurosim.errors import refusal
from neurosim.model import chosen_layers, register
from neurosim.models.hcam.attention import Read
from neurosim.models.hcam.recall_config import PRESETS, RecallConfig
from neurosim.models.hcam.recall_cues import CUES
from neurosim.models.hcam.recall_training import train_hcam
from neurosim.models.hcam.trained_networks import load_network
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Stimulus, StimulusSet, key_value_episode

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HCAMModel", "Recall"]

#: Frames of the tasks whose steps are not shown as vectors.
_FRAMES = {"ballet_pixels": (99, 99, 3)}


class Recall(NamedTuple):
    """Answers to Q questions, and where they came from.

    Parameters
    ----------
    answers
        (Q,) the most probable classes.
    probabilities
        (Q, classes).
    chunks
        (Q, k) chunks that were read, most relevant first; 0 is the oldest.
    relevance
        (Q, k) of these, sum 1.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> episode = stimuli.key_value_episode(n_events=64, n_queries=4, seed=0)
    >>> recall = neurosim.load("hcam").recall(episode)
    >>> recall.answers.tolist(), episode.truth["answers"].tolist()
    ([13, 8, 13, 2], [13, 8, 13, 2])
    """

    answers: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    chunks: NDArray[np.int64]
    relevance: NDArray[np.float32]


@register(
    "hcam",
    config=RecallConfig,
    inputs="episode",
    summary="memory of whole chunks of the past: find one by its summary, then look inside",
    paper="after Lampinen, Chan, Banino & Hill 2021, NeurIPS 34; trained on small tasks of our own",
    tiny=lambda: key_value_episode(n_events=2, seed=0),
    layers=("output", "relevance", "within"),
    bounded=False,
    presets=PRESETS,
    default_preset="key_value",
    behaviour=("recall", "regressors"),
    train=train_hcam,
    untrained="Not trained: what is recalled follows from weights drawn at random.",
)
class HCAMModel:
    """A network that reads its past by hierarchical chunk attention (Lampinen et al. 2021).

    An episode is cut into chunks, the last of which ends with it. A question finds the k chunks
    whose summaries fit it best, then attends to the steps inside these. The published agents act
    in 3-D worlds; the weights here are trained on small supervised tasks of our own.

    ``respond`` shows frames alone, so it asks of itself: after a key-value episode about every step
    of it, cued by the key of the step as it was seen and its place; after a Ballet about each of
    the eight homes. ``time`` counts these questions. Layers: ``output``, what the read adds to the
    query; ``relevance``, one unit for each ``chunk``, 0 where it is not read; ``within``, attention
    to the steps of the chunks that are read, with ``rank`` (0 is the most relevant), ``head`` and
    ``step``.

    Parameters
    ----------
    config
        Task, sizes, and the weights; its reader has to be "hcam". ``k`` may be another than in
        training.

    Attributes
    ----------
    network
        The `RecallNetwork`.

    Raises
    ------
    ValueError
        If the configuration is that of a baseline, or names weights that do not fit.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("hcam")
    >>> episode = stimuli.key_value_episode(n_events=8, seed=0)
    >>> model.respond(episode)
    Responses(output: 1 stimuli x 128 time x 64 units; relevance: 1 stimuli x 128 time x 8 units;
    within: 1 stimuli x 128 time x 256 units)
    >>> model.recall(episode).chunks[0, 0] == episode.truth["query_events"][0]
    np.True_
    """

    name = "hcam"
    layers = ("output", "relevance", "within")

    def __init__(self, config: RecallConfig) -> None:
        if config.reader != "hcam":
            problem, expected = "has no chunks to record from", "'hcam'"
            raise ValueError(
                refusal(
                    "load",
                    "reader",
                    config.reader,
                    problem,
                    expected,
                    "Use neurosim.models.hcam.RecallNetwork for a baseline",
                )
            )
        self.config = config
        self.network = load_network(config)
        self.trained = config.weights is not None

    def __repr__(self) -> str:
        c = self.config
        weights = f"weights {c.weights}" if self.trained else "not trained"
        return f"HCAMModel({c.task}, chunks of {c.chunk_size}, k={c.k}, {weights})"

    def recall(self, episode: Stimulus, queries: NDArray[np.floating] | None = None) -> Recall:
        """Answer questions about an episode.

        Parameters
        ----------
        episode
            One stimulus.
        queries
            (Q, G) questions as the network was trained on; default those of the episode's truth,
            or if it has none those that ``respond`` asks.

        Raises
        ------
        TypeError, ValueError
            If this is no episode of the task, or the questions have another shape.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> episode = stimuli.key_value_episode(n_events=1024, seed=5)
        >>> recall = neurosim.load("hcam").recall(episode)
        >>> recall.chunks[0, 0] == episode.truth["query_events"][0]
        np.True_
        """
        logits, read = self._read(episode, queries, "recall")
        return Recall(
            answers=logits.argmax(dim=-1).numpy(),
            probabilities=logits.softmax(dim=-1).numpy(),
            chunks=read.selection.index[0].numpy(),
            relevance=read.selection.relevance[0].numpy(),
        )

    def regressors(
        self, episode: Stimulus, queries: NDArray[np.floating] | None = None
    ) -> pd.DataFrame:
        """Return what each question did to the memory, one row a question: regressors for data.

        Parameters
        ----------
        episode, queries
            As for ``recall``, but without ``queries`` those that ``respond`` asks.

        Returns
        -------
        table
            ``query``; ``entropy`` of the relevance, bits; ``greatest_relevance``; ``chunk``, the
            one of the greatest relevance; ``age``, steps from its end to the end of the episode.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> episode = stimuli.key_value_episode(n_events=4, seed=0)
        >>> table = neurosim.load("hcam").regressors(episode)
        >>> table["chunk"][:8].tolist(), table["age"][:8].tolist()
        ([0, 0, 0, 0, 0, 0, 0, 0], [48, 48, 48, 48, 48, 48, 48, 48])
        """
        import pandas as pd

        if queries is None:
            frames = self._frames(episode, "regressors")
            queries = CUES[self.config.task](self.config, frames)[0].numpy()
        _, read = self._read(episode, queries, "regressors")
        selection = read.selection
        relevance = selection.relevance[0].double()
        n_chunks = selection.logits.shape[-1]
        chunk = selection.index[0, :, 0]
        return pd.DataFrame(
            {
                "query": np.arange(len(relevance)),
                "entropy": (torch.special.entr(relevance).sum(dim=-1) / np.log(2)).numpy(),
                "greatest_relevance": relevance[:, 0].numpy(),
                "chunk": chunk.numpy(),
                "age": ((n_chunks - 1 - chunk) * self.config.chunk_size).numpy(),
            }
        )

    @torch.no_grad()
    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show episodes, ask about them, and record how the memory is read.

        Parameters
        ----------
        stimuli
            Episodes of equal length, (N, T, F).
        layers
            Names of layers, all of them for None.
        batch_size
            Episodes that are drawn at a time; default 16. Each is read by itself.
        progress
            Draw a bar.

        Returns
        -------
        responses
            For each layer (n_stimuli, n_queries, units).

        Raises
        ------
        ValueError, TypeError
            If these are no episodes of the task.
        """
        layers = chosen_layers(self, layers)
        shown = self._presentation(stimuli, "respond")
        size = batch_size or 16
        parts: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
        n_blocks = -(-shown.n_stimuli // size)
        for block in bar(shown.arrays(size), n_blocks, progress):
            # One by one: sums in another order would let a response depend on its neighbours.
            for frames in torch.from_numpy(np.array(block, dtype=np.float32))[:, None].flatten(3):
                _, read = self.network.read(frames, CUES[self.config.task](self.config, frames))
                for layer in layers:
                    parts[layer].append(_recorded(read, layer))
        return Responses.from_arrays(
            {layer: np.stack(rows) for layer, rows in parts.items()},
            units={layer: _unit_table(read, layer) for layer in layers},
        )

    @torch.no_grad()
    def _read(
        self, episode: Stimulus, queries: NDArray[np.floating] | None, function: str
    ) -> tuple[Tensor, Read]:
        """Return logits (Q, classes) and the read of one episode."""
        frames = self._frames(episode, function)
        if queries is None and "queries" in episode.truth:
            queries = episode.truth["queries"]
        if queries is None:
            asked = CUES[self.config.task](self.config, frames)
        else:
            asked = self._checked(np.asarray(queries), function)
        logits, read = self.network.read(frames, asked)
        return logits[0], read

    def _checked(self, queries: NDArray, function: str) -> Tensor:
        n_query = self.config.n_query
        if queries.ndim != 2 or queries.shape[1] != n_query or not len(queries):
            problem, expected = f"has the shape {queries.shape}", f"(n_queries, {n_query})"
            raise ValueError(
                refusal(function, "queries", queries, problem, expected, "Ask as in training")
            )
        if not np.isfinite(queries).all():
            problem, expected = "holds NaN or infinite values", "finite numbers"
            raise ValueError(
                refusal(function, "queries", queries, problem, expected, "Look at their source")
            )
        return torch.from_numpy(queries.astype(np.float32))[None]

    def _frames(self, episode: object, function: str) -> Tensor:
        if not isinstance(episode, Stimulus):
            problem = f"is of type {type(episode).__name__}"
            remedy = "Make one by stimuli.key_value_episode or stimuli.ballet"
            raise TypeError(refusal(function, "episode", episode, problem, "one Stimulus", remedy))
        block = next(self._presentation(episode, function).arrays(1))
        return torch.from_numpy(np.array(block, dtype=np.float32)).flatten(2)

    def _presentation(self, stimuli: object, function: str) -> Presentation:
        expected = _FRAMES.get(self.config.task, (self.config.n_inputs,))
        shown = Presentation(stimuli, function, pattern=expected, bounded=False)
        if shown.frame_shape != expected:
            problem = f"has frames of shape {shown.frame_shape}"
            remedy = "Show episodes of the task that the weights were trained on"
            raise ValueError(refusal(function, "stimuli", stimuli, problem, f"{expected}", remedy))
        return shown


def _recorded(read: Read, layer: str) -> np.ndarray:
    """Return a layer of one episode, (Q, units)."""
    if layer == "output":
        return read.output[0].numpy()
    if layer == "within":
        return read.within_attention[0].flatten(1).numpy()
    selection = read.selection
    spread = torch.zeros_like(selection.logits[0])
    return spread.scatter(1, selection.index[0], selection.relevance[0]).numpy()


def _unit_table(read: Read, layer: str) -> dict[str, NDArray[np.int64]]:
    """Return the coordinates of the units of a layer."""
    if layer == "relevance":
        return {"chunk": np.arange(read.selection.logits.shape[-1])}
    if layer == "within":
        rank, head, step = np.indices(read.within_attention.shape[2:]).reshape(3, -1)
        return {"rank": rank, "head": head, "step": step}
    return {}
