"""Haemodynamic responses and regressors equal nilearn's; tables of events are checked."""

import numpy as np
import pandas as pd
import pytest
from nilearn.glm.first_level import compute_regressor, make_first_level_design_matrix
from nilearn.glm.first_level import glover_hrf as nilearn_glover
from nilearn.glm.first_level import spm_hrf as nilearn_spm
from scipy.stats import gamma

import fitting


@pytest.mark.parametrize("tr", [0.5, 1.35, 2.0, 2.5])
def test_acceptance_4_responses_equal_nilearn(tr):
    for ours, theirs in ((fitting.spm_hrf, nilearn_spm), (fitting.glover_hrf, nilearn_glover)):
        for oversampling in (1, 16):
            np.testing.assert_allclose(
                ours(tr, oversampling), theirs(tr, oversampling), rtol=0, atol=1e-12
            )


@pytest.mark.parametrize("hrf", ["spm", "glover"])
@pytest.mark.parametrize(("tr", "start"), [(2.0, 0.0), (2.5, 1.25), (0.72, 0.36), (1.35, 3.0)])
def test_acceptance_4_regressors_equal_nilearn(hrf, tr, start):
    """Acceptance 4: to 1e-6, for brief and long, early and overlapping, weighted events."""
    rng = np.random.default_rng(0)
    n_samples, n_events = 150, 30
    onset = rng.uniform(start - 20, start + (n_samples - 1) * tr, n_events)
    duration = rng.choice([0.0, 0.1, 1.0, 12.0, 40.0], n_events)
    events = pd.DataFrame({"onset": onset, "duration": duration, "trial_type": "a"})
    events["modulation"] = rng.uniform(-1, 2, n_events)
    ours, names = fitting.event_regressors(events, tr, n_samples, hrf=hrf, start=start)
    theirs, _ = compute_regressor(
        events[["onset", "duration", "modulation"]].to_numpy().T,
        hrf,
        start + tr * np.arange(n_samples),
        oversampling=16,
    )
    assert names == ["a"]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_acceptance_4_design_equals_nilearn():
    """Acceptance 4: regressors of several types and cosine drift, beside nilearn's design."""
    events = pd.DataFrame(
        {"onset": np.arange(5.0, 230, 15), "duration": 6.0, "trial_type": list("abc") * 5}
    )
    n_samples, tr = 120, 2.0
    theirs = make_first_level_design_matrix(
        tr * np.arange(n_samples),
        events,
        hrf_model="glover",
        drift_model="cosine",
        high_pass=1 / 128,
        oversampling=16,
    )
    ours, names = fitting.event_regressors(events, tr, n_samples, hrf="glover")
    np.testing.assert_allclose(ours, theirs[names].to_numpy(), rtol=0, atol=1e-6)
    drift = fitting.cosine_drift(n_samples, tr)
    cosines = theirs[[f"drift_{k}" for k in range(1, drift.shape[1])]].to_numpy()
    np.testing.assert_allclose(drift[:, 1:], cosines, rtol=0, atol=1e-12)
    assert theirs.shape[1] == len(names) + drift.shape[1]


def test_responses_are_the_gamma_functions_they_say():
    t = np.linspace(0, 32, 512) - 1 / 16
    expected = gamma.pdf(t, 6) - 0.167 * gamma.pdf(t, 16)
    np.testing.assert_allclose(fitting.spm_hrf(1.0), expected / expected.sum(), atol=1e-14)
    assert abs(t[fitting.spm_hrf(1.0).argmax()] - 5.0) < 0.1  # mode of g(t; 6, 1)


def test_event_onsets_are_at_the_nearest_sample():
    events = [
        {"onset": 0.9, "duration": 1.0, "trial_type": "b"},
        {"onset": 3.1, "duration": 1.0, "trial_type": "b"},
        {"onset": 3.9, "duration": 1.0, "trial_type": "a"},
        {"onset": 4.9, "duration": 1.0, "trial_type": "b"},
    ]
    onsets, names = fitting.event_onsets(events, 2.0, 3)
    assert names == ["a", "b"]
    np.testing.assert_array_equal(onsets, [[0, 1], [0, 0], [1, 2]])
    shifted, _ = fitting.event_onsets(
        [{**row, "onset": row["onset"] + 7} for row in events], 2.0, 3, start=7.0
    )
    np.testing.assert_array_equal(shifted, onsets)


GOOD = {"onset": [0.0, 4.0], "duration": [1.0, 1.0], "trial_type": ["a", "b"]}


@pytest.mark.parametrize("function", [fitting.event_onsets, fitting.event_regressors])
@pytest.mark.parametrize(
    ("changed", "error", "text"),
    [
        ({"onset": None}, ValueError, r"lacks \['onset'\]; expected onset, duration \[s\]"),
        ({"onset": [0.0, np.nan]}, ValueError, "row 1 of 2 .* holds a missing or infinite value"),
        ({"trial_type": ["a", None]}, ValueError, "row 1 of 2 .* missing"),
        ({"duration": [-1.0, 1.0]}, ValueError, "row 0 of 2 .* has a negative duration"),
        ({"onset": [0.0, 4000.0]}, ValueError, "starts outside the scan"),
        ({"onset": [-60.0, 4.0]}, ValueError, "starts outside the scan"),
        ({"onset": ["0", "4"]}, TypeError, "column onset of .* does not hold numbers"),
        ({name: [] for name in GOOD}, ValueError, "has no rows"),
    ],
)
def test_bad_tables_are_refused(function, changed, error, text):
    events = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    with pytest.raises(error, match=text):
        function(events, 2.0, 10)


def test_bad_parameters_are_refused():
    with pytest.raises(fitting.UnknownNameError, match=r"hrf='smp' is not known.*'spm'"):
        fitting.event_regressors(GOOD, 2.0, 10, hrf="smp")
    with pytest.raises(ValueError, match=r"tr=-2.0 is no duration; expected seconds > 0"):
        fitting.event_regressors(GOOD, -2.0, 10)
    with pytest.raises(TypeError, match=r"tr='2' is no number"):
        fitting.event_onsets(GOOD, "2", 10)
    with pytest.raises(ValueError, match=r"n_samples=1 is too small"):
        fitting.event_regressors(GOOD, 2.0, 1)
    for function in (fitting.spm_hrf, fitting.glover_hrf):
        with pytest.raises(ValueError, match=r"tr=0 is no duration"):
            function(0)
        with pytest.raises(TypeError, match=r"oversampling=1.5 is no whole number"):
            function(2.0, 1.5)
