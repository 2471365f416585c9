"""Questions as windows: what the tokenizer itself would make of them, nothing lost, answers where they stand."""

from itertools import pairwise

import pytest

from experiments.answering.windows import MAX_QUESTION_TOKENS, encode
from experiments.data.examples import Answer, Question
from experiments.data.load import load_split
from experiments.models.load import load_for
from experiments.tables.errors import UserError


@pytest.fixture(scope="module")
def encoder():
    return load_for("qa", "smoke-encoder")


@pytest.fixture(scope="module")
def decoder():
    return load_for("qa", "smoke-decoder")


@pytest.fixture(scope="module")
def questions():
    return load_split("smoke-questions", "train").examples


def asked(question: str, context: str, answer: str | None = None) -> Question:
    answers = (Answer(answer, context.index(answer)),) if answer else ()
    return Question("q", question, context, "t", "p", answers)


@pytest.mark.parametrize("stride", [0, 8])
def test_windows_are_those_of_the_tokenizer(encoder, questions, stride):
    """Known answer: the overflowing windows that the tokenizer cuts by itself."""
    for question, windows in zip(questions, encode(encoder, questions, 32, stride).windows, strict=True):
        expected = encoder.tokenizer(
            question.question,
            question.context,
            truncation="only_second",
            max_length=32,
            stride=stride,
            return_overflowing_tokens=True,
        )
        assert [list(window.ids) for window in windows] == expected["input_ids"]
        assert [list(window.types) for window in windows] == expected["token_type_ids"]
        assert all(window.null == 0 for window in windows)


@pytest.mark.parametrize("name", ["encoder", "decoder"])
def test_windows_hold_every_token_of_the_paragraph_and_overlap_by_the_stride(name, questions, request):
    loaded = request.getfixturevalue(name)
    for question, windows in zip(questions, encode(loaded, questions, 32, 8).windows, strict=True):
        whole = encode(loaded, [question], 256, 8).windows[0][0].offsets
        assert all(len(window.ids) <= 32 for window in windows)
        together = list(windows[0].offsets)
        for before, after in pairwise(windows):
            assert before.offsets[-8:] == after.offsets[:8]
            together += after.offsets[8:]
        assert tuple(together) == whole


@pytest.mark.parametrize("name", ["encoder", "decoder"])
def test_targets_are_the_answer_or_nothing(name, questions, request):
    loaded = request.getfixturevalue(name)
    held = 0
    for question, windows in zip(questions, encode(loaded, questions, 32, 8).windows, strict=True):
        answer = question.answers[0] if question.answers else None
        span = (answer.start, answer.start + len(answer.text)) if answer else None
        for window in windows:
            places = window.targets(span)
            if places["start_positions"] == window.null:
                assert places["end_positions"] == window.null
                continue
            start, end = (places[f"{name}_positions"] - window.first for name in ("start", "end"))
            assert question.context[window.offsets[start][0] : window.offsets[end][1]] == answer.text
            held += 1
    assert held >= sum(question.answerable for question in questions)


def test_a_decoder_says_nothing_at_its_last_place(decoder, questions):
    """In causal attention the first token has seen no question, so its logits could not depend on it."""
    for windows in encode(decoder, questions, 32, 8).windows:
        for window in windows:
            assert window.null == len(window.ids) - 1
            assert window.ids[0] == decoder.tokenizer.bos_token_id
            assert window.ids[-1] == decoder.tokenizer.eos_token_id


def test_an_answer_cut_by_a_window_is_not_in_it(encoder):
    context = " ".join("abcdefghijklmnopqrstuvwxyz"[n % 26] for n in range(60))
    question = asked("why", context, context[40:48])
    windows = encode(encoder, [question], 24, 4).windows[0]
    assert len(windows) > 2
    whole = [window.offsets[0][0] <= 40 and window.offsets[-1][1] >= 48 for window in windows]
    assert [window.targets((40, 48))["start_positions"] != window.null for window in windows] == whole


def test_a_long_question_loses_its_end_and_is_counted(encoder):
    long = asked("why " * 100, "because it is so")
    encoded = encode(encoder, [long, asked("why", "because it is so")], 128, 8)
    assert encoded.truncated == (True, False)
    assert encoded.windows[0][0].first == MAX_QUESTION_TOKENS + 2


@pytest.mark.parametrize(
    ("max_tokens", "stride", "message"),
    [
        (512, 8, "smoke-encoder: max_tokens is 512, but the model reads 256 at most"),
        (12, 8, "smoke-encoder: question q needs windows of 13 tokens; raise max_tokens"),
    ],
)
def test_windows_that_cannot_be_cut(encoder, max_tokens, stride, message):
    with pytest.raises(UserError) as said:
        encode(encoder, [asked("w", "because it is so")], max_tokens, stride)
    assert str(said.value) == message


def test_the_backbone_of_a_causal_checkpoint_arrives_in_the_reader(decoder):
    """`LlamaForQuestionAnswering` looks for it under another name; only the head may be new."""
    import torch

    causal = load_for("causal", "smoke-decoder").model
    assert decoder.report.newly_initialised == ("qa_outputs.bias", "qa_outputs.weight")
    assert decoder.report.untrained_head
    ids = torch.tensor([[2, 40, 50, 60, 3]])
    with torch.no_grad():
        ours = decoder.model.base_model(ids).last_hidden_state
        theirs = causal.model(ids).last_hidden_state
    assert torch.equal(ours, theirs)
