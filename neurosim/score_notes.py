"""What a regression warned of while a layer was scored, told as a note on the score."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# How the warning of ``fitting.pls_solvers.dominant_direction`` begins.
_UNSETTLED = "PLS: power iteration made 500 steps"


@contextmanager
def noted(what: str, notes: list[str]) -> Iterator[None]:
    """Append a note to ``notes`` for components of PLS that did not settle; warn of all else.

    Power iteration takes many steps where two directions of the features covary almost equally with
    the responses, as happens by chance where stimuli are shuffled. Scikit-learn stops after as many
    steps, so that the score is still Brain-Score's number; nothing is wrong with the features.

    Parameters
    ----------
    what
        What is scored, for the note to begin with.
    notes
        Added to.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", message=_UNSETTLED, category=ConvergenceWarning)
        yield
    unsettled = [w for w in caught if str(w.message).startswith(_UNSETTLED)]
    for other in caught:
        if other not in unsettled:
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    if unsettled:
        n = len(unsettled)
        components = "1 component" if n == 1 else f"{n} components"
        notes.append(
            f"{what}: {components} of PLS, over all splits, stopped after 500 steps as in "
            "scikit-learn; two directions in the features covary almost equally with the "
            "responses, so that their order is not settled."
        )
