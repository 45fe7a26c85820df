"""What a brain for scenes is: its world, its size, and the weights that it is given."""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.models.tensor_brain.picture_diet import picture_world
from neurosim.models.tensor_brain.scene_objective import VARIANTS
from stimuli import SceneWorld

SENSES = ("vectors", "pictures")
_AT_LEAST = {
    "n_scenes": 43,  # of three records each, so that there is one batch of 128
    "n_episodes": 0,
    "n_spare": 0,
    "n_epochs": 1,
    "state_dim": 1,
    "hidden_dim": 1,
}


@dataclass(frozen=True)
class SceneBrainConfig:
    """Everything that fixes a brain for scenes and its training.

    Parameters
    ----------
    seed
        Of the world, of the initial parameters, and of the batches.
    variant
        "brain"; or a control that is trained by itself: "context" feeds nothing back, "direct"
        decodes each window alone.
    senses
        "vectors" sees `stimuli.scene_vectors`; "pictures" sees `stimuli.scene_image` through a
        small convolutional eye, and is trained on perception alone.
    withheld, share
        Of the world: what training never shows, and how alike classes are; see
        `stimuli.SceneWorld`.
    n_scenes
        Scenes of the training, three records each.
    n_episodes, n_spare
        Time indices, of the first scenes of the training, and of scenes yet to be seen.
    n_epochs
        How often every record is seen.
    state_dim, hidden_dim
        Size of the representation layer and of the context layer.
    context, score
        As in `TensorBrainConfig`.
    weights
        Name of shipped weights, path of a file, or None for parameters as they are drawn.

    Raises
    ------
    TypeError, ValueError
        If a number or a name is none of these.

    Examples
    --------
    >>> SceneBrainConfig(seed=1).world().entities["basic"].max()
    np.int64(7)
    """

    seed: int = 0
    variant: str = "brain"
    senses: str = "vectors"
    withheld: str = "none"
    share: float = 0.0
    n_scenes: int = 1000
    n_episodes: int = 200
    n_spare: int = 64
    n_epochs: int = 50
    state_dim: int = 64
    hidden_dim: int = 64
    context: str = "relu"
    score: str = "centered"
    weights: str | None = None

    def __post_init__(self) -> None:
        checked_seed("SceneBrainConfig", self.seed)
        if self.variant not in VARIANTS:
            raise unknown_name("SceneBrainConfig", "variant", self.variant, VARIANTS)
        if self.senses not in SENSES:
            raise unknown_name("SceneBrainConfig", "senses", self.senses, SENSES)
        for name, least in _AT_LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(self._wrong(name, "is no int", f"an int of {least} or more"))
            if value < least:
                raise ValueError(self._wrong(name, "is too small", f"{least} or more"))
        if self.n_episodes > self.n_scenes:
            raise ValueError(
                self._wrong("n_episodes", "is more than there are scenes", f"<= {self.n_scenes}")
            )

        if self.n_episodes == 0 and self.senses == "vectors":
            raise ValueError(
                self._wrong("n_episodes", "leaves no scene to remember", "1 or more, for vectors")
            )

    def _wrong(self, name: str, problem: str, expected: str) -> str:
        return refusal(
            "SceneBrainConfig", name, getattr(self, name), problem, expected, "Change it"
        )

    def world(self) -> SceneWorld:
        """Return the world that the brain lives in."""
        if self.senses == "pictures":
            return picture_world(self.seed)
        return SceneWorld(seed=self.seed, withheld=self.withheld, share=self.share)


#: What ``neurosim.load("tensor_brain", preset=...)`` takes; all come with trained weights.
PRESETS = {
    "brain": {"weights": "brain"},
    "context": {"variant": "context", "weights": "context"},
    "direct": {"variant": "direct", "weights": "direct"},
    "pictures": {
        "senses": "pictures",
        "n_scenes": 1500,
        "n_episodes": 0,
        "n_epochs": 30,
        "weights": "pictures",
    },
}
