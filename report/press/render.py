"""Render the report: choose the engine, check the tables, and put the new output in the place of the old."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from experiments.tables.errors import UserError
from experiments.tables.verify import problems as table_problems
from report.ledger.check import check_site
from report.ledger.site_facts import write_facts
from report.ledger.stamp import write_stamp
from report.press import stamp
from report.press.engine import FORMATS, choose_engine, run_quarto
from report.press.execute.cache import ENGINE
from report.press.execute.run import Event, Settings, execute
from report.press.locate import quarto_on_path
from report.press.project import ChapterRef, Project, Woven, load_project
from report.press.site import keeping, replacing
from report.press.source.blocks import Chapter
from report.press.source.chapter import examine_book, read_book
from report.press.source.links import linked_files
from report.press.weave import weave


class TablesError(UserError):
    """Frozen tables do not verify; the message has a line for each problem."""


class BusyError(UserError):
    """Two renders would write to the same output."""


class PagesError(UserError):
    """The rendered pages do not show what the journals say; the message has a line for each problem."""


@dataclass(frozen=True)
class Request:
    """What to render: no chapters means all of them."""

    engine: str = "auto"
    formats: tuple[str, ...] = FORMATS
    chapters: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)


class Listener(Protocol):
    """Hears of the progress."""

    def say(self, line: str) -> None:
        """A line for the user."""

    def chapter(self, chapter: Chapter, event: Event) -> None:
        """A chapter starts to run, has run, or came out of the cache."""


def render(root: Path, request: Request, listener: Listener) -> Path:
    """Render the project at `root` and return the output folder.

    Raises UserError (busy, tables, project, source, execution, book, PDF); the previous output is then as it was.
    """
    lock = root / ".press" / "lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            return _render(root, request, listener)
    except Timeout:
        raise BusyError("another render of this project is running; wait until it is done") from None


def _render(root: Path, request: Request, listener: Listener) -> Path:
    problems = table_problems()
    if problems:
        raise TablesError("\n".join(map(str, problems)))
    engine = choose_engine(request.engine)
    listener.say(engine.because)
    write_stamp(root)
    project = load_project(root)
    selected = [project.chapter(name) for name in request.chapters]
    stamp.forget(root)
    before = stamp.take(root, _sources(project))
    if engine.name == "quarto":
        with keeping(project.output_dir):
            run_quarto(project, engine, request.formats, selected)
    else:
        _press(project, request, selected, listener)
    if not selected:
        stamp.write(root, before, engine.name, quarto_on_path(), request.formats, project.output_dir)
    return project.output_dir


def _sources(project: Project) -> set[Path]:
    """The files that the book names itself, wherever they are: chapters, includes, images, bibliography."""
    chapters, _ = examine_book(project)
    linked = {file for chapter in chapters for file in linked_files(project, chapter)}
    read = {file for chapter in chapters for file in chapter.files}
    return {*linked, *read, *project.bibliography, *([project.csl] if project.csl else [])}


def weave_book(project: Project, settings: Settings, tell: Callable[[Chapter, Event], None]) -> list[Woven]:
    """Read, execute and weave every chapter. Raises SourceError or ExecutionError, with all that is wrong."""
    chapters = read_book(project)
    notebooks = execute(project, chapters, settings, tell)
    return [weave(project, chapter, notebook) for chapter, notebook in zip(chapters, notebooks, strict=True)]


def _press(project: Project, request: Request, selected: Sequence[ChapterRef], listener: Listener) -> None:
    # All chapters are woven even for one page: its references are numbered over the whole book. What has not changed
    # comes out of the cache.
    woven = weave_book(project, request.settings, listener.chapter)
    listener.say(f"writing {' and '.join(request.formats)}")
    whole = not selected and set(request.formats) == set(FORMATS)
    with replacing(project.output_dir, keep=not whole) as output:
        writers = {
            "html": lambda: _write_pages(project, woven, output, selected),
            "pdf": lambda: _write_pdf(project, woven, output, listener),
        }
        # Most of the time is spent in Pandoc, a process of its own, so that two threads do both at once.
        with ThreadPoolExecutor() as pool:
            running = [pool.submit(writers[name]) for name in request.formats]
        for written in running:
            written.result()


def _write_pages(project: Project, woven: Sequence[Woven], output: Path, selected: Sequence[ChapterRef]) -> None:
    from report.press.book import build
    from report.press.html import write_site

    docs = build(project, woven, "html")
    if selected:
        with tempfile.TemporaryDirectory() as scratch:
            write_site(project, docs, Path(scratch))
            _take_pages(project, Path(scratch), output, selected)
    else:
        write_site(project, docs, output)
    _check(project, output, selected or project.chapters)


def _write_pdf(project: Project, woven: Sequence[Woven], output: Path, listener: Listener) -> None:
    from report.press.book import build
    from report.press.pdf import write_pdf

    for warning in write_pdf(project, build(project, woven, "typst"), output / f"{project.output_file}.pdf"):
        listener.say(f"warning: {warning}")


def _check(project: Project, output: Path, chapters: Sequence[ChapterRef]) -> None:
    """Write `facts.json` and hold the pages against it, before they take the place of the previous ones."""
    placed = replace(project, output_dir=output)
    found = check_site(placed, write_facts(placed, ENGINE), chapters)
    if found:
        raise PagesError("\n".join(found))


def _take_pages(project: Project, site: Path, output: Path, selected: Sequence[ChapterRef]) -> None:
    """Copy a new site to `output`, but for the pages of chapters that were not asked for."""
    left_out = {site / chapter.href for chapter in project.chapters if chapter not in selected}
    for file in site.rglob("*"):
        target = output / file.relative_to(site)
        if file.is_file() and (file not in left_out or not target.exists()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
