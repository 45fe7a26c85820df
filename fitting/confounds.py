"""What the scanner and the subject's movements add to a signal: read from files, and removed."""

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from .drift import cosine_drift
from .errors import UnknownNameError, describe
from .events_file import read_table
from .inputs import check_samples
from .runs import run_slices

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_confounds", "remove_confounds"]

#: Singular values below this part of the largest belong to columns that others already contain.
RANK = 1e-8


def read_confounds(
    path: str | os.PathLike[str], columns: Sequence[str], *, fill_first: bool = False
) -> "pd.DataFrame":
    r"""Confounds of one run from a file ``*_timeseries.tsv``, as fMRIPrep writes it.

    Parameters
    ----------
    path
        File of columns separated by tabs, one row a volume.
    columns
        Names of columns, or patterns such as ``"a_comp_cor_0[0-4]"`` and ``"rot_?"``.
    fill_first
        Derivatives have no value in the first volume (``n/a``). True puts 0 there (no change);
        False refuses such columns.

    Returns
    -------
    pandas.DataFrame
        (n_samples, n_confounds) float64, in the order of `columns`, each column once.

    Raises
    ------
    ValueError
        If a value is missing or not finite; with `fill_first`, if one is missing after the first
        volume.
    TypeError
        If `columns` is a single name, or a column does not hold numbers.
    UnknownNameError
        If a name or pattern matches no column.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "run-1_timeseries.tsv"
    >>> _ = path.write_text("rot_x\trot_x_derivative1\n0.1\tn/a\n0.3\t0.2\n")
    >>> read_confounds(path, ["rot_x*"], fill_first=True).to_numpy().tolist()
    [[0.1, 0.0], [0.3, 0.2]]
    """
    name = "read_confounds"
    if isinstance(columns, str):
        problem, expected = "is a single name", "a list of names or patterns"
        raise TypeError(describe(name, "columns", repr(columns), problem, expected, "Pass [name]"))
    table = read_table(path)
    chosen: list[str] = []
    for wanted in columns:
        found = [column for column in table if fnmatchcase(column, wanted)]
        if not found:
            raise UnknownNameError(name, "columns", wanted, table.columns)
        chosen += [column for column in found if column not in chosen]
    table = table[chosen]
    for column in chosen:
        if table[column].dtype.kind not in "fiu":
            value, problem = f"column {column} of {table[column].dtype}", "does not hold numbers"
            raise TypeError(describe(name, "path", value, problem, "numbers", "Leave it out"))
    table = table.astype(float)
    if fill_first and len(table):
        table.iloc[0] = table.iloc[0].fillna(0.0)
    missing = ~np.isfinite(table.to_numpy())
    if missing.any():
        first = {column: int(np.flatnonzero(missing[:, i])[0]) for i, column in enumerate(chosen)
                 if missing[:, i].any()}  # fmt: skip
        value = f"{os.fspath(path)} ({', '.join(f'{c} at row {row}' for c, row in first.items())})"
        only_first = not missing[1:].any()
        remedy = (
            "Pass fill_first=True, which takes the first change as 0, or leave these columns out"
            if only_first
            else "Leave these columns out"
        )
        problem = "has no finite value"
        raise ValueError(describe(name, "path", value, problem, "one in each volume", remedy))
    return table


def remove_confounds(
    Y: Any,
    confounds: Any,
    groups: Any = None,
    *,
    tr: float | None = None,
    cutoff: float | None = None,
) -> np.ndarray:
    """What is left of each column when confounds, mean and drift of its run are regressed out.

    All are removed in one projection, E = Y - N N^+ Y. Removing them one after the other would put
    the first back in with the second (Lindquist et al. 2019). Remove them from the design as well:
    then a fit of what is left equals a fit of everything together (Frisch, Waugh and Lovell).

    Parameters
    ----------
    Y
        (n_samples, n_columns) responses or design, in time order within each run.
    confounds
        One (n_run, n_confounds) table or array for each run, in order of appearance; runs may
        differ in their columns. None removes mean and drift alone.
    groups
        (n_samples,) run of each sample; None takes all samples as one run.
    tr
        Time from sample to sample, s; needed with `cutoff`.
    cutoff
        Shortest period that counts as drift, s: cosines down to it are removed too. None removes
        no drift, only means.

    Returns
    -------
    numpy.ndarray
        (n_samples, n_columns), in the dtype of `Y`.

    Raises
    ------
    ValueError
        If there is not one table a run with one row a sample, a value is not finite, `cutoff` comes
        without `tr`, or a run has no more samples than what is to be removed.

    Notes
    -----
    Source: Lindquist, Geuter, Wager and Caffo (2019), Human Brain Mapping 40:2358-2376.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> motion = rng.standard_normal((50, 2))
    >>> Y = motion @ [[3.0], [1.0]] + 7.0
    >>> bool(np.abs(remove_confounds(Y, [motion])).max() < 1e-12)
    True
    """
    name = "remove_confounds"
    Y = check_samples(name, "Y", np.asarray(Y))
    runs = run_slices(name, Y, groups)
    tables = [None] * len(runs) if confounds is None else list(confounds)
    if len(tables) != len(runs):
        problem = f"is not one table a run: there are {len(runs)} runs"
        remedy = "Pass a list with a table for each run"
        value = f"{len(tables)} tables"
        raise ValueError(describe(name, "confounds", value, problem, "one a run", remedy))
    if cutoff is not None and tr is None:
        remedy = "Pass the time from sample to sample"
        raise ValueError(
            describe(name, "tr", None, "is missing, and cutoff needs it", "seconds > 0", remedy)
        )
    clean = np.empty_like(Y)
    for number, (run, table) in enumerate(zip(runs, tables, strict=True)):
        n_samples = run.stop - run.start
        basis = _basis(name, table, n_samples, number, tr, cutoff)
        part = Y[run].astype(np.float64)
        clean[run] = part - basis @ (basis.T @ part)
    return clean


def _basis(
    function: str, table: Any, n_samples: int, number: int, tr: float | None, cutoff: float | None
) -> np.ndarray:
    """Orthonormal columns that span mean, drift and confounds of a run."""
    slow = (
        np.full((n_samples, 1), n_samples**-0.5)
        if cutoff is None
        else cosine_drift(n_samples, tr, cutoff)
    )
    if table is None:
        return slow
    values = check_samples(function, f"confounds[{number}]", np.asarray(table, dtype=np.float64))
    if len(values) != n_samples:
        problem = f"has {len(values)} rows, but the run has {n_samples} samples"
        value, remedy = f"array{values.shape}", "Pass the table of this run, dummy scans alike"
        raise ValueError(
            describe(function, f"confounds[{number}]", value, problem, "one row a sample", remedy)
        )
    rest = values - slow @ (slow.T @ values)
    size = np.linalg.norm(rest, axis=0)
    rest = rest[:, size > RANK * np.linalg.norm(values, axis=0)]
    left, singular, _ = np.linalg.svd(rest / np.linalg.norm(rest, axis=0), full_matrices=False)
    basis = np.hstack([slow, left[:, singular > RANK * singular.max(initial=0.0)]])
    if basis.shape[1] >= n_samples - 1:
        problem = f"and drift are {basis.shape[1]} columns in a run of {n_samples} samples"
        value, remedy = f"array{values.shape}", "Choose fewer columns"
        expected = f"fewer than {n_samples - 1}"
        raise ValueError(
            describe(function, f"confounds[{number}]", value, problem, expected, remedy)
        )
    return basis
