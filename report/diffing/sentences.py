"""Which sentences of the pages read otherwise. Cells of tables are left to the numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from report.checking.passages import read_passages
from report.diffing.model import SentenceChange

_LEFT_OUT = frozenset(("table cell", "table head", "output", "title"))
_END = re.compile(r"(?<=[.!?])[”’)\]]*\s+(?=[^\sa-z])")
_DIGITS = re.compile(r"\d+(?:[.,\u2009\u202f]\d+)*")
_ALIKE = 0.5
"""How much of two sentences must be the same for one to have become the other."""
_AHEAD = 20
"""Sentences among which the one is looked for that another became."""


class Sentence(NamedTuple):
    """A sentence, and where it stands."""

    place: str
    label: str | None
    text: str

    @property
    def skeleton(self) -> tuple[str, str | None, str]:
        """The sentence without its digits."""
        return self.place, self.label, _DIGITS.sub("0", self.text)


def read_sentences(page: Path, own: Iterable[str]) -> list[Sentence]:
    """The sentences of a page. What it says of its `own` version reads the same in all versions.

    Raises PageError for what is no page.
    """
    names = [re.escape(each) for each in sorted(own, key=len, reverse=True)]
    version = re.compile("|".join(names)) if names else None
    found = []
    for passage in read_passages(page):
        if passage.place in _LEFT_OUT:
            continue
        text = " ".join(passage.text.split())
        text = version.sub("<version>", text) if version else text
        found += [Sentence(passage.place, passage.label, each) for each in _END.split(text) if each]
    return found


def compare_sentences(
    before: Mapping[str, Sequence[Sentence]], after: Mapping[str, Sequence[Sentence]]
) -> list[SentenceChange]:
    """The sentences of pages, by page, that changed, came or went: first those that changed in their words."""
    found: dict[SentenceChange, list[str]] = {}
    for page in sorted({*before, *after}):
        for change in _changes(before.get(page, ()), after.get(page, ())):
            found.setdefault(change, []).append(page)
    told = [change.model_copy(update={"pages": tuple(dict.fromkeys(pages))}) for change, pages in found.items()]
    return sorted(told, key=lambda each: (not each.words, each.before is None or each.after is None))


def _changes(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[SentenceChange]:
    matcher = SequenceMatcher(None, [each.skeleton for each in old], [each.skeleton for each in new], autojunk=False)
    for word, start, end, begin, stop in matcher.get_opcodes():
        both = old[start:end], new[begin:stop]
        for was, now in zip(*both, strict=True) if word == "equal" else _paired(*both):
            if was is None or now is None or was.text != now.text:
                known = now or was
                yield SentenceChange(
                    pages=(),
                    place=known.place,
                    label=known.label,
                    before=was.text if was else None,
                    after=now.text if now else None,
                    words=was is None or now is None or was.skeleton[2] != now.skeleton[2],
                )


def _paired(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[tuple[Sentence | None, Sentence | None]]:
    """What one sentence became, in order; a sentence that is like none of the other side came or went."""
    waiting = list(new)
    for was in old:
        likeness = [_likeness(was, now) for now in waiting[:_AHEAD]]
        best = max(range(len(likeness)), key=likeness.__getitem__, default=None)
        if best is not None and likeness[best] >= _ALIKE:
            yield from ((None, now) for now in waiting[:best])
            yield was, waiting[best]
            del waiting[: best + 1]
        else:
            yield was, None
    yield from ((None, now) for now in waiting)


def _likeness(was: Sentence, now: Sentence) -> float:
    if (was.place, was.label) != (now.place, now.label):
        return 0.0
    return SequenceMatcher(None, was.text.split(), now.text.split(), autojunk=False).ratio()
