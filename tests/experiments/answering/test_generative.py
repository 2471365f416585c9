"""What a decoder says: cut prompts, greedy new tokens only, ended where a line ends, weighed against saying nothing."""

import pytest

from experiments.answering.generative import GenerativeReader, generate
from experiments.answering.prompts import Prompt, prompts, stop_ids
from experiments.answering.reading import ALWAYS
from experiments.answering.study import Generative
from experiments.data.examples import Answer, Question
from experiments.data.load import load_split
from experiments.models.load import load_for
from experiments.tables.errors import UserError
from experiments.training.batches import IGNORED

TRAINING = {"method": "full", "epochs": 1, "batch_size": 4, "learning_rate": 1e-3}


def approach(model: str = "smoke-decoder", max_tokens: int = 128, **more) -> Generative:
    settings = {
        "kind": "generative",
        "name": "generative",
        "model": {"name": model},
        "abstain": " none",
        "max_new_tokens": 8,
        "prompt": "{context}\nQuestion: {question}\nAnswer:",
        "training": TRAINING | {"max_tokens": max_tokens},
    }
    return Generative.model_validate(settings | more)


@pytest.fixture(scope="module")
def loaded():
    return load_for("causal", "smoke-decoder")


@pytest.fixture
def stories(shared_models):
    return load_for("causal", "stories260k", models_dir=shared_models)


@pytest.fixture(scope="module")
def questions():
    return load_split("smoke-questions", "train").examples


def through(batches, what):
    return iter(batches)


def prompt_of(loaded, text: str) -> Prompt:
    ids = loaded.tokenizer(text)["input_ids"]
    return Prompt(text, tuple(ids), len(ids))


def test_a_prompt_that_is_too_long_loses_the_end_of_its_paragraph(loaded, questions):
    for prompt, question in zip(prompts(loaded, approach(max_tokens=40), questions), questions, strict=True):
        whole = prompts(loaded, approach(), [question])[0]
        assert len(prompt.ids) <= 40 - 8
        assert prompt.truncated
        assert not whole.truncated
        assert prompt.length == whole.length == len(whole.ids)
        context, _, rest = prompt.text.partition("\nQuestion: ")
        assert question.context.startswith(context)
        assert len(context) > 10
        assert rest == f"{question.question}\nAnswer:"


@pytest.mark.parametrize(
    ("max_tokens", "message"),
    [
        (300, "smoke-decoder: max_tokens is 300, but the model reads 256 at most"),
        (
            14,
            "smoke-decoder: question smoke-lighthouse-0-0 leaves no room in 6 tokens for its paragraph; "
            "raise max_tokens",
        ),
    ],
)
def test_prompts_that_do_not_fit(loaded, questions, max_tokens, message):
    with pytest.raises(UserError) as said:
        prompts(loaded, approach(max_tokens=max_tokens), questions)
    assert str(said.value) == message


def test_the_loss_is_that_of_answer_and_end(loaded):
    answered = Question("q", "who?", "it was ada", "t", "p", (Answer("ada", 7),))
    silent = Question("r", "who?", "it was ada", "t", "p", ())
    reader = GenerativeReader(approach(), loaded)
    for question, said in ((answered, "ada"), (silent, "none")):
        row = reader.training_rows([question])[0]
        learnt = [index for index in row["labels"] if index != IGNORED]
        assert row["labels"] == [IGNORED] * (len(row["labels"]) - len(learnt)) + learnt
        assert row["input_ids"][-len(learnt) :] == learnt
        assert learnt[-1] == loaded.tokenizer.eos_token_id  # the smoke tokenizer knows no line end
        assert loaded.tokenizer.decode(learnt[:-1]).strip() == said


def test_greedy_answers_are_those_of_one_token_at_a_time(stories):
    """Known answer: the likeliest next token, with neither batch, padding nor cache."""
    import torch

    texts = ["Once upon a time", "The big dog saw a cat.\nQuestion: Who saw it?\nAnswer:", "One day, Tom"]
    counted = []
    stops = stop_ids(stories)
    said = generate(
        stories.model,
        stories.tokenizer,
        [prompt_of(stories, text) for text in texts],
        stops,
        12,
        "",
        counted.append,
        through,
        "test",
    )
    tokens = 0
    for text, found in zip(texts, said, strict=True):
        ids = stories.tokenizer(text)["input_ids"]
        new = []
        while len(new) < 12 and not (new and new[-1] in stops):
            with torch.no_grad():
                logits = stories.model(torch.tensor([ids + new])).logits[0, -1]
            new.append(int(logits.argmax()))
        tokens += len(ids) + len(new)
        expected = stories.tokenizer.decode(new, skip_special_tokens=True).partition("\n")[0].strip()
        assert (found.text, found.finished) == (expected, new[-1] in stops)
        assert not found.text.startswith(text)
    assert sum(counted) == tokens


def test_an_answer_ends_with_its_line(stories):
    line_end = stories.tokenizer("a\nb", add_special_tokens=False)["input_ids"][-2]
    assert stop_ids(stories) == {1, 2, line_end}  # its generation config names 1 and 2
    question = Question("q", "Who?", "Tom had a dog.", "t", "p", (Answer("Tom", 0),))
    row = GenerativeReader(approach("stories260k", 256), stories).training_rows([question])[0]
    learnt = [index for index in row["labels"] if index != IGNORED]
    assert (stories.tokenizer.decode(learnt[:-1]), learnt[-1]) == ("Tom", line_end)


@pytest.mark.parametrize("words", [" none", None])
@pytest.mark.parametrize("cached", [True, False])
def test_the_margin_is_the_likelihood_per_token_over_that_of_declining(stories, monkeypatch, words, cached):
    """Known answer: each text by itself, without batch, padding or cache. Without words to decline it is the answer's
    own likelihood."""
    import torch
    from transformers import DynamicCache

    if not cached:
        monkeypatch.setattr(DynamicCache, "is_sliding", [True])
    contexts = ["Tom had a big dog. The dog saw a cat.", "Tom had a dog."]
    asked = [Question(f"q{n}", "Who saw the cat?", context, "t", "p", ()) for n, context in enumerate(contexts)]
    reader = GenerativeReader(approach("stories260k", 256, abstain=words), stories)
    found = reader.candidates(stories.model, asked, lambda tokens: None, through, "test")

    def mean(prompt: Prompt, label: str) -> float:
        ids = stories.tokenizer(prompt.text + label)["input_ids"]
        n = len(ids) - len(prompt.ids)
        with torch.no_grad():
            logprobs = stories.model(torch.tensor([ids])).logits[0].log_softmax(-1)
        return sum(float(logprobs[place - 1, ids[place]]) for place in range(len(ids) - n, len(ids))) / n

    for prompt, candidate in zip(prompts(stories, reader.approach, asked), found, strict=True):
        declining = mean(prompt, words) if words else 0
        assert candidate.text
        assert candidate.margin == pytest.approx(mean(prompt, candidate.text) - declining, abs=1e-4)


@pytest.mark.parametrize(
    ("said", "unparsed", "declined"),
    [("", True, False), ("...", True, False), ("None.", False, True), ("the none", False, True), ("ada", False, False)],
)
def test_what_is_no_answer_is_counted_apart(loaded, monkeypatch, said, unparsed, declined):
    from experiments.answering import generative

    monkeypatch.setattr(generative, "generate", lambda *rest: [generative.Generated(said, True)])
    question = Question("q", "who?", "it was ada", "t", "p", ())
    found = GenerativeReader(approach(), loaded).candidates(loaded.model, [question], lambda tokens: None, through, "")
    assert (found[0].unparsed, found[0].declined, found[0].margin is None) == (unparsed, declined, unparsed or declined)
    assert found[0].answer(ALWAYS) == ("" if unparsed or declined else "ada")
    assert (found[0].start, found[0].end) == ((None, None) if unparsed or declined else (7, 10))
