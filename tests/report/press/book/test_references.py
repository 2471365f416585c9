"""Cross-references over the whole book, with the texts that Quarto 1.9 writes."""

import panflute as pf
import pytest

from report.press.book import BookError

BOOK = {
    "index.qmd": "# Preface {.unnumbered}\n\nREFERENCES\n\n![One](x.svg){#fig-home}\n",
    "report/one.qmd": """# One {#sec-one}

REFERENCES

## Part {#sec-part}

### Deeper {#sec-deeper}

![First](x.svg){#fig-first}

![Second](x.svg){#fig-second}

| a |
|---|
| 1 |

: Letters {#tbl-letters}

$$ x $$ {#eq-x}
""",
    "report/two.qmd": "# Two {#sec-two}\n\nREFERENCES\n\n![Third](x.svg){#fig-third}\n",
}
APPENDIX = "# Extra {#sec-extra}\n\n## Part {#sec-extra-part}\n\n![Fourth](x.svg){#fig-fourth}\n"


@pytest.fixture
def reference(build_book, text_of):
    """A function that returns what a reference reads as in a chapter, and where it leads."""

    def resolved(written: str, chapter: str = "one", to: str = "html") -> tuple[str, list[str]]:
        files = {name: text.replace("REFERENCES", f"X {written} Y") for name, text in BOOK.items()}
        names = [*files]
        settings = {"book": {"title": "T", "chapters": names, "appendices": ["report/extra.qmd"]}}
        doc = build_book({**files, "report/extra.qmd": APPENDIX}, to, **settings)[chapter]
        text = text_of(doc)
        return text[text.index("X ") + 2 : text.index(" Y")], urls(doc)

    return resolved


def urls(chapter):
    found = []
    chapter.doc.walk(lambda element, _doc: found.append(element.url) if isinstance(element, pf.Link) else None)
    return found


@pytest.mark.parametrize(
    ("written", "text", "url"),
    [
        ("@fig-first", "Figure 1.1", "#fig-first"),
        ("@fig-second", "Figure 1.2", "#fig-second"),
        ("@Fig-first", "Figure 1.1", "#fig-first"),
        ("[-@fig-first]", "1.1", "#fig-first"),
        ("[see @tbl-letters]", "see 1.1", "#tbl-letters"),
        ("@tbl-letters", "Table 1.1", "#tbl-letters"),
        ("@eq-x", "Equation 1.1", "#eq-x"),
        ("@sec-part", "Section 1.1", "#sec-part"),
        ("@sec-deeper", "Section 1.1.1", "#sec-deeper"),
        ("[-@sec-deeper]", "1.1.1", "#sec-deeper"),
        ("@sec-one", "Chapter 1", "#sec-one"),
        ("@sec-two", "Chapter 2", "two.html"),
        ("@fig-third", "Figure 2.1", "two.html#fig-third"),
        ("@fig-home", "Figure 1", "../index.html#fig-home"),
        ("@sec-extra", "Appendix A", "extra.html"),
        ("@sec-extra-part", "Section A.1", "extra.html#sec-extra-part"),
        ("@fig-fourth", "Figure A.1", "extra.html#fig-fourth"),
    ],
)
def test_reference_from_a_numbered_chapter(reference, written, text, url):
    assert reference(written) == (text, [url])


@pytest.mark.parametrize(
    ("written", "text", "url"),
    [
        ("@fig-first", "Figure 1.1", "report/one.html#fig-first"),
        ("@sec-part", "Part", "report/one.html#sec-part"),
        ("@sec-one", "1 One", "report/one.html"),
        ("@sec-extra", "Appendix A — Extra", "report/extra.html"),
    ],
)
def test_an_unnumbered_page_calls_sections_by_their_titles(reference, written, text, url):
    assert reference(written, "index") == (text, [url])


def test_a_pdf_has_one_name_space_and_numbers_throughout(reference):
    assert reference("@sec-one and @fig-third", "index", "typst") == (
        "Chapter 1 and Figure 2.1",
        ["#sec-one", "#fig-third"],
    )


def test_several_in_brackets(reference):
    assert reference("[@fig-first; @tbl-letters; @fig-third]") == (
        "Figure 1.1, Table 1.1, Figure 2.1",
        ["#fig-first", "#tbl-letters", "two.html#fig-third"],
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("@fig-frist", "one.qmd:3: @fig-frist: nothing in the book has this label; did you mean @fig-first?"),
        ("@sec-zzz", "one.qmd:3: @sec-zzz: nothing in the book has this label"),
        ("[@fig-first; @smith2020]", "@smith2020: citations and cross-references cannot share brackets"),
        ("[@fig-first, left]", "@fig-first: text after a cross-reference goes outside its brackets"),
        ("@thm-x", "@thm-x: thm- labels are not supported by the embedded renderer"),
    ],
)
def test_what_cannot_be_resolved_is_named_with_its_place(build_book, written, message):
    with pytest.raises(BookError) as error:
        build_book({"one.qmd": f"# One\n\n{written}\n\n![First](x.svg){{#fig-first}}\n"})
    assert message in str(error.value)


def test_a_section_without_a_number_cannot_be_referred_to(build_book):
    with pytest.raises(BookError, match=r"a\.qmd:3: @sec-x: that section has no number; link to it"):
        build_book({"a.qmd": "# A\n\n@sec-x\n\n## Plain {#sec-x .unnumbered}\n"})


def test_a_label_belongs_to_one_thing(build_book):
    figure = "![C](x.svg){#fig-x}\n"
    with pytest.raises(BookError, match=r"b\.qmd:3: label 'fig-x' is used in a\.qmd too"):
        build_book({"a.qmd": f"# A\n\n{figure}", "b.qmd": f"# B\n\n{figure}"})
    with pytest.raises(BookError, match=r"label 'fig-x' is used twice in this chapter"):
        build_book({"a.qmd": f"# A\n\n{figure}\n\n{figure}"})
