"""Why a chapter would come out differently if its cells ran again."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from analysis.facts.data_files import data_file
from analysis.facts.dependencies import depends_on, opens_chapter
from analysis.facts.fact_log import FactLog
from analysis.facts.reads import file_digest
from experiments.tables.digest import SHORT
from experiments.tables.errors import TableError
from experiments.tables.read import read_sidecar, table_ids
from report.ledger.logs import chapter_log, opened_as
from report.ledger.model import SiteFacts
from report.ledger.pages import PageError, read_page
from report.ledger.site_facts import claims_of, facts_of
from report.rendering.project import ChapterRef, Project


def stale_chapters(project: Project, engine: str) -> dict[str, list[str]]:
    """Every chapter that its last run under `engine` no longer stands for, with each reason; fresh ones are left out.

    A chapter whose cells never call `open_chapter` leaves no fact log and is never stale here; `report.ledger.frozen`
    has a record of its own for those.
    """
    found = {project.name_of(chapter): reasons(project, chapter, engine) for chapter in project.chapters}
    return {name: because for name, because in found.items() if because}


def reasons(project: Project, chapter: ChapterRef, engine: str) -> list[str]:
    """Why one chapter is stale, a line each; none where it is fresh."""
    log = chapter_log(project, engine, chapter)
    if log is None:
        return ["nothing is known of its last run"] if opens_chapter(project.root, chapter.path) else []
    own = static_reasons(project, chapter, log.opening)
    files = {**log.files, **log.artefacts}
    return [*own, *_tables(log), *_data(project, log), *_files(project, files)]


def ran_again(project: Project, facts: SiteFacts) -> list[ChapterRef]:
    """The chapters whose last run showed or claimed what the site does not list: their pages are of an earlier one.

    A refused or interrupted render leaves it like that.
    """
    found = []
    for chapter in project.chapters:
        log = chapter_log(project, facts.engine, chapter)
        if log is not None:
            name = opened_as(log)
            listed = [each.model_dump_json() for each in (*facts.facts, *facts.claims) if each.chapter == name]
            if listed != [each.model_dump_json() for each in (*facts_of(log), *claims_of(log))]:
                found.append(chapter)
    return found


def listed_otherwise(project: Project, facts: SiteFacts) -> dict[str, ChapterRef]:
    """The chapters whose pages show what their last run gave, while the site lists other values: of another render.

    They go by the names under which they were opened.
    """
    listed = {fact.id: _plain(fact.text) for fact in facts.facts}
    found = {}
    for chapter in ran_again(project, facts):
        log = chapter_log(project, facts.engine, chapter)
        if log is None:
            continue
        logged = {fact.id: _plain(fact.text) for fact in facts_of(log)}
        with suppress(PageError):
            shown = read_page(project.output_dir / chapter.href).facts
            on_page = {identity: _plain(text) for identity, text in shown.items() if identity in logged}
            differing = any(listed.get(identity) != text for identity, text in on_page.items())
            if differing and all(logged[identity] == text for identity, text in on_page.items()):
                found[opened_as(log)] = chapter
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def static_reasons(project: Project, chapter: ChapterRef, then: Mapping[str, Any]) -> Iterator[str]:
    """What changed of text, modules, includes, named files, lock file. `then`: what `depends_on` said."""
    now = depends_on(project.root, chapter.path)
    yield from _difference(chapter.relative, then.get("source_digest"), now["source_digest"])
    for kind in ("modules", "includes"):
        yield from _differences(kind.removesuffix("s"), then.get(kind, {}), now[kind])
    # A file that was not there then may be one that the chapter writes.
    named = then.get("named", {})
    yield from _differences("file", named, {name: digest for name, digest in now["named"].items() if name in named})
    yield from _difference("the lock file", then.get("lockfile"), now["lockfile"])


def _tables(log: FactLog) -> Iterator[str]:
    if log.listing is not None:
        then, now = set(log.listing), set(table_ids())
        yield from (f"table {table} is new" for table in sorted(now - then))
    for table, then in log.tables.items():
        try:
            digests = read_sidecar(table).digests
        except TableError as error:
            yield f"table {table}: {error}"
            continue
        yield from _difference(f"table {table}", then["digest"], digests.table)
        if then["digest"] == digests.table:
            yield from _difference(f"sidecar of {table}", then["sidecar"], digests.sidecar)


def _data(project: Project, log: FactLog) -> Iterator[str]:
    for (name, digest), then in log.data.items():
        now = data_file(project.root, name, digest) is not None
        if now != then:
            yield f"the data file {name} is {'here now' if now else 'gone or changed'}"


def _files(project: Project, recorded: Mapping[str, str]) -> Iterator[str]:
    for name, then in recorded.items():
        path = project.root / name
        yield from _difference(name, then, file_digest(path) if path.is_file() else None)


def _differences(kind: str, then: Mapping[str, str | None], now: Mapping[str, str | None]) -> Iterator[str]:
    for name in sorted({*then, *now}):
        yield from _difference(f"{kind} {name}", then.get(name), now.get(name))


def _difference(what: str, then: str | None, now: str | None) -> Iterator[str]:
    if then == now:
        return
    if now is None:
        yield f"{what} is gone"
    elif then is None:
        yield f"{what} is new"
    else:
        yield f"{what} changed: {then[:SHORT]} -> {now[:SHORT]}"
