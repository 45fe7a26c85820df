"""What a data set is: stimuli, and either responses by repeat or dissimilarities by subject."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from stimuli import StimulusSet


@dataclass(frozen=True)
class ResponseDataset:
    """Recorded units: one response for each repeat, stimulus and unit.

    Attributes
    ----------
    name, region, species
        What was recorded, where, in whom.
    stimuli
        The n_stimuli stimuli that were shown.
    repeats
        (n_repeats, n_stimuli, n_units) responses in ``response_unit``; NaN where not shown.
    response_unit
        For example ``"spikes / 100 ms"``.
    stratify
        (n_stimuli,) label that Brain-Score's splits are balanced over, or None.
    analytic_ceiling
        (n_units,) squared correlation with the noise-free response that the mean over repeats can
        reach; only simulations know it.
    simulated
        True if no animal or person was involved.
    citation, licence
        What to cite, and the terms of the source.
    truth
        What a simulation knows: the tuning behind the responses.

    Examples
    --------
    >>> import neurosim
    >>> data = neurosim.datasets.load("simulated_mt", n_repeats=4)
    >>> data.repeats.shape, data.responses.shape
    ((4, 96, 32), (96, 32))
    """

    name: str
    region: str
    species: str
    stimuli: StimulusSet
    repeats: np.ndarray
    response_unit: str
    citation: str
    licence: str
    stratify: np.ndarray | None = None
    analytic_ceiling: np.ndarray | None = None
    simulated: bool = False
    truth: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def responses(self) -> np.ndarray:
        """(n_stimuli, n_units) mean over the repeats that were shown."""
        return np.nanmean(self.repeats, axis=0)

    @property
    def n_units(self) -> int:
        """Number of recorded units."""
        return self.repeats.shape[2]

    def __repr__(self) -> str:
        kind = "simulated " if self.simulated else ""
        repeats, n_stimuli, n_units = self.repeats.shape
        return (
            f"ResponseDataset({self.name}: {kind}{self.species} {self.region}, {n_stimuli} stimuli "
            f"x {n_units} units x {repeats} repeats, {self.response_unit})"
        )


@dataclass(frozen=True)
class RDMDataset:
    """Representational dissimilarity matrices, one for each subject.

    Attributes
    ----------
    name, region, species
        What was recorded, where, in whom.
    stimuli
        The n_stimuli stimuli that were shown.
    rdms
        (n_subjects, n_stimuli, n_stimuli) dissimilarity, 1 - Pearson r over voxels or cells.
    citation, licence
        What to cite, and the terms of the source.

    Examples
    --------
    >>> import stimuli
    >>> noise = [stimuli.noise_1f(seed=k, screen=stimuli.Screen(size=1, ppd=16)) for k in range(3)]
    >>> made_up = np.ones((2, 3, 3)) - np.eye(3)
    >>> RDMDataset("toy", "IT", "human", stimuli.StimulusSet(noise), made_up, "none", "none")
    RDMDataset(toy: human IT, 3 stimuli, 2 subjects)
    """

    name: str
    region: str
    species: str
    stimuli: StimulusSet
    rdms: np.ndarray
    citation: str
    licence: str
    simulated: bool = False

    def __repr__(self) -> str:
        n_subjects, n_stimuli, _ = self.rdms.shape
        return (
            f"RDMDataset({self.name}: {self.species} {self.region}, {n_stimuli} stimuli, "
            f"{n_subjects} subjects)"
        )
