"""Quarto's pre-render hook: verify the frozen tables, stamp the version, drop the frozen outputs that went stale.

Exits with 1, a line for each problem, before anything is rendered from tables that do not verify.
"""

import sys
from pathlib import Path

try:
    from experiments.tables.errors import UserError
    from experiments.tables.verify import problems
    from report.ledger.frozen import drop_stale
    from report.ledger.pdf import PRINTED
    from report.ledger.version import write_stamp
    from report.rendering.project import load_project
    from report.rendering.unwritable import unwritable
except ImportError as missing:
    sys.exit(f"error: {missing}; activate the environment that `make report` makes (. .venv/bin/activate)")

NAMED = 3


def main() -> int:
    """Run the hook in the project's root, where Quarto starts it."""
    found = problems()
    for problem in found:
        print(f"error: {problem}", file=sys.stderr)
    if found:
        return 1
    try:
        root = Path.cwd()
        (root / PRINTED).unlink(missing_ok=True)
        write_stamp(root)
        for chapter, because in drop_stale(load_project(root)).items():
            more = f"; and {len(because) - NAMED} more reasons" if len(because) > NAMED else ""
            print(f"{chapter} runs again: {'; '.join(because[:NAMED])}{more}")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        print(f"error: {line}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
