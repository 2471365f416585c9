"""Read one chapter of a small book."""

from collections.abc import Callable

import pytest

from report.press.source.blocks import Chapter, Inline, Markdown
from report.press.source.chapter import examine_book
from report.rendering.project import load_project


class Read:
    """A chapter that was read, in terms that are short to test."""

    def __init__(self, chapter: Chapter, problems: list[str]) -> None:
        self.chapter = chapter
        self.problems = problems
        self.markdown = "".join(part.text for part in chapter.parts if isinstance(part, Markdown))
        self.expressions = [part.expression for part in chapter.parts if isinstance(part, Inline)]


@pytest.fixture
def read(write_book: Callable) -> Callable[..., Read]:
    """`read(body, files={}, **settings)`: the chapter `report/one.qmd`, titled `# One` on line 1, body from line 3."""

    def read_one(body: str, files: dict[str, str] | None = None, *, front: str = "", **settings: object) -> Read:
        # A cell, so that inline expressions may be used without ado.
        text = f"{front}# One\n\n{body}\n\n```{{python}}\n```\n"
        project = load_project(write_book({"report/one.qmd": text, **(files or {})}, **settings))
        chapters, problems = examine_book(project)
        return Read(chapters[1], [str(problem) for problem in sorted(problems)])

    return read_one
