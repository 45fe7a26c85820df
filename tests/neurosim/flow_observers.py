"""Toy observers that report a flow from the truth of a stimulus, for the tests of experiments."""

import numpy as np

from neurosim.flow import Flow
from neurosim.models.motion_energy import DirectionReadout


def vector(speed, direction):
    """(2,) deg/s, x right, y up."""
    turn = np.radians(direction)
    return speed * np.array([np.cos(turn), np.sin(turn)])


def pattern(movie):
    """The velocity that an observer by the intersection of constraints reports."""
    truth = movie.truth
    if "terminator_direction" in truth:
        # Ends of stripes on the long sides and on the short sides, weighted by their lengths.
        return barber(movie, turn=1.0)
    if "dots" in truth:
        return dots(movie)
    if "components" in truth and len(truth["components"]) > truth["n_elements"]:
        table = truth["components"]
        return np.array([table["vx"].mean(), table["vy"].mean()])
    if "ioc_speed" in truth:
        return vector(truth["ioc_speed"], truth["ioc_direction"])
    if "object_velocity" in truth:
        return truth["object_velocity"][0]
    direction = truth["direction"] if "direction" in truth else truth["fourier_direction"]
    return vector(truth["speed"], direction)


def average(movie):
    """The velocity that an observer by the vector average reports."""
    truth = movie.truth
    if "components" in truth:
        table = truth["components"]
        if len(table) > truth["n_elements"]:
            return np.array([table["vx"].mean(), table["vy"].mean()])
        return vector(table["speed"], table["direction"]).mean(axis=1)
    if "va_speed" in truth:
        return vector(truth["va_speed"], truth["va_direction"])
    if "terminator_direction" in truth:
        return vector(truth["speed"], truth["direction"])
    if "fourier_direction" in truth:
        return vector(truth["speed"], truth["physical_direction"])
    return pattern(movie)


def barber(movie, turn):
    """Normal at 1:1, and ``turn`` of the way to the long axis as the window gets longer."""
    truth = movie.truth
    aspect = movie.params["aspect"]
    away = (truth["terminator_direction"] - truth["direction"] + 180) % 360 - 180
    return vector(truth["speed"], truth["direction"] + turn * away * (1 - 1 / aspect))


def dots(movie):
    """Mean step of all dots that are not replotted."""
    table = movie.truth["dots"]
    steps = table[~table["replotted"]]
    return np.array([steps["dx"].mean(), steps["dy"].mean()]) * movie.fps


class Observer:
    """Reports one velocity everywhere, as ``sees(movie)`` says, in deg/s."""

    layers, config = ("none",), None

    def __init__(self, name, sees):
        self.name = name
        self._sees = sees

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        raise AssertionError("not recorded from")

    def flow(self, stimuli, *, batch_size=None, progress=False):
        seen = []
        for movie in stimuli:
            x, y = self._sees(movie)
            height, width = movie.shape[1:]
            uv = np.array([x, -y], np.float32) * movie.ppd / movie.fps
            seen.append(np.broadcast_to(uv, (1, height, width, 2)))
        return Flow(np.stack(seen), frames=[5], ppd=movie.ppd, fps=movie.fps)


IOC = Observer("intersection of constraints", pattern)
VA = Observer("vector average", average)
NOTHING = Observer("nothing", lambda movie: (0.0, 0.0))
REVERSED = Observer("reversed", lambda movie: -np.asarray(pattern(movie)))
ENERGY = Observer(
    "blind to contrast waves",
    lambda movie: (
        vector(1.0, int(movie.checksum()[:6], 16) % 360)
        if movie.name == "contrast_modulated"
        else pattern(movie)
    ),
)
HUMAN = Observer(
    "faint plaids by the vector average",
    lambda movie: (
        average(movie)
        if movie.name == "plaid" and max(np.atleast_1d(movie.params["contrasts"])) < 0.1
        else pattern(movie)
    ),
)


class Both(Observer):
    """Reports a direction too, the one of its flow."""

    def global_direction(self, stimuli):
        seen = np.array([self._sees(movie) for movie in stimuli], dtype=float)
        direction = np.degrees(np.arctan2(seen[:, 1], seen[:, 0])) % 360
        return DirectionReadout(direction, np.ones(len(seen)))
