"""A pad token with an id of its own.

Padding with the end token drops a real final end. So another id is found, in this order:

- `own`: the tokenizer has a pad token that is no other special token (Gemma, BERT);
- `reserved`: the vocabulary has a token made for it (Llama 3);
- `spare row`: the embedding is larger than the vocabulary (Phi-2), and the next id is free;
- `retired`: the vocabulary is full (Llama 2, Mistral, TinyStories), and one entry becomes the pad token: the one that
  the registry names, or the byte 0 of a vocabulary with bytes, which no text holds. That text then reads as unknown;
- `free special`: the vocabulary is full, and has a special token without a part to play (SmolLM2);
- `added row`: none of these (GPT-2). The embedding gets one more row, of zeros, which counts as added. A head that is
  tied to it never gives that token a chance, so every probability stays what it was.
"""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from experiments.tables.errors import UserError

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PAD = "<pad>"
RESERVED = ("<|finetune_right_pad_id|>", "<|reserved_special_token_0|>", PAD, "[PAD]")
BYTE_ZERO = "<0x00>"
ADDED_ROW = "added row"


def with_pad_token(
    tokenizer: "PreTrainedTokenizerBase", rows: int, retired: str | None = None, used: Collection[int] = ()
) -> tuple["PreTrainedTokenizerBase", str]:
    """The tokenizer with its pad token, and how it was come by.

    `rows` is the number of rows of the embedding, `retired` the entry that the registry names, `used` are ids that mean
    something to the model. After an added row the embedding is one row too short: see `add_pad_row`.
    """
    others = {tokenizer.eos_token_id, tokenizer.bos_token_id, tokenizer.unk_token_id} - {None}
    if tokenizer.pad_token_id is not None and tokenizer.pad_token_id not in others:
        return tokenizer, "own"
    vocabulary = tokenizer.get_vocab()
    for token in RESERVED:
        if token in vocabulary and vocabulary[token] not in others:
            tokenizer.pad_token = token
            return tokenizer, "reserved"
    if len(tokenizer) < rows:
        tokenizer.add_special_tokens({"pad_token": PAD})
        return tokenizer, "spare row"
    if (retired or BYTE_ZERO) in vocabulary:
        return _retire(tokenizer, retired or BYTE_ZERO), "retired"
    free = _free_special(tokenizer, {*others, *used})
    tokenizer.add_special_tokens({"pad_token": free or PAD})
    return tokenizer, "free special" if free else ADDED_ROW


def add_pad_row(model: "PreTrainedModel") -> None:
    """Give the embedding one more row, of zeros, for the pad token; no text is ever likelier to go on with it."""
    import torch

    from experiments.models.recipe import seeded

    rows, before = model.get_input_embeddings().num_embeddings, _size(model)
    with seeded(0):  # what the new row starts from is drawn, and then not used
        model.resize_token_embeddings(rows + 1, mean_resizing=False)
    tables = [model.get_input_embeddings(), model.get_output_embeddings()]
    with torch.no_grad():
        for table in filter(None, tables):
            table.weight[rows:] = 0
    if tables[1] is not None:
        tables[1].register_forward_hook(_never(rows))
    model.config.padding_parameters = _size(model) - before


def check_padding(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", name: str) -> None:
    """Raise UserError unless a text gives the same in a padded batch as alone, padded on the tokenizer's side.

    It does not where a model mixes all places of a row whatever the mask says (FNet, ConvBERT, RWKV on the left).
    """
    import torch

    from experiments.models.batching import pad_batch

    rows = model.get_input_embeddings().num_embeddings
    short, long = ([place * 7 % rows for place in range(5, 5 + length)] for length in (2, 6))
    side = tokenizer.padding_side
    with torch.no_grad():
        alone, padded = (
            model(**{key: value.to(model.device) for key, value in batch.items()}).to_tuple()[0].float()
            for batch in (
                pad_batch(some, tokenizer.pad_token_id, side, positions=side == "left")
                for some in ([short], [short, long])
            )
        )
    if padded.ndim > 2 or padded.shape[1] == len(long):  # something for each token; else for each text
        padded = padded[:, -len(short) :] if side == "left" else padded[:, : len(short)]
    alone, padded = (torch.nan_to_num(each[0]) for each in (alone, padded))
    tolerance = 1e-3 if model.dtype == torch.float32 else 0.05
    if (alone - padded).norm() > tolerance * alone.norm():
        raise UserError(
            f"{name}: padding changes what {type(model).__name__} makes of a text, so it cannot read batches"
        )


def padding_parameters(model: "PreTrainedModel") -> int:
    """How many of a model's parameters were added for its pad token."""
    return model.config.to_dict().get("padding_parameters", 0)


def _size(model: "PreTrainedModel") -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _never(row: int):
    """A hook on the head: the logits from `row` on are those of something impossible."""

    def hook(head: "nn.Module", args: tuple, logits: "torch.Tensor") -> "torch.Tensor":
        import torch

        places = torch.arange(logits.shape[-1], device=logits.device)
        return logits.masked_fill(places >= row, float("-inf"))

    return hook


def _free_special(tokenizer: "PreTrainedTokenizerBase", taken: Collection[int]) -> str | None:
    """The last special token that has no part in texts or in the chat template; None without one."""
    roles = {tokenizer.sep_token_id, tokenizer.cls_token_id, tokenizer.mask_token_id}
    template = str(tokenizer.chat_template or "")
    free = {
        index: token.content
        for index, token in tokenizer.added_tokens_decoder.items()
        if token.special and index not in {*taken, *roles} and token.content not in template
    }
    return free[max(free)] if free else None


def _retire(tokenizer: "PreTrainedTokenizerBase", token: str) -> "PreTrainedTokenizerBase":
    """The tokenizer with its entry `token` renamed to `<pad>`: the id stays, the text is no longer its."""
    from tokenizers import AddedToken, Tokenizer
    from transformers import PreTrainedTokenizerFast

    content = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = content["model"]["vocab"]
    vocabulary[PAD] = vocabulary.pop(token)
    backend = Tokenizer.from_str(json.dumps(content))
    backend.add_special_tokens([AddedToken(PAD, normalized=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        bos_token=tokenizer.bos_token,
        eos_token=tokenizer.eos_token,
        unk_token=tokenizer.unk_token,
        model_max_length=tokenizer.model_max_length,
        model_input_names=["input_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )
