"""Random-dot kinematograms."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from .dot_motion import ALGORITHMS, Region, Rules, tracks
from .errors import invalid
from .luminance import check_range, lit
from .movie import Drawing, Frame
from .parameters import (
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    Integer,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from .registry import check_one_given, generator
from .rendering import Canvas, aperture_weights, disc_patches, square_patches
from .screen import DEFAULT_SCREEN, TINY, Screen
from .truth import LazyTruth

DEFAULT_DENSITY = 16.7  # dots/deg^2/s, Britten et al. (1992), J. Neurosci. 12
SQUARE_SIDE = 2  # px, of render="square"
COVERED = 0.5  # a pixel belongs to a dot that covers at least this part of it


@generator(
    reference="Newsome & Pare (1988), J. Neurosci. 8; Pilly & Seitz (2009), Vision Res. 49",
    family="dots",
    examples=(
        {"screen": TINY, "duration": 0.25, "n_dots": 20, "aperture_size": 1.5, "speed": 2.0},
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "speed": 2.0,
            "algorithm": "PSY",
            "lifetime": 0.1,
        },
        {
            "screen": TINY,
            "duration": 0.25,
            "n_dots": 20,
            "aperture_size": 1.5,
            "speed": 2.0,
            "polarity": "mixed",
            "count": "bernoulli",
        },
    ),
    picture={"n_dots": 150, "coherence": 0.8},
)
def rdk(
    *,
    n_dots: Annotated[
        int | None, Integer("Dots per frame, instead of density", "dots", True, at_least=1)
    ] = None,
    density: Annotated[
        float | None, Number("Density; 16.7 if neither is given", "dots/deg^2/s", True, above=0)
    ] = None,
    dot_diameter: Annotated[float, Number("Diameter of a dot", "deg", above=0)] = 0.1,
    speed: Annotated[float, Number("Speed of the dots", "deg/s", at_least=0)] = 5.0,
    direction: Direction = 0.0,
    direction_sd: Annotated[
        float, Number("Spread of the signal dots' own directions", "degrees", at_least=0)
    ] = 0.0,
    coherence: Annotated[
        float, Number("Part that carries the signal", at_least=0, at_most=1)
    ] = 0.5,
    count: Annotated[
        str,
        Choice(
            "Signal dots: exactly round(c N), or each with chance c", options=("exact", "bernoulli")
        ),
    ] = "exact",
    algorithm: Annotated[str, Choice("How dots move", options=(*ALGORITHMS, "PSY"))] = "MN",
    signal_dots: Annotated[
        str, Choice("For PSY: signal dots stay so, or not", options=("same", "different"))
    ] = "same",
    noise_dots: Annotated[
        str, Choice("For PSY: what noise dots do", options=("position", "direction", "walk"))
    ] = "direction",
    lifetime: Annotated[
        float | None, Number("Life of a dot, whole steps; None for ever", "s", True, above=0)
    ] = None,
    polarity: Annotated[
        str,
        Choice("Lighter or darker than the grey, or half each", options=("light", "dark", "mixed")),
    ] = "light",
    border: Annotated[
        str,
        Choice(
            "At the border: wrap on a torus, or a random new place", options=("wrap", "respawn")
        ),
    ] = "wrap",
    render: Annotated[
        str, Choice("Discs at sub-pixel places, or 2 x 2 px squares", options=("disc", "square"))
    ] = "disc",
    aperture: Annotated[str, Choice("Shape of the field", options=("circle", "square"))] = "circle",
    aperture_size: Annotated[float, Number("Diameter or side of the field", "deg", above=0)] = 5.0,
    edge: Edge = 0.0,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Random dots of which a part moves in one direction.

    ``algorithm``: WN, signal dots are chosen anew at every step and noise dots replotted at random.
    MN, the same with three interleaved sets, each shown every third frame. LL, the dots replotted
    last carry the signal, so that none lives longer than 1/(1 - coherence) steps. BM, chosen anew,
    noise dots step the same length in random directions. RD, fixed identity and fixed random
    directions. PSY, ``signal_dots`` and ``noise_dots`` as given. With border="wrap" the ``n_dots``
    are on a square torus that encloses the field, so that density stays uniform. Overlapping dots
    do not add up: the larger coverage wins, or the later dot if polarities are mixed.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``dots``, (rows,) table of frame, dot, x, y, dx, dy (deg, to the
        dot's next place), signal, replotted, age (steps), polarity, visible; ``coherence`` (T,)
        realised; ``signal_steps`` (T,), part that takes the signal's step (a signal dot may die);
        ``flow`` (T-1, H, W, 2) px/frame at the pixels of moving dots, with ``valid``; ``speed``,
        ``direction``, ``aperture``, ``n_dots``, ``step_frames``.

    Raises
    ------
    ValueError
        If a value is out of its range, a dot is smaller than a pixel, a step is larger than half
        the field, there is less than one dot, or n_dots and density are both given.
    TypeError
        If a value is of the wrong kind.

    See Also
    --------
    PsychoPy ``DotStim`` : on-screen counterpart.

    Examples
    --------
    >>> s = rdk(n_dots=100, coherence=0.25, algorithm="BM", duration=0.5, seed=3)
    >>> s.shape, float(s.truth["coherence"].mean())
    ((30, 256, 256), 0.25)
    """
    check_one_given("rdk", n_dots=n_dots, density=density)
    check_range("rdk", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="rdk")
    signal, noise, step_frames = ALGORITHMS.get(algorithm, (signal_dots, noise_dots, 1))
    region = Region(aperture, aperture_size, dot_diameter / 2, wrap=border == "wrap")
    step = speed * step_frames / screen.fps
    _check_geometry(screen, dot_diameter, step, speed, aperture_size, render)
    if n_dots is None:
        n_dots = _count(DEFAULT_DENSITY if density is None else density, region, screen)
    rules = {
        "signal": signal,
        "noise": noise,
        "n_dots": n_dots,
        "coherence": coherence,
        "exact": count == "exact",
        "step": step,
        "direction": direction,
        "direction_sd": direction_sd,
        "lifetime": _life_steps(lifetime, screen, step_frames),
        "polarity": polarity,
        "seed": seed,
    }
    table = _interleaved(rules, region, n_frames, step_frames)
    painter = _Painter(screen, table, dot_diameter, render, mixed=polarity == "mixed")
    kind = aperture if aperture == "circle" else _square_field(screen, aperture_size)
    weights = aperture_weights(screen, kind, aperture_size, edge, function="rdk")

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    truth: LazyTruth = {
        "flow": lambda: painter.flow(step_frames)[0],
        "valid": lambda: painter.flow(step_frames)[1],
        "dots": table.reshape(-1),
        "coherence": table["signal"].mean(axis=1),
        "signal_steps": (table["signal"] & ~table["replotted"]).mean(axis=1),
        "aperture": weights,
        "speed": speed,
        "direction": direction % 360.0,
        "n_dots": n_dots,
        "step_frames": step_frames,
    }
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)


def _check_geometry(
    screen: Screen, dot_diameter: float, step: float, speed: float, size: float, render: str
) -> None:
    if dot_diameter * screen.ppd < 1 and render == "disc":
        raise invalid(
            "rdk",
            "dot_diameter",
            dot_diameter,
            f"is {dot_diameter * screen.ppd:.3g} px",
            f"at least one pixel, {1 / screen.ppd:g} deg",
            "Use larger dots or a higher ppd",
        )
    if step > size / 2:
        raise invalid(
            "rdk",
            "speed",
            speed,
            f"makes a step of {step:.4g} deg",
            f"at most half the field, {size / 2:g} deg",
            "Lower the speed, or enlarge aperture_size",
        )


def _count(density: float, region: Region, screen: Screen) -> int:
    """Return the dots per frame of a density in dots/deg^2/s, on the torus or in the field."""
    area = region.side**2
    if not region.wrap:
        area = region.size**2 * (np.pi / 4 if region.shape == "circle" else 1.0)
    n_dots = round(density * area / screen.fps)
    if n_dots < 1:
        raise invalid(
            "rdk",
            "density",
            density,
            "gives less than one dot per frame",
            f"at least {screen.fps / area:.4g} dots/deg^2/s",
            "Raise the density, or give n_dots",
        )
    return n_dots


def _life_steps(lifetime: float | None, screen: Screen, step_frames: int) -> int | None:
    if lifetime is None:
        return None
    clock = Screen(fps=screen.fps / step_frames)
    try:
        return clock.n_frames(lifetime)
    except ValueError:
        raise invalid(
            "rdk",
            "lifetime",
            lifetime,
            f"is {lifetime * clock.fps:g} steps",
            f"a whole number of steps of {1 / clock.fps:.6g} s, at least one",
            f"Use lifetime={max(round(lifetime * clock.fps), 1) / clock.fps:.9g}",
        ) from None


def _interleaved(rules: dict, region: Region, n_frames: int, step_frames: int) -> NDArray[np.void]:
    """Return the (T, N) table of the dots shown in each frame; sets take turns."""
    n_steps = -(-n_frames // step_frames)
    sets = [tracks(Rules(**rules, name=str(k)), region, n_steps) for k in range(step_frames)]
    table = np.stack(sets, axis=1).reshape(n_steps * step_frames, -1)[:n_frames]
    table["frame"] = np.arange(n_frames)[:, None]
    table["dot"] += (np.arange(n_frames) % step_frames * rules["n_dots"])[:, None].astype("i4")
    return table


def _square_field(screen: Screen, size: float) -> NDArray[np.float32]:
    """Return the (H, W) coverage of a square field."""
    beyond = [
        np.clip((size / 2 - np.abs(axis)) * screen.ppd + 0.5, 0, 1) for axis in (screen.x, screen.y)
    ]
    return (beyond[1][:, None] * beyond[0]).astype(np.float32)


class _Painter:
    """Draws the dots of a table, and their flow, frame by frame."""

    def __init__(
        self,
        screen: Screen,
        table: NDArray[np.void],
        dot_diameter: float,
        render: str,
        *,
        mixed: bool,
    ) -> None:
        self._screen, self._table, self._mixed = screen, table, mixed
        self._diameter = dot_diameter * screen.ppd if render == "disc" else None
        side = self._patches(table[0])[1].shape[1]
        self._canvas = Canvas(screen.shape, side)

    def _patches(self, dots: NDArray[np.void]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        height, width = self._screen.shape
        rows = (height - 1) / 2 - dots["y"] * self._screen.ppd
        columns = (width - 1) / 2 + dots["x"] * self._screen.ppd
        centres = np.stack([rows, columns], axis=1)
        if self._diameter is None:
            return square_patches(centres, SQUARE_SIDE)
        return disc_patches(centres, self._diameter)

    def frame(self, t: int) -> Frame:
        """Return (H, W) in [-1, 1]; valid until the next call."""
        dots = self._table[t]
        corners, covered = self._patches(dots)
        self._canvas.clear()
        if self._mixed:
            self._canvas.lay_in_order(corners, covered, dots["polarity"].astype(np.float32))
            return self._canvas.frame
        self._canvas.lay_brightest(corners, covered)
        return self._canvas.frame if dots["polarity"][0] > 0 else -self._canvas.frame

    def flow(self, step_frames: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return (T-1, H, W, 2) px/frame and (T-1, H, W) bool, at the pixels of moving dots."""
        n_flows = len(self._table) - 1
        flow = np.zeros((n_flows, *self._screen.shape, 2), np.float32)
        valid = np.zeros((n_flows, *self._screen.shape), bool)
        scale = self._screen.ppd / step_frames
        for t in range(n_flows):
            dots = self._table[t][~self._table[t]["replotted"]]
            corners, covered = self._patches(dots)
            covered = (covered >= COVERED).astype(np.float32)
            for axis, way in enumerate((dots["dx"] * scale, -dots["dy"] * scale)):
                self._canvas.clear()
                self._canvas.lay_in_order(corners, covered, way.astype(np.float32))
                flow[t, ..., axis] = self._canvas.frame
            self._canvas.clear()
            self._canvas.lay_brightest(corners, covered)
            valid[t] = self._canvas.frame > 0
        return flow, valid
