"""A question as a prompt for a decoder, cut to fit, and as a row to train it on."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.answering.study import Generative
from experiments.choices import ChatPrompt, template_of
from experiments.data.examples import Question
from experiments.models.chat import chat_text
from experiments.models.load import Loaded
from experiments.scoring.encoding import context_length
from experiments.tables.errors import UserError
from experiments.training.batches import IGNORED, TrainingRow


@dataclass(frozen=True)
class Prompt:
    """The prompt and its tokens; `length` is that before the paragraph was cut."""

    text: str
    ids: tuple[int, ...]
    length: int

    @property
    def truncated(self) -> bool:
        return self.length > len(self.ids)


def prompts(loaded: Loaded, approach: Generative, questions: Sequence[Question]) -> list[Prompt]:
    """Prompts that leave room for the answer. Where there is too much, the paragraph loses its end.

    Raises UserError where the model reads no rows as long, or there is no room even without a paragraph.
    """
    limit = context_length(loaded.model.config)
    if limit is not None and approach.training.max_tokens > limit:
        wanted = approach.training.max_tokens
        raise UserError(f"{loaded.report.model}: max_tokens is {wanted}, but the model reads {limit} at most")
    return [_prompt(loaded, approach, question) for question in questions]


def stop_ids(loaded: Loaded) -> frozenset[int]:
    """The tokens that end an answer: those that end a text for tokenizer or model, and all that hold a line end."""
    tokenizer = loaded.tokenizer
    texts = tokenizer.batch_decode([[index] for index in range(len(tokenizer))])
    ends = loaded.model.generation_config.eos_token_id
    own = {tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])} - {None}
    return frozenset(own | {index for index, text in enumerate(texts) if "\n" in text})


def training_row(
    loaded: Loaded, approach: Generative, question: Question, prompt: Prompt, stops: frozenset[int]
) -> TrainingRow:
    """Prompt, answer (the first one, or the words that decline) and end; the loss is that of the answer and the end.

    The end is a line end, which every model has met; the end token only where the tokenizer knows no line end. (The
    TinyStories models have never seen their end token: it has the embedding of a character that they have never seen
    either, and adapters cannot tell the two apart.) An answer of more than `max_new_tokens` loses its last ones.
    """
    continuation = write_answer(question.answers[0].text, approach) if question.answers else write_abstention(approach)
    *answer, end = loaded.tokenizer(f"{prompt.text}{continuation}\n")["input_ids"][len(prompt.ids) :]
    if end not in stops:
        answer, end = [*answer, end], loaded.tokenizer.eos_token_id
    ids = [*prompt.ids, *answer[: approach.max_new_tokens - 1], end]
    return {"input_ids": ids, "labels": [IGNORED] * len(prompt.ids) + ids[len(prompt.ids) :]}


def write_answer(answer: str, approach: Generative) -> str:
    """An answer as it goes on after the prompt: a turn of a conversation begins without a space."""
    return answer if isinstance(approach.prompt, ChatPrompt) else f" {answer}"


def write_abstention(approach: Generative) -> str:
    """The words for "there is no answer" as they go on after the prompt; "" where the approach has none."""
    words = approach.abstain or ""
    return words.strip() if isinstance(approach.prompt, ChatPrompt) else words


def _text(loaded: Loaded, approach: Generative, context: str, question: str) -> str:
    prompt = approach.prompt
    text = template_of(prompt).format(context=context, question=question)
    return chat_text(loaded.tokenizer, text, prompt.system) if isinstance(prompt, ChatPrompt) else text


def _prompt(loaded: Loaded, approach: Generative, question: Question) -> Prompt:
    room = approach.training.max_tokens - approach.max_new_tokens
    context, length = question.context, None
    while True:
        text = _text(loaded, approach, context, question.question)
        ids = loaded.tokenizer(text)["input_ids"]
        length = length or len(ids)
        if len(ids) <= room:
            return Prompt(text, tuple(ids), length)
        if not context:
            raise UserError(
                f"{loaded.report.model}: question {question.id} leaves no room in {room} tokens for its "
                "paragraph; raise max_tokens"
            )
        context = _cut(loaded, context, len(ids) - room)


def _cut(loaded: Loaded, context: str, tokens: int) -> str:
    """The context without its last `tokens`, and at least one character shorter."""
    offsets = loaded.tokenizer(context, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    kept = offsets[: max(len(offsets) - tokens, 0)]
    return context[: min(kept[-1][1] if kept else 0, len(context) - 1)].rstrip()
