"""Which file is the document of a study: the one with its SHA-256, or with the name that its source gives."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from experiments.tables.digest import SHORT, sha256_bytes
from experiments.tables.documents.blocks import Blocks
from experiments.tables.errors import UserError
from experiments.tables.locations import folder_here, project_root, shown_path
from experiments.tables.sidecar import Source

VARIABLE = "COLOPHON_DOCUMENTS_DIR"
TEXTS = (".txt", ".text", ".md", ".markdown", ".qmd", ".rst", ".tex")
PAGES = (".html", ".htm", ".xhtml")
SUFFIXES = (*TEXTS, *PAGES, ".pdf")
MOST_FILES = 5000

_NAME = re.compile(rf"[\w.+-]+(?:{'|'.join(re.escape(suffix) for suffix in SUFFIXES)})(?![\w])", re.I)


class Document(NamedTuple):
    """A document at hand: its file, its SHA-256, and its blocks."""

    path: Path
    digest: str
    blocks: Blocks


def documents_folder(given: Path | None = None) -> Path | None:
    """The folder of the documents: `given`, COLOPHON_DOCUMENTS_DIR, or `documents` in the project; None without one.

    Raises UserError where a folder that somebody names is not there.
    """
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is None:
        beside = project_root() / "documents"
        return beside if beside.is_dir() else None
    folder = folder_here(named, VARIABLE if given is None else "--documents-dir")
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder of documents (--documents-dir, {VARIABLE})")
    return folder


class Library:
    """The documents of a folder and of the folders in it."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.files = _files(folder) if folder is not None else []
        self._bytes: dict[Path, bytes] = {}
        self._read: dict[str, Document] = {}

    def find(self, source: Source, names: Sequence[str]) -> Document | None:
        """The document of a source, None where it is not here; `names` are those of its study and its key.

        Raises UserError for a file with its name and other bytes, and for one that cannot be read.
        """
        called = self._called(source, names)
        if source.sha256 is None:
            return self._document(called[0]) if called else None
        for path in [*called, *(path for path in self.files if path not in called)]:
            if sha256_bytes(self._content(path)) == source.sha256:
                return self._document(path)
        if called:
            raise UserError(
                f"{shown_path(called[0])}: not the document that was transcribed: its SHA-256 is "
                f"{sha256_bytes(self._content(called[0]))[:SHORT]}…, and the study's source says "
                f"{source.sha256[:SHORT]}…; bring the one of that version, or transcribe this one"
            )
        return None

    def _called(self, source: Source, names: Sequence[str]) -> list[Path]:
        """The files with a name that the source gives in its place or its address, or with one of `names`."""
        said = {name.lower() for name in _NAME.findall(source.place)}
        said |= {(source.url or "").rstrip("/").rpartition("/")[2].lower()} - {"", "readme.md", "index.html"}
        stems = {name.lower() for name in names}
        return [path for path in self.files if path.name.lower() in said or path.stem.lower() in stems]

    def _content(self, path: Path) -> bytes:
        if path not in self._bytes:
            try:
                self._bytes[path] = path.read_bytes()
            except OSError as error:
                raise UserError(f"{shown_path(path)}: cannot be read: {error.strerror}") from None
        return self._bytes[path]

    def _document(self, path: Path) -> Document:
        data = self._content(path)
        digest = sha256_bytes(data)
        if digest not in self._read:
            self._read[digest] = Document(path, digest, _reader(path, data)())
        return self._read[digest]


def _files(folder: Path) -> list[Path]:
    found = []
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(base, name) for name in sorted(files) if name.lower().endswith(SUFFIXES)]
        if len(found) > MOST_FILES:
            raise UserError(f"{folder}: more than {MOST_FILES:,} documents; name a folder of fewer ({VARIABLE})")
    return found


def _reader(path: Path, data: bytes) -> Callable[[], Blocks]:
    """How a file is read: by what it begins with, or else by its suffix."""
    if data.startswith(b"%PDF-") or path.suffix.lower() == ".pdf":
        from experiments.tables.documents.pdfs import read_pdf

        return lambda: read_pdf(path)
    text = _decoded(path, data)
    if path.suffix.lower() in PAGES or re.match(r"\s*<(?:!doctype html|html)\b", text, re.I):
        from experiments.tables.documents.web_pages import read_html

        return lambda: read_html(text)
    from experiments.tables.documents.text_files import read_text

    return lambda: read_text(text)


def _decoded(path: Path, data: bytes) -> str:
    """The text of a file, in UTF-8 or else as Windows and old web pages write it (cp1252)."""
    if b"\0" in data:
        raise UserError(
            f"{shown_path(path)}: not a text: it holds a NUL byte; documents are text, Markdown, HTML or PDF"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
