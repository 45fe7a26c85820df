"""Shared set-up of the tests: headless figures, one thread, fixed hypothesis profile."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Set before numpy or torch is imported. One thread: on a shared machine two are often slower.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
_SHARED = Path(__file__).resolve().parents[1] / "shared" / "data"
if "NEUROSIM_DATA" not in os.environ and _SHARED.is_dir():
    os.environ["NEUROSIM_DATA"] = str(_SHARED)

settings.register_profile("neurosim", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("neurosim")


@pytest.fixture
def data_root() -> Path:
    """The folder of reference arrays and recordings; the test is skipped where it is absent."""
    root = os.environ.get("NEUROSIM_DATA")
    if not root or not Path(root).is_dir():
        pytest.skip("NEUROSIM_DATA is not set to a folder with the reference data")
    return Path(root)


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
