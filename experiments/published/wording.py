"""What ties the words of a claim to its test: words that say another thing than is tested are a contradiction.

The words are those of the statement, and of the quotation where the document's own say more. A claim whose words say
nothing of the sort that a test decides is let pass: nothing can be told of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from experiments.published.amounts import stated_amounts
from experiments.published.changes import stated_changes
from experiments.published.choices import is_chosen
from experiments.published.claims import ClaimText
from experiments.published.directions import FROM_TO, OTHER_SIDE, Reading, is_denied, tested_directions, told
from experiments.published.lexicon import ABOUT, DIFFERENT, SAME
from experiments.published.sides import joined, names, own_words, sides
from experiments.published.transcription import Figure
from experiments.tables.claims import (
    AllOf,
    AtChance,
    Best,
    DifferenceOf,
    DifferenceSignificant,
    Equal,
    Figures,
    Greater,
    Monotone,
    OnlyTheLast,
    Own,
    Rises,
    Times,
    Within,
    places,
    selectors,
)
from experiments.tables.closed import Closed
from experiments.tables.documents.prints import Print
from experiments.tables.documents.typography import plain, simple

SIGNIFICANT = re.compile(r"\bsignifican(t|tly|ce)\b", re.I)
GUESS = re.compile(r"\b(chance|guess(es|ing)?|random|coin)\b", re.I)
ONLY = re.compile(r"\b(only|alone|solely|exclusively)\b", re.I)
LAST_ALONE = re.compile(
    r"\b(only|alone|solely) (\w+ )?(the )?(last|final|deepest)\b|\b(last|final|deepest) \w+ (alone|only)\b", re.I
)
_THAN = re.compile(r"\bthan\b|\bcompared (?:to|with)\b|\bover\b", re.I)
_AGREES = re.compile(r"\b(?:agrees?|coincides?)\b(?: \w+)? with\b|\b(?:match(?:es)?|equals?)\b", re.I)
_QUOTED_NUMBER = re.compile(r"\d")


def contradictions(claim: ClaimText, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """Each key of a claim, `statement` or `quote`, whose words contradict its test, and how."""
    yield from _another_relation(claim, told(claim))
    yield from _with_itself(claim)
    yield from _swapped_sides(claim)
    yield from _best_is_another(claim, figures)
    yield from stated_amounts(claim, figures)
    yield from stated_changes(claim, figures)
    yield from _about_another(claim, figures)
    yield from _numbers_of_others(claim, figures)


def _another_relation(claim: Closed, readings: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    statement, tested, said = claim.statement, tested_directions(claim), {each.direction for each in readings}
    denied = all(each.denied for each in readings)  # what is no better may be the same
    same, not_same = (_first(SAME, statement, denied=denied) for denied in (False, True))
    if isinstance(claim, Equal):
        same = None if not_same else same
        if denied and (found := not_same or _first(DIFFERENT, statement, denied=False)):
            yield "statement", f"denies with {found[0]!r} what the predicate {claim.predicate} tests"
    if isinstance(claim, Equal | Within) and len(said) == 1 and not same and not denied:
        yield (
            "statement",
            f"says that something goes {_one(said)}, but the predicate {claim.predicate} tests agreement",
        )
    if tested and not isinstance(claim, AllOf) and same and not said:
        yield (
            "statement",
            f"says {same[0]!r}, but the predicate {claim.predicate} tests whether something goes {_one(tested)}",
        )
    if isinstance(claim, Monotone) and len(said) == 1:
        yield (
            "statement",
            f"says that something goes {_one(said)}, but the predicate monotone holds either way",
        )
    if isinstance(claim, Own | AllOf):
        return
    if (found := ABOUT.search(statement)) and isinstance(claim, Equal):
        yield "statement", f"says {found[0]!r}, but the predicate {claim.predicate} tests whether two figures are one"
    if (found := LAST_ALONE.search(statement)) and not said and (tested or isinstance(claim, Monotone)):
        yield "statement", f"says {found[0]!r}, but the predicate {claim.predicate} tests every step"
    quoted = {each.direction for each in told(claim, claim.quote or "")}
    if len(quoted) == len(tested) == 1 and quoted != tested:
        yield (
            "quote",
            f"says that something goes {_one(quoted)}, but the predicate {claim.predicate} tests {_one(tested)}",
        )
    if (found := SIGNIFICANT.search(statement)) and not isinstance(claim, DifferenceSignificant | AtChance):
        yield "statement", f"says {found[0]!r}, but the predicate {claim.predicate} tests no significance"
    if isinstance(claim, AtChance) and said and not any(map(GUESS.search, _texts(claim))):
        yield "statement", "says nothing of a guess, which the predicate at-chance tests"
    if isinstance(claim, OnlyTheLast) and said and not any(map(ONLY.search, _texts(claim))):
        yield "statement", "says that something goes another way than the predicate only-the-last tests"


def _first(words: re.Pattern[str], text: str, *, denied: bool) -> re.Match[str] | None:
    """The first of some words that stands behind a negation, or behind none."""
    return next((found for found in words.finditer(text) if is_denied(text, found.start()) == denied), None)


def _one(directions_: set[str]) -> str:
    return next(iter(directions_))


def _texts(claim: Closed) -> list[str]:
    return [text for text in (claim.statement, claim.quote) if text]


def _with_itself(claim: Closed) -> Iterator[tuple[str, str]]:
    """Figures that are compared with themselves, of which any test holds or fails whatever they are."""
    for test in claim.parts if isinstance(claim, AllOf) else (claim,):
        if not isinstance(test, Greater | Times | Equal | Within | DifferenceOf | DifferenceSignificant):
            continue
        if isinstance(test.right, Figures) and test.left.conditions() == test.right.conditions():
            yield "statement", f"compares nothing: `left` and `right` of {test.predicate} are the same figures"


def _swapped_sides(claim: Closed) -> Iterator[tuple[str, str]]:
    """Sides or steps that the words name the other way round: "the tuned is higher than the base"."""
    between = sides(claim)
    if between is None:
        return
    first, second, keys = between
    for key, text in (("statement", claim.statement), ("quote", claim.quote)):
        if not text or any(each.named for each in told(claim, text)):
            continue  # which way a comparison goes whose side is named was looked at above
        parts = _THAN.split(plain(text))
        agreed = _AGREES.split(plain(text)) if isinstance(claim, Equal | Within) else ()
        if len(agreed) == 2 and names(agreed[0], second, first) and not names(agreed[1], second, first):
            yield key, f"is about {second}, but `left` and `right` are the other way round"
        if len(parts) == 2 and names(parts[0], second, first) and names(parts[1], first, second):
            yield (
                key,
                f"puts {second} before {first}, but {keys} {'are' if ' and ' in keys else 'is'} the other way round",
            )
        elif key == "statement" and len(parts) == 1 and not agreed and not FROM_TO.search(text):
            yield from _first_named(claim, text, first, second, keys)
        found = FROM_TO.search(plain(text)) if isinstance(claim, Rises) else None
        if found and names(found["first"], *_ends(claim)[::-1]) and names(found["last"], *_ends(claim)):
            yield key, f"goes from {found['first']} to {found['last']}, but `steps` go the other way"


def _best_is_another(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """A superlative, or a comparison, that says of another than `left` what the predicate best tests of it."""
    if not isinstance(claim, Best):
        return
    among = [dict(figure) for figure in figures if is_chosen(figure, claim.among.conditions())]
    for field, value in claim.left.conditions().items():
        for other in dict.fromkeys(str(each[field]) for each in among if each[field] not in (None, value)):
            said = {each.direction for each in told(claim, between=(str(value), other)) if each.named}
            if said == {"down" if claim.higher else "up"}:
                yield "statement", f"puts {other} before {value}, but the predicate best tests whether {value} is best"
                return


def _first_named(claim: Closed, text: str, first: str, second: str, keys: str) -> Iterator[tuple[str, str]]:
    """Without "than": a statement is about the later of two steps, or names first what it is about."""
    if isinstance(claim, Rises):
        if names(text, second, first):
            yield "statement", f"speaks of {second}, but {keys} end in {first}"
        return
    words = joined(OTHER_SIDE.sub(" ", text))  # "Unlike the base, the tuned …" is about the tuned
    at, then = (words.find(own_words(*pair)) for pair in ((first, second), (second, first)))
    if 0 <= then < at:
        yield "statement", f"names {second} before {first}, but {keys} are the other way round"


def _ends(claim: Rises) -> tuple[str, str]:
    return str(claim.steps[0]) if claim.steps else "", str(claim.steps[-1]) if claim.steps else ""


FIELDS = ("quantity", "model", "dataset")


def _about_another(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """A statement that names quantities (or models, data sets) of the study, none of which the claim is about."""
    chosen = list(selectors(claim))
    if not chosen or isinstance(claim, AllOf | Own):
        return
    for field in FIELDS:
        known = {str(value) for figure in figures if (value := dict(figure)[field]) is not None}
        about = {value for each in chosen for value in _several(each.conditions().get(field))}
        named = {value for value in known if _mentions(claim.statement, value, known, by_first=field == "model")}
        if about and named and not named & about:
            yield (
                "statement",
                f"speaks of {', '.join(sorted(named))}, but the {field} that is tested is {', '.join(sorted(about))}",
            )


def _several(wanted: object) -> tuple[str, ...]:
    return tuple(map(str, wanted)) if isinstance(wanted, tuple) else () if wanted is None else (str(wanted),)


def _mentions(text: str, value: str, known: Iterable[str], *, by_first: bool) -> bool:
    """Whether a text names a value of a field: in its words, or by the first of them that tells it from the others."""
    words, said = simple(value).split(), f" {simple(text)} "
    if f" {' '.join(words)} " in said or f" {''.join(words)} " in said:
        return True
    first = words[0]
    alone = sum(simple(other).split()[0] == first for other in known) == 1
    return by_first and alone and len(first) > 4 and f" {first} " in said


def _numbers_of_others(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """A quotation with printed figures of the study, none of which the claim is about."""
    if not claim.quote or isinstance(claim, Own) or not _QUOTED_NUMBER.search(claim.quote):
        return
    quote = plain(claim.quote)
    quoted = {
        figure.figure: figure.printed
        for figure in figures
        if figure.printed
        and len(re.sub(r"\D", "", figure.printed)) > 2
        and Print(figure.printed, figure.printed_unit).found_in(quote)
    }
    mine = {
        figure.figure for _, chosen in places(claim) for figure in figures if is_chosen(figure, chosen.conditions())
    }
    if quoted and mine and not set(quoted.values()) & {figure.printed for figure in figures if figure.figure in mine}:
        yield (
            "quote",
            f"has {', '.join(dict.fromkeys(quoted.values()))}, which are no figures that the claim is tested on",
        )
