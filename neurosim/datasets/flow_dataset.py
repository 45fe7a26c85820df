"""Motion that people saw at points of movies, next to the motion that was there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from neurosim.errors import refusal, unknown_name


@dataclass(frozen=True)
class FlowDataset:
    """Perceived and true motion vectors at the same points.

    All vectors are (u, v) in px/frame of the movie, in image axes: u right, v DOWN, whatever the
    sign in the source's files.

    Attributes
    ----------
    name
        What it is called here.
    human
        (n, 2) perceived vectors, mean over people and trials.
    truth
        (n, 2) true vectors.
    points
        Columns of length n that say what each point is: clip, frame and place (x, y in px, right
        and down) where the source tells them.
    citation, licence
        What to cite, and the terms of the source.
    participants
        (n_participants, n, 2) perceived vectors of each person, or None.
    trials
        (n_trials, n, 2) perceived vectors of single trials, NaN where one is missing, or None.
    predictions
        Name to the (n, 2) vectors that a published program gave for the same movies.

    Raises
    ------
    ValueError
        If the arrays do not belong to the same points, or a vector is not finite.

    Examples
    --------
    >>> seen, true = np.array([[1.0, 0.0], [0.0, 1.5]]), np.array([[1.2, 0.0], [0.0, 2.0]])
    >>> data = FlowDataset("toy", seen, true, {"clip": np.array(["a", "b"])}, "none", "none")
    >>> data
    FlowDataset(toy: 2 points)
    >>> data.select(clip="b").human
    array([[0. , 1.5]])
    """

    name: str
    human: np.ndarray
    truth: np.ndarray
    points: dict[str, np.ndarray]
    citation: str
    licence: str
    participants: np.ndarray | None = None
    trials: np.ndarray | None = None
    predictions: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.human)
        whole = {"human": self.human, "truth": self.truth, **self.predictions}
        for key, array in whole.items():
            if array.shape != (n, 2) or not np.isfinite(array).all():
                raise ValueError(_misfit(key, array, f"finite vectors ({n}, 2)"))
        for key in ("participants", "trials"):
            array = getattr(self, key)
            if array is not None and array.shape[1:] != (n, 2):
                raise ValueError(_misfit(key, array, f"vectors (k, {n}, 2)"))
        for key, array in self.points.items():
            if array.shape != (n,):
                raise ValueError(_misfit(key, array, f"one value a point, ({n},)"))

    def select(self, **values: object) -> FlowDataset:
        """Return the points whose columns have these values.

        Parameters
        ----------
        **values
            Column of ``points`` and the value that it has to have.

        Raises
        ------
        UnknownNameError
            If there is no such column, or no point has the value.
        """
        keep = np.ones(len(self.human), dtype=bool)
        for column, value in values.items():
            if column not in self.points:
                raise unknown_name("select", "column", column, self.points)
            same = self.points[column] == value
            if not same.any():
                known = [str(k) for k in np.unique(self.points[column])]
                raise unknown_name("select", column, str(value), known)
            keep &= same
        return replace(
            self,
            human=self.human[keep],
            truth=self.truth[keep],
            points={key: column[keep] for key, column in self.points.items()},
            participants=None if self.participants is None else self.participants[:, keep],
            trials=None if self.trials is None else self.trials[:, keep],
            predictions={key: flow[keep] for key, flow in self.predictions.items()},
        )

    def __len__(self) -> int:
        return len(self.human)

    def __repr__(self) -> str:
        parts = [f"{len(self)} points"]
        if self.participants is not None:
            parts.append(f"{len(self.participants)} participants")
        if self.trials is not None:
            parts.append(f"{len(self.trials)} trials")
        if self.predictions:
            parts.append(f"predictions of {', '.join(self.predictions)}")
        return f"FlowDataset({self.name}: {', '.join(parts)})"


def _misfit(key: str, array: np.ndarray, expected: str) -> str:
    return refusal(
        "FlowDataset",
        key,
        array,
        "does not fit the points",
        expected,
        "Give the same points, in one order, to every array",
    )
