"""Scenes of coloured shapes, as pictures, with every spatial relation known."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Choice, Integer, Number, ScreenLike, Seed
from stimuli.randomness import stream
from stimuli.registry import generator
from stimuli.screen import Screen

from .scene_layout import ARRANGED, RELATIONS, arrange, draw_plan, spatial_relations
from .scene_shapes import HALF, SHAPES, shape_patch
from .scene_world import SceneWorld

SCENE_SCREEN = Screen(size=4.0, ppd=16.0)  # 64 x 64 px
PLANS_TRIED = 200
SIZES = (0.85, 1.15)  # of an entity, times `size`
INSIDE = 0.42  # size of an object inside another, times that of the other
SMALLEST = 2.5  # px, radius of a shape that can still be told
PERIODS = (3.0, 6.0)  # px, of the stripes of an entity
STRIPES = 0.3  # they darken by at most this part
SATURATION, VALUE = 0.9, 0.85
FLOOR, OCCLUDER = 0.12, 0.3  # linear light
ITEM = np.dtype(
    [
        ("object", "i8"),
        ("entity", "i8"),
        ("basic", "i8"),
        ("general", "i8"),
        ("color", "i8"),
        ("radius", "f8"),
        ("visible_part", "f8"),
    ]
)
TRIPLE = np.dtype([("s", "i8"), ("p", "i8"), ("o", "i8")])


@generator(
    reference="Own design, after the visual relations of Lu et al. (2016), ECCV, in shapes",
    family="worlds",
    examples=(
        {"n_objects": 3},
        {"n_objects": 4, "scene": 5, "occluder": 0.3, "split": "novel"},
        {"n_objects": 2, "sharpness": 0.0, "zipf": 1.0, "n_negatives": 3},
    ),
    picture={"n_objects": 4, "scene": 2},
)
def scene_image(
    *,
    scene: Annotated[int, Integer("Which scene in the world of this seed", at_least=0)] = 0,
    n_objects: Annotated[int, Integer("Objects", at_least=2, at_most=6)] = 4,
    split: Annotated[
        str,
        Choice(
            "Entities: those of training, or the last one of each class", options=("known", "novel")
        ),
    ] = "known",
    size: Annotated[float, Number("Mean width of an object", "deg", above=0)] = 0.9,
    occluder: Annotated[
        float,
        Number(
            "Side of a grey rectangle over an object, part of the screen", at_least=0, at_most=1
        ),
    ] = 0.0,
    n_negatives: Annotated[
        int | None,
        Integer("Triples told to be false; None: as many as are true", "", True, at_least=0),
    ] = None,
    n_color: Annotated[int, Integer("Hues", at_least=1, at_most=12)] = 5,
    entities_per_class: Annotated[
        int, Integer("Entities of each shape, the last one novel", at_least=2)
    ] = 5,
    sharpness: Annotated[
        float, Number("Standard deviation of the logits of the law of relations", at_least=0)
    ] = 3.0,
    zipf: Annotated[
        float, Number("Shapes are drawn in proportion to 1/(c+1)^zipf", at_least=0)
    ] = 0.0,
    screen: ScreenLike = SCENE_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Scene of coloured shapes in spatial relations, a still.

    The shape is the basic class, the hue the colour, size and stripes belong to the entity, as in a
    `SceneWorld` of this seed. Each object but the first is put in a relation (left of, above,
    inside, touching) to an earlier one, drawn from the world's law of relations between classes;
    arrangements that do not fit on the screen are drawn again. Objects lie on whole pixels, and all
    relations are read off their boxes, so that the picture can be checked against them.

    Returns
    -------
    stimulus
        Frames (1, H, W, 3). Truth: ``items``, table of object, entity, basic, general, color,
        radius (px), visible_part; ``boxes`` (n, 4) px, x0, y0, x1, y1, ends excluded, y downwards,
        of whole objects; ``masks`` (n, H, W) bool, whole objects; ``visible`` (n, H, W), what is
        not covered; ``relations`` (n, 5, n) bool [s, p, o]; ``triples``, table s, p, o of all that
        are true; ``intended``, those arranged; ``negatives``, a sample of those that are false;
        ``law`` (8, 4, 8) P(p | c_s, c_o); ``predicates`` and ``shapes``, names; ``occluder_box``
        (4,), zeros if there is none.

    Raises
    ------
    ValueError
        If a value is out of its range, the objects are smaller than can be told or do not fit, or
        more negatives are wanted than there are false triples.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    scene_vectors : scenes as feature vectors.
    spatial_relations : the relations between boxes.

    Examples
    --------
    >>> s = scene_image(scene=2)
    >>> s.shape, s.truth["triples"][:2].tolist(), s.truth["predicates"][1]
    ((1, 64, 64, 3), [(0, 1, 1), (0, 3, 1)], 'above')
    """
    world = SceneWorld(
        seed=seed,
        n_basic=len(SHAPES),
        n_color=n_color,
        entities_per_class=entities_per_class,
        n_pred=len(ARRANGED),
        n_features=1,
        sharpness=sharpness,
        zipf=zipf,
    )
    items = _choose(world, split, n_objects, scene)
    looks = _looks(world)
    plan, boxes, radii = _arranged(world, items, looks, size, screen, scene)
    items["radius"] = radii
    covers = np.zeros((n_objects, *screen.shape), np.float32)
    for cover, item, box in zip(covers, items, boxes, strict=True):
        x0, y0, x1, y1 = box
        cover[y0:y1, x0:x1] = shape_patch(SHAPES[item["basic"]], item["radius"])
    masks = covers >= HALF
    hidden = _occluder_box(boxes, occluder, screen, stream(world.seed, f"occluder {scene}"))
    visible = _uncovered(masks, hidden)
    items["visible_part"] = visible.sum(axis=(1, 2)) / masks.sum(axis=(1, 2))
    relations = spatial_relations(boxes)
    negatives = _negatives(relations, n_negatives, stream(world.seed, f"negatives {scene}"))

    def write(t: int, out: Frame) -> None:
        out[:] = FLOOR
        for cover, item, box in zip(covers, items, boxes, strict=True):
            color = _hue(item["color"] / n_color) * _stripes(looks[item["entity"]], box, screen)
            out += cover[..., None] * (color.astype(np.float32) - out)
        x0, y0, x1, y1 = hidden
        out[y0:y1, x0:x1] = OCCLUDER

    truth = {
        "items": items,
        "boxes": boxes,
        "masks": masks,
        "visible": visible,
        "relations": relations,
        "triples": _table(np.argwhere(relations)),
        "intended": _table(np.array([np.arange(1, n_objects), plan.relations, plan.anchors]).T),
        "negatives": negatives,
        "law": world.law,
        "predicates": list(RELATIONS),
        "shapes": list(SHAPES),
        "occluder_box": hidden,
    }
    return Drawing(1, write, truth, color=True)


def _choose(world: SceneWorld, split: str, n: int, scene: int) -> NDArray[np.void]:
    """Return n different entities of a split, as objects."""
    pool = world.entities[world.entities["novel"] == (split == "novel")]
    keys = stream(world.seed, f"objects {scene} {split}").gumbel(size=len(pool))
    chosen = pool[np.argsort(world.zipf * np.log(pool["basic"] + 1.0) - keys)[:n]]
    items = np.zeros(n, ITEM)
    items["object"] = np.arange(n)
    for name in ("entity", "basic", "general", "color"):
        items[name] = chosen[name]
    return items


def _looks(world: SceneWorld) -> NDArray[np.float64]:
    """Return size, stripe orientation (radians) and stripe period (px) of every entity."""
    low, high = zip(SIZES, (0.0, np.pi), PERIODS, strict=True)
    return stream(world.seed, "looks").uniform(low, high, (len(world.entities), 3))


def _arranged(
    world: SceneWorld,
    items: NDArray[np.void],
    looks: NDArray[np.float64],
    size: float,
    screen: Screen,
    scene: int,
) -> tuple:
    """Return a plan, boxes (n, 4) that fulfil it, and radii (n,) in pixels; or raise."""
    rng = stream(world.seed, f"arrangement {scene}")
    own = size * screen.ppd / 2 * looks[items["entity"], 0]
    if own.min() * INSIDE < SMALLEST:
        least = SMALLEST / INSIDE * 2 / screen.ppd / SIZES[0]
        raise invalid(
            "scene_image",
            "size",
            size,
            "makes objects inside others too small to be told",
            f"at least {least:.4g} deg",
            "Raise size or ppd",
        )
    full = screen.shape[::-1]
    for _ in range(PLANS_TRIED):
        plan = draw_plan(items["basic"], world.law, rng)
        radii = own.copy()
        for i, (relation, anchor) in enumerate(zip(plan.relations, plan.anchors, strict=True), 1):
            if ARRANGED[relation] == "inside":
                radii[i] = INSIDE * radii[anchor]
        sides = np.array(
            [
                shape_patch(SHAPES[c], r).shape[::-1]
                for c, r in zip(items["basic"], radii, strict=True)
            ]
        )
        outer = [0, *(i for i, p in enumerate(plan.relations, 1) if ARRANGED[p] != "inside")]
        boxes = None
        if sides[outer].prod(axis=1).sum() < np.prod(screen.shape) and (sides < full).all():
            boxes = arrange(plan, sides, screen.shape, rng)
        if boxes is not None:
            return plan, boxes, radii
    raise invalid(
        "scene_image",
        "size",
        size,
        f"leaves no room for n_objects={len(items)}",
        f"smaller or fewer objects on {screen.size[0]:g} x {screen.size[1]:g} deg",
        "Lower size or n_objects, or enlarge the screen",
    )


def _occluder_box(
    boxes: NDArray[np.int64], occluder: float, screen: Screen, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a box over a random object, moved into the screen; zeros without an occluder."""
    full = np.array(screen.shape[::-1])
    side = np.round(occluder * full).astype(np.int64)
    if occluder > 0 and not side.all():
        raise invalid(
            "scene_image",
            "occluder",
            occluder,
            "is smaller than a pixel",
            f"0, or at least {1 / full.min():.4g}",
            "Enlarge it",
        )
    box = boxes[rng.integers(len(boxes))]
    corner = np.clip((box[:2] + box[2:] - side) // 2, 0, full - side)
    return np.concatenate([corner, corner + side]) * bool(side.all())


def _uncovered(masks: NDArray[np.bool_], hidden: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the (n, H, W) pixels of each object that no later one and no occluder covers."""
    covered = np.zeros(masks.shape[1:], bool)
    x0, y0, x1, y1 = hidden
    covered[y0:y1, x0:x1] = True
    visible = np.empty_like(masks)
    for k in range(len(masks) - 1, -1, -1):
        visible[k] = masks[k] & ~covered
        covered |= masks[k]
    return visible


def _negatives(
    relations: NDArray[np.bool_], n: int | None, rng: np.random.Generator
) -> NDArray[np.void]:
    """Return a sample of false triples between different objects."""
    apart = ~np.eye(len(relations), dtype=bool)[:, None]
    false = np.argwhere(~relations & apart)
    n = min(int(relations.sum()), len(false)) if n is None else n
    if n > len(false):
        raise invalid(
            "scene_image",
            "n_negatives",
            n,
            "is more than there are false triples",
            f"at most {len(false)}",
            "Lower it",
        )
    return _table(false[rng.permutation(len(false))[:n]])


def _table(triples: NDArray[np.int64]) -> NDArray[np.void]:
    table = np.zeros(len(triples), TRIPLE)
    for column, name in enumerate(TRIPLE.names):
        table[name] = triples[:, column]
    return table


def _hue(part: float) -> NDArray[np.float64]:
    """Return the linear RGB of a hue, a part of the circle from red over green to blue."""
    ramp = np.clip(np.abs((part * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    return VALUE * (1 - SATURATION + SATURATION * ramp)


def _stripes(
    look: NDArray[np.float64], box: NDArray[np.int64], screen: Screen
) -> NDArray[np.float64]:
    """Return (H, W, 1) how much an entity's stripes darken, fixed to the centre of its box."""
    _, orientation, period = look
    height, width = screen.shape
    x = np.arange(width) + 0.5 - (box[0] + box[2]) / 2
    y = (box[1] + box[3]) / 2 - np.arange(height)[:, None] - 0.5
    across = x * np.sin(orientation) - y * np.cos(orientation)
    return (1 - STRIPES * (0.5 - 0.5 * np.cos(2 * np.pi * across / period)))[..., None]
