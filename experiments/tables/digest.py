"""SHA-256 of what a table is made from: bytes, lock files, and code by what it does rather than how it is typed."""

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path

SHORT = 12
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")


def sha256_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Digest of a file's bytes. Raises UserError naming the file where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None


def sha256_json(value: object) -> str:
    """Digest of JSON-like data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256_bytes(text.encode())


def lock_digest(path: Path) -> str:
    """Digest of the sorted name==version pins of a lock file; hashes, markers, comments and order do not count."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{shown_path(path)}: the lock file cannot be read: {error}") from None
    pins = {(re.sub(r"[-_.]+", "-", m[1]).lower(), m[2]) for m in map(_PIN.match, lines) if m}
    if not pins:
        raise UserError(f"{shown_path(path)}: no name==version line in this lock file")
    return sha256_json(sorted(pins))


def code_closure(
    module: str, project: Path, within: tuple[str, ...], leave_out: tuple[str, ...] = ()
) -> dict[str, Path]:
    """All modules of the packages `within` that importing `module` may import, by a reading of the import statements.

    Follows absolute and relative imports wherever they stand (functions too), and counts the packages that lie above
    a module, since importing it runs them. Modules in or below `leave_out` are neither counted nor followed.
    Raises UserError where `module` is not found below `project`, or a file does not parse.
    """
    found: dict[str, Path] = {}
    if _source(module, project) is None:
        raise UserError(f"there is no module {module} below {shown_path(project)}")
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or not _inside(name, within) or _inside(name, leave_out):
            continue
        path = _source(name, project)
        if path is None:  # a name that a module defines, not a module
            continue
        found[name] = path
        waiting += [*_parents(name), *_imports(name, path)]
    return dict(sorted(found.items()))


def code_digest(modules: Mapping[str, Path]) -> str:
    """Digest of the modules' syntax trees without docstrings: comments, formatting and docstrings do not count."""
    return sha256_json([[name, _tree_digest(path, _stamp(path))] for name, path in sorted(modules.items())])


def _inside(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def _parents(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _source(module: str, project: Path) -> Path | None:
    base = project.joinpath(*module.split("."))
    candidates = (base / "__init__.py", base.with_name(base.name + ".py"))
    return next((path for path in candidates if path.is_file()), None)


def _imports(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(_tree(path, _stamp(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=512)
def _tree(path: Path, stamp: tuple[int, int]) -> ast.Module:
    """The syntax tree without docstrings; `stamp` makes the memory of it end when the file changes."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UserError(f"{shown_path(path)}:{line}: does not parse as Python: {error}") from None
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if documented and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return tree


@lru_cache(maxsize=512)
def _tree_digest(path: Path, stamp: tuple[int, int]) -> str:
    return sha256_bytes(ast.dump(_tree(path, stamp)).encode())
