"""Quarto's frozen outputs. Quarto keys them by the text of the chapter alone; what else changed is found out here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from analysis.facts.journal import journal_path, read_journal
from report.ledger.staleness import reasons
from report.press.project import ChapterRef, Project

FOLDER = "_freeze"
_SHOWN = re.compile(r'data-fact=\\"([^"\\]+)\\"')


def drop_stale(project: Project, engine: str = "quarto") -> dict[str, list[str]]:
    """Remove the frozen outputs of stale chapters, and no others. Returns those chapters with the reasons."""
    dropped = {}
    for chapter in project.chapters:
        folder = frozen_folder(project, chapter)
        if not folder.is_dir():
            continue
        because = reasons(project, chapter, engine) or _disagreement(project, chapter, engine)
        if because:
            shutil.rmtree(folder)
            dropped[chapter.stem] = because
    return dropped


def frozen_folder(project: Project, chapter: ChapterRef) -> Path:
    """Where Quarto keeps the executed chapter: one JSON file a format below it, and its figures."""
    return project.root / FOLDER / chapter.relative.removesuffix(".qmd")


def _disagreement(project: Project, chapter: ChapterRef, engine: str) -> list[str]:
    """A run that was stopped leaves a short journal beside an older frozen output: the facts tell."""
    journal = read_journal(journal_path(project.root, engine, chapter.stem))
    known = {fact["id"] for fact in journal.facts if fact["form"] != "point"} if journal else set()
    for file in sorted((frozen_folder(project, chapter) / "execute-results").glob("*.json")):
        if not set(_SHOWN.findall(file.read_text("utf-8", "replace"))) <= known:
            return [f"{file.name} shows values that its last run did not record"]
    return []
