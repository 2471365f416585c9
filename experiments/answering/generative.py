"""Answers that a decoder writes after a prompt, token by token, the likeliest each time.

Only what is new counts as an answer, and it ends at the first line end or end token. The margin over giving none is
the log-likelihood per token of the answer, its end not counted, less that of the words that decline after the same
prompt; the former alone where the approach has no such words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from experiments.answering.inputs import Inputs
from experiments.answering.prompts import Prompt, prompts, stop_ids, training_row, write_abstention
from experiments.answering.reading import Candidate, Show
from experiments.answering.study import Generative
from experiments.data.examples import Question
from experiments.metrics.squad import normalize_answer
from experiments.models.batching import TOKENS_AT_ONCE, by_length, pad_batch
from experiments.models.by_batch import by_batch
from experiments.models.load import Loaded
from experiments.training.batches import TrainingRow
from experiments.training.faults import raise_on_oom

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Generated:
    """The first line of what was generated, ends stripped; `finished` where it ended by itself.

    `likelihood` is the log-likelihood per token of the tokens before the end, 0 where there is none.
    """

    text: str
    finished: bool
    likelihood: float = 0.0
    declining: float = 0.0
    """The same of the words that decline after this prompt."""


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
        words = write_abstention(self.approach)
        with raise_on_oom(what):
            found = generate(
                model,
                self.loaded.tokenizer,
                asked,
                self._stops,
                self.approach.max_new_tokens,
                words,
                count_tokens,
                show,
                what,
            )
        return [_candidate(*pair, words) for pair in zip(questions, found, strict=True)]

    @cached_property
    def _stops(self) -> frozenset[int]:
        return stop_ids(self.loaded)


def generate(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    asked: Sequence[Prompt],
    stops: frozenset[int],
    max_new_tokens: int,
    words: str,
    count_tokens: Callable[[int], None],
    show: Show,
    what: str,
) -> list[Generated]:
    """What the model says after each prompt, in their order, up to a token of `stops`; `words` decline, "" for none."""
    import torch
    from transformers import GenerationConfig

    config = GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        use_cache=True,
        return_dict_in_generate=True,
        output_logits=True,
        eos_token_id=sorted(stops),
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
    )
    found: dict[int, Generated] = {}
    lengths = [len(prompt.ids) + max_new_tokens for prompt in asked]
    batches = list(by_length(lengths, TOKENS_AT_ONCE[model.device.type]))

    def find(batch: list[int]) -> tuple[list[dict], int]:
        prompts = [asked[index] for index in batch]
        rows = [prompt.ids for prompt in prompts]
        inputs = pad_batch(rows, tokenizer.pad_token_id, "left", positions=False)
        inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
        output = model.generate(**inputs, generation_config=config)
        new = output.sequences[:, inputs["input_ids"].shape[1] :]
        logprobs = torch.stack(output.logits, dim=1).log_softmax(-1).gather(-1, new[..., None])[..., 0].tolist()
        tokens = sum(map(len, rows)) + sum(_until_stop(ids, stops) for ids in new.tolist())
        declining = [0.0] * len(rows)
        if words:
            declining, more = _declining(model, tokenizer, prompts, words, inputs, output.past_key_values)
            tokens += more
        answers = [_first_line(tokenizer, *pair, stops) for pair in zip(new.tolist(), logprobs, strict=True)]
        return [asdict(replace(a, declining=d)) for a, d in zip(answers, declining, strict=True)], tokens

    with torch.inference_mode():
        for batch, (answers, tokens) in by_batch(show(batches, what), find, model.device.type):
            found |= {index: Generated(**answer) for index, answer in zip(batch, answers, strict=True)}
            count_tokens(tokens)
    return [found[index] for index in range(len(asked))]


def _declining(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    prompts: Sequence[Prompt],
    words: str,
    inputs: Mapping[str, "torch.Tensor"],
    cache: object,
) -> tuple[list[float], int]:
    """The log-likelihood per token of `words` after each prompt, and the tokens that went through the model for it.

    The prompts are read from the cache that generation leaves; again where a layer has a window of its own, or the
    words become other tokens after other prompts.
    """
    import torch
    from transformers import DynamicCache

    from experiments.scoring.likelihood import score_labels
    from experiments.scoring.results import Example

    said = {tuple(tokenizer(prompt.text + words)["input_ids"][len(prompt.ids) :]) for prompt in prompts}
    if len(said) > 1 or not isinstance(cache, DynamicCache) or any(cache.is_sliding):
        scored = score_labels(model, tokenizer, [Example(prompt.text, (words,)) for prompt in prompts])
        return [example.by("mean")[0] for example in scored.examples], scored.tokens
    width = inputs["input_ids"].shape[1]
    cache.crop(width - 1 - cache.get_seq_length())
    targets = torch.tensor(said.pop(), device=model.device).repeat(len(prompts), 1)
    mask = torch.cat([inputs["attention_mask"], torch.ones_like(targets)], dim=1)[:, :-1]
    logits = model(
        input_ids=torch.cat([inputs["input_ids"][:, -1:], targets[:, :-1]], dim=1),
        attention_mask=mask,
        position_ids=(mask.cumsum(dim=1) - 1).clamp(min=0)[:, width - 1 :],
        past_key_values=cache,
    ).logits
    return logits.float().log_softmax(-1).gather(-1, targets[..., None])[..., 0].mean(dim=1).tolist(), targets.numel()


def _first_line(
    tokenizer: "PreTrainedTokenizerBase", ids: list[int], logprobs: list[float], stops: frozenset[int]
) -> Generated:
    text = tokenizer.decode(ids[: _until_stop(ids, stops)], skip_special_tokens=True)
    finished = any(index in stops for index in ids)
    answer = logprobs[: _until_stop(ids, stops) - finished]
    return Generated(text.partition("\n")[0].strip(), finished, sum(answer) / max(len(answer), 1))


def _until_stop(ids: Sequence[int], stops: frozenset[int]) -> int:
    """How many tokens there are up to the first that stops, that one counted."""
    return next((place + 1 for place, index in enumerate(ids) if index in stops), len(ids))


def _candidate(question: Question, said: Generated, words: str) -> Candidate:
    """Characters of the paragraph are those where the text stands in it first; often it does not.

    A text declines that begins or ends with `words`, as in "The answer is: unanswerable".
    """
    found, none = (normalize_answer(text).split() for text in (said.text, words))
    declined = bool(found and none) and none in (found[: len(none)], found[-len(none) :])
    if declined or not found:
        return Candidate(question.id, "", None, unparsed=not found, unfinished=not said.finished, declined=declined)
    start = question.context.find(said.text)
    where = {} if start < 0 else {"start": start, "end": start + len(said.text)}
    margin = said.likelihood - said.declining
    return Candidate(question.id, said.text, margin, **where, unfinished=not said.finished)
