"""`experiments run` and `experiments freeze`"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from experiments.study import StudyBase

Profile = Literal["smoke", "cpu", "full", "geometry"]  # as in the sidecar, which takes longer to import
ModelsDir = Annotated[
    Path | None, typer.Option("--models-dir", help="Folder of models; also COLOPHON_MODELS_DIR.", show_default=False)
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of data sets; also COLOPHON_DATA_DIR.", show_default=False)
]


def run_studies(
    studies: Annotated[list[str], typer.Argument(help="Names of studies; `experiments list` shows them.")],
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="How large: smoke in seconds, cpu (the default) in minutes, full on a GPU; geometry measures "
            "time and memory of full-size models with random weights.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option(help="Seed in place of the study's own; may be given again.", min=0)
    ] = None,
    models_dir: ModelsDir = None,
    data_dir: DataDir = None,
    into: Annotated[
        Path | None,
        typer.Option(
            help="Folder of frozen tables to write to; experiments/frozen (also COLOPHON_FROZEN), but for "
            "smoke runs runs/smoke/frozen.",
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        Literal["local", "slurm", "ray"], typer.Option(help="Where the parts of the run are made.")
    ] = "local",
    address: Annotated[
        str | None, typer.Option(help="Of the Ray cluster, host:port; also RAY_ADDRESS.", show_default=False)
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes here (local), or machines (--plan); else one, or one per GPU.", min=1),
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(help="GPUs of each part; one in the profiles full and geometry.", min=0)
    ] = None,
    cpus: Annotated[int, typer.Option(help="Processors of each part.", min=1)] = 1,
    memory: Annotated[str | None, typer.Option(help="Memory of each part, such as 32G.", show_default=False)] = None,
    time: Annotated[
        str | None,
        typer.Option(help="Time of each part, such as 4:00:00, after which it is queued again.", show_default=False),
    ] = None,
    sbatch: Annotated[
        list[str] | None, typer.Option(help="A further option of sbatch, such as partition=gpu.", show_default=False)
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Print the parts and what each needs, and run nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and run nothing.")] = False,
    cancel: Annotated[
        bool | None,
        typer.Option("--cancel/--leave", help="What an interrupt does with the parts under way; asked on a terminal."),
    ] = None,
) -> None:
    """Run studies now, and freeze their tables. A run that was interrupted goes on where it was."""
    from experiments.cli.clusters import Where, open_cluster, say_how_long, show_plan, show_script
    from experiments.cli.folders import look_first_in
    from experiments.freezing.declared import in_order
    from experiments.system import Choice
    from experiments.tables.locations import folder_here, shown_path

    if seed and len(set(seed)) < len(seed):
        raise typer.BadParameter("a seed stands twice", param_hint="--seed")
    choice = Choice(profile, tuple(seed or ()))
    where = Where(on, address, workers, gpus, cpus, memory, time, tuple(sbatch or ()), cancel)
    where.check()
    with look_first_in(models_dir, data_dir):
        root = folder_here(into, "--into") if into else _root(profile)
        ordered = in_order(studies)
        if plan or dry_run:
            show_plan(ordered, choice, root, workers) if plan else show_script(ordered, choice, root, where)
            return
        chosen = [(study, choice) for study in ordered]
        say_how_long(chosen, root, workers if on == "local" else None)
        with open_cluster(where, profile, lambda: chosen, root) as cluster:
            _run(chosen, root, cluster, here=on == "local")
    if profile == "smoke" and into is None:
        _note(f"the tables of a smoke run are in {shown_path(root)}; the report shows those of a run without --profile")


def freeze_studies(
    studies: Annotated[list[str] | None, typer.Argument(help="Names of studies; all without any.")] = None,
    models_dir: ModelsDir = None,
    data_dir: DataDir = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the parts of runs; else one.", min=1)
    ] = None,
) -> None:
    """Bring every table that is not fresh up to date, in the order in which studies read each other's tables.

    A table is made again in the profile that it was made in.
    """
    from experiments.cli.clusters import Where, open_cluster, say_how_long
    from experiments.cli.folders import look_first_in
    from experiments.freezing.declared import in_order
    from experiments.status.freshness import study_statuses
    from experiments.study_files import study_names
    from experiments.system import Choice
    from experiments.tables.locations import frozen_root

    root = frozen_root()
    wanted = in_order(studies or study_names(), with_needed=True)

    def outdated(study, told: bool = True) -> "list[tuple[StudyBase, Choice]]":
        """The study in each profile in which tables of it are to be made again.

        The derived ones are made alone where no other is.
        """
        stale = [status for status in study_statuses(study, root) if status.state != "fresh"]
        for status in stale if told else ():
            typer.echo(f"{status.table} is {status.state}", err=True)
        made = {profile: set() for profile in dict.fromkeys(status.profile for status in stale)}
        for status in stale:
            made[status.profile].add(status.made)
        return [(study, Choice(profile, derived_only=how == {"derived"})) for profile, how in made.items()]

    @cache
    def at_first() -> "list[tuple[StudyBase, Choice]]":
        return [each for study in wanted for each in outdated(study, told=False)]

    with look_first_in(models_dir, data_dir), open_cluster(Where(workers=workers), None, at_first, root) as cluster:
        say_how_long(at_first(), root, workers)
        # A generator, since a study may become stale by what the one before it froze.
        made = (each for study in wanted for each in outdated(study))
        if not _run(made, root, cluster):
            print("everything is fresh")


def _root(profile: Profile | None) -> Path:
    """Where tables go that nobody gave a folder for: a smoke run must not replace what the report is made from."""
    import os

    from experiments.tables.locations import frozen_root, runs_root

    return (
        runs_root() / "smoke" / "frozen"
        if profile == "smoke" and not os.environ.get("COLOPHON_FROZEN")
        else (frozen_root())
    )


def _note(text: str) -> None:
    typer.echo(f"note: {text}", err=True)


def _say_how_long(study, root: Path, choice) -> None:
    """Note the expected minutes of a run that takes more than one, where a run before it is frozen."""
    from experiments.freezing.expected import expected

    found = expected(study, root, choice)
    if found is not None and found.seconds >= 60:
        how = "its last run, of other settings," if found.other_settings else "its last run"
        minutes = f"{found.cpu_seconds / 60:.0f}" if found.cpu_seconds >= 60 else "less than one"
        at_work = f", {minutes} of them of processor time"
        busy = at_work if found.cpu_seconds < found.seconds / 1.25 else ""
        _note(f"{study.study}: about {found.seconds / 60:.0f} minutes, as long as {how} took{busy}")


def _say_where_slow(study, choice) -> None:
    """Note that a training takes longer on this processor than where there are products in bfloat16."""
    from experiments.cli.bfloat16 import trains_slowly

    if trains_slowly(study, choice):
        _note(
            f"{study.study}: mixed_precision asks for products in bfloat16, for which this processor has no "
            "instructions: training takes longer here; its results are of the same kind"
        )


def _run(chosen, root: Path, cluster=None, here: bool = True) -> int:
    """Run and freeze one study after the other, on a `cluster` where there is one; the number of tables made.

    `here` says that parts are made on this machine.

    A study that cannot run does not keep the others waiting: it is told, and the exit code is 1 in the end.
    """
    import os

    from experiments.cli.progress import show_progress
    from experiments.freezing import derive_study, recover_all, run_study
    from experiments.status.verification import remember_made
    from experiments.tables.digest import SHORT
    from experiments.tables.errors import UserError

    # `datasets` would show bars of its own between our lines.
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    recover_all(root)
    count, failed = 0, False
    for study, choice in chosen:
        try:
            if choice.derived_only:
                made = derive_study(study, root, show_progress, choice)
            else:
                _say_how_long(study, root, choice)
                if here:
                    _say_where_slow(study, choice)
                made = run_study(study, root, show_progress, choice, note=_note, run=cluster)
                if cluster is not None:
                    cluster.finish(study.study)
            remember_made(study, made, root)
            for sealed in made:
                count += 1
                sidecar = sealed.sidecar
                print(f"froze {sidecar.id}: {sidecar.row_count} rows, {sidecar.digests.table[:SHORT]}", flush=True)
        except UserError as error:
            for line in str(error).splitlines():
                typer.echo(f"error: {line}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)
    return count
