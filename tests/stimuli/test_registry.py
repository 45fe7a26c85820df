"""Acceptance 11 for what all generators share, and the registry itself."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimuli
from stimuli import Screen, UnknownNameError
from stimuli.movie import Drawing
from stimuli.parameters import Array, Choice, Choices, Number, SeedParameter
from stimuli.registry import FAMILIES


@pytest.mark.parametrize("name", stimuli.names())
class TestEveryEntry:
    def test_is_a_public_function_with_the_same_parameters(self, name):
        function, entry = getattr(stimuli, name), stimuli.entry(name)
        parameters = inspect.signature(function).parameters
        assert list(parameters) == list(entry.parameters)
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
        assert "seed" in parameters

    def test_is_documented(self, name):
        entry, doc = stimuli.entry(name), getattr(stimuli, name).__doc__
        assert entry.summary.endswith(".")
        assert "(1" in entry.reference or "(2" in entry.reference  # a year
        sections = ("Parameters\n---", "Returns\n---", "Raises\n---", "Examples\n---")
        assert all(section in doc for section in sections)
        for key in entry.parameters:
            assert f"\n{key}\n    " in doc

    def test_says_what_it_is_and_shows_it(self, name):
        entry = stimuli.entry(name)
        assert entry.family in FAMILIES
        assert entry.examples
        for params in (entry.picture, *entry.examples):
            assert set(params) <= set(entry.parameters)

    def test_unknown_keyword_gets_the_nearest(self, name):
        with pytest.raises(UnknownNameError, match=f"{name}: parameter='sede'.*mean .*'seed'"):
            stimuli.make(name, sede=3)

    def test_positional_arguments_are_refused(self, name):
        with pytest.raises(TypeError, match=f"{name}: argument=2 is of type int; expected keyword"):
            getattr(stimuli, name)(2)

    @given(data=st.data())
    def test_nan_and_wrong_kinds_never_pass(self, name, data):
        """NaN, infinity or text in any numeric parameter is refused, and the message names it."""
        entry = stimuli.entry(name)
        numeric = [key for key, spec in entry.parameters.items() if isinstance(spec, Number)]
        key = data.draw(st.sampled_from(numeric))
        bad = data.draw(st.sampled_from([math.nan, math.inf, -math.inf, "2", None, [[]], True]))
        if bad is None and entry.parameters[key].optional:
            return
        with pytest.raises((ValueError, TypeError), match=f"{name}: {key}="):
            entry.movie(**{key: bad})

    def test_numpy_scalars_are_numbers(self, name):
        entry = stimuli.entry(name)
        key = next(k for k, spec in entry.parameters.items() if type(spec) is SeedParameter)
        assert entry.movie(**entry.examples[0], **{key: np.int64(5)}).params[key] == 5


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sf": -1}, r"grating: sf=-1 is out of range; expected sf > 0 cyc/deg. Choose sf in"),
        ({"sf": 16}, r"grating: sf=16.0 is at or above .* 0 < sf < ppd/2 = 16 cyc/deg. Raise"),
        ({"tf": 30}, r"grating: tf=30.0 would alias.*expected \|tf\| < fps/2 = 30 Hz"),
        ({"speed": 15}, r"grating: speed=30.0 would alias"),
        ({"contrast": 1.5}, "grating: contrast=1.5 is out of range; expected 0 <= contrast <= 1"),
        ({"mean_luminance": 0.7}, "grating: contrast=1.0 takes mean_luminance=0.7 outside"),
        ({"mean_luminance": 0}, "mean_luminance=0 is out of range; expected 0 < mean_luminance"),
        ({"tf": 1, "speed": 2}, "grating: tf=1.0 is given together with speed"),
        ({"duration": 0.01}, "grating: duration=0.01 is 0.6 frames at fps=60"),
        ({"duration": -1}, "grating: duration=-1 is out of range; expected duration > 0 s"),
        ({"waveform": "sin"}, "waveform='sin' is unknown.*Did you mean 'sine'"),
        ({"aperture": np.ones((3, 3))}, r"aperture=array.* expected shape \(H, W\) = \(256, 256\)"),
        ({"aperture": np.full((256, 256), 2.0)}, r"aperture=array.*weights in \[0, 1\]"),
        ({"aperture": [[1.0], [1.0, 0.0]]}, "aperture=array.* is not two-dimensional"),
        ({"aperture": "disc"}, "aperture='disc' is unknown"),
        ({"edge": -1}, "edge=-1 is out of range; expected edge >= 0 deg"),
        ({"exposure": 2}, "exposure=2 is out of range; expected 0 <= exposure <= 1"),
        ({"temporal_antialias": True}, "temporal_antialias=True has no harmonics to leave out"),
        ({"seed": -1}, "grating: seed=-1 is negative"),
        ({"screen": {"sise": 8}}, "grating: screen='sise' is unknown.*Did you mean 'size'"),
        ({"waveform": "square", "antialias": "harmonics"}, "contrast=1.0 takes mean_luminance"),
    ],
)
def test_grating_rejects(params, message):
    """Acceptance 11: parameter, value, allowed range, fix."""
    with pytest.raises(ValueError, match=message):
        stimuli.grating(**params)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"sigma": 0.5, "bandwidth": 1}, "gabor: sigma=0.5 is given together with bandwidth"),
        ({"pos": (1, 2, 3)}, r"gabor: pos=\(1, 2, 3\) has 3 numbers; expected 2 numbers"),
        ({"sf": 20}, "gabor: sf=20.0 is at or above the Nyquist"),
        ({"tf": -30}, "gabor: tf=-30.0 would alias"),
        ({"gamma": 0}, "gabor: gamma=0 is out of range"),
    ],
)
def test_gabor_rejects(params, message):
    with pytest.raises(ValueError, match=message):
        stimuli.gabor(**params)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"seed": np.random.default_rng(0)}, "grating: seed=.* expected an int or None"),
        ({"sf": "2"}, "grating: sf='2' is of type str; expected a number"),
        ({"screen": 8}, "grating: screen=8 is of type int; expected a Screen"),
        ({"aperture": 3}, "grating: aperture=3 is of type int"),
        ({"waveform": 3}, "grating: waveform=3 is of type int"),
        ({"allow_alias": 1}, "grating: allow_alias=1 is of type int; expected True or False"),
    ],
)
def test_grating_refuses_kinds(params, message):
    with pytest.raises(TypeError, match=message):
        stimuli.grating(**params)


def test_other_kinds():
    with pytest.raises(TypeError, match=r"plaid: directions=60 is of type int; expected numbers"):
        stimuli.plaid(directions=60)
    with pytest.raises(TypeError, match=r"rdk: n_dots=2.5 is of type float; expected a whole"):
        stimuli.rdk(n_dots=2.5)
    with pytest.raises(TypeError, match=r"plaid: directions='60' is of type str; expected numbers"):
        stimuli.plaid(directions="60")


def test_unknown_stimulus_gets_the_nearest():
    with pytest.raises(
        UnknownNameError, match=r"make: name='gratings' .*'grating'\? Known: .*gabor"
    ):
        stimuli.make("gratings")
    assert issubclass(UnknownNameError, ValueError)


def test_streams_refuse_frames_that_are_not_there():
    movie = stimuli.stream("grating", duration=0.5)
    for t in (-1, 30):
        with pytest.raises(ValueError, match=rf"frame: t={t} is not in the movie; expected 0 <= t"):
            movie.frame(t)
    with pytest.raises(ValueError, match="chunks: n=0 is less than 1"):
        movie.chunks(0)
    with pytest.raises(TypeError, match=r"chunks: n=1.5 is of type float"):
        movie.chunks(1.5)
    assert len(list(movie)) == len(movie) == 30
    assert repr(movie) == "Movie(grating, shape=(30, 256, 256), fps=60)"


def test_params_are_plain_and_whole():
    s = stimuli.plaid(directions=np.array([60, -60]), sfs=[1, 1], duration=0.5)
    assert s.params["name"] == "plaid"
    assert s.params["directions"] == [60.0, -60.0]
    assert s.params["screen"] == {"size": [8.0, 8.0], "ppd": 32.0, "fps": 60.0}
    assert set(s.params) == {"name", *stimuli.entry("plaid").parameters}


def test_a_new_generator_is_one_function(monkeypatch):
    """A drawing function with annotated parameters is all that it takes to join."""
    from stimuli import registry
    from stimuli.parameters import ScreenLike, Seed
    from stimuli.screen import DEFAULT_SCREEN

    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))

    def flat(*, contrast: stimuli.parameters.Contrast = 0.5, screen: ScreenLike = DEFAULT_SCREEN,
             seed: Seed = 0) -> Drawing:  # fmt: skip
        """Flat field."""
        return Drawing(1, lambda t, out: out.fill(contrast), truth={})

    joins = registry.generator(reference="Nobody (2000)", family="textures", examples=({},))
    flat = joins(flat)
    s = flat(contrast=0.25, screen=Screen(size=1))
    assert stimuli.make(**s.params).checksum() == s.checksum()
    assert "flat" in stimuli.names()


def test_choices_tell_their_options():
    assert (
        Choice("x", options=("a", "b")).describe("p", "a")
        == "p\n    x; one of 'a', 'b'. Default 'a'."
    )
    assert Choices("x", options=("a", "b"))._expected("p") == "one of 'a', 'b', or several of them"


def test_choices_and_arrays_say_what_is_wrong():
    words = Choices("x", options=("disc", "star"))
    with pytest.raises(UnknownNameError, match=r"f: shape='stra' is unknown.*mean 'star'"):
        words.check("f", "shape", ("disc", "stra"))
    with pytest.raises(TypeError, match="f: shape=3 is of type int; expected one of"):
        words.check("f", "shape", 3)
    walls = Array("x", shape=(None, 4), at_least=0, at_most=1)
    for bad in ([[0, 0, 1]], [[0, 0, 1, 2]], [[0, 0, 1, math.nan]], [[0], [1, 2]], []):
        with pytest.raises(ValueError, match=r"f: walls=.*\[0, 1\], shape \(any, 4\)"):
            walls.check("f", "walls", bad)
    with pytest.raises(TypeError, match="f: walls='x' is of type str; expected an array"):
        walls.check("f", "walls", "x")
    with pytest.raises(ValueError, match="is not finite"):
        Array("x").check("f", "walls", [[math.inf]])


def test_a_stimulus_need_not_be_seen_in_degrees(monkeypatch):
    """Bits, features and worlds have axes of their own and no pixels per degree."""
    from stimuli import registry
    from stimuli.parameters import Seed

    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))

    def bits(*, seed: Seed = 0) -> Drawing:
        """Bits."""
        return Drawing(3, lambda t, out: out.fill(t), {}, frame_shape=(5,), fps=2.0)

    registry.generator(reference="Nobody (2000)", family="memory", examples=({},))(bits)
    s = stimuli.make("bits")
    assert (s.shape, s.ppd, s.fps, s.duration) == ((3, 5), None, 2.0, 1.5)
    assert repr(stimuli.stream("bits")) == "Movie(bits, shape=(3, 5), fps=2)"
    assert s.frames[:, 0].tolist() == [0, 1, 2]
