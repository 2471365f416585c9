"""Links between chapters, and files that travel with the book."""

import panflute as pf

CHAPTERS = {
    "report/a.qmd": "# A\n\n[b](b.qmd) [part](b.qmd#part) [home](/index.qmd) [own](#own) <https://x.org>\n\n## Own\n",
    "report/b.qmd": "# B {#sec-b}\n\n## Part\n\n[data](../data/x%201.csv) ![](/logo.svg)\n",
    "data/x 1.csv": "a\n1\n",
    "logo.svg": "<svg/>",
}


def urls(chapter):
    found = []
    chapter.doc.walk(lambda element, _doc: found.append(element.url) if hasattr(element, "url") else None)
    return found


def test_chapters_link_to_pages(build_book):
    docs = build_book(CHAPTERS)
    assert urls(docs["a"]) == ["b.html", "b.html#part", "../index.html", "#own", "https://x.org"]


def test_in_a_pdf_they_link_to_anchors_that_are_there(build_book):
    docs = build_book(CHAPTERS, "typst")
    links = urls(docs["a"])
    assert links[0] == f"#{docs['b'].identifier}" == "#sec-b"
    anchors = {docs[name].identifier for name in docs}
    for doc in docs.values():
        doc.doc.walk(lambda element, _doc: anchors.add(element.identifier) if isinstance(element, pf.Header) else None)
    assert {link.removeprefix("#") for link in links[:4]} <= anchors


def test_equal_headings_of_two_chapters_stay_apart_in_a_pdf(build_book):
    docs = build_book({"a.qmd": "# A\n\n## Limits\n", "b.qmd": "# B\n\n[x](a.qmd#limits)\n\n## Limits\n"}, "typst")
    limits = [doc.doc.content[-1].identifier for doc in (docs["a"], docs["b"])]
    assert len(set(limits)) == 2
    assert urls(docs["b"]) == [f"#{limits[0]}"]


def test_files_are_collected_by_their_place_on_the_site(build_book):
    doc = build_book(CHAPTERS)["b"]
    assert set(doc.resources) == {"data/x 1.csv", "logo.svg"}
    assert doc.resources["data/x 1.csv"].read_text() == "a\n1\n"
    assert urls(doc) == ["../data/x%201.csv", "../logo.svg"]
