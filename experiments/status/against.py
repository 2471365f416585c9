"""What git says: the cells of run tables that changed since a revision, whether they were sealed again or not."""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from experiments.status.differences import Version, changes_of_table
from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.git import commit_of, contents_of, run_git
from experiments.tables.locations import NAME, shown_path
from experiments.tables.read import data_path, read_bytes, read_sidecar, read_table, table_ids
from experiments.tables.sidecar import Sidecar
from experiments.tables.stored import SUFFIXES
from experiments.tables.strict_json import json_object
from experiments.tables.verify import Problem


def changes_since(revision: str, root: Path) -> list[Problem]:
    """Every cell, row, column and table that changed since `revision`, of the tables that only a run can make.

    These are measured and reported ones; what is derived or computed can be made again, and `verify` does that. Raises
    UserError where the tables lie in no git repository, or it has no such revision.
    """
    before = _tables_at(revision, root)
    return [
        problem
        for table_id in sorted({*before, *table_ids(root)})
        for problem in _changes(table_id, before.get(table_id), revision, root)
    ]


def changed_without_a_run(root: Path) -> list[Problem]:
    """The cells in which measured tables are not what git has at HEAD, though their sidecars tell of the same run.

    Another run takes other seconds, so that somebody has changed both. Where git knows nothing of the tables, nothing
    is compared.
    """
    try:
        listed = run_git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", ".").decode("utf-8", "replace")
        changed = {str(PurePosixPath(name).with_suffix("")) for name in listed.split("\0") if name}
        before = _tables_at("HEAD", root, changed) if changed else {}
    except (OSError, UserError):
        return []
    return [problem for table_id, version in before.items() for problem in _without_a_run(table_id, version, root)]


def _without_a_run(table_id: str, before: Version | TableError, root: Path) -> Iterator[Problem]:
    try:
        found = read_table(table_id, root)
        if isinstance(before, TableError) or found.sidecar.made != "run" or found.sidecar.kind != "measured":
            return
        same_run = found.sidecar.provenance == before.sidecar.provenance
        if same_run and found.digest != before.sidecar.digests.table:
            remedy = f"no run made this; restore it (`git checkout -- {shown_path(root / table_id)}.*`) or run it again"
            for line, what in changes_of_table(
                before, Version(found.data, found.sidecar), found.where, "frozen in HEAD"
            ):
                yield Problem(table_id, f"{found.where}:{line}" if line else found.where, what, remedy)
    except TableError:  # what is wrong with it is told by its digests
        return


def _changes(table_id: str, before: Version | TableError | None, revision: str, root: Path) -> Iterator[Problem]:
    try:
        sidecar = read_sidecar(table_id, root)
        path = data_path(table_id, root, sidecar.format)
        found = Version(read_bytes(path, table_id), sidecar)
    except TableError as error:
        found = error
    known = [version.sidecar for version in (before, found) if isinstance(version, Version)]
    if known and not any(_only_a_run_makes(sidecar) for sidecar in known):
        return
    where = shown_path(root / f"{table_id}{SUFFIXES[known[-1].format] if known else '.json'}")
    remedy = f"see why (`git log -p {revision}.. -- {shown_path(root / table_id)}.*`)"
    if isinstance(before, TableError):
        yield Problem(table_id, where, f"not readable as it was in {revision}: {before}", remedy)
    elif isinstance(found, TableError):
        there = any((root / f"{table_id}{suffix}").exists() for suffix in (*SUFFIXES.values(), ".json"))
        what = f"not readable: {found.what}" if there else f"gone, though there in {revision}"
        yield Problem(table_id, where, what, remedy)
    elif before is None:
        yield Problem(table_id, where, f"not there in {revision}", remedy)
    else:
        try:
            for line, what in changes_of_table(before, found, where, f"frozen in {revision}"):
                yield Problem(table_id, f"{where}:{line}" if line else where, what, remedy)
        except TableError as error:
            yield Problem(table_id, where, error.what, remedy)


def _only_a_run_makes(sidecar: Sidecar) -> bool:
    return sidecar.made == "run" and sidecar.kind in ("measured", "reported")


def _tables_at(revision: str, root: Path, only: Container[str] | None = None) -> dict[str, Version | TableError]:
    """The tables below `root`, or those of these ids, as git has them at `revision`.

    In place of a table that cannot be read stands the error.
    """
    if not root.is_dir():
        raise UserError(f"{shown_path(root)}: there is no such folder")
    commit = commit_of(root, revision)
    listed = run_git(root, "ls-tree", "-r", "-z", commit, "--", ".")
    blobs: dict[str, str] = {}
    for entry in filter(None, listed.decode("utf-8", "surrogateescape").split("\0")):
        kind, _, name = entry.partition("\t")
        blobs["/".join(name.split("/")[-2:])] = kind.split()[2]
    sidecars = [name for name in blobs if name.endswith(".json") and _is_table(name)]
    sidecars = [name for name in sidecars if only is None or name.removesuffix(".json") in only]
    files = {
        name: blobs[name]
        for sidecar in sidecars
        for name in (sidecar, *(sidecar.removesuffix(".json") + suffix for suffix in SUFFIXES.values()))
        if name in blobs
    }
    contents = dict(zip(files, contents_of(root, list(files.values())), strict=True))
    return {name.removesuffix(".json"): _version(name, contents, f"{revision}:{name}") for name in sidecars}


def _is_table(name: str) -> bool:
    study, _, file = name.partition("/")
    return bool(NAME.fullmatch(study) and NAME.fullmatch(file.removesuffix(".json")))


def _version(name: str, contents: Mapping[str, bytes], where: str) -> Version | TableError:
    try:
        sidecar = Sidecar.model_validate(json_object(contents[name], where))
        rows = contents.get(name.removesuffix(".json") + SUFFIXES[sidecar.format])
        return Version(rows, sidecar) if rows is not None else TableError("has no rows", where)
    except ValidationError as error:
        return TableError(f"not a sidecar: {printable(error.errors(include_url=False)[0]['msg'])}", where)
    except TableError as error:
        return error
