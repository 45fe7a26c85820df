"""Weights on disk: what is written comes back, and nothing that was changed is believed."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

import neurosim
from neurosim import weights
from neurosim.cli import main
from neurosim.weights import (
    checksum,
    load_weights,
    save_weights,
    shipped_weights,
    table_of_weights,
)

MADE_BY = {"command": "neurosim train toy --seed 4", "seed": 4, "n_steps": 7, "loss": 0.25}


def build(n_hidden=3):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(2, n_hidden), torch.nn.BatchNorm1d(n_hidden))


@pytest.fixture
def saved(tmp_path):
    module = build()
    return module, save_weights(module, tmp_path / "w.safetensors", {"n_hidden": 3}, MADE_BY)


def test_round_trip(saved):
    module, path = saved
    tensors, metadata = load_weights(path)
    assert metadata["config"] == {"n_hidden": 3}
    assert {k: metadata[k] for k in MADE_BY} == MADE_BY
    assert metadata["checksum"] == checksum(tensors)
    other = build()
    with torch.no_grad():
        other[0].weight.zero_()
    load_weights(path, other)
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, tensors[name])
        assert torch.equal(tensor, other.state_dict()[name])


def test_the_same_weights_are_the_same_bytes(saved, tmp_path):
    module, path = saved
    again = save_weights(module, tmp_path / "again.safetensors", {"n_hidden": 3}, MADE_BY)
    assert path.read_bytes() == again.read_bytes()


def test_checksum_is_of_names_types_shapes_and_values():
    ones = torch.ones(2, 3)
    found = {
        checksum(tensors)
        for tensors in (
            {"a": ones},
            {"b": ones},
            {"a": ones.reshape(3, 2)},
            {"a": ones.to(torch.bfloat16)},
            {"a": ones * 2},
            {"a": torch.tensor(1.0)},
        )
    }
    assert len(found) == 6
    two = {"a": ones, "b": ones[0]}
    assert checksum(two) == checksum(dict(reversed(two.items())))
    assert checksum({"a": ones.T.contiguous().T}) == checksum({"a": ones})


def test_tied_weights_are_kept(tmp_path):
    module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    module[1].weight = module[0].weight
    path = save_weights(module, tmp_path / "tied.safetensors", {}, MADE_BY)
    assert len(load_weights(path, module)[0]) == 4


def test_one_error_lists_every_difference_and_leaves_the_module_alone(saved):
    _, path = saved
    other = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.LayerNorm(3, bias=False))
    other[0].double()
    before = other[0].bias.clone()
    with pytest.raises(ValueError, match="does not fit the Sequential") as caught:
        load_weights(path, other)
    text = str(caught.value)
    assert "0.weight is (3, 2) and not (4, 2)" in text
    assert "0.bias is (3,) and not (4,)" in text
    assert "1.bias is unknown" in text
    assert "1.running_mean is unknown" in text
    assert torch.equal(other[0].bias, before)
    with pytest.raises(ValueError, match=r"1\.bias is missing"):
        load_weights(save_weights(other, path, {}, MADE_BY), build())
    with pytest.raises(ValueError, match=r"0\.bias is torch.float64 and not torch.float32"):
        load_weights(save_weights(build().double(), path, {}, MADE_BY), build())


def test_a_changed_tensor_is_not_believed(saved):
    _, path = saved
    with safe_open(path, framework="pt") as file:
        tensors, kept = {n: file.get_tensor(n) for n in file.keys()}, file.metadata()  # noqa: SIM118
    tensors["0.bias"][0] += 1
    save_file(tensors, path, kept)
    with pytest.raises(ValueError, match=r"has checksum \w{12}; expected \w{64}"):
        load_weights(path)


def test_files_that_are_not_ours_are_refused(saved, tmp_path):
    _, path = saved
    with pytest.raises(FileNotFoundError, match=r"load_weights: path='.*' does not exist"):
        load_weights(tmp_path / "none.safetensors")
    save_file({"a": torch.ones(1)}, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match="has no note of ours"):
        load_weights(tmp_path / "foreign.safetensors")
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ValueError, match="is not whole"):
        load_weights(path)


def test_what_cannot_be_made_again_or_read_again_is_not_saved(tmp_path):
    path = tmp_path / "w.safetensors"
    with pytest.raises(ValueError, match=r"has another ending; expected \.safetensors"):
        save_weights(build(), tmp_path / "w.pt", {}, MADE_BY)
    with pytest.raises(ValueError, match="lacks 'seed'"):
        save_weights(build(), path, {}, {"command": "neurosim train toy"})
    with pytest.raises(ValueError, match="is no JSON"):
        save_weights(build(), path, {"gain": 2j}, MADE_BY)
    with pytest.raises(ValueError, match="is no JSON"):
        save_weights(build(), path, {}, MADE_BY | {"loss": float("nan")})
    broken = build()
    with torch.no_grad():
        broken[0].bias[1] = float("nan")
    with pytest.raises(ValueError, match=r"\['0.bias'\] is NaN or infinite"):
        save_weights(broken, path, {}, MADE_BY)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        save_weights(build(), tmp_path / "none" / "w.safetensors", {}, MADE_BY)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A toolkit that ships one file of weights, for ``pixels``."""
    neurosim.names()
    monkeypatch.setattr(weights, "__file__", str(tmp_path / "weights.py"))
    folder = tmp_path / "models" / "pixels" / "weights"
    folder.mkdir(parents=True)
    return save_weights(build(), folder / "small.safetensors", {}, MADE_BY)


def test_shipped_weights_are_found_by_name(shipped):
    assert shipped_weights("pixels") == {"small": shipped}
    assert shipped_weights("motion_energy") == {}
    with pytest.raises(neurosim.UnknownNameError, match="Did you mean 'pixels'"):
        shipped_weights("pixles")


def test_table_of_weights(shipped):
    [row] = table_of_weights()
    assert (row["model"], row["name"]) == ("pixels", "small")
    assert row["command"] == MADE_BY["command"]
    assert row["bytes"] == shipped.stat().st_size
    assert row["checksum"] == checksum(build().state_dict())
    assert json.dumps(row)


def test_weights_list(shipped, capsys):
    assert main(["weights", "list"]) == 0
    out = capsys.readouterr().out
    assert "small" in out
    assert checksum(build().state_dict())[:12] in out
    assert main(["weights", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == table_of_weights()
    shipped.unlink()
    assert main(["weights", "list"]) == 0
    assert "No weights come with the models" in capsys.readouterr().out
