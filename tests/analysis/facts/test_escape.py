"""Text from tables stays text: through the real Pandoc, with every extension that could make something of it."""

import json
import unicodedata

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.facts.escape import REPLACEMENT, attribute, clean, markdown

READER = (
    "markdown+autolink_bare_uris+tex_math_single_backslash+tex_math_double_backslash+emoji+mark+hard_line_breaks"
    "+lists_without_preceding_blankline+wikilinks_title_after_pipe+short_subsuperscripts+alerts+gutenberg"
)
HOSTILE = [
    "<script>alert(1)</script>",
    "</span><b>bold</b>",
    "<!-- gone -->",
    "&lt;b&gt; &amp; &#65;",
    "{{< include /etc/passwd >}}",
    "{{{< meta title >}}}",
    "`{python} 1 + 1`",
    "`` code ``",
    "```{python}",
    "$x^2$",
    "$$y$$",
    r"\(z\)",
    r"\[z\]",
    r"\newpage",
    r"\\",
    "@fig-x",
    "[@cite, p. 3]",
    "-@key",
    "(@example)",
    "[link](https://example.org)",
    "![image](x.png)",
    "<https://example.org>",
    "https://example.org/a_b",
    "someone@example.org",
    "[[wiki|link]]",
    "^sup^ ~sub~ ~~out~~ ==mark==",
    "*a* _b_ **c** __d__",
    "[^1] and ^[note]",
    "a | b || c",
    "# heading",
    "> quote",
    "- item",
    "1. item",
    "i. item",
    "(2) item",
    ": term",
    "| line block",
    "::: {#id}",
    "---",
    "+++",
    "\tcode",
    "[span]{.class}",
    "]{.fact}",
    ":smile:",
    "Mr. Smith e.g. this",
    "a...b -- c",
    "'single' \"double\" “curly” ‘curly’ „low“",
    "it's",
    "H~2~O",
    "line\nbreak\r\nhere",
    "nul\0byte",
    "\u202eesrever",
    "\u2066isolate\u2069",
    "\ufeffbom",
    "\u200bzero width",
    "\ud800surrogate",
    "\ufffenon",
    "हिन्दी \u200d",
    "👩\u200d🔬",
    "5\u00a0GB",
]


def read_back(source: str) -> list[dict]:
    return json.loads(pypandoc.convert_text(source, "json", format=READER, extra_args=["--columns=100000"]))["blocks"]


PARTED = {"t": "Span", "c": [["", [], []], []]}  # what stands in a run of colons, for Quarto's sake


def text_of(inlines: list[dict]) -> str:
    """The text of inlines that may hold words and spaces only, and no word that looks like a fence to Quarto."""
    words = [inline for inline in inlines if inline != PARTED]
    assert {inline["t"] for inline in words} <= {"Str", "Space"}, inlines
    assert not any(":::" in inline["c"] for inline in words if inline["t"] == "Str")
    return "".join(" " if inline["t"] == "Space" else inline["c"] for inline in words)


def check(texts: list[str]) -> None:
    texts = [text for text in texts if clean(text)]
    paragraphs = read_back("\n\n".join(markdown(text) for text in texts) + "\n")
    assert [block["t"] for block in paragraphs] == ["Para"] * len(texts)
    assert [text_of(block["c"]) for block in paragraphs] == [clean(text) for text in texts]
    rows = "\n".join(f'| [{markdown(text)}]{{.fact title="{attribute(text)}"}} | x |' for text in texts)
    if texts:
        (table,) = read_back(f"| a | b |\n|:--|:--|\n{rows}\n")
        assert table["t"] == "Table"
        spans = [row[1][0][4][0]["c"][0]["c"] for row in table["c"][4][0][3]]
        assert [text_of(content) for _, content in spans] == [clean(text) for text in texts]
        titles = [dict(attributes)["title"] for (_, _, attributes), _ in spans]
        assert titles == [clean(text).replace("{{", "{ {").replace("{{", "{ {") for text in texts]


def test_every_known_trick_reads_back_as_itself():
    check(HOSTILE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30) | st.text(st.characters(max_codepoint=127), max_size=20), max_size=25))
def test_any_text_reads_back_as_itself(texts):
    check(texts)


@given(st.text())
def test_clean_text_is_one_visible_line_and_stays_clean(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert all(unicodedata.category(character) not in ("Cc", "Zl", "Zp", "Cs") for character in cleaned)


@pytest.mark.parametrize("invisible", ["\0", "\x1b", "\u202e", "\u2066", "\ufeff", "\u200b", "\ud800", "\uffff"])
def test_what_cannot_be_seen_leaves_a_visible_gap(invisible):
    assert clean(f"a{invisible}b") == f"a{REPLACEMENT}b"


def test_no_shortcode_survives_in_an_attribute():
    assert "{{" not in attribute("{{{< meta title >}}}").replace("&#123; &#123;", "")


@pytest.mark.parametrize("text", ["]]>", "[", "]{.fact}", "a]b[c"])
def test_a_bracket_in_an_attribute_ends_no_span_around_it(text):
    value = f'[1]{{.fact title="{attribute(text)}"}}'
    (paragraph,) = read_back(f"[It is {value}.]{{.claim}}\n")
    (claim,) = paragraph["c"]
    (fact,) = [inline for inline in claim["c"][1] if inline["t"] == "Span"]
    assert (claim["c"][0][1], fact["c"][0][1]) == (["claim"], ["fact"])
    assert dict(fact["c"][0][2])["title"] == text


def test_names_of_models_stay_readable_in_the_source():
    assert markdown("llama-3.2-1b") == "llama-3.2-1b"
