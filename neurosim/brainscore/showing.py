"""A model is shown Brain-Score's files: pictures as they are, or flashed to a model of movies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from neurosim.brainscore.pictures import flashed, read_stimuli
from neurosim.brainscore.time_bins import Bins, bin_averages, sample_edges
from neurosim.errors import UnknownNameError, refusal
from neurosim.model import Model, entry
from neurosim.responses import Responses
from stimuli import StimulusSet


class Showing:
    """How a model is shown files of a known size.

    Parameters
    ----------
    model
        A model that takes pictures or movies.
    degrees
        Width of the pictures.
    encoding, ppd, clips, batch_size
        As in ``to_brain_model``.

    Raises
    ------
    ValueError
        If the model takes neither pictures nor movies.
    """

    def __init__(
        self,
        model: Model,
        degrees: float,
        *,
        encoding: str = "linear",
        ppd: float | None = None,
        clips: Mapping[str, float] | None = None,
        batch_size: int | None = None,
    ) -> None:
        self._model, self._degrees, self._batch_size = model, degrees, batch_size
        self._encoding, self._ppd = encoding, ppd
        self._takes_movies, grid = _inputs(model)
        self._clips, self._fixed = dict(clips or {"multiple": grid}), clips is not None

    def binned(self, paths: Sequence[Path], layers: Sequence[str], bins: Bins) -> list[np.ndarray]:
        """Return for each layer (n_stimuli, n_bins, n_units) float64, averaged over each bin."""
        stills = self._read(paths)
        if self._flashes(stills):
            until = None if self._fixed else max(end for _, end in bins) / 1000
            shown, onset = flashed(stills, self._clips, until)
            if until is not None:
                late = self._lateness(shown[:1], layers)
                shown, onset = flashed(stills, self._clips, until + late)
        else:
            shown, onset = stills, 0.0
        first = shown[0]
        responses = self._respond(shown, layers)
        return [
            bin_averages(
                responses[layer].values,
                sample_edges(responses[layer], first.shape[0], first.fps),
                bins,
                onset,
            )
            for layer in layers
        ]

    def features(self, paths: Sequence[Path], layer: str) -> np.ndarray:
        """Return (n_stimuli, n_units) float64, averaged over time."""
        return self.features_of(self._read(paths), layer)

    def features_of(self, stimuli: StimulusSet, layer: str) -> np.ndarray:
        """Return (n_stimuli, n_units) float64 for stimuli that need not be read."""
        if self._flashes(stimuli):
            stimuli, _ = flashed(stimuli, self._clips, None)
        return self._respond(stimuli, [layer]).features(layer).astype(np.float64)

    def _read(self, paths: Sequence[Path]) -> StimulusSet:
        return read_stimuli(paths, self._degrees, encoding=self._encoding, ppd=self._ppd)

    def _flashes(self, stimuli: StimulusSet) -> bool:
        return self._takes_movies and stimuli.shape[0] == 1

    def _respond(self, stimuli: StimulusSet, layers: Sequence[str]) -> Responses:
        return self._model.respond(stimuli, layers=list(layers), batch_size=self._batch_size)

    def _lateness(self, probe: StimulusSet, layers: Sequence[str]) -> float:
        """Seconds at the end of a movie of which the model says nothing: windows have an end."""
        movie, responses = probe[0], self._respond(probe, layers)
        late = 0.0
        for layer in layers:
            edges = sample_edges(responses[layer], movie.shape[0], movie.fps)
            if edges is not None:
                late = max(late, movie.shape[0] / movie.fps - (edges[0][-1] + edges[1]))
        return late


def _inputs(model: Model) -> tuple[bool, int]:
    """Whether a model takes movies, and its grid (px)."""
    inputs, grid = getattr(model.config, "inputs", None), 1
    if inputs is None:
        try:
            known = entry(model.name)
        except UnknownNameError:
            return False, grid  # an object of the user's own: shown what it is given
        inputs, grid = known.inputs, known.grid
    if inputs not in ("image", "video"):
        raise ValueError(
            refusal(
                "to_brain_model",
                "model",
                model,
                f"takes a {inputs}",
                "a model of pictures or movies",
                "Use another",
            )
        )
    return inputs == "video", grid
