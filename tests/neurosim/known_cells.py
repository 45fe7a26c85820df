"""Models whose units are of a known kind by construction, without any filter."""

import numpy as np

from neurosim.model import chosen_layers
from neurosim.presentation import Presentation
from neurosim.responses import Responses


class TwoStages:
    """Ground truth from the Fourier spectrum of a movie, without filters.

    ``parts`` answers every component: a tuned function of the direction of each spectral peak,
    weighted by its power. ``whole`` answers the one velocity that all components agree with.
    """

    name, layers, config = "two stages", ("parts", "whole"), None
    preferred = np.arange(8) * 45.0

    def __init__(self):
        self.shown = 0

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        values = {layer: [] for layer in chosen_layers(self, layers)}
        for movie in np.concatenate(list(Presentation(stimuli).arrays(8))):
            self.shown += 1
            power, toward, speed = self._components(movie)
            for layer, rows in values.items():
                rows.append(getattr(self, f"_{layer}")(power, toward, speed))
        arrays = {k: np.array(v)[:, None] for k, v in values.items()}
        return Responses.from_arrays(
            arrays,
            units={key: {"channel": np.arange(8), "direction": self.preferred} for key in arrays},
        )

    def _components(self, movie):
        """Power, direction (rad) and speed of the strong points of the spectrum."""
        spectrum = np.abs(np.fft.fftn(movie - movie.mean())) ** 2
        ft, fy, fx = np.meshgrid(*map(np.fft.fftfreq, movie.shape), indexing="ij")
        # exp(2 pi i (f . x + ft t)) moves toward f where ft < 0; y is down in the array.
        power = spectrum * (ft < 0) * (np.hypot(fx, fy) > 0)
        keep = power > 0.05 * max(power.max(), 1e-9)
        toward = np.arctan2(-fy[keep], fx[keep])
        return power[keep], toward, -ft[keep] / np.hypot(fx[keep], fy[keep])

    def _tuning(self, toward):
        away = np.atleast_1d(toward)[:, None] - np.radians(self.preferred)
        return np.exp(6 * (np.cos(away) - 1))

    def _parts(self, power, toward, speed):
        return power @ self._tuning(toward)

    def _whole(self, power, toward, speed):
        if power.size == 0:
            return np.zeros(8)
        normals = np.column_stack([np.cos(toward), np.sin(toward)])
        weight = np.sqrt(power)[:, None]
        velocity = np.linalg.lstsq(weight * normals, weight[:, 0] * speed, rcond=0.2)[0]
        return np.sqrt(power.sum()) * self._tuning(np.arctan2(velocity[1], velocity[0]))[0]


class TwoKinds:
    """Ground truth: one layer that prefers a speed, and one that prefers a tf at every sf."""

    name, layers, config = "two kinds", ("filters", "speeds"), None

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        rows = {layer: [] for layer in layers}
        for movie in np.concatenate(list(Presentation(stimuli).arrays(8))):
            spectrum = np.abs(np.fft.fftn(movie - movie.mean())) ** 2
            tf, sf = self._mean(spectrum, 0) * 25, self._mean(spectrum, 2) * 16
            # Four units of each kind, tuned to rightward gratings of 1.1 cycles/deg.
            wanted = np.log2(np.array([1.0, 1.5, 2.2, 3.2]))
            bump = np.exp(-(np.log2(sf / 1.1) ** 2) - (np.log2(tf) - wanted) ** 2)
            ridge = wanted + np.log2(sf / 1.1)
            slanted = np.exp(-(np.log2(sf / 1.1) ** 2) - (np.log2(tf) - ridge) ** 2)
            for layer, response in (("filters", bump), ("speeds", slanted)):
                if layer in rows:
                    rows[layer].append(response)
        arrays = {k: np.array(v)[:, None] for k, v in rows.items()}
        units = {key: {"channel": np.arange(4)} for key in arrays}
        return Responses.from_arrays(arrays, units=units)

    def _mean(self, spectrum, axis):
        """Cycles/sample, from the centre of gravity near the peak of the spectrum's margin."""
        others = tuple(k for k in range(3) if k != axis)
        margin = spectrum.sum(axis=others)[: spectrum.shape[axis] // 2 + 1]
        near = np.abs(np.arange(len(margin)) - margin.argmax()) <= 1
        place = (margin * np.arange(len(margin)))[near].sum() / margin[near].sum()
        return max(place, 0.2) / spectrum.shape[axis]
