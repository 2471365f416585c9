"""The smaller constructs of a chapter, each brought into the shape that `report.press.book.model` tells."""

import re
from itertools import pairwise

import panflute as pf

from report.press.book.model import ChapterDoc, plain
from report.press.book.pandoc import inlines, words
from report.press.book.walk import elements, replace
from report.press.source.subset import CALLOUTS

# --- the chapter's title


def take_title(chapter: ChapterDoc) -> None:
    """Set the chapter's `title` and `identifier`. Raises BookError unless exactly one heading of level 1 begins it."""
    blocks = chapter.doc.content
    if not blocks or not isinstance(blocks[0], pf.Header) or blocks[0].level != 1:
        raise chapter.error("a chapter begins with its title: `# Title`, or `title:` in the front matter")
    heading = blocks.pop(0)
    chapter.title, chapter.identifier = list(heading.content), heading.identifier
    for second in elements(chapter.doc, pf.Header, inlines=False):
        if second.level == 1:
            title = plain(list(second.content))
            message = f"{title!r} is a second heading of level 1; sections of a chapter begin at ##"
            raise chapter.error(message, f"# {title}")


# --- callouts: `::: {.callout-note title="…"}`, or with a heading as the title


def shape_callouts(chapter: ChapterDoc) -> None:
    """Give every callout its title and `callout` class. Raises BookError for an unknown kind."""
    for div in elements(chapter.doc, pf.Div, inlines=False):
        _shape_callout(chapter, div)


def _shape_callout(chapter: ChapterDoc, element: pf.Div) -> None:
    named = [name.removeprefix("callout-") for name in element.classes if name.startswith("callout-")]
    if not named:
        return
    kind = named[0]
    if kind not in CALLOUTS:
        raise chapter.error(f"callout-{kind} is not a callout; there are {', '.join(CALLOUTS)}", f"callout-{kind}")
    title = _callout_title(element) or [pf.Str(kind.capitalize())]
    element.classes = ["callout", f"callout-{kind}"]
    folds = element.attributes.get("collapse")
    element.attributes = {"title": plain(title)}
    if folds in ("true", "false"):
        element.attributes["collapse"] = folds
    element.content.insert(0, pf.Div(pf.Plain(*title), classes=["callout-title"]))


def _callout_title(element: pf.Div) -> list[pf.Inline]:
    """The title from the attribute, else from a heading that begins the callout, which it removes."""
    written = element.attributes.get("title", "")
    if written:
        return inlines(written)
    if element.content and isinstance(element.content[0], pf.Header):
        return list(element.content.pop(0).content)
    return []


# --- tabs: `::: {.panel-tabset}`, each heading of its highest level a tab


def shape_tabsets(chapter: ChapterDoc) -> None:
    """Turn every panel-tabset into `Div.tabset` of `Div.tab`. Raises BookError where tabs are missing or merged."""
    replace(chapter.doc, lambda element: _shape_tabset(chapter, element), inlines=False)


def _shape_tabset(chapter: ChapterDoc, element: pf.Element) -> pf.Div | None:
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


# --- equations with a label: `$$ … $$ {#eq-x}`


def shape_equations(chapter: ChapterDoc) -> None:
    """Wrap every labelled equation. Raises BookError for an equation label that follows no display equation."""
    for text in elements(chapter.doc, (pf.Para, pf.Plain)):
        _shape_equation(chapter, text)


def _shape_equation(chapter: ChapterDoc, element: pf.Para | pf.Plain) -> None:
    result: list[pf.Inline] = []
    for inline in list(element.content):
        if isinstance(inline, pf.Str) and inline.text.startswith("{#eq-"):
            label = re.fullmatch(r"\{#(eq-[^}\s]+)\}", inline.text)
            while result and isinstance(result[-1], pf.Space | pf.SoftBreak):
                result.pop()
            if not label or not result or not _is_display(result[-1]):
                message = f"{inline.text}: an equation's label follows `$$ … $$` and stands alone"
                raise chapter.error(message, inline.text)
            result[-1] = pf.Span(result[-1], identifier=label.group(1), classes=["equation"])
        else:
            result.append(inline)
    if any(isinstance(inline, pf.Span) and "equation" in inline.classes for inline in result):
        element.content = result


def _is_display(inline: pf.Inline) -> bool:
    return isinstance(inline, pf.Math) and inline.format == "DisplayMath"


# --- images


def set_image_attributes(chapter: ChapterDoc) -> None:
    """Move `fig-alt` into each image, and make `fig-align` a class of it.

    An image in a labelled float that has no alternative text is left without one.
    """
    for image in elements(chapter.doc, pf.Image):
        if "fig-alt" in image.attributes:
            image.content = words(image.attributes.pop("fig-alt"))
        if "fig-align" in image.attributes:
            image.classes.append(f"align-{image.attributes.pop('fig-align')}")
