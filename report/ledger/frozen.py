"""Quarto's frozen outputs. Quarto keys them by the text of the chapter alone; what else changed is found out here."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from analysis.facts.dependencies import depends_on, opens_chapter
from report.ledger.logs import chapter_log, forget_log
from report.ledger.staleness import reasons, static_reasons
from report.rendering.project import ChapterRef, Project

ENGINE, FOLDER = "quarto", "_freeze"
# What chapters without a fact log were made from when they were last let run: `depends_on` by chapter.
RECORD = Path("_ledger") / "frozen.json"
_SHOWN = re.compile(r'data-fact=\\"([^"\\]+)\\"')


def drop_stale(project: Project) -> dict[str, list[str]]:
    """Remove the frozen outputs of stale chapters, and no others. Returns those chapters with the reasons.

    Their fact logs go too: Quarto may find that nothing is left to run in a chapter, and no facts are left then.
    """
    without = [chapter for chapter in project.chapters if not opens_chapter(project.root, chapter.path)]
    record = _read_record(project)
    dropped = {}
    for chapter in project.chapters:
        folder = frozen_folder(project, chapter)
        if chapter in without:
            because = _changed(project, chapter, record)
        else:
            because = reasons(project, chapter, ENGINE) or _disagreement(project, chapter)
        if because:
            forget_log(project, ENGINE, chapter)
        if because and folder.is_dir():
            shutil.rmtree(folder)
            dropped[project.name_of(chapter)] = because
    _write_record(project, {chapter.relative: depends_on(project.root, chapter.path) for chapter in without})
    return dropped


def frozen_folder(project: Project, chapter: ChapterRef) -> Path:
    """Where Quarto keeps the executed chapter: one JSON file a format below it, and its figures."""
    return project.root / FOLDER / chapter.relative.removesuffix(chapter.path.suffix)


def _disagreement(project: Project, chapter: ChapterRef) -> list[str]:
    """A run that was stopped leaves a short fact log beside an older frozen output: the facts tell."""
    log = chapter_log(project, ENGINE, chapter)
    known = {fact["id"] for fact in log.facts if fact["form"] != "point"} if log else set()
    for file in sorted((frozen_folder(project, chapter) / "execute-results").glob("*.json")):
        if not set(_SHOWN.findall(file.read_text("utf-8", "replace"))) <= known:
            return [f"{file.name} shows values that its last run did not record"]
    return []


def _changed(project: Project, chapter: ChapterRef, record: dict[str, Any]) -> list[str]:
    then = record.get(chapter.relative)
    return ["nothing is known of its last run"] if then is None else list(static_reasons(project, chapter, then))


def _read_record(project: Project) -> dict[str, Any]:
    try:
        return json.loads((project.root / RECORD).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _write_record(project: Project, record: dict[str, Any]) -> None:
    path = project.root / RECORD
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
