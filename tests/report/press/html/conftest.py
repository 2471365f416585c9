"""Sites: the sample book's, and small ones written in a call."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from report.press.book import build, parse_chapters
from report.press.html import write_site
from report.press.woven import Woven
from report.rendering.project import load_project

SAMPLE = Path(__file__).parent / "sample"


def site_of(root: Path, out: Path) -> Path:
    """Build and write the site of a project whose chapters hold no cells."""
    project = load_project(root)
    woven = [Woven(chapter, {}, chapter.path.read_text(encoding="utf-8")) for chapter in project.chapters]
    write_site(project, build(project, parse_chapters(woven), "html"), out)
    return out


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book as a site."""
    return site_of(SAMPLE, tmp_path_factory.mktemp("site"))


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
