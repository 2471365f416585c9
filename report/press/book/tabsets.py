"""Tabs: `::: {.panel-tabset}`, each heading of its highest level a tab."""

from itertools import pairwise

import panflute as pf

from report.press.book.model import ChapterDoc, plain


def shape_tabsets(chapter: ChapterDoc) -> None:
    """Turn every panel-tabset into `Div.tabset` of `Div.tab`. Raises BookError where tabs are missing or merged."""
    chapter.doc = chapter.doc.walk(lambda element, _doc: _shape(chapter, element))


def _shape(chapter: ChapterDoc, element: pf.Element) -> pf.Div | None:
    if not (isinstance(element, pf.Div) and "panel-tabset" in element.classes):
        return None
    level = next((block.level for block in element.content if isinstance(block, pf.Header)), None)
    if level is None:
        raise chapter.error("a panel-tabset needs a heading for each tab", "panel-tabset")
    tabs: list[pf.Div] = []
    for block in list(element.content):
        if isinstance(block, pf.Header) and block.level == level:
            title = list(block.content)
            head = pf.Div(pf.Plain(*title), classes=["tab-title"])
            tabs.append(pf.Div(head, classes=["tab"], attributes={"title": plain(title)}))
        elif tabs:
            _check_heading_stands_alone(chapter, block)
            tabs[-1].content.append(block)
        else:
            raise chapter.error("a panel-tabset begins with the heading of its first tab", "panel-tabset")
    return pf.Div(*tabs, identifier=element.identifier, classes=["tabset"])


def _check_heading_stands_alone(chapter: ChapterDoc, block: pf.Element) -> None:
    # Pandoc reads `text\n## Two` as one paragraph, which would merge two tabs without a word.
    if not isinstance(block, pf.Para):
        return
    inlines = list(block.content)
    for before, mark in pairwise(inlines):
        if isinstance(before, pf.SoftBreak) and isinstance(mark, pf.Str) and set(mark.text) == {"#"}:
            raise chapter.error("a heading in a panel-tabset needs a blank line before it", plain(inlines[:1]))
