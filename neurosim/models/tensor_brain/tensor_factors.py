"""Explicit semantic memory: models of a tensor of triples by factors of low rank."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.models.tensor_brain.link_training import LinkSettings, fit_triples
from neurosim.models.tensor_brain.queries import checked_indices

#: The score of a triple as a sum over shared letters; n is the triple. Operands: subject, (core),
#: predicate, (time), object. They are contracted from left to right.
_SUMS = {
    "rescal": "ni,nij,nj",
    "distmult": "nl,nl,nl",
    "complex": "nal,abc,nbl,ncl",
    "tucker": "ni,ijk,nj,nk",
    "cp": "nl,nl,nl",
    "pair": "nl,nl,nl",
}
_SUMS_IN_TIME = {"rescal": "ni,nijt,nt,nj", "tucker": "ni,ijkt,nj,nt,nk", "cp": "nl,nl,nl,nl"}
_WITH_CORE = ("complex", "tucker")
_ALWAYS_OWN = ("cp", "pair")
KINDS = tuple(_SUMS)


class TensorFactorModel(torch.nn.Module):
    """Scores theta of triples (s, p, o), and of episodes (t, s, p, o), from factors.

    ``rescal`` a_s' R_p a_o (Nickel et al. 2011); ``distmult`` sum_l a_sl r_pl a_ol (Yang et al.
    2015); ``complex`` Re sum_l a_sl r_pl conj(a_ol) (Trouillon et al. 2016); ``tucker``
    sum_ijk g_ijk a_si r_pj a_ok with one matrix of entities (TuckER, Balazevic et al. 2019);
    ``cp`` sum_l a_sl r_pl b_ol; ``pair`` a_s'b_p + r_p'c_o + a_s'd_o, which has no three-way term.

    With ``n_times``, ``rescal`` has R_p (rank, rank, rank), contracted with a_t, ``tucker`` a core
    of four indices, ``cp`` a fourth factor. Each is linear in a_t, so that the score under the
    mean of all a_t is the mean of the scores: semantic memory as time average of the episodes.

    Parameters
    ----------
    kind
        One of the six.
    n_entities, n_predicates
        Sizes of the tensor.
    rank
        Length of a factor; complex numbers count once.
    seed
        Of the initial factors and of the training.
    n_times
        Episodes; None for a tensor without time.
    inverses
        Learn factors of their own for (o, p inverse, s), which answer (?, p, o).
    own_objects
        Give entities other factors as objects than as subjects, a_s' R_p b_o; ``cp`` and ``pair``
        always do. A law between classes such as `stimuli.SceneWorld`'s has its own rank only so.
    embedding_std
        Standard deviation of the initial factors.
    dropout
        Share of the elements of given entities that are left out in a training step.

    Raises
    ------
    UnknownNameError
        If the kind is unknown.
    TypeError, ValueError
        If a size is no int of 1 or more, a time is asked of a kind that has none, the standard
        deviation is not positive, or dropout is not in [0, 1).

    Examples
    --------
    >>> model = TensorFactorModel("distmult", n_entities=5, n_predicates=2, rank=4, seed=0)
    >>> model.scores([0, 1], [1, 1], [2, 3]).shape
    torch.Size([2])
    >>> losses = model.fit([[0, 0, 1], [1, 1, 2]], predicts="predicate")
    >>> model.predicate_prior([0], [1]).argmax().item()
    0
    """

    def __init__(
        self,
        kind: str,
        n_entities: int,
        n_predicates: int,
        rank: int = 32,
        seed: int = 0,
        *,
        n_times: int | None = None,
        inverses: bool = False,
        own_objects: bool = False,
        embedding_std: float = 0.1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if kind not in _SUMS:
            raise unknown_name("TensorFactorModel", "kind", kind, KINDS)
        sizes = {"n_entities": n_entities, "n_predicates": n_predicates, "rank": rank}
        for name, size in (sizes | ({} if n_times is None else {"n_times": n_times})).items():
            _check_size(name, size)
        if n_times is not None and kind not in _SUMS_IN_TIME:
            raise _refused("n_times", n_times, f"is not for {kind!r}", f"{tuple(_SUMS_IN_TIME)}")
        if not (np.isfinite(embedding_std) and embedding_std > 0):
            raise _refused("embedding_std", embedding_std, "is no deviation", "above 0")
        if not 0 <= dropout < 1:
            raise _refused("dropout", dropout, "is out of range", "0 <= dropout < 1")
        self.kind, self.n_entities, self.n_predicates, self.rank = kind, *sizes.values()
        self.n_times, self.inverses = n_times, inverses
        self.own_objects = own_objects or kind in _ALWAYS_OWN
        self.seed = checked_seed("TensorFactorModel", seed)
        self._sum = (_SUMS if n_times is None else _SUMS_IN_TIME)[kind]
        self._dropout = torch.nn.Dropout(dropout)
        generator = torch.Generator().manual_seed(self.seed)
        for name, (shape, std) in self._shapes(embedding_std).items():
            values = std * torch.randn(shape, generator=generator)
            setattr(self, name, torch.nn.Parameter(values))
        if kind == "complex":  # Re(a r conj(o)), over real and imaginary parts
            core = torch.zeros(2, 2, 2)
            core[0, 0, 0] = core[0, 1, 1] = core[1, 0, 1] = 1.0
            core[1, 1, 0] = -1.0
            self.register_buffer("core", core, persistent=False)
        self.eval()

    def _shapes(self, std: float) -> dict[str, tuple[tuple[int, ...], float]]:
        """Return the shape and the standard deviation of each parameter."""
        r, e, p = self.rank, self.n_entities, self.n_predicates * (1 + self.inverses)
        in_time = () if self.n_times is None else (r,)
        entity, predicate = {
            "rescal": ((e, r), (p, r, r, *in_time)),
            "complex": ((e, 2, r), (p, 2, r)),
        }.get(self.kind, ((e, r), (p, r)))
        shapes = {"entities": (entity, std), "predicates": (predicate, std)}
        if self.kind == "tucker":
            shapes["core"] = ((r, r, r, *in_time), std)
        if self.own_objects:
            shapes["objects"] = (entity, std)
        if self.kind == "pair":
            shapes |= {"with_subject": ((p, r), std), "with_predicate": ((e, r), std)}
        if self.n_times is not None:
            shapes["times"] = ((self.n_times, r), std)
        return shapes

    def _factors(self, place: str) -> torch.Tensor:
        """Return all factors of a place: subject, predicate or object."""
        if self.kind == "pair":  # as one sum of products: [a 1 a] [b r 1] [1 c d]
            subject, predicate, object_ = {
                "subject": (self.entities, None, self.entities),
                "predicate": (self.with_subject, self.predicates, None),
                "object": (None, self.with_predicate, self.objects),
            }[place]
            parts = (subject, predicate, object_)
            like = next(part for part in parts if part is not None)
            return torch.cat([torch.ones_like(like) if q is None else q for q in parts], dim=1)
        if place == "predicate":
            return self.predicates
        return self.objects if place == "object" and self.own_objects else self.entities

    def _contracted(
        self, given: dict[str, torch.Tensor], time: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return scores (n,), or (n, n_candidates) where one place is not given."""
        operands, letters = [], self._sum.split(",")
        out = "n"
        for place in ("subject", "predicate", "object"):
            if place == "object" and time is not None:
                operands.append(time)
            factors = self._factors(place)
            if place in given:
                # Its backward pass is several times faster than that of factors[given[place]].
                chosen = torch.nn.functional.embedding(given[place], factors.flatten(1))
                chosen = chosen if place == "predicate" else self._dropout(chosen)
                operands.append(chosen.unflatten(1, factors.shape[1:]))
            else:
                factors = factors[: self.n_predicates] if place == "predicate" else factors
                k = len(operands)
                letters[k] = letters[k].replace("n", "m")
                operands.append(factors)
                out = "nm"
            if place == "subject" and self.kind in _WITH_CORE:
                operands.append(self.core)
        return torch.einsum(",".join(letters) + "->" + out, *operands)

    def scores(
        self, s: ArrayLike, p: ArrayLike, o: ArrayLike, t: ArrayLike | None = None
    ) -> torch.Tensor:
        """Return theta of triples, or of episodes.

        Parameters
        ----------
        s, p, o
            (n,) numbers of subject, predicate and object.
        t
            (n,) numbers of the time; only with ``n_times``.

        Returns
        -------
        scores
            (n,), any real numbers.
        """
        given = self._given(subject=s, predicate=p, object=o)
        if (t is None) != (self.n_times is None):
            expected = "none" if self.n_times is None else "a time for each triple"
            raise _refused("t", t, "does not fit n_times", expected, "TensorFactorModel.scores")
        if t is None:
            return self._contracted(given)
        times = self.times[self._indices("t", t, self.n_times)]
        return self._contracted(given, times)

    def time_average(
        self, s: ArrayLike, p: ArrayLike, o: ArrayLike, weights: ArrayLike | None = None
    ) -> torch.Tensor:
        """Return theta of triples under the mean of all a_t: semantic memory.

        Parameters
        ----------
        s, p, o
            (n,).
        weights
            (n_times,) of the episodes; default all alike.

        Returns
        -------
        scores
            (n,) equal to the mean of ``scores`` over the times.
        """
        if self.n_times is None:
            raise _refused("n_times", None, "has no mean", "a model in time", "time_average")
        given = self._given(subject=s, predicate=p, object=o)
        like = self.times
        if weights is None:
            weights = np.full(self.n_times, 1 / self.n_times)
        weights = torch.as_tensor(np.asarray(weights), dtype=like.dtype)
        if weights.shape != (self.n_times,) or not torch.isfinite(weights).all():
            raise _refused("weights", weights, "are not one a time", f"({self.n_times},)")
        return self._contracted(given, (weights @ like).expand(len(given["subject"]), -1))

    def object_scores(self, s: ArrayLike, p: ArrayLike) -> torch.Tensor:
        """Return theta of (s, p, ?) for every entity, (n, n_entities)."""
        self._check_timeless("object_scores")
        return self._contracted(self._given(subject=s, predicate=p))

    def subject_scores(self, p: ArrayLike, o: ArrayLike) -> torch.Tensor:
        """Return theta of (?, p, o) for every entity, (n, n_entities)."""
        self._check_timeless("subject_scores")
        if self.inverses:
            inverse = self._indices("p", p, self.n_predicates) + self.n_predicates
            return self._contracted(self._given(subject=o, predicate=inverse))
        return self._contracted(self._given(predicate=p, object=o))

    def predicate_scores(self, s: ArrayLike, o: ArrayLike) -> torch.Tensor:
        """Return theta of (s, ?, o) for every predicate, (n, n_predicates)."""
        self._check_timeless("predicate_scores")
        return self._contracted(self._given(subject=s, object=o))

    @torch.no_grad()
    def predicate_prior(self, s: ArrayLike, o: ArrayLike) -> NDArray[np.float64]:
        """Return P(p | s, o) = softmax over p of theta, (n, n_predicates)."""
        scores = self.predicate_scores(s, o).double()
        return torch.softmax(scores, dim=1).numpy()

    def fit(
        self,
        triples: ArrayLike,
        *,
        predicts: str = "object",
        settings: LinkSettings | None = None,
        progress: bool = False,
    ) -> list[float]:
        """Learn from triples that are true.

        Parameters
        ----------
        triples
            (n, 3) subject, predicate, object. Repeated ones count as often as they occur.
        predicts
            ``"object"``: a softmax over entities, every question weighed alike; with ``inverses``
            subjects are learned too. ``"predicate"``: a softmax over predicates, every triple
            weighed alike, so that the fit is the most likely P(p | s, o).
        settings
            Default ``LinkSettings()``.
        progress
            Show a bar with the time left.

        Returns
        -------
        losses
            Cross-entropy of each epoch, nats.

        Raises
        ------
        UnknownNameError
            If what is to be predicted is unknown.
        TypeError, ValueError
            If the triples are not (n, 3) integers in range, or there are none.
        """
        self._check_timeless("fit")
        return fit_triples(
            self, triples, predicts, settings, function="TensorFactorModel.fit", progress=progress
        )

    def _check_timeless(self, function: str) -> None:
        if self.n_times is not None:
            raise _refused(
                "n_times",
                self.n_times,
                "is for scores alone",
                "None",
                f"TensorFactorModel.{function}",
            )

    def _given(self, **places: ArrayLike) -> dict[str, torch.Tensor]:
        names = {"subject": "s", "predicate": "p", "object": "o"}
        n = dict.fromkeys(names, self.n_entities)
        n["predicate"] = self.n_predicates * (1 + self.inverses)
        return {place: self._indices(names[place], v, n[place]) for place, v in places.items()}

    def _indices(self, name: str, value: ArrayLike, size: int) -> torch.Tensor:
        return checked_indices("TensorFactorModel", name, value, size)


def _check_size(name: str, size: object) -> None:
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
        text = refusal("TensorFactorModel", name, size, "is no int", "1 or more", "Give an int")
        raise TypeError(text)
    if size < 1:
        raise _refused(name, size, "is too small", "1 or more")


def _refused(
    name: str, value: object, problem: str, expected: str, function: str = "TensorFactorModel"
) -> ValueError:
    return ValueError(refusal(function, name, value, problem, expected, "Change it"))
