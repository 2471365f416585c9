"""The search index: one entry a section, as a script, because a page from `file:` may not fetch."""

import json
import re
from collections.abc import Iterable

import panflute as pf

from report.press.book import ChapterDoc
from report.press.book.model import plain
from report.press.book.walk import elements

_WORDS = (pf.Str, pf.Code)
_BETWEEN = (pf.Space, pf.SoftBreak, pf.LineBreak, pf.Plain, pf.Para, pf.TableCell)


def index_script(chapters: Iterable[ChapterDoc], before: Iterable[str | None] = ()) -> str:
    """`window.colophonIndex = […]` with href, chapter, title and text of every section, all plain text.

    `before` are the lines that stand above the text of the first page, such as the book's subtitle.
    """
    entries = []
    for chapter in chapters:
        if chapter.entries is None:
            chapter.entries = _sections(chapter)
        entries += chapter.entries
    if entries:
        entries[0] = {**entries[0], "text": " ".join(filter(None, (*before, entries[0]["text"])))}
    return f"window.colophonIndex = {json.dumps(entries, ensure_ascii=True, separators=(',', ':'))};\n"


def _sections(chapter: ChapterDoc) -> list[dict[str, str]]:
    label = chapter.chapter.label
    name = f"{label} {chapter.plain_title}" if label else chapter.plain_title
    href, title, texts, entries = chapter.chapter.href, name, [], []

    def close() -> None:
        entries.append({"href": href, "chapter": name, "title": title, "text": " ".join(filter(None, texts))})

    for block in chapter.doc.content:
        if isinstance(block, pf.Header):
            close()
            href, title, texts = f"{chapter.chapter.href}#{block.identifier}", _title(block), []
        elif not (isinstance(block, pf.Div) and block.identifier == "refs"):
            texts.append(_text(block))
    close()
    return entries


def _title(header: pf.Header) -> str:
    number = header.attributes.get("number")
    text = plain(list(header.content))
    return f"{number} {text}" if number else text


def _text(block: pf.Block) -> str:
    """The words of a block as a reader sees them; program text and formulas are left out."""
    shown = elements(block, (*_WORDS, *_BETWEEN))
    pieces = [element.text if isinstance(element, _WORDS) else " " for element in shown]
    return re.sub(r"\s+", " ", "".join(pieces)).strip()
