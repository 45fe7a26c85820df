"""The symbols of a world of scenes, and what is true of each of its entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stimuli import SceneWorld

#: Groups of labels that an entity has one of; the last two cannot be seen.
LABELS = ("basic", "general", "color", "yo", "danger")
_TWO = {"yo": ("old", "young"), "danger": ("harmless", "dangerous")}


def scene_groups(
    world: SceneWorld,
    *,
    n_episodes: int = 200,
    n_spare: int = 64,
    basic: Sequence[str] | None = None,
    predicates: Sequence[str] | None = None,
) -> dict[str, Sequence[str]]:
    """Return the groups of symbols that a scene is decoded into, for an `IndexVocabulary`.

    Parameters
    ----------
    world
        Its entities, also the novel ones, its labels and its predicates get a symbol each.
    n_episodes
        Scenes of the training that own a time index.
    n_spare
        Time indices kept for scenes that will be seen once. Without any time index the groups
        ``time`` and ``generic`` are left out.
    basic, predicates
        Names of the basic classes and of the predicates; by default they are numbered.

    Returns
    -------
    groups
        ``entity``, ``basic``, ``general``, ``color``, ``yo``, ``danger``, ``predicate``, ``time``
        (scenes, then spare ones) and ``generic``, the one index that stands for any scene.

    Examples
    --------
    >>> groups = scene_groups(SceneWorld(seed=0))
    >>> {name: len(labels) for name, labels in groups.items()}
    {'entity': 40, 'basic': 8, 'general': 3, 'color': 5, 'yo': 2, 'danger': 2, 'predicate': 8,
    'time': 264, 'generic': 1}
    """
    basic = basic or _numbered("basic", world.n_basic)
    predicates = predicates or _numbered("predicate", world.n_pred)
    turn = world.entities["entity"] % world.entities_per_class
    groups: dict[str, Sequence[str]] = {
        "entity": [f"{basic[c]}/{k}" for c, k in zip(world.entities["basic"], turn, strict=True)],
        "basic": basic,
        "general": _numbered("general", world.n_general),
        "color": _numbered("color", world.n_color),
        **_TWO,
        "predicate": predicates,
    }
    time = [f"scene {t}" for t in range(n_episodes)] + [f"new {t}" for t in range(n_spare)]
    return groups | ({"time": time, "generic": ["any scene"]} if time else {})


def _numbered(name: str, n: int) -> list[str]:
    return [f"{name} {k}" for k in range(n)]


def entity_labels(world: SceneWorld) -> Mapping[str, NDArray[np.int64]]:
    """Return for each group of labels which one every entity has, (n_entities,) positions.

    Examples
    --------
    >>> entity_labels(SceneWorld(seed=0))["basic"][:6].tolist()
    [0, 0, 0, 0, 0, 1]
    """
    return {name: world.entities[name].astype(np.int64) for name in LABELS}
