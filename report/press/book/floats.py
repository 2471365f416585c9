"""Figures and tables that carry a label, whichever of Quarto's forms they are written in.

A fenced div `::: {#fig-x}` with its caption as last paragraph (or in `fig-cap`), an image `![caption](file){#fig-x}`,
and a table with `: caption {#tbl-x}` all become `Div(classes=["float", kind])` with the caption as last child.
"""

import panflute as pf

from report.press.book.labels import kind_of
from report.press.book.model import ChapterDoc
from report.press.book.pandoc import holds_text, inlines
from report.press.source.subset import REFUSED_ATTRIBUTE_PREFIXES, REFUSED_REFERENCE_TYPES

KINDS = ("fig", "tbl")


def shape_floats(chapter: ChapterDoc) -> None:
    """Bring every labelled figure and table into the one shape. Raises BookError for subfigures and layouts."""
    chapter.doc = chapter.doc.walk(lambda element, _doc: _shape(chapter, element), stop_if=holds_text)


def is_float(element: pf.Element) -> bool:
    return isinstance(element, pf.Div) and "float" in element.classes


def _shape(chapter: ChapterDoc, element: pf.Element) -> object:
    if isinstance(element, pf.Div | pf.CodeBlock):
        _refuse(chapter, element)
    if isinstance(element, pf.Div):
        return _from_div(chapter, element)
    if isinstance(element, pf.Figure):
        return _from_figure(element)
    if isinstance(element, pf.Para):
        return _from_image(element)
    if isinstance(element, pf.Table):
        return _from_table(element)
    return None


def _from_div(chapter: ChapterDoc, div: pf.Div) -> object:
    kind = kind_of(div.identifier)
    if kind not in KINDS or is_float(div):
        return None
    blocks = list(div.content)
    # The code that made the float stays above it: it is no part of the figure.
    code = [block for block in blocks if isinstance(block, pf.CodeBlock)]
    blocks = [block for block in blocks if not isinstance(block, pf.CodeBlock)]
    blocks, caption = _caption(blocks, div.attributes.get(f"{kind}-cap"))
    alt = div.attributes.get("fig-alt")
    result = _float(div.identifier, kind, blocks, caption)
    if any(is_float(inner) for block in blocks for inner in _descendants(block)):
        why = "figures inside a figure are not supported by the embedded renderer; write them below each other"
        message = f"{div.identifier}: {why}"
        raise chapter.error(message, f"#{div.identifier}")
    if alt:
        result.walk(lambda inner, _doc: _set_alt(inner, alt))
    return [*code, result]


def _caption(blocks: list[pf.Block], written: str | None) -> tuple[list[pf.Block], list[pf.Inline]]:
    """The content of a labelled div without its caption, and the caption's inlines."""
    last = blocks[-1] if blocks else None
    if isinstance(last, pf.Para | pf.Plain) and not _is_image_only(last):
        return blocks[:-1], list(last.content)
    if written:
        return blocks, inlines(written)
    for inner in (inner for block in blocks for inner in _descendants(block)):
        if isinstance(inner, pf.Figure | pf.Table) and inner.caption and inner.caption.content:
            caption = _caption_inlines(inner.caption)
            if isinstance(inner, pf.Figure):
                return [pf.Para(*_images(inner))], caption
            inner.caption = pf.Caption()
            return blocks, caption
    return blocks, []


def _from_figure(figure: pf.Figure) -> pf.Div | None:
    if kind_of(figure.identifier) not in KINDS:
        return None
    caption = _caption_inlines(figure.caption)
    return _float(figure.identifier, kind_of(figure.identifier), [pf.Para(*_images(figure))], caption)


def _from_image(para: pf.Para) -> pf.Div | None:
    # An image without a caption is no Figure to Pandoc.
    if not _is_image_only(para) or len(para.content) != 1 or kind_of(para.content[0].identifier) not in KINDS:
        return None
    image = para.content[0]
    label, image.identifier = image.identifier, ""
    return _float(label, kind_of(label), [pf.Para(image)], [])


def _from_table(table: pf.Table) -> pf.Div | None:
    if kind_of(table.identifier) not in KINDS:
        return None
    caption = _caption_inlines(table.caption)
    label, table.identifier, table.caption = table.identifier, "", pf.Caption()
    return _float(label, "tbl", [table], caption)


def _float(label: str, kind: str | None, content: list[pf.Block], caption: list[pf.Inline]) -> pf.Div:
    last = pf.Div(*([pf.Plain(*caption)] if caption else []), classes=["caption"])
    return pf.Div(*content, last, identifier=label, classes=["float", str(kind)])


def _refuse(chapter: ChapterDoc, element: pf.Div | pf.CodeBlock) -> None:
    if kind_of(element.identifier) in REFUSED_REFERENCE_TYPES:
        message = f"{element.identifier}: only figures, tables, equations and sections are numbered"
        raise chapter.error(message, f"#{element.identifier}")
    for key in element.attributes:
        if key.startswith(REFUSED_ATTRIBUTE_PREFIXES) or key.endswith("-subcap"):
            raise chapter.error(
                f"{key} is not supported by the embedded renderer; write the figures below each other", key
            )


def _set_alt(element: pf.Element, alt: str) -> None:
    if isinstance(element, pf.Image) and "fig-alt" not in element.attributes:
        element.attributes["fig-alt"] = alt


def _caption_inlines(caption: pf.Caption) -> list[pf.Inline]:
    result: list[pf.Inline] = []
    for block in caption.content:
        result += [pf.Space()] if result else []
        result += list(block.content)
    return result


def _images(figure: pf.Figure) -> list[pf.Inline]:
    return [inline for block in figure.content for inline in block.content]


def _is_image_only(block: pf.Block) -> bool:
    return bool(block.content) and all(
        isinstance(inline, pf.Image | pf.Space | pf.SoftBreak)
        or (isinstance(inline, pf.Link) and all(isinstance(part, pf.Image) for part in inline.content))
        for inline in block.content
    )


def _descendants(block: pf.Element) -> list[pf.Element]:
    found: list[pf.Element] = []
    block.walk(lambda element, _doc: found.append(element))
    return found
