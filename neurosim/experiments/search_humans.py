"""Visual search by people: reaction times of the six pairs of searches that differ by who is whom.

The times were read off published figures by Gupta et al. 2021 and hold to about 10 ms; those of
intersections and of T and L are the published regression lines. They serve to compare slopes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import fitting

CITATION = "as digitised by Gupta, Zhang, Wu, Wolfe & Kreiman 2021"


@dataclass(frozen=True)
class SearchPair:
    """Two searches that swap target and distractors, or turn the light.

    Attributes
    ----------
    easy, hard
        Tasks of ``stimuli.search_array``; "hard" is the one with the larger human slope.
    title
        In words.
    source
        Who measured people.

    Examples
    --------
    >>> PAIRS["lighting"].hard
    'left_right'
    """

    easy: str
    hard: str
    title: str
    source: str

    @property
    def tasks(self) -> tuple[str, str]:
        """The easy and the hard task."""
        return self.easy, self.hard


PAIRS = {
    "curvature": SearchPair(
        "curve_in_lines", "line_in_curves", "curvature", "Wolfe, Yee & Friedman-Hill 1992"
    ),
    "lighting": SearchPair("top_down", "left_right", "lighting", "Kleffner & Ramachandran 1992"),
    "intersection": SearchPair("non_cross", "cross", "intersection", "Wolfe & DiMase 2003"),
    "t_and_l": SearchPair("Ts", "Ls", "T and L", "Wolfe & DiMase 2003"),
    "homogeneous": SearchPair(
        "homo_t20",
        "homo_t0",
        "orientation, homogeneous",
        "Wolfe, Friedman-Hill, Stewart & O'Connell 1992",
    ),
    "heterogeneous": SearchPair(
        "hetero_t0",
        "hetero_t20",
        "orientation, heterogeneous",
        "Wolfe, Friedman-Hill, Stewart & O'Connell 1992",
    ),
}

# Task: (set size in items, mean reaction time in ms).
HUMAN_RT: dict[str, tuple[tuple[int, float], ...]] = {
    "curve_in_lines": ((8, 510.0), (16, 516.4), (32, 529.2)),
    "line_in_curves": ((8, 565.0), (16, 640.0), (32, 750.0)),
    "top_down": ((1, 426.667), (6, 432.0), (12, 472.0)),
    "left_right": ((1, 488.0), (6, 674.667), (12, 754.667)),
    "non_cross": ((3, 645.0), (6, 780.0), (9, 915.0)),
    "cross": ((3, 829.0), (6, 1117.0), (9, 1405.0)),
    "Ts": ((3, 541.0), (6, 583.0), (9, 625.0)),
    "Ls": ((3, 573.0), (6, 672.0), (9, 771.0)),
    "homo_t20": ((1, 414.737), (4, 437.895), (8, 441.053), (12, 444.211)),
    "homo_t0": ((1, 431.579), (4, 547.368), (8, 552.632), (12, 557.895)),
    "hetero_t0": ((1, 431.579), (4, 568.421), (8, 633.684), (12, 707.368)),
    "hetero_t20": ((1, 526.316), (4, 831.579), (8, 1084.211), (12, 1326.316)),
}


def human_slope(task: str) -> float:
    """Return the slope of people's mean reaction time over set size, ms/item.

    Examples
    --------
    >>> round(human_slope("Ls"), 1)
    33.0
    """
    set_sizes, rt = np.array(HUMAN_RT[task]).T
    return fitting.search_slope(set_sizes, rt).slope


def human_asymmetry(pair: str) -> float:
    """Return the asymmetry index of people in a pair of ``PAIRS``.

    Examples
    --------
    >>> round(human_asymmetry("t_and_l"), 2)
    0.4
    """
    return float(fitting.asymmetry_index(*map(human_slope, PAIRS[pair].tasks)))
