"""The text of a plugin with which a model is submitted to Brain-Score."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from neurosim.errors import refusal
from neurosim.model import chosen_layers, load

_INIT = '''\
"""{identifier}: a neurosim model for Brain-Score."""

from brainscore_vision import model_registry

from .model import get_model

model_registry["{identifier}"] = get_model
'''

_MODEL = '''\
"""{summary}"""

import neurosim
from neurosim.brainscore import to_brain_model

BIBTEX = {bibtex}
REGIONS = {regions}


def get_model():
    """Return the subject; its layers were committed to regions before it was scored."""
    model = neurosim.load({name!r}{settings})
    return to_brain_model(
        model,
        REGIONS,
        visual_degrees={visual_degrees!r},
        identifier="{identifier}",
        encoding={encoding!r},
        ppd={ppd!r},
        # Brain-Score's benchmark of odd ones compares names, not places.
        odd_answer="stimulus_id",
    )


def get_bibtex(model_identifier):
    """Return what to cite."""
    return BIBTEX
'''

_TEST = '''\
"""The subject is built, and knows its regions."""

from brainscore_vision import load_model


def test_the_subject_can_be_recorded_from():
    """Every region that it commits to has a layer."""
    subject = load_model("{identifier}")
    assert subject.identifier == "{identifier}"
    for region in {names}:
        subject.start_recording(region, time_bins=[(70, 170)])
'''


def plugin_text(
    identifier: str,
    model: str,
    region_map: Mapping[str, Sequence[str] | str],
    visual_degrees: float,
    *,
    preset: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    encoding: str = "linear",
    ppd: float | None = None,
    bibtex: str = "",
    requirement: str = "neurosim-toolkit[brainscore]",
) -> dict[str, str]:
    """Return the files of a plugin: put them into a folder, zip it, submit it.

    Brain-Score finds the model by the line of ``__init__.py`` that registers it.

    Parameters
    ----------
    identifier
        Name under which it is scored: letters, digits, ``_``, ``-`` and ``.``.
    model
        Name of a registered model.
    region_map, visual_degrees, encoding, ppd
        As in ``to_brain_model``.
    preset, overrides
        As in ``neurosim.load``.
    bibtex
        What to cite.
    requirement
        The line of ``requirements.txt`` by which pip finds this package.

    Returns
    -------
    files
        File name to text: ``__init__.py``, ``model.py``, ``test.py``, ``requirements.txt``.

    Raises
    ------
    UnknownNameError
        If the model or a layer is not known.
    ValueError
        If the identifier holds another character, or overrides are not plain JSON values.

    Examples
    --------
    >>> files = plugin_text("my-pixels", "pixels", {"V1": "pixels"}, 8)
    >>> print(files["__init__.py"].splitlines()[-1], len(files))
    model_registry["my-pixels"] = get_model 4
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", identifier):
        raise ValueError(
            refusal(
                "plugin_text",
                "identifier",
                identifier,
                "is no name",
                "letters, digits, '_', '-' and '.'",
                "Use 'my_model'",
            )
        )
    settings = dict(overrides or {})
    if _as_json(settings) != settings:
        raise ValueError(
            refusal(
                "plugin_text",
                "overrides",
                settings,
                "does not survive JSON",
                "numbers, words, booleans and lists",
                "Name a preset",
            )
        )
    built = load(model, preset=preset, **settings)
    regions = {region: list(chosen_layers(built, on)) for region, on in region_map.items()}
    fields = {
        "identifier": identifier,
        "summary": f"{model} of neurosim as a subject of Brain-Score.",
        "name": model,
        "settings": ("" if preset is None else f", preset={preset!r}")
        + (f", **{settings!r}" if settings else ""),
        "regions": repr(regions),
        "visual_degrees": visual_degrees,
        "encoding": encoding,
        "ppd": ppd,
        "bibtex": repr(bibtex),
        "names": repr(list(regions)),
    }
    return {
        "__init__.py": _INIT.format(**fields),
        "model.py": _MODEL.format(**fields),
        "test.py": _TEST.format(**fields),
        "requirements.txt": f"{requirement}\n",
    }


def _as_json(settings: Mapping[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(settings))
    except (TypeError, ValueError):
        return None
