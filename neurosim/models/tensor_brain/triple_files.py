"""Files of triples: one a line, subject, predicate and object, split by tabs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from neurosim.errors import refusal


def read_triples(files: Mapping[str, Path]) -> dict[str, list]:
    """Return the labels of training, sorted, and each split's triples as their numbers.

    Parameters
    ----------
    files
        Of each split; one is ``"train"``.

    Returns
    -------
    graph
        ``entities`` and ``predicates``, and a list of (s, p, o) for each split.

    Raises
    ------
    FileNotFoundError
        If a file is absent.
    ValueError
        If a line has another number of columns or an empty field, or a label that training lacks.
    """
    lines = {split: _lines(file) for split, file in files.items()}
    entities = sorted({line[i] for line in lines["train"] for i in (0, 2)})
    predicates = sorted({line[1] for line in lines["train"]})
    known = {"entity": _numbers(entities), "predicate": _numbers(predicates)}
    graph: dict[str, list] = {"entities": entities, "predicates": predicates}
    for split, rows in lines.items():
        for number, row in enumerate(rows, 1):
            for label, what in zip(row, ("entity", "predicate", "entity"), strict=True):
                if label not in known[what]:
                    problem = f"has the {what} {label!r}, which training does not show"
                    raise _refused(files[split], number, problem, "only what occurs in train")
        graph[split] = [
            (known["entity"][s], known["predicate"][p], known["entity"][o]) for s, p, o in rows
        ]
    return graph


def _numbers(labels: list[str]) -> dict[str, int]:
    return {label: number for number, label in enumerate(labels)}


def _lines(file: Path) -> list[tuple[str, ...]]:
    if not file.is_file():
        raise FileNotFoundError(
            refusal(
                "KnowledgeGraph.from_tsv",
                "folder",
                str(file.parent),
                f"lacks {file.name}",
                "train.tsv, valid.tsv and test.tsv",
                "Copy it there",
            )
        )
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        fields = tuple(line.split("\t"))
        if len(fields) != 3:
            problem = f"has {len(fields)} column{'s' * (len(fields) != 1)}"
            raise _refused(file, number, problem, "subject, predicate and object")
        if not all(field.strip() for field in fields):
            raise _refused(file, number, "has an empty field", "a label in each column")
        rows.append(fields)
    return rows


def _refused(file: Path, number: int, problem: str, expected: str) -> ValueError:
    where = f"{file}, line {number}"
    return ValueError(
        refusal("KnowledgeGraph.from_tsv", "folder", where, problem, expected, "Repair the file")
    )
