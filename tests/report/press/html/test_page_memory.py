"""A preview builds anew only what a change concerns, and comes to the same pages as a render from nothing."""

import shutil

import pytest

from report.press.book import page_memory
from tests.files import files
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


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_site_is_that_of_a_fresh_render(write_book, tmp_path, change, monkeypatch):
    monkeypatch.setattr(page_memory, "REMEMBERED", {})
    root = write_book(BOOK, bibliography="refs.bib")
    first = files(site_of(root, tmp_path / "first"))
    for name, text in CHANGES[change].items():
        (root / name).write_text(text)
    again = files(site_of(root, tmp_path / "again"))
    once_more = files(site_of(root, tmp_path / "once-more"))
    monkeypatch.setattr(page_memory, "REMEMBERED", {})
    fresh = files(site_of(root, tmp_path / "fresh"))
    assert again == fresh == once_more
    assert again != first


def test_only_the_changed_chapter_is_built_anew(write_book, tmp_path, monkeypatch):
    monkeypatch.setattr(page_memory, "REMEMBERED", {})
    root = write_book(BOOK, bibliography="refs.bib")
    site_of(root, tmp_path / "first")
    before = {path.stem: known.chapter for path, known in page_memory.REMEMBERED.items()}
    (root / "three.qmd").write_text("# Three\n\nAnother sentence.\n")
    shutil.rmtree(tmp_path / "first")
    site_of(root, tmp_path / "first")
    after = {path.stem: known.chapter for path, known in page_memory.REMEMBERED.items()}
    assert [name for name in after if after[name] is not before[name]] == ["three"]
