"""Parameters under the names of the published program, put into a `MotionEnergyStage`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from .energy import MotionEnergyStage

__all__ = ["load_reference_parameters"]

#: Published name of each filter parameter of a level -> its name in `FilterBank`.
_BANK = {
    "spatial_filter.{}.thetas": "theta",
    "spatial_filter.{}.fs": "sf",
    "spatial_filter.{}.sigmas": "sigma",
    "spatial_filter.{}.gammas": "gamma",
    "spatial_filter.{}.psis": "psi",
    "temporal_filter.{}.ft": "tf",
    "temporal_filter.{}.tao": "tau",
}
_STAGE = {
    "temporal_pooling": "pooling",
    "spontaneous_firing": "spontaneous_rate",
    "norm_k": "norm_k",
    "norm_sigma": "norm_sigma",
}


def load_reference_parameters(
    stage: MotionEnergyStage, arrays: Mapping[str, np.ndarray], *, prefix: str = "param__"
) -> MotionEnergyStage:
    """Copy published parameters, before their sigmoids, into a stage.

    Parameters
    ----------
    stage
        Receives the values; its config must have the published shapes.
    arrays
        Published name -> array: ``spatial_filter.s.thetas`` (1, U) and its like for every level
        s, ``temporal_pooling`` (C, n), ``spontaneous_firing``, ``norm_k``, ``norm_sigma``.
        An open `numpy.load` file will do.
    prefix
        What stands before each name.

    Returns
    -------
    stage
        The same object.

    Raises
    ------
    ValueError
        If an array is missing or has another number of values than the stage.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.models.motion_energy.config import MotionEnergyConfig
    >>> stage = MotionEnergyStage(MotionEnergyConfig(n_scales=1, units_per_scale=2))
    >>> load_reference_parameters(stage, {})
    Traceback (most recent call last):
    ValueError: load_reference_parameters: arrays=param__spatial_filter.0.thetas is missing; ...
    """
    with torch.no_grad():
        for level in range(stage.config.n_scales):
            for published, name in _BANK.items():
                key = prefix + published.format(level)
                _copy(getattr(stage.bank, name)[level], arrays, key)
        for published, name in _STAGE.items():
            _copy(getattr(stage, name), arrays, prefix + published)
    return stage


def _copy(target: Tensor, arrays: Mapping[str, np.ndarray], key: str) -> None:
    if key not in arrays:
        raise ValueError(
            f"load_reference_parameters: arrays={key} is missing; expected one array for every "
            "parameter of every level. Check the prefix and the stage's n_scales."
        )
    values = torch.as_tensor(np.asarray(arrays[key]))
    if values.numel() != target.numel():
        raise ValueError(
            f"load_reference_parameters: arrays={key} of shape {tuple(values.shape)} does not fit; "
            f"expected {tuple(target.shape)}. Build the stage with the published config."
        )
    target.copy_(values.reshape(target.shape))
