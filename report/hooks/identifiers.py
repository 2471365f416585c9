"""What differs from render to render, or needs a server, in the heads and cells of Quarto's pages.

Identifiers of cells without a label and of Stylers are drawn at random: they get names that are the same each time, so
that the same commit gives the same bytes. A page without an icon gets an empty one, or browsers ask for a file that is
not there.

A page that is opened from disk, or on a machine without network, has no server: there a link to a folder leads to a
listing of its files; scripts that are modules may not be loaded, of which a browser complains; and for any output in
HTML, such as a data frame, Quarto loads two libraries of widgets from another host.
"""

import json
import re
from itertools import count

from report.rendering.project import Project

_CELL = re.compile(r'(?<=<div id=")[0-9a-f]{8}(?=" class="cell")')
_ICON = re.compile(r'<link[^>]*\brel="(?:shortcut )?icon"')
_STYLER = re.compile(r'<table id="(?P<id>T_[0-9a-f]{5,32})"')
_FOLDER = re.compile(r"""(?<=<a )([^<>]*\bhref=")((?:\.\./)+|\./)(?=")""")
_MODULES = re.compile(r'(?:<script src="[^"]*" type="module"></script>\s*)+')
_HOSTED = re.compile(
    r"""<script src="https://cdn\.jsdelivr\.net/npm/(?:requirejs|jquery)@[^>]*></script>\n?"""
    r"""|<script type="application/javascript">define\('jquery'[^<]*</script>\n?"""
)
_USES_THEM = re.compile(r"\b(?:require|requirejs|define|jQuery)\s*\(|\brequire\.|widget-(?:view|state)\+json")


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
        named = _stand_alone(named)
        if not _ICON.search(named):
            named = named.replace("</head>", '<link rel="icon" href="data:,">\n</head>', 1)
        if named != page:
            path.write_text(named, encoding="utf-8", newline="\n")


def _stand_alone(page: str) -> str:
    """The page with links to pages, modules only where there is a server, and libraries only where they are used."""
    page = _FOLDER.sub(r"\1\2index.html", page)
    page = _MODULES.sub(_served, page)
    own = _HOSTED.sub("", page)
    return page if _USES_THEM.search(own) else own


def _served(modules: re.Match[str]) -> str:
    tags = json.dumps(modules[0].strip()).replace("</", "<\\/")
    return f"""<script>if (location.protocol !== "file:") document.write({tags});</script>\n"""
