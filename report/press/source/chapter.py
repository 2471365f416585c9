"""Read chapters: source lines in, blocks within the subset out, or every problem at once."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from report.press.source import subset
from report.press.source.blocks import Cell, Chapter, Inline, Part
from report.press.source.lines import Line, Source, closes_fence, opens_fence, read_source
from report.press.source.options import check_defaults, check_page_defaults
from report.press.source.problems import Place, Problem, SourceError
from report.press.source.prose import define
from report.press.source.scan import Scanner
from report.press.source.settings import settings_problems
from report.press.source.shortcodes import resolve_all, resolve_shortcode
from report.rendering.project import ChapterRef, Project
from report.rendering.settings import SettingsError, merge, parse_yaml

_TITLE = re.compile(r"^#\s+(?P<title>.*?)\s*(?:\{(?P<attributes>[^{}]*)\})?\s*#*\s*$")


def read_book(project: Project) -> list[Chapter]:
    """Read all chapters. Raises SourceError with the problems of all of them."""
    chapters, problems = examine_book(project)
    if problems:
        raise SourceError(problems)
    return chapters


def examine_book(project: Project) -> tuple[list[Chapter], list[Problem]]:
    """All chapters as far as they can be read, and every problem in them and in `_quarto.yml`.

    Of a chapter in another format, such as a notebook, `_quarto.yml` is told, and nothing is read.
    """
    problems: list[Problem] = []
    chapters = [_read(project, ref, problems) for ref in project.chapters if ref.path.suffix == ".qmd"]
    return chapters, settings_problems(project) + problems + _defined_twice(chapters)


def _read(project: Project, ref: ChapterRef, problems: list[Problem]) -> Chapter:
    told = len(problems)
    source = read_source(ref.path, project.root, problems)
    start = Place(ref.relative, 1)
    parsed = _front_matter(source, ref, problems)
    own = parsed or {}
    # Of a chapter that cannot be read, more than that is not worth telling.
    unreadable = parsed is None or (not source.lines and len(problems) > told)
    # As in Quarto, a chapter sees the project's metadata below its own.
    metadata = merge(project.metadata, own)
    resolve = partial(resolve_shortcode, metadata, project.variables)
    lines = list(source.lines)
    title, attributes, place = _take_title(lines, own, start, [] if unreadable else problems)
    title = resolve_all(title, resolve, place, problems)
    if "`{" in title:
        problems.append(
            Problem(place, "an inline expression in a chapter's title is not supported by the embedded renderer")
        )
    scanner = Scanner(resolve=resolve, problems=problems)
    identifier = re.search(r"#(\S+)", attributes)
    define(identifier[1] if identifier else "", place, scanner.findings, problems)
    scanner.read(lines)
    _check_engine(scanner.parts, own, problems)
    return Chapter(
        ref=ref,
        title=title,
        attributes=attributes,
        metadata={key: _resolve_value(value, resolve, start, problems) for key, value in own.items()},
        parts=tuple(scanner.parts),
        files=source.files,
        targets=scanner.findings.targets,
        references=tuple(scanner.findings.references),
        links=tuple(scanner.findings.links),
        images=tuple(scanner.findings.images),
    )


def _front_matter(source: Source, ref: ChapterRef, problems: list[Problem]) -> dict[str, Any] | None:
    """The chapter's own metadata; None, and a problem, if it is no YAML."""
    place = Place(ref.relative, source.front_matter_line)
    try:
        metadata = parse_yaml(source.front_matter, ref.relative, source.front_matter_line)
    except SettingsError as error:
        location, _, reason = str(error).partition(": ")
        problems.append(Problem(Place(ref.relative, int(location.rpartition(":")[2])), f"front matter: {reason}"))
        return None

    def line_of(key: str) -> Place:
        before = re.split(rf"^{re.escape(key)}\s*:", source.front_matter, maxsplit=1, flags=re.MULTILINE)[0]
        return Place(ref.relative, place.line + before.count("\n"))

    for key in metadata:
        if key in subset.REFUSED_FRONT_MATTER:
            what = f"front matter key '{key}' is not supported by the embedded renderer"
            alone = key in subset.REFUSED_SETTINGS
            remedy = "only Quarto would heed it" if alone else "it is the book's, in _quarto.yml"
            problems.append(Problem(line_of(key), what, remedy))
    elsewhere = {"jupyter": _kernel(metadata) != "python3", "engine": metadata.get("engine", "jupyter") != "jupyter"}
    for key in (key for key, refused in elsewhere.items() if refused):
        problems.append(
            Problem(
                line_of(key),
                f"{key}: {metadata[key]!r} is not supported by the embedded renderer",
                "supported: python3",
            )
        )
    check_page_defaults(metadata, line_of, problems)
    execute = metadata.get("execute", {})
    if isinstance(execute, Mapping):
        check_defaults(execute, line_of("execute"), problems)
    else:
        problems.append(Problem(line_of("execute"), "'execute' must hold keys"))
    return metadata


def _kernel(metadata: Mapping[str, Any]) -> object:
    """The name of the kernel that `jupyter:` asks for, alone or as the kernelspec of a notebook."""
    asked = metadata.get("jupyter", "python3")
    spec = asked.get("kernelspec") if isinstance(asked, Mapping) else None
    return spec.get("name") if isinstance(spec, Mapping) else asked


def _check_engine(parts: Sequence[Part], metadata: Mapping[str, Any], problems: list[Problem]) -> None:
    """Quarto starts no kernel for inline expressions alone, and would show them as they stand."""
    first = next((part for part in parts if isinstance(part, Inline)), None)
    if first and "engine" not in metadata and not any(isinstance(part, Cell) for part in parts):
        what = "inline expressions in a chapter without a cell are not run by Quarto"
        problems.append(Problem(first.place, what, "add 'engine: jupyter' to the chapter's front matter"))


def _take_title(
    lines: list[Line], metadata: Mapping[str, Any], start: Place, problems: list[Problem]
) -> tuple[str, str, Place]:
    """The chapter's title, its attributes and its place; its heading is taken out of `lines`."""
    headings = []
    opened = None
    for index, line in enumerate(lines):
        if opened is not None:
            opened = None if closes_fence(line.text, opened) else opened
        elif heading := _TITLE.match(line.text):
            headings.append((index, heading))
        else:
            opened = opens_fence(line.text)
    named = isinstance(metadata.get("title"), str)
    for index, _ in headings if named else headings[1:]:
        problems.append(Problem(lines[index].place, "a chapter has one title", "begin sections with '##'"))
    if named:
        return metadata["title"], "", start
    if not headings:
        problems.append(Problem(start, "the chapter has no title", "begin it with a heading '# Title'"))
        return "", "", start
    index, heading = headings[0]
    place = lines[index].place
    lines[index] = Line("", place)
    return heading["title"], heading["attributes"] or "", place


def _resolve_value(value: Any, resolve: Any, place: Place, problems: list[Problem]) -> Any:
    return resolve_all(value, resolve, place, problems) if isinstance(value, str) else value


def _defined_twice(chapters: Sequence[Chapter]) -> list[Problem]:
    """Cross-reference targets are numbered over the whole book, so an identifier may occur once in it."""
    seen: dict[str, Place] = {}
    problems = []
    for chapter in chapters:
        for identifier, place in chapter.targets.items():
            if identifier.partition("-")[0] not in subset.REFERENCE_TYPES:
                continue
            if identifier in seen:
                problems.append(Problem(place, f"'{identifier}' is already defined at {seen[identifier]}"))
            seen.setdefault(identifier, place)
    return problems
