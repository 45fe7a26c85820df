"""Row of the search of mazes: trials in perfect mazes, with the planning after every failure.

No library has this loop. The peer is the same rule in plain numpy and scipy (see
``plain_maze_search.py``), with a whole servo in one batch. Costs get a random part of 1e-6, so that
the cheapest ways are unique and both go the same ways: parity is the largest difference of the
numbers of steps.
"""

import numpy as np

from benchmarks.harness import row
from benchmarks.plain_maze_search import PlainSearch

N_MAZES, N_TRIALS, N_CELLS = 10, 4, 8


@row(
    "maze_steps",
    what=f"{N_TRIALS} trials in each of {N_MAZES} perfect {N_CELLS} x {N_CELLS} mazes",
    peer="the same rule in numpy, planning by scipy.sparse.csgraph.dijkstra",
)
def maze_steps():
    from neurosim.models.harmonic_search import HarmonicSearchConfig, Lattice, SearchAgent
    from stimuli import maze_layout

    mazes = [maze_layout("maze", n_cells=N_CELLS, seed=seed) for seed in range(N_MAZES)]
    config = HarmonicSearchConfig(n_levels=1)
    lattice = Lattice(config.spacing)
    edges = np.flatnonzero(lattice.targets >= 0)
    dearness = 1 + 1e-6 * np.random.default_rng(0).random(len(lattice.targets))

    def ours():
        steps = []
        for maze in mazes:
            agent = SearchAgent(config)
            agent.memory.make_dear(edges, dearness[edges])
            traces = [agent.trial(maze) for _ in range(N_TRIALS)]
            steps += [trace.n_steps if trace.end == "goal" else -1 for trace in traces]
        return np.array(steps)

    def theirs():
        agents = [PlainSearch(lattice, dearness) for _ in mazes]
        return np.array(
            [
                agent.trial(maze)
                for agent, maze in zip(agents, mazes, strict=True)
                for _ in range(N_TRIALS)
            ]
        )

    ours()  # compiled before the clock starts
    return ours, theirs, lambda a, b: float(np.abs(a - b).max())
