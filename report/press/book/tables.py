"""Tables that a cell showed as HTML, and the widths of columns that a chapter asks for."""

import re
from collections.abc import Iterator

import panflute as pf

from report.press.book.model import ChapterDoc, plain
from report.press.book.pandoc import inlines, read_html
from report.press.book.walk import elements, replace
from report.press.outputs import HTML_TABLE

WIDTHS = "tbl-colwidths"
_NUMERIC = re.compile(r"[-+−]?[\d.,]+(e[-+]?\d+)?\s?%?|nan|inf", re.IGNORECASE)


def shape_tables(chapter: ChapterDoc) -> None:
    """Read tables that are HTML, and give those their widths that stand in a div with `tbl-colwidths`, or have it."""
    replace(chapter.doc, _read, inlines=False)
    for element in elements(chapter.doc, (pf.Div, pf.Table), inlines=False):
        _set_widths(element)


def _read(element: pf.Element) -> list[pf.Block] | None:
    if not (isinstance(element, pf.Div) and HTML_TABLE in element.classes):
        return None
    html = "".join(block.text for block in element.content if isinstance(block, pf.RawBlock))
    caption = inlines(element.attributes.get("caption", ""))
    blocks = read_html(html)
    for table in _tables(blocks):
        table.colspec = [
            (_alignment(table, column) if align == "AlignDefault" else align, width)
            for column, (align, width) in enumerate(table.colspec)
        ]
        if caption:
            table.caption = pf.Caption(pf.Plain(*caption))
        caption = []
    return blocks


def _tables(blocks: list[pf.Block]) -> Iterator[pf.Table]:
    """The tables, out of the divs that pandas puts around them."""
    for block in blocks:
        if isinstance(block, pf.Table):
            yield block
        elif isinstance(block, pf.Div):
            yield from _tables(list(block.content))


def _alignment(table: pf.Table, column: int) -> str:
    """To the right where all cells of the column in the body are numbers or empty; an index, without a head, never."""
    heads, rows = ([list(row.content) for row in part.content] for part in (table.head, *table.content[:1]))
    texts = [_text(cells[column]) for cells in rows if len(cells) == len(table.colspec)]
    named = any(_text(cells[column]) for cells in heads if len(cells) == len(table.colspec))
    numeric = any(texts) and all(not text or _NUMERIC.fullmatch(text) for text in texts)
    return "AlignRight" if named and numeric else "AlignLeft"


def _text(cell: pf.TableCell) -> str:
    return " ".join(plain(list(block.content)) for block in cell.content if isinstance(block, pf.Plain | pf.Para))


def _set_widths(element: pf.Div | pf.Table) -> None:
    if WIDTHS not in element.attributes:
        return
    parts = [float(number) for number in re.findall(r"[\d.]+", element.attributes.pop(WIDTHS))]
    for table in elements(element, pf.Table, inlines=False):
        if len(parts) == len(table.colspec):  # as in Quarto, a list of another length is none
            table.colspec = [(align, part / sum(parts)) for (align, _), part in zip(table.colspec, parts, strict=True)]
