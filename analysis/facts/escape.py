"""Strings from tables as Pandoc markdown that can only ever be text.

A label in a table may hold anything: HTML, a Quarto shortcode, math, a citation, a pipe that would end its cell. Every
ASCII sign becomes a numeric character reference, which Pandoc's reader turns into plain text and which Quarto's own
passes over the text (shortcodes, includes, inline code) do not recognise. Quotation marks take a backslash instead,
because `smart` reads a character reference as an opening quote too. Runs of colons are parted by an empty span:
Quarto takes three in one word, however they are written, for a fence that went wrong.
"""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Zero-width joiners carry meaning in Indic scripts and emoji; every other invisible format character is shown as a gap.
_KEPT_FORMATS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}")
# A hyphen or full stop inside a word or number (`llama-3.2-1b`) starts nothing.
_INSIDE_A_WORD = re.compile(r"(?<=[A-Za-z0-9])[-.](?=[A-Za-z0-9])")
_COLONS = re.compile("(?:&#58;){2}(?=&#58;)")
_QUOTES = frozenset("\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")


def clean(text: str) -> str:
    """`text` on one line, without anything invisible: the form in which it is compared and listed as a fact.

    Runs of white space become one space (a no-break space stays). Control characters, bidirectional controls, lone
    surrogates and noncharacters become U+FFFD, so that a reader sees that something stood there.
    """
    if not text.isprintable():
        text = text.translate(_VISIBLE)
    return re.sub(" +", " ", text).strip(" ")


class _Visible(dict[int, str]):
    """What is shown of each character, found out the first time it is met."""

    def __missing__(self, code: int) -> str:
        self[code] = _visible(chr(code))
        return self[code]


_VISIBLE = _Visible()


def _visible(character: str) -> str:
    if character.isspace() and character != "\N{NO-BREAK SPACE}":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs") or (category == "Cf" and character not in _KEPT_FORMATS):
        return REPLACEMENT
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return REPLACEMENT
    return character


def markdown(text: str) -> str:
    """`clean(text)` as Pandoc markdown that reads back as exactly that text, in a paragraph, span or pipe table."""
    cleaned = clean(text)
    plain = {match.start() for match in _INSIDE_A_WORD.finditer(cleaned)}
    escaped = "".join(sign if at in plain else _reference(sign) for at, sign in enumerate(cleaned))
    return _COLONS.sub(lambda match: match.group() + "[]{}", escaped)


def _reference(character: str) -> str:
    if character in _QUOTES:
        return "\\" + character
    if character.isascii() and not character.isalnum() and character not in " ,":
        return f"&#{ord(character)};"
    return character


def attribute(text: str) -> str:
    """`clean(text)` for a double-quoted attribute of a span, div or image.

    Quarto resolves shortcodes in attributes after parsing them, so doubled braces are parted by a space.
    """
    return re.sub(r"[^\w ,.·–:/()=-]", lambda match: f"&#{ord(match.group())};", part_braces(clean(text)))


def part_braces(text: str) -> str:
    """Put a space between doubled braces, so that Quarto takes them for no shortcode."""
    return re.sub(r"(?<=\{)(?=\{)", " ", text)
