"""Rows for representational similarity: each computes the same numbers as its peer."""

import importlib.util
from contextlib import redirect_stderr
from io import StringIO

import numpy as np

import fitting

from .harness import Prepared, row


@row(
    "rsa_bootstrap",
    what="RSA, Spearman, 3 models x 15 subjects x 92 stimuli, 100 draws of stimuli; "
    "difference: of the standard errors, from other draws",
    peer="rsatoolbox eval_bootstrap_pattern",
)
def rsa_bootstrap() -> Prepared:
    rng = np.random.default_rng(0)
    shared = rng.standard_normal((92, 30))
    data = np.stack([fitting.rdm(shared + rng.standard_normal((92, 30))) for _ in range(15)])
    models = [fitting.rdm(shared + 2 * rng.standard_normal((92, 30))) for _ in range(3)]

    def ours() -> np.ndarray:
        return fitting.rsa(models, data, bootstrap="stimuli", n_bootstrap=100).sem

    def largest(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.max(np.abs(a - b)))

    if importlib.util.find_spec("rsatoolbox") is None:
        return ours, None, largest
    from rsatoolbox.inference import eval_bootstrap_pattern
    from rsatoolbox.model import ModelFixed
    from rsatoolbox.rdm import RDMs

    fixed = [ModelFixed(str(i), RDMs(D[None])) for i, D in enumerate(models)]
    measured = RDMs(data)

    def theirs() -> np.ndarray:
        with redirect_stderr(StringIO()):
            result = eval_bootstrap_pattern(
                fixed, measured, method="spearman", N=100, boot_noise_ceil=False
            )
        return result.evaluations.std(axis=0, ddof=1)

    return ours, theirs, largest
