"""The symbols of the index layer: groups of labels, and the global id of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import refusal, unknown_name

__all__ = ["IndexVocabulary"]


class IndexVocabulary:
    """Groups of symbols, in order; the global id of a symbol is its place in the whole list.

    The groups are data, not parameters: they belong into every checkpoint (`to_dict`). A label is
    unique within its group; two groups may use the same one.

    Parameters
    ----------
    groups
        Name of each group, and its labels.

    Raises
    ------
    ValueError
        If there is no group, a group has no label, or a label occurs twice in it.
    TypeError
        If a name or a label is not a string, or labels are one string.

    Examples
    --------
    >>> vocabulary = IndexVocabulary({"entity": ["Sparky", "Jack"], "predicate": ["chases"]})
    >>> vocabulary.n, vocabulary.id("chases"), vocabulary.label(1)
    (3, 2, 'Jack')
    >>> vocabulary.ids(("predicate", "entity"))
    array([2, 0, 1])
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        if not isinstance(groups, Mapping):
            raise TypeError(_said("groups", groups, "is no mapping", "{name: labels}", "Use dict"))
        if not groups:
            raise ValueError(_said("groups", groups, "is empty", "a group or more", "Name one"))
        self._groups = {name: _checked_labels(name, labels) for name, labels in groups.items()}
        self._labels = tuple(label for labels in self._groups.values() for label in labels)
        self._places = {
            name: {label: place for place, label in enumerate(labels)}
            for name, labels in self._groups.items()
        }
        sizes = [len(labels) for labels in self._groups.values()]
        starts = np.cumsum([0, *sizes[:-1]])
        self._starts = dict(zip(self._groups, map(int, starts), strict=True))

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Labels of each group, in order; a new dict each time."""
        return dict(self._groups)

    @property
    def n(self) -> int:
        """Symbols in all groups."""
        return len(self._labels)

    def ids(self, group: str | tuple[str, ...]) -> NDArray[np.int64]:
        """Return the global ids of a group, or of several one after the other.

        Raises
        ------
        UnknownNameError
            If there is no such group.
        ValueError
            If the tuple is empty or names a group twice.
        """
        names = (group,) if isinstance(group, str) else tuple(group)
        if not names or len(set(names)) != len(names):
            raise ValueError(
                refusal(
                    "ids",
                    "group",
                    group,
                    "is no set of groups",
                    "one or more different groups",
                    "Name each group once",
                )
            )
        return np.concatenate([self._ids_of(name) for name in names])

    def id(self, label: str, group: str | None = None) -> int:
        """Return the global id of a label; without ``group`` only one group may use the label.

        Raises
        ------
        UnknownNameError
            If there is no such label or group.
        ValueError
            If several groups use the label and none is named.
        """
        if group is not None:
            self._check_group("id", group)
            if label not in self._places[group]:
                raise unknown_name("id", "label", label, self._groups[group])
            return self._starts[group] + self._places[group][label]
        users = [name for name, places in self._places.items() if label in places]
        if not users:
            raise unknown_name("id", "label", label, self._labels)
        if len(users) > 1:
            raise ValueError(
                refusal(
                    "id",
                    "label",
                    label,
                    f"is a label of {' and '.join(users)}",
                    "a label of one group",
                    f"Name the group, as in group={users[0]!r}",
                )
            )
        return self._starts[users[0]] + self._places[users[0]][label]

    def label(self, id: int) -> str:
        """Return the label of a global id.

        Raises
        ------
        TypeError
            If the id is not a whole number.
        ValueError
            If it is negative or past the last.
        """
        if isinstance(id, bool) or not isinstance(id, Integral):
            raise TypeError(refusal("label", "id", id, "is no whole number", "an int", "Use int()"))
        if not 0 <= id < self.n:
            raise ValueError(
                refusal(
                    "label",
                    "id",
                    id,
                    "is no global id",
                    f"0 <= id < {self.n}",
                    "Take ids of this vocabulary",
                )
            )
        return self._labels[int(id)]

    def position(self, id: ArrayLike, group: str | tuple[str, ...]) -> NDArray[np.int64]:
        """Return the place of each global id in ``ids(group)``, in the shape of ``id``.

        Raises
        ------
        ValueError
            If an id is not of the group.
        TypeError
            If an id is not a whole number.
        """
        wanted = np.asarray(id)
        if wanted.dtype.kind not in "iu":
            raise TypeError(
                refusal("position", "id", id, "is not of whole numbers", "ids", "Use ids")
            )
        ids = self.ids(group)
        places = np.full(self.n, -1)
        places[ids] = np.arange(len(ids))
        inside = (wanted >= 0) & (wanted < self.n)
        found = np.where(inside, places[np.where(inside, wanted, 0)], -1)
        if (found < 0).any():
            raise ValueError(
                refusal(
                    "position",
                    "id",
                    id,
                    f"holds an id that is not of {group!r}",
                    f"ids of {group!r}",
                    "Take them from ids(group)",
                )
            )
        return found

    def to_dict(self) -> dict[str, list[str]]:
        """Groups and labels as plain values that JSON can hold."""
        return {name: list(labels) for name, labels in self._groups.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Sequence[str]]) -> IndexVocabulary:
        """Build a vocabulary from the output of `to_dict`."""
        return cls(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexVocabulary) and list(self._groups.items()) == list(
            other._groups.items()
        )

    def __hash__(self) -> int:
        return hash(tuple(self._groups.items()))

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}: {len(labels)}" for name, labels in self._groups.items())
        return f"IndexVocabulary({sizes})"

    def _ids_of(self, name: str) -> NDArray[np.int64]:
        self._check_group("ids", name)
        start = self._starts[name]
        return np.arange(start, start + len(self._groups[name]))

    def _check_group(self, function: str, name: Any) -> None:
        if name not in self._groups:
            raise unknown_name(function, "group", name, self._groups)


def _checked_labels(name: Any, labels: Any) -> tuple[str, ...]:
    if not isinstance(name, str) or not name:
        raise TypeError(_said("groups", name, "is no name", "a word for each group", "Name it"))
    if isinstance(labels, str) or not all(isinstance(label, str) for label in labels):
        raise TypeError(
            _said(
                "groups", labels, "is no list of labels", "a list of strings", "Use str() on each"
            )
        )
    labels = tuple(labels)
    if not labels:
        raise ValueError(
            _said("groups", name, "has no labels", "one label or more", "Leave the group out")
        )
    if len(set(labels)) != len(labels):
        twice = sorted({label for label in labels if labels.count(label) > 1})
        raise ValueError(
            _said(name, twice, "is there more than once", "different labels", "Rename them")
        )
    return labels


def _said(parameter: str, value: Any, problem: str, expected: str, remedy: str) -> str:
    return refusal("IndexVocabulary", parameter, value, problem, expected, remedy)
