"""`report new`"""

import os
import shlex
from pathlib import Path

from report.rendering.new import write_project


def run(folder: Path, start: str, title: str | None) -> int:
    """Write the project and say what comes next. Raises UserError."""
    root = write_project(folder, start, title)
    here = os.path.relpath(root)
    print(f"wrote {here}: README.md says how to go on")
    if here != ".":
        print(f"next: cd {shlex.quote(here)}")
    return 0
