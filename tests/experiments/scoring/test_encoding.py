"""Where the context ends and the label begins: as in lm-evaluation-harness."""

import pytest
from tokenizers import processors

from experiments.scoring.encoding import EncodedLabel, context_length, encode_examples
from experiments.scoring.likelihood import score_labels
from experiments.scoring.results import Example
from experiments.tables.errors import UserError

CONTEXTS = ["A film. Good?", "space at the end ", "two lines\n\n", " ", "", "ends in t", "z" * 140]
LABELS = (" yes", "he end", " no, never")


def encoded(tokenizer, context, label, max_length=None):
    [[found]] = encode_examples(tokenizer, [Example(context, (label,))], max_length)
    return found


def shown(tokenizer, label):
    return tokenizer.convert_ids_to_tokens(label.window), tokenizer.convert_ids_to_tokens(label.targets)


def test_white_space_at_the_end_of_the_context_belongs_to_the_label(tokenizer):
    assert shown(tokenizer, encoded(tokenizer, "a ", "b")) == (["<s>", "a", "Ġ"], ["Ġ", "b"])
    assert encoded(tokenizer, "a ", "b") == encoded(tokenizer, "a", " b")


def test_a_token_across_the_boundary_counts_as_context(tokenizer):
    # "at" + "he" is tokenised as a, the: two tokens as the context alone has (a, t), and nothing is left
    with pytest.raises(UserError, match="no token of the label is left"):
        encoded(tokenizer, "at", "he")
    assert shown(tokenizer, encoded(tokenizer, "at", "hex")) == (["<s>", "a", "t"], ["x"])


def test_an_empty_context_is_the_start_token(tokenizer):
    ids = tokenizer("ab")["input_ids"]
    assert encoded(tokenizer, "", "ab") == EncodedLabel(ids[:-1], ids[1:], truncated=False)
    tokenizer.bos_token = None
    assert encoded(tokenizer, "", "ab").window[0] == tokenizer.eos_token_id
    tokenizer.eos_token = None
    with pytest.raises(UserError, match="neither"):
        encoded(tokenizer, "", "ab")


def test_what_is_too_long_loses_its_start(tokenizer):
    assert shown(tokenizer, encoded(tokenizer, "abcdef", "gh", 4)) == (["d", "e", "f", "g"], ["g", "h"])
    assert encoded(tokenizer, "abcdef", "gh", 4).truncated
    assert not encoded(tokenizer, "abc", "gh", 5).truncated


def test_a_tokenizer_that_closes_texts_is_refused(tokenizer):
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    with pytest.raises(UserError, match="ends every text"):
        encoded(tokenizer, "a", "b")


@pytest.mark.parametrize("name", ["llama", "gpt2", "mamba"])
def test_the_length_of_the_context_is_that_of_the_model_or_the_tokenizer(name, small_model, tokenizer):
    config = small_model(name).config
    assert context_length(config, tokenizer) == (None if name == "mamba" else 128)
    tokenizer.model_max_length = 64
    assert context_length(config, tokenizer) == (64 if name == "mamba" else 128)


@pytest.mark.parametrize("name", ["llama", "gemma2", "bloom"])
def test_labels_score_as_under_lm_evaluation_harness(name, small_model, tokenizer):
    huggingface = pytest.importorskip("lm_eval.models.huggingface")
    instance = pytest.importorskip("lm_eval.api.instance").Instance
    model = small_model(name)
    pairs = [(context, label) for context in CONTEXTS for label in LABELS]
    peer = huggingface.HFLM(pretrained=model, tokenizer=tokenizer, device="cpu", batch_size=4, max_length=128)
    theirs = peer.loglikelihood([instance("loglikelihood", {}, pair, 0) for pair in pairs], disable_tqdm=True)
    scored = score_labels(model, tokenizer, [Example(context, LABELS) for context in CONTEXTS], max_length=128)
    ours = [label.total for example in scored.examples for label in example.labels]
    assert ours == pytest.approx([total for total, _ in theirs], abs=1e-4)  # the peer sums in float32
    assert scored.truncated == 1
