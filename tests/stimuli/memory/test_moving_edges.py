"""Moving edges: place, direction and speed measured from the pixels."""

import numpy as np
import pytest

import stimuli


def centroids(frames):
    """Return (T, 2) x right, y up of the active pixels, px from the middle."""
    n_side = frames.shape[1]
    axis = np.arange(n_side) - (n_side - 1) / 2
    mass = frames.sum(axis=(1, 2))
    x = (frames * axis).sum(axis=(1, 2)) / mass
    y = -(frames * axis[:, None]).sum(axis=(1, 2)) / mass
    return np.stack([x, y], axis=1)


@pytest.mark.parametrize("n_side", [12, 24])
@pytest.mark.parametrize("n_directions", [4, 8, 12])
def test_pixels_are_where_the_table_says(n_side, n_directions):
    s = stimuli.moving_edges(n_sequences=30, n_side=n_side, n_edges=1, n_directions=n_directions)
    edges = s.truth["edges"]
    seen = centroids(s.frames)
    assert np.abs(seen - np.stack([edges["x"], edges["y"]], axis=1)).max() < 0.75
    path = (seen.reshape(30, 10, 2)[:, -1] - seen.reshape(30, 10, 2)[:, 0]) / 9
    direction = np.radians(edges["direction"].reshape(30, 10)[:, 0])
    expected = np.stack([np.cos(direction), np.sin(direction)], axis=1)
    assert np.abs(path - expected).max() < 0.15  # px/frame: step is 1
    moved = np.stack([edges["dx"], edges["dy"]], axis=1).reshape(30, 10, 2)[:, 0]
    np.testing.assert_allclose(moved, expected, atol=1e-12)
    places = np.stack([edges["x"], edges["y"]], axis=1).reshape(30, 10, 2)
    np.testing.assert_allclose(np.diff(places, axis=1), np.repeat(moved[:, None], 9, 1), atol=1e-9)


def test_upright_edges_have_their_length_and_one_pixel_width():
    s = stimuli.moving_edges(n_sequences=40, n_edges=1, n_directions=4, edge_length=6)
    for frame, edge in zip(s.frames, s.truth["edges"], strict=True):
        spread = (frame.any(axis=0).sum(), frame.any(axis=1).sum())
        horizontal = edge["direction"] in (90, 270)
        assert spread == ((6, 1) if horizontal else (1, 6))
    assert set(s.truth["edges"]["direction"]) == {0, 90, 180, 270}


def test_edges_never_leave_and_counts_are_right():
    s = stimuli.moving_edges(n_sequences=200, seed=5)
    np.testing.assert_array_equal(s.frames.sum(axis=(1, 2)), s.truth["active_count"])
    assert s.truth["active_count"].min() >= 4
    alone = stimuli.moving_edges(n_sequences=200, n_edges=1, n_directions=8, seed=5)
    assert alone.truth["active_count"].min() >= 4  # 6 / sqrt 2 = 4.2 on a diagonal
    assert set(np.unique(s.frames)) == {0.0, 1.0}


def test_edges_of_a_sequence_have_directions_of_their_own():
    edges = stimuli.stream("moving_edges", n_sequences=400).truth["edges"].reshape(400, 10, 2)
    pairs = edges["direction"][:, 0]
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert (edges["direction"] == pairs[:, None]).all()
    counts = np.bincount((pairs.ravel() / 45).astype(int), minlength=8)
    assert counts.min() > 60  # 100 each on average
    opposite = (np.abs(pairs[:, 0] - pairs[:, 1]) == 180).mean()
    assert abs(opposite - 1 / 7) < 4 * np.sqrt(1 / 7 * 6 / 7 / 400)


def test_resets_and_positions():
    s = stimuli.stream("moving_edges", n_sequences=3, length=4)
    assert s.truth["reset"].tolist() == [True, False, False, False] * 3
    assert s.truth["position"].tolist() == [0, 1, 2, 3] * 3
    assert s.truth["sequence"].tolist() == np.repeat([0, 1, 2], 4).tolist()


def test_noise_leaves_the_truth():
    clean = stimuli.moving_edges(seed=3)
    noisy = stimuli.moving_edges(seed=3, n_moved=1)
    np.testing.assert_array_equal(noisy.truth["clean"], clean.frames == 1)
    assert (np.abs(noisy.frames - clean.frames).sum(axis=(1, 2)) == 2).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"edge_length": 7},
            "edge_length=7.0 and a path of 9 px take 11.31 px; .* = 11 px in every",
        ),
        ({"step": 2}, "edge_length=6.0 and a path of 18 px take"),
        ({"n_edges": 9}, "n_edges=9 is more than there are directions"),
        ({"n_moved": 20}, "n_moved=20 is more than the active or the silent bits"),
        ({"step": -1}, "step=-1 is out of range; expected step >= 0 px/frame"),
        ({"n_side": 1}, "n_side=1 is out of range"),
    ],
)
def test_moving_edges_reject(params, message):
    """Acceptance 11."""
    with pytest.raises(ValueError, match=f"moving_edges: {message}"):
        stimuli.moving_edges(**params)
