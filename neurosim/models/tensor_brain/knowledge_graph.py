"""Knowledge graphs: triples of subject, predicate and object, in three splits."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.datasets.location import roots
from neurosim.errors import refusal, unknown_name
from neurosim.models.tensor_brain.triple_files import read_triples

SPLITS = ("train", "valid", "test")
FOLDER = "knowledge_graphs"
#: A predicate is called symmetric where more than this part of its training triples between
#: different entities are true the other way round too.
MOSTLY = 0.5


@dataclass(frozen=True, eq=False)
class KnowledgeGraph:
    """Labels of entities and predicates, and the triples of the three splits.

    Parameters
    ----------
    name
        Of the graph.
    entities, predicates
        Labels; the position of a label is its number.
    train, valid, test
        (n, 3) int64, columns subject, predicate, object.

    Raises
    ------
    TypeError
        If triples are no integers.
    ValueError
        If a label occurs twice, triples are not (n, 3) or out of range, training is empty, or an
        entity or predicate of another split does not occur in training.

    Warns
    -----
    UserWarning
        If a triple occurs more than once, in one split or in two; all but the first are left out.

    Examples
    --------
    >>> graph = KnowledgeGraph("pets", ("sparky", "dog"), ("isa",), [[0, 0, 1]], [], [])
    >>> graph.n_entities, graph.n_predicates, len(graph.train)
    (2, 1, 1)
    """

    name: str
    entities: Sequence[str]
    predicates: Sequence[str]
    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]

    def __post_init__(self) -> None:
        for which in ("entities", "predicates"):
            labels = tuple(getattr(self, which))
            if len(set(labels)) != len(labels):
                twice = next(label for label in labels if labels.count(label) > 1)
                raise _refused(which, twice, "occurs twice", "different labels", "Rename one")
            object.__setattr__(self, which, labels)
        sizes = (self.n_entities, self.n_predicates, self.n_entities)
        seen: set[tuple[int, ...]] = set()
        for split in SPLITS:
            triples = checked_triples("KnowledgeGraph", split, getattr(self, split), sizes)
            object.__setattr__(self, split, _unique(triples, seen, self.name, split))
        if not len(self.train):
            raise _refused("train", [], "is empty", "one triple or more", "Give triples")
        for split in SPLITS[1:]:
            self._check_seen(split)

    def _check_seen(self, split: str) -> None:
        """Refuse what no model can know: an entity or a predicate that training does not show."""
        of_split, of_train = getattr(self, split), self.train
        for what, labels, columns in (
            ("entity", self.entities, [0, 2]),
            ("predicate", self.predicates, [1]),
        ):
            unseen = np.setdiff1d(of_split[:, columns], of_train[:, columns])
            if len(unseen):
                raise _refused(
                    split,
                    labels[unseen[0]],
                    f"is {'an' if what == 'entity' else 'a'} {what} that training does not show",
                    "only what occurs in train",
                    "Leave its triples out",
                )

    @property
    def n_entities(self) -> int:
        """Number of entities."""
        return len(self.entities)

    @property
    def n_predicates(self) -> int:
        """Number of predicates."""
        return len(self.predicates)

    @property
    def known(self) -> NDArray[np.int64]:
        """All triples that are known to be true: train, valid and test, (n, 3)."""
        return np.concatenate([self.train, self.valid, self.test])

    @property
    def symmetric(self) -> NDArray[np.bool_]:
        """Which predicates are mostly true both ways in training, (n_predicates,)."""
        apart = self.train[self.train[:, 0] != self.train[:, 2]]
        shape = (self.n_entities, self.n_predicates, self.n_entities)
        both = np.isin(
            np.ravel_multi_index(tuple(apart[:, ::-1].T), shape),
            np.ravel_multi_index(tuple(apart.T), shape),
        )
        total = np.bincount(apart[:, 1], minlength=self.n_predicates)
        return np.bincount(apart[both, 1], minlength=self.n_predicates) > MOSTLY * total

    @classmethod
    def from_tsv(cls, folder: Path | str) -> KnowledgeGraph:
        """Read ``train.tsv``, ``valid.tsv`` and ``test.tsv`` of a folder.

        Parameters
        ----------
        folder
            Its files are UTF-8 without a header: subject, predicate and object, split by tabs.

        Raises
        ------
        FileNotFoundError
            If a file is absent.
        ValueError
            If a line has another number of columns or an empty field, or as in `KnowledgeGraph`.
        """
        folder = Path(folder)
        return cls._read(folder.name, {split: folder / f"{split}.tsv" for split in SPLITS})

    @classmethod
    def from_pykeen(cls, name: str) -> KnowledgeGraph:
        """Read one of the graphs that an installed PyKEEN carries; PyKEEN is not imported.

        Parameters
        ----------
        name
            ``"nations"``, ``"umls"`` or ``"kinships"``.

        Raises
        ------
        FileNotFoundError
            If PyKEEN is not installed.
        UnknownNameError
            If it does not carry this graph.
        """
        found = find_spec("pykeen")
        if found is None or not found.submodule_search_locations:
            raise FileNotFoundError(
                refusal(
                    "KnowledgeGraph.from_pykeen",
                    "name",
                    name,
                    "cannot be read, as PyKEEN is not installed",
                    "an installed pykeen",
                    "pip install pykeen, or read files with KnowledgeGraph.from_tsv",
                )
            )
        shelf = Path(found.submodule_search_locations[0]) / "datasets"
        carried = sorted(path.parent.name for path in shelf.glob("*/train.txt"))
        if name not in carried:
            raise unknown_name("KnowledgeGraph.from_pykeen", "name", name, carried)
        return cls._read(name, {split: shelf / name / f"{split}.txt" for split in SPLITS})

    @classmethod
    def _read(cls, name: str, files: Mapping[str, Path]) -> KnowledgeGraph:
        return cls(name, **read_triples(files))


def load_graph(name: str) -> KnowledgeGraph:
    """Return a graph from the user's files, or else from an installed PyKEEN.

    Looked for as ``knowledge_graphs/NAME/`` in NEUROSIM_DATA and in the user's cache.

    Parameters
    ----------
    name
        Of the folder, such as ``"umls"``.

    Raises
    ------
    FileNotFoundError
        If it is in neither; the text says what to put where.
    ValueError
        As in `KnowledgeGraph.from_tsv`.

    Examples
    --------
    >>> try:
    ...     load_graph("no such graph")
    ... except FileNotFoundError as error:
    ...     print(str(error)[:53])
    load_graph: name='no such graph' is not in a folder k
    """
    for root in roots():
        if (root / FOLDER / name).is_dir():
            return KnowledgeGraph.from_tsv(root / FOLDER / name)
    try:
        return KnowledgeGraph.from_pykeen(name)
    except (FileNotFoundError, ValueError) as error:
        raise FileNotFoundError(
            refusal(
                "load_graph",
                "name",
                name,
                f"is not in a folder {FOLDER}/ of {' or '.join(str(r) for r in roots())}, nor in "
                "an installed PyKEEN",
                f"{FOLDER}/{name}/ with train.tsv, valid.tsv and test.tsv",
                "Put the files there and name the folder above in NEUROSIM_DATA; or pip install "
                "pykeen, which carries nations, umls and kinships",
            )
        ) from error


def checked_triples(
    function: str, parameter: str, triples: ArrayLike, sizes: tuple[int, int, int]
) -> NDArray[np.int64]:
    """Return triples as (n, 3) int64.

    Raises
    ------
    TypeError
        If they are no integers.
    ValueError
        If they are not (n, 3), or a number is not in 0 to its size - 1.
    """
    array = np.asarray(triples)
    if not array.size:
        return np.zeros((0, 3), np.int64)
    wanted = "(n, 3) integers: subject, predicate, object"
    if not np.issubdtype(array.dtype, np.integer):
        text = refusal(function, parameter, array, f"is {array.dtype}", wanted, "Give numbers")
        raise TypeError(text)
    if array.ndim != 2 or array.shape[1] != 3:
        problem = f"has shape {array.shape}"
        raise ValueError(refusal(function, parameter, array, problem, wanted, "Reshape it"))
    if (array < 0).any() or (array >= np.array(sizes)).any():
        raise ValueError(
            refusal(
                function,
                parameter,
                array,
                "holds a number that is out of range",
                f"0 or more, and below {sizes[0]}, {sizes[1]} and {sizes[2]}",
                "Look them up in the labels",
            )
        )
    return array.astype(np.int64)


def _unique(
    triples: NDArray[np.int64], seen: set[tuple[int, ...]], name: str, split: str
) -> NDArray[np.int64]:
    """Return triples that were not seen before, read-only; add them to ``seen``."""
    keep = np.zeros(len(triples), bool)
    for i, triple in enumerate(map(tuple, triples.tolist())):
        keep[i] = triple not in seen
        seen.add(triple)
    if not keep.all():
        warnings.warn(
            f"KnowledgeGraph: {name}, {split}: {int((~keep).sum())} triples occur more than once, "
            "here or in an earlier split; only the first of each is kept.",
            stacklevel=4,
        )
    kept = triples[keep]
    kept.setflags(write=False)
    return kept


def _refused(parameter: str, value: object, problem: str, expected: str, todo: str) -> ValueError:
    return ValueError(refusal("KnowledgeGraph", parameter, value, problem, expected, todo))
