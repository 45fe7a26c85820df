"""StimulusSet: tables, images, lazily built clips."""

import tracemalloc

import numpy as np
import pytest

import stimuli
from stimuli import Stimulus, StimulusSet
from stimuli.files.pictures import png_bytes

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 12, 3), np.uint8)


def test_table_and_array():
    set_ = StimulusSet([stimuli.gabor(sf=sf, duration=None) for sf in (1, 2, 3)])
    assert set_.array().shape == (3, 1, 256, 256)
    assert set_.table["sf"].tolist() == [1, 2, 3]
    assert set_.table["stimulus_id"].tolist() == ["0", "1", "2"]
    assert "screen" not in set_.table
    assert [s.params["sf"] for s in set_] == [1, 2, 3]


def test_indexing():
    set_ = StimulusSet.from_arrays(IMAGES, degrees=2, ids=list("abcde"))
    np.testing.assert_array_equal(set_[-1].frames[0], np.float32(IMAGES[4] / 255))
    assert set_[1:3].table["stimulus_id"].tolist() == ["b", "c"]
    order = np.array([3, 0, 4])
    part = set_[order]
    assert part.table["stimulus_id"].tolist() == ["d", "a", "e"]
    np.testing.assert_array_equal(part.array()[:, 0], np.float32(IMAGES[order] / 255))
    assert part[::-1][0].params["stimulus_id"] == "e"
    assert len(set_[[True, False, True, False, False]]) == 2
    with pytest.raises(IndexError):
        set_[5]
    with pytest.raises(ValueError, match=r"StimulusSet: index=.* selects no row of stimuli"):
        set_[5:]


def test_encodings_of_arrays():
    linear = StimulusSet.from_arrays(IMAGES / 255, degrees=2)
    np.testing.assert_allclose(linear.array()[:, 0], IMAGES / 255, atol=1e-6)
    srgb = StimulusSet.from_arrays(np.full((1, 4, 4), 188, np.uint8), degrees=2, encoding="srgb")
    assert srgb[0].frames.mean() == pytest.approx(0.5, abs=0.005)
    deep = StimulusSet.from_arrays(np.full((1, 4, 4), 65535, np.uint16), degrees=2)
    assert deep[0].frames.max() == 1
    assert linear[0].ppd == 6


def test_later_changes_of_the_array_do_not_matter():
    mine = IMAGES.copy()
    set_ = StimulusSet.from_arrays(mine, degrees=2)
    mine[:] = 0
    assert set_[0].frames.any()


class TestFromImages:
    def paths(self, folder, images=IMAGES):
        for i, image in enumerate(images):
            (folder / f"{i}.png").write_bytes(png_bytes(image))
        return sorted(folder.glob("*.png"))

    def test_pixels_are_value_over_255(self, tmp_path):
        set_ = StimulusSet.from_images(self.paths(tmp_path), degrees=8)
        np.testing.assert_array_equal(set_.array()[:, 0], np.float32(IMAGES / 255))
        table = set_.table
        assert table["stimulus_id"].tolist() == list("01234")
        assert table["filename"][0] == "0.png"
        assert set_[0].ppd == 1.5
        assert set_[0].params["encoding"] == "linear"

    def test_grey_among_color_and_16_bit(self, tmp_path):
        set_ = StimulusSet.from_images(
            self.paths(tmp_path, [IMAGES[0], IMAGES[0, ..., 0]]), degrees=1
        )
        assert set_.shape == (1, 8, 12, 3)
        grey = IMAGES[0, ..., 0].astype(np.uint16) * 256
        set_ = StimulusSet.from_images(self.paths(tmp_path, [grey, grey]), degrees=1)
        np.testing.assert_allclose(set_[0].frames[0], grey / 65535, atol=1e-6)

    def test_missing_unreadable_or_unequal_files(self, tmp_path):
        paths = self.paths(tmp_path)
        with pytest.raises(ValueError, match=r"from_images: paths=.*none.png' cannot be read"):
            StimulusSet.from_images([*paths, tmp_path / "none.png"], degrees=8)
        paths[1].write_bytes(b"no image")
        with pytest.raises(ValueError, match=r"1.png' cannot be read \(UnidentifiedImageError\)"):
            StimulusSet.from_images(paths, degrees=8)
        paths[1].write_bytes(png_bytes(IMAGES[1])[:60])
        with pytest.raises(ValueError, match=r"1.png' cannot be read"):
            StimulusSet.from_images(paths, degrees=8)
        paths[1].write_bytes(png_bytes(IMAGES[0, :4]))
        with pytest.raises(ValueError, match=r"1.png' is 12 x 4 px; expected 12 x 8 px"):
            StimulusSet.from_images(paths, degrees=8)
        with pytest.raises(ValueError, match=r"from_images: paths=.* is empty"):
            StimulusSet.from_images([], degrees=8)

    def test_equal_file_names_need_ids(self, tmp_path):
        path = self.paths(tmp_path)[0]
        with pytest.raises(ValueError, match=r"does not name 2 images.*Give ids="):
            StimulusSet.from_images([path, path], degrees=8)
        assert len(StimulusSet.from_images([path, path], degrees=8, ids=["a", "b"])) == 2


class TestClips:
    def test_grey_then_image(self):
        clips = StimulusSet.from_arrays(IMAGES, degrees=2).as_clips()
        clip = clips[2]
        assert clip.shape == (11, 8, 12, 3)
        assert (clip.frames[:5] == 0.5).all()
        for t in range(5, 11):
            np.testing.assert_array_equal(clip.frames[t], np.float32(IMAGES[2] / 255))
        timing = {"duration": 0.44, "onset": 0.2, "fps": 25.0, "grey": 0.5, "multiple": 1}
        assert clip.params["clip"] == timing
        assert clip.duration == pytest.approx(0.44)
        assert clips.table["onset"].tolist() == [0.2] * 5
        assert clips[[4, 1]].table["stimulus_id"].tolist() == ["4", "1"]

    def test_clips_are_lazy(self):
        """640 RGB images are never held as clips."""
        images = np.zeros((640, 64, 64, 3), np.uint8)  # as clips: 346 MB
        tracemalloc.start()
        clips = StimulusSet.from_arrays(images, degrees=8).as_clips()[np.arange(640)[::-1]]
        for clip in clips:
            assert clip.n_frames == 11
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 25e6

    def test_grey_margin_up_to_a_multiple(self):
        clip = StimulusSet.from_arrays(IMAGES, degrees=2).as_clips(multiple=5)[1]
        assert clip.shape == (11, 10, 15, 3)
        np.testing.assert_array_equal(clip.frames[5:, 1:9, 1:13], np.float32([IMAGES[1] / 255] * 6))
        margin = np.ones((10, 15), bool)
        margin[1:9, 1:13] = False
        assert (clip.frames[:, margin] == 0.5).all()

    def test_no_onset(self):
        clips = StimulusSet.from_arrays(IMAGES, degrees=2).as_clips(onset=0)
        assert (clips[0].frames == clips[0].frames[0]).all()

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"duration": 0.45}, "as_clips: duration=0.45 is 11.25 frames"),
            ({"onset": 0.44}, "as_clips: onset=0.44 leaves no time for the image"),
            ({"onset": 0.19}, "as_clips: duration=0.19 is 4.75 frames"),
            ({"duration": float("nan")}, "as_clips: duration=nan is not finite"),
            ({"grey": 1.5}, "as_clips: grey=1.5 is out of range"),
            ({"multiple": 0}, "as_clips: multiple=0 is out of range"),
        ],
    )
    def test_rejected(self, params, message):
        with pytest.raises(ValueError, match=message):
            StimulusSet.from_arrays(IMAGES, degrees=2).as_clips(**params)

    def test_movies_are_no_stills(self):
        with pytest.raises(ValueError, match=r"as_clips: stimuli=.* has more than one frame"):
            StimulusSet([stimuli.gabor()]).as_clips()


def test_looks():
    set_ = StimulusSet.from_arrays(IMAGES, degrees=2)
    assert repr(set_).startswith("StimulusSet(5 x image (1, 8, 12, 3); columns: stimulus_id")
    assert set_._repr_html_().count("<img") == 5
    assert set_.as_clips()._repr_html_().count("image/gif") == 5


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: StimulusSet([]), ValueError, "stimuli=.* is empty"),
        (lambda: StimulusSet([1]), TypeError, r"stimuli\[0\]=1 is of type int"),
        (
            lambda: StimulusSet([stimuli.gabor(duration=None), stimuli.gabor()]),
            ValueError,
            r"stimuli\[1\].shape=\(60, 256, 256\) differs from the first",
        ),
        (lambda: StimulusSet.from_arrays(IMAGES, degrees=0), ValueError, "degrees=0 is out of"),
        (lambda: StimulusSet.from_arrays(IMAGES, degrees="8"), TypeError, "degrees='8' is of type"),
        (lambda: StimulusSet.from_arrays(IMAGES[0, 0], degrees=8), ValueError, "wrong shape"),
        (lambda: StimulusSet.from_arrays(IMAGES / 1.0, degrees=8), ValueError, "outside"),
        (lambda: StimulusSet.from_arrays(IMAGES.astype(int), degrees=8), TypeError, "unsigned"),
        (lambda: StimulusSet.from_arrays(IMAGES, degrees=8, ids="ab"), ValueError, "ids="),
        (
            lambda: StimulusSet.from_arrays(IMAGES, degrees=8, encoding="gamma"),
            ValueError,
            "encoding='gamma' is unknown",
        ),
    ],
)
def test_rejected(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_stimuli_without_params():
    frames = np.zeros((1, 2, 2), np.float32)
    assert StimulusSet([Stimulus(frames, ppd=1.0)] * 2).table.columns.tolist() == ["stimulus_id"]
