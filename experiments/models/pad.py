"""A pad token with an id of its own, without changing the size of the vocabulary.

Padding with the end token drops a real final end, and a new row in the embedding would change the parameter count
and, where the head is tied to it, every probability. So the id is found inside the embedding, in this order:

- `own`: the tokenizer has a pad token that is no other special token (Gemma, BERT);
- `reserved`: the vocabulary has a token made for it (Llama 3);
- `spare row`: the embedding is larger than the vocabulary (Phi-2), and the next id is free;
- `retired`: the vocabulary is full (Llama 2, Mistral, TinyStories). One entry becomes the pad token: the byte 0 of a
  vocabulary with bytes, which no text holds, or the entry that the registry names. That text then reads as unknown.
"""

import json
from typing import TYPE_CHECKING

from experiments.tables.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PAD = "<pad>"
RESERVED = ("<|finetune_right_pad_id|>", "<|reserved_special_token_0|>", PAD, "[PAD]")
BYTE_ZERO = "<0x00>"


def with_pad_token(
    tokenizer: "PreTrainedTokenizerBase", rows: int, retired: str | None, name: str
) -> tuple["PreTrainedTokenizerBase", str]:
    """The tokenizer with its pad token, and how it was come by. `rows` is the number of rows of the embedding.

    Raises UserError where the vocabulary is full and has no entry to retire.
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
    retired = retired or BYTE_ZERO
    if retired not in vocabulary:
        raise UserError(
            f"{name}: the vocabulary is full and has no pad token; name an entry that texts never hold as "
            f"retired_token in experiments/models/registry/{name}.yaml"
        )
    return _retire(tokenizer, retired), "retired"


def _retire(tokenizer: "PreTrainedTokenizerBase", token: str) -> "PreTrainedTokenizerBase":
    """The same tokenizer, in which the entry `token` is called `<pad>`: the id stays, the text is no longer its."""
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
