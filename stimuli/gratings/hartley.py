"""Hartley subspace sequences for reverse correlation of receptive fields."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from stimuli.carriers import sine_carrier
from stimuli.drift import check_sf
from stimuli.luminance import check_range, lit_carrier
from stimuli.movie import Drawing, Frame
from stimuli.parameters import Contrast, Integer, MeanLuminance, ScreenLike, Seed
from stimuli.randomness import frame_stream
from stimuli.registry import generator
from stimuli.screen import DEFAULT_SCREEN, TINY, Screen

ROW = np.dtype(
    [
        ("frame", np.int64),
        ("image", np.int64),
        ("block", np.int64),
        ("kx", np.int64),
        ("ky", np.int64),
        ("sf", np.float64),
        ("orientation", np.float64),
        ("sign", np.int64),
    ]
)


def hartley_set(k_max: int) -> NDArray[np.int64]:
    """Return the waves of a Hartley subspace: all (kx, ky) with 0 < |k| <= k_max, of both signs.

    Parameters
    ----------
    k_max
        Largest number of cycles across the screen.

    Returns
    -------
    waves
        (N, 3) kx (right), ky (up), sign. The uniform field k = 0 is not among them.

    Raises
    ------
    ValueError
        If k_max is less than 1.

    Examples
    --------
    >>> hartley_set(1).tolist()[:3]
    [[-1, 0, -1], [-1, 0, 1], [0, -1, -1]]
    """
    k_max = Integer("Largest |k|", at_least=1).check("hartley_set", "k_max", k_max)
    k = np.arange(-k_max, k_max + 1)
    grid = np.stack(np.meshgrid(k, k, [-1, 1], indexing="ij"), axis=-1).reshape(-1, 3)
    square = grid[:, 0] ** 2 + grid[:, 1] ** 2
    return grid[(square > 0) & (square <= k_max**2)]


@generator(
    reference="Ringach, Sapiro & Shapley (1997), Vision Res. 37, 2455-2464",
    family="gratings",
    examples=(
        {"screen": TINY, "k_max": 1},
        {"screen": Screen(size=(1, 2)), "k_max": 2, "frames_per_image": 1, "n_blocks": 2},
    ),
    picture={"k_max": 3},
)
def hartley(
    *,
    k_max: Annotated[
        int, Integer("Largest |k|, cycles across the screen", "cycles", at_least=1)
    ] = 4,
    frames_per_image: Annotated[
        int, Integer("Frames that each image stays", "frames", at_least=1)
    ] = 2,
    n_blocks: Annotated[
        int, Integer("Blocks; each shows every wave once, in an order of its own", at_least=1)
    ] = 1,
    contrast: Contrast = 1.0,
    mean_luminance: MeanLuminance = 0.5,
    screen: ScreenLike = DEFAULT_SCREEN,
    seed: Seed = 0,
) -> Drawing:
    """Hartley subspace sequence: flashed gratings that span an image space, in random order.

    m = +-cas(2 pi (kx l / W + ky n / H)) / sqrt(2) with cas = cos + sin, and l, n the pixel's
    column from the left and row from the bottom. Over the screen the waves are orthogonal, so that
    the mean response per wave (plus minus minus) gives a receptive field's coefficients.

    Returns
    -------
    stimulus
        Frames (T, H, W), T = waves x frames_per_image x n_blocks. Truth: ``sequence`` (T,), a row
        for each frame with frame, image, block, kx, ky, sf cyc/deg, orientation of the bars in
        degrees, sign; ``n_waves`` per block; ``scale``: cas is m times this, sqrt(2).

    Raises
    ------
    ValueError
        If a value is out of its range, k_max reaches the Nyquist limit, or the luminance would
        leave [0, 1].
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> s = hartley(k_max=2, seed=0)
    >>> s.n_frames, s.truth["n_waves"], len(set(s.truth["sequence"]["image"].tolist()))
    (48, 24, 24)
    """
    check_sf("hartley", k_max / min(screen.size), screen, name="k_max (over the shorter side)")
    check_range("hartley", mean_luminance, contrast)
    waves = hartley_set(k_max)
    n_images = len(waves) * n_blocks
    order = np.concatenate(
        [
            waves[frame_stream(seed, "order", block).permutation(len(waves))]
            for block in range(n_blocks)
        ]
    )
    height, width = screen.size
    fx, fy = order[:, 0] / width, order[:, 1] / height  # cyc/deg
    sf = np.hypot(fx, fy)
    normal = np.degrees(np.arctan2(fy, fx))
    corner = (screen.x[0], screen.y[-1])

    def draw(t: int, out: Frame) -> None:
        i = t // frames_per_image
        wave = sine_carrier(screen, sf=sf[i], direction=normal[i], centre=corner)
        state = (-1 / 8, contrast * order[i, 2])  # cos u + sin u = sqrt(2) cos(u - 1/8 cycle)
        lit_carrier(wave, lambda t: state, mean_luminance=mean_luminance)(t, out)

    table = np.empty(n_images, ROW)
    table["image"] = np.arange(n_images)
    table["block"] = table["image"] // len(waves)
    table["kx"], table["ky"], table["sign"] = order.T
    table["sf"], table["orientation"] = sf, (normal + 90.0) % 180.0
    sequence = np.repeat(table, frames_per_image)
    sequence["frame"] = np.arange(len(sequence))
    truth = {"sequence": sequence, "n_waves": len(waves), "scale": 2**0.5}
    return Drawing(len(sequence), draw, truth)
