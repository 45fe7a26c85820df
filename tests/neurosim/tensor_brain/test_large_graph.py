"""A graph of 2,000 entities and 40 relations: learned, in little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CODE = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from synthetic_graph import low_rank_graph
from neurosim.models.tensor_brain import (
    LinkSettings, TensorFactorModel, TripleDecoder, frequency_baseline, rank_filtered
)
graph = low_rank_graph(2000, 40, 60_000)
factors = TensorFactorModel("rescal", 2000, 40, rank=16, seed=1, inverses=True)
factors.fit(graph.train, settings=LinkSettings(n_epochs=30, batch_size=1024))
loop = TripleDecoder(graph.entities, graph.predicates)
losses = loop.fit(graph.train, settings=LinkSettings(n_epochs=2, batch_size=1024))
mrr = [rank_filtered(m, graph).mrr for m in (frequency_baseline(graph), factors, loop)]
unit = 1 if sys.platform == "darwin" else 1024  # bytes
peak = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([mrr, losses, peak]))
"""


@pytest.mark.slow
def test_two_thousand_entities():
    """Fits in 2 GB; the factors of low rank that made it are found, not only counts."""
    command = [sys.executable, "-c", CODE, str(HERE)]
    out = subprocess.run(command, cwd=HERE.parents[2], capture_output=True, text=True, check=True)
    (count, factors, loop), losses, peak = json.loads(out.stdout)
    print({"count": count, "rescal": factors, "loop": loop, "losses": losses, "peak": peak})
    assert peak < 2e9
    assert factors > 2 * count
    assert losses[1] < losses[0]
