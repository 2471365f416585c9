"""The fact logs of the book's chapters, which go by the name under which a chapter's cells open it."""

from collections.abc import Iterator
from pathlib import Path

from analysis.facts.dependencies import find_source, opened_names
from analysis.facts.fact_log import FactLog, fact_log_path, read_fact_log
from report.rendering.project import ChapterRef, Project


def chapter_log(project: Project, engine: str, chapter: ChapterRef) -> FactLog | None:
    """What the chapter's last run under `engine` recorded; None where nothing is known of one.

    That of another file of the same name does not count.
    """
    logs = (read_fact_log(path) for path in _places(project, engine, chapter))
    return next((log for log in logs if log and log.opening.get("source") in (None, chapter.relative)), None)


def opened_as(log: FactLog) -> str:
    """The name under which the chapter was opened, which its facts carry."""
    return str(log.opening.get("chapter", log.path.stem))


def forget_log(project: Project, engine: str, chapter: ChapterRef) -> None:
    """Remove the fact log of the chapter's last run: the next one may leave none."""
    log = chapter_log(project, engine, chapter)
    if log is not None:
        log.path.unlink()


def _places(project: Project, engine: str, chapter: ChapterRef) -> Iterator[Path]:
    """Where the log may lie: a chapter may be opened as `costs`, `report/costs` or `chapters/costs`."""
    names = (chapter.stem, chapter.relative.removesuffix(chapter.path.suffix))
    for name in dict.fromkeys((*names, names[1].removeprefix("report/"))):
        yield fact_log_path(project.root, engine, name)


def misnamed(project: Project) -> list[str]:
    """A line for each chapter that opens another one's fact log: its own values would be tracked nowhere."""
    found = []
    for chapter in project.chapters:
        for name, file, line in opened_names(project.root, chapter.path):
            if find_source(project.root, name) not in (chapter.path, None):
                own = chapter.relative.removesuffix(chapter.path.suffix)
                place = (
                    f"{file.relative_to(project.root).as_posix() if file.is_relative_to(project.root) else file}:{line}"
                )
                found.append(f'{place}: open_chapter("{name}") opens another chapter; write open_chapter("{own}")')
    return found
