"""The numbers in a text, as readers see them."""

import re
import unicodedata
from functools import lru_cache
from math import isinf
from typing import NamedTuple

# Digits with their groups and decimals. A sign counts where nothing stands directly before it: "8-bit" has none.
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.,)\]%])[+−-])?"
    r"(?P<digits>\d+(?:[,\u202f\u2009\u00a0']\d{3}(?!\d))*(?:[.,]\d+)?(?:[eE][−+-]?\d+(?![\w]))?|(?<!\w)\.\d+|[½⅓⅔¼¾⅛])"
    r"(?P<percent>[ \u00a0\u202f]?(?:%|‰|per ?cent\b))?"
)
_FRACTIONS = "½⅓⅔¼¾⅛"
# "ninety-five percent": written out, a number is one where a unit of results follows.
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ANY = rf"{_ONES}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|{_TENS}|hundred"
_FIRST = "".join(sorted({word[0] for word in _ANY.split("|")}))
"""The letters with which they begin: looked at first, they spare more than half of the time."""
_WRITTEN = re.compile(
    rf"(?=[{_FIRST}])(?:\b(?:(?:{_ANY})(?:[ -](?=\w))?)+"
    rf"(?=[ \u00a0](?:(?:percent|per cent|percentage points|points|out of|point (?:zero|{_ONES})"
    r"|in (?:(?:a|one) )?(?:three|four|five|ten|twenty|hundred|thousand)|(?:milli)?seconds|minutes|hours|days"
    r"|(?:kilo|mega|giga)?bytes|[kmgt]i?b|ms|(?:kilo)?(?:joules|watts))\b|%))"
    rf"|\b(?!one\b)(?:{_ANY})(?= of (?:(?:a|all|our|the|these|those) )?(?:{_ANY})\b)"
    rf"|(?:(?<=\bof )|(?<=\bat )|(?<=\bto )|(?<=\bby )|(?<=\bis ))(?:{_TENS})-(?:{_ONES})\b)",
)
_UNIT = re.compile(
    r"[ \u00a0](?:per|point|out of|in |%|of |(?:milli)?sec|min|hours|days|(?:kilo|mega|giga)?byte|[kmgt]i?b|ms"
    r"|(?:kilo)?(?:joule|watt))|ty-"
)
_WORDS = re.compile(_ANY)
"""Without them nothing is written so; they are found in a tenth of the time."""
# Digits that look like others: raised or lowered ones that stand alone, and those in circles.
_SHAPED = re.compile(r"(?<![\w)\]⁰¹²³⁴-⁹₀-₉⁺⁻])[⁰¹²³⁴-⁹₀-₉]{2,}|[①-⑳㉑-㊿⓪⓿❶-➓]+")
_SHAPE = re.compile("[⁰¹²³⁴-⁹₀-₉①-⑳㉑-㊿⓪⓿❶-➓]")

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
    found = [_number(match) for match in _NUMBER.finditer(text)]
    lowered = text.lower()
    patterns = [_WRITTEN] if _WORDS.search(lowered) and _UNIT.search(lowered) else []
    if len(lowered) != len(text):  # few letters are two in small
        lowered = text
    for pattern in [*patterns, *([_SHAPED] if _SHAPE.search(text) else [])]:
        places = (match.span() for match in pattern.finditer(lowered))
        found += [Number(start, end, text[start:end], None) for start, end in places]
    return tuple(sorted(found, key=lambda number: number.start))


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
