"""Clips from a user's own movies."""

import numpy as np
import pytest

import stimuli
from neurosim.errors import UnknownNameError
from neurosim.models.motion_energy.diet import draw_batch, draw_example, movie_family, read_flo
from stimuli.screen import Screen

HEIGHT, WIDTH, N_FRAMES = 136, 152, 13
UNKNOWN = (slice(10, 20), slice(30, 40))


def write_flo(path, flow):
    height, width = flow.shape[:2]
    header = np.float32(202021.25).tobytes() + np.array([width, height], "<i4").tobytes()
    path.write_bytes(header + flow.astype("<f4").tobytes())


def light(t):
    """Frame t tells column, row and time by its values alone, exactly in 16 bits."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return ((rows * WIDTH + columns) * N_FRAMES + t) % 65536 / 65535


def true_flow():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    flow = np.stack([columns / 100, rows / 50 - 1], axis=-1).astype(np.float32)
    flow[UNKNOWN] = 1e10
    return flow


@pytest.fixture
def folder(tmp_path):
    movie = tmp_path / "first"
    movie.mkdir()
    for t in range(N_FRAMES):
        still = stimuli.Stimulus(light(t)[None].astype(np.float32), ppd=16)
        still.save(movie / f"frame_{t:04d}.png", bits=16)
    write_flo(movie / "flow_0006.flo", true_flow())
    (movie / "notes.txt").write_text("not a frame")
    return tmp_path


def test_a_flo_file_is_read_as_it_was_written(tmp_path):
    write_flo(tmp_path / "flow_0000.flo", true_flow())
    np.testing.assert_array_equal(read_flo(tmp_path / "flow_0000.flo"), true_flow())


@pytest.mark.parametrize("damage", [lambda b: b[:-4], lambda b: b + b"0", lambda b: b"x" + b[1:]])
def test_a_damaged_flo_file_is_refused(tmp_path, damage):
    path = tmp_path / "flow_0000.flo"
    write_flo(path, true_flow())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"^read_flo: path=.* is no whole \.flo file"):
        read_flo(path)


def test_a_missing_flo_file_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_flo(tmp_path / "flow_0000.flo")


def test_a_clip_is_a_crop_of_frames_and_flow(folder):
    family = movie_family(folder, name="mine")
    corners = set()
    for seed in range(6):
        video, flow, valid, name = draw_example(family, 64, seed)
        assert name == "mine"
        top = round((flow[-1, -1, 1] + 1) * 50) - 63
        left = round(flow[-1, -1, 0] * 100) - 63
        corners.add((top, left))
        window = (slice(top, top + 64), slice(left, left + 64))
        known = np.ones((HEIGHT, WIDTH), bool)
        known[UNKNOWN] = False
        np.testing.assert_array_equal(valid, known[window])
        np.testing.assert_array_equal(flow, np.where(valid[..., None], true_flow()[window], 0.0))
        for k in range(11):  # the flow is that of frame 6: the clip starts at frame 1
            np.testing.assert_allclose(video[k], light(k + 1)[window], atol=1e-6)
    assert len(corners) > 1


def test_npy_flow_and_srgb_frames(folder):
    movie = folder / "first"
    (movie / "flow_0006.flo").unlink()
    np.save(movie / "flow_0006.npy", true_flow())
    linear, decoded = (
        draw_example(movie_family(folder, encoding=word), 64, 0) for word in ("linear", "srgb")
    )
    np.testing.assert_array_equal(linear.flow, decoded.flow)
    signal = linear.video.astype(float)  # IEC 61966-2-1
    light_of = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(decoded.video, light_of, atol=1e-5)


def test_colour_becomes_grey_light(tmp_path):
    movie = tmp_path / "colour"
    movie.mkdir()
    red = np.zeros((1, 64, 64, 3), np.float32)
    red[..., 0] = 1.0
    for t in range(11):
        stimuli.Stimulus(red, ppd=16).save(movie / f"frame_{t}.png")
    np.save(movie / "flow_5.npy", np.zeros((64, 64, 2), np.float32))
    video = draw_example(movie_family(tmp_path), 64, 0).video
    np.testing.assert_allclose(video, 0.299, atol=1e-6)  # BT.601


def test_movies_join_a_diet(folder):
    family = movie_family(folder)
    sizes = set()
    for step in range(8):
        batch = draw_batch(step, n=1, diet={family: 1.0})
        assert batch.families == ("movies",)
        sizes.add(batch.video.shape[-1])
    assert sizes == {64, 96, 128}


def test_stimuli_of_the_toolkit_can_be_written_and_read_back(tmp_path):
    screen = Screen(size=4, ppd=16, fps=25)
    shown = stimuli.grating(sf=1.0, speed=2.0, screen=screen, duration=0.44)
    movie = tmp_path / "grating"
    movie.mkdir()
    for t, frame in enumerate(shown.frames):
        stimuli.Stimulus(frame[None], ppd=16).save(movie / f"frame_{t:02d}.png", bits=16)
    np.save(movie / "flow_05.npy", shown.truth["flow"][5])
    example = draw_example(movie_family(tmp_path), 64, 0)
    np.testing.assert_allclose(example.video, shown.frames, atol=1e-5)
    np.testing.assert_array_equal(example.flow, shown.truth["flow"][5])


def test_a_missing_folder_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^movie_family: folder=.* is no folder"):
        movie_family(tmp_path / "nowhere")


def test_a_folder_without_a_whole_clip_is_refused(folder):
    (folder / "first" / "frame_0001.png").unlink()
    with pytest.raises(ValueError, match=r"^movie_family: folder=.* has no flow with five frames"):
        movie_family(folder)


def test_an_unknown_encoding_is_refused(folder):
    with pytest.raises(UnknownNameError, match=r"^movie_family: encoding='sRBG'"):
        movie_family(folder, encoding="sRBG")


def test_a_clip_larger_than_the_movie_is_refused(folder):
    with pytest.raises(ValueError, match=r"^movie_family: size=144 is larger than .*136 x 152 px"):
        draw_example(movie_family(folder), 144, 0)


@pytest.mark.parametrize(
    "flow", [np.zeros((HEIGHT, WIDTH), np.float32), np.zeros((HEIGHT, WIDTH, 2), int)]
)
def test_a_flow_of_another_kind_is_refused(folder, flow):
    (folder / "first" / "flow_0006.flo").unlink()
    np.save(folder / "first" / "flow_0006.npy", flow)
    with pytest.raises(ValueError, match=r"^movie_family: folder=.* is the flow in"):
        draw_example(movie_family(folder), 64, 0)


def test_frames_of_another_size_are_refused(folder):
    still = stimuli.Stimulus(np.zeros((1, 64, 64), np.float32), ppd=16)
    still.save(folder / "first" / "frame_0003.png")
    with pytest.raises(ValueError, match=r"^movie_family: folder=.*frame_0003.* has \(64, 64\) px"):
        draw_example(movie_family(folder), 64, 0)
