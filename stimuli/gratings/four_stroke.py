"""Four-stroke apparent motion: a pattern that steps to and fro, and is seen to go on and on."""

from typing import Annotated

import numpy as np

from stimuli.luminance import check_range, lit, window
from stimuli.movie import Drawing, Frame
from stimuli.parameters import (
    SF,
    Aperture,
    ApertureSize,
    Choice,
    Contrast,
    Direction,
    Duration,
    Edge,
    Flag,
    MeanLuminance,
    Number,
    Phase,
    ScreenLike,
    Seed,
    StepCycles,
    StepFrames,
)
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY
from stimuli.truth import uniform_flow

from .jumping import JUMPING, JumpingImage, jumping


@generator(
    reference="Anstis & Rogers (1986), Perception 15, 627-640",
    family="gratings",
    examples=(
        {"screen": TINY, "duration": 0.25},
        {"screen": TINY, "duration": 0.25, "carrier": "noise", "step_frames": 2},
    ),
    picture={"carrier": "noise", "element": 0.25, "step": 0.25, "step_frames": 4},
)
def four_stroke(
    *,
    carrier: Annotated[
        str, Choice("What steps: a sine, binary noise, or an image", options=JUMPING)
    ] = "noise",
    direction: Direction = 0.0,
    sf: SF = 1.0,
    step_cycles: StepCycles = 0.25,
    phase: Phase = 0.0,
    element: Annotated[
        float, Number("Side of a noise element, whole pixels", "deg", above=0)
    ] = 0.0625,
    image: JumpingImage = None,
    step: Annotated[float, Number("Step of noise or image, whole pixels", "deg")] = 0.0625,
    step_frames: StepFrames = 1,
    reverse: Annotated[
        bool, Flag("Whether contrast flips after every second stroke; False: to and fro")
    ] = True,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    aperture: Aperture = None,
    aperture_size: ApertureSize = None,
    edge: Edge = 0.0,
    screen: ScreenLike = DEFAULT_SCREEN,
    duration: Duration = 1.0,
    seed: Seed = 0,
) -> Drawing:
    """Four-stroke apparent motion: frames A, B, -A, -B, over and over.

    B is A one step along ``direction``, -A its negative. From A to B the step is forward; from B
    to -A it is backward with a contrast reversal, which motion energy reads as forward again
    (`reverse_phi`). The pattern goes nowhere, the energy always forward.

    Returns
    -------
    stimulus
        Frames (T, H, W). Truth: ``flow`` (to and fro) and ``valid`` of the pattern's positions;
        ``position`` (T,) 0 for A, 1 for B; ``polarity`` (T,) 1 or -1; ``fourier_direction`` of
        each forward stroke's motion energy, None where a step is ambiguous (or without
        ``reverse``); ``displacement`` deg; ``aperture``.

    Raises
    ------
    ValueError
        If a value is out of its range, sf >= ppd/2, noise elements or steps are not whole pixels,
        or the image does not fit the screen.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = four_stroke(duration=0.1, seed=0)
    >>> s.truth["position"].tolist(), s.truth["polarity"].tolist()
    ([0, 1, 0, 1, 0, 1], [1, 1, -1, -1, 1, 1])
    """
    check_range("four_stroke", mean_luminance, contrast)
    n_frames = screen.n_frames(duration, function="four_stroke")
    weights, seen = window("four_stroke", screen, n_frames, aperture, aperture_size, edge)
    pattern = jumping(
        "four_stroke",
        screen,
        carrier,
        direction=direction,
        sf=sf,
        step_cycles=step_cycles,
        phase=phase,
        element=element,
        image=image,
        step=step,
        seed=seed,
    )
    stroke = np.arange(n_frames) // step_frames
    position = stroke % 2
    polarity = np.where(stroke // 2 % 2, -1, 1) if reverse else np.ones_like(stroke)

    def write(t: int, out: Frame) -> None:
        pattern.place(out, int(position[t]), contrast * float(polarity[t]))

    one_step = np.array(screen.flow(direction, pattern.length * screen.fps))
    truth = {
        "flow": lambda: uniform_flow(screen, n_frames, np.diff(position)[:, None] * one_step),
        "position": position,
        "polarity": polarity,
        "fourier_direction": pattern.fourier_direction(False) if reverse else None,
        "displacement": pattern.length,
    } | seen
    return Drawing(n_frames, lit(write, mean_luminance=mean_luminance, weights=weights), truth)
