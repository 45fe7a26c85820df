"""The best parameters of a generator: a search without gradients, the generator a black box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stimuli
from neurosim.errors import checked_seed, refusal, unknown_name
from neurosim.optimised.objective import Objective
from neurosim.optimised.result import OptimisedStimulus
from stimuli.parameters import Number


def best_parameters(
    objective: Objective,
    generator: str,
    bounds: Mapping[str, tuple[float, float]],
    *,
    fixed: Mapping[str, Any] | None = None,
    logarithmic: Sequence[str] = (),
    n_generations: int = 15,
    population: int = 8,
    seed: int = 0,
    progress: bool = False,
) -> OptimisedStimulus:
    """Search the parameters of a generator for the stimulus with the highest objective.

    Differential evolution (Storn & Price 1997, best/1/bin of scipy, without a final descent), so
    the generator needs no gradient and the found stimulus is one of its kind.

    Parameters
    ----------
    objective
        What to raise; no gradient is asked for.
    generator
        A name from ``stimuli.names()``.
    bounds
        Parameter to (lowest, highest), each a number of the generator. A direction is searched
        between its bounds as any number; give it 0 to 360.
    fixed
        The generator's other parameters; those left out keep their defaults.
    logarithmic
        Parameters that are searched on a logarithmic axis, such as ``sf`` and ``tf``.
    n_generations
        Generations after the first.
    population
        Stimuli of a generation for each parameter (scipy's ``popsize``).
    seed
        Of the search; the generator's own seed belongs to ``fixed``.
    progress
        Draw a bar over the generations.

    Returns
    -------
    found
        `OptimisedStimulus`; ``found.params`` are the generator's, and ``curve`` (n_evaluated,
        1) is the best value after each stimulus.

    Raises
    ------
    UnknownNameError
        If the generator, or one of its parameters, is not known.
    TypeError
        If a parameter of ``bounds`` is not a number, or the seed is not an int.
    ValueError
        If bounds are empty, not ascending or, for a logarithmic axis, not above 0; or the generator
        refuses parameters within them.

    Examples
    --------
    >>> import torch
    >>> objective = Objective(lambda video: video.mean((1, 2, 3)), "mean luminance")
    >>> found = best_parameters(
    ...     objective, "grating", {"mean_luminance": (0.2, 0.5)}, n_generations=5,
    ...     fixed={"screen": stimuli.Screen(1, 16, 25), "duration": None, "contrast": 0.5},
    ... )
    >>> print(f"{found.params['mean_luminance']:.2f}")
    0.50
    """
    from scipy.optimize import differential_evolution

    seed = checked_seed("best_parameters", seed)
    entry = stimuli.entry(generator)
    fixed = dict(fixed or {})
    axes = _axes(entry, bounds, fixed, logarithmic)
    for name, count in (("n_generations", n_generations), ("population", population)):
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError(
                refusal(
                    "best_parameters", name, count, "is no count", "an int of 1 or more", "Use 15"
                )
            )
    values: list[float] = []
    first: list[stimuli.Stimulus] = []

    def drawn(point: NDArray[np.float64]) -> stimuli.Stimulus:
        named = dict(zip(bounds, point, strict=True))
        params = {
            key: float(np.clip(math.exp(x) if key in logarithmic else x, *bounds[key]))
            for key, x in named.items()
        }  # the clip undoes the rounding of exp(log(bound))
        return stimuli.make(generator, **params, **fixed)

    def cost(points: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = points.reshape(len(axes), -1)
        made = [drawn(point) for point in columns.T]
        first.extend(made[: 1 - len(first)])
        found = objective.response(np.stack([stimulus.frames for stimulus in made]))
        values.extend(found.tolist())
        return -found

    with _generations(n_generations, progress) as step:
        outcome = differential_evolution(
            cost, axes, maxiter=n_generations, popsize=population, tol=0.0, polish=False,
            vectorized=True, updating="deferred", seed=np.random.default_rng(seed),
            callback=step,
        )  # fmt: skip
    best = drawn(outcome.x)
    return OptimisedStimulus(
        stimulus=best,
        start=first[0],
        found=best.frames[None],
        curve=np.maximum.accumulate(values)[:, None],
        label=objective.label,
        settings={
            "method": "generator",
            "generator": generator,
            "bounds": {key: list(pair) for key, pair in bounds.items()},
            "logarithmic": list(logarithmic),
            "n_generations": n_generations,
            "population": population,
            "seed": seed,
        },
    )


def _axes(
    entry: stimuli.registry.Entry,
    bounds: Mapping[str, tuple[float, float]],
    fixed: Mapping[str, Any],
    logarithmic: Sequence[str],
) -> list[tuple[float, float]]:
    """(lowest, highest) of every searched parameter, on the axis that is searched."""
    if not bounds:
        raise ValueError(_refused("bounds", bounds, "names no parameter", "one or more"))
    for key in (*bounds, *fixed):
        if key not in entry.parameters:
            raise unknown_name("best_parameters", "parameter", key, entry.parameters)
    for key in logarithmic:
        if key not in bounds:
            raise unknown_name("best_parameters", "logarithmic", key, bounds)
    for key in bounds:
        if not isinstance(entry.parameters[key], Number):
            raise TypeError(_refused("bounds", key, "is not a real number", "a number to search"))
        if key in fixed:
            raise ValueError(_refused("fixed", key, "is searched too", "another parameter"))
    return [_axis(key, pair, key in logarithmic) for key, pair in bounds.items()]


def _axis(key: str, pair: tuple[float, float], is_logarithmic: bool) -> tuple[float, float]:
    low, high = (float(end) for end in pair)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(_refused(f"bounds[{key!r}]", pair, "do not ascend", "low < high"))
    if not is_logarithmic:
        return low, high
    if low <= 0:
        raise ValueError(_refused(f"bounds[{key!r}]", pair, "reach 0", "bounds above 0"))
    return math.log(low), math.log(high)


def _refused(parameter: str, value: object, problem: str, expected: str) -> str:
    return refusal("best_parameters", parameter, value, problem, expected, "Change it")


class _generations:
    """A bar that moves by one with each call of the callback."""

    def __init__(self, total: int, show: bool) -> None:
        self._total, self._show, self._bar = total, show, None

    def __enter__(self) -> Any:
        if self._show:
            from tqdm import tqdm

            self._bar = tqdm(total=self._total, desc="optimising", leave=False)
        return self._step

    def _step(self, x: NDArray[np.float64], convergence: float) -> None:
        if self._bar is not None:
            self._bar.update()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
