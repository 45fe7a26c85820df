"""Optical flow: what a model sees move, its error, its colours, its pictures and files."""

from neurosim.flow.colors import flow_colors
from neurosim.flow.flow import Flow
from neurosim.flow.streams import save_flow_stream

__all__ = ["Flow", "flow_colors", "save_flow_stream"]
