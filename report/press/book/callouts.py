"""Callouts: `::: {.callout-note title="…"}`, or with a heading as its title."""

import panflute as pf

from report.press.book.model import ChapterDoc, plain
from report.press.book.pandoc import inlines
from report.press.source.subset import CALLOUTS


def shape_callouts(chapter: ChapterDoc) -> None:
    """Give every callout its title and `callout` class. Raises BookError for an unknown kind."""
    chapter.doc.walk(lambda element, _doc: _shape(chapter, element))


def _shape(chapter: ChapterDoc, element: pf.Element) -> None:
    if not isinstance(element, pf.Div):
        return
    named = [name.removeprefix("callout-") for name in element.classes if name.startswith("callout-")]
    if not named:
        return
    kind = named[0]
    if kind not in CALLOUTS:
        raise chapter.error(f"callout-{kind} is not a callout; there are {', '.join(CALLOUTS)}", f"callout-{kind}")
    title = _title(element) or [pf.Str(kind.capitalize())]
    element.classes = ["callout", f"callout-{kind}"]
    folds = element.attributes.get("collapse")
    element.attributes = {"title": plain(title)}
    if folds in ("true", "false"):
        element.attributes["collapse"] = folds
    element.content.insert(0, pf.Div(pf.Plain(*title), classes=["callout-title"]))


def _title(element: pf.Div) -> list[pf.Inline]:
    """The title from the attribute, else from a heading that begins the callout, which it removes."""
    written = element.attributes.get("title", "")
    if written:
        return inlines(written)
    if element.content and isinstance(element.content[0], pf.Header):
        return list(element.content.pop(0).content)
    return []
