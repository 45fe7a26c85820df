"""What a subject does with features: choose a label, give probabilities, find the odd one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neurosim.errors import refusal, unknown_name

SIMILARITIES = ("dot", "cosine")
AGGREGATIONS = {"mean": np.mean, "max": np.max}
# Brain-Score's penalty: C of its logistic regression.
_C = 1e-3


class Readout:
    """Multinomial logistic regression on standardised features, as Brain-Score reads out models.

    Parameters
    ----------
    features
        (n_stimuli, n_features).
    labels
        (n_stimuli,) label of each, two or more different ones.

    Attributes
    ----------
    classes
        Labels in the order in which they first appear.

    Raises
    ------
    ValueError
        If there are fewer than two labels, or not one a stimulus.

    Examples
    --------
    >>> features = np.array([[0.0], [0.1], [1.0], [1.1]])
    >>> readout = Readout(features, ["cat", "cat", "dog", "dog"])
    >>> readout.probabilities(np.array([[1.0]])).shape, readout.classes
    ((1, 2), ('cat', 'dog'))
    """

    def __init__(self, features: np.ndarray, labels: Sequence[Any]) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        self.classes = tuple(dict.fromkeys(str(label) for label in labels))
        if len(self.classes) < 2 or len(labels) != len(features):
            raise ValueError(
                refusal(
                    "start_task",
                    "fitting_stimuli",
                    list(labels),
                    f"has {len(self.classes)} labels for {len(features)} stimuli",
                    "one label a stimulus, of two or more classes",
                    "Give the column image_label",
                )
            )
        places = {label: place for place, label in enumerate(self.classes)}
        # The multinomial model has two rows of weights for two classes, u and -u. It is the
        # binary model of weights 2u with half the penalty.
        penalty = 2 * _C if len(self.classes) == 2 else _C
        self._scaler = StandardScaler().fit(features)
        self._regression = LogisticRegression(C=penalty, solver="newton-cg").fit(
            self._scaler.transform(features), [places[str(label)] for label in labels]
        )

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return (n_stimuli, n_classes); rows sum to 1."""
        return self._regression.predict_proba(self._scaler.transform(features))


def unit_probabilities(
    features: np.ndarray,
    labels: Sequence[str],
    choices: Sequence[str],
    aggregation: str = "mean",
) -> np.ndarray:
    """Return how probable each choice is to a layer whose units have labels.

    A softmax over all units; a choice that several units stand for has their mean or largest.

    Parameters
    ----------
    features
        (n_stimuli, n_units) before the softmax.
    labels
        (n_units,) label of each unit.
    choices
        Labels to choose from.
    aggregation
        ``"mean"`` or ``"max"``.

    Returns
    -------
    probabilities
        (n_stimuli, n_choices); they need not sum to 1.

    Raises
    ------
    UnknownNameError
        If no unit stands for a choice, or the aggregation is another word.

    Examples
    --------
    >>> unit_probabilities(np.array([[0.0, 2.0]]), ["cat", "dog"], ["dog"]).round(2).tolist()
    [[0.88]]
    """
    if aggregation not in AGGREGATIONS:
        raise unknown_name("start_task", "aggregation", aggregation, AGGREGATIONS)
    grown = np.exp(features - features.max(axis=1, keepdims=True))
    probabilities = grown / grown.sum(axis=1, keepdims=True)
    held = np.asarray(labels, dtype=object)
    return np.stack(
        [
            AGGREGATIONS[aggregation](probabilities[:, held == choice], axis=1)
            for choice in known_choices(choices, labels)
        ],
        axis=1,
    )


def known_choices(choices: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the choices; each has to be a label that the subject knows."""
    asked = [str(choice) for choice in choices]
    for choice in asked:
        if choice not in known:
            raise unknown_name("start_task", "choice_labels", choice, dict.fromkeys(known))
    return asked


def odd_one_out(features: np.ndarray, triplets: np.ndarray, similarity: str = "dot") -> np.ndarray:
    """Return which of three is the odd one: the other two are the most similar pair.

    Parameters
    ----------
    features
        (n_stimuli, n_features).
    triplets
        (n_triplets, 3) rows of ``features``.
    similarity
        ``"dot"`` product, or its ``"cosine"``.

    Returns
    -------
    odd
        (n_triplets,) 0, 1 or 2.

    Raises
    ------
    UnknownNameError
        If the similarity is another word.

    Examples
    --------
    >>> odd_one_out(np.array([[1.0, 0], [0, 1], [1, 0.1]]), np.array([[0, 1, 2]])).tolist()
    [1]
    """
    if similarity not in SIMILARITIES:
        raise unknown_name("to_brain_model", "similarity", similarity, SIMILARITIES)
    features = np.asarray(features, dtype=np.float64)
    if similarity == "cosine":
        features = features / np.linalg.norm(features, axis=1, keepdims=True)
    a, b, c = (features[column] for column in np.asarray(triplets).T)
    pairs = np.stack([(a * b).sum(axis=1), (a * c).sum(axis=1), (b * c).sum(axis=1)], axis=1)
    return 2 - pairs.argmax(axis=1)
