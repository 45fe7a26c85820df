"""The baseline that every model of vision has to beat: the pixels themselves."""

from neurosim.models.pixels.model import Pixels, PixelsConfig

__all__ = ["Pixels", "PixelsConfig"]
