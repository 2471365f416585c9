"""Find the numbers and names of facts in the text of a document, each on the pages of its own chapter.

Tables and figures float, so that within a chapter a value may stand pages away from the text before it. Each occurrence
of a number counts once: of two facts that show 66.7, both must be there.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from experiments.tables.errors import printable
from report.ledger.model import Fact

BREAKABLE = 6
"""Characters from which a number may be broken over lines in a narrow column."""
LONG = 40
"""Characters of a word that no line holds."""
_NUMBER = re.compile(r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?")
_RUN = re.compile(r"[−-]?\d+(?:[.,]\d+)*|[A-Za-z]+|.")
_WORD = re.compile(r"[A-Za-z0-9]+")
# Hyphens at the end of a line, and what Typst may break a long word at.
_BREAKS = re.compile(r"[-\u2010\u00ad]?\s+|\u200b|\u00ad")


def missing(pages: Sequence[str], starts: Sequence[int], facts: Sequence[Fact]) -> Iterator[str]:
    """What the text does not show of facts in the order of the document, a line each.

    `starts` are the indices of the pages on which a chapter begins; parts without facts may be among them.
    """
    chapters = [list(own) for _, own in groupby(facts, key=lambda fact: fact.chapter)]
    bounds = sorted({0, *starts})
    # A chapter may begin in the middle of a page, on which the one before ends.
    parts = ["\n".join(pages[first : last + 1]) for first, last in zip(bounds, [*bounds[1:], len(pages)], strict=True)]
    if len(parts) < len(chapters):
        parts, chapters = ["\n".join(pages)], [list(facts)]
    texts = [Text(part) for part in parts]
    for own, text in zip(chapters, _chosen(chapters, texts), strict=True):
        yield from text.missing(own)


class Text:
    """The text of a chapter: how often each number stands in it, and its letters without line breaks."""

    def __init__(self, text: str) -> None:
        self.numbers = _counted(text)
        from_the_right = "\n".join(line for line in text.splitlines() if any(map(_is_from_the_right, line)))
        turned = _turned(from_the_right)
        self.numbers += _counted(turned) - _counted(from_the_right)
        text += f"\n\n{turned}"
        self._unbroken = _plain(_BREAKS.sub("", text))
        self._words = set(_WORD.findall(unicodedata.normalize("NFKC", text)))

    def shows(self, numbers: Counter[str], words: Set[str]) -> int:
        """How many of the numbers and words stand in it."""
        return sum((numbers & self.numbers).values()) + len(words & self._words)

    def missing(self, facts: Sequence[Fact]) -> Iterator[str]:
        """The numbers and words of facts that are not there, a line for each fact and number."""
        free = self.numbers.copy()
        for fact in facts:
            shows = f"chapter {fact.chapter}: fact {fact.id} ({fact.how}) shows it"
            for number in _numbers(fact):
                if free[number] > 0:
                    free[number] -= 1
                elif len(number) < BREAKABLE or number not in self._unbroken:
                    yield f"{number} is not where it belongs; {shows}"
            if lost := [word for word in _words(fact) if not self._has(word)]:
                yield f"{printable(', '.join(lost), 200)}: not there; {shows}"

    def _has(self, word: str) -> bool:
        """Whether a word stands there; of one that no line holds, its beginning.

        The rest may run over pages, with what stands beside it in between, or out of the page.
        """
        return word[:LONG] in self._unbroken


def _counted(text: str) -> Counter[str]:
    return Counter(map(_plain, _NUMBER.findall(text)))


def _is_from_the_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def _turned(text: str) -> str:
    """What PDFium makes of a line that goes from the right, undone: "llama3b" is "b3llama" there, and 1e-7 "-7e1"."""
    return re.sub(r"\S+", lambda token: "".join(reversed(_RUN.findall(token[0]))), text)


def _numbers(fact: Fact) -> list[str]:
    """The numbers of a fact; those in a name are parts of its words."""
    return [] if isinstance(fact.value, str) else [_plain(number) for number in _NUMBER.findall(fact.text)]


def _words(fact: Fact) -> list[str]:
    return [] if _numbers(fact) else _WORD.findall(unicodedata.normalize("NFKC", fact.text))


def _chosen(chapters: Sequence[Sequence[Fact]], texts: Sequence[Text]) -> list[Text]:
    """The text of each chapter: of all ways to choose texts in their order, the one in which most of it stands."""
    needed = [
        (Counter(number for fact in own for number in _numbers(fact)), {word for fact in own for word in _words(fact)})
        for own in chapters
    ]
    # best[k]: of the first k chapters, how much stands in the texts chosen for them so far, and these texts.
    best: list[tuple[int, list[Text]]] = [(0, [])]
    for text in texts:
        last = [(score + text.shows(*own), [*chosen, text]) for own, (score, chosen) in zip(needed, best, strict=False)]
        earlier = [*best[1:], (-1, [])]
        best = [best[0], *map(_higher, earlier, last)]
    return best[len(chapters)][1]


def _higher(one: tuple[int, list[Text]], other: tuple[int, list[Text]]) -> tuple[int, list[Text]]:
    return one if one[0] >= other[0] else other


def _plain(text: str) -> str:
    return text.replace("−", "-")
