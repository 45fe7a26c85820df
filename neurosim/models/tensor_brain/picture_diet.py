"""The pictures that an eye and a brain learn to read together: pixels in, triples out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

import stimuli
from neurosim.models.tensor_brain.picture_windows import PicturePairs, picture_pairs
from neurosim.models.tensor_brain.scene_diet import N_SEEN, SceneTargets
from neurosim.models.tensor_brain.scene_vocabulary import entity_labels

#: Luminance of a window that is hidden, and how often each window of the four is.
HIDDEN, HIDES = 0.12, (0.0, 0.1, 0.1, 0.25)
#: Spread of the contrast of a record, and of the noise of a pixel, fresh at every step.
CONTRAST, NOISE = 0.1, 0.03
#: Every third picture has a grey rectangle of this size over an object.
OCCLUDER = 0.3
#: Pictures of a test begin here, far from those of the training.
FIRST_TEST = 1_000_000


def picture_world(seed: int) -> stimuli.SceneWorld:
    """Return the world that `stimuli.scene_image` of a seed shows: its entities and its law."""
    truth = stimuli.scene_image(n_objects=2, seed=seed).truth
    n_basic, n_pred, _ = truth["law"].shape
    return stimuli.SceneWorld(seed=seed, n_basic=n_basic, n_pred=n_pred, n_features=1)


def draw_pictures(
    n: int, seed: int = 0, *, first: int = 0, occluder: float = 0.0, split: str = "known"
) -> PicturePairs:
    """Return the pairs of n pictures of four objects.

    Examples
    --------
    >>> len(draw_pictures(2).subject)
    6
    """
    pictures = [
        stimuli.scene_image(scene=first + k, occluder=occluder, split=split, seed=seed)
        for k in range(n)
    ]
    return picture_pairs(pictures)


@dataclass(frozen=True, eq=False)
class PictureDiet:
    """Pictures drawn once, and at every step a batch of their pairs with fresh noise.

    Parameters
    ----------
    windows
        (n, 4, 3, 24, 24) bytes.
    targets
        What is to be decoded from them.

    Examples
    --------
    >>> tuple(PictureDiet.drawn(3, seed=0).windows.shape)
    (9, 4, 3, 24, 24)
    """

    windows: Tensor
    targets: SceneTargets

    @classmethod
    def drawn(cls, n_scenes: int, seed: int) -> PictureDiet:
        """Draw ``n_scenes`` pictures of the world ``seed``, a third of them with an occluder."""
        n_covered = n_scenes // 3
        clear = draw_pictures(n_scenes - n_covered, seed)
        covered = draw_pictures(n_covered, seed, first=n_scenes, occluder=OCCLUDER)
        # bytes, so that thousands of windows need little memory
        windows = (torch.cat([clear.windows, covered.windows]) * 255).round().to(torch.uint8)
        return cls(windows, picture_targets(seed, clear, covered))

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every pair is seen once."""
        return len(self.windows) // N_SEEN

    def batch(self, step: int, seed: int) -> tuple[Tensor, SceneTargets]:
        """Return windows (128, 4, 3, 24, 24) and targets, by ``seed`` and ``step`` alone."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = np.random.default_rng([seed, 0, epoch]).permutation(len(self.windows))
        chosen = torch.from_numpy(order[place * N_SEEN : (place + 1) * N_SEEN])
        drawn = np.random.SeedSequence([seed, 1, step]).generate_state(1)
        generator = torch.Generator().manual_seed(int(drawn[0]))
        seen = self.windows[chosen].float() / 255
        contrast = 1 + CONTRAST * torch.randn(len(seen), 1, 1, 1, 1, generator=generator)
        seen = seen * contrast + NOISE * torch.randn(seen.shape, generator=generator)
        hidden = torch.rand(len(seen), len(HIDES), generator=generator) < torch.tensor(HIDES)
        targets = SceneTargets(
            *(getattr(self.targets, role)[chosen] for role in ("subject", "predicate", "object")),
            self.targets.labels,
        )
        return torch.where(hidden[..., None, None, None], HIDDEN, seen), targets


def picture_targets(seed: int, *parts: PicturePairs) -> SceneTargets:
    """Return what is to be decoded from pairs of pictures of a world."""
    labels = {k: torch.from_numpy(v) for k, v in entity_labels(picture_world(seed)).items()}
    roles = ("subject", "predicate", "object")
    columns = (np.concatenate([getattr(part, role) for part in parts]) for role in roles)
    return SceneTargets(*(torch.from_numpy(column) for column in columns), labels)
