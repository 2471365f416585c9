"""Instructions as prompts for a decoder, references as its tokens, and where an answer ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from experiments.data.examples import Instruction
from experiments.exits.generate import Generated
from experiments.exits.instructions import Parts
from experiments.exits.study import Exits, Shown
from experiments.models.chat import chat_text
from experiments.models.load import Loaded
from experiments.scoring.encoding import context_length
from experiments.system import Row
from experiments.tables.errors import UserError, printable
from experiments.training.batches import IGNORED, TrainingRow


@dataclass(frozen=True)
class Asked:
    """A prompt with its tokens, and those of its reference, the end among them. `name` is the example's id."""

    name: str
    text: str
    ids: tuple[int, ...]
    reference: tuple[int, ...]


@dataclass(frozen=True)
class Reader:
    """A loaded model with what the study says about its prompts."""

    exits: Exits
    loaded: Loaded

    def ask(self, examples: Sequence[Instruction | Shown]) -> list[Asked]:
        """Their prompts, in their order.

        Raises UserError for a prompt that leaves no room for its answer in the model's context, or in the tokens that
        training may read.
        """
        tokens, context = self.exits.training.max_tokens, context_length(self.loaded.model.config)
        if context is not None and tokens > context:
            raise UserError(f"{self._name}: max_tokens is {tokens}, but the model reads {context} at most")
        return [self._asked(example, tokens - self.exits.max_new_tokens) for example in examples]

    def training_row(self, asked: Asked) -> TrainingRow:
        """Prompt, reference and end; the loss is that of the reference and the end alone.

        A reference of more than `max_new_tokens` loses its last ones, but not its end.
        """
        answer = (*asked.reference[:-1][: self.exits.max_new_tokens - 1], asked.reference[-1])
        return {"input_ids": [*asked.ids, *answer], "labels": [IGNORED] * len(asked.ids) + list(answer)}

    def text(self, generated: Generated) -> str:
        """What was said, without the end and white space at both ends; a token may hold both a word and the end."""
        said = self.loaded.tokenizer.decode(list(generated.ids), skip_special_tokens=True)
        return (said.partition(self.exits.end)[0] if self.exits.end else said).strip()

    def plain(self, asked: Asked) -> str:
        """The prompt as it stands in an output that is decoded whole: of a chat without its special tokens."""
        return (
            self.loaded.tokenizer.decode(asked.ids, skip_special_tokens=True) if self.exits.prompt.chat else asked.text
        )

    def token_text(self, token: int) -> str:
        """The text of one token with the space that it begins with; nothing for a special one.

        That space is lost at the start of a text.
        """
        decode = self.loaded.tokenizer.decode
        before = decode([*self._word], skip_special_tokens=True)
        return decode([*self._word, token], skip_special_tokens=True)[len(before) :]

    def unknown(self, asked: Asked) -> int:
        """How many of its tokens stand for text that the vocabulary does not have; an end that does is none of them."""
        return (*asked.ids, *asked.reference[:-1]).count(self.loaded.tokenizer.unk_token_id)

    @cached_property
    def _word(self) -> tuple[int, ...]:
        """A word that other tokens can follow."""
        return tuple(self.loaded.tokenizer("a", add_special_tokens=False)["input_ids"])

    @cached_property
    def end_id(self) -> int:
        """The token that ends an answer. Raises UserError where it is not one token."""
        tokenizer, end = self.loaded.tokenizer, self.exits.end
        if end is None:
            if tokenizer.eos_token_id is None:
                raise UserError(f"{self._name}: its tokenizer has no end token; name the text of one as `end`")
            return tokenizer.eos_token_id
        before, after = (tokenizer(text)["input_ids"] for text in ("a", f"a{end}"))
        if len(after) != len(before) + 1:
            raise UserError(f"{self._name}: `end` {printable(end)!r} is no single token of its tokenizer")
        return after[-1]

    @cached_property
    def stops(self) -> frozenset[int]:
        """What ends an answer: the end, all tokens that hold its text, and those that end a text for the model."""
        tokenizer, ends = self.loaded.tokenizer, self.loaded.model.generation_config.eos_token_id
        own = {self.end_id, tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])} - {None}
        if self.exits.end is None:
            return frozenset(own)
        texts = tokenizer.batch_decode([[token] for token in range(len(tokenizer))])
        return frozenset(own | {token for token, text in enumerate(texts) if self.exits.end in text})

    @property
    def _name(self) -> str:
        return self.loaded.report.model

    def _asked(self, example: Instruction | Shown, room: int) -> Asked:
        name = example.name if isinstance(example, Shown) else example.id
        text, space = self.exits.prompt.filled(example.instruction, example.input), " "
        if self.exits.prompt.chat:
            text, space = chat_text(self.loaded.tokenizer, text), ""
        ids, whole = (self._tokens(each) for each in (text, f"{text}{space}{example.output}{self.exits.end or ''}"))
        if not ids:
            raise UserError(f"{self._name}: {name}: the prompt is empty")
        if len(ids) > room:
            what = f"{self._name}: {name}: the prompt has {len(ids)} tokens, and beside its answer is room for {room}"
            raise UserError(f"{what}; lower longest_prompt, or raise max_tokens where the model's context allows it")
        if whole[: len(ids)] != ids:
            raise UserError(f"{self._name}: {name}: its tokenizer melts the end of the prompt into the answer")
        reference = whole[len(ids) :] if self.exits.end else [*whole[len(ids) :], self.end_id]
        if self.exits.end and reference[-1] not in self.stops:
            raise UserError(f"{self._name}: {name}: its tokenizer melts the end of the answer into something else")
        return Asked(name, text, tuple(ids), tuple(reference))

    def _tokens(self, text: str) -> list[int]:
        return self.loaded.tokenizer(text, verbose=False)["input_ids"]


def rows_about_examples(reader: Reader, parts: Parts) -> Iterator[Row]:
    """How the examples of each part became prompts and references of the model."""
    exits = reader.exits
    for part, examples in parts.named().items():
        asked = reader.ask(examples)
        yield {
            "model": exits.model.name,
            "part": part,
            "n": len(asked),
            "max_tokens": exits.training.max_tokens,
            "max_new_tokens": exits.max_new_tokens,
            "longest_prompt": max(len(each.ids) for each in asked),
            "longest_reference": max(len(each.reference) for each in asked),
            "cut": sum(len(each.reference) > exits.max_new_tokens for each in asked),
            "unknown": sum(map(reader.unknown, asked)),
        }


def rows_about_shown(reader: Reader) -> Iterator[Row]:
    """The shown prompts as the model reads them."""
    for shown, asked in zip(reader.exits.shown, reader.ask(reader.exits.shown), strict=True):
        yield {
            "model": reader.exits.model.name,
            "prompt": shown.name,
            "instruction": shown.instruction,
            "input": shown.input,
            "reference": shown.output,
            "text": asked.text,
            "tokens": len(asked.ids),
        }
