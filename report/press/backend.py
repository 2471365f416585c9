"""What the embedded renderer offers to `report.rendering`: write a project's report, and say what it could not render.

Saying takes a reader of chapters alone, so that what renders is imported where it is used.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.facts.dependencies import forget_old_bytecode
from report.press import ENGINE
from report.press.problems import PagesError
from report.press.source.bibliography import bibliography_problems
from report.press.source.blocks import Chapter
from report.press.source.chapter import examine_book, read_book
from report.press.source.floats import float_problems
from report.press.source.links import link_problems
from report.press.source.problems import SourceError
from report.press.woven import Woven
from report.rendering.project import ChapterRef, Project
from report.rendering.request import Event, Listener, Request

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from report.ledger.model import SiteFacts
    from report.press.book.model import Parsed
    from report.press.execute.warm import WarmProcess
    from report.rendering.backend import Write


def problems(project: Project) -> list[str]:
    """Everything in the chapters that could not be rendered, a line each; runs no cell."""
    chapters, found = examine_book(project)
    found += [*link_problems(project, chapters), *float_problems(project, chapters), *bibliography_problems(project)]
    return [str(problem) for problem in sorted(set(found))]


@contextmanager
def begin(project: Project) -> Iterator["Write"]:
    """What writes the report, which begins at once with what needs no table.

    Where nothing is in the cache, that is to import what the chapters import; it takes seconds.
    """
    from report.press.execute.kernel import kernel_environment, warm_process
    from report.press.execute.warm import CAN_FORK

    scratch = project.root / ".press"
    if not CAN_FORK or (scratch / "cache").exists():
        yield partial(_write, None)
        return
    forget_old_bytecode(project.root, [chapter.path for chapter in project.chapters])
    with warm_process(project, project.chapters, kernel_environment(scratch)) as warm:
        yield partial(_write, warm)


@contextmanager
def _write(
    warm: "WarmProcess | None",
    project: Project,
    request: Request,
    selected: Sequence[ChapterRef],
    output: Path,
    listener: Listener,
) -> Iterator[tuple["SiteFacts", Callable[[], None]]]:
    """Write the formats asked for to the folder `output`; no `selected` chapters means all.

    Gives the book's facts when the pages are written, and what waits until the PDF is written and checked too. Raises
    UserError for what cannot be read, run, numbered, written or checked. All chapters are woven even for one page: its
    references are numbered over the whole book. What has not changed comes out of the cache.
    """
    from report.ledger.site_facts import gather, save_facts
    from report.press.book import parse_chapter
    from report.rendering.beside import run_beside

    with ExitStack() as stack:
        if "pdf" in request.formats:
            print_book = stack.enter_context(run_beside("report.press.pdf.book:print_book"))
        parsed = weave_book(project, request, listener.chapter, warm, parse_chapter)
        listener.say(f"writing {' and '.join(request.formats)}")
        facts = save_facts(replace(project, output_dir=output), gather(project, ENGINE))
        project = replace(project, metadata={**project.metadata, "build": facts.build.model_dump()})
        printed = print_book(project, parsed, facts.facts, output) if "pdf" in request.formats else list
        if "html" in request.formats:
            _write_pages(project, parsed, facts, output, selected)

        @cache
        def finish() -> None:
            for warning in printed():
                listener.say(f"warning: {warning}")

        yield facts, finish
        finish()


def weave_book(
    project: Project,
    request: Request,
    tell: Callable[[str, Event], None] = lambda name, event: None,
    warm: "WarmProcess | None" = None,
    use: Callable[[Woven], Any] = lambda woven: woven,
) -> list[Any]:
    """Read, execute and weave every chapter, and give what `use` makes of each while others still run.

    Raises SourceError or ExecutionError, with all that is wrong.
    """
    from report.press.execute.run import execute
    from report.press.weave import weave

    used: dict[str, Future[Any]] = {}
    chapters = read_book(project)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:

        def then(chapter: Chapter, notebook: "NotebookNode") -> None:
            used[chapter.ref.stem] = threads.submit(lambda: use(weave(project, chapter, notebook)))

        execute(project, chapters, request.jobs, request.timeout, tell, warm, then)
    found, problems = [], []
    for chapter in chapters:
        try:
            found.append(used[chapter.ref.stem].result())
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(problems)
    return found


def _write_pages(
    project: Project, parsed: "Sequence[Parsed]", facts: "SiteFacts", output: Path, selected: Sequence[ChapterRef]
) -> None:
    from report.press.book import build
    from report.press.html import write_site
    from report.tracing import complete_site

    docs = build(project, parsed, "html")
    if selected:
        with tempfile.TemporaryDirectory() as scratch:
            write_site(project, docs, Path(scratch))
            _take_pages(project, Path(scratch), output, selected)
    else:
        write_site(project, docs, output)
    complete_site(project, facts, output)
    _check(project, facts, output, selected or project.chapters)


def _check(project: Project, facts: "SiteFacts", output: Path, chapters: Sequence[ChapterRef]) -> None:
    """Hold the pages against the fact logs, before they take the place of the previous ones."""
    from report.ledger.check import check_site

    if found := check_site(replace(project, output_dir=output), facts, chapters):
        raise PagesError("\n".join(found))


def _take_pages(project: Project, site: Path, output: Path, selected: Sequence[ChapterRef]) -> None:
    """Copy a new site to `output`, but for the pages of chapters that were not asked for."""
    left_out = {site / chapter.href for chapter in project.chapters if chapter not in selected}
    for file in site.rglob("*"):
        target = output / file.relative_to(site)
        if file.is_file() and (file not in left_out or not target.exists()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
