"""Brain-Score's recordings as data sets that ``neurosim.score`` takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from neurosim.brainscore.assemblies import coordinates
from neurosim.brainscore.pictures import read_stimuli, table_of
from neurosim.datasets import ResponseDataset
from neurosim.errors import refusal
from stimuli import StimulusSet

if TYPE_CHECKING:
    import xarray


def to_dataset(
    assembly: xarray.DataArray,
    degrees: float,
    *,
    name: str,
    species: str = "unknown",
    response_unit: str = "as recorded",
    citation: str = "as in Brain-Score",
    licence: str = "as in Brain-Score",
    encoding: str = "linear",
    ppd: float | None = None,
) -> ResponseDataset:
    """Return a recording that Brain-Score loaded as a data set; the way back of ``to_benchmark``.

    Parameters
    ----------
    assembly
        Dims presentation, neuroid and at most one time_bin, of one region, with its repetitions
        and with its stimuli in ``attrs["stimulus_set"]``.
    degrees
        Width of the pictures.
    name, species, response_unit, citation, licence
        As in ``ResponseDataset``.
    encoding, ppd
        How files become light; see ``to_brain_model``.

    Returns
    -------
    dataset
        Repeats are NaN where a stimulus was shown less often than others. Splits are balanced over
        ``object_name`` where the recording has it.

    Raises
    ------
    ValueError
        If it has several time bins or regions, no stimuli, or each stimulus only once.

    Examples
    --------
    >>> import stimuli, tempfile, xarray
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     image = stimuli.gabor(seed=0, duration=None)
    ...     shown = [str(image.save(f"{folder}/{k}.png")) for k in range(2)]
    ...     coords = {"stimulus_id": ("presentation", shown * 2), "region": ("neuroid", ["V4"] * 3)}
    ...     seen = xarray.DataArray(np.ones((4, 3)), coords, ("presentation", "neuroid"))
    ...     seen.attrs["stimulus_set"] = shown
    ...     to_dataset(seen, degrees=8, name="mine").repeats.shape
    (2, 2, 3)
    """
    one_bin = "time_bin" not in assembly.dims or assembly.sizes["time_bin"] == 1
    stimulus, unit = coordinates(assembly, "presentation"), coordinates(assembly, "neuroid")
    regions = sorted(set(np.asarray(unit.get("region", ["unknown"])).tolist()))
    if "stimulus_set" not in assembly.attrs or "stimulus_id" not in stimulus:
        raise _refused(assembly, "has no stimuli", "stimulus_id and attrs['stimulus_set']")
    if not one_bin or len(regions) > 1:
        raise _refused(
            assembly, f"has several time bins or regions {regions}", "one time bin of one region"
        )
    values = assembly.squeeze("time_bin") if "time_bin" in assembly.dims else assembly
    values = values.transpose("presentation", "neuroid").values.astype(np.float64)
    columns, paths = table_of(assembly.attrs["stimulus_set"])
    rows = {identity: row for row, identity in enumerate(columns["stimulus_id"])}
    times = Counter(stimulus["stimulus_id"].tolist())
    if set(times) - set(rows) or max(times.values()) < 2:
        raise _refused(
            assembly, "lacks stimuli, or shows each once", "every stimulus, two times or more"
        )
    repeats = np.full((max(times.values()), len(rows), values.shape[1]), np.nan)
    shown: Counter = Counter()
    for identity, value in zip(stimulus["stimulus_id"].tolist(), values, strict=True):
        repeats[shown[identity], rows[identity]] = value
        shown[identity] += 1
    pictures = read_stimuli(paths, degrees, encoding=encoding, ppd=ppd)
    ids = [str(identity) for identity in rows]
    return ResponseDataset(
        name=name,
        region=regions[0],
        species=species,
        stimuli=StimulusSet(
            pictures, columns={"stimulus_id": ids, "degrees": [degrees] * len(ids)}
        ),
        repeats=repeats,
        response_unit=response_unit,
        citation=citation,
        licence=licence,
        stratify=_categories(stimulus, rows),
    )


def _categories(stimulus: dict[str, np.ndarray], rows: dict) -> np.ndarray | None:
    if "object_name" not in stimulus:
        return None
    names = dict(zip(stimulus["stimulus_id"].tolist(), stimulus["object_name"], strict=True))
    categories = np.array([str(names[identity]) for identity in rows])
    return None if len(set(categories)) == 1 else categories


def _refused(assembly: xarray.DataArray, problem: str, expected: str) -> ValueError:
    return ValueError(
        refusal(
            "to_dataset", "assembly.dims", assembly.dims, problem, expected, "Select such a part"
        )
    )
