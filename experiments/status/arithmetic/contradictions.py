"""All contradictions between the numbers of the frozen tables, each with file, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from experiments.status.arithmetic.across import differing
from experiments.status.arithmetic.declared import broken, relations_of
from experiments.status.arithmetic.rows import Contradiction, at_row, check_of
from experiments.study import StudyBase
from experiments.tables.digest import sha256_bytes, sha256_json
from experiments.tables.errors import TableError, printable
from experiments.tables.locations import shown_path, studies_root
from experiments.tables.memo import memo
from experiments.tables.read import FrozenTable, read_table, table_ids
from experiments.tables.relations import Relation
from experiments.tables.verify import Problem

MOST_TOLD = 20
"""Contradictions of one table that are told one by one."""


def contradictions(root: Path, studies: Mapping[str, StudyBase]) -> list[Problem]:
    """What cannot be true at once, in the tables that verify; `studies` are those of the project, by name.

    What was found to agree is not worked out again while the tables, the relations and this code are the same.
    """
    found: list[Problem] = []
    by_study: dict[str, list[str]] = {}
    for table_id in table_ids(root):
        by_study.setdefault(table_id.partition("/")[0], []).append(table_id)
    code = _code()
    for study, ids in by_study.items():
        declared = studies[study].relations if study in studies else ()
        tables = list(_readable(ids, root))
        digests = [table.sidecar.digests.sidecar for table in tables]
        said = [relation.model_dump(mode="json") for relation in declared]
        key = sha256_json(["arithmetic", code, digests, said])
        if memo("verified")[key] is True:
            continue
        try:
            problems = [*_undeclarable(study, declared, tables), *_of_study(tables, declared)]
        except TableError:
            continue  # sealed, but no table: told where it is decoded
        if not problems:
            memo("verified")[key] = True
        found += problems
    return found


def _readable(ids: Sequence[str], root: Path) -> Iterator[FrozenTable]:
    for table_id in ids:
        try:
            yield read_table(table_id, root)
        except TableError:
            continue  # told where digests are compared


def _undeclarable(study: str, declared: Sequence[Relation], tables: Sequence[FrozenTable]) -> Iterator[Problem]:
    """Relations of a study that name a table or a column which is not there."""
    known = {table.sidecar.table: {column.name for column in table.sidecar.columns} for table in tables}
    where = shown_path(studies_root() / f"{study}.yaml")
    for number, relation in enumerate(declared):
        if relation.table not in known:
            what = f"there is no table {relation.table}; there are {', '.join(known)}"
        elif unknown := sorted(relation.columns - known[relation.table]):
            what = f"{relation.table} has no column {', '.join(unknown)}; it has {', '.join(known[relation.table])}"
        else:
            continue
        yield Problem(f"{study}/{relation.table}", where, f"relations.{number}: {what}", "mend the relation")


def _of_study(tables: Sequence[FrozenTable], declared: Sequence[Relation]) -> Iterator[Problem]:
    for table in tables:
        faults = [(at, each) for at, each in _of_table(table, declared)]
        yield from _told(table, faults)
    others: dict[str, list[tuple[int, Contradiction]]] = {}
    for table, at, each in differing(tables):
        others.setdefault(table.id, []).append((at, each))
    for table in tables:
        yield from _told(table, others.get(table.id, []))


def _of_table(table: FrozenTable, declared: Sequence[Relation]) -> Iterator[tuple[int, Contradiction]]:
    check = check_of(table.sidecar)
    if check is not None:
        for at, row in enumerate(table.rows):
            for each in check.of_row(row):
                yield at, each
    for relation in relations_of(table.sidecar, declared):
        yield from broken(relation, table.rows, table.sidecar)


def _told(table: FrozenTable, faults: Sequence[tuple[int, Contradiction]]) -> Iterator[Problem]:
    remedy = f"find out which is wrong, and make the table again (`experiments run {table.sidecar.study}`)"
    for at, each in faults[:MOST_TOLD]:
        where = f"{table.where}:{at + 2}" if table.sidecar.format == "csv" else table.where
        row = printable(at_row(table.rows[at], table.sidecar.key), 200)
        yield Problem(table.id, where, f"row {row}, column {each.column}: {printable(each.what, 300)}", remedy)
    if len(faults) > MOST_TOLD:
        yield Problem(table.id, table.where, f"{len(faults) - MOST_TOLD} more contradictions", remedy)


def _code() -> str:
    """Digest of the checks."""
    here = Path(__file__).parent
    return sha256_json([sha256_bytes(file.read_bytes()) for file in sorted(here.glob("*.*"))])
