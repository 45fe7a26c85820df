"""What a moving eye sees of a rigid world: projection, image velocity, one exact step.

The eye looks along Z; X is right, Y up. A point is seen at x = X/Z, y = Y/Z (focal length 1). The
eye moves with velocity T and turns with angular velocity W, both in its own axes, so that a resting
point moves by dX/dt = -T - W x X.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def ego_motion_velocity(
    image_x: ArrayLike,
    image_y: ArrayLike,
    depth: ArrayLike,
    translation: ArrayLike,
    rotation: ArrayLike,
) -> tuple[Points, Points]:
    """Return the image velocity of resting points, seen by a moving eye.

    u = (-Tx + x Tz)/Z + Wx x y - Wy (1 + x^2) + Wz y;
    v = (-Ty + y Tz)/Z + Wx (1 + y^2) - Wy x y - Wz x.

    Parameters
    ----------
    image_x, image_y
        Places x, y in the image at focal length 1 (X/Z and Y/Z), x right, y up.
    depth
        Z, in any unit of length; same shape.
    translation
        (Tx, Ty, Tz) velocity of the eye, lengths per second.
    rotation
        (Wx, Wy, Wz) rad/s about the axes: Wx > 0 moves the image up, Wy > 0 to the left, Wz > 0
        clockwise.

    Returns
    -------
    u, v
        Per second at focal length 1, u right, v up.

    Notes
    -----
    Longuet-Higgins & Prazdny (1980), Proc. R. Soc. Lond. B 208, 385-397.

    Examples
    --------
    >>> u, v = ego_motion_velocity(0.1, 0.0, 2.0, (0, 0, 1), (0, 0, 0))  # towards the scene
    >>> float(u), float(v)
    (0.05, 0.0)
    """
    x, y, depth = (np.asarray(value, float) for value in (image_x, image_y, depth))
    tx, ty, tz = np.asarray(translation, float)
    wx, wy, wz = np.asarray(rotation, float)
    u = (-tx + x * tz) / depth + wx * x * y - wy * (1 + x**2) + wz * y
    v = (-ty + y * tz) / depth + wx * (1 + y**2) - wy * x * y - wz * x
    return u, v


def rigid_step(translation: ArrayLike, rotation: ArrayLike, dt: float) -> tuple[Points, Points]:
    """Return R and b of X -> R X + b, what dX/dt = -T - W x X does in a time.

    With K the matrix of -W x and a = |W| dt: R = I + sin(a)/|W| K + (1 - cos a)/|W|^2 K^2 and
    b = -(dt I + (1 - cos a)/|W|^2 K + (dt - sin(a)/|W|)/|W|^2 K^2) T.

    Parameters
    ----------
    translation, rotation
        As in `ego_motion_velocity`.
    dt
        Seconds.

    Returns
    -------
    turn, shift
        (3, 3) and (3,).

    Examples
    --------
    >>> rigid_step((0, 0, 1), (0, 0, 0), 0.5)[1].tolist()
    [0.0, 0.0, -0.5]
    """
    wx, wy, wz = np.asarray(rotation, float)
    k = np.array([[0.0, wz, -wy], [-wz, 0.0, wx], [wy, -wx, 0.0]])
    rate = float(np.sqrt(wx**2 + wy**2 + wz**2))
    a = rate * dt
    first = dt * np.sinc(a / np.pi)  # sin(a) / |W|
    second = dt**2 / 2 * np.sinc(a / (2 * np.pi)) ** 2  # (1 - cos a) / |W|^2
    third = (dt - first) / rate**2 if a > 1e-4 else dt**3 / 6 * (1 - a**2 / 20)
    turn = np.eye(3) + first * k + second * k @ k
    shift = (dt * np.eye(3) + second * k + third * k @ k) @ -np.asarray(translation, float)
    return turn, shift + 0.0


def seen_at(points: Points) -> Points:
    """Return (..., 2) the visual angles of (..., 3) points along each axis: atan(X/Z), atan(Y/Z).

    Parameters
    ----------
    points
        Lengths, Z > 0.

    Returns
    -------
    places
        Degrees, x right, y up.

    Examples
    --------
    >>> seen_at(np.array([1.0, 0.0, 1.0])).round(6).tolist()
    [45.0, 0.0]
    """
    return np.degrees(np.arctan(points[..., :2] / points[..., 2:]))


def rays(places: Points) -> Points:
    """Return (..., 3) the points at Z = 1 that are seen at (..., 2) visual angles; see `seen_at`.

    Parameters
    ----------
    places
        Degrees.

    Returns
    -------
    points
        (tan x, tan y, 1).

    Examples
    --------
    >>> rays(np.array([45.0, 0.0])).round(6).tolist()
    [1.0, 0.0, 1.0]
    """
    tangent = np.tan(np.radians(places))
    return np.concatenate([tangent, np.ones((*tangent.shape[:-1], 1))], axis=-1)
