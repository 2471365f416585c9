"""Texts from the command line."""

import os

from experiments.tables.errors import UserError, printable


def typed_text(text: str) -> str:
    """A text from the command line as it was typed, also where the locale is not UTF-8 (as under LC_ALL=C).

    Raises UserError where its bytes are not UTF-8.
    """
    try:
        text.encode()
        return text
    except UnicodeEncodeError:  # bytes that the locale could not decode stand there as lone surrogates
        pass
    try:
        return os.fsencode(text).decode()
    except UnicodeError:
        raise UserError(f"{printable(text)} is not UTF-8, which is what texts are kept in") from None
