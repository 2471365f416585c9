"""Rules that choose examples. Each is a function of the examples and a seed alone, and keeps the order of the file."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from experiments.data.errors import SettingError
from experiments.data.examples import Example, Pair, Question, Sentence
from experiments.data.stored import keep_where, take_at
from experiments.tables.digest import ListDigest
from experiments.tables.errors import UserError

E = TypeVar("E", bound=Example)
Labelled = TypeVar("Labelled", Sentence, Pair)


def first(examples: Sequence[E], n: int) -> Sequence[E]:
    """The first `n`. Raises UserError where there are fewer."""
    _enough(examples, n)
    return take_at(examples, range(n))


def sample(examples: Sequence[E], n: int, seed: int) -> Sequence[E]:
    """`n` of them at random without replacement. Raises UserError where there are fewer."""
    _enough(examples, n)
    return take_at(examples, sorted(random.Random(seed).sample(range(len(examples)), n)))


def stratified(examples: Sequence[Labelled], share: float, seed: int) -> tuple[Sequence[Labelled], ...]:
    """Two parts, the first with `share` of the examples, both with the labels in the proportions of the whole.

    Raises UserError where a label is too rare to stand in both.
    """
    from sklearn.model_selection import train_test_split

    _a_share(share)
    labels = [example.label for example in examples]
    try:
        one, other = train_test_split(range(len(examples)), train_size=share, stratify=labels, random_state=seed)
    except ValueError as error:
        parts = f"{share:g} to {1 - share:g}"
        message = f"{len(examples)} examples cannot be split {parts} by label: {error}"
        raise SettingError(message, "split", "share") from None
    return take_at(examples, sorted(one)), take_at(examples, sorted(other))


def cut(examples: Sequence[E], share: float, seed: int) -> tuple[Sequence[E], Sequence[E]]:
    """Cut a data set that comes in one into two parts, the first with `share` of the examples.

    `train_test_split` of `datasets` makes them: both have the labels in the proportions of the whole; questions are cut
    by article, or by paragraph where all are of one. Raises UserError where a label is too rare to stand in both.
    """
    _a_share(share)
    if isinstance(examples[0], Question):
        return grouped(examples, share, seed, topics(examples))
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    table = {"number": list(range(len(examples)))}
    labelled = isinstance(examples[0], Sentence | Pair)
    found = Dataset.from_dict(table | ({"label": [example.label for example in examples]} if labelled else {}))
    if labelled:
        found = found.class_encode_column("label")
    try:
        parts = found.train_test_split(
            train_size=share,
            seed=seed,
            stratify_by_column="label" if labelled else None,
            keep_in_memory=True,
            load_from_cache_file=False,
        )
    except ValueError as error:
        message = f"{len(examples)} examples cannot be cut {share:g} to {1 - share:g}: {error}"
        raise SettingError(message, "data", "cut", "share") from None
    one, other = (sorted(part["number"]) for part in (parts["train"], parts["test"]))
    return take_at(examples, one), take_at(examples, other)


def grouped(
    examples: Sequence[E], share: float, seed: int, group: Callable[[E], str]
) -> tuple[Sequence[E], Sequence[E]]:
    """Two parts, the first with about `share` of the examples; no group (a paragraph, an article) stands in both.

    Groups are taken in random order until the first part is as near to `share` as it comes. Raises UserError where
    there are fewer than two groups.
    """
    _a_share(share)
    sizes: dict[str, int] = {}
    for example in examples:
        sizes[group(example)] = sizes.get(group(example), 0) + 1
    if len(sizes) < 2:
        message = f"{len(examples)} examples of {len(sizes)} group cannot be split by group"
        raise SettingError(message, "split", "share")
    names = list(sizes)
    random.Random(seed).shuffle(names)
    taken, ours, wanted = 0, set(), share * len(examples)
    for name in names[:-1]:  # the last group is always the other part's
        if ours and abs(taken + sizes[name] - wanted) > abs(taken - wanted):
            continue
        ours.add(name)
        taken += sizes[name]
    return (
        keep_where(examples, lambda example: group(example) in ours),
        keep_where(examples, lambda example: group(example) not in ours),
    )


def topics(questions: Sequence[Question]) -> Callable[[Question], str]:
    """What keeps apart: articles, or paragraphs where all are of one article, or of none that is named."""
    return by_article if len({by_article(question) for question in questions}) > 1 else by_paragraph


def by_article(question: Question) -> str:
    """The group that keeps the paragraphs of an article together."""
    return question.title


def by_paragraph(question: Question) -> str:
    """The paragraph of a question, by which a data set can be cut."""
    return question.paragraph


def digest(examples: Sequence[Example]) -> str:
    """SHA-256 of which examples these are, in their order: ids and contents."""
    found = ListDigest()
    for example in examples:
        found.add(repr(example))
    return found.hexdigest()


def _enough(examples: Sequence[Example], n: int) -> None:
    if not 0 < n <= len(examples):
        raise UserError(f"cannot take {n} of {len(examples)} examples")


def _a_share(share: float) -> None:
    if not 0 < share < 1:
        raise UserError(f"a share of {share:g} leaves one part empty; it must lie between 0 and 1")
