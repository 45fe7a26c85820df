"""What a stimulus is optimised for: units of a layer, or voxels through an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch

from neurosim.errors import refusal
from neurosim.model import chosen_layers
from neurosim.presentation import Presentation
from stimuli import Stimulus, StimulusSet

if TYPE_CHECKING:
    from fitting.linear_encoder import LinearEncoder


@runtime_checkable
class DifferentiableModel(Protocol):
    """A model whose responses have a gradient with respect to the pixels.

    Examples
    --------
    >>> import neurosim
    >>> isinstance(neurosim.load("motion_energy"), DifferentiableModel)
    True
    """

    layers: tuple[str, ...]

    def differentiable_responses(self, video: torch.Tensor, layer: str) -> torch.Tensor:
        """Show (B, T, H, W) luminance in [0, 1]; return (B, n_time, n_units) of one layer."""
        ...


@dataclass(frozen=True)
class Objective:
    """A number for every stimulus, the larger the better.

    Parameters
    ----------
    function
        Takes luminance (B, T, H, W), float32 in [0, 1], to (B,) numbers; differentiable if pixels
        are to be optimised.
    label
        What the number is, with its unit, for figures.

    Examples
    --------
    >>> objective = Objective(lambda video: video.mean((1, 2, 3)), "mean luminance")
    >>> objective.response(np.full((2, 1, 4, 4), 0.5)).tolist()
    [0.5, 0.5]
    """

    function: Callable[[torch.Tensor], torch.Tensor]
    label: str

    def __call__(self, video: torch.Tensor) -> torch.Tensor:
        """Return the (B,) values of luminance (B, T, H, W), with their gradient."""
        values = self.function(video)
        if values.shape != (len(video),):
            raise ValueError(
                refusal(
                    "Objective",
                    "function",
                    f"a result of shape {tuple(values.shape)}",
                    "is not one number a stimulus",
                    f"({len(video)},)",
                    "Average over units and time",
                )
            )
        return values

    def response(
        self, stimuli: Stimulus | StimulusSet | np.ndarray, *, batch_size: int = 16
    ) -> np.ndarray:
        """Return the value for stimuli that are there already.

        Parameters
        ----------
        stimuli
            A ``Stimulus``, a ``StimulusSet`` or an array (N, T, H, W); colour is turned to grey.
        batch_size
            Stimuli at a time.

        Returns
        -------
        values
            (n_stimuli,) float64.

        Raises
        ------
        ValueError
            If luminance is not finite or leaves [0, 1], or a value of the objective is not finite.
        """
        shown = Presentation(stimuli, "Objective.response")
        with torch.no_grad():
            parts = [self(video).double().cpu() for video in shown.batches(batch_size)]
        values = torch.cat(parts).numpy()
        if not np.isfinite(values).all():
            raise ValueError(
                refusal(
                    "Objective.response",
                    "function",
                    self.label,
                    f"gives {int((~np.isfinite(values)).sum())} values that are not finite",
                    "finite numbers",
                    "Guard its divisions and logarithms",
                )
            )
        return values


def unit_objective(model: DifferentiableModel, layer: str, units: int | Sequence[int]) -> Objective:
    """Return the mean response of units of a layer over the units and over time.

    Parameters
    ----------
    model
        A model with ``differentiable_responses``: ``motion_energy``, or any ``nn.Module`` through
        ``neurosim.from_module``.
    layer
        Name of a layer.
    units
        Indices along the ``unit`` axis of ``model.respond(...)[layer]``.

    Returns
    -------
    objective
        In the units of the layer.

    Raises
    ------
    TypeError
        If the model has no gradient, or an index is not an integer.
    UnknownNameError
        If there is no such layer.
    ValueError
        If an index is negative or occurs twice, or none is given; beyond the last unit, when the
        first stimulus is shown.

    Examples
    --------
    >>> import neurosim, stimuli
    >>> objective = unit_objective(neurosim.load("motion_energy"), "V1", 100)
    >>> screen = stimuli.Screen(size=4, ppd=16, fps=25)
    >>> movie = stimuli.grating(sf=2, tf=4, duration=0.44, screen=screen)
    >>> bool(objective.response(movie)[0] > 0)
    True
    """
    _check_model("unit_objective", model, layer)
    index = _indices("unit_objective", "units", units)

    def mean_response(video: torch.Tensor) -> torch.Tensor:
        responses = model.differentiable_responses(video, layer)
        _check_within("unit_objective", "units", index, responses.shape[2])
        return responses[:, :, index].mean((1, 2))

    which = f"unit {index[0]}" if len(index) == 1 else f"{len(index)} units"
    return Objective(mean_response, f"mean response of {which} of {layer}")


def voxel_objective(
    model: DifferentiableModel,
    layer: str,
    encoder: LinearEncoder,
    voxels: int | Sequence[int],
    *,
    against: int | Sequence[int] | None = None,
) -> Objective:
    """Return the predicted mean of a set of voxels, or by how much it exceeds that of another set.

    The features of the encoder are those of ``Responses.features(layer)``, the mean over time.

    Parameters
    ----------
    model
        A model with ``differentiable_responses``.
    layer
        The layer whose features the encoder was fitted to, as they are, not standardised.
    encoder
        A fitted linear encoder, for instance ``fitting.RidgeCV``.
    voxels
        Indices of targets.
    against
        Indices of the targets whose mean is taken off; None for nothing.

    Returns
    -------
    objective
        In the units of the targets.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the encoder has not been fitted.
    TypeError
        If the model has no gradient, the encoder is not linear, or an index is not an integer.
    UnknownNameError
        If there is no such layer.
    ValueError
        If an index is out of range or occurs twice, or none is given; if the layer has another
        number of features than the encoder, when the first stimulus is shown.

    Examples
    --------
    >>> import torch, neurosim
    >>> from fitting import RidgeCV
    >>> model = neurosim.from_module(torch.nn.Sequential(torch.nn.Flatten()), ["0"])
    >>> encoder = RidgeCV([1e-6], cv=2).fit(np.eye(4), np.eye(4)[:, :2])
    >>> objective = voxel_objective(model, "0", encoder, 0, against=1)
    >>> image = np.array([1.0, 0.0, 0.5, 0.5]).reshape(1, 1, 2, 2)
    >>> bool(objective.response(image)[0] > 0.1)
    True
    """
    from fitting.linear_encoder import LinearEncoder

    _check_model("voxel_objective", model, layer)
    if not isinstance(encoder, LinearEncoder):
        raise TypeError(
            refusal(
                "voxel_objective",
                "encoder",
                encoder,
                "has no to_torch()",
                "a fitted linear encoder",
                "Use fitting.RidgeCV",
            )
        )
    linear = encoder.to_torch().requires_grad_(False)
    n_targets = linear.out_features
    wanted = _indices("voxel_objective", "voxels", voxels)
    _check_within("voxel_objective", "voxels", wanted, n_targets)
    unwanted = None
    if against is not None:
        unwanted = _indices("voxel_objective", "against", against)
        _check_within("voxel_objective", "against", unwanted, n_targets)

    def predicted(video: torch.Tensor) -> torch.Tensor:
        features = model.differentiable_responses(video, layer).mean(1)
        if features.shape[1] != linear.in_features:
            raise ValueError(
                refusal(
                    "voxel_objective",
                    "encoder",
                    encoder,
                    f"was fitted to {linear.in_features} features; {layer} has "
                    f"{features.shape[1]} at this size",
                    "the same layer and the same size of stimulus",
                    "Fit the encoder on stimuli of the size that is optimised",
                )
            )
        targets = linear(features.to(linear.weight.device, linear.weight.dtype))
        mean = targets[:, wanted].mean(1)
        return mean if unwanted is None else mean - targets[:, unwanted].mean(1)

    label = f"mean predicted response of {len(wanted)} voxels"
    return Objective(predicted, label if unwanted is None else f"{label} - that of {len(unwanted)}")


def _check_model(function: str, model: Any, layer: str) -> None:
    if not isinstance(model, DifferentiableModel):
        raise TypeError(
            refusal(
                function,
                "model",
                model,
                "has no gradient with respect to pixels",
                "a model with differentiable_responses",
                "Wrap its network with neurosim.from_module",
            )
        )
    chosen_layers(model, layer)


def _indices(function: str, parameter: str, given: int | Sequence[int]) -> list[int]:
    index = np.atleast_1d(np.asarray(given))
    if index.size == 0 or index.ndim != 1:
        raise ValueError(
            refusal(function, parameter, given, "names none", "one index or more", "Give a list")
        )
    if index.dtype.kind not in "iu":
        raise TypeError(
            refusal(function, parameter, given, "is no index", "integers", "Use np.flatnonzero")
        )
    if index.min() < 0 or len(np.unique(index)) < len(index):
        raise ValueError(
            refusal(
                function,
                parameter,
                given,
                "has negative or repeated indices",
                "different indices from 0",
                "Use np.unique",
            )
        )
    return index.tolist()


def _check_within(function: str, parameter: str, index: list[int], n: int) -> None:
    if max(index) >= n:
        raise ValueError(
            refusal(
                function,
                parameter,
                max(index),
                f"is beyond the last of {n}",
                f"0 to {n - 1}",
                "Look at the shape of what is recorded",
            )
        )
