"""A bar when asked for, silence otherwise, and the same items either way."""

import neurosim
from neurosim.progress import bar


def test_bar_is_drawn_on_the_error_stream_only_when_asked_for(capsys):
    assert list(bar("abc", 3, show=False)) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""
    assert list(bar("abc", 3, show=True, what="counting")) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "counting" in err


def test_models_report_progress(capsys):
    model = neurosim.load("pixels")
    model.respond(neurosim.datasets.load("simulated_mt").stimuli, progress=True)
    assert "responding" in capsys.readouterr().err
