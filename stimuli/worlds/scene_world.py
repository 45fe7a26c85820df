"""A small world of entities, classes and relations, whose every probability is known.

Entities have a basic class, a general class and a colour that can be seen, and two labels that
cannot. How likely a predicate holds between two entities depends on their basic classes alone, by a
law of low rank, so that a tensor model can recover it.
"""

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stimuli.errors import invalid, unknown, wrong_kind
from stimuli.randomness import frame_stream, realise_seed, stream

ENTITIES_PER_SCENE = 4
RECORDS_PER_SCENE = 3
BATCH = 64  # scenes drawn at a time
SPLITS = ("train", "known", "novel", "zero_shot")
WITHHELD = ("none", "pairs", "triples")
PROBABLE = 0.15  # class triples above this chance may be withheld
MOST_BATCHES = 1000  # without a scene
RECORD = np.dtype([("t", "i8"), ("s", "i8"), ("p", "i8"), ("o", "i8")])
ENTITY = np.dtype(
    [
        ("entity", "i8"),
        ("basic", "i8"),
        ("general", "i8"),
        ("color", "i8"),
        ("yo", "?"),
        ("danger", "?"),
        ("novel", "?"),
    ]
)


@dataclass(frozen=True, eq=False)
class SceneWorld:
    """Entities, their labels and appearance, and the law of their relations.

    Entity e has basic class c = e // entities_per_class, general class c mod n_general and a random
    colour; ``yo`` is a coin for each entity and ``danger`` one for each basic class, both
    invisible. ``danger`` is drawn again while it is constant or tells one general class from the
    others. app(e) = 0.7 f_general + 1.0 f_basic + 0.7 f_color + 0.5 f_entity, Gaussian codes f.

    P(p | c1, c2) = softmax over p of sharpness z(U_c1' C_p V_c2), z-scored over the whole tensor.
    The last entity of each class is novel: it never occurs in training.

    Parameters
    ----------
    seed
        An int, or None to draw one.
    n_basic, n_general, n_color
        Classes and colours.
    entities_per_class
        Of each basic class; at least 2.
    n_pred
        Predicates; at least 2.
    n_features
        Length of an appearance.
    rank
        Of the law.
    sharpness
        Standard deviation of the law's logits; 0 makes all predicates equally likely.
    share
        Part of the variance of U and V that classes of one general class have in common.
    zipf
        Classes are drawn in proportion to 1 / (c + 1)^zipf; 0: all alike.
    withheld
        What training never shows: "none", "pairs" (`n_withheld` ordered pairs of basic classes),
        or "triples" (one eighth of the class triples with a chance above 0.15; a model may learn
        from their absence that they are false).
    n_withheld
        Pairs of classes withheld.

    Raises
    ------
    ValueError
        If a number is out of its range, a pool has fewer entities than a scene, or too much or
        nothing can be withheld.
    TypeError
        If a count is not an int.

    Examples
    --------
    >>> world = SceneWorld(seed=0)
    >>> world.law.shape, world.appearance.shape
    ((8, 8, 8), (40, 48))
    >>> records = world.scenes(200)
    >>> world.features(records, so=0.9, sp=0.5).shape
    (600, 4, 48)
    """

    seed: int | None = 0
    n_basic: int = 8
    n_general: int = 3
    n_color: int = 5
    entities_per_class: int = 5
    n_pred: int = 8
    n_features: int = 48
    rank: int = 3
    sharpness: float = 3.0
    share: float = 0.0
    zipf: float = 0.0
    withheld: str = "none"
    n_withheld: int = 10
    entities: NDArray[np.void] = field(init=False, repr=False)
    appearance: NDArray[np.float64] = field(init=False, repr=False)
    predicate_codes: NDArray[np.float64] = field(init=False, repr=False)
    law: NDArray[np.float64] = field(init=False, repr=False)
    withheld_triples: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", realise_seed(self.seed, function="SceneWorld"))
        self._check()
        entities = self._label()
        appearance, predicates = self._codes(entities)
        law = self._law()
        for name, value in {
            "entities": entities,
            "appearance": appearance,
            "predicate_codes": predicates,
            "law": law,
            "withheld_triples": self._withhold(law),
        }.items():
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        least = {"n_basic": 2, "n_general": 1, "n_color": 1, "entities_per_class": 2, "n_pred": 2}
        least |= {"n_features": 1, "rank": 1, "n_withheld": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                raise wrong_kind("SceneWorld", name, value, "a whole number", "Give it as an int")
            if value < low:
                raise invalid(
                    "SceneWorld", name, value, "is too small", f"{name} >= {low}", "Raise it"
                )
        for name, high in (("sharpness", np.inf), ("share", 1.0), ("zipf", np.inf)):
            value = getattr(self, name)
            if not (np.isfinite(value) and 0 <= value <= high):
                limits = f"0 <= {name}" + (f" <= {high:g}" if np.isfinite(high) else "")
                raise invalid("SceneWorld", name, value, "is out of range", limits, "Change it")
        if self.withheld not in WITHHELD:
            raise unknown("SceneWorld", "withheld", self.withheld, "what to withhold", WITHHELD)
        if self.n_basic < ENTITIES_PER_SCENE:
            raise invalid(
                "SceneWorld",
                "n_basic",
                self.n_basic,
                "gives fewer novel entities than a scene has",
                f"n_basic >= {ENTITIES_PER_SCENE}, one novel entity each",
                "Raise n_basic",
            )
        if self.withheld == "pairs" and self.n_withheld > self.n_basic**2 // 2:
            raise invalid(
                "SceneWorld",
                "n_withheld",
                self.n_withheld,
                "leaves too little to train on",
                f"at most half of the {self.n_basic**2} pairs",
                "Lower it",
            )

    def _stream(self, purpose: str) -> np.random.Generator:
        return stream(self.seed, f"scene world {purpose}")

    def _label(self) -> NDArray[np.void]:
        n = self.n_basic * self.entities_per_class
        entities = np.zeros(n, ENTITY)
        entities["entity"] = np.arange(n)
        entities["basic"] = np.arange(n) // self.entities_per_class
        entities["general"] = entities["basic"] % self.n_general
        entities["color"] = self._stream("colors").integers(self.n_color, size=n)
        entities["yo"] = self._stream("yo").random(n) < 0.5
        entities["danger"] = self._danger()[entities["basic"]]
        entities["novel"] = np.arange(n) % self.entities_per_class == self.entities_per_class - 1
        return entities

    def _danger(self) -> NDArray[np.bool_]:
        """Return a label of each class that is neither constant nor a general class."""
        general = np.arange(self.n_basic) % self.n_general
        rng = self._stream("danger")
        while True:  # at most 10 of the 16 or more labels of four or more classes are refused
            danger = rng.random(self.n_basic) < 0.5
            same = [(danger == (general == g)).mean() in (0, 1) for g in range(self.n_general)]
            if 0 < danger.mean() < 1 and not any(same):
                return danger

    def _codes(self, entities: NDArray[np.void]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        def code(kind: str, n: int) -> NDArray[np.float64]:
            return self._stream(f"code of {kind}").standard_normal((n, self.n_features))

        appearance = (
            0.7 * code("general", self.n_general)[entities["general"]]
            + 1.0 * code("basic", self.n_basic)[entities["basic"]]
            + 0.7 * code("color", self.n_color)[entities["color"]]
            + 0.5 * code("entity", len(entities))
        )
        return appearance, code("predicate", self.n_pred)

    def _law(self) -> NDArray[np.float64]:
        """Return P(p | c1, c2), (n_basic, n_pred, n_basic)."""
        general = np.arange(self.n_basic) % self.n_general

        def factor(name: str) -> NDArray[np.float64]:
            own = self._stream(f"law {name}").standard_normal((self.n_basic, self.rank))
            common = self._stream(f"law {name} shared").standard_normal((self.n_general, self.rank))
            return np.sqrt(self.share) * common[general] + np.sqrt(1 - self.share) * own

        core = self._stream("law core").standard_normal((self.n_pred, self.rank, self.rank))
        theta = np.einsum("ar,prs,bs->apb", factor("subject"), core, factor("object"))
        logits = self.sharpness * (theta - theta.mean()) / theta.std()
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    def _withhold(self, law: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return the class triples that training never shows, (n_basic, n_pred, n_basic)."""
        blocked = np.zeros(law.shape, bool)
        rng = self._stream("withheld")
        if self.withheld == "pairs":
            pairs = rng.choice(self.n_basic**2, self.n_withheld, replace=False)
            blocked[pairs // self.n_basic, :, pairs % self.n_basic] = True
        if self.withheld == "triples":
            probable = np.argwhere(law > PROBABLE)
            chosen = rng.permutation(len(probable))[: len(probable) // 8]
            blocked[tuple(probable[chosen].T)] = True
        if self.withheld != "none" and not blocked.any():
            raise invalid(
                "SceneWorld",
                "withheld",
                self.withheld,
                f"finds fewer than 8 class triples with a chance above {PROBABLE}",
                "a sharper law, or withheld='pairs'",
                "Raise sharpness or n_basic",
            )
        return blocked

    def scenes(self, n: int, split: str = "train") -> NDArray[np.void]:
        """Return the records of n scenes.

        A scene has 4 different entities of the split's pool, and 3 different ordered pairs of them
        with a predicate p ~ P(. | classes). The first n scenes are the same for every larger n, so
        that an episodic memory may own the first 200.

        Parameters
        ----------
        n
            Scenes.
        split
            "train", "known" (other scenes of the same entities), "novel" (only the last entity of
            each class), or "zero_shot" (known entities, only withheld triples; a scene then has 1
            to 3 records). Nothing withheld occurs in the other three.

        Returns
        -------
        records
            Table with int64 columns t (scene, from 0), s, p, o; three rows for a scene.

        Raises
        ------
        ValueError
            If n is less than 1, the split is unknown, or nothing is withheld for "zero_shot".

        Examples
        --------
        >>> SceneWorld(seed=0).scenes(2).tolist()[0]
        (0, 11, 6, 6)
        """
        if n < 1:
            raise invalid("SceneWorld.scenes", "n", n, "is less than 1", "n >= 1", "Raise it")
        if split not in SPLITS:
            raise unknown("SceneWorld.scenes", "split", split, "a split", SPLITS)
        zero_shot = split == "zero_shot"
        if zero_shot and self.withheld == "none":
            raise invalid(
                "SceneWorld.scenes",
                "split",
                split,
                "is empty, as nothing is withheld",
                "a world with withheld='pairs' or 'triples'",
                "Withhold something",
            )
        allowed = self.withheld_triples if zero_shot else ~self.withheld_triples
        found: list[NDArray[np.void]] = []
        n_found = batch = 0
        while n_found < n:
            if batch > MOST_BATCHES * (n_found + 1):
                raise invalid(
                    "SceneWorld.scenes",
                    "split",
                    split,
                    "has no scene that can be found",
                    "entities whose pairs are shown in it",
                    "Raise entities_per_class, or withhold other things",
                )
            records, scenes = self._batch(split, batch, allowed, 1 if zero_shot else 3)
            records["t"] += n_found
            found.append(records)
            n_found += scenes
            batch += 1
        records = np.concatenate(found)
        records = records[records["t"] < n]
        if not zero_shot:
            assert not self.blocked(records).any(), "a withheld triple in training"
        return records

    def _batch(
        self, split: str, batch: int, allowed: NDArray[np.bool_], least: int
    ) -> tuple[NDArray[np.void], int]:
        """Return the records of those of 64 random scenes that have enough allowed pairs."""

        def rng(purpose: str) -> np.random.Generator:
            return frame_stream(self.seed, f"{split} {purpose}", batch)

        pool = self.entities[self.entities["novel"] == (split == "novel")]
        # the highest of log weight + Gumbel noise are a weighted draw without replacement
        keys = rng("entities").gumbel(size=(BATCH, len(pool)))
        keys -= self.zipf * np.log(pool["basic"] + 1.0)
        chosen = pool["entity"][np.argsort(-keys, axis=1)[:, :ENTITIES_PER_SCENE]]
        one, two = np.nonzero(~np.eye(ENTITIES_PER_SCENE, dtype=bool))
        subject, object_ = chosen[:, one], chosen[:, two]  # (64, 12)
        basic = self.entities["basic"]
        chances = np.where(allowed, self.law, 0.0)[basic[subject], :, basic[object_]]  # (64, 12, p)
        fits = chances.sum(axis=-1) > 0
        order = np.argsort(rng("pairs").random(fits.shape) + ~fits, axis=1)[:, :RECORDS_PER_SCENE]
        with np.errstate(divide="ignore"):
            odds = np.log(chances) + rng("predicates").gumbel(size=chances.shape)
        scene = np.arange(BATCH)[:, None]
        shown = fits[scene, order]
        shown &= (fits.sum(axis=1) >= least)[:, None]
        records = np.zeros(order.shape, RECORD)
        number = np.cumsum(shown.any(axis=1)) - 1
        records["t"] = number[:, None]
        records["s"], records["o"] = subject[scene, order], object_[scene, order]
        records["p"] = odds.argmax(axis=-1)[scene, order]
        return records[shown], int(number[-1]) + 1

    def blocked(self, records: NDArray[np.void]) -> NDArray[np.bool_]:
        """Return which records show a withheld class triple, (R,) bool."""
        basic = self.entities["basic"]
        return self.withheld_triples[basic[records["s"]], records["p"], basic[records["o"]]]

    def chance(self, records: NDArray[np.void]) -> NDArray[np.float64]:
        """Return P(p | classes of s and o) of each record, (R,): what an ideal prior knows."""
        basic = self.entities["basic"]
        return self.law[basic[records["s"]], records["p"], basic[records["o"]]]

    def features(
        self,
        records: NDArray[np.void],
        *,
        so: ArrayLike = 0.9,
        sp: ArrayLike = 0.5,
        draw: Any = 0,
    ) -> NDArray[np.float32]:
        """Return what is seen of each record, in four windows: scene, subject, object, predicate.

        x_scene = 0.5 so (app_s + app_o) + 0.5 e, x_subject = so app_s + e, x_object = so app_o + e,
        x_predicate = 0.25 so (app_s + app_o) + sp f_p + e, with e ~ N(0, 1) of its own everywhere.

        Parameters
        ----------
        records
            From `scenes`.
        so, sp
            Visibility of the objects and of the relation, at least 0; one number, or (R,).
        draw
            Which noise: an int or a word; another one shows the same records with fresh noise.

        Returns
        -------
        features
            (R, 4, n_features) float32.

        Raises
        ------
        ValueError
            If a visibility is negative or not finite, or of another length than the records.

        Examples
        --------
        >>> world = SceneWorld(seed=0)
        >>> world.features(world.scenes(1), so=[0, 0.5, 1], sp=0).shape
        (3, 4, 48)
        """
        so, sp = (self._gain(name, gain, len(records)) for name, gain in (("so", so), ("sp", sp)))
        subject = so * self.appearance[records["s"]]
        object_ = so * self.appearance[records["o"]]
        relation = sp * self.predicate_codes[records["p"]]
        both = subject + object_
        signal = np.stack([0.5 * both, subject, object_, 0.25 * both + relation], axis=1)
        # other records have other noise, so that a test shares none with training
        noise = self._stream(f"noise {draw} of {crc32(records.tobytes())}").standard_normal(
            signal.shape
        )
        noise[:, 0] *= 0.5
        return (signal + noise).astype(np.float32)

    @staticmethod
    def _gain(name: str, gain: ArrayLike, n: int) -> NDArray[np.float64]:
        gain = np.asarray(gain, np.float64)
        if gain.shape not in ((), (n,)) or not ((gain >= 0) & np.isfinite(gain)).all():
            raise invalid(
                "SceneWorld.features",
                name,
                gain,
                "is not a visibility",
                f"one number >= 0, or {n} of them",
                "Change it",
            )
        return gain[..., None]
