"""Freeze tables: all those of a study together, under the study's lock."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from experiments.freezing.dependencies import Snapshot, dependencies
from experiments.freezing.execute import Run, chosen_profile, derive, execute, work_folder
from experiments.freezing.expected import expected
from experiments.freezing.lock import writing
from experiments.freezing.provenance import Meter, provenance
from experiments.freezing.seal import Sealed, seal, signed
from experiments.freezing.smoke import has_smoke, smoke_digests, smoke_made_from
from experiments.freezing.transaction import commit
from experiments.freezing.undo import replace_until_committed
from experiments.freezing.work import Work
from experiments.study import StudyBase
from experiments.system import Choice, Progress, TableResult, TableSpec
from experiments.tables.errors import MisnamedError, UserError
from experiments.tables.files import replace_json
from experiments.tables.read import frozen_root, read_sidecar


def run_study(
    study: StudyBase,
    root: Path,
    progress: Progress,
    choice: Choice | None = None,
    note: Callable[[str], None] | None = None,
    files: Mapping[str, bytes] | None = None,
    run: Run | None = None,
) -> list[Sealed]:
    """Run a study and freeze what it makes. Until all its tables are done, the old ones stay as they are.

    `files`, by their place below the folder of the studies, replace those that are there together with the tables: the
    run finds the new ones, and where it does not come to its end the old ones return.

    With `note`, the smoke profile is run before anything else, so that its result is on record (`experiments accept
    --proved`); a run that goes on after an interruption has it already. Where that cannot be done, `note` is told why.
    Raises MisnamedError, before the run begins, where it shows that a name is misspelt. `run` stands in for that of the
    system: it may have parts made elsewhere.
    """
    choice, snapshot = choice or Choice(), Snapshot()
    at_work = Work(work_folder(study, chosen_profile(study, choice)))
    with writing(root, study.study, f"experiments run {study.study}") as folder, at_work as work:
        if files:
            replace_until_committed(folder, files)
        known = work.folder.with_name(f".{work.folder.name}.smoke.json")
        smoke = {} if note is None else _smoke(study, choice, snapshot, note, known)
        said = None if run else expected(study, root, choice)  # of one process
        made = [
            replace(sealed, sidecar=signed(sealed.sidecar, smoke=smoke.get(sealed.sidecar.id)))
            for sealed in execute(
                study, root, progress, choice, work, snapshot, run=run, expected_seconds=said and said.seconds
            )
        ]
        _commit(folder, made)
        work.finish()
        known.unlink(missing_ok=True)
    return made


def derive_study(study: StudyBase, root: Path, progress: Progress, choice: Choice | None = None) -> list[Sealed]:
    """Make the derived tables of a study again from its frozen run, and freeze them: no model is loaded."""
    with writing(root, study.study, f"experiments freeze {study.study}") as folder:
        made = list(derive(study, root, progress, chosen_profile(study, choice or Choice())))
        _commit(folder, made)
    return made


def freeze(
    study: StudyBase,
    made: Sequence[tuple[TableSpec, TableResult]],
    command: str,
    meter: Meter,
    root: Path | None = None,
) -> list[Sealed]:
    """Freeze results that a program outside the systems has made, such as a benchmark script.

    `command` is what makes them again; `meter` was started before they were made. Raises UserError where a row does not
    fit its table, or another process is writing the tables of the study.
    """
    root = root or frozen_root()
    with writing(root, study.study, command) as folder:
        done = []
        for spec, result in made:
            now = dependencies(study, spec, lambda table_id: read_sidecar(table_id, root).digests.table)
            done.append(seal(study, spec, result, now, provenance(command, meter, result.seeds)))
        _commit(folder, done)
    return done


def _smoke(
    study: StudyBase, choice: Choice, snapshot: Snapshot, note: Callable[[str], None], known: Path
) -> Mapping[str, str]:
    """The digests of what the smoke profile gives, by table; none where it is not run, or is itself what is chosen.

    `known` is the file in which an interrupted run finds them again, as long as they are made from the same.
    """
    if not has_smoke(study) or chosen_profile(study, choice) == "smoke":
        return {}
    try:
        made_from = smoke_made_from(study, snapshot)
        with suppress(OSError, ValueError, KeyError, TypeError):
            if (before := json.loads(known.read_bytes()))["made_from"] == made_from:
                return before["digests"]
        found = smoke_digests(study, snapshot)
        with suppress(OSError):
            known.parent.mkdir(parents=True, exist_ok=True)
            replace_json(known, {"made_from": made_from, "digests": found})
        return found
    except MisnamedError:
        raise
    except UserError as error:
        note(f"no smoke result is on record: {error}")
        return {}


def _commit(folder: Path, made: Sequence[Sealed]) -> None:
    """Put all tables in place together, and remove the files of those that were stored in another format before."""
    files = {name: data for sealed in made for name, data in sealed.files().items()}
    commit(folder, files, remove=[name for sealed in made for name in sealed.replaced()])
