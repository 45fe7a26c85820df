"""Size and fixed choices of the motion-energy model, as one frozen record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from neurosim.config_fields import from_fields

__all__ = ["PRESETS", "MotionEnergyConfig"]

Padding = Literal["reflect", "zeros"]

_SMALLEST = {
    "n_scales": 1,
    "units_per_scale": 1,
    "kernel_radius": 1,
    "n_taps": 2,
    "n_frames": 2,
    "n_iterations": 1,
    "seed": 0,
}


@dataclass(frozen=True)
class MotionEnergyConfig:
    """What fixes the model: its size, its padding, and the seed or the weights of its parameters.

    The defaults are those of Sun et al. (2023): 8 scales of 32 units, 256 channels, 6 iterations.

    Parameters
    ----------
    n_scales
        Levels of the spatial pyramid.
    units_per_scale
        Quadrature pairs at each level, each with an orientation, sf and tf of its own.
    kernel_radius
        Radius of the spatial kernels, px at their level; 7 gives 15 x 15 px.
    n_taps
        Length of the temporal kernels, frames.
    n_frames
        Frames in one window; a window gives one response.
    scale_factor
        Ratio of neighbouring levels, between 0 and 1. The default, 16**(-1/7) = 0.673, spreads
        eight levels over a factor of 16. With fewer levels it is kept, so that a small model
        is the fine part of the large one.
    padding
        What lies beyond the border of a map: ``"reflect"`` mirrors it, ``"zeros"`` is the
        published choice, which turns the border of a grey movie into an edge.
    n_iterations
        Iterations of the motion graph, MT1, MT2, ...; all of them share their weights.
    seed
        Seed of the initial parameters.
    weights
        Trained weights that replace the initial parameters: the name of a preset that the package
        ships them for, or the path of a ``.safetensors`` file. None leaves the model untrained.

    Raises
    ------
    ValueError
        If a value is out of its range.
    TypeError
        If a count is not an integer.

    Examples
    --------
    >>> config = MotionEnergyConfig(n_scales=4, units_per_scale=16)
    >>> config.n_channels
    64
    >>> MotionEnergyConfig.from_dict(config.to_dict()) == config
    True
    """

    n_scales: int = 8
    units_per_scale: int = 32
    kernel_radius: int = 7
    n_taps: int = 6
    n_frames: int = 11
    scale_factor: float = 16 ** (-1 / 7)
    padding: Padding = "reflect"
    n_iterations: int = 6
    seed: int = 0
    weights: str | None = None

    def __post_init__(self) -> None:
        for name, smallest in _SMALLEST.items():
            _check_count(name, getattr(self, name), smallest)
        if self.n_frames < self.n_taps:
            raise ValueError(
                f"MotionEnergyConfig: n_frames={self.n_frames} is shorter than the temporal "
                f"kernels; expected at least n_taps={self.n_taps}. Raise n_frames or lower n_taps."
            )
        if not 0 < self.scale_factor < 1:
            raise ValueError(
                f"MotionEnergyConfig: scale_factor={self.scale_factor} does not shrink a frame; "
                "expected 0 < scale_factor < 1. Give the ratio of a level to the one above it."
            )
        if self.padding not in get_args(Padding):
            raise ValueError(
                f"MotionEnergyConfig: padding={self.padding!r} is not known; "
                "expected 'reflect' or 'zeros'. Choose one of the two."
            )

    @property
    def n_channels(self) -> int:
        """Channels of the stage, scale-major: channel = scale * units_per_scale + unit."""
        return self.n_scales * self.units_per_scale

    @property
    def n_energies(self) -> int:
        """Instants of motion energy inside one window: n_frames - n_taps + 1."""
        return self.n_frames - self.n_taps + 1

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MotionEnergyConfig:
        """Build a config from the output of `to_dict`.

        Raises
        ------
        UnknownNameError
            If a key is not a field.
        """
        return from_fields(cls, values)


def _check_count(name: str, value: object, smallest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(
            f"MotionEnergyConfig: {name}={value!r} is not a whole number; "
            f"expected an int of at least {smallest}. Convert it with int()."
        )
    if value < smallest:
        raise ValueError(
            f"MotionEnergyConfig: {name}={value} is too small; "
            f"expected an int of at least {smallest}. Raise it."
        )


#: Named sizes. All keep the ratio 0.673 between levels; the features of MT are the channels of V1.
PRESETS: dict[str, MotionEnergyConfig] = {
    "small": MotionEnergyConfig(n_scales=4, units_per_scale=16, n_iterations=3, weights="small"),
    "base": MotionEnergyConfig(n_scales=8, units_per_scale=16),
    "paper": MotionEnergyConfig(n_scales=8, units_per_scale=32),
}
