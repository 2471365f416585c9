"""Citations through citeproc, and where the references stand."""

import panflute as pf
import pytest

from report.press.book import BookError
from report.press.source.bibliography import bibliography_problems
from report.press.source.problems import SourceError
from report.rendering.project import load_project

BIBLIOGRAPHY = """
@article{wilson1927, title={Probable Inference}, author={Wilson, Edwin B.}, journal={JASA}, year={1927}}
@article{wald1943, title={Tests}, author={Wald, Abraham}, journal={TAMS}, year={1943}}
"""
STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
<info><title>n</title><id>n</id><updated>2020-01-01T00:00:00+00:00</updated></info>
<citation><layout prefix="[" suffix="]"><text variable="citation-number"/></layout></citation>
<bibliography><layout><text variable="citation-number"/><text variable="title" prefix=" "/></layout></bibliography>
</style>"""
CITING = {
    "a.qmd": "# A\n\nSee @wilson1927 and @fig-x.\n\n![C](x.svg){#fig-x}\n",
    "b.qmd": "# B\n\nSee [@wald1943, p. 2].\n",
    "refs.bib": BIBLIOGRAPHY,
}


def headings(chapter):
    return [pf.stringify(block) for block in chapter.doc.content if isinstance(block, pf.Header)]


def test_each_page_ends_in_its_own_references(build_book, text_of):
    docs = build_book(CITING, bibliography="refs.bib")
    assert "See Wilson (1927) and Figure 1.1." in text_of(docs["a"])
    assert "(Wald 1943, 2)" in text_of(docs["b"])
    assert headings(docs["a"]) == headings(docs["b"]) == ["References"]
    assert "Probable Inference" in text_of(docs["a"])
    assert "Probable Inference" not in text_of(docs["b"])
    assert headings(docs["index"]) == []


def test_a_chapter_with_refs_holds_them_for_the_whole_book(build_book, text_of):
    files = {**CITING, "report/references.qmd": "# References {.unnumbered}\n\n::: {#refs}\n:::\n"}
    docs = build_book(files, bibliography="refs.bib")
    assert "Probable Inference" in text_of(docs["references"])
    assert "Tests" in text_of(docs["references"])
    assert "Probable Inference" not in text_of(docs["a"])
    links = []
    docs["a"].doc.walk(lambda element, _doc: links.append(element.url) if isinstance(element, pf.Link) else None)
    assert "report/references.html#ref-wilson1927" in links


def test_a_pdf_has_one_bibliography_at_its_end(build_book, text_of):
    docs = build_book(CITING, "typst", bibliography="refs.bib")
    assert headings(docs["a"]) == []
    assert headings(docs["b"]) == ["References"]
    assert docs["b"].doc.content[-2].level == 1
    assert "Probable Inference" in text_of(docs["b"])


def test_a_key_that_no_bibliography_holds(build_book):
    with pytest.raises(BookError, match=r"b\.qmd:3: @nobody1999: no such key in refs\.bib"):
        build_book({**CITING, "b.qmd": "# B\n\n@nobody1999\n"}, bibliography="refs.bib")


def test_a_citation_without_any_bibliography(build_book):
    with pytest.raises(BookError, match=r"a\.qmd:3: @wilson1927: a citation, but _quarto\.yml names no bibliography"):
        build_book({"a.qmd": "# A\n\n@wilson1927\n"})


def test_a_style_is_followed(build_book, text_of):
    docs = build_book({**CITING, "n.csl": STYLE}, "typst", bibliography="refs.bib", csl="n.csl")
    assert "[1]" in text_of(docs["a"])
    assert "[2]" in text_of(docs["b"]), "numbers run through the one document"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("refs.bib", BIBLIOGRAPHY + "@book{open, title={", "refs.bib:5: cannot be read as a bibliography: unexpected"),
        ("refs.json", '[{"id": 1', "refs.json:1: cannot be read as a bibliography: Unexpected end-of-input"),
        ("refs.txt", "x", "refs.txt:1: cannot be read as a bibliography: Could not determine bibliography format"),
        ("n.csl", "<style", "n.csl:2: cannot be read as a citation style (CSL): not enough input"),
        ("n.csl", "<style/>", "n.csl:1: cannot be read as a citation style (CSL): CiteprocParseError: No citation"),
    ],
)
def test_a_bibliography_or_style_that_does_not_read(build_book, write_book, name, text, message):
    settings = {"csl": name} if name.endswith("csl") else {}
    settings["bibliography"] = "refs.bib" if settings else name
    files = {"a.qmd": "# A\n\n@wilson1927\n", "refs.bib": BIBLIOGRAPHY, name: text + "\n"}
    with pytest.raises(SourceError) as raised:
        build_book(files, **settings)
    assert str(raised.value).startswith(message)
    told = bibliography_problems(load_project(write_book(files, **settings)))
    assert [str(problem) for problem in told] == [str(raised.value)]


def test_the_project_may_lie_below_a_folder_whose_name_looks_like_an_escape(build_book, text_of):
    files = {**CITING, "p%41/refs.bib": BIBLIOGRAPHY, "p%41/n.csl": STYLE}
    docs = build_book(files, "typst", bibliography="p%41/refs.bib", csl="p%41/n.csl")
    assert "[1]" in text_of(docs["a"])
