"""Whatever a cell prints stays what it printed."""

import json

import pypandoc
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from report.press.markdown import div, fenced, native_spans, printed

MARKUP = st.text(alphabet="`~:{}<>|$*_#-\\\n .ax", max_size=40)


@settings(max_examples=12, deadline=None)
@given(st.lists(MARKUP, min_size=30, max_size=30))
def test_no_text_leaves_its_block(texts):
    document = "\n".join(div(".cell-output", fenced(text)) for text in texts)
    blocks = json.loads(pypandoc.convert_text(document, "json", format="markdown"))["blocks"]
    found = [block["c"][1][0]["c"][1] for block in blocks]
    # A block of blank lines only is an empty one to Pandoc.
    assert found == [text.rstrip("\n") for text in texts]


PIECES = st.sampled_from(
    [
        *"[]{}()`^|<>!*_\\\n @#:-",
        "word",
        "![",
        "](x)",
        "]{.a}",
        '[in]{.a k="v &#93;"}',
        "[^m^]{.a}",
        "@fig-a",
        "<span>",
        "&#42;",
    ]
)
WITH_SPANS = st.lists(PIECES, min_size=2, max_size=6).map(lambda pieces: "".join(pieces) + "[end]{.b .c}")


@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))  # a smaller example takes minutes
@given(st.lists(WITH_SPANS, min_size=30, max_size=30))
@example(["{[[ {]{.a}[end]{.b .c}", "[in ]{.a}[end]{.b .c}"])
def test_spans_in_either_form_are_the_same_document(texts):
    as_written, natively = (
        "\n\n".join(f"::: {{.part}}\n\n{text}\n\n:::" for text in several)
        for several in (texts, map(native_spans, texts))
    )
    assert natively != as_written
    found = [json.loads(pypandoc.convert_text(text, "json", format="markdown")) for text in (as_written, natively)]
    assert found[0] == found[1]


def test_code_is_left_as_it_is():
    code = "`[a]{.b}`\n\n```\n[a]{.b}\n```\n"
    assert native_spans(code) == code


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("\x1b[1;31mred\x1b[0m \x1b]8;;https://x.org\x07link\x1b]8;;\x07", "red link"),
        ("10 %\r100 %\r\ndone\r\n", "100 %\ndone\n"),
        ("a\tb\x00\x07c", "a\tb\ufffd\ufffdc"),
    ],
)
def test_text_stands_as_on_a_terminal(text, stands):
    assert printed(text) == stands
