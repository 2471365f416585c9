"""What readers of the site need to trace a number, made from the fact logs after all chapters ran.

- `rows`: the rows of frozen tables that some shown value comes from;
- `table_pages`: a page for each such table, `_site/tables/STUDY/TABLE.html`, with an anchor for each row;
- `origins`: `_site/facts/CHAPTER.js`, by which a page tells row and column of each of its numbers;
- `gathered`: lists over all chapters (claims, silenced findings, uses of tables) that are filled into the pages which
  have a place for them. A list made while chapters run would be stale: they run in any order, and some not at all.
"""

from report.tracing.site import complete_site

__all__ = ["complete_site"]
