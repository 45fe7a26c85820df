"""Scenes as feature vectors: what is seen of a subject, an object and their relation."""

from typing import Annotated

import numpy as np

from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Integer, Number, Seed
from stimuli.registry import generator

from .scene_world import SPLITS, WITHHELD, SceneWorld

Visibility = Annotated[float, Number("Visibility of subject and object", at_least=0)]
RelationVisibility = Annotated[float, Number("Visibility of the relation", at_least=0)]


@generator(
    reference="Own design, after the scene graphs of Tresp et al. (2023), The Tensor Brain",
    family="worlds",
    examples=(
        {"n_scenes": 4},
        {"n_scenes": 3, "split": "zero_shot", "withheld": "pairs", "n_features": 12},
        {"n_scenes": 3, "split": "novel", "withheld": "triples", "share": 0.8, "zipf": 1.0},
    ),
    picture={"n_scenes": 12},
)
def scene_vectors(
    *,
    n_scenes: Annotated[int, Integer("Scenes, of three records each", at_least=1)] = 200,
    split: Annotated[
        str, Choice("Which scenes, as in `SceneWorld.scenes`", options=SPLITS)
    ] = "train",
    so: Visibility = 0.9,
    sp: RelationVisibility = 0.5,
    draw: Annotated[int, Integer("Which noise on the same scenes", at_least=0)] = 0,
    n_basic: Annotated[int, Integer("Basic classes", at_least=4)] = 8,
    n_general: Annotated[int, Integer("General classes", at_least=1)] = 3,
    n_color: Annotated[int, Integer("Colours", at_least=1)] = 5,
    entities_per_class: Annotated[
        int, Integer("Entities of each basic class, the last one novel", at_least=2)
    ] = 5,
    n_pred: Annotated[int, Integer("Predicates", at_least=2)] = 8,
    n_features: Annotated[int, Integer("Length of a feature vector", at_least=1)] = 48,
    rank: Annotated[int, Integer("Rank of the law of predicates", at_least=1)] = 3,
    sharpness: Annotated[float, Number("Standard deviation of the law's logits", at_least=0)] = 3.0,
    share: Annotated[
        float,
        Number("Part of the law that general classes have in common", at_least=0, at_most=1),
    ] = 0.0,
    zipf: Annotated[
        float, Number("Classes are drawn in proportion to 1/(c+1)^zipf", at_least=0)
    ] = 0.0,
    withheld: Annotated[
        str, Choice("What training never shows: pairs or triples of classes", options=WITHHELD)
    ] = "none",
    n_withheld: Annotated[
        int, Integer("Ordered pairs of classes, withheld='pairs'", at_least=1)
    ] = 10,
    seed: Seed = 0,
) -> Drawing:
    """Records (scene, subject, predicate, object) of a `SceneWorld`, each in four windows.

    x_scene = 0.5 so (app_s + app_o) + 0.5 e, x_subject = so app_s + e, x_object = so app_o + e,
    x_predicate = 0.25 so (app_s + app_o) + sp f_p + e, with Gaussian noise e. A low ``so`` occludes
    the objects; ``sp`` = 0 hides the relation, which then only the law tells.

    Returns
    -------
    stimulus
        Frames (R, 4, n_features), one per record; the windows are scene, subject, object and
        predicate; no unit, ``ppd`` and ``fps`` None. Truth: ``triples`` (R,) table t, s, p, o;
        ``chance`` (R,) of the predicate under the law; ``entities`` table of labels (basic,
        general, color, and the invisible yo, danger; novel); ``law`` (n_basic, n_pred, n_basic)
        P(p | c1, c2); ``withheld_triples``, same shape, bool; ``appearance`` (entities, features);
        ``predicate_codes`` (n_pred, features).

    Raises
    ------
    ValueError
        If a value is out of its range, the split is empty as nothing is withheld, or the numbers of
        classes admit no world, as in `SceneWorld`.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    SceneWorld : the world itself, for fresh noise and other splits.
    scene_image : scenes of shapes, as pictures.

    Examples
    --------
    >>> s = scene_vectors(n_scenes=10)
    >>> s.shape, s.truth["triples"][0].tolist()
    ((30, 4, 48), (0, 11, 6, 6))
    """
    world = SceneWorld(
        seed=seed,
        n_basic=n_basic,
        n_general=n_general,
        n_color=n_color,
        entities_per_class=entities_per_class,
        n_pred=n_pred,
        n_features=n_features,
        rank=rank,
        sharpness=sharpness,
        share=share,
        zipf=zipf,
        withheld=withheld,
        n_withheld=n_withheld,
    )
    records = world.scenes(n_scenes, split)
    features = world.features(records, so=so, sp=sp, draw=draw)

    def write(t: int, out: Frame) -> None:
        np.copyto(out, features[t])

    truth = {
        "triples": records,
        "chance": world.chance(records),
        "entities": world.entities,
        "law": world.law,
        "withheld_triples": world.withheld_triples,
        "appearance": world.appearance,
        "predicate_codes": world.predicate_codes,
    }
    return Drawing(len(records), write, truth, frame_shape=(4, n_features))
