"""Replanning under the free-space assumption, on the same lattice with the same contact sensing.

D* Lite (Koenig & Likhachev) plans a shortest path as if all that is unknown were free, and plans
again when a way is found closed. Which paths it takes does not depend on how it saves work while
replanning, so that our loop with two settings changed takes them: an edge is deleted at its first
failure, and no habit makes a walked edge cheaper.
"""

from __future__ import annotations

from dataclasses import replace

from neurosim.models.harmonic_search.agent import SearchAgent
from neurosim.models.harmonic_search.config import HarmonicSearchConfig


def d_star_lite(config: HarmonicSearchConfig | None = None) -> SearchAgent:
    """Return an agent that behaves as D* Lite does; like ours it docks, refines and knows the goal.

    Parameters
    ----------
    config
        Of the agent that it is compared with; None is the default.

    Returns
    -------
    agent
        With ``n_failures=1`` and ``habit=1``. Deleted edges come back, dearer, after a trial, as
        ours do; with ``recovery=1`` they stay away.

    Examples
    --------
    >>> from stimuli import maze_layout
    >>> d_star_lite().trial(maze_layout("utrap")).end
    'goal'
    """
    config = config or HarmonicSearchConfig()
    return SearchAgent(replace(config, n_failures=1, threshold=None, habit=1.0))
