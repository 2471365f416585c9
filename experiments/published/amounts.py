"""Points, percentages and multiples in the words of a claim, against the figures that it compares."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf

from experiments.published import lexicon
from experiments.published.choices import pairs
from experiments.published.directions import SPEED, is_denied
from experiments.published.transcription import Figure
from experiments.tables.claims import lower_is_better
from experiments.tables.closed import Closed
from experiments.tables.documents.typography import plain, simple
from experiments.tables.printed import last_place, read_printed

_AMOUNT = re.compile(
    rf"(?<![\w.,⁄/-])(?<![-±] )"
    rf"(?:{lexicon.TIMES}|{lexicon.POINTS}|{lexicon.PERCENT}|{lexicon.BY_PERCENT})(?!\w)",
    re.I,
)
_PART = re.compile(r"[,;(]|\b(?:and|but|while)\b")
_MORE = re.compile(r"\W*(?!as\b)\w+", re.I)
_THAT = re.compile(r" that of\b", re.I)
_AT_THE_END = re.compile(r"\W*$|[.,;]| (?:with|by|from|after|when|through|on|in)\b", re.I)


@dataclass(frozen=True)
class Span:
    """What a number in words or a print stands for: all between two ends."""

    low: float
    high: float

    def meets(self, other: "Span") -> bool:
        """Whether both may be one number."""
        return self.low <= other.high + 1e-9 and other.low <= self.high + 1e-9


def stated_amounts(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """The key `statement` where it says how many points, per cent or times lie between two figures, and none do."""
    compared = [both for both in pairs(claim, figures) if all(each.printed for each in both)]
    if not compared:
        return
    text, others = plain(claim.statement), {each.quantity for each in figures} - {compared[0][0].quantity}
    for found in _AMOUNT.finditer(text):
        if not _is_of(compared[0][0].quantity, text, found) or names_one_of(others, text[: found.start()]):
            continue
        if (
            _is_multiple(found)
            and is_denied(text, found.start())
            and not lexicon.LESS_THAN.search(text[: found.start()])
        ):
            continue
        stated, (of, *maybe) = _stated(text, found), _amounts(found, compared, text)
        if of and not any(stated.meets(span) for spans in (of, *maybe) for span in spans):
            printed = sorted({f"{(span.low + span.high) / 2:.3g}" for span in of}, key=float)
            unit = "times" if _is_multiple(found) else "points"
            yield (
                "statement",
                f"says {found[0].strip()!r}, but between the printed figures lie {' or '.join(printed)} {unit}",
            )


def _is_of(quantity: str, text: str, found: re.Match) -> bool:
    """Whether an amount is one of the quantity that is tested: not "three times faster" where that is the accuracy."""
    words = words_of(quantity)
    if found["points"]:
        return True
    clause, after = _PART.split(text[: found.start()])[-1], text[found.end() :]
    if found["by"] or found["factor"]:
        others = re.sub(rf"\b(?:{words})\b", " ", clause, flags=re.I)
        if found["factor"] and lexicon.OF_OTHERS.search(others):
            return False
        return bool(re.search(rf"\b(?:{words}|{lexicon.BETTER}|{lexicon.WORSE})\b", clause, re.I))
    if _THAT.match(after) or (found["doubles"] and _AT_THE_END.match(after)):
        return bool(re.search(rf"\b(?:{words})\b", clause, re.I)) and not lexicon.OF_OTHERS.search(clause)
    speed = bool(SPEED.search(quantity))
    return bool(lexicon.compares_in(words, speed=speed).match(after))


def words_of(quantity: str) -> str:
    """A pattern of words that name a quantity, scores or mistakes."""
    return rf"{'|'.join(map(re.escape, simple(quantity).split()))}|scores?|{lexicon.MISTAKES.pattern}"


def names_one_of(quantities: Collection[str], before: str) -> bool:
    """Whether the part of a sentence that leads to an amount names one of these quantities."""
    part = f" {simple(_PART.split(before)[-1])} "
    return any(f" {simple(each)} " in part for each in quantities)


def _stated(text: str, found: re.Match) -> Span:
    """The amounts that words can mean: half a unit in the last place on either side, more where they say so."""
    group = next(name for name, each in found.groupdict().items() if each)
    span = span_of(found[group], lexicon.OF_FACTOR.sub("", text[: found.start(group)]))
    return Span(1, span.high) if _is_multiple(found) and not span.low and span.high > 1 else span


def span_of(word: str, before: str) -> Span:
    """What a number or a number word can stand for behind these words."""
    word = word.lower()
    number = Decimal(str(lexicon.NUMBERS.get(word, word.replace(",", "."))))
    half, value = float(last_place(number)) / 2, float(number)
    if lexicon.MORE_THAN.search(before):
        return Span(value - half, inf)
    if lexicon.LESS_THAN.search(before):
        return Span(0, value + half)
    if lexicon.ABOUT.search(" ".join(before.split()[-2:])) or word in lexicon.NUMBERS:
        half = max(half, value / 4)
    return Span(value - half, value + half)


def _is_multiple(found: re.Match) -> bool:
    return any(found[name] for name in ("times", "fold", "twice", "doubles", "factor"))


def _amounts(found: re.Match, compared: Sequence[tuple[Figure, Figure]], text: str) -> Iterator[list[Span]]:
    """What lies between the figures, first as it is named, then as it may be meant."""
    spans = [span for both in compared if (span := both_spans(*both)) is not None]
    ratios = [ratio for left, right in spans for ratio in (_ratio(left, right), _ratio(right, left))]
    points = [_difference(left, right) for left, right in spans]
    of_mistakes = lexicon.MISTAKES.search(text) and not lower_is_better(compared[0][0].quantity)
    turned = ((left, right) for both in spans for left, right in (both, both[::-1])) if of_mistakes else ()
    missing = [_ratio(rest_of(left), rest_of(right)) for left, right in turned]  # of what is missing to 100%
    if _is_multiple(found):
        yield ratios[::2]
        yield ratios[1::2]
        if _MORE.match(text, found.end()):  # twice more may be three times as much
            yield [Span(ratio.low - 1, ratio.high - 1) for ratio in ratios]
        yield missing
        return
    yield points
    if not found["points"]:
        yield [Span(100 * abs(each.low - 1), 100 * abs(each.high - 1)) for each in map(_ordered, ratios + missing)]


def _ordered(ratio: Span) -> Span:
    """A ratio whose distance from 1 grows from its low end to its high one."""
    return ratio if ratio.low >= 1 else Span(ratio.high, ratio.low) if ratio.high <= 1 else Span(1, ratio.high)


def both_spans(left: Figure, right: Figure) -> tuple[Span, Span] | None:
    """The values that round to both prints, shares in per cent; None where one has no value or no bound."""
    spans = []
    for each in (left, right):
        tidy = read_printed(each.printed, each.printed_unit, each.decimal)
        if tidy.low is None or tidy.high is None:
            return None
        factor = 100 if tidy.unit == "fraction" else 1
        spans.append(Span(tidy.low * factor, tidy.high * factor))
    return spans[0], spans[1]


def rest_of(share: Span) -> Span:
    """What is missing to 100%."""
    return Span(100 - share.high, 100 - share.low)


def _difference(left: Span, right: Span) -> Span:
    low, high = left.low - right.high, left.high - right.low
    return Span(max(low, -high, 0.0), max(abs(low), abs(high)))


def _ratio(left: Span, right: Span) -> Span:
    if right.low <= 0:
        return Span(left.low / right.high if right.high > 0 else 0.0, inf)
    return Span(left.low / right.high, left.high / right.low)
