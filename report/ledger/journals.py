"""The fact log of a chapter of the book."""

from analysis.facts.journal import Journal, journal_path, read_journal
from report.rendering.project import ChapterRef, Project


def chapter_journal(project: Project, engine: str, chapter: ChapterRef) -> Journal | None:
    """What the chapter's last run under `engine` recorded; None where nothing is known of one.

    A fact log goes by the name of its chapter's file: that of another file of the same name does not count.
    """
    journal = read_journal(journal_path(project.root, engine, chapter.stem))
    return journal if journal is not None and journal.opening.get("source") in (None, chapter.relative) else None
