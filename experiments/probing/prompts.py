"""Prompts as a model reads them, with the places of the fields that a pooling asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.layers.states import Prompt
from experiments.probing.examples import Text
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Inputs:
    """The prompts of all examples as one model reads them, in numbers."""

    n: int
    depth: int
    features: int
    tokens: int
    longest: int
    context: int | None
    last_tokens: int
    unknown: int


def encode(
    tokenizer: "PreTrainedTokenizerBase",
    texts: Sequence[Text],
    ids: Sequence[str],
    fields: Sequence[str],
    context: int | None,
) -> list[Prompt]:
    """The prompts of the examples called `ids`, each with the last token of every one of `fields` as a position.

    Raises UserError for a prompt that is longer than the context, and for a field without a token.
    """
    encoding = tokenizer([text.text for text in texts], return_offsets_mapping=bool(fields), verbose=False)
    prompts = []
    for row, (text, name, tokens) in enumerate(zip(texts, ids, encoding["input_ids"], strict=True)):
        if context is not None and len(tokens) > context:
            raise UserError(
                f"the prompt of example {printable(name)} has {len(tokens)} tokens, the model's context only "
                f"{context}; set longest, in characters, or shorten the prompt"
            )
        places = {field: _place(encoding["offset_mapping"][row], text.spans[field], field, name) for field in fields}
        prompts.append(Prompt(tuple(tokens), places))
    return prompts


def inputs_of(prompts: Sequence[Prompt], unknown: int | None, context: int | None, shape: tuple[int, ...]) -> Inputs:
    """`unknown` is the id of the token for what the vocabulary does not have; `shape` is that of the states."""
    lengths = [len(prompt.ids) for prompt in prompts]
    return Inputs(
        n=len(prompts),
        depth=shape[0] - 1,
        features=shape[2],
        tokens=sum(lengths),
        longest=max(lengths),
        context=context,
        last_tokens=len({prompt.ids[-1] for prompt in prompts}),
        unknown=sum(unknown in prompt.ids for prompt in prompts),
    )


def _place(offsets: Sequence[tuple[int, int]], span: tuple[int, int], field: str, name: str) -> int:
    """The last token that holds a character of the span."""
    inside = [place for place, (start, end) in enumerate(offsets) if start < end and start < span[1] and end > span[0]]
    if not inside:
        raise UserError(f"example {printable(name)} has no token of its {field} to pool")
    return inside[-1]
