"""The subject that Brain-Score's benchmarks test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.brainscore.assemblies import behavioural_assembly, neuroid_assembly, neuroid_ids
from neurosim.brainscore.behaviour import (
    SIMILARITIES,
    Readout,
    known_choices,
    odd_one_out,
    unit_probabilities,
)
from neurosim.brainscore.pictures import table_of
from neurosim.brainscore.showing import Showing
from neurosim.brainscore.time_bins import parsed_bins
from neurosim.errors import refusal, unknown_name
from neurosim.model import Model, chosen_layers
from stimuli import StimulusSet

TASKS = ("passive", "label", "probabilities", "odd_one_out")
ODD_ANSWERS = ("index", "stimulus_id")
N_IMAGENET = 1000


class Subject:
    """A neurosim model that is recorded from and acts as Brain-Score's interface says.

    The model is deterministic: every trial gives the same answer, so that one is shown.
    """

    def __init__(
        self,
        model: Model,
        region_map: Mapping[str, Sequence[str] | str],
        visual_degrees: float,
        showing: Showing,
        *,
        identifier: str | None = None,
        readout_layer: str | None = None,
        labels: Sequence[str] | None = None,
        examples: tuple[StimulusSet, Sequence[str]] | None = None,
        similarity: str = "dot",
        odd_answer: str = "index",
    ) -> None:
        for parameter, value, known in (
            ("similarity", similarity, SIMILARITIES),
            ("odd_answer", odd_answer, ODD_ANSWERS),
        ):
            if value not in known:
                raise unknown_name("to_brain_model", parameter, value, known)
        if labels is not None and examples is not None:
            raise _refused("labels", labels, "comes with examples", "one of the two", "Drop one")
        self.model = model
        self.region_map = {r: chosen_layers(model, layers) for r, layers in region_map.items()}
        self.readout_layer = chosen_layers(model, readout_layer or model.layers[-1])[0]
        self._identifier = identifier or f"neurosim-{model.name}"
        self._visual_degrees = visual_degrees
        self._showing = showing
        self._labels = None if labels is None else [str(label) for label in labels]
        self._examples, self._similarity, self._odd = examples, similarity, odd_answer
        self._task: str | None = None
        self._region: str | None = None

    @property
    def identifier(self) -> str:
        """Name of the subject."""
        return self._identifier

    def visual_degrees(self) -> float:
        """Return the width of the pictures that the subject is shown, degrees."""
        return self._visual_degrees

    def start_recording(self, recording_target: str, time_bins: Any) -> None:
        """Record the layers of a region in time bins (ms) from now on.

        Raises
        ------
        UnknownNameError
            If no layer stands for the region.
        ValueError
            If the time bins are not pairs of start and end.
        """
        target = str(recording_target)
        if target not in self.region_map:
            raise unknown_name("start_recording", "recording_target", target, self.region_map)
        self._bins = parsed_bins("start_recording", time_bins)
        self._region, self._task = target, None

    def start_task(
        self,
        task: str,
        fitting_stimuli: Any = None,
        *,
        choice_labels: Any = None,
        number_of_trials: int = 1,
        require_variance: bool = False,
        aggregation: str = "mean",
    ) -> None:
        """Do a task from now on; ``label`` takes its classes as the second argument.

        Raises
        ------
        UnknownNameError
            If the task or a class is not known.
        ValueError
            If the task lacks what it is learned from.
        """
        if task not in TASKS:
            raise unknown_name("start_task", "task", task, TASKS)
        _check_trials("start_task", number_of_trials, require_variance)
        if task == "label":
            self._learn_labels(fitting_stimuli if choice_labels is None else choice_labels)
            self._aggregation = aggregation
        elif task == "probabilities":
            if fitting_stimuli is None or "image_label" not in fitting_stimuli:
                raise ValueError(
                    refusal(
                        "start_task",
                        "fitting_stimuli",
                        fitting_stimuli,
                        "has no labels",
                        "a StimulusSet with the column image_label",
                        "Add the column",
                    )
                )
            columns, paths = table_of(fitting_stimuli)
            self._readout = Readout(self._features(paths), columns["image_label"])
        self._task, self._region = task, None

    def look_at(
        self, stimuli: Any, number_of_trials: int = 1, require_variance: bool = False
    ) -> Any:
        """Return what is recorded or done when the stimuli are shown.

        Raises
        ------
        ValueError
            If nothing was started, a file cannot be shown, or the model says nothing of a bin.
        """
        _check_trials("look_at", number_of_trials, require_variance)
        columns, paths = table_of(stimuli)
        if self._region is not None:
            return self._recorded(columns, paths)
        if self._task is None:
            raise ValueError(
                refusal(
                    "look_at",
                    "stimuli",
                    f"{len(paths)} files",
                    "come before there is anything to do",
                    "a task or a recording",
                    "Call start_recording or start_task first",
                )
            )
        if self._task == "passive":
            return None
        return getattr(self, f"_{self._task}")(columns, paths)

    def _recorded(self, columns: dict[str, list], paths: list[Path]) -> Any:
        layers = self.region_map[self._region]
        blocks = self._showing.binned(paths, layers, self._bins)
        units = [
            (identity, number, layer)
            for layer, block in zip(layers, blocks, strict=True)
            for number, identity in enumerate(neuroid_ids(layer, block.shape[2]))
        ]
        ids, numbers, names = zip(*units, strict=True)
        neuroid = {
            "neuroid_id": ids,
            "neuroid_num": numbers,
            "layer": names,
            "region": [self._region] * len(ids),
            "model": [self.identifier] * len(ids),
        }
        values = np.concatenate(blocks, axis=2)
        return neuroid_assembly("look_at", values, columns, neuroid, self._bins)

    def _features(self, paths: Sequence[Path]) -> np.ndarray:
        return self._showing.features(paths, self.readout_layer)

    def _learn_labels(self, choices: Any) -> None:
        if self._labels is None and self._examples is None:
            raise ValueError(
                refusal(
                    "start_task",
                    "task",
                    "label",
                    "has nothing to name pictures by",
                    "labels or examples of to_brain_model",
                    "Give labels=, one a unit of readout_layer, or examples=",
                )
            )
        if self._examples is not None:
            stimuli, named = self._examples
            features = self._showing.features_of(stimuli, self.readout_layer)
            self._readout = Readout(features, list(named))
        known = self._labels or self._readout.classes
        self._imagenet = isinstance(choices, str) and choices == "imagenet"
        if self._imagenet and len(known) != N_IMAGENET:
            raise _refused(
                "labels", known, f"has {len(known)} classes", "ImageNet's 1000 synsets", "Name them"
            )
        if not self._imagenet and (choices is None or isinstance(choices, str)):
            raise unknown_name("start_task", "choice_labels", choices, ["imagenet", *known])
        self._choices = known_choices(known if self._imagenet else choices, known)

    def _label(self, columns: dict[str, list], paths: list[Path]) -> Any:
        features = self._features(paths)
        if self._labels is None:
            places = [self._readout.classes.index(choice) for choice in self._choices]
            probabilities = self._readout.probabilities(features)[:, places]
        else:
            if len(self._labels) != features.shape[1]:
                raise _refused(
                    "labels",
                    self._labels,
                    f"names {len(self._labels)} units",
                    f"{features.shape[1]}, the units of {self.readout_layer}",
                    "Name every unit",
                )
            probabilities = unit_probabilities(
                features, self._labels, self._choices, self._aggregation
            )
        best = probabilities.argmax(axis=1)
        chosen = [self._choices[place] for place in best]
        more = {"label": chosen}
        if self._imagenet:
            more |= {"synset": chosen, "logit": best}
        return behavioural_assembly(
            "look_at", np.array([chosen]), columns | more, dims=("choice", "presentation")
        )

    def _probabilities(self, columns: dict[str, list], paths: list[Path]) -> Any:
        return behavioural_assembly(
            "look_at",
            self._readout.probabilities(self._features(paths)),
            columns,
            dims=("presentation", "choice"),
            choices=self._readout.classes,
        )

    def _odd_one_out(self, columns: dict[str, list], paths: list[Path]) -> Any:
        ids = columns["stimulus_id"]
        if len(ids) % 3:
            raise ValueError(
                refusal(
                    "look_at",
                    "stimuli",
                    f"{len(ids)} files",
                    "are no triplets",
                    "a multiple of three",
                    "Give three stimuli a trial",
                )
            )
        unique = dict(zip(ids, paths, strict=True))
        rows = {name: row for row, name in enumerate(unique)}
        triplets = np.array([rows[name] for name in ids]).reshape(-1, 3)
        odd = odd_one_out(self._features(list(unique.values())), triplets, self._similarity)
        named = [str(ids[3 * trial + place]) for trial, place in enumerate(odd)]
        trials = [ids[3 * k : 3 * k + 3] for k in range(len(odd))]
        joined = {
            "stimulus_id": ["|".join(str(name) for name in trial) for trial in trials],
            "odd_stimulus_id": named,
        }
        values = odd if self._odd == "index" else np.array(named)
        return behavioural_assembly(
            "look_at", values[None], joined, dims=("choice", "presentation")
        )


def _refused(parameter: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("to_brain_model", parameter, value, problem, expected, remedy))


def _check_trials(function: str, number_of_trials: int, require_variance: bool) -> None:
    if number_of_trials < 1:
        raise ValueError(
            refusal(
                function,
                "number_of_trials",
                number_of_trials,
                "shows nothing",
                "1 or more",
                "Use number_of_trials=1",
            )
        )
    if require_variance:
        raise ValueError(
            refusal(
                function,
                "require_variance",
                require_variance,
                "asks for other answers to the same picture",
                "False",
                "The model answers the same in every trial; leave such benchmarks out",
            )
        )
