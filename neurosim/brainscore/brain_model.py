"""Our models as Brain-Score's subjects: they are recorded from, and they act."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from neurosim.brainscore.peer import peer
from neurosim.brainscore.showing import Showing
from neurosim.brainscore.subject import Subject
from neurosim.errors import refusal
from neurosim.model import Model, load
from stimuli import StimulusSet


def to_brain_model(
    model: Model | str,
    region_map: Mapping[str, Sequence[str] | str],
    visual_degrees: float,
    *,
    identifier: str | None = None,
    encoding: str = "linear",
    ppd: float | None = None,
    clips: Mapping[str, float] | None = None,
    readout_layer: str | None = None,
    labels: Sequence[str] | None = None,
    examples: tuple[StimulusSet, Sequence[str]] | None = None,
    similarity: str = "dot",
    odd_answer: str = "index",
    batch_size: int | None = None,
) -> Any:
    """Return a model as a subject that every benchmark of Brain-Score can test.

    Parameters
    ----------
    model
        A model that takes pictures or movies, or the name of one.
    region_map
        Brain region to the layer, or layers, that stand for it.
    visual_degrees
        Width of the pictures that the model is shown. Brain-Score puts its pictures on a screen of
        that width, with a grey margin or cropped.
    identifier
        Name of the subject; default ``neurosim-<name of the model>``.
    encoding
        ``"linear"`` takes value / 255 of a file as linear light, as ``StimulusSet.from_images``
        does; ``"srgb"`` decodes it first.
    ppd
        Pixels a degree to which pictures are resampled; None shows the pixels of the file, which
        then all have one size.
    clips
        How a picture is shown to a model of movies: arguments of ``StimulusSet.as_clips``, which
        are kept. None flashes it, with a grey margin up to the model's grid, for as long as the
        time bins ask.
    readout_layer
        Layer behind behaviour; default the last one of the model.
    labels
        What each unit of ``readout_layer`` stands for, for the task ``label``. Several units may
        share a label.
    examples
        (stimuli, labels) from which the task ``label`` is learned by logistic regression, for a
        model without labelled units.
    similarity
        ``"dot"`` or ``"cosine"``, for the odd one out.
    odd_answer
        ``"index"`` answers 0, 1 or 2, as Brain-Score's interface is written; ``"stimulus_id"``
        answers the name of the odd one, which is what its benchmark Hebart2023 compares.
    batch_size
        Stimuli that the model is shown at a time.

    Returns
    -------
    subject
        A ``brainscore_vision.model_interface.BrainModel``. Choices have dims (choice,
        presentation), as Brain-Score's own metrics expect.

    Raises
    ------
    ImportError
        If Brain-Score is not installed.
    UnknownNameError
        If a layer, a similarity or an answer is not known.
    ValueError
        If the model takes no pictures, ``visual_degrees`` is not positive, or both ``labels`` and
        ``examples`` are given.

    Examples
    --------
    >>> subject = to_brain_model("pixels", {"V1": "pixels"}, 8)  # doctest: +SKIP
    >>> subject.identifier, subject.visual_degrees()  # doctest: +SKIP
    ('neurosim-pixels', 8)
    """
    interface = peer("to_brain_model", "brainscore_vision.model_interface").BrainModel
    kind = type("BrainModel", (Subject, interface), {"__doc__": Subject.__doc__})
    model = load(model) if isinstance(model, str) else model
    if not (isinstance(visual_degrees, (int, float)) and 0 < visual_degrees < math.inf):
        raise ValueError(
            refusal(
                "to_brain_model",
                "visual_degrees",
                visual_degrees,
                "is no width",
                "degrees above 0",
                "Use 8",
            )
        )
    showing = Showing(
        model, visual_degrees, encoding=encoding, ppd=ppd, clips=clips, batch_size=batch_size
    )
    return kind(
        model,
        region_map,
        visual_degrees,
        showing,
        identifier=identifier,
        readout_layer=readout_layer,
        labels=labels,
        examples=examples,
        similarity=similarity,
        odd_answer=odd_answer,
    )
