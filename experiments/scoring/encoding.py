"""Text to token ids: where the context ends and the label begins.

The rule is that of lm-evaluation-harness 0.4 (`TemplateLM._encode_pair` and `HFLM._loglikelihood_tokens`), so that
both choose the same labels:

- white space at the end of the context goes to the front of the label;
- context and label are tokenised together, and the label's tokens are those after as many as the context alone has,
  with the special tokens that the tokenizer puts in front of every text (BOS, where it has one);
- after an empty context the label is conditioned on BOS, or on EOS where there is no BOS;
- what is longer than the model's context loses its start.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.scoring.results import Example
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

UNLIMITED = 10**9  # tokenizers that know no length say 10**30


@dataclass(frozen=True)
class EncodedLabel:
    """`window` is what the model reads; the logits at its last `len(targets)` places are asked for `targets`."""

    window: list[int]
    targets: list[int]
    truncated: bool


def context_length(config: "PretrainedConfig", tokenizer: "PreTrainedTokenizerBase | None" = None) -> int | None:
    """The longest input of the model in tokens; None where neither config nor tokenizer, if there is one, limits it."""
    for name in ("longest_input", "n_positions", "max_position_embeddings", "n_ctx"):
        longest = setting(config, name)
        if longest and longest > 0:
            return longest
    limited = tokenizer is not None and tokenizer.model_max_length < UNLIMITED
    return tokenizer.model_max_length if limited else None


def setting(config: "PretrainedConfig", name: str) -> int | None:
    """A number of a model's config, None where its class has none of that name.

    Asked for by `getattr`, which alone knows the names under which some classes of transformers keep it
    (`attribute_map`): their dictionaries do not.
    """
    return getattr(config, name, None)


def start_token(tokenizer: "PreTrainedTokenizerBase") -> int:
    """What an empty context is: BOS, or EOS where there is no BOS. Raises UserError where there is neither."""
    for start in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if start is not None:
            return start
    raise UserError("an empty context needs a BOS or EOS token, and the tokenizer has neither")


def encode_examples(
    tokenizer: "PreTrainedTokenizerBase", examples: Sequence[Example], max_length: int | None, first: int = 1
) -> list[list[EncodedLabel]]:
    """For each example its labels, encoded. In messages examples are numbered from `first`.

    Raises UserError for an example without labels, a label without tokens or longer than the context, and a tokenizer
    that closes every text with an end token, after which no label can stand.
    """
    if tokenizer("a")["input_ids"][-1] in {tokenizer.eos_token_id, tokenizer.sep_token_id} - {None}:
        raise UserError("the tokenizer ends every text with a special token; labels cannot continue such a text")
    whole = _tokenise(tokenizer, (text for example in examples for text in _texts(example)))
    empty = (example for example in examples if not example.context)
    bare = _tokenise(tokenizer, (label for example in empty for label in example.labels), special=False)
    encoded = []
    for number, example in enumerate(examples, start=first):
        if not example.labels:
            raise UserError(f"example {number} has no labels to choose from")
        row = []
        for label in example.labels:
            if example.context:
                before = whole[example.context.rstrip()]
                after = whole[example.context + label][len(before) :]
            else:
                before, after = [], bare[label]
            if not before:
                start = start_token(tokenizer)
                before, after = (after[:1], after[1:]) if after[:1] == [start] else ([start], after)
            row.append(_windowed(before, after, max_length, f"example {number}, label '{printable(label, 40)}'"))
        encoded.append(row)
    return encoded


def _texts(example: Example) -> list[str]:
    """The context alone and with each label, as they are tokenised."""
    return [example.context.rstrip(), *(example.context + label for label in example.labels)]


def _tokenise(tokenizer: "PreTrainedTokenizerBase", texts: Iterable[str], special: bool = True) -> dict[str, list[int]]:
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return {}
    encoding = tokenizer(
        distinct,
        add_special_tokens=special,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )
    return dict(zip(distinct, encoding["input_ids"], strict=True))


def _windowed(before: list[int], after: list[int], max_length: int | None, where: str) -> EncodedLabel:
    if not after:
        raise UserError(f"{where}: no token of the label is left to score; write it with its leading space, or longer")
    if max_length is not None and len(after) > max_length:
        raise UserError(f"{where}: the label has {len(after)} tokens, the model's context only {max_length}")
    tokens = before + after
    cut = 0 if max_length is None else max(len(tokens) - max_length - 1, 0)
    return EncodedLabel(tokens[cut:-1], after, cut > 0)
