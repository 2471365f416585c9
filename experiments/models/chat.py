"""Prompts as turns of a conversation, in the form that the model's own tokenizer gives them."""

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.models.load import Loaded
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def open_chat(loaded: Loaded) -> Loaded:
    """The model with a tokenizer that reads what `chat_text` writes.

    The marks of a chat are special tokens, and no others are put around a text. Raises UserError where the tokenizer
    has no chat template.
    """
    from tokenizers import processors

    if not loaded.tokenizer.chat_template:
        name = loaded.report.model
        raise UserError(f"{name}: its tokenizer has no chat template; leave chat out, or choose a model made for chat")
    tokenizer = copy.deepcopy(loaded.tokenizer)
    tokenizer.split_special_tokens = False
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(single="$A", pair="$A $B")
    return replace(loaded, tokenizer=tokenizer)


def chat_text(tokenizer: "PreTrainedTokenizerBase", text: str, system: str | None = None) -> str:
    """What a user says, by the tokenizer's chat template, up to where the model's answer begins.

    `system` stands before it where the study says something of the kind; templates may have a default. Raises UserError
    for a text that holds a mark of the template, and for a template that cannot be filled.
    """
    special = (token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
    marks = [mark for mark in special if mark in text]
    if marks:
        raise UserError(
            f"a prompt holds {printable(marks[0])}, which the chat template's tokenizer would take for its own; leave "
            f"the example out: {printable(text, 60)}"
        )
    turns = [{"role": "system", "content": system}] if system is not None else []
    try:
        return tokenizer.apply_chat_template(
            [*turns, {"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
        )
    except Exception as error:  # templates raise what they like, in Jinja's own kinds
        raise UserError(f"the chat template cannot be filled: {printable(str(error), 200)}") from None
