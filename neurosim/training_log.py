"""What a training run writes down as it goes, and how it is read and drawn."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurosim.errors import refusal
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    import pandas as pd

LOG = "log.jsonl"


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
    loss) or ``"validation"`` (with ``step``, ``seconds`` and what was measured).
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

        rows = [row for row in self.rows if row["kind"] == kind]
        return pd.DataFrame(rows).drop(columns="kind", errors="ignore")
