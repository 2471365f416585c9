"""Sites: the sample book's, and small ones written in a call."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from report.press.book import build, parse_chapter
from report.press.html import write_site
from report.press.woven import Woven
from report.rendering.project import load_project

SAMPLE = Path(__file__).parent / "sample"


def site_of(root: Path, out: Path) -> Path:
    """Build and write the site of a project whose chapters hold no cells."""
    project = load_project(root)
    woven = [Woven(chapter, {}, chapter.path.read_text(encoding="utf-8")) for chapter in project.chapters]
    write_site(project, build(project, [parse_chapter(one) for one in woven], "html"), out)
    return out


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book as a site, with scripts of origins as they are written after a render."""
    site = site_of(SAMPLE, tmp_path_factory.mktemp("site"))
    (site / "facts").mkdir()
    tables = [["parameter-counts/counts", "experiments freeze parameter-counts", "tables/parameter-counts/counts.html"]]
    content = {"tables": tables, "rows": [[0, 7, "model = llama-3.2-1b"]], "facts": {"3": [[0, "logical_base"], 0]}}
    for chapter in ("index", "parameters", "p"):
        (site / "facts" / f"{chapter}.js").write_text(f'window.colophonOrigins("{chapter}", {json.dumps(content)});')
    return site


@pytest.fixture
def write_pages(write_book: Callable[..., Path], tmp_path: Path) -> Callable[..., dict[str, BeautifulSoup]]:
    """A function that writes a book's site and returns its pages, parsed: `write_pages({"a.qmd": "# A"})["a.html"]`."""

    def written(files: dict[str, str], **settings: object) -> dict[str, BeautifulSoup]:
        out = site_of(write_book(files, **settings), tmp_path / "site")
        return {
            path.relative_to(out).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            for path in out.rglob("*.html")
        }

    return written
