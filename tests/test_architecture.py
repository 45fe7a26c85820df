"""The house: arrows between the packages, what an import costs, how files are kept small."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("stimuli", "neurosim", "fitting")
ALLOWED = {
    "stimuli": {"stimuli"},
    "fitting": {"fitting"},
    "neurosim": {"stimuli", "neurosim", "fitting"},
}
PEERS = {
    "brainblocks",
    "himalaya",
    "rsatoolbox",
    "moten",
    "stimupy",
    "MotionClouds",
    "htm_pytorch",
    "pykeen",
}
HEAVY = ["torch", "matplotlib", "nilearn", "dask", "brainscore_vision", "pandas", "PIL"]


def sources(package):
    return sorted((ROOT / package).rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_point_one_way(package):
    for path in sources(package):
        reached = set(imported(path))
        assert not (reached & set(PACKAGES)) - ALLOWED[package], path
        assert not reached & PEERS, f"{path} imports a peer"


@pytest.mark.parametrize("package", PACKAGES)
def test_files_are_small_and_named_for_what_they_hold(package):
    for path in sources(package):
        assert len(path.read_text().splitlines()) <= 450, path
        assert path.name not in {"utils.py", "helpers.py", "misc.py", "common.py"}, path


def _after_import(package, first=""):
    """Modules loaded and CPU seconds used by ``import package`` in a fresh process."""
    code = (
        f"import json, sys, time\n{first}\nstart = time.process_time()\nimport {package}\n"
        "print(json.dumps([time.process_time() - start, sorted(sys.modules)]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(out.stdout)


@pytest.mark.parametrize(
    ("package", "first", "lazy"),
    [
        ("stimuli", "", HEAVY),
        ("fitting", "", ["matplotlib", "nilearn", "dask", "brainscore_vision", "torch"]),
        ("neurosim", "", ["matplotlib", "nilearn", "dask", "brainscore_vision"]),
    ],
)
def test_import_loads_nothing_heavy(package, first, lazy):
    _, modules = _after_import(package, first)
    assert not set(lazy) & set(modules)


@pytest.mark.parametrize(("package", "base"), [("neurosim", "torch"), ("fitting", "sklearn")])
def test_import_costs_under_half_a_second(package, base):
    """The least of three: other work on the machine can only add."""
    first = (
        "import torch"
        if base == "torch"
        else ("import sklearn.linear_model, sklearn.model_selection")
    )
    assert min(_after_import(package, first)[0] for _ in range(3)) < 0.5


def test_installed_packages_are_ours():
    for package in PACKAGES:
        found = __import__(package)
        assert Path(found.__file__).resolve().parent == ROOT / package
