"""From features to brain data: encoding models, their ceilings, and representational similarity.

Estimators follow scikit-learn. Arrays in, arrays out; tensors in, tensors out on their device.
"""

from . import brainscore_metrics
from .brainscore_metrics import MetricScore
from .ceilings import (
    ncsnr,
    nsd_noise_ceiling,
    r2_over_rsb,
    r_over_sqrt,
    reliability_ceiling,
    spearman_brown,
    split_half,
)
from .crossvalidation import RunFold, brainscore_splits
from .encoding_result import EncodingResult
from .errors import UnknownNameError
from .evaluate import evaluate
from .kernel_alignment import cka
from .outofcore import ChunkedFit, fit_chunks
from .pls import PLSRegression
from .ridge import RidgeCV
from .scores import is_constant, neg_mse, pearson_r, r2
from .similarity import compare_rdms, rdm, rdm_ceiling

__all__ = [
    "ChunkedFit",
    "EncodingResult",
    "MetricScore",
    "PLSRegression",
    "RidgeCV",
    "RunFold",
    "UnknownNameError",
    "brainscore_metrics",
    "brainscore_splits",
    "cka",
    "compare_rdms",
    "evaluate",
    "fit_chunks",
    "is_constant",
    "ncsnr",
    "neg_mse",
    "nsd_noise_ceiling",
    "pearson_r",
    "r2",
    "r2_over_rsb",
    "r_over_sqrt",
    "rdm",
    "rdm_ceiling",
    "reliability_ceiling",
    "spearman_brown",
    "split_half",
]
