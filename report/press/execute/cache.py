"""Executed chapters, kept by jupyter-cache under a key of the cells and of everything that the chapter read.

The key's first half is the code. Its second half is what the chapter's door recorded the last time: analysis modules,
lock file, the tables with the digests that they have *now*, and which data files are here; jupyter-cache hashes it as
part of the kernelspec. With the outputs lie the journal and the artefacts of that run, so that a chapter out of the
cache leaves what a run leaves.
"""

import platform
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import NbArtifacts
from sqlalchemy.exc import DatabaseError

from analysis.facts.data_files import data_file
from analysis.facts.dependencies import depends_on, opens_the_door
from analysis.facts.journal import journal_path, read_journal
from experiments.tables.digest import sha256_file
from experiments.tables.read import TABLE_SUFFIXES, frozen_root, table_ids
from report.press.project import ChapterRef

ENGINE = "press"


def dependencies(root: Path, chapter: ChapterRef) -> dict[str, Any] | None:
    """What the chapter depends on besides its cells, as it is now; None if it has to run for that to be known."""
    journal = read_journal(journal_path(root, ENGINE, chapter.stem))
    if journal is None and opens_the_door(root, chapter.path):
        return None
    static = depends_on(root, chapter.path)
    return {
        "python": platform.python_version(),
        "modules": static["modules"],
        "lockfile": static["lockfile"],
        "tables": {} if journal is None else _table_digests(journal.tables),
        "listing": table_ids() if journal is not None and journal.listing is not None else None,
        "data": {} if journal is None else _data_files(root, journal.data),
    }


def _table_digests(tables: Iterable[str]) -> dict[str, str]:
    """Digest of every table's files; a missing file has the empty digest, so that its return is noticed."""
    files = [frozen_root() / f"{table}{suffix}" for table in sorted(tables) for suffix in TABLE_SUFFIXES]
    return {"/".join(file.parts[-2:]): sha256_file(file) if file.is_file() else "" for file in files}


def _data_files(root: Path, asked: Iterable[tuple[str, str]]) -> dict[str, bool]:
    """Whether each data file that the chapter asked for is on this machine."""
    return {f"{name} {digest}": data_file(root, name, digest) is not None for name, digest in sorted(asked)}


class ExecutionCache:
    """Finds and stores executed chapters below `folder`. A damaged cache is emptied, never an error."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._cache = get_cache(str(folder))
        try:
            self._cache.list_cache_records()
        except DatabaseError:
            shutil.rmtree(folder, ignore_errors=True)
            self._cache = get_cache(str(folder))

    def find(self, notebook: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
        """The notebook with outputs, its journal and artefacts put back in place; None if it is not in the cache."""
        try:
            record = self._cache.match_cache_notebook(notebook)
            bundle = self._cache.get_cache_bundle(record.pk)
        except KeyError:
            return None
        for relative, handle in bundle.artifacts:
            _put_back(self._root / relative, handle.read())
        return bundle.nb

    def store(self, notebook: nbformat.NotebookNode, chapter: ChapterRef) -> None:
        """Keep an executed notebook with the journal and the artefacts that its run left."""
        path = journal_path(self._root, ENGINE, chapter.stem)
        journal = read_journal(path)
        files = [] if journal is None else [path, *(self._root / name for name in journal.artefacts)]
        artifacts = NbArtifacts([str(file) for file in files if file.is_file()], in_folder=self._root)
        bundle = CacheBundleIn(notebook, chapter.relative, artifacts=artifacts)
        self._cache.cache_notebook_bundle(bundle, overwrite=True)


def _put_back(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
