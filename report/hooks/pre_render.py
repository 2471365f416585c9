"""Quarto's pre-render hook: verify the frozen tables, stamp the version, drop the frozen outputs that went stale.

It takes the project as Quarto resolved it, profile and all. Exits with 1, a line for each problem, before anything is
rendered from tables that do not verify.
"""

import os
import sys
from pathlib import Path

try:
    from analysis.facts.dependencies import forget_old_bytecode
    from analysis.figures.fonts import font_folder
    from experiments.tables.verify import problems
    from report.hooks.asked import hook_project, parameters, plain_formats, run_hook
    from report.ledger.frozen import drop_stale
    from report.ledger.logs import misnamed
    from report.ledger.pdf import PRINTED
    from report.ledger.version import write_stamp
    from report.rendering import stamp
    from report.rendering.ipython import ipython_environment
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")

NAMED = 3
PYTHON = Path("_ledger") / "python.txt"
"""Where `_extensions/colophon/version.lua` finds the interpreter that it asks."""


def main() -> int:
    """Run the hook in the project's root, where Quarto starts it."""
    return run_hook(lambda: [str(problem) for problem in problems()] or prepare(Path.cwd()))


def prepare(root: Path) -> list[str]:
    """Stamp the version and drop what went stale; returns what must not be rendered as it is, a line each."""
    (root / PRINTED).unlink(missing_ok=True)
    stamp.forget(root)  # its output is about to be another
    # Seen from the project: Quarto 1.10 takes what begins with a slash for a path below it.
    write_stamp(root, {"font-paths": [os.path.relpath(font_folder(), root)]})
    (root / PYTHON).write_text(sys.executable, "utf-8")
    ipython_environment(root / "_ledger")  # where `_environment` sends the kernels
    project = hook_project(root)
    if found := parameters() + plain_formats(project) + misnamed(project):
        return found
    forget_old_bytecode(root, [chapter.path for chapter in project.chapters])
    for chapter, because in drop_stale(project).items():
        more = f"; and {len(because) - NAMED} more reasons" if len(because) > NAMED else ""
        print(f"{chapter} runs again: {'; '.join(because[:NAMED])}{more}")
    return []


if __name__ == "__main__":
    sys.exit(main())
