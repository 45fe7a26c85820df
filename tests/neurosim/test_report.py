"""The page: whole, self-contained, and honest about what is absent."""

import re

import pytest

import neurosim
from neurosim.experiments import (
    flow_decoding,
    movie_encoding,
    place_vs_time_chunks,
    search_diet,
)
from neurosim.report import write_report
from neurosim.report.page import ModelSection
from stimuli.registry import FAMILIES


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder, other = tmp_path_factory.mktemp("report"), tmp_path_factory.mktemp("elsewhere")
    with pytest.MonkeyPatch.context() as patch:  # without recordings: they are scored elsewhere
        patch.setenv("NEUROSIM_DATA", str(other / "none"))
        patch.setenv("XDG_CACHE_HOME", str(other / "cache"))
        patch.setenv("NEUROSIM_WEIGHTS", str(other / "weights"))
        patch.setattr(search_diet, "_N_STEPS", 2)  # what it learns is tested elsewhere
        patch.setitem(search_diet._DISPLAYS, "quick", 1)
        patch.setattr(place_vs_time_chunks, "_N_ALLOCATORS", 1)  # likewise
        # three runs, shown once for two experiments
        layers = ("V1", "MT3")
        scan = movie_encoding.simulated_scan(neurosim.load("motion_energy"), layers, 3, 0)
        for module in (movie_encoding, flow_decoding):
            patch.setattr(module, "simulated_scan", lambda *shown: scan)
        return write_report(folder)


def test_page_is_self_contained(page):
    text = page.read_text()
    assert page.name == "index.html"
    assert [p.name for p in page.parent.iterdir()] == ["index.html"]
    sources = re.findall(r'(?:src|href)="([^"]{1,30})', text)
    assert sources
    assert all(s.startswith("data:image/png") for s in sources)


def test_page_names_every_model_experiment_and_dataset(page):
    text = page.read_text()
    for name in (*neurosim.names(), *neurosim.experiments.names(), *neurosim.datasets.names()):
        assert name in text
    for family in FAMILIES:
        assert f'alt="Stimuli of the family {family}"' in text
    assert "Not trained" not in text  # the model that is run by default has trained weights
    assert "permuted" in text
    assert "Not scored: datasets.load" in text
    assert "Run `neurosim weights install vgg16`" in text
    assert "Not scored, since its weights are random: EccNet(" in text
    assert not re.search(r"<td>visual_search</td>", text)


def test_notes_of_untrained_models_are_shown_once():
    model = neurosim.load("motion_energy", weights=None)
    result = neurosim.run("missing_fundamental", model)
    section = ModelSection(neurosim.model.entry("motion_energy"), [(result, ""), (result, "")])
    (note,) = section.notes
    assert "Not trained" in note


def test_unknown_effort(tmp_path):
    with pytest.raises(neurosim.UnknownNameError, match="effort='x'"):
        write_report(tmp_path / "r", effort="x")
    assert not (tmp_path / "r").exists()
