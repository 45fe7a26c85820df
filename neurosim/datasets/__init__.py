"""Neural and behavioural data: stimuli, responses and ceilings, from a path or the user's cache."""

from neurosim.datasets.dataset import RDMDataset, ResponseDataset
from neurosim.datasets.flow_dataset import FlowDataset
from neurosim.datasets.registry import info, load, names
from neurosim.datasets.scanpath_dataset import ScanpathDataset

__all__ = [
    "FlowDataset",
    "RDMDataset",
    "ResponseDataset",
    "ScanpathDataset",
    "info",
    "load",
    "names",
]
