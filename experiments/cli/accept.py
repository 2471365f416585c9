"""`experiments accept`"""

from typing import Annotated

import typer

from experiments.tables.typed import typed_text


def accept_tables(
    tables: Annotated[
        list[str] | None,
        typer.Argument(help="Stale tables: study/table, or a pattern such as 'sst2-*/scores'.", show_default=False),
    ] = None,
    because: Annotated[
        str | None,
        typer.Option(parser=typed_text, metavar="TEXT", help="Why the tables stay as they are.", show_default=False),
    ] = None,
    proved: Annotated[
        bool,
        typer.Option(
            "--proved",
            help="Accept the run tables (all, or those named) of which only the code changed, and whose smoke profile "
            "gives the same result as when they were frozen.",
        ),
    ] = False,
) -> None:
    """Mark stale tables as unchanged, on the record. The next change makes them stale again.

    Exits with 1 where --proved leaves a table stale.
    """
    if proved == (because is not None):
        raise typer.BadParameter('say why nothing changes (--because "…"), or have it proved (--proved)')
    if not tables and not proved:
        raise typer.BadParameter("name the tables")

    from experiments.cli.folders import recover_where_interrupted
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    recover_where_interrupted(root)
    if proved:
        _accept_proved(tables or [], root)
        return
    from experiments.status.acceptance import accept, matching_tables

    for table in matching_tables(tables, root):
        _print(table, accept(table, because, root))


def _accept_proved(tables: list[str], root) -> None:
    from experiments.cli.progress import show_progress
    from experiments.status.acceptance import accept_proved

    accepted, stays = accept_proved(tables, root, show_progress)
    for table, acceptance in accepted.items():
        _print(table, acceptance)
    for table, reason in stays.items():
        typer.echo(f"{table} stays as it is: {reason}", err=True)
    if not accepted and not stays:
        print("no table is stale")
    if stays:
        raise typer.Exit(1)


def _print(table: str, acceptance) -> None:
    from experiments.tables.digest import SHORT

    for change in acceptance.changes:
        old, new = (change.old or "none")[:SHORT], (change.new or "none")[:SHORT]
        print(f"accepted for {table}: {change.what} {old} -> {new}")
