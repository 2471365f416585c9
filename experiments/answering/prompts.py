"""A question as a prompt for a decoder, cut to fit, and as a row to train it on."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.answering.study import Generative
from experiments.data.examples import Question
from experiments.models.load import Loaded
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
    limit = getattr(loaded.model.config, "max_position_embeddings", approach.training.max_tokens)
    if approach.training.max_tokens > limit:
        wanted = approach.training.max_tokens
        raise UserError(f"{loaded.report.model}: max_tokens is {wanted}, but the model reads {limit} at most")
    return [_prompt(loaded, approach, question) for question in questions]


def training_row(loaded: Loaded, approach: Generative, question: Question, prompt: Prompt) -> TrainingRow:
    """Prompt, answer (the first one, or the words that decline) and end token; the loss is that of the answer and the
    end. An answer of more than `max_new_tokens` loses its end, as it would when it is generated."""
    continuation = f" {question.answers[0].text}" if question.answers else approach.abstain
    whole = loaded.tokenizer(prompt.text + continuation)["input_ids"]
    answer = whole[len(prompt.ids) :][: approach.max_new_tokens - 1]
    ids = [*prompt.ids, *answer, loaded.tokenizer.eos_token_id]
    return {"input_ids": ids, "labels": [IGNORED] * len(prompt.ids) + ids[len(prompt.ids) :]}


def _prompt(loaded: Loaded, approach: Generative, question: Question) -> Prompt:
    room = approach.training.max_tokens - approach.max_new_tokens
    context, length = question.context, None
    while True:
        text = approach.prompt.format(context=context, question=question.question)
        ids = loaded.tokenizer(text)["input_ids"]
        length = length or len(ids)
        if len(ids) <= room:
            return Prompt(text, tuple(ids), length)
        if not context:
            raise UserError(f"{loaded.report.model}: question {question.id} leaves no room in {room} tokens for its "
                            "paragraph; raise max_tokens")  # fmt: skip
        context = _cut(loaded, context, len(ids) - room)


def _cut(loaded: Loaded, context: str, tokens: int) -> str:
    """The context without its last `tokens`, and at least one character shorter."""
    offsets = loaded.tokenizer(context, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    kept = offsets[: max(len(offsets) - tokens, 0)]
    return context[: min(kept[-1][1] if kept else 0, len(context) - 1)].rstrip()
