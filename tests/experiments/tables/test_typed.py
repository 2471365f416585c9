"""Texts from a command line, whatever the locale."""

import pytest

from experiments.tables.errors import UserError, has_controls
from experiments.tables.typed import typed_text


def test_what_a_locale_could_not_decode_is_read_as_utf8():
    typed = "Quelle \N{SNOWMAN}"
    as_bytes = typed.encode().decode("ascii", "surrogateescape")
    assert as_bytes != typed
    assert typed_text(as_bytes) == typed_text(typed) == typed


@pytest.mark.parametrize("typed", ["\udcff", "a\udce2"])
def test_what_is_no_utf8_is_refused_in_words_that_can_be_printed(typed):
    with pytest.raises(UserError) as error:
        typed_text(typed)
    assert str(error.value).isascii()


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("plain text", False),
        ("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", False),
        ("\N{ZERO WIDTH NON-JOINER}", False),
        ("co\N{SOFT HYPHEN}operate", False),
        ("a\N{NO-BREAK SPACE}b\N{IDEOGRAPHIC SPACE}c", False),
        ("\N{RIGHT-TO-LEFT MARK}", False),
        ("\x1b[31m", True),
        ("a\nb", True),
        ("\N{RIGHT-TO-LEFT OVERRIDE}", True),
        ("\N{LINE SEPARATOR}", True),
        ("\ud800", True),
        ("\x7f", True),
    ],
)
def test_which_characters_no_label_needs(text, refused):
    assert has_controls(text) is refused
