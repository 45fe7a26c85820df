"""What a model answered: for each layer an array (stimulus, time, unit) with unit coordinates."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from neurosim.errors import refusal, unknown_name
from stimuli.files.whole_files import write_whole

if TYPE_CHECKING:
    import xarray

DIMS = ("stimulus", "time", "unit")


class Responses(Mapping[str, "xarray.DataArray"]):
    """A mapping from layer name to an ``xarray.DataArray`` of dims (stimulus, time, unit).

    Parameters
    ----------
    layers
        Layer name to a float32 ``DataArray`` with dims ("stimulus", "time", "unit"). ``time`` is in
        seconds from the first frame where the stimulus has a frame rate, else in frames.

    Raises
    ------
    ValueError
        If there is no layer, or one has other dims.

    Examples
    --------
    >>> import numpy as np
    >>> responses = Responses.from_arrays({"V1": np.ones((2, 1, 3), dtype=np.float32)})
    >>> responses.features("V1").shape
    (2, 3)
    >>> responses
    Responses(V1: 2 stimuli x 1 time x 3 units)
    """

    def __init__(self, layers: Mapping[str, xarray.DataArray]) -> None:
        if not layers:
            raise ValueError(
                refusal(
                    "Responses", "layers", {}, "is empty", "at least one layer", "Record a layer"
                )
            )
        for name, array in layers.items():
            if array.dims != DIMS:
                raise ValueError(
                    refusal(
                        "Responses",
                        f"layers[{name!r}].dims",
                        array.dims,
                        "is not the contract",
                        f"{DIMS}",
                        "Transpose the array or use Responses.from_arrays",
                    )
                )
        self._layers = dict(layers)

    @classmethod
    def from_arrays(
        cls,
        values: Mapping[str, np.ndarray],
        *,
        time: np.ndarray | None = None,
        units: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    ) -> Responses:
        """Wrap plain arrays.

        Parameters
        ----------
        values
            Layer name to an array (n_stimuli, n_time, n_units); cast to float32.
        time
            (n_time,) seconds; default 0, 1, 2... frames.
        units
            Layer name to a table of unit coordinates, each of shape (n_units,).
        """
        import xarray

        layers = {}
        for name, array in values.items():
            array = np.asarray(array, dtype=np.float32)
            if array.ndim != 3:
                raise ValueError(
                    refusal(
                        "Responses.from_arrays",
                        f"values[{name!r}].shape",
                        array.shape,
                        "has the wrong number of axes",
                        "(n_stimuli, n_time, n_units)",
                        "Flatten the axes of the units into one",
                    )
                )
            coords: dict[str, object] = {
                "time": np.arange(array.shape[1]) if time is None else np.asarray(time)
            }
            for key, column in ((units or {}).get(name) or {}).items():
                coords[key] = ("unit", np.asarray(column))
            layers[name] = xarray.DataArray(array, dims=DIMS, coords=coords, name=name)
        return cls(layers)

    def __getitem__(self, layer: str) -> xarray.DataArray:
        if layer not in self._layers:
            raise unknown_name("Responses", "layer", layer, self._layers)
        return self._layers[layer]

    def __contains__(self, layer: object) -> bool:
        return layer in self._layers

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def __repr__(self) -> str:
        parts = [
            f"{name}: {a.sizes['stimulus']} stimuli x {a.sizes['time']} time x "
            f"{a.sizes['unit']} units"
            for name, a in self._layers.items()
        ]
        return f"Responses({'; '.join(parts)})"

    def features(
        self, layer: str, pool: str | Callable[[np.ndarray], np.ndarray] = "mean"
    ) -> np.ndarray:
        """Return the design matrix (n_stimuli, n_features): the one way into ``fitting``.

        Parameters
        ----------
        layer
            A layer name.
        pool
            ``"mean"`` averages over time, ``"flatten"`` lets every (time, unit) be a feature, and a
            callable takes the (n_stimuli, n_time, n_units) array to (n_stimuli, n_features).

        Returns
        -------
        features
            (n_stimuli, n_features) float32, in the units of the layer.

        Raises
        ------
        UnknownNameError
            If the layer was not recorded.
        ValueError
            If ``pool`` is another word, or the callable returns another number of rows.

        Examples
        --------
        >>> import numpy as np
        >>> responses = Responses.from_arrays({"V1": np.ones((2, 4, 3))})
        >>> responses.features("V1", pool="flatten").shape
        (2, 12)
        """
        values = self[layer].values
        if pool == "mean":
            return values[:, 0] if values.shape[1] == 1 else values.mean(axis=1)
        if pool == "flatten":
            return values.reshape(len(values), -1)
        if not callable(pool):
            raise ValueError(
                refusal(
                    "features",
                    "pool",
                    pool,
                    "is not known",
                    "'mean', 'flatten' or a callable",
                    "Use 'mean' to average over time",
                )
            )
        pooled = np.asarray(pool(values))
        if pooled.ndim != 2 or len(pooled) != len(values):
            raise ValueError(
                refusal(
                    "features",
                    "pool",
                    pool,
                    f"returned an array of shape {pooled.shape}",
                    f"({len(values)}, n_features)",
                    "Keep one row a stimulus",
                )
            )
        return pooled

    def save(self, path: str | os.PathLike) -> Path:
        """Write to ``.npz`` or to a ``.zarr`` folder (extra ``dask``), whole or not at all."""
        path = Path(path)
        if path.suffix == ".npz":
            _save_npz(self, path)
        elif path.suffix == ".zarr":
            for name, array in self._layers.items():
                array.to_dataset(name="values").to_zarr(
                    path, group=name, mode="w", consolidated=False, zarr_format=2
                )
            (path / "layers.json").write_text(json.dumps(list(self._layers)))
        else:
            raise ValueError(
                refusal(
                    "save", "path", str(path), "has an unknown ending", ".npz or .zarr", "Rename"
                )
            )
        return path

    @classmethod
    def load(cls, path: str | os.PathLike) -> Responses:
        """Read what ``save`` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is truncated or was not written by ``Responses.save``.
        """
        path = Path(path)
        if not path.exists():
            raise FileNotFoundError(
                refusal(
                    "load", "path", str(path), "does not exist", "a saved file", "Check the name"
                )
            )
        try:
            if path.suffix == ".zarr":
                import xarray

                names = json.loads((path / "layers.json").read_text())
                return cls(
                    {
                        n: xarray.open_zarr(path, group=n, consolidated=False)["values"].load()
                        for n in names
                    }
                )
            return _load_npz(path)
        except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
            raise ValueError(
                refusal(
                    "load",
                    "path",
                    str(path),
                    f"cannot be read ({type(error).__name__})",
                    "a file written by Responses.save",
                    "Record and save the responses again",
                )
            ) from error


def _save_npz(responses: Responses, path: Path) -> None:
    arrays: dict[str, np.ndarray] = {"layers": np.array(list(responses))}
    for number, array in enumerate(responses.values()):
        arrays[f"{number}/values"] = array.values
        for key, coordinate in array.coords.items():
            arrays[f"{number}/{coordinate.dims[0]}/{key}"] = coordinate.values
    write_whole(path, lambda file: np.savez(file, **arrays))


def _load_npz(path: Path) -> Responses:
    import xarray

    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        layers = {}
        for number, name in enumerate(file["layers"].tolist()):
            coords = {}
            for key in file.files:
                parts = key.split("/")
                if parts[0] == str(number) and len(parts) == 3:
                    coords[parts[2]] = (parts[1], file[key])
            layers[name] = xarray.DataArray(
                file[f"{number}/values"], dims=DIMS, coords=coords, name=name
            )
    return Responses(layers)
