"""The fact log of a chapter of the book."""

from analysis.facts.fact_log import FactLog, fact_log_path, read_fact_log
from report.rendering.project import ChapterRef, Project


def chapter_log(project: Project, engine: str, chapter: ChapterRef) -> FactLog | None:
    """What the chapter's last run under `engine` recorded; None where nothing is known of one.

    A fact log goes by the name of its chapter's file: that of another file of the same name does not count.
    """
    log = read_fact_log(fact_log_path(project.root, engine, chapter.stem))
    return log if log is not None and log.opening.get("source") in (None, chapter.relative) else None
