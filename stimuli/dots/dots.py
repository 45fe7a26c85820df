"""Random-dot kinematograms."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.luminance import check_range, lit
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY

from .dot_display import (
    Border,
    Coherence,
    DotDensity,
    DotDiameter,
    DotSpeed,
    FieldShape,
    FieldSize,
    Lifetime,
    NDots,
    Polarity,
    check_dot_size,
    check_step,
    count_dots,
    field_weights,
    life_steps,
)
from .dot_motion import ALGORITHMS, Region, Rules, tracks
from .dot_painting import DotPainter


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
    n_dots: NDots = None,
    density: DotDensity = None,
    dot_diameter: DotDiameter = 0.1,
    speed: DotSpeed = 5.0,
    direction: Direction = 0.0,
    direction_sd: Annotated[
        float, Number("Spread of the signal dots' own directions", "degrees", at_least=0)
    ] = 0.0,
    coherence: Coherence = 0.5,
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
    lifetime: Lifetime = None,
    polarity: Polarity = "light",
    border: Border = "wrap",
    render: Annotated[
        str, Choice("Discs at sub-pixel places, or 2 x 2 px squares", options=("disc", "square"))
    ] = "disc",
    aperture: FieldShape = "circle",
    aperture_size: FieldSize = 5.0,
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
    check_range("rdk", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="rdk")
    signal, noise, step_frames = ALGORITHMS.get(algorithm, (signal_dots, noise_dots, 1))
    region = Region(aperture, aperture_size, dot_diameter / 2, wrap=border == "wrap")
    step = speed * step_frames / screen.fps
    if render == "disc":
        check_dot_size("rdk", dot_diameter, screen)
    check_step("rdk", speed, step, aperture_size)
    n_dots = count_dots("rdk", n_dots, density, region.area, screen)
    rules = {
        "signal": signal,
        "noise": noise,
        "n_dots": n_dots,
        "coherence": coherence,
        "exact": count == "exact",
        "step": step,
        "direction": direction,
        "direction_sd": direction_sd,
        "lifetime": life_steps("rdk", lifetime, screen, step_frames),
        "polarity": polarity,
        "seed": seed,
    }
    table = _interleaved(rules, region, n_frames, step_frames)
    painter = DotPainter(screen, table, dot_diameter, render)
    weights = field_weights(screen, aperture, aperture_size, edge)

    def write(t: int, out: Frame) -> None:
        np.multiply(painter.frame(t), contrast, out=out)

    truth = painter.flow_truth(step_frames) | {
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


def _interleaved(rules: dict, region: Region, n_frames: int, step_frames: int) -> NDArray[np.void]:
    """Return the (T, N) table of the dots shown in each frame; sets take turns."""
    n_steps = -(-n_frames // step_frames)
    sets = [tracks(Rules(**rules, name=str(k)), region, n_steps) for k in range(step_frames)]
    table = np.stack(sets, axis=1).reshape(n_steps * step_frames, -1)[:n_frames]
    table["frame"] = np.arange(n_frames)[:, None]
    table["dot"] += (np.arange(n_frames) % step_frames * rules["n_dots"])[:, None].astype("i4")
    return table
