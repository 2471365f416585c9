"""The options of `experiments run` that say where parts are made, the view of them all, and the plan."""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.cli.progress import format_duration

if TYPE_CHECKING:
    from experiments.clusters.protocol import Cluster, Needs
    from experiments.clusters.run import OnCluster, Standing
    from experiments.study import StudyBase
    from experiments.system import Choice

    Chosen = tuple[StudyBase, Choice]

SIZES = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
SECONDS_BETWEEN_VIEWS = 1.0
SECONDS_BETWEEN_LINES = 5.0
ROWS = 12


@dataclass(frozen=True)
class Where:
    """What the command line says of where parts are made."""

    on: str = "local"
    address: str | None = None
    workers: int | None = None
    gpus: int | None = None
    cpus: int = 1
    memory: str | None = None
    time: str | None = None
    sbatch: tuple[str, ...] = ()
    cancel: bool | None = None

    def check(self) -> None:
        """Raises BadParameter for what cannot be read, or belongs to another engine."""
        if self.address and self.on != "ray":
            raise typer.BadParameter("only --on ray has an address", param_hint="--address")
        if self.sbatch and self.on != "slurm":
            raise typer.BadParameter("goes with --on slurm", param_hint="--sbatch")
        if wrong := [each for each in self.sbatch if not re.fullmatch(r"[a-z][a-z-]*(=[^\n]*)?", each)]:
            raise typer.BadParameter(f"{wrong[0]!r} does not read name=value", param_hint="--sbatch")
        self.needs(None)

    def needs(self, profile: str | None) -> "Needs":
        """What each part is given in a profile."""
        from experiments.clusters.protocol import Needs

        gpus = self.gpus if self.gpus is not None else int(profile in ("full", "geometry"))
        more = {name: value or True for name, _, value in (each.partition("=") for each in self.sbatch)}
        return Needs(gpus, self.cpus, _memory(self.memory), _minutes(self.time), more)


@contextmanager
def open_cluster(
    where: Where, profile: str | None, chosen: "Callable[[], Sequence[Chosen]]", root: Path
) -> Iterator["Interruptible | None"]:
    """Where the run of studies takes place; None for this process.

    Of what `chosen` gives, which is asked for with a cluster alone, the parts that wait for no other study are sent
    ahead.
    """
    opened = _open(where, profile)
    if opened is None:
        yield None
        return
    from experiments.clusters.run import OnCluster

    view = View()
    running = Interruptible(OnCluster(opened, root, view, view.say), where.cancel, opened.lasting)
    try:
        if len(ahead := chosen()) > 1:
            _send_ahead(running.run, ahead)
        yield running
    except KeyboardInterrupt:
        running.interrupted()
        raise typer.Exit(130) from None
    finally:
        view.close()
        opened.close()


class Interruptible:
    """A run on a cluster, and what becomes of its parts when somebody interrupts it."""

    def __init__(self, run: "OnCluster", cancel: bool | None, lasting: bool) -> None:
        self.run, self._cancel, self._lasting = run, cancel, lasting

    def __call__(self, study, context) -> Iterator:
        return self.run(study, context)

    def finish(self, study: str) -> None:
        """The tables of a study are frozen."""
        self.run.finish(study)

    def interrupted(self) -> None:
        """Leave the parts that are under way, or cancel them: as the command line says, else as is answered."""
        cancel = self._cancel
        if not self._lasting:
            cancel = True
        elif cancel is None and sys.stdin.isatty():
            cancel = typer.confirm("Cancel the parts that are under way?", default=False, err=True)
        if cancel:
            self.run.cancel()
            typer.echo("What was under way is cancelled; what is made is kept.", err=True)
        else:
            typer.echo("What is under way goes on (--cancel would have ended it).", err=True)


class View:
    """All parts in one view: on a terminal what runs where, as it changes; elsewhere a plain line now and then."""

    def __init__(self) -> None:
        self._last, self._begun, self._at_first = 0.0, time.monotonic(), {}
        self._live = None

    def __call__(self, standing: "Standing") -> None:
        now, done = time.monotonic(), not (standing.running or standing.waiting)
        terminal = sys.stderr.isatty()
        if not done and now - self._last < (SECONDS_BETWEEN_VIEWS if terminal else SECONDS_BETWEEN_LINES):
            return
        self._last = now
        if done:
            self.close()
        elif terminal:
            self._draw(standing)
        else:
            print(self._line(standing), file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Say what has happened to a part, above the view."""
        if self._live is not None:
            self._live.console.print(f"note: {text}", markup=False, highlight=False)
        else:
            typer.echo(f"note: {text}", err=True)

    def close(self) -> None:
        """Take the view away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self, standing: "Standing") -> str:
        shown = [f"{part} on {node}{step}" for part, node, step in _at_work(standing)]
        more = f" and {len(shown) - ROWS} more" if len(shown) > ROWS else ""
        running = f"; {', '.join(shown[:ROWS])}{more}" if shown else ""
        return f"{self._head(standing)}{running}"

    def _head(self, standing: "Standing") -> str:
        first, begun = self._at_first.setdefault(standing.study, (standing.kept, time.monotonic()))
        open_ = standing.total - standing.kept - len(standing.failed)
        made = standing.kept - first
        left = f", about {format_duration((time.monotonic() - begun) / made * open_)} left" if made else ""
        failed = f", {len(standing.failed)} failed" if standing.failed else ""
        return f"{standing.study}: {standing.kept} of {standing.total} parts made{failed}{left}"

    def _draw(self, standing: "Standing") -> None:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False)
        at_work = list(_at_work(standing))
        for row in at_work[:ROWS]:
            table.add_row(*map(Text, row))
        more = [Text(f"and {len(at_work) - ROWS} more")] if len(at_work) > ROWS else []
        shown = Group(Text(self._head(standing)), table, *more)
        if self._live is None:
            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(shown, refresh=True)


def _at_work(standing: "Standing") -> Iterator[tuple[str, str, str]]:
    """The parts that are being made: where, and how far they are."""
    doing = standing.doing()
    for part in sorted({*standing.running, *(part for part in doing if part in standing.waiting)}):
        told = doing.get(part)
        step = f" ({told.what}{f', {told.done} of {told.total}' if told.total else ''})" if told else ""
        yield part, told.node if told else standing.running[part], step


def show_plan(studies: Sequence["StudyBase"], choice: "Choice", root: Path, machines: int | None) -> None:
    """Print the parts of studies, what each needs and what is there, and how long all take on so many machines."""
    from experiments.cli.output import show_table
    from experiments.clusters.plan import plan, schedule

    parts = plan([(study, choice) for study in studies], root)
    rows = [
        (
            part.study,
            part.part,
            part.model or "",
            f"{part.parameters:,}" if part.parameters else "",
            f"{part.memory / 2**30:.1f} GiB" if part.memory else "",
            "" if part.seconds is None else ("~" if part.scaled else "") + format_duration(part.seconds),
            part.state,
        )
        for part in parts
    ]
    show_table(("study", "part", "model", "parameters", "memory", "time", "state"), rows)
    open_ = [part for part in parts if part.is_open]
    print(f"{len(open_)} of {len(parts)} parts are to be made")
    print("memory: weights, gradients and optimiser; activations come on top")
    unknown = sum(part.seconds is None for part in open_)
    scaled = any(part.scaled for part in open_)
    print("time: of the last freeze" + (", ~ of another profile and scaled by parameters" if scaled else ""))
    if unknown:
        print(f"{unknown} parts were not frozen, nor one like them: they are left out of what follows")
    if len(open_) == unknown:
        return
    for number in dict.fromkeys((1, machines or 1)):
        found = schedule(parts, number)
        share = f", {found.seconds / found.one:.1%} of the time on one" if number > 1 else ""
        print(f"on {number} machine{'s' * (number > 1)}: {format_duration(found.seconds)}{share}")
    chain = " -> ".join(f"{part.study} {part.part}" for part in found.path)
    print(f"critical path: {format_duration(found.path_seconds)} ({found.path_seconds / found.one:.1%}): {chain}")


def say_how_long(chosen: "Sequence[Chosen]", root: Path, workers: int | None) -> None:
    """Note how long several runs take together, as far as they were frozen before, where that is more than a minute."""
    from experiments.clusters.plan import plan, schedule
    from experiments.tables.errors import UserError

    runs = [(study, choice) for study, choice in chosen if not choice.derived_only]
    if len(runs) < 2:
        return
    parts = plan(runs, root, passing_over=(UserError,))  # said when its turn comes; the others run
    seconds = schedule(parts, workers or 1).seconds
    if seconds >= 60:
        shared = f" with {workers} processes" if workers and workers > 1 else ""
        typer.echo(f"note: about {format_duration(seconds)} in all{shared}, by what the last runs took", err=True)


def show_script(studies: Sequence["StudyBase"], choice: "Choice", root: Path, where: Where) -> None:
    """Print what would be sent for each study: the job script for Slurm, else the parts."""
    from experiments.clusters.run import job_for
    from experiments.freezing.execute import chosen_profile, fingerprint, work_folder
    from experiments.system import parts_of_run

    for study in studies:
        profile = chosen_profile(study, choice)
        narrowed, folder = study.at(profile), work_folder(study, profile).absolute()
        parts = {part.name: part.keeps for part in parts_of_run(narrowed, choice.seeds)}
        if where.on == "slurm":
            from experiments.clusters.slurm import script

            job = job_for(narrowed, profile, choice.seeds, folder, root, fingerprint(study, profile))
            print(f"# {study.study}: {', '.join(parts) or 'made in one piece'}")
            print(script(job, where.needs(profile), parts))
        else:
            needs = where.needs(profile)
            print(f"{study.study}: {', '.join(parts) or 'made in one piece'}")
            print(f"  each with {needs.cpus} CPUs, {needs.gpus} GPUs, {where.memory or 'any'} memory, on {where.on}")


def _open(where: Where, profile: str | None) -> "Cluster | None":
    needs = where.needs(profile)
    if where.on == "slurm":
        from experiments.clusters.slurm import SlurmCluster

        return SlurmCluster(needs)
    if where.on == "ray":
        from experiments.clusters.ray import RayCluster

        return RayCluster(needs, where.address, where.workers)
    from experiments.clusters.local import LocalCluster, visible_gpus
    from experiments.tables.locations import runs_address

    fitting = len(visible_gpus()) // needs.gpus if needs.gpus else 1
    workers = where.workers or fitting
    if needs.gpus and workers > max(fitting, 1):
        raise typer.BadParameter(
            f"there is room for {fitting} processes with {needs.gpus} GPUs each", param_hint="--workers"
        )
    # Even one process is one of its own where it is not to see all GPUs, or keeps parts for other machines.
    apart = workers > 1 or 0 < needs.gpus < len(visible_gpus()) or runs_address() is not None
    return LocalCluster(needs, workers) if apart else None


def _send_ahead(run: "OnCluster", chosen: "Sequence[Chosen]") -> None:
    """Send the parts of all studies that wait for no other; one that cannot be sent says why in its turn."""
    from experiments.freezing.declared import specs
    from experiments.freezing.execute import chosen_profile
    from experiments.tables.errors import UserError

    names = {study.study for study, _ in chosen}
    for study, choice in chosen:
        try:
            profile = chosen_profile(study, choice)
            read = {table.partition("/")[0] for spec in specs(study, profile).values() for table in spec.inputs}
            if not choice.derived_only and not (read - {study.study}) & names:
                run.send_ahead(study, choice, profile)
        except UserError:
            continue


def _memory(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", text.strip(), re.IGNORECASE) if text else None
    if text and not found:
        raise typer.BadParameter(f"{text!r} is no size; write 32G", param_hint="--memory")
    return int(float(found[1]) * SIZES[found[2].upper()]) if found else None


def _minutes(text: str | None) -> int | None:
    found = re.fullmatch(r"(?:(?:(\d+)-)?(\d+):)?(\d+):(\d\d)", text.strip()) if text else None
    if text and not found:
        raise typer.BadParameter(f"{text!r} is no time; write hours:minutes:seconds", param_hint="--time")
    if not found:
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return max(1, -(-(((days * 24 + hours) * 60 + minutes) * 60 + seconds) // 60))
