"""Mapping with whole sectors of the visual field: meridians, and many sectors at once."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.errors import invalid
from stimuli.movie import Drawing
from stimuli.parameters import (
    ApertureSize,
    Contrast,
    Integer,
    MeanLuminance,
    Number,
    ScreenLike,
    Seed,
)
from stimuli.registry import generator

from .m_sequences import NLags, Order, m_sequence, shifted_starts
from .polar_grid import PolarGrid
from .retinotopy_runs import (
    LARGE_RUN,
    RUN_SCREEN,
    SMALL_RUN,
    TR,
    Blank,
    Flicker,
    NCycles,
    RunCarrier,
    Scale,
    WedgeWidth,
    between_blanks,
    check_width,
    polar_grid,
    run_drawing,
    whole_volumes,
    with_blank,
)

HORIZONTAL, VERTICAL = 0, 1
SECTOR = np.dtype(
    [("inner", "f8"), ("outer", "f8"), ("from_angle", "f8"), ("to_angle", "f8"), ("start", "i4")]
)


@generator(
    reference="DeYoe et al. (1996), Proc. Natl. Acad. Sci. USA 93, 2382-2386: meridians as borders",
    family="mapping",
    examples=(
        {"screen": SMALL_RUN, "block": 2.0, "tr": 0.5, "n_cycles": 2, "flicker": 4},
        {
            "screen": SMALL_RUN,
            "block": 2.0,
            "tr": 0.5,
            "n_cycles": 1,
            "flicker": 2,
            "carrier": "noise_1f",
            "blank": 1.0,
        },
    ),
    picture={"screen": LARGE_RUN, "block": 2.0, "tr": 0.5, "n_cycles": 1, "flicker": 4},
)
def meridian(
    *,
    wedge_width: WedgeWidth = 30.0,
    block: Annotated[
        float, Number("Time on each meridian, a whole number of volumes", "s", above=0)
    ] = 16.0,
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
    """Bow ties along the horizontal and the vertical meridian, in turn.

    L = L0 (1 + C A m), A the aperture, m the carrier: two opposite wedges, ``wedge_width`` wide. A
    cycle is one block of each, the horizontal first. A ``blank`` comes before the first cycle and
    after the last.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``aperture`` (V, H, W) bool, one per volume;
        ``meridian_angle`` (V,), 0 or 90 degrees, NaN in blanks; ``volume`` (T,) of each frame;
        ``tr`` s; ``disc`` (H, W) bool; ``update_frames``; ``clip_sd`` of a noise carrier.

    Raises
    ------
    ValueError
        If a value is out of its range, a wedge is narrower than a pixel, tr is not a whole number
        of frames, block or blank not a whole number of volumes, the flicker does not divide fps,
        the disc does not fit, or the luminance would leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = meridian(n_cycles=1)
    >>> s.shape, s.truth["meridian_angle"][[0, -1]].tolist()
    ((256, 64, 64), [0.0, 90.0])
    """
    name = "meridian"
    grid = polar_grid(name, screen, aperture_size)
    n_block = whole_volumes(name, "block", block, tr, screen)
    n_blank = whole_volumes(name, "blank", blank, tr, screen, at_least=0)
    check_width(
        name, "wedge_width", wedge_width, grid.radius * np.radians(wedge_width) * screen.ppd
    )
    cycle = np.repeat([HORIZONTAL, VERTICAL], n_block)
    places = between_blanks(np.tile(cycle, n_cycles), n_blank)
    angles = np.array([0.0, 90.0])
    ties = [grid.wedge(a, wedge_width) | grid.wedge(a + 180, wedge_width) for a in angles]
    return run_drawing(
        name,
        grid,
        places=places,
        mask=lambda place: ties[place],
        tr=tr,
        carrier=carrier,
        flicker=flicker,
        contrast=contrast,
        mean_luminance=mean_luminance,
        seed=seed,
        truth={"meridian_angle": with_blank(angles, places)},
    )


@generator(
    reference="Multifocal fMRI, as in Henriksson et al. (2012), PLoS ONE 7, e36859",
    family="mapping",
    examples=(
        {
            "screen": SMALL_RUN,
            "n_rings": 2,
            "n_sectors": 4,
            "order": 5,
            "n_lags": 3,
            "tr": 0.5,
            "flicker": 4,
        },
        {
            "screen": SMALL_RUN,
            "n_rings": 1,
            "n_sectors": 4,
            "order": 4,
            "n_lags": 3,
            "tr": 0.5,
            "flicker": 2,
            "carrier": "color_noise",
        },
    ),
    picture={"screen": LARGE_RUN, "order": 6, "n_lags": 2, "tr": 0.5, "flicker": 4},
)
def multifocal(
    *,
    n_rings: Annotated[int, Integer("Rings of sectors", at_least=1)] = 3,
    n_sectors: Annotated[int, Integer("Sectors in each ring, the first from 0", at_least=1)] = 8,
    scale: Scale = "log",
    order: Order = 8,
    n_lags: NLags = 8,
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
    """Sectors of the visual field that go on and off independently, each by a shifted m-sequence.

    L = L0 (1 + C A m), A the aperture, m the carrier. Sector k is on in the volumes in which the
    m-sequence, started at k floor((2^n - 1)/K), has a 1. The run is one whole period, so that over
    it any two sectors are uncorrelated but for the -1 of the sequence, and stay so for responses of
    up to ``n_lags`` volumes. On the logarithmic scale outer sectors are larger.

    Returns
    -------
    stimulus
        Frames (T, H, W), or (T, H, W, 3). Truth: ``aperture`` (V, H, W) bool, one per volume;
        ``on`` (V, K) bool, the design matrix; ``sectors``, table of inner and outer (deg),
        from_angle and to_angle (degrees) and start; ``labels`` (H, W), the sector of each pixel, -1
        outside; ``volume`` (T,) of each frame; ``tr`` s; ``disc`` (H, W) bool; ``update_frames``;
        ``clip_sd`` of a noise carrier.

    Raises
    ------
    ValueError
        If a value is out of its range, the m-sequence is too short (2^n - 1 < K n_lags), a sector
        is narrower than a pixel, tr is not a whole number of frames, a blank not a whole number of
        volumes, the flicker does not divide fps, the disc does not fit, or the luminance would
        leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = multifocal(n_rings=2, n_sectors=4, order=7)
    >>> s.shape, s.truth["on"].shape, s.truth["on"].sum(axis=0).tolist()
    ((2032, 64, 64), (127, 8), [64, 64, 64, 64, 64, 64, 64, 64])
    """
    name = "multifocal"
    grid = polar_grid(name, screen, aperture_size)
    n_places = n_rings * n_sectors
    starts = shifted_starts(name, order, n_places, n_lags)
    n_blank = whole_volumes(name, "blank", blank, tr, screen, at_least=0)
    labels = _labels(grid, n_rings, n_sectors, scale)
    sequence = m_sequence(order).astype(bool)
    steps = np.arange(len(sequence))
    on = sequence[(steps[:, None] + starts) % len(sequence)]
    places = between_blanks(steps, n_blank)
    shown = np.column_stack([on, np.zeros(len(on), bool)])  # the last is the label -1, outside
    ring, sector = np.divmod(np.arange(n_places), n_sectors)
    sectors = np.empty(n_places, SECTOR)
    sectors["inner"] = grid.unscaled(ring / n_rings, scale)
    sectors["outer"] = grid.unscaled((ring + 1) / n_rings, scale)
    sectors["from_angle"] = sector * 360.0 / n_sectors
    sectors["to_angle"] = (sector + 1) * 360.0 / n_sectors
    sectors["start"] = starts
    return run_drawing(
        name,
        grid,
        places=places,
        mask=lambda place: shown[place][labels],
        tr=tr,
        carrier=carrier,
        flicker=flicker,
        contrast=contrast,
        mean_luminance=mean_luminance,
        seed=seed,
        truth={
            "on": np.pad(on, ((n_blank, n_blank), (0, 0))),
            "sectors": sectors,
            "labels": labels,
        },
    )


def _labels(grid: PolarGrid, n_rings: int, n_sectors: int, scale: str) -> NDArray[np.int16]:
    """Return the sector of each pixel, -1 outside the disc; every sector has room."""
    thickness = float(grid.unscaled(1 / n_rings, scale)) * grid.screen.ppd  # the innermost ring
    check_width("multifocal", "n_rings", n_rings, thickness)
    ring = np.minimum(grid.scaled(scale) * n_rings, n_rings - 1).astype(np.int16)
    sector = np.minimum(grid.angle / 360.0 * n_sectors, n_sectors - 1).astype(np.int16)
    labels = np.where(grid.disc, ring * n_sectors + sector, -1).astype(np.int16)
    if len(np.unique(labels[grid.disc])) < n_rings * n_sectors:
        raise invalid(
            "multifocal",
            "n_sectors",
            n_sectors,
            "makes sectors that hold no pixel",
            "at least one pixel in each",
            "Use fewer sectors, or a screen with a higher ppd",
        )
    return labels
