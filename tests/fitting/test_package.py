"""What importing the package costs, and what it lists as public."""

import json
import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_array

import fitting
from fitting.errors import check_choice
from fitting.inputs import check_samples

PROBE = """
import json, sys, time
import sklearn.base, sklearn.utils.validation
start = time.process_time()
import fitting
seconds = time.process_time() - start
heavy = ["nilearn", "dask", "matplotlib", "brainscore_vision", "torch", "neurosim", "stimuli"]
print(json.dumps([seconds, [name for name in heavy if name in sys.modules]]))
"""


def test_import_is_light():
    """Below 0.5 s beyond scikit-learn's own import, and nothing heavy is loaded."""
    root = fitting.__path__[0] + "/.."
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, cwd=root
    )
    seconds, loaded = json.loads(done.stdout)
    assert loaded == []
    assert seconds < 0.5


def test_public_names_exist_and_are_documented():
    assert fitting.__all__ == sorted(fitting.__all__)
    for name in fitting.__all__:
        assert getattr(fitting, name).__doc__


def test_errors_have_one_form():
    with pytest.raises(fitting.UnknownNameError, match=r"^f: p='x' is not known; expected one of"):
        check_choice("f", "p", "x", ["aaa"])
    with pytest.raises(
        ValueError, match=r"^f: X=array\(0, 2\) has 0 sample.*; expected .*\. \w.*\.$"
    ):
        check_samples("f", "X", np.zeros((0, 2)))
    with pytest.raises(TypeError, match=r"^f: X=csr_array is a sparse matrix; expected a dense"):
        check_samples("f", "X", csr_array([[1.0]]))
