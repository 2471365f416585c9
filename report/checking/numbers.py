"""The numbers in a text, as readers see them."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from math import isinf
from typing import NamedTuple

from report.checking.disguises import as_read, is_odd

_FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞↉"
# Digits with their groups and decimals. A sign counts where nothing stands directly before it: "8-bit" has none.
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.,)\]%])[+−-])?"
    r"(?P<digits>\d+(?:[,\u202f\u2009\u00a0']\d{3}(?!\d))*(?:[.,]\d+)?(?:[eE][−+-]?\d+(?![\w]))?|(?<!\w)\.\d+"
    rf"|[{_FRACTIONS}])"
    r"(?P<percent>[ \u00a0\u202f]?(?:%|‰|per ?cent\b))?"
)
# "ninety-five percent": written out, a number is one where a unit of results follows.
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SMALL = rf"zero|{_ONES}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|{_TENS}"
_LARGE = "thousand|million|billion|trillion"
_ANY = rf"{_SMALL}|(?:hundred|{_LARGE}|dozen)s?|(?:two|three|four)[ -]?score"
_WORDS = re.compile(rf"{_SMALL}|hundred|{_LARGE}|dozen|score of ")
"""Without them nothing is written so; they are found in a tenth of the time."""
_FIRST = "|".join(sorted({word[:2] for word in re.findall("[a-z]+", _WORDS.pattern)} - {"of"}))
"""The letters with which they begin: looked at first, they spare most of the time."""
_SIZES = (
    r"per[ -]?cent|pct|percentage points|basis points|per mille|(?:milli|micro|nano)?seconds|minutes|hours|days"
    r"|(?:kilo|mega|giga|tera)?bytes|[kmgt]i?b|ms|(?:kilo)?(?:joules|watts)"
)
_WRITTEN = re.compile(
    rf"(?=[a-z])\b(?={_FIRST})(?:(?:(?:{_ANY})(?:[ -](?=\w))?)+"
    rf"(?=[ \u00a0-](?:(?:(?:of )?(?:{_SIZES}|points)|out of|point (?:zero|{_ONES})"
    r"|in (?:(?:a|one) )?(?:three|four|five|ten|twenty|hundred|thousand))\b|%))"
    rf"|(?!one\b)(?:{_ANY})(?= of (?:(?:a|all|our|the|these|those) )?(?:{_ANY})\b)"
    rf"|(?:(?<=\bof )|(?<=\bat )|(?<=\bto )|(?<=\bby )|(?<=\bis )|(?<=\bhas )|(?<=\bgets )|(?<=\bscores )"
    rf"|(?<=\bscored )|(?<=\breaches )|(?<=\breached ))(?:{_TENS})-(?:{_ONES})(?![\w-])"
    rf"|(?:{_TENS})(?:-(?:{_ONES}))?(?= (?:accuracy|precision|recall|f1|score)\b)"
    rf"|(?:{_ANY})(?= \w+ in (?:(?:a|one) )?(?:three|four|five|ten|twenty|hundred|thousand)"
    r"(?:[.,;:!?)]|$| (?:is|are|was|were)\b))"
    rf"|(?:{_ANY})[ -](?:{_LARGE})s?\b|(?<=\bhalf a )dozen\b|(?<=\ba )score(?= of (?:{_SIZES}|points)\b))"
)
_UNIT = re.compile(
    r"[ \u00a0-](?:per|pct|basis|point|out of|in |%|of |(?:milli|micro|nano)?sec|min|hours|days"
    r"|(?:kilo|mega|giga|tera)?byte|[kmgt]i?b|ms|(?:kilo)?(?:joule|watt)|\w{1,2}illion|thousand|dozen|acc|prec|rec|f1|score)|ty-"
)
_ROMAN = re.compile(
    r"\b(?=[IVXLCDM]{2})M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})(?!\w)"
    rf"(?:(?=[ \u00a0-]?(?:(?:{_SIZES})\b|%))|(?<=[IVXLCDM]{{3}})(?=[ \u00a0-]points\b))"
)
_CAPITALS = re.compile(r"[IVXLCDM]{2}[ \u00a0-]?[%a-z]")
# Digits that look like others: raised or lowered ones that stand alone, those in circles or brackets, Roman ones.
_RAISED, _ROUND = "⁰¹²³⁴-⁹₀-₉", "①-⒛⓪⓫-⓿❶-➓㉈-㉏㉑-㉟㊱-㊿🄀-🄊Ⅰ-ↈ"
_SHAPED = re.compile(rf"(?<![\w)\]{_RAISED}⁺⁻])[{_RAISED}]{{2,}}|[{_ROUND}]+")
_SHAPE = re.compile(f"[{_RAISED}{_ROUND}]")

LARGEST = 300
"""The power of ten up to which a float can hold the place of a last digit."""


class Number(NamedTuple):
    """A number that stands in a text from `start` up to `end`."""

    start: int
    end: int
    text: str
    value: float | None
    """None for what is written in words, or is beyond every float."""
    decimals: int = 0
    percent: bool = False

    def equals(self, value: float) -> bool:
        """Whether `value` reads so at this many decimals; of per cent, a share or a number of per cent."""
        return self.value is not None and any(
            abs(scale * value - self.value) <= 0.5 * 10.0**-self.decimals * (1 + 1e-9) + 1e-12 * abs(self.value)
            for scale in ((1, 100) if self.percent else (1,))
        )


@lru_cache(maxsize=1 << 15)
def find_numbers(text: str) -> tuple[Number, ...]:
    """Every number in the text, in order. Cells and their facts have the same few texts."""
    if text.isascii() or not is_odd(text):
        return tuple(_find_numbers(text))
    read = as_read(text)
    found = []
    for number in _find_numbers(read.text):
        start, end = read.place(number.start, number.end)
        found.append(number._replace(start=start, end=end, text=text[start:end]))
    return tuple(found)


def _find_numbers(text: str) -> list[Number]:
    found = [_number(match) for match in _NUMBER.finditer(text)]
    lowered = text.lower()
    written = [_WRITTEN.finditer(lowered)] if _WORDS.search(lowered) and _UNIT.search(lowered) else []
    if written and len(lowered) != len(text):  # few letters are two in small
        written = [_WRITTEN.finditer(text)]
    if _CAPITALS.search(text):
        written.append(_ROMAN.finditer(text))
    if not text.isascii() and _SHAPE.search(text):
        written.append(_SHAPED.finditer(text))
    if not written:
        return found
    for start, end in (match.span() for match in chain.from_iterable(written)):
        found.append(Number(start, end, text[start:end], None))
    return sorted(found, key=lambda number: number.start)


def _number(match: re.Match[str]) -> Number:
    sign, digits, percent = match.groups()
    start, end = match.span()
    # A full stop or comma that ends a sentence is none of the number's.
    value, decimals = _value(digits)
    if isinf(value):
        return Number(start, end, match[0], None, percent=percent is not None)
    return Number(start, end, match[0], -value if sign in ("−", "-") else value, decimals, percent is not None)


def _value(digits: str) -> tuple[float, int]:
    if digits.isascii() and digits.replace(".", "", 1).isdigit():  # as nearly all are
        return float(digits), len(digits.partition(".")[2])
    if digits in _FRACTIONS:
        return unicodedata.numeric(digits), 2
    plain = re.sub(r"[,\u202f\u2009\u00a0'](?=\d{3}(?!\d))", "", digits).replace(",", ".").replace("−", "-")
    mantissa, _, power = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - (int(power[:6]) if power else 0)
    # A zero has no digit that an exponent could make large.
    return float(plain), max(decimals, -LARGEST if float(plain) else 0)
