"""Quarto's post-render hook: write `facts.json` into the output, complete the pages, and check them and the PDF.

Exits with 1, a line for each problem. A render of one chapter is checked for that chapter, each format if made.
"""

import os
import sys
from pathlib import Path

try:
    from analysis.facts.fact_log import engine_name
    from report.checking.check import check_render
    from report.hooks.asked import hook_project, run_hook, written
    from report.hooks.digest import fill_in_digest
    from report.hooks.identifiers import settle_pages
    from report.hooks.search import finish_search
    from report.ledger.check import check_site
    from report.ledger.model import SiteFacts
    from report.ledger.pdf import KEPT, PRINTED, pdf_problems
    from report.ledger.site_facts import write_facts
    from report.rendering.engine import LENIENT
    from report.rendering.project import ChapterRef, Project
    from report.tracing import complete_site
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")


def main() -> int:
    """Run the hook in the project's root, where Quarto starts it."""
    return run_hook(lambda: check(Path.cwd()))


def check(root: Path) -> list[str]:
    """List the facts, and hold what Quarto wrote against them; returns what is wrong, a line each."""
    project = hook_project(root)
    facts = write_facts(project, engine_name())
    settle_pages(project)
    fill_in_digest(project, facts)
    complete_site(project, facts)
    finish_search(project)
    files = written(project)
    pages = rendered(project, files)
    found = check_site(project, facts, pages)
    pdf = None
    for file in sorted(files):
        if file.suffix == ".pdf" and (root / PRINTED).is_file():
            pdf = file
            found += pdf_problems(file, printed(root, facts), root / KEPT)
        elif file.suffix != ".html" and facts.facts:
            name = file.relative_to(root) if file.is_relative_to(root) else file
            print(
                f"note: {name}: its numbers are not compared with the tables; only pages and the house style's PDF are"
            )
    if pages:
        whole = len(pages) == len(project.chapters)
        results = check_render(project, facts, pages, pdf if whole else None)
        lines = list(map(str, results.errors))
        if os.environ.get(LENIENT):
            for line in lines:
                print(f"error: {line}", file=sys.stderr)
        else:
            found += lines
    return found


def rendered(project: Project, files: set[Path]) -> list[ChapterRef]:
    """The chapters whose pages Quarto wrote: all of them after a full render with HTML, else those named."""
    found = [chapter for chapter in project.chapters if project.output_dir / chapter.href in files]
    return list(project.chapters) if found and os.environ.get("QUARTO_PROJECT_RENDER_ALL") else found


def printed(root: Path, facts: SiteFacts) -> list:
    """The facts in the PDF, in its order, as the house style lists them."""
    listed = {fact.id: fact for fact in facts.facts}
    return [listed[identity] for identity in (root / PRINTED).read_text("utf-8").split() if identity in listed]


if __name__ == "__main__":
    sys.exit(main())
