"""Pictures of flow: the frame, the flow and the truth side by side, on one scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.flow.colors import checked_top_speed, flow_colors
from stimuli import Stimulus, StimulusSet
from stimuli.files.pictures import encode_srgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.quiver import Quiver

    from neurosim.flow.flow import Flow

_ARROWS_ACROSS = 12  # along the longer side
_PANEL = 3.2  # inches
_OUTLIERS = 0.01  # part of the moving pixels that may be faster than the scale
_NOT_KNOWN = 0.75  # grey where the truth does not hold; no motion is white


class FlowPicture:
    """A figure of one stimulus of a flow that can show one moment after the other.

    Parameters
    ----------
    figure
        An empty matplotlib figure with a constrained layout.
    flow
        What is drawn.
    stimulus
        What was shown, or None; of a set, number ``index`` is drawn.
    index
        Number of the stimulus in the flow.
    moments
        Which moments will be shown; what is fast in them sets the scale.
    top_speed
        px/frame of the full colour and the longest arrow; None takes the speed
        that 99 % of the moving pixels stay below. What is faster gets the full colour, and the
        legend says "≥".
    """

    def __init__(
        self,
        figure: Figure,
        flow: Flow,
        stimulus: Stimulus | StimulusSet | None,
        index: int,
        moments: range,
        top_speed: float | None,
    ) -> None:
        self._flow, self._index = flow, index
        self._stimulus = _shown(flow, stimulus, index)
        known = self._stimulus is not None and "flow" in self._stimulus.truth
        speeds = [
            _speeds(field, valid)
            for moment in moments
            for field, valid in self._fields(moment, known)
        ]
        usual, self._fastest = np.max(speeds, axis=0)
        given = top_speed is not None
        self.top_speed = checked_top_speed(top_speed, "plot") if given else float(usual) or 1.0

        names = ["frame"] * (self._stimulus is not None) + ["flow"] + ["truth"] * known
        ratios = [1.0] * len(names) + [0.55]
        height, width = flow.field.shape[2:4]
        figure.set_size_inches(
            _PANEL * sum(ratios), _PANEL * min(max(height / width, 0.6), 1.6) + 0.9
        )
        *panels, wheel = figure.subplots(1, len(ratios), width_ratios=ratios)
        self._panels = dict(zip(names, panels, strict=True))
        self._drawn: dict[str, tuple[AxesImage, Quiver | None]] = {}
        self._draw_wheel(wheel)

    def _fields(
        self, moment: int, known: bool
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
        """Yield the flow of a moment, then the truth if there is one, and where they hold."""
        field = self._flow.field[self._index, moment]
        yield field, np.ones(field.shape[:2], bool)
        if known:
            frame = int(self._flow.frames[moment])
            truth = self._stimulus.truth
            valid = truth["valid"][frame] if "valid" in truth else np.ones(field.shape[:2], bool)
            yield np.where(valid[..., None], truth["flow"][frame], np.float32(0)), valid

    def show(self, moment: int) -> None:
        """Draw moment number ``moment`` of the flow."""
        frame = int(self._flow.frames[moment])
        if "frame" in self._panels:
            self._put("frame", encode_srgb(self._stimulus.frames[frame].clip(0, 1)), None)
            self._panels["frame"].set_title(f"{self._stimulus.name}, frame {frame}", fontsize=10)
        self._panels["flow"].set_title(f"flow, frame {frame} to {frame + 1}", fontsize=10)
        fields = list(self._fields(moment, "truth" in self._panels))
        for name, (field, valid) in zip(("flow", "truth"), fields, strict=False):
            colors = flow_colors(field, self.top_speed)
            self._put(name, np.where(valid[..., None], colors, _NOT_KNOWN), (field, valid))
        if len(fields) == 2:
            (seen, _), (true, valid) = fields
            title = "truth"
            if valid.any():
                error = np.linalg.norm(seen - true, axis=-1)[valid].mean()
                title += f": mean error {error:.2g} px/frame"
            if not valid.all():
                title += "\n(grey: no truth)"
            self._panels["truth"].set_title(title, fontsize=10)

    def _put(self, name: str, image: NDArray, arrows: tuple[Any, Any] | None) -> None:
        if name in self._drawn:
            picture, quiver = self._drawn[name]
            picture.set_data(image)
            if quiver is not None:
                *_, u, v = self._arrows(*arrows)
                quiver.set_UVC(u, v)
            return
        ax = self._panels[name]
        height, width = image.shape[:2]
        scale = self._flow.ppd or 1.0
        right, top = width / 2 / scale, height / 2 / scale
        extent = (-right, right, -top, top)
        picture = ax.imshow(
            image, cmap="gray", vmin=0, vmax=1, extent=extent, interpolation="nearest"
        )
        ax.set_xlabel("x (deg)" if self._flow.ppd else "x (px from the centre)")
        if not self._drawn:
            ax.set_ylabel("y (deg)" if self._flow.ppd else "y (px from the centre)")
        quiver = None if arrows is None else self._quiver(ax, *self._arrows(*arrows))
        self._drawn[name] = picture, quiver

    def _arrows(self, field: NDArray, valid: NDArray[np.bool_]) -> tuple[Any, Any, Any, Any]:
        """Return places (px from the centre, y up) and arrows, the mean of each cell of a grid.

        An arrow of the top speed is as long as a cell. Cells that hold no truth have no arrow.
        """
        height, width = valid.shape
        cell = max(1, -(-max(height, width) // _ARROWS_ACROSS))
        rows, columns = np.arange(0, height, cell), np.arange(0, width, cell)

        def total(values: NDArray) -> NDArray:
            return np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)

        n = total(valid.astype(np.float64))[..., None]
        mean = total(np.where(valid[..., None], field, 0).astype(np.float64)) / np.maximum(n, 1)
        arrows = np.ma.masked_where(np.broadcast_to(n == 0, mean.shape), mean)
        arrows = arrows * (cell / self.top_speed)
        x = (columns + np.append(columns[1:], width)) / 2 - width / 2
        y = height / 2 - (rows + np.append(rows[1:], height)) / 2
        scale = self._flow.ppd or 1.0
        return *np.meshgrid(x / scale, y / scale), arrows[..., 0] / scale, -arrows[..., 1] / scale

    def _quiver(self, ax: Axes, x: Any, y: Any, u: Any, v: Any) -> Quiver:
        return ax.quiver(
            x, y, u, v, angles="xy", scale_units="xy", scale=1, pivot="mid", width=0.007,
            color="black",
        )  # fmt: skip

    def _draw_wheel(self, ax: Axes) -> None:
        """Draw the legend: the colour of every velocity up to the top speed."""
        across = np.linspace(-1, 1, 201)
        u, v = np.meshgrid(across, across)  # row 0 is at the top, where v is negative
        wheel = flow_colors(np.stack([u, v], axis=-1), 1.0)
        inside = (np.hypot(u, v) <= 1).astype(float)
        ax.imshow(np.dstack([wheel, inside]), extent=(-1, 1, -1, 1), interpolation="nearest")
        for direction, place in ((0, "left"), (90, "center"), (180, "right"), (270, "center")):
            x, y = np.cos(np.radians(direction)), np.sin(np.radians(direction))
            below = {90: "bottom", 270: "top"}.get(direction, "center")
            ax.text(1.1 * x, 1.1 * y, f"{direction}°", ha=place, va=below, fontsize=8)
            ax.annotate(
                "", (0.95 * x, 0.95 * y), (0.55 * x, 0.55 * y), arrowprops={"arrowstyle": "->"}
            )
        ax.plot(0, 0, ".", color="black", markersize=3)
        more = "≥ " if self._fastest > self.top_speed * (1 + 1e-6) else ""
        speed = f"rim: {more}{self.top_speed:.3g} px/frame"
        if self._flow.ppd and self._flow.fps:
            speed += f"\n= {self.top_speed * self._flow.fps / self._flow.ppd:.3g} deg/s"
        ax.set_title("direction and speed", fontsize=9, pad=14)
        ax.text(0, -1.5, f"{speed}\ncentre: still", ha="center", va="top", fontsize=9)
        ax.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
        ax.axis("off")


def _speeds(field: NDArray[np.float32], valid: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the speed that all but the fastest 1 % of what moves stay below, and the highest."""
    speed = np.hypot(field[..., 0], field[..., 1])[valid]
    moving = speed[speed > 0]
    if moving.size == 0:
        return 0.0, 0.0
    return float(np.quantile(moving, 1 - _OUTLIERS)), float(moving.max())


def _shown(flow: Flow, stimulus: Any, index: int) -> Stimulus | None:
    """Return the stimulus to draw beside number ``index`` of the flow, checked to fit it."""
    n_stimuli, _, height, width, _ = flow.field.shape
    if not 0 <= index < n_stimuli:
        raise _refused("index", index, "is not there", f"0 <= index < {n_stimuli}", "Choose one")
    if stimulus is None:
        return None
    if isinstance(stimulus, StimulusSet):
        if len(stimulus) != n_stimuli:
            problem = f"holds {len(stimulus)} stimuli"
            raise _refused("stimulus", stimulus, problem, f"{n_stimuli}", "Give what was shown")
        stimulus = stimulus[index]
    elif not isinstance(stimulus, Stimulus):
        raise TypeError(
            refusal(
                "plot",
                "stimulus",
                stimulus,
                f"is of type {type(stimulus).__name__}",
                "a Stimulus, a StimulusSet or None",
                "Wrap frames with stimuli.Stimulus(frames)",
            )
        )
    last = int(flow.frames[-1])
    if stimulus.shape[1:3] != (height, width) or stimulus.n_frames < last + 2:
        expected = f"{last + 2} frames or more of {height} x {width} px"
        raise _refused("stimulus", stimulus, "does not fit the flow", expected, "Give what it saw")
    return stimulus


def moment_of(flow: Flow, frame: int | None) -> int:
    """Return the place of a frame in a flow, that of the middle for None.

    Raises
    ------
    ValueError
        If the flow has no such frame.
    """
    if frame is None:
        return len(flow.frames) // 2
    found = np.flatnonzero(flow.frames == frame)
    if len(found) == 0:
        first, last = flow.frames[[0, -1]]
        known = f"one of flow.frames, {first} to {last}"
        raise _refused("frame", frame, "is not in the flow", known, "Use None for the middle")
    return int(found[0])


def _refused(parameter: str, value: object, problem: str, expected: str, remedy: str) -> ValueError:
    return ValueError(refusal("plot", parameter, value, problem, expected, remedy))
