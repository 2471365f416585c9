"""All labels in one pass score what each scores alone."""

import copy
import math

import pytest
import torch
from transformers import AutoConfig, AutoModel

from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example
from experiments.tables.errors import UserError

from .conftest import ARCHITECTURES

LABELS = (" yes", " no, never", " may be")
EXAMPLES = [
    Example("A film.\nGood?", LABELS),
    Example("It is the longest of all the texts ", LABELS),
    Example("", ("yes", "never")),
    Example("x", (" a", " b", " the")),
    Example("x y z", ("!", "?")),
]
SHARES = set(ARCHITECTURES) - {"bloom", "mamba"}


def one_at_a_time(model, tokenizer, context, label):
    """The log-likelihood of one label in a row of its own, from all logits."""
    kept = context.rstrip()
    before = tokenizer(kept)["input_ids"]
    ids = tokenizer(context + label)["input_ids"] if kept else [0, *tokenizer(context + label)["input_ids"][1:]]
    with torch.no_grad():
        logprobs = model(torch.tensor([ids])).logits[0].double().log_softmax(-1)
    return sum(logprobs[place - 1, ids[place]].item() for place in range(len(before), len(ids)))


def share_rows(model, tokenizer):
    """Whether the labels of an example go through the model together: that takes fewer tokens than each alone."""
    first = EXAMPLES[0]
    alone = [Example(first.context, (label,)) for label in first.labels]
    together, apart = (score_labels(model, tokenizer, examples).tokens for examples in ([first], alone))
    assert together <= apart
    return together < apart


def totals(scored):
    return [label.total for example in scored.examples for label in example.labels]


@pytest.fixture
def expected(tokenizer):
    def compute(model, examples=EXAMPLES):
        return [one_at_a_time(model, tokenizer, each.context, label) for each in examples for label in each.labels]

    return compute


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_scores_as_one_label_at_a_time(name, small_model, tokenizer, expected):
    model = small_model(name)
    scored = score_labels(model, tokenizer, EXAMPLES)
    assert totals(scored) == pytest.approx(expected(model), abs=1e-5)
    assert share_rows(model, tokenizer) == (name in SHARES)


@pytest.mark.parametrize("name", ["llama", "gpt2", "gemma2", "bloom"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_side_budget_and_order_change_nothing(name, side, small_model, tokenizer, expected):
    model = small_model(name)
    tokenizer.padding_side = side
    for budget in (1, 64, 10_000):
        scored = score_labels(model, tokenizer, EXAMPLES[::-1], token_budget=budget)
        assert totals(scored) == pytest.approx(expected(model, EXAMPLES[::-1]), abs=1e-5)


@pytest.mark.parametrize("implementation", ["eager", "sdpa"])
def test_either_attention_kernel_takes_the_mask(implementation, small_model, tokenizer, expected):
    model = small_model("llama")
    before = model.config._attn_implementation
    model.set_attn_implementation(implementation)
    try:
        scored = score_labels(model, tokenizer, EXAMPLES)
    finally:
        model.set_attn_implementation(before)
    assert share_rows(model, tokenizer)
    assert totals(scored) == pytest.approx(expected(model), abs=1e-5)


def test_an_adapter_scores_as_one_label_at_a_time(small_model, tokenizer, expected):
    from peft import LoraConfig, get_peft_model

    model = copy.deepcopy(small_model("llama"))
    targets = ["q_proj", "down_proj", "lm_head"]
    adapted = get_peft_model(model, LoraConfig(target_modules=targets, init_lora_weights=False)).eval()
    scored = score_labels(adapted, tokenizer, EXAMPLES)
    assert share_rows(adapted, tokenizer)
    assert totals(scored) == pytest.approx(expected(adapted), abs=1e-5)
    assert totals(scored) != pytest.approx(totals(score_labels(small_model("llama"), tokenizer, EXAMPLES)), abs=0.01)


@pytest.mark.parametrize("name", ["llama", "bloom"])
def test_half_precision_scores_and_shares_as_full_precision_does(name, small_model, tokenizer, expected):
    model = copy.deepcopy(small_model(name)).bfloat16()
    scored = score_labels(model, tokenizer, EXAMPLES)
    assert share_rows(model, tokenizer) == (name in SHARES)
    assert totals(scored) == pytest.approx(expected(model), rel=0.05)


@pytest.mark.parametrize("name", ["mistral", "gemma2"])
def test_beyond_a_local_window_labels_stand_alone(name, small_model, tokenizer, expected):
    model = small_model(name)
    examples = [Example("b" * 40, LABELS), Example("b" * 12, LABELS)]
    scored = score_labels(model, tokenizer, examples)
    assert totals(scored) == pytest.approx(expected(model, examples), abs=1e-5)
    alone = sum(1 + 40 + len(label) - 1 for label in LABELS)
    together = 1 + 12 + 1 + sum(len(label) - 2 for label in LABELS)  # the labels' first space is common
    assert scored.tokens == alone + together


def test_the_head_sees_only_what_is_asked_for_and_the_prefix_is_read_once(small_model, tokenizer):
    model = small_model("llama")
    seen = []
    hook = model.lm_head.register_forward_hook(lambda head, states, logits: seen.append(tuple(logits.shape[:-1])))
    example = Example("Is it?", (" yes", " yet"))
    try:
        scored = score_labels(model, tokenizer, [example])
    finally:
        hook.remove()
    # <s> I s _ i t ? _ y e, after which s and t part: one place each for " ", "y", "e", and one for both ends
    assert scored.tokens == len("<") + len("Is it? ye")
    assert seen == [(4,)]


def test_one_token_labels_are_asked_at_one_place(small_model, tokenizer):
    model = small_model("llama")
    seen = []
    hook = model.lm_head.register_forward_hook(lambda head, states, logits: seen.append(len(logits)))
    try:
        score_labels(model, tokenizer, [Example("abc", ("!", "?")), Example("de", ("!", "?"))])
    finally:
        hook.remove()
    assert seen == [2]


def test_a_text_that_is_too_long_loses_its_start_and_is_counted(small_model, tokenizer, expected):
    model = small_model("llama")
    examples = [Example("z" * 50 + "abcde", ("!", "?!")), Example("abc", ("!", "?!"))]
    scored = score_labels(model, tokenizer, examples, max_length=6)
    assert scored.truncated == 1
    assert [example.truncated for example in scored.examples] == [True, False]
    with torch.no_grad():
        windows = (tokenizer(text)["input_ids"][1:] for text in ("zabcde", "abcde?"))
        logprobs = [model(torch.tensor([ids])).logits[0].log_softmax(-1) for ids in windows]
    mark, question = (tokenizer(text)["input_ids"][1] for text in "!?")
    assert scored.examples[0].labels[0].total == pytest.approx(logprobs[0][-1, mark].item(), abs=1e-5)
    both = logprobs[1][-2, question] + logprobs[1][-1, mark]
    assert scored.examples[0].labels[1].total == pytest.approx(both.item(), abs=1e-5)


def test_the_rankings_follow_from_the_sum(small_model, tokenizer):
    model = small_model("llama")
    free = ("N/A", "")
    scored = score_labels(model, tokenizer, [Example("Good?", LABELS)], content_free=free).examples[0]
    for place, (label, text) in enumerate(zip(scored.labels, LABELS, strict=True)):
        assert label.tokens == len(text)
        assert scored.by("sum")[place] == label.total
        assert scored.by("mean")[place] == pytest.approx(label.total / len(text))
        assert scored.by("per-character")[place] == pytest.approx(label.total / (len(text) - 1))
        odds = sum(math.exp(one_at_a_time(model, tokenizer, context, text)) for context in free) / 2
        assert scored.by("calibrated")[place] == pytest.approx(label.total - math.log(odds), abs=1e-5)


def test_without_a_content_free_context_there_is_no_calibrated_score(small_model, tokenizer):
    scored = score_labels(small_model("llama"), tokenizer, EXAMPLES)
    with pytest.raises(ValueError, match="content_free"):
        scored.examples[0].by("calibrated")


def test_progress_reaches_the_end_and_the_model_keeps_its_mode(small_model, tokenizer):
    model = small_model("llama")
    told = []
    model.train()
    try:
        score_labels(model, tokenizer, EXAMPLES, token_budget=40, progress=lambda *done: told.append(done))
        assert model.training
    finally:
        model.eval()
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (len(EXAMPLES), len(EXAMPLES))


def test_nothing_to_score_is_no_error(small_model, tokenizer):
    assert score_labels(small_model("llama"), tokenizer, []).examples == ()


@pytest.mark.parametrize(
    ("example", "complaint"),
    [
        (Example("a", ("b", "")), "example 1, label '': no token"),
        (Example("a", ()), "example 1 has no labels"),
        (Example("a", ("b" * 200,)), r"label has 200 tokens, the model's context only 128"),
        (Example("", ("<s>",)), "no token"),
    ],
)
def test_what_cannot_be_scored_is_one_clear_line(example, complaint, small_model, tokenizer):
    with pytest.raises(UserError, match=complaint):
        score_labels(small_model("llama"), tokenizer, [example])


def test_a_model_without_a_vocabulary_head_is_refused(tokenizer):
    model = AutoModel.from_config(AutoConfig.for_model("llama", **ARCHITECTURES["llama"][1]))
    with pytest.raises(UserError, match="LlamaModel has no vocabulary head"):
        score_labels(model, tokenizer, EXAMPLES)


def test_overflow_is_one_clear_line(small_model, tokenizer):
    model = small_model("llama")
    weights = model.model.norm.weight
    kept = weights.detach().clone()
    try:
        weights.data.fill_(float("nan"))
        with pytest.raises(UserError, match=r"not numbers in torch\.float32"):
            score_labels(model, tokenizer, EXAMPLES)
    finally:
        weights.data.copy_(kept)
