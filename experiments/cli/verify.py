"""`experiments verify`"""

from pathlib import Path
from typing import Annotated

import typer


def verify_tables(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    again: Annotated[
        bool, typer.Option("--all", help="Recompute also what was found equal before and has not changed since.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REV",
            help="Also name every cell of a measured or reported table that changed since this git revision.",
            show_default=False,
        ),
    ] = None,
    made: Annotated[
        bool, typer.Option("--made", help="Verify what is made: a study without any table is noted, and no error.")
    ] = False,
    documents_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the documents of published studies lie (else COLOPHON_DOCUMENTS_DIR, or documents/).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Recompute all digests, and the values of every table that needs no measurement.

    Names each changed cell by table, row and column; each published figure and quotation that does not stand in its
    document, where that is at hand; and results that contradict each other. Exits with 1 if anything is wrong or,
    since REV, has changed. In a git repository a measured table also has to be what was committed, unless its
    sidecar tells of another run.
    """
    from experiments.cli.folders import look_first_in

    with look_first_in(documents_dir=documents_dir):
        _verify(as_json, again, against, made)


def _verify(as_json: bool, again: bool, against: str | None, made: bool) -> None:
    import json

    from experiments.cli.folders import recover_where_interrupted
    from experiments.status.remembered import remembered
    from experiments.tables.locations import frozen_root
    from experiments.tables.read import table_ids

    root = frozen_root()
    recover_where_interrupted(root)
    problems, said = [], {}
    answer = None
    if not again:
        answer = remembered("verified", root, lambda watched: _verified(root, watched, problems, said, again=False))
    if answer is None and not problems:
        _verified(root, [], problems, said, again=True)
    said = answer if isinstance(answer, dict) else said
    not_made = _not_made(problems, root) if made else []
    problems = [problem for problem in problems if problem.table.partition("/")[0] not in not_made]
    from experiments.status.against import changed_without_a_run, changes_since

    named = {problem.table for problem in problems}
    problems += [problem for problem in changed_without_a_run(root) if problem.table not in named]
    changes = [] if against is None else changes_since(against, root)
    if as_json:
        named = {"problems": [p._asdict() for p in problems], "looked_up": said["looked_up"]}
        named |= {"not_checked": said["note"]} if said["note"] else {}
        named |= {"not_made": not_made} if made else {}
        named |= {"changes": [p._asdict() for p in changes]} if against is not None else {}
        content = {"schema_version": 1, "valid": not problems, "tables": len(table_ids(root)), **named}
        print(json.dumps(content, indent=2))
    else:
        for study in not_made:
            typer.echo(f"note: {study} is not run yet; `experiments run {study}` makes its tables", err=True)
        for problem in [*problems, *changes]:
            typer.echo(f"error: {problem}", err=True)
        if said["note"]:
            typer.echo(f"note: {said['note']}", err=True)
        if not problems:
            print(f"{len(table_ids(root))} tables verified")
        for line in said["looked_up"]:
            print(line)
        if against is not None and not changes:
            print(f"no measured or reported cell has changed since {against}")
    if problems or changes:
        raise typer.Exit(1)


def _verified(
    root: Path, watched: list[Path], problems: list, said: dict[str, object], again: bool
) -> dict[str, object] | None:
    """`said` where all tables verify; else None, with what is wrong in `problems`.

    `said` tells what was looked up in documents.
    """
    from experiments.cli.progress import show_progress
    from experiments.freezing.dependencies import Snapshot
    from experiments.status.verification import verify
    from experiments.system import system_packages
    from experiments.tables.documents.files import documents_folder
    from experiments.tables.documents.looked_up import look_up
    from experiments.tables.locations import project_root

    now = Snapshot()
    problems += verify(root, show_progress, again, now)
    found = look_up(root)
    problems += found.problems
    watched += [*system_packages(), *sorted(now.looked_at), documents_folder() or project_root() / "documents"]
    said |= {"looked_up": found.lines, "note": found.absence}
    return None if problems else said


def _not_made(problems: list, root: Path) -> list[str]:
    """The studies of which there is no table at all."""
    from experiments.tables.read import table_ids

    begun = {table_id.partition("/")[0] for table_id in table_ids(root)}
    missing = {problem.table.partition("/")[0] for problem in problems if problem.what == "missing"}
    return sorted(missing - begun)
