"""`experiments status`"""

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
    from dataclasses import asdict

    from experiments.freezing import recover_all
    from experiments.status.freshness import all_statuses
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    recover_all(root)
    statuses = all_statuses(root)
    fresh = all(status.state == "fresh" for status in statuses)
    if as_json:
        tables = [{**asdict(s), "changes": [change.model_dump() for change in s.changes]} for s in statuses]
        print(json.dumps({"schema_version": 1, "fresh": fresh, "tables": tables}, indent=2))
    else:
        _print(statuses)
    if not fresh:
        raise typer.Exit(1)


def _print(statuses) -> None:
    from experiments.cli.output import show_table
    from experiments.tables.digest import SHORT

    def why(status) -> str:
        changes = [f"{c.what} {(c.old or 'none')[:SHORT]} -> {(c.new or 'none')[:SHORT]}" for c in status.changes]
        return "; ".join([*changes, *status.notes])

    if not statuses:
        print("no tables yet; `experiments freeze` makes those of all studies")
        return
    rows = [(status.table, status.kind, status.state, why(status)) for status in statuses]
    show_table(("table", "kind", "state", "why"), rows, STYLES)
