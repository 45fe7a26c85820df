"""Movies and voxels: features at the times of a scan, layers found, flow read, refusals."""

import numpy as np
import pytest

import neurosim
from neurosim.experiments import simulated_scan as scans
from neurosim.responses import Responses

FPS, TR = 5.0, 2.0


def make_responses(n_runs=4, n_frames=300, seed=0):
    """Two layers of slow independent signals: 3 channels at 2 places, and 2 units."""
    rng = np.random.default_rng(seed)
    slow = rng.standard_normal((n_runs, n_frames + 19, 5))
    slow = np.apply_along_axis(np.convolve, 1, slow, np.ones(20) / 20, "valid")
    places = np.concatenate([slow[..., :3] + 0.1, slow[..., :3] - 0.1], axis=2)
    return Responses.from_arrays(
        {"V1": places, "MT": slow[..., 3:]},
        time=np.arange(n_frames) / FPS,
        units={"V1": {"channel": np.array([0, 1, 2, 0, 1, 2])}},
    ), slow


def test_features_follow_slow_signals_and_not_fast_ones():
    """Lanczos: below 1 / (2 tr) = 0.25 Hz signals stay, above they are gone."""
    time = np.arange(1000) / FPS
    waves = [np.sin(2 * np.pi * f * time) for f in (0.05, 0.8)]
    seen = Responses.from_arrays({"V1": np.stack(waves, axis=1)[None]}, time=time)
    features, groups = neurosim.scan_features(seen, "V1", tr=TR)
    volumes = TR * np.arange(len(groups))
    inner = slice(4, -4)
    np.testing.assert_allclose(
        features[inner, 0], np.sin(2 * np.pi * 0.05 * volumes)[inner], atol=0.05
    )
    assert np.abs(features[inner, 1]).max() < 0.05


def test_channels_are_averaged_over_places_and_runs_may_differ_in_length():
    seen, _ = make_responses()
    features, groups = neurosim.scan_features(seen, "V1", tr=TR)
    assert features.shape == (4 * 30, 3)
    assert np.bincount(groups).tolist() == [30] * 4
    units, _ = neurosim.scan_features(seen, "V1", tr=TR, pool="unit")
    assert units.shape == (120, 6)
    np.testing.assert_allclose(features, (units[:, :3] + units[:, 3:]) / 2, atol=1e-6)
    first, _ = neurosim.scan_features(seen, "V1", tr=TR, pool=lambda values: values[:, :1])
    np.testing.assert_allclose(first, units[:, :1], atol=1e-6)
    short, _ = make_responses(n_runs=1, n_frames=200)
    _, groups = neurosim.scan_features([seen, short], "MT", tr=TR)
    assert np.bincount(groups).tolist() == [30] * 4 + [20]


def test_layers_and_haemodynamic_responses_are_found():
    """Voxels follow one layer each, through the canonical response: the fit knows neither."""
    import fitting

    seen, slow = make_responses(n_runs=5)
    rng = np.random.default_rng(2)
    response = fitting.spm_hrf(1 / FPS, oversampling=1)
    weights = np.zeros((5, 8))
    weights[:3, :4], weights[3:, 4:] = rng.standard_normal((3, 4)), rng.standard_normal((2, 4))
    blood = np.apply_along_axis(lambda x: np.convolve(x, response)[: len(x)], 1, slow)
    voxels = np.concatenate(blood @ weights)[:: int(TR * FPS)]
    groups = np.repeat(np.arange(5), 30)
    voxels = fitting.zscore(voxels, groups)[0]
    voxels += 0.5 * rng.standard_normal(voxels.shape)
    found = neurosim.encode_movies(seen, voxels, tr=TR, groups=groups)
    assert isinstance(found, neurosim.MovieEncoding)
    assert found.best_layer().tolist() == ["V1"] * 4 + ["MT"] * 4
    ceiling = 1 / np.sqrt(1.25)
    assert 0.8 * ceiling < found.result.r.mean() < 1.02 * ceiling
    np.testing.assert_allclose(found.parts.sum(axis=0), found.result.r2, atol=1e-6)
    table = found.to_dataframe()
    assert {"r", "r2", "r2_V1", "r2_MT", "layer"} <= set(table)
    moved = np.roll(voxels, 30, axis=0)
    control = neurosim.encode_movies(seen, moved, tr=TR, groups=groups)
    assert abs(control.result.r.mean()) < 0.15
    again = neurosim.encode_movies(seen, voxels, tr=TR, groups=groups)
    np.testing.assert_array_equal(again.result.r, found.result.r)


def test_flow_is_read_and_a_permuted_brain_does_not_tell_it():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(5), 40)
    flow = rng.standard_normal((200, 3, 2))
    mixed = flow.reshape(200, 6) @ rng.standard_normal((6, 40))
    voxels = np.zeros_like(mixed)
    for run in range(5):  # two volumes later, never across runs
        rows = np.flatnonzero(groups == run)
        voxels[rows[2:]] = mixed[rows[:-2]]
    voxels += 0.5 * rng.standard_normal(voxels.shape)
    found = neurosim.decode_flow(voxels, flow, groups=groups)
    assert isinstance(found, neurosim.FlowDecoding)
    error = np.linalg.norm(found.decoded - flow, axis=2).mean()
    assert found.error == pytest.approx(error)
    assert found.error < 0.6 * found.control_error
    assert found.r > 0.85
    assert abs(found.control_r) < 0.15
    late = neurosim.decode_flow(voxels, flow, groups=groups, delays=(4, 5))
    assert late.r < 0.3  # the voxels of then do not know


def test_bad_movies_and_brains_are_refused():
    seen, _ = make_responses()
    groups, voxels = np.repeat(np.arange(4), 30), np.random.default_rng(0).random((120, 2))
    with pytest.raises(neurosim.UnknownNameError, match="layer='V2'"):
        neurosim.scan_features(seen, "V2", tr=TR)
    with pytest.raises(neurosim.UnknownNameError, match="scan_features: pool='units'"):
        neurosim.scan_features(seen, "V1", tr=TR, pool="units")
    with pytest.raises(ValueError, match=r"is not one number a run: there are 4 movies"):
        neurosim.scan_features(seen, "V1", tr=TR, n_samples=[30, 30])
    with pytest.raises(ValueError, match="leave too few features around the sample at 6"):
        neurosim.scan_features(seen, "V1", tr=TR, n_samples=60)
    with pytest.raises(ValueError, match=r"are 0\.2 s apart"):
        neurosim.scan_features(seen, "V1", tr=0.1)
    with pytest.raises(ValueError, match=r"encode_movies: groups=.*does not go with voxels"):
        neurosim.encode_movies(seen, voxels[:100], tr=TR, groups=groups)
    with pytest.raises(ValueError, match=r"has 2 runs; expected 3 or more"):
        neurosim.encode_movies(seen, voxels[:60], tr=TR, groups=groups[:60])
    with pytest.raises(ValueError, match="is not one number a run: there are 4 movies"):
        neurosim.encode_movies(seen, voxels[:90], tr=TR, groups=groups[:90])
    holed = voxels.copy()
    holed[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        neurosim.encode_movies(seen, holed, tr=TR, groups=groups)
    flow = np.zeros((120, 1, 2))
    with pytest.raises(ValueError, match=r"decode_flow: flow=.* does not go with voxels"):
        neurosim.decode_flow(voxels, flow[:100], groups=groups)
    with pytest.raises(ValueError, match=r"has runs of \[60, 30, 30\] samples; expected three"):
        neurosim.decode_flow(voxels, flow, groups=np.maximum(groups, 1))


def test_the_movie_of_the_simulated_scan_moves_as_it_says():
    """Each half of the next frame is the last one moved on, where texture does not enter."""
    movie = scans._moving_halves(np.random.default_rng(0))
    assert movie.shape == (490, 64, 64)
    velocity = movie.truth["velocity"]
    assert velocity.shape == (489, 2, 2)
    assert np.linalg.norm(velocity, axis=2).max() <= 3.0
    frames = movie.frames - movie.frames.mean(axis=(1, 2), keepdims=True)
    for frame in (3, 24, 300):
        left = frames[frame : frame + 2, :, :32]
        u, v = np.rint(velocity[frame, 0]).astype(int)
        inner = left[1, 8:-8, 8:-8]
        best = min(
            ((dy, dx) for dy in range(-4, 5) for dx in range(-4, 5)),
            key=lambda d: np.abs(
                inner - left[0, 8 - d[0] : 56 - d[0], 8 - d[1] : 24 - d[1]]
            ).mean(),
        )
        assert np.hypot(best[0] - v, best[1] - u) <= 1.0


class Fields:
    """A light model: at 8 x 8 places contrast and light, and how much they change."""

    name, config, layers = "fields", None, ("still", "moving")

    def respond(self, stimuli, layers=None, *, batch_size=None, progress=False):
        frames = stimuli.frames - 0.5
        change = np.diff(frames, axis=0, append=frames[-1:])
        found = {
            "still": np.stack([pooled(frames**2), pooled(frames)], axis=1),
            "moving": np.stack([pooled(np.abs(change)), pooled(change)], axis=1),
        }
        units = {"channel": np.repeat([0, 1], 64), "x": np.tile(np.arange(8) - 3.5, 16)}
        values = {layer: array.reshape(len(array), -1)[None] for layer, array in found.items()}
        time = np.arange(stimuli.n_frames) / stimuli.fps
        return Responses.from_arrays(values, time=time, units=dict.fromkeys(values, units))


def pooled(values):
    return values.reshape(-1, 8, 8, 8, 8).mean(axis=(2, 4))


@pytest.mark.slow
def test_layers_are_found_for_a_light_model():
    result = neurosim.run("movie_encoding", Fields())
    assert result.holds, result
    assert result.figure().axes


@pytest.mark.parametrize("knows", [True, False])
def test_flow_is_read_from_voxels_that_know_it_and_from_no_others(monkeypatch, knows):
    """The checks of the experiment hold for voxels driven by the flow, and fail for noise."""
    from neurosim.experiments import flow_decoding

    def voxels(scan, layer, draws):
        noise = draws.standard_normal((len(scan.groups), 20))
        if not knows:
            return noise
        times = np.arange(scan.flow.shape[1]) / scans.FPS
        mix = draws.standard_normal((4, 20))
        runs = [scans.blood_follows(flow.reshape(-1, 4) @ mix, times) for flow in scan.flow]
        return np.concatenate(runs) + 0.5 * noise

    monkeypatch.setattr(flow_decoding, "_simulated", voxels)
    result = neurosim.run("flow_decoding", Fields())
    assert result.holds == knows, result
    assert result.figure().axes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["movie_encoding", "flow_decoding"])
def test_experiments_hold_for_motion_energy(name):
    """Recovered layers near the ceiling, flow from voxels; other runs tell nothing."""
    result = neurosim.run(name)
    assert result.holds, result
    assert len(result.checks) >= 4
