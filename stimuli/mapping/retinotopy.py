"""Retinotopic mapping with bars, wedges and rings."""

from typing import Annotated

import numpy as np

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import (
    ApertureSize,
    Choice,
    Contrast,
    Integer,
    MeanLuminance,
    Number,
    Numbers,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator
from stimuli.screen import unit_vector

from .retinotopy_runs import (
    BLANK,
    LARGE_RUN,
    RUN_SCREEN,
    SMALL_RUN,
    TR,
    Blank,
    Flicker,
    NCycles,
    Period,
    RunCarrier,
    Scale,
    WedgeWidth,
    between_blanks,
    check_no_gaps,
    check_width,
    polar_grid,
    run_drawing,
    whole_volumes,
    with_blank,
)

SWEEPS = (0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)


@generator(
    reference="In the style of Dumoulin & Wandell (2008), NeuroImage 39, 647-660",
    family="mapping",
    examples=(
        {"screen": SMALL_RUN, "n_steps": 8, "tr": 0.5, "blank": 1.0, "flicker": 4},
        {
            "screen": SMALL_RUN,
            "directions": (20, 200),
            "n_steps": 8,
            "tr": 0.5,
            "blank": 0,
            "flicker": 2,
            "carrier": "color_noise",
            "width": 1.0,
        },
    ),
    picture={
        "screen": LARGE_RUN,
        "directions": (45,),
        "n_steps": 8,
        "tr": 0.5,
        "blank": 0,
        "flicker": 4,
        "carrier": "color_noise",
    },
)
def retinotopic_bars(
    *,
    directions: Annotated[
        tuple[float, ...],
        Numbers("Direction of each sweep, one after the other", "degrees", one_for_all=False),
    ] = SWEEPS,
    width: Annotated[
        float | None,
        Number("Width of the bar; None: a quarter of the radius", "deg", True, above=0),
    ] = None,
    n_steps: Annotated[int, Integer("Places of the bar in each sweep", at_least=2)] = 20,
    tr: TR = 1.5,
    blank: Blank = 30.0,
    sweeps_per_blank: Annotated[
        int, Integer("Sweeps from one blank to the next; the last blank ends the run", at_least=1)
    ] = 2,
    carrier: RunCarrier = "checkerboard",
    flicker: Flicker = 8.0,
    aperture_size: ApertureSize = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = RUN_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Bar that steps across a disc in eight directions, once per volume, for pRF mapping.

    L = L0 (1 + C A m), A the aperture, m the carrier. The bar's middle goes from -(R - w/2) to
    R - w/2 in equal steps, so that the bars of each sweep together are the disc. Blanks follow
    every ``sweeps_per_blank`` sweeps. Where a run is too long to hold at the display's size, use
    `stream`: the frames come one by one, and ``truth["aperture"]`` has one picture per volume.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``aperture`` (V, H, W) bool, one per volume;
        ``position`` (V,) deg of the bar's middle along its direction, and ``direction`` (V,), NaN
        in blanks; ``sweep`` (V,), -1 in blanks; ``volume`` (T,) of each frame; ``tr`` s;
        ``width`` deg; ``disc`` (H, W) bool; ``update_frames``; ``clip_sd`` of a noise carrier.

    Raises
    ------
    ValueError
        If a value is out of its range, the bar is narrower than a pixel or wider than the disc, its
        steps leave gaps, tr is not a whole number of frames, a blank not a whole number of volumes,
        the flicker does not divide fps, the disc does not fit, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = retinotopic_bars(directions=(0, 90), n_steps=10, blank=3)
    >>> s.shape, s.truth["aperture"].shape, s.truth["position"][:2].round(2).tolist()
    ((264, 64, 64), (22, 64, 64), [-7.0, -5.44])
    """
    name = "retinotopic_bars"
    grid = polar_grid(name, screen, aperture_size)
    width = grid.radius / 4 if width is None else width
    check_width(name, "width", width, width * screen.ppd)
    if width >= 2 * grid.radius:
        raise invalid(
            name,
            "width",
            width,
            "leaves the bar no room to move",
            f"less than the diameter of the disc, {2 * grid.radius:g} deg",
            "Narrow the bar",
        )
    reach = grid.radius - width / 2
    middles = np.linspace(-reach, reach, n_steps)
    check_no_gaps(name, "n_steps", n_steps, middles[1] - middles[0], width)
    n_blank = whole_volumes(name, "blank", blank, tr, screen, at_least=0)
    sweeps = np.arange(len(directions) * n_steps).reshape(-1, n_steps)
    blanks = np.full(n_blank, BLANK)
    parts = []
    for k, sweep in enumerate(sweeps, start=1):
        parts += [sweep, blanks] if k % sweeps_per_blank == 0 else [sweep]
    places = np.concatenate(parts)
    vectors = [unit_vector(direction) for direction in directions]
    direction = np.repeat(np.mod(directions, 360.0), n_steps)
    truth = {
        "position": with_blank(np.tile(middles, len(directions)), places),
        "direction": with_blank(direction, places),
        "sweep": np.where(places == BLANK, BLANK, places // n_steps).astype(np.int16),
        "width": width,
    }
    return run_drawing(
        name,
        grid,
        places=places,
        mask=lambda place: grid.bar(vectors[place // n_steps], middles[place % n_steps], width),
        tr=tr,
        carrier=carrier,
        flicker=flicker,
        contrast=contrast,
        mean_luminance=mean_luminance,
        seed=seed,
        truth=truth,
    )


@generator(
    reference="Sereno et al. (1995), Science 268, 889-893: phase-encoded polar angle",
    family="mapping",
    examples=(
        {"screen": SMALL_RUN, "period": 4.0, "tr": 0.5, "n_cycles": 2, "flicker": 4},
        {
            "screen": SMALL_RUN,
            "period": 4.0,
            "tr": 0.5,
            "n_cycles": 1,
            "flicker": 4,
            "rotation": "cw",
            "carrier": "noise_1f",
            "blank": 1.0,
        },
    ),
    picture={"screen": LARGE_RUN, "period": 8.0, "tr": 0.5, "n_cycles": 1, "flicker": 4},
)
def retinotopic_wedge(
    *,
    wedge_width: WedgeWidth = 45.0,
    rotation: Annotated[
        str, Choice("Counter-clockwise or clockwise", options=("ccw", "cw"))
    ] = "ccw",
    start: Annotated[float, Number("Polar angle of the wedge's middle at first", "degrees")] = 90.0,
    period: Period = 32.0,
    n_cycles: NCycles = 8,
    tr: TR = 2.0,
    blank: Blank = 0.0,
    carrier: RunCarrier = "checkerboard",
    flicker: Flicker = 8.0,
    aperture_size: ApertureSize = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = RUN_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Wedge that turns around the centre, one step per volume.

    L = L0 (1 + C A m), A the aperture, m the carrier. The wedge turns by 360 tr/period degrees with
    each volume. A ``blank`` comes before the first cycle and after the last.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``aperture`` (V, H, W) bool, one per volume;
        ``polar_angle`` (V,) degrees of the wedge's middle, NaN in blanks; ``volume`` (T,) of each
        frame; ``tr`` s; ``disc`` (H, W) bool; ``update_frames``; ``clip_sd`` of a noise carrier.

    Raises
    ------
    ValueError
        If a value is out of its range, the wedge is narrower than a pixel, its steps leave gaps,
        tr is not a whole number of frames, period or blank not a whole number of volumes, the
        flicker does not divide fps, the disc does not fit, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = retinotopic_wedge(n_cycles=1)
    >>> s.shape, s.truth["polar_angle"][:3].tolist()
    ((256, 64, 64), [90.0, 112.5, 135.0])
    """
    name = "retinotopic_wedge"
    grid = polar_grid(name, screen, aperture_size)
    n_steps = whole_volumes(name, "period", period, tr, screen)
    n_blank = whole_volumes(name, "blank", blank, tr, screen, at_least=0)
    check_width(
        name, "wedge_width", wedge_width, grid.radius * np.radians(wedge_width) * screen.ppd
    )
    check_no_gaps(name, "period", period, 360.0 / n_steps, wedge_width)
    turn = 360.0 if rotation == "ccw" else -360.0
    angles = (start + turn * np.arange(n_steps) / n_steps) % 360.0
    places = between_blanks(np.tile(np.arange(n_steps), n_cycles), n_blank)
    return run_drawing(
        name,
        grid,
        places=places,
        mask=lambda place: grid.wedge(angles[place], wedge_width),
        tr=tr,
        carrier=carrier,
        flicker=flicker,
        contrast=contrast,
        mean_luminance=mean_luminance,
        seed=seed,
        truth={"polar_angle": with_blank(angles, places)},
    )


@generator(
    reference="Sereno et al. (1995), Science 268, 889-893: phase-encoded eccentricity",
    family="mapping",
    examples=(
        {"screen": SMALL_RUN, "period": 4.0, "tr": 0.5, "n_cycles": 2, "flicker": 4},
        {
            "screen": SMALL_RUN,
            "period": 4.0,
            "tr": 0.5,
            "n_cycles": 1,
            "flicker": 4,
            "motion": "contracting",
            "scale": "linear",
            "carrier": "noise_1f",
            "blank": 1.0,
        },
    ),
    picture={"screen": LARGE_RUN, "period": 8.0, "tr": 0.5, "n_cycles": 1, "flicker": 4},
)
def retinotopic_ring(
    *,
    ring_duty: Annotated[
        float,
        Number("Part of the cycle in which each place is stimulated", above=0, below=1),
    ] = 0.25,
    motion: Annotated[
        str, Choice("Which way the ring goes", options=("expanding", "contracting"))
    ] = "expanding",
    scale: Scale = "log",
    period: Period = 32.0,
    n_cycles: NCycles = 8,
    tr: TR = 2.0,
    blank: Blank = 0.0,
    carrier: RunCarrier = "checkerboard",
    flicker: Flicker = 8.0,
    aperture_size: ApertureSize = None,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = RUN_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Ring that expands or contracts, one step per volume.

    L = L0 (1 + C A m), A the aperture, m the carrier. On the scale s(r) = r/R, or ln(1 + r/r0) /
    ln(1 + R/r0) with r0 = 0.75 deg for scale="log", the ring is ``ring_duty`` wide and moves by
    tr/period with each volume; what leaves the disc comes in again at the other end. A ``blank``
    comes before the first cycle and after the last.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``aperture`` (V, H, W) bool, one per volume;
        ``inner`` and ``outer`` (V,) deg, the ring's borders, NaN in blanks; inner > outer where the
        ring is in two parts; ``volume`` (T,) of each frame; ``tr`` s; ``disc`` (H, W) bool;
        ``update_frames``; ``clip_sd`` of a noise carrier.

    Raises
    ------
    ValueError
        If a value is out of its range, the ring is narrower than a pixel, its steps leave gaps, tr
        is not a whole number of frames, period or blank not a whole number of volumes, the flicker
        does not divide fps, the disc does not fit, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = retinotopic_ring(n_cycles=1, scale="linear")
    >>> s.shape, s.truth["outer"][:3].tolist()
    ((256, 64, 64), [2.0, 2.5, 3.0])
    """
    name = "retinotopic_ring"
    grid = polar_grid(name, screen, aperture_size)
    n_steps = whole_volumes(name, "period", period, tr, screen)
    n_blank = whole_volumes(name, "blank", blank, tr, screen, at_least=0)
    narrowest = float(grid.unscaled(ring_duty, scale))  # the innermost, on either scale
    check_width(name, "ring_duty", ring_duty, narrowest * screen.ppd)
    check_no_gaps(name, "period", period, 1 / n_steps, ring_duty)
    step = np.arange(n_steps) / n_steps
    inner = step if motion == "expanding" else (1 - ring_duty - step) % 1.0
    outer = inner + ring_duty
    outer = np.where(outer > 1.0 + 1e-12, outer - 1.0, outer)  # no wrap where it just touches R
    places = between_blanks(np.tile(np.arange(n_steps), n_cycles), n_blank)
    return run_drawing(
        name,
        grid,
        places=places,
        mask=lambda place: grid.ring(inner[place], ring_duty, scale),
        tr=tr,
        carrier=carrier,
        flicker=flicker,
        contrast=contrast,
        mean_luminance=mean_luminance,
        seed=seed,
        truth={
            "inner": with_blank(grid.unscaled(inner, scale), places),
            "outer": with_blank(grid.unscaled(outer, scale), places),
        },
    )
