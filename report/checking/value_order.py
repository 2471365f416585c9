"""Whether two shown values stand in a sentence as its word says: "higher (2) than there (1)", "rises from 1 to 2".

Only where that is certain: the sentence rests on a comparison of these two, and one word alone compares them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from report.checking.lexicon import Comparative, tells_amounts
from report.checking.passages import Passage, Span
from report.checking.relations import Relation
from report.ledger.model import Fact

_FROM = re.compile(r"[^.,;:()]{0,40}\bfrom[ \u00a0]")
_TO = re.compile(r"[ \u00a0]to[ \u00a0]")
_BEFORE = re.compile(r"(?:(?!\bthan\b)[^.;:]){0,60}")
_THAN = re.compile(r"[^.;:]{0,60}\bthan\b[^.;:]{0,60}")
_STANDS = re.compile(r"[^.,;:()]{0,40}")


def values_turned_round(
    passage: Passage,
    claim: Span,
    words: Sequence[Comparative],
    listed: Mapping[str, Fact],
    relations: Sequence[Relation],
) -> Iterator[tuple[int, int, str]]:
    """Each word of a claim beside which its two values stand the other way round: start, end and what is wrong."""
    compared = [{relation["left"]["how"], relation["right"]["how"]} for relation in relations]
    if not any(len(sides) > 1 for sides in compared):
        return
    words = [word for word in words if word.wants in ("up", "down") and claim.start <= word.start < claim.end]
    facts = [span for span in passage.spans if span.sort == "fact" and claim.start <= span.start < claim.end]
    for first, second in pairwise(sorted(facts, key=lambda span: span.start)):
        values = [fact for span in (first, second) if (fact := listed.get(span.name or "")) is not None]
        if len(values) < 2 or {fact.how for fact in values} not in compared:
            continue
        near = [word for word in words if word.end <= second.start][-1:]
        before, after = (fact.value for fact in values)
        if not near or not _are_numbers(before, after) or near[0].negated or not tells_amounts(near[0]):
            continue
        order = _order(passage.text, near[0], first, second)
        wanted = order if near[0].wants == "up" else -order
        if wanted * (after - before) < 0:
            shown = " and ".join(passage.text[span.start : span.end] for span in (first, second))
            yield near[0].start, near[0].end, f"{shown} stand the other way round than “{near[0].text}” says"


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _order(text: str, word: Comparative, first: Span, second: Span) -> int:
    """1 where a word for more wants the second value to be the larger one, -1 for the first one, 0 if it is open."""
    if word.end <= first.start:
        if _FROM.fullmatch(text, word.end, first.start):
            return 1 if _TO.fullmatch(text, first.end, second.start) else 0
        named = _BEFORE.fullmatch(text, word.end, first.start)
        return -1 if named and _THAN.fullmatch(text, first.end, second.start) else 0
    stands = _STANDS.fullmatch(text, first.end, word.start)
    through = word.text.lower().endswith(" than") or _THAN.match(text, word.end, second.start)
    return -1 if stands and through and _STANDS.fullmatch(text, word.end, second.start) else 0
