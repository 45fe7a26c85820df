"""The Tensor Brain as a model: it decodes scenes into triples, and is recorded from meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from neurosim.errors import refusal
from neurosim.model import chosen_layers, register
from neurosim.models.tensor_brain.decoding import Decoding
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.picture_windows import picture_pairs
from neurosim.models.tensor_brain.scene_config import PRESETS, SceneBrainConfig
from neurosim.models.tensor_brain.scene_evaluation import decode_windows
from neurosim.models.tensor_brain.scene_recording import WINDOWS, recorded_layers, unit_table
from neurosim.models.tensor_brain.scene_training import train_scenes
from neurosim.models.tensor_brain.trained_brains import load_brain
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Stimulus, StimulusSet, scene_vectors


@register(
    "tensor_brain",
    config=SceneBrainConfig,
    inputs="pattern",
    summary="perception, episodic and semantic memory as one loop that decodes triples",
    paper="after Tresp, Sharifzadeh, Li, Konopatzki & Ma 2023, Neural Comput. 35:156",
    tiny=lambda: scene_vectors(n_scenes=1, seed=0),
    layers=("representation", "index", "context"),
    bounded=False,
    presets=PRESETS,
    default_preset="brain",
    behaviour=("decode",),
    train=train_scenes,
    untrained="Not trained: what is decoded follows from parameters drawn at random.",
)
class TensorBrainModel:
    """A Tensor Brain after Tresp et al. (2023) that has learned a world of scenes.

    It looks at a scene in four windows, scene, subject, object and predicate, and decodes each into
    symbols; what is decoded is fed back to the state, and a context carries it to the next window.

    Layers, for every window one after the other: ``representation``, sig(q) after the feedback;
    ``index``, a unit for each symbol, its probability among its group where the window decodes the
    group, else 0; ``context``, h.

    Parameters
    ----------
    config
        World, size, and the weights. Preset "brain" is trained on scene vectors, "context" and
        "direct" are its controls without feedback, "pictures" sees pictures of shapes.

    Attributes
    ----------
    brain
        The `TensorBrain`.
    seeing
        The same with the eye in front of its senses, if it has one.
    trained
        Whether the weights come from training.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> model = neurosim.load("tensor_brain")
    >>> scenes = stimuli.scene_vectors(n_scenes=1, split="known", sp=0.8)
    >>> model.decode(scenes)[0]
    ('basic 7/3', 'predicate 6', 'basic 5/1')
    >>> model.respond(scenes)
    Responses(representation: 1 stimuli x 12 time x 64 units; ...)
    """

    name = "tensor_brain"
    layers = ("representation", "index", "context")

    def __init__(self, config: SceneBrainConfig) -> None:
        self.config = config
        self.seeing = load_brain(config)
        self.trained = config.weights is not None

    def __repr__(self) -> str:
        c = self.config
        weights = f"weights {c.weights}" if self.trained else "not trained"
        return f"TensorBrainModel({c.variant}, {c.senses}, world {c.seed}, {weights})"

    @property
    def brain(self) -> TensorBrain:
        """The network alone."""
        return self.seeing.brain

    def decode(
        self, scene: Stimulus | np.ndarray, *, feedback: str = "attention"
    ) -> list[tuple[str, str, str]]:
        """Say what is seen, a triple for each record or pair.

        Parameters
        ----------
        scene
            A stimulus of `stimuli.scene_vectors`, or an array (n, 4, D); for a brain that sees
            pictures, one of `stimuli.scene_image`, whose boxes it is given.
        feedback
            "attention", "argmax" or "none"; a control without feedback feeds nothing back.

        Returns
        -------
        triples
            (subject, predicate, object) as labels.

        Raises
        ------
        ValueError, TypeError
            If this is nothing that the brain can see.
        """
        return self.perceive(scene, feedback=feedback).triples()

    def perceive(self, scene: Stimulus | np.ndarray, *, feedback: str = "attention") -> Decoding:
        """Return all probabilities and the trace of what `decode` decides.

        Examples
        --------
        >>> import neurosim, stimuli
        >>> seen = neurosim.load("tensor_brain").perceive(stimuli.scene_vectors(n_scenes=1))
        >>> tuple(seen.probabilities["predicate"].shape)
        (3, 8)
        """
        if not isinstance(scene, Stimulus):
            scene = np.asarray(scene)[None]
        windows = self._windows(scene, "decode")
        if len(windows) != 1:
            raise self._refused("decode", scene, "is more than one scene", "one at a time")
        return decode_windows(self.seeing, windows[0], feedback, trace=True)

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show scenes and record layers.

        Parameters
        ----------
        stimuli
            Scene vectors, (N, T, 4, D) with T records each. For a brain that sees pictures,
            stimuli of `stimuli.scene_image` with equal numbers of objects.
        layers
            Names of layers, all of them for None.
        batch_size
            Stimuli at a time; default 32.
        progress
            Draw a bar.

        Returns
        -------
        responses
            For each layer (n_stimuli, 4 T, units); ``time`` counts windows, four a record. Units of
            ``index`` carry ``group`` and ``symbol``.

        Raises
        ------
        ValueError, TypeError
            If these are no scenes that the brain can see.
        """
        layers = chosen_layers(self, layers)
        windows = self._windows(stimuli, "respond")
        size = batch_size or 32
        parts: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
        starts = range(0, len(windows), size)
        for start in bar(starts, len(starts), progress):
            block = windows[start : start + size]
            n_time = block.shape[1] * len(WINDOWS)
            decoding = decode_windows(self.seeing, block.flatten(0, 1), trace=True)
            found = recorded_layers(decoding)
            for layer in layers:
                parts[layer].append(found[layer].reshape(len(block), n_time, -1))
        return Responses.from_arrays(
            {layer: np.concatenate(rows) for layer, rows in parts.items()},
            units={layer: unit_table(self.brain, layer) for layer in layers},
        )

    def _windows(self, stimuli: object, function: str) -> torch.Tensor:
        """Return what is seen as (N, T, 4, ...), checked."""
        if self.config.senses == "pictures":
            return self._picture_windows(stimuli, function)
        n_features = self.config.world().n_features
        pattern = (len(WINDOWS), n_features)
        shown = Presentation(stimuli, function, pattern=pattern, bounded=False)
        if shown.frame_shape != pattern:
            raise self._refused(
                function, stimuli, f"has frames of shape {shown.frame_shape}", f"{pattern}"
            )
        return torch.from_numpy(np.concatenate(list(shown.arrays(32))).astype(np.float32))

    def _picture_windows(self, stimuli: object, function: str) -> torch.Tensor:
        pictures = [stimuli] if isinstance(stimuli, Stimulus) else stimuli
        if not isinstance(pictures, (list, StimulusSet)):
            raise TypeError(
                refusal(
                    function,
                    "stimuli",
                    stimuli,
                    f"is of type {type(stimuli).__name__}",
                    "a Stimulus or a StimulusSet of stimuli.scene_image, which has the boxes",
                    "Make one, or load the preset that sees vectors",
                )
            )
        found = [picture_pairs([picture], function).windows for picture in pictures]
        if len({len(windows) for windows in found}) != 1:
            raise self._refused(function, stimuli, "has unequal numbers of pairs", "equal ones")
        return torch.stack(found)

    @staticmethod
    def _refused(function: str, stimuli: object, problem: str, expected: str) -> ValueError:
        remedy = "Make it by stimuli.scene_vectors, or by stimuli.scene_image for pictures"
        return ValueError(refusal(function, "stimuli", stimuli, problem, expected, remedy))
