"""What a score says of how it came about: components of PLS that did not settle, and signs."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge

import neurosim
from fitting.pls_solvers import dominant_direction


class Tied(Ridge):
    """Ridge that first asks for a direction where many covary almost equally."""

    def fit(self, X, Y):
        k = np.arange(60)
        drifting = np.exp(-0.05 * (60 - k) ** 2 / 2 - 0.005 * k)
        dominant_direction(np.diag(np.exp(-0.01 * k)), drifting, "sklearn")
        return super().fit(X, Y)


class Stopped(Ridge):
    """Ridge that warns of something else."""

    def fit(self, X, Y):
        warnings.warn("lbfgs did not converge", ConvergenceWarning, stacklevel=2)
        return super().fit(X, Y)


def test_components_that_do_not_settle_become_a_note():
    """One in each of ten splits, of the score and of its control; no warning is left."""
    table = neurosim.score("pixels", "simulated_mt", metric=Tied(), control=True)
    assert len(table.notes) == 2
    assert table.notes[0].startswith("pixels: 10 components of PLS, over all splits, stopped after")
    assert table.notes[1].startswith("pixels, permuted: 10 components of PLS")
    assert table.notes[1] in repr(table)
    assert table._repr_html_().count("<p>") == 2
    plain = neurosim.score("pixels", "simulated_mt", metric=Ridge())
    assert plain.notes == ()
    assert table.best()["raw"] == plain.best()["raw"]


def test_other_warnings_of_convergence_are_still_given():
    with pytest.warns(ConvergenceWarning, match="lbfgs did not converge"):
        table = neurosim.score("pixels", "simulated_mt", metric=Stopped())
    assert table.notes == ()


def test_a_negative_score_stays_negative_when_it_is_ceiled():
    """Pixels averaged over a clip are worse than chance on this data set."""
    row = neurosim.score("pixels", "simulated_mt", metric="ridgecv").best()
    assert row["raw"] < 0
    assert row["ceiled"] == pytest.approx(-(row["raw"] ** 2) / row["ceiling"])
