"""Executed chapters, kept by jupyter-cache under a key of the cells and of everything that the chapter read.

The key's first half is the code. Its second half is what the chapter's fact log recorded the last time, with the
digests of *now*: modules, lock file, files of the project, tables, and which data files are here; jupyter-cache hashes
it as part of the kernelspec. With the outputs lie the fact log and the artefacts of that run, so that a chapter out of
the cache leaves what a run leaves.
"""

import platform
import shutil
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.db import DB_NAME, OrmBase
from jupyter_cache.cache.main import JupyterCacheBase, NbArtifacts
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DatabaseError

from analysis.facts.data_files import data_file
from analysis.facts.dependencies import Look, depends_on, forget_old_bytecode, opens_chapter
from analysis.facts.reads import file_digest
from experiments.tables.errors import UserError, printable
from experiments.tables.read import TABLE_SUFFIXES, frozen_root
from report.ledger.logs import chapter_log, forget_log, list_left_files, same_run
from report.press import ENGINE
from report.rendering.project import ChapterRef, Project


def dependencies(project: Project, chapter: ChapterRef, look: Look | None = None) -> dict[str, Any] | None:
    """What the chapter depends on besides its cells, as it is now; None if it has to run for that to be known.

    The chapters of a book can share one `look`.
    """
    look = look or Look()
    log = chapter_log(project, ENGINE, chapter)
    if log is None and opens_chapter(project.root, chapter.path):
        forget_old_bytecode(project.root, [chapter.path])
        return None
    root = project.root
    static = depends_on(root, chapter.path, look)
    return {
        "python": platform.python_version(),
        "modules": static["modules"],
        "named": static["named"],
        "files": {} if log is None else {name: _digest_now(root / name) for name in log.files},
        "lockfile": static["lockfile"],
        "tables": {} if log is None else _table_digests(log.tables, look),
        "listing": look.tables if log is not None and log.listing is not None else None,
        "data": {} if log is None else _data_files(root, log.data),
    }


def _table_digests(tables: Iterable[str], look: Look) -> dict[str, str]:
    """Digest of every table's files; a missing file has the empty digest, so that its return is noticed."""
    folder = frozen_root()
    files = [folder / f"{table}{suffix}" for table in sorted(tables) for suffix in TABLE_SUFFIXES]
    return {"/".join(file.parts[-2:]): look.file_digest(file) if file.is_file() else "" for file in files}


def _digest_now(path: Path) -> str:
    return file_digest(path) if path.is_file() else ""


def _data_files(root: Path, asked: Iterable[tuple[str, str]]) -> dict[str, bool]:
    """Whether each data file that the chapter asked for is on this machine."""
    return {f"{name} {digest}": data_file(root, name, digest) is not None for name, digest in sorted(asked)}


class CacheError(UserError):
    """The cache cannot be written."""


class ExecutionCache:
    """Finds and stores executed chapters below `folder`. A damaged cache is emptied, never an error."""

    def __init__(self, project: Project, folder: Path) -> None:
        self._project = project
        self._cache = _Cache(folder)
        try:
            self._cache.list_cache_records()
        except (DatabaseError, RuntimeError):  # RuntimeError: what jupyter-cache makes of some of these
            shutil.rmtree(folder, ignore_errors=True)
            self._cache = _Cache(folder)
            try:
                self._cache.list_cache_records()
            except (DatabaseError, RuntimeError) as error:
                raise _unwritable(error) from None

    def find(self, notebook: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
        """The notebook with outputs, its fact log and artefacts put back in place; None if it is not in the cache.

        Raises CacheError where the cache cannot be written: it counts when an entry was last used.
        """
        try:
            record = self._cache.match_cache_notebook(notebook)
            bundle = self._cache.get_cache_bundle(record.pk)
        except KeyError:
            return None
        except (DatabaseError, RuntimeError) as error:
            raise _unwritable(error) from None
        for relative, handle in bundle.artifacts:
            _put_back(self._project.root / relative, handle.read())
        return bundle.nb

    def store(self, notebook: nbformat.NotebookNode, chapter: ChapterRef) -> None:
        """Keep an executed notebook with the fact log and the artefacts that its run left. Raises CacheError."""
        root = self._project.root
        log = chapter_log(self._project, ENGINE, chapter)
        files = [] if log is None else list_left_files(self._project, log)
        artifacts = NbArtifacts([str(file) for file in files if file.is_file()], in_folder=root)
        bundle = CacheBundleIn(notebook, chapter.relative, artifacts=artifacts)
        try:
            self._cache.cache_notebook_bundle(bundle, overwrite=True)
        except (DatabaseError, RuntimeError) as error:
            raise _unwritable(error) from None


def forget_run(project: Project, chapter: ChapterRef) -> None:
    """Remove the fact log of an earlier run: the next one may leave none."""
    forget_log(project, ENGINE, chapter)


class _Cache(JupyterCacheBase):
    """jupyter-cache in a folder of any name: written into an address, as it does itself, `?` and `%` would be lost."""

    @cached_property
    def db(self) -> Engine:
        engine = create_engine(URL.create("sqlite", database=str(self.path / DB_NAME)))
        OrmBase.metadata.create_all(engine)
        return engine


def _unwritable(error: Exception) -> CacheError:
    cause = error if isinstance(error, DatabaseError) else error.__cause__
    said = cause.orig if isinstance(cause, DatabaseError) else error
    return CacheError(f".press/cache: cannot be written: {printable(str(said), 200)}; make room, or remove the folder")


def _put_back(path: Path, content: bytes) -> None:
    if path.is_file() and ((now := path.read_bytes()) == content or same_run(now, content)):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
