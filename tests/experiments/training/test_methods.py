"""The four methods: what each trains, how much that is, and that it comes back from the disk."""

import json

import pytest
import torch
from pydantic import ValidationError

from experiments.choices import ModelChoice
from experiments.models.registry import model_entry
from experiments.parameters.catalogue import Model
from experiments.parameters.config import Config
from experiments.parameters.count import count
from experiments.parameters.lora import Lora
from experiments.tables.errors import UserError
from experiments.training.batches import Collate
from experiments.training.counting import count_parameters
from experiments.training.prepare import check_packable, prepare
from experiments.training.saved import Tuned, load_tuned, read_tuned, save_tuned
from experiments.training.settings import Training
from experiments.training.trainable import trainable

METHODS = ("head", "lora", "qlora", "full")
MODELS = ("smoke-encoder", "smoke-decoder")


@pytest.mark.parametrize("model", MODELS)
def test_each_method_trains_what_it_says(tiny, model):
    names = {}
    for method in METHODS:
        training = tiny.settings(method)
        names[method] = set(trainable(prepare(tiny.load(training, model), training, 0)))
    head = "score" if model == "smoke-decoder" else "classifier"
    assert all(name.startswith(head) for name in names["head"])
    assert names["lora"] == names["qlora"]
    saved = {name for name in names["lora"] if f"{head}.modules_to_save" in name}
    assert saved
    assert all("lora_A" in name or "lora_B" in name for name in names["lora"] - saved)
    assert len(names["full"]) > 20


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("method", METHODS)
def test_counts_are_those_of_the_parameter_study(tiny, model, method):
    lora = {"r": 4, "alpha": 8, "targets": "all-linear"}
    training = tiny.settings(method, **({"lora": lora} if "lora" in method else {}))
    found = count_parameters(prepare(tiny.load(training, model), training, 0))
    entry = model_entry(model)
    expected = count(
        Model(entry.name, entry.title, entry.source, Config(entry.config, entry.name), {}),
        "classification",
        2,
        Lora(4, "all-linear") if "lora" in method else None,
        "nf4" if method == "qlora" else None,
    ).total
    assert (found.logical_base, found.added, found.stored) == (expected.logical_base, expected.added, expected.stored)
    if method != "head":  # the parameter study knows nothing of a base that is frozen without adapters
        assert found.trainable == expected.trainable


def test_adapter_and_head_give_the_same_logits_in_a_fresh_process(tiny, tmp_path, in_fresh_process):
    """A head alone, LoRA and QLoRA: one fresh process loads what was saved of each."""
    expected, rows_of = {}, {}
    for method, model in (("head", "smoke-encoder"), ("lora", "smoke-decoder"), ("qlora", "smoke-encoder")):
        training = tiny.settings(method)
        trained, _ = tiny.run(training, tmp_path / "run" / method, name=model)
        loaded = tiny.load(training, model)
        tuned = Tuned(
            task="classification",
            model=ModelChoice(name=model),
            labels=("negative", "positive"),
            training=training,
            seed=0,
            base_sha256=loaded.report.weights_sha256,
            device="cpu",
        )
        save_tuned(trained, tuned, tmp_path / "saved" / method)
        rows_of[method] = [row["input_ids"] for row in tiny.encoded(loaded, "dev", 4).rows]
        torch.set_num_threads(1)
        batch = Collate(loaded.tokenizer.pad_token_id)([{"input_ids": ids} for ids in rows_of[method]])
        with torch.no_grad():
            expected[method] = trained(**batch).logits.tolist()
            assert loaded.model(**batch).logits.tolist() != expected[method]  # the untrained head says something else
    code = f"""
import json, torch
from pathlib import Path
from experiments.training.batches import Collate
from experiments.training.saved import load_tuned
torch.set_num_threads(1)
found = {{}}
for method, rows in {rows_of!r}.items():
    model, loaded = load_tuned(Path({str(tmp_path / "saved")!r}) / method)
    batch = Collate(loaded.tokenizer.pad_token_id)([{{"input_ids": ids}} for ids in rows])
    found[method] = model(**batch).logits.tolist()
print("logits", json.dumps(found))
"""
    printed = in_fresh_process(code)
    again = json.loads(next(line for line in printed.splitlines() if line.startswith("logits")).removeprefix("logits"))
    assert again == expected


def test_a_saved_model_on_another_base_is_refused(tiny, tmp_path):
    training = tiny.settings("head")
    model = prepare(tiny.load(training), training, 0)
    save_tuned(
        model,
        Tuned(
            task="classification",
            model=ModelChoice(name="smoke-encoder"),
            labels=("a", "b"),
            training=training,
            seed=0,
            base_sha256="0" * 64,
            device="cpu",
        ),
        tmp_path,
    )
    with pytest.raises(UserError, match="was trained on other weights of smoke-encoder"):
        load_tuned(tmp_path)
    with pytest.raises(UserError, match="no trained model lies here"):
        read_tuned(tmp_path / "elsewhere")


def gradients(model, batch) -> dict[str, torch.Tensor]:
    """The gradients of what is trained, without dropout."""
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.eval()
    model.zero_grad()
    model(**batch).loss.backward()
    return {name: parameter.grad.clone() for name, parameter in trainable(model).items()}


def test_an_evaluation_leaves_the_gradients_of_packed_weights_as_they_are(tiny):
    """bitsandbytes 0.50 repacks 4-bit weights on CPUs with AVX512-BF16 in `eval()`, and LoRA's gradients go wrong."""
    import bitsandbytes as bnb

    training = tiny.settings("qlora")
    loaded = tiny.load(training)
    model = prepare(loaded, training, 0)
    packed = [module for module in model.modules() if isinstance(module, bnb.nn.Linear4bit)]
    assert packed
    assert not any(module.support_avx512bf16_for_cpu for module in packed)
    batch = Collate(0)(tiny.encoded(loaded, "dev", 8).rows)
    before = gradients(model, batch)
    model.eval()
    with torch.inference_mode():
        model(**batch)
    after = gradients(model, batch)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert any(gradient.abs().max() > 0 for name, gradient in before.items() if "lora_B" in name)


def test_shapes_that_crash_bitsandbytes_are_refused():
    import bitsandbytes as bnb

    with pytest.raises(UserError, match=r"some model: bitsandbytes cannot compute with 0 \(172 to 64\) on a CPU"):
        check_packable(torch.nn.Sequential(bnb.nn.Linear4bit(172, 64)), "some model")


def test_lora_targets_that_are_not_there_are_said(tiny):
    training = tiny.settings("lora", lora={"r": 2, "alpha": 2, "targets": ("nowhere",)})
    with pytest.raises(UserError, match=r"smoke-encoder: LoRA cannot be put on nowhere: No modules were targeted"):
        prepare(tiny.load(training), training, 0)


def test_a_model_without_default_targets_is_told_which_there_are(tiny, monkeypatch):
    training = tiny.settings("lora", lora={"r": 2, "alpha": 2, "targets": "default"})
    loaded = tiny.load(training)
    monkeypatch.setattr(type(loaded.model.config), "model_type", "distilbert")
    with pytest.raises(UserError, match=r"PEFT has no default targets for \w+; say `targets: all-linear`"):
        prepare(loaded, training, 0)


@pytest.mark.parametrize(
    ("method", "lora", "message"),
    [("lora", None, "the method lora needs lora"), ("head", {"r": 1, "alpha": 1}, "has no use for")],
)
def test_lora_belongs_to_its_methods(method, lora, message):
    with pytest.raises(ValidationError, match=message):
        Training(method=method, lora=lora, epochs=1, batch_size=1, learning_rate=1, max_tokens=8)


def test_mixed_precision_comes_to_equal_decisions_by_nearly_the_same_losses(tiny, tmp_path):
    runs, logits = {}, {}
    for mixed in (False, True):
        training = tiny.settings("lora", mixed_precision=mixed)
        model, runs[mixed] = tiny.run(training, tmp_path / str(mixed), name="smoke-decoder")
        assert {weight.dtype for weight in model.parameters()} == {torch.float32}
        rows = tiny.encoded(tiny.load(training, "smoke-decoder"), "dev").rows
        with torch.inference_mode():
            logits[mixed] = torch.cat([model(input_ids=torch.tensor([row["input_ids"]])).logits for row in rows])
    whole, mixed = ([point.train_loss for point in runs[mixed].curve] for mixed in (False, True))
    assert whole != mixed
    assert mixed == pytest.approx(whole, abs=0.02)
    decisions = {mixed: found.argmax(-1).tolist() for mixed, found in logits.items()}
    assert set(decisions[False]) == {0, 1}
    assert decisions[True] == decisions[False]


def test_mixed_precision_needs_float32_weights(tiny):
    with pytest.raises(ValidationError, match="mixed_precision keeps weights in float32"):
        tiny.settings("head", mixed_precision=True, dtype="bfloat16")
