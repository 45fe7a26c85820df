"""What is exactly true of a stimulus: read-only, and worked out only when it is asked for."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import wrong_kind
from .screen import Screen


class Truth(Mapping[str, Any]):
    """Read-only mapping of names to arrays, tables (structured arrays) and plain values.

    A value may be given as a function without arguments; it is called once, at first use.

    Parameters
    ----------
    entries
        Name to array, plain JSON value, or function returning one.

    Raises
    ------
    KeyError
        If a name is asked for that is not there.
    TypeError
        If a value is neither an array nor plain.

    Examples
    --------
    >>> truth = Truth({"speed": 2.0, "flow": lambda: np.ones((1, 4, 4, 2))})
    >>> truth["flow"].sum(), truth["speed"]
    (np.float64(32.0), 2.0)
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = {
            name: value if callable(value) else _frozen(name, value)
            for name, value in dict(entries).items()
        }

    def __getitem__(self, name: str) -> Any:
        if name not in self._entries:
            raise KeyError(f"truth has no {name!r}; it has {', '.join(self._entries)}")
        value = self._entries[name]
        if callable(value):
            value = self._entries[name] = _frozen(name, value())
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Truth({', '.join(self._entries)})"

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return Truth, (dict(self),)


def _frozen(name: str, value: Any) -> Any:
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        value = value.view()
        value.setflags(write=False)
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (float, int, str)):
        return value
    try:
        return json.loads(json.dumps(value))
    except TypeError:
        raise wrong_kind(
            "Truth", name, value, "an array or a plain value", "Convert it to an array"
        ) from None


def uniform_flow(
    screen: Screen, n_frames: int, vector: tuple[float, float] | NDArray[np.floating]
) -> NDArray[np.float32]:
    """Return a flow that is the same at every pixel, as a view that takes no memory.

    Parameters
    ----------
    screen
        Gives height and width.
    n_frames
        Frames of the movie, T; there are T-1 flows.
    vector
        (2,) for a constant flow, or (T-1, 2) for one that changes from frame to frame; px/frame,
        u right, v down.

    Returns
    -------
    flow
        (T-1, H, W, 2) px/frame, read-only.

    Examples
    --------
    >>> flow = uniform_flow(Screen(size=1), 3, (2.0, 0.0))
    >>> flow.shape, float(flow[..., 0].mean())
    ((2, 32, 32, 2), 2.0)
    """
    values = np.asarray(vector, np.float32)
    values = values.reshape((-1, 1, 1, 2))
    return np.broadcast_to(values, (n_frames - 1, *screen.shape, 2))


def everywhere(screen: Screen, n_frames: int, mask: Any = True) -> NDArray[np.bool_]:
    """Return where a flow holds, when that does not change over time.

    Parameters
    ----------
    screen, n_frames
        As in `uniform_flow`.
    mask
        True, False, or (H, W) bool.

    Returns
    -------
    valid
        (T-1, H, W) bool, a view that takes no memory.

    Examples
    --------
    >>> everywhere(Screen(size=1), 3).shape
    (2, 32, 32)
    """
    return np.broadcast_to(np.asarray(mask, bool), (n_frames - 1, *screen.shape))


def compact(array: NDArray) -> NDArray:
    """Return an array with every repeated (stride 0) axis cut to length one, for storage.

    Parameters
    ----------
    array
        Any array, of any shape and unit.

    Returns
    -------
    array
        The smallest array that broadcasts back to it.

    Examples
    --------
    >>> compact(np.broadcast_to(np.zeros((1, 3)), (5, 3))).shape
    (1, 3)
    """
    if array.size == 0:
        return array
    return array[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in array.strides)]


LazyTruth = Mapping[str, Any | Callable[[], Any]]
