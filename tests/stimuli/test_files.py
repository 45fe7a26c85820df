"""Saving: whole or in pieces, every format, and folders that other programs read."""

import csv
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

import stimuli
from stimuli import Stimulus, to_bids, to_stimulus_set
from stimuli.files.export import pieces

SMALL = stimuli.Screen(size=2)
EVERY = [
    pytest.param(name, example, id=f"{name}-{k}")
    for name in stimuli.names()
    for k, example in enumerate(stimuli.entry(name).examples)
]


def assert_same(first, second):
    assert second.checksum() == first.checksum()
    assert (second.params, second.name) == (first.params, first.name)
    assert (second.ppd, second.fps) == (first.ppd, first.fps)
    assert list(second.truth) == list(first.truth)
    for key, value in first.truth.items():
        np.testing.assert_array_equal(second.truth[key], value)
        assert getattr(second.truth[key], "dtype", None) == getattr(value, "dtype", None)


@pytest.mark.parametrize(("name", "params"), EVERY)
def test_zarr_keeps_everything(name, params, tmp_path):
    """Acceptance 1, through a folder that can be read in part."""
    pytest.importorskip("zarr")
    made = stimuli.make(name, **params)
    assert_same(made, Stimulus.load(made.save(tmp_path / "s.zarr")))


@pytest.mark.parametrize("suffix", [".npz", ".zarr"])
def test_a_stream_is_saved_as_the_whole_would_be(suffix, tmp_path, monkeypatch):
    """Pieces of a few frames give the same stimulus."""
    pytest.importorskip("zarr")
    monkeypatch.setattr("stimuli.files.export.CHUNK_BYTES", 5 * 4 * 64 * 64)
    params = {"screen": SMALL, "duration": 0.5, "n_dots": 20, "aperture_size": 1.5, "speed": 2}
    movie = stimuli.stream("rdk", **params)
    assert [len(piece) for piece in pieces(movie)] == [5] * 6
    path = movie.save(tmp_path / f"s{suffix}")
    assert_same(stimuli.make("rdk", **params), Stimulus.load(path))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_gif_of_a_stream_is_that_of_the_whole(tmp_path):
    movie = stimuli.stream("grating", screen=SMALL, duration=0.25)
    first = movie.save(tmp_path / "a.gif").read_bytes()
    assert movie.stimulus().save(tmp_path / "b.gif").read_bytes() == first


@pytest.mark.parametrize("color", [False, True])
def test_mp4_shows_the_movie(color, tmp_path):
    """Decoded frames are those that were written, up to the loss of the coding."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    frames = stimuli.grating(sf=1, screen=SMALL, duration=0.5).frames
    if color:
        frames = np.stack([frames, 1 - frames, np.full_like(frames, 0.5)], axis=-1)
    shown = Stimulus(frames, ppd=32, fps=60)
    path = shown.save(tmp_path / "s.mp4")
    command = [ffmpeg.get_ffmpeg_exe(), "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    decoded = subprocess.run(command, capture_output=True, check=True)
    assert b"64x64" in decoded.stderr
    assert b"60 fps" in decoded.stderr
    read = np.frombuffer(decoded.stdout, np.uint8).reshape(30, 64, 64, 3)
    wanted = frames if color else frames[..., None]
    assert np.abs(read / 255 - wanted).mean() < (0.06 if color else 0.02)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("s.mp4", "path='s.mp4' would hold frames of 63 x 64 px; expected even numbers of pixels"),
        ("s.png", "path='s.png' cannot hold 2 frames"),
        ("s.webm", r"suffix='.webm' is unknown.*Known: .gif, .mp4, .npz, .png, .zarr"),
    ],
)
def test_rejects(name, message, tmp_path):
    shown = Stimulus(np.full((2, 63, 64), 0.5, np.float32), ppd=32, fps=60)
    with pytest.raises(ValueError, match=f"save: {message}"):
        shown.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_bits_are_no_picture(tmp_path):
    bits = Stimulus(np.zeros((2, 5), np.float32))
    for name in ("s.png", "s.gif", "s.mp4"):
        with pytest.raises(ValueError, match="save: ppd=None is not a picture"):
            bits.save(tmp_path / name)
    assert_same(bits, Stimulus.load(bits.save(tmp_path / "s.npz")))


def test_a_very_long_gif_is_refused_before_it_is_drawn(tmp_path):
    movie = stimuli.stream("grating", duration=600)
    with pytest.raises(ValueError, match="would hold 2250 MiB of frames; expected at most 256"):
        movie.save(tmp_path / "s.gif")


def test_a_broken_folder_is_told(tmp_path):
    pytest.importorskip("zarr")
    (tmp_path / "s.zarr").mkdir()
    with pytest.raises(ValueError, match="is damaged or not a stimulus"):
        Stimulus.load(tmp_path / "s.zarr")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        Stimulus.load(tmp_path / "t.zarr")


def test_bids_table(tmp_path):
    """Acceptance 12: column order, seconds, files relative to stimuli/, n/a where empty."""
    grating = stimuli.grating(screen=SMALL, duration=0.5)
    dots = stimuli.rdk(**stimuli.entry("rdk").examples[0])
    path = to_bids([grating, dots, grating], tmp_path, [0, 2.5, 5], name="task-motion_events")
    rows = list(csv.reader(path.read_text().splitlines(), delimiter="\t"))
    assert rows[0][:4] == ["onset", "duration", "trial_type", "stim_file"]
    assert [row[:3] for row in rows[1:]] == [
        ["0.0", "0.5", "grating"],
        ["2.5", "0.25", "rdk"],
        ["5.0", "0.5", "grating"],
    ]
    assert rows[1][3] == rows[3][3] != rows[2][3]
    assert rows[2][rows[0].index("sf")] == "n/a"
    assert {len(row) for row in rows} == {len(rows[0])}
    for row in rows[1:]:
        assert Stimulus.load(tmp_path / "stimuli" / row[3]).name == row[2]
    meanings = json.loads((tmp_path / "task-motion_events.json").read_text())
    assert meanings["onset"]["Units"] == "s"


@pytest.mark.parametrize("onsets", [[0], [1, 0], [0, np.nan]])
def test_bids_rejects(onsets, tmp_path):
    still = stimuli.grating(screen=SMALL, duration=0.5)
    with pytest.raises(ValueError, match=r"to_bids: onsets=.* does not fit 2 stimuli"):
        to_bids([still, still], tmp_path, onsets)


def test_stimulus_set_table(tmp_path):
    """Acceptance 12: the columns that Brain-Score asks for; degrees is the width."""
    stills = [stimuli.gabor(screen=stimuli.Screen(size=(2, 4)), sigma=s, duration=None)
              for s in (0.1, 0.2)]  # fmt: skip
    path = to_stimulus_set(stills, tmp_path, identifier="gabors")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["stimulus_id"] for row in rows] == ["gabors_00000", "gabors_00001"]
    assert [float(row["degrees"]) for row in rows] == [4.0, 4.0]
    assert [float(row["sigma"]) for row in rows] == [0.1, 0.2]
    files = [path.with_suffix("") / row["filename"] for row in rows]
    again = stimuli.StimulusSet.from_images(files, degrees=4.0).array()
    assert np.abs(again[:, 0] - np.stack([s.frames[0] for s in stills])).max() <= 0.5 / 255 + 1e-6
    with pytest.raises(ValueError, match=r"to_stimulus_set: stimuli=\[\] is empty"):
        to_stimulus_set([], tmp_path)
    with pytest.raises(ValueError, match="save: ppd=None is not a picture"):
        to_stimulus_set([Stimulus(np.zeros((1, 5), np.float32))], tmp_path, identifier="bits")


@pytest.mark.brainscore
@pytest.mark.filterwarnings("ignore")
def test_brainscore_reads_the_set(brainscore, tmp_path):
    """Acceptance 12: Brain-Score's own class and its screen placement."""
    from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
    from brainscore_vision.benchmark_helpers.screen import place_on_screen

    still = stimuli.gabor(screen=SMALL, sigma=0.2, duration=None)
    path = to_stimulus_set([still], tmp_path, identifier="gabors")
    loaded = StimulusSet.from_files(path, path.with_suffix(""))
    loaded.identifier = "gabors"
    assert loaded["degrees"].tolist() == [2.0]
    file = loaded.get_stimulus("gabors_00000")
    assert file.exists()
    assert place_on_screen(loaded, target_visual_degrees=2) is loaded
    # twice as wide: the same pixels in the middle, grey around
    wider = place_on_screen(loaded, target_visual_degrees=4)
    assert wider["degrees"].tolist() == [4]
    with Image.open(file) as small, Image.open(wider.get_stimulus("gabors_00000")) as large:
        assert large.size == (128, 128)
        middle = np.asarray(large)[32:96, 32:96]
        np.testing.assert_array_equal(middle, np.asarray(small.convert("RGB")))
        assert np.unique(np.asarray(large)[:32]).tolist() == [128]
