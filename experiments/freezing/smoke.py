"""What a study gives in its smoke profile, as digests: the evidence that changed code leaves the results as they are.

The profile is run in a process of its own, from the repository alone: without data and model folders, without network
and accelerators, into a temporary folder. So the result of a run that has just trained a model, and that of one who
accepts a change of code later, are made under the same conditions.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from experiments.freezing.declared import specs
from experiments.freezing.dependencies import Snapshot
from experiments.freezing.execute import execute, fingerprint
from experiments.freezing.transaction import commit
from experiments.freezing.work import Work
from experiments.study import StudyBase
from experiments.study_files import load_study
from experiments.system import SYSTEMS, Choice
from experiments.tables.digest import sha256_json
from experiments.tables.errors import MisnamedError, UserError, printable
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.secrets import without_secrets
from experiments.tables.sidecar import Sidecar

SECONDS = 1800
MISNAMED = 3
"""The exit code of a smoke profile that ends in a MisnamedError."""
LEFT_OUT = ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR", "COLOPHON_FROZEN", "COLOPHON_RUNS")
ALONE = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}


def has_smoke(study: StudyBase) -> bool:
    """Whether the study can be run in the smoke profile."""
    return "smoke" in study.profile_names


def smoke_digests(study: StudyBase, snapshot: Snapshot) -> dict[str, str]:
    """The digest of each run table of the study in the smoke profile, by the table's id.

    A table whose code is not that of `snapshot` any more is left out. Raises UserError where the profile does not run,
    and MisnamedError where a function misspells what it gives or reads.
    """
    before = {table_id: snapshot.code(spec.code) for table_id, spec in specs(study, "smoke").items()}
    kept = {name: value for name, value in without_secrets(os.environ).items() if name not in LEFT_OUT}
    path = [str(PACKAGE_ROOT), *filter(None, sys.path)]
    environment = {**kept, **ALONE, "PYTHONPATH": os.pathsep.join(dict.fromkeys(path))}
    command = [sys.executable, "-m", "experiments.freezing.smoke"]
    # The folder is this process's own: the other one writes into it to its very end, and may be killed.
    with tempfile.TemporaryDirectory(prefix="smoke-") as folder:
        scratch = Path(folder, ".scratch")
        scratch.mkdir()
        given = {"study": study.study, "systems": SYSTEMS, "folder": folder}
        try:
            done = subprocess.run(
                command,
                input=json.dumps(given),
                env={**environment, "TMPDIR": str(scratch)},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UserError(f"{study.study}: the smoke profile did not end within {SECONDS // 60} minutes") from None
    if done.returncode != 0:
        said = printable((done.stderr.strip().splitlines() or ["it gave no reason"])[-1], 200)
        if done.returncode == MISNAMED:
            raise MisnamedError(said)
        raise UserError(f"{study.study}: the smoke profile does not run: {said}")
    made = json.loads(done.stdout.splitlines()[-1])
    return {table_id: digest for table_id, (digest, code) in made.items() if code == before.get(table_id)}


def smoke_made_from(study: StudyBase, snapshot: Snapshot) -> str:
    """The digest of everything that the smoke result of a study is made from, studies that it reads included."""
    needed = [(each, "smoke" if has_smoke(each) else None) for each in _in_order(study)]
    return sha256_json([[each.study, fingerprint(each, profile, snapshot)] for each, profile in needed])


def table_smoke_digest(sidecar: Sidecar) -> str:
    """Digest of a table's content without the columns that differ from run to run."""
    steady = {column.name for column in sidecar.columns if not column.volatile}
    columns = {name: digest for name, digest in sidecar.digests.columns.items() if name in steady}
    return sha256_json({"rows": sidecar.row_count, "columns": columns})


def _made(study: StudyBase, root: Path) -> dict[str, tuple[str, str]]:
    """Digests of content and code of the run tables, after the studies whose tables this one reads have been run."""
    snapshot = Snapshot()
    for needed in _in_order(study):
        with Work(root / "work" / needed.study) as work:
            sealed = list(execute(needed, root, _no_progress, Choice("smoke" if has_smoke(needed) else None), work))
        commit(root / needed.study, {name: data for each in sealed for name, data in each.files().items()})
    declared = specs(study, "smoke")
    return {
        each.sidecar.id: (table_smoke_digest(each.sidecar), snapshot.code(declared[each.sidecar.id].code))
        for each in sealed
        if each.sidecar.made == "run"
    }


def _in_order(study: StudyBase, above: tuple[str, ...] = ()) -> Iterator[StudyBase]:
    """The studies whose tables the study reads, and theirs, and at last the study itself."""
    declared = specs(study, "smoke" if has_smoke(study) else None)
    read = {table.partition("/")[0] for spec in declared.values() for table in spec.inputs} - {study.study}
    for name in sorted(read - set(above)):
        yield from _in_order(load_study(name), (*above, study.study))
    yield study


def _no_progress(items: Iterable, what: str, total: int | None = None) -> Iterator:
    yield from items


def main() -> None:
    """Run the study that standard input names, and print the digests as JSON."""
    given = json.load(sys.stdin)
    SYSTEMS.update(given["systems"])
    printed, sys.stdout = sys.stdout, sys.stderr
    os.environ["COLOPHON_FROZEN"] = os.environ["COLOPHON_RUNS"] = given["folder"]
    try:
        made = _made(load_study(given["study"]), Path(given["folder"]))
    except UserError as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        sys.exit(MISNAMED if isinstance(error, MisnamedError) else 1)
    print(json.dumps(made), file=printed)


if __name__ == "__main__":
    main()
