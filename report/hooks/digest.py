"""The digest of the tables in Quarto's pages, which are written before all chapters have run.

`_extensions/colophon/page.lua` leaves a place for it in the head and at the foot; the home page gets version and digest
in its title block too.
"""

import re
from html import escape

from report.ledger.model import SiteFacts
from report.rendering.project import Project

_HEAD = re.compile(r'(?<=<meta name="tables-digest" content=")[^"]*')
_FOOT = re.compile(r'(?<=<code class="tables-digest">)[^<]*')
_TITLE_BLOCK = re.compile(r'<div class="quarto-title-meta[^"]*">')
_SHOWN = re.compile(r'(?<=<span class="tables")(?: hidden(?:="")?)?(?=> Frozen)')
_OURS = re.compile(r"<!-- version -->.*?<!-- /version -->", re.DOTALL)


def fill_in_digest(project: Project, facts: SiteFacts) -> None:
    """Write the digest into every page of the book that has a place for it."""
    for chapter in project.chapters:
        path = project.output_dir / chapter.href
        if not path.is_file():
            continue
        page = path.read_text("utf-8")
        filled = _FOOT.sub(facts.build.tables, _HEAD.sub(facts.build.tables, page))
        filled = _SHOWN.sub("" if facts.build.tables else " hidden", filled)
        if chapter.href == "index.html" and filled != page:
            filled = _with_version(filled, facts)
        if filled != page:
            path.write_text(filled, encoding="utf-8", newline="\n")


def _with_version(page: str, facts: SiteFacts) -> str:
    """The page with version and digest in the title block, as Quarto sets author and date there."""
    said = {"Version": escape(facts.build.shown)}
    if facts.build.tables:
        said["Frozen tables"] = f"<code>{facts.build.tables}</code>"
    parts = "".join(
        f'<div><div class="quarto-title-meta-heading">{name}</div>'
        f'<div class="quarto-title-meta-contents"><p>{text}</p></div></div>'
        for name, text in said.items()
    )
    ours = f"<!-- version -->{parts}<!-- /version -->"
    if _OURS.search(page):
        return _OURS.sub(lambda _: ours, page)
    return _TITLE_BLOCK.sub(lambda found: found[0] + ours, page, count=1)
