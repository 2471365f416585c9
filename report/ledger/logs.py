"""The fact logs of the book's chapters, which go by the name under which a chapter's cells open it."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.facts.dependencies import find_source, opened_names, text_digests
from analysis.facts.fact_log import FactLog, fact_log_path, read_fact_log
from experiments.tables.files import replace_file
from report.rendering.project import ChapterRef, Project

_OF_TEXT = ("source_digest", "includes")
"""What `text_digests` gives, of a log's first line."""


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


def list_left_files(project: Project, log: FactLog) -> list[Path]:
    """The files that a run left: its log, and what its cells drew."""
    return [log.path, *(project.root / name for name in log.artefacts)]


def same_run(one: bytes, other: bytes) -> bool:
    """Whether these logs are of one run, and differ at most in the text that stands around its cells."""
    (first, _, body), (second, _, of_other) = one.partition(b"\n"), other.partition(b"\n")
    return body == of_other and _without_text(first) == _without_text(second)


def _without_text(line: bytes) -> Any:
    """What the first line of a log says of other things than the text."""
    with suppress(ValueError):
        opening = json.loads(line)
        if isinstance(opening, dict) and opening.get("line") == "open":
            return {name: said for name, said in opening.items() if name not in _OF_TEXT}
    return line


def renew_opening(project: Project, engine: str, chapter: ChapterRef) -> None:
    """Let the log of a run stand for the chapter's present text, where only text around its cells has changed.

    For a renderer that sets the text anew at each render, and takes from the run what the cells gave.
    """
    log = chapter_log(project, engine, chapter)
    if log is None:
        return
    opening = log.opening | text_digests(project.root, chapter.path)
    if opening != log.opening:
        _, _, rest = log.path.read_bytes().partition(b"\n")
        replace_file(log.path, json.dumps(opening, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" + rest)


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
