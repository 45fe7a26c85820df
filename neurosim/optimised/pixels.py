"""The most exciting image or movie: gradient ascent on every pixel, from seeded noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.optimised.luminance import luminance, spectral_latents, total_variation
from neurosim.optimised.objective import Objective
from neurosim.optimised.result import OptimisedStimulus
from neurosim.progress import bar
from stimuli import Screen, Stimulus

if TYPE_CHECKING:
    from torch import Tensor

PARAMETRISATIONS = ("fourier", "pixels")


def most_exciting(
    objective: Objective,
    *,
    screen: Screen,
    duration: float | None = None,
    rms: float = 0.2,
    mean_luminance: float = 0.5,
    parametrisation: str = "fourier",
    falloff: float = 1.0,
    smoothness: float = 0.0,
    n_starts: int = 4,
    n_steps: int = 200,
    step_size: float = 0.05,
    seed: int = 0,
    progress: bool = False,
) -> OptimisedStimulus:
    """Find the most exciting image (MEI) or movie of an objective by gradient ascent.

    Every start is noise of its own seed; all of them climb at once by Adam, the step falling to
    zero as half a cosine. Luminance has the mean ``mean_luminance`` and the RMS contrast ``rms`` by
    construction (lower where a peak would leave [0, 1]; nothing is clipped).

    Parameters
    ----------
    objective
        What to raise, from `unit_objective` or `voxel_objective`, or your own `Objective`.
    screen
        Size, pixels per degree and frame rate of the stimulus.
    duration
        Seconds; None for a still.
    rms
        Budget of RMS contrast over all pixels and frames: standard deviation over mean.
    mean_luminance
        Mean over all pixels and frames, between 0 and 1.
    parametrisation
        ``"fourier"`` climbs on the spectrum weighted by 1/f^falloff, which favours low frequencies;
        ``"pixels"`` on the pixels themselves, from white noise.
    falloff
        Exponent of the weight, for ``"fourier"``.
    smoothness
        Weight, in units of the objective, of the total variation (mean absolute difference of
        neighbours over the mean luminance) that is taken off.
    n_starts
        Seeds that climb at once.
    n_steps
        Steps of Adam.
    step_size
        Of the first step, in standard deviations of the start.
    seed
        Of the first start; start k has ``seed + k``.
    progress
        Draw a bar.

    Returns
    -------
    found
        `OptimisedStimulus`; its stimulus is that of the start with the highest objective.

    Raises
    ------
    ValueError
        If a number is out of its range, the objective has no gradient at any start, or it becomes
        NaN or infinite.
    TypeError
        If a count or the seed is not an int.
    UnknownNameError
        If the parametrisation is not known.

    Notes
    -----
    Regularised gradient ascent for networks: Olah, Mordvintsev & Schubert (2017), "Feature
    visualization", Distill; for neurons: Walker et al. (2019), Nature Neuroscience 22, 2060.

    Examples
    --------
    >>> import stimuli
    >>> kernel = torch.zeros(1, 8, 8); kernel[:, :, :4] = 1.0
    >>> objective = Objective(lambda video: (video * kernel).mean((1, 2, 3)), "left half")
    >>> found = most_exciting(objective, screen=stimuli.Screen(1, 8, 25), n_steps=100)
    >>> frame = found.stimulus.frames[0]
    >>> print(f"{frame[:, :4].mean():.2f} {frame[:, 4:].mean():.2f}")
    0.60 0.40
    """
    seed = checked_seed("most_exciting", seed)
    if parametrisation not in PARAMETRISATIONS:
        raise unknown_name("most_exciting", "parametrisation", parametrisation, PARAMETRISATIONS)
    for name, count in (("n_starts", n_starts), ("n_steps", n_steps)):
        _check_count(name, count)
    _check_number("step_size", step_size, 0.0, math.inf, "a number above 0")
    _check_number("rms", rms, 0.0, 1.0, "a number between 0 and 1")
    _check_number("mean_luminance", mean_luminance, 0.0, 1.0, "a number between 0 and 1")
    _check_number("falloff", falloff, -1e-9, math.inf, "0 or more")
    _check_number("smoothness", smoothness, -1e-9, math.inf, "0 or more")
    shape = (screen.n_frames(duration, function="most_exciting"), *screen.shape)

    def shown(latents: Tensor) -> Tensor:
        if parametrisation == "fourier":
            latents = spectral_latents(latents, shape, falloff)
        return luminance(latents, rms=rms, mean_luminance=mean_luminance)

    latents = _starts(shape, parametrisation, n_starts, seed)
    with torch.no_grad():
        start = shown(latents)
    curve = _climb(objective, shown, latents, n_steps, step_size, smoothness, progress)
    with torch.no_grad():
        found = shown(latents).numpy()
    best = int(np.argmax(curve[-1]))
    settings: dict[str, Any] = {
        "method": "pixels",
        "parametrisation": parametrisation,
        "falloff": falloff if parametrisation == "fourier" else None,
        "smoothness": smoothness,
        "rms": rms,
        "mean_luminance": mean_luminance,
        "n_starts": n_starts,
        "n_steps": n_steps,
        "step_size": step_size,
        "seed": seed,
        "duration": duration,
        "screen": screen.to_dict(),
    }
    fps = None if duration is None else screen.fps
    return OptimisedStimulus(
        stimulus=Stimulus(found[best], ppd=screen.ppd, fps=fps, name="most_exciting"),
        start=Stimulus(start[best].numpy(), ppd=screen.ppd, fps=fps, name="start"),
        found=found,
        curve=curve,
        label=objective.label,
        settings=settings,
    )


def _starts(shape: tuple[int, ...], parametrisation: str, n: int, seed: int) -> Tensor:
    n_t, height, width = shape
    size = shape if parametrisation == "pixels" else (2, n_t, height, width // 2 + 1)
    drawn = [torch.randn(size, generator=torch.Generator().manual_seed(seed + k)) for k in range(n)]
    return torch.stack(drawn).requires_grad_()


def _climb(
    objective: Objective,
    shown: Any,
    latents: Tensor,
    n_steps: int,
    step_size: float,
    smoothness: float,
    progress: bool,
) -> np.ndarray:
    """Move ``latents`` uphill in place; return the objective, (n_steps + 1, n_starts)."""
    adam = torch.optim.Adam([latents], lr=step_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        adam, lambda step: 0.5 * (1 + math.cos(math.pi * step / n_steps))
    )
    curve = np.empty((n_steps + 1, len(latents)))
    for step in bar(range(n_steps), n_steps, progress, "optimising"):
        video = shown(latents)
        values = _finite(objective(video))
        curve[step] = values.detach().double().cpu().numpy()
        aim = values.sum()
        if smoothness > 0:
            aim = aim - smoothness * total_variation(video).sum()
        # the gradient of the objective alone: the penalty has one even where the unit is silent
        if step == 0 and not _slope(values, video):
            raise ValueError(
                refusal(
                    "most_exciting",
                    "objective",
                    objective.label,
                    "has no gradient at any start",
                    "a response that changes with the pixels",
                    "Take more starts, or the layer before the rectifier",
                )
            )
        # of the latents alone: the gradients of the model's weights stay as the user left them
        (latents.grad,) = torch.autograd.grad(-aim, latents)
        adam.step()
        schedule.step()
    with torch.no_grad():
        curve[n_steps] = _finite(objective(shown(latents))).double().cpu().numpy()
    return curve


def _slope(values: Tensor, video: Tensor) -> bool:
    """Whether any value changes with any pixel."""
    if not values.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(values.sum(), video, retain_graph=True, allow_unused=True)
    return gradient is not None and bool((gradient != 0).any())


def _finite(values: Tensor) -> Tensor:
    if not torch.isfinite(values).all():
        raise ValueError(
            refusal(
                "most_exciting",
                "objective",
                values.detach().tolist(),
                "is not finite",
                "finite numbers",
                "Guard its divisions, or lower step_size",
            )
        )
    return values


def _check_count(name: str, count: object) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(
            refusal("most_exciting", name, count, "is no count", "an int", "Use an int")
        )
    if count < 1:
        raise ValueError(
            refusal("most_exciting", name, count, "is too few", "1 or more", "Use 1 or more")
        )


def _check_number(name: str, value: float, above: float, below: float, expected: str) -> None:
    if not above < value < below:
        raise ValueError(
            refusal("most_exciting", name, value, "is out of range", expected, "Choose another")
        )
