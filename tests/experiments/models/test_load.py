"""What loads is reported, and what did not load is refused."""

import json

import pytest

from experiments.models.load import load_for
from experiments.tables.errors import UserError

LABELS = ("negative", "positive")
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_minilm_is_the_published_model():
    report = load_for("encoder", "minilm-l6").report
    assert (report.how, report.weights_sha256, report.newly_initialised) == ("package", PUBLISHED, ())
    assert not report.untrained_head


def test_minilm_embeds_alike_what_means_alike():
    """Its model card's use: mean pooling over real tokens, cosine similarity."""
    import torch

    loaded = load_for("encoder", "minilm-l6")
    texts = ["A man is eating food.", "Somebody eats a meal.", "The sky is blue over the sea."]
    batch = loaded.tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = loaded.model(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None]
    vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    assert near > 0.5 > 0.2 > far


@pytest.mark.parametrize("task", ["classification", "qa"])
@pytest.mark.parametrize("name", ["smoke-decoder", "smoke-encoder"])
def test_only_the_head_is_new(task, name):
    labels = LABELS if task == "classification" else ()
    report = load_for(task, name, labels=labels).report
    heads = ("score.", "classifier.", "qa_outputs.")
    assert report.untrained_head
    assert all(key.startswith(heads) for key in report.newly_initialised)


def test_question_answering_has_the_backbone_of_the_causal_checkpoint(shared_models):
    """The trap: the checkpoint says `model.`, the class looks for `transformer.`, and transformers only warns."""
    import torch
    from transformers import LlamaForQuestionAnswering

    causal = load_for("causal", "stories260k", models_dir=shared_models).model
    loaded = load_for("qa", "stories260k", models_dir=shared_models)
    ours = loaded.model.transformer.state_dict()
    assert all(torch.equal(ours[key], value) for key, value in causal.model.state_dict().items())
    naive = LlamaForQuestionAnswering.from_pretrained(shared_models / "stories260K")
    assert not torch.equal(naive.transformer.embed_tokens.weight, causal.model.embed_tokens.weight)


def test_a_backbone_that_did_not_arrive_is_refused(shared_models, monkeypatch):
    from experiments.models import classes

    with_mapping = classes.model_class
    monkeypatch.setattr(classes, "model_class", lambda *of: (with_mapping(*of)[0], None))
    with pytest.raises(UserError, match=r"stories260k: 47 weights of the backbone were not loaded .* random model"):
        load_for("qa", "stories260k", models_dir=shared_models)


def test_a_saved_question_answering_model_loads_with_its_head(shared_models, tmp_path):
    """transformers writes such a model under the checkpoint's names again; loading maps them once more."""
    import torch

    loaded = load_for("qa", "stories260k", models_dir=shared_models)
    with torch.no_grad():
        loaded.model.qa_outputs.weight.fill_(0.25)
    loaded.model.save_pretrained(tmp_path / "stories260K")
    loaded.tokenizer.save_pretrained(tmp_path / "stories260K")
    again = load_for("qa", "stories260k", models_dir=tmp_path)
    assert not again.report.untrained_head
    batch = loaded.tokenizer("Once upon a time", return_tensors="pt")
    with torch.no_grad():
        assert torch.equal(loaded.model(**batch).start_logits, again.model(**batch).start_logits)


def test_labels_name_the_outputs_of_the_head():
    model = load_for("classification", "smoke-encoder", labels=LABELS).model
    assert model.config.id2label == {0: "negative", 1: "positive"}
    assert model.config.num_labels == 2


def test_a_new_head_depends_on_the_seed_alone():
    import torch

    def head(seed):
        torch.rand(3)  # the state of the global generator does not matter
        return load_for("classification", "smoke-decoder", labels=LABELS, seed=seed).model.score.weight

    assert torch.equal(head(1), head(1))
    assert not torch.equal(head(1), head(2))


def test_loading_leaves_the_global_random_state_alone():
    import torch

    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    load_for("classification", "smoke-decoder", labels=LABELS)
    assert torch.equal(torch.rand(4), expected)


def test_a_smoke_model_has_the_same_weights_for_every_task():
    digests = {
        load_for(task, "smoke-decoder", labels=LABELS if task == "classification" else ()).report.weights_sha256
        for task in ("causal", "classification", "qa", "encoder")
    }
    assert len(digests) == 1


def test_a_random_control_has_the_shape_and_tokenizer_but_none_of_the_weights(shared_models):
    import torch

    trained = load_for("encoder", "stories260k", models_dir=shared_models)
    control = load_for("encoder", "stories260k", models_dir=shared_models, weights="random", seed=3)
    again = load_for("encoder", "stories260k", models_dir=shared_models, weights="random", seed=3)
    shapes = {key: value.shape for key, value in trained.model.state_dict().items()}
    assert shapes == {key: value.shape for key, value in control.model.state_dict().items()}
    matrices = [key for key, shape in shapes.items() if len(shape) == 2]
    assert not any(torch.equal(trained.model.state_dict()[key], control.model.state_dict()[key]) for key in matrices)
    assert control.report.weights_sha256 == again.report.weights_sha256 != trained.report.weights_sha256
    text = "Lily saw a bird"
    assert trained.tokenizer(text)["input_ids"] == control.tokenizer(text)["input_ids"]


def test_geometry_needs_no_checkpoint():
    loaded = load_for("classification", "babyllama105", labels=LABELS, weights="geometry")
    assert (loaded.tokenizer, loaded.report.how, loaded.report.weights) == (None, "recipe", "geometry")
    assert sum(p.numel() for p in loaded.model.parameters()) == 936_448 + 2 * 128


def test_an_adapter_will_name_the_model_not_a_folder_of_this_machine(shared_models):
    model = load_for("causal", "stories260k", models_dir=shared_models).model
    assert model.name_or_path == "stories260k"
    assert str(shared_models) not in json.dumps(model.config.to_dict())


def test_the_digest_of_a_report_tells_tasks_apart():
    reports = [load_for("encoder", "smoke-encoder").report, load_for("qa", "smoke-encoder").report]
    assert reports[0].digest() != reports[1].digest()


@pytest.mark.parametrize(
    ("task", "name", "message"),
    [
        ("causal", "smoke-encoder", "there is no bert model for causal language modelling"),
        ("classification", "smoke-decoder", "a classification head needs at least two labels, not 0"),
    ],
)
def test_a_task_that_the_model_cannot_do_is_refused(task, name, message):
    with pytest.raises(UserError, match=message):
        load_for(task, name)


def test_a_gpu_that_is_not_there_is_one_line():
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(UserError, match="smoke-decoder: there is no GPU here"):
        load_for("causal", "smoke-decoder", device="cuda")


def test_a_shape_without_a_question_answering_class_is_refused(tmp_path):
    (tmp_path / "phi-2").mkdir()
    (tmp_path / "phi-2" / "config.json").write_text('{"model_type": "phi"}')
    (tmp_path / "phi-2" / "model.safetensors").write_bytes(b"x")
    with pytest.raises(UserError, match="phi-2: there is no phi model for extractive question answering"):
        load_for("qa", "phi-2", models_dir=tmp_path)


def test_a_damaged_checkpoint_is_one_line(shared_models, tmp_path):
    folder = tmp_path / "stories260K"
    folder.mkdir()
    for file in (shared_models / "stories260K").iterdir():
        (folder / file.name).write_bytes(file.read_bytes()[: 5000 if file.suffix == ".safetensors" else None])
    with pytest.raises(UserError, match=r"^[^\n]*model\.safetensors: the file is cut off[^\n]*$"):
        load_for("causal", "stories260k", models_dir=tmp_path)


def test_a_head_of_another_size_is_refused(shared_models, tmp_path):
    loaded = load_for("classification", "stories260k", models_dir=shared_models, labels=("a", "b", "c"))
    loaded.model.save_pretrained(tmp_path / "stories260K")
    loaded.tokenizer.save_pretrained(tmp_path / "stories260K")
    with pytest.raises(UserError, match="stories260k: cannot be loaded"):
        load_for("classification", "stories260k", models_dir=tmp_path, labels=LABELS)


def test_the_published_story_comes_out(shared_models):
    """Greedy output of llama2.c's stories260K, whose test string begins like this."""
    import torch

    loaded = load_for("causal", "stories260k", models_dir=shared_models)
    start = torch.tensor([[loaded.tokenizer.bos_token_id]])
    ids = loaded.model.generate(start, attention_mask=torch.ones_like(start), max_new_tokens=40, do_sample=False)
    story = loaded.tokenizer.decode(ids[0], skip_special_tokens=True)
    assert story.startswith(
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park."
    )
