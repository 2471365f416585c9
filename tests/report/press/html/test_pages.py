"""The pages as files: structure, numbers in captions, navigation, and what is refused."""

import json

import pytest

from report.press.book import BookError

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"
FIGURE = '::: {#fig-x}\n![](x.svg){fig-alt="Two <bars>"}\n\nThe *bars*.\n:::\n'
TABLE = "| a |\n|---|\n| 1 |\n\n: Letters {#tbl-x}\n"


def words(element):
    return " ".join(element.get_text().split())


def test_a_figure_has_its_caption_below_and_a_table_above(write_pages):
    page = write_pages({"a.qmd": f"# A\n\n{FIGURE}\n{TABLE}", "x.svg": SVG})["a.html"]
    figure, table = page.find(id="fig-x"), page.find(id="tbl-x")
    assert [child.name for child in figure.find_all(recursive=False)] == ["p", "figcaption"]
    assert words(figure.figcaption) == "Figure 1.1: The bars."
    assert figure.img["alt"] == "Two <bars>"
    assert [child.name for child in table.find_all(recursive=False)] == ["figcaption", "div"]
    assert words(table.figcaption) == "Table 1.1: Letters"
    assert table.find("th").get_text() == "a"


def test_a_figure_without_a_caption_has_no_colon(write_pages):
    page = write_pages({"a.qmd": "# A\n\n![](x.svg){#fig-x}", "x.svg": SVG})["a.html"]
    assert words(page.find(id="fig-x").figcaption) == "Figure 1.1"


def test_headings_carry_number_and_anchor(write_pages):
    page = write_pages({"a.qmd": "# The *title* {#sec-a}\n\n## Part\n\n## Bare {-}"})["a.html"]
    assert words(page.h1) == "1 The title"
    assert page.h1["id"] == "sec-a"
    assert [words(heading) for heading in page.find_all("h2")] == ["1.1 Part", "Bare"]
    assert [link["href"] for link in page.select("h2 > a.anchor")] == ["#part", "#bare"]
    assert page.title.get_text() == "The title – A trial"


def test_an_appendix_is_called_one(write_pages):
    book = {"title": "A trial", "chapters": ["index.qmd"], "appendices": ["z.qmd"]}
    pages = write_pages({"z.qmd": "# Extra\n\n## Part"}, book=book)
    assert words(pages["z.html"].h1) == "Appendix A — Extra"
    assert words(pages["z.html"].h2) == "A.1 Part"
    assert words(pages["index.html"].select_one(".chapters .part")) == "Appendices"


def test_equations_show_their_number(write_pages):
    page = write_pages({"a.qmd": "# A\n\n$$ x^2 $$ {#eq-x}"})["a.html"]
    assert page.find(id="eq-x").math["display"] == "block"
    assert words(page.select_one("#eq-x .equation-number")) == "(1.1)"


def test_code_folds_where_the_cell_says_so(write_pages):
    cell = '```{{.python .cell-code code-fold="{fold}" code-summary="Look"}}\nx = 1\n```\n'
    text = "\n".join(cell.format(fold=fold) for fold in ("true", "show", "false"))
    page = write_pages({"a.qmd": f"# A\n\n{text}"})["a.html"]
    assert [(fold.summary.get_text(), fold.has_attr("open")) for fold in page.select("main details")] == [
        ("Look", False),
        ("Look", True),
    ]
    assert len(page.select("pre.sourceCode")) == 3
    assert page.select_one("code .op").get_text() == "=", "code is highlighted"


def test_callouts(write_pages):
    text = '::: {.callout-tip title="A & B" collapse="true"}\nX\n:::\n\n::: {.callout-note}\nY\n:::'
    page = write_pages({"a.qmd": f"# A\n\n{text}"})["a.html"]
    folded, plain = page.select(".callout")
    assert (folded.name, words(folded.summary)) == ("details", "Tip: A & B")
    assert (plain.name, plain["role"], words(plain)) == ("div", "note", "Note Y")


def test_navigation_leads_through_the_book(write_pages):
    pages = write_pages({"report/a.qmd": "# A", "report/b.qmd": "# B"})
    first, middle, last = pages["index.html"], pages["report/a.html"], pages["report/b.html"]
    assert first.select_one("a[rel=prev]") is None
    assert first.select_one("a[rel=next]")["href"] == "report/a.html"
    assert middle.select_one("a[rel=prev]")["href"] == "../index.html"
    assert middle.select_one("a[rel=next]")["href"] == "b.html"
    assert last.select_one("a[rel=next]") is None
    assert [link["href"] for link in middle.select(".chapters a")] == ["../index.html", "a.html", "b.html"]
    assert words(middle.select_one("[aria-current=page]")) == "1 A"


def test_the_home_page_has_the_title_block(write_pages):
    book = {"title": "T <1>", "subtitle": "S", "author": ["A", "B"], "date": "2026-01-02", "chapters": ["index.qmd"]}
    page = write_pages({}, book=book, version="1.2", build={"tables": "abc123"})["index.html"]
    block = list(page.select_one(".book-title").stripped_strings)
    version = ["Version", "1.2", "Frozen tables", "abc123"]
    assert block == ["T <1>", "S", "Authors", "A", "B", "Date", "2 January 2026", *version]
    assert words(page.footer) == "T <1>, version 1.2, 2 January 2026. Frozen tables abc123."
    named = {name: page.find("meta", attrs={"name": name})["content"] for name in ("version", "tables-digest")}
    assert named == {"version": "1.2", "tables-digest": "abc123"}


def test_the_search_index_holds_the_lines_above_the_first_page(write_pages, tmp_path):
    book = {"title": "T", "subtitle": "With each number traced", "author": ["Ada"], "chapters": ["index.qmd"]}
    write_pages({}, book=book)
    script = (tmp_path / "site" / "assets" / "search-index.js").read_text()
    first, *_ = json.loads(script.removeprefix("window.colophonIndex = ").removesuffix(";\n"))
    assert first["href"] == "index.html"
    assert first["text"].startswith("With each number traced Ada")


def test_the_search_index_holds_text_by_section(write_pages, tmp_path):
    text = "# A {#sec-a}\n\nOne `two`.\n\n## Part\n\n| h |\n|---|\n| \\</script\\> |\n\n```{.python}\nhidden()\n```"
    write_pages({"a.qmd": text})
    script = (tmp_path / "site" / "assets" / "search-index.js").read_text()
    entries = json.loads(script.removeprefix("window.colophonIndex = ").removesuffix(";\n"))
    assert [entry for entry in entries if entry["chapter"] == "1 A"] == [
        {"href": "a.html", "chapter": "1 A", "title": "1 A", "text": "One two."},
        {"href": "a.html#part", "chapter": "1 A", "title": "1.1 Part", "text": "h </script>"},
    ]


def test_titles_are_escaped_everywhere(write_pages):
    pages = write_pages({"a.qmd": "# A \\<img src=x onerror=alert(1)\\>\n\n## \\<b\\>\n\nText"})
    for page in pages.values():
        assert page.select("img, b") == []
    assert words(pages["a.html"].select_one(".contents")) == "On this page 1.1 <b>"


@pytest.mark.parametrize(
    "heading",
    ["## T {#sec-b}", "T {#sec-b}\n---------", "> ## T {#sec-b}", "- ## T {#sec-b}", '## T {data-x="a}b" #sec-b}'],
)
def test_a_heading_keeps_the_label_that_it_is_given(write_pages, heading):
    page = write_pages({"a.qmd": f"# A {{#sec-a}}\n\n{heading}\n\nSee @sec-b."})["a.html"]
    assert page.find(id="sec-b")


@pytest.mark.parametrize(
    "title", ["Main", "Side", "Search results", "Origin", "fig-one", "[\\@fig-one]", "tbl-x", "sec-a"]
)
def test_a_title_may_read_like_a_part_of_the_page_or_a_label(write_pages, title):
    text = f"# A {{#sec-a}}\n\n## {title}\n\n![C](x.svg){{#fig-one}}\n\n@fig-one"
    page = write_pages({"a.qmd": text, "x.svg": SVG})["a.html"]
    assert page.select_one("#fig-one").name != "section"
    assert len(page.select("h2")) == 1
    assert all(page.find(id=link["href"].removeprefix("#")) for link in page.select(".contents a[href^='#']"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[x](#nowhere)", "a.qmd: link #nowhere: there is no #nowhere on that page"),
        ("[x](index.qmd#nowhere)", "a.qmd: link index.html#nowhere: there is no #nowhere on that page"),
        ("[one]{#twice} [two]{#twice}", "a.qmd: the identifier #twice is used twice on the page"),
        ('```{=html}\n<script src="https://x.org/x.js"></script>\n```', "https://x.org/x.js would be loaded"),
        ("$\\undefined{$", "a.qmd: math that cannot be typeset"),
    ],
)
def test_a_faulty_site_is_not_written(write_pages, tmp_path, text, message):
    with pytest.raises(BookError) as error:
        write_pages({"a.qmd": f"# A\n\n{text}"})
    assert message in str(error.value)
    assert not (tmp_path / "site").exists()


def test_files_of_chapters_stand_where_their_links_lead(write_pages, tmp_path):
    write_pages({"report/a.qmd": "# A\n\n![](x.svg) [data](../data/d.csv)", "report/x.svg": SVG, "data/d.csv": "a\n"})
    assert (tmp_path / "site" / "report" / "x.svg").read_text() == SVG
    assert (tmp_path / "site" / "data" / "d.csv").read_text() == "a\n"


def test_a_picture_waits_for_its_reader_and_keeps_its_room(write_pages):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36.3pt" viewBox="0 0 72 36.3"/>'
    files = {"report/a.qmd": "# A\n\n![](a b.svg)\n\n![](b.svg){width=50%}\n", "report/a b.svg": drawing}
    pages = write_pages(files | {"report/b.svg": drawing})
    whole, half = pages["report/a.html"].select("main img")
    assert whole["loading"] == half["loading"] == "lazy"
    assert (whole["width"], whole["height"]) == ("96", "48")
    assert not half.get("height")
