"""Leakage: texts that stand on both sides of a split, whatever their case, punctuation and spacing."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from experiments.data.examples import Example, text_of
from experiments.data.stored import keep_where
from experiments.tables.errors import UserError

E = TypeVar("E", bound=Example)
Text = Callable[[Example], str]


def normalise(text: str) -> str:
    """Letters and digits of `text` in compatibility form (NFKC), case folded, words one space apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def overlap(left: Sequence[Example], right: Sequence[Example], text: Text = text_of) -> list[tuple[str, str]]:
    """The ids of examples with the same normalised text, one pair for each example of `right` that stands in `left`."""
    where = {short(text(example)): example.id for example in reversed(left)}
    pairs = ((where.get(short(text(example))), example.id) for example in right)
    return [(ours, theirs) for ours, theirs in pairs if ours is not None]


def short(text: str) -> bytes:
    """What tells normalised texts apart, at the price of a few bytes."""
    return hashlib.blake2b(normalise(text).encode(errors="surrogatepass"), digest_size=16).digest()


def without(examples: Sequence[E], held_out: Iterable[Example], text: Text = text_of) -> Sequence[E]:
    """The examples whose normalised text is not among the held-out ones."""
    seen = {short(text(example)) for example in held_out}
    return keep_where(examples, lambda example: short(text(example)) not in seen)


def check_disjoint(
    left: Sequence[Example], right: Sequence[Example], names: tuple[str, str], text: Text = text_of
) -> None:
    """Raises UserError where a text stands on both sides."""
    pairs = overlap(left, right, text)
    if pairs:
        ours, theirs = pairs[0]
        raise UserError(
            f"{len(pairs)} texts of {names[1]} stand in {names[0]} too, the first as {ours} and {theirs}; "
            "leave them out of one side"
        )
