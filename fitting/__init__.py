"""From features to brain data."""
from .ridge import RidgeCV
__all__ = ["RidgeCV"]
