"""What dancers of the Ballet task do and look like: thirteen dances, fifteen shapes, colours.

The values are those of the released task of Lampinen et al. (2021): google-deepmind's repository
deepmind-research, folder hierarchical_transformer_memory/pycolab_ballet, copyright 2021 DeepMind
Technologies Limited, Apache License 2.0. The order of every list is part of the task: it decides
what a seed draws.
"""

import numpy as np
from numpy.typing import NDArray

ROOM_SIDE = 11  # squares, with a ring of wall
CELL_SIDE = 9  # px
AGENT_START = (5, 5)  # row, column
N_MOVES = 16  # of every dance

DIRECTIONS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
STEPS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # row, column
HOMES = ((2, 2), (2, 5), (2, 8), (5, 2), (5, 8), (8, 2), (8, 5), (8, 8))  # row, column

DANCES = {
    "circle_cw": "N E S S W W N N E E S S W W N E",
    "circle_ccw": "N W S S E E N N W W S S E E N W",
    "up_and_down": "N S S N N S S N N S S N N S S N",
    "left_and_right": "E W W E E W W E E W W E E W W E",
    "diagonal_uldr": "NW SE SE NW NW SE SE NW NW SE SE NW NW SE SE NW",
    "diagonal_urdl": "NE SW SW NE NE SW SW NE NE SW SW NE NE SW SW NE",
    "plus_cw": "N S E W S N W E N S E W S N W E",
    "plus_ccw": "N S W E S N E W N S W E S N E W",
    "times_cw": "NE SW SE NW SW NE NW SE NE SW SE NW SW NE NW SE",
    "times_ccw": "NW SE SW NE SE NW NE SW NW SE SW NE SE NW NE SW",
    "zee": "NE W W E E SW NE SW SW E E W W NE SW NE",
    "chevron_down": "NW S SE NE N SW NE SW NE S SW NW N SE NW SE",
    "chevron_up": "SE N NW SW S NE SW NE SW N NE SE S NW SE NW",
}

# Nine rows of nine pixels; each row is a three-digit octal number, its highest bit at the left.
_SHAPE_ROWS = {
    "triangle": "020 020 070 070 174 174 376 376 777",
    "empty_square": "777 777 603 603 603 603 603 777 777",
    "plus": "070 070 070 777 777 777 070 070 070",
    "inverse_plus": "707 707 707 000 000 000 707 707 707",
    "ex": "603 707 356 174 070 174 356 707 603",
    "inverse_ex": "174 070 421 603 707 603 421 070 174",
    "circle": "020 174 376 376 777 376 376 174 020",
    "empty_circle": "174 306 603 401 401 401 603 306 174",
    "tee": "777 777 777 070 070 070 070 070 070",
    "upside_down_tee": "070 070 070 070 070 070 777 777 777",
    "h": "707 707 707 777 777 777 707 707 707",
    "u": "707 707 707 707 707 707 777 777 777",
    "upside_down_u": "777 777 777 707 707 707 707 707 707",
    "vertical_stripes": "525 525 525 525 525 525 525 525 525",
    "horizontal_stripes": "777 000 777 000 777 000 777 000 777",
}
SHAPES = tuple(_SHAPE_ROWS)

COLORS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (128, 0, 128),
    "orange": (255, 165, 0),
    "yellow": (255, 255, 0),
    "brown": (128, 64, 0),
    "pink": (255, 64, 255),
    "cyan": (0, 255, 255),
    "dark_green": (0, 100, 0),
    "dark_red": (100, 0, 0),
    "dark_blue": (0, 0, 100),
    "olive": (100, 100, 0),
    "teal": (0, 100, 100),
    "lavender": (215, 200, 255),
    "peach": (255, 210, 170),
    "rose": (255, 205, 230),
    "light_green": (200, 255, 200),
    "light_yellow": (255, 255, 200),
}
AGENT_LIGHT = 255
WALL_LIGHT = 40


def dance_offsets(dance: str) -> NDArray[np.int64]:
    """Return where a dancer is after each move, from its home.

    Parameters
    ----------
    dance
        One of `DANCES`.

    Returns
    -------
    offsets
        (16, 2) row and column, squares; the last is home again.

    Examples
    --------
    >>> dance_offsets("circle_cw")[:3].tolist()
    [[-1, 0], [-1, 1], [0, 1]]
    """
    moves = [STEPS[DIRECTIONS.index(word)] for word in DANCES[dance].split()]
    return np.cumsum(moves, axis=0)


def dancer_patch(shape: str, color: str) -> NDArray[np.float32]:
    """Return the picture of a dancer.

    Parameters
    ----------
    shape, color
        One of `SHAPES`, one of `COLORS`.

    Returns
    -------
    patch
        (9, 9, 3) in [0, 1].

    Examples
    --------
    >>> dancer_patch("plus", "green").sum(axis=(0, 1)).tolist()
    [0.0, 45.0, 0.0]
    """
    rows = [int(octal, 8) for octal in _SHAPE_ROWS[shape].split()]
    mask = np.array(rows)[:, None] >> np.arange(CELL_SIDE)[::-1] & 1
    return (
        mask[..., None].astype(np.float32) * np.array(COLORS[color], np.float32) / np.float32(255)
    )
