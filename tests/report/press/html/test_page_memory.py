"""A preview builds anew only what a change concerns, and comes to the same pages as a render from nothing."""

import shutil
from pathlib import Path

import pytest

from report.press.book import page_memory
from tests.report.press.html.conftest import site_of

BOOK = {
    "one.qmd": "# One {#sec-one}\n\n## First {#sec-first}\n\nAs @doe says.\n",
    "two.qmd": "# Two\n\nSee @sec-first and [there](one.qmd#sec-first).\n\n![](dot.svg)\n",
    "three.qmd": "# Three\n\nNothing refers to anything here.\n",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "refs.bib": "@book{doe, author={Jane Doe}, title={A title}, year={2001}}\n",
}
CHANGES = {
    "a sentence": {"three.qmd": "# Three\n\nAnother sentence.\n"},
    "a number that another chapter shows": {
        "one.qmd": "# One {#sec-one}\n\n## New\n\n## First {#sec-first}\n\nAs @doe says.\n"
    },
    "the bibliography": {"refs.bib": "@book{doe, author={Jane Roe}, title={A title}, year={2002}}\n"},
    "references on one page": {"three.qmd": "# Three\n\n::: {#refs}\n:::\n"},
    "a file that a page shows": {"dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'},
}


def contents(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_site_is_that_of_a_fresh_render(write_book, tmp_path, change, monkeypatch):
    monkeypatch.setattr(page_memory, "_known", {})
    root = write_book(BOOK, bibliography="refs.bib")
    first = contents(site_of(root, tmp_path / "first"))
    for name, text in CHANGES[change].items():
        (root / name).write_text(text)
    again = contents(site_of(root, tmp_path / "again"))
    once_more = contents(site_of(root, tmp_path / "once-more"))
    monkeypatch.setattr(page_memory, "_known", {})
    fresh = contents(site_of(root, tmp_path / "fresh"))
    assert again == fresh == once_more
    assert again != first


def test_only_the_changed_chapter_is_built_anew(write_book, tmp_path, monkeypatch):
    monkeypatch.setattr(page_memory, "_known", {})
    root = write_book(BOOK, bibliography="refs.bib")
    site_of(root, tmp_path / "first")
    before = {path.stem: known.chapter for path, known in page_memory._known.items()}
    (root / "three.qmd").write_text("# Three\n\nAnother sentence.\n")
    shutil.rmtree(tmp_path / "first")
    site_of(root, tmp_path / "first")
    after = {path.stem: known.chapter for path, known in page_memory._known.items()}
    assert [name for name in after if after[name] is not before[name]] == ["three"]
