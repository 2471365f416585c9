"""A page is read as its readers do, whichever engine wrote it."""

import pytest

from report.checking.passages import read_frame, read_passages
from report.ledger.pages import PageError

PRESS = """<!doctype html><html><head>
<title>Scores – Book</title><meta name="description" content="All of 7 scores"></head>
<body><nav>Contents 9</nav><main>
<h1><span class="chapter-number">1</span> <span class="chapter-title">Scores</span></h1>
<p>It has <span class="fact" data-fact="scores-1">86.6%<span class="kind-mark"><sup>m</sup></span></span>, see
<a class="cross-reference" href="#x">Table 1.1</a>.<a class="footnote-ref" href="#n"><sup>1</sup></a></p>
<figure id="fig-a"><p><img src="a.svg" alt="Of 4 bars"></p>
<figcaption>
<span class="caption-number">Figure 1.1:</span> Bars. <span class="provenance">3 more.</span></figcaption></figure>
<div class="unchecked" data-reason="why"><p>One 2.</p><p>Two 3.</p></div>
<div class="cell-output"><pre><code>42</code></pre></div><pre class="sourceCode"><code>x = 43</code></pre>
<table><tr><th>n</th><td><span class="claim" data-claim="c">it rises</span></td></tr></table>
<section class="footnotes"><ol><li><p>Note 5.</p></li></ol></section>
</main></body></html>"""

QUARTO = """<html><head><title>1&nbsp; Scores – Book</title></head><body><nav>9</nav><main>
<header id="title-block-header"><h1 class="title">Scores</h1>
<div class="quarto-title-meta"><p class="date">2026</p></div></header>
<div id="fig-a" class="quarto-float"><figure><div><img src="a.svg" alt="Of 4 bars"></div>
<figcaption class="quarto-float-fig" id="fig-a-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca">
Figure&nbsp;1.1: Bars of 8.</figcaption></figure></div>
<p>See <a class="quarto-xref" href="#fig-a">Figure&nbsp;1.1</a>.</p>
</main></body></html>"""


@pytest.fixture
def passages(tmp_path):
    def read(text: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
        (tmp_path / "page.html").write_text(text)
        return {
            (passage.place, passage.text.strip()): [
                (span.sort, passage.text[span.start : span.end]) for span in passage.spans if span.end > span.start
            ]
            for passage in read_passages(tmp_path / "page.html")
        }

    return read


def test_a_page_of_the_press(passages):
    assert passages(PRESS) == {
        ("title", "Scores – Book"): [],
        ("title", "All of 7 scores"): [],
        ("heading", "1 Scores"): [("structure", "1")],
        ("prose", "It has 86.6%, see Table 1.1.1"): [("fact", "86.6%"), ("structure", "Table 1.1"), ("structure", "1")],
        ("alternative text", "Of 4 bars"): [],
        ("caption", "Figure 1.1: Bars. 3 more."): [
            ("structure", "Figure 1.1:"),
            ("structure", "3 more."),
            ("structure", "Figure 1.1:"),
        ],
        ("prose", "One 2."): [("unchecked", "One 2.")],
        ("prose", "Two 3."): [("unchecked", "Two 3.")],
        ("output", "42"): [],
        ("prose", "x = 43"): [("code", "x = 43")],
        ("table head", "n"): [],
        ("table cell", "it rises"): [("claim", "it rises")],
        ("footnote", "Note 5."): [],
    }


def test_a_page_of_quarto(passages):
    read = passages(QUARTO)
    assert read["title", "1\u00a0 Scores – Book"] == [("structure", "1\u00a0")]
    assert read["caption", "Figure\u00a01.1: Bars of 8."] == [("structure", "Figure\u00a01.1:")]
    assert read["prose", "2026"] == [("structure", "2026")]
    assert ("prose", "9") not in read


@pytest.mark.parametrize("place", ["alternative text", "caption"])
def test_the_figure_of_an_alternative_text_and_of_a_caption_is_known(tmp_path, place):
    (tmp_path / "page.html").write_text(QUARTO)
    [label] = [each.label for each in read_passages(tmp_path / "page.html") if each.place == place]
    assert label == "fig-a"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"%PDF-1.7 no page", b'{"no": "page"}'])
def test_what_is_no_page_is_one_line(tmp_path, content):
    (tmp_path / "page.html").write_bytes(content)
    with pytest.raises(PageError) as caught:
        read_passages(tmp_path / "page.html")
    assert str(caught.value).startswith("page.html: ")
    assert "\n" not in str(caught.value)


def test_the_number_that_quarto_writes_into_an_equation_is_its_own(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html><body><p><span id='eq-a'><math><mi>x</mi><mo>=</mo><mn>2</mn><mo>(</mo><mn>1.1</mn>"
        "<mo>)</mo></math></span></p></body></html>"
    )
    [passage] = read_passages(page)
    structure = [passage.text[span.start : span.end] for span in passage.spans if span.sort == "structure"]
    assert structure == ["(1.1)"]


def test_the_number_that_quarto_writes_before_a_theorem_is_its_own(tmp_path):
    page = tmp_path / "page.html"
    title = "<span class='theorem-title'><strong>Definition 2.1 (Of 5 %)</strong></span>"
    typed = "<span class='theorem-title'>Rise 3.5</span>"
    page.write_text(
        f"<!doctype html><html><body><main><div id='def-a' class='theorem definition'><p>{title} It is 3.</p></div>"
        f"<p>{typed}</p></main></body></html>"
    )
    structure = [
        passage.text[span.start : span.end]
        for passage in read_passages(page)
        for span in passage.spans
        if span.sort == "structure"
    ]
    assert structure == ["Definition 2.1 ("]


HIDDEN = [
    '<p title="tip of 7 %">x</p>',
    '<p aria-label="label of 7 %">x</p>',
    '<style>p::after{content:"a rise of 7 %"}</style>',
    '<svg viewBox="0 0 9 9"><text>bar of 7 %</text></svg>',
    "<button>press 7 %</button>",
    '<input placeholder="7 % or so">',
    '<iframe srcdoc="<p>a page of 7 %</p>"></iframe>',
    '<p>x <span class="kind-mark">by 7 %</span></p>',
    "<noscript>none but 7 %</noscript>",
    '<select><option label="option of 7 %"></option></select>',
    '<select><optgroup label="group of 7 %"><option>x</option></optgroup></select>',
    '<map name="m"><area href="#x" alt="area of 7 %"></map>',
    '<video><track label="track of 7 %"></video>',
]


@pytest.mark.parametrize("markup", HIDDEN)
def test_what_is_shown_in_another_way_than_as_text_is_read_too(tmp_path, markup):
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><html><body><main>{markup}</main></body></html>")
    assert any("7 %" in passage.text for passage in read_passages(page))


def test_only_a_citation_of_the_bibliography_is_made_by_the_renderer(tmp_path):
    page = tmp_path / "page.html"
    cited = '<span class="citation" data-cites="doe">(Doe 2020)</span> <span class="citation">95.3 %</span>'
    page.write_text(f"<!doctype html><html><body><main><p>{cited}</p></main></body></html>")
    [passage] = read_passages(page)
    assert [passage.text[span.start : span.end] for span in passage.spans] == ["(Doe 2020)"]


# As Quarto writes a page of a book, with the scripts left out.
FRAMED = """<!doctype html><html><body>
<header id="quarto-header"><div id="quarto-announcement" class="alert"><div class="quarto-announcement-content">
<p>News of 1 %</p></div></div>
<nav class="quarto-secondary-nav"><nav class="quarto-page-breadcrumbs"><ol class="breadcrumb"><li><a href="a.html">
<span class="chapter-number">91</span> Scores of 92</a></li></ol></nav></nav></header>
<nav id="quarto-sidebar" class="sidebar"><div class="quarto-sidebar-header"><div class="sidebar-header-item"><p>Head of
2 %</p></div></div><div class="sidebar-header"><div class="sidebar-title"><a href="index.html">Title of 3 %</a>
<div class="sidebar-tools-main"><a href="report.pdf" title="Tool 93"></a></div></div></div>
<ul><li class="sidebar-item"><a href="a.html" class="sidebar-item-text sidebar-link"><span class="menu-text">
<span class="chapter-number">94</span> Scores</span></a></li><li class="sidebar-item"><a class="sidebar-link"
role="navigation"><span class="menu-text">Part of 4 %</span></a></li></ul></nav>
<div id="quarto-margin-sidebar" class="sidebar margin-sidebar"><div class="quarto-margin-header">
<div class="margin-header-item"><p>Margin of 5 %</p></div></div>
<nav id="TOC" role="doc-toc"><a href="#x">95 x</a></nav></div>
<main><p>Text of 96</p></main>
<nav class="page-navigation"><div class="nav-page"><a href="b.html" aria-label="97 b">97 b</a></div></nav>
<footer class="footer"><div class="nav-footer"><div class="nav-footer-left">&nbsp;</div><div class="nav-footer-center">
<p>Foot of 6 %</p></div></div></footer>
<footer class="colophon-line">Version 98.</footer></body></html>"""


def test_what_stands_around_the_text_is_read_without_contents_and_tools(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(FRAMED)
    around = [passage.text.strip() for passage in read_frame(page)]
    assert [text for text in around if any(map(str.isdigit, text))] == [
        "News of 1 %",
        "Head of 2 %",
        "Title of 3 %",
        "Part of 4 %",
        "Margin of 5 %",
        "Foot of 6 %",
    ]
    assert [passage.text for passage in read_passages(page)] == ["Text of 96"]


def test_the_script_of_quarto_behind_a_text_without_main_is_not_the_authors(tmp_path):
    page = tmp_path / "page.html"
    own = '<script id="quarto-html-after-body">let a = 1;</script>'
    page.write_text(f"<html><body><p>Text.</p>{own}</body></html>")
    assert [each.unread for each in read_passages(page)] == [""]
    page.write_text(f"<html><body><section><p>Text.</p>{own}</section></body></html>")
    assert any(each.unread for each in read_passages(page))
