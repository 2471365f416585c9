"""`report check`: every problem of chapters and tables, one line each, without running anything."""

import sys

from experiments.tables.verify import problems as table_problems
from report.ledger.stamp import write_stamp
from report.press.book.bibliography import bibliography_problems
from report.press.locate import find_root
from report.press.project import load_project
from report.press.source.chapter import examine_book
from report.press.source.links import link_problems


def run() -> int:
    """Print the problems; returns 1 if there are any. Raises UserError if the project cannot be read at all."""
    root = find_root()
    write_stamp(root)  # a fresh clone has no version yet, which chapters may show
    project = load_project(root)
    chapters, problems = examine_book(project)
    problems += link_problems(project, chapters) + bibliography_problems(project)
    lines = [str(problem) for problem in sorted(set(problems))]
    lines += [str(problem) for problem in table_problems()]
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    if not lines:
        print(f"{len(chapters)} chapters and their tables: no problems")
    return 1 if lines else 0
