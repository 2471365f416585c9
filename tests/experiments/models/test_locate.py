"""Models are looked for in a stated order, and not finding one is one line that says how to provide it."""

import json
import shutil

import pytest

from experiments.models.locate import local_paths, locate, pinned
from experiments.tables.errors import UserError


def model_folder(path):
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(b"x")
    return path


def hub_cache(root, repo, commit):
    folder = root / ("models--" + repo.replace("/", "--"))
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    return model_folder(folder / "snapshots" / commit)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def test_the_option_comes_before_the_variable_the_package_and_the_cache(tmp_path, cache, monkeypatch):
    option = model_folder(tmp_path / "option" / "minilm-l6")
    variable = model_folder(tmp_path / "variable" / "all-MiniLM-L6-v2")
    hub_cache(cache, "sentence-transformers/all-MiniLM-L6-v2", "c" * 40)
    monkeypatch.setenv("COLOPHON_MODELS_DIR", str(tmp_path / "variable"))
    assert (locate("minilm-l6", option.parent).folder, locate("minilm-l6", option.parent).how) == (option, "folder")
    assert locate("minilm-l6").folder == variable
    monkeypatch.delenv("COLOPHON_MODELS_DIR")
    assert locate("minilm-l6").how == "package"


def test_the_cache_is_used_offline_and_its_commit_recorded(cache):
    snapshot = hub_cache(cache, "openlm-research/open_llama_7b", "a" * 40)
    found = locate("openllama-7b")
    assert (found.folder, found.how, found.revision) == (snapshot, "hub cache", "a" * 40)
    assert local_paths("openllama-7b") == {
        "openllama-7b/model.safetensors": snapshot / "model.safetensors",
        "openllama-7b/config.json": snapshot / "config.json",
    }


def test_a_smoke_model_is_made_from_its_recipe_and_vocabulary():
    paths = local_paths("smoke-decoder")
    assert sorted(paths) == ["smoke-decoder/recipe", "smoke-decoder/vocabulary"]
    assert all(path.is_file() for path in paths.values())


def test_another_commit_than_the_pinned_one_is_not_taken(cache):
    hub_cache(cache, "microsoft/phi-2", "a" * 40)
    with pytest.raises(UserError, match="phi-2 is not on this machine"):
        locate("phi-2")
    assert locate(pinned("phi-2", "a" * 40)).revision == "a" * 40


def test_offline_and_not_found_is_one_line_with_the_ways(cache):
    with pytest.raises(UserError) as error:
        locate("mistral-7b")
    message = str(error.value)
    assert "\n" not in message
    for part in ("HF_HUB_OFFLINE", "--models-dir", "COLOPHON_MODELS_DIR", "hub cache", "mistralai/Mistral-7B-v0.1"):
        assert part in message
    assert local_paths("mistral-7b") == {}


def test_a_model_without_a_pinned_commit_says_where_to_pin_it(cache, monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with pytest.raises(UserError, match=r"open_llama_7b has no pinned revision: set `revision`"):
        locate("openllama-7b")


def test_a_folder_without_weights_is_named(tmp_path):
    folder = model_folder(tmp_path / "phi-2")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"phi-2: .* is no model folder: it needs config.json and all its weights"):
        locate("phi-2", tmp_path)


def test_a_model_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match="--models-dir: there is no folder"):
        locate("phi-2", tmp_path / "nowhere")


def test_a_changed_published_file_is_refused(tmp_path):
    from experiments.models.load import load_for

    source = locate("minilm-l6").folder
    shutil.copytree(source, tmp_path / "minilm-l6")
    with (tmp_path / "minilm-l6" / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    with pytest.raises(UserError, match=r"is not the published file: SHA-256 [0-9a-f]{12}…, published 53aa51172d14…"):
        load_for("encoder", "minilm-l6", models_dir=tmp_path)


def test_a_snapshot_whose_download_was_cut_off_is_not_taken(cache):
    snapshot = hub_cache(cache, "openlm-research/open_llama_7b", "a" * 40)
    index = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
    (snapshot / "model.safetensors.index.json").write_text(json.dumps(index))
    (snapshot / "model.safetensors").rename(snapshot / "model-1-of-2.safetensors")
    with pytest.raises(UserError, match="openllama-7b is not on this machine"):
        locate("openllama-7b")
    (snapshot / "model-2-of-2.safetensors").write_bytes(b"x")
    (snapshot / "pytorch_model.bin.index.json").write_text('{"weight_map": {"a": "pytorch_model-1-of-1.bin"}}')
    assert locate("openllama-7b").folder == snapshot
