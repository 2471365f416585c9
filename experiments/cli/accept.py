"""`experiments accept`"""

from typing import Annotated

import typer


def accept_table(
    table: Annotated[str, typer.Argument(help="The id of a stale table: study/table.")],
    because: Annotated[str, typer.Option(help="Why the change leaves the table as it is.")],
) -> None:
    """Mark a stale table as unchanged, on the record. The next change makes it stale again."""
    from experiments.freezing import recover_all
    from experiments.status.acceptance import accept
    from experiments.tables.digest import SHORT
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    recover_all(root)
    acceptance = accept(table, because, root)
    for change in acceptance.changes:
        old, new = (change.old or "none")[:SHORT], (change.new or "none")[:SHORT]
        print(f"accepted for {table}: {change.what} {old} -> {new}")
