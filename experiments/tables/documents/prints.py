"""A printed figure in a text: the same digits, scale word, sign and unit, in whatever way the text sets them.

White space, ligatures, soft hyphens, the mark between groups of three digits and the form of a minus make no
difference; a digit, a sign, a scale word ("million") and the mark of another unit do. Behind a count a small m is a
million, as in `printed`: 5 is not found in "5 m weights", and 5M is. A small b or t there may be a footnote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from experiments.tables.documents.typography import MINUS, plain
from experiments.tables.printed import COUNT_SCALES, SCALES, UNITS

_NUMBER = r"\d{1,3}(?:[,.'’ ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<word>[^\W\d_]+)|(?P<symbol>[^\w\s]|_)")
_GROUPED = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?:(?P<by>[,.'’ ])\d{3})(?:(?P=by)\d{3})*)(?:(?P<mark>[.,])(?P<rest>\d+))?"
)
_SET_APART = r"(?:[,.'’]\s?|\s)?"
_ALIKE = {
    "±": r"(?:±|\+\s*/?\s*[-−])",
    "×": r"[×x·*⋅]",
    "·": r"[×x·*⋅]",
    **dict.fromkeys("~≈", r"(?:[~∼≈]|about|approximately|around|roughly|approx\.?|circa|ca\.?|c\.)"),
    "≤": r"(?:≤|<\s*=)",
    "≥": r"(?:≥|>\s*=)",
    "'": r"['’]",
}
_SIZES: dict[int, list[str]] = {}
for _word, _size in SCALES.items():
    _SIZES.setdefault(_size, []).append(_word)
_OTHER_LETTER = r"(?![^\W\d_])"
_WORDS = {
    size: "|".join(word if len(word) == 1 else f"(?i:{word}s?)" for word in words) for size, words in _SIZES.items()
}
_ANY_SCALE = re.compile(rf"[\s-]?(?:{'|'.join(_WORDS.values())}){_OTHER_LETTER}")
_MILLION_OF_COUNT = re.compile(r"\s?m(?![^\W\d_]|-)")
_SMALL = {size: letter for letter, size in COUNT_SCALES.items()}
_SCALE = {
    word.lower(): f"(?:{'|'.join(filter(None, (_WORDS[size], _SMALL.get(size))))}){_OTHER_LETTER}"
    for word, size in (SCALES | COUNT_SCALES).items()
}
_PERCENT = re.compile(r"\s?(?:%|percent\b|per cent\b|pct\b)")
_FOOTNOTES = "*†‡"


@dataclass(frozen=True)
class Print:
    """A figure to look for: what is printed, and in which unit."""

    printed: str
    unit: str

    @property
    def patterns(self) -> tuple["_Pattern", ...]:
        return _patterns(plain(self.printed).strip(), self.unit)

    def found_in(self, text: str, around: str = "") -> bool:
        """Whether the figure stands in `text`, which is `plain`; `around` are headings that may carry its unit."""
        return any(True for _ in self.places_in(text, around))

    def places_in(self, text: str, around: str = "") -> Iterator[int]:
        """Where in `text` the figure stands."""
        for pattern in self.patterns:
            for found in pattern.search.finditer(text):
                if _stands_alone(text, found, pattern) and _in_its_unit(text, found, pattern, self.unit, around):
                    yield found.start()


@dataclass(frozen=True)
class _Pattern:
    search: re.Pattern[str]
    is_text: bool = False
    decimal: bool = False
    leading: int = 0  # digits before the first mark
    signed: bool = False
    scaled: bool = False
    mark: bool = False


@lru_cache(maxsize=4096)
def _patterns(printed: str, unit: str) -> tuple[_Pattern, ...]:
    if UNITS[unit].tidy is None or not re.search(r"\d", printed):
        words = r"\s*".join(re.escape(part) for part in re.findall(r"\w+|[^\w\s]", printed))
        return (_Pattern(re.compile(rf"(?<!\w){words}(?!\w)", re.I), is_text=True),)
    tokens = list(_TOKEN.finditer(printed.rstrip(_FOOTNOTES)))
    readings: list[tuple[str, bool, int]] = [("", False, 0)]
    signed = tokens[0][0] in "+-" + MINUS
    scaled = mark = False
    marks = {each.lower() for each in UNITS[unit].marks}
    for at, token in enumerate(tokens):
        gap = r"\s*" if at else ""
        if token["number"]:
            readings = [
                (f"{before}{gap}{one}", decimal if at and leading else is_decimal, leading or digits)
                for before, decimal, leading in readings
                for one, is_decimal, digits in _number(token["number"])
            ]
            continue
        word = token[0].lower()
        if word in _SCALE and at:
            scaled, part = True, r"\s*-?\s*" + _SCALE[word]
        elif word in marks:
            mark, part = (
                True,
                r"(?P<mark>\s*(?:" + "|".join(re.escape(m) for m in UNITS[unit].marks) + r")(?![^\W\d_]))?",
            )
        elif at == 0 and signed:
            part = r"\+\s?" if word == "+" else r"[-−]\s?"
        else:
            part = gap + _ALIKE.get(token[0], rf"(?i:{re.escape(token[0])})")
        if word in marks and "(?P<mark>" in readings[0][0]:
            part = part.replace("(?P<mark>", "(?:")
        readings = [(before + part, decimal, leading) for before, decimal, leading in readings]
    return tuple(
        _Pattern(re.compile(text), False, decimal, leading, signed, scaled, mark)
        for text, decimal, leading in dict.fromkeys(readings)
    )


def _number(digits: str) -> Iterator[tuple[str, bool, int]]:
    """The ways to read a number: its pattern, whether it has decimals, and how many digits its first group has."""
    grouped = _GROUPED.fullmatch(digits)
    if grouped and not (grouped["mark"] and grouped["mark"] == grouped["by"]):
        yield _whole(re.sub(r"\D", "", grouped["whole"]), grouped["rest"])
    if not grouped or (digits.count(grouped["by"]) == 1 and grouped["by"] in ".," and not grouped["rest"]):
        whole, _, rest = re.sub(",", ".", digits).partition(".")
        yield _whole(whole, rest or None)


def _whole(whole: str, rest: str | None) -> tuple[str, bool, int]:
    first = len(whole) % 3 or min(3, len(whole))
    groups = [whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))]
    pattern = _SET_APART.join(groups) if whole.strip("0") or len(whole) != 1 else "0?" if rest else "0"
    return (pattern + rf"[.,]{rest}" if rest else pattern), bool(rest), first


def _stands_alone(text: str, found: re.Match, pattern: _Pattern) -> bool:
    """Whether what was found is a whole number of the text, and not a part of a longer one or of a name."""
    if pattern.is_text:
        return True
    before, after = text[max(0, found.start() - 3) : found.start()], text[found.end() : found.end() + 12]
    if re.search(r"(?:\d|\d\.|\d')\Z", before) or (pattern.leading == 3 and re.search(r"\d,\Z", before)):
        return False
    if not pattern.decimal and len(found[0]) < 4 and re.search(r"[^\W\d_]\Z", before):
        return False  # the 1 of F1
    if re.match(r"\d|\.\d|'\d|[eE][+\-−]?\d|\s?[×x]\s?10\^", after):
        return False
    if (not pattern.decimal or "," in found[0]) and re.match(r",\d{3}(?!\d)", after):
        return False
    return pattern.signed or not _is_negative(text, found.start())


def _is_negative(text: str, at: int) -> bool:
    """Whether a minus stands before a number: a hyphen only at the beginning of a word, where it is no dash."""
    before = text[:at].rstrip(" ")
    if before.endswith(MINUS):
        return True
    touching = text[:at].endswith("-")
    return touching and (len(before) == 1 or before[-2] in " \t\n(|=:,[{")


def _in_its_unit(text: str, found: re.Match, pattern: _Pattern, unit: str, around: str) -> bool:
    """Whether scale and unit are those of the print: no "million" that it leaves out, no mark of another unit."""
    if pattern.is_text:
        return True
    after = text[found.end() : found.end() + 16]
    if not pattern.scaled and _ANY_SCALE.match(after) and UNITS[unit].tidy != "GB":
        return False
    if unit == "count" and not pattern.scaled and _MILLION_OF_COUNT.match(after):
        return False
    if unit != "percent" and _PERCENT.match(after):
        return False
    if not pattern.mark or found["mark"]:
        return True
    marks = UNITS[unit].marks
    near = f"{around}\n{text}".lower()
    return any(re.search(rf"(?<![^\W\d_]){re.escape(mark.lower())}(?![^\W\d_])", near) for mark in marks)


_SHOWN = re.compile(
    rf"(?<![\w.])[+\-−~≈<>≤≥]?\s?(?:{_NUMBER})(?:[eE][+\-−]?\d+)?(?:\s?(?:%|percent|(?:[Tt]housand|[Mm]illion|[Bb]illion|[Tt]rillion|bn|[KkMBT])\b))?"
)


def numbers_in(text: str) -> list[str]:
    """The numbers of a `plain` text, as they stand in it."""
    return [" ".join(found[0].split()) for found in _SHOWN.finditer(text)]


def nearest(printed: str, numbers: list[str]) -> str | None:
    """The number that may be meant, None where none is near: a digit or two apart, or the same digits otherwise set."""
    wanted = re.sub(r"\s", "", plain(printed))
    best, how_near = None, 0.0
    for number in dict.fromkeys(numbers):
        other = re.sub(r"\s", "", number)
        near = _likeness(wanted, other) if other != wanted else 0.0
        if near > how_near:
            best, how_near = number, near
    return best if how_near >= 0.5 else None


def _likeness(wanted: str, other: str) -> float:
    """How alike two numbers are, from 0 to 1: by place where they are of one length, digits first."""
    if len(wanted) == len(other):
        same = sum(a == b for a, b in zip(wanted, other, strict=True)) / len(wanted)
        return max(same, SequenceMatcher(None, wanted, other, autojunk=False).ratio() * 0.99)
    return SequenceMatcher(None, wanted, other, autojunk=False).ratio() * 0.95
