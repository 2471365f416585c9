"""`experiments push`: the folder, its card, and when nothing is uploaded."""

import json
import shutil

import pytest
import torch
import yaml

from experiments.models.load import load_for
from experiments.models.quantized import keep_unpacked
from experiments.models.recipe import write_checkpoint
from experiments.models.registry import model_entry
from experiments.tables.read import read_table
from experiments.training.batches import Collate
from experiments.training.saved import load_tuned
from experiments.training.trainable import FILE

SECRET = "hf_this-is-a-secret"


def front_matter(folder) -> dict:
    return yaml.safe_load((folder / "README.md").read_text("utf-8").split("---\n")[1])


def test_the_card_has_the_cells_of_the_frozen_table(pushing, experiments):
    answer = experiments("push", "sst2-head", "--to", "me/head", "--dry-run")
    assert (answer.code, answer.out.splitlines()[-1]) == (0, "nothing was uploaded"), answer.err
    folder = pushing / "runs" / "pushed" / "me--head"
    scores = read_table("sst2-head/scores")
    [result] = front_matter(folder)["model-index"][0]["results"]
    for metric in result["metrics"]:
        assert metric["value"] == scores.row(run="seed-0", stage="fine-tuned", score=metric["type"])["value"]
    assert [metric["type"] for metric in result["metrics"]] == ["accuracy", "macro_f1"]
    text = (folder / "README.md").read_text("utf-8")
    assert scores.digest in text
    row = scores.row(run="seed-0", stage="fine-tuned", score="accuracy")
    assert f"| {row['value']:.4f} | {row['low']:.4f} to {row['high']:.4f} | {row['n']} |" in text
    assert "sst2-head --profile smoke" in text
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in folder.iterdir()}


def logits(model, tokenizer) -> list:
    rows = [{"input_ids": tokenizer(text)["input_ids"]} for text in ("the dog runs", "a girl reads a long book")]
    torch.set_num_threads(1)
    with torch.no_grad():
        return model.eval()(**Collate(tokenizer.pad_token_id)(rows)).logits.tolist()


def test_what_is_pushed_says_what_was_trained(pushing, experiments):
    from peft import PeftModel
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    work = pushing / "runs"
    assert experiments("push", "sst2-head", "--to", "whole", "--dry-run").code == 0
    trained, loaded = load_tuned(work / "sst2-head" / "smoke" / "seed-0" / "model")
    whole = AutoModelForSequenceClassification.from_pretrained(work / "pushed" / "whole")
    tokenizer = AutoTokenizer.from_pretrained(work / "pushed" / "whole")
    assert logits(whole, tokenizer) == logits(trained, loaded.tokenizer)
    assert whole.config.id2label == {0: "negative", 1: "positive"}

    assert experiments("push", "snli-qlora", "--to", "adapter", "--dry-run").code == 0
    trained, loaded = load_tuned(work / "snli-qlora" / "smoke" / "seed-0" / "model")
    base = load_for("classification", "smoke-encoder", labels=("a", "b", "c"), quantization="nf4", seed=99)
    assert logits(base.model, base.tokenizer) != logits(trained, loaded.tokenizer)
    adapted = PeftModel.from_pretrained(base.model, work / "pushed" / "adapter")
    assert logits(adapted, base.tokenizer) == logits(trained, loaded.tokenizer)  # the head came with the adapter
    config = json.loads((work / "pushed" / "adapter" / "adapter_config.json").read_text("utf-8"))
    assert config["base_model_name_or_path"] == "smoke-encoder"


@pytest.mark.parametrize(
    ("name", "approach", "seed_folder"),
    [
        ("snli-qlora", None, "snli-qlora/smoke/seed-0"),
        ("squad-lora", "extractive-decoder", "squad-lora/smoke/extractive-decoder/seed-0"),
    ],
)
def test_the_lines_of_the_card_load_what_was_trained(pushing, experiments, tmp_path, name, approach, seed_folder):
    """As a reader would run them, but for names on the hub, in whose place folders stand here."""
    chosen = ("--approach", approach) if approach else ()
    assert experiments("push", name, "--to", f"me/{name}", *chosen, "--dry-run").code == 0
    folder = pushing / "runs" / "pushed" / f"me--{name}"
    trained, loaded = load_tuned(pushing / "runs" / seed_folder / "model")
    entry = model_entry(loaded.report.model)
    write_checkpoint(entry, entry.config, entry.recipe.seed, tmp_path, "float32")
    code = (folder / "README.md").read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict = {}
    exec(code.replace(repr(entry.name), repr(str(tmp_path))).replace(repr(f"me/{name}"), repr(str(folder))), names)
    keep_unpacked(names["model"])  # some processors pack 4-bit weights anew for inference, and lose digits
    outputs = [
        model.eval()(**Collate(0)([{"input_ids": loaded.tokenizer("the dog runs")["input_ids"]}])).to_tuple()
        for model in (names["model"], trained)
    ]
    for mine, theirs in zip(*outputs, strict=True):
        assert torch.equal(mine, theirs)


def test_a_study_of_several_models_asks_which(pushing, experiments):
    answer = experiments("push", "squad-lora", "--to", "reader", "--dry-run")
    assert answer.code == 1
    assert "choose with --approach: extractive, extractive-decoder, generative" in answer.err
    assert experiments("push", "squad-lora", "--to", "reader", "--approach", "extractive", "--dry-run").code == 0
    front = front_matter(pushing / "runs" / "pushed" / "reader")
    assert front["pipeline_tag"] == "question-answering"
    scores = read_table("squad-lora/scores")
    for metric in front["model-index"][0]["results"][0]["metrics"]:
        policy = metric["name"].rpartition(", ")[2]
        assert (
            metric["value"]
            == scores.row(approach="extractive", run="seed-0", stage="fine-tuned", policy=policy, score=metric["type"])[
                "value"
            ]
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sst2-head", "--seed", "4"), "sst2-head is frozen with the seeds 0, 1, not with 4"),
        (("sst2-lora",), "experiments/frozen/sst2-lora/scores.json: missing; make it with `experiments run sst2-lora`"),
    ],
)
def test_what_is_not_there_is_refused(pushing, experiments, arguments, message):
    answer = experiments("push", *arguments, "--to", "me/nothing", "--dry-run")
    assert answer.code == 1
    assert message in answer.err
    assert not (pushing / "runs" / "pushed" / "me--nothing").exists()


def test_a_model_that_the_table_is_not_about_is_refused(pushing, experiments, monkeypatch, tmp_path):
    shutil.copytree(pushing / "runs" / "sst2-head", tmp_path / "sst2-head")
    monkeypatch.setenv("COLOPHON_RUNS", str(tmp_path))
    path = tmp_path / "sst2-head" / "smoke" / "seed-0" / "model" / FILE
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    answer = experiments("push", "sst2-head", "--to", "me/other", "--dry-run")
    assert answer.code == 1
    assert "not the model that sst2-head/scores is about; `experiments run sst2-head --profile smoke" in answer.err


@pytest.mark.parametrize("name", ["../up", "a/b/c", "-x", ""])
def test_names_that_are_no_repository(pushing, experiments, name):
    assert experiments("push", "sst2-head", f"--to={name}", "--dry-run").code == 2


class Hub:
    """Takes the place of the hub's client."""

    calls: tuple = ()

    def __init__(self, token):
        assert token == SECRET

    def create_repo(self, name, **more):
        Hub.calls += (name,)
        raise PermissionError(f"you may not, with {SECRET}")


def test_without_a_token_nothing_is_uploaded_and_a_token_is_never_shown(pushing, experiments, monkeypatch):
    monkeypatch.setattr("huggingface_hub.HfApi", Hub)
    answer = experiments("push", "sst2-head", "--to", "me/head")
    assert answer.code == 1
    assert answer.out.startswith("wrote runs/pushed/me--head: README.md, ")
    assert "error: not uploaded: there is no token; set HF_TOKEN" in answer.err
    assert Hub.calls == ()

    monkeypatch.setattr("huggingface_hub.get_token", lambda: SECRET)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    answer = experiments("push", "sst2-head", "--to", "me/head")
    assert answer.code == 1
    assert "error: not uploaded: you may not, with …" in answer.err
    assert SECRET not in answer.out + answer.err
    assert Hub.calls == ("me/head",)
