"""Quarto's search index after the render: with all words of its pages, and once more as a script.

Of what stands before a page's first section Quarto indexes a few paragraphs alone, without author and date, and of the
lists over all chapters nothing, which are made later; and it reads the raised letters of kinds as "12.7m points". A
page that is opened from disk may not fetch the index: `search-index.js` holds it for `_extensions/colophon/offline.js`.
"""

import html
import json
from pathlib import Path

from lxml import html as lxml_html

from report.rendering.project import Project

INDEX, SCRIPT = "search.json", "search-index.js"
_PARTS = "section[contains(concat(' ', @class, ' '), ' level2 ')]"
_BLOCKS = ("p", "div", "li", "td", "th", "dt", "dd", "h2", "h3", "h4", "h5", "h6", "figcaption", "summary", "pre", "br")
_NO_WORDS = ".//script | .//style | .//nav | .//math | .//h1 | .//*[contains(concat(' ', @class, ' '), ' kind-mark ')]"


def finish_search(project: Project) -> None:
    """Rewrite the index of the output and write its script; nothing where Quarto wrote no index."""
    path = project.output_dir / INDEX
    if not path.is_file():
        return
    order = {chapter.href: place for place, chapter in enumerate(project.chapters)}
    entries = json.loads(path.read_text("utf-8"))
    # The order in which Quarto lists its pages is its own affair: two renders of a commit are to have the same bytes.
    entries.sort(key=lambda entry: order.get(entry["href"].partition("#")[0], len(order)))
    anchors: dict[str, set[str]] = {}
    for entry in entries:
        page, _, anchor = entry["href"].partition("#")
        anchors.setdefault(page, set()).add(anchor)
    pages = {page: _sections(project.output_dir / page, own) for page, own in anchors.items()}
    for entry in entries:
        page, _, anchor = entry["href"].partition("#")
        if anchor in pages[page]:
            heading, text = pages[page][anchor]
            entry |= {"section": heading, "text": text}
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False), "utf-8")
    (project.output_dir / SCRIPT).write_text(f"window.colophonIndex = {json.dumps(entries)};\n", "utf-8")


def _sections(page: Path, anchors: set[str]) -> dict[str, tuple[str, str]]:
    """Heading and text of the sections of a page that have an entry, by anchor; by the empty one what is left of it.

    Escaped, since the search writes them into the page as HTML.
    """
    if not page.is_file():
        return {}
    root = lxml_html.fromstring(page.read_bytes(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    found = {}
    for section in root.xpath(f"//main//{_PARTS}"):
        if section.get("id") not in anchors:
            continue
        headings = section.xpath("./h2")
        found[section.get("id")] = (_text(headings[0]) if headings else "", _text(section))
        section.drop_tree()
    for main in root.xpath("//main"):
        found[""] = ("", _text(main))
    return found


def _text(element: lxml_html.HtmlElement) -> str:
    for silent in element.xpath(_NO_WORDS):
        silent.drop_tree()
    for block in element.iter(*_BLOCKS):
        block.tail = f" {block.tail or ''}"
    return html.escape(" ".join(element.text_content().split()), quote=False)
