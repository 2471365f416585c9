"""Display equations with a label: `$$ … $$ {#eq-x}` becomes `Span(identifier="eq-x", classes=["equation"])`."""

import re

import panflute as pf

from report.press.book.model import ChapterDoc


def shape_equations(chapter: ChapterDoc) -> None:
    """Wrap every labelled equation. Raises BookError for an equation label that follows no display equation."""
    chapter.doc = chapter.doc.walk(lambda element, _doc: _shape(chapter, element))


def _shape(chapter: ChapterDoc, element: pf.Element) -> None:
    if not isinstance(element, pf.Para | pf.Plain):
        return
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
