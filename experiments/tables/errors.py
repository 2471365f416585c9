"""Errors that are meant for the person at the keyboard: what is wrong, where, and what to do."""

import unicodedata


class UserError(Exception):
    """Something the user can mend. The message is complete; command lines print it without a traceback."""


class TableError(UserError):
    """A frozen table that is missing, damaged, of an unknown schema or not what its sidecar says.

    `where` is a file with its line where there is one, `remedy` what to do; both are part of the message.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__((f"{where}: " if where else "") + what + (f"; {remedy}" if remedy else ""))


class MisnamedError(TableError):
    """A name in a system that is not the one declared: of a cell of a row, or of a table that is read."""


class MissingTableError(TableError):
    """A file of a table that is not there."""


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 table`, `2,000 tables`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def has_controls(text: str) -> bool:
    """Whether `text` holds characters that no id or label has a use for.

    These are control characters, line separators, overrides of the reading direction, lone surrogates. Joiners (which
    make one emoji of several), soft hyphens and spaces of other widths are letters of a text like any other.
    """
    return not text.isprintable() and any(
        c in _STEERING or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text
    )


def printable(text: str, limit: int = 80) -> str:
    """`text` in one line that is safe to print on a terminal: control characters escaped, cut at `limit` characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
