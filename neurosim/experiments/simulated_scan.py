"""A scan with known truth: textures that move in two halves of a screen, and voxels that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import stimuli
from neurosim.model import Model
from neurosim.responses import Responses

TR = 2.0  # s
FPS = 5.0
N_SAMPLES = 48  # volumes of a run
START = 2.0  # s; a model that looks at several frames has no answer to the first ones
_N_FRAMES = int((START + N_SAMPLES * TR) * FPS)
_SEGMENT = 20  # frames that a motion lasts, 4 s
_SIDE, _PPD = 64, 16.0  # px, px/deg
_FASTEST = 3.0  # px/frame


@dataclass(frozen=True)
class SimulatedScan:
    """Movies of a scan, what a model answered to them, and how they moved.

    Attributes
    ----------
    responses
        One ``Responses`` a run.
    flow
        (n_runs, n_frames - 1, 2, 2) velocity of the left and the right half, px/frame.
    groups
        (n_runs * N_SAMPLES,) run of each volume.

    Examples
    --------
    >>> scan = SimulatedScan((), np.zeros((0, 489, 2, 2)), np.zeros(0))
    >>> scan.flow.shape
    (0, 489, 2, 2)
    """

    responses: tuple[Responses, ...]
    flow: np.ndarray
    groups: np.ndarray


def simulated_scan(model: Model, layers: tuple[str, ...], n_runs: int, seed: int) -> SimulatedScan:
    """Show a model one movie a run.

    Examples
    --------
    >>> import neurosim
    >>> scan = simulated_scan(neurosim.load("pixels"), ("pixels",), n_runs=1, seed=0)
    >>> scan.flow.shape, len(scan.groups)
    ((1, 489, 2, 2), 48)
    """
    draws = np.random.default_rng(seed)
    movies = [_moving_halves(draws) for _ in range(n_runs)]
    responses = tuple(model.respond(movie, layers) for movie in movies)
    flow = np.stack([movie.truth["velocity"] for movie in movies])
    return SimulatedScan(responses, flow, np.repeat(np.arange(n_runs), N_SAMPLES))


def _moving_halves(draws: np.random.Generator) -> stimuli.Stimulus:
    """A movie of one run: every 4 s each half gets another texture, velocity and contrast."""
    frames = np.empty((_N_FRAMES, _SIDE, _SIDE), dtype=np.float32)
    velocity = np.zeros((_N_FRAMES - 1, 2, 2))
    screen = stimuli.Screen(size=_SIDE / _PPD, ppd=_PPD, fps=FPS)
    for first in range(0, _N_FRAMES, _SEGMENT):
        shown = slice(first, first + _SEGMENT)
        n_shown = len(frames[shown])
        for half in range(2):
            texture = stimuli.translating_texture(
                speed=draws.uniform(0, _FASTEST) * FPS / _PPD,
                direction=draws.uniform(0, 360),
                contrast=draws.uniform(0.05, 0.3),
                screen=screen,
                duration=_SEGMENT / FPS,
                seed=int(draws.integers(2**31)),
            )
            columns = slice(half * _SIDE // 2, (half + 1) * _SIDE // 2)
            frames[shown, :, columns] = texture.frames[:n_shown, :, columns]
            velocity[shown, half] = texture.truth["flow"][0, 0, 0]
    return stimuli.Stimulus(
        frames, ppd=_PPD, fps=FPS, truth={"velocity": velocity}, name="moving_halves"
    )


def blood_follows(neural: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the blood's response (N_SAMPLES, n_voxels) to signals at frames, standardised.

    Signals are convolved at the frame rate with SPM's double gamma, so that nothing of the filter
    or the delays of an encoding model is built into the truth. Before the first frame that a model
    answers to, and after the last, the nearest answer holds.

    Examples
    --------
    >>> steady = blood_follows(np.sin(np.arange(490) / 20)[:, None], np.arange(490) / 5)
    >>> steady.shape, round(float(steady.std()), 3)
    ((48, 1), 1.0)
    """
    import fitting

    frames = np.arange(_N_FRAMES) / FPS
    nearest = np.clip(np.searchsorted(times, frames - 1e-9), 0, len(times) - 1)
    signal = neural[nearest]
    response = fitting.spm_hrf(1 / FPS, oversampling=1)
    before = np.repeat(signal[:1], len(response), axis=0)  # the blood is in balance at the start
    padded = np.concatenate([before, signal])
    blood = np.stack([np.convolve(column, response)[: len(padded)] for column in padded.T], axis=1)
    sampled = blood[len(before) + int(START * FPS) :: int(TR * FPS)]
    return fitting.zscore(sampled)[0]


def channel_signals(responses: Responses, layer: str, half: int | None = None) -> np.ndarray:
    """Return (n_frames, n_channels) of a layer, mean over the places of a half or of the screen.

    Channels are in standard deviations over the frames of this movie; one that is silent is 0.
    """
    array = responses[layer]
    values = np.asarray(array[0])
    if half is not None:
        x = array["x"].to_numpy()
        kept = x < 0 if half == 0 else x > 0
        array, values = array[:, :, kept], values[:, kept]
    pooled = _by_channel(values, array)
    spread = pooled.std(axis=0)
    return (pooled - pooled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _by_channel(values: np.ndarray, array: object) -> np.ndarray:
    """Mean over the places of each channel; units themselves where there are no channels."""
    if "channel" not in array.coords:
        return values
    channel = array["channel"].to_numpy()
    return np.stack([values[:, channel == k].mean(axis=1) for k in np.unique(channel)], axis=1)


__all__ = [
    "FPS",
    "N_SAMPLES",
    "START",
    "TR",
    "SimulatedScan",
    "blood_follows",
    "channel_signals",
    "simulated_scan",
]
