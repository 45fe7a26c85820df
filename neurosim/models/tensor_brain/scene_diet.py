"""What a brain is trained on: records of scenes, seen with fresh noise at every step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurosim.models.tensor_brain.scene_vocabulary import entity_labels
from stimuli import SceneWorld

#: Visibility of the objects and of the relation; each record draws one of each.
SO, SP = (0.3, 0.6, 0.9), (0.0, 0.15, 0.3, 0.5)
#: Records of a step that are seen, and that each of the two memories is asked for.
N_SEEN, N_REMEMBERED = 128, 96


@dataclass(frozen=True)
class SceneTargets:
    """The symbols of n records, as positions in their groups.

    ``subject``, ``predicate``, ``object`` are (n,) int64; ``labels`` holds for each group the label
    of every entity of the world, (n_entities,).
    """

    subject: Tensor
    predicate: Tensor
    object: Tensor
    labels: dict[str, Tensor] = field(repr=False)

    def label(self, name: str, role: str) -> Tensor:
        """Return the label (n,) of the subjects or of the objects."""
        return self.labels[name][getattr(self, role)]

    def joined(self, other: SceneTargets) -> SceneTargets:
        """Return these records, then the others of the same world."""
        roles = ((getattr(self, r), getattr(other, r)) for r in ("subject", "predicate", "object"))
        return SceneTargets(*(torch.cat(pair) for pair in roles), self.labels)


def targets_of(world: SceneWorld, records: NDArray[np.void]) -> SceneTargets:
    """Return what is to be decoded from records.

    Examples
    --------
    >>> world = SceneWorld(seed=0)
    >>> targets_of(world, world.scenes(1)).predicate.shape
    torch.Size([3])
    """
    labels = {name: torch.from_numpy(column) for name, column in entity_labels(world).items()}
    columns = (torch.from_numpy(records[name].copy()) for name in ("s", "p", "o"))
    return SceneTargets(*columns, labels)


@dataclass(frozen=True)
class SceneBatch:
    """One step: records seen, records of past scenes, and records of scenes in general."""

    windows: Tensor
    seen: SceneTargets
    time: Tensor
    episodic: SceneTargets
    semantic: SceneTargets


@dataclass(frozen=True, eq=False)
class SceneDiet:
    """The scenes that a brain is trained on, and the batch of every step.

    Parameters
    ----------
    world
        Where they come from. What the world withholds never occurs.
    n_scenes
        Scenes of the split "train", of three records each.
    n_episodes
        The first of them own a time index.

    Examples
    --------
    >>> diet = SceneDiet(SceneWorld(seed=0), n_scenes=300, n_episodes=50)
    >>> batch = diet.batch(0)
    >>> diet.steps_per_epoch, tuple(batch.windows.shape), int(batch.time.max()) < 50
    (7, (128, 4, 48), True)
    """

    world: SceneWorld
    n_scenes: int = 1000
    n_episodes: int = 200
    records: NDArray[np.void] = field(init=False, repr=False)
    episodes: NDArray[np.void] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        records = self.world.scenes(self.n_scenes)
        object.__setattr__(self, "records", records)
        object.__setattr__(self, "episodes", records[records["t"] < self.n_episodes])

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every record is seen once; a last, smaller batch is left out."""
        return len(self.records) // N_SEEN

    def batch(self, step: int, seed: int = 0) -> SceneBatch:
        """Return the batch of a step; it depends on the world, ``seed`` and ``step`` alone."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = np.random.default_rng([seed, 0, epoch]).permutation(len(self.records))
        rng = np.random.default_rng([seed, 1, step])
        seen = self.records[order[place * N_SEEN : (place + 1) * N_SEEN]]
        windows = self.world.features(
            seen, so=rng.choice(SO, len(seen)), sp=rng.choice(SP, len(seen)), draw=f"{seed} {step}"
        )
        past = self.episodes[rng.integers(len(self.episodes), size=N_REMEMBERED)]
        known = self.records[rng.integers(len(self.records), size=N_REMEMBERED)]
        return SceneBatch(
            windows=torch.from_numpy(windows),
            seen=targets_of(self.world, seen),
            time=torch.from_numpy(past["t"].copy()),
            episodic=targets_of(self.world, past),
            semantic=targets_of(self.world, known),
        )
