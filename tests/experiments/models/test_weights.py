"""Weights are checked before a library reads them: no pickle, no damaged header, no adapter, nothing outside."""

import json
import pickle
import struct

import pytest

from experiments.models.load import load_for
from experiments.models.registry import Entry
from experiments.models.weights import check_weights
from experiments.tables.errors import UserError

CONFIG = {
    "model_type": "llama",
    "vocab_size": 32,
    "hidden_size": 8,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}


class Runs:
    """What a pickle can do."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def safetensors(header: bytes = b'{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}') -> bytes:
    return struct.pack("<Q", len(header)) + header + b"1234"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text(json.dumps(CONFIG))
    return tmp_path / "mine"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "weights.npz"])
def test_a_pickle_is_refused_by_its_name_and_does_not_run(folder, tmp_path, name):
    (folder / name).write_bytes(pickle.dumps(Runs(tmp_path / "ran")))
    with pytest.raises(UserError, match=rf"^[^\n]*{name}: a pickle[^\n]*$"):
        load_for("causal", Entry(name="mine", folder=str(folder)))
    assert not (tmp_path / "ran").exists()


def test_an_adapter_in_the_folder_is_refused_whatever_its_format(folder, tmp_path):
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA", "base_model_name_or_path": "owner/name"}')
    (folder / "adapter_model.bin").write_bytes(pickle.dumps(Runs(tmp_path / "ran")))
    with pytest.raises(UserError, match=r"^mine: [^\n]*adapter_config\.json[^\n]*$"):
        load_for("causal", Entry(name="mine", folder=str(folder)))
    assert not (tmp_path / "ran").exists()


def test_a_config_that_names_other_weights_is_refused(folder, tmp_path):
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "config.json").write_text(json.dumps(CONFIG | {"transformers_weights": "adapter_model.bin"}))
    (folder / "adapter_model.bin").write_bytes(pickle.dumps(Runs(tmp_path / "ran")))
    with pytest.raises(UserError, match=r"^mine: [^\n]*transformers_weights[^\n]*$"):
        load_for("causal", Entry(name="mine", folder=str(folder)))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, safetensors()[:-1], safetensors(b"[" * 5000)])
def test_a_damaged_header_is_one_line(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(UserError, match=r"^[^\n]*model\.safetensors: [^\n]+$"):
        load_for("causal", Entry(name="mine", folder=str(folder)))


@pytest.mark.parametrize("shard", ["../outside.safetensors", "/etc/passwd", "a/../../outside.safetensors"])
def test_an_index_that_leads_out_is_refused(folder, shard):
    (folder.parent / "outside.safetensors").write_bytes(safetensors())
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": shard}}))
    with pytest.raises(UserError, match="no file name of a shard"):
        load_for("causal", Entry(name="mine", folder=str(folder)))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"weight_map": 3}', '{"weight_map": {"a": 1}}', "[" * 100_000])
def test_an_index_that_is_none_is_one_line(folder, content):
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(UserError, match=r"^[^\n]*model\.safetensors\.index\.json: [^\n]+$"):
        check_weights("mine", folder)
