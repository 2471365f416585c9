"""What differs from render to render, or is missing, in the heads and cells of Quarto's pages.

Identifiers of cells without a label and of Stylers are drawn at random: they get names that are the same each time, so
that the same commit gives the same bytes. A page without an icon gets an empty one, or browsers ask for a file that is
not there.
"""

import re
from itertools import count

from report.hooks.offline import stand_alone
from report.rendering.project import Project

_CELL = re.compile(r'(?<=<div id=")[0-9a-f]{8}(?=" class="cell")')
_ICON = re.compile(r'<link[^>]*\brel="(?:shortcut )?icon"')
_STYLER = re.compile(r'<table id="(?P<id>T_[0-9a-f]{5,32})"')


def settle_pages(project: Project) -> None:
    """Write the pages of the book with identifiers that are counted, with an icon, and so that they need no server."""
    for chapter in project.chapters:
        path = project.output_dir / chapter.href
        if not path.is_file():
            continue
        page = path.read_text("utf-8")
        cells, stylers = count(1), count(1)
        named = _CELL.sub(lambda _, cells=cells: f"cell-{next(cells)}", page)
        for drawn in dict.fromkeys(_STYLER.findall(named)):
            named = named.replace(drawn, f"T_cell-{next(stylers)}")
        named = stand_alone(named)
        if not _ICON.search(named):
            named = named.replace("</head>", '<link rel="icon" href="data:,">\n</head>', 1)
        if named != page:
            path.write_text(named, encoding="utf-8", newline="\n")
