"""What a chapter is made from besides its tables: modules that its cells import, files that they name, includes, lock.

Read from the source, not from the running kernel, so that a hook can ask the same question without executing anything.
What only the run can tell, `analysis.facts.reads` adds to the chapter's fact log.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from analysis.facts.reads import OWN, counts
from experiments.tables.digest import Sources, code_closure, code_digest, lock_digest, sha256_bytes, sha256_file
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.stamps import SETTLED_SECONDS

LOCKFILE = Path("lockfiles") / "report.txt"

_CELL = re.compile(r"^(?P<fence>```+|~~~+)\s*\{python[^}\n]*\}[^\n]*\n(?P<code>.*?)^(?P=fence)[`~]*\s*$", re.M | re.S)
# A relative path to a file with a suffix; a glob, a sentence or a format is none.
_PATH = re.compile(r"(?!/)[^\s*?<>|{}]{1,200}\.\w{1,8}")
_INCLUDE = re.compile(r"\{\{<\s*include\s+(?P<path>[^>]+?)\s*>\}\}")
_OPENED = re.compile(r"""\bopen_chapter\(\s*(["'])(?P<name>[^"'\n]+)\1""")
_FACTS = "analysis.facts"
# Where a chapter that is opened by its name alone lies, below the project, and what kinds of file it may be.
_FOLDERS = ("", "report")
_SUFFIXES = (".qmd", ".ipynb", ".md", ".py")


class Look(Sources):
    """One look at what chapters are made from: those of a book share it, and each thing is found out once."""

    def __init__(self) -> None:
        super().__init__()
        self._closures: dict[tuple[str, Path], dict[str, Path]] = {}
        self._local: dict[Path, tuple[str, ...]] = {}
        self._modules: dict[tuple[str, Path], str] = {}
        self._files: dict[Path, str] = {}
        self._compiled: set[Path] = set()

    def closure(self, module: str, home: Path) -> dict[str, Path]:
        """The module and those that it imports, of Colophon and of the folder `home` where it lies."""
        if (module, home) not in self._closures:
            if home not in self._local:
                self._local[home] = _local_names(home)
            self._closures[module, home] = code_closure(module, home, (*OWN, *self._local[home]), sources=self)
        return self._closures[module, home]

    def module_digest(self, name: str, path: Path) -> str:
        """The digest of what one module does."""
        if (name, path) not in self._modules:
            self._modules[name, path] = code_digest({name: path}, self)
        return self._modules[name, path]

    def file_digest(self, path: Path) -> str:
        """The digest of a file's bytes. Raises UserError where it cannot be read."""
        if path not in self._files:
            self._files[path] = sha256_file(path)
        return self._files[path]

    @cached_property
    def tables(self) -> list[str]:
        """The ids of all frozen tables."""
        from experiments.tables.read import table_ids  # takes pydantic, which the hooks of a render do without

        return table_ids()

    def forget_old_bytecode(self, files: Iterable[Path]) -> None:
        """Have Python compile again what changed after it was compiled.

        Python looks at size and time alone, which may be kept (`touch -r`). Who compiled it at about the time of the
        change may have read what was there before.
        """
        for file in files:
            if file in self._compiled:
                continue
            self._compiled.add(file)
            compiled = Path(cache_from_source(str(file)))
            with suppress(OSError):
                if compiled.stat().st_mtime_ns < file.stat().st_ctime_ns + SETTLED_SECONDS * 1e9:
                    compiled.unlink()


def depends_on(project: Path, source: Path, look: Look | None = None) -> dict[str, Any]:
    """The digests of everything static behind the chapter at `source`, as its log's `open` line records them.

    Keys: `source_digest`; `modules` (dotted name to digest): modules of Colophon and of the project that the cells
    import, and theirs; `includes` (path below the project to digest, None where the file is missing); `named` (path to
    digest): files below the project whose path stands in a cell as text; `lockfile` (digest of its pins, None without
    one). The chapters of a book can share one `look`.
    """
    look = look or Look()
    files = chapter_files(project, source)
    lockfile = project / LOCKFILE
    modules, named = _behind(project, source, files, look)
    look.forget_old_bytecode(modules.values())
    return {
        **text_digests(project, source, files),
        "modules": {name: look.module_digest(name, path) for name, path in modules.items()},
        "named": {_below(project, path): look.file_digest(path) for path in named},
        "lockfile": lock_digest(lockfile) if lockfile.is_file() else None,
    }


def text_digests(project: Path, source: Path, files: Sequence[Path] | None = None) -> dict[str, Any]:
    """The digests of the chapter's own text and of its includes, as in `depends_on`; `files` are both, if known."""
    files = chapter_files(project, source) if files is None else files
    return {
        # A notebook is written again with its outputs once it has run: what it is made from are its cells.
        "source_digest": sha256_bytes(_text(source).encode()) if source.suffix == ".ipynb" else sha256_file(source),
        "includes": {_below(project, path): sha256_file(path) if path.is_file() else None for path in files[1:]},
    }


def module_files(project: Path, source: Path, look: Look | None = None) -> list[Path]:
    """The files of the modules of Colophon and of the project that the chapter's cells import, and theirs."""
    modules, _ = _behind(project, source, chapter_files(project, source), look or Look())
    return list(modules.values())


def forget_old_bytecode(project: Path, sources: Iterable[Path]) -> None:
    """Have kernels compile again what changed of the modules of chapters.

    A cell may import one before it opens its chapter, or open none.
    """
    look = Look()
    for source in sources:
        look.forget_old_bytecode(module_files(project, source, look))


def files_behind(project: Path, source: Path) -> list[Path]:
    """The files that the cells of a chapter import or name: all that is known of one that leaves no fact log."""
    modules, named = _behind(project, source, chapter_files(project, source), Look())
    return [*modules.values(), *named]


def _behind(project: Path, source: Path, files: list[Path], look: Look) -> tuple[dict[str, Path], list[Path]]:
    """The modules behind the cells of a chapter's files, by name, and the files of the project that the cells name."""
    trees = _cell_trees(files)
    return _modules(project, source, trees, look), _named_files(project, source, trees)


def opens_chapter(project: Path, source: Path) -> bool:
    """Whether the chapter's cells call `open_chapter`, and thus leave a fact log."""
    cells = (cell["code"] for path in chapter_files(project, source) for cell in _CELL.finditer(_text(path)))
    return any("open_chapter(" in code for code in cells)


def cells_of(text: str) -> Iterator[tuple[int, str]]:
    """The Python cells of a chapter's text: the line on which each begins, and its code."""
    for cell in _CELL.finditer(text):
        yield text.count("\n", 0, cell.start()) + 1, cell["code"]


def opened_names(project: Path, source: Path) -> Iterator[tuple[str, Path, int]]:
    """The names by which the chapter's cells open it, each with its file and line (of a notebook, that of its text)."""
    for path in chapter_files(project, source):
        text = _text(path)
        for cell in _CELL.finditer(text):
            for call in _OPENED.finditer(cell["code"]):
                yield call["name"], path, text.count("\n", 0, cell.start("code") + call.start()) + 1


def find_source(project: Path, name: str) -> Path | None:
    """The file that `open_chapter(name)` means: its path below the project or `report/`, without the suffix.

    A Python file last: a module that the chapter imports may have its name.
    """
    candidates = (project / folder / f"{name}{suffix}" for suffix in _SUFFIXES for folder in _FOLDERS)
    return next((path for path in candidates if path.is_file()), None)


def shared_modules(project: Path, source: Path) -> set[str]:
    """The names of modules, and of what may be one, that the chapter can share with others: none of the project's own.

    Those of Colophon and what the cells import of other packages; a module of the project may read files of it, which
    are to count for the chapter alone.
    """
    trees = _cell_trees(chapter_files(project, source))
    named = {*_imported(trees), *_modules(project, source, trees, Look())}
    tops = {name: name.partition(".")[0] for name in named}
    return {
        name
        for name, top in tops.items()
        if top in OWN or not any(_is_module(f, top) for f in (project, source.parent))
    }


def chapter_files(project: Path, source: Path) -> list[Path]:
    """The chapter and all files that it includes, missing ones too."""
    return [source, *_included(project, source, _text(source), {source})]


def _text(path: Path) -> str:
    """The file as a .qmd has it, with cells between fences; empty where there is none."""
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    if path.suffix == ".py":
        return f"```{{python}}\n{text}\n```\n"
    return _notebook_text(text) if path.suffix == ".ipynb" else text


def _notebook_text(text: str) -> str:
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):  # no notebook: Quarto says so
        return ""
    return "\n\n".join(f"```{{python}}\n{own}\n```" if kind == "code" else own for kind, own in cells) + "\n"


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


def _cell_trees(files: list[Path]) -> list[ast.Module]:
    """The syntax trees of the cells; one that does not parse is left to its own execution, which reports it."""
    trees = []
    for path in files:
        for cell in _CELL.finditer(_text(path)):
            with suppress(SyntaxError, ValueError):
                trees.append(ast.parse(cell["code"]))
    return trees


def _modules(project: Path, source: Path, trees: list[ast.Module], look: Look) -> dict[str, Path]:
    """The modules of Colophon and of the project behind the cells, which run in its folder or the chapter's."""
    modules: dict[str, Path] = {}
    followed: dict[Path, dict[str, Path]] = {}
    for name in sorted(_imported(trees)):
        top = name.partition(".")[0]
        home = PACKAGE_ROOT if top in OWN else next((f for f in (project, source.parent) if _is_module(f, top)), None)
        # What was met on the way from another module was followed with it.
        if home is not None and name not in followed.setdefault(home, {}) and _is_module(home, name):
            followed[home] |= look.closure(name, home)
            modules |= followed[home]
    return dict(sorted(modules.items()))


def _local_names(folder: Path) -> tuple[str, ...]:
    """The modules and packages that lie in a folder of the project."""
    return tuple(sorted({path.stem for path in (*folder.glob("*.py"), *folder.glob("*/")) if path.stem.isidentifier()}))


def _imported(trees: list[ast.Module]) -> set[str]:
    names = {_FACTS}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _named_files(project: Path, source: Path, trees: list[ast.Module]) -> list[Path]:
    """Files below the project whose path, from its root or from the chapter's folder, is a string in a cell."""
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATH.fullmatch(node.value)
    }
    found = {(base / text).resolve() for text in texts for base in (project, source.parent)}
    return sorted(path for path in found if counts(project.resolve(), path))


def _is_module(folder: Path, name: str) -> bool:
    base = folder.joinpath(*name.split("."))
    return base.with_name(base.name + ".py").is_file() or (base / "__init__.py").is_file()


def _below(project: Path, path: Path) -> str:
    try:
        return path.relative_to(project).as_posix()
    except ValueError:
        return path.name
