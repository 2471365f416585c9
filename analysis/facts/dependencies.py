"""What a chapter is made from besides its tables: the analysis modules its cells import, its includes, the lock file.

Read from the source, not from the running kernel, so that a hook can ask the same question without executing anything.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.tables.digest import code_closure, code_digest, lock_digest, sha256_file
from experiments.tables.locations import PACKAGE_ROOT

PACKAGES = ("analysis", "experiments.tables")
LOCKFILE = Path("lockfiles") / "report.txt"

_CELL = re.compile(r"^(?P<fence>```+|~~~+)\s*\{python[^}\n]*\}[^\n]*\n(?P<code>.*?)^(?P=fence)[`~]*\s*$", re.M | re.S)
_INCLUDE = re.compile(r"\{\{<\s*include\s+(?P<path>[^>]+?)\s*>\}\}")
_DOOR = "analysis.facts"


def depends_on(project: Path, source: Path) -> dict[str, Any]:
    """The digests of everything static behind the chapter at `source`, as its journal's `open` line records them.

    Keys: `source_digest`, `modules` (dotted name to digest), `includes` (path below the project to digest, None where
    the file is missing), `lockfile` (digest of its pins, None without one).
    """
    files = _files(project, source)
    includes = {_below(project, path): sha256_file(path) if path.is_file() else None for path in files[1:]}
    lockfile = project / LOCKFILE
    return {
        "source_digest": sha256_file(source),
        "modules": _module_digests("\n".join(map(_text, files))),
        "includes": includes,
        "lockfile": lock_digest(lockfile) if lockfile.is_file() else None,
    }


def opens_the_door(project: Path, source: Path) -> bool:
    """Whether the chapter's cells use the door at all, and thus leave a journal."""
    cells = (cell["code"] for path in _files(project, source) for cell in _CELL.finditer(_text(path)))
    return any("open_chapter(" in code for code in cells)


def _files(project: Path, source: Path) -> list[Path]:
    """The chapter and all files that it includes, missing ones too."""
    return [source, *_included(project, source, _text(source), {source})]


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _included(project: Path, chapter: Path, text: str, seen: set[Path]) -> Iterator[Path]:
    """The files that `text` includes, and those that they include, all relative to the chapter as in Quarto."""
    for found in _INCLUDE.finditer(text):
        name = found["path"].strip("\"'")
        path = (project / name.lstrip("/") if name.startswith("/") else chapter.parent / name).resolve()
        if path in seen:
            continue
        seen.add(path)
        yield path
        yield from _included(project, chapter, _text(path), seen)


def _module_digests(text: str) -> dict[str, str]:
    modules: dict[str, Path] = {}
    for name in sorted(_imported(text)):
        if name.split(".")[0] == "analysis" and _is_module(name):
            modules |= code_closure(name, PACKAGE_ROOT, PACKAGES)
    return {name: code_digest({name: path}) for name, path in sorted(modules.items())}


def _imported(text: str) -> set[str]:
    names = {_DOOR}
    for cell in _CELL.finditer(text):
        try:
            tree = ast.parse(cell["code"])
        except SyntaxError:  # the cell's own execution reports it
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _is_module(name: str) -> bool:
    base = PACKAGE_ROOT.joinpath(*name.split("."))
    return base.with_name(base.name + ".py").is_file() or (base / "__init__.py").is_file()


def _below(project: Path, path: Path) -> str:
    try:
        return path.relative_to(project).as_posix()
    except ValueError:
        return path.name
