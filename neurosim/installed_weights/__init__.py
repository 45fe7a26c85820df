"""Weights that other people trained: installed once from a file, verified, and read by name."""

from .installed import installed_weights, is_installed
from .installing import install_weights
from .preprocessing import Preprocessing

__all__ = ["Preprocessing", "install_weights", "installed_weights", "is_installed"]
