"""The Stimulus object: checks, files, torch, events, looks."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

import stimuli
from stimuli import Stimulus
from stimuli.truth import Truth

GREY = np.full((3, 4, 6), 0.5, np.float32)
COLOR = np.random.default_rng(0).random((2, 4, 6, 3), np.float32)


class TestChecks:
    @pytest.mark.parametrize(
        ("frames", "message"),
        [
            (np.zeros((4, 6), np.float32), r"has the wrong shape; expected \(T, H, W\)"),
            (np.zeros((1, 4, 6, 2), np.float32), "has the wrong shape"),
            (np.zeros((0, 4, 6), np.float32), "has the wrong shape"),
            (np.full((1, 2, 2), np.nan, np.float32), r"has 4 values out of range, the first at"),
            (GREY * 3, "has 72 values out of range"),
            (-GREY, "expected finite linear light in"),
        ],
    )
    def test_bad_frames_are_rejected(self, frames, message):
        with pytest.raises(ValueError, match=f"Stimulus: frames=.*{message}"):
            Stimulus(frames, ppd=10.0)

    def test_kinds(self):
        with pytest.raises(TypeError, match="expected a float32 numpy array"):
            Stimulus(GREY.astype(float), ppd=10.0)
        with pytest.raises(TypeError, match="expected plain JSON values"):
            Stimulus(GREY, ppd=10.0, params={"a": np.zeros(3)})
        with pytest.raises(TypeError, match=r"Truth: a=.* expected an array or a plain value"):
            Stimulus(GREY, ppd=10.0, truth={"a": object()})

    def test_not_a_picture_may_have_any_axes(self):
        s = Stimulus(np.zeros((5, 576), np.float32) - 2)
        assert s.shape == (5, 576)
        with pytest.raises(ValueError, match=r"values out of range.*finite values"):
            Stimulus(np.full((5, 2), np.inf, np.float32))

    def test_writable_arrays_are_copied_and_read_only_ones_shared(self):
        mine = GREY.copy()
        s = Stimulus(mine, ppd=10.0)
        mine[:] = 0
        assert s.frames[0, 0, 0] == 0.5
        mine.setflags(write=False)
        assert Stimulus(mine, ppd=10.0).frames is mine
        with pytest.raises(ValueError, match="read-only"):
            s.frames[0] = 1
        with pytest.raises(AttributeError):
            s.ppd = 3

    def test_checksum_tells_shape_and_bytes(self):
        first = Stimulus(GREY, ppd=10.0)
        assert first.checksum() == Stimulus(GREY.copy(), ppd=5.0).checksum()
        assert first.checksum() != Stimulus(GREY.reshape(3, 6, 4), ppd=10.0).checksum()
        assert first.checksum() != Stimulus(GREY * 0.9, ppd=10.0).checksum()


class TestTruth:
    def test_functions_are_called_once_when_needed(self):
        calls = []
        truth = Truth({"a": lambda: calls.append(1) or np.zeros(3)})
        assert not calls
        assert truth["a"] is truth["a"]
        assert calls == [1]

    def test_missing_names_are_told(self):
        with pytest.raises(KeyError, match="truth has no 'flo'; it has flow"):
            Truth({"flow": 1})["flo"]

    def test_pickles(self):
        s = stimuli.rdk(n_dots=5, duration=0.1)
        again = pickle.loads(pickle.dumps(s))
        assert again.checksum() == s.checksum()
        np.testing.assert_array_equal(again.truth["flow"], s.truth["flow"])


class TestFiles:
    def test_truncated_npz_is_one_clear_error(self, tmp_path):
        path = Stimulus(GREY, ppd=10.0).save(tmp_path / "s.npz")
        whole = path.read_bytes()
        for part in (0, 1, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:part])
            with pytest.raises(ValueError, match=r"Stimulus.load: path=.* is damaged or not a"):
                Stimulus.load(path)

    def test_pickled_objects_are_refused(self, tmp_path):
        path = tmp_path / "s.npz"
        header = {"format": "neurosim stimulus 1", "name": "x", "ppd": 1, "fps": 1}
        header |= {"params": {}, "truth": {}, "shapes": {}, "order": []}
        np.savez(path, header=np.array(json.dumps(header)), frames=np.array([object()]))
        with pytest.raises(ValueError, match=r"Stimulus.load: .*Object arrays cannot be loaded"):
            Stimulus.load(path)
        path.write_bytes(pickle.dumps({"a": 1}))
        with pytest.raises(ValueError, match=r"Stimulus.load: .* is damaged or not a stimulus"):
            Stimulus.load(path)

    def test_foreign_npz_is_refused(self, tmp_path):
        path = tmp_path / "s.npz"
        np.savez(path, x=np.zeros(3))
        with pytest.raises(ValueError, match=r"Stimulus.load: .* is damaged or not a stimulus"):
            Stimulus.load(path)
        np.save(tmp_path / "s.npy", GREY)
        with pytest.raises(ValueError, match=r"Stimulus.load: .* is damaged or not a stimulus"):
            Stimulus.load(tmp_path / "s.npy")

    def test_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            Stimulus.load(tmp_path / "none.npz")

    def test_a_failed_save_leaves_nothing(self, tmp_path, monkeypatch):
        def fail(*_, **__):
            raise OSError("disk full")

        path = Stimulus(GREY, ppd=10.0).save(tmp_path / "s.npz")
        before = path.read_bytes()
        monkeypatch.setattr(np.lib.format, "write_array", fail)
        with pytest.raises(OSError, match="disk full"):
            Stimulus(GREY, ppd=10.0).save(path)
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == ["s.npz"]

    def test_repeated_truth_is_stored_once(self, tmp_path):
        s = stimuli.grating(duration=1.0, contrast=0)
        path = s.save(tmp_path / "s.npz")
        with zipfile.ZipFile(path) as archive:
            assert archive.getinfo("truth/flow.npy").file_size < 1000

    @pytest.mark.parametrize("bits", [8, 16])
    @pytest.mark.parametrize("frames", [GREY[:1], COLOR[:1]])
    def test_png_is_read_by_pillow(self, tmp_path, bits, frames):
        from PIL import Image

        path = Stimulus(frames, ppd=10.0).save(tmp_path / "s.png", bits=bits)
        with Image.open(path) as image:
            values = np.asarray(image).astype(float)
        if bits == 16 and frames.ndim == 4:  # Pillow reads 16-bit colour as 8-bit
            bits = 8
        np.testing.assert_allclose(values, frames[0] * (2**bits - 1), atol=1.01)

    def test_srgb_encoding_and_back(self, tmp_path):
        path = Stimulus(GREY[:1], ppd=10.0).save(tmp_path / "s.png", encoding="srgb")
        loaded = stimuli.StimulusSet.from_images([path], degrees=1, encoding="srgb")[0]
        assert np.abs(loaded.frames - 0.5).max() < 0.003
        raw = stimuli.StimulusSet.from_images([path], degrees=1)[0]
        assert raw.frames.max() == pytest.approx(188 / 255)

    @pytest.mark.parametrize(("fps", "n_shown"), [(10, 6), (60, 3)])
    def test_gif_runs_at_the_right_speed(self, tmp_path, fps, n_shown):
        from PIL import Image

        steps = np.linspace(0, 1, 6, dtype=np.float32)[:, None, None] * np.ones((1, 4, 4), "f4")
        path = Stimulus(steps, ppd=1.0, fps=float(fps)).save(tmp_path / "s.gif")
        with Image.open(path) as image:
            assert image.n_frames == n_shown
            seconds = 0
            for i in range(n_shown):
                image.seek(i)
                seconds += image.info["duration"] / 1000
        assert seconds == pytest.approx(6 / fps, abs=0.011)

    @pytest.mark.parametrize(
        ("name", "options", "message"),
        [
            ("s.jpg", {}, "save: suffix='.jpg' is unknown"),
            ("s.png", {}, "save: path='s.png' cannot hold 3 frames"),
            ("s.gif", {"bits": 16}, "save: bits=16 does not fit a .gif"),
            ("s.gif", {"bits": 12}, "save: bits=12 is not offered"),
            ("s.gif", {"encoding": "gamma"}, "save: encoding='gamma' is unknown"),
        ],
    )
    def test_rejected(self, tmp_path, name, options, message):
        with pytest.raises(ValueError, match=message):
            Stimulus(GREY, ppd=10.0).save(tmp_path / name, **options)

    def test_what_is_not_a_picture_has_no_png(self, tmp_path):
        with pytest.raises(ValueError, match="save: ppd=None is not a picture"):
            Stimulus(np.zeros((2, 3), np.float32)).save(tmp_path / "s.png")


class TestTorch:
    @pytest.mark.parametrize(
        ("layout", "grey", "color"),
        [
            (None, (1, 3, 4, 6), (1, 2, 3, 4, 6)),
            ("BTHW", (1, 3, 4, 6), None),
            ("BTCHW", (1, 3, 1, 4, 6), (1, 2, 3, 4, 6)),
            ("BCTHW", (1, 1, 3, 4, 6), (1, 3, 2, 4, 6)),
            ("TCHW", (3, 1, 4, 6), (2, 3, 4, 6)),
        ],
    )
    def test_layouts(self, layout, grey, color):
        assert Stimulus(GREY, ppd=1.0).to_torch(layout=layout).shape == grey
        if color:
            assert Stimulus(COLOR, ppd=1.0).to_torch(layout=layout).shape == color

    def test_values_and_shared_memory(self):
        """Acceptance 12: torch export shares memory."""
        s = Stimulus(COLOR, ppd=1.0)
        tensor = s.to_torch()
        np.testing.assert_array_equal(tensor[0].permute(0, 2, 3, 1).numpy(), COLOR)
        assert tensor.data_ptr() == s.frames.ctypes.data
        assert s.to_torch("cpu").device.type == "cpu"

    def test_other_axes_get_a_batch(self):
        assert Stimulus(np.zeros((5, 7), np.float32)).to_torch().shape == (1, 5, 7)

    def test_rejected(self):
        with pytest.raises(ValueError, match="to_torch: layout='BHWT' is unknown"):
            Stimulus(GREY, ppd=1.0).to_torch(layout="BHWT")
        with pytest.raises(ValueError, match="to_torch: layout='BTHW' has no place for colour"):
            Stimulus(COLOR, ppd=1.0).to_torch(layout="BTHW")


def test_events():
    (row,) = stimuli.grating(sf=3, duration=0.5).events(2)
    assert list(row)[:3] == ["onset", "duration", "trial_type"]
    assert (row["onset"], row["duration"], row["trial_type"]) == (2.0, 0.5, "grating")
    assert row["sf"] == 3.0
    assert "screen" not in row
    with pytest.raises(ValueError, match="events: fps=None gives no duration"):
        Stimulus(GREY, ppd=1.0).events()
    with pytest.raises(ValueError, match="events: onset=nan is not finite"):
        stimuli.grating().events(float("nan"))


def test_looks():
    s = stimuli.gabor(duration=0.1)
    assert repr(s).startswith("Stimulus(gabor: (6, 256, 256), 0.1 s at 60 Hz, 32 px/deg; truth")
    assert 'src="data:image/gif;base64,' in s._repr_html_()
    assert "<th>sf</th><td>2.0</td>" in s._repr_html_()
    assert 'style="flex:none"' in s._repr_html_()  # else the table squeezes the picture
    assert "data:image/png" in stimuli.noise_1f()._repr_html_()
    assert "<img" in Stimulus(np.zeros((5, 7), np.float32))._repr_html_()


def test_npz_is_plain_numpy(tmp_path):
    """Anyone can read the file without this package."""
    path = stimuli.gabor(duration=None).save(tmp_path / "s.npz")
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
        assert archive["frames"].shape == (1, 256, 256)
        assert json.loads(str(archive["header"]))["name"] == "gabor"
