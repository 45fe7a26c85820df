"""What an encoding model achieved for each target: numbers, table, file, figures."""

import os
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .brain_maps import BrainMaps
from .ceilings import r2_over_rsb, r_over_sqrt, reliability_ceiling
from .errors import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["EncodingResult"]

#: Colours of Okabe and Ito (2008), which all kinds of colour vision tell apart.
BLUE, ORANGE = "#0072B2", "#D55E00"


@dataclass(frozen=True, eq=False)
class EncodingResult(BrainMaps):
    """Cross-validated prediction of each target.

    Parameters
    ----------
    r, r2
        (n_targets,) Pearson correlation and explained variance on test samples, mean over folds.
    r_folds, r2_folds
        (n_folds, n_targets) the same in each fold.
    folds
        (n_folds, 2) numbers of training and test samples.
    undefined
        (n_targets,) whether the correlation was undefined (and counted as 0) in one fold or more,
        because response or prediction did not vary.
    ceiling
        (n_targets,) reliability r_sb of the responses, NaN where excluded; None if not given.
    alpha
        (n_folds, n_targets) ridge penalties; None for estimators without.
    n_features
        Number of features.
    estimator
        The estimator, as text.

    Examples
    --------
    >>> one = np.full((1, 2), 0.6)
    >>> EncodingResult(one[0], one[0] ** 2, one, one**2, np.array([[80, 20]]), one[0] < 0,
    ...                ceiling=np.array([0.64, 0.05])).normalised
    array([0.75,  nan])
    """

    r: np.ndarray
    r2: np.ndarray
    r_folds: np.ndarray
    r2_folds: np.ndarray
    folds: np.ndarray
    undefined: np.ndarray
    ceiling: np.ndarray | None = None
    alpha: np.ndarray | None = None
    n_features: int = 0
    estimator: str = ""

    @property
    def n_targets(self) -> int:
        """Number of targets."""
        return len(self.r)

    @property
    def normalised(self) -> np.ndarray | None:
        """(n_targets,) r / sqrt(r_sb), see :func:`fitting.r_over_sqrt`; None without a ceiling."""
        return None if self.ceiling is None else r_over_sqrt(self.r, self.ceiling)

    def __repr__(self) -> str:
        text = (
            f"EncodingResult({self.n_targets} targets, {len(self.folds)} folds, "
            f"median r={np.median(self.r):.4f}, median r2={np.median(self.r2):.4f}"
        )
        if self.ceiling is not None and np.isfinite(self.normalised).any():
            text += f", median r/ceiling={np.nanmedian(self.normalised):.4f}"
        if self.undefined.any():
            text += f", undefined={int(self.undefined.sum())}"
        return f"{text}, {self.estimator})"

    def summary(self) -> str:
        """The main numbers in a few lines of text.

        Returns
        -------
        str
            Estimator, sizes, and quartiles over targets.

        Examples
        --------
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> print(result.summary().splitlines()[1])
        r                 0.600 [0.600, 0.600]
        """
        lines = [
            f"{self.estimator or 'estimator'}: {self.n_features} features -> {self.n_targets} "
            f"targets, {len(self.folds)} folds; median [quartiles] over targets"
        ]
        table = self.to_dataframe()
        for column in ("r", "r2", "r_over_sqrt", "r2_over_rsb", "alpha"):
            if column in table and table[column].notna().any():
                low, middle, high = np.nanpercentile(table[column], [25, 50, 75])
                lines.append(f"{column:<17} {middle:.3f} [{low:.3f}, {high:.3f}]")
        if self.undefined.any():
            lines.append(f"undefined r, counted as 0: {int(self.undefined.sum())} targets")
        return "\n".join(lines)

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a target.

        Returns
        -------
        pandas.DataFrame
            Columns r, r2, undefined; with a ceiling also r_sb, ceiling_r (sqrt(r_sb)), r_over_sqrt,
            r2_over_rsb; with penalties also alpha (geometric mean over folds).

        Examples
        --------
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> result.to_dataframe().shape
        (2, 3)
        """
        import pandas as pd

        columns = {"r": self.r, "r2": self.r2, "undefined": self.undefined}
        if self.ceiling is not None:
            columns["r_sb"] = self.ceiling
            columns["ceiling_r"] = reliability_ceiling(self.ceiling)
            columns["r_over_sqrt"] = self.normalised
            columns["r2_over_rsb"] = r2_over_rsb(self.r, self.ceiling)
        if self.alpha is not None:
            columns["alpha"] = np.exp(np.log(self.alpha).mean(axis=0))
        return pd.DataFrame(columns).rename_axis("target")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write everything to a .npz file, which appears only when it is complete.

        Parameters
        ----------
        path
            File name; ".npz" is added if it is missing.

        Returns
        -------
        pathlib.Path
            The file written.

        Examples
        --------
        >>> import tempfile
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> EncodingResult.load(result.save(tempfile.mkdtemp() + "/result")).r
        array([0.6, 0.6])
        """
        path = Path(path)
        path = path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        unfinished = path.with_name(f".{path.stem}.{os.getpid()}.npz")
        try:
            np.savez_compressed(unfinished, **{k: v for k, v in values.items() if v is not None})
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "EncodingResult":
        """Read what :meth:`save` wrote.

        Parameters
        ----------
        path
            File name.

        Returns
        -------
        EncodingResult
            The result.

        Raises
        ------
        ValueError
            If the file is truncated, holds pickled objects, or holds no encoding result.
        FileNotFoundError
            If there is no such file.

        Examples
        --------
        >>> import tempfile
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0)
        >>> EncodingResult.load(result.save(tempfile.mkdtemp() + "/result")).n_targets
        2
        """
        try:
            with Path(path).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                values = {name: file[name] for name in file.files}
        except (EOFError, ValueError, zipfile.BadZipFile) as error:
            problem = f"cannot be read ({type(error).__name__})"
            expected, remedy = "a whole file without pickled objects", "Save the result again"
            raise ValueError(
                describe("EncodingResult.load", "path", path, problem, expected, remedy)
            ) from error
        known = {f.name for f in fields(cls)}
        needed = {"r", "r2", "r_folds", "r2_folds", "folds", "undefined"}
        if not needed <= set(values) <= known:
            problem = "holds no encoding result"
            expected = f"arrays {sorted(needed)}"
            raise ValueError(
                describe("EncodingResult.load", "path", path, problem, expected, "Pass a saved one")
            )
        values["n_features"] = int(values.get("n_features", 0))
        values["estimator"] = str(values.get("estimator", ""))
        return cls(**values)

    def plot_ceiling_scatter(self, ax: "Axes | None" = None) -> "Axes":
        """Correlation of each target against the largest that its noise allows.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        ValueError
            If there is no ceiling.

        Examples
        --------
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0,
        ...                         ceiling=np.array([0.64, 0.81]))
        >>> result.plot_ceiling_scatter().get_xlabel()
        'noise ceiling of r, sqrt(r_sb)'
        """
        if self.ceiling is None:
            expected, remedy = "a reliability of each target", "Pass ceiling= to evaluate"
            raise ValueError(
                describe("plot_ceiling_scatter", "ceiling", None, "is missing", expected, remedy)
            )
        ax = _axes(ax)
        top = reliability_ceiling(self.ceiling)
        shown = np.isfinite(top)
        low = min(0.0, float(self.r[shown].min(initial=0.0))) - 0.03
        ax.plot([0, 1], [0, 1], color="0.4", linewidth=1, label="perfect model", zorder=1)
        ax.scatter(top[shown], self.r[shown], s=18, color=BLUE, alpha=0.7, linewidths=0, zorder=2)
        ax.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.set(
            xlabel="noise ceiling of r, sqrt(r_sb)",
            ylabel="prediction, Pearson r (held-out)",
            title=f"{int(shown.sum())} of {self.n_targets} targets, {len(self.folds)} folds",
            xlim=(0, 1.02),
            ylim=(low, 1.02),
        )
        ax.legend(loc="upper left", frameon=False)
        return ax

    def plot_alpha_histogram(self, ax: "Axes | None" = None) -> "Axes":
        """How often each ridge penalty was chosen, over targets and folds.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Raises
        ------
        ValueError
            If the estimator had no penalties.

        Examples
        --------
        >>> one = np.full((1, 2), 0.6)
        >>> result = EncodingResult(one[0], one[0], one, one, np.array([[80, 20]]), one[0] < 0,
        ...                         alpha=np.array([[1.0, 10.0]]))
        >>> len(result.plot_alpha_histogram().patches)
        2
        """
        if self.alpha is None:
            expected, remedy = "penalties", "Use RidgeCV"
            raise ValueError(
                describe("plot_alpha_histogram", "alpha", None, "is missing", expected, remedy)
            )
        ax = _axes(ax)
        values, counts = np.unique(self.alpha, return_counts=True)
        steps = np.diff(np.log10(values))
        width = 0.8 * (steps.min() if steps.size else 1.0)
        ax.bar(np.log10(values), counts, width=width, color=ORANGE)
        ax.set(
            xlabel="log10 alpha (squared units of the features)",
            ylabel="number of targets x folds",
            title=f"{self.n_targets} targets, {len(self.folds)} folds",
        )
        return ax


def _axes(ax: "Axes | None") -> "Axes":
    """The given axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(4.5, 4), layout="constrained").add_subplot()
