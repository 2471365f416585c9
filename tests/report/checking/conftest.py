"""A rendered site to check: pages as Pandoc writes what the chapters print, with their facts."""

from collections.abc import Callable
from pathlib import Path

import pypandoc
import pytest

from report.checking.check import check_report
from report.checking.findings import Finding, Results
from report.ledger.site_facts import write_facts
from report.ledger.version import write_stamp
from report.rendering.project import Project

SHELL = "<!doctype html><html><head><title>{title}</title></head><body><main>{body}</main></body></html>"


class Site:
    """The site of the small book, whose chapters can be added to."""

    def __init__(self, project: Project) -> None:
        self.project = project
        for chapter in project.chapters:
            self.write(chapter.stem, (project.root / "printed" / chapter.stem).read_text())
        write_stamp(project.root)
        self.facts = write_facts(project, "quarto")

    def write(self, chapter: str, markdown: str, title: str = "Book") -> Path:
        """Make the chapter's page of this markdown."""
        page = self.project.output_dir / self.project.chapter(chapter).href
        page.parent.mkdir(parents=True, exist_ok=True)
        body = pypandoc.convert_text(markdown, "html", format="markdown")
        page.write_text(SHELL.format(title=title, body=body))
        return page

    def add(self, chapter: str, markdown: str, title: str = "Book") -> int:
        """Add to the chapter and to its page; returns the line of the source on which it begins."""
        source = self.project.chapter(chapter).path
        before = source.read_text()
        source.write_text(f"{before}\n{markdown}\n")
        printed = (self.project.root / "printed" / chapter).read_text()
        self.write(chapter, f"{printed}\n\n{markdown}\n", title)
        return before.count("\n") + 2

    def check(self, **options) -> Results:
        return check_report(self.project, self.facts, **options)

    def found(self, **options) -> list[Finding]:
        return list(self.check(**options).findings)


@pytest.fixture
def site(project) -> Site:
    return Site(project)


@pytest.fixture
def allow(project) -> Callable[[str], None]:
    """A function that writes `report/allowed.yaml`."""
    return lambda text: (project.root / "report" / "allowed.yaml").write_text(text) and None
