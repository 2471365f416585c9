"""Write the site: pages, one style sheet, one script, the search index, and the files that the chapters show."""

import os
import posixpath
import shutil
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report.ledger.pages import Page, parse_page
from report.press.book import BookError, ChapterDoc
from report.press.html import pages
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
    _check_pages(written, sources, {*assets, *resources, pages.pdf_download(project)})
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


def _check_pages(written: Mapping[str, str], sources: Mapping[str, str], files: Collection[str]) -> None:
    """Raise BookError, naming the chapter, for a dead link, an identifier twice on a page, or what another host has.

    `written` maps places below the site's root to HTML, `sources` the same places to chapter files; `files` are the
    places of everything else on the site.
    """
    read = {href: parse_page(html) for href, html in written.items()}
    for href, page in read.items():
        chapter = sources[href]
        if page.twice:
            raise BookError(f"{chapter}: the identifier #{page.twice[0]} is used twice on the page")
        for url in page.loaded:
            if url.startswith(("http:", "https:", "//")):
                raise BookError(f"{chapter}: {url} would be loaded from another host; put the file into the project")
        for url in page.links:
            _check_link(href, url, read, files, chapter)


def _check_link(href: str, url: str, read: Mapping[str, Page], files: Collection[str], chapter: str) -> None:
    if url.startswith(("http:", "https:", "mailto:", "data:", "//")):
        return
    path, _, anchor = url.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(href), unquote(path))) if path else href
    if place in read:
        if anchor and unquote(anchor) not in read[place].ids:
            raise BookError(f"{chapter}: link {url}: there is no #{anchor} on that page")
    elif place not in files:
        raise BookError(f"{chapter}: link {url}: there is no such page or file")
