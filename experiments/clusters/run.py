"""Run a study with its parts made on a cluster: send those that are missing, wait for all, put them together here."""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from experiments.clusters.kept import Doing, Kept, kept_tables, open_for_asking
from experiments.clusters.protocol import TABLES, Cluster, Job, Seen
from experiments.clusters.store import Store
from experiments.clusters.worker import packages
from experiments.freezing.execute import fingerprint, made_from, work_folder
from experiments.freezing.work import MADE_FROM, Work
from experiments.study import StudyBase
from experiments.system import SYSTEMS, Choice, Context, PartSpec, TableResult, load_system, parts_of_run
from experiments.tables.errors import UserError
from experiments.tables.locations import is_address, project_root, runs_address
from experiments.tables.sidecar import Profile

ATTEMPTS = 2  # machines on which a part is tried that fails
LOSSES = 3  # how often it is sent again after it was lost
SHOWN = 4  # parts that one line names
SHORTEST, LONGEST = 0.05, 2.0  # seconds between two looks
TOLD = (
    "COLOPHON_CACHE",
    "COLOPHON_DATA_DIR",
    "COLOPHON_MODELS_DIR",
    "COLOPHON_STUDIES",
    "HF_DATASETS_DISABLE_PROGRESS_BARS",
    "HF_HOME",
    "HF_HUB_OFFLINE",
)
"""What of the environment goes along. Keys do not."""


@dataclass
class Standing:
    """How the parts of a run stand: for a view of them all."""

    study: str
    total: int
    kept: int
    running: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    doing: Callable[[], dict[str, Doing]] = dict


View = Callable[[Standing], None]
Say = Callable[[str], None]


class OnCluster:
    """Stands in for the run of a system (see `freezing.execute.Run`): its parts are made by `cluster`.

    `view` is shown how they stand, `say` is told what happens to one. Where no GPU is to be had here but one is
    needed, the tables are put together there too. Raises UserError, once all other parts are at their end, for those
    that could not be made.
    """

    def __init__(self, cluster: Cluster, root: Path, view: View, say: Say) -> None:
        self._cluster, self._root, self._view, self._say = cluster, root.resolve(), view, say
        self.jobs: list[Job] = []
        self._ahead: set[str] = set()

    def __call__(self, study: StudyBase, context: Context) -> Iterator[TableResult]:
        """The run tables of the study."""
        folder, specs = context.work().resolve(), parts_of_run(study, context.seeds)
        mark = (folder / MADE_FROM).read_text("utf-8")
        job = job_for(study, context.profile, context.seeds, folder, self._root, mark)
        self.jobs.append(job)
        kept = _kept_so_far(job)
        self.make(job, kept, {spec.name: spec.keeps for spec in specs if not is_kept(kept, spec)}, len(specs))
        for spec in specs:
            kept.check(spec.name)
        if context.profile in ("full", "geometry"):
            name = "-".join([TABLES, *map(str, context.seeds)])
            if name not in self._cluster.find(job):
                kept.forget(name)  # other tables that they were made from may have changed
            self.make(job, kept, {name: kept_tables(name)}, 1)
            yield from kept.tables(name)
        else:
            yield from load_system(study.system).run(study, context)

    def send_ahead(self, study: StudyBase, choice: Choice, profile: Profile | None) -> None:
        """Send the parts of a study that is run later, so that no machine waits for its turn."""
        with Work(work_folder(study, profile)) as work:
            mark = fingerprint(study, profile)
            folder = work.open(mark).resolve()
            narrowed = study.at(profile)
            job = job_for(narrowed, profile, choice.seeds, folder, self._root, mark)
            kept = _kept_so_far(job)
            sent = set(self._cluster.find(job))
            missing = {
                spec.name: spec.keeps for spec in parts_of_run(narrowed, choice.seeds) if not is_kept(kept, spec)
            }
            self.jobs.append(job)
            self._ahead.add(mark)
            self._submit(job, kept, {part: keeps for part, keeps in missing.items() if part not in sent})

    def finish(self, study: str) -> None:
        """Say where parts lie at an address that the tables of a study are frozen: the next run is a new one."""
        for job in self.jobs:
            if job.study == study and job.address:
                Store(job.address).finish()

    def cancel(self) -> None:
        """Take back all that was sent."""
        for job in self.jobs:
            self._cluster.cancel(job)

    def _submit(self, job: Job, kept: Kept, parts: Mapping[str, str], avoid: Collection[str] = ()) -> None:
        for part in parts:
            kept.forget_failure(part)
        if parts:
            self._cluster.submit(job, parts, avoid)

    def make(self, job: Job, kept: Kept, missing: Mapping[str, str], total: int) -> None:
        """Have parts made, and wait until each is kept or has failed for good."""
        if not missing:
            return
        open_, failures = dict(missing), _Failures(kept)
        standing = Standing(job.study, total, total - len(missing), waiting=set(missing), doing=kept.doing)
        sent = set(self._cluster.find(job)) & set(open_)
        if sent and job.fingerprint not in self._ahead:
            self._say(f"{job.study}: {len(sent)} of its parts are with {self._cluster.name} from an earlier call")
        self._submit(job, kept, {part: keeps for part, keeps in open_.items() if part not in sent})
        pause = SHORTEST
        while open_:
            seen = list(self._cluster.look(job))
            for each in seen:
                self._take(job, kept, each, open_, standing, failures)
            self._view(standing)
            pause = SHORTEST if seen else min(1.5 * pause, LONGEST)
            if open_:
                time.sleep(pause)
        self._view(standing)
        self._cluster.cancel(job)
        failures.tell(job)

    def _take(
        self, job: Job, kept: Kept, seen: Seen, open_: dict[str, str], standing: Standing, failures: "_Failures"
    ) -> None:
        """Take note of one change, and send a part again that is worth another try."""
        if not seen.part:  # all that were sent are lost together
            for part in list(open_):
                self._take(job, kept, replace(seen, part=part), open_, standing, failures)
            return
        part = seen.part
        if part not in open_:
            return
        standing.running.pop(part, None)
        standing.waiting.discard(part)
        if seen.state == "waiting":
            standing.waiting.add(part)
        elif seen.state == "running":
            standing.running[part] = seen.node or "?"
        elif kept.fetch(part):
            del open_[part]
            standing.kept += 1
            if seen.said is not None and seen.said.note:
                self._say(f"{job.study} {part}: {seen.said.note}")
            failures.tell_recovery(job, part, seen, self._say)
        elif (why := self._again(job, kept, seen, open_[part], failures)) is None:
            standing.waiting.add(part)
        else:
            standing.failed[part] = why
            del open_[part]

    def _again(self, job: Job, kept: Kept, seen: Seen, keeps: str, failures: "_Failures") -> str | None:
        """Send a part again, elsewhere where it has failed; why not, where that is of no use."""
        why, avoid = failures.add(seen), failures.nodes(seen.part)
        if failures.is_final(seen.part):
            return why
        try:
            self._submit(job, kept, {seen.part: keeps}, avoid)
        except UserError as refused:
            if not avoid:
                failures.note_refusal(seen.part, str(refused))
            return why
        self._say(f"{job.study} {seen.part}: {why}; it is sent again")
        return None


class _Failures:
    """What went wrong with parts, and where."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._by_part: dict[str, list[tuple[str | None, str]]] = {}
        self._lost: Counter[str] = Counter()

    def add(self, seen: Seen) -> str:
        """Note that a part has failed or was lost; in words."""
        if seen.said is None or seen.said.error is None:
            self._lost[seen.part] += 1
            node, why = None, f"lost: {seen.why or 'it ended without a word'}"
        else:
            node, why = seen.said.node, seen.said.error
        self._by_part.setdefault(seen.part, []).append((node, why))
        return f"on {node}: {why}" if node else why

    def note_refusal(self, part: str, why: str) -> None:
        """A part could not be sent again."""
        self._by_part[part].append((None, why))

    def nodes(self, part: str) -> list[str]:
        """The machines on which a part has failed."""
        return sorted({node for node, _ in self._by_part.get(part, ()) if node})

    def is_final(self, part: str) -> bool:
        """Whether a part has been tried often enough."""
        failed = sum(node is not None for node, _ in self._by_part[part])
        return failed >= ATTEMPTS or self._lost[part] > LOSSES

    def tell_recovery(self, job: Job, part: str, seen: Seen, say: Say) -> None:
        """Say of a part that failed on one machine that another has made it."""
        if nodes := self.nodes(part):
            say(f"{job.study} {part}: failed on {', '.join(nodes)}, made on {seen.node}")
            del self._by_part[part]
        self._by_part.pop(part, None)

    def tell(self, job: Job) -> None:
        """Raises UserError, a line for each part that could not be made."""
        alike: dict[str, list[str]] = {}
        for part, found in sorted(self._by_part.items()):
            why = "; and ".join(f"on {node}: {why}" if node else why for node, why in found[-2:])
            alike.setdefault(why, []).append(part)
        lines = []
        for why, parts in alike.items():
            more = f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
            lines.append(f"{job.study} {', '.join(parts[:SHOWN])}{more}: {why}")
        if lines:
            raise UserError("\n".join(lines))


def _kept_so_far(job: Job) -> Kept:
    """What is kept of a run; what other machines have kept of it at an address is fetched."""
    kept = open_for_asking(job)
    if kept.store is not None:
        kept.store.begin()
        kept.fetch_all()
    return kept


def is_kept(kept: Kept, spec: PartSpec) -> bool:
    """Whether a part is there, from a cluster or from a run here that was interrupted."""
    return kept.is_there(spec.name) or (
        kept.record(spec.name) is None and spec.whole is not None and (kept.folder / spec.whole).is_file()
    )


def job_for(
    study: StudyBase, profile: Profile | None, seeds: tuple[int, ...], folder: Path, root: Path, mark: str
) -> Job:
    """What other machines have to know of a run of the study, which is narrowed to the profile."""
    return Job(
        study=study.study,
        profile=profile,
        seeds=tuple(seeds),
        project=str(project_root().resolve()),
        folder=str(folder),
        frozen=str(root),
        fingerprint=mark,
        made_from=made_from(study, profile),
        packages=packages(),
        environment={
            name: _seen_from_anywhere(os.environ[name]) if name.startswith("COLOPHON_") else os.environ[name]
            for name in TOLD
            if name in os.environ
        },
        systems=dict(SYSTEMS),
        address=parts_address(study.study, profile, mark),
    )


def parts_address(study: str, profile: Profile | None, mark: str) -> str:
    """Where the parts of a run lie that machines share which share no folder; empty where COLOPHON_RUNS is a folder."""
    above = runs_address()
    return f"{above}/{study}/{profile or 'any'}/{mark}" if above else ""


def _seen_from_anywhere(folder: str) -> str:
    """A folder, or an address, as it is found from any other folder."""
    return folder if is_address(folder) else str(Path(folder).expanduser().absolute())
