"""Figures and tables that carry a label, whichever of Quarto's forms they are written in.

A fenced div `::: {#fig-x}` with its caption as last paragraph (or in `fig-cap`), an image `![caption](file){#fig-x}`,
and a table with `: caption {#tbl-x}` all become `Div(classes=["float", kind])` with the caption as last child. Such a
one inside another is a part of it, (a), (b), …; a div with `layout-ncol` or `layout-nrow` shows its blocks in columns.
"""

import math
from collections.abc import Mapping

import panflute as pf

from report.press.book.labels import kind_of
from report.press.book.model import ChapterDoc
from report.press.book.pandoc import inlines
from report.press.book.walk import elements, replace
from report.press.source.subset import REFUSED_ATTRIBUTE_PREFIXES, REFUSED_REFERENCE_TYPES

KINDS = ("fig", "tbl")
LAYOUT = ("layout-ncol", "layout-nrow")


def shape_floats(chapter: ChapterDoc) -> None:
    """Bring every labelled figure and table into the one shape. Raises BookError for subfigures and layouts."""
    replace(chapter.doc, lambda element: _shape(chapter, element), inlines=False)


def is_float(element: pf.Element) -> bool:
    """Whether an element is a float, such as a figure or a table."""
    return isinstance(element, pf.Div) and "float" in element.classes


def parts_of(element: pf.Div) -> list[pf.Div]:
    """The floats that are parts of this one."""
    return [inner for block in element.content for inner in elements(block, pf.Div, inlines=False) if is_float(inner)]


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
    if is_float(div):
        return None
    layout = {name: div.attributes.pop(name) for name in LAYOUT if name in div.attributes}
    if kind not in KINDS:
        div.content = _in_columns(list(div.content), layout)
        return div if layout else None
    blocks = list(div.content)
    # The code that made the float stays above it: it is no part of the figure.
    code = [block for block in blocks if isinstance(block, pf.CodeBlock)]
    blocks = [block for block in blocks if not isinstance(block, pf.CodeBlock)]
    blocks, caption = _caption(blocks, div.attributes.get(f"{kind}-cap"))
    alt = div.attributes.get("fig-alt")
    align = div.attributes.get("fig-align")
    result = _float(div.identifier, kind, _in_columns(blocks, layout), caption)
    for part in parts_of(result):
        if parts_of(part):
            why = "is a part and has parts, which is not supported by the embedded renderer"
            raise chapter.error(f"{part.identifier}: {why}; divide a figure once", f"#{part.identifier}")
        part.classes.append("part")
    given = {"fig-align": align, "fig-alt": alt}
    for image in elements(result, pf.Image):
        for name, value in given.items():
            if value:
                image.attributes.setdefault(name, value)
    return [*code, result]


def _caption(blocks: list[pf.Block], written: str | None) -> tuple[list[pf.Block], list[pf.Inline]]:
    """The content of a labelled div without its caption, and the caption's inlines."""
    last = blocks[-1] if blocks else None
    if isinstance(last, pf.Para | pf.Plain) and not _is_image_only(last):
        return blocks[:-1], list(last.content)
    if written:
        return blocks, inlines(written)
    for inner in (inner for block in blocks for inner in elements(block, (pf.Figure, pf.Table), inlines=False)):
        if inner.caption and inner.caption.content:
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
        if (key.startswith(REFUSED_ATTRIBUTE_PREFIXES) and key not in LAYOUT) or key.endswith("-subcap"):
            raise chapter.error(f"{key} is not supported by the embedded renderer; {' or '.join(LAYOUT)} is", key)


def _in_columns(blocks: list[pf.Block], layout: Mapping[str, str]) -> list[pf.Block]:
    """The blocks in one `Div.layout`, each in a `Div.layout-cell`; as they are where nothing of the sort is asked."""
    if not layout:
        return blocks
    items = [item for block in blocks for item in _items(block)]
    rows = int(layout.get("layout-nrow", 0))
    columns = math.ceil(len(items) / rows) if rows else int(layout["layout-ncol"])
    cells = [pf.Div(item, classes=["layout-cell"]) for item in items]
    return [pf.Div(*cells, classes=["layout"], attributes={"columns": str(max(columns, 1))})]


def _items(block: pf.Block) -> list[pf.Block]:
    """What stands in a cell of its own: each image of a paragraph of images, what a cell shows, else the block."""
    if isinstance(block, pf.Para) and _is_image_only(block):
        return [pf.Plain(inline) for inline in block.content if isinstance(inline, pf.Image | pf.Link)]
    if isinstance(block, pf.Div) and "cell" in block.classes:
        return [item for inner in block.content for item in _items(inner)]
    return [block]


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
