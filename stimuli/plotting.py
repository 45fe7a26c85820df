"""Pictures of stimuli with what is true of them drawn on top."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import invalid
from .files.pictures import encode_srgb
from .registry import entry, make, names

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .stimulus import Stimulus

ARROW = "#D55E00"  # vermilion of Okabe & Ito: seen by the colour-blind, on grey as on black
BOX = "#0072B2"  # blue of the same palette
ARROWS_ACROSS = 9  # where everything moves
ARROWS_IN_ALL = 40  # where little does
LONGEST = 0.08  # longest arrow as a part of the field
STILL = 1e-6  # px/frame: slower is not drawn
TILE = 2.0  # inches, of the gallery


def plot(
    stimulus: "Stimulus", *, frame: int | None = None, truth: bool = True, ax: "Axes | None" = None
) -> "Axes":
    """Draw one frame, with the flow as arrows and the boxes of its items.

    Parameters
    ----------
    stimulus
        What to draw. A full field is drawn as its luminance over time; what is not a picture as a
        map of time (down) by unit, or as a path if it has two coordinates.
    frame
        Number of the frame; None is the middle one.
    truth
        Whether arrows and boxes are drawn.
    ax
        Matplotlib axes; None makes new ones.

    Returns
    -------
    ax
        Axes in degrees for a picture; the title says how much time an arrow stands for.

    Raises
    ------
    ValueError
        If there is no such frame.

    Examples
    --------
    >>> import stimuli
    >>> stimuli.plot(stimuli.grating(duration=0.25)).get_xlabel()
    'x (deg)'
    """
    import matplotlib.pyplot as plt

    t = stimulus.n_frames // 2 if frame is None else frame
    if not 0 <= t < stimulus.n_frames:
        raise invalid(
            "plot", "frame", frame, "is not there", f"0 <= frame < {stimulus.n_frames}", "Choose it"
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(4, 4), layout="constrained")
    ax.set_title(stimulus.name)
    if stimulus.ppd is None:
        _draw_other(stimulus, t, ax)
        return ax
    if stimulus.n_frames > 1 and np.ptp(stimulus.frames[t]) == 0:
        _draw_full_field(stimulus, t, ax)
        return ax
    half = np.array(stimulus.shape[1:3]) / stimulus.ppd / 2
    extent = (-half[1], half[1], -half[0], half[0])
    _show(stimulus.frames[t], ax, extent)
    ax.set(xlabel="x (deg)", ylabel="y (deg)")
    if truth:
        _draw_flow(stimulus, t, ax, extent)
        _draw_boxes(stimulus, t, ax, extent)
    return ax


def _show(image: NDArray[np.float32], ax: "Axes", extent: Any = None) -> None:
    signal = encode_srgb(np.clip(image, 0, 1))  # so that a monitor shows linear light
    ax.imshow(signal, cmap="gray", vmin=0, vmax=1, extent=extent, interpolation="nearest")


def _draw_full_field(stimulus: "Stimulus", t: int, ax: "Axes") -> None:
    light = stimulus.frames.reshape(stimulus.n_frames, -1).mean(axis=1)
    seconds = np.arange(stimulus.n_frames) / stimulus.fps
    ax.plot(seconds, light, color=BOX, linewidth=1)
    ax.plot(seconds[t], light[t], "o", color=ARROW)
    ax.set(xlabel="time (s)", ylabel="mean luminance", ylim=(-0.05, 1.05))


def _draw_other(stimulus: "Stimulus", t: int, ax: "Axes") -> None:
    frames = stimulus.frames
    if frames.ndim == 4 or (frames.ndim == 3 and min(frames.shape[1:]) > 2):
        aspect = "equal" if max(frames.shape[1:3]) < 3 * min(frames.shape[1:3]) else "auto"
        ax.imshow(frames[t], cmap="gray", interpolation="nearest", aspect=aspect)
        ax.set(xlabel="column", ylabel="row")
    elif frames.ndim == 2 and frames.shape[1] == 2:
        for x1, y1, x2, y2 in stimulus.truth.get("walls", ()):
            ax.plot((x1, x2), (y1, y2), color="black", linewidth=2)
        ax.plot(*frames.T, color=BOX, linewidth=1)
        ax.plot(*frames[0], "o", color=ARROW)
        ax.set(xlabel="x", ylabel="y", aspect="equal")
    else:
        flat = frames.reshape(len(frames), -1)
        ax.imshow(flat, cmap="gray", aspect="auto", interpolation="nearest")
        ax.set(xlabel="unit", ylabel="step")


def _draw_flow(stimulus: "Stimulus", t: int, ax: "Axes", extent: tuple[float, ...]) -> None:
    """Draw the flow on a coarse grid; every arrow stands for the same stretch of time."""
    if "flow" not in stimulus.truth or stimulus.n_frames < 2:
        return
    t = min(t, stimulus.n_frames - 2)
    flow, valid = stimulus.truth["flow"][t], stimulus.truth["valid"][t]
    height, width = valid.shape
    step = max(1, max(height, width) // ARROWS_ACROSS)
    rows, columns = np.mgrid[step // 2 : height : step, step // 2 : width : step]
    moving = valid & (np.hypot(flow[..., 0], flow[..., 1]) > STILL)
    if moving.mean() < 0.1:  # sparse: dots, elements; take some of the pixels that move
        places = np.argwhere(moving)
        rows, columns = places[:: max(1, len(places) // ARROWS_IN_ALL)].T
    rows, columns = rows[moving[rows, columns]], columns[moving[rows, columns]]
    if rows.size == 0:
        return
    way = flow[rows, columns] / stimulus.ppd  # deg per frame, v down
    n_frames = LONGEST * (extent[1] - extent[0]) / np.hypot(*way.T).max()
    n_frames = max(1.0, float(f"{n_frames:.1g}"))
    x = (columns + 0.5) / stimulus.ppd + extent[0]
    y = extent[3] - (rows + 0.5) / stimulus.ppd
    ax.quiver(
        x, y, n_frames * way[:, 0], -n_frames * way[:, 1], color=ARROW, angles="xy",
        scale_units="xy", scale=1, width=0.008,
    )  # fmt: skip
    ax.set_title(f"{stimulus.name}\narrow: {1000 * n_frames / stimulus.fps:.3g} ms")


def _draw_boxes(stimulus: "Stimulus", t: int, ax: "Axes", extent: tuple[float, ...]) -> None:
    """Draw the boxes of the items; that of a target is dashed, in the colour of the arrows."""
    from matplotlib.patches import Rectangle

    if "boxes" not in stimulus.truth:
        return
    boxes = np.asarray(stimulus.truth["boxes"])  # left, top, right, bottom in px, ends excluded
    boxes = boxes[t] if boxes.ndim == 3 else boxes
    names = getattr(stimulus.truth.get("items"), "dtype", np.dtype(bool)).names or ()
    searched = "is_target" in names
    targets = stimulus.truth["items"]["is_target"] if searched else np.zeros(len(boxes), bool)
    for (left, top, right, bottom), target in zip(boxes, targets, strict=True):
        if right <= left:  # not seen in this frame
            continue
        corner = extent[0] + left / stimulus.ppd, extent[3] - bottom / stimulus.ppd
        style = {"edgecolor": ARROW, "linestyle": "--"} if target else {"edgecolor": BOX}
        sides = (right - left) / stimulus.ppd, (bottom - top) / stimulus.ppd
        ax.add_patch(Rectangle(corner, *sides, fill=False, linewidth=1.2, **style))


def gallery(
    family: str | None = None, *, only: Iterable[str] | None = None, columns: int = 6
) -> "Figure":
    """Draw every stimulus once, as its entry in the registry shows it best.

    Parameters
    ----------
    family
        One of the families of `names`; None draws all.
    only
        Names to draw, instead of a family.
    columns
        Tiles in a row.

    Returns
    -------
    figure
        Matplotlib figure; arrows are the true flow, boxes the true items.

    Raises
    ------
    ValueError
        If there is no such family.

    Examples
    --------
    >>> import stimuli
    >>> len(stimuli.gallery(only=["grating", "gabor"], columns=2).axes)
    2
    """
    import matplotlib.pyplot as plt

    chosen = list(only) if only is not None else names(family)
    n_rows = -(-len(chosen) // columns)
    figure, grid = plt.subplots(
        n_rows,
        columns,
        figsize=(TILE * columns, (TILE + 0.4) * n_rows),
        layout="constrained",
        squeeze=False,
    )
    for name, ax in zip(chosen, grid.flat, strict=False):
        plot(make(name, **entry(name).picture), ax=ax)
        ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
        ax.title.set_fontsize(8)
    for ax in grid.flat[len(chosen) :]:
        ax.remove()
    return figure
