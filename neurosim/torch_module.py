"""Record from anyone's ``nn.Module``: named submodules become layers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch

from neurosim.errors import refusal, unknown_name
from neurosim.model import chosen_layers
from neurosim.presentation import Presentation
from neurosim.progress import bar
from neurosim.responses import Responses
from stimuli import Stimulus, StimulusSet


@dataclass(frozen=True)
class ModuleConfig:
    """How a wrapped module is shown its input."""

    module: str
    inputs: str = "image"
    color: bool = False
    time_axis: int | None = None


class ModuleModel:
    """A ``torch.nn.Module`` as a neurosim model; made by ``from_module``."""

    def __init__(
        self, module: torch.nn.Module, layers: Sequence[str], name: str, config: ModuleConfig
    ) -> None:
        self.module, self.name, self.config = module.eval(), name, config
        self.layers = tuple(layers)

    def __repr__(self) -> str:
        return f"from_module({self.config.module}, layers={self.layers})"

    def respond(
        self,
        stimuli: Stimulus | StimulusSet | np.ndarray,
        layers: Sequence[str] | str | None = None,
        *,
        batch_size: int | None = None,
        progress: bool = False,
    ) -> Responses:
        """Show ``stimuli`` and record submodules; see ``neurosim.Model``."""
        layers = chosen_layers(self, layers)
        shown = Presentation(stimuli)
        size = batch_size or 16
        parts: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
        total = -(-shown.n_stimuli // size)
        for video in bar(shown.batches(size, color=self.config.color), total, progress):
            for layer, values in self._record(video, layers).items():
                parts[layer].append(values)
        return Responses.from_arrays({k: np.concatenate(v) for k, v in parts.items()})

    def differentiable_responses(self, video: torch.Tensor, layer: str) -> torch.Tensor:
        """Return what ``respond`` records, as a tensor with a gradient to the pixels.

        Parameters
        ----------
        video
            (B, T, H, W) grey luminance in [0, 1]; for a module of colour it is shown in all three
            channels.
        layer
            Name of a layer.

        Returns
        -------
        responses
            (B, n_time, n_units), in the units of the layer.

        Raises
        ------
        UnknownNameError
            If there is no such layer.

        Examples
        --------
        >>> import torch, neurosim
        >>> model = neurosim.from_module(torch.nn.Sequential(torch.nn.Flatten()), ["0"])
        >>> model.differentiable_responses(torch.ones(2, 1, 4, 4), "0").shape
        torch.Size([2, 1, 16])
        """
        layers = chosen_layers(self, layer)
        shown = video.unsqueeze(2).expand(-1, -1, 3, -1, -1) if self.config.color else video
        return self._outputs(shown, layers)[layer]

    def _record(self, video: torch.Tensor, layers: Sequence[str]) -> dict[str, np.ndarray]:
        with torch.no_grad():
            return {k: v.float().cpu().numpy() for k, v in self._outputs(video, layers).items()}

    def _outputs(self, video: torch.Tensor, layers: Sequence[str]) -> dict[str, torch.Tensor]:
        """(B, n_time, n_units) of each layer."""
        n_stimuli, n_frames = video.shape[:2]
        if self.config.inputs == "image":  # every frame is an image of its own
            given = video.reshape(n_stimuli * n_frames, *video.shape[2:])
            given = given if self.config.color else given[:, None]
        else:
            given = video
        held: dict[str, torch.Tensor] = {}

        def keep(layer: str):  # noqa: ANN202  a closure that torch calls
            def hook(module: torch.nn.Module, inputs: tuple, output: torch.Tensor) -> None:
                held[layer] = output

            return hook

        with ExitStack() as stack:
            for layer in layers:
                handle = self.module.get_submodule(layer).register_forward_hook(keep(layer))
                stack.callback(handle.remove)
            reference = next(self.module.parameters(), given)
            self.module(given.to(reference.device, reference.dtype))
        return {k: self._arranged(v, n_stimuli, n_frames) for k, v in held.items()}

    def _arranged(self, values: torch.Tensor, n_stimuli: int, n_frames: int) -> torch.Tensor:
        if self.config.inputs == "image":
            return values.reshape(n_stimuli, n_frames, -1)
        if self.config.time_axis is None:
            return values.reshape(n_stimuli, 1, -1)
        values = values.movedim(self.config.time_axis, 1)
        return values.reshape(n_stimuli, values.shape[1], -1)


def from_module(
    module: torch.nn.Module,
    layers: Sequence[str],
    *,
    inputs: str = "image",
    color: bool = False,
    time_axis: int | None = None,
    name: str | None = None,
) -> ModuleModel:
    """Make a model of any ``torch.nn.Module``.

    Parameters
    ----------
    module
        Called with (B, 1, H, W) or, with ``color=True``, (B, 3, H, W) images in [0, 1]; with
        ``inputs="video"`` with (B, T, H, W) or (B, T, 3, H, W). Put any other preprocessing into
        the module itself, so that it travels with the weights.
    layers
        Names of submodules, as in ``module.get_submodule``; their outputs are flattened to units.
    inputs
        ``"image"`` shows every frame alone; ``"video"`` shows whole movies.
    color
        Whether the module takes three channels.
    time_axis
        For videos, the axis of a layer's output that is time; ``None`` if it has none.
    name
        Name of the model; default the class of the module.

    Returns
    -------
    model
        A ``neurosim.Model`` with the given layers.

    Raises
    ------
    UnknownNameError
        If a layer is not a submodule, or ``inputs`` is another word.
    TypeError
        If ``module`` is not an ``nn.Module``.

    Examples
    --------
    >>> import torch, neurosim, stimuli
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 5), torch.nn.ReLU())
    >>> model = neurosim.from_module(net, layers=["1"])
    >>> still = stimuli.noise_1f(screen=stimuli.Screen(size=1, ppd=32, fps=25), seed=0)
    >>> model.respond(still)["1"].shape
    (1, 1, 3136)
    """
    if not isinstance(module, torch.nn.Module):
        raise TypeError(
            refusal(
                "from_module",
                "module",
                module,
                f"is a {type(module).__name__}",
                "a torch.nn.Module",
                "Give your own object the four members of neurosim.Model instead",
            )
        )
    if inputs not in ("image", "video"):
        raise unknown_name("from_module", "inputs", inputs, ("image", "video"))
    known = [n for n, _ in module.named_modules() if n]
    layers = [layers] if isinstance(layers, str) else list(layers)
    for layer in layers:
        if layer not in known:
            raise unknown_name("from_module", "layers", layer, known)
    kind = type(module).__name__
    config = ModuleConfig(module=kind, inputs=inputs, color=color, time_axis=time_axis)
    return ModuleModel(module, layers, name or kind, config)
