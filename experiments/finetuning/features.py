"""What about a test example may explain a right or a wrong prediction: the run table `features`."""

import re
from collections.abc import Iterator

from experiments.data.examples import Pair, Sentence
from experiments.data.parts import TEST
from experiments.finetuning.parts import EncodedParts

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
NEGATIONS = {
    "no",
    "not",
    "never",
    "none",
    "nobody",
    "nothing",
    "nowhere",
    "neither",
    "nor",
    "without",
    "cannot",
    "hardly",
    "barely",
    "scarcely",
    "nt",
}


def feature_rows(encoded: EncodedParts) -> Iterator[dict[str, object]]:
    """A row for each test example; never its text."""
    for example, length in zip(encoded.parts.examples[TEST], encoded.lengths[TEST], strict=True):
        texts = (example.text,) if isinstance(example, Sentence) else (example.premise, example.hypothesis)
        yield {
            "id": example.id,
            "gold": example.label,
            "words": sum(len(words(text)) for text in texts),
            "tokens": length,
            "truncated": encoded.is_cut(length),
            "overlap": overlap(example),
            "negation": is_negated(texts[-1]),
        }


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return _WORD.findall(text.casefold())


def is_negated(text: str) -> bool:
    """Whether a word negates: one of `NEGATIONS`, or one that ends in n't ("isn't", and "n't" apart as in SST-2)."""
    if any(word in NEGATIONS or word.endswith(("n't", "n’t")) for word in words(text)):
        return True
    return re.search(r"(?<!\w)n['’]t(?!\w)", text.casefold()) is not None


def overlap(example: Sentence | Pair) -> float | None:
    """Share of the hypothesis' distinct words that stand in the premise; None for a single text or no words."""
    if isinstance(example, Sentence):
        return None
    wanted = set(words(example.hypothesis))
    return len(wanted & set(words(example.premise))) / len(wanted) if wanted else None
