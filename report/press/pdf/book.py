"""Print a book and check what was printed, in a process of its own."""

from collections.abc import Sequence
from pathlib import Path

from report.ledger.model import Fact
from report.ledger.pdf import KEPT, pdf_problems
from report.press.book import build
from report.press.book.model import Parsed, shown_facts
from report.press.pdf import write_pdf
from report.press.problems import PagesError
from report.rendering.memory import collect_rarely
from report.rendering.project import Project


def print_book(project: Project, parsed: Sequence[Parsed], facts: Sequence[Fact], output: Path) -> list[str]:
    """Write the PDF and find in it what it shows. Returns warnings."""
    collect_rarely()
    docs = build(project, parsed, "typst")
    known = {fact.id: fact for fact in facts}
    shown = [known[identity] for doc in docs for identity in shown_facts(doc) if identity in known]
    path = output / project.pdf.name
    warnings = write_pdf(project, docs, path)
    if found := pdf_problems(path, shown, project.root / KEPT):
        raise PagesError("\n".join(found))
    return warnings
