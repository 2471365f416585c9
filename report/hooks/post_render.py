"""Quarto's post-render hook: write `_site/facts.json` and check the pages against it.

Exits with 1, a line for each problem. A render of one chapter is checked for that chapter, one without HTML not at all.
"""

import os
import sys
from pathlib import Path

try:
    from analysis.facts.journal import engine_name
    from experiments.tables.errors import UserError
    from report.ledger.check import check_site
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
        found = check_site(project, facts, rendered(project))
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


def rendered(project: Project) -> list[ChapterRef]:
    """The chapters whose pages Quarto says it wrote: all of them after a full render with HTML, else those named."""
    outputs = {Path(name).resolve() for name in os.environ.get("QUARTO_PROJECT_OUTPUT_FILES", "").splitlines()}
    written = [chapter for chapter in project.chapters if project.output_dir / chapter.href in outputs]
    return list(project.chapters) if written and os.environ.get("QUARTO_PROJECT_RENDER_ALL") else written


if __name__ == "__main__":
    sys.exit(main())
