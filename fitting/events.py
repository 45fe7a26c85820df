"""Tables of events, as BIDS has them, on the samples of a scan."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import describe
from .inputs import check_count
from .runs import check_seconds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_events", "event_onsets"]


def check_events(function: str, events: Any, last: float, first: float) -> "pd.DataFrame":
    """A table of events with finite numbers and onsets that lie within the scan.

    Parameters
    ----------
    function
        Where the table was given.
    events
        Table, mapping of columns or list of rows: ``onset`` and ``duration`` in s, ``trial_type``,
        and perhaps ``modulation``.
    last, first
        Latest and earliest time of an onset, s.

    Returns
    -------
    pandas.DataFrame
        Columns onset, duration, trial_type, modulation (1 where there was none).

    Raises
    ------
    ValueError
        If a column is missing, a value is missing or not finite, a duration is negative, or an
        onset is outside the scan.
    TypeError
        If a time is no number.

    Examples
    --------
    >>> rows = [{"onset": 2.0, "duration": 1.0, "trial_type": "face"}]
    >>> check_events("f", rows, 10.0, 0.0)["modulation"].tolist()
    [1.0]
    """
    import pandas as pd

    table = pd.DataFrame(events).reset_index(drop=True)
    missing = [name for name in ("onset", "duration", "trial_type") if name not in table]
    if missing or len(table) == 0:
        value = f"table with columns {[str(name) for name in table.columns]}"
        problem = f"lacks {missing}" if missing else "has no rows"
        expected, remedy = "onset, duration [s], trial_type", "Rename or add these columns"
        raise ValueError(describe(function, "events", value, problem, expected, remedy))
    if "modulation" not in table:
        table = table.assign(modulation=1.0)
    for name in ("onset", "duration", "modulation"):
        if table[name].dtype.kind not in "fiu":
            value, problem = f"column {name} of {table[name].dtype}", "does not hold numbers"
            raise TypeError(
                describe(function, "events", value, problem, "numbers", "Convert the column")
            )
    outside = {
        "holds a missing or infinite value": ~np.isfinite(
            table[["onset", "duration", "modulation"]].to_numpy(float)
        ).all(axis=1)
        | table["trial_type"].isna().to_numpy(),
        "has a negative duration": (table["duration"] < 0).to_numpy(),
        f"starts outside the scan ({first:g} to {last:g} s)": (
            (table["onset"] < first) | (table["onset"] > last)
        ).to_numpy(),
    }
    for problem, bad in outside.items():
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            value = f"row {row} of {len(table)} (onset {table['onset'][row]})"
            expected = "finite times in seconds, within the scan"
            remedy = "Drop the row, or convert it to seconds"
            raise ValueError(describe(function, "events", value, problem, expected, remedy))
    return table[["onset", "duration", "trial_type", "modulation"]]


def event_onsets(
    events: Any, tr: float, n_samples: int, *, start: float = 0.0
) -> tuple[np.ndarray, list[str]]:
    """Onsets of each event type on the samples of a scan, for :class:`fitting.FIR`.

    Parameters
    ----------
    events
        Table, mapping of columns or list of rows: ``onset`` and ``duration`` in s, ``trial_type``,
        and perhaps ``modulation``, as BIDS has them.
    tr
        Time from sample to sample, s.
    n_samples
        Number of samples of the scan.
    start
        Time of the first sample, s.

    Returns
    -------
    onsets
        (n_samples, n_types) float64: modulation (1 where there is none) at the sample nearest to
        each onset, 0 elsewhere; events at one sample add up.
    names
        (n_types,) event types, sorted.

    Raises
    ------
    ValueError
        If a column is missing, a value is missing or not finite, or an onset is nearer to a time
        before or after the scan.
    TypeError
        If a time is no number.

    Examples
    --------
    >>> events = {"onset": [0, 5.2], "duration": [1, 1], "trial_type": ["face", "house"]}
    >>> event_onsets(events, tr=2.0, n_samples=4)
    (array([[1., 0.],
           [0., 0.],
           [0., 0.],
           [0., 1.]]), ['face', 'house'])
    """
    tr = check_seconds("event_onsets", "tr", tr)
    n_samples = check_count("event_onsets", "n_samples", n_samples)
    half = tr / 2 - 1e-9 * tr
    table = check_events("event_onsets", events, start + (n_samples - 1) * tr + half, start - half)
    kinds = table["trial_type"].astype(str).to_list()
    names = sorted(set(kinds))
    sample = np.rint((table["onset"].to_numpy(float) - start) / tr).astype(int)
    column = [names.index(kind) for kind in kinds]
    onsets = np.zeros((n_samples, len(names)))
    np.add.at(onsets, (sample, column), table["modulation"].to_numpy(float))
    return onsets, names
