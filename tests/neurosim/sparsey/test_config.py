"""Every rejection of a configuration, its defaults, and its way through JSON."""

import json

import pytest

import neurosim
from neurosim.models.sparsey import PRESETS, SparseyConfig

REJECTED = [
    ({"n_modules": 0}, "n_modules=0"),
    ({"n_units": 0}, "n_units=0"),
    ({"g_min": 1.0}, "g_min=1.0"),
    ({"g_min": -0.1}, "g_min=-0.1"),
    ({"gamma": 0.0}, "gamma=0.0"),
    ({"lam": -1.0}, "lam=-1.0"),
    ({"chi": 0.0}, "chi=0.0"),
    ({"chi": float("nan")}, "chi=nan"),
    ({"phi": float("inf")}, "phi=inf"),
    ({"u_power": 0.0}, "u_power=0.0"),
    ({"u_power_start": -1.0}, "u_power_start=-1.0"),
    ({"v_zeta": 1.0}, "v_zeta=1.0"),
    ({"boost": -1.0}, "boost=-1.0"),
    ({"boost_limit": 0.5}, "boost_limit=0.5"),
    ({"pi_min": 0.5, "pi_max": 0.2}, "pi_min=0.5 is above pi_max=0.2"),
    ({"pi_max": 1.5}, "pi_max=1.5"),
    ({"pi_min": -0.5}, "pi_min=-0.5"),
    ({"persistence": 0}, "persistence=0"),
    ({"persistence": -2}, "persistence=-2"),
    ({"freeze_at": 0.0}, "freeze_at=0.0"),
    ({"freeze_at": 1.5}, "freeze_at=1.5"),
    ({"normalise": "min"}, "divides by pi_min = 0"),
    ({"normalise": "sum"}, "normalise='sum' is unknown"),
    ({"win_weight": "softmax"}, "win_weight='softmax' is unknown"),
    ({"choice": "random"}, "choice='random' is unknown"),
    ({"layout": "ring"}, "layout='ring' is unknown"),
    ({"r14": (1.0, 2.0)}, "r14="),
    ({"decay": (3, 2, 1)}, "decay="),
    ({"decay": (3, 2)}, "decay="),
    ({"backoff": (0.9, 0.8)}, "backoff="),
    ({"backoff": (0.9, 0.8, 1.7)}, "backoff=1.7"),
    ({"d_radius": 0.5}, "refers to level 2, which is not there"),
    ({"grid": ((2, 2), (1, 1)), "d_radius": (1.0, 1.0)}, "refers to level 3"),
    ({"grid": ((2, 2), (1, 1)), "n_units": (4, 4, 4)}, "has 3 values for 2 levels"),
    ({"grid": ()}, "grid="),
    ({"grid": ((0, 1),)}, "grid=0"),
    ({"input_shape": (3, 4, 5)}, "input_shape="),
    ({"input_shape": (0,)}, "input_shape=0"),
    ({"h_radius": -1.0}, "h_radius=-1.0"),
    ({"u_radius": 0.0}, "u_radius=0.0"),
    ({"seed": -1}, "seed=-1"),
]


@pytest.mark.parametrize(("settings", "text"), REJECTED)
def test_refuses(settings, text):
    with pytest.raises(ValueError, match="expected") as error:
        SparseyConfig(**settings)
    assert text in str(error.value)


@pytest.mark.parametrize("settings", [{"n_units": 2.5}, {"lam": "10"}, {"seed": None}])
def test_refuses_the_wrong_kind(settings):
    with pytest.raises(TypeError, match=next(iter(settings))):
        SparseyConfig(**settings)


def test_refuses_a_field_that_holds_nothing():
    with pytest.raises(ValueError, match=r"u_radius=0\.01 leaves a mac of level 1 without"):
        neurosim.load("sparsey", grid=((1, 1),), u_radius=0.01)


def test_warns_of_one_unit():
    """Acceptance: K = 1 is no code."""
    with pytest.warns(UserWarning, match="n_units=1 at level 1 leaves one code"):
        SparseyConfig(n_units=1)


def test_refuses_a_level_and_a_key_that_are_not_there():
    with pytest.raises(ValueError, match="level=2 does not exist"):
        SparseyConfig().level(2)
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'n_units'"):
        SparseyConfig.from_dict({"n_unit": 3})


def test_survives_json():
    config = SparseyConfig(
        grid=((2, 2), (1, 1)),
        n_units=(8, 16),
        h_radius=(0.0, None),
        d_radius=(1.0, None),
        decay=(2000, 3000, 4000),
        backoff=(0.9, 0.8, 0.7),
    )
    assert SparseyConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert config.level(1).d_radius == 1.0
    assert config.level(2).n_units == 16


def test_presets_are_the_tried_ones():
    assert set(PRESETS) == {"soft", "mid", "hard", "dense"}
    soft = neurosim.load("sparsey", preset="soft").config
    assert soft == SparseyConfig()
    assert (soft.lam, soft.phi, soft.chi, soft.gamma, soft.g_min) == (10, 7, 5, 2, 0.1)
    hard = neurosim.load("sparsey", preset="hard").config
    assert (hard.lam, hard.phi, hard.chi) == (28, 14, 100)
    assert neurosim.load("sparsey", preset="dense").config.freeze_at == 0.45
