"""From features to brain data: encoding models, their ceilings, and representational similarity.

Estimators follow scikit-learn. Arrays in, arrays out; tensors in, tensors out on their device.
"""

from . import brainscore_metrics
from .alignment import SRM, Hyperalignment
from .banded import BandedRidgeCV
from .block_fold import BlockFold
from .bold_runs import BoldRuns, read_bold
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
from .confounds import read_confounds, remove_confounds
from .cortex import surface_to_gifti, voxels_to_surface
from .crossvalidation import RunFold, brainscore_splits
from .delays import FIR, Delayer, delay
from .detrend import Detrend, detrend
from .dissimilarity import rdm
from .drift import cosine_drift
from .encoding_result import EncodingResult
from .errors import UnknownNameError
from .evaluate import evaluate
from .event_fit import EventFit, event_design, fit_events
from .events import event_onsets
from .events_file import read_events
from .explainable_variance import (
    analytic_ceiling,
    cc_norm,
    explainable_variance,
    feve,
    signal_power,
)
from .false_discovery import fdr_q
from .flow_agreement import FlowCorrelation, endpoint_error, flow_correlation
from .flow_partial import flow_partial_correlation, flow_reliability
from .flow_rci import FlowRCI, rci
from .hrf import event_regressors, glover_hrf, spm_hrf
from .identification import IdentificationResult, identify
from .kernel_alignment import cka, cka_matrix
from .kernel_ridge import KernelRidgeCV
from .lanczos import lanczos_downsample
from .neuron_to_neuron import NeuronToNeuron
from .noise_covariance import shrunk_covariance
from .outofcore import ChunkedFit, fit_chunks
from .permutation import PermutationResult, permutation_test
from .pls import PLSRegression
from .pls_curve import pls_curve
from .prf import PRF
from .prf_result import PRFResult
from .procrustes import procrustes_distance
from .psychophysics import (
    OddOneOutScore,
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
    odd_one_out,
    rt_from_saccades,
    scanmatch,
    score_odd_one_out,
    search_slope,
    sequence_score,
)
from .ridge import RidgeCV
from .rsa import rsa
from .rsa_result import RSAResult
from .scores import is_constant, neg_mse, pearson_r, r2
from .similarity import compare_rdms, rdm_ceiling
from .split_scores import split_r, split_r2
from .stacking import StackedRegressor
from .standardise import trimmed_rows, zscore
from .variance_partition import VariancePartition, variance_partition
from .volumes import read_voxels, voxels_to_nifti

__all__ = [  # noqa: RUF022, plain alphabetical order
    "BandedRidgeCV",
    "BlockFold",
    "BoldRuns",
    "ChunkedFit",
    "Delayer",
    "Detrend",
    "EncodingResult",
    "EventFit",
    "FIR",
    "FlowCorrelation",
    "FlowRCI",
    "Hyperalignment",
    "IdentificationResult",
    "KernelRidgeCV",
    "MetricScore",
    "NeuronToNeuron",
    "OddOneOutScore",
    "PLSRegression",
    "PRF",
    "PRFResult",
    "PermutationResult",
    "PsychometricFit",
    "RSAResult",
    "RidgeCV",
    "RunFold",
    "SRM",
    "SearchSlope",
    "StackedRegressor",
    "UnknownNameError",
    "VariancePartition",
    "analytic_ceiling",
    "asymmetry_index",
    "behaviour_delta",
    "behaviour_profile",
    "brainscore_metrics",
    "brainscore_splits",
    "cc_norm",
    "cka",
    "cka_matrix",
    "compare_rdms",
    "cosine_drift",
    "criterion",
    "cumulative_performance",
    "d_prime",
    "delay",
    "detrend",
    "edit_distance",
    "endpoint_error",
    "evaluate",
    "event_design",
    "event_onsets",
    "event_regressors",
    "explainable_variance",
    "fdr_q",
    "feve",
    "fit_chunks",
    "fit_events",
    "fit_psychometric",
    "flow_correlation",
    "flow_partial_correlation",
    "flow_reliability",
    "glover_hrf",
    "identify",
    "is_constant",
    "lanczos_downsample",
    "ncsnr",
    "neg_mse",
    "nsd_noise_ceiling",
    "odd_one_out",
    "pearson_r",
    "permutation_test",
    "pls_curve",
    "procrustes_distance",
    "r2",
    "r2_over_rsb",
    "r_over_sqrt",
    "rci",
    "rdm",
    "rdm_ceiling",
    "read_bold",
    "read_confounds",
    "read_events",
    "read_voxels",
    "reliability_ceiling",
    "remove_confounds",
    "rsa",
    "rt_from_saccades",
    "scanmatch",
    "score_odd_one_out",
    "search_slope",
    "sequence_score",
    "shrunk_covariance",
    "signal_power",
    "spearman_brown",
    "split_half",
    "split_r",
    "split_r2",
    "spm_hrf",
    "surface_to_gifti",
    "trimmed_rows",
    "variance_partition",
    "voxels_to_nifti",
    "voxels_to_surface",
    "zscore",
]
