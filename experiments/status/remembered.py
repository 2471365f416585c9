"""Answers about the whole project, such as the state of all tables, kept until anything that matters changes.

Code, studies, registries, lock files, tables and small data files count by their bytes, whatever their times say; data
sets and weights of many megabytes by size, times and inode; folders in which models and packages are looked for by what
lies there; environment variables by their values. This module imports nothing heavy, so that an answer comes at once.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from experiments.tables.digest import sha256_bytes, sha256_file
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT, is_address, project_root, studies_root
from experiments.tables.memo import memo
from experiments.tables.stamps import LARGE, stamp

VARIABLES = ("COLOPHON_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "XDG_", "HOME", "PYTHONPATH")
PASSED_OVER = ("frozen", "__pycache__")  # the tables are asked for by themselves

Watched = list[Path]
Answer = object


def remembered(question: str, root: Path | None, work_out: Callable[[Watched], Answer | None]) -> Answer | None:
    """The answer as it was worked out before, or by `work_out` now; JSON either way.

    `work_out` is given a list, to which it adds the files and folders beyond the project on which the answer depends,
    and returns None for an answer that is not to be kept. `root` is the folder of the tables where these matter.
    """
    known, key = memo("answers"), f"{question} {project_root()} {root}"
    now = _fingerprint(root)
    kept = known[key]
    if isinstance(kept, dict) and kept.get("fingerprint") == now and _unchanged(kept.get("watched")):
        return kept.get("answer")
    watched: Watched = []
    answer = work_out(watched)
    if answer is not None:
        marks = {str(path): _mark(path) for path in dict.fromkeys(watched)}
        known[key] = {"fingerprint": now, "watched": marks, "answer": answer}
    return answer


def _unchanged(watched: object) -> bool:
    return isinstance(watched, dict) and all(_mark(Path(path)) == mark for path, mark in watched.items())


def _mark(path: Path) -> str:
    """What changes with a file, or with any file of a folder."""
    try:
        if path.is_dir():
            files = sorted(f for f in path.rglob("*") if f.is_file() and f.parent.name not in PASSED_OVER)
            return sha256_bytes("\n".join(f"{file} {_mark(file)}" for file in files).encode("utf-8", "surrogateescape"))
        if not path.exists():
            return "missing"
        seen = stamp(path) if path.stat().st_size >= LARGE else None
        return sha256_file(path) if seen is None else str(seen)
    except (OSError, UserError):
        return f"unreadable at {time.time_ns()}"


def _fingerprint(root: Path | None) -> str:
    digest = hashlib.sha256()
    for part in _parts(root):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def _parts(root: Path | None) -> Iterator[bytes]:
    yield repr((sys.version, sys.path, str(Path.cwd()), str(PACKAGE_ROOT), str(project_root()), str(root))).encode()
    yield repr(sorted((k, v) for k, v in os.environ.items() if k.startswith(VARIABLES))).encode()
    trees = {PACKAGE_ROOT / "experiments", project_root() / "experiments", project_root() / "lockfiles", studies_root()}
    for tree in sorted(trees):
        yield from _contents(tree, PASSED_OVER)
    if root is not None:
        yield from _contents(root, ())
    for variable in ("COLOPHON_MODELS_DIR", "COLOPHON_DATA_DIR"):
        if is_address(os.environ.get(variable, "")):  # what lies there is not known without a look
            yield str(time.time_ns()).encode()
        elif os.environ.get(variable):
            yield from _listing(Path(os.environ[variable]).expanduser(), with_files=True)
    yield from _listing(project_root() / "data", with_files=True)
    yield from _listing(_hub_cache(), with_files=False)
    for folder in sys.path:
        if Path(folder).name in ("site-packages", "dist-packages"):
            yield repr(sorted(os.listdir(folder)) if os.path.isdir(folder) else None).encode()


def _contents(tree: Path, passed_over: Iterable[str]) -> Iterator[bytes]:
    """The name and the bytes of every file."""
    for folder, folders, files in os.walk(tree):
        folders[:] = sorted(name for name in folders if name not in passed_over)
        for name in sorted(files):
            path = os.path.join(folder, name)
            yield path.encode("utf-8", "surrogateescape")
            try:
                with open(path, "rb") as file:
                    yield file.read()
            except OSError as error:
                yield str(error.errno).encode()


def _listing(tree: Path, with_files: bool) -> Iterator[bytes]:
    """The name and the times of every folder, and of every file where they count by themselves."""
    for folder, folders, files in os.walk(tree):
        folders[:] = sorted(name for name in folders if name != "blobs")
        for path in (folder, *(os.path.join(folder, name) for name in sorted(files) if with_files)):
            try:
                status = os.stat(path)
                yield f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}".encode(
                    "utf-8", "surrogateescape"
                )
            except OSError as error:
                yield f"{path} {error.errno}".encode("utf-8", "surrogateescape")


def _hub_cache() -> Path:
    """Where the hub's client keeps what it has fetched."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{cache}/huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or f"{home}/hub").expanduser()
