"""Do the chapters' links, images, cross-references and citations lead anywhere? Told from the source alone.

What a cell prints is not known before it runs, so a cross-reference also counts as defined when the text of a cell, or
of a module that the cells import, names its identifier or the beginning of it; the render itself checks the rest.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from analysis.facts.dependencies import Look, module_files
from report.press.source import subset
from report.press.source.blocks import Chapter
from report.press.source.problems import Place, Problem
from report.rendering.project import Project

_IDENTIFIER = re.compile(rf"""(?<=["'])(?:{"|".join(sorted(subset.REFERENCE_TYPES))})-\w[\w-]*(?=["'{{])""")
_PART = re.compile(r"-\d+$")
_SCHEME = re.compile(r"^(?:[A-Za-z][\w+.-]*:|//)")
_OUTWARD = ("http:", "https:", "mailto:")
_ON_A_HOST = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_BIBLIOGRAPHY_KEY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def link_problems(project: Project, chapters: Sequence[Chapter]) -> list[Problem]:
    """Everything in `chapters` that leads nowhere."""
    code = "\n".join(cell.code for chapter in chapters for cell in chapter.cells)
    defined = {identifier for chapter in chapters for identifier in chapter.targets}
    cells = {cell.label for chapter in chapters for cell in chapter.cells}
    # What a chapter that cannot be read defines is not known.
    known = all(chapter.title or chapter.parts for chapter in chapters)
    keys = _citation_keys(project.bibliography)
    named = _Named(project, chapters)
    problems = []
    for chapter in chapters:
        for key, place in chapter.references:
            kind = key.partition("-")[0] if "-" in key else ""
            if kind in subset.REFUSED_REFERENCE_TYPES:
                continue  # the reader has said so
            if kind in subset.REFERENCE_TYPES:
                # The parts of what a cell shows are `fig-x-1`, `fig-x-2`, …
                part_of = _PART.sub("", key)
                somewhere = key in defined or key in code or (part_of != key and part_of in cells)
                if known and not somewhere and not named.may_define(key, chapter):
                    problems.append(Problem(place, f"@{key} refers to nothing that the book defines"))
            elif keys is not None and key not in keys:
                problems.append(Problem(place, f"citation @{key} is not in the bibliography"))
        problems += [*_dead_links(project, chapter), *_outward_links(chapter)]
    return problems


class _Named:
    """The identifiers of figures, tables and sections that modules behind the cells name."""

    def __init__(self, project: Project, chapters: Sequence[Chapter]) -> None:
        self._project, self._chapters, self._look = project, chapters, Look()
        self._of_file: dict[Path, set[str]] = {}
        self._of_chapter: dict[Path, set[str]] = {}

    def may_define(self, key: str, chapter: Chapter) -> bool:
        """Whether one of them is this key, or its beginning: a study's own figure is `fig-cost-my-study`.

        Those of the chapter in which it stands come first, since most references stay in their chapter.
        """
        chapters = sorted(self._chapters, key=lambda other: other is not chapter)
        return any(key == name or key.startswith(f"{name}-") for each in chapters for name in self._names(each))

    def _names(self, chapter: Chapter) -> set[str]:
        path = chapter.ref.path
        if path not in self._of_chapter:
            files = module_files(self._project.root, path, self._look)
            self._of_chapter[path] = set().union(*map(self._names_in, files))
        return self._of_chapter[path]

    def _names_in(self, file: Path) -> set[str]:
        if file not in self._of_file:
            found = _IDENTIFIER.findall(file.read_text("utf-8", "replace"))
            self._of_file[file] = {name.rstrip("-") for name in found}
        return self._of_file[file]


def _citation_keys(files: Sequence[Path]) -> set[str] | None:
    """The keys of the bibliography; None if one of its files is not BibTeX, so that they cannot be told here."""
    if any(file.suffix != ".bib" for file in files):
        return None
    return {key for file in files for key in _BIBLIOGRAPHY_KEY.findall(file.read_text("utf-8", "replace"))}


def _local_links(project: Project, chapter: Chapter) -> Iterator[tuple[str, Path, Place]]:
    """Every link to a file: the path as written, the file, the place of the link."""
    for target, place in chapter.links:
        path = unquote(target.partition("#")[0].partition("?")[0])
        if path and not _SCHEME.match(target):
            base = project.root if path.startswith("/") else chapter.ref.path.parent
            yield path, (base / path.lstrip("/")).resolve(), place


def _dead_links(project: Project, chapter: Chapter) -> Iterator[Problem]:
    pages = {ref.path.with_suffix(".html"): ref.path for ref in project.chapters}
    for path, file, place in _local_links(project, chapter):
        if not file.exists() and file not in pages:
            yield _missing(path, place)
        elif not file.is_relative_to(project.root):
            yield Problem(place, f"link or image {path} lies outside the project", "put the file into the project")
        elif file.suffix == ".qmd" and file not in pages.values():
            yield Problem(place, f"link to {path}, which is no chapter of the book")


def _outward_links(chapter: Chapter) -> Iterator[Problem]:
    """Images that would be loaded from another host, and links to what a browser would run."""
    for target, place in chapter.images:
        if _ON_A_HOST.match(target):
            yield Problem(place, f"image {target} is on another host", "put the file into the project")
    for target, place in chapter.links:
        scheme = _SCHEME.match(target)
        if scheme and scheme[0].lower() not in _OUTWARD and (target, place) not in chapter.images:
            yield Problem(place, f"link {target}: only http, https and mailto lead out of the book")


def _missing(path: str, place: Place) -> Problem:
    return Problem(place, f"link or image {path}: there is no such file", "paths are relative to the chapter's folder")
