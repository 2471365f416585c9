"""Books written and built in one call."""

from collections.abc import Callable
from pathlib import Path

import pytest

from report.press.book import ChapterDoc, build, parse_chapter
from report.press.book.pandoc import dump
from report.press.pandoc import run
from report.press.woven import Woven
from report.rendering.project import load_project

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'

Build = Callable[..., dict[str, ChapterDoc]]


@pytest.fixture
def build_book(write_book: Callable[..., Path]) -> Build:
    """A function that builds chapters for a format: `build_book({"a.qmd": "# A"}, "html")` gives {"a": document}.

    The chapters hold no cells, so their text is what weaving would give. An image `x.svg` lies beside each chapter.
    """

    def built(files: dict[str, str], to: str = "html", **settings: object) -> dict[str, ChapterDoc]:
        folders = {str(Path(name).parent) for name in files}
        images = {str(Path(folder, "x.svg")): SVG for folder in folders}
        project = load_project(write_book({**files, **images}, **settings))
        woven = [Woven(chapter, {}, chapter.path.read_text(encoding="utf-8")) for chapter in project.chapters]
        return {doc.chapter.stem: doc for doc in build(project, [parse_chapter(one) for one in woven], to)}

    return built


@pytest.fixture
def as_markdown() -> Callable[[ChapterDoc], str]:
    """A function that writes a document back as Pandoc markdown, where every div and attribute shows."""

    def write(chapter: ChapterDoc) -> str:
        return run(dump(chapter.doc), "--from=json", "--to=markdown-citations", "--wrap=none")[0].strip()

    return write


@pytest.fixture
def text_of() -> Callable[[ChapterDoc], str]:
    """A function that writes a document as plain text, its spaces all alike."""

    def write(chapter: ChapterDoc) -> str:
        return " ".join(run(dump(chapter.doc), "--from=json", "--to=plain", "--wrap=none")[0].split())

    return write
