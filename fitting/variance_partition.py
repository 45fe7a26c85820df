"""Explained variance shared out over two or three sets of features: unique, common, Shapley."""

from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from .arrays import is_torch_array, rows, to_numpy
from .banded import BandedRidgeCV
from .bands import resolve_bands
from .crossvalidation import names_runs, resolve_folds
from .errors import describe
from .evaluate import group_argument
from .inputs import check_equal_length, check_one_library, check_samples, check_variance
from .progress import counted
from .scores import r2

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["VariancePartition", "variance_partition"]

#: Colours of Okabe and Ito (2008), which all kinds of colour vision tell apart.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

Names = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class VariancePartition:
    """Explained variance of every joint model, and what follows from it for each target.

    Parameters
    ----------
    names
        Names of the two or three sets.
    r2
        (n_targets,) cross-validated R2 of the joint model of each choice of sets, by their names in
        the order of `names`.
    product_measure
        (n_sets, n_targets) part of each set in the R2 of the full model.

    Examples
    --------
    >>> one = np.ones(1)
    >>> r2 = {("a",): 0.3 * one, ("b",): 0.2 * one, ("a", "b"): 0.4 * one}
    >>> VariancePartition(("a", "b"), r2, np.array([[0.25], [0.15]]))
    VariancePartition(R2 0.400, mean over 1: only a 0.200, only b 0.100, common to a & b 0.100)
    """

    names: Names
    r2: dict[Names, np.ndarray]
    product_measure: np.ndarray

    def __repr__(self) -> str:
        parts = (
            f"{'only ' if len(key) == 1 else 'common to '}{' & '.join(key)} {value.mean():.3f}"
            for key, value in self.regions.items()
        )
        n = self.full.size
        return f"VariancePartition(R2 {self.full.mean():.3f}, mean over {n}: {', '.join(parts)})"

    def _r2_of(self, chosen: set[str]) -> np.ndarray:
        """R2 of the joint model of some sets; 0 for none."""
        key = tuple(name for name in self.names if name in chosen)
        return self.r2[key] if key else np.zeros_like(self.r2[self.names])

    @property
    def full(self) -> np.ndarray:
        """(n_targets,) R2 of the model of all sets."""
        return self.r2[self.names]

    @property
    def regions(self) -> dict[Names, np.ndarray]:
        """(n_targets,) variance that exactly these sets explain, for every choice; sums to R2.

        By inclusion and exclusion, region(S) = sum_(T in S) (-1)^(|T| + 1) R2(T + rest), where rest
        are the sets outside S; unique to A is R2(AB) - R2(B), common is R2(A) + R2(B) - R2(AB).
        Values are reported as they come out, also below 0.
        """
        return {key: self._region(key) for key in self.r2}

    def _region(self, key: Names) -> np.ndarray:
        rest = set(self.names) - set(key)
        total = np.zeros_like(self.full)
        for size in range(len(key) + 1):
            for part in combinations(key, size):
                total = total + (-1) ** (size + 1) * self._r2_of(rest | set(part))
        return total

    @property
    def unique(self) -> dict[str, np.ndarray]:
        """(n_targets,) variance that only this set explains, for every set."""
        return {name: self._region((name,)) for name in self.names}

    @property
    def common(self) -> np.ndarray:
        """(n_targets,) variance that every one of the sets explains."""
        return self._region(self.names)

    @property
    def shapley(self) -> dict[str, np.ndarray]:
        """(n_targets,) gain in R2 by adding this set, mean over all orders; sums to R2.

        phi_i = sum_(S without i) |S|! (m - |S| - 1)! / m! (R2(S + i) - R2(S)), Shapley (1953).
        """
        m = len(self.names)
        values = {}
        for name in self.names:
            others = [other for other in self.names if other != name]
            total = np.zeros_like(self.full)
            for size in range(m):
                share = factorial(size) * factorial(m - size - 1) / factorial(m)
                for part in combinations(others, size):
                    gain = self._r2_of({name, *part}) - self._r2_of(set(part))
                    total = total + share * gain
            values[name] = total
        return values

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Mean over targets of every region, of the Shapley values and of the product measure.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes; lines are standard errors over targets, where there is more than one.

        Examples
        --------
        >>> one = np.ones(1)
        >>> r2 = {("a",): 0.3 * one, ("b",): 0.2 * one, ("a", "b"): 0.4 * one}
        >>> VariancePartition(("a", "b"), r2, np.array([[0.25], [0.15]])).plot().get_xlabel()
        'R2 (held-out), mean over 1 target(s)'
        """
        import matplotlib.pyplot as plt

        n_targets = self.full.size
        bars = [
            (("only " if len(key) == 1 else "common to ") + " & ".join(key), value, BLUE)
            for key, value in self.regions.items()
        ]
        bars += [(f"Shapley, {name}", value, ORANGE) for name, value in self.shapley.items()]
        bars += [
            (f"product, {name}", value, GREEN)
            for name, value in zip(self.names, self.product_measure, strict=True)
        ]
        if ax is None:
            _, ax = plt.subplots(figsize=(6, 0.6 + 0.33 * len(bars)), layout="constrained")
        place = np.arange(len(bars))
        means = [value.mean() for _, value, _ in bars]
        spread = [
            value.std(ddof=1) / n_targets**0.5 if n_targets > 1 else 0 for _, value, _ in bars
        ]
        ax.barh(place, means, xerr=spread, color=[color for *_, color in bars], height=0.7)
        ax.axvline(0, color="0.3", linewidth=0.8)
        full = float(self.full.mean())
        ax.axvline(full, color="0.3", linewidth=0.8, linestyle=":")
        ax.set_yticks(place, [label for label, *_ in bars])
        ax.invert_yaxis()
        ax.set(
            xlabel=f"R2 (held-out), mean over {n_targets} target(s)",
            title=f"each colour adds up to R2 = {full:.3f} (dotted)",
        )
        ax.locator_params(axis="x", nbins=5)
        return ax


def variance_partition(
    X: Any,
    Y: Any,
    bands: Any,
    *,
    estimator: BandedRidgeCV | None = None,
    cv: Any = 5,
    groups: Any = None,
    progress: bool = False,
) -> VariancePartition:
    """Share the cross-validated R2 of each target out over two or three sets of features.

    A joint banded model is fitted for every choice of sets (3 or 7 models), so that a large set
    does not hide a small one; samples are left out around the whole search of each.

    Parameters
    ----------
    X
        (n_samples, n_features) features of all sets, side by side.
    Y
        (n_samples, n_targets) or (n_samples,) responses.
    bands
        The sets: number of columns of each in their order; or a list of slices or arrays of column
        numbers; or a dictionary from name to one of these.
    estimator
        Model to use; its `bands` are replaced. None for ``BandedRidgeCV()``.
    cv
        Number of folds (contiguous blocks, or whole runs if `groups` is given), a splitter, a list
        of (train, test) rows, or an array (n_samples,) that names the run of each sample.
    groups
        (n_samples,) run of each sample, also for the folds inside the model.
    progress
        Whether to show a progress bar over fits.

    Returns
    -------
    VariancePartition
        Unique and common parts, Shapley values and product measure, mean over folds.

    Raises
    ------
    ValueError
        If there are not two or three sets, they do not share out the columns, shapes do not match,
        values are not finite or nothing varies.
    TypeError
        If arrays hold no real numbers or are of different libraries, or `cv` makes no folds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((300, 4))
    >>> Y = X[:, :1] + X[:, 2:3] + rng.standard_normal((300, 1))
    >>> partition = variance_partition(X, Y, {"a": 2, "b": 2})
    >>> partition.unique["a"].round(1), partition.common.round(1)
    (array([0.3]), array([0.]))
    """
    function = "variance_partition"
    X = check_samples(function, "X", X, n_min=2)
    Y = Y if is_torch_array(Y) else np.asarray(Y)
    Y = check_samples(function, "Y", Y[:, None] if Y.ndim == 1 else Y, n_min=2)
    check_one_library(function, X, Y)
    groups = cv if groups is None and names_runs(cv) else groups
    check_equal_length(function, X=X, Y=Y, groups=groups)
    check_variance(function, X=X, Y=Y)
    columns = resolve_bands(function, bands, X.shape[1])
    if len(columns) not in (2, 3):
        remedy = "Merge sets, or use BandedRidgeCV.score_bands for more"
        raise ValueError(
            describe(function, "bands", f"{len(columns)} set(s)", "given", "2 or 3 sets", remedy)
        )
    folds = resolve_folds(function, cv, X, groups)
    names = tuple(columns)
    keys = [key for size in range(1, len(names) + 1) for key in combinations(names, size)]
    model = BandedRidgeCV() if estimator is None else estimator
    scores = {key: np.zeros(Y.shape[1]) for key in keys}
    product = np.zeros((len(names), Y.shape[1]))
    with counted(len(keys) * len(folds), progress, function, "fit") as tick:
        for train, test in folds:
            Y_test = rows(Y, test)
            for key in keys:
                fitted = _fit_joint(
                    model, X, Y, {name: columns[name] for name in key}, train, groups
                )
                X_test = _of(X, test, [columns[name] for name in key])
                scores[key] += to_numpy(r2(Y_test, fitted.predict(X_test))) / len(folds)
                if key == names:
                    product += to_numpy(fitted.score_bands(X_test, Y_test)) / len(folds)
                tick()
    return VariancePartition(names, scores, product)


def _of(X: Any, samples: np.ndarray, bands: list[np.ndarray]) -> Any:
    """Some samples of some bands, side by side."""
    return rows(rows(X, samples).T, np.concatenate(bands)).T


def _fit_joint(
    model: BandedRidgeCV,
    X: Any,
    Y: Any,
    columns: dict[str, np.ndarray],
    train: np.ndarray,
    groups: Any,
) -> BandedRidgeCV:
    """A joint model of some sets, fitted to the training samples."""
    bands = {name: len(band) for name, band in columns.items()}
    joint = clone(model).set_params(bands=bands)
    samples = _of(X, train, list(columns.values()))
    return joint.fit(samples, rows(Y, train), **group_argument(joint, groups, train))
