"""What ties the words of a claim to its test: words that say another thing than is tested are a contradiction.

The words are those of the statement, and of the quotation where the document's own say more. A claim whose words say
nothing of the sort that a test decides is let pass: nothing can be told of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from experiments.published.claims import ClaimText, is_better_lower, stated_directions, told_directions
from experiments.published.transcription import Figure
from experiments.tables.claims import (
    AllOf,
    AtChance,
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
    directions,
    places,
    selectors,
)
from experiments.tables.closed import Closed
from experiments.tables.documents.prints import Print
from experiments.tables.documents.typography import plain, simple

SAME = re.compile(
    r"\b(same|equals?|identical|unchanged|constant|agrees?|match(es)?|as (many|much|high|good|large)|similar)\b"
    r"|\bno (difference|change)\b|\bis (exactly )?the (number|total|sum|count|size)\b",
    re.I,
)
ABOUT = re.compile(r"\b(about|approximately|roughly|nearly|almost|around)\b", re.I)
SIGNIFICANT = re.compile(r"\bsignifican(t|tly|ce)\b", re.I)
GUESS = re.compile(r"\b(chance|guess(es|ing)?|random|coin)\b", re.I)
ONLY = re.compile(r"\b(only|alone|solely|exclusively)\b", re.I)
LAST_ALONE = re.compile(
    r"\b(only|alone|solely) (\w+ )?(the )?(last|final|deepest)\b|\b(last|final|deepest) \w+ (alone|only)\b", re.I
)
_THAN = re.compile(r"\bthan\b|\bcompared (?:to|with)\b|\bover\b", re.I)
_AGREES = re.compile(r"\b(?:agrees?|coincides?)\b(?: \w+)? with\b|\b(?:match(?:es)?|equals?)\b", re.I)
_FROM_TO = re.compile(r"\bfrom (?:the )?(?P<first>[^.;]*?) to (?:the )?(?P<last>[^.;]*)", re.I)
_QUOTED_NUMBER = re.compile(r"\d")


def contradictions(claim: ClaimText, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """Each key of a claim, `statement` or `quote`, whose words contradict its test, and how."""
    yield from _another_relation(claim, told_directions(claim))
    yield from _with_itself(claim)
    yield from _swapped_sides(claim)
    yield from _about_another(claim, figures)
    yield from _numbers_of_others(claim, figures)


def _another_relation(claim: Closed, said: set[str]) -> Iterator[tuple[str, str]]:
    statement, tested = claim.statement, directions(claim)
    same = SAME.search(statement)
    if isinstance(claim, Equal | Within) and len(said) == 1 and not same:
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
    quoted = stated_directions(claim.quote or "", lower_is_better=is_better_lower(claim))
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
    sides = _sides(claim)
    if sides is None:
        return
    first, second, keys = sides
    for key, text in (("statement", claim.statement), ("quote", claim.quote)):
        if not text:
            continue
        parts = _THAN.split(plain(text))
        agreed = _AGREES.split(plain(text)) if isinstance(claim, Equal | Within) else ()
        if len(agreed) == 2 and _names(agreed[0], second, first) and not _names(agreed[1], second, first):
            yield key, f"is about {second}, but `left` and `right` are the other way round"
        if len(parts) == 2 and _names(parts[0], second, first) and _names(parts[1], first, second):
            yield (
                key,
                f"puts {second} before {first}, but {keys} {'are' if ' and ' in keys else 'is'} the other way round",
            )
        elif key == "statement" and len(parts) == 1 and not agreed and not _FROM_TO.search(text):
            yield from _first_named(claim, text, first, second, keys)
        found = _FROM_TO.search(plain(text)) if isinstance(claim, Rises) else None
        if found and _names(found["first"], *_ends(claim)[::-1]) and _names(found["last"], *_ends(claim)):
            yield key, f"goes from {found['first']} to {found['last']}, but `steps` go the other way"


def _first_named(claim: Closed, text: str, first: str, second: str, keys: str) -> Iterator[tuple[str, str]]:
    """Without "than": a statement is about the later of two steps, or names first what it is about."""
    if isinstance(claim, Rises):
        if _names(text, second, first):
            yield "statement", f"speaks of {second}, but {keys} end in {first}"
        return
    words = "".join(_stem(word) for word in simple(text).split())
    at, then = (words.find(_own_words(*pair)) for pair in ((first, second), (second, first)))
    if 0 <= then < at:
        yield "statement", f"names {second} before {first}, but {keys} are the other way round"


def _sides(claim: Closed) -> tuple[str, str, str] | None:
    """What the words before and after "than" should name, and the keys that say so."""
    if isinstance(claim, Rises) and len(claim.steps) == 2:
        first, last = map(str, claim.steps)
        return (last, first, "`steps`")
    if isinstance(claim, Greater | DifferenceSignificant | Equal | Within) and isinstance(claim.right, Figures):
        left, right = claim.left.conditions(), claim.right.conditions()
        for name, value in left.items():
            if isinstance(value, str) and isinstance(right.get(name), str) and right[name] != value:
                return value, right[name], "`left` and `right`"
    return None


def _ends(claim: Rises) -> tuple[str, str]:
    return str(claim.steps[0]) if claim.steps else "", str(claim.steps[-1]) if claim.steps else ""


def _names(text: str, value: str, other: str) -> bool:
    """Whether a text names `value` and not `other`: by the words in which the two differ."""
    own, its = _own_words(value, other), _own_words(other, value)
    words = "".join(_stem(word) for word in simple(text).split())
    return bool(own) and own in words and not (bool(its) and its in words)


def _own_words(value: str, other: str) -> str:
    """The words of a value that another one lacks, as they are compared; without sizes such as 7b."""
    theirs = simple(other).split()
    return "".join(_stem(word) for word in simple(value).split() if word not in theirs and not word[0].isdigit())


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|s)$", "", word)


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
        figure.figure for _, chosen in places(claim) for figure in figures if _is_chosen(figure, chosen.conditions())
    }
    if quoted and mine and not set(quoted.values()) & {figure.printed for figure in figures if figure.figure in mine}:
        yield (
            "quote",
            f"has {', '.join(dict.fromkeys(quoted.values()))}, which are no figures that the claim is tested on",
        )


def _is_chosen(figure: Figure, conditions: Mapping[str, object]) -> bool:
    fields = dict(figure)
    return all(
        fields[name] in (wanted if isinstance(wanted, tuple) else (wanted,)) for name, wanted in conditions.items()
    )
