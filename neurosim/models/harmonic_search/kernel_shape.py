"""The kernel of a code in the plane: its picture, the reach of its peak, what lies beyond."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import refusal
from neurosim.models.harmonic_search.code_checks import positive, whole
from neurosim.models.harmonic_search.harmonic_code import HarmonicCode


class KernelShape(NamedTuple):
    """Measures of a kernel over displacements from -extent to extent along both axes.

    Parameters
    ----------
    kernel
        (n, n) K, rows y upwards, columns x.
    extent
        Units of length.
    core
        The greatest distance at which K is above 1/2.
    beyond
        The distance beyond which ``worst`` is looked for.
    worst
        The greatest K beyond it: the likeliest place to be taken for this one.

    Examples
    --------
    >>> shape = kernel_shape(HarmonicCode.hexagonal(1.6, 1.42, 5, 3))
    >>> round(float(shape.core), 3), round(float(shape.worst), 3)
    (0.143, 0.252)
    """

    kernel: NDArray[np.float64]
    extent: float
    core: float
    beyond: float
    worst: float


def kernel_shape(
    code: HarmonicCode, *, extent: float = 0.5, beyond: float = 0.2, n_grid: int = 201
) -> KernelShape:
    """Return the kernel of a code in the plane, and how far and how well it tells places apart.

    Parameters
    ----------
    code
        Frequencies in 2 dimensions.
    extent
        Of the displacements, units of length; half the side of the unit square.
    beyond
        Where the core should have ended, units of length, below ``extent``.
    n_grid
        Displacements along each axis.

    Returns
    -------
    shape
        Kernel and measures.

    Raises
    ------
    ValueError
        If the code is not of the plane, or a value is out of range.
    TypeError
        If a value is of the wrong kind.

    Examples
    --------
    >>> round(float(kernel_shape(HarmonicCode.gaussian(1024, 0.1)).core), 1)
    0.1
    """
    if code.n_dimensions != 2:
        problem = f"has {code.n_dimensions} dimensions"
        raise ValueError(refusal("kernel_shape", "code", code, problem, "2", "Use n_dimensions=2"))
    extent = positive("kernel_shape", "extent", extent)
    beyond = positive("kernel_shape", "beyond", beyond)
    if beyond >= extent:
        problem, expected = "leaves nothing to look at", f"less than extent={extent:g}"
        raise ValueError(
            refusal("kernel_shape", "beyond", beyond, problem, expected, "Raise extent")
        )
    n_grid = whole("kernel_shape", "n_grid", n_grid, least=3)
    axis = np.linspace(-extent, extent, n_grid)
    displacement = np.stack(np.meshgrid(axis, axis), axis=-1)
    kernel = code.kernel(displacement)
    distance = np.hypot(displacement[..., 0], displacement[..., 1])
    core = float(distance[kernel > 0.5].max(initial=0.0))
    return KernelShape(kernel, extent, core, beyond, float(kernel[distance > beyond].max()))
