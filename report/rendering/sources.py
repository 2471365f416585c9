"""The files that a book is made from, wherever they lie: what a render has to look at to see whether it is current."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from analysis.facts.dependencies import chapter_files, files_behind
from report.ledger.logs import chapter_log
from report.rendering.project import ChapterRef, Project

_LINK = re.compile(r"\]\(\s*<?(?P<target>[^\s)>]+)")
_SCHEME = re.compile(r"^(?:[A-Za-z][\w+.-]*:|//)")


def book_files(project: Project, engine: str) -> set[Path]:
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
