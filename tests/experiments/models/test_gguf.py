"""GGUF files: what is read is what they hold, once, and what was read can be shown and removed."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.choices import ModelChoice
from experiments.freezing.dependencies import Snapshot
from experiments.hub.place import Located
from experiments.models.gguf import CARD, converted
from experiments.models.load import load_for
from experiments.models.locate import local_paths
from experiments.models.registry import Entry, Package
from experiments.tables.digest import sha256_file
from experiments.tables.errors import UserError
from experiments.tables.locations import cache_root

WIDTH, HEADS, VOCABULARY = 32, 4, 258  # the end, all bytes, and "ab"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A Llama of one block in Q8_0, and the embedding that it holds."""
    gguf = pytest.importorskip("gguf")
    from tokenizers import pre_tokenizers

    path = tmp_path_factory.mktemp("gguf") / "tiny.Q8_0.gguf"
    writer, draw = gguf.GGUFWriter(path, "llama"), np.random.default_rng(0)
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(VOCABULARY)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["<end>", *sorted(pre_tokenizers.ByteLevel.alphabet()), "ab"])
    writer.add_token_types([3] + [1] * (VOCABULARY - 1))
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    square = (WIDTH, WIDTH)
    shapes = {"token_embd": (VOCABULARY, WIDTH), "output_norm": (WIDTH,), "output": (VOCABULARY, WIDTH)}
    block = {f"attn_{part}": square for part in ("q", "k", "v", "output")} | {
        f"ffn_{part}": square for part in ("gate", "up", "down")
    }
    shapes |= {f"blk.0.{part}": shape for part, shape in block.items()}
    shapes |= {f"blk.0.{part}_norm": (WIDTH,) for part in ("attn", "ffn")}
    for name, shape in shapes.items():
        values, kind = draw.normal(size=shape).astype(np.float32), gguf.GGMLQuantizationType.Q8_0
        stored = values if len(shape) == 1 else gguf.quants.quantize(values, kind)
        writer.add_tensor(f"{name}.weight", stored, raw_dtype=None if len(shape) == 1 else kind)
        if name == "token_embd":
            embedding = gguf.quants.dequantize(stored, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return SimpleNamespace(path=path, choice=ModelChoice(name=str(path)), embedding=embedding)


def test_a_model_is_read_once_and_is_what_the_file_holds(tiny, cache, capsys):
    loaded = load_for("causal", tiny.choice.entry)
    assert "tiny.Q8_0: reading tiny.Q8_0.gguf, once" in capsys.readouterr().err
    found = loaded.model.get_input_embeddings().weight[:VOCABULARY]
    np.testing.assert_allclose(found.detach().numpy(), tiny.embedding, atol=1e-6)
    assert loaded.tokenizer("hi")["input_ids"][-2:] == [ord("h") - 33 + 1, ord("i") - 33 + 1]
    again = load_for("classification", tiny.choice.entry, labels=("a", "b"))
    assert "reading" not in capsys.readouterr().err
    assert again.report.weights_sha256 == sha256_file(tiny.path)
    assert [path.suffix for path in (cache / "models").iterdir() if path.is_dir()] == [""]


@pytest.fixture
def in_pieces(tiny, tmp_path, monkeypatch):
    """The same model as three packages that carry a piece each; and the folder of the packages."""
    whole, names = tiny.path.read_bytes(), [f"tiny_part{number}" for number in range(3)]
    third = len(whole) // 3
    for number, name in enumerate(names):
        (tmp_path / name / "data").mkdir(parents=True)
        piece = whole[number * third : None if number == 2 else (number + 1) * third]
        (tmp_path / name / "data" / f"tiny.gguf.part{number}").write_bytes(piece)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('this was imported')")
    monkeypatch.syspath_prepend(tmp_path)
    pieces = tuple(f"{name}/data/tiny.gguf.part{number}" for number, name in enumerate(names))
    package = Package(name="tiny_part0", folder="data", install="tiny", pieces=pieces, command="make tiny")
    entry = Entry(name="tiny", gguf="tiny.gguf", package=package, sha256={"tiny.gguf": sha256_file(tiny.path)})
    return SimpleNamespace(entry=entry, folder=tmp_path)


def test_a_file_in_pieces_is_the_file_that_they_make(tiny, in_pieces, cache, capsys):
    loaded = load_for("causal", in_pieces.entry)
    assert "tiny: reading tiny.gguf, once" in capsys.readouterr().err
    found = loaded.model.get_input_embeddings().weight[:VOCABULARY]
    np.testing.assert_allclose(found.detach().numpy(), tiny.embedding, atol=1e-6)
    whole = load_for("causal", tiny.choice.entry)  # by its digest, from what was kept
    assert capsys.readouterr().err == ""
    assert loaded.report.weights_sha256 == whole.report.weights_sha256 == sha256_file(tiny.path)
    assert not list(cache.rglob("*.gguf"))
    # Tables depend on the whole, however it lies.
    [(name, file)] = local_paths(in_pieces.entry).items()
    assert (name, Snapshot().digest(file)) == ("tiny/tiny.gguf", sha256_file(tiny.path))


def test_a_damaged_piece_is_one_line_and_nothing_is_read(in_pieces, cache):
    last = in_pieces.folder / "tiny_part2" / "data" / "tiny.gguf.part2"
    content = last.read_bytes()
    last.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(UserError, match=r"^tiny: tiny.gguf, in pieces from [^\n]* is not the published file[^\n]*$"):
        load_for("causal", in_pieces.entry)
    assert not (cache / "models").exists()


def test_a_missing_piece_is_one_line_that_says_what_installs_it(in_pieces):
    (in_pieces.folder / "tiny_part1" / "data" / "tiny.gguf.part1").unlink()
    assert local_paths(in_pieces.entry) == {}
    with pytest.raises(UserError, match=r"^tiny is not on this machine[^\n]*: run `make tiny`; put its file[^\n]*$"):
        load_for("causal", in_pieces.entry)


def test_gemma_is_what_its_registry_says_it_is(monkeypatch):
    """Installed by `make gemma` and read before; else there is nothing to look at."""
    monkeypatch.delenv("COLOPHON_CACHE")
    entry = ModelChoice(name="gemma-3-270m").entry
    digest = entry.sha256[entry.gguf]
    if not local_paths(entry) or not (cache_root() / "models" / digest / CARD).is_file():
        pytest.skip("Gemma 3 270M is not installed, or was not read before")
    loaded = load_for("causal", entry, dtype="bfloat16")
    assert loaded.report.weights_sha256 == digest
    assert loaded.report.digests("decoder")[f"gemma-3-270m, weights quantised, {loaded.report.quantization}"] == digest
    assert loaded.report.pad == "own: <pad> (id 0)"
    assert sum(weight.numel() for weight in loaded.model.parameters()) == 268_098_176
    assert loaded.model.config.num_hidden_layers == entry.config["num_hidden_layers"]
    asked = loaded.tokenizer("Monday, Tuesday, Wednesday,", return_tensors="pt")
    said = loaded.model.generate(**asked, max_new_tokens=3, do_sample=False)
    assert "Thursday, Friday" in loaded.tokenizer.decode(said[0])


def test_tables_name_the_file_and_that_its_weights_were_quantised(tiny):
    report = load_for("causal", tiny.choice.entry).report
    digest = sha256_file(tiny.path)
    assert report.digests("decoder") == {
        "tiny.Q8_0": digest,
        "tiny.Q8_0, weights quantised, GGUF (Q8_0 9, F32 3)": digest,
        "tiny.Q8_0 as decoder, loading report": report.digest(),
    }
    assert local_paths(tiny.choice.entry) == {"tiny.Q8_0/tiny.Q8_0.gguf": tiny.path}


def test_random_weights_have_the_files_shape(tiny):
    control = load_for("encoder", tiny.choice.entry, weights="random", seed=1)
    assert control.model.config.hidden_size == WIDTH
    assert "quantised" not in str(control.report.digests("encoder"))


def test_what_was_read_is_listed_and_cleared(tiny, experiments, cache):
    load_for("causal", tiny.choice.entry)
    (cache / "models" / f".{'0' * 64}.left.new").mkdir()  # by a process that was killed
    listed = experiments("cache", "list")
    assert listed.code == 0
    assert "tiny.Q8_0.gguf: GGUF (Q8_0 9, F32 3)" in listed.out
    assert str(cache) in listed.out
    assert experiments("cache", "clear").code == 0
    assert not [path for path in (cache / "models").iterdir() if path.is_dir()]
    assert experiments("cache", "list").out.startswith("0 kept")


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"GGUF\x03\x00\x00\x00" + b"\xff" * 40])
def test_a_file_that_cannot_be_read_is_one_line_and_leaves_nothing(content, tmp_path, cache):
    pytest.importorskip("gguf")
    (tmp_path / "bad.gguf").write_bytes(content)
    with pytest.raises(UserError, match=r"^bad: [^\n]*bad.gguf cannot be read as GGUF: [^\n]+$"):
        load_for("causal", ModelChoice(name=str(tmp_path / "bad.gguf")).entry)
    assert not [path for path in (cache / "models").iterdir() if path.is_dir()]


def test_without_the_package_it_is_one_line_that_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.models.gguf.find_spec", lambda name: None)
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    found = Located("a", tmp_path, "folder", gguf=tmp_path / "a.gguf")
    with pytest.raises(UserError, match=r"^a: reading a.gguf needs the package gguf; install it[^\n]*$"):
        converted(found, "0" * 64)


def test_a_file_that_is_not_there_is_one_line():
    with pytest.raises(UserError, match=r"^b is not on this machine[^\n]*put its file ./b.gguf below"):
        load_for("causal", ModelChoice(name="./b.gguf").entry)
