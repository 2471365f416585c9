"""A study names a model in any of four ways, and reads the same wherever it is run."""

import json
import shutil

import pytest

from experiments.choices import ModelChoice
from experiments.models.load import load_for
from experiments.models.locate import local_paths, locate
from experiments.tables.errors import UserError

from .architectures import write_checkpoint

COMMIT = "b" * 40


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project, in which we are."""
    (tmp_path / "_quarto.yml").write_text("project:\n  type: book\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def registered(project, text, name="own"):
    path = project / "experiments" / "registry" / "models" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("given", "name", "place"),
    [
        ("smoke-decoder", "smoke-decoder", {}),
        ({"name": "./models/tiny-gpt2"}, "tiny-gpt2", {"folder": "./models/tiny-gpt2"}),
        ({"folder": "models/tiny gpt2"}, "tiny-gpt2", {"folder": "models/tiny gpt2"}),
        ({"name": "mine", "folder": "~/tiny"}, "mine", {"folder": "~/tiny"}),
        ({"name": "weights/model.Q4_K_M.gguf"}, "model.Q4_K_M", {"gguf": "weights/model.Q4_K_M.gguf"}),
        ({"name": "owner/model", "revision": COMMIT}, "owner/model", {}),
        ({"hub": "owner/model", "revision": COMMIT}, "owner/model", {"hub": "owner/model"}),
        ({"name": "short", "hub": "owner/model", "gguf": "a.gguf"}, "short", {"hub": "owner/model", "gguf": "a.gguf"}),
    ],
)
def test_what_a_study_may_say(given, name, place):
    choice = ModelChoice.model_validate(given)
    assert choice.name == name
    assert {key: getattr(choice, key) for key in ("hub", "folder", "gguf") if getattr(choice, key)} == place
    assert ModelChoice.model_validate(choice.model_dump(mode="json")) == choice


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "a model needs its name, or hub, folder or gguf"),
        ({"name": "nobody-knows"}, "unknown model nobody-knows"),
        ({"name": "x", "folder": "a", "gguf": "b.gguf"}, "folder stands alone"),
        ({"name": "x", "hub": "no-owner"}, "pattern"),
        ({"hub": "owner/model", "gguf": "../../other/a.gguf"}, "must lie in it"),
        ({"hub": "owner/model", "gguf": "/a.gguf"}, "must lie in it"),
        ({"name": "a b", "folder": "x"}, "pattern"),
        ({"name": "owner/model", "revision": "main"}, "revision"),
    ],
)
def test_what_it_may_not_say(given, said):
    with pytest.raises(ValueError, match=said):
        ModelChoice.model_validate(given)


def test_a_folder_is_looked_for_below_the_model_folder_and_the_project(project, tmp_path):
    write_checkpoint(project / "models", "distilbert")
    choice = ModelChoice(folder="models/distilbert")
    assert choice.family == "encoder"
    assert load_for("encoder", choice.entry).report.model == "distilbert"
    shutil.move(project / "models", tmp_path / "elsewhere")
    assert choice.family is None  # not known here; a study that names it is read all the same
    assert locate(ModelChoice(folder="distilbert").entry, tmp_path / "elsewhere").how == "folder"
    with pytest.raises(UserError, match=r"^distilbert is not on this machine[^\n]*its folder \(models/distilbert\)"):
        load_for("encoder", choice.entry)


def test_a_repository_of_the_hub_needs_no_entry(project, monkeypatch):
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(project / "hub"))
    write_checkpoint(project, "gpt2")
    snapshot = project / "hub" / "models--owner--tiny" / "snapshots" / COMMIT
    snapshot.parent.mkdir(parents=True)
    shutil.move(project / "gpt2", snapshot)
    choice = ModelChoice(name="owner/tiny", revision=COMMIT)
    assert (choice.family, locate(choice.entry).revision) == ("decoder", COMMIT)
    assert "owner/tiny/model.safetensors" in local_paths(choice.entry)
    with pytest.raises(UserError, match=r"^owner/tiny is not on this machine, and [^\n]*HF_HUB_OFFLINE[^\n]*$"):
        locate(ModelChoice(name="owner/tiny", revision="c" * 40).entry)


def test_the_projects_own_registry(project):
    write_checkpoint(project / "models", "roberta")
    registered(project, "title: Ours\nsource: trained here\nfolder: models/roberta\n")
    choice = ModelChoice(name="own")
    assert (choice.family, choice.entry.title) == ("encoder", "Ours")
    assert load_for("encoder", choice.entry).report.newly_initialised == ()  # no pooler is made up
    registered(project, "folder: models/nowhere\n")
    with pytest.raises(UserError, match="own is not on this machine"):
        load_for("encoder", choice.entry)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("folder: x\nrevison: y\n", r"registry/models/own.yaml:2: revison: there is no such key"),
        ("folder: [x\n", r"registry/models/own.yaml:2:1: not YAML"),
        ("- x\n", r"registry/models/own.yaml:1: the file must be a mapping"),
        ("recipe: {seed: 1}\n", r"registry/models/own.yaml:1: .*a recipe needs a config"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_line(project, text, said):
    registered(project, text)
    with pytest.raises(ValueError, match=said):
        ModelChoice(name="own")


def test_a_name_that_the_product_has_is_taken(project):
    registered(project, "folder: x\n", name="phi-2")
    with pytest.raises(ValueError, match=r"models/phi-2.yaml: a model that ships with the product has this name"):
        ModelChoice(name="phi-2")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "mine", "auto_map": {"AutoModel": "mine.Mine"}}, "mine needs code from its own folder"),
        ({"model_type": "t5"}, "t5 is an encoder with a decoder"),
        ({"model_type": "gemma3"}, "gemma3 reads more than text"),
        ({"model_type": "nobody-knows"}, "its config cannot be read"),
        ([], "its config cannot be read"),
        ({"model_type": "qwen2", "hidden_size": "64"}, "its config cannot be read: strange/config.json:3: "),
        (
            {"model_type": "qwen2", "layer_types": ["full_attention"]},
            "its config cannot be read: strange/config.json:3: ",
        ),
    ],
)
def test_a_model_that_we_cannot_read_is_one_line(project, config, said):
    folder = project / "strange"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    (folder / "model.safetensors").write_bytes(b"x")
    with pytest.raises(UserError, match=rf"^strange: {said}[^\n]*$"):
        load_for("encoder", ModelChoice(folder="strange").entry)


def _change(file, **keys):
    file.write_text(json.dumps({**json.loads(file.read_text()), **keys}, indent=1))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: _change(folder / "config.json", n_head=0), r"gpt2/config\.json: "),
        (lambda folder: _change(folder / "config.json", activation_function="foo"), r"gpt2/config\.json:\d+: "),
        (lambda folder: _change(folder / "config.json", n_embd=8), "other shapes than its config.json says"),
        (lambda folder: (folder / "tokenizer.json").unlink(), r"there is no tokenizer\.json in gpt2"),
        (lambda folder: [file.unlink() for file in folder.glob("token*")], "there is no tokenizer in gpt2"),
        (lambda folder: (folder / "tokenizer.json").write_text('{"version": "1.0"}'), "gpt2: "),
    ],
)
def test_a_model_whose_files_do_not_fit_is_one_line(project, damage, said):
    folder = write_checkpoint(project, "gpt2")
    damage(folder)
    with pytest.raises(UserError, match=rf"^gpt2: [^\n]*{said}[^\n]*$"):
        load_for("causal", ModelChoice(folder=str(folder)).entry)
