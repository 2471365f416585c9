"""What `_quarto.yml` asks for that the press would leave undone: refused, like a construct in a chapter."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from report.press.project import Project
from report.press.settings import read_yaml
from report.press.source import subset
from report.press.source.options import check_defaults
from report.press.source.problems import Place, Problem

FILE = "_quarto.yml"


def settings_problems(project: Project) -> list[Problem]:
    """Every key of the project's own `_quarto.yml` that only Quarto would heed, and a language without words."""
    text = (project.root / FILE).read_text(encoding="utf-8-sig")
    settings, tree = read_yaml(project.root / FILE), yaml.compose(text, yaml.SafeLoader)
    found = []
    for path, remedy in _unheeded(settings):
        found.append(Problem(_place(tree, path), f"'{': '.join(path)}' is not supported", remedy))
    if not project.lang.lower().startswith("en"):
        what = f"lang: {project.lang!r} is not supported"
        found.append(Problem(_place(tree, ("lang",)), what, "the press names its figures in English"))
    # Quarto's freezing has its counterpart in the press's cache.
    defaults = {key: value for key, value in project.execute.items() if key != "freeze"}
    check_defaults(defaults, _place(tree, ("execute",)), found)
    return found


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
            yield ("project", key), f"the press runs no script; what {script} does it does itself"
    formats = settings.get("format") or {}
    for name, options in (formats if isinstance(formats, Mapping) else {formats: None}).items():
        if not str(name).endswith(subset.FORMATS):
            yield ("format", str(name)), "the press writes HTML, and PDF by Typst"
        for key in options if isinstance(options, Mapping) else ():
            yield ("format", str(name), str(key)), "the style is that of _extensions/colophon"


def _place(tree: yaml.Node | None, path: tuple[str, ...]) -> Place:
    """Where the key at `path` stands; the last part of it that is found, if it came in a way of its own."""
    line = 1
    for part in path:
        pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
        key, tree = next(((key, value) for key, value in pairs if key.value == part), (None, None))
        line = key.start_mark.line + 1 if key is not None else line
    return Place(FILE, line)
