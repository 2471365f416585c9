"""Write the site: pages, one style sheet, one script, the search index, and the files that the chapters show."""

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report.press.book import ChapterDoc
from report.press.html import pages
from report.press.html.check import check_pages
from report.press.html.search import index_script
from report.rendering.project import Project
from report.template import shared

_HERE = Path(__file__).resolve().parent
_EXTENSION = "_extensions/colophon"
_STYLES = ("press", "text", "code", "overlays", "media")
_SCRIPTS = ("theme", "menu", "contents", "scrolling", "tabs", "copy", "print", "search")


def write_site(project: Project, docs: Sequence[ChapterDoc], out: Path) -> list[Path]:
    """Write the site of `docs` (built for HTML, in reading order) below `out`; returns the pages' paths.

    Raises BookError before anything is written: for a dead link, or a file from another host.
    """
    assets = {"assets/style.css": _style(project), "assets/script.js": _scripts(project)}
    assets["assets/search-index.js"] = index_script(docs, (project.subtitle, *project.authors))
    written = _pages(project, docs)
    resources = {place: file for chapter in docs for place, file in chapter.resources.items()}
    sources = {chapter.chapter.href: chapter.chapter.relative for chapter in docs}
    # The PDF is written after the pages that offer it.
    check_pages(written, sources, {*assets, *resources, pages.pdf_download(project)})
    for place, file in resources.items():
        _ready(out / place)
        shutil.copyfile(file, out / place)
    for place, text in {**assets, **written}.items():
        _ready(out / place)
        (out / place).write_text(text, encoding="utf-8", newline="\n")
    return [out / place for place in written]


def _pages(project: Project, docs: Sequence[ChapterDoc]) -> dict[str, str]:
    """Place below the site's root -> HTML."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("page.html")
    parts = pages.parts(docs)
    entries = [entry for part in parts for entry in part.entries]
    common = {
        "book": pages.book_values(project),
        "parts": parts,
        "theme_script": Markup((_HERE / "scripts" / "theme-early.js").read_text(encoding="utf-8")),
    }

    def render(place: int) -> tuple[str, str]:
        before = entries[place - 1] if place else None
        after = entries[place + 1] if place + 1 < len(entries) else None
        page = pages.page(project, docs[place], before, after)
        return page.href, template.render(page=page, **common)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        return dict(threads.map(render, range(len(docs))))


def _style(project: Project) -> str:
    house = _of_the_house(project, "colophon.css")
    return _joined([house, *(_HERE / "assets" / f"{name}.css" for name in _STYLES)])


def _scripts(project: Project) -> str:
    house = (_of_the_house(project, name) for name in ("facts.js", "stacked.js", "edges.js"))
    return '"use strict";\n' + _joined([*house, *(_HERE / "scripts" / f"{name}.js" for name in _SCRIPTS)])


def _of_the_house(project: Project, name: str) -> Path:
    """A file of the house style: the project's copy, which may be changed there, else the one that comes with us."""
    own = project.root / _EXTENSION / name
    return own if own.is_file() else shared(f"{_EXTENSION}/{name}")


def _joined(files: Sequence[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _ready(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
