"""Every public name is documented, has a runnable example, and is used by a test."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "stimuli",
    "fitting",
    "neurosim",
    "neurosim.brainscore",
    "neurosim.datasets",
    "neurosim.experiments",
    "neurosim.flow",
    "neurosim.installed_weights",
    "neurosim.optimised",
    "neurosim.physiology",
    "neurosim.models.harmonic_search",
    "neurosim.models.harmonic_search.comparators",
    "neurosim.models.motion_energy",
    "neurosim.models.motion_energy.diet",
    "neurosim.models.visual_search",
    "neurosim.models.hcam",
    "neurosim.models.sparsey",
    "neurosim.models.tensor_brain",
)
PUBLIC = [
    (module, name)
    for module in MODULES
    for name in importlib.import_module(module).__all__
    if not inspect.ismodule(getattr(importlib.import_module(module), name))
]
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_public_name_is_documented_and_tested(module, name):
    found = getattr(importlib.import_module(module), name)
    if callable(found):
        doc = inspect.getdoc(found) or ""
        assert len(doc.split()) > 5, f"{module}.{name} has no docstring"
        assert ">>>" in doc, f"{module}.{name} has no example"
    assert re.search(rf"\b{name}\b", TESTS), f"{module}.{name} is not used by any test"


@pytest.mark.parametrize(
    ("module", "name"),
    [p for p in PUBLIC if inspect.isfunction(getattr(importlib.import_module(p[0]), p[1]))],
)
def test_public_function_is_annotated(module, name):
    signature = inspect.signature(getattr(importlib.import_module(module), name))
    bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
    assert not bare
    assert signature.return_annotation is not signature.empty


def parameters_of(module, name):
    found = getattr(importlib.import_module(module), name)
    if not callable(found) or (inspect.isclass(found) and issubclass(found, Exception)):
        return []
    return list(inspect.signature(found).parameters)


def _spelling(name):
    plain = name.replace("_", "").lower()
    for other, one in (("colour", "color"), ("gray", "grey"), ("center", "centre"), ("num", "n")):
        plain = plain.replace(other, one)
    return plain


def test_no_two_parameters_are_spelt_almost_alike():
    spelt = {}
    for module, name in PUBLIC:
        for parameter in parameters_of(module, name):
            spelt.setdefault(_spelling(parameter), set()).add(parameter)
    assert len(spelt) > 50
    assert not [names for names in spelt.values() if len(names) > 1]


FORBIDDEN = re.compile(r"^(freq|frequency|angle|theta|ang|rng|num_.*|nb_.*)$")


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_parameters_use_the_names_of_the_glossary(module, name):
    assert not [p for p in parameters_of(module, name) if FORBIDDEN.match(p)]
