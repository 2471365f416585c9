"""Answers that a decoder writes after a prompt, token by token, the likeliest each time.

Only what is new counts as an answer, and it ends at the first line end or end token. The margin over giving none is
the log-likelihood per token of the answer less that of the words that decline, both after the same prompt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from experiments.answering.inputs import Inputs
from experiments.answering.prompts import Prompt, declined, prompts, said, stop_ids, training_row
from experiments.answering.reading import Candidate, Show
from experiments.answering.study import Generative
from experiments.data.examples import Question
from experiments.metrics.squad import normalize_answer
from experiments.models.batching import TOKENS_AT_ONCE, by_length, pad_batch
from experiments.models.load import Loaded
from experiments.training.batches import TrainingRow
from experiments.training.faults import raise_on_oom

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Generated:
    """The first line of what was generated, ends stripped; `finished` where it ended by itself."""

    text: str
    finished: bool


@dataclass(frozen=True)
class GenerativeReader:
    """See `reading.Reader`."""

    approach: Generative
    loaded: Loaded

    def inputs(self, questions: Sequence[Question]) -> Inputs:
        found = prompts(self.loaded, self.approach, questions)
        return Inputs(
            tuple(prompt.length for prompt in found), (1,) * len(found), tuple(prompt.truncated for prompt in found)
        )

    def training_rows(self, questions: Sequence[Question]) -> list[TrainingRow]:
        found = prompts(self.loaded, self.approach, questions)
        pairs = zip(questions, found, strict=True)
        return [training_row(self.loaded, self.approach, *pair, self._stops) for pair in pairs]

    def candidates(
        self,
        model: "PreTrainedModel",
        questions: Sequence[Question],
        count_tokens: Callable[[int], None],
        show: Show,
        what: str,
    ) -> list[Candidate]:
        asked = prompts(self.loaded, self.approach, questions)
        model.eval()
        with raise_on_oom(what):
            found = generate(
                model, self.loaded.tokenizer, asked, self._stops, self.approach.max_new_tokens, count_tokens, show, what
            )
            readable = [bool(normalize_answer(each.text)) for each in found]
            none = normalize_answer(self.approach.abstain)
            to_weigh = [i for i, each in enumerate(found) if readable[i] and normalize_answer(each.text) != none]
            margins = self._margins(model, [(asked[i].text, found[i].text) for i in to_weigh], count_tokens)
        margin_of = dict(zip(to_weigh, margins, strict=True))
        return [
            _candidate(question, found[i], margin_of.get(i), unparsed=not readable[i])
            for i, question in enumerate(questions)
        ]

    @cached_property
    def _stops(self) -> frozenset[int]:
        return stop_ids(self.loaded)

    def _margins(
        self, model: "PreTrainedModel", answers: Sequence[tuple[str, str]], count_tokens: Callable[[int], None]
    ) -> list[float]:
        from experiments.scoring.likelihood import score_labels
        from experiments.scoring.results import Example

        if not answers:
            return []
        examples = [Example(prompt, (said(text, self.approach), declined(self.approach))) for prompt, text in answers]
        scored = score_labels(model, self.loaded.tokenizer, examples)
        count_tokens(scored.tokens)
        means = [example.by("mean") for example in scored.examples]
        return [answer - none for answer, none in means]


def generate(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    asked: Sequence[Prompt],
    stops: frozenset[int],
    max_new_tokens: int,
    count_tokens: Callable[[int], None],
    show: Show,
    what: str,
) -> list[Generated]:
    """What the model says after each prompt, in their order, up to a token of `stops`."""
    import torch
    from transformers import GenerationConfig

    config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        use_cache=True,
        eos_token_id=sorted(stops),
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
    )
    found: dict[int, Generated] = {}
    lengths = [len(prompt.ids) + max_new_tokens for prompt in asked]
    batches = list(by_length(lengths, TOKENS_AT_ONCE[model.device.type]))
    with torch.inference_mode():
        for batch in show(batches, what):
            rows = [asked[index].ids for index in batch]
            inputs = pad_batch(rows, tokenizer.pad_token_id, "left", positions=False)
            inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
            output = model.generate(**inputs, generation_config=config)
            new = output[:, inputs["input_ids"].shape[1] :].tolist()
            for index, ids in zip(batch, new, strict=True):
                found[index] = _first_line(tokenizer, ids, stops)
            count_tokens(sum(map(len, rows)) + sum(_until_stop(ids, stops) for ids in new))
    return [found[index] for index in range(len(asked))]


def _first_line(tokenizer: "PreTrainedTokenizerBase", ids: list[int], stops: frozenset[int]) -> Generated:
    text = tokenizer.decode(ids[: _until_stop(ids, stops)], skip_special_tokens=True)
    return Generated(text.partition("\n")[0].strip(), any(index in stops for index in ids))


def _until_stop(ids: Sequence[int], stops: frozenset[int]) -> int:
    """How many tokens there are up to the first that stops, that one counted."""
    return next((place + 1 for place, index in enumerate(ids) if index in stops), len(ids))


def _candidate(question: Question, said: Generated, margin: float | None, unparsed: bool) -> Candidate:
    """Characters of the paragraph are those where the text stands in it first; often it does not."""
    text = "" if margin is None else said.text
    start = question.context.find(text) if text else -1
    where = {} if start < 0 else {"start": start, "end": start + len(text)}
    declined = margin is None and not unparsed
    return Candidate(
        question.id, text, margin, **where, unparsed=unparsed, unfinished=not said.finished, declined=declined
    )
