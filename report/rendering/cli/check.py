"""`report check`: every problem of chapters and tables, one line each, without running anything."""

import sys
from pathlib import Path

from experiments.tables.documents.looked_up import look_up
from experiments.tables.locations import frozen_root, shown_path, studies_root
from experiments.tables.read import table_ids
from experiments.tables.verify import problems as table_problems
from report.ledger.version import write_stamp
from report.rendering.backend import embedded_renderer, has_embedded_renderer
from report.rendering.locate import find_root
from report.rendering.project import load_project


def run(since: str | None = None) -> int:
    """Print the problems; returns 1 if there are any. Raises UserError if the project cannot be read at all.

    With `since`, a git revision, the claims that came out another way since then are listed too.
    """
    root = find_root()
    write_stamp(root)  # a fresh clone has no version yet, which chapters may show
    project = load_project(root)
    lines = embedded_renderer().problems(project) if has_embedded_renderer() else []
    lines += [str(problem) for problem in (*table_problems(), *look_up().problems)]
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
    for folder in _without_study():
        what = "no study makes these tables any more, and chapters show them until the folder is removed"
        print(f"note: {shown_path(folder)}: {what}", file=sys.stderr)
    if since is not None:
        from report.checking.since import changes_since

        print("\n".join(changes_since(project, since).lines))
    if not lines:
        print(f"{len(project.chapters)} chapters and their tables: no problems")
    return 1 if lines else 0


def _without_study() -> list[Path]:
    """The folders of tables whose study is gone; none in a project that has no studies."""
    if not studies_root().is_dir():
        return []
    studies = dict.fromkeys(table_id.partition("/")[0] for table_id in table_ids())
    return [frozen_root() / study for study in studies if not (studies_root() / f"{study}.yaml").is_file()]
