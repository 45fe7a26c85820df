"""What representational similarity analysis found: values, errors, tests, table, figure."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["RSAResult"]

#: Colours of Okabe and Ito (2008), which all kinds of colour vision tell apart.
BLUE, ORANGE = "#56B4E9", "#D55E00"
#: What a method measures, for axes.
LABELS = {
    "spearman": "Spearman's rho",
    "pearson": "Pearson's r",
    "cosine": "cosine",
    "rho_a": "rho-a",
    "tau_a": "Kendall's tau-a",
    "whitened_cosine": "whitened cosine",
}


@dataclass(frozen=True, eq=False)
class RSAResult:
    """Similarity of models with the dissimilarities of subjects.

    Parameters
    ----------
    values
        (n_models, n_subjects) similarities.
    ceiling
        Lower and upper bound of what a perfect model would reach, see :func:`fitting.rdm_ceiling`.
    model_names
        Names of the models, in the order of `values`.
    method, pool
        How RDMs were compared, and pooled for the ceiling.
    n_stimuli
        Number of stimuli.
    samples
        (n_bootstrap, n_models) means over subjects by what was drawn ("subjects", "stimuli",
        "both"); None without a bootstrap.

    Examples
    --------
    >>> values = np.array([[0.2, 0.3, 0.4], [0.1, 0.1, 0.2]])
    >>> RSAResult(values, (0.4, 0.5), ("a", "b"), "spearman", "mean", 20)
    RSAResult(spearman, 2 models, 3 subjects, 20 stimuli, ceiling 0.400 to 0.500,
      a=0.300±0.058, b=0.133±0.033)
    """

    values: np.ndarray
    ceiling: tuple[float, float]
    model_names: tuple[str, ...]
    method: str
    pool: str
    n_stimuli: int
    samples: dict[str, np.ndarray] | None = None

    @property
    def n_subjects(self) -> int:
        """Number of subjects."""
        return self.values.shape[1]

    @property
    def bootstrap(self) -> str | None:
        """What was drawn again: "subjects", "stimuli", "both", or None."""
        if not self.samples:
            return None
        return "both" if "both" in self.samples else next(iter(self.samples))

    @property
    def mean(self) -> np.ndarray:
        """(n_models,) mean similarity over subjects."""
        return self.values.mean(axis=1)

    @property
    def sem(self) -> np.ndarray:
        """(n_models,) standard error of the mean, over what was drawn, else over subjects."""
        return np.sqrt([self._variance(row) for row in np.eye(len(self.values))])

    @property
    def dof(self) -> int:
        """Degrees of freedom of the tests: of subjects, of stimuli, or the fewer of both."""
        sizes = {"stimuli": self.n_stimuli, "both": min(self.n_subjects, self.n_stimuli)}
        return sizes.get(self.bootstrap, self.n_subjects) - 1

    def _variance(self, contrast: np.ndarray) -> float:
        """Squared standard error of a weighted sum of the models' means.

        A bootstrap of n draws the population's variance times (n - 1) / n, which is undone. Over
        both, the draws contain the noise of single values more than once; the variances of the
        three bootstraps together take it out (Schuett et al. 2023).
        """
        m, n = self.n_subjects, self.n_stimuli
        if not self.samples:
            return float((contrast @ self.values).var(ddof=1) / m)
        drawn = {what: float((s @ contrast).var(ddof=1)) for what, s in self.samples.items()}
        factors = {"subjects": m / (m - 1), "stimuli": n / (n - 1)}
        if self.bootstrap != "both":
            return drawn[self.bootstrap] * factors[self.bootstrap]
        subjects, stimuli = (drawn[what] * factors[what] for what in ("subjects", "stimuli"))
        interaction = drawn["both"] - drawn["subjects"] - drawn["stimuli"]
        estimate = subjects + stimuli - factors["subjects"] * factors["stimuli"] * interaction
        return min(max(estimate, subjects, stimuli), drawn["both"])

    def __repr__(self) -> str:
        drawn = f", bootstrap over {self.bootstrap}" if self.bootstrap else ""
        found = zip(self.model_names, self.mean, self.sem, strict=True)
        listed = ", ".join(f"{name}={mean:.3f}±{sem:.3f}" for name, mean, sem in found)
        return (
            f"RSAResult({self.method}, {len(self.values)} models, {self.n_subjects} subjects, "
            f"{self.n_stimuli} stimuli{drawn}, ceiling {self.ceiling[0]:.3f} to "
            f"{self.ceiling[1]:.3f},\n  {listed})"
        )

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a model.

        Returns
        -------
        pandas.DataFrame
            Columns mean, sem, ci_low, ci_high (95 %), t and p (two-sided, against zero),
            ceiling_lower, ceiling_upper.

        Examples
        --------
        >>> values = np.array([[0.2, 0.3, 0.4], [0.1, 0.1, 0.2]])
        >>> result = RSAResult(values, (0.4, 0.5), ("a", "b"), "spearman", "mean", 20)
        >>> result.to_dataframe()[["mean", "sem", "t"]].round(3)
                mean    sem      t
        model
        a      0.300  0.058  5.196
        b      0.133  0.033  4.000
        """
        import pandas as pd

        sem, half = self.sem, self.sem * stats.t.ppf(0.975, self.dof)
        tests = [self._test(row) for row in np.eye(len(self.values))]
        columns = {
            "mean": self.mean,
            "sem": sem,
            "ci_low": self.mean - half,
            "ci_high": self.mean + half,
            "t": [t for t, _ in tests],
            "p": [p for _, p in tests],
            "ceiling_lower": self.ceiling[0],
            "ceiling_upper": self.ceiling[1],
        }
        return pd.DataFrame(columns, index=pd.Index(self.model_names, name="model"))

    def _test(self, contrast: np.ndarray) -> tuple[float, float]:
        """T and two-sided p of a weighted sum of the models' means against zero."""
        difference, sem = float(contrast @ self.mean), np.sqrt(self._variance(contrast))
        if sem == 0:  # the same for all subjects: certain, or no difference at all
            return (float(np.copysign(np.inf, difference)), 0.0) if difference else (0.0, 1.0)
        t = difference / sem
        return float(t), float(2 * stats.t.sf(abs(t), self.dof))

    def compare_models(self) -> "pd.DataFrame":
        """Paired t-tests of every two models.

        Returns
        -------
        pandas.DataFrame
            One row a pair: model, other, difference of the means, sem of the difference, t, p
            (two-sided), p_holm (corrected for the number of pairs, Holm 1979).

        Examples
        --------
        >>> values = np.array([[0.2, 0.3, 0.4], [0.1, 0.1, 0.2]])
        >>> result = RSAResult(values, (0.4, 0.5), ("a", "b"), "spearman", "mean", 20)
        >>> result.compare_models().round(3)
          model other  difference    sem    t      p  p_holm
        0     a     b       0.167  0.033  5.0  0.038   0.038
        """
        import pandas as pd

        unit, rows = np.eye(len(self.values)), []
        for i, j in combinations(range(len(self.values)), 2):
            contrast = unit[i] - unit[j]
            difference, sem = contrast @ self.mean, np.sqrt(self._variance(contrast))
            names = self.model_names[i], self.model_names[j]
            rows.append((*names, difference, sem, *self._test(contrast)))
        names = ["model", "other", "difference", "sem", "t", "p"]
        table = pd.DataFrame(rows, columns=names)
        table["p_holm"] = _holm(table["p"].to_numpy(dtype=float))
        return table

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Mean and standard error of each model, subjects as dots, and the noise ceiling.

        Parameters
        ----------
        ax
            Axes to draw into; None makes a figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Examples
        --------
        >>> values = np.array([[0.2, 0.3, 0.4], [0.1, 0.1, 0.2]])
        >>> result = RSAResult(values, (0.4, 0.5), ("a", "b"), "spearman", "mean", 20)
        >>> result.plot().get_ylabel()
        "similarity of RDMs, Spearman's rho"
        """
        n = len(self.values)
        if ax is None:
            import matplotlib.pyplot as plt

            width = max(3.6, 1.4 + 0.8 * n)
            ax = plt.figure(figsize=(width, 4), layout="constrained").add_subplot()
        places = np.arange(n)
        ax.axhspan(*self.ceiling, color="0.82", linewidth=0, zorder=0, label="noise ceiling")
        ax.axhline(0, color="0.3", linewidth=0.8, zorder=1)
        ax.bar(places, self.mean, width=0.65, color=BLUE, zorder=2)
        spread = np.linspace(-0.2, 0.2, self.n_subjects)
        ax.scatter(
            (places[:, None] + spread).ravel(),
            self.values.ravel(),
            s=9,
            color=ORANGE,
            linewidths=0,
            zorder=3,
            label="subject",
        )
        over = f"bootstrap over {self.bootstrap}" if self.bootstrap else "over subjects"
        if self.bootstrap == "both":
            over = "bootstrap over subjects and stimuli"
        ax.errorbar(
            places, self.mean, self.sem, fmt="none", color="black", capsize=3, zorder=4, label="sem"
        )
        slanted = max(map(len, self.model_names)) > 9
        ax.set_xticks(
            places,
            self.model_names,
            rotation=35 if slanted else 0,
            ha="right" if slanted else "center",
            rotation_mode="anchor",
        )
        ax.set_xlim(-0.6, n - 0.4)
        ax.set_ylabel(f"similarity of RDMs, {LABELS[self.method]}")
        ax.set_title(
            f"{self.n_subjects} subjects, {self.n_stimuli} stimuli\nsem: {over}", fontsize="medium"
        )
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
        return ax


def _holm(p: np.ndarray) -> np.ndarray:
    """P values corrected step-down for their number; Holm (1979)."""
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected
