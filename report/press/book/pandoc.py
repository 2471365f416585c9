"""Pandoc's documents as panflute objects."""

import io
import re
from functools import cache, lru_cache
from pathlib import Path

import panflute as pf

from report.press.book.apart import read_apart
from report.press.pandoc import run

# Front matter is read before Pandoc sees the text, so that `---` inside a chapter is never taken for metadata.
MARKDOWN = "markdown-yaml_metadata_block-pandoc_title_block"
# Pandoc fixes the relative widths of a pipe table that has a line longer than this. Cells with facts are long in the
# source and short on the page, so the widths are left to the page.
COLUMNS = "--columns=1000000"

# panflute's list of raw formats is older than Pandoc's Typst writer.
pf.elements.RAW_FORMATS.add("typst")


@lru_cache(maxsize=256)
def parse(markdown: str) -> str:
    """Markdown as a document in Pandoc's JSON."""
    return read_apart(markdown, lambda text: run(text, "--from", MARKDOWN, "--to", "json", COLUMNS)[0])


def load(json: str) -> pf.Doc:
    """A document out of Pandoc's JSON."""
    return pf.load(io.StringIO(json))


@cache
def _parsed_html(html: str) -> str:
    return run(html, "--from", "html", "--to", "json")[0]


def read_html(html: str) -> list[pf.Block]:
    """HTML as blocks."""
    return list(load(_parsed_html(html)).content)


def dump(doc: pf.Doc) -> str:
    """A document as Pandoc's JSON."""
    buffer = io.StringIO()
    pf.dump(doc, buffer)
    return buffer.getvalue()


def filtered(doc: pf.Doc, root: Path, *arguments: str) -> tuple[pf.Doc, list[str]]:
    """A document after Pandoc's own passes, such as `--citeproc`, which find files from `root`, and its warnings."""
    output, warnings = run(dump(doc), "--from", "json", "--to", "json", *arguments, root=root)
    return load(output), warnings


@cache
def _parsed_inlines(markdown: str) -> str:
    return run(markdown, "--from", MARKDOWN, "--to", "json")[0]


def inlines(markdown: str) -> list[pf.Inline]:
    """A line of markdown, such as the title in an attribute, as inlines."""
    if re.fullmatch(r"[\w ,:;?!()/-]*", markdown) and "--" not in markdown:
        return words(markdown)
    blocks = list(load(_parsed_inlines(markdown)).content)
    if len(blocks) == 1 and isinstance(blocks[0], pf.Para | pf.Plain):
        return list(blocks[0].content)
    return words(markdown)


def words(text: str) -> list[pf.Inline]:
    """Literal text as inlines."""
    result: list[pf.Inline] = []
    for word in text.split():
        result += [pf.Space(), pf.Str(word)] if result else [pf.Str(word)]
    return result
