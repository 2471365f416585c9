"""What `_quarto.yml` asks for that this renderer would leave undone: refused, like a construct in a chapter."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from experiments.tables import safe_yaml
from report.press.source import subset
from report.press.source.options import check_defaults, check_page_defaults
from report.press.source.problems import Place, Problem
from report.rendering.project import Project
from report.rendering.settings import read_yaml

FILE = "_quarto.yml"


def settings_problems(project: Project) -> list[Problem]:
    """Every key of the project's own `_quarto.yml` that only Quarto would heed, and a language without words."""
    text = (project.root / FILE).read_text(encoding="utf-8-sig")
    settings, tree = read_yaml(project.root / FILE), safe_yaml.compose(text)
    found = []
    for path, remedy in _unheeded(settings):
        found.append(
            Problem(_place(tree, path), f"'{': '.join(path)}' is not supported by the embedded renderer", remedy)
        )
    if not project.lang.lower().startswith("en"):
        what = f"lang: {project.lang!r} is not supported by the embedded renderer"
        found.append(Problem(_place(tree, ("lang",)), what, "it names figures in English"))
    found += _chapter_problems(project, tree)
    # Quarto's freezing has its counterpart in the cache of this renderer.
    defaults = {key: value for key, value in project.execute.items() if key != "freeze"}
    check_defaults(defaults, _place(tree, ("execute",)), found)
    check_page_defaults(settings, lambda key: _place(tree, (key,)), found)
    return found


def _chapter_problems(project: Project, tree: yaml.Node | None) -> Iterator[Problem]:
    """Entries of the book that only Quarto takes: parts, files of another kind, two files of one name."""
    names = [chapter.stem for chapter in project.chapters]
    for key in ("chapters", "appendices"):
        _, entries = _find(tree, ("book", key))
        for entry in entries.value if isinstance(entries, yaml.SequenceNode) else []:
            place = Place(FILE, entry.start_mark.line + 1)
            if not isinstance(entry, yaml.ScalarNode):
                yield Problem(
                    place,
                    f"an entry with keys below book.{key} is not supported by the embedded renderer",
                    "list the files alone",
                )
            elif not entry.value.endswith(".qmd"):
                yield Problem(
                    place,
                    f"chapter {entry.value} is not supported by the embedded renderer",
                    "write chapters as .qmd files",
                )
            elif names.count(PurePosixPath(entry.value).stem) > 1:
                yield Problem(
                    place,
                    f"another chapter of the name {entry.value} is not supported by the embedded renderer",
                    "rename one file",
                )


def _unheeded(settings: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The keys, each with what would mend it."""
    for key in sorted(subset.REFUSED_SETTINGS & set(settings)):
        yield (key,), "only Quarto would heed it"
    for key, known in subset.SETTINGS.items():
        for name in settings.get(key) or {}:
            if name not in known:
                yield (key, str(name)), f"supported: {', '.join(known)}"
    hooks = settings.get("project") or {}
    for key, script in subset.HOOKS.items():
        if hooks.get(key, script) != script:
            yield ("project", key), f"it runs no script; what {script} does it does itself"
    formats = settings.get("format") or {}
    for name, options in (formats if isinstance(formats, Mapping) else {formats: None}).items():
        if not str(name).endswith(subset.FORMATS):
            yield ("format", str(name)), "it writes HTML, and PDF by Typst"
        for key in options if isinstance(options, Mapping) else ():
            yield ("format", str(name), str(key)), "the style is that of _extensions/colophon"


def _place(tree: yaml.Node | None, path: tuple[str, ...]) -> Place:
    """Where the key at `path` stands; the last part of it that is found, if it came in a way of its own."""
    return Place(FILE, _find(tree, path)[0])


def _find(tree: yaml.Node | None, path: tuple[str, ...]) -> tuple[int, yaml.Node | None]:
    """The line of the last key on `path` that is there, and what the whole path leads to."""
    line = 1
    for part in path:
        pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
        key, tree = next(((key, value) for key, value in pairs if key.value == part), (None, None))
        line = key.start_mark.line + 1 if key is not None else line
    return line, tree
