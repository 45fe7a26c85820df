"""Any nn.Module is a model."""

import numpy as np
import pytest
import torch

import neurosim
from stimuli import Screen, grating


@pytest.fixture
def net():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(1, 3, 3), torch.nn.ReLU(), torch.nn.Flatten(1))


def movie():
    return grating(screen=Screen(size=1, ppd=16, fps=25), duration=0.2, sf=2, tf=2, seed=0)


def test_image_module_is_recorded_frame_by_frame(net):
    model = neurosim.from_module(net, layers=["0", "1"], name="net")
    responses = model.respond(movie())
    assert responses["1"].shape == (1, 5, 3 * 14 * 14)
    with torch.no_grad():
        expected = net[:2](torch.tensor(np.array(movie().frames))[:, None]).flatten(1)
    np.testing.assert_allclose(responses["1"].values[0], expected, atol=1e-6)
    neurosim.validate_model(model, stimulus=movie())


def test_video_module_keeps_its_time_axis():
    class Motion(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.difference = torch.nn.Identity()

        def forward(self, video):
            return self.difference(video[:, 1:] - video[:, :-1])

    model = neurosim.from_module(Motion(), layers="difference", inputs="video", time_axis=1)
    assert model.respond(movie())["difference"].shape == (1, 4, 256)
    whole = neurosim.from_module(Motion(), layers="difference", inputs="video")
    assert whole.respond(movie())["difference"].shape == (1, 1, 4 * 256)


def test_colour_module_sees_three_channels():
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3))
    model = neurosim.from_module(net, layers=["0"], color=True)
    assert model.respond(movie())["0"].shape == (1, 5, 2 * 14 * 14)


def test_errors(net):
    with pytest.raises(TypeError, match=r"expected a torch.nn.Module"):
        neurosim.from_module(lambda x: x, layers=["0"])
    with pytest.raises(neurosim.UnknownNameError, match=r"layers='relu'"):
        neurosim.from_module(net, layers=["relu"])
    with pytest.raises(neurosim.UnknownNameError, match=r"inputs='movie'"):
        neurosim.from_module(net, layers=["0"], inputs="movie")
