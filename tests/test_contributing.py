"""What CONTRIBUTING.md promises about adding a model is true."""

import re
from pathlib import Path

import neurosim

ROOT = Path(__file__).resolve().parents[1]


def test_the_model_of_the_guide_passes(tmp_path, monkeypatch):
    neurosim.names()  # so that the models in folders are registered before the copy is made
    monkeypatch.setattr(neurosim.model, "_REGISTER", dict(neurosim.model._REGISTER))
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    (tmp_path / "mean_luminance.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    __import__("mean_luminance")
    model = neurosim.load("mean_luminance", gain=2.0)
    neurosim.validate_model(model)
    assert model.config.gain == 2.0


def test_the_files_that_the_guide_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`((?:tests|stimuli|fitting|benchmarks|neurosim)/[\w./]+\.py)`", text))
    assert len(named) >= 5
    assert not [path for path in named if not (ROOT / path).exists()]
