"""Write the whole book as one PDF."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import panflute as pf

from experiments.tables.files import replace_file
from report.press.book.model import ChapterDoc
from report.press.book.pandoc import COLUMNS, dump
from report.press.pandoc import run
from report.press.pdf.compile import MAIN, CompileError, compile_pdf, timestamp
from report.press.pdf.errors import PdfError, explained
from report.rendering.project import Project

HOUSE = ("numbering.typ", "blocks.typ", "pages.typ")
_SHAPES = Path(__file__).with_name("shapes.lua")
_HOUSE = "house.typ"
# Among Typst's sources, the folder of chapters and images, laid out like the site, so that images keep their places.
_BOOK = "book/"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_MARKS = re.compile(r"_|[^\w\s\"']", re.ASCII)
_BACKSLASH = r"\\\g<0>"


def write_pdf(project: Project, docs: Sequence[ChapterDoc], out: Path) -> list[str]:
    """Write the book to the file `out` and return warnings, each a line that names its chapter.

    `docs` are built for "typst" and are used up. A file that is there already is replaced at the end, so an error
    (BookError for a fault in a chapter, PdfError for the rest) leaves it as it was.
    """
    extension = project.root / "_extensions" / "colophon"
    house = "\n".join(_read(extension / name) for name in HOUSE)
    # Pandoc is a process of its own, so threads let the chapters be written at the same time.
    with ThreadPoolExecutor() as pool:
        written = list(pool.map(lambda doc: _typst(doc, extension / "print.lua"), docs))
    chapters = {_place(doc): text for doc, (text, _) in zip(docs, written, strict=True)}
    sources = {_BOOK + place: path.read_bytes() for doc in docs for place, path in doc.resources.items()}
    sources |= {MAIN: _main(project, docs).encode(), _HOUSE: house.encode()}
    sources |= {name: text.encode() for name, text in chapters.items()}
    try:
        pdf, complaints = compile_pdf(sources, timestamp(project.date))
    except CompileError as error:
        raise explained(error, {_place(doc): doc for doc in docs}, chapters, _BOOK) from None
    replace_file(out, pdf, synced=False)
    return [
        *(f"{doc.chapter.relative}: {line}" for doc, (_, lines) in zip(docs, written, strict=True) for line in lines),
        *(f"{out.name}: {line}" for line in complaints),
    ]


def _place(doc: ChapterDoc) -> str:
    return _BOOK + doc.chapter.relative.removesuffix(".qmd") + ".typ"


def _typst(doc: ChapterDoc, print_filter: Path) -> tuple[str, list[str]]:
    """A chapter as Typst source, and Pandoc's warnings."""
    classes = [] if doc.chapter.label else ["unnumbered"]
    opening: list[pf.Block] = [pf.Header(*doc.title, level=1, identifier=doc.identifier, classes=classes)]
    if doc.identifier != doc.chapter.stem:
        # Links to the chapter as a whole go by its name.
        opening.append(pf.Div(identifier=doc.chapter.stem, classes=["chapter-anchor"]))
    doc.doc.content = [*opening, *doc.doc.content]
    # Citations are resolved already, in the style of the HTML: Typst is not to look for a bibliography of its own.
    arguments = [
        "--from=json",
        "--to=typst-citations",
        "--wrap=none",
        "--syntax-highlighting=idiomatic",
        COLUMNS,
    ]
    filters = [f"--lua-filter={path}" for path in (_SHAPES, print_filter)]
    text, warnings = run(dump(doc.doc), *arguments, *filters)
    return f'#import "/{_HOUSE}": *\n\n{text}', warnings


def _main(project: Project, docs: Sequence[ChapterDoc]) -> str:
    settings = {
        "title": _markup(project.title),
        "subtitle": _optional(project.subtitle, _markup),
        "authors": _array(project.authors),
        "date": _optional(project.date),
        "version": _optional(project.version),
        "tables": _optional(project.metadata.get("build", {}).get("tables")),
        "lang": _string(project.lang),
    }
    lines = [f'#import "/{_HOUSE}": *', "#show: report.with("]
    lines += [f"  {key}: {value}," for key, value in settings.items()]
    lines.append(")")
    in_appendix = False
    for doc in docs:
        if doc.chapter.appendix and not in_appendix:
            lines.append("#appendix-begins")
            in_appendix = True
        lines.append(f"#include {_string('/' + _place(doc))}")
    return "\n".join(lines) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise PdfError(f"{path}: cannot be read; the PDF's house style lies in _extensions/colophon") from None


# --- Typst source from Python values


def _string(text: str) -> str:
    """A Typst string literal for `text`."""
    return f'"{text.translate(_ESCAPES)}"'


def _markup(text: str) -> str:
    """Typst content for plain text, in which only quotation marks are set by the language's custom."""
    return f"[{_MARKS.sub(_BACKSLASH, text)}]"


def _array(items: list[str] | tuple[str, ...]) -> str:
    """A Typst array of string literals; the trailing comma keeps an array of one an array."""
    return "(" + "".join(f"{_string(item)}, " for item in items) + ")"


def _optional(text: str | None, form: Callable[[str], str] = _string) -> str:
    """`text` in a form, or `none`."""
    return "none" if text is None else form(text)
