"""SHA-256 of what a table is made from: bytes, lock files, and code by what it does rather than how it is typed."""

import ast
import hashlib
import json
import platform
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path
from experiments.tables.memo import user_memo
from experiments.tables.pieces import Pieces, files_of

SHORT = 12
FORM = "2"  # changes with what counts of a source file
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")


def sha256_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path | Pieces) -> str:
    """Digest of a file's bytes, also of one that lies in pieces.

    Raises UserError naming the file where it cannot be read.
    """
    try:
        if isinstance(path, Pieces):
            digest = hashlib.sha256()
            for block in path.blocks():
                digest.update(block)
            return digest.hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{shown_path(files_of(path)[0])}: cannot be read: {error.strerror}") from None


def sha256_json(value: object) -> str:
    """Digest of JSON-like data, whatever the order of its keys."""
    return sha256_bytes(_as_json(value))


class ListDigest:
    """`sha256_json` of a list whose values come one by one."""

    def __init__(self) -> None:
        self._digest, self._before = hashlib.sha256(), b"["

    def add(self, value: object) -> None:
        self._digest.update(self._before + _as_json(value))
        self._before = b","

    def hexdigest(self) -> str:
        whole = self._digest.copy()
        whole.update(b"[]" if self._before == b"[" else b"]")
        return whole.hexdigest()


def _as_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


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


class Facts(NamedTuple):
    """What counts of a source file: the digest of what it does, and its imports as (level, module, names)."""

    digest: str
    imports: tuple[tuple[int, str, tuple[str, ...]], ...]


class Sources:
    """One look at source files: each is read once, whatever is asked of it, and parsed only where its bytes are new."""

    def __init__(self) -> None:
        self._facts: dict[Path, Facts] = {}
        self._paths: dict[tuple[str, Path], Path | None] = {}
        self._imports: dict[tuple[str, Path], tuple[str, ...]] = {}

    def facts(self, path: Path) -> Facts:
        """What counts of the file. Raises UserError where it cannot be read or does not parse."""
        if path not in self._facts:
            self._facts[path] = _facts(path)
        return self._facts[path]

    def imports(self, module: str, path: Path) -> tuple[str, ...]:
        """The modules that a module may import, with the packages that lie above it: names, some of them of no file."""
        if (module, path) not in self._imports:
            self._imports[module, path] = tuple(
                dict.fromkeys([*_parents(module), *_imports(module, path, self.facts(path))])
            )
        return self._imports[module, path]

    def path(self, module: str, project: Path) -> Path | None:
        """The file of a module below `project`, None where there is none."""
        if (module, project) not in self._paths:
            base = project.joinpath(*module.split("."))
            candidates = (base.with_name(base.name + ".py"), base / "__init__.py")
            self._paths[module, project] = next((path for path in candidates if path.is_file()), None)
        return self._paths[module, project]

    @property
    def read(self) -> list[Path]:
        """The files that were read so far."""
        return list(self._facts)


def code_closure(
    module: str,
    project: Path,
    within: tuple[str, ...],
    leave_out: tuple[str, ...] = (),
    but: tuple[str, ...] = (),
    sources: Sources | None = None,
) -> dict[str, Path]:
    """All modules of the packages `within` that importing `module` may import, by a reading of the import statements.

    Follows absolute and relative imports wherever they stand (functions too), and counts the packages that lie above
    a module, since importing it runs them. Modules in or below `leave_out`, those named in `but` apart, are neither
    counted nor followed. Raises UserError where `module` is not found below `project`, or a file does not parse.
    """
    sources = sources or Sources()
    found: dict[str, Path] = {}
    if sources.path(module, project) is None:
        raise UserError(f"there is no module {module} below {shown_path(project)}")
    waiting, seen = [module], {module}
    within, leave_out = (tuple(f"{package}." for package in packages) for packages in (within, leave_out))
    while waiting:
        name = waiting.pop()
        if not _inside(name, within) or (_inside(name, leave_out) and name not in but):
            continue
        path = sources.path(name, project)
        if path is None:  # a name that a module defines, not a module
            continue
        found[name] = path
        new = [other for other in sources.imports(name, path) if other not in seen]
        seen.update(new)
        waiting += new
    return dict(sorted(found.items()))


def code_digest(modules: Mapping[str, Path], sources: Sources | None = None) -> str:
    """Digest of what the modules do: comments, formatting, docstrings and the messages of errors do not count."""
    sources = sources or Sources()
    return sha256_json([[name, sources.facts(path).digest] for name, path in sorted(modules.items())])


def _inside(name: str, prefixes: tuple[str, ...]) -> bool:
    """Whether the module is a package, or below one: its name with a full stop begins with one of these."""
    return f"{name}.".startswith(prefixes)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _imports(module: str, path: Path, facts: Facts) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for level, base, names in facts.imports:
        if level:
            above = package.split(".")[: len(package.split(".")) - level + 1]
            base = ".".join([*above, base] if base else above)
        yield base
        yield from (f"{base}.{name}" for name in names)


def _facts(path: Path) -> Facts:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None
    known, key = user_memo("code"), f"{platform.python_version()} {FORM} {sha256_bytes(data)}"
    try:
        digest, imports = known[key]
        return Facts(digest, tuple((level, base, tuple(names)) for level, base, names in imports))
    except (TypeError, ValueError):  # not known, or the memory is damaged
        facts = _parsed(data, path)
    known[key] = facts
    return facts


@lru_cache(maxsize=1024)
def _parsed(data: bytes, path: Path) -> Facts:
    try:
        tree = ast.parse(data)
    except SyntaxError as error:
        raise UserError(f"{shown_path(path)}:{error.lineno or 1}: does not parse as Python: {error}") from None
    except ValueError as error:  # a null byte
        raise UserError(f"{shown_path(path)}:1: does not parse as Python: {error}") from None
    imports = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [(0, alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Raise):
            _drop_message(node)
        elif isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return Facts(sha256_bytes(ast.dump(tree).encode()), tuple(imports))


def _drop_message(node: ast.Raise) -> None:
    """Empty the texts that the exception is called with."""
    if isinstance(node.exc, ast.Call):
        node.exc.args = [ast.Constant("") if _is_text(argument) else argument for argument in node.exc.args]
        for keyword in node.exc.keywords:
            if _is_text(keyword.value):
                keyword.value = ast.Constant("")


def _is_text(node: ast.expr) -> bool:
    """Whether an expression is a text as it stands: a literal, an f-string, or several of them put together."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr)
