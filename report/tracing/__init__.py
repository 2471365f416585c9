"""What readers of the site need to trace a number, made from the fact logs after all chapters ran.

- `rows`: the rows of frozen tables that some shown value comes from;
- `table_pages`: a page for each such table, `_site/tables/STUDY/TABLE.html`, with an anchor for each row;
- `origins`: `_site/facts/CHAPTER.js`, by which a page tells row and column of each of its numbers;
- `gathered`: lists over all chapters (claims, silenced findings, uses of tables) that are filled into the pages which
  have a place for them. A list made while chapters run would be stale: they run in any order, and some not at all.
"""

from dataclasses import replace
from pathlib import Path

from report.ledger.logs import chapter_log, opened_as
from report.ledger.model import SiteFacts
from report.ledger.same import Same
from report.ledger.site_facts import FOLDER, by_chapter
from report.rendering.project import Project
from report.tracing.fonts import embed_fonts
from report.tracing.gathered import Site, complete_pages
from report.tracing.origins import origin_script
from report.tracing.rows import referred_tables
from report.tracing.table_pages import write_table_pages


def complete_site(project: Project, facts: SiteFacts, output: Path | None = None) -> None:
    """Complete the pages in `output` (default: that of the project). What was completed already stays as it is.

    Raises TableError where a table that a value comes from is gone.
    """
    project = project if output is None else replace(project, output_dir=output)
    logs = [(chapter, chapter_log(project, facts.engine, chapter)) for chapter in project.chapters]
    chapters = {opened_as(log): chapter.href for chapter, log in logs if log is not None}
    pages = {
        chapter.href: (project.output_dir / chapter.href).read_text("utf-8")
        for chapter in project.chapters
        if (project.output_dir / chapter.href).is_file()
    }
    if not pages:
        return
    tables = referred_tables(facts.facts, facts.tables)
    write_table_pages(project, facts, tables, chapters)
    shown = by_chapter(facts.facts)
    for chapter in chapters:
        path = project.output_dir / FOLDER / f"{chapter}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        script = origin_script(chapter, shown.get(chapter, Same(())), tables)
        path.write_text(script, encoding="utf-8", newline="\n")
    for href, page in complete_pages(Site(facts, pages, chapters, tables)).items():
        (project.output_dir / href).write_text(page, encoding="utf-8", newline="\n")
    embed_fonts(project.output_dir)
