"""Whatever a cell prints stays what it printed."""

import json

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.press.markdown import div, fenced, printed

MARKUP = st.text(alphabet="`~:{}<>|$*_#-\\\n .ax", max_size=40)


@settings(max_examples=12, deadline=None)
@given(st.lists(MARKUP, min_size=30, max_size=30))
def test_no_text_leaves_its_block(texts):
    document = "\n".join(div(".cell-output", fenced(text)) for text in texts)
    blocks = json.loads(pypandoc.convert_text(document, "json", format="markdown"))["blocks"]
    found = [block["c"][1][0]["c"][1] for block in blocks]
    # A block of blank lines only is an empty one to Pandoc.
    assert found == [text.rstrip("\n") for text in texts]


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
