"""Write what a site says of itself, out of the logs of a render.

`_site/facts.json` is a small index, `_site/facts/` has a file for each chapter, `_site/version.json` says which version
of the report it is.
"""

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from analysis.facts.fact_log import Body, FactLog
from experiments.tables.read import read_sidecar
from report.ledger import CHAPTERS, INDEX
from report.ledger.logs import chapter_log, opened_as
from report.ledger.model import Build, ChapterFacts, ChapterFile, Claim, Fact, Index, SiteFacts, Table, VersionFile
from report.ledger.same import Same
from report.ledger.version import read_stamp, tables_digest
from report.rendering.project import Project

NAME, FOLDER, VERSION = INDEX, CHAPTERS, "version.json"
Found = TypeVar("Found", Fact, Claim)


def write_facts(project: Project, engine: str) -> SiteFacts:
    """Gather the logs of the book's chapters into `facts.json` and `facts/` in the project's output.

    The same logs give the same bytes. Raises TableError where a table that was read is no longer there.
    """
    return save_facts(project, gather(project, engine))


def save_facts(project: Project, facts: SiteFacts) -> SiteFacts:
    """Write facts that were gathered already, and the version that they make."""
    site = project.output_dir
    shutil.rmtree(site / FOLDER, ignore_errors=True)  # files of chapters that there are no longer
    chapters = {}
    shown, claimed = by_chapter(facts.facts), by_chapter(facts.claims)
    for chapter in dict.fromkeys((*shown, *claimed)):
        own, claims = shown.get(chapter, Same(())), claimed.get(chapter, Same(()))
        entry = ChapterFile(file=f"{FOLDER}/{chapter}.json", facts=len(own.objects), claims=len(claims.objects))
        _write(site / entry.file, _listed(chapter, own, claims))
        chapters[chapter] = entry
    index = Index(engine=facts.engine, build=facts.build, tables=facts.tables, chapters=chapters)
    _write(site / NAME, index.model_dump_json(indent=1))
    version = VersionFile(
        title=project.title,
        engine=facts.engine,
        build=facts.build,
        shown={table: entry.digest for table, entry in facts.tables.items()},
        pdf=project.pdf.name,
    )
    _write(site / VERSION, version.model_dump_json(indent=1))
    return facts


def by_chapter(found: Iterable[Found]) -> dict[str, Same[Found]]:
    """Facts or claims by the name of their chapter."""
    chapters: dict[str, list[Found]] = {}
    for each in found:
        chapters.setdefault(each.chapter, []).append(each)
    return {chapter: Same(each) for chapter, each in chapters.items()}


@lru_cache(maxsize=64)
def _listed(chapter: str, facts: Same[Fact], claims: Same[Claim]) -> str:
    """The file of one chapter, once for a preview that shows the same ones at each change."""
    return f'{{"chapter":{json.dumps(chapter)},"facts":{_rows(facts.objects)},"claims":{_rows(claims.objects)}}}'


def _rows(found: Iterable[Fact | Claim]) -> str:
    """A list in JSON with a line for each."""
    return "[\n" + ",\n".join(each.model_dump_json() for each in found) + "\n]"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")


def gather(project: Project, engine: str) -> SiteFacts:
    """Every fact, claim and table of the book's chapters, in reading order."""
    found = (chapter_log(project, engine, chapter) for chapter in project.chapters)
    logs = {opened_as(log): log for log in found if log is not None}
    read = {name: set(log.tables) for name, log in logs.items()}
    tables = {table: _table(table, read) for table in sorted({table for tables in read.values() for table in tables})}
    digest = tables_digest({table: entry.digest for table, entry in tables.items()}) if tables else ""
    return SiteFacts(
        engine=engine,
        build=Build.model_validate({**read_stamp(project.root)["build"], "tables": digest}),
        tables=tables,
        facts=tuple(fact for log in logs.values() for fact in facts_of(log)),
        claims=tuple(claim for log in logs.values() for claim in claims_of(log)),
    )


def read_facts(site: Path) -> SiteFacts:
    """The facts of a rendered site. Raises FileNotFoundError, or ValueError for a file of another schema."""
    return parse_facts(lambda name: (site / name).read_bytes())


def parse_facts(content: Callable[[str], bytes]) -> SiteFacts:
    """The facts of a site whose files `content` gives by their place. Raises ValueError for another schema."""
    index = Index.model_validate_json(content(NAME))
    read = [ChapterFacts.model_validate_json(content(each.file)) for each in index.chapters.values()]
    return SiteFacts(
        engine=index.engine,
        build=index.build,
        tables=index.tables,
        facts=tuple(fact for chapter in read for fact in chapter.facts),
        claims=tuple(claim for chapter in read for claim in chapter.claims),
    )


def _table(table: str, read: Mapping[str, Collection[str]]) -> Table:
    sidecar = read_sidecar(table)
    return Table(
        kind=sidecar.kind,
        title=sidecar.title,
        digest=sidecar.digests.table,
        rows=sidecar.row_count,
        chapters=tuple(name for name, tables in read.items() if table in tables),
    )


def facts_of(log: FactLog) -> tuple[Fact, ...]:
    """The facts that a chapter logged: the same objects as long as its cells did not run anew."""
    return _facts(opened_as(log), log.body)


@lru_cache(maxsize=256)
def _facts(chapter: str, body: Body) -> tuple[Fact, ...]:
    return tuple(Fact(chapter=chapter, **_content(line)) for line in body.of("fact"))


def claims_of(log: FactLog) -> tuple[Claim, ...]:
    """The claims that a chapter logged, as Claim objects; those of an unchanged log are made once."""
    return _claims(opened_as(log), log.body)


@lru_cache(maxsize=256)
def _claims(chapter: str, body: Body) -> tuple[Claim, ...]:
    return tuple(Claim(chapter=chapter, **_content(line)) for line in body.of("claim"))


def _content(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "line"}
