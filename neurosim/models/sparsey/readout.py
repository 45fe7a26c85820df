"""What class a code speaks for: supervised readouts, each learnt from codes and labels alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import refusal, unknown_name
from neurosim.models.sparsey.overlap import code_overlap, one_hot

KINDS = ("binary", "count", "log_count", "nearest", "svm")


class CodeReadout:
    """A class for every code.

    Parameters
    ----------
    kind
        ``"binary"``: a label field of binary Hebbian weights, the class that most active units were
        ever on with; it saturates first. ``"count"``: sum of P(class | unit) over active units.
        ``"log_count"``: sum of log((n(unit, class) + 1) / (n(unit) + n_classes)), naive Bayes.
        ``"nearest"``: the class of the stored code of largest overlap. ``"svm"``: a linear support
        vector machine on active units. Ties go to the first class in order.

    Attributes
    ----------
    classes
        (n_classes,) the labels, sorted.

    Raises
    ------
    UnknownNameError
        If the kind is not known.

    Examples
    --------
    >>> codes, labels = np.array([[0, 0], [0, 1], [2, 2]]), np.array(["a", "a", "b"])
    >>> CodeReadout("count").fit(codes, labels).predict(np.array([[0, 2]])).tolist()
    ['a']
    """

    def __init__(self, kind: str = "log_count") -> None:
        if kind not in KINDS:
            raise unknown_name("CodeReadout", "kind", kind, KINDS)
        self.kind = kind
        self.classes: np.ndarray | None = None

    def fit(self, codes: np.ndarray, labels: np.ndarray) -> CodeReadout:
        """Learn from codes (n, Q), -1 where a mac is off, and labels (n,).

        Raises
        ------
        ValueError
            If there is not one label for each code, or no code.
        """
        codes, labels = np.asarray(codes), np.asarray(labels)
        if codes.ndim != 2 or len(codes) == 0 or labels.shape != codes.shape[:1]:
            raise ValueError(
                refusal(
                    "fit",
                    "labels",
                    labels,
                    f"does not match codes of shape {codes.shape}",
                    "one label for each code",
                    "Give (n, Q) codes and (n,) labels",
                )
            )
        self.classes, which = np.unique(labels, return_inverse=True)
        self._n_units = int(codes.max()) + 1
        self._learned, self._which = codes, which
        active = one_hot(codes, self._n_units).astype(np.float64)
        if self.kind == "svm":
            self._svm = self._fitted_svm(active, which)
        counts = np.stack([active[which == c].sum(axis=0) for c in range(len(self.classes))], 1)
        total = counts.sum(axis=1, keepdims=True)
        self._weights = {  # (Q * K, n_classes)
            "binary": (counts > 0).astype(np.float64),
            "count": counts / np.maximum(total, 1),
            "log_count": np.log((counts + 1) / (total + len(self.classes))),
        }.get(self.kind)
        return self

    def predict(self, codes: np.ndarray) -> np.ndarray:
        """Return a class for each of the codes (n, Q).

        Raises
        ------
        ValueError
            If nothing was fitted, or the codes are of another length.
        """
        if self.classes is None:
            raise ValueError(
                refusal("predict", "codes", codes, "comes before fit", "a fitted readout", "Fit it")
            )
        codes = np.asarray(codes)
        if codes.ndim != 2 or codes.shape[1] != self._learned.shape[1]:
            raise ValueError(
                refusal(
                    "predict",
                    "codes",
                    codes,
                    "is of another length",
                    f"(n, {self._learned.shape[1]})",
                    "Take codes of the same macs",
                )
            )
        if self.kind == "nearest":
            return self.classes[self._which[code_overlap(codes, self._learned).argmax(axis=1)]]
        active = one_hot(codes, self._n_units).astype(np.float64)
        if self.kind == "svm":
            return self.classes[self._svm.predict(active)]
        return self.classes[(active @ self._weights).argmax(axis=1)]

    def score(self, codes: np.ndarray, labels: np.ndarray) -> float:
        """Return the part of codes whose class is predicted right.

        Raises
        ------
        ValueError
            If there is not one label for each code.
        """
        labels = np.asarray(labels)
        if labels.shape != np.shape(codes)[:1]:
            raise ValueError(
                refusal(
                    "score", "labels", labels, "does not match the codes", "one for each", "Align"
                )
            )
        return float((self.predict(codes) == labels).mean())

    @staticmethod
    def _fitted_svm(active: np.ndarray, which: np.ndarray) -> Any:
        from sklearn.svm import SVC

        return SVC(kernel="linear").fit(active, which)
