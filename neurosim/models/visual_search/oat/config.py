"""Choices of the decoder of scanpaths."""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.errors import checked_seed, refusal


@dataclass(frozen=True)
class OATConfig:
    """Size of the network, how places are coded, and which weights it has.

    Fang et al. (2024) have 512 units, 4 + 4 layers, and crops of photographed products; the
    default is small, since it learns from a few hundred scanpaths of eccNET.

    Parameters
    ----------
    n_appearance
        Units of a token that tell what an item looks like.
    n_code
        Units of each of the three codes of a token: row, column, whether it is the target.
    n_hidden
        Units of the feed-forward part of a layer.
    n_layers
        Layers of the encoder, and of the decoder.
    n_heads
        Heads of attention; the last attention, over items, always has two.
    dropout
        Fraction of units that is left out in training.
    n_places
        Places along each axis of a display that are told apart.
    sigma
        Places over which the similarity of two codes falls, see `position_code`.
    crop
        Side that items are resized to, px.
    longest
        Most fixations of a path.
    weights
        "oat" (shipped), the path of a file that training wrote, or None: seeded, untrained.
    seed
        Of the weights before training.

    Raises
    ------
    TypeError, ValueError
        If a value is not of its kind or out of range.

    Examples
    --------
    >>> OATConfig().n_units
    64
    """

    n_appearance: int = 16
    n_code: int = 16
    n_hidden: int = 128
    n_layers: int = 2
    n_heads: int = 4
    dropout: float = 0.3
    n_places: int = 24
    sigma: float = 2.0
    crop: int = 24
    longest: int = 12
    weights: str | None = "oat"
    seed: int = 0

    def __post_init__(self) -> None:
        checked_seed("OATConfig", self.seed)
        least = {"n_places": 2, "crop": 20}  # two convolutions and poolings leave a pixel of 20
        names = ("n_appearance", "n_code", "n_hidden", "n_layers", "n_heads", "longest", *least)
        for name in names:
            value, lowest = getattr(self, name), least.get(name, 1)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(_wrong(name, value, "is not an int", f"an int >= {lowest}"))
            if value < lowest:
                raise ValueError(_wrong(name, value, "is too small", f"an int >= {lowest}"))
        if not 0 <= self.dropout < 1:
            raise ValueError(_wrong("dropout", self.dropout, "is no fraction", "0 <= dropout < 1"))
        if not 0 < self.sigma < float("inf"):
            raise ValueError(_wrong("sigma", self.sigma, "is no width", "sigma > 0"))
        if self.n_units % self.n_heads:
            expected = f"a divisor of the {self.n_units} units of a token"
            raise ValueError(_wrong("n_heads", self.n_heads, "does not divide them", expected))

    @property
    def n_units(self) -> int:
        """Units of a token."""
        return self.n_appearance + 3 * self.n_code


def _wrong(name: str, value: object, problem: str, expected: str) -> str:
    return refusal("OATConfig", name, value, problem, expected, "Leave it out or change it")
