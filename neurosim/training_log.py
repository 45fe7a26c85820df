"""What a training run writes down as it goes, and how it is read and drawn."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import refusal
from neurosim.palette import BLUE, GREY, ORANGE
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOG = "log.jsonl"
_PLACE = ("kind", "step", "seconds", "cpu_seconds")  # of a line; the rest was measured


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return numbers as JSON holds them: what is not finite becomes None, a gap in the curve."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a log; a kill can leave half a line at the end."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text().splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows


def rewind(path: Path, step: int) -> None:
    """Drop what was logged after the checkpoint of ``step``: it will be logged again.

    A loss of step s is logged before a checkpoint of step s + 1, a validation of step s before one
    of step s, except that of step 0, which comes after the first checkpoint.
    """
    last = {"step": step - 1, "validation": step if step else -1}
    kept = [row for row in lines_of(path) if row["step"] <= last[row["kind"]]]
    text = "".join(json.dumps(row) + "\n" for row in kept)
    write_whole(path, lambda file: file.write(text.encode()))


@dataclass(frozen=True)
class TrainingLog:
    """The curves of one training run.

    ``rows`` is one dict for each line of the log: ``kind`` is ``"step"`` (with ``step``, ``loss``,
    ``smoothed_loss``, ``learning_rate``, ``seconds``, ``cpu_seconds`` and the named parts of the
    loss) or ``"validation"`` (with ``step``, the seconds and what was measured).

    Examples
    --------
    >>> step = {"kind": "step", "step": 0, "seconds": 0.5, "cpu_seconds": 0.4}
    >>> TrainingLog((step | {"loss": 3.0, "smoothed_loss": 3.0},)).summary()["loss"]
    3.0
    """

    rows: tuple[dict[str, Any], ...]

    @classmethod
    def load(cls, folder: Path | str) -> TrainingLog:
        """Read the log of a training folder.

        Raises
        ------
        FileNotFoundError
            If there is no log.
        """
        path = Path(folder) / LOG
        if not path.is_file():
            raise FileNotFoundError(
                refusal(
                    "TrainingLog.load",
                    "folder",
                    str(folder),
                    f"holds no {LOG}",
                    "a folder that train wrote",
                    "Check the path",
                )
            )
        return cls(tuple(lines_of(path)))

    @property
    def table(self) -> pd.DataFrame:
        """One row for each logged step."""
        return self._table("step")

    @property
    def validation(self) -> pd.DataFrame:
        """One row for each validation; empty where there was none."""
        return self._table("validation")

    def _table(self, kind: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self._rows(kind)).drop(columns="kind", errors="ignore")

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["kind"] == kind]

    def summary(self) -> dict[str, Any]:
        """Return where training is: ``n_steps`` done, smoothed ``loss``, seconds, validation.

        It is meant for the provenance of ``save_weights``. ``loss`` is None before the first step.
        """
        steps, checks = self._rows("step"), self._rows("validation")
        last = self.rows[-1] if self.rows else {}
        return {
            "n_steps": steps[-1]["step"] + 1 if steps else 0,
            "loss": steps[-1]["smoothed_loss"] if steps else None,
            "seconds": last.get("seconds", 0.0),
            "cpu_seconds": last.get("cpu_seconds", 0.0),
            "validation": _measured(checks[-1]) if checks else {},
        }

    def plot(self) -> Figure:
        """Draw the loss against the step, and below it what was validated.

        An axis is logarithmic where its values are positive and span more than a factor of 10.
        """
        import matplotlib.pyplot as plt

        steps, checks = self.table, self.validation
        n_panels = 2 if len(checks) else 1
        figure, panels = plt.subplots(
            n_panels, sharex=True, squeeze=False, figsize=(6, 3 * n_panels), layout="constrained"
        )
        loss = panels[0, 0]
        if len(steps):
            loss.plot(steps["step"], steps["loss"], color=GREY, alpha=0.4, label="each batch")
            loss.plot(
                steps["step"], steps["smoothed_loss"], color=BLUE, linewidth=2, label="smoothed"
            )
            loss.legend(frameon=False)
            _fit_scale(loss, steps["loss"])
        loss.set_ylabel("loss")
        loss.set_title(f"n = {self.summary()['n_steps']} steps", fontsize=10)
        if len(checks):
            names = list(_measured(self._rows("validation")[0]))
            looks = product(("-", "--", ":"), (BLUE, ORANGE, GREY))
            for name, (line, color) in zip(names, cycle(looks)):
                panels[1, 0].plot(checks["step"], checks[name], f"o{line}", color=color, label=name)
            panels[1, 0].legend(
                frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1)
            )
            panels[1, 0].set_ylabel("validation")
            _fit_scale(panels[1, 0], checks[names])
        panels[-1, 0].set_xlabel("step")
        return figure


def _measured(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in _PLACE}


def _fit_scale(ax: Axes, values: Any) -> None:
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if values.size and values.min() > 0 and values.max() > 10 * values.min():
        ax.set_yscale("log")
