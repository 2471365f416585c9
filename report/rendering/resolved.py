"""The project as Quarto resolves it: with its profiles, parts, files of every kind, and the output folder asked for."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.tables.digest import sha256_file
from report.rendering.locate import ProjectError
from report.rendering.project import ChapterRef, Project, make_project

RECORD = Path("_ledger") / "project.json"
"""What `quarto inspect` answered last, with the digests of the files that it read: asking takes seconds."""


def resolve_project(root: Path, quarto: Path) -> Project:
    """The book below `root` as the program `quarto` resolves it under QUARTO_PROFILE. Raises ProjectError."""
    config = _config(root, quarto)
    if config.get("project", {}).get("type") != "book":
        return make_project(root, config)  # says what is wrong
    output = os.environ.get("QUARTO_PROJECT_OUTPUT_DIR")
    items = config.get("book", {}).get("render") or []
    return make_project(root, config, tuple(_chapters(root, items)), (root / output).resolve() if output else None)


def quarto_of_hook() -> Path | None:
    """The Quarto program that runs this hook; None where none does."""
    folder = os.environ.get("QUARTO_BIN_PATH")
    found = shutil.which("quarto", path=folder) if folder else None
    return Path(found) if found else None


def with_files(project: Project, names: Iterable[str]) -> Project:
    """The project with the files `names` (below it) among its chapters: Quarto renders any file that it is told to."""
    known = {chapter.relative for chapter in project.chapters}
    paths = ((project.root / name).resolve() for name in names)
    refs = [_ref(project.root, path) for path in paths if path.is_relative_to(project.root) and path.is_file()]
    more = tuple(ref for ref in refs if ref.relative not in known)
    return replace(project, chapters=(*project.chapters, *more))


def _chapters(root: Path, items: Iterable[Mapping[str, Any]]) -> Iterator[ChapterRef]:
    """The files of `book.render`: Quarto numbers them itself."""
    appendix = False
    for item in items:
        appendix = appendix or item.get("type") == "appendix"
        if "file" in item:
            yield _ref(root, (root / item["file"]).resolve(), appendix)


def _ref(root: Path, path: Path, appendix: bool = False) -> ChapterRef:
    return ChapterRef(path, path.relative_to(root).as_posix(), appendix=appendix)


def _config(root: Path, quarto: Path) -> dict[str, Any]:
    profile, own = os.environ.get("QUARTO_PROFILE", ""), [*root.glob("_quarto*.yml*"), *root.glob("_quarto*.yaml*")]
    try:
        known = json.loads((root / RECORD).read_text("utf-8"))
        if known["profile"] == profile and known["files"] == _digests({*map(Path, known["files"]), *own}):
            return known["config"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not asked yet
    done = subprocess.run([quarto, "inspect", root], cwd=root, capture_output=True, text=True, encoding="utf-8")
    try:
        answer = json.loads(done.stdout[done.stdout.index("{") :])
        config, files = answer["config"], {*map(Path, answer["files"]["config"]), *own}
    except (ValueError, KeyError, TypeError):
        why = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        raise ProjectError(f"_quarto.yml: `quarto inspect` cannot read the project: {why[0]}") from None
    record = {"profile": profile, "files": _digests(files), "config": config}
    (root / RECORD).parent.mkdir(exist_ok=True)
    (root / RECORD).write_text(json.dumps(record), "utf-8")
    return config


def _digests(files: Iterable[Path]) -> dict[str, str]:
    return {str(file): sha256_file(file) if file.is_file() else "" for file in sorted(files)}
