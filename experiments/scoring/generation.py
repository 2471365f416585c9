"""Answers by generating text and reading the label out of it: for comparison with ranking, never instead of it."""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.models.batching import Told, by_length, in_blocks
from experiments.models.by_batch import by_batch
from experiments.scoring.encoding import context_length, start_token
from experiments.scoring.forward import inference
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Answer:
    """What was generated after a prompt, and the place of the label that it is; None where it is none."""

    text: str
    choice: int | None
    truncated: bool = False
    tokens: int = 0  # of prompt and answer, without padding

    @property
    def unparsed(self) -> bool:
        return self.choice is None


def parse(text: str, labels: Sequence[str]) -> int | None:
    """The place of the label that the first line of `text` is, but for case, outer space and closing punctuation.

    Strict on purpose: an answer that only contains a label ("not positive") or names two is no answer.
    """
    lines = text.strip().splitlines()
    said = _plain(lines[0]) if lines else ""
    matching = [place for place, label in enumerate(labels) if _plain(label) == said]
    return matching[0] if len(matching) == 1 else None


def _plain(text: str) -> str:
    return text.strip().rstrip(string.punctuation).strip().casefold()


def answer(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    prompts: Sequence[str],
    labels: Sequence[str],
    *,
    new_tokens: int = 8,
    as_they_are: bool = False,
    token_budget: int = 1024,
    progress: Told | None = None,
) -> list[Answer]:
    """The greedy continuation of each prompt, at most `new_tokens` long, and the label that it is.

    Prompts are tokenised as contexts are in `encoding` (no white space at the end, unless they are to be taken
    `as_they_are`, as a chat template ends) and lose their start where they and the answer do not fit into the model's
    context. Raises UserError where the tokenizer has no pad token.
    """
    if tokenizer.pad_token_id is None:
        raise UserError("the tokenizer has no pad token, which generating in batches needs")
    limit = context_length(model.config, tokenizer)
    room = None if limit is None else limit - new_tokens
    if room is not None and room < 1:
        raise UserError(f"answers of {new_tokens} tokens do not fit into the model's context of {limit}")
    answers = []
    for block, told in in_blocks(prompts, progress):
        read = [prompt if as_they_are else prompt.rstrip() for prompt in block]
        full = tokenizer(read, verbose=False)["input_ids"] if read else []
        cut = [(ids if room is None else ids[-room:]) or [start_token(tokenizer)] for ids in full]
        found: dict[int, Answer] = {}

        def generate(places: list[int], cut: list[list[int]] = cut) -> list[tuple[str, int]]:
            return _generate(model, tokenizer, [cut[place] for place in places], new_tokens)

        with inference(model):
            batches = by_length([len(ids) + new_tokens for ids in cut], token_budget)
            for places, said in by_batch(batches, generate, model.device.type):
                for place, (text, length) in zip(places, said, strict=True):
                    truncated = len(cut[place]) < len(full[place])
                    found[place] = Answer(text, parse(text, labels), truncated, len(cut[place]) + length)
                if told is not None:
                    told(len(found), len(block))
        answers += (found[place] for place in range(len(block)))
    return answers


def _generate(
    model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", prompts: Sequence[list[int]], new_tokens: int
) -> list[tuple[str, int]]:
    """Greedy continuations as text without special tokens, and their lengths in tokens, an end token counted.

    Prompts are padded on the left, as generation needs.
    """
    import torch
    from transformers import GenerationConfig

    settings = GenerationConfig(
        do_sample=False,
        max_new_tokens=new_tokens,
        bos_token_id=model.generation_config.bos_token_id,
        eos_token_id=model.generation_config.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    width = max(map(len, prompts))
    ids = torch.tensor([[tokenizer.pad_token_id] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    made = model.generate(ids.to(model.device), attention_mask=mask.to(model.device), generation_config=settings)
    new = made[:, width:]
    lengths = (new != tokenizer.pad_token_id).sum(dim=1).tolist()
    return list(zip(tokenizer.batch_decode(new, skip_special_tokens=True), lengths, strict=True))
