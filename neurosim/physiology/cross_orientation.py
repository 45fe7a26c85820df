"""Cross-orientation suppression: a grating at right angles lowers the answer to the best one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal
from neurosim.model import Model
from neurosim.physiology.movies import DURATION, SCREEN, blank, plaids
from neurosim.physiology.recording import default_layer, record
from neurosim.physiology.tuning import tuning_of_layers
from stimuli import Screen

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CrossOrientation:
    """Responses to each unit's best grating, alone and under a mask at right angles.

    Attributes
    ----------
    alone
        (n_units,) response to the grating less that to uniform grey.
    masked
        (n_units, n_masks) the same under masks of rising contrast.
    mask_contrast
        (n_masks,) Michelson contrasts.
    direction, sf, tf
        (n_units,) of the grating: deg, cycles/deg, Hz.
    units
        Coordinates of the units, each (n_units,).
    model, layer
        Where the recording was made.

    Examples
    --------
    >>> one = np.ones(1)
    >>> found = CrossOrientation(4 * one, np.array([[4.0, 1.0]]), np.array([0, 0.5]), one, one, one)
    >>> found.suppression().tolist()
    [[0.0, 0.75]]
    """

    alone: np.ndarray
    masked: np.ndarray
    mask_contrast: np.ndarray
    direction: np.ndarray
    sf: np.ndarray
    tf: np.ndarray
    units: dict[str, np.ndarray] = field(default_factory=dict)
    model: str = ""
    layer: str = ""

    def suppression(self) -> np.ndarray:
        """Return (n_units, n_masks) 1 - masked / alone; NaN for units that the grating leaves cold.

        1 is silence, 0 no effect, below 0 facilitation.
        """
        alone = self.alone[:, None]
        ratio = np.full(self.masked.shape, np.nan)
        return 1.0 - np.divide(self.masked, alone, out=ratio, where=alone > 0)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a unit and mask."""
        import pandas as pd

        n_units, n_masks = self.masked.shape
        return pd.DataFrame(
            {
                "unit": np.repeat(np.arange(n_units), n_masks),
                "mask_contrast": np.tile(self.mask_contrast, n_units),
                "alone": np.repeat(self.alone, n_masks),
                "masked": self.masked.ravel(),
                "suppression": self.suppression().ravel(),
            }
        )


def cross_orientation(
    model: Model,
    layer: str | None = None,
    *,
    mask_contrast: float | Sequence[float] = (0.125, 0.25, 0.5),
    contrast: float = 0.5,
    direction: float | Sequence[float] = tuple(45.0 * k for k in range(8)),
    sf: float | Sequence[float] = (0.4, 0.8, 1.6, 3.2),
    tf: float | Sequence[float] = (1.0, 2.5, 5.0),
    screen: Screen = SCREEN,
    duration: float = DURATION,
    progress: bool = False,
) -> CrossOrientation:
    """Mask each unit's best grating by one that drifts at right angles to it.

    The mask moves 90 deg counter-clockwise of the grating and has its sf and tf.

    Parameters
    ----------
    model
        Any model that takes video.
    layer
        Layer to record from; default the first.
    mask_contrast
        Michelson contrasts of the mask.
    contrast
        Of the grating; with the strongest mask no more than 1 in all.
    direction, sf, tf
        Gratings to choose from: deg, cycles/deg, Hz.
    screen
        Field, pixels and frame rate.
    duration
        Seconds.
    progress
        Draw a bar.

    Returns
    -------
    found
        ``CrossOrientation``.

    Raises
    ------
    ValueError
        If a contrast is negative or 0 for the grating, or grating and mask exceed 1 together.

    Notes
    -----
    Source: Morrone, Burr & Maffei 1982; explained by normalisation in Heeger 1992.

    Examples
    --------
    >>> import neurosim
    >>> model = neurosim.load("motion_energy", preset="small", weights=None)
    >>> found = cross_orientation(model, direction=(0, 90), sf=0.8, tf=5, mask_contrast=0.5)
    >>> found.masked.shape
    (64, 1)
    """
    masks = np.atleast_1d(np.asarray(mask_contrast, dtype=np.float64))
    if not (contrast > 0 and (masks >= 0).all() and contrast + masks.max() <= 1 + 1e-9):
        raise ValueError(
            refusal(
                "cross_orientation",
                "mask_contrast",
                masks.tolist(),
                f"does not go with contrast={contrast:g}",
                "masks of 0 or more, a grating above 0, and at most 1 in all",
                "Use contrast=0.5 and masks of up to 0.5",
            )
        )
    layer = default_layer(model, layer)
    shown = {"screen": screen, "duration": duration}
    axes = {"direction": direction, "sf": sf, "tf": tf}
    fixed = {**shown, "contrast": contrast}
    tuning = tuning_of_layers(model, [layer], axes, fixed, progress)[layer]
    flat = tuning.rates.reshape(len(tuning.rates), -1)
    best = flat.argmax(axis=1)
    points, at = np.unique(best, return_inverse=True)
    places = np.unravel_index(points, tuning.rates.shape[1:])
    directions, sfs, tfs = (
        values[place] for values, place in zip(tuning.axes.values(), places, strict=True)
    )
    n_masks = len(masks)
    movies = plaids(
        np.repeat(directions[:, None] + [0.0, 90.0], n_masks, axis=0),
        np.repeat(sfs, n_masks),
        np.repeat(tfs, n_masks),
        np.column_stack([np.full(len(points) * n_masks, contrast), np.tile(masks, len(points))]),
        shown,
    )
    answers, units = record(model, movies, layer, progress=progress)
    grey, _ = record(model, [blank(screen, duration)], layer)
    unit = np.arange(len(best))
    masked = answers.reshape(len(points), n_masks, -1)[at, :, unit]
    return CrossOrientation(
        alone=flat[unit, best] - grey[0],
        masked=masked - grey[0][:, None],
        mask_contrast=masks,
        direction=directions[at],
        sf=sfs[at],
        tf=tfs[at],
        units=units,
        model=model.name,
        layer=layer,
    )
