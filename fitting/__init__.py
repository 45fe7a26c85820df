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
from .explainable_variance import (
    analytic_ceiling,
    cc_norm,
    explainable_variance,
    feve,
    signal_power,
)
from .false_discovery import fdr_q
from .identification import IdentificationResult, identify
from .kernel_alignment import cka
from .permutation import PermutationResult, permutation_test
from .pls import PLSRegression
from .psychophysics import (
    PsychometricFit,
    SearchSlope,
    asymmetry_index,
    behaviour_delta,
    behaviour_profile,
    criterion,
    cumulative_performance,
    d_prime,
    edit_distance,
    fit_psychometric,
    rt_from_saccades,
    scanmatch,
    search_slope,
    sequence_score,
)
from .ridge import RidgeCV
from .scores import is_constant, neg_mse, pearson_r, r2
from .similarity import compare_rdms, rdm, rdm_ceiling

__all__ = [
    "EncodingResult",
    "IdentificationResult",
    "MetricScore",
    "PLSRegression",
    "PermutationResult",
    "PsychometricFit",
    "RidgeCV",
    "RunFold",
    "SearchSlope",
    "UnknownNameError",
    "analytic_ceiling",
    "asymmetry_index",
    "behaviour_delta",
    "behaviour_profile",
    "brainscore_metrics",
    "brainscore_splits",
    "cc_norm",
    "cka",
    "compare_rdms",
    "criterion",
    "cumulative_performance",
    "d_prime",
    "edit_distance",
    "evaluate",
    "explainable_variance",
    "fdr_q",
    "feve",
    "fit_psychometric",
    "identify",
    "is_constant",
    "ncsnr",
    "neg_mse",
    "nsd_noise_ceiling",
    "pearson_r",
    "permutation_test",
    "r2",
    "r2_over_rsb",
    "r_over_sqrt",
    "rdm",
    "rdm_ceiling",
    "reliability_ceiling",
    "rt_from_saccades",
    "scanmatch",
    "search_slope",
    "sequence_score",
    "signal_power",
    "spearman_brown",
    "split_half",
]
