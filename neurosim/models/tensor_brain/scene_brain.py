"""A brain for scenes, with an eye in front of its senses where it sees pictures."""

from __future__ import annotations

from torch import Tensor, nn

import stimuli
from neurosim.models.tensor_brain.config import TensorBrainConfig
from neurosim.models.tensor_brain.network import TensorBrain
from neurosim.models.tensor_brain.picture_eye import N_FEATURES, PictureEye
from neurosim.models.tensor_brain.scene_config import SceneBrainConfig
from neurosim.models.tensor_brain.scene_vocabulary import scene_groups
from neurosim.models.tensor_brain.vocabulary import IndexVocabulary


class SeeingBrain(nn.Module):
    """A `TensorBrain` whose senses are driven by feature vectors, or by an eye.

    Parameters
    ----------
    config
        Its world, and the sizes. The parameters are drawn; weights are loaded elsewhere.

    Attributes
    ----------
    brain
        The `TensorBrain`.
    eye
        `PictureEye`, or None.

    Examples
    --------
    >>> seeing = SeeingBrain(SceneBrainConfig())
    >>> tuple(seeing.brain.embeddings.shape), int((~seeing.brain.written).sum())
    ((64, 333), 64)
    """

    def __init__(self, config: SceneBrainConfig) -> None:
        super().__init__()
        self.config = config
        pictures = config.senses == "pictures"
        self.eye = PictureEye(config.seed) if pictures else None
        world = config.world()
        names = {}
        if pictures:
            truth = stimuli.scene_image(n_objects=2, seed=config.seed).truth
            names = {"basic": truth["shapes"], "predicates": truth["predicates"][: world.n_pred]}
        groups = scene_groups(world, n_episodes=config.n_episodes, n_spare=config.n_spare, **names)
        sizes = TensorBrainConfig(
            state_dim=config.state_dim,
            hidden_dim=config.hidden_dim,
            context=config.context,
            score=config.score,
            seed=config.seed,
        )
        self.brain = TensorBrain(
            IndexVocabulary(groups),
            sizes,
            feature_dim=N_FEATURES if pictures else world.n_features,
        )
        if config.n_spare > 0:
            self.brain.reserve(self.brain.candidates("time")[config.n_episodes :])

    def features(self, windows: Tensor) -> Tensor:
        """Return feature vectors (n, 4, D) of what is seen: themselves, or what the eye makes."""
        return windows if self.eye is None else self.eye(windows)
