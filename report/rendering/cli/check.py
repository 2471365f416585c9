"""`report check`: every problem of chapters and tables, one line each, without running anything."""

import sys

from experiments.tables.verify import problems as table_problems
from report.ledger.version import write_stamp
from report.rendering.backend import embedded_renderer, has_embedded_renderer
from report.rendering.locate import find_root
from report.rendering.project import load_project


def run() -> int:
    """Print the problems; returns 1 if there are any. Raises UserError if the project cannot be read at all."""
    root = find_root()
    write_stamp(root)  # a fresh clone has no version yet, which chapters may show
    project = load_project(root)
    lines = embedded_renderer().problems(project) if has_embedded_renderer() else []
    lines += [str(problem) for problem in table_problems()]
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    if not lines:
        print(f"{len(project.chapters)} chapters and their tables: no problems")
    return 1 if lines else 0
