"""What the search is held against: planners that know as much, learners that know less, an oracle.

Each has ``trial(maze) -> SearchTrace`` and keeps what it learned for its next trial; that of
`RandomControl` is ``trial(seed) -> DynamicTrace``, for tasks without a maze.
"""

from neurosim.models.harmonic_search.comparators.d_star_lite import d_star_lite
from neurosim.models.harmonic_search.comparators.lrta_star import LRTAStar
from neurosim.models.harmonic_search.comparators.oracle import oracle_steps
from neurosim.models.harmonic_search.comparators.q_learning import TabularQ
from neurosim.models.harmonic_search.comparators.random_control import RandomControl
from neurosim.models.harmonic_search.comparators.random_walk import RandomWalk

__all__ = ["LRTAStar", "RandomControl", "RandomWalk", "TabularQ", "d_star_lite", "oracle_steps"]
