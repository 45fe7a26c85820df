"""Scanpaths of people and of models over the same pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal, unknown_name


@dataclass(frozen=True, eq=False)
class ScanpathDataset:
    """Searches for a target in pictures, one row a trial.

    Attributes
    ----------
    name
        What it is called here.
    fixations
        One (n_fixations, 2) array a trial: x right and y down, px from the screen's upper left
        corner, in the order of looking, the start first. People also look off the screen.
    trials
        Columns of one value a trial: ``task``, ``agent`` (``"human"`` or the name of a model),
        ``subject`` (from 0; 0 for a model), ``image`` (from 0, within its task), ``found``.
    screen_size
        Width and height, px.
    ppd
        Pixels per degree.
    targets
        Task to the (n_images, 2) places of the targets, x and y px, where they are known.
    published
        (task, agent) to the published mean and standard error of the agreement with people
        (ScanMatch); that of ``"human"`` is between people.
    citation, licence
        What to cite, and the terms of the source.

    Raises
    ------
    ValueError
        If a column has another length than there are scanpaths, or a scanpath is empty.

    Examples
    --------
    >>> column = {"task": ["wood"], "agent": ["human"], "subject": [0], "image": [0]}
    >>> trials = {name: np.array(one) for name, one in {**column, "found": [True]}.items()}
    >>> path = np.array([[640.0, 512.0], [100.0, 90.0]])
    >>> data = ScanpathDataset("toy", (path,), trials, (1280, 1024), 31.2, "none", "none")
    >>> data
    ScanpathDataset(toy: 1 scanpath of human in wood)
    """

    name: str
    fixations: tuple[NDArray[np.float64], ...]
    trials: dict[str, NDArray]
    screen_size: tuple[int, int]
    ppd: float
    citation: str
    licence: str
    targets: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    published: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, column in self.trials.items():
            if column.shape != (len(self.fixations),):
                raise ValueError(
                    refusal(
                        "ScanpathDataset",
                        key,
                        column,
                        "does not fit the scanpaths",
                        f"one value a scanpath, ({len(self.fixations)},)",
                        "Give one row a trial",
                    )
                )
        for i, path in enumerate(self.fixations):
            if path.ndim != 2 or path.shape[1] != 2 or not len(path):
                raise ValueError(
                    refusal(
                        "ScanpathDataset",
                        f"fixations[{i}]",
                        path,
                        "is no scanpath",
                        "(n_fixations >= 1, 2) x and y px",
                        "Leave trials without a fixation out",
                    )
                )

    def select(self, **values: object) -> ScanpathDataset:
        """Return the trials whose columns have these values.

        Parameters
        ----------
        **values
            Column of ``trials`` and the value that it has to have.

        Raises
        ------
        UnknownNameError
            If there is no such column, or no trial has the value.
        """
        keep = np.ones(len(self), dtype=bool)
        for column, value in values.items():
            if column not in self.trials:
                raise unknown_name("select", "column", column, self.trials)
            same = self.trials[column] == value
            if not same.any():
                known = [str(k) for k in np.unique(self.trials[column])]
                raise unknown_name("select", column, str(value), known)
            keep &= same
        return replace(
            self,
            fixations=tuple(self.fixations[i] for i in np.flatnonzero(keep)),
            trials={key: column[keep] for key, column in self.trials.items()},
        )

    def __len__(self) -> int:
        return len(self.fixations)

    def __repr__(self) -> str:
        agents, tasks = (
            ", ".join(dict.fromkeys(self.trials[key].tolist())) for key in ("agent", "task")
        )
        many = "scanpath" if len(self) == 1 else "scanpaths"
        return f"ScanpathDataset({self.name}: {len(self)} {many} of {agents} in {tasks})"
