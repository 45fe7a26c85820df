"""From features to brain data: encoding models, their ceilings, and representational similarity.

Estimators follow scikit-learn. Arrays in, arrays out; tensors in, tensors out on their device.
"""

from . import brainscore_metrics
from .alignment import SRM, Hyperalignment
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
from .neuron_to_neuron import NeuronToNeuron
from .pls import PLSRegression
from .pls_curve import pls_curve
from .prf import PRF
from .prf_result import PRFResult
from .ridge import RidgeCV
from .scores import is_constant, neg_mse, pearson_r, r2
from .similarity import compare_rdms, rdm, rdm_ceiling

# plain order: RUF022 would put PRF and SRM first, as if they were constants
__all__ = [  # noqa: RUF022
    "EncodingResult",
    "Hyperalignment",
    "MetricScore",
    "NeuronToNeuron",
    "PLSRegression",
    "PRF",
    "PRFResult",
    "RidgeCV",
    "RunFold",
    "SRM",
    "UnknownNameError",
    "brainscore_metrics",
    "brainscore_splits",
    "cka",
    "compare_rdms",
    "evaluate",
    "is_constant",
    "ncsnr",
    "neg_mse",
    "nsd_noise_ceiling",
    "pearson_r",
    "pls_curve",
    "r2",
    "r2_over_rsb",
    "r_over_sqrt",
    "rdm",
    "rdm_ceiling",
    "reliability_ceiling",
    "spearman_brown",
    "split_half",
]
