"""The questions of a study: trained on, validated on and tested on, with no paragraph on two sides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from experiments.answering.study import Settings, Split
from experiments.data.errors import SettingError
from experiments.data.examples import Question
from experiments.data.load import load_split, local_paths
from experiments.data.overlap import check_disjoint, without
from experiments.data.parts import TEST, TRAIN, VALIDATION, ThreeParts
from experiments.data.splits import by_article, digest, grouped, sample, topics
from experiments.data.stored import keep_where, take_at
from experiments.metrics import squad


@dataclass(frozen=True)
class Parts(ThreeParts[Question]):
    """The three parts; a question is left out of one where its paragraph stands in a later one."""

    settings: Settings


class HasParts(Protocol):
    """What the table of splits is made from."""

    parts: Parts


def split_rows(found: HasParts) -> Iterator[dict[str, object]]:
    """The questions of each part: where they are from, how they were chosen, and how many there are."""
    parts = found.parts
    split = parts.settings.split
    splits = {TRAIN: split.train, VALIDATION: split.train, TEST: split.test}
    for part, questions in parts.named().items():
        yield {
            "part": part,
            "dataset": parts.settings.data.name,
            "split": splits[part],
            "rule": parts.rules[part],
            "n": len(questions),
            "n_answerable": sum(question.answerable for question in questions),
            "paragraphs": len({question.paragraph for question in questions}),
            "articles": len({question.title for question in questions}),
            "left_out": parts.left_out[part],
            "sha256": digest(questions),
        }


def choose(settings: Settings) -> Parts:
    """Raises UserError where a split is not found or damaged, and where a part comes out too small."""
    data, split = settings.data, settings.split
    found = {name: load_split(data.entry, name) for name in (split.train, split.test)}
    read = _short(found, split.train, split)
    topic = topics(read)
    train, validation = grouped(read, split.share, split.seed, topic)
    pools = {TRAIN: train, VALIDATION: validation, TEST: _short(found, split.test, split)}
    kept = {
        TRAIN: _apart(pools[TRAIN], chain(pools[VALIDATION], pools[TEST])),
        VALIDATION: _apart(pools[VALIDATION], pools[TEST]),
        TEST: pools[TEST],
    }
    counts = {TRAIN: split.train_n, VALIDATION: split.validation_n, TEST: split.test_n}
    parts = {part: _drawn(kept[part], n, split.seed, part) for part, n in counts.items()}
    for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
        names = f"the {one} part", f"the {other} part"
        check_disjoint(_paragraphs(parts[one]), _paragraphs(parts[other]), names, _context)
    return Parts(
        **parts,
        rules={
            part: _rule(split, part, len(kept[part]), n, " of articles" if topic is by_article else "")
            for part, n in counts.items()
        },
        left_out={part: len(pools[part]) - len(kept[part]) for part in pools},
        digests={name: digest for read in found.values() for name, digest in read.digests.items()},
        settings=settings,
    )


def data_paths(settings: Settings) -> dict[str, Path | None]:
    """The files of the splits on this machine, None for what is not here."""
    return local_paths(settings.data.entry, (settings.split.train, settings.split.test))


def for_scoring(question: Question) -> squad.Question:
    """The question as the metrics take it."""
    return squad.Question(question.id, question.paragraph, tuple(answer.text for answer in question.answers))


def _short(found: Mapping, name: str, split: Split) -> Sequence[Question]:
    kept = keep_where(found[name].examples, lambda q: split.longest is None or len(q.context) <= split.longest)
    if not kept:
        message = f"no paragraph of the split {name} has at most {split.longest} characters; raise `longest`"
        raise SettingError(message, "split", "longest")
    return kept


def _apart(questions: Sequence[Question], held_out: Iterable[Question]) -> Sequence[Question]:
    """The questions about paragraphs that are not among the held-out ones."""
    apart = {question.paragraph for question in without(_paragraphs(questions), held_out, _context)}
    return keep_where(questions, lambda question: question.paragraph in apart)


def _paragraphs(questions: Sequence[Question]) -> Sequence[Question]:
    """One question about each paragraph: parts of a split are kept apart by paragraphs, not by questions."""
    first: dict[str, int] = {}
    for at, question in enumerate(questions):
        first.setdefault(question.paragraph, at)
    return take_at(questions, first.values())


def _context(question: Question) -> str:
    return question.context


def _drawn(questions: Sequence[Question], n: int | None, seed: int, part: str) -> Sequence[Question]:
    if not questions or (n or 0) > len(questions):
        message = f"the {part} part has {len(questions)} questions to choose from, and needs {n or 1}"
        raise SettingError(message, "split", f"{part}_n")
    return questions if n is None else sample(questions, n, seed)


def _rule(split: Split, part: str, pool: int, n: int | None, of: str) -> str:
    longest = f" of at most {split.longest} characters" if split.longest else ""
    share = {TRAIN: split.share, VALIDATION: 1 - split.share}.get(part)
    taken = " of all articles" if share is None else f"{of} with {share:.0%} of the questions, seed {split.seed}"
    drawn = "all questions" if n is None else f"{n} of {pool} questions at random, seed {split.seed}"
    return f"{drawn}, about paragraphs{longest}{taken}"
