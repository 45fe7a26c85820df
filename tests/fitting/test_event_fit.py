"""NIfTI runs with events to responses and held-out maps: known truth, recordings, refusals."""

import nibabel
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

import fitting

TR, N = 2.0, 150
KINDS = ("face", "house")


def make_events(seed):
    rng = np.random.default_rng(seed)
    onset = np.sort(rng.choice(np.arange(2, N * TR - 20, 2.0), 24, replace=False))
    return pd.DataFrame(
        {"onset": onset, "duration": 1.0, "trial_type": rng.permutation(list(KINDS) * 12)}
    )


def write_runs(folder, confounded=False):
    """Three runs of six voxels with drift, a mean of 100 and known responses, as files."""
    affine = np.array([[-2.0, 0, 0, 10], [0, 2, 0.1, -5], [0, -0.1, 2, 3], [0, 0, 0, 1]])
    inside = np.zeros((3, 2, 2), np.uint8)
    inside.ravel()[[0, 3, 4, 7, 9, 11]] = 1
    mask = nibabel.Nifti1Image(inside, affine)
    mask.header.set_xyzt_units("mm")
    nibabel.save(mask, folder / "mask.nii.gz")
    rng = np.random.default_rng(7)
    weights = rng.uniform(4, 8, (2, 6)) * rng.choice([-1, 1], (2, 6))
    for run in range(3):
        events = make_events(run)
        expected, _ = fitting.event_regressors(events, TR, N)
        motion = rng.standard_normal((N, 3)).cumsum(axis=0)
        drift = np.cos(np.pi * np.arange(N) / N)[:, None] * rng.uniform(1, 5, 6)
        bold = 100 + expected @ weights + drift + 0.2 * rng.standard_normal((N, 6))
        if confounded:
            bold += motion @ rng.standard_normal((3, 6))
        volume = np.zeros((3, 2, 2, N), np.float32)
        volume[inside == 1] = bold.T
        image = nibabel.Nifti1Image(volume, affine)
        image.header.set_zooms((2, 2, 2, TR))
        image.header.set_xyzt_units("mm", "sec")
        nibabel.save(image, folder / f"run-{run}_bold.nii.gz")
        events.to_csv(folder / f"run-{run}_events.tsv", sep="\t", index=False)
        table = pd.DataFrame(motion, columns=["trans_x", "trans_y", "rot_z"])
        table["trans_x_derivative1"] = table["trans_x"].diff()
        table.to_csv(folder / f"run-{run}_timeseries.tsv", sep="\t", index=False, na_rep="n/a")
    return weights


def read_runs(folder, confounds=False, **options):
    tables = [
        fitting.read_confounds(
            folder / f"run-{run}_timeseries.tsv", ["trans_*", "rot_?"], fill_first=True
        )
        for run in range(3)
    ]
    return fitting.read_bold(
        [folder / f"run-{run}_bold.nii.gz" for run in range(3)],
        folder / "mask.nii.gz",
        events=[folder / f"run-{run}_events.tsv" for run in range(3)],
        confounds=tables if confounds else None,
        **options,
    )


def test_files_become_one_recording(tmp_path):
    write_runs(tmp_path)
    runs = read_runs(tmp_path, confounds=True)
    assert isinstance(runs, fitting.BoldRuns)
    assert runs.lengths == (N, N, N)
    assert runs.tr == TR
    assert runs.voxels.shape == (3 * N, 6)
    assert repr(runs) == ("BoldRuns(3 runs, 450 samples of 2 s, 6 voxels, 72 events, 12 confounds)")
    assert fitting.read_events(tmp_path / "run-1_events.tsv").equals(runs.events[1])


def test_known_amplitudes_come_back_and_maps_keep_the_grid(tmp_path):
    """Weights are those that were put in, in percent; held-out r is near what noise allows."""
    weights = write_runs(tmp_path)
    fit = fitting.fit_events(read_runs(tmp_path), scale="percent")
    assert isinstance(fit, fitting.EventFit)
    assert fit.names == KINDS
    # the mean of a run is 100 and a little of responses and drift
    np.testing.assert_allclose(fit.weights[0], weights, atol=0.3)
    assert fit.result.r.min() > 0.9
    assert len(fit.result.folds) == 3
    mask = nibabel.load(tmp_path / "mask.nii.gz")
    nibabel.save(fit.to_nifti("face", versus="house"), tmp_path / "map.nii.gz")
    back = nibabel.load(tmp_path / "map.nii.gz")
    np.testing.assert_array_equal(back.affine, mask.affine)
    assert nibabel.aff2axcodes(back.affine) == ("L", "A", "S")
    inside = mask.get_fdata() == 1
    np.testing.assert_allclose(back.get_fdata()[inside], weights[0] - weights[1], atol=0.6)
    assert np.isnan(back.get_fdata()[~inside]).all()


def test_lags_recover_the_course_of_the_response(tmp_path):
    """The FIR of a brief event is the haemodynamic response, sampled; its time goes to the file."""
    weights = write_runs(tmp_path)
    fit = fitting.fit_events(read_runs(tmp_path), design="fir", n_lags=14, scale="percent")
    lone = {"onset": [0.0], "duration": [1.0], "trial_type": ["face"]}
    course = fitting.event_regressors(lone, TR, 14)[0]
    found = fit.responses("face")
    for voxel in range(6):
        assert np.corrcoef(found[:, voxel], course[:, 0] * weights[0, voxel])[0, 1] > 0.98
    image = fit.to_nifti("face")
    assert image.shape == (3, 2, 2, 14)
    assert image.header.get_zooms()[3] == TR
    assert image.header.get_xyzt_units() == ("mm", "sec")
    ax = fit.plot_responses(fit.result.r > 0.5)
    assert ax.get_xlabel() == "time after onset (s)"
    assert ax.get_ylabel() == "response (% signal change)"
    np.testing.assert_allclose(ax.lines[0].get_xdata(), TR * np.arange(14))


def test_confounds_are_taken_out_of_design_and_voxels(tmp_path):
    """With motion in the signal, prediction needs the confounds; weights equal one joint fit."""
    write_runs(tmp_path, confounded=True)
    without = fitting.fit_events(read_runs(tmp_path), cutoff=None)
    runs = read_runs(tmp_path, confounds=True)
    fit = fitting.fit_events(runs, scale="percent", cutoff=None)
    assert np.median(fit.result.r) > np.median(without.result.r) + 0.1
    X, _ = fitting.event_design(runs)
    percent = np.empty_like(runs.voxels)
    nuisance = np.zeros((3 * N, 3 * 5))
    for run in range(3):
        rows = runs.groups == run
        percent[rows] = 100 * runs.voxels[rows] / runs.voxels[rows].mean(axis=0)
        nuisance[rows, 5 * run : 5 * run + 4] = runs.confounds[run]
        nuisance[rows, 5 * run + 4] = 1
    joint = np.linalg.lstsq(np.hstack([X, nuisance]), percent.astype(float), rcond=None)[0][:2]
    np.testing.assert_allclose(fit.weights[0], joint, atol=1e-3)


def test_projection_is_that_of_least_squares_and_does_not_return_what_it_took():
    rng = np.random.default_rng(0)
    Y, motion = rng.standard_normal((80, 3)), rng.standard_normal((80, 4)).cumsum(axis=0)
    motion = np.column_stack([motion, motion[:, 0] * 2, np.ones(80)])  # redundant columns
    clean = fitting.remove_confounds(Y, [motion], tr=2.0, cutoff=60.0)
    slow = fitting.cosine_drift(80, 2.0, 60.0)
    full = np.hstack([slow, motion])
    np.testing.assert_allclose(
        clean, Y - full @ np.linalg.lstsq(full, Y, rcond=None)[0], atol=1e-10
    )
    assert np.abs(slow.T @ clean).max() < 1e-10
    assert np.abs(motion.T @ clean).max() < 1e-9


def test_permuted_events_predict_nothing(tmp_path):
    write_runs(tmp_path)
    runs = read_runs(tmp_path)
    moved = tuple(table.assign(onset=make_events(50 + i)["onset"]) for i, table in
                  enumerate(runs.events))  # fmt: skip
    wrong = fitting.BoldRuns(runs.voxels, runs.groups, runs.tr, runs.mask, moved)
    assert np.median(fitting.fit_events(wrong).result.r) < 0.2
    assert np.median(fitting.fit_events(runs).result.r) > 0.9


@pytest.fixture
def haxby_files(data_root, tmp_path):
    folder = data_root / "neural/haxby2001_mini"
    files = [folder / f"run{run:02d}_bold_1slice.nii.gz" for run in range(1, 13)]
    events = [folder / f"run{run:02d}_bold_events.tsv" for run in range(1, 13)]
    first = nibabel.load(files[0])
    volumes = [nibabel.load(file).get_fdata() for file in files]
    mean = np.mean([volume.mean(axis=3) for volume in volumes], axis=0)
    varies = np.min([volume.std(axis=3) for volume in volumes], axis=0) > 0
    inside = (mean > 0.2 * mean.max()) & varies
    nibabel.save(nibabel.Nifti1Image(inside.astype(np.uint8), first.affine), tmp_path / "mask.nii")
    return files, tmp_path / "mask.nii", events


def test_acceptance_8_end_to_end_on_haxby_mini(haxby_files):
    """Acceptance 8: files to maps; categories predict held-out runs, permuted labels do not."""
    files, mask, events = haxby_files
    runs = fitting.read_bold(files, mask, events=events)
    assert runs.tr == 2.5
    assert runs.lengths == (121,) * 12
    fit = fitting.fit_events(runs)
    assert len(fit.names) == 8
    assert len(fit.result.folds) == 12
    assert np.percentile(fit.result.r, 95) > 0.2
    rng = np.random.default_rng(0)
    permuted = tuple(
        table.assign(trial_type=rng.permutation(table["trial_type"])) for table in runs.events
    )
    wrong = fitting.BoldRuns(runs.voxels, runs.groups, runs.tr, runs.mask, permuted)
    # that something is shown is still known, but not what
    chosen = fit.result.r > np.percentile(fit.result.r, 95)
    assert fitting.fit_events(wrong).result.r[chosen].mean() < 0.8 * fit.result.r[chosen].mean()
    image = fit.to_nifti("face", versus="house")
    np.testing.assert_array_equal(image.affine, nibabel.load(files[0]).affine)
    # measured: responses come 7.5 s before the table lets one expect them (0.65 against 0.26)
    moved = tuple(table.assign(onset=table["onset"] - 7.5) for table in runs.events)
    early = fitting.BoldRuns(runs.voxels, runs.groups, runs.tr, runs.mask, moved)
    assert np.percentile(fitting.fit_events(early).result.r, 95) > 0.6


def test_acceptance_8_event_related_curves_end_to_end_on_nitime(data_root):
    """Acceptance 8: one voxel in a NIfTI image: each of 6 FIRs peaks at lag 2 or 3, dips by 7."""
    table = pd.read_csv(data_root / "neural/nitime_samples/event_related_fmri.csv")
    image = nibabel.Nifti1Image(
        table["bold"].to_numpy(np.float32).reshape(1, 1, 1, -1), np.diag([3.0, 3, 3, 1])
    )
    mask = nibabel.Nifti1Image(np.ones((1, 1, 1), np.uint8), image.affine)
    rows = np.flatnonzero(table["events"])
    events = pd.DataFrame(
        {"onset": 2.0 * rows, "duration": 0.0, "trial_type": table["events"][rows].astype(int)}
    )
    runs = fitting.read_bold([image], mask, events=[events], tr=2.0)
    fit = fitting.fit_events(runs, design="fir", cutoff=None, cv=fitting.BlockFold(5, embargo=15))
    curves = fit.weights[:, :, 0]
    assert curves.shape == (15, 6)
    assert np.isin(curves.argmax(axis=0), (2, 3)).all()
    assert (curves[:8].min(axis=0) < 0).all()
    assert fit.result.r[0] > 0.1


def test_bad_runs_are_refused(tmp_path):
    write_runs(tmp_path)
    files = [tmp_path / f"run-{run}_bold.nii.gz" for run in range(3)]
    mask, events = tmp_path / "mask.nii.gz", [make_events(run) for run in range(3)]
    with pytest.raises(TypeError, match="read_bold: images=PosixPath is a single image"):
        fitting.read_bold(files[0], mask)
    with pytest.raises(ValueError, match="holds no run"):
        fitting.read_bold([], mask)
    with pytest.raises(ValueError, match="events=2 tables is not one table a run: there are 3"):
        fitting.read_bold(files, mask, events=events[:2])
    late = events[1].copy()
    late.loc[5, "onset"] = N * TR
    with pytest.raises(ValueError, match=r"read_bold .run 1.: events=row 5 .*outside the scan"):
        fitting.read_bold(files, mask, events=[events[0], late, events[2]])
    with pytest.raises(ValueError, match=r"tr=2.5 s is not that of the header of run 0, 2 s"):
        fitting.read_bold(files, mask, tr=2.5)
    image = nibabel.load(files[0])
    silent = nibabel.Nifti1Image(image.dataobj, image.affine)
    with pytest.raises(ValueError, match="tr=None is missing, and the header of run 1 does not"):
        fitting.read_bold([files[0], silent], mask)
    moved = nibabel.Nifti1Image(image.dataobj, image.affine @ np.diag([1, 1, 1.1, 1]))
    with pytest.raises(ValueError, match="has another affine than the mask"):
        fitting.read_bold([moved], mask, tr=TR)
    other = nibabel.Nifti1Image(np.ones((3, 2, 3), np.uint8), image.affine)
    with pytest.raises(ValueError, match="is not on the grid of the mask"):
        fitting.read_bold(files, other)
    holed = image.get_fdata(dtype=np.float32)
    holed[0, 0, 0, 4] = np.nan
    with pytest.raises(ValueError, match="holds NaN or infinity in 1 voxels of the mask"):
        fitting.read_bold([nibabel.Nifti1Image(holed, image.affine)], mask, tr=TR)
    with pytest.raises(ValueError, match=r"confounds\[2\]=array.* but the run has 150 samples"):
        fitting.read_bold(files, mask, confounds=[np.ones((n, 1)) for n in (N, N, N - 4)])


def test_bad_designs_are_refused(tmp_path):
    write_runs(tmp_path)
    runs = read_runs(tmp_path)
    bare = fitting.BoldRuns(runs.voxels, runs.groups, TR, runs.mask)
    with pytest.raises(ValueError, match="has no events"):
        fitting.fit_events(bare)
    one = fitting.BoldRuns(runs.voxels[:N], runs.groups[:N], TR, runs.mask, runs.events[:1])
    with pytest.raises(ValueError, match="cv=None is missing, and there is one run"):
        fitting.fit_events(one)
    centred = fitting.BoldRuns(runs.voxels - 100, runs.groups, TR, runs.mask, runs.events)
    with pytest.raises(ValueError, match=r"scale='percent' meets \d voxels whose mean in run 0"):
        fitting.fit_events(centred, scale="percent")
    with pytest.raises(TypeError, match="KNeighborsRegressor has no coef_"):
        fitting.fit_events(runs, KNeighborsRegressor())
    with pytest.raises(fitting.UnknownNameError, match="design='gamma' is not known"):
        fitting.fit_events(runs, LinearRegression(), design="gamma")
    fit = fitting.fit_events(runs)
    with pytest.raises(fitting.UnknownNameError, match="versus='hous' is not known"):
        fit.responses("face", versus="hous")
    with pytest.raises(ValueError, match="the course was assumed"):
        fit.plot_responses()


def test_bad_files_are_refused(tmp_path):
    path = tmp_path / "events.tsv"
    path.write_text("onset\tduration\ttrial_type\n1.0\tn/a\tface\n")
    with pytest.raises(ValueError, match=r"row 0 of 1 .* holds a missing or infinite value"):
        fitting.read_events(path)
    path.write_text("onset,duration,trial_type\n1.0,2.0,face\n")
    with pytest.raises(
        ValueError, match=r"column='trial_type' is not a column of .*separated by t"
    ):
        fitting.read_events(path)
    path.write_text("onset\tduration\tkind\n1.0\t1\tface\n2.0\t1\tn/a\n")
    with pytest.raises(ValueError, match="row 1 of 2"):
        fitting.read_events(path, column="kind")
    assert len(fitting.read_events(path, column="kind", unnamed="drop")) == 1
    path.write_text("")
    with pytest.raises(ValueError, match="is empty"):
        fitting.read_events(path)
    with pytest.raises(FileNotFoundError):
        fitting.read_events(tmp_path / "none.tsv")
    table = tmp_path / "timeseries.tsv"
    table.write_text("a\ta_derivative1\tb\n1\tn/a\tx\n2\t1\ty\n3\tn/a\tz\n")
    with pytest.raises(fitting.UnknownNameError, match=r"columns='c_\*' is not known"):
        fitting.read_confounds(table, ["a", "c_*"])
    with pytest.raises(TypeError, match="columns='a' is a single name"):
        fitting.read_confounds(table, "a")
    with pytest.raises(TypeError, match=r"column b of .* does not hold numbers"):
        fitting.read_confounds(table, ["b"])
    with pytest.raises(ValueError, match="a_derivative1 at row 2"):
        fitting.read_confounds(table, ["a*"], fill_first=True)
    table.write_text("a_derivative1\nn/a\n1\n")
    with pytest.raises(ValueError, match=r"a_derivative1 at row 0.* Pass fill_first=True"):
        fitting.read_confounds(table, ["a*"])
    with pytest.raises(ValueError, match="tr=None is missing, and cutoff needs it"):
        fitting.remove_confounds(np.ones((9, 1)), None, cutoff=10.0)
    with pytest.raises(ValueError, match="are 9 columns in a run of 9 samples"):
        fitting.remove_confounds(np.ones((9, 1)), [np.eye(9)])
