"""A rendered site of the small project, into which a test writes pages, and what the check finds in it."""

from pathlib import Path
from shutil import copytree

import pypandoc

from report.checking.check import check_report
from report.checking.findings import Finding, Results
from report.ledger.site_facts import write_facts
from report.ledger.version import write_stamp
from report.rendering.project import Project

SENTENCE = "The model reaches 95.3 % accuracy, significantly better than the baseline"
SHELL = "<!doctype html><html><head><title>{title}</title></head><body><main>{body}</main></body></html>"


class Site:
    """The site of the small book, whose chapters can be added to."""

    def __init__(self, project: Project) -> None:
        self.project = project
        for chapter in project.chapters:
            self.write(chapter.stem, (project.root / "printed" / chapter.stem).read_text())
        drawn = Path("report", "figures")
        copytree(project.root / drawn, project.output_dir / drawn)
        write_stamp(project.root)
        self.facts = write_facts(project, "quarto")

    def write(self, chapter: str, markdown: str, title: str = "Book") -> Path:
        """Make the chapter's page of this markdown."""
        page = self.project.output_dir / self.project.chapter(chapter).href
        page.parent.mkdir(parents=True, exist_ok=True)
        html = pypandoc.convert_text(markdown, "html", format="markdown")
        body = html.replace("data-fig-alt=", "alt=")  # as both engines have it
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


def told(findings) -> list[tuple[str, str, int | None]]:
    return [(each.rule, each.place, each.line) for each in findings]


def with_cells(site: Site, printed: str, *cells: str) -> list[int]:
    """Write a chapter in which these cells stand between paragraphs, of which the second printed this; their lines."""
    said = ["The first apples follow on this line.", "The second ones follow here.", "Nothing more follows on them."]
    source = site.project.chapter("counting").path
    texts = [source.read_text(), said[0], cells[0], said[1], cells[1], said[2], ""]
    source.write_text("\n\n".join(texts))
    before = (site.project.root / "printed" / "counting").read_text()
    site.write("counting", "\n\n".join([before, *said[:2], printed, said[2]]))
    return [source.read_text()[: source.read_text().index(cell)].count("\n") + 1 for cell in cells]
