"""Identifiers that are drawn at random in each render, in Quarto's pages: of cells without a label, and of Stylers.

They get names that are the same each time, so that the same commit gives the same bytes.
"""

import re
from itertools import count

from report.rendering.project import Project

_CELL = re.compile(r'(?<=<div id=")[0-9a-f]{8}(?=" class="cell")')
_STYLER = re.compile(r'<table id="(?P<id>T_[0-9a-f]{5,32})"')


def name_again(project: Project) -> None:
    """Write the pages of the book with identifiers that are counted."""
    for chapter in project.chapters:
        path = project.output_dir / chapter.href
        if not path.is_file():
            continue
        page = path.read_text("utf-8")
        cells, stylers = count(1), count(1)
        named = _CELL.sub(lambda _, cells=cells: f"cell-{next(cells)}", page)
        for drawn in dict.fromkeys(_STYLER.findall(named)):
            named = named.replace(drawn, f"T_cell-{next(stylers)}")
        if named != page:
            path.write_text(named, encoding="utf-8", newline="\n")
