"""Print the digest of the tables that a project shows: `python -m report.ledger.shown`, with its folder as input.

The house style asks while Quarto writes the PDF, when all chapters have run.
"""

import os
import sys
from pathlib import Path

from analysis.facts.fact_log import engine_name
from report.ledger.site_facts import gather
from report.rendering.project import load_project
from report.rendering.resolved import quarto_of_hook, resolve_project

if __name__ == "__main__":
    root, quarto = Path(os.fsdecode(sys.stdin.buffer.read())), quarto_of_hook()
    project = load_project(root) if quarto is None else resolve_project(root, quarto)
    print(gather(project, engine_name()).build.tables, end="")
