"""A simulated MT recording: known tuning, known noise, hence a known ceiling."""

from __future__ import annotations

import numpy as np

from neurosim.datasets.dataset import ResponseDataset
from neurosim.datasets.registry import dataset
from neurosim.errors import refusal
from stimuli import Screen, StimulusSet, grating

DIRECTIONS = np.arange(8) * 45.0
SPEEDS = (1.0, 2.0, 4.0)  # deg/s
SFS = (0.5, 1.0)  # cycles/deg
PHASES = (0.0, 90.0)  # deg
N_UNITS = 32
SCREEN = Screen(size=4.0, ppd=16, fps=25)
DURATION = 0.44
_SEED = 1985


@dataset(
    "simulated_mt",
    kind="responses",
    summary="SIMULATED macaque MT: 96 gratings x 32 direction x speed tuned units, 8 repeats",
    citation="simulated here: von Mises direction x log-Gaussian speed tuning",
    embedded=True,
)
def load_simulated_mt(n_repeats: int = 8, fano: float = 1.0, seed: int = 0) -> ResponseDataset:
    """Simulate a recording of direction x speed tuned units.

    The rate of unit u to a grating of direction d and speed s is

        rate = 5 + 30 exp(2.5 (cos(d - d_u) - 1)) exp(-(log2 s - log2 s_u)^2 / (2 * 1.2^2))

    and a repeat adds Gaussian noise of variance ``fano * rate``, independent everywhere. The mean
    over m repeats can then explain the share

        ceiling = var(rate) / (var(rate) + mean(fano * rate) / m)

    of a unit's variance over stimuli: the analytic ceiling (of r squared). The rate does not depend
    on spatial frequency or phase, so a model scores high only if it tells speed from both.

    Parameters
    ----------
    n_repeats
        Repeats of each stimulus, 2 or more.
    fano
        Variance of the noise divided by the rate; above 0.
    seed
        Seed of the noise. The tuning of the units is fixed.
    """
    if n_repeats < 2:
        raise ValueError(
            refusal(
                "datasets.load",
                "n_repeats",
                n_repeats,
                "gives no ceiling",
                "2 or more",
                "Use n_repeats=8",
            )
        )
    if not (np.isfinite(fano) and fano > 0):
        raise ValueError(
            refusal(
                "datasets.load", "fano", fano, "is not positive", "a number above 0", "Use fano=1"
            )
        )
    grid = [(d, s, f, p) for d in DIRECTIONS for s in SPEEDS for f in SFS for p in PHASES]
    stimuli = StimulusSet(
        [
            grating(direction=d, speed=s, sf=f, phase=p, screen=SCREEN, duration=DURATION, seed=0)
            for d, s, f, p in grid
        ]
    )
    tuning = np.random.default_rng(_SEED)
    preferred_direction = np.sort(tuning.uniform(0, 360, N_UNITS))
    preferred_speed = 2.0 ** tuning.uniform(0, 2, N_UNITS)
    direction = np.array([g[0] for g in grid])[:, None]
    speed = np.array([g[1] for g in grid])[:, None]
    rate = 5 + 30 * np.exp(
        2.5 * (np.cos(np.radians(direction - preferred_direction)) - 1)
        - np.log2(speed / preferred_speed) ** 2 / (2 * 1.2**2)
    )
    noise = np.random.default_rng(seed).standard_normal((n_repeats, *rate.shape))
    signal, error = rate.var(axis=0), fano * rate.mean(axis=0)
    return ResponseDataset(
        name="simulated_mt",
        region="MT",
        species="macaque",
        stimuli=stimuli,
        repeats=rate + np.sqrt(fano * rate) * noise,
        response_unit="spikes / clip",
        citation="simulated here; no animal was recorded",
        licence="BSD-3-Clause",
        stratify=None,
        analytic_ceiling=signal / (signal + error / n_repeats),
        simulated=True,
        truth={
            "rate": rate,
            "preferred_direction": preferred_direction,
            "preferred_speed": preferred_speed,
        },
    )
