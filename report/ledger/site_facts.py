"""Write `_site/facts.json` out of the logs of a render."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.facts.fact_log import FactLog
from experiments.tables.read import read_sidecar
from report.ledger.logs import chapter_log, opened_as
from report.ledger.model import Build, Claim, Fact, SiteFacts, Table
from report.ledger.version import read_stamp
from report.rendering.project import Project

NAME = "facts.json"


def write_facts(project: Project, engine: str) -> SiteFacts:
    """Gather the logs of the book's chapters into `facts.json` in the project's output.

    The same logs give the same bytes. Raises TableError where a table that was read is no longer there.
    """
    return save_facts(project, gather(project, engine))


def save_facts(project: Project, facts: SiteFacts) -> SiteFacts:
    """Write facts that were gathered already."""
    path = project.output_dir / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(facts.model_dump_json(indent=1) + "\n", "utf-8")
    return facts


def gather(project: Project, engine: str) -> SiteFacts:
    """Every fact, claim and table of the book's chapters, in reading order."""
    found = (chapter_log(project, engine, chapter) for chapter in project.chapters)
    logs = {opened_as(log): log for log in found if log is not None}
    read = {name: set(log.tables) for name, log in logs.items()}
    return SiteFacts(
        engine=engine,
        build=Build.model_validate(read_stamp(project.root)["build"]),
        tables={
            table: _table(table, read) for table in sorted({table for tables in read.values() for table in tables})
        },
        facts=tuple(fact for log in logs.values() for fact in _facts(log)),
        claims=tuple(Claim(chapter=name, **_content(line)) for name, j in logs.items() for line in j.of("claim")),
    )


def read_facts(site: Path) -> SiteFacts:
    """The facts of a rendered site. Raises FileNotFoundError, or ValueError for a file of another schema."""
    return SiteFacts.model_validate_json((site / NAME).read_bytes())


def _table(table: str, read: Mapping[str, Collection[str]]) -> Table:
    sidecar = read_sidecar(table)
    return Table(
        kind=sidecar.kind,
        title=sidecar.title,
        digest=sidecar.digests.table,
        rows=sidecar.row_count,
        chapters=tuple(name for name, tables in read.items() if table in tables),
    )


@lru_cache(maxsize=256)
def _facts(log: FactLog) -> tuple[Fact, ...]:
    return tuple(Fact(chapter=opened_as(log), **_content(line)) for line in log.of("fact"))


def _content(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "line"}
