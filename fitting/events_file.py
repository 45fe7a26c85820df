"""Tables of events in files, as BIDS stores them."""

import os
from typing import TYPE_CHECKING

import numpy as np

from .errors import check_choice, describe
from .events import check_events

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_events", "read_table"]


def read_events(
    path: str | os.PathLike[str], *, column: str = "trial_type", unnamed: str = "refuse"
) -> "pd.DataFrame":
    r"""Events of one run from a BIDS file ``*_events.tsv``.

    Parameters
    ----------
    path
        File of columns separated by tabs, with ``onset`` and ``duration`` in s.
    column
        The column that says what kind of event it is.
    unnamed
        What becomes of events that this column gives no kind (``n/a``): "refuse" or "drop".

    Returns
    -------
    pandas.DataFrame
        Columns onset, duration, trial_type (from `column`), modulation (1 where the file has none),
        in the order of the file.

    Raises
    ------
    ValueError
        If a column is missing, there is no event, a time is missing or not finite, a duration is
        negative, or an event has no kind.
    TypeError
        If a time is no number.
    UnknownNameError
        If `unnamed` is another word.
    FileNotFoundError
        If there is no such file.

    Notes
    -----
    Source: BIDS 1.10, task events. That onsets lie within the run is checked where its length is
    known: :func:`fitting.read_bold`, :func:`fitting.event_onsets`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "run-1_events.tsv"
    >>> _ = path.write_text("onset\tduration\ttrial_type\n15.0\t22.5\tface\n")
    >>> read_events(path)[["onset", "trial_type"]].values.tolist()
    [[15.0, 'face']]
    """
    check_choice("read_events", "unnamed", unnamed, ("refuse", "drop"))
    table = read_table(path)
    if column not in table:
        value = f"{column!r}"
        problem = f"is not a column of {os.fspath(path)}"
        expected = f"one of {[str(name) for name in table.columns]}"
        remedy = "Name the column of event types; columns are separated by tabs"
        raise ValueError(describe("read_events", "column", value, problem, expected, remedy))
    table["trial_type"] = table[column]
    if unnamed == "drop":
        table = table[table["trial_type"].notna()]
    return check_events("read_events", table, np.inf, -np.inf)


def read_table(path: str | os.PathLike[str]) -> "pd.DataFrame":
    r"""A file of BIDS: columns separated by tabs, ``n/a`` where a value is missing.

    Parameters
    ----------
    path
        File name.

    Returns
    -------
    pandas.DataFrame
        Its columns; NaN where there is no value.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "confounds.tsv"
    >>> _ = path.write_text("trans_x\n n/a\n0.5\n")
    >>> read_table(path)["trans_x"].tolist()
    [nan, 0.5]
    """
    import pandas as pd

    try:
        return pd.read_csv(
            path, sep="\t", na_values=["n/a"], keep_default_na=False, skipinitialspace=True
        )
    except pd.errors.EmptyDataError as error:
        expected, remedy = "a header and rows", "Check the file"
        raise ValueError(
            describe("read_table", "path", os.fspath(path), "is empty", expected, remedy)
        ) from error
