"""Render the report: choose the engine, check the tables, and put the new output in the place of the old."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from filelock import FileLock, Timeout

from analysis.facts.dependencies import chapter_files, files_behind
from experiments.tables.errors import UserError
from experiments.tables.verify import problems as table_problems
from report.ledger.logs import chapter_log
from report.ledger.version import write_stamp
from report.rendering import FORMATS, stamp
from report.rendering.backend import Write, embedded_renderer
from report.rendering.engine import Engine, EngineError, choose_engine, run_quarto
from report.rendering.locate import quarto_in_reach
from report.rendering.memory import collect_rarely
from report.rendering.outputs import keeping, replacing
from report.rendering.project import ChapterRef, Project, load_project
from report.rendering.request import Listener, Request
from report.rendering.resolved import resolve_project

if TYPE_CHECKING:
    from report.checking.findings import Finding, Results
    from report.ledger.model import SiteFacts

_LINK = re.compile(r"\]\(\s*<?(?P<target>[^\s)>]+)")
_SCHEME = re.compile(r"^(?:[A-Za-z][\w+.-]*:|//)")


class TablesError(UserError):
    """Frozen tables do not verify; the message has a line for each problem."""


class UnfoundedError(UserError):
    """Pages or PDF show what no table is behind; the message has a line for each finding."""

    def __init__(self, findings: "Sequence[Finding]") -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class BusyError(UserError):
    """Two renders would write to the same output."""


def render(root: Path, request: Request, listener: Listener) -> Path:
    """Render the project at `root` and return the output folder.

    Raises UserError (busy, tables, project, source, execution, book, PDF); the previous output is then as it was.
    """
    collect_rarely()
    lock = root / ".press" / "lock"
    lock.parent.mkdir(exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            return _render(root, request, listener)
    except Timeout:
        raise BusyError("another render of this project is running; wait until it is done") from None


def engine_project(root: Path, engine: Engine) -> Project:
    """The project as the engine reads it: Quarto resolves profiles, of which the embedded renderer knows nothing."""
    return load_project(root) if engine.program is None else resolve_project(root, engine.program)


def _render(root: Path, request: Request, listener: Listener) -> Path:
    engine = choose_engine(request.engine)
    with ExitStack() as stack:
        write = None if engine.program else stack.enter_context(embedded_renderer().begin(load_project(root)))
        if problems := table_problems():
            raise TablesError("\n".join(map(str, problems)))
        return _render_verified(root, request, listener, engine, write)


def _render_verified(root: Path, request: Request, listener: Listener, engine: Engine, write: Write | None) -> Path:
    profile = os.environ.get("QUARTO_PROFILE")
    if profile and engine.program is None:
        raise EngineError(f"QUARTO_PROFILE={profile}: the embedded renderer has no profiles; unset it, or use Quarto")
    listener.say(engine.because)
    write_stamp(root)
    project = engine_project(root, engine)
    selected = [project.chapter(name) for name in request.chapters]
    checked = None
    stamp.forget(root)
    before = stamp.measure_inputs(root, _book_files(project, engine.name))
    try:
        if write is None:
            with keeping(project.output_dir):
                run_quarto(project, engine, request.formats, selected, strict=request.strict)
        else:
            whole = not selected and set(request.formats) == set(FORMATS)
            kept = () if whole else (project.output_dir,)
            if not whole and not selected and "html" in request.formats:
                kept = (project.pdf,)  # all pages are written: that of a chapter taken out of the book must go
            with (
                replacing(project.output_dir, kept) as output,
                write(project, request, selected, output, listener) as (facts, finish),
            ):
                if "html" in request.formats and request.strict:
                    checked = _check(replace(project, output_dir=output), facts, request, selected, listener, finish)
    except UserError as error:
        found = error.findings if isinstance(error, UnfoundedError) else ()
        told = [each.model_dump(mode="json") for each in found]
        stamp.refuse(root, before, stamp.Refusal(str(error).splitlines(), told))
        raise
    if not selected:
        # What cells read for the first time is known only now.
        before |= stamp.measure(_book_files(project, engine.name) - set(map(Path, before)))
        stamp.write(root, before, engine.name, quarto_in_reach(), request.formats, project.output_dir)
    listener.shown()
    if write is not None and "html" in request.formats and not request.strict:
        try:
            checked = _check(project, facts, request, selected, listener)
        except UserError as error:
            listener.say(f"error: {error}")
    if checked is not None and whole:
        from report.checking.remembered import Remembered

        Remembered(root).results(lambda: checked)  # for the first `report check`
    return project.output_dir


def _check(
    project: Project,
    facts: "SiteFacts",
    request: Request,
    selected: Sequence[ChapterRef],
    listener: Listener,
    finish: Callable[[], None] = lambda: None,
) -> "Results":
    """Look for numbers and comparisons without a table: an error before the pages take the place of the previous ones,
    told after that in a preview.

    `finish` waits for the PDF, which is read last.
    """
    from report.checking.check import check_render

    printed = project.pdf if "pdf" in request.formats and not selected else None
    results = check_render(project, facts, selected or None, printed, finish)
    if results.errors and request.strict:
        raise UnfoundedError(results.errors)
    for finding in results.errors:
        listener.say(f"error: {finding}")
    return results


def _book_files(project: Project, engine: str) -> set[Path]:
    """Chapters, what they include and link to, bibliography, citation style, and what their cells read."""
    found = {*project.bibliography, *([project.csl] if project.csl else [])}
    for chapter in project.chapters:
        found |= {*chapter_files(project.root, chapter.path), *_linked(project, chapter)}
        log = chapter_log(project, engine, chapter)
        found |= {project.root / name for name in log.files} if log else {*files_behind(project.root, chapter.path)}
    return {path for path in found if path.is_file()}


def _linked(project: Project, chapter: ChapterRef) -> Iterator[Path]:
    """The files that links and images of the chapter lead to; what stands in code may be among them."""
    for file in chapter_files(project.root, chapter.path):
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        for link in _LINK.finditer(text):
            path = unquote(link["target"].partition("#")[0].partition("?")[0])
            if path and not _SCHEME.match(link["target"]):
                base = project.root if path.startswith("/") else chapter.path.parent
                yield (base / path.lstrip("/")).resolve()
