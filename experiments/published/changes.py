"""Pairs "from … to …" in the words of a claim, against the figures that it compares.

A pair that may be of something else, such as a range or a setting, is let pass.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from experiments.published import lexicon
from experiments.published.amounts import Span, both_spans, names_one_of, rest_of, span_of, words_of
from experiments.published.choices import pairs
from experiments.published.directions import OTHER_SIDE, is_denied, stated_directions
from experiments.published.sides import names, sides
from experiments.published.transcription import Figure
from experiments.tables.claims import Rises, lower_is_better
from experiments.tables.closed import Closed
from experiments.tables.documents.typography import plain, simple
from experiments.tables.printed import UNITS

_NUMBER = (
    r"(?:(?:a|an|about|approximately|roughly|nearly|almost|around|some|over|under|above|below|only|just|merely|"
    r"(?:more|less) than|at (?:least|most)|close to|up to|not even|as (?:low|high|little|much) as) ){0,2}"
    r"\d+(?:[.,]\d+)?"
)
_MEAN = re.compile(r"\b(?:means?|averag(?:e|es|ed|ing))\b", re.I)
_FROM_TO = re.compile(
    rf"\bfrom (?P<first>{_NUMBER})(?P<mark> ?(?:%|percent\b|per cent\b))?(?: (?:with|of|for|at|by) [^,;.\d]{{1,40}})? "
    rf"to (?P<last>{_NUMBER})(?![.,]?\d)(?P<unit> ?(?:%|percent\b|per cent\b)| (?:percentage )?points\b)?"
    r"(?=\W*$|[.,;:)]| (?:with|on|for|by|after|when|in|and|but|while|at|through|as)\b)",
    re.I,
)
_PART = re.compile(
    r"\b(?:when|where|as|if|by|after|with|which|that|for|at|while|whereas|because|and|but)\b|[,;:]|[.!?]\s", re.I
)
_ROUNDED = ("score", "mean", "mse", "number")


@dataclass(frozen=True)
class _Change:
    """The words that lead to a pair, and whether they are of mistakes."""

    words: str
    of_mistakes: bool


def stated_changes(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """The key `statement` where it says from what to what something goes, and the figures do not go so."""
    compared = [both for both in pairs(claim, figures) if all(each.printed for each in both)]
    if not compared or (len(compared) > 1 and _MEAN.search(claim.statement)):
        return
    text = plain(claim.statement)
    mine, known = (set(_words_about(each)) for each in ((one for both in compared for one in both), figures))
    for found in _FROM_TO.finditer(text):
        change = _change(claim, compared[0][0], text, found)
        if (
            change
            and not names_one_of(known - mine, change.words)
            and (how := _wrong(claim, compared, text, found, change))
        ):
            yield "statement", f"says {found[0]!r}, but {how}"


def _words_about(figures: Iterable[Figure]) -> Iterator[str]:
    """The quantities of figures, and the words by which a statement calls their models and data sets."""
    for figure in figures:
        yield figure.quantity
        yield from (simple(name).split()[0] for name in (figure.model, figure.dataset) if name)


def _change(claim: Closed, figure: Figure, text: str, found: re.Match) -> _Change | None:
    """What leads to a pair that is one of the quantity that is tested; None where it may be another."""
    part, words = _PART.split(text[: found.start()])[-1], rf"\b(?:{words_of(figure.quantity)})(?: rates?)?\b"
    verb = next(reversed(list(lexicon.CHANGES.finditer(part))), None)
    of_share, between = UNITS[figure.printed_unit].tidy == "fraction", sides(claim)
    if verb is None or is_denied(part, verb.start()) or lexicon.OF_OTHERS.search(re.sub(words, " ", part, flags=re.I)):
        return None
    if not of_share and (found["unit"] or figure.printed_unit not in _ROUNDED):
        return None
    of_side = between and (names(part, *between[:2]) or names(part, between[1], between[0]))
    is_named, behind_verb = re.search(words, part, re.I), not part[verb.end() :].strip()
    at_once = re.search(rf"{words}\W*$", part, re.I) or (behind_verb and (is_named or of_side))
    mistakes = bool(lexicon.MISTAKES.search(part)) and not lower_is_better(figure.quantity)
    if not (at_once or (found["unit"] and is_named)) or (mistakes and not of_share):
        return None
    return _Change(part, mistakes)


def _wrong(
    claim: Closed, compared: Sequence[tuple[Figure, Figure]], text: str, found: re.Match, change: _Change
) -> str | None:
    """How the figures contradict a pair; None where they do not."""
    first, last = (span_of(one.split()[-1], one.rpartition(" ")[0] + " ") for one in (found["first"], found["last"]))
    ends = [spans[::-1] for both in compared if (spans := both_spans(*both))]
    if change.of_mistakes:
        ends = [(rest_of(start), rest_of(end)) for start, end in ends]
    of_share = UNITS[compared[0][0].printed_unit].tidy == "fraction"
    factors = (1, 100) if of_share and not (found["mark"] or found["unit"]) else (1,)
    stated = [[Span(each.low * factor, each.high * factor) for each in (first, last)] for factor in factors]
    on, back = (
        any(one.meets(start) and other.meets(end) for one, other in stated for start, end in order)
        for order in (ends, [each[::-1] for each in ends])
    )
    if ends and not on and not back:
        return "the figures that are compared are others"
    way = "up" if first.low < last.low else "down"
    lower = lower_is_better(compared[0][0].quantity) or change.of_mistakes
    said = stated_directions(change.words, lower_is_better=lower)
    if len(said) == 1 and way not in said:
        return f"that goes {way}"
    between = sides(claim)
    of_first = claim.predicate != "less" and between and names(change.words, *between[:2])
    if back and not on and (isinstance(claim, Rises) or of_first) and not OTHER_SIDE.search(text[: found.start()]):
        return "the figures stand the other way round"
    return None
