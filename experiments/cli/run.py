"""`experiments run` and `experiments freeze`"""

from typing import Annotated

import typer


def run_studies(
    studies: Annotated[list[str], typer.Argument(help="Names of studies; `experiments list` shows them.")],
) -> None:
    """Run studies now, and freeze their tables."""
    from experiments.status.order import in_order

    _run(in_order(studies))


def freeze_studies(
    studies: Annotated[list[str] | None, typer.Argument(help="Names of studies; all without any.")] = None,
) -> None:
    """Bring every table that is not fresh up to date, in the order in which studies read each other's tables."""
    from experiments.status.freshness import study_statuses
    from experiments.status.order import in_order
    from experiments.study import study_names
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    wanted = in_order(studies or study_names(), with_needed=True)

    def outdated(study) -> bool:
        states = {status.table: status.state for status in study_statuses(study, root) if status.state != "fresh"}
        for table, state in states.items():
            typer.echo(f"{table} is {state}", err=True)
        return bool(states)

    # A generator, since a study may become stale by what the one before it froze.
    if not _run(study for study in wanted if outdated(study)):
        print("everything is fresh")


def _run(studies) -> int:
    """Run and freeze one study after the other; the number of tables made."""
    from experiments.cli.progress import show_progress
    from experiments.freezing import recover_all, run_study
    from experiments.tables.digest import SHORT
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    recover_all(root)
    count = 0
    try:
        for study in studies:
            for sealed in run_study(study, root, show_progress):
                count += 1
                sidecar = sealed.sidecar
                print(f"froze {sidecar.id}: {sidecar.row_count} rows, {sidecar.digests.table[:SHORT]}", flush=True)
    except KeyboardInterrupt:
        typer.echo("error: interrupted; the tables of the study that was running are as they were", err=True)
        raise typer.Exit(130) from None
    return count
