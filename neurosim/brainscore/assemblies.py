"""Responses as Brain-Score's assemblies, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.brainscore.peer import peer
from neurosim.brainscore.time_bins import parsed_bins
from neurosim.errors import refusal
from neurosim.responses import Responses

if TYPE_CHECKING:
    import xarray

_ASSEMBLIES = "brainscore_core.supported_data_standards.brainio.assemblies"


def to_assembly(
    responses: Responses | np.ndarray,
    stimulus_ids: Sequence[str],
    region: str,
    *,
    layer: str | None = None,
    time_bins: Any = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
    units: Mapping[str, Sequence[Any]] | None = None,
) -> xarray.DataArray:
    """Return responses as a ``NeuroidAssembly``, which Brain-Score's metrics take.

    Parameters
    ----------
    responses
        What a model answered, or an array (n_stimuli, n_units) or (n_stimuli, n_time, n_units).
    stimulus_ids
        (n_stimuli,) names.
    region
        Where the units are, such as ``"V4"``.
    layer
        Which layer of ``Responses``; needed if there are several.
    time_bins
        One (start, end) in ms for each sample in time. None gives the mean over time of
        ``Responses``, and for arrays demands that there is no time.
    columns
        What else tells stimuli apart; Brain-Score balances splits over ``object_name``.
    units
        What tells units apart, each (n_units,), in addition to their ``neuroid_id``.

    Returns
    -------
    assembly
        dims (presentation, neuroid), with ``time_bins`` also time_bin; float64.

    Raises
    ------
    ImportError
        If Brain-Score is not installed.
    ValueError
        If shapes do not match, or a layer has to be named.

    Examples
    --------
    >>> assembly = to_assembly(np.eye(3), ["a", "b", "c"], "V4")  # doctest: +SKIP
    >>> assembly.dims, assembly.shape  # doctest: +SKIP
    (('presentation', 'neuroid'), (3, 3))
    """
    values = _values(responses, layer, time_bins)
    bins = None if time_bins is None else parsed_bins("to_assembly", time_bins)
    _check_lengths(values, stimulus_ids, bins)
    presentation = {"stimulus_id": list(stimulus_ids), **(columns or {})}
    if len(presentation) == 1:
        presentation["object_name"] = ["none"] * len(presentation["stimulus_id"])
    names = layer if isinstance(layer, str) else region
    n_units = values.shape[2]
    neuroid = {
        "neuroid_id": neuroid_ids(names, n_units),
        "region": [region] * n_units,
        **(units or {}),
    }
    return neuroid_assembly(
        "to_assembly", values if bins else values[:, 0], presentation, neuroid, bins
    )


def _values(responses: Responses | np.ndarray, layer: str | None, time_bins: Any) -> np.ndarray:
    if not isinstance(responses, Responses):
        values = np.asarray(responses, dtype=np.float64)
        return values[:, None] if values.ndim == 2 else values
    if layer is None and len(responses) > 1:
        raise ValueError(
            refusal(
                "to_assembly",
                "layer",
                layer,
                "leaves a choice",
                "one of " + ", ".join(responses),
                "Name the layer",
            )
        )
    layer = next(iter(responses)) if layer is None else layer
    if time_bins is None:
        return responses.features(layer).astype(np.float64)[:, None]
    return responses[layer].values.astype(np.float64)


def _check_lengths(values: np.ndarray, stimulus_ids: Sequence[str], bins: Sequence | None) -> None:
    n_time = 1 if bins is None else len(bins)
    if values.ndim != 3 or values.shape[:2] != (len(stimulus_ids), n_time):
        raise ValueError(
            refusal(
                "to_assembly",
                "responses",
                values,
                "has the wrong shape",
                f"({len(stimulus_ids)} stimuli, {n_time} time bins, n_units)",
                "Give one id a stimulus and one time bin a sample",
            )
        )


def neuroid_assembly(
    function: str,
    values: np.ndarray,
    presentation: Mapping[str, Sequence[Any]],
    neuroid: Mapping[str, Sequence[Any]],
    bins: Sequence[tuple[float, float]] | None,
) -> xarray.DataArray:
    """Return (n_stimuli, n_units), or with bins (n_stimuli, n_bins, n_units), as an assembly.

    Every dimension has two coordinates or more: with one the index collapses, and Brain-Score
    does not find it.
    """
    dims = ("presentation", "neuroid") if bins is None else ("presentation", "time_bin", "neuroid")
    coords = _coords("presentation", presentation) | _coords("neuroid", neuroid)
    if bins is not None:
        starts, ends = zip(*bins, strict=True)
        coords |= _coords("time_bin", {"time_bin_start": starts, "time_bin_end": ends})
    made = peer(function, _ASSEMBLIES).NeuroidAssembly(values, coords=coords, dims=dims)
    return made if bins is None else made.transpose("presentation", "neuroid", "time_bin")


def neuroid_ids(name: str, n_units: int) -> list[str]:
    """Return ids that sort as the units are ordered: Brain-Score gives its scores sorted by id.

    Examples
    --------
    >>> neuroid_ids("V1", 12)[1::10]
    ['V1.01', 'V1.11']
    """
    n_digits = len(str(n_units - 1))
    return [f"{name}.{unit:0{n_digits}d}" for unit in range(n_units)]


def behavioural_assembly(
    function: str,
    values: np.ndarray,
    presentation: Mapping[str, Sequence[Any]],
    *,
    dims: tuple[str, str],
    choices: Sequence[str] | None = None,
) -> xarray.DataArray:
    """Return choices or probabilities as Brain-Score's ``BehavioralAssembly``."""
    coords = _coords("presentation", presentation)
    if choices is not None:
        coords["choice"] = ("choice", list(choices))
    return peer(function, _ASSEMBLIES).BehavioralAssembly(values, coords=coords, dims=dims)


def _coords(dim: str, columns: Mapping[str, Sequence[Any]]) -> dict[str, tuple[str, list]]:
    return {name: (dim, list(column)) for name, column in columns.items()}


def from_assembly(assembly: xarray.DataArray) -> Responses:
    """Return an assembly of recordings as ``Responses``; Brain-Score need not be installed.

    Parameters
    ----------
    assembly
        dims presentation, neuroid and, if it has time, time_bin, in any order.

    Returns
    -------
    responses
        One layer for each value of the coordinate ``layer`` (or else ``region``) of the units;
        float32. ``time`` is the start of each bin in seconds; stimuli carry ``stimulus_id``, units
        the other coordinates of the neuroids.

    Raises
    ------
    ValueError
        If it has other dimensions.

    Examples
    --------
    >>> import xarray
    >>> coords = {"region": ("neuroid", ["V4", "V4", "IT"])}
    >>> from_assembly(xarray.DataArray(np.ones((2, 3)), coords, ("presentation", "neuroid")))
    Responses(V4: 2 stimuli x 1 time x 2 units; IT: 2 stimuli x 1 time x 1 units)
    """
    import xarray

    wanted = {"presentation", "neuroid"}
    if not wanted <= set(assembly.dims) <= wanted | {"time_bin"}:
        raise ValueError(
            refusal(
                "from_assembly",
                "assembly.dims",
                assembly.dims,
                "is no recording",
                "presentation, neuroid and perhaps time_bin",
                "Name the dimensions so",
            )
        )
    values = assembly.transpose("presentation", *_time(assembly), "neuroid").values
    values = values.reshape(len(values), -1, values.shape[-1]).astype(np.float32)
    stimulus, unit = coordinates(assembly, "presentation"), coordinates(assembly, "neuroid")
    time = np.asarray(coordinates(assembly, "time_bin").get("time_bin_start", [0])) / 1000
    key = "layer" if "layer" in unit else "region"
    names = unit.pop(key, np.array(["assembly"] * values.shape[-1]))
    layers = {}
    for name in dict.fromkeys(names.tolist()):
        own = names == name
        coords = {"time": ("time", time if _time(assembly) else np.arange(values.shape[1]))}
        coords |= {k: ("unit", column[own]) for k, column in unit.items()}
        if "stimulus_id" in stimulus:
            coords["stimulus_id"] = ("stimulus", stimulus["stimulus_id"])
        layers[str(name)] = xarray.DataArray(
            values[:, :, own], coords, ("stimulus", "time", "unit"), name=str(name)
        )
    return Responses(layers)


def _time(assembly: xarray.DataArray) -> tuple[str, ...]:
    return ("time_bin",) if "time_bin" in assembly.dims else ()


def coordinates(assembly: xarray.DataArray, dim: str) -> dict[str, np.ndarray]:
    """Return the coordinates along a dimension, those of its index one by one."""
    found = {}
    for name, coordinate in assembly.coords.items():
        if coordinate.dims != (dim,):
            continue
        index = coordinate.to_index()
        if name == dim and index.nlevels > 1:
            found |= {level: np.asarray(index.get_level_values(level)) for level in index.names}
        elif name != dim:
            found[str(name)] = np.asarray(coordinate.values)
    return found
