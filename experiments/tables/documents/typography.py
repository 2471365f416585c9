"""One spelling for what documents set in many ways: ligatures, widths of spaces, soft hyphens, dashes, superscripts."""

import re
import unicodedata

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "…": "..."})
_DASHES = str.maketrans({"‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-"})

MINUS = "−"
"""The sign, which stays apart from the hyphen: "-" may also be a dash between two numbers."""


def plain(text: str) -> str:
    """`text` as it is compared: compatibility forms made one (NFKC), invisible characters gone, an exponent as ^5."""
    whole = re.sub("\u00ad[ \t]*\n[ \t]*", "", text)
    raised = _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), whole)
    tidy = unicodedata.normalize("NFKC", _UNSEEN.sub("", raised))
    return tidy.translate(_DASHES)


def words_of(text: str) -> str:
    """`text` in the form in which a quotation is compared.

    It is `plain`, with straight quotes, without marks of emphasis and of table cells, each white space one space, and a
    word that a line break divides made whole.
    """
    tidy = plain(text).translate(_QUOTES).replace(MINUS, "-")
    tidy = re.sub(r"(?<=[a-z])-\n\s*(?=[a-z])", "", tidy)
    return " ".join(re.sub(r"[*_`|\\]|(?<![^\s])[#>]+(?=\s)", " ", tidy).split())


def simple(text: str) -> str:
    """`text` as names of headings, rows and columns are compared: small letters and digits, single spaces."""
    return " ".join(re.findall(r"[^\W_]+", plain(text).lower()))
