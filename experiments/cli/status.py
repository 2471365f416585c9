"""`experiments status`"""

from pathlib import Path
from typing import Annotated

import typer

STYLES = {"fresh": "green", "stale": "yellow", "missing": "red", "tampered": "bold red", "orphaned": "red"}


def show_status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say for every table whether it is fresh, stale (and why), missing or tampered with.

    Exits with 1 if any is not fresh.
    """
    import json

    from experiments.cli.folders import recover_where_interrupted
    from experiments.status.remembered import remembered
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    recover_where_interrupted(root)
    statuses = remembered("status", root, lambda watched: _statuses(root, watched))
    fresh = all(status["state"] == "fresh" for status in statuses)
    if as_json:
        print(json.dumps({"schema_version": 1, "fresh": fresh, "tables": statuses}, indent=2))
    else:
        _print(statuses)
    if not fresh:
        raise typer.Exit(1)


def _statuses(root: Path, watched: list[Path]) -> list[dict]:
    """The state of every table as JSON; `watched` is filled with the files beyond the project that it depends on."""
    from experiments.freezing.dependencies import Snapshot
    from experiments.status.freshness import all_statuses
    from experiments.system import system_packages

    now = Snapshot()
    statuses = [status.as_json() for status in all_statuses(root, now)]
    watched += [*system_packages(), *sorted(now.looked_at)]
    return statuses


def _print(statuses: list[dict]) -> None:
    from experiments.cli.output import show_table
    from experiments.tables.digest import SHORT

    def why(status: dict) -> str:
        changes = [
            f"{c['what']} {(c['old'] or 'none')[:SHORT]} -> {(c['new'] or 'none')[:SHORT]}" for c in status["changes"]
        ]
        return "; ".join([*changes, *status["notes"]])

    if not statuses:
        print("no tables yet; `experiments freeze` makes those of all studies")
        return
    rows = [(status["table"], status["kind"], status["state"], why(status)) for status in statuses]
    show_table(("table", "kind", "state", "why"), rows, STYLES)
