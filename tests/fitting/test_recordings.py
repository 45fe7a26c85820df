"""Real recordings: what is shown can be read from a slice, and responses have the known course."""

import nibabel
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import fitting

TR = 2.5


@pytest.fixture
def haxby(data_root):
    """Slice of each of 12 runs, without quadratic drift, and its events."""
    folder = data_root / "neural/haxby2001_mini"
    images = [nibabel.load(folder / f"run{run:02d}_bold_1slice.nii.gz") for run in range(1, 13)]
    # the slice has no mask of its own: voxels that vary, brighter than a fifth of the brightest
    volumes = [image.get_fdata() for image in images]
    mean = np.mean([volume.mean(axis=3) for volume in volumes], axis=0)
    varies = np.min([volume.std(axis=3) for volume in volumes], axis=0) > 0
    inside = (mean > 0.2 * mean.max()) & varies
    mask = nibabel.Nifti1Image(inside.astype(np.uint8), images[0].affine)
    bold = np.concatenate([fitting.read_voxels(image, mask) for image in images])
    runs = np.repeat(np.arange(12), 121)
    events = [pd.read_csv(folder / f"run{n:02d}_bold_events.tsv", sep="\t") for n in range(1, 13)]
    return fitting.detrend(bold, groups=runs, method="polynomial", order=2), runs, events, mask


def test_acceptance_8_what_is_seen_is_decoded_from_one_slice(haxby):
    """Acceptance 8: accuracy over 8 categories > 0.40, with labels permuted 0.03 to 0.2."""
    bold, runs, events, _ = haxby
    seconds = TR * np.arange(121)
    patterns, labels, groups = [], [], []
    for run, table in enumerate(events):
        for onset, category in zip(table["onset"], table["trial_type"], strict=True):
            window = (seconds >= onset + 5) & (seconds < onset + 27.5)
            patterns.append(bold[runs == run][window].mean(axis=0))
            labels.append(category)
            groups.append(run)
    labels, groups = np.array(labels), np.array(groups)
    model = make_pipeline(StandardScaler(), RidgeClassifier(100.0))

    def accuracy(labels):
        return cross_val_score(model, patterns, labels, cv=fitting.RunFold(), groups=groups).mean()

    assert accuracy(labels) > 0.40
    rng = np.random.default_rng(0)
    permuted = np.mean([accuracy(rng.permutation(labels)) for _ in range(10)])
    assert 0.03 < permuted < 0.2


def test_acceptance_8_event_related_responses_rise_and_undershoot(data_root):
    """Acceptance 8: each of 6 FIRs peaks at lag 2 or 3 (4 to 6 s) and is below 0 by lag 7."""
    table = pd.read_csv(data_root / "neural/nitime_samples/event_related_fmri.csv")
    onsets = (table["events"].to_numpy()[:, None] == np.arange(1, 7)).astype(float)
    fir = fitting.FIR(n_lags=15)
    design = np.column_stack([fir.fit_transform(onsets), np.ones(len(onsets))])
    coef = np.linalg.lstsq(design, table["bold"].to_numpy(), rcond=None)[0][:-1]
    responses = fir.unfold(coef)
    assert np.isin(responses.argmax(axis=0), (2, 3)).all()
    assert (responses[:8].min(axis=0) < 0).all()


def test_categories_predict_held_out_runs_and_shuffling_is_noticed(haxby):
    """Expected responses to the 8 categories predict this slice of visual cortex in a new run."""
    bold, runs, events, mask = haxby
    X = np.concatenate([fitting.event_regressors(table, TR, 121)[0] for table in events])
    model = fitting.RidgeCV(np.logspace(-1, 3, 5), cv=4)
    result = fitting.evaluate(X, bold, model, cv=runs)
    assert np.percentile(result.r, 95) > 0.2  # single voxels and samples
    assert result.to_nifti(mask).shape == mask.shape
    with pytest.warns(UserWarning, match="shuffled folds fit and test samples side by side"):
        fitting.evaluate(X, bold, model, cv=KFold(3, shuffle=True, random_state=0))
