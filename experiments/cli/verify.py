"""`experiments verify`"""

from typing import Annotated

import typer


def verify_tables(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Recompute all digests, and the values of every table that needs no measurement.

    Names each changed cell by table, row and column. Exits with 1 if anything is wrong.
    """
    import json

    from experiments.cli.progress import show_progress
    from experiments.freezing import recover_all
    from experiments.status.verification import verify
    from experiments.tables.locations import frozen_root
    from experiments.tables.read import table_ids

    root = frozen_root()
    recover_all(root)
    problems = verify(root, show_progress)
    count = len(table_ids(root))
    if as_json:
        found = [problem._asdict() for problem in problems]
        print(json.dumps({"schema_version": 1, "valid": not problems, "tables": count, "problems": found}, indent=2))
    elif problems:
        for problem in problems:
            typer.echo(f"error: {problem}", err=True)
    else:
        print(f"{count} tables verified")
    if problems:
        raise typer.Exit(1)
