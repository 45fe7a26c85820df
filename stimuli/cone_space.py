"""Cone excitations, and the cardinal axes of colour vision.

Excitations are in the units of the fundamentals of Stockman & Sharpe (2000), 2 deg, each of unit
peak; the matrix from these to colour-matching functions, and its second row, luminance, are those
of CIE 170-2:2015. The chromaticities of the sRGB primaries are defined for the older observer of
1931; they are read here as if they were those of 2015, which is near but not exact. Whoever needs
exact isolation gives `Display` the matrix that follows from the measured spectra.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONE_AXES = ("luminance", "l-m", "s")

LMS_TO_XYZ = np.array(  # CIE 170-2:2015, 2 deg
    [
        [1.94735469, -1.41445123, 0.36476327],
        [0.68990272, 0.34832189, 0.0],
        [0.0, 0.0, 1.93485343],
    ]
)
LUMINANCE = LMS_TO_XYZ[1, :2]  # weights of L and M
SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))  # x, y of IEC 61966-2-1
SRGB_WHITE = (0.3127, 0.3290)  # D65


def _xyz(x: float, y: float) -> NDArray[np.float64]:
    return np.array([x / y, 1.0, (1.0 - x - y) / y])


def rgb_to_lms_matrix(
    primaries: ArrayLike = SRGB_PRIMARIES, white: ArrayLike = SRGB_WHITE
) -> NDArray[np.float64]:
    """Return the matrix from linear RGB to cone excitations.

    Parameters
    ----------
    primaries
        (3, 2) chromaticities x, y of the red, green and blue primaries.
    white
        (2,) chromaticity of RGB = (1, 1, 1), whose luminance is 1.

    Returns
    -------
    matrix
        (3, 3), rows L, M, S.

    Examples
    --------
    >>> rgb_to_lms_matrix().sum(axis=1).round(3).tolist() # excitations of white
    [1.012, 0.866, 0.563]
    """
    columns = np.stack([_xyz(*pair) for pair in np.asarray(primaries, float)], axis=1)
    gains = np.linalg.solve(columns, _xyz(*np.asarray(white, float)))
    return np.linalg.solve(LMS_TO_XYZ, columns * gains)


SRGB_TO_LMS = rgb_to_lms_matrix()


def _axes(background: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (3, 3) whose columns are the change of L, M, S by a unit along each axis."""
    long, middle, short = background
    opponent = np.array([LUMINANCE[1], -LUMINANCE[0]])  # changes L and M, not luminance
    opponent /= np.hypot(*(opponent / background[:2]))  # to a pooled cone contrast of 1
    return np.array(
        [
            [long, opponent[0], 0.0],
            [middle, opponent[1], 0.0],
            [short, 0.0, short],
        ]
    )


def dkl_to_lms(dkl: ArrayLike, background: ArrayLike) -> NDArray[np.float64]:
    """Return the cone excitations of contrasts along the cardinal axes.

    Luminance: all three cones get the same contrast, the coordinate. L-M: L and M change by
    opposite amounts, so that luminance stays; the coordinate is the pooled cone contrast, the
    root of the sum of squares. S: the S cones alone change; the coordinate is their contrast.

    Parameters
    ----------
    dkl
        (..., 3) contrasts along luminance, L-M and S.
    background
        (3,) excitations of L, M, S that the contrasts are relative to.

    Returns
    -------
    lms
        (..., 3) excitations.

    Notes
    -----
    Derrington, Krauskopf & Lennie (1984), J. Physiol. 357. The unit of each axis is a convention.

    Examples
    --------
    >>> lms = dkl_to_lms([0.0, 0.1, 0.0], [2.0, 1.0, 1.0])
    >>> bool(np.isclose(LUMINANCE @ lms[:2], LUMINANCE @ [2.0, 1.0])), float(lms[2])
    (True, 1.0)
    """
    ground = np.asarray(background, np.float64)
    return ground + np.asarray(dkl, np.float64) @ _axes(ground).T


def lms_to_dkl(lms: ArrayLike, background: ArrayLike) -> NDArray[np.float64]:
    """Return the contrasts along the cardinal axes, the inverse of `dkl_to_lms`.

    Parameters
    ----------
    lms
        (..., 3) excitations of L, M and S cones.
    background
        (3,) excitations that the contrasts are relative to.

    Returns
    -------
    dkl
        (..., 3) contrasts along luminance, L-M and S.

    Examples
    --------
    >>> lms_to_dkl([2.2, 1.1, 1.3], [2.0, 1.0, 1.0]).round(6).tolist()
    [0.1, 0.0, 0.2]
    """
    ground = np.asarray(background, np.float64)
    return (np.asarray(lms, np.float64) - ground) @ np.linalg.inv(_axes(ground)).T
