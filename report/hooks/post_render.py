"""Quarto's post-render hook: write `_site/facts.json` and check the pages and the PDF against it.

Exits with 1, a line for each problem. A render of one chapter is checked for that chapter, each format if made.
"""

import os
import sys
from pathlib import Path

try:
    from analysis.facts.fact_log import engine_name
    from experiments.tables.errors import UserError
    from report.ledger.check import check_site
    from report.ledger.pdf import PRINTED, pdf_problems
    from report.ledger.site_facts import write_facts
    from report.rendering.project import ChapterRef, Project, load_project
    from report.rendering.unwritable import unwritable
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")


def main() -> int:
    """Run the hook in the project's root, where Quarto starts it."""
    try:
        project = load_project(Path.cwd())
        facts = write_facts(project, engine_name())
        written = outputs()
        found = check_site(project, facts, rendered(project, written))
        pdf = project.output_dir / f"{project.output_file}.pdf"
        if pdf in written:
            listed = {fact.id: fact for fact in facts.facts}
            found += pdf_problems(pdf, [listed[identity] for identity in printed(project) if identity in listed])
    except UserError as error:
        found = [str(error)]
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        found = [line]
    for problem in found:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if found else 0


def outputs() -> set[Path]:
    """The files that Quarto says it wrote."""
    return {Path(name).resolve() for name in os.environ.get("QUARTO_PROJECT_OUTPUT_FILES", "").splitlines()}


def rendered(project: Project, written: set[Path]) -> list[ChapterRef]:
    """The chapters whose pages Quarto wrote: all of them after a full render with HTML, else those named."""
    found = [chapter for chapter in project.chapters if project.output_dir / chapter.href in written]
    return list(project.chapters) if found and os.environ.get("QUARTO_PROJECT_RENDER_ALL") else found


def printed(project: Project) -> list[str]:
    """The ids of the facts in the PDF, in its order; none where it was not set in the house style, which lists them."""
    listing = project.root / PRINTED
    return listing.read_text("utf-8").split() if listing.is_file() else []


if __name__ == "__main__":
    sys.exit(main())
